#include "cli/diff.h"

#include <string.h>

#include "base/arena.h"
#include "tests/suite.h"

static void test_equal_texts_have_no_difference(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    diff_write("f", SLICE("a\nb\n"), SLICE("a\nb\n"), &out);
    diff_write("f", SLICE(""), SLICE(""), &out);
    CU_ASSERT_EQUAL(out.len, 0);
}

static void test_small_differences(void)
{
    static const struct {
        const char *before;
        const char *after;
        const char *wanted; /* below the two head lines */
    } rows[] = {
        { "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n" },
        { "", "a\n", "@@ -0,0 +1,1 @@\n+a\n" },
        { "a\n", "", "@@ -1,1 +0,0 @@\n-a\n" },
        { "a\nb\n", "a\nb\nc\n", "@@ -1,2 +1,3 @@\n a\n b\n+c\n" },
        { "b\n", "a\nb\n", "@@ -1,1 +1,2 @@\n+a\n b\n" },
        { "a\n", "a", "@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file\n" },
        { "a\nb\nc\nd\n", "a\nd\nc\nb\n", "@@ -1,4 +1,4 @@\n a\n-b\n-c\n d\n+c\n+b\n" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf out = { 0 };
        diff_write("f", slice_from(rows[i].before), slice_from(rows[i].after), &out);
        CU_ASSERT(slice_starts(buf_slice(&out), SLICE("--- a/f\n+++ b/f\n")));
        ASSERT_TEXT(slice_sub(buf_slice(&out), 16, out.len), rows[i].wanted);
    }
}

/* `count` lines "0", "1" ..., those of `changed` with a mark. */
static void make_lines(struct buf *out, unsigned count, unsigned a, unsigned b)
{
    for (unsigned i = 0; i < count; i++) {
        buf_printf(out, "%u%s\n", i, i == a || i == b ? "!" : "");
    }
}

static size_t count_hunks(const struct buf *diff)
{
    struct slice rest = buf_slice(diff);
    size_t hunks = 0;

    while (rest.len > 0) {
        hunks += slice_starts(slice_cut(&rest, '\n'), SLICE("@@ ")) ? 1 : 0;
    }
    return hunks;
}

static void test_near_changes_share_a_hunk(void)
{
    static const struct {
        unsigned a, b;
        size_t hunks;
    } rows[] = { { 10, 10, 1 }, { 10, 16, 1 }, { 10, 17, 2 }, { 0, 49, 2 }, { 10, 11, 1 } };
    CLEANUP(buf_done) struct buf plain = { 0 };

    make_lines(&plain, 50, 99, 99);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf marked = { 0 };
        CLEANUP(buf_done) struct buf out = { 0 };
        make_lines(&marked, 50, rows[i].a, rows[i].b);
        diff_write("f", buf_slice(&plain), buf_slice(&marked), &out);
        CU_ASSERT_EQUAL(count_hunks(&out), rows[i].hunks);
    }
}

static void test_context_has_three_lines(void)
{
    CLEANUP(buf_done) struct buf plain = { 0 };
    CLEANUP(buf_done) struct buf marked = { 0 };
    CLEANUP(buf_done) struct buf out = { 0 };

    make_lines(&plain, 50, 99, 99);
    make_lines(&marked, 50, 20, 20);
    diff_write("f", buf_slice(&plain), buf_slice(&marked), &out);
    ASSERT_TEXT(slice_sub(buf_slice(&out), 16, out.len),
                "@@ -18,7 +18,7 @@\n 17\n 18\n 19\n-20\n+20!\n 21\n 22\n 23\n");
}

static void test_large_changes_are_shown_whole(void)
{
    CLEANUP(buf_done) struct buf before = { 0 };
    CLEANUP(buf_done) struct buf after = { 0 };
    CLEANUP(buf_done) struct buf out = { 0 };

    for (int i = 0; i <= DIFF_LINES_MAX; i++) {
        buf_printf(&before, "before %d\n", i);
        buf_printf(&after, "after %d\n", i);
    }
    diff_write("f", buf_slice(&before), buf_slice(&after), &out);
    CU_ASSERT_EQUAL(count_hunks(&out), 1);
    CU_ASSERT(slice_find_text(buf_slice(&out), SLICE("-before 2000\n+after 0\n")) < out.len);
}

static CU_TestInfo tests[] = {
    { "equal texts have no difference", test_equal_texts_have_no_difference },
    { "small differences", test_small_differences },
    { "near changes share a hunk", test_near_changes_share_a_hunk },
    { "context has three lines", test_context_has_three_lines },
    { "large changes are shown whole", test_large_changes_are_shown_whole },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "cli/diff", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
