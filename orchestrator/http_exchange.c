#include "orchestrator/http_priv.h"

#include "base/parse.h"
#include "orchestrator/http_guard.h"

#include <stdlib.h>
#include <string.h>

/* --- answers --------------------------------------------------------------------------------- */

static struct MHD_Response *make_response(const struct http_reply *reply)
{
    struct slice body = reply->body.ptr != NULL ? reply->body : SLICE("");
    void *bytes = NULL;

    /* MHD copies, and asks for a pointer without const for its other modes only. */
    memcpy(&bytes, &body.ptr, sizeof(bytes));
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, bytes, MHD_RESPMEM_MUST_COPY);

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

void http_set_answer(struct exchange *exchange, const struct http_reply *reply)
{
    exchange->response = make_response(reply);
    exchange->code = reply->code;
    exchange->stage = STAGE_ANSWERED;
    exchange->client->is_waiting = false;
    exchange->client->since_ms = http_now_ms(exchange->server);
}

void http_set_problem(struct exchange *exchange, unsigned code, const char *word, bool retryable,
                      const char *detail)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct http_reply reply = http_problem(&text, code, word, retryable, slice_from(detail));

    http_set_answer(exchange, &reply);
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
    http_set_problem(exchange, code, "invalid", false, detail);
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
    exchange->called_ms = http_now_ms(server);
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

enum MHD_Result http_on_request(void *arg, struct MHD_Connection *connection, const char *url,
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

void *http_on_target(void *arg, const char *target, struct MHD_Connection *connection)
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

void http_on_completed(void *arg, struct MHD_Connection *connection, void **state,
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
    exchange->client->since_ms = http_now_ms(exchange->server);
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
    client->since_ms = http_now_ms(server);
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

void http_on_connection(void *arg, struct MHD_Connection *connection, void **context,
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
