/* Characters that only look like plain ones. */
#include "base/lookalike.h"

#include "tests/suite.h"

static void a_text_is_told_in_plain_characters(void)
{
    static const struct {
        const char *text, *plain, *name; /* NULL: nothing is odd */
    } rows[] = {
        { "latency", "latency", NULL },
        { "Zürich", "Zürich", NULL },
        { " \"latency\" ", "\"latency\"", NULL },
        { "op\u00a0", "op", "a no-break space" },
        { "80\u00a0ms", "80 ms", "a no-break space" },
        { "80\u202fms", "80 ms", "a narrow no-break space" },
        { "80\u2009ms", "80 ms", "a space of typesetters" },
        { "late\u200bncy", "latency", "a zero-width space" },
        { "\u2060latency", "latency", "a word joiner" },
        { "late\u00adncy", "latency", "a soft hyphen" },
        { "\ufeff", "\ufeff", NULL },
        { "\u201clatency\u201d", "\"latency\"", "a curly quotation mark" },
        { "\u201elatency\u201c", "\"latency\"", "a curly quotation mark" },
        { "\u2018latency\u2019", "'latency'", "a curly quotation mark" },
        { "\u00ab latency \u00bb", "\" latency \"", "a quotation mark" },
        { "mon\u2013fri", "mon-fri", "an en dash" },
        { "\u22125", "-5", "a minus sign of typesetters" },
        { "term\uff1alatency", "term:latency", "a full-width character" },
        { "99.9\uff05", "99.9%", "a full-width character" },
        { "DE\u3001FR", "DE,FR", "an ideographic comma" },
        { "\u00a0\u200b", "", "a no-break space" },
        { "", "", NULL },
        { "\xff\xfe", "\xff\xfe", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf plain = { 0 };
        struct lookalike first = { 0 };
        bool found = lookalike_plain(slice_from(rows[i].text), &plain, &first);
        if (!slice_is(buf_slice(&plain), rows[i].plain)) {
            printf("%s: %s\n", rows[i].text, plain.ptr);
        }
        CU_ASSERT_TRUE(slice_is(buf_slice(&plain), rows[i].plain));
        CU_ASSERT_EQUAL(found, rows[i].name != NULL);
        if (found) {
            CU_ASSERT_STRING_EQUAL(first.name, rows[i].name);
        }
    }
}

static void each_is_told_by_its_code(void)
{
    struct lookalike one;

    CU_ASSERT_TRUE(lookalike_at(SLICE("\u00a0x"), &one));
    CU_ASSERT_EQUAL(one.code, 0xa0);
    CU_ASSERT_EQUAL(one.len, 2);
    CU_ASSERT_STRING_EQUAL(one.plain, " ");
    CU_ASSERT_TRUE(lookalike_at(SLICE("\uff0c"), &one));
    CU_ASSERT_STRING_EQUAL(one.plain, ",");
    CU_ASSERT_FALSE(lookalike_at(SLICE(" "), &one));
    CU_ASSERT_FALSE(lookalike_at(SLICE(""), &one));
}

static void quotation_marks_are_taken_from_both_ends(void)
{
    CU_ASSERT_TRUE(slice_is(lookalike_unquoted(SLICE("\" latency \"")), "latency"));
    CU_ASSERT_TRUE(slice_is(lookalike_unquoted(SLICE("'it's'")), "it's"));
    CU_ASSERT_TRUE(slice_is(lookalike_unquoted(SLICE("\"")), ""));
}

static CU_TestInfo tests[] = {
    { "quotation marks are taken from both ends", quotation_marks_are_taken_from_both_ends },
    { "a text is told in plain characters", a_text_is_told_in_plain_characters },
    { "each is told by its code", each_is_told_by_its_code },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "lookalike", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
