/* base/clock.h - the one source of time, passed in so that tests and the simulation own it.
 *
 * Pure code takes plain numbers (`now_ms`, `now_us`), never a clock. Wall time names moments for
 * people and for the journal; monotonic time measures and expires. A struct clock may be read from
 * any thread if its functions may; the real one may, the virtual one belongs to one thread. */
#ifndef REDAN_BASE_CLOCK_H
#define REDAN_BASE_CLOCK_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

struct clock_source {
    int64_t (*wall_us)(void *arg); /* microseconds since 1970-01-01 UTC */
    int64_t (*mono_us)(void *arg); /* microseconds since some fixed moment; never goes back */
    void *arg;
};

extern const struct clock_source clock_real;

/* Time that moves only when told. */
struct clock_virtual {
    int64_t wall_us;
    int64_t mono_us;
};
struct clock_source clock_virtual_source(struct clock_virtual *self);
void clock_virtual_advance(struct clock_virtual *self, int64_t by_us);

int64_t clock_wall_ms(const struct clock_source *clock);
int64_t clock_wall_us(const struct clock_source *clock);
int64_t clock_mono_ms(const struct clock_source *clock);
int64_t clock_mono_us(const struct clock_source *clock);

/* RFC 3339 in UTC with microseconds, "2026-11-21T20:55:38.000001Z"; out holds CLOCK_TEXT_MAX. */
enum { CLOCK_TEXT_MAX = 32 };
void clock_format_us(int64_t wall_us, char out[CLOCK_TEXT_MAX]);

/* RFC 3339 with any fraction and zone ("Z", "+02:00"); digits past microseconds are cut.
 * Errors: STATUS_INVALID. */
struct status clock_parse_rfc3339(struct slice text, int64_t *out_wall_us) MUST_USE;

#endif
