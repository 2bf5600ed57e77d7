/* bench_wire: what sessions, signatures and one aggregator cost over bare ZeroMQ. Three processes
 * on loopback: an agent's client, an aggregator, an orchestrator's server that checks every
 * signature and acknowledges (nothing is stored). Beside it, in two processes, a bare DEALER and
 * ROUTER with CURVE: an echo, and one way. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zmq.h>

#include "aggregators/aggregator.h"
#include "base/file.h"
#include "bench/report.h"
#include "wire/registry.h"

enum {
    ROUND_TRIPS = 3000,
    WARM_UP = 200,
    BATCHES = 4000,
    BATCH_EVENTS = 64,
    WINDOW = 8,
    RAW_MESSAGES = 300 * 1000,
    RAW_BYTES = 256,
    KEY_TEXT = 41,
    ENDPOINT_MAX = 128
};

static const struct service_id monitor = { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR };
static const uint64_t stream_epoch = UINT64_C(1) << 32;

static struct bench {
    char folder[64];
    struct arena arena;
    struct identity redand, app;
    struct trust app_trust;
    char redand_endpoint[ENDPOINT_MAX];
    char agg_endpoint[ENDPOINT_MAX];
    pid_t children[2];

    /* the agent */
    struct actor_loop *loop;
    struct client *client;
    struct arena scratch;
    size_t batch_events;
    unsigned batches, window;
    unsigned sent, acked;
    int64_t started_us, ended_us;
    int64_t sent_us[BATCHES];
    int64_t took_us[BATCHES];
} bench;

/* --- files ------------------------------------------------------------------------------ */

static const char *path_of(const char *name)
{
    return file_path(&bench.arena, bench.folder, name);
}

static struct status make_world(void)
{
    const struct registry_node_spec agg = { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR };
    const struct registry_node_spec app = { .name = SLICE("app-1"),
                                            .role = PEER_SMA,
                                            .aggregator = SLICE("agg-1"),
                                            .services = &monitor,
                                            .service_count = 1 };

    (void)snprintf(bench.folder, sizeof(bench.folder), "/tmp/redan-bench-XXXXXX");
    if (mkdtemp(bench.folder) == NULL) {
        return status_error(STATUS_UNAVAILABLE, "no folder in /tmp");
    }
    (void)snprintf(bench.redand_endpoint, sizeof(bench.redand_endpoint), "ipc://%s/redand",
                   bench.folder);
    TRY(registry_init(bench.folder, SLICE("redand")));
    TRY(registry_add_node(bench.folder, &agg, path_of("agg-1")));
    TRY(registry_add_node(bench.folder, &app, path_of("app-1")));
    TRY(identity_load(path_of("identity.yaml"), &bench.redand));
    TRY(identity_load(path_of("app-1/identity.yaml"), &bench.app));
    return trust_load(path_of("app-1/trust.yaml"), &bench.app_trust);
}

static void remove_world(void)
{
    static const char *const files[] = {
        "agg-1/identity.yaml",
        "agg-1/trust.yaml",
        "agg-1",
        "app-1/identity.yaml",
        "app-1/trust.yaml",
        "app-1",
        "identity.yaml",
        "registry.yaml",
        "redand",
        "agg",
        "",
    };

    for (size_t i = 0; i < COUNT_OF(files); i++) {
        (void)remove(path_of(files[i]));
    }
}

/* A child that dies with us and ends on SIGTERM. */
static pid_t spawn(actor_begin_fn *begin)
{
    pid_t child = fork();

    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        struct status run = actor_run_root(begin, NULL, NULL, NULL);
        _exit(status_ok(&run) ? 0 : 1);
    }
    return child;
}

/* --- the orchestrator ------------------------------------------------------------------- */

static void on_arrival(void *arg, const struct server_arrival *arrival)
{
    struct server *const *server = arg;
    struct slice node = slice_from(arrival->node->name);
    struct message message = { .frame = { .type = FRAME_WELCOME, .credit = WINDOW } };

    if (arrival->batch != NULL) {
        message.frame =
            (struct frame){ .type = FRAME_ACK, .credit = 1, .ack = arrival->batch->last_seq };
    }
    struct status sent = server_send(*server, node, &message);
    (void)sent; /* a lost ack shows as a run that does not end */
}

static struct status begin_redand(struct actor_loop *loop, void *state)
{
    static struct server *server;
    struct registry *registry = NULL;

    (void)state;
    TRY(registry_load(path_of("registry.yaml"), &registry));
    const struct server_options options = { .endpoint = bench.redand_endpoint,
                                            .identity = &bench.redand,
                                            .registry = registry_cell_new(registry),
                                            .serves = PEER_AGGREGATOR,
                                            .open_signed = true,
                                            .clock = &clock_real };
    const struct server_handlers handlers = { .message = on_arrival, .arg = &server };
    return server_open(loop, &options, &handlers, &server);
}

static struct status begin_agg(struct actor_loop *loop, void *state)
{
    static struct aggregator *aggregator;
    const struct aggregator_options options = { .keys = path_of("agg-1"),
                                                .registry = path_of("registry.yaml"),
                                                .listen = bench.agg_endpoint,
                                                .orchestrator = bench.redand_endpoint,
                                                .clock = &clock_real,
                                                .reconnect_ms = 20 };

    (void)state;
    return aggregator_open(loop, &options, &aggregator);
}

/* --- the agent -------------------------------------------------------------------------- */

static struct status make_batch(uint64_t first_seq, struct message *out)
{
    struct event *events = ARENA_NEW(&bench.scratch, struct event, bench.batch_events);
    static struct event_field fields[] = {
        { { "src_ip", 6 }, { "10.99.0.2", 9 }, PROVENANCE_KERNEL },
        { { "user", 4 }, { "root", 4 }, PROVENANCE_APP_LOG },
        { { "service", 7 }, { "sshd", 4 }, PROVENANCE_APP_LOG },
        { { "message", 7 },
          { "Failed password for root from 10.99.0.2 port 40022 ssh2", 55 },
          PROVENANCE_APP_LOG },
    };

    for (size_t i = 0; i < bench.batch_events; i++) {
        events[i] = (struct event){ .node = SLICE("app-1"),
                                    .seq = first_seq + i,
                                    .time_us = INT64_C(1700000000000000),
                                    .seen_us = INT64_C(1700000000000100),
                                    .kind = SLICE(EVENT_AUTH_FAILURE),
                                    .severity = SEVERITY_LOW,
                                    .layer = LAYER_L2,
                                    .plane = PLANE_NETWORK,
                                    .fields = fields,
                                    .field_count = COUNT_OF(fields) };
    }
    const struct event_batch batch = { .node = SLICE("app-1"),
                                       .service = monitor,
                                       .epoch = stream_epoch,
                                       .first_seq = first_seq,
                                       .events = events,
                                       .event_count = bench.batch_events };
    *out = (struct message){
        .frame = { .type = FRAME_EVENTS, .epoch = stream_epoch, .seq = first_seq },
        .node = SLICE("app-1")
    };
    return events_seal(&bench.scratch, &batch, &bench.app.services[0].secret, &out->events);
}

static void fill_window(void)
{
    while (bench.sent < bench.batches && bench.sent - bench.acked < bench.window) {
        struct message message;
        bench.sent_us[bench.sent] = report_now_us();
        struct status sent = make_batch(1 + bench.sent * bench.batch_events, &message);
        if (status_ok(&sent)) {
            sent = client_send(bench.client, &message);
        }
        arena_reset(&bench.scratch);
        if (!status_ok(&sent)) {
            (void)fprintf(stderr, "bench_wire: %s\n", sent.msg);
            actor_loop_quit(bench.loop);
            return;
        }
        bench.sent++;
    }
}

static void on_message(void *arg, const struct message *message, struct arena *scratch)
{
    (void)arg;
    (void)scratch;
    if (message->frame.type == FRAME_WELCOME && message->frame.credit > 0 && bench.sent == 0) {
        bench.started_us = report_now_us();
    } else if (message->frame.type == FRAME_ACK) {
        bench.took_us[bench.acked] = report_now_us() - bench.sent_us[bench.acked];
        bench.acked++;
    } else {
        return;
    }
    if (bench.acked == bench.batches) {
        bench.ended_us = report_now_us();
        actor_loop_quit(bench.loop);
        return;
    }
    fill_window();
}

static void fill_hello(void *arg, struct hello *hello)
{
    (void)arg;
    hello->stream_epoch = stream_epoch;
}

static struct status begin_agent(struct actor_loop *loop, void *state)
{
    const struct client_options options = { .endpoints = { bench.agg_endpoint, NULL },
                                            .identity = &bench.app,
                                            .trust = &bench.app_trust,
                                            .version = "bench_wire",
                                            .clock = &clock_real,
                                            .reconnect_ms = 20 };
    const struct client_handlers handlers = { .hello = fill_hello, .message = on_message };

    (void)state;
    bench.loop = loop;
    return client_open(loop, &options, &handlers, &bench.client);
}

static void end_agent(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    client_close(&bench.client);
}

static struct status run_agent(unsigned batches, size_t batch_events, unsigned window)
{
    bench.batches = batches;
    bench.batch_events = batch_events;
    bench.window = window;
    bench.sent = 0;
    bench.acked = 0;
    TRY(actor_run_root(begin_agent, NULL, end_agent, NULL));
    return bench.acked == batches ? STATUS_SUCCESS
                                  : status_error(STATUS_UNAVAILABLE, "the run was cut short");
}

/* --- bare ZeroMQ ------------------------------------------------------------------------ */

struct raw {
    char server_public[KEY_TEXT], server_secret[KEY_TEXT];
    char client_public[KEY_TEXT], client_secret[KEY_TEXT];
    char endpoint[ENDPOINT_MAX];
};

/* Echoes ROUND_TRIPS messages, then counts RAW_MESSAGES and answers once. */
static void raw_serve(const struct raw *raw)
{
    void *context = zmq_ctx_new();
    void *router = zmq_socket(context, ZMQ_ROUTER);
    char route[255];
    char bytes[RAW_BYTES];
    int yes = 1;

    (void)zmq_setsockopt(router, ZMQ_CURVE_SERVER, &yes, sizeof(yes));
    (void)zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, raw->server_secret, KEY_TEXT);
    (void)zmq_bind(router, raw->endpoint);
    for (int i = 0; i < ROUND_TRIPS + WARM_UP + RAW_MESSAGES; i++) {
        int len = zmq_recv(router, route, sizeof(route), 0);
        (void)zmq_recv(router, bytes, sizeof(bytes), 0);
        if (i < ROUND_TRIPS + WARM_UP || i == ROUND_TRIPS + WARM_UP + RAW_MESSAGES - 1) {
            (void)zmq_send(router, route, (size_t)len, ZMQ_SNDMORE);
            (void)zmq_send(router, bytes, sizeof(bytes), 0);
        }
    }
    (void)zmq_close(router);
    (void)zmq_ctx_term(context);
}

struct raw_result {
    int64_t round_trip_us; /* median */
    int64_t messages_per_s;
};

static struct raw_result raw_measure(const struct raw *raw)
{
    static int64_t took_us[ROUND_TRIPS];
    void *context = zmq_ctx_new();
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    char bytes[RAW_BYTES] = "";
    struct raw_result result;

    (void)zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, raw->server_public, KEY_TEXT);
    (void)zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, raw->client_public, KEY_TEXT);
    (void)zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, raw->client_secret, KEY_TEXT);
    (void)zmq_connect(dealer, raw->endpoint);
    for (int i = -WARM_UP; i < ROUND_TRIPS; i++) {
        int64_t start_us = report_now_us();
        (void)zmq_send(dealer, bytes, sizeof(bytes), 0);
        (void)zmq_recv(dealer, bytes, sizeof(bytes), 0);
        if (i >= 0) {
            took_us[i] = report_now_us() - start_us;
        }
    }
    int64_t start_us = report_now_us();
    for (int i = 0; i < RAW_MESSAGES; i++) {
        (void)zmq_send(dealer, bytes, sizeof(bytes), 0);
    }
    (void)zmq_recv(dealer, bytes, sizeof(bytes), 0);
    result.messages_per_s = (int64_t)RAW_MESSAGES * 1000000 / (report_now_us() - start_us);
    result.round_trip_us = report_median(took_us, ROUND_TRIPS);
    (void)zmq_close(dealer);
    (void)zmq_ctx_term(context);
    return result;
}

static struct raw_result run_raw(void)
{
    struct raw raw;

    (void)zmq_curve_keypair(raw.server_public, raw.server_secret);
    (void)zmq_curve_keypair(raw.client_public, raw.client_secret);
    (void)snprintf(raw.endpoint, sizeof(raw.endpoint), "ipc://%s/raw", bench.folder);
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        raw_serve(&raw);
        _exit(0);
    }
    struct raw_result result = raw_measure(&raw);
    (void)waitpid(child, NULL, 0);
    (void)remove(path_of("raw"));
    return result;
}

/* --- the report ------------------------------------------------------------------------- */

static struct status measure(void)
{
    struct raw_result raw = run_raw();
    int64_t sync_us = 0;

    TRY(run_agent(WARM_UP, 1, 1));
    TRY(run_agent(ROUND_TRIPS, 1, 1));
    int64_t round_trip_us = report_median(bench.took_us, ROUND_TRIPS);
    int64_t p99_us = bench.took_us[ROUND_TRIPS * 99 / 100];
    TRY(run_agent(BATCHES, BATCH_EVENTS, WINDOW));
    int64_t events_per_s =
        (int64_t)BATCHES * BATCH_EVENTS * 1000000 / (bench.ended_us - bench.started_us);
    TRY(report_fdatasync_us(bench.folder, &sync_us));
    bool noisy = report_is_noisy(sync_us);
    report_print(&(struct report_row){ .name = "wire.signed_round_trip_us",
                                       .value_milli = round_trip_us * 1000,
                                       .unit = "us",
                                       .reference = "bare CURVE round trip, one hop",
                                       .reference_milli = raw.round_trip_us * 1000,
                                       .runs = ROUND_TRIPS,
                                       .noisy = noisy });
    report_print(&(struct report_row){ .name = "wire.signed_round_trip_p99_us",
                                       .value_milli = p99_us * 1000,
                                       .unit = "us",
                                       .runs = ROUND_TRIPS,
                                       .noisy = noisy });
    report_print(&(struct report_row){ .name = "wire.relayed_events_per_s",
                                       .value_milli = events_per_s * 1000,
                                       .unit = "events/s",
                                       .goal = ">= 0.2 of reference",
                                       .has_goal = true,
                                       .pass = events_per_s * 5 >= raw.messages_per_s,
                                       .reference = "bare CURVE one way, 256 bytes",
                                       .reference_milli = raw.messages_per_s * 1000,
                                       .runs = BATCHES,
                                       .noisy = noisy });
    return STATUS_SUCCESS;
}

int main(void)
{
    struct status status = make_world();

    actor_block_signals();
    if (status_ok(&status)) {
        (void)snprintf(bench.agg_endpoint, sizeof(bench.agg_endpoint), "ipc://%s/agg",
                       bench.folder);
        bench.children[0] = spawn(begin_redand);
        bench.children[1] = spawn(begin_agg);
        status = measure();
        for (size_t i = 0; i < COUNT_OF(bench.children); i++) {
            (void)kill(bench.children[i], SIGTERM);
            (void)waitpid(bench.children[i], NULL, 0);
        }
    }
    remove_world();
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "bench_wire: %s\n", status.msg);
    }
    arena_done(&bench.arena);
    arena_done(&bench.scratch);
    return status_ok(&status) ? 0 : 1;
}
