#include "sla/values/downtime.h"

#include "sla/values/value.h"

/* window * part / SLA_PPB, with what is left over. Windows are at most a century: no overflow. */
static int64_t share_of(int64_t window_ms, int64_t part_ppb, int64_t *out_rest)
{
    int64_t whole = window_ms / SLA_PPB * part_ppb;
    int64_t product = window_ms % SLA_PPB * part_ppb;

    *out_rest = product % SLA_PPB;
    return whole + product / SLA_PPB;
}

int64_t sla_downtime_allowed_ms(int64_t share_ppb, int64_t window_ms)
{
    int64_t rest = 0;

    return share_of(window_ms, SLA_PPB - share_ppb, &rest);
}

int64_t sla_downtime_offered_ms(int64_t share_ppb, int64_t window_ms)
{
    int64_t rest = 0;
    int64_t down_ms = share_of(window_ms, SLA_PPB - share_ppb, &rest);

    return rest > 0 ? down_ms + 1 : down_ms;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t sla_worst_downtime_ms(int64_t offered_ms, int64_t offer_window_ms, int64_t window_ms)
{
    int64_t spent_ms = smaller(offered_ms, offer_window_ms);
    int64_t whole = window_ms / offer_window_ms;
    int64_t rest_ms = window_ms % offer_window_ms;

    /* whole windows within, and the rest split over one before and one after them */
    int64_t within_ms = whole * spent_ms + smaller(2 * spent_ms, rest_ms);
    if (whole == 0) {
        return within_ms;
    }
    int64_t shifted_ms = (whole - 1) * spent_ms + smaller(2 * spent_ms, rest_ms + offer_window_ms);
    return within_ms > shifted_ms ? within_ms : shifted_ms;
}

int64_t sla_aligned_downtime_ms(int64_t offered_ms, int64_t offer_window_ms, int64_t window_ms)
{
    return window_ms == offer_window_ms
               ? smaller(offered_ms, offer_window_ms)
               : sla_worst_downtime_ms(offered_ms, offer_window_ms, window_ms);
}
