/* wire/sessions_priv.h - what a server remembers of each node: where it is, how far it is trusted.
 *
 * Pure: no socket, no clock. A node's record outlives its session, for its stream epoch and its
 * quarantine; there are at most as many as the registry has nodes. For this folder and its tests.
 */
#ifndef REDAN_WIRE_SESSIONS_PRIV_H
#define REDAN_WIRE_SESSIONS_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "model/node.h"
#include "wire/message.h"
#include "wire/name_map.h"
#include "wire/socket_priv.h"

struct route {
    char bytes[SOCKET_ROUTE_MAX];
    uint8_t len;
};
struct route route_from(struct slice bytes);
struct slice route_slice(const struct route *route);
bool route_eq(const struct route *a, const struct route *b);

/* A second connection with the same key, waiting for the first one to prove that it is dead. */
struct rival {
    struct route route;
    struct buf hello; /* its HELLO frame */
    uint64_t nonce;   /* of the PING to the first */
    int64_t until_ms; /* 0: no rival */
};

struct session {
    char node[NODE_NAME_MAX];
    char via[NODE_NAME_MAX]; /* the relaying aggregator; "" when direct */
    struct route route;      /* of the direct connection; unused when relayed */
    bool present;            /* said HELLO and is not gone */
    bool welcomed;
    bool lost; /* a send found nobody: reported at the next sweep */
    bool quarantined;
    uint64_t instance;
    uint64_t epoch; /* newest stream epoch; 0 none yet */
    int64_t credit; /* batches it may send; below 0: into the reserve */
    int64_t heard_ms;
    struct rival rival;
};

struct sessions {
    struct name_map map; /* of struct session */
};

void sessions_done(struct sessions *table);
struct session *sessions_find(const struct sessions *table, struct slice node);
struct session *sessions_make(struct sessions *table, struct slice node); /* finds or adds */

enum hello_verdict {
    HELLO_FRESH,     /* no session stands */
    HELLO_REPEATED,  /* on the same connection */
    HELLO_RECONNECT, /* the same process on a new connection */
    HELLO_RIVAL      /* another process, while the session stands */
};
enum hello_verdict session_judge_hello(const struct session *session, const struct route *route,
                                       uint64_t instance);

/* Takes the stream epoch of a HELLO. False: it went back, or forked. */
bool session_take_epoch(struct session *session, uint64_t epoch);

void session_begin(struct session *session, const struct route *route, struct slice via,
                   uint64_t instance, int64_t now_ms);
void session_end(struct session *session);
void session_drop_rival(struct session *session);

/* One batch came: false when it is past credit and reserve. */
bool session_spend(struct session *session, int64_t reserve);
/* A WELCOME or ACK goes out. */
void session_grant(struct session *session, const struct frame *frame);

#endif
