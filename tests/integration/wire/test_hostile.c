/* A hostile crowd at the door of a real redan-agg, while a good node goes on reporting through it.
 *
 * redan-agg runs as its own process; the orchestrator's server and the good node's client live in
 * this one, and so do the attackers: half-open connections, raw ZMTP junk, unknown keys, a known
 * key of the wrong role, and a known key that sends mutated, oversized and forbidden frames. At the
 * end: the good node saw every ack in time and never lost its session, nothing forged reached the
 * orchestrator, every refusal is counted and logged but not flooded, and the sockets are back. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/client.h"
#include "wire/command_guard.h"
#include "wire/server.h"
#include "wire/socket_priv.h"

enum {
    DEADLINE_MS = 60 * 1000,
    TICK_MS = 20,
    HALF_OPEN = 1000,
    JUNK = 200, /* of them also send bytes that are no ZMTP */
    MUTATED_A_TICK = 50,
    MUTATED = 5000,
    ACK_P99_MS = 250, /* generous: two sanitized processes and the attack share two cores */
    REPORT_LINES_MAX = 4,
    LOG_BYTES_MAX = 1024 * 1024,
    PORT_FIRST = 20000,
    PORT_SPAN = 20000,
    LOW_FILES = 320
};
static const uint64_t epoch = 5ULL << 32 | 1;

static struct world world;
static struct arena arena;
static struct identity second_agg;

static struct scene {
    struct actor_loop *loop;
    struct registry_cell *cell;
    struct server *redand;
    struct client *good;
    pid_t agg;
    uint16_t port;
    char log_path[600];
    char endpoint[64];
    bool attack;       /* begun */
    bool foreign_seen; /* somebody else's report was refused */
    int files_before;
    int64_t attack_ms;

    int half_open[HALF_OPEN];
    void *context; /* of the attackers */
    void *stranger, *wrong_role, *mutant;
    unsigned mutated;

    /* the good node */
    uint64_t next_seq;
    int64_t sent_ms;
    bool waiting;
    int64_t waits_ms[4096];
    size_t wait_count;
    unsigned downs;
    uint64_t acked, arrived, forged;
    struct command_guard *guard;
    char verdicts[64];
    bool late;
    void (*on_tick)(void);
} scene;

/* --- the orchestrator ------------------------------------------------------------------- */

static void on_redand(void *arg, const struct server_arrival *arrival)
{
    struct slice node = slice_from(arrival->node->name);
    const struct message welcome = { .frame = { .type = FRAME_WELCOME, .credit = 8 } };

    (void)arg;
    if (arrival->message->frame.type == FRAME_HELLO) {
        (void)!server_send(scene.redand, node, &welcome).code;
    } else if (arrival->batch != NULL && slice_is(node, "app-1")) {
        const struct message ack = {
            .frame = { .type = FRAME_ACK, .ack = arrival->batch->last_seq, .credit = 1 }
        };
        scene.arrived++;
        (void)!server_send(scene.redand, node, &ack).code;
    } else if (arrival->batch != NULL) {
        scene.forged++; /* the mutant holds a key of app-2, but signs nothing well */
    }
}

static void open_redand(void)
{
    const struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
                                            .identity = &world.redand,
                                            .registry = scene.cell,
                                            .serves = PEER_AGGREGATOR,
                                            .open_signed = true,
                                            .clock = &clock_real };
    const struct server_handlers handlers = { .message = on_redand };

    ASSERT_OK(server_open(scene.loop, &options, &handlers, &scene.redand));
}

/* --- the good node ---------------------------------------------------------------------- */

static void fill_hello(void *arg, struct hello *hello)
{
    (void)arg;
    hello->stream_epoch = epoch;
}

static void judge(const struct message *message)
{
    static const char letters[] = "AGLNRI"; /* accept, again, look, answer, refuse, ignore */
    struct command command;
    struct command_judgement judgement =
        command_judge(scene.guard, &arena, &message->command, &world.app_trust, 1010000, &command);
    size_t used = strlen(scene.verdicts);

    scene.verdicts[used] = letters[judgement.verdict];
    if (judgement.verdict == COMMAND_ACCEPT) {
        const struct command_result result = { .id = command.id, .detail = "done" };
        ASSERT_OK(command_store_accept(scene.guard, &command));
        ASSERT_OK(command_store_result(scene.guard, &result));
    }
}

static void on_good(void *arg, const struct message *message, struct arena *scratch)
{
    (void)arg;
    (void)scratch;
    if (message->frame.type == FRAME_ACK && scene.waiting) {
        scene.waiting = false;
        scene.acked = message->frame.ack;
        if (scene.wait_count < COUNT_OF(scene.waits_ms)) {
            scene.waits_ms[scene.wait_count++] = clock_mono_ms(&clock_real) - scene.sent_ms;
        }
    } else if (message->frame.type == FRAME_CMD) {
        judge(message);
    }
}

static void on_good_down(void *arg, struct slice reason)
{
    (void)arg;
    (void)reason;
    scene.downs++;
}

static void open_good(void)
{
    const struct client_options options = { .endpoints = { scene.endpoint, NULL },
                                            .identity = &world.app,
                                            .trust = &world.app_trust,
                                            .version = "test 1",
                                            .clock = &clock_real,
                                            .reconnect_ms = 50 };
    const struct client_handlers handlers = { fill_hello, on_good, on_good_down, NULL };

    ASSERT_OK(client_open(scene.loop, &options, &handlers, &scene.good));
}

static void report(void)
{
    if (!client_is_up(scene.good) || scene.waiting) {
        return;
    }
    arena_reset(&arena);
    struct message message = world_events(&arena, &world.app, epoch, scene.next_seq, 2);
    struct status sent = client_send(scene.good, &message);
    if (status_ok(&sent)) {
        scene.next_seq += 2;
        scene.waiting = true;
        scene.sent_ms = clock_mono_ms(&clock_real);
    }
}

/* --- redan-agg -------------------------------------------------------------------------- */

static uint16_t free_port(void)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof(at);
    CLEANUP(cleanup_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
    CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)&at, &len), 0);
    return ntohs(at.sin_port);
}

static void start_agg(const char *name, rlim_t files)
{
    const char *config = arena_printf(&arena, "%s/%s.yaml", world.folder, name).ptr;
    const char *program = arena_printf(&arena, "%s/redan-agg", getenv("REDAN_BIN")).ptr;
    struct slice text = { 0 };

    scene.port = free_port();
    (void)snprintf(scene.endpoint, sizeof(scene.endpoint), "tcp://127.0.0.1:%u", scene.port);
    (void)snprintf(scene.log_path, sizeof(scene.log_path), "%s/%s.log", world.folder, name);
    text = arena_printf(&arena,
                        "keys: %s/agg-1\nregistry: %s/registry.yaml\nlisten: \"%s\"\n"
                        "orchestrator: \"%s\"\nlog_format: text\n",
                        world.folder, world.folder, scene.endpoint, server_endpoint(scene.redand));
    ASSERT_OK(file_store(config, text, 0600));
    scene.agg = fork();
    CU_ASSERT_FATAL(scene.agg >= 0);
    if (scene.agg == 0) {
        const struct rlimit limit = { files, files };
        int log = open(scene.log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        (void)dup2(log, STDERR_FILENO);
        (void)!(files != 0 ? setrlimit(RLIMIT_NOFILE, &limit) : 0);
        (void)execl(program, "redan-agg", "--config", config, (char *)NULL);
        _exit(127);
    }
}

static int stop_agg(void)
{
    int wait_status = 0;

    (void)kill(scene.agg, SIGTERM);
    (void)waitpid(scene.agg, &wait_status, 0);
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -WTERMSIG(wait_status);
}

static int files_of_agg(void)
{
    DIR *folder = opendir(arena_printf(&arena, "/proc/%d/fd", scene.agg).ptr);
    int count = 0;

    if (folder == NULL) {
        return -1;
    }
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

static struct slice agg_log(void)
{
    struct slice text = SLICE("");
    struct status loaded = file_load(&arena, scene.log_path, LOG_BYTES_MAX, &text);

    (void)loaded; /* not there yet: empty */
    return text;
}

static unsigned log_count(const char *needle)
{
    struct slice rest = agg_log();
    unsigned count = 0;

    for (;;) {
        size_t at = slice_find_text(rest, slice_from(needle));
        if (at >= rest.len) {
            return count;
        }
        count++;
        rest = slice_sub(rest, at + 1, rest.len);
    }
}

/* --- attackers -------------------------------------------------------------------------- */

static void open_half(unsigned from, unsigned to)
{
    static const char junk[] = "GET / HTTP/1.1\r\nHost: redan\r\n\r\n\xff\x00\x7f not ZMTP at all";
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port = htons(scene.port) };

    for (unsigned i = from; i < to; i++) {
        scene.half_open[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        (void)!connect(scene.half_open[i], (struct sockaddr *)&at, sizeof(at));
    }
    for (unsigned i = from; i < to && i < JUNK; i++) {
        (void)!send(scene.half_open[i], junk, sizeof(junk), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

static void close_half(void)
{
    for (unsigned i = 0; i < HALF_OPEN; i++) {
        cleanup_close(&scene.half_open[i]);
        scene.half_open[i] = -1;
    }
}

static void *attacker(const struct identity *identity)
{
    void *dealer = zmq_socket(scene.context, ZMQ_DEALER);

    ASSERT_OK(socket_setup(dealer, 0));
    ASSERT_OK(socket_setup_client(dealer, &identity->curve, &world.agg.curve.public_key));
    ASSERT_OK(socket_set_int(dealer, ZMQ_IMMEDIATE, 0));
    ASSERT_OK(socket_set_int(dealer, ZMQ_LINGER, 0));
    int64_t unlimited = -1;
    (void)zmq_setsockopt(dealer, ZMQ_MAXMSGSIZE, &unlimited, sizeof(unlimited));
    (void)zmq_connect(dealer, scene.endpoint);
    return dealer;
}

static struct message hello_of(const struct identity *identity)
{
    return (struct message){ .frame = { .type = FRAME_HELLO },
                             .node = slice_from(identity->name),
                             .hello = { .role = PEER_SMA,
                                        .min_major = 1,
                                        .max_major = 1,
                                        .instance = 3,
                                        .stream_epoch = epoch } };
}

static void send_mutant(struct slice bytes)
{
    (void)zmq_send(scene.mutant, bytes.ptr, bytes.len, ZMQ_DONTWAIT);
}

/* Frames of a node that we own, with a few bytes changed at random. */
static void send_mutated(void)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    struct message message = world_events(&arena, &world.app, epoch, 1, 1);
    const struct message hello = hello_of(&world.other);

    if (scene.mutated % 3 == 0) {
        (void)!message_encode(&hello, &bytes).code;
    } else {
        message.node = SLICE("app-2");
        (void)!message_encode(&message, &bytes).code;
    }
    for (uint32_t i = socket_random(1, 8); i > 0; i--) {
        uint32_t last = (uint32_t)bytes.len - 1;
        bytes.ptr[socket_random(0, last)] = (char)socket_random(0, 255);
    }
    send_mutant(buf_slice(&bytes));
    scene.mutated++;
}

/* Somebody else's report: looked at once the session stands. */
static void send_foreign(void)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    const struct message hello = hello_of(&world.other);
    const struct message foreign = world_events(&arena, &world.app, epoch, 1, 1);

    (void)!message_encode(&hello, &bytes).code;
    send_mutant(buf_slice(&bytes));
    buf_clear(&bytes);
    (void)!message_encode(&foreign, &bytes).code;
    send_mutant(buf_slice(&bytes));
}

static void send_forbidden(void)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    static char huge[2 * 1024 * 1024];
    const struct message hello = hello_of(&world.other);
    struct command command = world_command("app-1", 9);
    struct message order = world_command_message(&arena, &world, &command);

    (void)!message_encode(&hello, &bytes).code;
    send_mutant(buf_slice(&bytes));
    buf_clear(&bytes);
    (void)!message_encode(&order, &bytes).code;
    send_mutant(buf_slice(&bytes)); /* only the orchestrator orders */
    send_mutant((struct slice){ huge, sizeof(huge) });
    (void)zmq_send(scene.mutant, "a", 1, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    (void)zmq_send(scene.mutant, "b", 1, ZMQ_DONTWAIT);
}

/* The same order twice, its number under a new name, one with a changed byte. */
static void send_replays(void)
{
    struct command first = world_command("app-1", 5);
    struct command renamed = world_command("app-1", 6);
    struct message order = world_command_message(&arena, &world, &first);

    renamed.seq = 5;
    struct message replay = world_command_message(&arena, &world, &renamed);
    (void)!server_send(scene.redand, SLICE("app-1"), &order).code;
    (void)!server_send(scene.redand, SLICE("app-1"), &order).code;
    (void)!server_send(scene.redand, SLICE("app-1"), &replay).code;
    char *bytes = arena_cstr(&arena, order.command.bytes);
    bytes[order.command.bytes.len / 2] ^= 1;
    order.command.bytes.ptr = bytes;
    (void)!server_send(scene.redand, SLICE("app-1"), &order).code;
}

static void begin_attack(void)
{
    static struct identity nobody;

    scene.attack = true;
    scene.attack_ms = clock_mono_ms(&clock_real);
    scene.files_before = files_of_agg();
    identity_make(&nobody, SLICE("app-1"), PEER_SMA, NULL, 0);
    scene.context = zmq_ctx_new();
    scene.stranger = attacker(&nobody);
    scene.wrong_role = attacker(&second_agg);
    scene.mutant = attacker(&world.other);
    open_half(0, HALF_OPEN);
    send_forbidden();
    send_replays();
}

static void end_attack(void)
{
    void *sockets[] = { scene.stranger, scene.wrong_role, scene.mutant };

    if (scene.context == NULL) {
        return;
    }
    for (size_t i = 0; i < COUNT_OF(sockets); i++) {
        (void)zmq_close(sockets[i]);
    }
    (void)zmq_ctx_term(scene.context);
    scene.context = NULL;
}

/* --- the loop --------------------------------------------------------------------------- */

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
    scene.on_tick();
    return STATUS_SUCCESS;
}

static struct status begin_scene(struct actor_loop *loop, void *state)
{
    const rlim_t *files = state;

    scene.loop = loop;
    open_redand();
    start_agg(*files != 0 ? "low" : "agg", *files);
    open_good();
    (void)actor_loop_timer(loop, DEADLINE_MS, 1, on_deadline, NULL);
    (void)actor_loop_timer(loop, TICK_MS, 0, on_tick, NULL);
    return STATUS_SUCCESS;
}

static void end_scene(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    end_attack();
    close_half();
    CU_ASSERT_EQUAL(stop_agg(), 0);
    client_close(&scene.good);
    server_close(&scene.redand);
}

static void play(rlim_t files)
{
    ASSERT_OK(actor_run_root(begin_scene, NULL, end_scene, &files));
    CU_ASSERT_FALSE(scene.late);
}

static int compare_waits(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a;
    int64_t right = *(const int64_t *)b;

    return left < right ? -1 : left > right;
}

static int64_t wait_p99_ms(void)
{
    if (scene.wait_count == 0) {
        return INT64_MAX;
    }
    qsort(scene.waits_ms, scene.wait_count, sizeof(scene.waits_ms[0]), compare_waits);
    return scene.waits_ms[scene.wait_count * 99 / 100];
}

/* --- tests ------------------------------------------------------------------------------ */

/* All attacks at once; over when the silent ones have been reaped. */
static void attack_and_report(void)
{
    report();
    if (!scene.attack && scene.wait_count >= 20) {
        begin_attack();
    }
    /* First what is looked at only while the key is in good standing: a mutated HELLO may raise the
     * stream epoch, after which the true one means quarantine. */
    if (scene.attack && !scene.foreign_seen) {
        send_foreign();
        scene.foreign_seen = log_count("what=\"node\"") > 0;
    }
    for (unsigned i = 0; scene.foreign_seen && i < MUTATED_A_TICK && scene.mutated < MUTATED; i++) {
        send_mutated();
    }
    bool long_enough =
        scene.attack && clock_mono_ms(&clock_real) - scene.attack_ms > SOCKET_HANDSHAKE_MS;
    if (long_enough && scene.mutated == MUTATED && files_of_agg() <= scene.files_before + 8) {
        actor_loop_quit(scene.loop);
    }
}

static void test_a_good_node_is_undisturbed_by_a_hostile_crowd(void)
{
    scene.on_tick = attack_and_report;
    play(0);
    int64_t p99_ms = wait_p99_ms();
    (void)printf("\n    %zu reports, ack p99 %d ms; %u mutated frames, %d half-open connections\n",
                 scene.wait_count, (int)p99_ms, scene.mutated, HALF_OPEN);
    CU_ASSERT_EQUAL(scene.downs, 0);
    CU_ASSERT(p99_ms <= ACK_P99_MS);
    CU_ASSERT_EQUAL(scene.forged, 0);
    CU_ASSERT(scene.arrived >= scene.wait_count);
    CU_ASSERT_STRING_EQUAL(scene.verdicts, "ANRI");
    /* Every kind of refusal is in the log, none floods it. */
    static const char *const reasons[] = { "connection", "handshake", "type",
                                           "node",       "malformed", "order" };
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        unsigned lines = log_count(arena_printf(&arena, "what=\"%s\"", reasons[i]).ptr);
        if (lines == 0 || lines > REPORT_LINES_MAX) {
            (void)printf("    %s: %u lines\n", reasons[i], lines);
        }
        CU_ASSERT(lines >= 1 && lines <= REPORT_LINES_MAX);
    }
    CU_ASSERT_EQUAL(log_count(" counters "), 1);
}

/* With few descriptors: the listener rests instead of running into libzmq's abort. */
static void flood_with_few_files(void)
{
    static unsigned opened;

    report();
    if (scene.wait_count >= 5 && opened < HALF_OPEN) {
        open_half(opened, opened + 100);
        opened += 100;
    }
    if (opened == HALF_OPEN && log_count("what=\"limit\"") > 0 && !scene.attack) {
        scene.attack = true;
        scene.attack_ms = clock_mono_ms(&clock_real);
        close_half();
        scene.wait_count = 0;
    }
    if (scene.attack && scene.wait_count >= 5 && scene.mutant == NULL) {
        scene.context = zmq_ctx_new();
        scene.mutant = attacker(&world.other); /* a well-meaning one this time */
        const struct message hello = hello_of(&world.other);
        CLEANUP(buf_done) struct buf bytes = { 0 };
        (void)!message_encode(&hello, &bytes).code;
        send_mutant(buf_slice(&bytes));
    }
    if (log_count("node-up node=\"app-2\"") > 0) {
        actor_loop_quit(scene.loop);
    }
}

static void test_the_listener_rests_before_descriptors_run_out(void)
{
    scene.on_tick = flood_with_few_files;
    play(LOW_FILES);
    CU_ASSERT_EQUAL(scene.downs, 0);
    CU_ASSERT(log_count("what=\"limit\"") >= 1);
    CU_ASSERT_EQUAL(log_count("node-up node=\"app-2\""), 1);
}

static void begin_test(void)
{
    memset(&scene, 0, sizeof(scene));
    for (unsigned i = 0; i < HALF_OPEN; i++) {
        scene.half_open[i] = -1;
    }
    scene.next_seq = 1;
    scene.cell = registry_cell_new(registry_ref(world.registry));
    ASSERT_OK(command_guard_open(arena_printf(&arena, "%s/guard", world.folder).ptr, SLICE("app-1"),
                                 &scene.guard));
}

static void end_test(void)
{
    command_guard_close(&scene.guard);
    registry_cell_free(&scene.cell);
    arena_done(&arena);
}

static int set_up(void)
{
    const struct registry_node_spec spec = { .name = SLICE("agg-2"), .role = PEER_AGGREGATOR };
    struct rlimit files;

    actor_block_signals();
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 4096) {
        files.rlim_cur = files.rlim_max < 4096 ? files.rlim_max : 4096;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    world_make(&world, "hostile");
    const char *out = arena_printf(&arena, "%s/agg-2", world.folder).ptr;
    struct status made = registry_add_node(world.folder, &spec, out);
    if (status_ok(&made)) {
        made = identity_load(file_path(&arena, out, "identity.yaml"), &second_agg);
    }
    arena_done(&arena);
    return status_ok(&made) ? 0 : 1;
}

static int tear_down(void)
{
    world_done(&world);
    return 0;
}

static CU_TestInfo tests[] = {
    { "a good node is undisturbed by a hostile crowd",
      test_a_good_node_is_undisturbed_by_a_hostile_crowd },
    { "the listener rests before descriptors run out",
      test_the_listener_rests_before_descriptors_run_out },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/hostile", set_up, tear_down, begin_test, end_test, tests },
                          CU_SUITE_INFO_NULL };
