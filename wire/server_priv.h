/* wire/server_priv.h - a server's inside: server.c owns the sockets and timers, server_judge.c says
 * what becomes of each frame. For this folder. */
#ifndef REDAN_WIRE_SERVER_PRIV_H
#define REDAN_WIRE_SERVER_PRIV_H

#include "base/arena.h"
#include "base/buf.h"
#include "wire/server.h"
#include "wire/sessions_priv.h"

struct refusal_report {
    int64_t told_ms; /* when the owner was last told */
    uint64_t since;  /* refused since then */
    bool ever;
};

struct server {
    struct actor_loop *loop;
    struct server_options options;
    struct server_handlers handlers;
    char endpoint[SERVER_ENDPOINT_MAX]; /* as bound */
    void *context;
    void *router;
    void *monitor;
    struct zap *zap;
    int sweep_timer;
    struct registry *registry; /* a reference, refreshed every turn */
    struct sessions sessions;
    struct session *unrivalled; /* its first connection is dead: the rival's HELLO is next */
    bool healthy;
    bool resting;    /* the listener takes no one in: too many connections */
    int listener_fd; /* for resting; -1: not TCP */
    uint32_t backlog;
    bool probe; /* somebody disconnected: see at the next sweep who */
    uint64_t connections;
    struct server_counters counters;
    struct refusal_report reports[SERVER_REFUSALS];
    struct arena arena; /* one frame's */
    struct buf out;     /* one frame being sent */
};

/* A frame as it came, with what libzmq vouches for. */
struct server_inbound {
    struct route route;
    struct slice user_id; /* public key in hex, by our own ZAP handler; empty: none */
    struct slice bytes;
    bool single_part;
};

void server_judge(struct server *server, const struct server_inbound *inbound);
/* The rival's time came: the first connection did not answer. */
void server_admit_rival(struct server *server, struct session *session);
void server_end_session(struct server *server, struct session *session, const char *reason);
void server_refuse(struct server *server, enum server_refusal reason, struct slice who,
                   struct slice detail);

/* To one connection. Errors: STATUS_EXHAUSTED, STATUS_UNAVAILABLE; counted. */
struct status server_send_route(struct server *server, const struct route *route,
                                const struct message *message) MUST_USE;
int64_t server_now_ms(const struct server *server);

#endif
