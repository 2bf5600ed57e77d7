/* Server and clients in one loop, over real CURVE connections on loopback. Each test sets up a
 * scene, waits for its end or the deadline, then looks at what was noted. */
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "base/clock.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/client.h"
#include "wire/server.h"
#include "wire/socket_priv.h"

enum { DEADLINE_MS = 20000, NOTES_MAX = 2048, PEERS = 2 };

static struct world world;
static struct arena arena;

/* A hand-made peer: a DEALER that sends what a client never would. */
struct raw_peer {
    void *context;
    void *dealer;
};

static struct scene {
    struct actor_loop *loop;
    struct registry_cell *cell;
    struct server *server;
    struct client *clients[PEERS];
    struct raw_peer raw;
    char notes[NOTES_MAX];
    const char *until; /* quit when the notes hold this */
    bool late;
    uint32_t window;
    uint32_t events; /* batches heard */
    unsigned wanted_events;
    struct server_counters server_counters;
    struct client_counters client_counters[PEERS];
    void (*begin)(void);
    void (*on_note)(void);
    void (*on_tick)(void);
} scene;

static void note(const char *format, ...) PRINTF_LIKE(1, 2);

static void note(const char *format, ...)
{
    size_t used = strlen(scene.notes);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(scene.notes + used, sizeof(scene.notes) - used, format, args);
    va_end(args);
    if (scene.on_note != NULL) {
        scene.on_note();
    }
    if (scene.until != NULL && strstr(scene.notes, scene.until) != NULL) {
        actor_loop_quit(scene.loop);
    }
}

/* --- the server's owner ----------------------------------------------------------------- */

static void welcome(struct slice node)
{
    const struct message message = { .frame = { .type = FRAME_WELCOME, .credit = scene.window } };
    struct status sent = server_send(scene.server, node, &message);

    CU_ASSERT_TRUE(status_ok(&sent));
}

static void on_message(void *arg, const struct server_arrival *arrival)
{
    const struct message *message = arrival->message;

    (void)arg;
    if (message->frame.type == FRAME_EVENTS && scene.wanted_events > 0) {
        scene.events++;
        if (scene.events == scene.wanted_events) {
            note("all-events ");
        }
        return;
    }
    note("%s:%s%s%s ", frame_type_name(message->frame.type), arrival->node->name,
         arrival->via != NULL ? "/" : "", arrival->via != NULL ? arrival->via->name : "");
    if (message->frame.type == FRAME_HELLO && scene.window > 0) {
        welcome(slice_from(arrival->node->name));
    }
}

static void on_up(void *arg, const struct registry_node *node)
{
    (void)arg;
    note("up:%s ", node->name);
}

static void on_down(void *arg, const struct registry_node *node, struct slice reason)
{
    (void)arg;
    note("down:%s(%.*s) ", node->name, SLICE_ARG(reason));
}

static void on_refused(void *arg, enum server_refusal reason, struct slice who, struct slice detail,
                       uint64_t count)
{
    (void)arg;
    (void)who;
    (void)detail;
    (void)count;
    note("refused:%s ", server_refusal_name(reason));
}

static void on_alarm(void *arg, enum server_alarm kind, struct slice node, struct slice detail)
{
    (void)arg;
    (void)detail;
    note("alarm:%s:%.*s ", kind == SERVER_ALARM_EPOCH_BACK ? "epoch" : "two", SLICE_ARG(node));
}

static struct status open_server(const struct identity *identity, enum peer_role serves,
                                 bool open_signed)
{
    const struct server_options options = {
        .endpoint = "tcp://127.0.0.1:*",
        .identity = identity,
        .registry = scene.cell,
        .serves = serves,
        .open_signed = open_signed,
        .clock = &clock_real,
        .silence_ms = 1500,
        .handshake_ms = 500,
        .rival_ms = 500,
    };
    const struct server_handlers handlers = {
        on_message, on_up, on_down, on_refused, on_alarm, NULL
    };

    return server_open(scene.loop, &options, &handlers, &scene.server);
}

/* --- the clients' owner ----------------------------------------------------------------- */

static uint64_t stream_epoch;

static void fill_hello(void *arg, struct hello *hello)
{
    (void)arg;
    hello->stream_epoch = stream_epoch;
    hello->last_seq = 9;
}

static void on_client_message(void *arg, const struct message *message, struct arena *scratch)
{
    const int *index = arg;

    (void)scratch;
    note("c%d:%s%s%s ", *index, frame_type_name(message->frame.type),
         message->frame.type == FRAME_ERROR ? "-" : "",
         message->frame.type == FRAME_ERROR ? wire_error_name(message->error.code) : "");
}

static void on_client_down(void *arg, struct slice reason)
{
    const int *index = arg;

    note("c%d:down(%.*s) ", *index, SLICE_ARG(reason));
}

static void open_client_at(int index, const struct identity *identity, const struct trust *trust,
                           const char *first, const char *second)
{
    static int indexes[PEERS] = { 0, 1 };
    const struct client_options options = {
        .endpoints = { first, second },
        .identity = identity,
        .trust = trust,
        .version = "test 1",
        .clock = &clock_real,
        .ping_ms = 300,
        .silence_ms = 1000,
        .reconnect_ms = 50,
    };
    const struct client_handlers handlers = { fill_hello, on_client_message, on_client_down,
                                              &indexes[index] };

    ASSERT_OK(client_open(scene.loop, &options, &handlers, &scene.clients[index]));
}

static void open_client(int index, const struct identity *identity, const struct trust *trust)
{
    open_client_at(index, identity, trust, server_endpoint(scene.server), NULL);
}

/* --- the hand-made peer ----------------------------------------------------------------- */

static void raw_connect(const struct identity *identity, const struct curve_public *server)
{
    ASSERT_OK(socket_context(&scene.raw.context));
    scene.raw.dealer = zmq_socket(scene.raw.context, ZMQ_DEALER);
    ASSERT_OK(socket_setup(scene.raw.dealer, 0));
    ASSERT_OK(socket_setup_client(scene.raw.dealer, &identity->curve, server));
    ASSERT_OK(socket_set_int(scene.raw.dealer, ZMQ_LINGER, 0));
    ASSERT_OK(socket_set_int(scene.raw.dealer, ZMQ_IMMEDIATE, 0));
    CU_ASSERT_EQUAL(zmq_connect(scene.raw.dealer, server_endpoint(scene.server)), 0);
}

static void raw_send_bytes(struct slice bytes)
{
    ASSERT_OK(socket_send(scene.raw.dealer, SLICE(""), bytes));
}

static void raw_send(const struct message *message)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };

    ASSERT_OK(message_encode(message, &bytes));
    raw_send_bytes(buf_slice(&bytes));
}

static struct message raw_hello(const struct identity *identity, uint64_t instance)
{
    return (struct message){ .frame = { .type = FRAME_HELLO },
                             .node = slice_from(identity->name),
                             .hello = { .role = identity->role,
                                        .min_major = 1,
                                        .max_major = 1,
                                        .instance = instance,
                                        .stream_epoch = stream_epoch } };
}

static void raw_close(void)
{
    if (scene.raw.dealer != NULL) {
        (void)zmq_close(scene.raw.dealer);
        (void)zmq_ctx_term(scene.raw.context);
        scene.raw = (struct raw_peer){ 0 };
    }
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
    scene.on_note = NULL;
    raw_close();
    for (int i = 0; i < PEERS; i++) {
        if (scene.clients[i] != NULL) {
            scene.client_counters[i] = client_read_counters(scene.clients[i]);
        }
        client_close(&scene.clients[i]);
    }
    if (scene.server != NULL) {
        scene.server_counters = server_read_counters(scene.server);
    }
    server_close(&scene.server);
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

static void begin_test(void)
{
    memset(&scene, 0, sizeof(scene));
    scene.cell = registry_cell_new(registry_ref(world.registry));
    scene.window = 8;
    stream_epoch = 5ULL << 32 | 1;
}

static void end_test(void)
{
    registry_cell_free(&scene.cell);
    arena_done(&arena);
}

static int set_up(void)
{
    actor_block_signals();
    world_make(&world, "link");
    return 0;
}

static int tear_down(void)
{
    world_done(&world);
    return 0;
}

static bool noted(const char *text)
{
    return strstr(scene.notes, text) != NULL;
}

/* Other notes may come between: client and server take turns as the kernel likes. */
static bool noted_after(const char *first, const char *then)
{
    const char *at = strstr(scene.notes, first);

    return at != NULL && strstr(at, then) != NULL;
}

static uint64_t refused(enum server_refusal reason)
{
    return scene.server_counters.refused[reason];
}

/* --- good peers ------------------------------------------------------------------------- */

static void begin_one_sma(void)
{
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    open_client(0, &world.app, &world.app_trust);
}

static void send_three_batches(void)
{
    if (scene.clients[0] != NULL && client_is_up(scene.clients[0]) && scene.events == 0 &&
        scene.wanted_events == 0) {
        scene.wanted_events = 3;
        for (uint64_t i = 0; i < 3; i++) {
            struct message message = world_events(&arena, &world.app, stream_epoch, 10 + 2 * i, 2);
            ASSERT_OK(client_send(scene.clients[0], &message));
        }
    }
}

static void test_a_session_begins_and_carries_signed_events(void)
{
    scene.on_tick = send_three_batches;
    play(begin_one_sma, "all-events ");
    CU_ASSERT_TRUE(noted("up:app-1 HELLO:app-1 c0:WELCOME "));
    CU_ASSERT_EQUAL(scene.events, 3);
    CU_ASSERT_EQUAL(scene.server_counters.sessions, 1);
    CU_ASSERT_EQUAL(scene.server_counters.zap.accepted, 1);
    CU_ASSERT_EQUAL(scene.client_counters[0].connects, 1);
    for (size_t i = 0; i < SERVER_REFUSALS; i++) {
        CU_ASSERT_EQUAL(scene.server_counters.refused[i], 0);
    }
}

static void command_when_up(void)
{
    if (noted("c0:WELCOME ") && !noted("sent ")) {
        struct command command = world_command("app-1", 4);
        struct message message = world_command_message(&arena, &world, &command);
        ASSERT_OK(server_send(scene.server, SLICE("app-1"), &message));
        struct message ack = { .frame = { .type = FRAME_ACK, .ack = 3, .credit = 1 } };
        ASSERT_OK(server_send(scene.server, SLICE("app-1"), &ack));
        ASSERT_CODE(server_send(scene.server, SLICE("app-2"), &message), STATUS_NOT_FOUND);
        note("sent ");
    }
}

static void test_commands_and_acks_go_down(void)
{
    scene.on_tick = command_when_up;
    play(begin_one_sma, "c0:ACK ");
    CU_ASSERT_TRUE(noted("c0:CMD c0:ACK "));
}

static void begin_aggregator(void)
{
    ASSERT_OK(open_server(&world.redand, PEER_AGGREGATOR, true));
    open_client(0, &world.agg, &world.agg_trust);
}

/* The aggregator relays for app-1: HELLO, then events unchanged. */
static void relay_when_up(void)
{
    if (!client_is_up(scene.clients[0])) {
        return;
    }
    if (!noted("relayed ")) {
        struct message early = world_events(&arena, &world.app, stream_epoch, 1, 1);
        ASSERT_OK(client_send(scene.clients[0], &early)); /* before its HELLO */
        struct message hello = raw_hello(&world.app, 1);
        ASSERT_OK(client_send(scene.clients[0], &hello));
        note("relayed ");
    } else if (noted_after("c0:ERROR-hello-first ", "c0:WELCOME ") && !noted("events-sent ")) {
        struct message message = world_events(&arena, &world.app, stream_epoch, 1, 1);
        CLEANUP(buf_done) struct buf bytes = { 0 };
        struct frame frame;
        ASSERT_OK(message_encode(&message, &bytes));
        ASSERT_OK(frame_decode(buf_slice(&bytes), &frame));
        ASSERT_OK(client_forward(scene.clients[0], &frame));
        note("events-sent ");
    } else if (noted("EVENTS:app-1/agg-1 ") && !noted("bye-sent ")) {
        struct message ask = { .frame = { .type = FRAME_STATE_REQ }, .node = SLICE("app-1") };
        struct message bye = { .frame = { .type = FRAME_BYE }, .node = SLICE("app-1") };
        struct message error = { .frame = { .type = FRAME_ERROR }, .node = SLICE("app-1") };
        ASSERT_OK(client_send(scene.clients[0], &error));
        ASSERT_OK(client_send(scene.clients[0], &ask));
        ASSERT_OK(client_send(scene.clients[0], &bye));
        note("bye-sent ");
    }
}

static void test_an_aggregator_relays_for_its_own_nodes(void)
{
    scene.on_tick = relay_when_up;
    play(begin_aggregator, "BYE:app-1/agg-1 ");
    CU_ASSERT_TRUE(noted("up:agg-1 "));
    CU_ASSERT_TRUE(noted("HELLO:app-1/agg-1 "));
    CU_ASSERT_TRUE(noted("ERROR:app-1/agg-1 STATE_REQ:app-1/agg-1 "));
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_ORDER), 1);
}

/* --- losing and finding each other ------------------------------------------------------ */

static void close_client_when_up(void)
{
    if (noted("c0:WELCOME ")) {
        client_close(&scene.clients[0]);
    }
}

static void test_bye_ends_a_session_at_once(void)
{
    scene.on_tick = close_client_when_up;
    play(begin_one_sma, "down:app-1(said BYE) ");
}

static void begin_raw_sma(void)
{
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    raw_connect(&world.app, &world.agg.curve.public_key);
    struct message hello = raw_hello(&world.app, 1);
    raw_send(&hello);
}

static void vanish_when_up(void)
{
    if (noted("HELLO:app-1 ")) {
        raw_close();
    }
}

static void test_a_peer_that_vanishes_is_noticed(void)
{
    scene.on_tick = vanish_when_up;
    play(begin_raw_sma, "down:app-1(disconnected) ");
}

static void test_a_silent_peer_is_gone_in_the_end(void)
{
    play(begin_raw_sma, "down:app-1(silent) ");
}

static void restart_server_when_up(void)
{
    if (noted("c0:WELCOME ") && !noted("restarted ")) {
        static char endpoint[SERVER_ENDPOINT_MAX];
        slice_to_cstr(slice_from(server_endpoint(scene.server)), endpoint, sizeof(endpoint));
        server_close(&scene.server);
        const struct server_options options = { .endpoint = endpoint,
                                                .identity = &world.agg,
                                                .registry = scene.cell,
                                                .serves = PEER_SMA,
                                                .clock = &clock_real };
        const struct server_handlers handlers = { on_message, on_up,    on_down,
                                                  on_refused, on_alarm, NULL };
        ASSERT_OK(server_open(scene.loop, &options, &handlers, &scene.server));
        note("restarted ");
    }
    if (noted("c0:down(") && client_is_up(scene.clients[0])) {
        note("up-again ");
    }
}

static void test_a_client_finds_a_restarted_server(void)
{
    scene.on_tick = restart_server_when_up;
    play(begin_one_sma, "up-again ");
    CU_ASSERT_TRUE(noted("c0:down("));
    CU_ASSERT_EQUAL(scene.client_counters[0].connects, 2);
}

static void begin_silent_welcome(void)
{
    scene.window = 0; /* never welcomes */
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    open_client(0, &world.app, &world.app_trust);
}

static void check_early_send(void)
{
    if (noted("HELLO:app-1 ") && !noted("tried ")) {
        struct message message = world_events(&arena, &world.app, stream_epoch, 1, 1);
        ASSERT_CODE(client_send(scene.clients[0], &message), STATUS_UNAVAILABLE);
        ASSERT_CODE(client_forward(scene.clients[0], &message.frame), STATUS_UNAVAILABLE);
        note("tried ");
    }
}

static void test_nothing_is_sent_before_welcome_and_hello_is_repeated(void)
{
    scene.on_tick = check_early_send;
    play(begin_silent_welcome, "tried HELLO:app-1 ");
    CU_ASSERT_EQUAL(scene.client_counters[0].send_refused, 2);
    CU_ASSERT(scene.client_counters[0].hellos >= 2);
}

/* The first address is a server that never answers: plain TCP, nobody speaks ZeroMQ. */
static void begin_failover(void)
{
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    open_client_at(0, &world.app, &world.app_trust, "tcp://127.0.0.1:1",
                   server_endpoint(scene.server));
}

static void test_the_second_address_is_tried(void)
{
    play(begin_failover, "c0:WELCOME ");
    CU_ASSERT(scene.client_counters[0].rebuilds >= 1);
}

/* --- who may not ------------------------------------------------------------------------ */

static struct identity stranger;

static void begin_stranger(void)
{
    identity_make(&stranger, SLICE("app-1"), PEER_SMA, NULL, 0);
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    open_client(0, &stranger, &world.app_trust);
    open_client(1, &world.other, &world.other_trust);
}

static void wait_for_rebuild(void)
{
    if (scene.clients[0] != NULL && client_read_counters(scene.clients[0]).rebuilds >= 2) {
        note("rebuilt ");
    }
}

static void test_an_unknown_key_is_refused_and_a_good_peer_undisturbed(void)
{
    scene.on_tick = wait_for_rebuild;
    play(begin_stranger, "rebuilt ");
    CU_ASSERT(scene.server_counters.zap.refused_unknown >= 2);
    CU_ASSERT(refused(SERVER_REFUSED_CONNECTION) >= 2);
    CU_ASSERT(scene.client_counters[0].auth_failures >= 2);
    CU_ASSERT_TRUE(noted("HELLO:app-2 "));
    CU_ASSERT_FALSE(noted("HELLO:app-1 "));
    const char *first = strstr(scene.notes, "refused:connection ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "refused:connection ")); /* reported once */
}

static void begin_wrong_role(void)
{
    ASSERT_OK(open_server(&world.redand, PEER_AGGREGATOR, true));
    struct trust straight = world.app_trust;
    straight.server_key = world.redand.curve.public_key;
    static struct trust kept;
    kept = straight;
    open_client(0, &world.app, &kept);
}

static void test_an_sma_may_not_connect_where_aggregators_do(void)
{
    play(begin_wrong_role, "refused:connection ");
    CU_ASSERT(scene.server_counters.zap.refused_role >= 1);
}

static void begin_wrong_server_key(void)
{
    static struct trust wrong;
    wrong = world.app_trust;
    wrong.server_key = world.redand.curve.public_key;
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    open_client(0, &world.app, &wrong);
}

static void test_a_client_does_not_talk_to_another_server_than_it_trusts(void)
{
    play(begin_wrong_server_key, "refused:handshake ");
    CU_ASSERT_EQUAL(scene.client_counters[0].connects, 0);
    CU_ASSERT_EQUAL(scene.client_counters[0].frames_out, 0);
}

static void revoke_when_up(void)
{
    if (noted("c0:WELCOME ") && !noted("revoked ")) {
        CLEANUP(arena_done) struct arena scratch = { 0 };
        struct registry *next = NULL;
        ASSERT_OK(registry_set_state(world.folder, SLICE("app-1"), NODE_REVOKED));
        ASSERT_OK(
            registry_load(arena_printf(&scratch, "%s/registry.yaml", world.folder).ptr, &next));
        registry_cell_set(scene.cell, next);
        note("revoked ");
        struct message message = world_events(&arena, &world.app, stream_epoch, 1, 1);
        ASSERT_OK(client_send(scene.clients[0], &message));
    }
    if (noted("refused:key ") && !noted("reloaded ")) {
        note("reloaded ");
        server_reload(scene.server);
    }
}

static void test_revocation_counts_from_the_next_frame_on(void)
{
    scene.on_tick = revoke_when_up;
    play(begin_one_sma, "down:app-1(no longer enrolled) ");
    CU_ASSERT_FALSE(noted("EVENTS:app-1"));
    CU_ASSERT(refused(SERVER_REFUSED_KEY) >= 1);
}

/* --- what a known key may not send ------------------------------------------------------ */

static void send_everything_wrong(void)
{
    if (!noted("HELLO:app-1 ") || noted("wrong-sent ")) {
        return;
    }
    struct message good = world_events(&arena, &world.app, stream_epoch, 1, 1);
    struct command command = world_command("app-1", 4);
    struct message cmd = world_command_message(&arena, &world, &command);
    raw_send(&cmd); /* only the orchestrator may: type */
    struct message foreign = world_events(&arena, &world.other, stream_epoch, 1, 1);
    raw_send(&foreign); /* somebody else's: node */
    struct message forged = good;
    forged.events.signature.bytes[0] ^= 1;
    raw_send(&forged); /* signature */
    struct message lie = good;
    lie.frame.seq = 2;
    raw_send(&lie); /* the frame says otherwise: malformed */
    raw_send_bytes(SLICE("not a frame of ours at all, whatever it may be")); /* malformed */
    CLEANUP(buf_done) struct buf bytes = { 0 };
    ASSERT_OK(message_encode(&good, &bytes));
    bytes.ptr[2] = 9;
    raw_send_bytes(buf_slice(&bytes)); /* version */
    bytes.ptr[2] = 1;
    bytes.ptr[3] = 99;
    bytes.ptr[4] = FRAME_OPTIONAL;
    raw_send_bytes(buf_slice(&bytes)); /* skipped */
    CU_ASSERT_EQUAL(zmq_send(scene.raw.dealer, "a", 1, ZMQ_SNDMORE), 1);
    CU_ASSERT_EQUAL(zmq_send(scene.raw.dealer, "b", 1, 0), 1); /* several parts: malformed */
    struct message delta = { .frame = { .type = FRAME_DELTA } };
    buf_clear(&bytes);
    frame_encode(&delta.frame, &bytes);
    raw_send_bytes(buf_slice(&bytes)); /* type */
    struct message hello = raw_hello(&world.app, 1);
    hello.hello.role = PEER_AGGREGATOR;
    raw_send(&hello); /* authority */
    hello = raw_hello(&world.app, 1);
    hello.hello.min_major = 7;
    hello.hello.max_major = 9;
    raw_send(&hello); /* version */
    for (int i = 0; i < 8 + SERVER_CREDIT_RESERVE + 2; i++) {
        raw_send(&good); /* the last ones beyond credit */
    }
    note("wrong-sent ");
}

static void test_each_wrong_frame_is_refused_counted_and_told_once(void)
{
    scene.on_tick = send_everything_wrong;
    play(begin_raw_sma, "refused:credit ");
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_TYPE), 2);
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_NODE), 1);
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_SIGNATURE), 1);
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_MALFORMED), 3);
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_VERSION), 2);
    CU_ASSERT_EQUAL(refused(SERVER_REFUSED_AUTHORITY), 1);
    CU_ASSERT(refused(SERVER_REFUSED_CREDIT) >= 1);
    CU_ASSERT_FALSE(noted("EVENTS:app-2"));
    const char *first = strstr(scene.notes, "refused:malformed ");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    CU_ASSERT_PTR_NULL(strstr(first + 1, "refused:malformed "));
}

static void begin_raw_without_hello(void)
{
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    raw_connect(&world.app, &world.agg.curve.public_key);
    struct message message = world_events(&arena, &world.app, stream_epoch, 1, 1);
    raw_send(&message);
}

static void test_hello_comes_first(void)
{
    play(begin_raw_without_hello, "refused:order ");
    CU_ASSERT_FALSE(noted("EVENTS"));
}

/* --- stolen keys ------------------------------------------------------------------------ */

static void second_copy_when_up(void)
{
    if (noted("c0:WELCOME ") && scene.raw.dealer == NULL) {
        raw_connect(&world.app, &world.agg.curve.public_key);
        struct message hello = raw_hello(&world.app, 77);
        raw_send(&hello);
    }
}

static void release_after_alarm(void)
{
    second_copy_when_up();
    if (noted("refused:quarantine ") && !noted("released ")) {
        CU_ASSERT_TRUE(server_is_quarantined(scene.server, SLICE("app-1")));
        ASSERT_CODE(server_send(scene.server, SLICE("app-1"), &(struct message){ 0 }),
                    STATUS_NOT_FOUND);
        raw_close();
        server_release(scene.server, SLICE("app-1"));
        note("released ");
    }
    if (noted("released ") && client_is_up(scene.clients[0])) {
        note("up-again ");
    }
}

static void send_while_in_quarantine(void)
{
    release_after_alarm();
    if (noted("alarm:two:app-1 ") && !noted("refused:quarantine ")) {
        client_say_hello(scene.clients[0]);
    }
    if (noted("released ") && !client_is_up(scene.clients[0])) {
        client_say_hello(scene.clients[0]);
    }
}

static void test_two_live_connections_with_one_key_mean_quarantine(void)
{
    scene.on_tick = send_while_in_quarantine;
    play(begin_one_sma, "up-again ");
    CU_ASSERT_TRUE(noted("alarm:two:app-1 "));
    CU_ASSERT_TRUE(noted("c0:ERROR-denied "));
}

static void mute_first_then_second(void)
{
    if (noted("HELLO:app-1 ") && scene.clients[0] == NULL) {
        open_client(0, &world.app, &world.app_trust); /* the raw peer never answers its PING */
    }
}

static void test_a_dead_first_connection_gives_way(void)
{
    scene.on_tick = mute_first_then_second;
    play(begin_raw_sma, "c0:WELCOME ");
    CU_ASSERT_TRUE(noted("down:app-1(displaced by a new connection) "));
    CU_ASSERT_FALSE(noted("alarm"));
}

static void older_epoch_when_up(void)
{
    if (noted("c0:WELCOME ")) {
        stream_epoch = 4ULL << 32 | 9;
        client_say_hello(scene.clients[0]);
    }
}

static void test_an_epoch_that_goes_back_means_quarantine(void)
{
    scene.on_tick = older_epoch_when_up;
    play(begin_one_sma, "alarm:epoch:app-1 ");
}

static void begin_known_epoch(void)
{
    ASSERT_OK(open_server(&world.agg, PEER_SMA, true));
    server_know_epoch(scene.server, SLICE("app-1"), 6ULL << 32);
    open_client(0, &world.app, &world.app_trust);
}

static void test_an_epoch_remembered_from_before_a_restart_counts(void)
{
    play(begin_known_epoch, "alarm:epoch:app-1 ");
    CU_ASSERT_FALSE(noted("c0:WELCOME"));
}

/* --- from the server's side ------------------------------------------------------------- */

static void send_from_below(void)
{
    if (noted("c0:WELCOME ") && !noted("junk-sent ")) {
        struct message events = world_events(&arena, &world.app, 1, 1, 1);
        struct message unknown = { .frame = { .type = FRAME_ERROR, .flags = FRAME_OPTIONAL } };
        struct message first = { .frame = { .type = FRAME_ERROR },
                                 .error = { .code = WIRE_ERROR_HELLO_FIRST } };
        struct message ack = { .frame = { .type = FRAME_ACK } };
        CLEANUP(buf_done) struct buf bytes = { 0 };
        ASSERT_OK(server_send(scene.server, SLICE("app-1"), &events));
        ASSERT_OK(message_encode(&unknown, &bytes));
        bytes.ptr[3] = 99;
        ASSERT_OK(server_forward(scene.server, SLICE("app-1"), FRAME_UNKNOWN, buf_slice(&bytes)));
        ASSERT_CODE(server_forward(scene.server, SLICE("app-1"), FRAME_ACK, SLICE("junk")),
                    STATUS_CORRUPT);
        ASSERT_OK(server_send(scene.server, SLICE("app-1"), &first));
        ASSERT_OK(server_send(scene.server, SLICE("app-1"), &ack));
        note("junk-sent ");
    }
}

static void test_a_client_drops_what_a_server_may_not_send(void)
{
    scene.on_tick = send_from_below;
    play(begin_one_sma, "c0:ACK ");
    CU_ASSERT_EQUAL(scene.client_counters[0].bad_frames, 1);
    CU_ASSERT_TRUE(noted("c0:ERROR-hello-first "));
    CU_ASSERT_TRUE(noted("c0:down(the server knows no session) "));
}

static int64_t up_since_ms;

/* Longer than the server's patience, with nothing but PING and PONG. */
static void wait_quietly(void)
{
    if (noted("c0:WELCOME ") && up_since_ms == 0) {
        up_since_ms = clock_mono_ms(&clock_real);
    }
    if (up_since_ms != 0 && clock_mono_ms(&clock_real) - up_since_ms > 3000) {
        note("long ");
    }
}

static void test_pings_keep_a_quiet_session(void)
{
    scene.on_tick = wait_quietly;
    play(begin_one_sma, "long ");
    CU_ASSERT_FALSE(noted("down"));
    CU_ASSERT_EQUAL(scene.client_counters[0].hellos, 1);
}

static void test_addresses_that_cannot_be_bound_are_errors(void)
{
    CU_ASSERT_STRING_EQUAL(server_refusal_name((enum server_refusal)99), "unknown");
    CU_ASSERT_STRING_EQUAL(server_refusal_name(SERVER_REFUSED_CREDIT), "credit");
}

static void begin_bad_addresses(void)
{
    struct server_options options = { .endpoint = "tcp://203.0.113.1:1",
                                      .identity = &world.agg,
                                      .registry = scene.cell,
                                      .serves = PEER_SMA,
                                      .clock = &clock_real };
    const struct server_handlers handlers = { .message = on_message };
    const struct client_options client = { .endpoints = { "nonsense", NULL },
                                           .identity = &world.app,
                                           .trust = &world.app_trust,
                                           .version = "test 1",
                                           .clock = &clock_real };
    const struct client_handlers client_handlers = { .message = on_client_message };
    struct client *none = NULL;
    struct server *no_server = NULL;

    ASSERT_CODE(server_open(scene.loop, &options, &handlers, &no_server), STATUS_UNAVAILABLE);
    options.endpoint = "tcp://127.0.0.1:99999"; /* never 34463 */
    ASSERT_CODE(server_open(scene.loop, &options, &handlers, &no_server), STATUS_INVALID);
    ASSERT_CODE(client_open(scene.loop, &client, &client_handlers, &none), STATUS_INVALID);
    CU_ASSERT_PTR_NULL(none);
    CU_ASSERT_PTR_NULL(no_server);
    note("done ");
}

static void test_bad_addresses_are_errors(void)
{
    play(begin_bad_addresses, "done ");
}

static CU_TestInfo tests[] = {
    { "a session begins and carries signed events",
      test_a_session_begins_and_carries_signed_events },
    { "commands and acks go down", test_commands_and_acks_go_down },
    { "an aggregator relays for its own nodes", test_an_aggregator_relays_for_its_own_nodes },
    { "BYE ends a session at once", test_bye_ends_a_session_at_once },
    { "a peer that vanishes is noticed", test_a_peer_that_vanishes_is_noticed },
    { "a silent peer is gone in the end", test_a_silent_peer_is_gone_in_the_end },
    { "a client finds a restarted server", test_a_client_finds_a_restarted_server },
    { "nothing is sent before WELCOME, and HELLO is repeated",
      test_nothing_is_sent_before_welcome_and_hello_is_repeated },
    { "the second address is tried", test_the_second_address_is_tried },
    { "an unknown key is refused and a good peer undisturbed",
      test_an_unknown_key_is_refused_and_a_good_peer_undisturbed },
    { "an SMA may not connect where aggregators do",
      test_an_sma_may_not_connect_where_aggregators_do },
    { "a client does not talk to another server than it trusts",
      test_a_client_does_not_talk_to_another_server_than_it_trusts },
    { "each wrong frame is refused, counted and told once",
      test_each_wrong_frame_is_refused_counted_and_told_once },
    { "HELLO comes first", test_hello_comes_first },
    { "two live connections with one key mean quarantine",
      test_two_live_connections_with_one_key_mean_quarantine },
    { "a dead first connection gives way", test_a_dead_first_connection_gives_way },
    { "an epoch that goes back means quarantine", test_an_epoch_that_goes_back_means_quarantine },
    { "an epoch remembered from before a restart counts",
      test_an_epoch_remembered_from_before_a_restart_counts },
    { "a client drops what a server may not send", test_a_client_drops_what_a_server_may_not_send },
    { "pings keep a quiet session", test_pings_keep_a_quiet_session },
    { "bad addresses are errors", test_bad_addresses_are_errors },
    { "refusals have names", test_addresses_that_cannot_be_bound_are_errors },
    { "revocation counts from the next frame on", test_revocation_counts_from_the_next_frame_on },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/link", set_up, tear_down, begin_test, end_test, tests },
                          CU_SUITE_INFO_NULL };
