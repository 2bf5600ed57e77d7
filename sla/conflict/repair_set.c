#include "sla/conflict/conflict.h"
#include "sla/conflict/repair.h"

/* What all other clauses of the term leave, on every resource of the conflict: widening to one of
 * these mends it without a new conflict. */
static struct sla_set left_by_others(const struct sla_repairs *repairs,
                                     const struct sla_clause *clause)
{
    const struct sla_conflict *conflict = repairs->conflict;
    const struct sla_world *world = repairs->world;
    const struct sla_universe *universe = clause->term->of;
    struct sla_set left = sla_set_all(universe->count);

    for (size_t i = 0; i < world->clause_count; i++) {
        const struct sla_clause *other = world->clauses[i];
        bool touches = false;
        for (size_t j = 0; j < conflict->resource_count && !touches; j++) {
            touches = sla_clause_covers(other, conflict->resources[j]);
        }
        if (other != clause && other->term == clause->term && touches) {
            left = sla_set_meet(&left, &other->value.set);
        }
    }
    return left;
}

/* "[DE, FR, US]": the set as it stands in the clause, with one more element or one less. */
static struct slice set_text(struct sla_repairs *repairs, const struct sla_clause *clause,
                             uint32_t element)
{
    CLEANUP(buf_done) struct buf list = { 0 };
    const struct sla_universe *universe = clause->term->of;
    bool negated = clause->op == SLA_OP_NOT_IN;
    size_t count = 0;

    buf_add_char(&list, '[');
    for (uint32_t i = 0; i < universe->count; i++) {
        bool written = sla_set_has(&clause->value.set, i) != negated;
        if (i == element ? !negated : written) {
            buf_printf(&list, "%s%s", count++ > 0 ? ", " : "", universe->names[i]);
        }
    }
    buf_add_char(&list, ']');
    return count > 0 ? arena_copy(repairs->arena, buf_slice(&list)) : (struct slice){ 0 };
}

static void widen(struct sla_repairs *repairs, size_t index)
{
    const struct sla_clause *clause = repairs->conflict->clauses[index];
    const struct sla_universe *universe = clause->term->of;
    struct sla_set left = left_by_others(repairs, clause);
    uint32_t element = sla_set_is_empty(&left) ? repairs->conflict->certificate.relaxed[index]
                                               : sla_set_first(&left);
    struct slice text = set_text(repairs, clause, element);

    if (element >= universe->count || text.len == 0) {
        return;
    }
    struct sla_repair *repair = sla_repair_clause(repairs, clause, 1, universe->plural);
    if (repair == NULL) {
        return;
    }
    sla_repair_set(repairs, repair, clause, "value", text);
    repair->title = arena_printf(
        repairs->arena, "%s %s in `%.*s` of %.*s", clause->stance == SLA_OFFERS ? "offer" : "allow",
        universe->names[element], SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party));
}

void sla_repairs_of_set(struct sla_repairs *repairs)
{
    for (size_t i = 0; i < repairs->conflict->clause_count; i++) {
        widen(repairs, i);
        if (repairs->conflict->clauses[i]->stance == SLA_REQUIRES) {
            sla_repair_except(repairs, repairs->conflict->clauses[i]);
        }
    }
}
