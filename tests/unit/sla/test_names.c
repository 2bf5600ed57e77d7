#include "sla/values/names.h"

#include "tests/suite.h"

static void the_smallest_number_of_a_name_is_found(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_names names;
    uint32_t at = 0;

    sla_names_init(&names, &arena, 4);
    sla_names_add(&names, SLICE("web"), 3);
    sla_names_add(&names, SLICE(""), 0);
    sla_names_add(&names, SLICE("web"), 1);
    sla_names_add(&names, SLICE("db"), 2);
    sla_names_sort(&names);
    CU_ASSERT_TRUE(sla_names_find(&names, SLICE("web"), &at));
    CU_ASSERT_EQUAL(at, 1);
    CU_ASSERT_FALSE(sla_names_find(&names, SLICE(""), &at));
    CU_ASSERT_FALSE(sla_names_find(&names, SLICE("we"), &at));
}

/* By the first eight bytes, by what follows them, by length, by number; bytes have no sign. */
static void names_are_ordered_as_their_bytes_are(void)
{
    const struct slice names[] = {
        SLICE("c10"),       SLICE("c9"),           SLICE("clause-10"),
        SLICE("clause-1"),  SLICE("clause-9"),     SLICE("\xC3\xA9"),
        SLICE(""),          SLICE("c9"),           SLICE("clause-"),
        SLICE("clause-1a"), SLICE("clause-1\x01"),
    };
    static const uint32_t wanted[] = { 6, 0, 1, 7, 8, 3, 10, 2, 9, 4, 5 };
    CLEANUP(arena_done) struct arena arena = { 0 };

    const uint32_t *order = sla_names_order(&arena, names, COUNT_OF(names));
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        CU_ASSERT_EQUAL(order[i], wanted[i]);
        if (i > 0) {
            CU_ASSERT_TRUE(slice_cmp(names[order[i - 1]], names[order[i]]) <= 0);
        }
    }
}

static CU_TestInfo tests[] = {
    { "the smallest number of a name is found", the_smallest_number_of_a_name_is_found },
    { "names are ordered as their bytes are", names_are_ordered_as_their_bytes_are },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "tables of names", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
