#include "orchestrator/http.h"

#include "orchestrator/http_listen.h"
#include "orchestrator/http_priv.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SWEEP_MS = 250,
    RUNS_MAX = 64, /* passes of one http_server_run: then other work of the thread gets its turn */
};

int64_t http_now_ms(const struct http_server *server)
{
    return clock_mono_ms(server->spec.clock);
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
    int64_t now = http_now_ms(server);

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
            http_set_problem(exchange, 504, "timeout", true, "the answer took too long");
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
            http_set_answer(exchange, reply);
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
        flags, 0, NULL, NULL, http_on_request, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, server->spec.connections_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, http_on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, http_on_connection, server, MHD_OPTION_URI_LOG_CALLBACK,
        http_on_target, server, MHD_OPTION_END);
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
