#include "sla/open_hosts.h"

#include "sla/flow_order.h"

enum { SHOWN_MAX = 4 }; /* places beside the first */

/* What flow clauses say of a host. */
enum said { SAID_NOTHING, SAID_SOMETHING, SAID_CLOSED };

struct looking {
    const struct draft *draft;
    const struct sla_world *world;
    uint8_t *said; /* enum said, by resource */
};

static bool may_be_closed(const struct resource *host)
{
    return host->kind == KIND_HOST && host->layer != LAYER_L0;
}

static void look_at(struct looking *self, const struct sla_clause *clause)
{
    for (size_t i = 0; i < clause->resource_count; i++) {
        size_t at = clause->resources[i];
        bool rules = self->said[at] != SAID_CLOSED &&
                     sla_flow_place(self->world, clause, at) != SLA_FLOW_NOBODY;
        if (rules) {
            self->said[at] = sla_flow_closes(clause) ? SAID_CLOSED : SAID_SOMETHING;
        }
    }
}

/* The next host of [at, to) of which nothing is said, or `to`. */
static size_t next_open(const struct looking *self, size_t at, size_t to)
{
    const struct resource *resources = self->world->policies.resources;

    while (at < to && (!may_be_closed(&resources[at]) || self->said[at] != SAID_NOTHING)) {
        at++;
    }
    return at;
}

static void report(const struct looking *self, size_t from, size_t to, size_t open, size_t closed)
{
    struct diag_list *diags = self->draft->diags;
    const struct resource *resources = self->world->policies.resources;
    size_t at = next_open(self, from, to);
    struct diag *diag =
        diag_add(diags, DIAG_WARNING, SLA_CODE_OPEN_HOST, self->draft->resources[at]->span,
                 "no flow clause speaks of host `%.*s`", SLICE_ARG(resources[at].name));
    size_t shown = 0;

    diag_label(diags, diag, "takes and sends everything");
    for (at = next_open(self, at + 1, to); at < to && shown < SHOWN_MAX;
         at = next_open(self, at + 1, to)) {
        diag_secondary(diags, diag, self->draft->resources[at]->span, "so does `%.*s`",
                       SLICE_ARG(resources[at].name));
        shown++;
    }
    if (open > shown + 1) {
        diag_note(diags, diag, "and so do %zu more", open - shown - 1);
    }
    diag_note(diags, diag, "%zu other hosts of U-Cloud `%.*s` take only what is permitted", closed,
              SLICE_ARG(resources[from].ucloud));
    diag_help(diags, diag,
              "compare its labels with what targets of flow clauses select; if it is to be open, "
              "say so: `term: flow, op: permit, value: {from: any}`");
}

static void check_ucloud(const struct looking *self, size_t from, size_t to)
{
    const struct resource *resources = self->world->policies.resources;
    size_t closed = 0;
    size_t open = 0;

    for (size_t i = from; i < to; i++) {
        closed += self->said[i] == SAID_CLOSED && may_be_closed(&resources[i]);
        open += self->said[i] == SAID_NOTHING && may_be_closed(&resources[i]);
    }
    if (open > 0 && closed > open) {
        report(self, from, to, open, closed);
    }
}

void sla_report_open_hosts(const struct draft *draft, const struct sla_world *world)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct policy_set *set = &world->policies;
    struct looking self = { draft, world, ARENA_NEW(&scratch, uint8_t, set->resource_count + 1) };

    for (size_t i = 0; i < world->clause_count; i++) {
        if (sla_is_flow(world->clauses[i])) {
            look_at(&self, world->clauses[i]);
        }
    }
    for (size_t from = 0; from < set->resource_count;) {
        size_t to = from + 1;
        while (to < set->resource_count &&
               slice_eq(set->resources[to].ucloud, set->resources[from].ucloud)) {
            to++;
        }
        check_ucloud(&self, from, to);
        from = to;
    }
}
