#include "base/clock.h"

#include "base/date.h"

#include <stdio.h>
#include <time.h>

enum { US_PER_S = 1000 * 1000 };
static const int64_t us_per_day = (int64_t)86400 * US_PER_S;

static int64_t read_clock(clockid_t id)
{
    struct timespec now = { 0 };

    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / 1000;
}

static int64_t real_wall_us(void *arg)
{
    (void)arg;
    return read_clock(CLOCK_REALTIME);
}

static int64_t real_mono_us(void *arg)
{
    (void)arg;
    return read_clock(CLOCK_BOOTTIME); /* leases go on expiring while the machine sleeps */
}

const struct clock_source clock_real = { real_wall_us, real_mono_us, NULL };

static int64_t virtual_wall_us(void *arg)
{
    return ((struct clock_virtual *)arg)->wall_us;
}

static int64_t virtual_mono_us(void *arg)
{
    return ((struct clock_virtual *)arg)->mono_us;
}

struct clock_source clock_virtual_source(struct clock_virtual *self)
{
    return (struct clock_source){ virtual_wall_us, virtual_mono_us, self };
}

void clock_virtual_advance(struct clock_virtual *self, int64_t by_us)
{
    self->wall_us += by_us;
    self->mono_us += by_us;
}

int64_t clock_wall_us(const struct clock_source *clock)
{
    return clock->wall_us(clock->arg);
}

int64_t clock_wall_ms(const struct clock_source *clock)
{
    return clock_wall_us(clock) / 1000;
}

int64_t clock_mono_us(const struct clock_source *clock)
{
    return clock->mono_us(clock->arg);
}

int64_t clock_mono_ms(const struct clock_source *clock)
{
    return clock_mono_us(clock) / 1000;
}

void clock_format_us(int64_t wall_us, char out[CLOCK_TEXT_MAX])
{
    int64_t days = wall_us >= 0 ? wall_us / us_per_day : -((us_per_day - 1 - wall_us) / us_per_day);
    int64_t rest_us = wall_us - days * us_per_day;
    int64_t rest_s = rest_us / US_PER_S;
    struct date date = date_from_days(days);

    unsigned year = (unsigned)date.year % 10000U; /* four digits are what the format has room for */
    unsigned second_of_day = (unsigned)rest_s % 86400U;

    int len = snprintf(out, CLOCK_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", year,
                       date.month % 100U, date.day % 100U, second_of_day / 3600U,
                       second_of_day / 60U % 60U, second_of_day % 60U,
                       (unsigned)(rest_us % US_PER_S) % 1000000U);
    (void)len;
}

/* Reads exactly `digits` digits at *at. */
static bool take_number(struct slice text, size_t *at, size_t digits, int64_t *out)
{
    int64_t value = 0;

    for (size_t i = 0; i < digits; i++) {
        if (*at + i >= text.len || text.ptr[*at + i] < '0' || text.ptr[*at + i] > '9') {
            return false;
        }
        value = value * 10 + (text.ptr[*at + i] - '0');
    }
    *at += digits;
    *out = value;
    return true;
}

static bool take_byte(struct slice text, size_t *at, char lower, char upper)
{
    if (*at >= text.len || (text.ptr[*at] != lower && text.ptr[*at] != upper)) {
        return false;
    }
    *at += 1;
    return true;
}

static bool take_fraction(struct slice text, size_t *at, int64_t *out_us)
{
    int64_t scale = US_PER_S / 10;
    size_t start = *at + 1;

    *out_us = 0;
    if (!take_byte(text, at, '.', ',')) {
        return true;
    }
    while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9') {
        *out_us += (text.ptr[*at] - '0') * scale;
        scale /= 10;
        *at += 1;
    }
    return *at > start;
}

static bool take_zone(struct slice text, size_t *at, int64_t *out_s)
{
    int64_t hours = 0;
    int64_t minutes = 0;

    *out_s = 0;
    if (take_byte(text, at, 'z', 'Z')) {
        return true;
    }
    int64_t sign = take_byte(text, at, '-', '-') ? -1 : 1;
    if (sign == 1 && !take_byte(text, at, '+', '+')) {
        return false;
    }
    if (!take_number(text, at, 2, &hours) || !take_byte(text, at, ':', ':') ||
        !take_number(text, at, 2, &minutes) || hours > 23 || minutes > 59) {
        return false;
    }
    *out_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

struct status clock_parse_rfc3339(struct slice text, int64_t *out_wall_us)
{
    struct date date = { 0 };
    int64_t year = 0;
    int64_t month = 0;
    int64_t day = 0;
    int64_t hour = 0;
    int64_t minute = 0;
    int64_t second = 0;
    int64_t fraction_us = 0;
    int64_t zone_s = 0;
    size_t at = 0;

    bool good = take_number(text, &at, 4, &year) && take_byte(text, &at, '-', '-') &&
                take_number(text, &at, 2, &month) && take_byte(text, &at, '-', '-') &&
                take_number(text, &at, 2, &day) &&
                (take_byte(text, &at, 't', 'T') || take_byte(text, &at, ' ', ' ')) &&
                take_number(text, &at, 2, &hour) && take_byte(text, &at, ':', ':') &&
                take_number(text, &at, 2, &minute) && take_byte(text, &at, ':', ':') &&
                take_number(text, &at, 2, &second) && take_fraction(text, &at, &fraction_us) &&
                take_zone(text, &at, &zone_s) && at == text.len;
    date = (struct date){ year, (unsigned)month, (unsigned)day };
    if (!good || !date_is_valid(date) || hour > 23 || minute > 59 || second > 60) {
        return status_error(STATUS_INVALID, "`%.*s` is not an RFC 3339 time", SLICE_ARG(text));
    }
    int64_t seconds = date_to_days(date) * 86400 + hour * 3600 + minute * 60 + second - zone_s;
    *out_wall_us = seconds * US_PER_S + fraction_us;
    return STATUS_SUCCESS;
}
