#include <string.h>

#include "planner/legality.h"
#include "tests/suite.h"
#include "tests/unit/planner/world.h"

static struct world world;
static struct arena arena;
static struct plan *plan;
static struct legality legality;

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

/* A legal plan on three planes, for the tests to spoil. */
static void begin(void)
{
    arena_reset(&arena);
    world_init(&world);
    world.problem.incident.rule = SLICE("ssh-guessed");
    world.problem.goals =
        GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT | GOAL_PROTECT_DATA;
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
}

static void check(void)
{
    legality_check(&arena, &world.problem, plan, &legality);
}

static size_t step_of(enum action_kind kind)
{
    for (size_t i = 0; i < plan->step_count; i++) {
        if (plan->steps[i].action.kind == kind) {
            return i;
        }
    }
    return 0;
}

static void the_planners_own_plan_is_legal(void)
{
    begin();
    check();
    CU_ASSERT_TRUE(legality.legal);
    CU_ASSERT_EQUAL(legality.count, 0);
}

static void spoil_base(void)
{
    plan->base_digest[0] = 'b';
}

static void spoil_count(void)
{
    plan->step_count = PLAN_STEPS_MAX + 1;
}

static void spoil_cycle(void)
{
    plan->steps[0].after = 1;
}

static void spoil_action(void)
{
    plan->steps[0].action.node[0] = '\0';
}

static void spoil_resource_index(void)
{
    plan->steps[0].resource = 99;
}

static void spoil_other_unit(void)
{
    struct plan_step *step = &plan->steps[step_of(ACTION_DATA_FREEZE)];

    step->resource = 3;
    slice_to_cstr(SLICE("lab"), step->action.resource, sizeof(step->action.resource));
}

static void spoil_handle(void)
{
    struct plan_step *step = &plan->steps[step_of(ACTION_DATA_FREEZE)];

    slice_to_cstr(SLICE("lab"), step->action.resource, sizeof(step->action.resource));
}

static void spoil_other_source(void)
{
    plan->steps[step_of(ACTION_NETWORK_DENY)].action.source = world_address("10.99.0.3");
}

static void spoil_authority(void)
{
    plan->steps[0].authority = SLICE("private-dc");
}

static void spoil_forbidden(void)
{
    world_rule(&world, POLICY_RULE_FORBID, ACTION_NETWORK_DENY, 0, "hospital-a",
               (struct clause_ref){ .clause = SLICE("no-cut"), .party = SLICE("ward") });
}

static void spoil_approval(void)
{
    plan->approval = APPROVAL_NONE;
}

static void spoil_corroboration(void)
{
    world.problem.incident.source_corroborated = false;
}

static void spoil_protected(void)
{
    world.assets[0].network = world_address("10.99.0.0/24");
}

static void spoil_capability(void)
{
    world.problem.capability_count = 1;
}

static void spoil_lease(void)
{
    plan->steps[0].action.lease.duration_ms = WORLD_LEASE_MS + 1;
}

/* Somebody else agrees to less: the plan claims the longer one. */
static void spoil_shortest_lease(void)
{
    world.reactions[0].rule = SLICE("ssh-guessed");
    world.reactions[0].lease_ms = WORLD_LEASE_MS - 1;
}

static void spoil_blast(void)
{
    world.problem.max_blast = 2;
}

static void spoil_order(void)
{
    plan->steps[step_of(ACTION_COMPUTE_SUSPEND)].after = 0;
}

static void spoil_precondition(void)
{
    world.controls[0] = (struct planner_control){ .kind = ACTION_COMPUTE_SUSPEND,
                                                  .node = SLICE("node-2"),
                                                  .resource = SLICE("test") };
    world.problem.control_count = 1;
}

static void spoil_budget(void)
{
    static const struct planner_spent spent[] = { { .objective = 0, .spent_ms = 200000 } };

    world.problem.spent = spent;
    world.problem.spent_count = 1;
}

struct spoiled {
    void (*spoil)(void);
    enum legality_rule rule;
    const char *name;
};

static void every_spoiled_plan_is_refused_for_its_reason(void)
{
    static const struct spoiled rows[] = {
        { spoil_base, LEGALITY_BASE, "base" },
        { spoil_count, LEGALITY_SHAPE, "shape" },
        { spoil_cycle, LEGALITY_SHAPE, "shape" },
        { spoil_action, LEGALITY_SHAPE, "shape" },
        { spoil_resource_index, LEGALITY_RESOURCE, "resource" },
        { spoil_other_unit, LEGALITY_RESOURCE, "resource" },
        { spoil_handle, LEGALITY_RESOURCE, "resource" },
        { spoil_other_source, LEGALITY_RESOURCE, "resource" },
        { spoil_authority, LEGALITY_AUTHORITY, "authority" },
        { spoil_forbidden, LEGALITY_AUTHORITY, "authority" },
        { spoil_approval, LEGALITY_AUTHORITY, "authority" },
        { spoil_corroboration, LEGALITY_SOURCE, "source" },
        { spoil_protected, LEGALITY_PROTECTED, "protected-asset" },
        { spoil_capability, LEGALITY_CAPABILITY, "capability" },
        { spoil_lease, LEGALITY_LEASE, "lease" },
        { spoil_shortest_lease, LEGALITY_LEASE, "lease" },
        { spoil_blast, LEGALITY_BLAST, "blast-radius" },
        { spoil_order, LEGALITY_ORDER, "order" },
        { spoil_precondition, LEGALITY_ORDER, "order" },
        { spoil_budget, LEGALITY_AVAILABILITY, "availability" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin();
        rows[i].spoil();
        check();
        CU_ASSERT_FALSE(legality.legal);
        CU_ASSERT_FATAL(legality.count > 0);
        bool seen = false;
        for (size_t j = 0; j < legality.count; j++) {
            seen = seen || legality.findings[j].rule == rows[i].rule;
            CU_ASSERT(legality.findings[j].why.len > 0);
        }
        suite_check(seen, rows[i].name, __FILE__, __LINE__);
        ASSERT_TEXT(slice_from(legality_rule_name(rows[i].rule)), rows[i].name);
    }
}

static void findings_are_bounded(void)
{
    begin();
    for (size_t i = 0; i < plan->step_count; i++) {
        plan->steps[i].resource = 99;
    }
    check();
    CU_ASSERT(legality.count <= LEGALITY_FINDINGS_MAX);
    CU_ASSERT_FALSE(legality.legal);
    ASSERT_TEXT(slice_from(legality_rule_name((enum legality_rule)99)), "unknown");
}

static CU_TestInfo tests[] = {
    { "the planner's own plan is legal", the_planners_own_plan_is_legal },
    { "every spoiled plan is refused for its reason",
      every_spoiled_plan_is_refused_for_its_reason },
    { "findings are bounded", findings_are_bounded },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "legality", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
