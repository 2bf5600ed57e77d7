#include "base/date.h"

#include <stdio.h>

/* Era arithmetic: 400 years are 146,097 days; the year starts in March so that the leap day is
 * last. */
int64_t date_to_days(struct date date)
{
    int64_t y = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t shifted = date.month > 2 ? (int64_t)date.month - 3 : (int64_t)date.month + 9;
    int64_t day_of_year = (153 * shifted + 2) / 5 + (int64_t)date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

struct date date_from_days(int64_t days)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * day_of_year + 2) / 153;
    int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;

    return (struct date){ .year = year_of_era + era * 400 + (month <= 2 ? 1 : 0),
                          .month = (unsigned)month,
                          .day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1) };
}

bool date_is_valid(struct date date)
{
    if (date.month < 1 || date.month > 12 || date.day < 1) {
        return false;
    }
    struct date back = date_from_days(date_to_days(date));
    return back.month == date.month && back.day == date.day;
}

static bool read_digits(struct slice text, size_t from, size_t to, unsigned *out)
{
    *out = 0;
    for (size_t i = from; i < to; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        *out = *out * 10 + (unsigned)(text.ptr[i] - '0');
    }
    return true;
}

struct status date_parse(struct slice text, int32_t *out_day)
{
    struct date date = { 0 };
    unsigned year = 0;

    bool good = text.len == 10 && text.ptr[4] == '-' && text.ptr[7] == '-' &&
                read_digits(text, 0, 4, &year) && read_digits(text, 5, 7, &date.month) &&
                read_digits(text, 8, 10, &date.day);
    date.year = year;
    if (good && !date_is_valid(date)) {
        return status_error(STATUS_INVALID, "the calendar has no `%.*s`", SLICE_ARG(text));
    }
    if (!good) {
        return status_error(STATUS_INVALID, "`%.*s` is not a date (like `2026-01-31`)",
                            SLICE_ARG(text));
    }
    *out_day = (int32_t)date_to_days(date);
    return STATUS_SUCCESS;
}

void date_format(int32_t day, char out[DATE_TEXT_MAX])
{
    struct date date = date_from_days(day);

    (void)snprintf(out, DATE_TEXT_MAX, "%04u-%02u-%02u", (unsigned)date.year % 10000U,
                   date.month % 100U, date.day % 100U);
}
