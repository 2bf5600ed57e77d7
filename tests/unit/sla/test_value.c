#include "sla/conflict/conflict.h"
#include "sla/values/downtime.h"
#include "sla/values/universe.h"
#include "sla/values/value.h"
#include "tests/suite.h"

static struct sla_set set_of(const char *names)
{
    struct sla_set set = { 0 };
    struct slice rest = slice_from(names);

    while (rest.len > 0) {
        uint32_t element = 0;
        CU_ASSERT_TRUE(sla_universe_find(&sla_countries, slice_cut(&rest, ' '), &element));
        sla_set_add(&set, element);
    }
    return set;
}

static void sets_meet_in_what_both_have(void)
{
    struct sla_set a = set_of("DE FR PT");
    struct sla_set b = set_of("FR US");
    struct sla_set both = sla_set_meet(&a, &b);
    struct sla_set rest = sla_set_minus(&a, &b);
    struct sla_set none = { 0 };

    CU_ASSERT_FALSE(sla_set_is_empty(&both));
    CU_ASSERT_STRING_EQUAL(sla_countries.names[sla_set_first(&both)], "FR");
    CU_ASSERT_STRING_EQUAL(sla_countries.names[sla_set_first(&rest)], "DE");
    CU_ASSERT_TRUE(sla_set_is_empty(&none));
    CU_ASSERT_EQUAL(sla_set_first(&none), SLA_SET_MAX);
    sla_set_add(&none, SLA_SET_MAX);
    CU_ASSERT_TRUE(sla_set_is_empty(&none));
    CU_ASSERT_FALSE(sla_set_has(&a, SLA_SET_MAX));
    sla_set_add(&none, SLA_SET_MAX - 1);
    CU_ASSERT_EQUAL(sla_set_first(&none), SLA_SET_MAX - 1);
}

/* share in ppb, window in ms: allowed is cut, offered is rounded up */
static const struct {
    int64_t share_ppb, window_ms, allowed_ms, offered_ms;
} shares[] = {
    { 999900000, 2592000000, 259200, 259200 },          /* 99.99 % of 30 d */
    { 999999999, 1000, 0, 1 },                          /* a billionth of a second */
    { 999999999, 1000000000, 1, 1 },                    /* just one */
    { 999999999, 1999999999, 1, 2 },                    /* and a bit */
    { 0, 86400000, 86400000, 86400000 },                /* never */
    { 1000000000, 86400000, 0, 0 },                     /* always */
    { 666666667, 3, 0, 1 },                             /* a third, nearly */
    { 1, 3155760000000, 3155759996844, 3155759996845 }, /* a century */
};

static void down_time_is_exact_and_rounds_against_us(void)
{
    for (size_t i = 0; i < COUNT_OF(shares); i++) {
        CU_ASSERT_EQUAL(sla_downtime_allowed_ms(shares[i].share_ppb, shares[i].window_ms),
                        shares[i].allowed_ms);
        CU_ASSERT_EQUAL(sla_downtime_offered_ms(shares[i].share_ppb, shares[i].window_ms),
                        shares[i].offered_ms);
    }
}

/* spent in each window of `own` ms, at worst in `length` ms, by trying every phase. */
static int64_t worst_by_trying(int64_t spent, int64_t own, int64_t length)
{
    int64_t worst = 0;

    for (int64_t phase = 0; phase < own; phase++) {
        int64_t total = 0;
        for (int64_t start = -phase; start < length; start += own) {
            int64_t from = start < 0 ? 0 : start;
            int64_t to = start + own < length ? start + own : length;
            total += to - from < spent ? to - from : spent;
        }
        worst = total > worst ? total : worst;
    }
    return worst;
}

static void windows_lie_as_they_hurt_most(void)
{
    for (int64_t own = 1; own <= 9; own++) {
        for (int64_t spent = 0; spent <= own; spent++) {
            for (int64_t length = 1; length <= 30; length++) {
                int64_t worst = worst_by_trying(spent, own, length);
                CU_ASSERT_EQUAL(sla_worst_downtime_ms(spent, own, length), worst);
                CU_ASSERT_EQUAL(sla_aligned_downtime_ms(spent, own, length),
                                length == own ? spent : worst);
            }
        }
    }
    CU_ASSERT_EQUAL(sla_worst_downtime_ms(50, 10, 10), 10);
}

static void countries_are_found_and_guessed(void)
{
    static const struct {
        const char *text, *nearest;
        const char *other; /* as near */
    } guesses[] = {
        { "DEU", "DE", NULL }, { "de", "DE", NULL },
        { "UK", "GB", NULL },  { "el", "GR", NULL },
        { "FRA", "FR", NULL }, { "fR", "FR", NULL },
        { "PRT", "PT", NULL }, { "PTR", "PR", "PT" },
        { "", NULL, NULL },    { "nowhere at all", NULL, NULL },
        { "QX", NULL, NULL },
    };
    const char *other = NULL;
    uint32_t element = 0;

    CU_ASSERT_EQUAL(sla_countries.count, 249);
    for (uint32_t i = 0; i < sla_countries.count; i++) {
        CU_ASSERT_TRUE(
            sla_universe_find(&sla_countries, slice_from(sla_countries.names[i]), &element));
        CU_ASSERT_EQUAL(element, i);
    }
    CU_ASSERT_FALSE(sla_universe_find(&sla_countries, SLICE("EU"), &element));
    CU_ASSERT_FALSE(sla_universe_find(&sla_countries, SLICE("de"), &element));
    for (size_t i = 0; i < COUNT_OF(guesses); i++) {
        const char *nearest =
            sla_universe_nearest(&sla_countries, slice_from(guesses[i].text), &other);
        ASSERT_TEXT(slice_from(other), guesses[i].other != NULL ? guesses[i].other : "");
        ASSERT_TEXT(slice_from(nearest), guesses[i].nearest != NULL ? guesses[i].nearest : "");
    }
    char longer[70] = "";
    for (size_t i = 0; i + 1 < sizeof(longer); i++) {
        longer[i] = 'D';
    }
    CU_ASSERT_PTR_NULL(sla_universe_nearest(&sla_countries, slice_from(longer), &other));
}

static void spans_are_written_in_parts(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } spans[] = {
        { 0, "0 s" },
        { 259200, "4 min 19 s 200 ms" },
        { 90061001, "1 d 1 h 1 min 1 s 1 ms" },
        { 3600000, "1 h" },
    };

    for (size_t i = 0; i < COUNT_OF(spans); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        sla_format_span_ms(spans[i].ms, &text);
        ASSERT_TEXT(buf_slice(&text), spans[i].text);
    }
}

static CU_TestInfo tests[] = {
    { "sets meet in what both have", sets_meet_in_what_both_have },
    { "down time is exact and rounds against us", down_time_is_exact_and_rounds_against_us },
    { "windows lie as they hurt most", windows_lie_as_they_hurt_most },
    { "countries are found and guessed", countries_are_found_and_guessed },
    { "spans are written in parts", spans_are_written_in_parts },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla values", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
