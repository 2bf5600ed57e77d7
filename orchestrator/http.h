/* orchestrator/http.h - the API's transport: HTTP/1.1 on a unix socket, by libmicrohttpd.
 *
 * Threads: a server belongs to the thread that made it; its owner polls http_server_fd for reading
 * and calls http_server_run then, and at the latest after http_server_wait_ms; http_server_join
 * does both in an actor's loop. No call blocks.
 * Limits: HTTP_* below; a client that breaks one gets 400, 408, 413, 431 or 503 or is cut off, and
 * is counted. Identity is the kernel's word on the peer (SO_PEERCRED, SO_PEERGROUPS), taken when
 * the connection is made. */
#ifndef REDAN_ORCHESTRATOR_HTTP_H
#define REDAN_ORCHESTRATOR_HTTP_H

#include <stdint.h>
#include <sys/types.h>

#include "base/actor.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/slice.h"
#include "base/status.h"

enum {
    HTTP_CONNECTIONS_MAX = 64,
    HTTP_CONNECTION_BYTES = 32 * 1024, /* request line and headers */
    HTTP_BODY_MAX = 16 * 1024 * 1024,  /* default of http_spec.body_max */
    HTTP_REQUEST_DEADLINE_MS = 15000,  /* to send a whole request, and to take a whole answer */
    HTTP_ANSWER_DEADLINE_MS = 30000    /* from a whole request to http_reply; then 504 */
};

/* Bits of http_identity.roles. */
enum http_role { HTTP_OFFICER = 1, HTTP_OPERATOR = 2, HTTP_AUDITOR = 4 };
enum { HTTP_ANYONE = 0 };

struct http_identity {
    uid_t uid;
    pid_t pid;
    unsigned roles;
    char name[64]; /* the uid's user name, or its number */
};

/* A whole, guarded request. */
struct http_call {
    uint64_t id;         /* for http_reply */
    struct slice method; /* upper case */
    struct slice path;   /* "/v1/alerts", still percent-encoded */
    struct slice query;  /* after `?`, still encoded; "" none */
    struct slice body;
    struct slice content_type;
    struct slice accept;
    struct http_identity identity;
};

struct http_reply {
    unsigned code;
    const char *content_type; /* NULL: application/json */
    const char *allow;        /* of 405, else NULL */
    struct slice body;        /* copied */
};

/* Called in the server's thread; everything in `call` is valid during the call only. Answer each
 * call once with http_reply, inside the function or later. */
typedef void(http_call_fn)(void *arg, const struct http_call *call);

struct http_spec {
    const char *path;                                 /* of the socket */
    mode_t mode;                                      /* 0660 */
    gid_t group;                                      /* (gid_t)-1: as made */
    size_t body_max;                                  /* 0: HTTP_BODY_MAX */
    uint32_t connections_max;                         /* 0: HTTP_CONNECTIONS_MAX */
    uint32_t request_deadline_ms, answer_deadline_ms; /* 0: as above */
    const struct clock_source *clock;                 /* NULL: clock_real */
    http_call_fn *call;
    void *arg;
};

struct http_server;

/* A socket left over by a dead process is replaced. Errors: STATUS_CONFLICT (someone listens
 * there), STATUS_INVALID (path too long), STATUS_UNAVAILABLE. */
struct status http_server_new(const struct http_spec *spec, struct http_server **out) MUST_USE;
/* Cuts all connections, removes the socket; pending calls are forgotten. NULL is fine. */
void http_server_free(struct http_server **server);

int http_server_fd(const struct http_server *server);
struct status http_server_run(struct http_server *server) MUST_USE;
/* How long the owner may sleep at most; -1: until the fd is readable. Ask again after http_reply.
 */
int http_server_wait_ms(struct http_server *server);
/* Serves from an actor's loop until the loop ends. */
struct status http_server_join(struct http_server *server, struct actor_loop *loop) MUST_USE;

/* Errors: STATUS_NOT_FOUND (the client has gone, or was answered already): nothing to do. */
struct status http_reply(struct http_server *server, uint64_t id,
                         const struct http_reply *reply) MUST_USE;

struct http_stats {
    uint64_t connections, calls, refused, too_large, timed_out;
    uint32_t open, waiting; /* now */
};
struct http_stats http_server_stats(const struct http_server *server);

#define HTTP_PROBLEM_TYPE "application/problem+json"

/* The members every problem has (RFC 9457), with the object left open for more: near,
 * diagnostics. */
void http_problem_open(struct json_writer *writer, unsigned http_code, const char *code,
                       bool retryable, struct slice detail);
/* A whole problem, appended to `out`. `detail` is for people; the type is about:blank, `code` a
 * stable word ("not-found"). Returns the reply that carries it (body borrowed from `out`). */
struct http_reply http_problem(struct buf *out, unsigned http_code, const char *code,
                               bool retryable, struct slice detail);
/* How a failed status is told: HTTP code, word, whether to try again. */
struct http_verdict {
    unsigned http_code;
    const char *word;
    bool retryable;
};
struct http_verdict http_verdict_of(enum status_code code);
struct http_reply http_problem_of(struct buf *out, const struct status *status);

#endif
