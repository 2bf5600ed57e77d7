/* Times of the week on a day, by the clocks of zones that move them. */
#include "sla/values/moment.h"

#include "base/date.h"
#include "tests/suite.h"

#define NAME(text_)                                                                                \
    {                                                                                              \
        (text_), sizeof(text_) - 1                                                                 \
    }

/* 2026-03-29 01:00 and 2026-10-25 01:00 in UTC. */
static const struct zone_turn turns[] = { { INT64_MIN, 0 },
                                          { INT64_C(1774746000), 60 },
                                          { INT64_C(1792890000), 0 } };
static const int16_t always[] = { -180 };
static const struct zone zones[] = {
    { .name = NAME("America/Bahia"), .offsets_min = always, .offset_count = 1 },
    { .name = NAME("Europe/Lisbon"), .turns = turns, .turn_count = 3 },
};

static int32_t day_of(const char *text)
{
    int32_t day = 0;

    ASSERT_OK(date_parse(slice_from(text), &day));
    return day;
}

static void a_moment_is_a_minute_in_utc(void)
{
    static const struct {
        const char *day, *moment;
        int minute; /* after midnight of the day in UTC */
        bool known, skipped;
    } cases[] = {
        { "2026-01-12", "mon 10:00 UTC", 600, true, false },
        { "2026-01-12", "mon 10:00 Europe/Lisbon", 600, true, false },
        { "2026-07-06", "mon 10:00 Europe/Lisbon", 540, true, false },
        { "2026-03-29", "sun 00:30 Europe/Lisbon", 30, true, false },
        { "2026-03-29", "sun 01:30 Europe/Lisbon", 90, true, true }, /* as if not moved */
        { "2026-03-29", "sun 01:00 Europe/Lisbon", 60, true, true },
        { "2026-03-29", "sun 00:59 Europe/Lisbon", 59, true, false },
        { "2026-03-29", "sun 02:00 Europe/Lisbon", 60, true, false },
        { "2026-10-25", "sun 00:30 Europe/Lisbon", -30, true, false },
        { "2026-10-25", "sun 01:30 Europe/Lisbon", 30, true, false }, /* twice: the first */
        { "2026-10-25", "sun 02:00 Europe/Lisbon", 120, true, false },
        { "2026-01-12", "mon 22:00 America/Bahia", 1500, true, false },
        { "2026-01-12", "mon 10:00 Asia/Kolkata", 600, false, false },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sla_moment moment;
        int64_t minute = 0;
        int32_t day = day_of(cases[i].day);
        ASSERT_OK(sla_parse_moment(slice_from(cases[i].moment), &moment));
        CU_ASSERT_EQUAL(sla_week_day_of(day), moment.day);
        CU_ASSERT_EQUAL(sla_moment_utc(zones, COUNT_OF(zones), &moment, day, &minute),
                        cases[i].known);
        CU_ASSERT_EQUAL(sla_moment_exists(zones, COUNT_OF(zones), &moment, day), !cases[i].skipped);
        CU_ASSERT_EQUAL(minute - (int64_t)day * SLA_DAY_MINUTES, cases[i].minute);
    }
}

static void the_day_is_the_first_from_then_on(void)
{
    static const struct {
        const char *from, *moment, *day;
    } cases[] = {
        { "2026-01-14", "mon 10:00 UTC", "2026-01-19" },
        { "2026-01-14", "wed 10:00 UTC", "2026-01-14" },
        { "2026-01-14", "tue 10:00 UTC", "2026-01-20" },
        { "1969-12-28", "wed 10:00 UTC", "1969-12-31" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sla_moment moment;
        ASSERT_OK(sla_parse_moment(slice_from(cases[i].moment), &moment));
        CU_ASSERT_EQUAL(sla_moment_day(&moment, day_of(cases[i].from)), day_of(cases[i].day));
    }
}

static void what_is_no_moment_is_refused(void)
{
    static const char *const cases[] = {
        "",
        "mon",
        "mon 10:00",
        "10:00 UTC",
        "mon 24:00 UTC",
        "mon 10:60 UTC",
        "mon 1:00 UTC",
        "monday 10:00 UTC",
        "mon 10:00 CET",
        "mon-fri 10:00 UTC",
        "mon 10:00-11:00 UTC",
        "mon  10:00 UTC",
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sla_moment moment;
        struct status status = sla_parse_moment(slice_from(cases[i]), &moment);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
    }
}

static CU_TestInfo tests[] = {
    { "a moment is a minute in UTC", a_moment_is_a_minute_in_utc },
    { "the day is the first from then on", the_day_is_the_first_from_then_on },
    { "what is no moment is refused", what_is_no_moment_is_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla moments", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
