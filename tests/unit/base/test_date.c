#include "base/date.h"

#include "tests/suite.h"

static void days_are_counted_from_1970(void)
{
    static const struct {
        struct date date;
        int64_t days;
    } rows[] = {
        { { 1970, 1, 1 }, 0 },       { { 1969, 12, 31 }, -1 },  { { 2000, 2, 29 }, 11016 },
        { { 2026, 11, 21 }, 20778 }, { { -1, 3, 1 }, -719834 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(date_to_days(rows[i].date), rows[i].days);
        struct date back = date_from_days(rows[i].days);
        CU_ASSERT_TRUE(back.year == rows[i].date.year && back.month == rows[i].date.month &&
                       back.day == rows[i].date.day);
    }
}

static void dates_that_are_none_are_refused(void)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        { "2026-02-29", "the calendar has no `2026-02-29`" },
        { "2026-13-01", "the calendar has no `2026-13-01`" },
        { "2026-00-10", "the calendar has no `2026-00-10`" },
        { "2026-01-00", "the calendar has no `2026-01-00`" },
        { "1900-02-29", "the calendar has no `1900-02-29`" },
        { "2026-1-1", "`2026-1-1` is not a date (like `2026-01-31`)" },
        { "31-01-2026", "`31-01-2026` is not a date (like `2026-01-31`)" },
        { "2026/01/31", "`2026/01/31` is not a date (like `2026-01-31`)" },
        { "2026-01-31 ", "`2026-01-31 ` is not a date (like `2026-01-31`)" },
        { "2026-01-3x", "`2026-01-3x` is not a date (like `2026-01-31`)" },
        { "", "`` is not a date (like `2026-01-31`)" },
    };
    int32_t day = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct status status = date_parse(slice_from(rows[i].text), &day);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
        ASSERT_TEXT(slice_from(status.msg), rows[i].wanted);
    }
    CU_ASSERT_EQUAL(day, 7);
}

/* Also that the days of all months follow each other without a gap. */
static void every_day_of_four_centuries_reads_back(void)
{
    char text[DATE_TEXT_MAX];
    int32_t first = 0;
    int32_t last = 0;
    int32_t back = 0;

    ASSERT_OK(date_parse(SLICE("1800-01-01"), &first));
    ASSERT_OK(date_parse(SLICE("9999-12-31"), &last));
    CU_ASSERT_EQUAL(last, DATE_LAST_DAY);
    ASSERT_OK(date_parse(SLICE("2200-01-01"), &last));
    CU_ASSERT_EQUAL(last - first, 146097);
    for (int32_t day = first; day <= last; day++) {
        date_format(day, text);
        struct status status = date_parse(slice_from(text), &back);
        CU_ASSERT_TRUE(status_ok(&status) && back == day);
    }
    CU_ASSERT_TRUE(date_is_valid((struct date){ 2000, 2, 29 }));
    CU_ASSERT_FALSE(date_is_valid((struct date){ 2100, 2, 29 }));
}

static CU_TestInfo tests[] = {
    { "days are counted from 1970", days_are_counted_from_1970 },
    { "dates that are none are refused", dates_that_are_none_are_refused },
    { "every day of four centuries reads back", every_day_of_four_centuries_reads_back },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "date", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
