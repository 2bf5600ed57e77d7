#include "planner/search.h"
#include "tests/suite.h"

static struct arena arena;

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

static struct grounded action(uint64_t needs, uint64_t adds, uint64_t removes, int64_t availability)
{
    return (struct grounded){ .contract = contract_of(ACTION_NETWORK_DENY),
                              .needs = needs,
                              .adds = adds,
                              .removes = removes,
                              .cost = { .availability_ms = availability, .blast = 1 },
                              .usable = true };
}

static void an_unneeded_step_is_not_taken(void)
{
    struct grounded actions[] = { action(0, 1, 0, 5), action(0, 2, 0, 1), action(0, 4, 0, 9) };
    struct search_result found;

    search_run(&arena, actions, 3, 0, 1 | 2, 1000, &found);
    CU_ASSERT_TRUE(found.solved);
    CU_ASSERT_EQUAL(found.length, 2);
    CU_ASSERT_EQUAL(found.cost.availability_ms, 6);
    CU_ASSERT_FALSE(found.exhausted);
}

static void a_dear_first_step_may_be_the_only_way(void)
{
    /* goal 4 needs 2, which only the dear action gives; 2 is removed by the way to goal 1 */
    struct grounded actions[] = { action(2, 1, 2, 1), action(0, 2, 0, 50), action(2, 4, 0, 1) };
    struct search_result found;

    search_run(&arena, actions, 3, 0, 1 | 4, 1000, &found);
    CU_ASSERT_TRUE(found.solved);
    CU_ASSERT_EQUAL(found.length, 3);
    CU_ASSERT_EQUAL(found.path[0], 1);
    CU_ASSERT_EQUAL(found.path[2], 0);
    CU_ASSERT_EQUAL(found.cost.availability_ms, 52);
    CU_ASSERT_EQUAL(cost_cmp(&found.cost, &found.lower_bound), 0);
}

static void no_way_is_no_plan(void)
{
    struct grounded actions[] = { action(8, 1, 0, 1) };
    struct search_result found;

    search_run(&arena, actions, 1, 0, 1, 1000, &found);
    CU_ASSERT_FALSE(found.solved);
    CU_ASSERT_FALSE(found.exhausted);
    search_run(&arena, actions, 1, 1, 1, 1000, &found);
    CU_ASSERT_TRUE(found.solved);
    CU_ASSERT_EQUAL(found.length, 0);
}

/* Every cost of a sequence by brute force, to hold A* to the optimum. */
/* NOLINTNEXTLINE(misc-no-recursion): `depth` bounds it */
static int64_t cheapest(const struct grounded *actions, size_t count, uint64_t state,
                        uint64_t goals, unsigned depth)
{
    int64_t best = INT64_MAX;

    if ((state & goals) == goals) {
        return 0;
    }
    for (size_t i = 0; depth > 0 && i < count; i++) {
        if ((state & actions[i].needs) != actions[i].needs) {
            continue;
        }
        int64_t rest = cheapest(actions, count, (state & ~actions[i].removes) | actions[i].adds,
                                goals, depth - 1);
        if (rest != INT64_MAX && rest + actions[i].cost.availability_ms < best) {
            best = rest + actions[i].cost.availability_ms;
        }
    }
    return best;
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 16;
}

static void random_problems_are_solved_at_the_least_cost(void)
{
    uint32_t seed = 7;

    for (unsigned round = 0; round < 300; round++) {
        struct grounded actions[5];
        struct search_result found;
        for (size_t i = 0; i < COUNT_OF(actions); i++) {
            uint64_t adds = UINT64_C(1) << (next_random(&seed) % 4);
            adds |= UINT64_C(1) << (next_random(&seed) % 4); /* may serve both goals */
            actions[i] = action(UINT64_C(1) << (next_random(&seed) % 8) & 15, adds,
                                UINT64_C(1) << (next_random(&seed) % 8) & 15 & ~adds,
                                (int64_t)(next_random(&seed) % 20));
        }
        search_run(&arena, actions, COUNT_OF(actions), 1, 2 | 4, 5000, &found);
        int64_t best = cheapest(actions, COUNT_OF(actions), 1, 2 | 4, 5);
        CU_ASSERT_EQUAL(found.solved, best != INT64_MAX);
        if (found.solved) {
            CU_ASSERT_EQUAL(found.cost.availability_ms, best);
        }
        arena_reset(&arena);
    }
}

static void costs_compare_tier_by_tier(void)
{
    struct cost cheap = { .availability_ms = 1, .money_micro = 1000000 };
    struct cost dear = { .availability_ms = 2 };

    CU_ASSERT(cost_cmp(&cheap, &dear) < 0);
    CU_ASSERT(cost_cmp(&dear, &cheap) > 0);
    dear.availability_ms = 1;
    CU_ASSERT(cost_cmp(&cheap, &dear) > 0);
    CU_ASSERT_EQUAL(cost_cmp(&cheap, &cheap), 0);
}

static CU_TestInfo tests[] = {
    { "an unneeded step is not taken", an_unneeded_step_is_not_taken },
    { "a dear first step may be the only way", a_dear_first_step_may_be_the_only_way },
    { "no way is no plan", no_way_is_no_plan },
    { "random problems are solved at the least cost",
      random_problems_are_solved_at_the_least_cost },
    { "costs compare tier by tier", costs_compare_tier_by_tier },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "search", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
