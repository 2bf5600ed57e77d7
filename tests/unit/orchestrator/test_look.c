/* Facts that change cause another look at what has no answer; the same facts do not. */
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

static void begin_without_capabilities(void)
{
    scene_begin();
    core.capability_count = 0;
}

/* Enough of them for a few incidents. */
static void sweeps(void)
{
    for (int i = 0; i < 4; i++) {
        clock_virtual_advance(&virtual_time, CORE_SWEEP_MS * INT64_C(1000));
        scene_sweep();
    }
}

static void a_hello_leads_to_the_plan_that_was_impossible(void)
{
    begin_without_capabilities();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED);
    scene_hello("node-1", "network.deny");
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(scene_journal_rows("node.capabilities"), 1);
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 2);
}

static void the_same_refusal_stays_one_record(void)
{
    begin_without_capabilities();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_detect("port-scan", SEVERITY_CRITICAL, 2); /* another incident? no: the same, graver */
    for (int i = 0; i < 5; i++) {
        scene_hello("node-1", "");
        sweeps();
    }
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 1);
    CU_ASSERT_EQUAL(scene_journal_rows("plan.refused"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("plan.impossible"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("node.capabilities"), 0);
}

static void what_a_node_can_do_is_known_after_a_restart(void)
{
    begin_without_capabilities();
    scene_hello("node-1", "network.deny word.of-a-newer-agent");
    scene_restart();
    CU_ASSERT_EQUAL_FATAL(core.capability_count, 1);
    CU_ASSERT_EQUAL(core.capabilities[0].kind, ACTION_NETWORK_DENY);
    CU_ASSERT_STRING_EQUAL(core.capabilities[0].node, "node-1");
    scene_hello("node-1", "");
    CU_ASSERT_EQUAL(core.capability_count, 0);
    scene_restart();
    CU_ASSERT_EQUAL(core.capability_count, 0);
}

static void what_no_service_may_do_is_no_capability(void)
{
    begin_without_capabilities();
    scene_hello("node-1", "data.freeze network.deny");
    CU_ASSERT_EQUAL(core.capability_count, 1);
}

static void a_restart_looks_at_what_is_open(void)
{
    begin_without_capabilities();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_hello("node-1", "network.deny"); /* and redand dies before its next sweep */
    scene_restart();
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
}

/* The order was never answered; once the node is back, it is asked again. */
static void a_node_that_comes_back_is_asked_again(void)
{
    struct step_record *steps = NULL;

    begin_without_capabilities();
    scene_can("node-1", ACTION_NETWORK_DENY);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000));
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED);
    scene_hello("node-1", "network.deny");
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 3);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    /* what the node says it cannot do is left out, however often it says HELLO */
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    scene_answer(&steps[0], COMMAND_DO, COMMAND_FAILED);
    for (int i = 0; i < 3; i++) {
        scene_hello("node-1", "network.deny");
        sweeps();
    }
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 4);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED);
}

/* It says HELLO, and again, but not what became of the order: whoever never answers is no way. */
static void a_node_that_never_answers_is_left_out(void)
{
    begin_without_capabilities();
    scene_hello("node-1", "network.deny");
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    clock_virtual_advance(&virtual_time, CORE_COMMAND_LIFE_MS / 2 * INT64_C(1000));
    scene_hello("node-1", "network.deny"); /* the order went to it once more */
    sweeps();
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS / 2 + 1) * INT64_C(1000));
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED); /* not the same order again */
}

/* One that keeps an order unanswered cannot, by saying HELLO all the time, stop all planning. */
static void a_node_that_says_hello_all_the_time_keeps_nobody_waiting(void)
{
    begin_without_capabilities();
    scene_can("node-1", ACTION_NETWORK_DENY);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000));
    sweeps();
    uint64_t looks = core.counters.looks;
    for (int i = 0; i < 100; i++) {
        clock_virtual_advance(&virtual_time, CORE_SWEEP_MS * INT64_C(1000));
        scene_hello("node-1", "network.deny");
        scene_sweep();
    }
    CU_ASSERT_TRUE(core.counters.looks > looks);
}

/* It had done it all the while: its word comes before another look could order the same twice. */
static void a_node_that_comes_back_is_heard_first(void)
{
    struct step_record *steps = NULL;

    begin_without_capabilities();
    scene_can("node-1", ACTION_NETWORK_DENY);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000));
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(1, &steps), 1);
    int64_t enforced_us = virtual_time.wall_us;
    scene_hello("node-1", "network.deny");
    scene_sweep();
    scene_answer(&steps[0], COMMAND_DO, COMMAND_DONE);
    sweeps();
    sweeps();
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(seen.incidents[0].enforced_us, enforced_us); /* read back then, not now */
}

static void other_slas_lead_to_another_look(void)
{
    scene_begin();
    scene_detect("port-scan", SEVERITY_HIGH, 1);
    scene_sweep();
    uint64_t looks = core.counters.looks;
    scene_sweep();
    CU_ASSERT_EQUAL(core.counters.looks, looks);
    ASSERT_OK(progress_world_changed(&core));
    scene_sweep();
    CU_ASSERT_EQUAL(core.counters.looks, looks + 1);
}

static void looks_are_few_at_a_time(void)
{
    enum { INCIDENTS = 40, AT_ONCE = 16 };

    begin_without_capabilities();
    for (uint64_t i = 0; i < INCIDENTS; i++) {
        scene_attacker = arena_printf(&arena, "10.99.1.%u", (unsigned)i + 1).ptr;
        scene_detect("ssh-bruteforce", SEVERITY_HIGH, i + 1);
    }
    scene_hello("node-1", "network.deny");
    uint64_t looks = core.counters.looks;
    uint64_t before = looks;
    for (int i = 0; i < 5; i++) {
        scene_sweep();
        CU_ASSERT_TRUE(core.counters.looks - looks <= AT_ONCE);
        looks = core.counters.looks;
    }
    CU_ASSERT_EQUAL(looks - before, INCIDENTS);
    CU_ASSERT_EQUAL(core.counters.plans, INCIDENTS);
}

/* Those that are contained are many for as long as their leases last. */
static void what_is_contained_keeps_no_open_one_waiting(void)
{
    enum { CONTAINED = 160 };

    begin_without_capabilities();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    struct incident_record contained = scene_incident();
    ASSERT_OK(turn_join(&core));
    for (int i = 0; i < CONTAINED; i++) {
        contained.id = core_new_id(&core);
        contained.key = slice_from(contained.id.text);
        contained.state = INCIDENT_CONTAINED;
        ASSERT_OK(knowledge_put_incident(core.knowledge, &contained));
    }
    scene_hello("node-1", "network.deny");
    uint64_t looks = core.counters.looks;
    scene_sweep();
    CU_ASSERT_EQUAL(core.counters.looks, looks + 1);
}

static CU_TestInfo tests[] = {
    { "a HELLO leads to the plan that was impossible",
      a_hello_leads_to_the_plan_that_was_impossible },
    { "the same refusal stays one record", the_same_refusal_stays_one_record },
    { "what a node can do is known after a restart", what_a_node_can_do_is_known_after_a_restart },
    { "what no service may do is no capability", what_no_service_may_do_is_no_capability },
    { "a restart looks at what is open", a_restart_looks_at_what_is_open },
    { "a node that comes back is asked again", a_node_that_comes_back_is_asked_again },
    { "a node that never answers is left out", a_node_that_never_answers_is_left_out },
    { "a node that says HELLO all the time keeps nobody waiting",
      a_node_that_says_hello_all_the_time_keeps_nobody_waiting },
    { "a node that comes back is heard first", a_node_that_comes_back_is_heard_first },
    { "other SLAs lead to another look", other_slas_lead_to_another_look },
    { "what is contained keeps no open one waiting", what_is_contained_keeps_no_open_one_waiting },
    { "looks are few at a time", looks_are_few_at_a_time },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "look", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
