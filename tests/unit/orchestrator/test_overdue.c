/* The end of a lease that nobody reports: the node is asked, once, and what it says is so. */
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

#include <string.h>

static const int64_t s = 1000000;
static struct step_record *steps;
static struct command_record asked;
static size_t questions;

static struct status see_question(void *arg, const struct command_record *row)
{
    (void)arg;
    if (row->verb == COMMAND_CHECK) {
        asked = *row;
        questions++;
    }
    return STATUS_SUCCESS;
}

/* How many are under way; the last one is `asked`. */
static size_t look_for_questions(void)
{
    const struct command_query query = { .page = { .limit = KNOWLEDGE_PAGE_MAX } };

    scene_end_turn();
    questions = 0;
    ASSERT_OK(knowledge_list_commands(knowledge_reading(core.knowledge), &query, see_question, NULL,
                                      NULL));
    return questions;
}

static void pass(int64_t by_us)
{
    scene_end_turn();
    clock_virtual_advance(&virtual_time, by_us);
    scene_sweep();
    scene_end_turn();
}

static void begin(void)
{
    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    scene_carry_out(0);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL_FATAL(steps[0].state, CONTROL_ENFORCED);
}

/* scene_answer says that one second is left of each lease. */
static const int64_t due_us = INT64_C(1000) * (1000 + EXECUTE_CHECK_AFTER_MS);

static void answer(enum command_outcome outcome, enum control_state state)
{
    struct service_result result = { .node = slice_from(steps[0].action.node) };

    CU_ASSERT_EQUAL_FATAL(look_for_questions(), 1);
    result.result = (struct command_result){ .id = asked.id,
                                             .verb = COMMAND_CHECK,
                                             .outcome = outcome,
                                             .state = state,
                                             .read_back_us = virtual_time.wall_us,
                                             .lease_left_ms = 1000 };
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_result(&core, &result, SLICE("as received")));
    scene_end_turn();
}

static enum control_state state_now(void)
{
    scene_end_turn();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    return steps[0].state;
}

static void a_lease_that_ends_in_silence_is_asked_about_and_closes_the_incident(void)
{
    begin();
    pass(due_us - s / 2);
    CU_ASSERT_EQUAL(look_for_questions(), 0);
    pass(s / 2);
    CU_ASSERT_EQUAL(look_for_questions(), 1);
    CU_ASSERT_EQUAL(asked.state, COMMAND_STATE_SENT);
    CU_ASSERT_STRING_EQUAL(asked.action.text, steps[0].action.id.text);
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(state_now(), CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CLOSED);
    CU_ASSERT_EQUAL(scene_journal_rows("control.changed"), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("incident.closed"), 1);
    scene_report(&steps[0], CONTROL_EXPIRED); /* it waited in a spool */
    pass(3600 * s);
    CU_ASSERT_EQUAL(look_for_questions(), 0);
    CU_ASSERT_EQUAL(scene_journal_rows("control.changed"), 1);
}

static void what_is_reported_in_time_is_not_asked_about(void)
{
    begin();
    scene_report(&steps[0], CONTROL_EXPIRED);
    pass(due_us);
    CU_ASSERT_EQUAL(core.counters.checks, 0);
}

static void a_lease_that_was_renewed_stays_in_force_and_is_asked_about_again(void)
{
    begin();
    for (int renewal = 0; renewal < 3; renewal++) {
        pass(due_us);
        answer(COMMAND_DONE, CONTROL_ENFORCED);
        CU_ASSERT_EQUAL(state_now(), CONTROL_ENFORCED);
        CU_ASSERT_EQUAL(steps[0].lease_end_ms, virtual_time.wall_us / 1000 + 1000);
    }
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(scene_journal_rows("control.changed"), 0);
    CU_ASSERT_EQUAL(scene_journal_rows("command.issued"), 1);
    pass(due_us);
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CLOSED);
}

static void a_node_that_is_not_there_is_asked_when_it_is(void)
{
    begin();
    scene_is_away = true;
    for (int i = 0; i < 100; i++) {
        pass(60 * s);
    }
    CU_ASSERT_EQUAL(core.counters.checks, 0);
    scene_is_away = false;
    pass(s);
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(state_now(), CONTROL_EXPIRED);
}

/* A plane out of reach: a day of it is a few questions, one at a time, and nothing in the journal.
 */
static void a_question_without_an_answer_comes_again_ever_later(void)
{
    begin();
    for (int tick = 0; tick < 24 * 360; tick++) {
        pass(10 * s);
        CU_ASSERT_TRUE(look_for_questions() <= 1);
    }
    CU_ASSERT_TRUE(core.counters.checks > 20 && core.counters.checks < 40);
    CU_ASSERT_EQUAL(state_now(), CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(scene_journal_rows("command.result"), 1);
    for (int tick = 0; look_for_questions() == 0 && tick < 400; tick++) {
        pass(10 * s);
    }
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(state_now(), CONTROL_EXPIRED);
}

static void a_restart_forgets_no_question(void)
{
    begin();
    scene_restart();
    pass(due_us);
    CU_ASSERT_EQUAL(look_for_questions(), 1);
    scene_restart();
    CU_ASSERT_EQUAL(look_for_questions(), 1);
    CU_ASSERT_EQUAL(scene_journal_rows("command.reissued"), 0);
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(state_now(), CONTROL_EXPIRED);
}

static void a_jump_of_the_clock_makes_nothing_overdue_nor_keeps_it(void)
{
    static const int64_t jumps_s[] = { 3600, -3600 };

    for (size_t i = 0; i < COUNT_OF(jumps_s); i++) {
        if (i > 0) {
            scene_end_test();
        }
        begin();
        virtual_time.wall_us += jumps_s[i] * s;
        pass(due_us - s);
        CU_ASSERT_EQUAL(look_for_questions(), 0);
        pass(s);
        CU_ASSERT_EQUAL(look_for_questions(), 1);
    }
}

/* Set back while nobody ran: later by the lease and an hour at most. */
static void a_clock_set_back_while_redand_was_away_keeps_nothing_for_ever(void)
{
    begin();
    virtual_time.wall_us -= INT64_C(365) * 86400 * s;
    scene_restart();
    pass((steps[0].action.lease.duration_ms + EXECUTE_CHECK_LATEST_MS) * 1000 + due_us);
    CU_ASSERT_EQUAL(look_for_questions(), 1);
}

static void an_undo_waits_for_no_question(void)
{
    begin();
    pass(due_us);
    CU_ASSERT_EQUAL(look_for_questions(), 1);
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_undo(&core, slice_from(steps[0].plan.text), SLICE("somebody")));
    CU_ASSERT_EQUAL(state_now(), CONTROL_ENFORCED);
    scene_answer(&steps[0], COMMAND_UNDO, COMMAND_DONE);
    CU_ASSERT_EQUAL(state_now(), CONTROL_UNDONE);
    answer(COMMAND_DONE, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(state_now(), CONTROL_UNDONE);
    CU_ASSERT_EQUAL(scene_incident().state, INCIDENT_CLOSED);
}

/* Copies of one step, all of them overdue. */
static void thousands_that_end_at_once_are_asked_about_a_few_at_a_time(void)
{
    enum { MANY = 2000, SWEEP_MOST = 64 };

    begin();
    struct step_record copy = steps[0];
    struct plan_record plan;
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge), slice_from(copy.plan.text),
                                 &arena, &plan));
    ASSERT_OK(turn_join(&core));
    for (uint32_t i = 0; i < MANY; i++) {
        copy.index = i % PLAN_STEPS_MAX;
        copy.action.id = core_new_id(&core);
        if (copy.index == 0) {
            plan.id = core_new_id(&core);
            ASSERT_OK(knowledge_put_plan(core.knowledge, &plan));
        }
        copy.plan = plan.id;
        ASSERT_OK(knowledge_put_step(core.knowledge, &copy));
    }
    pass(due_us);
    CU_ASSERT_EQUAL(core.counters.checks, SWEEP_MOST);
    for (int sweep = 0; sweep < 100; sweep++) {
        uint64_t before = core.counters.checks;
        pass(s / 4);
        CU_ASSERT_TRUE(core.counters.checks - before <= SWEEP_MOST);
    }
    CU_ASSERT_EQUAL(core.counters.checks, CORE_CHECKS_MAX);
}

static CU_TestInfo tests[] = {
    { "a lease that ends in silence is asked about and closes the incident",
      a_lease_that_ends_in_silence_is_asked_about_and_closes_the_incident },
    { "what is reported in time is not asked about", what_is_reported_in_time_is_not_asked_about },
    { "a lease that was renewed stays in force and is asked about again",
      a_lease_that_was_renewed_stays_in_force_and_is_asked_about_again },
    { "a node that is not there is asked when it is",
      a_node_that_is_not_there_is_asked_when_it_is },
    { "a question without an answer comes again, ever later",
      a_question_without_an_answer_comes_again_ever_later },
    { "a restart forgets no question", a_restart_forgets_no_question },
    { "a jump of the clock makes nothing overdue, nor keeps it",
      a_jump_of_the_clock_makes_nothing_overdue_nor_keeps_it },
    { "a clock set back while redand was away keeps nothing for ever",
      a_clock_set_back_while_redand_was_away_keeps_nothing_for_ever },
    { "an undo waits for no question", an_undo_waits_for_no_question },
    { "thousands that end at once are asked about a few at a time",
      thousands_that_end_at_once_are_asked_about_a_few_at_a_time },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "overdue", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
