#include "sla/values/moment.h"

enum {
    EPOCH_WEEK_DAY = 3, /* 1970-01-01 was a Thursday */
    MINUTE_S = 60
};

unsigned sla_week_day_of(int32_t day)
{
    int64_t at = ((int64_t)day + EPOCH_WEEK_DAY) % SLA_WEEK_DAYS;

    return (unsigned)(at < 0 ? at + SLA_WEEK_DAYS : at);
}

int32_t sla_moment_day(const struct sla_moment *moment, int32_t day)
{
    unsigned ahead = ((unsigned)SLA_WEEK_DAYS + moment->day - sla_week_day_of(day)) % SLA_WEEK_DAYS;

    return day <= INT32_MAX - SLA_WEEK_DAYS ? day + (int32_t)ahead : day;
}

bool sla_zone_offset(const struct zone *zones, size_t count, struct slice name, int64_t utc_minute,
                     int16_t *out_min)
{
    const struct zone *zone = zone_find(zones, count, name);

    if (slice_is(name, "UTC")) {
        *out_min = 0;
        return true;
    }
    if (zone != NULL && zone->turn_count == 0 && zone->offset_count == 1) {
        *out_min = zone->offsets_min[0]; /* it never moves its clocks */
        return true;
    }
    return zone != NULL && zone_offset_at(zone, utc_minute * MINUTE_S, out_min);
}

bool sla_moment_exists(const struct zone *zones, size_t count, const struct sla_moment *moment,
                       int32_t day)
{
    int64_t local = (int64_t)day * SLA_DAY_MINUTES + moment->minute;
    int64_t utc = 0;
    int16_t shown = 0;

    return !sla_moment_utc(zones, count, moment, day, &utc) ||
           !sla_zone_offset(zones, count, moment->zone, utc, &shown) || utc + shown == local;
}

/* Clocks that show `local` with the offset before a switch show it first; so that one is tried
 * first, and stands when neither fits. */
bool sla_moment_utc(const struct zone *zones, size_t count, const struct sla_moment *moment,
                    int32_t day, int64_t *out_minute)
{
    int64_t local = (int64_t)day * SLA_DAY_MINUTES + moment->minute;
    int16_t before = 0;
    int16_t after = 0;
    int16_t there = 0;

    *out_minute = local;
    if (!sla_zone_offset(zones, count, moment->zone, local - SLA_DAY_MINUTES, &before) ||
        !sla_zone_offset(zones, count, moment->zone, local + SLA_DAY_MINUTES, &after)) {
        return false;
    }
    (void)sla_zone_offset(zones, count, moment->zone, local - before, &there);
    *out_minute = local - before;
    if (there != before) {
        (void)sla_zone_offset(zones, count, moment->zone, local - after, &there);
        *out_minute = there == after ? local - after : local - before;
    }
    return true;
}
