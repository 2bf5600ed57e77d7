#include "planes/serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/fault.h"
#include "planes/helper_codec.h"

/* Requests read in one turn, before the plane's results are looked after. */
enum { READ_PACKETS_MAX = 64 };

struct plane_server {
    struct plane *plane;
    int fd;
    struct buf unsent; /* whole messages */
    unsigned observes; /* under way: no request is read meanwhile */
    bool greeted;
};

/* One call of the client; freed when answered. */
struct server_call {
    struct plane_server *server;
    uint64_t number;
};

struct plane_server *plane_server_new(struct plane *plane, int fd)
{
    struct plane_server *server = calloc(1, sizeof(*server));

    if (server == NULL) {
        abort();
    }
    server->plane = plane;
    server->fd = fd;
    return server;
}

void plane_server_free(struct plane_server *server)
{
    if (server != NULL) {
        plane_close(&server->plane); /* its last callbacks still find us */
        (void)close(server->fd);
        buf_done(&server->unsent);
        free(server);
    }
}

/* --- answers ---------------------------------------------------------------------------------- */

static void post(struct plane_server *server, const struct helper_message *message)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];

    helper_encode(message, bytes);
    buf_add(&server->unsent, bytes, sizeof(bytes));
}

static struct server_call *call_new(struct plane_server *server, uint64_t number)
{
    struct server_call *call = calloc(1, sizeof(*call));

    if (call == NULL) {
        abort();
    }
    *call = (struct server_call){ server, number };
    return call;
}

static void on_done(void *arg, struct status outcome)
{
    CLEANUP(cleanup_free) struct server_call *call = arg;

    post(call->server,
         &(struct helper_message){ .kind = HELPER_DONE, .call = call->number, .outcome = outcome });
}

static void on_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    CLEANUP(cleanup_free) struct server_call *call = arg;

    post(call->server, &(struct helper_message){ .kind = HELPER_READING,
                                                 .call = call->number,
                                                 .outcome = outcome,
                                                 .reading = *reading });
}

static void on_observe(void *arg, struct status outcome, const struct plane_control *controls,
                       size_t count)
{
    CLEANUP(cleanup_free) struct server_call *call = arg;

    for (size_t i = 0; i < count; i++) {
        post(call->server, &(struct helper_message){ .kind = HELPER_CONTROL,
                                                     .call = call->number,
                                                     .control = controls[i] });
    }
    post(call->server, &(struct helper_message){ .kind = HELPER_OBSERVED,
                                                 .call = call->number,
                                                 .outcome = outcome,
                                                 .count = (uint32_t)count });
    call->server->observes--;
}

static void on_peer(void *arg, struct status outcome, bool seen)
{
    CLEANUP(cleanup_free) struct server_call *call = arg;

    post(call->server,
         &(struct helper_message){
             .kind = HELPER_PEER, .call = call->number, .outcome = outcome, .seen = seen });
}

/* --- requests --------------------------------------------------------------------------------- */

static void greet(struct plane_server *server)
{
    struct plane_capability all[ACTION_KINDS];
    struct helper_message welcome = { .kind = HELPER_WELCOME,
                                      .plane = plane_kind_of(server->plane) };

    (void)snprintf(welcome.name, sizeof(welcome.name), "%s", plane_name(server->plane));
    post(server, &welcome);
    plane_capabilities(server->plane, all);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        post(server, &(struct helper_message){ .kind = HELPER_CAPABILITY, .capability = all[i] });
    }
    server->greeted = true;
}

/* A call that the plane refuses at once is answered like one that it fails later. */
static void start_call(struct plane_server *server, const struct helper_message *request)
{
    const struct plane_reading nothing = { .lease_left_ms = -1 };
    struct server_call *call = call_new(server, request->call);
    struct status started = STATUS_SUCCESS;

    switch (request->kind) {
    case HELPER_APPLY:
        started = plane_apply(server->plane, &request->action, on_done, call);
        break;
    case HELPER_UNDO:
        started = plane_undo(server->plane, &request->action, on_done, call);
        break;
    case HELPER_READ_BACK:
        started = plane_read_back(server->plane, &request->action, on_read, call);
        if (!status_ok(&started)) {
            on_read(call, started, &nothing);
        }
        return;
    case HELPER_OBSERVE:
        server->observes++;
        started = plane_observe(server->plane, on_observe, call);
        if (!status_ok(&started)) {
            on_observe(call, started, NULL, 0);
        }
        return;
    case HELPER_PEER_SEEN:
        started = plane_peer_seen(server->plane, &request->query, on_peer, call);
        if (!status_ok(&started)) {
            on_peer(call, started, false);
        }
        return;
    case HELPER_HELLO:
    case HELPER_WELCOME:
    case HELPER_CAPABILITY:
    case HELPER_DONE:
    case HELPER_READING:
    case HELPER_CONTROL:
    case HELPER_OBSERVED:
    case HELPER_PEER:
        started = status_error(STATUS_INTERNAL, "not a call");
        break;
    }
    if (!status_ok(&started)) {
        on_done(call, started);
    }
}

static struct status take_request(struct plane_server *server, const struct helper_message *request)
{
    bool hello = request->kind == HELPER_HELLO;

    if (!helper_kind_is_request(request->kind) || hello == server->greeted) {
        return status_error(STATUS_INVALID, "client: message of kind %u is not its to send now",
                            (unsigned)request->kind);
    }
    if (hello) {
        greet(server);
    } else {
        start_call(server, request);
    }
    return STATUS_SUCCESS;
}

static bool may_read(const struct plane_server *server)
{
    return server->unsent.len == 0 && server->observes == 0;
}

static struct status read_requests(struct plane_server *server, bool *out_ended)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES + 1];
    struct helper_message request;

    for (unsigned packets = 0; packets < READ_PACKETS_MAX && may_read(server); packets++) {
        ssize_t len = recv(server->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (len < 0 && (errno == EAGAIN || errno == EINTR)) {
            break;
        }
        if (len == 0 || (len < 0 && errno == ECONNRESET)) {
            *out_ended = true;
            break;
        }
        if (len < 0) {
            return status_error(STATUS_UNAVAILABLE, "client: %s", strerrordesc_np(errno));
        }
        TRY(status_wrap(helper_decode(bytes, (size_t)len, &request), "client"));
        FAULT_POINT("helper.after_request");
        TRY(take_request(server, &request));
    }
    return STATUS_SUCCESS;
}

static struct status send_answers(struct plane_server *server, bool *out_ended)
{
    size_t sent = 0;
    struct status outcome = STATUS_SUCCESS;

    while (sent < server->unsent.len) {
        FAULT_POINT("helper.before_answer");
        ssize_t len = send(server->fd, server->unsent.ptr + sent, HELPER_MESSAGE_BYTES,
                           MSG_NOSIGNAL | MSG_DONTWAIT);
        if (len == HELPER_MESSAGE_BYTES) {
            sent += HELPER_MESSAGE_BYTES;
        } else if (len < 0 && errno == EAGAIN) {
            break;
        } else if (len < 0 && (errno == EPIPE || errno == ECONNRESET)) {
            *out_ended = true;
            break;
        } else if (!(len < 0 && errno == EINTR)) {
            outcome = status_error(STATUS_UNAVAILABLE, "client: %s", strerrordesc_np(errno));
            break;
        }
    }
    buf_drop_front(&server->unsent, sent);
    return outcome;
}

/* --- turns ------------------------------------------------------------------------------------ */

void plane_server_poll(const struct plane_server *server, struct pollfd out[PLANE_SERVER_FDS])
{
    short events = (short)(server->unsent.len > 0 ? POLLOUT : 0);

    if (may_read(server)) {
        events = (short)(events | POLLIN);
    }
    /* Without an event of interest not even the hang-up: it will still be there afterwards. */
    out[0] = (struct pollfd){ .fd = events != 0 ? server->fd : -1, .events = events };
    out[1] = (struct pollfd){ .fd = plane_fd(server->plane), .events = POLLIN };
}

struct status plane_server_turn(struct plane_server *server, bool *out_ended)
{
    struct pollfd plane = { .fd = plane_fd(server->plane), .events = POLLIN };

    *out_ended = false;
    TRY(read_requests(server, out_ended));
    if (poll(&plane, 1, 0) == 1) {
        TRY(plane_dispatch(server->plane));
    }
    return send_answers(server, out_ended);
}

struct status plane_server_run(struct plane_server *server)
{
    bool ended = false;

    while (!ended) {
        struct pollfd ready[PLANE_SERVER_FDS];
        plane_server_poll(server, ready);
        if (poll(ready, PLANE_SERVER_FDS, -1) < 0 && errno != EINTR) {
            return status_error(STATUS_UNAVAILABLE, "poll: %s", strerrordesc_np(errno));
        }
        TRY(plane_server_turn(server, &ended));
    }
    return STATUS_SUCCESS;
}
