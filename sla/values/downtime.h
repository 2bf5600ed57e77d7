/* sla/values/downtime.h - down time of shares over windows, in whole milliseconds. Rounding goes
 * against us: what is allowed is cut, what is offered is rounded up. Pure. */
#ifndef REDAN_SLA_VALUES_DOWNTIME_H
#define REDAN_SLA_VALUES_DOWNTIME_H

#include <stdint.h>

/* (1 - share) * window. */
int64_t sla_downtime_allowed_ms(int64_t share_ppb, int64_t window_ms);
int64_t sla_downtime_offered_ms(int64_t share_ppb, int64_t window_ms);

/* What an offer may be down, at worst, in one interval as long as a requirement's window: the
 * windows of the offer lie end to end, and begin where it hurts most. */
int64_t sla_worst_downtime_ms(int64_t offered_ms, int64_t offer_window_ms, int64_t window_ms);
/* The same when windows of equal length begin together. */
int64_t sla_aligned_downtime_ms(int64_t offered_ms, int64_t offer_window_ms, int64_t window_ms);

#endif
