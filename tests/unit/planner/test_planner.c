#include "planner/contract.h"
#include "tests/suite.h"
#include "tests/unit/planner/world.h"

static struct world world;
static struct arena arena;

static int set_up(void)
{
    world_init(&world);
    return 0;
}

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

static void begin(void)
{
    arena_reset(&arena);
    world_init(&world);
}

static const struct plan_candidate *candidate(const struct plan *plan, const char *name)
{
    for (size_t i = 0; i < plan->candidate_count; i++) {
        if (slice_is(plan->candidates[i].name, name)) {
            return &plan->candidates[i];
        }
    }
    return NULL;
}

static void the_cheapest_response_that_contains_wins(void)
{
    struct plan *plan = NULL;

    begin();
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL_FATAL(plan->step_count, 1);
    CU_ASSERT_EQUAL(plan->steps[0].action.kind, ACTION_NETWORK_DENY);
    ASSERT_TEXT(slice_from(plan->steps[0].action.node), "node-1");
    CU_ASSERT_EQUAL(plan->steps[0].action.lease.duration_ms, WORLD_LEASE_MS);
    CU_ASSERT_EQUAL(plan->cost.availability_ms, 0);
    CU_ASSERT_EQUAL(cost_cmp(&plan->cost, &plan->lower_bound), 0);
    CU_ASSERT_EQUAL(plan->within_ms, 5000);
    CU_ASSERT_EQUAL(plan->approval, APPROVAL_NONE);
    const struct plan_candidate *dearer = candidate(plan, "network.isolate app-1");
    CU_ASSERT_PTR_NOT_NULL_FATAL(dearer);
    CU_ASSERT_EQUAL(dearer->verdict, CANDIDATE_DEARER);
    CU_ASSERT_EQUAL(dearer->cost.availability_ms, WORLD_LEASE_MS);
    ASSERT_TEXT(dearer->reason, "dearer: 60000 ms of lost availability");
    CU_ASSERT_EQUAL(plan->candidate_count, 3);
    CU_ASSERT_EQUAL(candidate(plan, "compute.suspend pacs-vm")->verdict, CANDIDATE_DEARER);
}

static void without_the_cheapest_the_next_is_taken(void)
{
    struct plan *plan = NULL;

    begin();
    world.problem.capabilities = &world.capabilities[1]; /* no network.deny on node-1 */
    world.problem.capability_count = 4;
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL_FATAL(plan->step_count, 1);
    CU_ASSERT_EQUAL(plan->steps[0].action.kind, ACTION_NETWORK_ISOLATE);
    ASSERT_TEXT(candidate(plan, "network.deny 10.99.0.2 on app-1")->reason,
                "node `node-1` cannot do it");
}

static void a_resource_without_a_node_is_left_alone(void)
{
    struct plan *plan = NULL;

    begin();
    world.resources[1].node = (struct slice){ 0 };
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    ASSERT_TEXT(candidate(plan, "compute.suspend pacs-vm")->reason,
                "it names no node: no agent reaches it");
}

static void three_planes_keep_the_evidence_before_the_pause(void)
{
    struct plan *plan = NULL;
    size_t snapshot = SIZE_MAX;
    size_t suspend = SIZE_MAX;

    begin();
    world.problem.incident.rule = SLICE("ssh-guessed");
    world.problem.goals =
        GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT | GOAL_PROTECT_DATA;
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL_FATAL(plan->step_count, 4);
    CU_ASSERT_EQUAL(plan->steps[0].action.kind, ACTION_NETWORK_DENY);
    for (size_t i = 0; i < plan->step_count; i++) {
        snapshot = plan->steps[i].action.kind == ACTION_COMPUTE_SNAPSHOT ? i : snapshot;
        suspend = plan->steps[i].action.kind == ACTION_COMPUTE_SUSPEND ? i : suspend;
    }
    CU_ASSERT_FATAL(snapshot < suspend && suspend < plan->step_count);
    CU_ASSERT_EQUAL(plan->steps[suspend].after, UINT32_C(1) << snapshot);
    CU_ASSERT_EQUAL(plan->steps[snapshot].after, 0);
    CU_ASSERT_EQUAL(plan->approval, APPROVAL_ONE);
    CU_ASSERT_EQUAL(plan->goals_unmet, 0);
    ASSERT_TEXT(slice_from(plan->steps[suspend].action.resource), "test");
}

static void what_holds_already_is_not_done_again(void)
{
    struct plan *plan = NULL;

    begin();
    world.controls[0] = (struct planner_control){ .kind = ACTION_NETWORK_DENY,
                                                  .node = SLICE("node-1"),
                                                  .source = world_address("10.99.0.2") };
    world.problem.control_count = 1;
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL(plan->step_count, 0);
    ASSERT_TEXT(candidate(plan, "network.deny 10.99.0.2 on app-1")->reason, "in force already");
    /* another source's ban does not help */
    world.controls[0].source = world_address("10.99.0.9");
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL(plan->step_count, 1);
}

static void a_domain_paused_earlier_cannot_be_snapshot_but_the_rest_goes_on(void)
{
    struct plan *plan = NULL;

    begin();
    world.problem.incident.rule = SLICE("ssh-guessed");
    world.problem.goals = GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT;
    world.controls[0] = (struct planner_control){ .kind = ACTION_COMPUTE_SUSPEND,
                                                  .node = SLICE("node-2"),
                                                  .resource = SLICE("test") };
    world.problem.control_count = 1;
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL(plan->step_count, 1);
    CU_ASSERT_EQUAL(plan->goals_unmet, 1);
}

struct refusal {
    const char *rule;
    const char *source;
    bool corroborated;
    const char *reason; /* of network.deny */
};

static void nobody_is_cut_on_a_logs_word_nor_a_protected_asset(void)
{
    static const struct refusal rows[] = {
        { "ssh-guessed", "10.99.0.3", false,
          "the kernel did not see this source: only the log names it" },
        { "ssh-guessed", "10.98.0.1", true,
          "would cut the protected asset 10.98.0.0/24 (management link)" },
        { "ssh-guessed", NULL, true, "no source address is known" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plan *plan = NULL;
        begin();
        world.problem.incident.rule = slice_from(rows[i].rule);
        world.problem.goals = GOAL_CUT_SOURCE;
        world.problem.incident.source_corroborated = rows[i].corroborated;
        world.problem.incident.source =
            rows[i].source != NULL ? world_address(rows[i].source) : (struct address){ 0 };
        ASSERT_CODE(planner_solve(&arena, &world.problem, &plan), STATUS_DENIED);
        CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
        CU_ASSERT_EQUAL(plan->step_count, 0);
        ASSERT_TEXT(plan->candidates[0].reason, rows[i].reason);
    }
}

static void a_rule_that_forbids_the_party_refuses(void)
{
    const struct clause_ref clause = { .clause = SLICE("no-cut"), .party = SLICE("ward") };
    struct plan *plan = NULL;

    begin();
    world_rule(&world, POLICY_RULE_OTHERS, ACTION_NETWORK_DENY, 0, NULL, clause);
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL(plan->steps[0].action.kind, ACTION_NETWORK_ISOLATE);
    ASSERT_TEXT(candidate(plan, "network.deny 10.99.0.2 on app-1")->reason,
                "forbidden by `no-cut` of ward");
    world_rule(&world, POLICY_RULE_PERMIT, ACTION_NETWORK_DENY, 0, "hospital-a", clause);
    world_rule(&world, 0, ACTION_NETWORK_DENY, 0, NULL, clause);
    ASSERT_OK(planner_solve(&arena, &world.problem, &plan));
    CU_ASSERT_EQUAL(plan->steps[0].action.kind, ACTION_NETWORK_DENY);
}

static void unknown_nodes_and_rules_are_said(void)
{
    struct plan *plan = NULL;

    begin();
    world.problem.incident.node = SLICE("node-9");
    ASSERT_CODE(planner_solve(&arena, &world.problem, &plan), STATUS_NOT_FOUND);
    begin();
    world.problem.incident.rule = SLICE("port-scan");
    ASSERT_CODE(planner_solve(&arena, &world.problem, &plan), STATUS_NOT_FOUND);
}

static void a_spent_budget_is_said_and_the_plan_still_serves_the_goals(void)
{
    struct plan *plan = NULL;

    begin();
    world.problem.incident.rule = SLICE("ssh-guessed");
    world.problem.goals =
        GOAL_CUT_SOURCE | GOAL_KEEP_EVIDENCE | GOAL_QUIET_UNIT | GOAL_PROTECT_DATA;
    world.problem.max_expansions = 1;
    struct status solved = planner_solve(&arena, &world.problem, &plan);
    CU_ASSERT_PTR_NOT_NULL_FATAL(plan);
    CU_ASSERT_TRUE(plan->work_exhausted);
    CU_ASSERT_EQUAL(plan->expansions, 1);
    if (solved.code == STATUS_OK) {
        CU_ASSERT(plan->step_count >= 3);
        CU_ASSERT(cost_cmp(&plan->lower_bound, &plan->cost) <= 0);
    }
}

static void same_inputs_give_the_same_plan(void)
{
    struct plan *one = NULL;
    struct plan *two = NULL;

    begin();
    world.problem.incident.rule = SLICE("ssh-guessed");
    world.problem.goals = GOAL_CUT_SOURCE | GOAL_QUIET_UNIT | GOAL_PROTECT_DATA;
    ASSERT_OK(planner_solve(&arena, &world.problem, &one));
    ASSERT_OK(planner_solve(&arena, &world.problem, &two));
    CU_ASSERT_EQUAL_FATAL(one->step_count, two->step_count);
    for (size_t i = 0; i < one->step_count; i++) {
        CU_ASSERT_TRUE(action_same_effect(&one->steps[i].action, &two->steps[i].action));
        CU_ASSERT_EQUAL(one->steps[i].after, two->steps[i].after);
    }
    CU_ASSERT_EQUAL(one->expansions, two->expansions);
}

static void a_unit_that_is_too_large_is_refused(void)
{
    static struct resource many[PLANNER_RESOURCES_MAX + 1];
    struct plan *plan = NULL;

    begin();
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        many[i] = world.resources[0];
    }
    world.set.resources = many;
    world.set.resource_count = COUNT_OF(many);
    ASSERT_CODE(planner_solve(&arena, &world.problem, &plan), STATUS_EXHAUSTED);
}

static CU_TestInfo tests[] = {
    { "the cheapest response that contains wins", the_cheapest_response_that_contains_wins },
    { "without the cheapest the next is taken", without_the_cheapest_the_next_is_taken },
    { "a resource without a node is left alone", a_resource_without_a_node_is_left_alone },
    { "three planes keep the evidence before the pause",
      three_planes_keep_the_evidence_before_the_pause },
    { "what holds already is not done again", what_holds_already_is_not_done_again },
    { "a domain paused earlier cannot be snapshot but the rest goes on",
      a_domain_paused_earlier_cannot_be_snapshot_but_the_rest_goes_on },
    { "nobody is cut on a log's word, nor a protected asset",
      nobody_is_cut_on_a_logs_word_nor_a_protected_asset },
    { "a rule that forbids the party refuses", a_rule_that_forbids_the_party_refuses },
    { "unknown nodes and rules are said", unknown_nodes_and_rules_are_said },
    { "a spent budget is said and the plan still serves the goals",
      a_spent_budget_is_said_and_the_plan_still_serves_the_goals },
    { "same inputs give the same plan", same_inputs_give_the_same_plan },
    { "a unit that is too large is refused", a_unit_that_is_too_large_is_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "planner", set_up, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
