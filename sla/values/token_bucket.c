#include "sla/values/token_bucket.h"

#include <stddef.h>

#include "base/cleanup.h"

/* A bucket lets through as many as it holds and what comes in meanwhile (nft_limit of Linux: a
 * packet costs a whole number of nanoseconds). Half of what is allowed may come at once, and half
 * over the time, so that no interval of that length sees more. */

enum { US_PER_MS = 1000, NS_PER_US = 1000 };
#define NS_PER_MS   ((int64_t)US_PER_MS * NS_PER_US)
#define FILL_MS_MAX (INT64_C(1000) * INT32_MAX) /* what nft takes as a timeout, in seconds */

static const struct {
    const char *name;
    int64_t ms;
} units[] = { { "second", INT64_C(1000) },
              { "minute", INT64_C(60) * 1000 },
              { "hour", INT64_C(3600) * 1000 },
              { "day", INT64_C(86400) * 1000 },
              { "week", INT64_C(604800) * 1000 } };

/* Tokens in each unit: half of what is allowed in `window_ms`; of one alone, as many as never come
 * twice in that time. Counts are below 2^31, units below 2^30 ms, windows below 2^42 ms. */
static int64_t rate_in(int64_t unit_ms, int64_t most, int64_t window_ms, bool *out_exact)
{
    int64_t half = most / 2;
    int64_t tokens = half * unit_ms;

    *out_exact = half > 0 && tokens % window_ms == 0;
    return half > 0 ? tokens / window_ms : (unit_ms - 1) / window_ms;
}

/* The first unit in which it is a whole number, else the first in which it is something. */
static bool choose_rate(int64_t most, int64_t window_ms, struct token_bucket *out,
                        int64_t *out_unit_ms)
{
    bool found = false;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        bool exact = false;
        int64_t rate = rate_in(units[i].ms, most, window_ms, &exact);
        if (rate > 0 && (exact || !found)) {
            out->rate = rate;
            out->unit = units[i].name;
            *out_unit_ms = units[i].ms;
            found = true;
        }
        if (exact && rate > 0) {
            break;
        }
    }
    return found;
}

/* What comes in during the window is counted as the kernel counts, whatever was rounded. */
bool token_bucket_make(int64_t most, int64_t window_ms, struct token_bucket *out)
{
    int64_t unit_ms = 0;

    if (!choose_rate(most, window_ms, out, &unit_ms)) {
        return false;
    }
    int64_t cost_ns = unit_ms * NS_PER_MS / out->rate;
    if (cost_ns == 0) {
        return false;
    }
    int64_t spare = window_ms * NS_PER_MS / cost_ns;
    if (spare >= most) {
        return false;
    }
    out->burst = most - spare;
    out->fill_ms = out->burst * (cost_ns / NS_PER_US + 1) / US_PER_MS + 1;
    return out->fill_ms <= FILL_MS_MAX;
}
