#include "base/clock.h"

#include <string.h>

#include "tests/suite.h"

static void test_real_time_goes_on(void)
{
    int64_t wall_us = clock_wall_us(&clock_real);
    int64_t mono_us = clock_mono_us(&clock_real);

    CU_ASSERT(wall_us > (int64_t)1700000000 * 1000000); /* after 2023 */
    CU_ASSERT(clock_mono_us(&clock_real) >= mono_us);
    CU_ASSERT(clock_wall_ms(&clock_real) >= wall_us / 1000);
    CU_ASSERT(clock_mono_ms(&clock_real) >= mono_us / 1000);
}

static void test_virtual_time_moves_when_told(void)
{
    struct clock_virtual virtual = { .wall_us = 5000, .mono_us = 100 };
    struct clock_source clock = clock_virtual_source(&virtual);

    CU_ASSERT_EQUAL(clock_wall_us(&clock), 5000);
    CU_ASSERT_EQUAL(clock_mono_us(&clock), 100);
    clock_virtual_advance(&virtual, 2500);
    CU_ASSERT_EQUAL(clock_wall_us(&clock), 7500);
    CU_ASSERT_EQUAL(clock_wall_ms(&clock), 7);
    CU_ASSERT_EQUAL(clock_mono_us(&clock), 2600);
    CU_ASSERT_EQUAL(clock_mono_ms(&clock), 2);
}

/* Moments as date(1) prints them. */
static const struct {
    const char *text;
    int64_t wall_us;
} moments[] = {
    { "1970-01-01T00:00:00.000000Z", 0 },
    { "1969-12-31T23:59:59.999999Z", -1 },
    { "2000-02-29T12:34:56.000001Z", INT64_C(951827696000001) },
    { "2026-11-21T20:55:38.123456Z", INT64_C(1795294538123456) },
    { "1900-03-01T00:00:00.000000Z", INT64_C(-2203891200000000) },
    { "9999-12-31T23:59:59.999999Z", INT64_C(253402300799999999) },
};

static void test_formatting_and_back(void)
{
    char text[CLOCK_TEXT_MAX];
    int64_t wall_us = 0;

    for (size_t i = 0; i < COUNT_OF(moments); i++) {
        clock_format_us(moments[i].wall_us, text);
        CU_ASSERT_STRING_EQUAL(text, moments[i].text);
        ASSERT_OK(clock_parse_rfc3339(slice_from(text), &wall_us));
        CU_ASSERT_EQUAL(wall_us, moments[i].wall_us);
    }
}

static void test_every_day_of_a_cycle(void)
{
    char text[CLOCK_TEXT_MAX];
    char before[CLOCK_TEXT_MAX] = "";
    int64_t wall_us = 0;

    for (int64_t day = 0; day < 146097; day++) {
        int64_t start_us = day * 86400 * 1000000;
        clock_format_us(start_us, text);
        struct status status = clock_parse_rfc3339(slice_from(text), &wall_us);
        if (status.code != STATUS_OK || wall_us != start_us || strcmp(before, text) >= 0) {
            suite_check(false, text, __FILE__, __LINE__);
            return;
        }
        memcpy(before, text, sizeof(before));
    }
}

static void test_forms_that_are_taken(void)
{
    static const struct {
        const char *text;
        int64_t wall_us;
    } rows[] = {
        { "1970-01-01T00:00:00Z", 0 },         { "1970-01-01t00:00:01z", 1000000 },
        { "1970-01-01 00:00:01Z", 1000000 },   { "1970-01-01T00:00:00.5Z", 500000 },
        { "1970-01-01T00:00:00,25Z", 250000 }, { "1970-01-01T00:00:00.1234567899Z", 123456 },
        { "1970-01-01T02:00:00+02:00", 0 },    { "1969-12-31T18:30:00-05:30", 0 },
        { "1970-01-01T00:00:60Z", 60000000 }, /* a leap second */
    };
    int64_t wall_us = -1;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(clock_parse_rfc3339(slice_from(rows[i].text), &wall_us));
        CU_ASSERT_EQUAL(wall_us, rows[i].wall_us);
    }
}

static void test_forms_that_are_refused(void)
{
    static const char *const rows[] = {
        "",
        "1970",
        "1970-01-01",
        "1970-01-01T00:00:00",
        "1970-01-01T00:00Z",
        "1970-01-01T00:00:00.Z",
        "1970-13-01T00:00:00Z",
        "1970-00-01T00:00:00Z",
        "1970-01-00T00:00:00Z",
        "1970-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "1970-04-31T00:00:00Z",
        "1970-01-01T24:00:00Z",
        "1970-01-01T00:60:00Z",
        "1970-01-01T00:00:61Z",
        "1970-01-01T00:00:00+2:00",
        "1970-01-01T00:00:00+24:00",
        "1970-01-01T00:00:00+00:60",
        "1970-01-01T00:00:00*00:00",
        "1970-01-01T00:00:00Zx",
        "1970-1-01T00:00:00Z",
        "1970/01/01T00:00:00Z",
        "1970-01-01X00:00:00Z",
        "1970-01-01T00-00:00Z",
        "1970-01-01T00:00-00Z",
        "+970-01-01T00:00:00Z",
    };
    int64_t wall_us = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_CODE(clock_parse_rfc3339(slice_from(rows[i]), &wall_us), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(wall_us, 7);
}

static CU_TestInfo tests[] = {
    { "real time goes on", test_real_time_goes_on },
    { "virtual time moves when told", test_virtual_time_moves_when_told },
    { "formatting and back", test_formatting_and_back },
    { "every day of a cycle of 400 years", test_every_day_of_a_cycle },
    { "forms that are taken", test_forms_that_are_taken },
    { "forms that are refused", test_forms_that_are_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "clock", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
