/* sla/compose/kofn.h - how long something is down that needs k of its n parts.
 *
 * For the composition of services (design of the language, section 11, F1 to F4): a service that
 * needs all of its parts is the case k = n, where `most` of sla_kofn_bounds is the sum (Boole's
 * inequality).
 *
 * Amounts are integers out of `whole`: shares as ppb out of SLA_PPB, or ms out of a window, which
 * is a probability space of its own. So sla_kofn_bounds holds for every window of that length; the
 * other two speak of the mean only. Inside 128 bits; what is given out is rounded outwards (least
 * down, most up), which for `most` against an integer is the same as no rounding.
 *
 * With m = n - k + 1, the number of parts that must be down together:
 *
 * Any dependence. The most time during which m are down is min(whole, min over t = 0..m-1 of the
 * sum of the n - t smallest / (m - t)): over time T part i covers at most min(d_i, T), the cover
 * must be m-fold, so the sum of min(d_i, T) >= m T, and t parts with d_i >= T give m - t and the
 * rest. It is reached by laying min(d_i, T) end to end round a circle of length T (McNaughton,
 * Management Science 6, 1959). The least is the rest that the same bound leaves for k of n parts up
 * at once. (Rueger, Metrika 25, 1978, at least k of n events; Hailperin, Amer. Math. Monthly 72,
 * 1965, events and linear programs.)
 *
 * Independent parts. P(at least j of i + 1 down) = (1 - u) P(at least j of i) + u P(at least j - 1
 * of i), the recursion over parts (Barlow and Heidtmann, IEEE Trans. Reliability R-33, 1984; Kuo
 * and Zuo, Optimal Reliability Modeling, 2003, chapter 7), in units of 2^-60, once rounded down
 * and once up: n units of error at most.
 *
 * Common cause with share b (beta factor; IEC 61508-6, annex D; NUREG/CR-5485): during c = b times
 * the largest all are down together; the rest of each, (1 - b) d_i, lies in the time that is left,
 * independently. So c plus the figure for independent parts out of whole - c; out of whole, each
 * part alone would come to less than its d_i.
 *
 * Pure. */
#ifndef REDAN_SLA_COMPOSE_KOFN_H
#define REDAN_SLA_COMPOSE_KOFN_H

#include "base/status.h"
#include "sla/values/value.h"

enum { SLA_KOFN_PARTS_MAX = 64 };

struct sla_kofn {
    const int64_t *down; /* how long each part may be down, 0..whole, in any order */
    size_t count;        /* parts, 1..SLA_KOFN_PARTS_MAX */
    size_t need;         /* parts without which it is down, 1..count */
    int64_t whole;       /* >= 1 */
};

/* Whatever the parts have to do with each other. `least` is what it is down even in the best case,
 * should each part be down for all that it may. Here and below more `down` or more `need` never
 * gives less (of the common cause: less by more than a unit), and what is out of range is
 * STATUS_INVALID with `out` untouched. */
struct status sla_kofn_bounds(const struct sla_kofn *group, struct sla_range *out) MUST_USE;

/* The mean, should parts fail independently; within sla_kofn_bounds. */
struct status sla_kofn_independent(const struct sla_kofn *group, struct sla_range *out) MUST_USE;

/* The mean at most, with `share_ppb` (0..SLA_PPB) of a part's down time from a cause that all have
 * in common; never above sla_kofn_bounds. 0 gives `most` of sla_kofn_independent. */
struct status sla_kofn_common(const struct sla_kofn *group, int64_t share_ppb,
                              int64_t *out) MUST_USE;

#endif
