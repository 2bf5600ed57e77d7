#include "aggregators/relay.h"

#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

static struct relay relay;
static struct arena arena;
static struct buf done;

static void begin_test(void)
{
    relay = (struct relay){ 0 };
}

static void end_test(void)
{
    relay_done(&relay);
    arena_done(&arena);
    buf_done(&done);
}

static const char *const verbs[] = { "up", "down", "welcome", "snapshot", "bye" };

/* The actions as text: "up:EVENTS:app-1:raw ". */
static const char *text_of(const struct relay_output *output)
{
    buf_clear(&done);
    buf_add_cstr(&done, "");
    for (const struct relay_action *at = output->first; at != NULL; at = at->next) {
        buf_printf(&done, "%s:%s:%.*s:%.*s ", verbs[at->verb], frame_type_name(at->type),
                   SLICE_ARG(at->node), SLICE_ARG(at->raw));
    }
    return done.ptr;
}

static const char *from_node(const char *node, enum frame_type type, const char *raw)
{
    struct relay_output output;
    const struct frame frame = { .type = type, .raw = slice_from(raw) };

    relay_output_init(&output, &arena);
    relay_from_node(&relay, slice_from(node), &frame, &output);
    return text_of(&output);
}

static const char *from_orchestrator(const char *node, enum frame_type type, const char *raw)
{
    struct relay_output output;
    const struct frame frame = { .type = type, .raw = slice_from(raw) };

    relay_output_init(&output, &arena);
    relay_from_orchestrator(&relay, slice_from(node), &frame, &output);
    return text_of(&output);
}

static const char *come_up(void)
{
    struct relay_output output;

    relay_output_init(&output, &arena);
    relay_orchestrator_up(&relay, &output);
    return text_of(&output);
}

static const char *gone(const char *node)
{
    struct relay_output output;

    relay_output_init(&output, &arena);
    relay_node_gone(&relay, slice_from(node), &output);
    return text_of(&output);
}

static void test_frames_pass_unchanged_both_ways(void)
{
    (void)come_up();
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_HELLO, "h1"), "up:HELLO:app-1:h1 ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_EVENTS, "e1"), "up:EVENTS:app-1:e1 ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_CMD_ACK, "a"), "up:CMD_ACK:app-1:a ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_CMD_RESULT, "r"), "up:CMD_RESULT:app-1:r ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_ERROR, "x"), "up:ERROR:app-1:x ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_STATE_REQ, "s"), "up:STATE_REQ:app-1:s ");
    CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", FRAME_WELCOME, "w"), "down:WELCOME:app-1:w ");
    CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", FRAME_ACK, "k"), "down:ACK:app-1:k ");
    CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", FRAME_CMD, "c"), "down:CMD:app-1:c ");
    CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", FRAME_ERROR, "y"), "down:ERROR:app-1:y ");
    CU_ASSERT_EQUAL(relay.counters.up, 6);
    CU_ASSERT_EQUAL(relay.counters.down, 4);
    CU_ASSERT_EQUAL(relay.counters.up_by_type[FRAME_EVENTS], 1);
    CU_ASSERT_EQUAL(relay.counters.down_by_type[FRAME_CMD], 1);
}

static void test_what_is_for_one_hop_does_not_pass(void)
{
    static const enum frame_type never_up[] = { FRAME_UNKNOWN,  FRAME_WELCOME, FRAME_ACK,
                                                FRAME_CMD,      FRAME_PING,    FRAME_PONG,
                                                FRAME_SNAPSHOT, FRAME_DELTA,   FRAME_BYE };
    static const enum frame_type never_down[] = { FRAME_UNKNOWN, FRAME_HELLO,      FRAME_EVENTS,
                                                  FRAME_CMD_ACK, FRAME_CMD_RESULT, FRAME_PING,
                                                  FRAME_PONG,    FRAME_STATE_REQ,  FRAME_DELTA,
                                                  FRAME_BYE };

    (void)come_up();
    for (size_t i = 0; i < COUNT_OF(never_up); i++) {
        CU_ASSERT_STRING_EQUAL(from_node("app-1", never_up[i], "x"), "");
    }
    for (size_t i = 0; i < COUNT_OF(never_down); i++) {
        CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", never_down[i], "x"), "");
    }
    CU_ASSERT_EQUAL(relay.counters.up + relay.counters.down, 0);
}

static void test_while_the_orchestrator_is_away_nodes_get_a_welcome_without_credit(void)
{
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_HELLO, "h1"), "welcome:WELCOME:app-1: ");
    CU_ASSERT_STRING_EQUAL(from_node("app-1", FRAME_EVENTS, "e1"), "");
    CU_ASSERT_EQUAL(relay.counters.dropped_away, 1);
    CU_ASSERT_EQUAL(relay.counters.welcomed_here, 1);
}

static void test_hellos_are_said_again_when_the_orchestrator_comes_back(void)
{
    (void)from_node("app-1", FRAME_HELLO, "h1");
    (void)from_node("app-1", FRAME_HELLO, "h1 newer");
    CU_ASSERT_STRING_EQUAL(come_up(), "up:HELLO:app-1:h1 newer ");
    relay_orchestrator_down(&relay);
    CU_ASSERT_STRING_EQUAL(gone("app-1"), "");
    CU_ASSERT_STRING_EQUAL(come_up(), "");
    CU_ASSERT_EQUAL(relay_nodes_here(&relay), 0);
}

static void test_a_node_that_leaves_is_told_once(void)
{
    (void)come_up();
    (void)from_node("app-1", FRAME_HELLO, "h1");
    (void)from_node("app-2", FRAME_HELLO, "h2");
    CU_ASSERT_EQUAL(relay_nodes_here(&relay), 2);
    CU_ASSERT_STRING_EQUAL(gone("app-1"), "bye:BYE:app-1: ");
    CU_ASSERT_STRING_EQUAL(gone("app-1"), "");
    CU_ASSERT_STRING_EQUAL(gone("app-9"), "");
    CU_ASSERT_EQUAL(relay_nodes_here(&relay), 1);
}

static void test_the_last_snapshot_is_served_while_the_orchestrator_is_away(void)
{
    CU_ASSERT_STRING_EQUAL(from_node("app-2", FRAME_STATE_REQ, "s"), "");
    (void)come_up();
    CU_ASSERT_STRING_EQUAL(from_orchestrator("app-1", FRAME_SNAPSHOT, "older"),
                           "down:SNAPSHOT:app-1:older ");
    (void)from_orchestrator("app-1", FRAME_SNAPSHOT, "snap");
    relay_orchestrator_down(&relay);
    CU_ASSERT_STRING_EQUAL(from_node("app-2", FRAME_STATE_REQ, "s"),
                           "snapshot:SNAPSHOT:app-2:snap ");
    CU_ASSERT_EQUAL(relay.counters.snapshots_served, 1);
}

static CU_TestInfo tests[] = {
    { "frames pass unchanged both ways", test_frames_pass_unchanged_both_ways },
    { "what is for one hop does not pass", test_what_is_for_one_hop_does_not_pass },
    { "while the orchestrator is away nodes get a WELCOME without credit",
      test_while_the_orchestrator_is_away_nodes_get_a_welcome_without_credit },
    { "HELLOs are said again when the orchestrator comes back",
      test_hellos_are_said_again_when_the_orchestrator_comes_back },
    { "a node that leaves is told once", test_a_node_that_leaves_is_told_once },
    { "the last SNAPSHOT is served while the orchestrator is away",
      test_the_last_snapshot_is_served_while_the_orchestrator_is_away },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "aggregators/relay", NULL, NULL, begin_test, end_test, tests },
                          CU_SUITE_INFO_NULL };
