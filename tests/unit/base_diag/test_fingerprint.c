#include <string.h>

#include "base/fingerprint.h"
#include "tests/suite.h"

static struct arena arena;

static void set_up(void)
{
    arena = (struct arena){ 0 };
}

static void tear_down(void)
{
    arena_done(&arena);
}

static void check(const char *text, const char *const *wanted)
{
    struct fingerprints prints = fingerprints_of(&arena, slice_from(text));
    uint32_t line = 0;

    for (; wanted[line] != NULL; line++) {
        char found[FINGERPRINT_TEXT_MAX];
        fingerprint_print(&prints, line + 1, found);
        ASSERT_TEXT(slice_from(found), wanted[line]);
    }
    CU_ASSERT_EQUAL(prints.count, line);
}

/* What the upload to code scanning computes for the same texts. */
static void code_scanning_finds_the_same(void)
{
    static const char *const one[] = { "271789c17abda88f:1", "54703d4cd895b18:1",
                                       "180aee12dab6264:1", "a23a3dc5e078b07b:1", NULL };
    static const char *const two[] = {
        "8b7cf3e952e7aeb2:1",
        "b1ae1287ec4718d9:1",
        "bff680108adb0fcc:1",
        "c6805c5e1288b612:1",
        "b86d3392aea1be30:1",
        "e6ceba753e1a442:1",
        NULL,
    };
    static const char *const ended[] = {
        "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1",
        "b3edc88f2938467e:1", "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1", NULL,
    };

    check("", (const char *[]){ "c129715d7a2bc9a3:1", NULL });
    check(" a\nb\n  \t\tc\n d", one);
    check(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End", two);
    check(" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", ended);
    check(" hello; \t\rworld!!!\r\r\r  \t\tGreetings\r End\r", ended);
    check(" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", ended);
}

static const char *print_of(const char *text, uint32_t line)
{
    struct fingerprints prints = fingerprints_of(&arena, slice_from(text));
    char *found = ARENA_NEW(&arena, char, FINGERPRINT_TEXT_MAX);

    fingerprint_print(&prints, line, found);
    return found;
}

static void equal_lines_are_counted(void)
{
    char text[1024] = "";
    char *at = text;

    for (int i = 0; i < 4; i++) { /* so long that each sees only its like */
        memset(at, 'x', 120);
        at[120] = '\n';
        at += 121;
    }
    struct slice first = slice_from(print_of(text, 1));
    struct slice third = slice_from(print_of(text, 3));
    CU_ASSERT_TRUE(slice_ends(first, SLICE(":1")));
    CU_ASSERT_TRUE(slice_ends(third, SLICE(":3")));
    CU_ASSERT_TRUE(
        slice_eq(slice_sub(first, 0, first.len - 2), slice_sub(third, 0, third.len - 2)));
}

static void lines_before_do_not_count(void)
{
    const char *tail = "spec:\n  targets: [{id: web, plane: compute, select: {app: web}}]\n"
                       "  clauses: [{id: residency, on: web, term: location, op: in}]\n";
    struct slice moved = arena_printf(&arena, "# a line\n\n\n# and more\n%s", tail);

    ASSERT_TEXT(slice_from(print_of(moved.ptr, 6)), print_of(tail, 2));
    CU_ASSERT_STRING_NOT_EQUAL(print_of(tail, 1), print_of(tail, 2));
}

static void any_text_and_line_has_one(void)
{
    ASSERT_TEXT(slice_from(print_of("a", 0)), print_of("a", 1));
    ASSERT_TEXT(slice_from(print_of("a", 99)), print_of("a", 1));
    /* A character outside the basic plane is two units; what is not UTF-8 stands in for itself. */
    CU_ASSERT_STRING_NOT_EQUAL(print_of("\xf0\x9f\x98\x80", 1), print_of("\xf0\x9f\x98\x81", 1));
    ASSERT_TEXT(slice_from(print_of("\xff", 1)), print_of("\xef\xbf\xbd", 1));
}

static CU_TestInfo tests[] = {
    { "code scanning finds the same", code_scanning_finds_the_same },
    { "equal lines are counted", equal_lines_are_counted },
    { "lines before do not count", lines_before_do_not_count },
    { "any text and line has one", any_text_and_line_has_one },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "fingerprints", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
