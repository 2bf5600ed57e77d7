#include "base/zone_rule.h"

#include "base/date.h"

enum {
    MINUTE_S = 60,
    HOUR_S = 3600,
    DAY_S = 24 * HOUR_S,
    WEEK_DAYS = 7,
    EPOCH_WEEK_DAY = 4, /* 1970-01-01 was a Thursday; Sunday is 0 */
    LAST_WEEK = 5,
    YEAR_DAYS = 365,
    SWITCH_TIME_S = 2 * HOUR_S
};

/* --- reading ---------------------------------------------------------------------------------- */

static bool take_byte(struct slice *text, char byte)
{
    bool there = text->len > 0 && text->ptr[0] == byte;

    *text = slice_sub(*text, there ? 1 : 0, text->len);
    return there;
}

/* "WET", "<+03>": passes it. */
static bool pass_letters(struct slice *text)
{
    size_t at = 0;

    if (text->len > 0 && text->ptr[0] == '<') {
        at = slice_find(*text, '>') + 1;
    } else {
        while (at < text->len && ((text->ptr[at] >= 'A' && text->ptr[at] <= 'Z') ||
                                  (text->ptr[at] >= 'a' && text->ptr[at] <= 'z'))) {
            at++;
        }
    }
    *text = slice_sub(*text, at < text->len ? at : text->len, text->len);
    return at > 0;
}

static bool is_digit(struct slice text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

static bool take_number(struct slice *text, unsigned most, unsigned *out)
{
    unsigned number = 0;

    if (!is_digit(*text)) {
        return false;
    }
    while (is_digit(*text) && number <= most) {
        number = number * 10 + (unsigned)(text->ptr[0] - '0');
        *text = slice_sub(*text, 1, text->len);
    }
    *out = number;
    return number <= most;
}

/* "-3", "5:30", "24:59:59" */
static bool take_time(struct slice *text, int32_t *out_s)
{
    enum { HOURS_MAX = 167, PART_MAX = 59 };
    int32_t sign = take_byte(text, '-') ? -1 : 1;
    unsigned number = 0;
    int32_t unit = HOUR_S;

    if (sign > 0) {
        (void)take_byte(text, '+');
    }
    if (!take_number(text, HOURS_MAX, &number)) {
        return false;
    }
    int32_t total = (int32_t)number * unit;
    while (unit > 1 && take_byte(text, ':')) {
        unit /= MINUTE_S;
        if (!take_number(text, PART_MAX, &number)) {
            return false;
        }
        total += (int32_t)number * unit;
    }
    *out_s = sign * total;
    return true;
}

/* "10.5.0" */
static bool take_month(struct slice *text, struct zone_switch *out)
{
    unsigned month = 0;
    unsigned week = 0;
    unsigned day = 0;

    if (!take_number(text, 12, &month) || !take_byte(text, '.') ||
        !take_number(text, LAST_WEEK, &week) || !take_byte(text, '.') ||
        !take_number(text, WEEK_DAYS - 1, &day) || month == 0 || week == 0) {
        return false;
    }
    out->month = (uint8_t)month;
    out->week = (uint8_t)week;
    out->day = (uint16_t)day;
    return true;
}

/* ",M10.5.0/3" */
static bool take_switch(struct slice *text, struct zone_switch *out)
{
    unsigned day = 0;

    *out = (struct zone_switch){ .time_s = SWITCH_TIME_S };
    if (!take_byte(text, ',')) {
        return false;
    }
    if (take_byte(text, 'M')) {
        if (!take_month(text, out)) {
            return false;
        }
    } else {
        out->kind = take_byte(text, 'J') ? ZONE_SWITCH_DATE : ZONE_SWITCH_DAY;
        if (!take_number(text, YEAR_DAYS, &day) || (out->kind == ZONE_SWITCH_DATE && day == 0)) {
            return false;
        }
        out->day = (uint16_t)day;
    }
    return !take_byte(text, '/') || take_time(text, &out->time_s);
}

/* The text says how far UTC is ahead of the clocks; we keep how far they are ahead of UTC. */
bool zone_rule_parse(struct slice text, struct zone_rule *out)
{
    struct zone_rule rule = { .has_summer = false };
    int32_t behind_s = 0;

    if (!pass_letters(&text) || !take_time(&text, &behind_s)) {
        return false;
    }
    rule.standard_s = -behind_s;
    rule.summer_s = rule.standard_s;
    rule.has_summer = pass_letters(&text);
    if (rule.has_summer) {
        rule.summer_s = take_time(&text, &behind_s) ? -behind_s : rule.standard_s + HOUR_S;
        if (!take_switch(&text, &rule.to_summer) || !take_switch(&text, &rule.to_standard)) {
            return false;
        }
    }
    if (text.len > 0) {
        return false;
    }
    *out = rule;
    return true;
}

/* --- asking ----------------------------------------------------------------------------------- */

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

/* The day of the week in its week of the month: the fifth is the last there is. */
static int64_t day_in_month(const struct zone_switch *at, int64_t year)
{
    struct date date = { year, at->month, 1 };
    int64_t first = date_to_days(date);
    int64_t first_week_day =
        first + EPOCH_WEEK_DAY - floor_div(first + EPOCH_WEEK_DAY, WEEK_DAYS) * WEEK_DAYS;
    int64_t day = (at->day - first_week_day + WEEK_DAYS) % WEEK_DAYS + 1 +
                  (int64_t)(at->week - 1) * WEEK_DAYS;

    date.day = (unsigned)day;
    while (!date_is_valid(date)) {
        date.day -= WEEK_DAYS;
    }
    return date_to_days(date);
}

/* Days of a date are counted as if there were no 29 February. */
static int64_t day_of(const struct zone_switch *at, int64_t year)
{
    const struct date leap_day = { year, 2, 29 };
    int64_t new_year = date_to_days((struct date){ year, 1, 1 });

    switch (at->kind) {
    case ZONE_SWITCH_MONTH:
        return day_in_month(at, year);
    case ZONE_SWITCH_DATE:
        return new_year + at->day - 1 + (date_is_valid(leap_day) && at->day >= 60 ? 1 : 0);
    case ZONE_SWITCH_DAY:
        break;
    }
    return new_year + at->day;
}

int32_t zone_rule_offset_s(const struct zone_rule *rule, int64_t utc_s)
{
    if (!rule->has_summer) {
        return rule->standard_s;
    }
    int64_t year = date_from_days(floor_div(utc_s + rule->standard_s, DAY_S)).year;
    int64_t summer_s =
        day_of(&rule->to_summer, year) * DAY_S + rule->to_summer.time_s - rule->standard_s;
    int64_t standard_s =
        day_of(&rule->to_standard, year) * DAY_S + rule->to_standard.time_s - rule->summer_s;
    bool is_summer = summer_s < standard_s ? summer_s <= utc_s && utc_s < standard_s
                                           : summer_s <= utc_s || utc_s < standard_s;

    return is_summer ? rule->summer_s : rule->standard_s;
}
