#include "orchestrator/http.h"

#include "base/parse.h"
#include "orchestrator/http_guard.h"
#include "orchestrator/http_listen.h"
#include "orchestrator/http_peer.h"

#include <assert.h>
#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SWEEP_MS = 250,
    RUNS_MAX = 64, /* passes of one http_server_run: then other work of the thread gets its turn */
};

/* One client. */
struct client {
    struct client *next;
    int fd;
    bool is_waiting;  /* for us: its request is whole, and nobody has answered yet */
    int64_t since_ms; /* connected, last answer made, or gone */
    bool is_known;    /* the kernel told who it is */
    struct http_identity identity;
};

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_CALLED, STAGE_ANSWERED };

/* One request, from its first line to the end of its answer. */
struct exchange {
    struct exchange *next;
    struct http_server *server;
    struct MHD_Connection *connection;
    struct client *client;
    uint64_t id;
    enum stage stage;
    bool is_suspended;
    bool is_too_large;
    int64_t called_ms;
    char *target; /* as sent */
    struct buf body;
    struct MHD_Response *response; /* NULL until answered */
    unsigned code;
};

struct http_server {
    struct http_spec spec;
    struct MHD_Daemon *daemon;
    int listen_fd; /* owned by the daemon once that runs */
    int epoll_fd;
    char *path;
    uid_t owner;
    struct http_role_groups groups;
    struct client *clients;
    struct exchange *exchanges;
    uint64_t last_id;
    struct actor_loop *loop; /* NULL: the owner polls */
    int sweep_timer;
    int soon_timer; /* for what a run has left over */
    struct http_stats stats;
};

static int64_t now_ms(const struct http_server *server)
{
    return clock_mono_ms(server->spec.clock);
}

/* --- answers --------------------------------------------------------------------------------- */

static struct MHD_Response *make_response(const struct http_reply *reply)
{
    /* MHD copies, and asks for a pointer without const for its other modes only. */
    const union {
        const char *given;
        void *wanted;
    } bytes = { reply->body.ptr != NULL ? reply->body.ptr : "" };
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->body.len, bytes.wanted, MHD_RESPMEM_MUST_COPY);

    if (response == NULL) {
        abort(); /* no memory */
    }
    const char *type = reply->content_type != NULL ? reply->content_type : "application/json";
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    (void)MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (reply->allow != NULL) {
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, reply->allow);
    }
    return response;
}

static void set_answer(struct exchange *exchange, const struct http_reply *reply)
{
    exchange->response = make_response(reply);
    exchange->code = reply->code;
    exchange->stage = STAGE_ANSWERED;
    exchange->client->is_waiting = false;
    exchange->client->since_ms = now_ms(exchange->server);
}

static void set_problem(struct exchange *exchange, unsigned code, const char *word, bool retryable,
                        const char *detail)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct http_reply reply = http_problem(&text, code, word, retryable, slice_from(detail));

    set_answer(exchange, &reply);
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
    struct MHD_Response *response = exchange->response;
    enum MHD_Result queued = MHD_queue_response(exchange->connection, exchange->code, response);

    MHD_destroy_response(response);
    exchange->response = NULL;
    return queued;
}

/* Refuses a request whose end cannot be trusted: what follows on the connection is never read. */
static enum MHD_Result refuse(struct exchange *exchange, unsigned code, const char *detail)
{
    set_problem(exchange, code, "invalid", false, detail);
    (void)MHD_add_response_header(exchange->response, MHD_HTTP_HEADER_CONNECTION, "close");
    return send_answer(exchange);
}

/* --- one request ----------------------------------------------------------------------------- */

struct header_list {
    struct http_header items[HTTP_HEADERS_MAX + 1];
    size_t count;
};

static enum MHD_Result collect_header(void *arg, enum MHD_ValueKind kind, const char *key,
                                      size_t key_len, const char *value, size_t value_len)
{
    struct header_list *list = arg;

    (void)kind;
    if (list->count <= HTTP_HEADERS_MAX) {
        list->items[list->count++] = (struct http_header){ { key, key_len }, { value, value_len } };
    }
    return MHD_YES;
}

static enum MHD_Result begin_request(struct exchange *exchange, const char *method,
                                     const char *version)
{
    struct http_server *server = exchange->server;
    struct header_list headers = { .count = 0 };
    const char *length = NULL;
    uint64_t announced = 0;

    (void)MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, collect_header,
                                      &headers);
    struct status guarded = http_guard(&(struct http_head){ .method = slice_from(method),
                                                            .target = slice_from(exchange->target),
                                                            .version = slice_from(version),
                                                            .headers = headers.items,
                                                            .header_count = headers.count });
    if (!status_ok(&guarded)) {
        server->stats.refused++;
        return refuse(exchange, guarded.code == STATUS_EXHAUSTED ? 431 : 400, guarded.msg);
    }
    length = MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, "Content-Length");
    struct status counted =
        length == NULL ? STATUS_SUCCESS
                       : parse_u64(slice_from(length), 0, server->spec.body_max, &announced);
    if (!status_ok(&counted)) {
        server->stats.too_large++;
        return refuse(exchange, 413, "the body is over the limit");
    }
    exchange->stage = STAGE_BODY;
    return MHD_YES;
}

static struct slice header_of(struct exchange *exchange, const char *name)
{
    return slice_from(MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name));
}

static void hand_over(struct exchange *exchange, const char *method)
{
    struct http_server *server = exchange->server;
    struct slice query = slice_from(exchange->target);
    struct slice path = slice_cut(&query, '?');
    struct http_call call = { .id = exchange->id,
                              .method = slice_from(method),
                              .path = path,
                              .query = query,
                              .body = buf_slice(&exchange->body),
                              .content_type = header_of(exchange, "Content-Type"),
                              .accept = header_of(exchange, "Accept"),
                              .identity = exchange->client->identity };

    exchange->stage = STAGE_CALLED;
    exchange->called_ms = now_ms(server);
    exchange->client->is_waiting = true;
    server->stats.calls++;
    server->spec.call(server->spec.arg, &call);
}

static enum MHD_Result end_request(struct exchange *exchange, const char *method)
{
    if (exchange->is_too_large) {
        exchange->server->stats.too_large++;
        return refuse(exchange, 413, "the body is over the limit");
    }
    hand_over(exchange, method);
    if (exchange->stage == STAGE_ANSWERED) {
        return send_answer(exchange);
    }
    MHD_suspend_connection(exchange->connection);
    exchange->is_suspended = true;
    return MHD_YES;
}

/* What does not fit is read and dropped, so that the client hears why; the deadline ends it. */
static void add_body(struct exchange *exchange, const char *bytes, size_t len)
{
    size_t room = exchange->server->spec.body_max - exchange->body.len;

    if (exchange->is_too_large || len > room) {
        exchange->is_too_large = true;
        buf_clear(&exchange->body);
        return;
    }
    buf_add(&exchange->body, bytes, len);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_len, void **state)
{
    struct exchange *exchange = *state;

    (void)arg;
    (void)url; /* MHD's decoding; exchange->target is what was sent */
    (void)connection;
    if (exchange == NULL || !exchange->client->is_known) {
        return MHD_NO;
    }
    switch (exchange->stage) {
    case STAGE_HEAD:
        return begin_request(exchange, method, version);
    case STAGE_BODY:
        if (*upload_len > 0) {
            add_body(exchange, upload, *upload_len);
            *upload_len = 0;
            return MHD_YES;
        }
        return end_request(exchange, method);
    case STAGE_ANSWERED:
        return send_answer(exchange);
    case STAGE_CALLED:
        return MHD_NO; /* resumed without an answer: the server is closing */
    }
    return MHD_NO;
}

/* --- births and ends ------------------------------------------------------------------------- */

static struct client *client_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info != NULL ? info->socket_context : NULL;
}

/* The first that is heard of a request: its target, before MHD takes it apart. */
static void *on_target(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct http_server *server = arg;
    struct exchange *exchange = calloc(1, sizeof(*exchange));

    if (exchange == NULL) {
        abort();
    }
    *exchange = (struct exchange){ .next = server->exchanges,
                                   .server = server,
                                   .connection = connection,
                                   .client = client_of(connection),
                                   .id = ++server->last_id,
                                   .target = strdup(target) };
    if (exchange->target == NULL) {
        abort();
    }
    server->exchanges = exchange;
    return exchange;
}

static void forget_exchange(struct exchange *exchange)
{
    struct exchange **at = &exchange->server->exchanges;

    while (*at != exchange) {
        at = &(*at)->next;
    }
    *at = exchange->next;
    if (exchange->response != NULL) {
        MHD_destroy_response(exchange->response);
    }
    buf_done(&exchange->body);
    free(exchange->target);
    free(exchange);
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode why)
{
    struct exchange *exchange = *state;

    (void)arg;
    (void)connection;
    (void)why;
    if (exchange == NULL) {
        return;
    }
    exchange->client->is_waiting = false;
    exchange->client->since_ms = now_ms(exchange->server);
    forget_exchange(exchange);
    *state = NULL;
}

static struct client *new_client(struct http_server *server, struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct client *client = calloc(1, sizeof(*client));

    if (client == NULL) {
        abort();
    }
    client->fd = info != NULL ? info->connect_fd : -1;
    client->since_ms = now_ms(server);
    struct status known =
        http_peer_read(client->fd, &server->groups, server->owner, &client->identity);
    client->is_known = status_ok(&known); /* a stranger is cut off at its first request */
    client->next = server->clients;
    server->clients = client;
    server->stats.connections++;
    server->stats.open++;
    return client;
}

static void forget_client(struct http_server *server, struct client *client)
{
    struct client **at = &server->clients;

    while (*at != client) {
        at = &(*at)->next;
    }
    *at = client->next;
    server->stats.open--;
    free(client);
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http_server *server = arg;

    switch (what) {
    case MHD_CONNECTION_NOTIFY_STARTED:
        *context = new_client(server, connection);
        break;
    case MHD_CONNECTION_NOTIFY_CLOSED:
        if (*context != NULL) {
            forget_client(server, *context);
            *context = NULL;
        }
        break;
    }
}

static struct status on_due(struct actor_loop *loop, void *state)
{
    (void)loop;
    return http_server_run(state);
}

/* In the next round of the loop: what one run left over, and a resumed connection, of which MHD's
 * epoll set says nothing. */
static void run_soon(struct http_server *server)
{
    if (server->loop != NULL) {
        actor_loop_timer_end(server->loop, server->soon_timer);
        server->soon_timer = actor_loop_timer(server->loop, 0, 1, on_due, server);
    }
}

/* --- deadlines ------------------------------------------------------------------------------- */

static void resume(struct exchange *exchange)
{
    exchange->is_suspended = false;
    MHD_resume_connection(exchange->connection);
}

static void sweep(struct http_server *server)
{
    int64_t now = now_ms(server);

    for (struct client *client = server->clients; client != NULL; client = client->next) {
        if (!client->is_waiting && now - client->since_ms > server->spec.request_deadline_ms) {
            (void)shutdown(client->fd, SHUT_RDWR); /* MHD then sees the end */
            client->since_ms = now;
            server->stats.timed_out++;
        }
    }
    for (struct exchange *exchange = server->exchanges; exchange != NULL;
         exchange = exchange->next) {
        if (exchange->is_suspended && now - exchange->called_ms > server->spec.answer_deadline_ms) {
            set_problem(exchange, 504, "timeout", true, "the answer took too long");
            server->stats.timed_out++;
            resume(exchange);
        }
    }
}

struct status http_reply(struct http_server *server, uint64_t id, const struct http_reply *reply)
{
    for (struct exchange *exchange = server->exchanges; exchange != NULL;
         exchange = exchange->next) {
        if (exchange->id == id && exchange->stage == STAGE_CALLED) {
            set_answer(exchange, reply);
            if (exchange->is_suspended) {
                resume(exchange);
                run_soon(server);
            }
            return STATUS_SUCCESS;
        }
    }
    return status_error(STATUS_NOT_FOUND, "nobody waits for this answer");
}

/* MHD keeps what it has read and not yet worked on apart from its epoll set. */
static bool has_work(const struct http_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;

    return MHD_get_timeout(server->daemon, &wait_ms) == MHD_YES && wait_ms == 0;
}

/* --- the server ------------------------------------------------------------------------------ */

static struct status start_daemon(struct http_server *server)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME;

    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, server->spec.connections_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        server, MHD_OPTION_END);
    if (server->daemon == NULL) {
        return status_error(STATUS_UNAVAILABLE, "%s: the HTTP server does not start", server->path);
    }
    server->listen_fd = -1;
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL) {
        return status_error(STATUS_UNAVAILABLE, "%s: no epoll", server->path);
    }
    server->epoll_fd = info->epoll_fd;
    return STATUS_SUCCESS;
}

static struct http_spec with_defaults(const struct http_spec *spec)
{
    struct http_spec out = *spec;

    out.body_max = spec->body_max != 0 ? spec->body_max : HTTP_BODY_MAX;
    out.connections_max = spec->connections_max != 0 ? spec->connections_max : HTTP_CONNECTIONS_MAX;
    out.request_deadline_ms =
        spec->request_deadline_ms != 0 ? spec->request_deadline_ms : HTTP_REQUEST_DEADLINE_MS;
    out.answer_deadline_ms =
        spec->answer_deadline_ms != 0 ? spec->answer_deadline_ms : HTTP_ANSWER_DEADLINE_MS;
    out.clock = spec->clock != NULL ? spec->clock : &clock_real;
    return out;
}

struct status http_server_new(const struct http_spec *spec, struct http_server **out)
{
    struct http_server *server = calloc(1, sizeof(*server));
    struct status status;

    if (server == NULL) {
        abort();
    }
    server->spec = with_defaults(spec);
    server->listen_fd = -1;
    server->owner = geteuid();
    server->groups = http_role_groups_find();
    status = http_listen(spec->path, spec->mode, spec->group, &server->listen_fd);
    if (status_ok(&status)) {
        server->path = strdup(spec->path);
        status = start_daemon(server);
    }
    if (!status_ok(&status)) {
        http_server_free(&server);
        return status;
    }
    *out = server;
    return STATUS_SUCCESS;
}

static void stop_daemon(struct http_server *server)
{
    for (struct exchange *exchange = server->exchanges; exchange != NULL;
         exchange = exchange->next) {
        if (exchange->is_suspended) {
            resume(exchange); /* MHD cannot stop with suspended ones */
        }
    }
    (void)MHD_run(server->daemon);
    MHD_stop_daemon(server->daemon);
}

static void free_server(struct http_server *server)
{
    if (server->loop != NULL) {
        actor_loop_fd_end(server->loop, server->epoll_fd);
        actor_loop_timer_end(server->loop, server->sweep_timer);
        actor_loop_timer_end(server->loop, server->soon_timer);
    }
    if (server->daemon != NULL) {
        stop_daemon(server);
    }
    if (server->listen_fd >= 0) {
        (void)close(server->listen_fd);
    }
    if (server->path != NULL) {
        (void)unlink(server->path);
        free(server->path);
    }
    free(server);
}

void http_server_free(struct http_server **server)
{
    if (*server != NULL) {
        free_server(*server);
        *server = NULL;
    }
}

int http_server_fd(const struct http_server *server)
{
    return server->epoll_fd;
}

struct status http_server_run(struct http_server *server)
{
    unsigned runs = 0;

    sweep(server);
    do {
        if (MHD_run(server->daemon) != MHD_YES) {
            return status_error(STATUS_INTERNAL, "%s: the HTTP server failed", server->path);
        }
        runs++;
    } while (runs < RUNS_MAX && has_work(server));
    return STATUS_SUCCESS;
}

int http_server_wait_ms(struct http_server *server)
{
    if (has_work(server)) {
        return 0;
    }
    return server->clients != NULL ? SWEEP_MS : -1;
}

static struct status on_ready(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct http_server *server = state;

    (void)loop;
    (void)fd;
    (void)revents;
    TRY(http_server_run(server));
    if (has_work(server)) {
        run_soon(server);
    }
    return STATUS_SUCCESS;
}

struct status http_server_join(struct http_server *server, struct actor_loop *loop)
{
    TRY(actor_loop_fd(loop, server->epoll_fd, POLLIN, on_ready, server));
    server->sweep_timer = actor_loop_timer(loop, SWEEP_MS, 0, on_due, server);
    server->loop = loop;
    return STATUS_SUCCESS;
}

struct http_stats http_server_stats(const struct http_server *server)
{
    struct http_stats stats = server->stats;

    for (const struct exchange *at = server->exchanges; at != NULL; at = at->next) {
        stats.waiting += at->is_suspended ? 1 : 0;
    }
    return stats;
}
