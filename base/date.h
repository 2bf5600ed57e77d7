/* base/date.h - days of the proleptic Gregorian calendar, counted from 1970-01-01, without the C
 * library's time zone. Pure. */
#ifndef REDAN_BASE_DATE_H
#define REDAN_BASE_DATE_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

struct date {
    int64_t year;
    unsigned month, day; /* from 1 */
};

int64_t date_to_days(struct date date);
struct date date_from_days(int64_t days);
bool date_is_valid(struct date date);

/* 9999-12-31, the last day that can be written. */
enum { DATE_LAST_DAY = 2932896 };

/* "2026-01-01" (full-date of RFC 3339, section 5.6). Errors: STATUS_INVALID. */
struct status date_parse(struct slice text, int32_t *out_day) MUST_USE;
/* Reads back to the same; years 0 to 9999. */
enum { DATE_TEXT_MAX = 16 };
void date_format(int32_t day, char out[DATE_TEXT_MAX]);

#endif
