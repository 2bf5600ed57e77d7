/* An SMA's client, an aggregator and an orchestrator's server in one loop, over real connections.
 */
#include "aggregators/aggregator.h"

#include <stdio.h>
#include <string.h>

#include "aggregators/config.h"
#include "base/file.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"

enum { DEADLINE_MS = 20000, CREDIT = 8 };

static struct world world;
static struct arena arena;
static const uint64_t epoch = 5ULL << 32 | 1;

static struct scene {
    struct actor_loop *loop;
    struct registry_cell *cell;
    struct server *redand;
    struct aggregator *agg;
    struct client *sma;
    char endpoint[SERVER_ENDPOINT_MAX]; /* redand's */
    char notes[2048];
    const char *until;
    bool late;
    void (*begin)(void);
    void (*on_tick)(void);
    struct aggregator_counters counters;
} scene;

static void note(const char *format, ...) PRINTF_LIKE(1, 2);

static void note(const char *format, ...)
{
    size_t used = strlen(scene.notes);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(scene.notes + used, sizeof(scene.notes) - used, format, args);
    va_end(args);
    if (scene.until != NULL && strstr(scene.notes, scene.until) != NULL) {
        actor_loop_quit(scene.loop);
    }
}

static bool noted(const char *text)
{
    return strstr(scene.notes, text) != NULL;
}

/* --- redand ----------------------------------------------------------------------------- */

static struct message snapshot_message(void)
{
    struct message message = { .frame = { .type = FRAME_SNAPSHOT } };
    const struct snapshot snapshot = { .policy_digest = "d1", .version = 1 };

    ASSERT_OK(snapshot_seal(&arena, &snapshot, &registry_trust(world.registry)->membership,
                            SLICE("redand"), &world.redand.signing, &message.snapshot));
    return message;
}

static void answer(struct slice node, const struct server_arrival *arrival)
{
    const struct message welcome = { .frame = { .type = FRAME_WELCOME, .credit = CREDIT } };
    const struct message ack = { .frame = { .type = FRAME_ACK, .credit = 1 } };
    const struct message snapshot = snapshot_message();

    if (arrival->message->frame.type == FRAME_HELLO) {
        ASSERT_OK(server_send(scene.redand, node, &welcome));
    } else if (arrival->message->frame.type == FRAME_EVENTS) {
        CU_ASSERT_PTR_NOT_NULL(arrival->batch);
        ASSERT_OK(server_send(scene.redand, node, &ack));
    } else if (arrival->message->frame.type == FRAME_STATE_REQ) {
        ASSERT_OK(server_send(scene.redand, node, &snapshot));
    }
}

static void on_redand_message(void *arg, const struct server_arrival *arrival)
{
    (void)arg;
    note("R:%s:%s/%s ", frame_type_name(arrival->message->frame.type), arrival->node->name,
         arrival->via != NULL ? arrival->via->name : "");
    answer(slice_from(arrival->node->name), arrival);
}

static void on_redand_up(void *arg, const struct registry_node *node)
{
    (void)arg;
    note("R:up:%s ", node->name);
}

static void open_redand(const char *endpoint)
{
    const struct server_options options = { .endpoint = endpoint,
                                            .identity = &world.redand,
                                            .registry = scene.cell,
                                            .serves = PEER_AGGREGATOR,
                                            .open_signed = true,
                                            .clock = &clock_real };
    const struct server_handlers handlers = { .message = on_redand_message, .up = on_redand_up };

    ASSERT_OK(server_open(scene.loop, &options, &handlers, &scene.redand));
    slice_to_cstr(slice_from(server_endpoint(scene.redand)), scene.endpoint,
                  sizeof(scene.endpoint));
}

/* --- the aggregator and the SMA --------------------------------------------------------- */

static struct status try_aggregator(const char *keys)
{
    const struct aggregator_options options = {
        .keys = file_path(&arena, world.folder, keys),
        .registry = file_path(&arena, world.folder, "registry.yaml"),
        .listen = "tcp://127.0.0.1:*",
        .orchestrator = scene.endpoint,
        .clock = &clock_real,
        .reconnect_ms = 50,
    };

    return aggregator_open(scene.loop, &options, &scene.agg);
}

static void fill_hello(void *arg, struct hello *hello)
{
    (void)arg;
    hello->stream_epoch = epoch;
}

static void on_sma_message(void *arg, const struct message *message, struct arena *scratch)
{
    (void)arg;
    (void)scratch;
    note("S:%s(%u) ", frame_type_name(message->frame.type), message->frame.credit);
}

static void open_sma(void)
{
    const struct client_options options = { .endpoints = { aggregator_endpoint(scene.agg), NULL },
                                            .identity = &world.app,
                                            .trust = &world.app_trust,
                                            .version = "test 1",
                                            .clock = &clock_real,
                                            .reconnect_ms = 50 };
    const struct client_handlers handlers = { .hello = fill_hello, .message = on_sma_message };

    ASSERT_OK(client_open(scene.loop, &options, &handlers, &scene.sma));
}

/* --- scenes ----------------------------------------------------------------------------- */

static struct status on_deadline(struct actor_loop *loop, void *state)
{
    (void)state;
    scene.late = true;
    actor_loop_quit(loop);
    return STATUS_SUCCESS;
}

static struct status on_tick(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    if (scene.on_tick != NULL) {
        scene.on_tick();
    }
    return STATUS_SUCCESS;
}

static struct status begin_scene(struct actor_loop *loop, void *state)
{
    (void)state;
    scene.loop = loop;
    (void)actor_loop_timer(loop, DEADLINE_MS, 1, on_deadline, NULL);
    (void)actor_loop_timer(loop, 20, 0, on_tick, NULL);
    scene.begin();
    return STATUS_SUCCESS;
}

static void end_scene(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    scene.until = NULL;
    client_close(&scene.sma);
    if (scene.agg != NULL) {
        aggregator_log_counters(scene.agg);
        scene.counters = aggregator_read_counters(scene.agg);
    }
    aggregator_close(&scene.agg);
    server_close(&scene.redand);
}

static void play(void (*begin)(void), const char *until)
{
    scene.begin = begin;
    scene.until = until;
    ASSERT_OK(actor_run_root(begin_scene, NULL, end_scene, NULL));
    if (scene.late) {
        (void)printf("    notes: %s\n", scene.notes);
        CU_FAIL("the scene did not end in time");
    }
}

static void begin_all(void)
{
    open_redand("tcp://127.0.0.1:*");
    ASSERT_OK(try_aggregator("agg-1"));
    open_sma();
}

static void begin_without_redand(void)
{
    open_redand("tcp://127.0.0.1:*"); /* for its address only */
    server_close(&scene.redand);
    ASSERT_OK(try_aggregator("agg-1"));
    open_sma();
}

static void send_events(uint64_t first)
{
    struct message message = world_events(&arena, &world.app, epoch, first, 2);

    ASSERT_OK(client_send(scene.sma, &message));
}

static void events_then_command(void)
{
    if (noted("S:WELCOME(8) ") && !noted("sent ")) {
        note("sent ");
        send_events(1);
    }
    if (noted("S:ACK(1) ") && !noted("ordered ")) {
        struct command command = world_command("app-1", 1);
        struct message message = world_command_message(&arena, &world, &command);
        ASSERT_OK(server_send(scene.redand, SLICE("app-1"), &message));
        note("ordered ");
    }
}

static void test_events_go_up_acks_and_commands_come_down(void)
{
    scene.on_tick = events_then_command;
    play(begin_all, "S:CMD(0) ");
    CU_ASSERT_TRUE(noted("R:up:agg-1 "));
    CU_ASSERT_TRUE(noted("R:HELLO:app-1/agg-1 "));
    CU_ASSERT_TRUE(noted("R:EVENTS:app-1/agg-1 "));
    CU_ASSERT_EQUAL(scene.counters.relay.up_by_type[FRAME_EVENTS], 1);
    CU_ASSERT_EQUAL(scene.counters.relay.down_by_type[FRAME_CMD], 1);
    CU_ASSERT_EQUAL(scene.counters.up_failed, 0);
    CU_ASSERT_EQUAL(scene.counters.down_failed, 0);
}

static void start_redand_later(void)
{
    if (noted("S:WELCOME(0) ") && scene.redand == NULL) {
        CU_ASSERT_FALSE(aggregator_is_up(scene.agg));
        send_events(1); /* urgent ones may go; nobody acknowledges them */
        static char endpoint[SERVER_ENDPOINT_MAX];
        memcpy(endpoint, scene.endpoint, sizeof(endpoint));
        open_redand(endpoint);
    }
}

static void test_the_orchestrator_may_come_later(void)
{
    scene.on_tick = start_redand_later;
    play(begin_without_redand, "S:WELCOME(8) ");
    CU_ASSERT_TRUE(noted("R:HELLO:app-1/agg-1 "));
    CU_ASSERT_FALSE(noted("S:ACK"));
    CU_ASSERT(scene.counters.relay.welcomed_here >= 1);
}

static void ask_with_and_without_redand(void)
{
    const struct message ask = { .frame = { .type = FRAME_STATE_REQ }, .node = SLICE("app-1") };

    if (noted("S:WELCOME(8) ") && !noted("asked ")) {
        note("asked ");
        ASSERT_OK(client_send(scene.sma, &ask));
    }
    if (noted("S:SNAPSHOT(0) ") && scene.redand != NULL) {
        server_close(&scene.redand);
        note("away ");
    }
    if (noted("away ") && !aggregator_is_up(scene.agg) && !noted("again ")) {
        note("again ");
        ASSERT_OK(client_send(scene.sma, &ask));
    }
}

static void test_a_kept_snapshot_is_served_while_the_orchestrator_is_away(void)
{
    scene.on_tick = ask_with_and_without_redand;
    play(begin_all, "again S:SNAPSHOT(0) ");
    CU_ASSERT_EQUAL(scene.counters.relay.snapshots_served, 1);
}

static void sma_leaves(void)
{
    if (noted("S:WELCOME(8) ") && scene.sma != NULL) {
        client_close(&scene.sma);
    }
}

static void test_the_orchestrator_hears_when_a_node_leaves(void)
{
    scene.on_tick = sma_leaves;
    play(begin_all, "R:BYE:app-1/agg-1 ");
}

static void raise_alarm_when_up(void)
{
    static bool second;

    if (noted("S:WELCOME(8) ") && !second) {
        second = true;
        server_close(&scene.redand);
    }
    if (second && !aggregator_is_up(scene.agg) && !noted("reload ")) {
        note("reload ");
        ASSERT_OK(aggregator_reload(scene.agg));
        ASSERT_OK(registry_set_state(world.folder, SLICE("app-1"), NODE_REVOKED));
        ASSERT_OK(aggregator_reload(scene.agg));
        note("revoked ");
    }
}

static void test_a_reload_revokes_at_once(void)
{
    scene.on_tick = raise_alarm_when_up;
    play(begin_all, "revoked ");
    CU_ASSERT_EQUAL(scene.counters.server.sessions, 0);
}

static void begin_wrong_keys(void)
{
    open_redand("tcp://127.0.0.1:*");
    ASSERT_CODE(try_aggregator("app-2"), STATUS_DENIED); /* a key, but not an aggregator's */
    ASSERT_CODE(try_aggregator("nobody"), STATUS_NOT_FOUND);
    CU_ASSERT_PTR_NULL(scene.agg);
    note("done ");
}

static void test_a_wrong_key_is_found_at_the_start(void)
{
    play(begin_wrong_keys, "done ");
}

static void test_the_configuration_has_defaults(void)
{
    struct agg_config config;

    config_defaults(&arena, &agg_config_table, &config);
    ASSERT_TEXT(config.listen, "tcp://127.0.0.1:7701");
    ASSERT_TEXT(config.orchestrator, "tcp://127.0.0.1:7700");
    CU_ASSERT_EQUAL(config.counters_ms, 60000);
}

static void begin_test(void)
{
    memset(&scene, 0, sizeof(scene));
    scene.cell = registry_cell_new(registry_ref(world.registry));
}

static void end_test(void)
{
    registry_cell_free(&scene.cell);
    arena_done(&arena);
}

static int set_up(void)
{
    actor_block_signals();
    world_make(&world, "aggregator");
    return 0;
}

static int tear_down(void)
{
    world_done(&world);
    return 0;
}

static CU_TestInfo tests[] = {
    { "events go up, acks and commands come down", test_events_go_up_acks_and_commands_come_down },
    { "the orchestrator may come later", test_the_orchestrator_may_come_later },
    { "a kept SNAPSHOT is served while the orchestrator is away",
      test_a_kept_snapshot_is_served_while_the_orchestrator_is_away },
    { "the orchestrator hears when a node leaves", test_the_orchestrator_hears_when_a_node_leaves },
    { "a wrong key is found at the start", test_a_wrong_key_is_found_at_the_start },
    { "the configuration has defaults", test_the_configuration_has_defaults },
    { "a reload revokes at once", test_a_reload_revokes_at_once },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "aggregators", set_up, tear_down, begin_test, end_test, tests },
                          CU_SUITE_INFO_NULL };
