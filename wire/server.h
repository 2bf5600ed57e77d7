/* wire/server.h - the ROUTER end of sessions: an aggregator's for SMAs, the orchestrator's for
 * aggregators.
 *
 * Lives inside one actor loop; nothing here is thread-safe or blocks. Each frame is judged by the
 * key libzmq vouches for (never by a routing id or by what a body says): known and enrolled, type
 * allowed, session welcomed, body well-formed, node its own or one it relays for, within credit,
 * and (when `open_signed`) signature and authority of the signing service. What fails is dropped,
 * counted and reported, at most once per reason in SERVER_REPORT_MS.
 *
 * A second live connection with a key whose first one still answers, or a stream epoch that goes
 * back, puts the node in quarantine: its frames are dropped until server_release. */
#ifndef REDAN_WIRE_SERVER_H
#define REDAN_WIRE_SERVER_H

#include <stdint.h>

#include "base/actor.h"
#include "base/clock.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/names.h"
#include "wire/message.h"
#include "wire/registry.h"
#include "wire/signed.h"
#include "wire/zap.h"

enum {
    SERVER_REPORT_MS = 10 * 1000,
    SERVER_SILENCE_MS = 45 * 1000, /* a session not heard for so long is gone */
    SERVER_RIVAL_MS = 2 * 1000,    /* a first connection has so long to show that it lives */
    SERVER_CREDIT_RESERVE = 4,     /* batches past the window, for urgent ones */
    SERVER_ENDPOINT_MAX = 256      /* also what libzmq needs */
};

struct server;

struct server_options {
    const char *endpoint; /* "tcp://127.0.0.1:7701", "ipc:///run/..."; port "*" picks one */
    const struct identity *identity; /* borrowed for the server's life */
    struct registry_cell *registry;  /* likewise */
    enum peer_role serves;           /* PEER_SMA or PEER_AGGREGATOR */
    bool open_signed; /* orchestrator: check signatures before the handler sees them */
    const struct clock_source *clock;
    uint32_t max_connections; /* 0: what RLIMIT_NOFILE leaves; above, the listener rests */
    uint32_t silence_ms;      /* 0: SERVER_SILENCE_MS */
    uint32_t handshake_ms;    /* 0: 10 s */
    uint32_t rival_ms;        /* 0: SERVER_RIVAL_MS */
};

enum server_refusal {
    SERVER_REFUSED_CONNECTION, /* the ZAP answer was no */
    SERVER_REFUSED_HANDSHAKE,  /* silence or junk before CURVE was done */
    SERVER_REFUSED_LIMIT,      /* too many connections: the listener rests */
    SERVER_REFUSED_KEY,        /* unknown or revoked meanwhile */
    SERVER_REFUSED_TYPE,       /* not a type this role may send */
    SERVER_REFUSED_ORDER,      /* before HELLO and WELCOME */
    SERVER_REFUSED_MALFORMED,
    SERVER_REFUSED_VERSION,
    SERVER_REFUSED_NODE, /* speaks of a node that is not its own */
    SERVER_REFUSED_SIGNATURE,
    SERVER_REFUSED_AUTHORITY, /* well signed, but not that service's business */
    SERVER_REFUSED_CREDIT,
    SERVER_REFUSED_QUARANTINE
};
enum { SERVER_REFUSALS = SERVER_REFUSED_QUARANTINE + 1 };
const char *server_refusal_name(enum server_refusal reason);

enum server_alarm {
    SERVER_ALARM_TWO_SESSIONS, /* one key, two live connections */
    SERVER_ALARM_EPOCH_BACK    /* the stream epoch went back or forked */
};

struct server_counters {
    uint64_t frames_in, frames_out;
    uint64_t bytes_in, bytes_out;
    uint64_t refused[SERVER_REFUSALS];
    uint64_t send_full; /* EAGAIN: the peer does not read */
    uint64_t send_gone; /* the peer is not connected */
    uint64_t sessions;  /* now */
    struct zap_counters zap;
};

/* What a message comes with. Valid during the call. */
struct server_arrival {
    const struct registry_node *node; /* whom it is about */
    const struct registry_node *via;  /* the relaying aggregator; NULL when direct */
    const struct message *message;
    const struct event_batch *batch;     /* EVENTS with open_signed, else NULL */
    const struct service_result *result; /* CMD_RESULT with open_signed, else NULL */
    struct arena *arena;                 /* freed after the call */
};

struct server_handlers {
    /* HELLO of an SMA (direct or relayed), EVENTS, CMD_ACK, CMD_RESULT, STATE_REQ, ERROR, BYE.
     * HELLOs and PINGs of aggregators themselves are answered by the server, which then calls `up`.
     */
    void (*message)(void *arg, const struct server_arrival *arrival);
    /* A directly connected peer has a session. */
    void (*up)(void *arg, const struct registry_node *node);
    /* A directly connected peer is gone: BYE, silence, or displaced. */
    void (*down)(void *arg, const struct registry_node *node, struct slice reason);
    /* Something was refused; `count` since the last report of this reason. */
    void (*refused)(void *arg, enum server_refusal reason, struct slice who, struct slice detail,
                    uint64_t count);
    void (*alarm)(void *arg, enum server_alarm kind, struct slice node, struct slice detail);
    void *arg;
};

/* Errors: STATUS_UNAVAILABLE (cannot bind), STATUS_INVALID. */
struct status server_open(struct actor_loop *loop, const struct server_options *options,
                          const struct server_handlers *handlers, struct server **out) MUST_USE;
void server_close(struct server **server); /* NULL is fine; sends BYE to who is there */
/* Where it listens, with the port it got. */
const char *server_endpoint(const struct server *server);

/* To the node, directly or through its aggregator; the message's node field is set by this call.
 * Sending WELCOME opens the node's session and sets its credit; ACK adds to it.
 * Errors: STATUS_NOT_FOUND (no such session now), STATUS_EXHAUSTED (the peer does not read; send
 * again later), STATUS_UNAVAILABLE (gone). */
struct status server_send(struct server *server, struct slice node,
                          const struct message *message) MUST_USE;
/* A frame of `type` as received elsewhere, unchanged: for relays. Credit in it counts. */
struct status server_forward(struct server *server, struct slice node, enum frame_type type,
                             struct slice raw) MUST_USE;

/* A stream epoch remembered from before a restart. */
void server_know_epoch(struct server *server, struct slice node, uint64_t epoch);
/* Has it said HELLO, and is it, and the aggregator it came through, still there? */
bool server_has_session(const struct server *server, struct slice node);
bool server_is_quarantined(const struct server *server, struct slice node);
void server_release(struct server *server, struct slice node);
/* After registry_cell_set: sessions of nodes that are revoked or gone end now. */
void server_reload(struct server *server);
/* What PONG says: does our own way up stand? */
void server_set_healthy(struct server *server, bool healthy);
struct server_counters server_read_counters(const struct server *server);

#endif
