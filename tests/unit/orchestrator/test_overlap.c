/* Two incidents that want the same of one domain: each holds it for itself, on a plane that keeps
 * both, and what both take away is taken away once. */
#include "planes/fake/fake_plane.h"
#include "tests/fakes/plane_driver.h"
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

static struct fake_world *worlds[PLANE_KINDS];
static struct plane *planes[PLANE_KINDS];
static struct clock_source plane_clock;

static void begin(void)
{
    scene_begin();
    plane_clock = clock_virtual_source(&virtual_time);
    for (int kind = 0; kind < PLANE_KINDS; kind++) {
        const struct fake_world_spec spec = { (enum plane_kind)kind, &plane_clock, true };
        worlds[kind] = fake_world_new(&spec);
        ASSERT_OK(fake_plane_open(worlds[kind], &planes[kind]));
    }
}

static void end(void)
{
    for (int kind = 0; kind < PLANE_KINDS; kind++) {
        plane_close(&planes[kind]);
        fake_world_free(worlds[kind]);
        worlds[kind] = NULL;
    }
    scene_end_test();
}

/* As an agent would; nothing when no order is under way. */
static void obey(const struct step_record *step)
{
    struct command_record command = { .state = COMMAND_STATE_DONE };
    struct plane *plane = planes[action_type(step->action.kind)->plane];

    if (step->command.text[0] != '\0') {
        ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge),
                                        slice_from(step->command.text), &arena, &command));
    }
    if (command_state_is_final(command.state)) {
        return;
    }
    if (command.verb == COMMAND_DO) {
        ASSERT_OK(drive_apply(plane, &step->action));
    } else {
        ASSERT_OK(drive_undo(plane, &step->action));
    }
    scene_answer(step, command.verb, COMMAND_DONE);
    scene_end_turn();
}

/* Until nothing is under way. */
static void work(void)
{
    for (int round = 0; round < 8; round++) {
        scene_look();
        for (size_t plan = 0; plan < seen.plan_count; plan++) {
            struct step_record *steps = NULL;
            size_t count = scene_steps_of(plan, &steps);
            for (size_t i = 0; i < count; i++) {
                obey(&steps[i]);
            }
        }
    }
    scene_look();
}

static bool is_held(enum action_kind kind, const char *resource)
{
    struct action action = { .kind = kind, .node = "node-2" };

    slice_to_cstr(slice_from(resource), action.resource, sizeof(action.resource));
    return fake_world_holds(worlds[action_type(kind)->plane], &action);
}

static void two_break_ins(void)
{
    begin();
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 1);
    work();
    scene_attacker = "10.99.0.66";
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    work();
    CU_ASSERT_EQUAL_FATAL(seen.incident_count, 2);
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
}

static void undo(size_t plan)
{
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_undo(&core, slice_from(seen.plans[plan].id.text), SLICE("a test")));
    work();
}

static void the_second_orders_its_own_holds(void)
{
    struct step_record *steps = NULL;

    two_break_ins();
    CU_ASSERT_EQUAL(scene_steps_of(0, &steps), 4);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(seen.incidents[0].mttr, OBJECTIVE_MET);
    CU_ASSERT_TRUE(seen.incidents[0].enforced_us > seen.incidents[0].detected_us);
}

static void undoing_the_first_leaves_the_second_in_force(void)
{
    two_break_ins();
    undo(1);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_UNDONE);
    CU_ASSERT_EQUAL(seen.incidents[1].state, INCIDENT_CLOSED);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    CU_ASSERT_TRUE(is_held(ACTION_COMPUTE_SUSPEND, "test"));
    CU_ASSERT_TRUE(is_held(ACTION_COMPUTE_SNAPSHOT, "test"));
    CU_ASSERT_TRUE(is_held(ACTION_DATA_FREEZE, "studies"));
    undo(0);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
    CU_ASSERT_FALSE(is_held(ACTION_COMPUTE_SUSPEND, "test"));
    CU_ASSERT_FALSE(is_held(ACTION_DATA_FREEZE, "studies"));
}

/* Six hours of pauses one after the other would be more than the objective's 3.6 hours. */
static void what_two_hold_at_once_is_spent_once(void)
{
    begin();
    for (uint64_t i = 0; i < 6; i++) {
        scene_attacker = arena_printf(&arena, "10.99.1.%u", (unsigned)i + 1).ptr;
        scene_detect("ssh-guessed", SEVERITY_CRITICAL, i + 1);
        work();
    }
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 6);
    for (size_t i = 0; i < seen.plan_count; i++) {
        CU_ASSERT_EQUAL(seen.plans[i].state, PLAN_DONE);
    }
}

static void an_incident_orders_nothing_twice(void)
{
    two_break_ins();
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 3);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 4);
    look_again(&core);
    scene_sweep();
    work();
    CU_ASSERT_EQUAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.incident_count, 2);
}

/* The first incident's ban was undone but could not be taken back; then the source came again. */
static void a_ban_of_the_same_source_is_ordered_again_by_a_new_incident(void)
{
    struct step_record *steps = NULL;

    begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    work();
    ASSERT_OK(turn_join(&core));
    struct incident_record closed = seen.incidents[0];
    ASSERT_OK(knowledge_get_incident(knowledge_reading(core.knowledge), slice_from(closed.id.text),
                                     &arena, &closed));
    closed.state = INCIDENT_CLOSED;
    ASSERT_OK(knowledge_put_incident(core.knowledge, &closed));
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 2);
    work();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL(steps[0].action.kind, ACTION_NETWORK_DENY);
    undo(1);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &steps[0].action));
}

/* Freezes of other days, a second each. */
static void put_past_freezes(struct plan_record plan, struct step_record freeze, size_t plans)
{
    ASSERT_OK(turn_join(&core));
    for (size_t i = 0; i < plans; i++) {
        plan.id = core_new_id(&core);
        plan.state = PLAN_UNDONE;
        ASSERT_OK(knowledge_put_plan(core.knowledge, &plan));
        for (uint32_t step = 0; step < PLAN_STEPS_MAX; step++) {
            freeze.plan = plan.id;
            freeze.index = step;
            freeze.action.id = core_new_id(&core);
            freeze.state = CONTROL_UNDONE;
            freeze.enforced_us = core.turn_us - 2000;
            freeze.undone_us = core.turn_us - 1000;
            ASSERT_OK(knowledge_put_step(core.knowledge, &freeze));
        }
    }
    scene_end_turn();
}

/* Whoever attacks often enough does not end all planning for the rest of the window. */
static void thousands_of_controls_in_the_past_stop_no_plan(void)
{
    struct plan_record plan;
    struct step_record *steps = NULL;

    begin();
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1);
    size_t count = scene_steps_of(0, &steps);
    size_t freeze = 0;
    while (freeze < count && steps[freeze].action.kind != ACTION_DATA_FREEZE) {
        freeze++;
    }
    CU_ASSERT_FATAL(freeze < count);
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge),
                                 slice_from(seen.plans[0].id.text), &arena, &plan));
    put_past_freezes(plan, steps[freeze], 4096 / PLAN_STEPS_MAX + 1);
    scene_attacker = "10.99.0.77";
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_STRING_EQUAL(seen.plans[0].incident.text, seen.incidents[0].id.text);
}

static CU_TestInfo tests[] = {
    { "the second orders its own holds", the_second_orders_its_own_holds },
    { "undoing the first leaves the second in force",
      undoing_the_first_leaves_the_second_in_force },
    { "thousands of controls in the past stop no plan",
      thousands_of_controls_in_the_past_stop_no_plan },
    { "what two hold at once is spent once", what_two_hold_at_once_is_spent_once },
    { "an incident orders nothing twice", an_incident_orders_nothing_twice },
    { "a ban of the same source is ordered again by a new incident",
      a_ban_of_the_same_source_is_ordered_again_by_a_new_incident },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "overlap", NULL, scene_tear_down, NULL, end, tests },
    CU_SUITE_INFO_NULL,
};
