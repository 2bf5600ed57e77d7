#include "sla/agree/promise.h"
#include "sla/conflict/satisfy.h"
#include "sla/values/downtime.h"
#include "sla/values/guard.h"

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

/* The offer under which the requirement does best: one that fits wherever windows lie, else one
 * that fits if they are the same ones; the first of equals. */
static bool is_better(const struct sla_budget *a, const struct sla_budget *b)
{
    bool a_fits = a->spent_ms <= a->allowed_ms, b_fits = b->spent_ms <= b->allowed_ms;

    if (b->offer == NULL || a_fits != b_fits) {
        return b->offer == NULL || a_fits;
    }
    return a->aligned_ms != b->aligned_ms ? a->aligned_ms < b->aligned_ms
                                          : a->spent_ms < b->spent_ms;
}

struct sla_budget sla_budget_of(const struct sla_world *world, const struct sla_family *family,
                                const struct sla_member *requirement, bool promised)
{
    const struct sla_clause *required = requirement->clause;
    struct sla_budget best = {
        .offer = NULL,
        .allowed_ms =
            sla_downtime_allowed_ms(required->value.range.least, required->value.window_ms),
    };

    for (size_t i = 0; i < family->offer_count; i++) {
        const struct sla_member *offer = &family->offers[i];
        if (!sla_guards_covers(world->guards, offer->when, requirement->when) ||
            (promised && !sla_document_is_promised(world, offer->clause->document,
                                                   requirement->clause->ref.party))) {
            continue;
        }
        const struct sla_budget budget = { .offer = offer->clause,
                                           .allowed_ms = best.allowed_ms,
                                           .spent_ms = spent_ms(required, offer->clause, false),
                                           .aligned_ms = spent_ms(required, offer->clause, true) };
        best = is_better(&budget, &best) ? budget : best;
    }
    return best;
}
