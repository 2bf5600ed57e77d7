#include "base/utf8.h"

#include <string.h>

#include "tests/suite.h"

static void test_every_code_point_comes_back(void)
{
    char bytes[UTF8_BYTES_MAX];

    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        uint32_t back = 0;
        if (code == 0xd800) {
            code = 0xe000;
        }
        size_t size = utf8_encode(code, bytes);
        if (utf8_decode((struct slice){ bytes, size }, &back) != size || back != code ||
            (size > 1 && utf8_decode((struct slice){ bytes, size - 1 }, &back) != 0)) {
            suite_check(false, "a code point did not come back", __FILE__, __LINE__);
            return;
        }
    }
}

static void test_what_is_not_utf8(void)
{
    static const char *const rows[] = {
        "\x80",             /* a second byte first */
        "\xc0\x80",         /* overlong */
        "\xc1\xbf",         /* overlong */
        "\xe0\x9f\xbf",     /* overlong */
        "\xf0\x8f\xbf\xbf", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* over U+10FFFF */
        "\xf5\x80\x80\x80",
        "\xff",
        "\xc2",
        "\xc2 ",
        "\xe2\x82",
        "\xe2\x82 ",
        "\xf0\x9f\x98 ",
    };
    uint32_t code = 7;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(utf8_decode(slice_from(rows[i]), &code), 0);
    }
    CU_ASSERT_EQUAL(utf8_decode((struct slice){ 0 }, &code), 0);
    CU_ASSERT_EQUAL(code, 7);
}

static void test_controls(void)
{
    static const uint32_t controls[] = { 0,      0x1b,   0x1f,   0x7f,   0x80,   0x9b,
                                         0x9f,   0x61c,  0x200e, 0x200f, 0x2028, 0x2029,
                                         0x202a, 0x202e, 0x2066, 0x2069 };
    static const uint32_t others[] = { ' ', '~', 0xa0, 0xe9, 0x200d, 0x2030, 0x206a, 0x1f600 };

    for (size_t i = 0; i < COUNT_OF(controls); i++) {
        CU_ASSERT(utf8_is_control(controls[i]));
    }
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        CU_ASSERT_FALSE(utf8_is_control(others[i]));
    }
}

static void test_escaping(void)
{
    static const struct {
        struct slice text;
        char quote;
        const char *wanted;
    } rows[] = {
        { { "plain \xc3\xa9", 8 }, 0, "plain \xc3\xa9" },
        { { "a\nb\rc\td", 7 }, 0, "a\\nb\\rc\\td" },
        { { "\x1b[2J\0", 5 }, 0, "\\x1b[2J\\x00" },
        { { "\xc2\x9b\xe2\x80\x8f", 5 }, 0, "\\u{009b}\\u{200f}" },
        { { "\xff\xc3", 2 }, 0, "\\xff\\xc3" },
        { { "say \"hi\\\"", 9 }, '"', "say \\\"hi\\\\\\\"" },
        { { "say \"hi\"", 8 }, 0, "say \"hi\"" },
        { { "", 0 }, '"', "" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        utf8_escape(&out, rows[i].text, rows[i].quote);
        ASSERT_TEXT(buf_slice(&out), rows[i].wanted);
    }
}

static CU_TestInfo tests[] = {
    { "every code point comes back", test_every_code_point_comes_back },
    { "what is not UTF-8", test_what_is_not_utf8 },
    { "controls", test_controls },
    { "escaping", test_escaping },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "utf8", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
