#include "sla/conflict/quorum.h"

#include "sla/values/guard.h"

static void add_cell(struct sla_quorum_cells *cells, uint32_t guard)
{
    for (size_t i = 0; i < cells->count; i++) {
        if (cells->guards[i] == guard) {
            return;
        }
    }
    if (guard == SLA_GUARD_NEVER) {
        return;
    }
    if (cells->count == SLA_QUORUM_CELLS_MAX) {
        cells->is_cut = true;
        return;
    }
    cells->guards[cells->count++] = guard;
}

static void add_moment(struct sla_quorum_cells *cells, struct sla_guards *guards, uint32_t when)
{
    size_t before = cells->count;

    add_cell(cells, when);
    for (size_t i = 0; i < before && cells->count > before; i++) {
        add_cell(cells, sla_guards_meet(guards, cells->guards[i], when));
    }
}

void sla_quorum_cells_add(struct sla_quorum_cells *cells, struct sla_guards *guards,
                          const struct sla_member *members, size_t count)
{
    struct sla_quorum_asked *asked = &cells->asked[cells->asked_count++];

    *asked = (struct sla_quorum_asked){ members, count };
    for (size_t i = 0; i < count; i++) {
        add_moment(cells, guards, members[i].when);
    }
}

struct sla_quorum sla_quorum_at(const struct sla_quorum_cells *cells,
                                const struct sla_guards *guards, size_t cell)
{
    struct sla_quorum quorum = { .by = { NULL } };

    for (size_t i = 0; i < cells->asked_count; i++) {
        const struct sla_quorum_asked *asked = &cells->asked[i];
        for (size_t j = 0; j < asked->count; j++) {
            if (sla_guards_covers(guards, asked->members[j].when, cells->guards[cell])) {
                sla_quorum_add(&quorum, asked->members[j].clause);
            }
        }
    }
    return quorum;
}
