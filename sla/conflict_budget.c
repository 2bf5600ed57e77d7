#include "sla/conflict.h"
#include "sla/downtime.h"

/* A requirement allows so much down time in each of its windows; the offer that promises most may
 * still spend more: arithmetic on whole milliseconds, against us when it rounds. */

static int64_t down_ms(const struct sla_clause *requirement, const struct sla_clause *offer)
{
    int64_t own_ms = sla_downtime_offered_ms(offer->value.range.least, offer->value.window_ms);

    return sla_worst_downtime_ms(own_ms + offer->value.planned_ms, offer->value.window_ms,
                                 requirement->value.window_ms);
}

/* The offer under which the requirement does best; the first of equals. */
static const struct sla_clause *best_offer(const struct sla_search *search,
                                           const struct sla_clause *requirement, size_t resource,
                                           int64_t *out_ms)
{
    const struct sla_world *world = search->world;
    const struct sla_clause *best = NULL;

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *offer = world->clauses[search->items[i]];
        if (offer->term != requirement->term || offer->stance != SLA_OFFERS ||
            !slice_eq(offer->ref.party, world->policies.resources[resource].provider)) {
            continue;
        }
        int64_t at_ms = down_ms(requirement, offer);
        if (best == NULL || at_ms < *out_ms) {
            best = offer;
            *out_ms = at_ms;
        }
    }
    return best;
}

/* Which offer is best depends on the term and the window alone: most requirements on a resource
 * share both with the one before. */
struct memo {
    const struct sla_term *term;
    int64_t window_ms, offered_ms;
    const struct sla_clause *offer;
};

static bool recall(struct sla_search *search, const struct sla_clause *requirement, size_t resource,
                   struct memo *memo)
{
    if (memo->term == requirement->term && memo->window_ms == requirement->value.window_ms) {
        return sla_search_spend(search, 1);
    }
    if (!sla_search_spend(search, search->start[resource + 1] - search->start[resource])) {
        return false;
    }
    memo->term = requirement->term;
    memo->window_ms = requirement->value.window_ms;
    memo->offer = best_offer(search, requirement, resource, &memo->offered_ms);
    return true;
}

static void try_requirement(struct sla_search *search, const struct sla_clause *requirement,
                            size_t resource, const struct memo *memo)
{
    struct sla_certificate certificate = { .resource = resource, .offered_ms = memo->offered_ms };
    const struct sla_clause *offer = memo->offer;

    certificate.allowed_ms =
        sla_downtime_allowed_ms(requirement->value.range.least, requirement->value.window_ms);
    if (offer == NULL || certificate.offered_ms <= certificate.allowed_ms) {
        return;
    }
    const struct sla_clause *pair[] = { requirement, offer };
    sla_search_add(search, SLA_CONFLICT_ARITHMETIC, pair, COUNT_OF(pair), &certificate);
}

void sla_search_budgets(struct sla_search *search, size_t resource)
{
    struct memo memo = { .term = NULL };

    for (size_t i = search->start[resource]; i < search->start[resource + 1]; i++) {
        const struct sla_clause *clause = search->world->clauses[search->items[i]];
        if (clause->term == NULL || clause->term->chooser != SLA_BUDGET ||
            clause->stance != SLA_REQUIRES) {
            continue;
        }
        if (!recall(search, clause, resource, &memo)) {
            return;
        }
        try_requirement(search, clause, resource, &memo);
    }
}
