#include "base/sorted.h"

#include "tests/suite.h"

static int by_number(const void *item, const void *key)
{
    int a = *(const int *)item;
    int b = *(const int *)key;

    return (a > b) - (a < b);
}

static void the_first_of_equals_is_found_and_the_first_behind_them(void)
{
    static const int numbers[] = { 2, 4, 4, 4, 9 };
    static const struct {
        int key;
        size_t lower, upper;
    } rows[] = {
        { 1, 0, 0 }, { 2, 0, 1 }, { 3, 1, 1 }, { 4, 1, 4 }, { 5, 4, 4 }, { 9, 4, 5 }, { 10, 5, 5 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(sorted_lower_bound(numbers, COUNT_OF(numbers), sizeof(numbers[0]),
                                           &rows[i].key, by_number),
                        rows[i].lower);
        CU_ASSERT_EQUAL(sorted_upper_bound(numbers, COUNT_OF(numbers), sizeof(numbers[0]),
                                           &rows[i].key, by_number),
                        rows[i].upper);
    }
    CU_ASSERT_EQUAL(sorted_lower_bound(NULL, 0, sizeof(int), &rows[0].key, by_number), 0);
}

static CU_TestInfo tests[] = {
    { "the first of equals is found, and the first behind them",
      the_first_of_equals_is_found_and_the_first_behind_them },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "bound", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
