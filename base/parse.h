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

/* "64 KiB", "1 MiB", "10 GB", "512": to bytes. "10 Gbit/s", "2 Mibit/s": to bits a second. Up to
 * INT64_MAX, exactly; a fraction of the smallest unit is an error. */
struct status parse_bytes(struct slice text, uint64_t *out_bytes) MUST_USE;
struct status parse_bit_rate(struct slice text, uint64_t *out_bits_per_s) MUST_USE;

/* The general form: "12.5 kB" to 12.5 * the unit's factor, exactly or not at all. A blank between
 * number and unit may be left out. False: not so written, or above `max`. */
struct parse_unit {
    const char *name;
    uint64_t factor; /* in the smallest unit */
};
bool parse_scaled(struct slice text, const struct parse_unit *units, size_t unit_count,
                  uint64_t max, uint64_t *out) MUST_USE;
/* How many bytes from the start are digits and points: the number of such a text. */
size_t parse_number_len(struct slice text);

/* The shortest text the parsers above read back to the same value: "30 s", "1 h", "99.99 %". */
enum { PARSE_TEXT_MAX = 32 };
void format_duration_ms(int64_t ms, char out[PARSE_TEXT_MAX]);
void format_percent_ppb(int64_t ppb, char out[PARSE_TEXT_MAX]);
/* With the largest unit that divides the amount: "16 GiB", "200 GB", "10 Gbit/s". */
void format_bytes(uint64_t bytes, char out[PARSE_TEXT_MAX]);
void format_bit_rate(uint64_t bits_per_s, char out[PARSE_TEXT_MAX]);

#endif
