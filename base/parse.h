/* base/parse.h - numbers from text, each by one checked function; never atoi or strtol.
 *
 * All take the whole slice: blanks, signs where none belong and trailing bytes are errors. Outputs
 * are untouched on failure. Errors: STATUS_INVALID with the text quoted in backticks. */
#ifndef REDAN_BASE_PARSE_H
#define REDAN_BASE_PARSE_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

struct status parse_u64(struct slice text, uint64_t min, uint64_t max, uint64_t *out) MUST_USE;
struct status parse_i64(struct slice text, int64_t min, int64_t max, int64_t *out) MUST_USE;
struct status parse_u32(struct slice text, uint32_t min, uint32_t max, uint32_t *out) MUST_USE;
struct status parse_bool(struct slice text, bool *out) MUST_USE; /* true or false, nothing else */
struct status parse_hex(struct slice text, uint8_t *out, size_t out_bytes) MUST_USE;

/* "250ms", "5 s", "1.5h", "30d", "2w": to milliseconds, exactly; a fraction of a millisecond is an
 * error. Units: ms s m (or min) h d w. No sum of parts. Range 0 .. 100 years. */
struct status parse_duration_ms(struct slice text, int64_t *out_ms) MUST_USE;

/* "99.99 %", "0.5%": to parts per billion (100 % = 1,000,000,000), exactly; more than seven
 * decimals of a percent is an error. Range 0 .. 100 %. */
struct status parse_percent_ppb(struct slice text, int64_t *out_ppb) MUST_USE;

/* "64 KiB", "1 MiB", "10 GB", "512": to bytes. */
struct status parse_bytes(struct slice text, uint64_t *out_bytes) MUST_USE;

/* The shortest text the parsers above read back to the same value: "30 s", "1 h", "99.99 %". */
enum { PARSE_TEXT_MAX = 32 };
void format_duration_ms(int64_t ms, char out[PARSE_TEXT_MAX]);
void format_percent_ppb(int64_t ppb, char out[PARSE_TEXT_MAX]);

#endif
