#include "wire/server.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "wire/server_priv.h"
#include "wire/socket_priv.h"

enum {
    BURST = 256, /* frames a turn before others get theirs */
    SWEEP_MS = 1000,
    FILES_MOST = 1000 * 1000,
    PROBE_MAX = 1000 /* sessions asked at once whether they live */
};
static const char *const zap_domain = "redan";

static const char *const refusal_names[SERVER_REFUSALS] = {
    "connection", "handshake", "limit",     "key",       "type",   "order",      "malformed",
    "version",    "node",      "signature", "authority", "credit", "quarantine",
};

const char *server_refusal_name(enum server_refusal reason)
{
    return (size_t)reason < SERVER_REFUSALS ? refusal_names[reason] : "unknown";
}

int64_t server_now_ms(const struct server *server)
{
    return clock_mono_ms(server->options.clock);
}

void server_refuse(struct server *server, enum server_refusal reason, struct slice who,
                   struct slice detail)
{
    struct refusal_report *report = &server->reports[reason];
    int64_t now_ms = server_now_ms(server);

    server->counters.refused[reason]++;
    report->since++;
    if (report->ever && now_ms - report->told_ms < SERVER_REPORT_MS) {
        return;
    }
    report->ever = true;
    report->told_ms = now_ms;
    if (server->handlers.refused != NULL) {
        server->handlers.refused(server->handlers.arg, reason, who, detail, report->since);
    }
    report->since = 0;
}

/* --- sending ---------------------------------------------------------------------------- */

static struct status send_bytes(struct server *server, const struct route *route,
                                struct slice bytes)
{
    struct status sent = socket_send(server->router, route_slice(route), bytes);

    if (status_ok(&sent)) {
        server->counters.frames_out++;
        server->counters.bytes_out += bytes.len;
    } else if (sent.code == STATUS_EXHAUSTED) {
        server->counters.send_full++;
    } else {
        server->counters.send_gone++;
    }
    return sent;
}

struct status server_send_route(struct server *server, const struct route *route,
                                const struct message *message)
{
    buf_clear(&server->out);
    TRY(message_encode(message, &server->out));
    return send_bytes(server, route, buf_slice(&server->out));
}

/* Where frames for this node go: its own connection, or its aggregator's. */
static struct session *carrier_of(const struct server *server, struct session *session)
{
    struct session *carrier = session->via[0] != '\0'
                                  ? sessions_find(&server->sessions, slice_from(session->via))
                                  : session;

    return carrier != NULL && carrier->present && !carrier->lost ? carrier : NULL;
}

static struct status find_target(const struct server *server, struct slice node,
                                 struct session **out_session, struct session **out_carrier)
{
    struct session *session = sessions_find(&server->sessions, node);

    if (session == NULL || !session->present || session->quarantined) {
        return status_error(STATUS_NOT_FOUND, "node %.*s has no session", SLICE_ARG(node));
    }
    *out_carrier = carrier_of(server, session);
    if (*out_carrier == NULL) {
        return status_error(STATUS_NOT_FOUND, "node %.*s has no session", SLICE_ARG(node));
    }
    *out_session = session;
    return STATUS_SUCCESS;
}

static struct status send_to(struct server *server, struct session *session,
                             struct session *carrier, const struct frame *frame, struct slice bytes)
{
    struct status sent = send_bytes(server, &carrier->route, bytes);

    assert(session != NULL && carrier != NULL);
    if (status_ok(&sent)) {
        session_grant(session, frame);
    } else if (sent.code == STATUS_UNAVAILABLE) {
        carrier->lost = true;
    }
    return status_wrap(sent, "node %s", session->node);
}

struct status server_send(struct server *server, struct slice node, const struct message *message)
{
    struct session *session = NULL;
    struct session *carrier = NULL;
    struct message addressed = *message;

    TRY(find_target(server, node, &session, &carrier));
    addressed.node = node;
    buf_clear(&server->out);
    TRY(message_encode(&addressed, &server->out));
    return send_to(server, session, carrier, &message->frame, buf_slice(&server->out));
}

struct status server_forward(struct server *server, struct slice node, enum frame_type type,
                             struct slice raw)
{
    struct session *session = NULL;
    struct session *carrier = NULL;
    struct frame frame;

    TRY(frame_decode(raw, &frame));
    assert(frame.type == type);
    TRY(find_target(server, node, &session, &carrier));
    return send_to(server, session, carrier, &frame, raw);
}

/* --- sessions --------------------------------------------------------------------------- */

/* Nodes behind a lost aggregator have to say HELLO again through it. */
static void end_relayed(struct server *server, const char *via)
{
    for (size_t i = 0; i < server->sessions.map.room; i++) {
        struct session *session = name_map_at(&server->sessions.map, i);
        if (session != NULL && session->present && strcmp(session->via, via) == 0) {
            session_end(session);
        }
    }
}

void server_end_session(struct server *server, struct session *session, const char *reason)
{
    const struct registry_node *node =
        registry_by_name(server->registry, slice_from(session->node));

    if (!session->present) {
        return;
    }
    session_end(session);
    end_relayed(server, session->node);
    if (node != NULL && server->handlers.down != NULL) {
        server->handlers.down(server->handlers.arg, node, slice_from(reason));
    }
}

static void probe(struct server *server, const struct session *session)
{
    const struct message ping = { .frame = { .type = FRAME_PING }, .ping = { .nonce = 0 } };
    struct status sent = server_send_route(server, &session->route, &ping);

    if (sent.code == STATUS_UNAVAILABLE) {
        sessions_find(&server->sessions, slice_from(session->node))->lost = true;
    }
}

static void sweep_session(struct server *server, struct session *session, int64_t now_ms)
{
    int64_t silence_ms =
        server->options.silence_ms != 0 ? server->options.silence_ms : SERVER_SILENCE_MS;

    if (session->rival.until_ms != 0 && now_ms >= session->rival.until_ms) {
        server_admit_rival(server, session);
    } else if (session->lost) {
        server_end_session(server, session, "disconnected");
    } else if (now_ms - session->heard_ms > silence_ms) {
        server_end_session(server, session, "silent");
    }
}

/* Nine tenths of the limit: so that it does not flutter. */
static void wake_up(struct server *server)
{
    uint64_t enough = (uint64_t)server->options.max_connections * 9 / 10;

    if (server->resting && server->connections < enough) {
        struct status woken = socket_rest(server->listener_fd, false);
        server->resting = !status_ok(&woken); /* the next sweep tries again */
    }
}

static struct status on_sweep(struct actor_loop *loop, void *state)
{
    struct server *server = state;
    int64_t now_ms = server_now_ms(server);
    size_t probed = 0;

    (void)loop;
    for (size_t i = 0; i < server->sessions.map.room; i++) {
        struct session *session = name_map_at(&server->sessions.map, i);
        if (session == NULL || !session->present || session->via[0] != '\0') {
            continue;
        }
        if (server->probe && probed++ < PROBE_MAX) {
            probe(server, session);
        }
        sweep_session(server, session, now_ms);
    }
    server->probe = false;
    wake_up(server);
    return STATUS_SUCCESS;
}

/* --- receiving -------------------------------------------------------------------------- */

static void drop_parts(void *socket, zmq_msg_t *part)
{
    while (zmq_msg_more(part) != 0) {
        if (zmq_msg_recv(part, socket, ZMQ_DONTWAIT) < 0) {
            return;
        }
    }
}

static struct slice part_slice(zmq_msg_t *part)
{
    return (struct slice){ zmq_msg_data(part), zmq_msg_size(part) };
}

/* One message; false when none is there. */
static bool receive(struct server *server, zmq_msg_t *route, zmq_msg_t *part)
{
    struct server_inbound inbound = { 0 };

    if (zmq_msg_recv(route, server->router, ZMQ_DONTWAIT) < 0) {
        return false;
    }
    inbound.route = route_from(slice_sub(part_slice(route), 0, SOCKET_ROUTE_MAX));
    if (zmq_msg_more(route) == 0 || zmq_msg_recv(part, server->router, ZMQ_DONTWAIT) < 0) {
        return true; /* an id alone: libzmq never does that */
    }
    inbound.user_id = slice_from(zmq_msg_gets(part, "User-Id"));
    inbound.bytes = part_slice(part);
    inbound.single_part = zmq_msg_more(part) == 0;
    server->counters.frames_in++;
    server->counters.bytes_in += inbound.bytes.len;
    server_judge(server, &inbound);
    if (server->unrivalled != NULL) {
        server_admit_rival(server, TAKE(server->unrivalled));
    }
    arena_reset(&server->arena);
    drop_parts(server->router, part);
    return true;
}

static void refresh_registry(struct server *server)
{
    registry_unref(&server->registry);
    server->registry = registry_cell_get(server->options.registry);
}

static struct status on_router(struct actor_loop *loop, void *state)
{
    struct server *server = state;
    zmq_msg_t route;
    zmq_msg_t part;

    (void)loop;
    (void)zmq_msg_init(&route);
    (void)zmq_msg_init(&part);
    refresh_registry(server);
    for (int i = 0; i < BURST && receive(server, &route, &part); i++) {
    }
    (void)zmq_msg_close(&route);
    (void)zmq_msg_close(&part);
    return STATUS_SUCCESS;
}

/* --- connections ------------------------------------------------------------------------ */

static void count_connection(struct server *server)
{
    server->connections++;
    if (server->connections < server->options.max_connections || server->resting ||
        server->listener_fd < 0) {
        return;
    }
    struct status rests = socket_rest(server->listener_fd, true);
    server->resting = status_ok(&rests);
    server_refuse(server, SERVER_REFUSED_LIMIT, SLICE(""),
                  status_ok(&rests) ? SLICE("as many connections as allowed: the listener rests")
                                    : slice_from(rests.msg));
}

static void on_event(struct server *server, const struct socket_event *event)
{
    switch (event->kind) {
    case ZMQ_EVENT_ACCEPTED:
        count_connection(server);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        server->connections -= server->connections > 0 ? 1 : 0;
        server->probe = true;
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        server_refuse(server, SERVER_REFUSED_CONNECTION, slice_from(event->peer),
                      SLICE("the key may not connect"));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        server_refuse(server, SERVER_REFUSED_HANDSHAKE, slice_from(event->peer),
                      SLICE("no CURVE handshake"));
        break;
    default: /* libzmq's int, not an enum of ours */
        break;
    }
}

static struct status on_monitor(struct actor_loop *loop, void *state)
{
    struct server *server = state;
    struct socket_event event;

    (void)loop;
    for (int i = 0; i < BURST && socket_next_event(server->monitor, &event); i++) {
        on_event(server, &event);
    }
    return STATUS_SUCCESS;
}

/* --- opening and closing ---------------------------------------------------------------- */

/* A quarter of the descriptors is left: for files, for what the kernel's queue still holds when the
 * listener rests, and for libzmq, which aborts when it gets none for itself. */
static void set_limits(struct server *server)
{
    struct rlimit files = { 0 };
    uint64_t all = FILES_MOST;

    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < FILES_MOST) {
        all = files.rlim_cur;
    }
    uint64_t limit = all - all / 4;
    if (server->options.max_connections == 0 || server->options.max_connections > limit) {
        server->options.max_connections = (uint32_t)limit;
    }
    server->backlog = all / 8 < SOCKET_BACKLOG ? (uint32_t)(all / 8) : SOCKET_BACKLOG;
}

static struct status start_zap(struct server *server)
{
    const struct zap_options options = {
        .context = server->context,
        .registry = server->options.registry,
        .domain = zap_domain,
        .role = server->options.serves,
        .aggregator = server->options.serves == PEER_SMA ? server->options.identity->name : NULL,
    };

    return zap_start(&options, &server->zap);
}

static struct status start(struct server *server)
{
    const struct server_options *options = &server->options;

    TRY(socket_context(&server->context));
    TRY(start_zap(server));
    server->router = zmq_socket(server->context, ZMQ_ROUTER);
    if (server->router == NULL) {
        return status_error(STATUS_UNAVAILABLE, "ROUTER: %s", zmq_strerror(zmq_errno()));
    }
    TRY(socket_setup(server->router, options->handshake_ms));
    TRY(socket_setup_server(server->router, &options->identity->curve, zap_domain));
    TRY(socket_monitor(server->context, server->router, &server->monitor));
    TRY(socket_bind(server->router, options->endpoint, server->backlog, server->endpoint,
                    &server->listener_fd));
    TRY(actor_loop_socket(server->loop, server->router, on_router, server));
    TRY(actor_loop_socket(server->loop, server->monitor, on_monitor, server));
    server->sweep_timer = actor_loop_timer(server->loop, SWEEP_MS, 0, on_sweep, server);
    return STATUS_SUCCESS;
}

struct status server_open(struct actor_loop *loop, const struct server_options *options,
                          const struct server_handlers *handlers, struct server **out)
{
    struct server *server = calloc(1, sizeof(*server));

    if (server == NULL) {
        abort();
    }
    assert(options->serves == PEER_SMA || options->serves == PEER_AGGREGATOR);
    assert(handlers->message != NULL);
    server->loop = loop;
    server->options = *options;
    server->handlers = *handlers;
    server->listener_fd = -1;
    set_limits(server);
    server->registry = registry_cell_get(options->registry);
    struct status started = start(server);
    if (!status_ok(&started)) {
        server_close(&server);
        return started;
    }
    *out = server;
    return STATUS_SUCCESS;
}

static void say_bye(struct server *server)
{
    const struct message bye = { .frame = { .type = FRAME_BYE },
                                 .bye = { .reason = SLICE("stopping") } };

    for (size_t i = 0; i < server->sessions.map.room; i++) {
        const struct session *session = name_map_at(&server->sessions.map, i);
        if (session != NULL && session->present && session->via[0] == '\0') {
            struct status sent = server_send_route(server, &session->route, &bye);
            (void)sent; /* counted; it will notice by itself */
        }
    }
}

static void close_sockets(struct server *server)
{
    if (server->monitor != NULL) {
        actor_loop_socket_end(server->loop, server->monitor);
        socket_monitor_end(server->router, &server->monitor);
    }
    if (server->router != NULL) {
        actor_loop_socket_end(server->loop, server->router);
        say_bye(server);
        (void)zmq_close(server->router);
    }
    cleanup_close(&server->listener_fd);
    zap_stop(&server->zap);
    if (server->context != NULL) {
        (void)zmq_ctx_term(server->context);
    }
}

void server_close(struct server **server)
{
    struct server *self = TAKE(*server);

    if (self == NULL) {
        return;
    }
    if (self->sweep_timer != 0) {
        actor_loop_timer_end(self->loop, self->sweep_timer);
    }
    close_sockets(self);
    sessions_done(&self->sessions);
    registry_unref(&self->registry);
    arena_done(&self->arena);
    buf_done(&self->out);
    free(self);
}

/* --- the rest of the contract ----------------------------------------------------------- */

const char *server_endpoint(const struct server *server)
{
    return server->endpoint;
}

void server_know_epoch(struct server *server, struct slice node, uint64_t epoch)
{
    (void)session_take_epoch(sessions_make(&server->sessions, node), epoch);
}

bool server_has_session(const struct server *server, struct slice node)
{
    const struct session *session = sessions_find(&server->sessions, node);

    if (session == NULL || !session->present) {
        return false;
    }
    if (session->via[0] == '\0') {
        return true;
    }
    const struct session *via = sessions_find(&server->sessions, slice_from(session->via));
    return via != NULL && via->present;
}

bool server_is_quarantined(const struct server *server, struct slice node)
{
    const struct session *session = sessions_find(&server->sessions, node);

    return session != NULL && session->quarantined;
}

void server_release(struct server *server, struct slice node)
{
    struct session *session = sessions_find(&server->sessions, node);

    if (session != NULL) {
        session->quarantined = false;
        session->epoch = 0; /* whoever releases it has judged the epoch as well */
    }
}

void server_reload(struct server *server)
{
    refresh_registry(server);
    for (size_t i = 0; i < server->sessions.map.room; i++) {
        struct session *session = name_map_at(&server->sessions.map, i);
        if (session == NULL || !session->present) {
            continue;
        }
        const struct registry_node *node =
            registry_by_name(server->registry, slice_from(session->node));
        struct status heard = registry_allow_type(node, FRAME_HELLO);
        if (!status_ok(&heard)) {
            server_end_session(server, session, "no longer enrolled");
        }
    }
}

void server_set_healthy(struct server *server, bool healthy)
{
    server->healthy = healthy;
}

struct server_counters server_read_counters(const struct server *server)
{
    struct server_counters counters = server->counters;

    counters.sessions = 0;
    for (size_t i = 0; i < server->sessions.map.room; i++) {
        const struct session *session = name_map_at(&server->sessions.map, i);
        counters.sessions += session != NULL && session->present ? 1 : 0;
    }
    counters.zap = zap_read_counters(server->zap);
    return counters;
}
