/* wire/message.h - typed messages and their bodies (wire/redan.proto).
 *
 * message_decode unpacks only the outer envelope: which node a frame is about (so that an
 * aggregator can route it both ways) and the signed bytes as received. What is inside signed bytes
 * is opened by wire/signed.h, after the signature has been checked. All memory comes from the
 * caller's arena; counts and sizes are checked before and after unpacking. Slices borrow from the
 * frame or the arena. Pure; not thread-safe per arena. */
#ifndef REDAN_WIRE_MESSAGE_H
#define REDAN_WIRE_MESSAGE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/ulid.h"
#include "model/names.h"
#include "model/node.h"
#include "wire/frame.h"

enum {
    MESSAGE_SIGNATURES_MAX = 16,        /* replicas in one list */
    MESSAGE_SIGNED_BYTES_MAX = 1000000, /* a batch, command, result or snapshot */
    MESSAGE_TEXT_MAX = 200,             /* reasons */
    MESSAGE_CAPABILITIES_MAX = 32
};

struct hello {
    enum peer_role role;
    uint32_t min_major, max_major;
    uint64_t instance;          /* random per process start: tells a reconnect from a second copy */
    struct slice version;       /* "redan-sma 0.1.0" */
    struct slice *capabilities; /* words; may be none */
    size_t capability_count;
    uint64_t stream_epoch;     /* of the spool; 0: no event stream (aggregators) */
    uint64_t last_seq;         /* last spooled */
    uint64_t last_command_seq; /* last stored */
};

/* Frame header: epoch and ack = highest committed (0: nothing), credit = window in batches. */
struct welcome {
    uint64_t window_bytes;
    struct slice policy_digest;
    int64_t wall_us; /* the answerer's clock, for display only */
};

/* Header: epoch, seq = first_seq. `batch` is what is journalled and hashed. */
struct signed_events {
    struct service_id service; /* the monitor service that signed */
    struct slice batch;        /* serialized EventBatch, exactly as received */
    struct ed25519_signature signature;
};

struct replica_signature {
    struct slice replica;
    struct ed25519_signature signature;
};

/* Commands and snapshots: a list from the first version on. Membership epoch and threshold are
 * inside the signed bytes. */
struct signed_list {
    struct slice bytes;
    struct replica_signature *signatures;
    size_t signature_count;
};

struct command_ack {
    struct ulid id;
    uint64_t seq;
};

struct signed_result {
    struct service_id service; /* the enforce service that signed */
    struct slice bytes;
    struct ed25519_signature signature;
};

struct state_request {
    struct slice have_digest; /* what the asker holds; "" nothing */
};

struct ping { /* also PONG */
    uint64_t nonce;
    bool healthy; /* PONG: the answerer's own way up stands */
};

enum wire_error {
    WIRE_ERROR_VERSION,     /* `min_major`..`max_major` is what we speak */
    WIRE_ERROR_HELLO_FIRST, /* no session for this node here: say HELLO (again) */
    WIRE_ERROR_UNEXPECTED,  /* this peer may not send this type, or not now */
    WIRE_ERROR_MALFORMED,
    WIRE_ERROR_DENIED,    /* revoked, quarantined or not yours */
    WIRE_ERROR_OVERLOADED /* over the credit; slow down */
};
enum { WIRE_ERRORS = WIRE_ERROR_OVERLOADED + 1 };

struct error_report {
    enum wire_error code;
    uint32_t min_major, max_major;
    struct slice text; /* at most MESSAGE_TEXT_MAX bytes */
};

struct bye {
    struct slice reason;
};

struct message {
    struct frame frame;
    struct slice node; /* the SMA (or, in its own HELLO, the aggregator) it is about; "" one hop */
    union {
        struct hello hello;
        struct welcome welcome;
        struct signed_events events;
        struct signed_list command;
        struct command_ack command_ack;
        struct signed_result result;
        struct ping ping;
        struct state_request state_request;
        struct signed_list snapshot;
        struct error_report error;
        struct bye bye;
    };
};

/* Errors: STATUS_CORRUPT (does not unpack, a name or count out of range), STATUS_EXHAUSTED (over a
 * limit), STATUS_UNSUPPORTED (DELTA). `frame` must have come from frame_decode. */
struct status message_decode(struct arena *arena, const struct frame *frame,
                             struct message *out) MUST_USE;

/* Header and body, appended. Errors: STATUS_EXHAUSTED (body over FRAME_BODY_MAX). */
struct status message_encode(const struct message *message, struct buf *out) MUST_USE;

const char *wire_error_name(enum wire_error code);

#endif
