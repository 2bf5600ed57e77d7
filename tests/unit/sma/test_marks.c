#include "sma/marks.h"
#include "tests/suite.h"

static struct marks marks;

static void tear_down(void)
{
    marks_done(&marks);
}

static void add(uint64_t arrival)
{
    marks_add(&marks, arrival, &(struct tail_place){ .stream = arrival * 10 });
}

static uint64_t oldest(void)
{
    struct tail_place place = { 0 };

    return marks_oldest(&marks, &place) ? place.stream / 10 : 0;
}

static void test_the_oldest_needed_is_kept(void)
{
    CU_ASSERT_EQUAL(oldest(), 0);
    marks_release(&marks, 5);
    for (uint64_t i = 1; i <= 10; i++) {
        add(i * 2);
    }
    CU_ASSERT_EQUAL(oldest(), 2);
    marks_release(&marks, 7); /* needed: 7, so the mark before it stays */
    CU_ASSERT_EQUAL(oldest(), 6);
    marks_release(&marks, 8);
    CU_ASSERT_EQUAL(oldest(), 8);
    marks_release(&marks, 20);
    CU_ASSERT_EQUAL(oldest(), 20);
    marks_release(&marks, 21);
    CU_ASSERT_EQUAL(oldest(), 0);
    add(30);
    CU_ASSERT_EQUAL(oldest(), 30);
}

static void test_too_many_are_thinned_out_never_to_a_younger_answer(void)
{
    uint64_t needed = 1;

    for (uint64_t i = 1; i <= 100000; i++) {
        add(i);
        if (i % 7 == 0 && i > 50) {
            needed = i - 50; /* the windows move on */
            marks_release(&marks, needed);
        }
        CU_ASSERT_TRUE(oldest() <= needed);
        CU_ASSERT_TRUE(marks.count <= MARKS_KEPT_MAX);
    }
    CU_ASSERT_TRUE(oldest() + 100 > needed);
    for (uint64_t i = 100001; i <= 200000; i++) { /* nothing is released */
        add(i);
    }
    CU_ASSERT_TRUE(oldest() <= needed);
    CU_ASSERT_TRUE(marks.count <= MARKS_KEPT_MAX);
}

static CU_TestInfo tests[] = {
    { "the oldest needed is kept", test_the_oldest_needed_is_kept },
    { "too many are thinned out, never to a younger answer",
      test_too_many_are_thinned_out_never_to_a_younger_answer },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "marks", .pTearDownFunc = tear_down, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
