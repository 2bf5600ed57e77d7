#include "tests/integration/sma/upstream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "base/log.h"
#include "planes/fake/fake_plane.h"
#include "planes/serve.h"
#include "wire/registry.h"
#include "wire/server.h"

enum { EVENTS_MAX = 20000, CREDIT = 8, TICK_MS = 5, DELAYED_TURNS = 1000000, DIGEST_MAX = 65 };

struct upstream {
    struct arena arena;
    const char *folder;
    struct process sma;
    struct actor *actor;

    /* the actor's own */
    struct actor_loop *loop;
    struct identity orchestrator, aggregator;
    struct trust trust;
    struct registry_cell *registry;
    struct server *server;
    struct fake_world *world;
    struct plane_server *plane;
    struct pollfd watched[PLANE_SERVER_FDS];
    uint64_t epoch, committed;
    bool acks_held;
    struct upstream_snapshot snapshot; /* version 0, no network: none */

    /* under the lock */
    pthread_mutex_t lock;
    struct arrived *events;
    size_t event_count, hellos, asked, controls, verbs;
    struct command_result result;
    bool has_result;
    uint64_t command_seq;
    char endpoint[SERVER_ENDPOINT_MAX];
};

/* --- the aggregator ----------------------------------------------------------------------------
 */

static void copy_value(const struct event *event, const char *field, char out[UPSTREAM_TEXT_MAX])
{
    struct slice value = slice_sub(event_value(event, field), 0, UPSTREAM_TEXT_MAX - 1);

    slice_to_cstr(value, out, UPSTREAM_TEXT_MAX);
}

static void record_event(struct upstream *self, const struct event *event)
{
    struct arrived *one = &self->events[self->event_count];
    const struct event_field *src = event_field(event, "src_ip");

    if (self->event_count == EVENTS_MAX) {
        return;
    }
    self->event_count++;
    slice_to_cstr(event->kind, one->kind, sizeof(one->kind));
    copy_value(event, "rule", one->rule);
    copy_value(event, "key", one->key);
    copy_value(event, "src_ip", one->src_ip);
    copy_value(event, "corroborated", one->corroborated);
    copy_value(event, "reason", one->reason);
    copy_value(event, "state", one->state);
    one->severity = event->severity;
    one->src_provenance = src != NULL ? src->provenance : PROVENANCE_APP_LOG;
    one->seq = event->seq;
    one->arrived_us = clock_mono_us(&clock_real);
}

/* Another one for each version and time. */
static void make_digest(const struct upstream_snapshot *snapshot, char out[DIGEST_MAX])
{
    (void)snprintf(out, DIGEST_MAX, "%llu-%lld", (unsigned long long)snapshot->version,
                   (long long)snapshot->issued_ms);
}

static void answer(struct upstream *self, enum frame_type type, struct slice node)
{
    struct message message = { .frame = { .type = type,
                                          .epoch = self->epoch,
                                          .ack = self->committed,
                                          .credit = type == FRAME_WELCOME ? CREDIT : 1 } };
    char digest[DIGEST_MAX];

    make_digest(&self->snapshot, digest);
    if (type == FRAME_WELCOME && self->snapshot.issued_ms != 0) {
        message.welcome.policy_digest = slice_from(digest);
    }
    struct status sent = server_send(self->server, node, &message);

    log_status(LOG_LEVEL_WARN, "upstream", "not-sent", &sent);
}

static void send_snapshot(struct upstream *self)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct message message = { .frame = { .type = FRAME_SNAPSHOT } };
    struct snapshot snapshot = { .version = self->snapshot.version,
                                 .issued_ms = self->snapshot.issued_ms,
                                 .protected_networks = &self->snapshot.network,
                                 .network_count =
                                     self->snapshot.network.family == ADDRESS_NONE ? 0 : 1 };

    make_digest(&self->snapshot, snapshot.policy_digest);
    struct status sent = snapshot_seal(&arena, &snapshot, &self->trust.membership, SLICE("redand"),
                                       &self->orchestrator.signing, &message.snapshot);
    if (status_ok(&sent)) {
        sent = server_send(self->server, SLICE("app-1"), &message);
    }
    log_status(LOG_LEVEL_WARN, "upstream", "no-snapshot", &sent);
}

static void take_question(struct upstream *self)
{
    self->asked++;
    if (self->snapshot.losses > 0) {
        self->snapshot.losses--;
    } else {
        send_snapshot(self);
    }
}

static void take_batch(struct upstream *self, const struct server_arrival *arrival)
{
    const struct event_batch *batch = arrival->batch;

    for (size_t i = 0; i < batch->event_count; i++) {
        if (batch->events[i].seq > self->committed) {
            record_event(self, &batch->events[i]);
        }
    }
    if (batch->last_seq > self->committed) {
        self->committed = batch->last_seq;
    }
    if (!self->acks_held) {
        answer(self, FRAME_ACK,
               arrival->node->name[0] != '\0' ? slice_from(arrival->node->name) : SLICE(""));
    }
}

static void on_message(void *arg, const struct server_arrival *arrival)
{
    struct upstream *self = arg;
    const struct message *message = arrival->message;

    (void)pthread_mutex_lock(&self->lock);
    if (message->frame.type == FRAME_HELLO) {
        if (message->hello.stream_epoch != self->epoch) {
            self->epoch = message->hello.stream_epoch;
            self->committed = 0;
        }
        self->hellos++;
        answer(self, FRAME_WELCOME, slice_from(arrival->node->name));
    } else if (arrival->batch != NULL) {
        take_batch(self, arrival);
    } else if (arrival->result != NULL) {
        self->result = arrival->result->result;
        self->has_result = true;
    } else if (message->frame.type == FRAME_STATE_REQ) {
        take_question(self);
    }
    (void)pthread_mutex_unlock(&self->lock);
}

static void on_refused(void *arg, enum server_refusal reason, struct slice who, struct slice detail,
                       uint64_t count)
{
    (void)arg;
    (void)count;
    log_warn("upstream", "refused", LOG_CSTR("reason", server_refusal_name(reason)),
             LOG_TEXT("who", who), LOG_TEXT("detail", detail));
}

/* --- the network helper ------------------------------------------------------------------------
 */

static void watch_plane(struct upstream *self);

static void drop_plane(struct upstream *self)
{
    for (size_t i = 0; i < PLANE_SERVER_FDS; i++) {
        if (self->watched[i].fd >= 0) {
            actor_loop_fd_end(self->loop, self->watched[i].fd);
        }
        self->watched[i].fd = -1;
    }
    if (self->plane != NULL) {
        plane_server_free(self->plane);
    }
    self->plane = NULL;
}

static void turn_plane(struct upstream *self)
{
    bool ended = false;
    struct status turned = plane_server_turn(self->plane, &ended);

    if (ended || !status_ok(&turned)) {
        drop_plane(self);
        return;
    }
    (void)pthread_mutex_lock(&self->lock);
    self->controls = fake_world_controls(self->world);
    (void)pthread_mutex_unlock(&self->lock);
    watch_plane(self);
}

static struct status on_plane(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct upstream *self = state;

    (void)loop;
    (void)fd;
    (void)revents;
    if (self->plane != NULL) {
        turn_plane(self);
    }
    return STATUS_SUCCESS;
}

static void watch_plane(struct upstream *self)
{
    struct pollfd wanted[PLANE_SERVER_FDS];

    plane_server_poll(self->plane, wanted);
    for (size_t i = 0; i < PLANE_SERVER_FDS; i++) {
        if (self->watched[i].fd >= 0 &&
            (self->watched[i].fd != wanted[i].fd || wanted[i].events == 0)) {
            actor_loop_fd_end(self->loop, self->watched[i].fd);
        }
        self->watched[i] = wanted[i];
        if (wanted[i].fd >= 0 && wanted[i].events != 0) {
            struct status watched =
                actor_loop_fd(self->loop, wanted[i].fd, wanted[i].events, on_plane, self);
            log_status(LOG_LEVEL_ERROR, "upstream", "not-watched", &watched);
        } else {
            self->watched[i].fd = -1;
        }
    }
}

static struct status serve_plane(struct upstream *self, int fd)
{
    struct plane *plane = NULL;

    drop_plane(self);
    TRY(fake_plane_open(self->world, &plane));
    self->plane = plane_server_new(plane, fd);
    watch_plane(self);
    return STATUS_SUCCESS;
}

/* --- the actor ---------------------------------------------------------------------------------
 */

static struct status on_tick(struct actor_loop *loop, void *state)
{
    struct upstream *self = state;

    (void)loop;
    if (self->plane != NULL) { /* the fake's clock moves on its own */
        turn_plane(self);
    }
    return STATUS_SUCCESS;
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct upstream *self = state;
    const struct server_options options = { .endpoint = "tcp://127.0.0.1:*",
                                            .identity = &self->aggregator,
                                            .registry = self->registry,
                                            .serves = PEER_SMA,
                                            .open_signed = true,
                                            .clock = &clock_real };
    const struct server_handlers handlers = { .message = on_message,
                                              .refused = on_refused,
                                              .arg = self };

    self->loop = loop;
    TRY(server_open(loop, &options, &handlers, &self->server));
    (void)snprintf(self->endpoint, sizeof(self->endpoint), "%s", server_endpoint(self->server));
    (void)actor_loop_timer(loop, TICK_MS, 0, on_tick, self);
    return STATUS_SUCCESS;
}

static struct status send_command(struct upstream *self, struct slice body)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct command command;
    struct message message = { .frame = { .type = FRAME_CMD } };

    memcpy(&command, body.ptr, sizeof(command));
    TRY(command_seal(&arena, &command, &self->trust.membership, SLICE("redand"),
                     &self->orchestrator.signing, &message.command));
    message.frame.seq = command.seq;
    message.frame.epoch = command.fencing_epoch;
    return server_send(self->server, SLICE("app-1"), &message);
}

static struct status do_verb(struct upstream *self, struct slice verb, struct slice body)
{
    if (slice_is(verb, "peer")) {
        struct plane_peer_query peer;
        memcpy(&peer, body.ptr, sizeof(peer));
        fake_world_add_peer(self->world, &peer);
    } else if (slice_is(verb, "mute")) {
        fake_world_delay(self->world, PLANE_CALL_PEER_SEEN, body.ptr[0] == '1' ? DELAYED_TURNS : 0);
    } else if (slice_is(verb, "hold")) {
        self->acks_held = body.ptr[0] == '1';
    } else if (slice_is(verb, "ahead")) {
        uint64_t count = 0;
        memcpy(&count, body.ptr, sizeof(count));
        self->committed += count;
    } else if (slice_is(verb, "protect")) {
        memcpy(&self->snapshot, body.ptr, sizeof(self->snapshot));
        if (self->snapshot.announced) {
            send_snapshot(self);
        }
    } else if (slice_is(verb, "drop")) {
        drop_plane(self);
    } else if (slice_is(verb, "plane")) {
        int fd = -1;
        memcpy(&fd, body.ptr, sizeof(fd));
        return serve_plane(self, fd);
    } else if (slice_is(verb, "command")) {
        struct status sent = send_command(self, body);
        log_status(LOG_LEVEL_ERROR, "upstream", "command-not-sent", &sent);
    }
    return STATUS_SUCCESS;
}

static struct status on_verb(struct actor_loop *loop, struct slice verb, struct slice body,
                             void *state)
{
    struct upstream *self = state;
    struct status done = do_verb(self, verb, body);

    (void)loop;
    (void)pthread_mutex_lock(&self->lock);
    self->verbs++;
    (void)pthread_mutex_unlock(&self->lock);
    return done;
}

static void end(struct actor_loop *loop, void *state)
{
    struct upstream *self = state;

    (void)loop;
    drop_plane(self);
    server_close(&self->server);
}

/* --- making ------------------------------------------------------------------------------------
 */

const char *upstream_path(struct upstream *self, const char *name)
{
    return file_path(&self->arena, self->folder, name);
}

static struct status make_keys(struct upstream *self)
{
    const struct service_id services[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR },
                                           { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE } };
    const struct registry_node_spec agg = { .name = SLICE("agg-1"), .role = PEER_AGGREGATOR };
    const struct registry_node_spec node = { .name = SLICE("app-1"),
                                             .role = PEER_SMA,
                                             .aggregator = SLICE("agg-1"),
                                             .services = services,
                                             .service_count = COUNT_OF(services) };
    const char *keys = upstream_path(self, "keys");
    struct registry *registry = NULL;

    TRY(file_make_folder(keys, 0700));
    TRY(registry_init(keys, SLICE("redand")));
    TRY(registry_add_node(keys, &agg, upstream_path(self, "keys-agg")));
    TRY(registry_add_node(keys, &node, upstream_path(self, "keys-sma")));
    TRY(identity_load(upstream_path(self, "keys/identity.yaml"), &self->orchestrator));
    TRY(identity_load(upstream_path(self, "keys-agg/identity.yaml"), &self->aggregator));
    TRY(trust_load(upstream_path(self, "keys-sma/trust.yaml"), &self->trust));
    TRY(registry_load(upstream_path(self, "keys/registry.yaml"), &registry));
    self->registry = registry_cell_new(registry);
    return STATUS_SUCCESS;
}

struct status upstream_new(const char *folder, struct upstream **out)
{
    struct upstream *self = calloc(1, sizeof(*self));

    if (self == NULL || (self->events = calloc(EVENTS_MAX, sizeof(*self->events))) == NULL) {
        abort();
    }
    self->folder = folder;
    self->watched[0].fd = -1;
    self->watched[1].fd = -1;
    (void)pthread_mutex_init(&self->lock, NULL);
    *out = self;
    TRY(file_make_folder(folder, 0700));
    TRY(make_keys(self));
    self->world = fake_world_new(&(struct fake_world_spec){
        .kind = PLANE_NETWORK, .clock = &clock_real, .keeps_leases = true });
    const struct actor_spec spec = {
        .name = "upstream", .begin = begin, .message = on_verb, .end = end, .state = self
    };
    return actor_start(&spec, &self->actor);
}

void upstream_free(struct upstream **upstream)
{
    struct upstream *self = *upstream;

    if (self == NULL) {
        return;
    }
    process_kill(&self->sma);
    actor_stop(&self->actor);
    fake_world_free(self->world);
    registry_cell_free(&self->registry);
    identity_done(&self->orchestrator);
    identity_done(&self->aggregator);
    (void)pthread_mutex_destroy(&self->lock);
    arena_done(&self->arena);
    free(self->events);
    free(self);
    *upstream = NULL;
}

/* --- the program -------------------------------------------------------------------------------
 */

struct heard {
    struct upstream *self;
    size_t verbs;
};

static bool was_heard(void *arg)
{
    const struct heard *heard = arg;

    (void)pthread_mutex_lock(&heard->self->lock);
    bool done = heard->self->verbs > heard->verbs;
    (void)pthread_mutex_unlock(&heard->self->lock);
    return done;
}

/* Returns when the actor has done it. */
static struct status say(struct upstream *self, const char *verb, const void *body, size_t len)
{
    struct heard heard = { self, 0 };

    (void)pthread_mutex_lock(&self->lock);
    heard.verbs = self->verbs;
    (void)pthread_mutex_unlock(&self->lock);
    TRY(actor_send(self->actor, verb, (struct slice){ body, len }));
    if (!site_wait(was_heard, &heard, UPSTREAM_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "`%s` was not heard", verb);
    }
    return STATUS_SUCCESS;
}

static void say_flag(struct upstream *self, const char *verb, bool flag)
{
    struct status said = say(self, verb, flag ? "1" : "0", 1);

    (void)said; /* a full pipe makes the test fail by itself */
}

static struct status write_config(struct upstream *self, const char *config)
{
    struct slice text = arena_printf(
        &self->arena,
        "state: %s\nkeys: %s\naggregators: [\"%s\"]\nrules: [rules/linux/ssh.yaml]\n%s",
        upstream_path(self, "state"), upstream_path(self, "keys-sma"), self->endpoint, config);

    return file_store(upstream_path(self, "sma.yaml"), text, 0600);
}

struct status upstream_start_sma(struct upstream *self, const char *config, const char *crash_at,
                                 bool bare)
{
    const char *bin = getenv("REDAN_BIN"); // NOLINT(concurrency-mt-unsafe): set before all threads
    const char *argv[] = { file_path(&self->arena, bin != NULL ? bin : "build/bin", "redan-sma"),
                           "--config", upstream_path(self, "sma.yaml"), NULL };
    int ends[2] = { -1, -1 };
    const char *environment[3] = { NULL };
    size_t count = 0;

    TRY(write_config(self, config));
    if (!bare) {
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0 ||
            fcntl(ends[1], F_SETFD, 0) != 0) {
            return status_error(STATUS_UNAVAILABLE, "socketpair: %s", strerrordesc_np(errno));
        }
        environment[count++] = arena_printf(&self->arena, "REDAN_PLANE_NETWORK_FD=%d", ends[1]).ptr;
        TRY(say(self, "plane", &ends[0], sizeof(ends[0])));
    }
    if (crash_at != NULL) {
        environment[count++] = arena_printf(&self->arena, "REDAN_CRASH_AT=%s", crash_at).ptr;
    }
    struct status started =
        process_start(&self->sma, "redan-sma", argv, environment, upstream_path(self, "sma.log"));
    if (ends[1] >= 0) {
        cleanup_close(&ends[1]);
    }
    return started;
}

struct process *upstream_sma(struct upstream *self)
{
    return &self->sma;
}

void upstream_add_peer(struct upstream *self, const char *address, uint16_t port)
{
    struct plane_peer_query peer = { .peer_port = port };
    struct status done = address_parse(slice_from(address), &peer.peer);

    if (status_ok(&done)) {
        done = say(self, "peer", &peer, sizeof(peer));
    }
    (void)done;
}

void upstream_mute_plane(struct upstream *self, bool muted)
{
    say_flag(self, "mute", muted);
}

void upstream_drop_plane(struct upstream *self)
{
    say_flag(self, "drop", true);
}

void upstream_hold_acks(struct upstream *self, bool held)
{
    say_flag(self, "hold", held);
}

void upstream_run_ahead(struct upstream *self, uint64_t count)
{
    struct status said = say(self, "ahead", &count, sizeof(count));

    (void)said; /* a full pipe makes the test fail by itself */
}

struct status upstream_protect(struct upstream *self, const struct upstream_snapshot *snapshot)
{
    return say(self, "protect", snapshot, sizeof(*snapshot));
}

/* --- looking -----------------------------------------------------------------------------------
 */

size_t upstream_count(struct upstream *self, const char *kind, const char *rule)
{
    size_t count = 0;

    (void)pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->event_count; i++) {
        count += strcmp(self->events[i].kind, kind) == 0 &&
                 (rule == NULL || strcmp(self->events[i].rule, rule) == 0);
    }
    (void)pthread_mutex_unlock(&self->lock);
    return count;
}

struct arrived upstream_event(struct upstream *self, const char *kind, size_t index)
{
    struct arrived found = { 0 };

    (void)pthread_mutex_lock(&self->lock);
    for (size_t i = 0; i < self->event_count; i++) {
        if (strcmp(self->events[i].kind, kind) == 0 && index-- == 0) {
            found = self->events[i];
            break;
        }
    }
    (void)pthread_mutex_unlock(&self->lock);
    return found;
}

struct look {
    struct upstream *self;
    const char *kind, *rule;
    size_t count;
};

static bool has_events(void *arg)
{
    const struct look *look = arg;

    return upstream_count(look->self, look->kind, look->rule) >= look->count;
}

bool upstream_wait(struct upstream *self, const char *kind, const char *rule, size_t count)
{
    struct look look = { self, kind, rule, count };

    return site_wait(has_events, &look, UPSTREAM_DEADLINE_MS);
}

static bool has_hellos(void *arg)
{
    const struct look *look = arg;

    (void)pthread_mutex_lock(&look->self->lock);
    bool enough = look->self->hellos >= look->count;
    (void)pthread_mutex_unlock(&look->self->lock);
    return enough;
}

bool upstream_wait_hello(struct upstream *self, size_t count)
{
    struct look look = { .self = self, .count = count };

    return site_wait(has_hellos, &look, UPSTREAM_DEADLINE_MS);
}

static bool has_asked(void *arg)
{
    const struct look *look = arg;

    (void)pthread_mutex_lock(&look->self->lock);
    bool enough = look->self->asked >= look->count;
    (void)pthread_mutex_unlock(&look->self->lock);
    return enough;
}

bool upstream_wait_asked(struct upstream *self, size_t count)
{
    struct look look = { .self = self, .count = count };

    return site_wait(has_asked, &look, UPSTREAM_DEADLINE_MS);
}

size_t upstream_controls(struct upstream *self)
{
    (void)pthread_mutex_lock(&self->lock);
    size_t controls = self->controls;
    (void)pthread_mutex_unlock(&self->lock);
    return controls;
}

/* --- orders ------------------------------------------------------------------------------------
 */

struct command upstream_command(struct upstream *self, enum command_verb verb,
                                const struct action *action)
{
    int64_t now_ms = clock_wall_ms(&clock_real);

    return (struct command){ .id = ulid_new(now_ms),
                             .verb = verb,
                             .action = *action,
                             .issued_ms = now_ms,
                             .expires_ms = now_ms + 60000,
                             .seq = ++self->command_seq,
                             .fencing_epoch = 1 };
}

static bool has_result(void *arg)
{
    struct upstream *self = arg;

    (void)pthread_mutex_lock(&self->lock);
    bool there = self->has_result;
    (void)pthread_mutex_unlock(&self->lock);
    return there;
}

struct status upstream_order(struct upstream *self, const struct command *command,
                             struct command_result *out)
{
    (void)pthread_mutex_lock(&self->lock);
    self->has_result = false;
    (void)pthread_mutex_unlock(&self->lock);
    TRY(say(self, "command", command, sizeof(*command)));
    if (!site_wait(has_result, self, UPSTREAM_DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "no result");
    }
    *out = self->result;
    return STATUS_SUCCESS;
}
