/* The core's loop over a real knowledge and the example's SLAs, without sockets: what leaves is
 * looked at in the outbox, what nodes would answer is made here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/file.h"
#include "detect/engine.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/ingest.h"
#include "orchestrator/knowledge/journal.h"
#include "tests/suite.h"

#define ATTACKER "10.99.0.2"
enum { EPOCH = 5, DOCUMENT_MAX = 1024 * 1024 };

static struct core core;
static struct core_options options;
static struct clock_virtual virtual_time;
static struct clock_source test_clock;
static struct arena arena;
static struct arena change_arena;
static unsigned made;
static char folder[256];
static bool node_1_only_watches;

/* --- the scene ----------------------------------------------------------------------------- */

static void end_turn(void)
{
    if (core.turn_is_open) {
        ASSERT_OK(knowledge_commit(core.knowledge));
        core.turn_is_open = false;
        core.outbox_count = 0;
        arena_reset(&core.turn);
    }
}

static void enrol(void)
{
    static const struct service_id node_1[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                                { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE } };
    static const struct service_id node_2[] = { { LAYER_L2, PLANE_COMPUTE, SERVICE_MONITOR },
                                                { LAYER_L2, PLANE_COMPUTE, SERVICE_ENFORCE },
                                                { LAYER_L2, PLANE_DATA, SERVICE_ENFORCE } };
    const struct registry_node_spec specs[] = {
        { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR },
        { SLICE("node-1"), PEER_SMA, SLICE("agg-1"), node_1, COUNT_OF(node_1) },
        { SLICE("node-2"), PEER_SMA, SLICE("agg-1"), node_2, COUNT_OF(node_2) },
    };
    struct registry *registry = NULL;

    ASSERT_OK(file_make_folder(folder, 0700));
    ASSERT_OK(registry_init(folder, SLICE("redand")));
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        const char *out = arena_printf(&arena, "%s/%zu", folder, i).ptr;
        ASSERT_OK(file_make_folder(out, 0700));
        struct registry_node_spec spec = specs[i];
        spec.service_count = i == 1 && node_1_only_watches ? 1 : spec.service_count;
        ASSERT_OK(registry_add_node(folder, &spec, out));
    }
    ASSERT_OK(identity_load(file_path(&arena, folder, "identity.yaml"), &core.identity));
    ASSERT_OK(registry_load(file_path(&arena, folder, "registry.yaml"), &registry));
    core.registry = registry_cell_new(registry);
}

static void agree(void)
{
    static const char *const names[] = { "imaging-archive.yaml", "imaging-ucloud.yaml",
                                         "private-dc.yaml" };
    struct world_document documents[COUNT_OF(names)];
    struct world_change *change = NULL;
    struct diag_list diags;

    diag_list_init(&diags, &change_arena);
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        documents[i].name = slice_from(names[i]);
        ASSERT_OK(file_load(&arena, file_path(&arena, "examples/hospital", names[i]), DOCUMENT_MAX,
                            &documents[i].text));
    }
    ASSERT_OK(world_prepare(documents, COUNT_OF(names), &diags, &change));
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(world_store(core.world, core.knowledge, change, SLICE("a test"), 0, core.turn_us));
    end_turn();
    world_swap(core.world, &change);
}

static void can(const char *node, enum action_kind kind)
{
    struct node_capability *capability = &core.capabilities[core.capability_count++];

    *capability = (struct node_capability){ .kind = kind };
    slice_to_cstr(slice_from(node), capability->node, sizeof(capability->node));
}

static void begin(void)
{
    virtual_time =
        (struct clock_virtual){ .wall_us = INT64_C(1700000000000000), .mono_us = 1000000 };
    test_clock = clock_virtual_source(&virtual_time);
    (void)snprintf(folder, sizeof(folder), "%s/%u", suite_folder(), made++);
    core = (struct core){ .options = &options, .clock = &test_clock };
    core.turn_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    core.capabilities = calloc(CORE_NODE_CAPABILITIES_MAX, sizeof(*core.capabilities));
    enrol();
    ASSERT_OK(knowledge_open(file_path(&arena, folder, "redan.db"), virtual_time.wall_us,
                             &core.knowledge));
    ASSERT_OK(world_open(core.knowledge, &core.world));
    agree();
    can("node-1", ACTION_NETWORK_DENY);
    can("node-2", ACTION_COMPUTE_SNAPSHOT);
    can("node-2", ACTION_COMPUTE_SUSPEND);
    can("node-2", ACTION_DATA_FREEZE);
}

static int tear_down(void)
{
    arena_done(&arena);
    arena_done(&change_arena);
    return 0;
}

static void end_test(void)
{
    node_1_only_watches = false;
    world_close(&core.world);
    knowledge_close(&core.knowledge);
    registry_cell_free(&core.registry);
    identity_done(&core.identity);
    arena_done(&core.turn);
    free(core.capabilities);
    (void)close(core.turn_fd);
    core = (struct core){ .turn_fd = -1 };
}

/* --- what arrives -------------------------------------------------------------------------- */

static struct event detection(const char *rule, enum severity severity, const char *key)
{
    struct event_field *fields = ARENA_NEW(&arena, struct event_field, 4);

    fields[0] =
        (struct event_field){ SLICE(DETECT_FIELD_RULE), slice_from(rule), PROVENANCE_SERVICE };
    fields[1] =
        (struct event_field){ SLICE(DETECT_FIELD_KEY), slice_from(key), PROVENANCE_SERVICE };
    fields[2] = (struct event_field){ SLICE("src_ip"), SLICE(ATTACKER), PROVENANCE_KERNEL };
    fields[3] =
        (struct event_field){ SLICE(DETECT_FIELD_CORROBORATED), SLICE("true"), PROVENANCE_SERVICE };
    return (struct event){ .node = SLICE("node-1"),
                           .epoch = EPOCH,
                           .time_us = virtual_time.wall_us,
                           .seen_us = virtual_time.wall_us,
                           .kind = SLICE(EVENT_DETECTION),
                           .severity = severity,
                           .fields = fields,
                           .field_count = 4 };
}

/* In the turn that stays open, so that the outbox can be looked at. */
static void deliver(struct event *events, size_t count, uint64_t first_seq)
{
    const struct registry_node node = { .name = "node-1", .role = PEER_SMA };
    const struct message message = { .frame = { .type = FRAME_EVENTS,
                                                .raw = SLICE("as received") } };
    const struct event_batch batch = { .node = SLICE("node-1"),
                                       .epoch = EPOCH,
                                       .first_seq = first_seq,
                                       .last_seq = first_seq + count - 1,
                                       .events = events,
                                       .event_count = count };
    const struct server_arrival arrival = { .node = &node, .message = &message, .batch = &batch };
    const struct server_handlers handlers = intake_handlers(&core);

    for (size_t i = 0; i < count; i++) {
        events[i].seq = first_seq + i;
    }
    virtual_time.wall_us += 1000;
    end_turn();
    handlers.message(handlers.arg, &arrival);
}

/* Only the log names the source. */
static void detect_unseen(const char *rule, enum severity severity, uint64_t seq)
{
    struct event event =
        detection(rule, severity, arena_printf(&arena, "key-%u", (unsigned)seq).ptr);

    event.field_count--;
    deliver(&event, 1, seq);
}

static void detect(const char *rule, enum severity severity, uint64_t seq)
{
    struct event event =
        detection(rule, severity, arena_printf(&arena, "key-%u", (unsigned)seq).ptr);

    deliver(&event, 1, seq);
}

/* --- what is seen -------------------------------------------------------------------------- */

struct seen {
    struct plan_record plans[8];
    size_t plan_count; /* newest first */
    struct incident_record incidents[8];
    size_t incident_count;
    size_t alerts;
};

static struct seen seen;

static struct status see_plan(void *arg, const struct plan_record *row)
{
    (void)arg;
    seen.plans[seen.plan_count++] = *row;
    return STATUS_SUCCESS;
}

static struct status see_incident(void *arg, const struct incident_record *row)
{
    (void)arg;
    seen.incidents[seen.incident_count++] = *row;
    return STATUS_SUCCESS;
}

static struct status see_alert(void *arg, const struct alert_record *row)
{
    (void)arg;
    (void)row;
    seen.alerts++;
    return STATUS_SUCCESS;
}

static void look(void)
{
    struct knowledge_reader *reader = knowledge_reading(core.knowledge);
    const struct knowledge_page page = { .limit = 8 };

    end_turn();
    seen = (struct seen){ .plan_count = 0 };
    ASSERT_OK(
        knowledge_list_plans(reader, &(struct plan_query){ .page = page }, see_plan, NULL, NULL));
    ASSERT_OK(knowledge_list_incidents(reader, &(struct incident_query){ .page = page },
                                       see_incident, NULL, NULL));
    ASSERT_OK(knowledge_list_alerts(reader, &(struct alert_query){ .page = page }, see_alert, NULL,
                                    NULL));
}

static size_t steps_of(size_t plan, struct step_record **out)
{
    size_t count = 0;

    ASSERT_OK(knowledge_get_steps(knowledge_reading(core.knowledge), &seen.plans[plan].id, &arena,
                                  out, &count));
    return count;
}

/* The node's answer to the last command of a step. */
static void answer(const struct step_record *step, enum command_verb verb,
                   enum command_outcome outcome)
{
    struct service_result result = { .node = slice_from(step->action.node) };

    result.result =
        (struct command_result){ .id = step->command,
                                 .verb = verb,
                                 .outcome = outcome,
                                 .state = verb == COMMAND_DO ? CONTROL_ENFORCED : CONTROL_UNDONE,
                                 .read_back_us = virtual_time.wall_us,
                                 .lease_left_ms = 1000 };
    virtual_time.wall_us += 1000;
    end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_result(&core, &result, SLICE("as received")));
}

/* Every command of a plan, until nothing is in flight. */
static void carry_out(size_t plan)
{
    for (int round = 0; round < 4; round++) {
        struct step_record *steps = NULL;
        size_t count = steps_of(plan, &steps);
        for (size_t i = 0; i < count; i++) {
            if (steps[i].state == CONTROL_PENDING && steps[i].sent_us != 0) {
                answer(&steps[i], COMMAND_DO, COMMAND_DONE);
            }
        }
        end_turn();
    }
}

static void report(const struct step_record *step, enum control_state state)
{
    struct event_field fields[] = {
        { SLICE("action"), slice_from(step->action.id.text), PROVENANCE_SERVICE },
        { SLICE("state"), slice_from(control_state_name(state)), PROVENANCE_SERVICE },
    };
    const struct event event = { .node = slice_from(step->action.node),
                                 .time_us = virtual_time.wall_us,
                                 .kind = SLICE(EVENT_CONTROL_CHANGED),
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields) };

    virtual_time.wall_us += 1000;
    end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_control_changed(&core, &event));
}

/* --- tests --------------------------------------------------------------------------------- */

static void an_attack_is_answered_and_contained(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    CU_ASSERT_EQUAL(core.outbox_count, 2); /* the command and the ack */
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    carry_out(0);
    look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    report(&steps[0], CONTROL_EXPIRED);
    look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
}

/* A batch is lost on its way and the next one starts with a sensor's gap. */
static void a_gap_in_a_log_is_no_gap_in_the_stream(void)
{
    struct ingest_mark mark = { 0 };
    struct event gap = { .node = SLICE("node-1"), .epoch = EPOCH, .kind = SLICE(EVENT_SENSOR_GAP) };

    begin();
    detect("ssh-bruteforce", SEVERITY_LOW, 1);
    deliver(&gap, 1, 3);
    ASSERT_OK(knowledge_get_mark(knowledge_reading(core.knowledge), SLICE("node-1"), &mark));
    CU_ASSERT_EQUAL(mark.seq, 1);
    detect("ssh-bruteforce", SEVERITY_HIGH, 2); /* it comes again */
    look();
    CU_ASSERT_EQUAL(seen.alerts, 2);
}

static void the_first_plan_does_not_contain_a_graver_incident(void)
{
    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    carry_out(1);
    look();
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_OPEN);
    CU_ASSERT_EQUAL(seen.incidents[0].mttr, OBJECTIVE_UNKNOWN);
    carry_out(0);
    look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

static void an_incident_stays_open_while_another_plans_controls_are_in_force(void)
{
    struct step_record *first = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    carry_out(0);
    detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    carry_out(0);
    CU_ASSERT_EQUAL_FATAL(steps_of(1, &first), 1);
    report(&first[0], CONTROL_EXPIRED);
    look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

/* The answer was lost, and the node could not be asked again until the lease had ended. */
static void an_answer_after_the_leases_end_closes_the_incident(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    report(&steps[0], CONTROL_EXPIRED);
    answer(&steps[0], COMMAND_DO, COMMAND_DONE);
    look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CLOSED);
    CU_ASSERT_EQUAL(seen.incidents[0].mttr, OBJECTIVE_MET);
}

/* The registry was read again, and the node's enforcer is not in it any more. */
static void what_nobody_may_do_fails_and_is_not_waited_for(void)
{
    node_1_only_watches = true;
    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_FATAL(seen.plan_count > 0);
    CU_ASSERT_EQUAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
}

static void what_was_refused_is_looked_at_again_when_the_attack_goes_on(void)
{
    begin();
    detect_unseen("ssh-bruteforce", SEVERITY_HIGH, 1);
    detect_unseen("ssh-bruteforce", SEVERITY_HIGH, 2);
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 1); /* one refusal says it */
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_REFUSED);
    detect("ssh-bruteforce", SEVERITY_HIGH, 3);
    detect("ssh-bruteforce", SEVERITY_HIGH, 4); /* under way: nothing to add */
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(seen.incident_count, 1);
}

/* The ban of the first plan has ended; the second one's controls keep the incident open. */
static void a_source_that_comes_back_is_cut_again(void)
{
    struct step_record *first = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    carry_out(0);
    detect("ssh-guessed", SEVERITY_CRITICAL, 2);
    look();
    carry_out(0);
    CU_ASSERT_EQUAL_FATAL(steps_of(1, &first), 1);
    report(&first[0], CONTROL_EXPIRED);
    detect("ssh-bruteforce", SEVERITY_HIGH, 3);
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 3);
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_OPEN);
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &first), 1);
    CU_ASSERT_EQUAL(first[0].action.kind, ACTION_NETWORK_DENY);
    carry_out(0);
    look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

static void what_a_failed_plan_never_did_is_not_taken_for_done(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-guessed", SEVERITY_CRITICAL, 1);
    look();
    size_t count = steps_of(0, &steps);
    for (size_t i = 0; i < count; i++) {
        if (steps[i].sent_us != 0) { /* the suspension waits for the snapshot */
            bool is_snapshot = steps[i].action.kind == ACTION_COMPUTE_SNAPSHOT;
            answer(&steps[i], COMMAND_DO, is_snapshot ? COMMAND_FAILED : COMMAND_DONE);
        }
    }
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plan_count, 2);
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1); /* the other way: without the snapshot */
    CU_ASSERT_EQUAL(steps[0].action.kind, ACTION_COMPUTE_SUSPEND);
    carry_out(0);
    look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
}

static struct incident_record incident_now(void)
{
    struct incident_record incident = { .state = INCIDENT_CLOSED };

    look();
    ASSERT_OK(knowledge_get_incident(knowledge_reading(core.knowledge),
                                     slice_from(seen.incidents[0].id.text), &arena, &incident));
    return incident;
}

struct rows_of {
    const char *kind;
    size_t count;
};

static struct status count_row(void *arg, const struct journal_row *row)
{
    struct rows_of *rows = arg;

    rows->count += slice_is(row->kind, rows->kind) ? 1 : 0;
    return STATUS_SUCCESS;
}

static size_t journal_rows(const char *kind)
{
    struct rows_of rows = { .kind = kind };

    ASSERT_OK(journal_list(knowledge_reading(core.knowledge), 0, KNOWLEDGE_PAGE_MAX, count_row,
                           &rows, NULL));
    return rows.count;
}

/* No party agreed to react to that. */
static void what_has_no_plan_says_why_once(void)
{
    begin();
    detect("port-scan", SEVERITY_HIGH, 1);
    detect("port-scan", SEVERITY_HIGH, 2);
    struct slice reason = incident_now().reason;
    CU_ASSERT_TRUE(slice_find_text(reason, SLICE("port-scan")) < reason.len);
    CU_ASSERT_EQUAL(seen.plan_count, 0);
    CU_ASSERT_EQUAL(journal_rows("plan.impossible"), 1);
    detect("ssh-guessed", SEVERITY_CRITICAL, 3);
    CU_ASSERT_EQUAL(incident_now().reason.len, 0);
}

static void a_plan_that_failed_says_why(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    answer(&steps[0], COMMAND_DO, COMMAND_FAILED);
    look();
    struct plan_record plan;
    struct slice id = slice_from(seen.plans[seen.plan_count - 1].id.text);
    ASSERT_OK(knowledge_get_plan(knowledge_reading(core.knowledge), id, &arena, &plan));
    CU_ASSERT_EQUAL(plan.state, PLAN_FAILED);
    CU_ASSERT_EQUAL(slice_find_text(plan.reason, SLICE("network.deny on node-1: ")), 0);
}

static void an_event_that_cannot_be_worked_on_takes_no_other_along(void)
{
    enum { TOO_LONG = 600 };
    struct event events[] = { detection("ssh-bruteforce", SEVERITY_HIGH, "key-1"),
                              detection("ssh-bruteforce", SEVERITY_HIGH, "key-2") };

    begin();
    ((struct event_field *)events[0].fields)[2].value =
        (struct slice){ memset(ARENA_NEW(&arena, char, TOO_LONG), 'a', TOO_LONG), TOO_LONG };
    deliver(events, COUNT_OF(events), 1);
    look();
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

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    ASSERT_OK(turn_join(&core));
    command.action = steps[0].action.id;
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
    end_turn();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(dispatch_sweep(&core, slice_from(node)));
}

/* An attack is answered by one step, of which the node says nothing until it is given up. */
static struct step_record unanswered_step(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    virtual_time.wall_us += (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000);
    sweep("");
    look();
    CU_ASSERT_EQUAL_FATAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
    return steps[0];
}

static const struct step_record *step_now(const struct step_record *step)
{
    struct step_record *now = ARENA_NEW(&arena, struct step_record, 1);

    end_turn();
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
    CU_ASSERT_EQUAL(core.outbox[0].type, FRAME_CMD);
    ASSERT_TEXT(core.outbox[0].node, "node-1");
    answer(&step, COMMAND_DO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_ENFORCED);
    CU_ASSERT(step_now(&step)->lease_end_ms > 0);
    look();
    CU_ASSERT_EQUAL(seen.plans[1].state, PLAN_DONE);
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_RUNNING);
    carry_out(0);
    look();
    CU_ASSERT_EQUAL(seen.incidents[0].state, INCIDENT_CONTAINED);
    CU_ASSERT_EQUAL(journal_rows("command.late-result"), 1);
    answer(&step, COMMAND_DO, COMMAND_DONE); /* twice changes nothing */
    CU_ASSERT_EQUAL(journal_rows("command.late-result"), 1);
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
    /* and can be taken back */
    ASSERT_OK(
        progress_undo(&core, slice_from(seen.plans[seen.plan_count - 1].id.text), SLICE("a test")));
    step = *step_now(&step);
    answer(&step, COMMAND_UNDO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_UNDONE);
}

static void what_was_never_done_stays_failed(void)
{
    struct step_record step = unanswered_step();

    answer(&step, COMMAND_DO, COMMAND_EXPIRED);
    CU_ASSERT_EQUAL(step_now(&step)->state, CONTROL_FAILED);
    look();
    CU_ASSERT_EQUAL(seen.plans[seen.plan_count - 1].state, PLAN_FAILED);
    CU_ASSERT_EQUAL(journal_rows("command.late-result"), 1);
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
}

static void nobody_asks_about_what_is_long_past(void)
{
    (void)unanswered_step();
    virtual_time.wall_us += CORE_ANSWER_LIFE_MS * INT64_C(1000);
    sweep("node-1");
    CU_ASSERT_EQUAL(core.outbox_count, 0);
}

static void an_undo_without_a_word_goes_on_when_the_node_says_so(void)
{
    struct step_record *steps = NULL;

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    carry_out(0);
    look();
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(progress_undo(&core, slice_from(seen.plans[0].id.text), SLICE("a test")));
    virtual_time.wall_us += (CORE_COMMAND_LIFE_MS + 1) * INT64_C(1000);
    sweep("");
    look();
    CU_ASSERT_EQUAL(seen.plans[0].state, PLAN_FAILED);
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED);
    answer(&steps[0], COMMAND_UNDO, COMMAND_DONE);
    CU_ASSERT_EQUAL(step_now(&steps[0])->state, CONTROL_UNDONE);
    look();
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
    end_turn();
}

static void a_node_acknowledges_its_own_commands_only(void)
{
    struct step_record *steps = NULL;
    struct command_record command = { 0 };

    begin();
    detect("ssh-bruteforce", SEVERITY_HIGH, 1);
    look();
    CU_ASSERT_EQUAL_FATAL(steps_of(0, &steps), 1);
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
    { "loop", NULL, tear_down, NULL, end_test, tests },
    CU_SUITE_INFO_NULL,
};
