#include "sla/downtime.h"
#include "sla/guard.h"
#include "sla/satisfy.h"

/* A requirement allows so much down time in each of its windows; the offer that promises most may
 * still spend more: arithmetic on whole milliseconds, against us when it rounds. */

static int64_t spent_ms(const struct sla_clause *requirement, const struct sla_clause *offer,
                        bool aligned)
{
    int64_t own_ms = sla_downtime_offered_ms(offer->value.range.least, offer->value.window_ms) +
                     offer->value.planned_ms;

    return aligned ? sla_aligned_downtime_ms(own_ms, offer->value.window_ms,
                                             requirement->value.window_ms)
                   : sla_worst_downtime_ms(own_ms, offer->value.window_ms,
                                           requirement->value.window_ms);
}

/* The offer under which the requirement does best; the first of equals. */
struct sla_budget sla_budget_of(const struct sla_world *world, const struct sla_family *family,
                                const struct sla_clause *requirement)
{
    struct sla_budget best = {
        .offer = NULL,
        .allowed_ms =
            sla_downtime_allowed_ms(requirement->value.range.least, requirement->value.window_ms),
    };

    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_clause *offer = family->offers[i].clause;
        if (!sla_guards_covers(world->guards, offer->guard, requirement->guard)) {
            continue;
        }
        int64_t aligned_ms = spent_ms(requirement, offer, true);
        int64_t worst_ms = spent_ms(requirement, offer, false);
        if (best.offer == NULL || aligned_ms < best.aligned_ms ||
            (aligned_ms == best.aligned_ms && worst_ms < best.spent_ms)) {
            best.offer = offer;
            best.aligned_ms = aligned_ms;
            best.spent_ms = worst_ms;
        }
    }
    return best;
}
