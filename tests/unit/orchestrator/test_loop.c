/* Detections become incidents, plans and orders; what comes of them decides what is next. */
#include <string.h>

#include "detect/engine.h"
#include "orchestrator/knowledge/ingest.h"
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

/* --- tests --------------------------------------------------------------------------------- */

static void an_attack_is_answered_and_contained(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    CU_ASSERT_EQUAL(core.outbox_count, 2); /* the command and the ack */
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    scene_carry_out(0);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    scene_report(&steps[0], CONTROL_EXPIRED);
    scene_look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
}

/* A batch is lost on its way and the next one starts with a sensor's gap. */
static void a_gap_in_a_log_is_no_gap_in_the_stream(void)
{
    struct ingest_mark mark = { 0 };
    struct event gap = { .node = SLICE("node-1"), .kind = SLICE(EVENT_SENSOR_GAP) };

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_LOW, 1);
    scene_deliver(&gap, 1, 3);
    ASSERT_OK(knowledge_get_mark(knowledge_reading(core.knowledge), SLICE("node-1"), &mark));
    CU_ASSERT_EQUAL(mark.seq, 1);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 2); /* it comes again */
    scene_look();
    CU_ASSERT_EQUAL(seen.alerts, 2);
}

static void the_first_plan_does_not_contain_a_graver_incident(void)
{
    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    scene_carry_out(1);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_OPEN);
    CU_ASSERT_EQUAL(seen.incidents[0].mttr, OBJECTIVE_UNKNOWN);
    scene_carry_out(0);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

static void an_incident_stays_open_while_another_plans_controls_are_in_force(void)
{
    struct step_record *first = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    scene_carry_out(0);
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    scene_carry_out(0);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(1, &first), 1);
    scene_report(&first[0], CONTROL_EXPIRED);
    scene_look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

/* The answer was lost, and the node could not be asked again until the lease had ended. */
static void an_answer_after_the_leases_end_closes_the_incident(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    scene_report(&steps[0], CONTROL_EXPIRED);
    scene_answer(&steps[0], COMMAND_DO, COMMAND_DONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
    CU_ASSERT_EQUAL(seen.incidents[0].mttr, OBJECTIVE_MET);
}

/* A node that was told to do and says that it has undone, or looked: nobody asked for that. */
static void an_answer_to_another_order_is_none(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    uint64_t commands = core.counters.commands;
    scene_answer(&steps[0], COMMAND_UNDO, COMMAND_FAILED);
    scene_answer(&steps[0], COMMAND_CHECK, COMMAND_DONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(core.counters.commands, commands);
    scene_answer(&steps[0], COMMAND_DO, COMMAND_DONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
}

/* A clock that runs ahead would charge the error budget with a time that has not passed. */
static void no_lease_ends_in_the_future(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    scene_carry_out(0);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    int64_t now_us = virtual_time.wall_us;
    struct event event = { .time_us = now_us + INT64_C(1000000000000) };
    struct event_field fields[] = {
        { SLICE("action"), slice_from(steps[0].action.id.text), PROVENANCE_SERVICE },
        { SLICE("state"), SLICE("expired"), PROVENANCE_SERVICE },
    };
    event.node = SLICE("node-1");
    event.kind = SLICE(EVENT_CONTROL_CHANGED);
    event.fields = fields;
    event.field_count = COUNT_OF(fields);
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_control_changed(&core, &event));
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(steps[0].undone_us, now_us);
}

/* The registry was read again, and the node's enforcer is not in it any more. */
static void what_nobody_may_do_fails_and_is_not_waited_for(void)
{
    scene_node_1_only_watches = true;
    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_FATAL(seen.plan_count > 0);
    CU_ASSERT_EQUAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
}

static void what_was_refused_is_looked_at_again_when_the_attack_goes_on(void)
{
    scene_begin();
    scene_detect_unseen("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_detect_unseen("ssh-bruteforce", SEVERITY_HIGH, 2);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1); /* one refusal says it */
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 3);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 4); /* under way: nothing to add */
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(seen.incident_count, 1);
}

/* The ban of the first plan has ended; the second one's controls keep the incident open. */
static void a_source_that_comes_back_is_cut_again(void)
{
    struct step_record *first = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    scene_carry_out(0);
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    scene_look();
    scene_carry_out(0);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(1, &first), 1);
    scene_report(&first[0], CONTROL_EXPIRED);
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 3);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 3);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_OPEN);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &first), 1);
    CU_ASSERT_EQUAL(first[0].action.kind, ACTION_NETWORK_DENY);
    scene_carry_out(0);
    scene_look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

static void what_a_failed_plan_never_did_is_not_taken_for_done(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 1);
    scene_look();
    size_t count = scene_steps_of(0, &steps);
    for (size_t i = 0; i < count; i++) {
        if (steps[i].sent_us != 0) { /* the suspension waits for the snapshot */
            bool is_snapshot = steps[i].action.kind == ACTION_COMPUTE_SNAPSHOT;
            scene_answer(&steps[i], COMMAND_DO, is_snapshot ? COMMAND_FAILED : COMMAND_DONE);
        }
    }
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1); /* the other way: without the snapshot */
    CU_ASSERT_EQUAL(steps[0].action.kind, ACTION_COMPUTE_SUSPEND);
    scene_carry_out(0);
    scene_look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

/* No party agreed to react to that. */
static void what_has_no_plan_says_why_once(void)
{
    scene_begin();
    scene_detect("port-scan", SEVERITY_HIGH, 1);
    scene_detect("port-scan", SEVERITY_HIGH, 2);
    struct slice reason = scene_incident().reason;
    CU_ASSERT_TRUE(slice_find_text(reason, SLICE("port-scan")) < reason.len);
    CU_ASSERT_EQUAL(seen.plan_count, 0);
    CU_ASSERT_EQUAL(scene_journal_rows("plan.impossible"), 1);
    scene_detect("ssh-guessed", SEVERITY_CRITICAL, 3);
    CU_ASSERT_EQUAL(scene_incident().reason.len, 0);
}

static void a_plan_that_failed_says_why(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    scene_answer(&steps[0], COMMAND_DO, COMMAND_FAILED);
    scene_look();
    struct plan_record plan;
    struct slice id = slice_from(seen.plans[seen.plan_count - 1].id.text);
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge), id, &arena, &plan));
    CU_ASSERT_EQUAL(plan.state, PLAN_FAILED);
    CU_ASSERT_EQUAL(slice_find_text(plan.reason, SLICE("network.deny on node-1: ")), 0);
}

static void an_event_that_cannot_be_worked_on_takes_no_other_along(void)
{
    enum { TOO_LONG = 600 };
    struct event events[] = { scene_detection("ssh-bruteforce", SEVERITY_HIGH, "key-1"),
                              scene_detection("ssh-bruteforce", SEVERITY_HIGH, "key-2") };

    scene_begin();
    ((struct event_field *)events[0].fields)[2].value =
        (struct slice){ memset(ARENA_NEW(&arena, char, TOO_LONG), 'a', TOO_LONG), TOO_LONG };
    scene_deliver(events, COUNT_OF(events), 1);
    scene_look();
    CU_ASSERT_EQUAL(seen.alerts, 1);
    CU_ASSERT_EQUAL(seen.incident_count, 1);
    CU_ASSERT_EQUAL(core.counters.failed_events, 1);
}

static struct status see_command(void *arg, const struct command_record *row)
{
    size_t *anew = arg;

    *anew += row->fencing_epoch == 99 ? 0 : 1; /* as this start has it */
    return STATUS_SUCCESS;
}

/* More than one page of commands waits for an aggregator that is away. */
static void a_restart_reissues_all_that_is_unfinished(void)
{
    enum { COMMANDS = KNOWLEDGE_PAGE_MAX + 5 };
    struct step_record *steps = NULL;
    struct command_query query = { .page = { .limit = KNOWLEDGE_PAGE_MAX }, .unfinished = true };
    struct command_record command = {
        .node = SLICE("node-1"), .state = COMMAND_STATE_SENT, .fencing_epoch = 99, .sent_count = 1
    };
    struct ulid last = { 0 };
    size_t anew = 0;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    ASSERT_OK(turn_join(&core));
    command.action = steps[0].action.id;
    command.issued_ms = core.turn_us / 1000;
    command.expires_ms = command.issued_ms + 1000;
    for (uint64_t i = 0; i < COMMANDS; i++) {
        command.id = core_new_id(&core);
        last = strcmp(command.id.text, last.text) > 0 ? command.id : last;
        command.seq = 100 + i;
        ASSERT_OK(knowledge_put_command(core.knowledge, &command));
    }
    ASSERT_OK(dispatch_reissue(&core));
    bool more = false;
    ASSERT_OK(knowledge_list_commands(knowledge_reading(core.knowledge), &query, see_command, &anew,
                                      &more));
    CU_ASSERT_TRUE(more);
    ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge), slice_from(last.text),
                                    &arena, &command));
    CU_ASSERT_EQUAL(command.fencing_epoch, knowledge_fencing_epoch(core.knowledge));
    CU_ASSERT_EQUAL(anew, KNOWLEDGE_PAGE_MAX);
}

/* --- answers that come after the command was given up ---------------------------------------- */

static void sweep(const char *node)
{
    scene_end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(dispatch_sweep(&core, slice_from(node)));
}

/* An attack is answered by one step, of which the node says nothing until it is given up. */
static struct step_record unanswered_step(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000));
    sweep("");
    scene_look();
    CU_ASSERT_EQUAL_FATAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
    return steps[0];
}

static const struct step_record *step_now(const struct step_record *step)
{
    struct step_record *now = ARENA_NEW(&arena, struct step_record, 1);

    scene_end_turn();
    ASSERT_OK(
        knowledge_find_step(knowledge_reading(core.knowledge), &step->action.id, &arena, now));
    return now;
}

static void what_was_done_without_a_word_is_in_force_when_the_node_says_so(void)
{
    struct step_record step = unanswered_step();

    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_FAILED);
    sweep("node-2"); /* which has its part in the plan that was made since */
    CU_ASSERT_EQUAL(core.outbox_count, 1);
    sweep("node-1"); /* it says HELLO, and is asked */
    CU_ASSERT_EQUAL_FATAL(core.outbox_count, 1);
    CU_ASSERT_EQUAL(core.outbox->type, FRAME_CMD);
    ASSERT_TEXT(core.outbox->node, "node-1");
    scene_answer(&step, COMMAND_DO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_ENFORCED);
    CU_ASSERT(step_now(&step)->lease_end_ms > 0);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    scene_carry_out(0);
    scene_look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(scene_journal_rows("command.late-result"), 1);
    scene_answer(&step, COMMAND_DO, COMMAND_DONE); /* twice changes nothing */
    CU_ASSERT_EQUAL(scene_journal_rows("command.late-result"), 1);
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
    /* and can be taken back */
    ASSERT_OK(
        progress_undo(&core, slice_from(seen.plans[seen.plan_count - 1].id.text), SLICE("a test")));
    step = *step_now(&step);
    scene_answer(&step, COMMAND_UNDO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_UNDONE);
}

static void what_was_never_done_stays_failed(void)
{
    struct step_record step = unanswered_step();

    scene_answer(&step, COMMAND_DO, COMMAND_EXPIRED);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_FAILED);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(scene_journal_rows("command.late-result"), 1);
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
}

static void nobody_asks_about_what_is_long_past(void)
{
    (void)unanswered_step();
    clock_virtual_advance(&virtual_time, CORE_ANSWER_LIFE_MS * INT64_C(1000));
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
}

static void an_undo_without_a_word_goes_on_when_the_node_says_so(void)
{
    struct step_record *steps = NULL;

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    scene_carry_out(0);
    scene_look();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_undo(&core, slice_from(seen.plans[0].id.text), SLICE("a test")));
    clock_virtual_advance(&virtual_time, (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000));
    sweep("");
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_FAILED);
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED);
    scene_answer(&steps[0], COMMAND_UNDO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&steps[0])->state, CONTROL_UNDONE);
    scene_look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_UNDONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
}

static void acknowledge(const struct step_record *step, const char *name)
{
    struct registry_node node = { .role = PEER_SMA };
    const struct message message = { .frame = { .type = FRAME_CMD_ACK },
                                     .command_ack = { .id = step->command } };
    const struct server_arrival arrival = { .node = &node, .message = &message };
    const struct server_handlers handlers = intake_handlers(&core);

    slice_to_cstr(slice_from(name), node.name, sizeof(node.name));
    handlers.message(handlers.arg, &arrival);
    scene_end_turn();
}

static void a_node_acknowledges_its_own_commands_only(void)
{
    struct step_record *steps = NULL;
    struct command_record command = { 0 };

    scene_begin();
    scene_detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    scene_look();
    CU_ASSERT_EQUAL_FATAL(scene_steps_of(0, &steps), 1);
    for (int round = 0; round < 2; round++) {
        acknowledge(&steps[0], round == 0 ? "node-2" : "node-1");
        ASSERT_OK(knowledge_get_command(knowledge_reading(core.knowledge),
                                        slice_from(steps[0].command.text), &arena, &command));
        CU_ASSERT_EQUAL(command.state, round == 0 ? COMMAND_STATE_SENT : COMMAND_STATE_ACCEPTED);
    }
}

static CU_TestInfo tests[] = {
    { "an attack is answered and contained", an_attack_is_answered_and_contained },
    { "a gap in a log is no gap in the stream", a_gap_in_a_log_is_no_gap_in_the_stream },
    { "the first plan does not contain a graver incident",
      the_first_plan_does_not_contain_a_graver_incident },
    { "an incident stays open while another plan's controls are in force",
      an_incident_stays_open_while_another_plans_controls_are_in_force },
    { "an answer to another order is none", an_answer_to_another_order_is_none },
    { "no lease ends in the future", no_lease_ends_in_the_future },
    { "an answer after the lease's end closes the incident",
      an_answer_after_the_leases_end_closes_the_incident },
    { "what nobody may do fails and is not waited for",
      what_nobody_may_do_fails_and_is_not_waited_for },
    { "what was refused is looked at again when the attack goes on",
      what_was_refused_is_looked_at_again_when_the_attack_goes_on },
    { "a source that comes back is cut again", a_source_that_comes_back_is_cut_again },
    { "what a failed plan never did is not taken for done",
      what_a_failed_plan_never_did_is_not_taken_for_done },
    { "what has no plan says why, once", what_has_no_plan_says_why_once },
    { "a plan that failed says why", a_plan_that_failed_says_why },
    { "an event that cannot be worked on takes no other along",
      an_event_that_cannot_be_worked_on_takes_no_other_along },
    { "a restart reissues all that is unfinished", a_restart_reissues_all_that_is_unfinished },
    { "what was done without a word is in force when the node says so",
      what_was_done_without_a_word_is_in_force_when_the_node_says_so },
    { "what was never done stays failed", what_was_never_done_stays_failed },
    { "nobody asks about what is long past", nobody_asks_about_what_is_long_past },
    { "an undo without a word goes on when the node says so",
      an_undo_without_a_word_goes_on_when_the_node_says_so },
    { "a node acknowledges its own commands only", a_node_acknowledges_its_own_commands_only },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "loop", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
