#include "sla/conflict.h"
#include "sla/domain.h"
#include "sla/guard.h"
#include "sla/quorum.h"

#include <inttypes.h>

/* Copies, holders and faults of one resource: whenever clauses speak together, the numbers they
 * come to must fit each other (sla/quorum.h). */

/* Fewer than two of the terms cannot be at odds. */
static bool gather(const struct sla_families *families, const struct sla_family **out)
{
    size_t asked = 0;

    for (size_t i = 0; i < SLA_QUORUM_TERMS; i++) {
        const struct sla_term *term = sla_term_find(slice_from(sla_quorum_terms[i]));
        out[i] = &families->families[sla_term_index(term)];
        asked += out[i]->requirement_count > 0 ? 1 : 0;
    }
    return asked > 1;
}

/* Each once, in canonical order. */
static size_t clauses_of(const struct sla_quorum *quorum, unsigned roles,
                         const struct sla_clause **out)
{
    size_t count = 0;

    for (unsigned i = 0; i < SLA_QUORUM_ROLES; i++) {
        const struct sla_clause *clause = quorum->by[i];
        size_t at = 0;
        if ((roles & SLA_BIT(i)) == 0 || clause == NULL) {
            continue;
        }
        while (at < count && sla_clause_ref_cmp(&out[at]->ref, &clause->ref) < 0) {
            at++;
        }
        if (at < count && out[at] == clause) {
            continue;
        }
        for (size_t j = count++; j > at; j--) {
            out[j] = out[j - 1];
        }
        out[at] = clause;
    }
    return count;
}

void sla_search_quorum(struct sla_search *search, const struct sla_families *families,
                       size_t resource)
{
    struct sla_world *world = search->world;
    const struct sla_family *of[SLA_QUORUM_TERMS];
    struct sla_quorum_cells cells = { .count = 0 };

    if (!gather(families, of)) {
        return;
    }
    for (size_t i = 0; i < SLA_QUORUM_TERMS; i++) {
        sla_quorum_cells_add(&cells, world->guards, of[i]->requirements, of[i]->requirement_count);
    }
    search->incomplete |= cells.is_cut;
    for (size_t i = 0; i < cells.count && sla_search_spend(search, SLA_QUORUM_RULES); i++) {
        struct sla_quorum quorum = sla_quorum_at(&cells, world->guards, i);
        for (unsigned rule = 0; rule < SLA_QUORUM_RULES; rule++) {
            unsigned roles = sla_quorum_breaks(&quorum, (enum sla_quorum_rule)rule);
            if (roles != 0) {
                const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX] = { NULL };
                const struct sla_certificate certificate = { .resource = resource,
                                                             .guard = cells.guards[i],
                                                             .rule = (uint8_t)rule };
                size_t count = clauses_of(&quorum, roles, clauses);
                sla_search_add(search, SLA_CONFLICT_QUORUM, clauses, count, &certificate);
            }
        }
    }
}

/* --- words ------------------------------------------------------------------------------------ */

struct sla_quorum sla_conflict_quorum(const struct sla_conflict *conflict)
{
    struct sla_quorum quorum = { .by = { NULL } };

    for (size_t i = 0; i < conflict->clause_count; i++) {
        sla_quorum_add(&quorum, conflict->clauses[i]);
    }
    return quorum;
}

void sla_conflict_describe_quorum(struct arena *arena, const struct sla_world *world,
                                  struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct sla_quorum quorum = sla_conflict_quorum(conflict);
    enum sla_quorum_rule rule = (enum sla_quorum_rule)conflict->certificate.rule;
    unsigned roles = sla_quorum_breaks(&quorum, rule);
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);
    int64_t have = sla_quorum_have(&quorum, rule);
    int64_t need = sla_quorum_need(&quorum, rule, roles);

    conflict->witness = arena_printf(arena, "%.*s is built with %" PRId64 " %s, and needs %" PRId64,
                                     SLICE_ARG(resource), have, sla_quorum_counts(rule), need);
    buf_printf(&text, "asked for: %" PRId64 " %s\nneeded: ", have, sla_quorum_counts(rule));
    sla_quorum_format_need(&quorum, rule, roles, &text);
    buf_printf(&text, "\n%" PRId64 " - %" PRId64 " = %" PRId64 " too few", need, have, need - have);
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}
