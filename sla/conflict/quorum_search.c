#include "sla/conflict/conflict.h"
#include "sla/conflict/quorum.h"
#include "sla/conflict/spread.h"
#include "sla/terms/domain.h"
#include "sla/values/guard.h"

#include <inttypes.h>

/* Copies, holders and faults of one resource: whenever clauses speak together, the numbers they
 * come to must fit each other (sla/conflict/quorum.h). */

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

struct sla_quorum sla_conflict_quorum(const struct sla_world *world,
                                      const struct sla_conflict *conflict)
{
    struct sla_quorum quorum = { .by = { NULL } };

    for (size_t i = 0; i < conflict->clause_count; i++) {
        sla_quorum_add(&quorum, conflict->clauses[i]);
    }
    if (conflict->certificate.rule == SLA_QUORUM_PLACES_SPREAD) {
        struct sla_spread spread =
            sla_spread_of(world, conflict->clauses[0], conflict->certificate.resource);
        sla_quorum_add_places(&quorum, conflict->clauses[0], spread.places + spread.hidden);
    }
    return quorum;
}

static struct slice places_witness(struct arena *arena, const struct sla_world *world,
                                   const struct sla_conflict *conflict, int64_t need)
{
    CLEANUP(buf_done) struct buf places = { 0 };
    const struct sla_clause *clause = conflict->clauses[0];
    struct sla_spread spread = sla_spread_of(world, clause, conflict->certificate.resource);
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);
    const char *by = sla_spread_words.names[clause->value.unit];

    sla_spread_print(world, clause, conflict->certificate.resource, &places);
    if (spread.hidden > 0) {
        buf_printf(&places, "%swherever %" PRId64 " of them %s", spread.places > 0 ? ", and " : "",
                   spread.hidden, spread.hidden == 1 ? "is" : "are");
    }
    return arena_printf(
        arena,
        "%.*s and its copies, %zu in all, stand at %" PRId64 " %s%s (%.*s), and need %" PRId64,
        SLICE_ARG(resource), spread.copies, spread.places + spread.hidden, by,
        spread.places + spread.hidden == 1 ? "" : "s", SLICE_ARG(buf_slice(&places)), need);
}

void sla_conflict_describe_quorum(struct arena *arena, const struct sla_world *world,
                                  struct sla_conflict *conflict)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct sla_quorum quorum = sla_conflict_quorum(world, conflict);
    enum sla_quorum_rule rule = (enum sla_quorum_rule)conflict->certificate.rule;
    unsigned roles = sla_quorum_breaks(&quorum, rule);
    struct slice resource = sla_resource_text(arena, world, conflict->certificate.resource);
    int64_t have = sla_quorum_have(&quorum, rule);
    int64_t need = sla_quorum_need(&quorum, rule, roles);

    conflict->witness =
        rule == SLA_QUORUM_PLACES_SPREAD
            ? places_witness(arena, world, conflict, need)
            : arena_printf(arena, "%.*s is built with %" PRId64 " %s, and needs %" PRId64,
                           SLICE_ARG(resource), have, sla_quorum_counts(rule, have), need);
    buf_printf(&text, "%s: %" PRId64 " %s\nneeded: ",
               rule != SLA_QUORUM_PLACES_SPREAD ? "asked for"
               : have == 1                      ? "there is"
                                                : "there are",
               have, sla_quorum_counts(rule, have));
    sla_quorum_format_need(&quorum, rule, roles, &text);
    buf_printf(&text, "\n%" PRId64 " - %" PRId64 " = %" PRId64 " too few", need, have, need - have);
    conflict->arithmetic = arena_copy(arena, buf_slice(&text));
}
