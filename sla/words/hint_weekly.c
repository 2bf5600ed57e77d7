#include "sla/words/hint_weekly.h"

#include "base/cleanup.h"
#include "base/parse.h"
#include "sla/values/written.h"

#include <stdio.h>

enum { WORD_MAX = 16, DAY_LETTERS_MIN = 2, HALF_DAY = 12, DAY_HOURS = 24, HOUR_MINUTES = 60 };

static const char *const long_days[SLA_WEEK_DAYS] = { "monday", "tuesday",  "wednesday", "thursday",
                                                      "friday", "saturday", "sunday" };
static const struct {
    const char *written, *days;
} words[] = {
    { "daily", "mon-sun" },    { "everyday", "mon-sun" }, { "weekdays", "mon-fri" },
    { "workdays", "mon-fri" }, { "weekday", "mon-fri" },  { "weekend", "sat-sun" },
    { "weekends", "sat-sun" },
};

static struct slice in_small_letters(struct slice text, char out[WORD_MAX])
{
    size_t len = text.len < WORD_MAX ? text.len : 0;

    for (size_t i = 0; i < len; i++) {
        bool capital = text.ptr[i] >= 'A' && text.ptr[i] <= 'Z';
        out[i] = (char)(capital ? text.ptr[i] - 'A' + 'a' : text.ptr[i]);
    }
    return (struct slice){ out, len };
}

static void tidy_day(struct slice text, struct buf *out)
{
    char letters[WORD_MAX];
    struct slice small = in_small_letters(text, letters);

    for (unsigned i = 0; i < SLA_WEEK_DAYS && small.len >= DAY_LETTERS_MIN; i++) {
        if (slice_starts(slice_from(long_days[i]), small)) {
            buf_add_cstr(out, sla_week_day_name(i));
            return;
        }
    }
    buf_add_slice(out, text);
}

static void tidy_days(struct slice text, struct buf *out)
{
    char letters[WORD_MAX];
    struct slice small = in_small_letters(text, letters);
    struct slice last = text;
    struct slice first = slice_cut(&last, '-');

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_is(small, words[i].written)) {
            buf_add_cstr(out, words[i].days);
            return;
        }
    }
    tidy_day(first, out);
    if (last.ptr != NULL) {
        buf_add_char(out, '-');
        tidy_day(last, out);
    }
}

/* "8", "8:00", "8pm", "24:30" in minutes of the day, which it may pass. */
static bool read_time(struct slice text, unsigned *out_minutes)
{
    bool after_noon = slice_ends(text, SLICE("pm"));
    bool half = after_noon || slice_ends(text, SLICE("am"));
    struct slice minute_text = slice_sub(text, 0, half ? text.len - 2 : text.len);
    struct slice hour_text = slice_cut(&minute_text, ':');
    uint32_t hour = 0;
    uint32_t minute = 0;
    struct status status = parse_u32(hour_text, 0, 2 * DAY_HOURS, &hour);

    if (status_ok(&status) && minute_text.ptr != NULL) {
        status = minute_text.len == 2 ? parse_u32(minute_text, 0, HOUR_MINUTES - 1, &minute)
                                      : status_error(STATUS_INVALID, "two digits");
    }
    if (!status_ok(&status) || (half && (hour == 0 || hour > HALF_DAY))) {
        return false;
    }
    hour = half ? hour % HALF_DAY + (after_noon ? HALF_DAY : 0U) : hour;
    *out_minutes = hour * HOUR_MINUTES + minute;
    return true;
}

static void put_time(unsigned minutes, struct buf *out)
{
    buf_printf(out, "%02u:%02u", minutes / HOUR_MINUTES, minutes % HOUR_MINUTES);
}

static void tidy_time(struct slice text, struct buf *out)
{
    unsigned minutes = 0;

    if (read_time(text, &minutes)) {
        put_time(minutes, out);
    } else {
        buf_add_slice(out, text);
    }
}

void sla_weekly_tidy(struct slice text, struct buf *out)
{
    struct slice zone = text;
    struct slice days = slice_cut(&zone, ' ');
    struct slice until = slice_cut(&zone, ' ');
    struct slice from = slice_cut(&until, '-');

    tidy_days(days, out);
    buf_add_char(out, ' ');
    tidy_time(from, out);
    buf_add_char(out, '-');
    tidy_time(until, out);
    if (zone.len > 0) {
        buf_add_char(out, ' ');
        buf_add_slice(out, zone);
    }
}

void sla_moment_tidy(struct slice text, struct buf *out)
{
    struct slice zone = text;
    struct slice day = slice_cut(&zone, ' ');

    tidy_day(day, out);
    buf_add_char(out, ' ');
    tidy_time(slice_cut(&zone, ' '), out);
    if (zone.len > 0) {
        buf_add_char(out, ' ');
        buf_add_slice(out, zone);
    }
}

static uint8_t a_day_later(uint8_t days)
{
    unsigned bits = days;

    return (uint8_t)((bits << 1U | bits >> (SLA_WEEK_DAYS - 1U)) & 0x7fU);
}

bool sla_weekly_split(struct slice tidy, struct buf *out_first, struct buf *out_rest)
{
    struct slice zone = tidy;
    struct slice days = slice_cut(&zone, ' ');
    struct slice until = slice_cut(&zone, ' ');
    struct slice from = slice_cut(&until, '-');
    struct sla_weekly window = { 0 };
    unsigned end = 0;

    buf_printf(out_first, "%.*s %.*s-24:00 %.*s", SLICE_ARG(days), SLICE_ARG(from),
               SLICE_ARG(zone));
    struct status status = sla_parse_weekly(buf_slice(out_first), &window);
    if (!status_ok(&status) || !read_time(until, &end)) {
        return false;
    }
    window.days = a_day_later(window.days);
    window.from_minute = 0;
    window.until_minute = (uint16_t)(end % SLA_DAY_MINUTES);
    if (window.until_minute > 0 && end < 2 * SLA_DAY_MINUTES) {
        sla_format_weekly(&window, out_rest);
    }
    return true;
}
