#include "sma/session.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"
#include "wire/batcher.h"

enum {
    WAKE_MAX_MS = 60 * 1000,
    SNAPSHOT_FILE_MAX = FRAME_MAX,
    SNAPSHOT_ASK_MS = 5 * 1000,  /* until an answer that does not come is asked for again */
    SNAPSHOT_LOOK_MS = 60 * 1000 /* an announcement may be lost on the way: ask now and then */
};

struct session {
    struct session_options options;
    struct actor_loop *loop;
    struct client *client;
    struct spool *spool;
    struct command_guard *guard;
    struct enforcer *enforcer;
    struct batcher batcher;
    int timer; /* -1: none is set */
    uint64_t snapshot_version;
    int64_t snapshot_issued_ms; /* by the orchestrator's clock */
    int64_t snapshot_due_ms;    /* when to ask for it */
    bool wants_snapshot;        /* the orchestrator has another one */
    char policy_digest[65];
    struct slice capability_words[ACTION_KINDS];
    struct arena paths;
    struct session_counters counters;
};

static void pump(struct session *self);

static int64_t now_ms(const struct session *self)
{
    return clock_mono_ms(self->options.clock);
}

/* --- time: one timer for everything that waits
 * ---------------------------------------------------- */

static struct status on_timer(struct actor_loop *loop, void *state)
{
    struct session *self = state;

    (void)loop;
    self->timer = -1;
    pump(self);
    return STATUS_SUCCESS;
}

static void arm(struct session *self, int64_t wait_ms)
{
    if (self->timer >= 0) {
        actor_loop_timer_end(self->loop, self->timer);
    }
    unsigned delay_ms = 1;
    if (wait_ms > 1) {
        delay_ms = wait_ms < WAKE_MAX_MS ? (unsigned)wait_ms : WAKE_MAX_MS;
    }
    self->timer = actor_loop_timer(self->loop, delay_ms, 1, on_timer, self);
}

/* --- events out
 * -------------------------------------------------------------------------------------- */

static const struct identity_service *monitor_of(const struct session *self, enum layer layer,
                                                 enum plane_kind plane)
{
    const struct service_id id = { layer, plane, SERVICE_MONITOR };

    return identity_service(self->options.identity, &id);
}

/* One batch from `from_seq` on; how far it went in *out_last (0: nothing was there). */
static struct status send_batch(struct session *self, uint64_t from_seq, uint64_t *out_last)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct event *events = NULL;
    size_t count = 0;
    struct message message = { .node = slice_from(self->options.identity->name) };

    *out_last = 0;
    TRY(spool_read_from(self->spool, &arena, from_seq, BATCH_EVENTS_MAX, BATCH_BYTES_WANTED,
                        &events, &count));
    if (count == 0) {
        return STATUS_SUCCESS;
    }
    const struct identity_service *service = monitor_of(self, events[0].layer, events[0].plane);
    if (service == NULL) {
        return status_error(STATUS_DENIED, "no monitor service for %s.%s",
                            layer_name(events[0].layer), plane_kind_name(events[0].plane));
    }
    const struct spool_stats stats = spool_read_stats(self->spool);
    const struct event_batch batch = { .node = message.node,
                                       .service = service->id,
                                       .epoch = stats.epoch,
                                       .first_seq = from_seq,
                                       .first_held = stats.first_seq,
                                       .last_seq = events[count - 1].seq,
                                       .events = events,
                                       .event_count = count };
    TRY(events_seal(&arena, &batch, &service->secret, &message.events));
    message.frame = (struct frame){ .type = FRAME_EVENTS, .epoch = batch.epoch, .seq = from_seq };
    TRY(client_send(self->client, &message));
    FAULT_POINT("sma.after_send");
    self->counters.batches++;
    self->counters.events += count;
    *out_last = batch.last_seq;
    return STATUS_SUCCESS;
}

/* Sends what is due; returns how long nothing will be. */
static int64_t send_due(struct session *self)
{
    for (;;) {
        struct batcher_step step = batcher_next(&self->batcher, now_ms(self));
        if (step.verb == BATCHER_WAIT) {
            return step.wake_ms == INT64_MAX ? WAKE_MAX_MS : step.wake_ms - now_ms(self);
        }
        if (step.verb == BATCHER_HELLO) {
            client_say_hello(self->client);
            continue;
        }
        uint64_t last_seq = 0;
        struct status sent = send_batch(self, step.from_seq, &last_seq);
        if (!status_ok(&sent) || last_seq == 0) {
            log_status(LOG_LEVEL_WARN, "session", "not-sent", &sent);
            return BATCHER_MEDIUM_MS;
        }
        batcher_sent(&self->batcher, last_seq, now_ms(self));
    }
}

static void ask_for_snapshot(struct session *self)
{
    const struct message message = { .frame = { .type = FRAME_STATE_REQ },
                                     .node = slice_from(self->options.identity->name),
                                     .state_request = { .have_digest =
                                                            slice_from(self->policy_digest) } };
    struct status sent = client_send(self->client, &message);

    log_status(LOG_LEVEL_DEBUG, "session", "request-not-sent", &sent);
    self->snapshot_due_ms =
        now_ms(self) + (self->wants_snapshot ? SNAPSHOT_ASK_MS : SNAPSHOT_LOOK_MS);
}

/* Asks when it is time to; returns how long it is not. */
static int64_t look_at_snapshot(struct session *self)
{
    if (!client_is_up(self->client)) {
        return WAKE_MAX_MS;
    }
    if (now_ms(self) >= self->snapshot_due_ms) {
        ask_for_snapshot(self);
    }
    return self->snapshot_due_ms - now_ms(self);
}

static void pump(struct session *self)
{
    const int64_t waits_ms[] = { send_due(self), enforcer_tick(self->enforcer),
                                 look_at_snapshot(self) };
    int64_t least_ms = waits_ms[0];

    for (size_t i = 1; i < COUNT_OF(waits_ms); i++) {
        least_ms = waits_ms[i] < least_ms ? waits_ms[i] : least_ms;
    }
    arm(self, least_ms);
}

struct status session_emit(struct session *self, const struct event *event)
{
    uint64_t seq = 0;

    if (monitor_of(self, event->layer, event->plane) == NULL) {
        return status_error(STATUS_DENIED, "no monitor service for %s.%s", layer_name(event->layer),
                            plane_kind_name(event->plane));
    }
    TRY(spool_append(self->spool, event, &seq));
    batcher_appended(&self->batcher, seq, event->severity, now_ms(self));
    return STATUS_SUCCESS;
}

struct status session_sync(struct session *self)
{
    TRY(spool_sync(self->spool));
    FAULT_POINT("sma.after_spool");
    pump(self);
    return STATUS_SUCCESS;
}

void session_wake(struct session *self)
{
    pump(self);
}

/* --- what the enforcer says
 * ----------------------------------------------------------------------------- */

static void send_ack(void *arg, const struct command_ack *ack)
{
    struct session *self = arg;
    const struct message message = { .frame = { .type = FRAME_CMD_ACK, .seq = ack->seq },
                                     .node = slice_from(self->options.identity->name),
                                     .command_ack = *ack };
    struct status sent = client_send(self->client, &message);

    log_status(LOG_LEVEL_DEBUG, "session", "ack-not-sent", &sent); /* the order comes again */
}

static void send_result(void *arg, const struct service_result *result, struct arena *arena)
{
    struct session *self = arg;
    struct message message = { .frame = { .type = FRAME_CMD_RESULT },
                               .node = slice_from(self->options.identity->name) };
    const struct identity_service *service =
        identity_service(self->options.identity, &result->service);

    if (service == NULL) {
        log_error("session", "no-service",
                  LOG_CSTR("plane", plane_kind_name(result->service.plane)));
        return;
    }
    struct status sent = result_seal(arena, result, &service->secret, &message.result);
    if (status_ok(&sent)) {
        sent = client_send(self->client, &message);
    }
    log_status(LOG_LEVEL_DEBUG, "session", "result-not-sent", &sent); /* asked for again */
}

static void emit_now(void *arg, const struct event *event)
{
    struct session *self = arg;
    struct status emitted = session_emit(self, event);

    if (status_ok(&emitted)) {
        emitted = spool_sync(self->spool);
    }
    log_status(LOG_LEVEL_ERROR, "session", "event-lost", &emitted);
    arm(self, 1);
}

/* --- snapshots
 * -------------------------------------------------------------------------------------------- */

static const char snapshot_name[] = "snapshot";

static const char *snapshot_path(struct session *self)
{
    return file_path(&self->paths, self->options.state, snapshot_name);
}

/* The networks of the snapshot and those of our own configuration, both. */
static struct status protect(struct session *self, const struct snapshot *snapshot)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    size_t own = self->options.protect_count;
    struct address *networks = ARENA_NEW(&arena, struct address, own + snapshot->network_count + 1);

    if (own > 0) {
        memcpy(networks, self->options.protect, own * sizeof(*networks));
    }
    if (snapshot->network_count > 0) {
        memcpy(networks + own, snapshot->protected_networks,
               snapshot->network_count * sizeof(*networks));
    }
    return enforcer_protect(self->enforcer, networks, own + snapshot->network_count);
}

/* By version, and where that went back by the time of issue: the database is new, or an old backup.
 * One without any SLAs takes nothing away. */
static bool is_older(const struct session *self, const struct snapshot *snapshot)
{
    return snapshot->version < self->snapshot_version &&
           (snapshot->version == 0 || snapshot->issued_ms <= self->snapshot_issued_ms);
}

static struct status take_snapshot(struct session *self, struct arena *arena,
                                   const struct message *message)
{
    struct snapshot snapshot;

    TRY(snapshot_open(arena, &message->snapshot, self->options.trust, &snapshot));
    self->wants_snapshot = false;
    if (is_older(self, &snapshot)) {
        return STATUS_SUCCESS;
    }
    TRY(protect(self, &snapshot));
    self->snapshot_version = snapshot.version;
    self->snapshot_issued_ms = snapshot.issued_ms;
    memcpy(self->policy_digest, snapshot.policy_digest, sizeof(self->policy_digest));
    self->counters.snapshots++;
    return file_store(snapshot_path(self), message->frame.raw, 0600);
}

/* STATUS_NOT_FOUND: none was kept yet. */
static struct status read_snapshot(struct arena *arena, const char *path, struct message *out)
{
    struct slice bytes;
    struct frame frame;

    TRY(file_load(arena, path, SNAPSHOT_FILE_MAX, &bytes));
    struct status read = frame_decode(bytes, &frame);
    if (status_ok(&read)) {
        read = message_decode(arena, &frame, out);
    }
    if (status_ok(&read) && out->frame.type != FRAME_SNAPSHOT) {
        read = status_error(STATUS_CORRUPT, "no snapshot");
    }
    return read.code == STATUS_NOT_FOUND ? status_error(STATUS_CORRUPT, "%s", read.msg) : read;
}

static struct status load_snapshot(struct session *self)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct message message = { .frame = { .type = FRAME_ERROR } };
    struct status read = read_snapshot(&arena, snapshot_path(self), &message);

    if (read.code == STATUS_NOT_FOUND) {
        return protect(self, &(struct snapshot){ 0 });
    }
    if (status_ok(&read)) {
        read = take_snapshot(self, &arena, &message);
    }
    return status_wrap(read, "%s", snapshot_path(self));
}

struct status session_check_snapshot(const char *state, const struct trust *trust)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *path = file_path(&arena, state, snapshot_name);
    struct message message = { .frame = { .type = FRAME_ERROR } };
    struct snapshot snapshot;
    struct status read = read_snapshot(&arena, path, &message);

    if (status_ok(&read)) {
        read = snapshot_open(&arena, &message.snapshot, trust, &snapshot);
    }
    return read.code == STATUS_NOT_FOUND ? STATUS_SUCCESS : status_wrap(read, "%s", path);
}

/* --- frames in
 * -----------------------------------------------------------------------------------------------
 */

static void on_hello(void *arg, struct hello *hello)
{
    struct session *self = arg;
    struct spool_stats stats = spool_read_stats(self->spool);
    enum action_kind kinds[ACTION_KINDS];
    size_t count = enforcer_capabilities(self->enforcer, kinds);

    hello->stream_epoch = stats.epoch;
    hello->last_seq = stats.next_seq - 1;
    hello->last_command_seq = command_last_seq(self->guard);
    for (size_t i = 0; i < count; i++) {
        self->capability_words[i] = slice_from(action_kind_name(kinds[i]));
    }
    hello->capabilities = self->capability_words;
    hello->capability_count = count;
}

static void init_batcher(struct session *self)
{
    struct spool_stats stats = spool_read_stats(self->spool);

    batcher_init(&self->batcher, &(struct batcher_options){ 0 }, stats.acked_seq,
                 stats.next_seq - 1);
}

/* What was committed of this epoch; an ack of another epoch says nothing about our numbers. */
static uint64_t committed(struct session *self, const struct frame *frame)
{
    struct spool_stats stats = spool_read_stats(self->spool);

    if (frame->epoch != stats.epoch) {
        return stats.acked_seq;
    }
    struct status acked = spool_ack(self->spool, frame->ack);
    log_status(LOG_LEVEL_WARN, "session", "bad-ack", &acked);
    return spool_read_stats(self->spool).acked_seq;
}

/* The orchestrator has taken in numbers that we have not given out: our disk is a copy, or was set
 * back, and what we number now would pass for known. Another epoch says that it is not. */
static bool is_set_back(struct session *self, const struct frame *frame)
{
    struct spool_stats stats = spool_read_stats(self->spool);

    if (frame->epoch != stats.epoch || frame->ack < stats.next_seq) {
        return false;
    }
    log_error("session", "spool-set-back", LOG_NUMBER("next", stats.next_seq),
              LOG_NUMBER("acknowledged", frame->ack));
    struct status renewed = spool_renew(self->spool);
    log_status(LOG_LEVEL_ERROR, "session", "spool-not-renewed", &renewed);
    init_batcher(self);
    client_say_hello(self->client);
    return true;
}

static void on_welcome(struct session *self, const struct message *message)
{
    if (is_set_back(self, &message->frame)) {
        return; /* the next WELCOME is about the new epoch */
    }
    batcher_welcomed(&self->batcher, committed(self, &message->frame), message->frame.credit,
                     now_ms(self));
    self->wants_snapshot = !slice_is(message->welcome.policy_digest, self->policy_digest);
    self->snapshot_due_ms = now_ms(self) + (self->wants_snapshot ? 0 : SNAPSHOT_LOOK_MS);
    pump(self);
}

static void on_ack(struct session *self, const struct message *message)
{
    if (is_set_back(self, &message->frame)) {
        return;
    }
    self->counters.acks++;
    batcher_acked(&self->batcher, committed(self, &message->frame), message->frame.credit,
                  now_ms(self));
    pump(self);
}

static void on_command(struct session *self, const struct message *message)
{
    FAULT_POINT("sma.after_command");
    enforcer_command(self->enforcer, &message->command);
    pump(self); /* a new lease may be the next to wake for */
}

static void on_snapshot(struct session *self, const struct message *message, struct arena *arena)
{
    struct status taken = take_snapshot(self, arena, message);

    if (!status_ok(&taken)) {
        self->counters.bad_snapshots++;
        log_status(LOG_LEVEL_ERROR, "session", "bad-snapshot", &taken);
    }
    self->snapshot_due_ms = now_ms(self) + SNAPSHOT_LOOK_MS;
}

static void on_message(void *arg, const struct message *message, struct arena *arena)
{
    struct session *self = arg;
    enum frame_type type = message->frame.type;

    if (type == FRAME_WELCOME) {
        on_welcome(self, message);
    } else if (type == FRAME_ACK) {
        on_ack(self, message);
    } else if (type == FRAME_CMD) {
        on_command(self, message);
    } else if (type == FRAME_SNAPSHOT) {
        on_snapshot(self, message, arena);
    } else if (type == FRAME_ERROR) {
        log_warn("session", "peer-error", LOG_TEXT("text", message->error.text));
    }
}

static void on_down(void *arg, struct slice reason)
{
    struct session *self = arg;

    log_info("session", "down", LOG_TEXT("reason", reason));
    batcher_lost(&self->batcher);
}

/* --- opening and closing
 * ---------------------------------------------------------------------------------------- */

static struct status open_stores(struct session *self)
{
    const struct spool_options spool = { .folder =
                                             file_path(&self->paths, self->options.state, "spool"),
                                         .node = slice_from(self->options.identity->name),
                                         .max_bytes = self->options.spool_bytes };

    TRY(spool_open(&spool, &self->spool));
    TRY(command_guard_open(file_path(&self->paths, self->options.state, "commands"), spool.node,
                           &self->guard));
    init_batcher(self);
    return STATUS_SUCCESS;
}

static struct status open_enforcer(struct session *self)
{
    struct enforcer_options enforcer = { .node = slice_from(self->options.identity->name),
                                         .guard = self->guard,
                                         .trust = self->options.trust,
                                         .identity = self->options.identity,
                                         .clock = self->options.clock,
                                         .started_wall_ms = clock_wall_ms(self->options.clock),
                                         .started_mono_ms = clock_mono_ms(self->options.clock),
                                         .send_ack = send_ack,
                                         .send_result = send_result,
                                         .emit = emit_now,
                                         .has_evidence = self->options.has_evidence,
                                         .evidence_arg = self->options.evidence_arg,
                                         .arg = self };

    memcpy(enforcer.planes, self->options.planes, sizeof(enforcer.planes));
    TRY(enforcer_new(&enforcer, &self->enforcer));
    TRY(load_snapshot(self));
    return enforcer_adopt(self->enforcer);
}

static struct status open_client(struct session *self)
{
    const struct client_options client = { .endpoints = { self->options.endpoints[0],
                                                          self->options.endpoints[1] },
                                           .identity = self->options.identity,
                                           .trust = self->options.trust,
                                           .version = "redan-sma " REDAN_VERSION,
                                           .clock = self->options.clock };
    const struct client_handlers handlers = {
        .hello = on_hello, .message = on_message, .down = on_down, .arg = self
    };

    return client_open(self->loop, &client, &handlers, &self->client);
}

static struct status open_all(struct session *self)
{
    TRY(file_make_folder(self->options.state, 0700));
    TRY(open_stores(self));
    TRY(open_enforcer(self));
    TRY(open_client(self));
    arm(self, 1);
    return STATUS_SUCCESS;
}

struct status session_open(struct actor_loop *loop, const struct session_options *options,
                           struct session **out)
{
    struct session *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->options = *options;
    self->loop = loop;
    self->timer = -1;
    struct status opened = open_all(self);
    if (!status_ok(&opened)) {
        session_close(&self);
        return opened;
    }
    *out = self;
    return STATUS_SUCCESS;
}

void session_close(struct session **session)
{
    struct session *self = *session;

    if (self == NULL) {
        return;
    }
    if (self->timer >= 0) {
        actor_loop_timer_end(self->loop, self->timer);
    }
    client_close(&self->client);
    enforcer_free(&self->enforcer);
    command_guard_close(&self->guard);
    spool_close(&self->spool);
    arena_done(&self->paths);
    free(self);
    *session = NULL;
}

struct session_counters session_read_counters(const struct session *self)
{
    struct session_counters counters = self->counters;

    counters.spool = spool_read_stats(self->spool);
    counters.client = client_read_counters(self->client);
    counters.enforcer = enforcer_read_counters(self->enforcer);
    return counters;
}
