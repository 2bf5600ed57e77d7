#include "sla/policy/classes.h"

#include "tests/suite.h"

enum { RESOURCES = 40, LISTS = 12, ROUNDS = 200 };

static uint64_t random_state = 3;

static unsigned below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33U) % limit;
}

static void without_resources_there_is_no_class(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_classes classes;

    sla_classes_init(&classes, &arena, 0);
    sla_classes_split(&classes, NULL, 0);
    CU_ASSERT_EQUAL(classes.count, 0);
}

/* Splits by random lists; into `lists` by resource: bit a list. */
static void split_at_random(struct sla_classes *classes, unsigned *lists)
{
    for (unsigned i = 0; i < LISTS; i++) {
        size_t list[RESOURCES];
        size_t count = 0;
        unsigned share = 1 + below(4);
        for (size_t j = 0; j < RESOURCES; j++) {
            if (below(4) < share) {
                lists[j] |= 1U << i;
                list[count++] = j;
            }
        }
        sla_classes_split(classes, list, count);
        sla_classes_split(classes, list, count); /* once more changes nothing */
    }
}

/* Two resources share a class exactly when they are in the same lists. */
static void resources_of_the_same_lists_are_one_class(void)
{
    for (unsigned round = 0; round < ROUNDS; round++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        struct sla_classes classes;
        unsigned lists[RESOURCES] = { 0 };
        unsigned wrong = 0;
        uint32_t largest = 0;
        sla_classes_init(&classes, &arena, RESOURCES);
        split_at_random(&classes, lists);
        for (size_t i = 0; i < RESOURCES; i++) {
            largest = classes.of[i] > largest ? classes.of[i] : largest;
            for (size_t j = 0; j < RESOURCES; j++) {
                wrong += (classes.of[i] == classes.of[j]) != (lists[i] == lists[j]);
            }
        }
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(largest + 1, classes.count);
    }
}

static CU_TestInfo tests[] = {
    { "without resources there is no class", without_resources_there_is_no_class },
    { "resources of the same lists are one class", resources_of_the_same_lists_are_one_class },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "classes of resources", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
