/* wire/batcher.h - when an SMA sends what: linger, credit, resend. Pure: state and time in, what to
 * do out.
 *
 * Severity >= high flushes at once, medium after a short linger, the rest after a longer one or
 * when a batch is full. At most `credit` batches are under way (urgent ones may overdraw by
 * BATCHER_RESERVE). An ack that does not come, or credit, means "say HELLO again": the WELCOME's
 * ack restarts the stream from there. */
#ifndef REDAN_WIRE_BATCHER_H
#define REDAN_WIRE_BATCHER_H

#include <stdbool.h>
#include <stdint.h>

#include "model/names.h"

enum {
    BATCHER_RESERVE = 2,
    BATCHER_FULL_EVENTS = 64,
    BATCHER_MEDIUM_MS = 20,
    BATCHER_ROUTINE_MS = 1000, /* default linger below medium; at most 10 s */
    BATCHER_ROUTINE_MAX_MS = 10 * 1000,
    BATCHER_ACK_MS = 5000
};

struct batcher_options {
    uint32_t routine_ms; /* 0: BATCHER_ROUTINE_MS */
    uint32_t ack_ms;     /* 0: BATCHER_ACK_MS */
};

struct batcher {
    struct batcher_options options;
    bool up;            /* welcomed */
    uint32_t credit;    /* batches we may still send */
    uint32_t overdraft; /* urgent ones sent beyond it */
    uint64_t next_seq;  /* first not yet sent in this session */
    uint64_t acked_seq;
    uint64_t last_seq;   /* last appended */
    uint64_t urgent_seq; /* last appended with severity >= high; 0 none */
    int64_t due_ms;      /* when what is unsent must go; INT64_MAX: nothing waits */
    int64_t ack_due_ms;  /* when an ack is overdue; INT64_MAX: nothing under way */
};

enum batcher_verb {
    BATCHER_WAIT, /* until `wake_ms` or the next call */
    BATCHER_SEND, /* a batch from `from_seq` on, then batcher_sent; ask again */
    BATCHER_HELLO /* ask the server where we stand (client_say_hello) */
};
struct batcher_step {
    enum batcher_verb verb;
    uint64_t from_seq;
    int64_t wake_ms; /* INT64_MAX: nothing to wake up for */
};

/* `acked_seq` and `last_seq` as the spool has them at start. */
void batcher_init(struct batcher *self, const struct batcher_options *options, uint64_t acked_seq,
                  uint64_t last_seq);
void batcher_appended(struct batcher *self, uint64_t seq, enum severity severity, int64_t now_ms);
void batcher_welcomed(struct batcher *self, uint64_t acked_seq, uint32_t credit, int64_t now_ms);
void batcher_acked(struct batcher *self, uint64_t acked_seq, uint32_t credit, int64_t now_ms);
void batcher_lost(struct batcher *self);
struct batcher_step batcher_next(struct batcher *self, int64_t now_ms);
/* The batch went out and ended with `last_seq`. */
void batcher_sent(struct batcher *self, uint64_t last_seq, int64_t now_ms);

#endif
