#include "sla/values/written.h"

enum { ZONE_PART_MAX = 14 }; /* of the name of a zone (tz database, "Theory and pragmatics") */

static const char *const day_names[SLA_WEEK_DAYS] = { "mon", "tue", "wed", "thu",
                                                      "fri", "sat", "sun" };

const char *sla_week_day_name(unsigned day)
{
    return day_names[day];
}

static struct status not_a_week(struct slice text)
{
    return status_error(STATUS_INVALID,
                        "`%.*s` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)",
                        SLICE_ARG(text));
}

static bool read_day(struct slice text, unsigned *out)
{
    for (unsigned i = 0; i < SLA_WEEK_DAYS; i++) {
        if (slice_is(text, day_names[i])) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* "mon", "mon-fri", "sat-mon" */
static bool read_days(struct slice text, uint8_t *out)
{
    struct slice last_text = text;
    struct slice first_text = slice_cut(&last_text, '-');
    unsigned first = 0;
    unsigned last = 0;

    if (!read_day(first_text, &first)) {
        return false;
    }
    last = first;
    if (last_text.ptr != NULL && (!read_day(last_text, &last) || last == first)) {
        return false;
    }
    *out = (uint8_t)(1U << first);
    for (unsigned day = first; day != last; day = (day + 1) % SLA_WEEK_DAYS) {
        *out |= (uint8_t)(1U << (day + 1) % SLA_WEEK_DAYS);
    }
    return true;
}

static bool read_two_digits(struct slice text, size_t at, unsigned *out)
{
    if (text.ptr[at] < '0' || text.ptr[at] > '9' || text.ptr[at + 1] < '0' ||
        text.ptr[at + 1] > '9') {
        return false;
    }
    *out = (unsigned)(text.ptr[at] - '0') * 10 + (unsigned)(text.ptr[at + 1] - '0');
    return true;
}

/* "08:00", "24:00" */
static bool read_minute(struct slice text, uint16_t *out)
{
    unsigned hour = 0;
    unsigned minute = 0;

    if (text.len != 5 || text.ptr[2] != ':' || !read_two_digits(text, 0, &hour) ||
        !read_two_digits(text, 3, &minute) || minute > 59 || hour * 60 + minute > SLA_DAY_MINUTES) {
        return false;
    }
    *out = (uint16_t)(hour * 60 + minute);
    return true;
}

static bool is_zone_part(struct slice part)
{
    for (size_t i = 0; i < part.len; i++) {
        char byte = part.ptr[i];
        bool letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        bool inside = (byte >= '0' && byte <= '9') || byte == '-' || byte == '+' || byte == '_';
        if (!letter && (i == 0 || !inside)) {
            return false;
        }
    }
    return part.len > 0 && part.len <= ZONE_PART_MAX;
}

/* "UTC", "Europe/Lisbon", "America/Argentina/Salta"; no abbreviations, which say no rules. */
static bool is_zone(struct slice text)
{
    struct slice rest = text;
    size_t parts = 0;

    if (slice_is(text, "UTC")) {
        return true;
    }
    while (rest.ptr != NULL) {
        if (!is_zone_part(slice_cut(&rest, '/'))) {
            return false;
        }
        parts++;
    }
    return parts == 2 || parts == 3;
}

struct status sla_parse_weekly(struct slice text, struct sla_weekly *out)
{
    struct sla_weekly weekly = { 0 };
    struct slice zone = text;
    struct slice days = slice_cut(&zone, ' ');
    struct slice until = slice_cut(&zone, ' ');
    struct slice from = slice_cut(&until, '-');

    if (!read_days(days, &weekly.days) || !read_minute(from, &weekly.from_minute) ||
        !read_minute(until, &weekly.until_minute)) {
        return not_a_week(text);
    }
    if (zone.len == 0) {
        return status_error(STATUS_INVALID, "the window says no time zone");
    }
    if (!is_zone(zone)) {
        return status_error(STATUS_INVALID, "`%.*s` is not a time zone", SLICE_ARG(zone));
    }
    if (weekly.until_minute <= weekly.from_minute) {
        return status_error(STATUS_INVALID,
                            "a window ends after it begins, at 24:00 at the latest");
    }
    weekly.zone = zone;
    *out = weekly;
    return STATUS_SUCCESS;
}

struct status sla_parse_moment(struct slice text, struct sla_moment *out)
{
    struct sla_moment moment = { 0 };
    struct slice zone = text;
    struct slice day_text = slice_cut(&zone, ' ');
    struct slice minute_text = slice_cut(&zone, ' ');
    unsigned day = 0;

    if (!read_day(day_text, &day) || !read_minute(minute_text, &moment.minute) ||
        moment.minute == SLA_DAY_MINUTES) {
        return status_error(STATUS_INVALID,
                            "`%.*s` is not a time of the week (like `mon 10:00 UTC`)",
                            SLICE_ARG(text));
    }
    if (zone.len == 0) {
        return status_error(STATUS_INVALID, "the time says no time zone");
    }
    if (!is_zone(zone)) {
        return status_error(STATUS_INVALID, "`%.*s` is not a time zone", SLICE_ARG(zone));
    }
    moment.day = (uint8_t)day;
    moment.zone = zone;
    *out = moment;
    return STATUS_SUCCESS;
}

static bool has_day(uint8_t days, unsigned day)
{
    return (days & 1U << day % SLA_WEEK_DAYS) != 0;
}

void sla_format_weekly(const struct sla_weekly *weekly, struct buf *out)
{
    unsigned first = 0;
    unsigned count = 1;

    while (first < SLA_WEEK_DAYS - 1 &&
           !(has_day(weekly->days, first) && !has_day(weekly->days, first + SLA_WEEK_DAYS - 1))) {
        first++; /* the day before it is not there: here they begin */
    }
    if (weekly->days == (1U << SLA_WEEK_DAYS) - 1) {
        first = 0;
    }
    while (count < SLA_WEEK_DAYS && has_day(weekly->days, first + count)) {
        count++;
    }
    buf_add_cstr(out, day_names[first]);
    if (count > 1) {
        buf_printf(out, "-%s", day_names[(first + count - 1) % SLA_WEEK_DAYS]);
    }
    buf_printf(out, " %02u:%02u-%02u:%02u %.*s", weekly->from_minute / 60U,
               weekly->from_minute % 60U, weekly->until_minute / 60U, weekly->until_minute % 60U,
               SLICE_ARG(weekly->zone));
}
