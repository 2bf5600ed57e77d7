#include "base/parse.h"

#include <string.h>

#include "tests/suite.h"

static void test_unsigned_numbers(void)
{
    static const char *const bad[] = { "",    " 1",
                                       "1 ",  "+1",
                                       "-1",  "1a",
                                       "0x1", "18446744073709551616",
                                       "1.0", "99999999999999999999" };
    uint64_t value = 7;

    ASSERT_OK(parse_u64(SLICE("0"), 0, 9, &value));
    CU_ASSERT_EQUAL(value, 0);
    ASSERT_OK(parse_u64(SLICE("18446744073709551615"), 0, UINT64_MAX, &value));
    CU_ASSERT_EQUAL(value, UINT64_MAX);
    ASSERT_OK(parse_u64(SLICE("007"), 0, 9, &value));
    CU_ASSERT_EQUAL(value, 7);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_u64(slice_from(bad[i]), 0, UINT64_MAX, &value), STATUS_INVALID);
    }
    ASSERT_CODE(parse_u64(SLICE("4"), 5, 9, &value), STATUS_INVALID);
    struct status status = parse_u64(SLICE("10"), 5, 9, &value);
    CU_ASSERT_STRING_EQUAL(status.msg, "`10` is not a number from 5 to 9");
    CU_ASSERT_EQUAL(value, 7);
}

static void test_small_unsigned_numbers(void)
{
    uint32_t value = 7;

    ASSERT_OK(parse_u32(SLICE("4294967295"), 0, UINT32_MAX, &value));
    CU_ASSERT_EQUAL(value, UINT32_MAX);
    ASSERT_CODE(parse_u32(SLICE("4294967296"), 0, UINT32_MAX, &value), STATUS_INVALID);
    CU_ASSERT_EQUAL(value, UINT32_MAX);
}

static void test_signed_numbers(void)
{
    static const char *const bad[] = {
        "", "-", "--1", "+1", "9223372036854775808", "-9223372036854775809", "1-"
    };
    int64_t value = 7;

    ASSERT_OK(parse_i64(SLICE("-9223372036854775808"), INT64_MIN, INT64_MAX, &value));
    CU_ASSERT_EQUAL(value, INT64_MIN);
    ASSERT_OK(parse_i64(SLICE("9223372036854775807"), INT64_MIN, INT64_MAX, &value));
    CU_ASSERT_EQUAL(value, INT64_MAX);
    ASSERT_OK(parse_i64(SLICE("-0"), INT64_MIN, INT64_MAX, &value));
    CU_ASSERT_EQUAL(value, 0);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_i64(slice_from(bad[i]), INT64_MIN, INT64_MAX, &value), STATUS_INVALID);
    }
    struct status status = parse_i64(SLICE("-6"), -5, 5, &value);
    CU_ASSERT_STRING_EQUAL(status.msg, "`-6` is not a number from -5 to 5");
    CU_ASSERT_EQUAL(value, 0);
}

static void test_truth(void)
{
    bool value = false;

    ASSERT_OK(parse_bool(SLICE("true"), &value));
    CU_ASSERT(value);
    ASSERT_OK(parse_bool(SLICE("false"), &value));
    CU_ASSERT_FALSE(value);
    ASSERT_CODE(parse_bool(SLICE("yes"), &value), STATUS_INVALID);
    ASSERT_CODE(parse_bool(SLICE("True"), &value), STATUS_INVALID);
    ASSERT_CODE(parse_bool(SLICE(""), &value), STATUS_INVALID);
}

static void test_hexadecimal(void)
{
    uint8_t bytes[3] = { 1, 1, 1 };

    ASSERT_OK(parse_hex(SLICE("00aFf9"), bytes, 3));
    CU_ASSERT(bytes[0] == 0x00 && bytes[1] == 0xaf && bytes[2] == 0xf9);
    ASSERT_CODE(parse_hex(SLICE("00aff"), bytes, 3), STATUS_INVALID);
    ASSERT_CODE(parse_hex(SLICE("00affg"), bytes, 3), STATUS_INVALID);
    ASSERT_CODE(parse_hex(SLICE("00 aff"), bytes, 3), STATUS_INVALID);
    CU_ASSERT_EQUAL(bytes[2], 0xf9);
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        { "250ms", 250 },    { "5 s", 5000 },       { "5s", 5000 },
        { "1.5h", 5400000 }, { "30d", 2592000000 }, { "2w", 1209600000 },
        { "5m", 300000 },    { "5 min", 300000 },   { "0.001 s", 1 },
        { "0s", 0 },         { "1.50 s", 1500 },    { "36525 d", 3155760000000 },
    };
    static const char *const bad[] = { "",
                                       "5",
                                       "s",
                                       "5 sec",
                                       "1h30m",
                                       "-5s",
                                       "0.0001 s",
                                       "5  s",
                                       " 5s",
                                       "5s ",
                                       "1. s",
                                       ".5 s",
                                       "1.2.3 s",
                                       "36526 d",
                                       "0.5ms",
                                       "99999999999999999999 s",
                                       "0.00000000000000000001 s" };
    int64_t ms = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(parse_duration_ms(slice_from(rows[i].text), &ms));
        CU_ASSERT_EQUAL(ms, rows[i].ms);
    }
    ms = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_duration_ms(slice_from(bad[i]), &ms), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(ms, 7);
}

static void test_percentages(void)
{
    static const struct {
        const char *text;
        int64_t ppb;
    } rows[] = {
        { "99.99 %", 999900000 },    { "0.5%", 5000000 },
        { "100%", 1000000000 },      { "0 %", 0 },
        { "0.0000001 %", 1 },        { "99.9999999 %", 999999999 },
        { "100.000 %", 1000000000 },
    };
    static const char *const bad[] = { "",      "%",    "99.99",        "100.0000001 %",
                                       "101 %", "-1 %", "0.00000001 %", "5 % %" };
    int64_t ppb = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(parse_percent_ppb(slice_from(rows[i].text), &ppb));
        CU_ASSERT_EQUAL(ppb, rows[i].ppb);
    }
    ppb = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_percent_ppb(slice_from(bad[i]), &ppb), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(ppb, 7);
}

static void test_sizes(void)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } rows[] = {
        { "512", 512 },
        { "512 B", 512 },
        { "1 kB", 1000 },
        { "64 KiB", 65536 },
        { "1 MiB", 1048576 },
        { "1.5 MiB", 1572864 },
        { "10 GB", 10000000000 },
        { "1TiB", 1099511627776 },
        { "1.000000000000001 PB", 1000000000000001 },
    };
    static const char *const bad[] = { "", "B", "1 kib", "0.5 B", "-1", "9223372036854775808" };
    uint64_t bytes = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(parse_bytes(slice_from(rows[i].text), &bytes));
        CU_ASSERT_EQUAL(bytes, rows[i].bytes);
    }
    bytes = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_bytes(slice_from(bad[i]), &bytes), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(bytes, 7);
}

static void test_bit_rates(void)
{
    static const struct {
        const char *text;
        uint64_t bits;
    } rows[] = {
        { "1 bit/s", 1 },         { "1.5 kbit/s", 1500 },     { "10 Gbit/s", 10000000000 },
        { "2 Mibit/s", 2097152 }, { "100Mbit/s", 100000000 }, { "1 Tibit/s", 1099511627776 },
    };
    static const char *const bad[] = { "",        "10",        "10 Gb/s", "10 GB/s",
                                       "10 Mbps", "0.5 bit/s", "bit/s",   "-1 bit/s" };
    uint64_t bits = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        ASSERT_OK(parse_bit_rate(slice_from(rows[i].text), &bits));
        CU_ASSERT_EQUAL(bits, rows[i].bits);
    }
    bits = 7;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(parse_bit_rate(slice_from(bad[i]), &bits), STATUS_INVALID);
    }
    CU_ASSERT_EQUAL(bits, 7);
}

static void test_amounts_take_the_largest_unit_that_divides_them(void)
{
    static const struct {
        uint64_t amount;
        const char *bytes, *bits;
    } rows[] = {
        { 0, "0 B", "0 bit/s" },
        { 1, "1 B", "1 bit/s" },
        { 1023, "1023 B", "1023 bit/s" },
        { 1500, "1500 B", "1500 bit/s" },
        { 128000, "125 KiB", "125 Kibit/s" },
        { 17179869184, "16 GiB", "16 Gibit/s" },
        { 200000000000, "200 GB", "200 Gbit/s" },
        { INT64_MAX, "9223372036854775807 B", "9223372036854775807 bit/s" },
    };
    char text[PARSE_TEXT_MAX];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t back = 0;
        format_bytes(rows[i].amount, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].bytes);
        ASSERT_OK(parse_bytes(slice_from(text), &back));
        CU_ASSERT_EQUAL(back, rows[i].amount);
        format_bit_rate(rows[i].amount, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].bits);
        ASSERT_OK(parse_bit_rate(slice_from(text), &back));
        CU_ASSERT_EQUAL(back, rows[i].amount);
    }
}

static void test_shortest_text_comes_back(void)
{
    static const struct {
        int64_t ms;
        const char *text;
    } durations[] = {
        { 0, "0 ms" },      { 1, "1 ms" },       { 1500, "1500 ms" },
        { 30000, "30 s" },  { 90000, "90 s" },   { 300000, "5 min" },
        { 3600000, "1 h" }, { 86400000, "1 d" }, { 2592000000, "30 d" },
    };
    static const struct {
        int64_t ppb;
        const char *text;
    } percentages[] = {
        { 0, "0 %" },
        { 1, "0.0000001 %" },
        { 999900000, "99.99 %" },
        { 1000000000, "100 %" },
        { 999999999, "99.9999999 %" },
    };
    char text[PARSE_TEXT_MAX];
    int64_t back = 0;

    for (size_t i = 0; i < COUNT_OF(durations); i++) {
        format_duration_ms(durations[i].ms, text);
        CU_ASSERT_STRING_EQUAL(text, durations[i].text);
        ASSERT_OK(parse_duration_ms(slice_from(text), &back));
        CU_ASSERT_EQUAL(back, durations[i].ms);
    }
    for (size_t i = 0; i < COUNT_OF(percentages); i++) {
        format_percent_ppb(percentages[i].ppb, text);
        CU_ASSERT_STRING_EQUAL(text, percentages[i].text);
        ASSERT_OK(parse_percent_ppb(slice_from(text), &back));
        CU_ASSERT_EQUAL(back, percentages[i].ppb);
    }
}

static CU_TestInfo tests[] = {
    { "unsigned numbers", test_unsigned_numbers },
    { "small unsigned numbers", test_small_unsigned_numbers },
    { "signed numbers", test_signed_numbers },
    { "truth", test_truth },
    { "hexadecimal", test_hexadecimal },
    { "durations", test_durations },
    { "percentages", test_percentages },
    { "sizes", test_sizes },
    { "bit rates", test_bit_rates },
    { "amounts take the largest unit that divides them",
      test_amounts_take_the_largest_unit_that_divides_them },
    { "the shortest text comes back", test_shortest_text_comes_back },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "parse", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
