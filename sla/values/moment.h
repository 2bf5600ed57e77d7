/* sla/values/moment.h - a time of the week on a day that is known: what the clocks of zones show
 * then.
 *
 * An hour that a zone skips in spring counts as if it had not moved its clocks yet; of one that
 * comes twice in autumn the first is meant. Pure. */
#ifndef REDAN_SLA_VALUES_MOMENT_H
#define REDAN_SLA_VALUES_MOMENT_H

#include "base/zone.h"
#include "sla/values/written.h"

unsigned sla_week_day_of(int32_t day); /* 0: Monday */

/* The first day from `day` on that is the moment's day of the week. */
int32_t sla_moment_day(const struct sla_moment *moment, int32_t day);

/* What the zone's clocks show at a time, in minutes ahead of UTC. False: the table does not say;
 * NULL says it of UTC alone. */
bool sla_zone_offset(const struct zone *zones, size_t count, struct slice name, int64_t utc_minute,
                     int16_t *out_min);

/* The moment on that day, in minutes since 1970 in UTC. False: its zone is not in the table, and
 * is taken for UTC. */
bool sla_moment_utc(const struct zone *zones, size_t count, const struct sla_moment *moment,
                    int32_t day, int64_t *out_minute);

/* False: the zone's clocks skip it on that day. What is not known of a zone is taken to be. */
bool sla_moment_exists(const struct zone *zones, size_t count, const struct sla_moment *moment,
                       int32_t day);

#endif
