#include "wire/client.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "wire/socket_priv.h"

enum {
    BURST = 256, /* frames a turn before others get theirs */
    TICK_MS = 100,
    RECONNECT_LOW_MS = 200,
    RECONNECT_HIGH_MS = 1000,
    RECONNECT_MAX_MS = 15 * 1000
};

struct client {
    struct actor_loop *loop;
    struct client_options options;
    struct client_handlers handlers;
    uint64_t instance;
    size_t endpoint; /* index of the one in use */
    void *context;
    void *dealer;
    void *monitor;
    int tick_timer;
    bool connected; /* CURVE is done */
    bool up;        /* welcomed */
    int64_t heard_ms;
    int64_t pinged_ms;
    int64_t hello_ms;   /* when the last HELLO went */
    int64_t rebuild_ms; /* when to build a new socket; 0: not planned */
    uint32_t backoff_ms;
    struct client_counters counters;
    struct arena arena; /* one frame's */
    struct buf out;     /* one frame being sent */
};

static int64_t now_ms(const struct client *client)
{
    return clock_mono_ms(client->options.clock);
}

/* --- sending ---------------------------------------------------------------------------- */

static struct status send_bytes(struct client *client, struct slice bytes)
{
    struct status sent = socket_send(client->dealer, SLICE(""), bytes);

    if (status_ok(&sent)) {
        client->counters.frames_out++;
        client->counters.bytes_out += bytes.len;
    } else {
        client->counters.send_full++;
    }
    return sent;
}

static struct status send_message(struct client *client, const struct message *message)
{
    buf_clear(&client->out);
    TRY(message_encode(message, &client->out));
    return send_bytes(client, buf_slice(&client->out));
}

static struct status check_up(struct client *client)
{
    if (!client->up) {
        client->counters.send_refused++;
        return status_error(STATUS_UNAVAILABLE, "no session with %s",
                            client->options.trust->server);
    }
    return STATUS_SUCCESS;
}

struct status client_send(struct client *client, const struct message *message)
{
    TRY(check_up(client));
    return send_message(client, message);
}

struct status client_forward(struct client *client, const struct frame *frame)
{
    TRY(check_up(client));
    return send_bytes(client, frame->raw);
}

void client_say_hello(struct client *client)
{
    struct message message = {
        .frame = { .type = FRAME_HELLO },
        .node = slice_from(client->options.identity->name),
        .hello = { .role = client->options.identity->role,
                   .min_major = FRAME_MAJOR_MIN,
                   .max_major = FRAME_MAJOR,
                   .instance = client->instance,
                   .version = slice_from(client->options.version) },
    };

    if (!client->connected) {
        return;
    }
    if (client->handlers.hello != NULL) {
        client->handlers.hello(client->handlers.arg, &message.hello);
    }
    message.frame.epoch = message.hello.stream_epoch;
    struct status sent = send_message(client, &message);
    if (status_ok(&sent)) {
        client->counters.hellos++;
    }
    client->hello_ms = now_ms(client);
}

static void ping(struct client *client)
{
    const struct message message = { .frame = { .type = FRAME_PING },
                                     .ping = { .nonce = client->counters.frames_out } };
    struct status sent = send_message(client, &message);

    (void)sent; /* counted; silence will tell */
    client->pinged_ms = now_ms(client);
}

/* --- the session's state ---------------------------------------------------------------- */

static void go_down(struct client *client, const char *reason)
{
    bool was_up = client->up;

    client->up = false;
    if (was_up && client->handlers.down != NULL) {
        client->handlers.down(client->handlers.arg, slice_from(reason));
    }
}

static void plan_rebuild(struct client *client)
{
    uint32_t least =
        client->options.reconnect_ms != 0 ? client->options.reconnect_ms : CLIENT_REBUILD_MIN_MS;

    if (client->rebuild_ms != 0) {
        return;
    }
    if (client->backoff_ms < least) {
        client->backoff_ms = least;
    }
    client->rebuild_ms = now_ms(client) + socket_random(client->backoff_ms / 2, client->backoff_ms);
    client->backoff_ms = client->backoff_ms > CLIENT_REBUILD_MAX_MS / 2 ? CLIENT_REBUILD_MAX_MS
                                                                        : 2 * client->backoff_ms;
}

static uint32_t silence_ms(const struct client *client)
{
    return client->options.silence_ms != 0 ? client->options.silence_ms : CLIENT_SILENCE_MS;
}

static uint32_t ping_ms(const struct client *client)
{
    return client->options.ping_ms != 0 ? client->options.ping_ms : CLIENT_PING_MS;
}

/* --- receiving -------------------------------------------------------------------------- */

static bool is_mine(const struct client *client, const struct message *message)
{
    return message->node.len == 0 || slice_is(message->node, client->options.identity->name);
}

static void take_welcome(struct client *client, const struct message *message)
{
    if (is_mine(client, message)) {
        client->up = true;
        client->backoff_ms = 0;
        client->rebuild_ms = 0;
    }
}

/* What concerns this hop is done here; the owner hears of it afterwards. */
static void take_error(struct client *client, const struct message *message)
{
    if (!is_mine(client, message)) {
        return;
    }
    if (message->error.code == WIRE_ERROR_HELLO_FIRST) {
        go_down(client, "the server knows no session");
        if (now_ms(client) - client->hello_ms >= TICK_MS) {
            client_say_hello(client);
        }
    } else if (message->error.code == WIRE_ERROR_DENIED) {
        go_down(client, "the server refuses us");
    }
}

static void dispatch(struct client *client, const struct message *message)
{
    switch (message->frame.type) {
    case FRAME_PONG:
        return;
    case FRAME_PING: {
        struct message pong = *message;
        pong.frame = (struct frame){ .type = FRAME_PONG };
        pong.ping.healthy = client->up;
        struct status sent = send_message(client, &pong);
        (void)sent; /* counted */
        return;
    }
    case FRAME_WELCOME:
        take_welcome(client, message);
        break;
    case FRAME_ERROR:
        take_error(client, message);
        break;
    case FRAME_BYE:
        if (is_mine(client, message)) {
            go_down(client, "the server said BYE");
        }
        break;
    case FRAME_UNKNOWN:
    case FRAME_HELLO:
    case FRAME_EVENTS:
    case FRAME_ACK:
    case FRAME_CMD:
    case FRAME_CMD_ACK:
    case FRAME_CMD_RESULT:
    case FRAME_STATE_REQ:
    case FRAME_SNAPSHOT:
    case FRAME_DELTA:
        break;
    }
    client->handlers.message(client->handlers.arg, message, &client->arena);
}

static void take_frame(struct client *client, struct slice bytes)
{
    struct frame frame;
    struct message message;
    struct status decoded = frame_decode(bytes, &frame);

    client->counters.frames_in++;
    client->counters.bytes_in += bytes.len;
    if (status_ok(&decoded) && frame.type == FRAME_UNKNOWN) {
        return;
    }
    if (status_ok(&decoded) && !frame_type_goes_down(frame.type)) {
        decoded = status_error(STATUS_DENIED, "%s comes from below", frame_type_name(frame.type));
    }
    if (status_ok(&decoded)) {
        decoded = message_decode(&client->arena, &frame, &message);
    }
    if (!status_ok(&decoded)) {
        client->counters.bad_frames++;
        return;
    }
    client->heard_ms = now_ms(client);
    dispatch(client, &message);
}

static void drop_parts(void *socket, zmq_msg_t *part)
{
    while (zmq_msg_more(part) != 0 && zmq_msg_recv(part, socket, ZMQ_DONTWAIT) >= 0) {
    }
}

static struct status on_dealer(struct actor_loop *loop, void *state)
{
    struct client *client = state;
    zmq_msg_t part;

    (void)loop;
    (void)zmq_msg_init(&part);
    for (int i = 0; i < BURST && zmq_msg_recv(&part, client->dealer, ZMQ_DONTWAIT) >= 0; i++) {
        if (zmq_msg_more(&part) != 0) {
            client->counters.bad_frames++;
            drop_parts(client->dealer, &part);
            continue;
        }
        take_frame(client, (struct slice){ zmq_msg_data(&part), zmq_msg_size(&part) });
        arena_reset(&client->arena);
    }
    (void)zmq_msg_close(&part);
    return STATUS_SUCCESS;
}

/* --- the connection --------------------------------------------------------------------- */

static void on_event(struct client *client, const struct socket_event *event)
{
    switch (event->kind) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        client->counters.connects++;
        client->connected = true;
        client->heard_ms = now_ms(client);
        client_say_hello(client);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        client->counters.disconnects++;
        client->connected = false;
        go_down(client, "disconnected");
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        client->counters.auth_failures++;
        client->connected = false;
        plan_rebuild(client);
        break;
    default: /* libzmq's int, not an enum of ours */
        break;
    }
}

static struct status on_monitor(struct actor_loop *loop, void *state)
{
    struct client *client = state;
    struct socket_event event;

    (void)loop;
    for (int i = 0; i < BURST && socket_next_event(client->monitor, &event); i++) {
        on_event(client, &event);
    }
    return STATUS_SUCCESS;
}

static struct status set_reconnect(const struct client *client)
{
    uint32_t interval_ms = client->options.reconnect_ms != 0
                               ? client->options.reconnect_ms
                               : socket_random(RECONNECT_LOW_MS, RECONNECT_HIGH_MS);
    uint32_t max_ms =
        client->options.reconnect_ms != 0 ? client->options.reconnect_ms : RECONNECT_MAX_MS;

    TRY(socket_set_int(client->dealer, ZMQ_RECONNECT_IVL, (int)interval_ms));
    return socket_set_int(client->dealer, ZMQ_RECONNECT_IVL_MAX, (int)max_ms);
}

static struct status build(struct client *client)
{
    const struct client_options *options = &client->options;

    client->dealer = zmq_socket(client->context, ZMQ_DEALER);
    if (client->dealer == NULL) {
        return status_error(STATUS_UNAVAILABLE, "DEALER: %s", zmq_strerror(zmq_errno()));
    }
    TRY(socket_setup(client->dealer, 0));
    TRY(socket_setup_address(client->dealer, options->endpoints[client->endpoint]));
    TRY(socket_setup_client(client->dealer, &options->identity->curve,
                            &options->trust->server_key));
    TRY(set_reconnect(client));
    TRY(socket_monitor(client->context, client->dealer, &client->monitor));
    if (zmq_connect(client->dealer, options->endpoints[client->endpoint]) != 0) {
        return status_error(STATUS_INVALID, "%s: %s", options->endpoints[client->endpoint],
                            zmq_strerror(zmq_errno()));
    }
    TRY(actor_loop_socket(client->loop, client->dealer, on_dealer, client));
    return actor_loop_socket(client->loop, client->monitor, on_monitor, client);
}

static void tear_down(struct client *client)
{
    if (client->monitor != NULL) {
        actor_loop_socket_end(client->loop, client->monitor);
        socket_monitor_end(client->dealer, &client->monitor);
    }
    if (client->dealer != NULL) {
        actor_loop_socket_end(client->loop, client->dealer);
        (void)zmq_close(client->dealer);
        client->dealer = NULL;
    }
    client->connected = false;
}

static struct status rebuild(struct client *client)
{
    go_down(client, "connecting anew");
    tear_down(client);
    client->counters.rebuilds++;
    client->rebuild_ms = 0;
    client->heard_ms = now_ms(client);
    client->endpoint = client->options.endpoints[1] != NULL ? 1 - client->endpoint : 0;
    return build(client);
}

/* --- time ------------------------------------------------------------------------------- */

static void keep_alive(struct client *client, int64_t now)
{
    int64_t silent_ms = now - client->heard_ms;

    if (!client->up && now - client->hello_ms >= CLIENT_HELLO_MS) {
        client_say_hello(client);
    } else if (silent_ms >= silence_ms(client) && now - client->hello_ms >= silence_ms(client)) {
        go_down(client, "silence");
        client_say_hello(client);
    } else if (silent_ms >= ping_ms(client) && now - client->pinged_ms >= ping_ms(client)) {
        ping(client);
    }
}

static struct status on_tick(struct actor_loop *loop, void *state)
{
    struct client *client = state;
    int64_t now = now_ms(client);

    (void)loop;
    if (now - client->heard_ms >= 2 * (int64_t)silence_ms(client)) {
        plan_rebuild(client); /* connected to nobody, or to somebody mute */
    }
    if (client->rebuild_ms != 0 && now >= client->rebuild_ms) {
        return rebuild(client);
    }
    if (client->connected) {
        keep_alive(client, now);
    }
    return STATUS_SUCCESS;
}

/* --- opening and closing ---------------------------------------------------------------- */

static struct status start(struct client *client)
{
    TRY(socket_context(&client->context));
    TRY(build(client));
    client->tick_timer = actor_loop_timer(client->loop, TICK_MS, 0, on_tick, client);
    return STATUS_SUCCESS;
}

struct status client_open(struct actor_loop *loop, const struct client_options *options,
                          const struct client_handlers *handlers, struct client **out)
{
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL) {
        abort();
    }
    assert(options->endpoints[0] != NULL && handlers->message != NULL);
    client->loop = loop;
    client->options = *options;
    client->handlers = *handlers;
    client->instance = (uint64_t)socket_random(0, UINT32_MAX) << 32 | socket_random(0, UINT32_MAX);
    client->heard_ms = now_ms(client);
    struct status started = start(client);
    if (!status_ok(&started)) {
        client_close(&client);
        return started;
    }
    *out = client;
    return STATUS_SUCCESS;
}

void client_close(struct client **client)
{
    struct client *self = TAKE(*client);

    if (self == NULL) {
        return;
    }
    if (self->tick_timer != 0) {
        actor_loop_timer_end(self->loop, self->tick_timer);
    }
    if (self->up) {
        const struct message bye = { .frame = { .type = FRAME_BYE },
                                     .node = slice_from(self->options.identity->name),
                                     .bye = { .reason = SLICE("stopping") } };
        struct status sent = send_message(self, &bye);
        (void)sent; /* the server will notice by itself */
    }
    tear_down(self);
    if (self->context != NULL) {
        (void)zmq_ctx_term(self->context);
    }
    arena_done(&self->arena);
    buf_done(&self->out);
    free(self);
}

bool client_is_up(const struct client *client)
{
    return client->up;
}

struct client_counters client_read_counters(const struct client *client)
{
    return client->counters;
}
