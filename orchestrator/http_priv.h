/* orchestrator/http_priv.h - the inside of the HTTP server: clients and their requests. */
#ifndef REDAN_ORCHESTRATOR_HTTP_PRIV_H
#define REDAN_ORCHESTRATOR_HTTP_PRIV_H

#include <microhttpd.h>

#include "orchestrator/http.h"
#include "orchestrator/http_peer.h"

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

int64_t http_now_ms(const struct http_server *server);

/* --- http_exchange.c: MHD's callbacks; `arg` is the server ----------------------------------- */

enum MHD_Result http_on_request(void *arg, struct MHD_Connection *connection, const char *url,
                                const char *method, const char *version, const char *upload,
                                size_t *upload_len, void **state);
/* The first that is heard of a request: its target, before MHD takes it apart. */
void *http_on_target(void *arg, const char *target, struct MHD_Connection *connection);
void http_on_completed(void *arg, struct MHD_Connection *connection, void **state,
                       enum MHD_RequestTerminationCode why);
void http_on_connection(void *arg, struct MHD_Connection *connection, void **context,
                        enum MHD_ConnectionNotificationCode what);

void http_set_answer(struct exchange *exchange, const struct http_reply *reply);
void http_set_problem(struct exchange *exchange, unsigned code, const char *word, bool retryable,
                      const char *detail);

#endif
