#include <assert.h>

#include "wire/server_priv.h"

/* One frame on its way through the checks. */
struct judging {
    struct server *server;
    const struct server_inbound *inbound;
    const struct registry_node *peer; /* by key */
    struct session *session;          /* the peer's; NULL: never seen */
    struct frame frame;
    struct message message;
    const struct registry_node *about; /* whom the message is about */
    struct session *about_session;     /* likewise */
};

static void refuse(const struct judging *judging, enum server_refusal reason,
                   const struct status *why)
{
    struct slice who =
        judging->peer != NULL ? slice_from(judging->peer->name) : judging->inbound->user_id;

    server_refuse(judging->server, reason, who, slice_from(why->msg));
}

/* Tells the peer why; if it does not read, that is its loss. */
static void answer_error(const struct judging *judging, enum wire_error code, struct slice node,
                         const char *text)
{
    const struct message message = {
        .frame = { .type = FRAME_ERROR },
        .node = node,
        .error = { .code = code,
                   .min_major = FRAME_MAJOR_MIN,
                   .max_major = FRAME_MAJOR,
                   .text = slice_from(text) },
    };
    struct status sent = server_send_route(judging->server, &judging->inbound->route, &message);

    (void)sent; /* counted */
}

static void raise_alarm(const struct judging *judging, enum server_alarm kind,
                        struct session *session, const char *detail)
{
    struct server *server = judging->server;

    session->quarantined = true;
    if (server->handlers.alarm != NULL) {
        server->handlers.alarm(server->handlers.arg, kind, slice_from(session->node),
                               slice_from(detail));
    }
}

/* --- before the body -------------------------------------------------------------------- */

static bool check_key(struct judging *judging)
{
    const struct server *server = judging->server;
    struct curve_public key;
    struct status parsed = curve_public_parse(judging->inbound->user_id, &key);

    if (status_ok(&parsed)) {
        judging->peer = registry_by_key(server->registry, &key);
    }
    if (judging->peer == NULL || judging->peer->role != server->options.serves) {
        struct status why = status_error(STATUS_DENIED, "no peer of this server has this key");
        refuse(judging, SERVER_REFUSED_KEY, &why);
        return false;
    }
    judging->session = sessions_find(&server->sessions, slice_from(judging->peer->name));
    return true;
}

static bool check_header(struct judging *judging)
{
    struct status decoded = judging->inbound->single_part
                                ? frame_decode(judging->inbound->bytes, &judging->frame)
                                : status_error(STATUS_CORRUPT, "a message of several parts");

    if (status_ok(&decoded)) {
        return true;
    }
    if (decoded.code == STATUS_UNSUPPORTED) {
        refuse(judging, SERVER_REFUSED_VERSION, &decoded);
        answer_error(judging, WIRE_ERROR_VERSION, SLICE(""), decoded.msg);
    } else {
        refuse(judging, SERVER_REFUSED_MALFORMED, &decoded);
        answer_error(judging, WIRE_ERROR_MALFORMED, SLICE(""), decoded.msg);
    }
    return false;
}

static bool check_type(const struct judging *judging)
{
    struct status allowed = registry_allow_type(judging->peer, judging->frame.type);

    if (status_ok(&allowed)) {
        return true;
    }
    bool revoked = judging->peer->state != NODE_ENROLLED && judging->peer->state != NODE_DRAINING;
    refuse(judging, revoked ? SERVER_REFUSED_KEY : SERVER_REFUSED_TYPE, &allowed);
    answer_error(judging, revoked ? WIRE_ERROR_DENIED : WIRE_ERROR_UNEXPECTED, SLICE(""),
                 allowed.msg);
    return false;
}

static bool is_first_word(enum frame_type type)
{
    return type == FRAME_HELLO || type == FRAME_PING || type == FRAME_PONG || type == FRAME_ERROR ||
           type == FRAME_BYE;
}

/* HELLO comes first on every connection, and WELCOME before anything else is heard. */
static bool check_order(const struct judging *judging)
{
    const struct session *session = judging->session;
    bool here =
        session != NULL && session->present && route_eq(&session->route, &judging->inbound->route);

    if (session != NULL && session->quarantined) {
        struct status why = status_error(STATUS_DENIED, "in quarantine");
        refuse(judging, SERVER_REFUSED_QUARANTINE, &why);
        answer_error(judging, WIRE_ERROR_DENIED, SLICE(""), why.msg);
        return false;
    }
    if (is_first_word(judging->frame.type) || (here && session->welcomed)) {
        return true;
    }
    struct status why = status_error(STATUS_DENIED, "%s before HELLO and WELCOME",
                                     frame_type_name(judging->frame.type));
    refuse(judging, SERVER_REFUSED_ORDER, &why);
    if (!here) {
        answer_error(judging, WIRE_ERROR_HELLO_FIRST, SLICE(""), why.msg);
    }
    return false;
}

/* --- the body --------------------------------------------------------------------------- */

static bool check_body(struct judging *judging)
{
    struct status decoded =
        message_decode(&judging->server->arena, &judging->frame, &judging->message);

    if (status_ok(&decoded)) {
        return true;
    }
    refuse(judging, SERVER_REFUSED_MALFORMED, &decoded);
    answer_error(judging, WIRE_ERROR_MALFORMED, SLICE(""), decoded.msg);
    return false;
}

static bool check_node(struct judging *judging)
{
    struct server *server = judging->server;
    struct slice name =
        judging->message.node.len > 0 ? judging->message.node : slice_from(judging->peer->name);
    struct status allowed =
        registry_allow_about(server->registry, judging->peer, name, &judging->about);

    if (!status_ok(&allowed)) {
        refuse(judging, SERVER_REFUSED_NODE, &allowed);
        answer_error(judging, WIRE_ERROR_DENIED, name, allowed.msg);
        return false;
    }
    judging->about_session =
        judging->about == judging->peer ? judging->session : sessions_make(&server->sessions, name);
    return true;
}

/* The same two rules again for a node behind an aggregator. */
static bool check_relayed(const struct judging *judging)
{
    const struct session *session = judging->about_session;
    enum frame_type type = judging->frame.type;

    if (judging->about == judging->peer) {
        return true;
    }
    struct slice name = slice_from(judging->about->name);
    bool peer_stands = judging->session != NULL && judging->session->welcomed;
    bool stands = session->welcomed && slice_is(slice_from(judging->peer->name), session->via);
    if (session->quarantined) {
        struct status why = status_error(STATUS_DENIED, "%s is in quarantine", session->node);
        refuse(judging, SERVER_REFUSED_QUARANTINE, &why);
        answer_error(judging, WIRE_ERROR_DENIED, name, "in quarantine");
        return false;
    }
    if (peer_stands && (type == FRAME_HELLO || type == FRAME_BYE || stands)) {
        return true;
    }
    struct status why = status_error(STATUS_DENIED, "%s of %s before HELLO and WELCOME",
                                     frame_type_name(type), judging->about->name);
    refuse(judging, SERVER_REFUSED_ORDER, &why);
    answer_error(judging, WIRE_ERROR_HELLO_FIRST, peer_stands ? name : SLICE(""), "say HELLO");
    return false;
}

/* --- HELLO ------------------------------------------------------------------------------ */

static bool check_hello(const struct judging *judging)
{
    const struct hello *hello = &judging->message.hello;

    if (hello->min_major > FRAME_MAJOR || hello->max_major < FRAME_MAJOR_MIN) {
        struct status why =
            status_error(STATUS_UNSUPPORTED, "speaks %u to %u", hello->min_major, hello->max_major);
        refuse(judging, SERVER_REFUSED_VERSION, &why);
        answer_error(judging, WIRE_ERROR_VERSION, judging->message.node, why.msg);
        return false;
    }
    if (hello->role != judging->about->role) {
        struct status why = status_error(STATUS_DENIED, "%s says it is %s", judging->about->name,
                                         peer_role_name(hello->role));
        refuse(judging, SERVER_REFUSED_AUTHORITY, &why);
        answer_error(judging, WIRE_ERROR_DENIED, judging->message.node, why.msg);
        return false;
    }
    return true;
}

/* Is the first connection alive? A PING decides: who cannot be reached is gone at once. */
static void challenge(const struct judging *judging)
{
    struct server *server = judging->server;
    struct session *session = judging->session;
    uint32_t rival_ms = server->options.rival_ms != 0 ? server->options.rival_ms : SERVER_RIVAL_MS;

    session_drop_rival(session);
    session->rival.route = judging->inbound->route;
    session->rival.nonce =
        (uint64_t)socket_random(1, UINT32_MAX) << 32 | socket_random(1, UINT32_MAX);
    session->rival.until_ms = server_now_ms(server) + rival_ms;
    buf_add_slice(&session->rival.hello, judging->inbound->bytes);
    const struct message ping = { .frame = { .type = FRAME_PING },
                                  .ping = { .nonce = session->rival.nonce } };
    struct status sent = server_send_route(server, &session->route, &ping);
    if (sent.code == STATUS_UNAVAILABLE) {
        server->unrivalled = session;
    }
}

static bool epoch_stands(const struct judging *judging, struct session *session)
{
    uint64_t epoch = judging->message.hello.stream_epoch;

    if (judging->about->role != PEER_SMA || epoch == 0 || session_take_epoch(session, epoch)) {
        return true;
    }
    raise_alarm(judging, SERVER_ALARM_EPOCH_BACK, session, "the stream epoch went back or forked");
    answer_error(judging, WIRE_ERROR_DENIED, slice_from(session->node), "in quarantine");
    return false;
}

static void welcome_aggregator(const struct judging *judging)
{
    struct server *server = judging->server;
    const struct message message = {
        .frame = { .type = FRAME_WELCOME, .credit = 0 },
        .node = slice_from(judging->peer->name),
        .welcome = { .wall_us = clock_wall_us(server->options.clock) },
    };
    struct status sent = server_send_route(server, &judging->inbound->route, &message);

    judging->session->welcomed = status_ok(&sent);
}

static void deliver(const struct judging *judging);

static void begin_direct(struct judging *judging)
{
    struct server *server = judging->server;
    struct session *session = judging->session;
    enum hello_verdict verdict =
        session_judge_hello(session, &judging->inbound->route, judging->message.hello.instance);

    if (verdict == HELLO_RIVAL) {
        challenge(judging);
        return;
    }
    if (!epoch_stands(judging, session)) {
        return;
    }
    if (verdict != HELLO_REPEATED) {
        bool stood = session->present;
        session_begin(session, &judging->inbound->route, SLICE(""), judging->message.hello.instance,
                      server_now_ms(server));
        if (!stood && server->handlers.up != NULL) {
            server->handlers.up(server->handlers.arg, judging->peer);
        }
    }
    if (judging->peer->role == PEER_AGGREGATOR) {
        welcome_aggregator(judging);
    } else {
        deliver(judging);
    }
}

static void begin_relayed(struct judging *judging)
{
    struct session *session = judging->about_session;

    if (!epoch_stands(judging, session)) {
        return;
    }
    session_begin(session, &judging->inbound->route, slice_from(judging->peer->name),
                  judging->message.hello.instance, server_now_ms(judging->server));
    deliver(judging);
}

static void take_hello(struct judging *judging)
{
    if (!check_hello(judging)) {
        return;
    }
    if (judging->about != judging->peer) {
        begin_relayed(judging);
        return;
    }
    judging->session = sessions_make(&judging->server->sessions, slice_from(judging->peer->name));
    judging->about_session = judging->session;
    begin_direct(judging);
}

void server_admit_rival(struct server *server, struct session *session)
{
    CLEANUP(buf_done) struct buf hello = session->rival.hello;
    struct route route = session->rival.route;
    char user_id[CURVE_HEX_MAX];
    const struct registry_node *node =
        registry_by_name(server->registry, slice_from(session->node));

    session->rival.hello = (struct buf){ 0 };
    server_end_session(server, session, "displaced by a new connection");
    if (node == NULL) {
        return;
    }
    curve_public_hex(&node->curve, user_id);
    const struct server_inbound inbound = { .route = route,
                                            .user_id = slice_from(user_id),
                                            .bytes = buf_slice(&hello),
                                            .single_part = true };
    server_judge(server, &inbound);
}

/* --- everything else -------------------------------------------------------------------- */

static void take_ping(const struct judging *judging)
{
    const struct message pong = { .frame = { .type = FRAME_PONG },
                                  .ping = { .nonce = judging->message.ping.nonce,
                                            .healthy = judging->server->healthy } };
    struct status sent = server_send_route(judging->server, &judging->inbound->route, &pong);

    (void)sent; /* counted */
}

/* The first connection answered its challenge: two hold one key. */
static void take_pong(const struct judging *judging)
{
    struct session *session = judging->session;

    if (session == NULL || session->rival.until_ms == 0 ||
        judging->message.ping.nonce != session->rival.nonce ||
        !route_eq(&session->route, &judging->inbound->route)) {
        return;
    }
    raise_alarm(judging, SERVER_ALARM_TWO_SESSIONS, session, "one key, two live connections");
    server_end_session(judging->server, session, "in quarantine");
}

static void take_bye(const struct judging *judging)
{
    if (judging->about != judging->peer) {
        deliver(judging);
        session_end(judging->about_session);
        return;
    }
    if (judging->session != NULL && judging->session->present &&
        route_eq(&judging->session->route, &judging->inbound->route)) {
        server_end_session(judging->server, judging->session, "said BYE");
    }
}

static bool check_credit(const struct judging *judging)
{
    if (judging->frame.type != FRAME_EVENTS ||
        session_spend(judging->about_session, SERVER_CREDIT_RESERVE)) {
        return true;
    }
    struct status why =
        status_error(STATUS_EXHAUSTED, "%s sends beyond its window", judging->about->name);
    refuse(judging, SERVER_REFUSED_CREDIT, &why);
    answer_error(judging, WIRE_ERROR_OVERLOADED, slice_from(judging->about->name), why.msg);
    return false;
}

/* Opens what is signed, when this server is to, into `arrival`. */
static struct status open_signed(const struct judging *judging, struct event_batch *batch,
                                 struct service_result *result, struct server_arrival *arrival)
{
    struct server *server = judging->server;

    if (!server->options.open_signed) {
        return STATUS_SUCCESS;
    }
    if (judging->frame.type == FRAME_EVENTS) {
        TRY(registry_open_events(server->registry, &server->arena, &judging->message, batch));
        arrival->batch = batch;
    } else if (judging->frame.type == FRAME_CMD_RESULT) {
        TRY(registry_open_result(server->registry, &server->arena, &judging->message, result));
        arrival->result = result;
    }
    return STATUS_SUCCESS;
}

static enum server_refusal refusal_of(const struct status *status)
{
    if (status->code == STATUS_DENIED) {
        return SERVER_REFUSED_SIGNATURE;
    }
    return status->code == STATUS_INVALID ? SERVER_REFUSED_AUTHORITY : SERVER_REFUSED_MALFORMED;
}

static void deliver(const struct judging *judging)
{
    struct server *server = judging->server;
    struct event_batch batch = { 0 };
    struct service_result result = { 0 };
    struct server_arrival arrival = {
        .node = judging->about,
        .via = judging->about != judging->peer ? judging->peer : NULL,
        .message = &judging->message,
        .arena = &server->arena,
    };

    if (!check_credit(judging)) {
        return;
    }
    struct status opened = open_signed(judging, &batch, &result, &arrival);
    if (!status_ok(&opened)) {
        refuse(judging, refusal_of(&opened), &opened);
        answer_error(judging, WIRE_ERROR_MALFORMED, slice_from(judging->about->name), opened.msg);
        return;
    }
    server->handlers.message(server->handlers.arg, &arrival);
}

static void dispatch(struct judging *judging)
{
    switch (judging->frame.type) {
    case FRAME_HELLO:
        take_hello(judging);
        break;
    case FRAME_PING:
        take_ping(judging);
        break;
    case FRAME_PONG:
        take_pong(judging);
        break;
    case FRAME_BYE:
        take_bye(judging);
        break;
    case FRAME_EVENTS:
    case FRAME_CMD_ACK:
    case FRAME_CMD_RESULT:
    case FRAME_STATE_REQ:
        deliver(judging);
        break;
    case FRAME_ERROR: /* a peer's complaint: for its owner, once there is a session */
        if (judging->about_session != NULL && judging->about_session->welcomed) {
            deliver(judging);
        }
        break;
    case FRAME_UNKNOWN: /* optional: skipped */
    case FRAME_WELCOME:
    case FRAME_ACK:
    case FRAME_CMD:
    case FRAME_SNAPSHOT:
    case FRAME_DELTA:
        break; /* check_type has refused what goes down */
    }
}

void server_judge(struct server *server, const struct server_inbound *inbound)
{
    struct judging judging = { .server = server, .inbound = inbound };

    if (!check_key(&judging) || !check_header(&judging) || !check_type(&judging) ||
        !check_order(&judging)) {
        return;
    }
    if (judging.session != NULL && route_eq(&judging.session->route, &inbound->route)) {
        judging.session->heard_ms = server_now_ms(server);
    }
    if (judging.frame.type == FRAME_UNKNOWN || !check_body(&judging) || !check_node(&judging) ||
        !check_relayed(&judging)) {
        return;
    }
    dispatch(&judging);
}
