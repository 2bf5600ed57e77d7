/* planes/helper_codec.h - the messages between a privileged helper and its SMA: plane.h, spelt out.
 *
 * A closed set of fixed-size messages over SOCK_SEQPACKET, one per packet, little-endian, version
 * HELPER_VERSION. Every message has exactly one spelling (unused bytes are zero), so what decodes
 * encodes to the same bytes. The decoder is what a taken-over SMA can talk to: it reads nothing but
 * the given bytes and lets nothing through that plane.h would have to distrust. Pure.
 *
 *   0  magic "RDNH"   4  version u16   6  kind u16   8  call u64   16  body by kind, then zeros */
#ifndef REDAN_PLANES_HELPER_CODEC_H
#define REDAN_PLANES_HELPER_CODEC_H

#include "planes/plane.h"

enum { HELPER_VERSION = 2, HELPER_MESSAGE_BYTES = 512, HELPER_NAME_MAX = 16 };

enum helper_kind {
    /* From the SMA. HELLO comes first, once. */
    HELPER_HELLO = 1, /* - */
    HELPER_APPLY,     /* action */
    HELPER_UNDO,      /* action */
    HELPER_READ_BACK, /* action */
    HELPER_OBSERVE,   /* - */
    HELPER_PEER_SEEN, /* query */
    /* From the helper. WELCOME answers HELLO and is followed by ACTION_KINDS times CAPABILITY.
     * Every other call is answered once by its kind; an observe first by a CONTROL for each. */
    HELPER_WELCOME = 32, /* plane, name */
    HELPER_CAPABILITY,   /* capability */
    HELPER_DONE,         /* outcome; of APPLY and UNDO */
    HELPER_READING,      /* outcome, reading */
    HELPER_CONTROL,      /* control */
    HELPER_OBSERVED,     /* outcome, count */
    HELPER_PEER          /* outcome, seen */
};

/* Only the fields of its kind are set; the rest is zero. */
struct helper_message {
    enum helper_kind kind;
    uint64_t call; /* the SMA's number for its call; 0 in HELLO, WELCOME, CAPABILITY */
    struct action action;
    struct plane_peer_query query;
    enum plane_kind plane;
    char name[HELPER_NAME_MAX];
    struct plane_capability capability;
    struct status outcome;
    struct plane_reading reading;
    struct plane_control control;
    uint32_t count;
    bool seen;
};

bool helper_kind_is_request(enum helper_kind kind);

/* Texts that are too long are cut (names never are). */
void helper_encode(const struct helper_message *message, uint8_t out[HELPER_MESSAGE_BYTES]);
/* Errors: STATUS_CORRUPT (size, magic, stray bytes), STATUS_UNSUPPORTED (another version),
 * STATUS_INVALID (a value out of range; says which). */
struct status helper_decode(const uint8_t *bytes, size_t len, struct helper_message *out) MUST_USE;

#endif
