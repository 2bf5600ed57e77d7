#include "sla/conflict/repair.h"
#include "sla/values/downtime.h"

#include "base/parse.h"

/* The largest share that still allows `down_ms` in the window: rounding goes against the share. */
static int64_t share_allowing(int64_t down_ms, int64_t window_ms)
{
    int64_t low = 0; /* allows it: down_ms is at most the window */
    int64_t high = SLA_PPB;

    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (sla_downtime_allowed_ms(middle, window_ms) >= down_ms) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

/* The smallest share whose own down time is at most `down_ms`. */
static int64_t share_within(int64_t down_ms, int64_t window_ms)
{
    int64_t low = 0;
    int64_t high = SLA_PPB;

    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (sla_downtime_offered_ms(middle, window_ms) <= down_ms) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

/* The most an offer may be down in each of its windows for the requirement to hold. */
static int64_t most_tolerable_ms(const struct sla_clause *requirement,
                                 const struct sla_clause *offer, int64_t allowed_ms)
{
    int64_t low = 0;
    int64_t high = offer->value.window_ms;

    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (sla_aligned_downtime_ms(middle, offer->value.window_ms, requirement->value.window_ms) <=
            allowed_ms) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}

static struct slice percent(struct arena *arena, int64_t share_ppb)
{
    char text[PARSE_TEXT_MAX];

    format_percent_ppb(share_ppb, text);
    return arena_copy(arena, slice_from(text));
}

static struct slice duration(struct arena *arena, int64_t span_ms)
{
    char text[PARSE_TEXT_MAX];

    format_duration_ms(span_ms, text);
    return arena_copy(arena, slice_from(text));
}

static void lower_requirement(struct sla_repairs *repairs, const struct sla_clause *requirement,
                              int64_t gap_ms)
{
    const struct sla_certificate *certificate = &repairs->conflict->certificate;
    struct sla_repair *repair = sla_repair_clause(repairs, requirement, gap_ms, "ms a window");

    if (repair == NULL) {
        return;
    }
    struct slice share = percent(
        repairs->arena, share_allowing(certificate->offered_ms, requirement->value.window_ms));
    sla_repair_set(repairs, repair, requirement, "value", share);
    repair->title =
        arena_printf(repairs->arena, "require %.*s in `%.*s` of %.*s", SLICE_ARG(share),
                     SLICE_ARG(requirement->ref.clause), SLICE_ARG(requirement->ref.party));
}

/* Better service, less planned work, or, when neither is enough alone, both. */
static void raise_offer(struct sla_repairs *repairs, const struct sla_clause *offer,
                        int64_t tolerable_ms, int64_t gap_ms)
{
    int64_t own_ms = sla_downtime_offered_ms(offer->value.range.least, offer->value.window_ms);
    bool share_alone = tolerable_ms >= offer->value.planned_ms;
    bool planned_alone = offer->value.planned_ms > 0 && tolerable_ms >= own_ms;
    struct sla_repair *repair = NULL;

    if (planned_alone) {
        repair = sla_repair_clause(repairs, offer, gap_ms, "ms a window");
        struct slice planned = duration(repairs->arena, tolerable_ms - own_ms);
        if (repair != NULL) {
            sla_repair_set(repairs, repair, offer, "planned", planned);
            repair->title = arena_printf(repairs->arena, "plan at most %.*s in `%.*s` of %.*s",
                                         SLICE_ARG(planned), SLICE_ARG(offer->ref.clause),
                                         SLICE_ARG(offer->ref.party));
        }
    }
    int64_t kept_ms = share_alone ? offer->value.planned_ms : 0;
    struct slice share =
        percent(repairs->arena, share_within(tolerable_ms - kept_ms, offer->value.window_ms));
    repair = sla_repair_clause(repairs, offer, gap_ms, "ms a window");
    if (repair == NULL) {
        return;
    }
    sla_repair_set(repairs, repair, offer, "value", share);
    if (!share_alone) {
        sla_repair_set(repairs, repair, offer, "planned", SLICE("0 ms"));
    }
    repair->title = arena_printf(repairs->arena, "offer %.*s%s in `%.*s` of %.*s", SLICE_ARG(share),
                                 share_alone ? "" : " without planned work",
                                 SLICE_ARG(offer->ref.clause), SLICE_ARG(offer->ref.party));
}

void sla_repairs_of_budget(struct sla_repairs *repairs)
{
    const struct sla_clause *requirement = repairs->conflict->clauses[0];
    const struct sla_clause *offer = repairs->conflict->clauses[1];
    const struct sla_certificate *certificate = &repairs->conflict->certificate;
    int64_t gap_ms = certificate->offered_ms - certificate->allowed_ms;

    lower_requirement(repairs, requirement, gap_ms);
    raise_offer(repairs, offer, most_tolerable_ms(requirement, offer, certificate->allowed_ms),
                gap_ms);
    sla_repair_except(repairs, requirement);
}
