/* wire/frame.h - one frame: a 48-byte little-endian header and a body, in one ZeroMQ part.
 *
 * Header: magic u16 'RD' | major u8 | type u8 | flags u16 | header bytes u16 | body bytes u32 |
 * credit u32 | epoch u64 | seq u64 | ack u64 | trace u64. A longer header of a later minor version
 * is skipped over by its own length. Every limit is checked here, before a body is unpacked. Pure.
 */
#ifndef REDAN_WIRE_FRAME_H
#define REDAN_WIRE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

enum {
    FRAME_MAJOR = 1,
    FRAME_MAJOR_MIN = 1, /* oldest major version we speak */
    FRAME_HEADER_BYTES = 48,
    FRAME_HEADER_MAX = 256,
    FRAME_BODY_MAX = 1024 * 1024 - FRAME_HEADER_MAX,
    FRAME_MAX = 1024 * 1024 /* also the sockets' ZMQ_MAXMSGSIZE */
};

enum frame_type {
    FRAME_UNKNOWN = 0, /* a type of a later version, marked OPTIONAL: skip it */
    FRAME_HELLO = 1,   /* up: who I am, where my streams stand; first on every connection */
    FRAME_WELCOME,     /* down: the session stands; acked sequence, credit */
    FRAME_EVENTS,      /* up: a signed batch of events */
    FRAME_ACK,         /* down: committed up to here; tops credit up */
    FRAME_CMD,         /* down: a signed command */
    FRAME_CMD_ACK,     /* up: received and stored, not yet carried out */
    FRAME_CMD_RESULT,  /* up: a signed result */
    FRAME_PING,        /* one hop, both ways */
    FRAME_PONG,
    FRAME_STATE_REQ, /* up: send me the snapshot */
    FRAME_SNAPSHOT,  /* down: signed: protected networks, policy digest */
    FRAME_DELTA,     /* reserved: refused as unexpected */
    FRAME_ERROR,     /* both ways */
    FRAME_BYE        /* both ways: I am leaving in good order */
};
enum { FRAME_TYPES = FRAME_BYE + 1 };

enum frame_flag { FRAME_OPTIONAL = 1 }; /* who does not know the type may skip the frame */

struct frame {
    enum frame_type type;
    uint16_t flags;
    uint32_t credit; /* batches: WELCOME sets, ACK adds */
    uint64_t epoch;  /* EVENTS, ACK, HELLO, WELCOME: of the event stream; CMD: fencing epoch */
    uint64_t seq;    /* EVENTS: first; CMD: the command's */
    uint64_t ack;    /* ACK, WELCOME: highest committed */
    uint64_t trace;  /* for following one incident through the processes; 0 none */
    struct slice body;
    struct slice raw; /* the whole frame as received, for relays; empty when made here */
};

/* Borrows from `bytes`. Errors: STATUS_CORRUPT (no frame of ours, lengths disagree),
 * STATUS_EXHAUSTED (over a limit), STATUS_UNSUPPORTED (major version, or an unknown type that is
 * not optional). */
struct status frame_decode(struct slice bytes, struct frame *out) MUST_USE;

/* Appends header and body. Asserts that the body fits. */
void frame_encode(const struct frame *frame, struct buf *out);

/* The header alone, for a body of `body_bytes` that the caller appends. */
void frame_encode_header(const struct frame *frame, size_t body_bytes, struct buf *out);

const char *frame_type_name(enum frame_type type); /* "EVENTS" */
/* Towards the orchestrator; towards the SMAs. PING, PONG, ERROR and BYE go both ways. */
bool frame_type_goes_up(enum frame_type type);
bool frame_type_goes_down(enum frame_type type);

#endif
