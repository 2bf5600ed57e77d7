#include "base/slice.h"

#include <string.h>

#include "tests/suite.h"

static const struct slice nothing;

static void test_comparing(void)
{
    CU_ASSERT(slice_eq(SLICE("a"), SLICE("a")));
    CU_ASSERT(slice_eq(nothing, SLICE("")));
    CU_ASSERT_FALSE(slice_eq(SLICE("a"), SLICE("ab")));
    CU_ASSERT_FALSE(slice_eq(SLICE("a"), SLICE("b")));
    CU_ASSERT(slice_is(SLICE("a"), "a"));
    CU_ASSERT(slice_is(nothing, NULL));
    CU_ASSERT(slice_cmp(SLICE("a"), SLICE("b")) < 0);
    CU_ASSERT(slice_cmp(SLICE("b"), SLICE("a")) > 0);
    CU_ASSERT(slice_cmp(SLICE("a"), SLICE("ab")) < 0);
    CU_ASSERT(slice_cmp(SLICE("ab"), SLICE("a")) > 0);
    CU_ASSERT(slice_cmp(SLICE("\x7f"), SLICE("\x80")) < 0); /* as unsigned bytes */
    CU_ASSERT_EQUAL(slice_cmp(nothing, nothing), 0);
}

static void test_starts_and_ends(void)
{
    CU_ASSERT(slice_starts(SLICE("abc"), SLICE("ab")));
    CU_ASSERT(slice_starts(SLICE("abc"), nothing));
    CU_ASSERT_FALSE(slice_starts(SLICE("a"), SLICE("ab")));
    CU_ASSERT(slice_ends(SLICE("abc"), SLICE("bc")));
    CU_ASSERT(slice_ends(nothing, nothing));
    CU_ASSERT_FALSE(slice_ends(SLICE("abc"), SLICE("ab")));
    CU_ASSERT_FALSE(slice_ends(SLICE("c"), SLICE("bc")));
}

static void test_finding(void)
{
    struct slice text = SLICE("a,b,c");

    CU_ASSERT_EQUAL(slice_find(text, ','), 1);
    CU_ASSERT_EQUAL(slice_rfind(text, ','), 3);
    CU_ASSERT_EQUAL(slice_find(text, 'x'), text.len);
    CU_ASSERT_EQUAL(slice_rfind(text, 'x'), text.len);
    CU_ASSERT_EQUAL(slice_find(nothing, ','), 0);
    CU_ASSERT_EQUAL(slice_rfind(nothing, ','), 0);
    CU_ASSERT_EQUAL(slice_find_text(SLICE("ababc"), SLICE("abc")), 2);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("")), 0);
    CU_ASSERT_EQUAL(slice_find_text(text, SLICE("zz")), text.len);
    CU_ASSERT_EQUAL(slice_find_text(nothing, SLICE("zz")), 0);
    CU_ASSERT_EQUAL(slice_rfind_text(SLICE("abcabc"), SLICE("abc")), 3);
    CU_ASSERT_EQUAL(slice_rfind_text(text, SLICE("zz")), text.len);
}

static void test_cutting(void)
{
    struct slice rest = SLICE("a:b");

    ASSERT_TEXT(slice_cut(&rest, ':'), "a");
    ASSERT_TEXT(slice_cut(&rest, ':'), "b");
    CU_ASSERT_PTR_NULL(rest.ptr);
    rest = SLICE("a:");
    ASSERT_TEXT(slice_cut(&rest, ':'), "a");
    CU_ASSERT(rest.len == 0 && rest.ptr != NULL); /* something empty came after */
    ASSERT_TEXT(slice_sub(SLICE("abcdef"), 2, 4), "cd");
    ASSERT_TEXT(slice_sub(SLICE("abcdef"), 4, 100), "ef");
    ASSERT_TEXT(slice_sub(SLICE("abcdef"), 4, 4), "");
    ASSERT_TEXT(slice_sub(SLICE("abcdef"), 7, 9), "");
    ASSERT_TEXT(slice_trim(SLICE(" \t\r\n a b \n")), "a b");
    ASSERT_TEXT(slice_trim(SLICE(" \t")), "");
}

static void test_copying_to_a_field(void)
{
    char field[4];

    slice_to_cstr(SLICE("ab"), field, sizeof(field));
    CU_ASSERT_STRING_EQUAL(field, "ab");
    slice_to_cstr(SLICE("abcdef"), field, sizeof(field));
    CU_ASSERT_STRING_EQUAL(field, "abc");
    slice_to_cstr(nothing, field, sizeof(field));
    CU_ASSERT_STRING_EQUAL(field, "");
}

static void test_distance(void)
{
    static const struct {
        const char *a;
        const char *b;
        size_t distance;
    } rows[] = {
        { "", "", 0 },       { "", "abc", 3 },     { "abc", "", 3 },
        { "sla", "sla", 0 }, { "sla", "slas", 1 }, { "sla", "sa", 1 },
        { "sla", "sLa", 1 }, { "sla", "sal", 1 },  { "kitten", "sitting", 3 },
        { "ca", "abc", 3 },
    };
    char longer[66];

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(slice_distance(slice_from(rows[i].a), slice_from(rows[i].b), 5),
                        rows[i].distance);
    }
    CU_ASSERT_EQUAL(slice_distance(SLICE("abcdef"), SLICE("uvwxyz"), 2), 3);
    memset(longer, 'a', sizeof(longer));
    CU_ASSERT_EQUAL(slice_distance((struct slice){ longer, 65 }, SLICE("a"), 2), 3);
    CU_ASSERT_EQUAL(slice_distance(SLICE("a"), (struct slice){ longer, 65 }, 2), 3);
    CU_ASSERT_EQUAL(slice_distance((struct slice){ longer, 64 }, (struct slice){ longer, 64 }, 2),
                    0);
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The whole table, as it is defined; its edges are there already. */
static size_t fill_table(size_t table[8][8], struct slice a, struct slice b)
{
    for (size_t i = 1; i <= a.len; i++) {
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = table[i - 1][j - 1] + (a.ptr[i - 1] == b.ptr[j - 1] ? 0 : 1);
            size_t best = smaller(replaced, smaller(table[i - 1][j], table[i][j - 1]) + 1);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1]) {
                best = smaller(best, table[i - 2][j - 2] + 1);
            }
            table[i][j] = best;
        }
    }
    return table[a.len][b.len];
}

static size_t plain_distance(struct slice a, struct slice b)
{
    size_t table[8][8] = { { 0 } };

    for (size_t i = 0; i < 8; i++) {
        table[i][0] = i;
        table[0][i] = i;
    }
    return fill_table(table, a, b);
}

/* Words of up to six of three letters, by number. */
static struct slice word(unsigned number, char out[6])
{
    size_t len = number % 7;

    number /= 7;
    for (size_t i = 0; i < len; i++) {
        out[i] = "abc"[number % 3];
        number /= 3;
    }
    return (struct slice){ out, len };
}

static bool agrees(struct slice a, struct slice b)
{
    size_t wanted = plain_distance(a, b);

    for (size_t limit = 0; limit < 5; limit++) {
        if (slice_distance(a, b, limit) != smaller(wanted, limit + 1)) {
            return false;
        }
    }
    return true;
}

static void test_distance_is_that_of_the_whole_table(void)
{
    enum { WORDS = 7 * 729, STEP = 13 };
    char left[6];
    char right[6];
    unsigned wrong = 0;

    for (unsigned i = 0; i < WORDS; i += STEP) {
        for (unsigned j = 0; j < WORDS; j += STEP + 4) {
            wrong += agrees(word(i, left), word(j, right)) ? 0 : 1;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static CU_TestInfo tests[] = {
    { "comparing", test_comparing },
    { "starts and ends", test_starts_and_ends },
    { "finding", test_finding },
    { "cutting", test_cutting },
    { "copying to a field", test_copying_to_a_field },
    { "edit distance", test_distance },
    { "edit distance is that of the whole table", test_distance_is_that_of_the_whole_table },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "slice", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
