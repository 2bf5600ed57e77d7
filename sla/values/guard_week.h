/* sla/values/guard_week.h - windows of the week: intersection in one zone, overlap across zones.
 * For the guards. Pure. */
#ifndef REDAN_SLA_VALUES_GUARD_WEEK_H
#define REDAN_SLA_VALUES_GUARD_WEEK_H

#include "sla/values/guard.h"
#include "sla/values/written.h"

/* What local time can be ahead of UTC, in minutes, in one zone. */
struct sla_offsets {
    const int16_t *items;
    size_t count; /* 0: anything from SLA_ZONE_EARLIEST_MIN to SLA_ZONE_LATEST_MIN */
};

/* Of a zone of the table (sla/values/guard.c). */
struct sla_offsets sla_guards_offsets_of(const struct sla_guards *guards, uint32_t zone);

/* Minutes by which the clock of one zone can be ahead of that of another, around the week's end. */
struct sla_shifts {
    uint64_t bits[SLA_WEEK_MINUTES / 64 + 1];
};

/* Of `b` against `a`. */
void sla_week_shifts(const struct sla_offsets *a, const struct sla_offsets *b,
                     struct sla_shifts *out);
/* The next one from there on; SLA_WEEK_MINUTES: none. */
unsigned sla_shifts_next(const struct sla_shifts *shifts, unsigned from);

/* All minutes of windows of one zone, into `out`, which holds SLA_WEEK_DAYS a window. Returns how
 * many. */
size_t sla_week_gather(const struct sla_weekly *windows, size_t count, struct sla_minutes *out);

unsigned sla_week_length(const struct sla_week *week); /* in minutes */

/* Both of one zone; into `out`, which holds a->count + b->count. Returns how many. */
size_t sla_week_meet(const struct sla_week *a, const struct sla_week *b, struct sla_minutes *out);

/* Minutes in which both windows are open, at least and at most, over all offsets of their zones. */
void sla_week_overlap(const struct sla_week *a, const struct sla_offsets *a_offsets,
                      const struct sla_week *b, const struct sla_offsets *b_offsets,
                      unsigned *out_least, unsigned *out_most);

/* `mon-fri 08:00-18:00 Europe/Lisbon`, several divided by ", ". Returns how many. */
size_t sla_week_print(const struct sla_week *week, struct slice zone, struct buf *out);

#endif
