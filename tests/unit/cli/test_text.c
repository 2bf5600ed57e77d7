#include "cli/text.h"

#include <locale.h>

#include "tests/suite.h"

static struct arena arena;

static int set_up(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : 1;
}

static int clean_up(void)
{
    arena_done(&arena);
    return 0;
}

static void test_columns(void)
{
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {
        { "", 0 },
        { "plain", 5 },
        { "caf\xc3\xa9", 4 },
        { "\xe7\x97\x85\xe9\x99\xa2", 4 }, /* two wide characters */
        { "e\xcc\x81", 1 },                /* combining accent */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(text_columns(slice_from(rows[i].text)), rows[i].columns);
    }
    CU_ASSERT_EQUAL(text_columns(SLICE("\xff")), 1);
}

static void test_ages(void)
{
    static const struct {
        int64_t seconds;
        const char *age;
    } rows[] = {
        { -5, "0s" },    { 0, "0s" },
        { 1, "1s" },     { 59, "59s" },
        { 60, "1m" },    { 3599, "59m" },
        { 3600, "1h" },  { 86399, "23h" },
        { 86400, "1d" }, { INT64_C(34560000), "400d" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_TEXT(text_age(&arena, rows[i].seconds * 1000000 + 7, 0), rows[i].age);
    }
}

static void test_durations(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        { 0, "0 ms" },          { 812, "812 ms" },         { 999, "999 ms" },
        { 1000, "1 s" },        { 2140, "2.14 s" },        { 2145, "2.15 s" },
        { 59994, "59.99 s" },   { 60000, "1 min" },        { 125000, "2 min 5 s" },
        { 3600000, "1 h" },     { 5400000, "1 h 30 min" }, { 90000000, "1 d 1 h" },
        { 2592000000, "30 d" }, { -500, "-500 ms" },       { -90000, "-1 min 30 s" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_TEXT(text_duration(&arena, rows[i].ms), rows[i].text);
    }
}

static void test_times(void)
{
    ASSERT_TEXT(text_time(&arena, INT64_C(1795294538123456), true), "2026-11-21 20:55:38.123Z");
    struct slice local = text_time(&arena, INT64_C(1795294538123456), false);
    CU_ASSERT(local.len == 28 && (local.ptr[23] == '+' || local.ptr[23] == '-'));
}

static void test_painting(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    text_paint(&out, false, TINT_BAD, SLICE("a"));
    text_paint(&out, true, TINT_NONE, SLICE("b"));
    text_paint(&out, true, TINT_GOOD, SLICE("c"));
    ASSERT_TEXT(buf_slice(&out), "ab\033[32mc\033[0m");
    CU_ASSERT_EQUAL(text_tint_of(SLICE("met")), TINT_GOOD);
    CU_ASSERT_EQUAL(text_tint_of(SLICE("breached")), TINT_BAD);
    CU_ASSERT_EQUAL(text_tint_of(SLICE("unknown")), TINT_WARN);
    CU_ASSERT_EQUAL(text_tint_of(SLICE("app-1")), TINT_NONE);
}

static void test_safe_text(void)
{
    ASSERT_TEXT(text_safe(&arena, SLICE("a\x1b]0;title\x07\n")), "a\\x1b]0;title\\x07\\n");
}

static CU_TestInfo tests[] = {
    { "columns", test_columns }, { "ages", test_ages },         { "durations", test_durations },
    { "times", test_times },     { "painting", test_painting }, { "safe text", test_safe_text },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "cli/text", set_up, clean_up, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
