/* sla/values/token_bucket.h - how a bucket of tokens keeps a rate. For sla/ only. Pure. */
#ifndef REDAN_SLA_VALUES_TOKEN_BUCKET_H
#define REDAN_SLA_VALUES_TOKEN_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct token_bucket {
    int64_t rate;     /* tokens in each `unit` */
    const char *unit; /* "second", "minute", "hour", "day", "week", as nft names them */
    int64_t burst;    /* tokens it holds */
    int64_t fill_ms;  /* until it is full again */
};

/* That lets through at most `most` (1..2^31 - 1) in any `window_ms` (1..2^42). False: the kernel
 * has none, its rates are whole numbers of at least one a week. */
bool token_bucket_make(int64_t most, int64_t window_ms, struct token_bucket *out);

#endif
