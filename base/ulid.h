/* base/ulid.h - ids that sort by time: 48 bits of milliseconds, 80 random bits, 26 characters of
 * Crockford base 32 (github.com/ulid/spec).
 *
 * Pure code takes ids as inputs or derives them from content; only shells make new ones. */
#ifndef REDAN_BASE_ULID_H
#define REDAN_BASE_ULID_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum { ULID_TEXT_LEN = 26, ULID_BYTES = 16 };

struct ulid {
    char text[ULID_TEXT_LEN + 1];
};

/* Random bits from getrandom(2); within one millisecond and process the order is still increasing.
 * Thread-safe. */
struct ulid ulid_new(int64_t wall_ms);
/* From given bits: for tests and the simulation. */
struct ulid ulid_make(int64_t wall_ms, const uint8_t random[10]);
/* When it was made, as far as its maker's clock knew. */
int64_t ulid_ms(const struct ulid *id);
struct status ulid_parse(struct slice text, struct ulid *out) MUST_USE;

#endif
