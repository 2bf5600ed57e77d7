#include "orchestrator/manager.h"
#include "planner/planner.h"
#include "tests/suite.h"

enum { ALL_PLANES = 1U << PLANE_COMPUTE | 1U << PLANE_DATA | 1U << PLANE_NETWORK };

struct row {
    enum severity severity;
    bool has_source, corroborated;
    uint32_t planes;
    uint32_t goals;
    size_t wishes;
};

static void wishes_follow_the_gravity_and_stay_in_scope(void)
{
    static const struct row rows[] = {
        { SEVERITY_LOW, true, true, ALL_PLANES, 0, 0 },
        { SEVERITY_HIGH, false, true, ALL_PLANES, 0, 0 },
        { SEVERITY_HIGH, true, true, ALL_PLANES, GOAL_STOP_ATTACK, 1 },
        { SEVERITY_CRITICAL, true, false, ALL_PLANES, GOAL_STOP_ATTACK, 1 },
        { SEVERITY_CRITICAL, true, true, ALL_PLANES,
          GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT | GOAL_PROTECT_DATA, 2 },
        { SEVERITY_CRITICAL, true, true, 1U << PLANE_NETWORK, GOAL_CUT_SOURCE, 1 },
        { SEVERITY_CRITICAL, false, true, 1U << PLANE_DATA, GOAL_PROTECT_DATA, 1 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arbitration got;
        const struct manager_input input = { .rule = SLICE("r"),
                                             .severity = rows[i].severity,
                                             .has_source = rows[i].has_source,
                                             .corroborated = rows[i].corroborated,
                                             .planes = rows[i].planes };
        arbiter_join(&input, &got);
        CU_ASSERT_EQUAL(got.goals, rows[i].goals);
        CU_ASSERT_EQUAL(got.wish_count, rows[i].wishes);
        for (size_t j = 0; j < got.wish_count; j++) {
            CU_ASSERT_PTR_NOT_NULL(got.wishes[j].output.why);
        }
    }
}

static void every_manager_has_a_name_and_a_scope(void)
{
    size_t count = 0;
    const struct manager *table = manager_table(&count);

    CU_ASSERT(count >= 2 && count <= MANAGERS_MAX);
    for (size_t i = 0; i < count; i++) {
        CU_ASSERT_PTR_NOT_NULL(table[i].name);
        CU_ASSERT_NOT_EQUAL(table[i].scope.planes, 0);
    }
}

static CU_TestInfo tests[] = {
    { "wishes follow the gravity and stay in scope", wishes_follow_the_gravity_and_stay_in_scope },
    { "every manager has a name and a scope", every_manager_has_a_name_and_a_scope },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "manager", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
