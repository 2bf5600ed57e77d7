/* Quantities of more than one number: what is read, what is refused, and that the canonical text of
 * any value reads back to it. */
#include "sla/values/written.h"

#include "tests/suite.h"

enum { ROUNDS = 20000 };

static const uint64_t seed = 20261130;

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014) */
static uint64_t below(uint64_t *state, uint64_t limit)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30U)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27U)) * UINT64_C(0x94d049bb133111eb);
    return (z ^ (z >> 31U)) % limit;
}

/* Of any size: small numbers as often as large ones. */
static int64_t any_up_to(uint64_t *state, int64_t most)
{
    uint64_t bits = below(state, 63) + 1;
    int64_t value = (int64_t)below(state, UINT64_C(1) << bits);

    return value > most ? value % (most + 1) : value;
}

static void tell_seed(const char *what)
{
    (void)printf("\n    %s: seed %llu", what, (unsigned long long)seed);
}

static void counts_are_plain_digits(void)
{
    static const struct {
        const char *text, *wanted;
    } bad[] = {
        { "012", "`012` begins with a zero" },
        { "00", "`00` begins with a zero" },
        { "1e3", "`1e3` is not a number from 0 to 2147483647" },
        { "22:22", "`22:22` is not a number from 0 to 2147483647" },
        { "-1", "`-1` is not a number from 0 to 2147483647" },
        { "1.0", "`1.0` is not a number from 0 to 2147483647" },
        { "2147483648", "`2147483648` is not a number from 0 to 2147483647" },
        { "", "`` is not a number from 0 to 2147483647" },
    };
    int64_t count = 7;

    ASSERT_OK(sla_parse_count(SLICE("0"), &count));
    CU_ASSERT_EQUAL(count, 0);
    ASSERT_OK(sla_parse_count(SLICE("2147483647"), &count));
    CU_ASSERT_EQUAL(count, SLA_COUNT_MAX);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status status = sla_parse_count(slice_from(bad[i].text), &count);
        ASSERT_TEXT(slice_from(status.msg), bad[i].wanted);
    }
    CU_ASSERT_EQUAL(count, SLA_COUNT_MAX);
}

static void rates_are_events_in_a_time(void)
{
    static const struct {
        const char *text;
        int64_t count, per_ms;
        const char *canonical;
    } rows[] = {
        { "100/s", 100, 1000, "100/s" },
        { "5000/10m", 5000, 600000, "5000/10m" },
        { "5000/10 min", 5000, 600000, "5000/10m" },
        { "0/h", 0, 3600000, "0/h" },
        { "3/w", 3, 604800000, "3/7d" },
        { "1/1500ms", 1, 1500, "1/1500ms" },
        { "1/60s", 1, 60000, "1/m" },
        { "7/1.5h", 7, 5400000, "7/90m" },
    };
    static const char *const bad[] = { "",      "100",     "/s",     "100/",   "100/0s",
                                       "1e3/s", "012/s",   "1.5/s",  "100 /s", "100/ s",
                                       "100/y", "100/s/s", "100/sec" };
    struct sla_rate rate = { 0 };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        ASSERT_OK(sla_parse_rate(slice_from(rows[i].text), &rate));
        CU_ASSERT_TRUE(rate.count == rows[i].count && rate.per_ms == rows[i].per_ms);
        sla_format_rate(&rate, &text);
        ASSERT_TEXT(buf_slice(&text), rows[i].canonical);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(sla_parse_rate(slice_from(bad[i]), &rate), STATUS_INVALID);
    }
    struct status status = sla_parse_rate(SLICE("100"), &rate);
    ASSERT_TEXT(slice_from(status.msg), "`100` is not a rate (like `100/s`, `5000/10m`)");
}

static void money_is_exact_and_has_a_currency(void)
{
    static const struct {
        const char *text;
        int64_t micros;
        const char *canonical;
    } rows[] = {
        { "1200.50 EUR", 1200500000, "1200.50 EUR" },
        { "1200.5EUR", 1200500000, "1200.50 EUR" },
        { "0 EUR", 0, "0 EUR" },
        { "0.000001 USD", 1, "0.000001 USD" },
        { "12.345 KWD", 12345000, "12.345 KWD" },
        { "3.00 JPY", 3000000, "3 JPY" },
        { "9223372036854.775807 EUR", INT64_MAX, "9223372036854.775807 EUR" },
    };
    static const struct {
        const char *text, *wanted;
    } bad[] = {
        { "1200", "`1200` is not an amount of money (like `1200.50 EUR`)" },
        { "1200 eur", "`1200 eur` is not an amount of money (like `1200.50 EUR`)" },
        { "EUR 1200", "`EUR 1200` is not an amount of money (like `1200.50 EUR`)" },
        { "1200 QQQ", "`1200 QQQ` is not an amount of money (like `1200.50 EUR`)" },
        { "EUR", "`EUR` is not an amount with at most six decimals" },
        { "-1 EUR", "`-1 EUR` is not an amount of money (like `1200.50 EUR`)" },
        { "0.0000001 EUR", "`0.0000001 EUR` is not an amount with at most six decimals" },
        { "9223372036855 EUR", "`9223372036855 EUR` is not an amount with at most six decimals" },
        { "1  EUR", "`1  EUR` is not an amount with at most six decimals" },
    };
    struct sla_money money = { 0 };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        ASSERT_OK(sla_parse_money(slice_from(rows[i].text), &money));
        CU_ASSERT_EQUAL(money.micros, rows[i].micros);
        sla_format_money(&money, &text);
        ASSERT_TEXT(buf_slice(&text), rows[i].canonical);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status status = sla_parse_money(slice_from(bad[i].text), &money);
        ASSERT_TEXT(slice_from(status.msg), bad[i].wanted);
    }
    struct slice before = SLICE("");
    for (unsigned i = 0; i < SLA_CURRENCIES; i++) {
        unsigned found = 0;
        struct slice code = slice_from(sla_currency_code(i));
        CU_ASSERT_TRUE(sla_currency_find(code, &found) && found == i);
        CU_ASSERT_TRUE(slice_cmp(before, code) < 0);
        before = code;
    }
}

static void thresholds_are_some_of_so_many(void)
{
    static const char *const bad[] = { "",        "2",       "2/4",     "2of4",
                                       "0 of 4",  "5 of 4",  "2 of 65", "02 of 4",
                                       "2  of 4", "2 of 4 ", "a of b" };
    struct sla_threshold threshold = { 0 };

    for (unsigned n = 1; n <= SLA_HOLDERS_MAX; n++) {
        for (unsigned k = 1; k <= n; k++) {
            CLEANUP(buf_done) struct buf text = { 0 };
            sla_format_threshold((struct sla_threshold){ (uint8_t)k, (uint8_t)n }, &text);
            ASSERT_OK(sla_parse_threshold(buf_slice(&text), &threshold));
            CU_ASSERT_TRUE(threshold.k == k && threshold.n == n);
        }
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(sla_parse_threshold(slice_from(bad[i]), &threshold), STATUS_INVALID);
    }
    struct status status = sla_parse_threshold(SLICE("5 of 4"), &threshold);
    ASSERT_TEXT(slice_from(status.msg), "a threshold is 1 to n of n, with n at most 64");
}

static void weekly_windows_are_minutes_of_days_in_a_zone(void)
{
    static const struct {
        const char *text;
        unsigned days, from, until;
        const char *zone;
    } rows[] = {
        { "mon-fri 08:00-18:00 Europe/Lisbon", 0x1f, 480, 1080, "Europe/Lisbon" },
        { "sat 22:00-24:00 UTC", 0x20, 1320, 1440, "UTC" },
        { "mon-sun 00:00-24:00 UTC", 0x7f, 0, 1440, "UTC" },
        { "sat-mon 00:00-00:01 America/Argentina/Salta", 0x61, 0, 1, "America/Argentina/Salta" },
        { "sun-mon 23:59-24:00 Etc/GMT+5", 0x41, 1439, 1440, "Etc/GMT+5" },
    };
    static const struct {
        const char *text, *wanted;
    } bad[] = {
        { "mon-fri 08:00-18:00", "the window says no time zone" },
        { "mon-fri 08:00-18:00 CET", "`CET` is not a time zone" },
        { "mon-fri 08:00-18:00 Europe/", "`Europe/` is not a time zone" },
        { "mon-fri 08:00-18:00 +02:00", "`+02:00` is not a time zone" },
        { "mon-fri 08:00-18:00 Europe/Lisbon now", "`Europe/Lisbon now` is not a time zone" },
        { "sat 22:00-02:00 UTC", "a window ends after it begins, at 24:00 at the latest" },
        { "sat 22:00-22:00 UTC", "a window ends after it begins, at 24:00 at the latest" },
        { "sat 22:00-24:01 UTC",
          "`sat 22:00-24:01 UTC` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "sat 8:00-09:00 UTC",
          "`sat 8:00-09:00 UTC` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "sat 08:60-09:00 UTC",
          "`sat 08:60-09:00 UTC` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "mon-mon 08:00-09:00 UTC",
          "`mon-mon 08:00-09:00 UTC` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "Mon 08:00-09:00 UTC",
          "`Mon 08:00-09:00 UTC` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "mon", "`mon` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
        { "", "`` is not a weekly window (like `mon-fri 08:00-18:00 UTC`)" },
    };
    struct sla_weekly weekly = { 0 };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        ASSERT_OK(sla_parse_weekly(slice_from(rows[i].text), &weekly));
        CU_ASSERT_EQUAL(weekly.days, rows[i].days);
        CU_ASSERT_EQUAL(weekly.from_minute, rows[i].from);
        CU_ASSERT_EQUAL(weekly.until_minute, rows[i].until);
        ASSERT_TEXT(weekly.zone, rows[i].zone);
        sla_format_weekly(&weekly, &text);
        ASSERT_TEXT(buf_slice(&text), rows[i].text);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct status status = sla_parse_weekly(slice_from(bad[i].text), &weekly);
        ASSERT_TEXT(slice_from(status.msg), bad[i].wanted);
    }
    ASSERT_TEXT(weekly.zone, "Etc/GMT+5");
}

/* --- any value ------------------------------------------------------------------------------- */

static void any_rate_and_amount_of_money_prints_back(void)
{
    uint64_t state = seed;

    tell_seed("rates and money");
    for (size_t i = 0; i < ROUNDS; i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        struct sla_rate rate = { any_up_to(&state, SLA_COUNT_MAX),
                                 any_up_to(&state, INT64_C(3155760000000) - 1) + 1 };
        struct sla_rate rate_back = { 0 };
        sla_format_rate(&rate, &text);
        ASSERT_OK(sla_parse_rate(buf_slice(&text), &rate_back));
        CU_ASSERT_TRUE(rate.count == rate_back.count && rate.per_ms == rate_back.per_ms);
        buf_clear(&text);
        struct sla_money money = { any_up_to(&state, INT64_MAX),
                                   (unsigned)below(&state, SLA_CURRENCIES) };
        struct sla_money money_back = { 0 };
        sla_format_money(&money, &text);
        ASSERT_OK(sla_parse_money(buf_slice(&text), &money_back));
        CU_ASSERT_TRUE(money.micros == money_back.micros && money.currency == money_back.currency);
    }
}

static void any_weekly_window_prints_back(void)
{
    uint64_t state = seed;

    tell_seed("weekly windows");
    for (size_t i = 0; i < ROUNDS; i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        struct sla_weekly weekly = { .zone = SLICE("Europe/Lisbon") };
        struct sla_weekly back = { 0 };
        unsigned first = (unsigned)below(&state, SLA_WEEK_DAYS);
        unsigned count = (unsigned)below(&state, SLA_WEEK_DAYS) + 1;
        for (unsigned day = first; day < first + count; day++) {
            weekly.days |= (uint8_t)(1U << day % SLA_WEEK_DAYS);
        }
        uint64_t from = below(&state, SLA_DAY_MINUTES);
        weekly.from_minute = (uint16_t)from;
        weekly.until_minute = (uint16_t)(from + 1 + below(&state, SLA_DAY_MINUTES - from));
        sla_format_weekly(&weekly, &text);
        ASSERT_OK(sla_parse_weekly(buf_slice(&text), &back));
        CU_ASSERT_TRUE(weekly.days == back.days && weekly.from_minute == back.from_minute &&
                       weekly.until_minute == back.until_minute);
    }
}

static CU_TestInfo tests[] = {
    { "counts are plain digits", counts_are_plain_digits },
    { "rates are events in a time", rates_are_events_in_a_time },
    { "money is exact and has a currency", money_is_exact_and_has_a_currency },
    { "thresholds are some of so many", thresholds_are_some_of_so_many },
    { "weekly windows are minutes of days in a zone",
      weekly_windows_are_minutes_of_days_in_a_zone },
    { "any rate and amount of money prints back", any_rate_and_amount_of_money_prints_back },
    { "any weekly window prints back", any_weekly_window_prints_back },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla written", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
