#include "sla/conflict/conflict.h"
#include "sla/conflict/repair.h"
#include "sla/terms/domain.h"

/* An offer falls short of a requirement: require what is offered, or offer what is required. And
 * requirements that clash in their values: give one of them what the others leave. */

/* The value as it would stand in the clause; empty: its operator cannot say it. */
static struct slice written(struct sla_repairs *repairs, const struct sla_clause *clause,
                            const struct sla_value *value)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    clause->term->domain->print(clause->term, clause->op, value, &text);
    struct slice shown = arena_copy(repairs->arena, buf_slice(&text));
    if (slice_starts(shown, SLICE("{")) && slice_ends(shown, SLICE("}"))) { /* a set */
        struct slice members = slice_sub(shown, 1, shown.len - 1);
        shown = arena_printf(repairs->arena, "[%.*s]", SLICE_ARG(members));
    }
    bool plain = !slice_starts(shown, SLICE("all but ")) &&
                 !slice_starts(shown, SLICE("none but ")) && !slice_is(shown, "[]");
    return plain ? shown : (struct slice){ 0 };
}

/* How much weaker the clause gets; when it does not, how much more it asks for. */
static int64_t price_of(const struct sla_clause *clause, const struct sla_value *value,
                        bool *out_weaker, const char **out_unit)
{
    const struct sla_domain *domain = clause->term->domain;
    bool offers = clause->stance == SLA_OFFERS;
    const struct sla_value *from = offers ? value : &clause->value;
    const struct sla_value *to = offers ? &clause->value : value;
    int64_t weaker = domain->cost(clause->term, from, to, out_unit);

    *out_weaker = weaker > 0;
    return weaker > 0 ? weaker : domain->cost(clause->term, to, from, out_unit);
}

void sla_repair_value(struct sla_repairs *repairs, const struct sla_clause *clause,
                      const struct sla_value *value)
{
    const char *unit = NULL;
    bool weaker = false;
    struct slice text = written(repairs, clause, value);
    int64_t amount = price_of(clause, value, &weaker, &unit);

    bool same_kind =
        value->unit == clause->value.unit && value->window_ms == clause->value.window_ms &&
        value->share_ppb == clause->value.share_ppb && value->within_ms == clause->value.within_ms;
    if (text.len == 0 || amount == 0 || !same_kind) {
        return; /* `value` alone does not say it */
    }
    struct sla_repair *repair = sla_repair_clause(repairs, clause, amount, unit);
    if (repair == NULL) {
        return;
    }
    if (!weaker) {
        repair->costs[0].musts = 0;
        repair->costs[0].shoulds = 0;
        repair->costs[0].rights = 0;
    }
    sla_repair_set(repairs, repair, clause, "value", text);
    repair->title =
        arena_printf(repairs->arena, "%s %.*s in `%.*s` of %.*s",
                     clause->stance == SLA_OFFERS ? "offer" : "require", SLICE_ARG(text),
                     SLICE_ARG(clause->ref.clause), SLICE_ARG(clause->ref.party));
}

void sla_repairs_of_shortfall(struct sla_repairs *repairs)
{
    const struct sla_clause *requirement = repairs->conflict->clauses[0];
    const struct sla_clause *offer = repairs->conflict->clauses[1];
    const struct sla_term *term = requirement->term;
    struct sla_value both = offer->value;

    sla_repair_value(repairs, requirement, &offer->value);
    if (term->domain->meet(term, repairs->arena, &offer->value, &requirement->value, &both) ==
        SLA_MEET_ONE) {
        sla_repair_value(repairs, offer, &both);
    } else {
        sla_repair_value(repairs, offer, &requirement->value);
    }
    sla_repair_except(repairs, requirement);
}

/* What the other clauses of the conflict leave. */
static bool left_by_others(struct sla_repairs *repairs, size_t index, struct sla_value *out)
{
    const struct sla_conflict *conflict = repairs->conflict;
    const struct sla_term *term = conflict->clauses[index]->term;
    bool first = true;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        const struct sla_value *value = &conflict->clauses[i]->value;
        if (i == index) {
            continue;
        }
        if (first) {
            *out = *value;
        } else if (term->domain->meet(term, repairs->arena, out, value, out) != SLA_MEET_ONE) {
            return false;
        }
        first = false;
    }
    return !first;
}

/* A bound from below comes down to the most that is left, one from above goes up to the least. */
static struct sla_value loosened(struct sla_repairs *repairs, const struct sla_clause *clause,
                                 const struct sla_value *left)
{
    struct sla_value value = *left;

    if (clause->term->domain == &sla_domain_tiering) {
        return sla_tiering_widen(repairs->arena, &clause->value, left);
    }
    if (clause->term->domain == &sla_domain_amount) {
        value = clause->value;
        if (sla_op_is_lower_bound(clause->op)) {
            value.range.least = left->range.most;
        } else {
            value.range.most = left->range.least;
        }
    }
    return value;
}

void sla_repairs_of_clash(struct sla_repairs *repairs)
{
    for (size_t i = 0; i < repairs->conflict->clause_count; i++) {
        const struct sla_clause *clause = repairs->conflict->clauses[i];
        struct sla_value left = clause->value;
        if (left_by_others(repairs, i, &left)) {
            struct sla_value value = loosened(repairs, clause, &left);
            sla_repair_value(repairs, clause, &value);
        }
        if (clause->stance == SLA_REQUIRES) {
            sla_repair_except(repairs, clause);
        }
    }
}
