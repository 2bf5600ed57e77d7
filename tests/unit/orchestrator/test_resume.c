/* What a restart goes on with: orders with life left, undos always, plans that are still legal; and
 * what cannot be gone on with keeps nothing else waiting. */
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

#include <string.h>

static const int64_t minute = INT64_C(60) * 1000000;

/* Of the oldest plan. */
static struct step_record first_step(void)
{
    struct step_record *steps = NULL;

    scene_look();
    CU_ASSERT_TRUE_FATAL(seen.plan_count > 0);
    CU_ASSERT_TRUE_FATAL(scene_steps_of(seen.plan_count - 1, &steps) > 0);
    return steps[0];
}

static struct command_record command_of(const struct step_record *step)
{
    struct command_record command = { .sent_count = 0 };

    ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge),
                                    slice_from(step->command.text), &arena, &command));
    return command;
}

/* An order under way, on nodes that have said what they can do. */
static void begin(void)
{
    scene_begin();
    core.capability_count = 0;
    scene_hello("node-1", "network.deny");
    scene_hello("node-2", "compute.snapshot compute.suspend data.freeze");
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
}

/* Later starts have another epoch; nodes take orders of the newest alone. */
static void an_order_keeps_its_life_over_a_restart(void)
{
    begin();
    struct step_record step = first_step();
    struct command_record before = command_of(&step);
    clock_virtual_advance(&virtual_time, 3 * minute);
    scene_restart();
    struct command_record after = command_of(&step);
    CU_ASSERT_EQUAL(after.state, COMMAND_STATE_SENT);
    CU_ASSERT_EQUAL(after.expires_ms, before.expires_ms);
    CU_ASSERT_EQUAL(after.fencing_epoch, knowledge_fencing_epoch(core.knowledge));
    CU_ASSERT_TRUE(after.fencing_epoch > before.fencing_epoch);
}

static void a_clock_set_back_makes_no_order_live_longer(void)
{
    begin();
    struct step_record step = first_step();
    virtual_time.wall_us -= 60 * minute;
    scene_restart();
    CU_ASSERT_EQUAL(command_of(&step).expires_ms,
                    virtual_time.wall_us / 1000 + CORE_COMMAND_LIFE_MS);
}

static void look_after_a_second(void)
{
    scene_end_turn();
    clock_virtual_advance(&virtual_time, 1000000);
    scene_sweep();
    scene_look();
}

/* It was us who were away: the node may be asked the same again, at once. */
static void an_order_that_outlived_its_life_is_planned_anew(void)
{
    begin();
    struct step_record step = first_step();
    clock_virtual_advance(&virtual_time, 11 * minute);
    scene_restart();
    CU_ASSERT_EQUAL(command_of(&step).state, COMMAND_STATE_EXPIRED);
    scene_sweep();
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 1); /* the node may say that it was done */
    look_after_a_second();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    struct step_record *steps = NULL;
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL(steps[0].action.kind, ACTION_NETWORK_DENY);
}

static void an_undo_is_reissued_however_late(void)
{
    begin();
    scene_look();
    scene_carry_out(0);
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_undo(&core, slice_from(seen.plans[0].id.text), SLICE("a test")));
    struct step_record step = first_step();
    clock_virtual_advance(&virtual_time, 600 * minute);
    scene_restart();
    struct command_record command = command_of(&step);
    CU_ASSERT_EQUAL(command.verb, COMMAND_UNDO);
    CU_ASSERT_EQUAL(command.state, COMMAND_STATE_SENT);
    CU_ASSERT_EQUAL(command.expires_ms, virtual_time.wall_us / 1000 + CORE_COMMAND_LIFE_MS);
    scene_answer(&step, COMMAND_UNDO, COMMAND_DONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_UNDONE);
}

/* The same plan as if it had been made for other SLAs. */
static void set_base_of(size_t at, const char *digest)
{
    struct plan_record plan;

    scene_look();
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge),
                                 slice_from(seen.plans[at].id.text), &arena, &plan));
    memset(plan.base_digest, 0, sizeof(plan.base_digest));
    memcpy(plan.base_digest, digest, strlen(digest));
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(knowledge_put_plan(core.knowledge, &plan));
    scene_end_turn();
}

static void set_base(const char *digest)
{
    scene_look();
    set_base_of(seen.plan_count - 1, digest);
}

static void a_plan_that_is_legal_in_other_slas_goes_on(void)
{
    begin();
    struct step_record step = first_step();
    set_base("another");
    scene_restart();
    CU_ASSERT_EQUAL(command_of(&step).state, COMMAND_STATE_SENT);
    scene_look();
    CU_ASSERT_EQUAL(seen.plan_count, 1);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
}

/* Its order is taken back, for the node may have heard it, and there is another way. */
static void a_plan_that_is_not_legal_any_more_is_withdrawn(void)
{
    begin();
    struct step_record step = first_step();
    struct ulid order = step.command;
    set_base("another");
    scene_hello("node-1", "network.isolate"); /* it cannot deny any more */
    scene_restart();
    struct command_record command;
    ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge), slice_from(order.text),
                                    &arena, &command));
    CU_ASSERT_EQUAL(command.state, COMMAND_STATE_REFUSED);
    step = first_step();
    CU_ASSERT_EQUAL(step.state, CONTROL_FAILED);
    CU_ASSERT_EQUAL(command_of(&step).verb, COMMAND_UNDO);
    CU_ASSERT_EQUAL(scene_journal_rows("plan.withdrawn"), 1);
    look_after_a_second();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    scene_answer(&step, COMMAND_UNDO, COMMAND_DONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(first_step().state, CONTROL_UNDONE);
}

static struct step_record *step_in(size_t plan, enum action_kind kind)
{
    struct step_record *steps = NULL;
    size_t count = scene_steps_of(plan, &steps);
    size_t i = 0;

    while (i < count && steps[i].action.kind != kind) {
        i++;
    }
    CU_ASSERT_TRUE_FATAL(i < count);
    return &steps[i];
}

/* Nobody asked for an undo of what is in force: the late word that an order was taken back is no
 * reason to take the rest along. */
static void a_withdrawn_order_takes_no_other_step_along(void)
{
    begin();
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    scene_look();
    size_t last = 0; /* the newest plan, for the graver alert */
    struct ulid plan = seen.plans[last].id;
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    scene_answer(step_in(last, ACTION_COMPUTE_SNAPSHOT), COMMAND_DO, COMMAND_DONE);
    scene_look();
    struct step_record suspend = *step_in(last, ACTION_COMPUTE_SUSPEND);
    scene_answer(&suspend, COMMAND_DO, COMMAND_DONE);
    scene_end_turn();
    set_base_of(last, "another");
    scene_hello("node-2", "compute.snapshot compute.suspend"); /* it cannot freeze any more */
    scene_restart();
    scene_end_turn();
    clock_virtual_advance(&virtual_time, 11 * minute); /* nobody says that it was taken back */
    scene_sweep();
    scene_look();
    last = seen.plan_count - 2;
    CU_ASSERT_STRING_EQUAL_FATAL(seen.plans[last].id.text, plan.text);
    struct step_record freeze = *step_in(last, ACTION_DATA_FREEZE);
    CU_ASSERT_EQUAL(command_of(&freeze).state, COMMAND_STATE_EXPIRED);
    scene_answer(&freeze, COMMAND_UNDO, COMMAND_DONE);
    scene_look();
    last = seen.plan_count - 2;
    CU_ASSERT_EQUAL(step_in(last, ACTION_DATA_FREEZE)->state, CONTROL_UNDONE);
    CU_ASSERT_EQUAL(command_of(step_in(last, ACTION_COMPUTE_SUSPEND)).verb, COMMAND_DO);
    CU_ASSERT_EQUAL(seen.plans[last].state, PLAN_FAILED);
    CU_ASSERT_NOT_EQUAL(scene_incident().state, INCIDENT_CLOSED);
}

static void one_bad_plan_keeps_no_other_waiting(void)
{
    begin();
    struct step_record step = first_step();
    struct plan_record bad;
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge),
                                 slice_from(seen.plans[0].id.text), &arena, &bad));
    bad.id = core_new_id(&core);                /* newer, so it comes first */
    bad.incident = (struct ulid){ .text = "" }; /* so nobody can say whether it is still legal */
    bad.state = PLAN_APPROVED;
    bad.base_digest[0] = '-';
    ASSERT_OK(knowledge_put_plan(core.knowledge, &bad));
    struct step_record unsent = step;
    unsent.plan = bad.id;
    unsent.action.id = core_new_id(&core);
    unsent.command = (struct ulid){ .text = "" };
    unsent.sent_us = 0;
    ASSERT_OK(knowledge_put_step(core.knowledge, &unsent));
    struct command_record orphan = { .id = core_new_id(&core),
                                     .node = SLICE("node-1"),
                                     .seq = 900,
                                     .verb = COMMAND_UNDO,
                                     .action = core_new_id(&core),
                                     .fencing_epoch = 1,
                                     .state = COMMAND_STATE_SENT };
    ASSERT_OK(knowledge_put_command(core.knowledge, &orphan));
    scene_restart();
    CU_ASSERT_EQUAL(scene_journal_rows("plan.stuck"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("command.stuck"), 1);
    CU_ASSERT_EQUAL(command_of(&step).fencing_epoch, knowledge_fencing_epoch(core.knowledge));
    scene_answer(&step, COMMAND_DO, COMMAND_DONE);
    scene_sweep();
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CONTAINED);
}

static void a_stuck_order_fails_its_plan_and_another_way_is_looked_for(void)
{
    begin();
    struct step_record step = first_step();
    struct command_record command = command_of(&step);
    struct status why = status_error(STATUS_CORRUPT, "cannot be sealed");
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(stuck_command(&core, &command, &why));
    scene_end_turn();
    clock_virtual_advance(&virtual_time, 1000000);
    scene_sweep();
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(scene_journal_rows("command.stuck"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("plan.stuck"), 1);
}

static CU_TestInfo tests[] = {
    { "an order keeps its life over a restart", an_order_keeps_its_life_over_a_restart },
    { "a clock set back makes no order live longer", a_clock_set_back_makes_no_order_live_longer },
    { "an order that outlived its life is planned anew",
      an_order_that_outlived_its_life_is_planned_anew },
    { "an undo is reissued, however late", an_undo_is_reissued_however_late },
    { "a stuck order fails its plan, and another way is looked for",
      a_stuck_order_fails_its_plan_and_another_way_is_looked_for },
    { "a plan that is legal in other SLAs goes on", a_plan_that_is_legal_in_other_slas_goes_on },
    { "a plan that is not legal any more is withdrawn",
      a_plan_that_is_not_legal_any_more_is_withdrawn },
    { "a withdrawn order takes no other step along", a_withdrawn_order_takes_no_other_step_along },
    { "one bad plan keeps no other waiting", one_bad_plan_keeps_no_other_waiting },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "resume", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
