/* orchestrator/knowledge/ingest.h - what nodes have sent, taken in exactly once.
 *
 * Each node has one stream of events (epoch, seq), contiguous from 1 in each epoch. The high-water
 * mark moves in the same turn as the journal row of the received bytes, and the ack leaves after
 * the commit: at least once on the wire, once in the journal. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_INGEST_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_INGEST_H

#include "orchestrator/knowledge/knowledge.h"

enum { INGEST_BATCH_MAX = 1 << 30 }; /* numbers, not events: a spool's gap stands for many */

struct ingest_mark {
    uint64_t epoch; /* 0: nothing yet */
    uint64_t seq;   /* last taken in */
};

struct ingest_batch {
    struct slice node;
    uint64_t epoch;      /* > 0 */
    uint64_t first_seq;  /* > 0 */
    uint32_t count;      /* 1..INGEST_BATCH_MAX */
    uint64_t first_held; /* oldest number the sender still holds, at most first_seq; 0: not said */
    struct slice bytes;  /* as received, signature and all: the journal keeps them */
};

struct ingest_taken {
    uint32_t fresh; /* events at the end of the batch that are new: 0 = all seen before (ack again,
                       nothing is journaled) */
    uint64_t lost_from, lost_to; /* numbers that will never come; 0, 0: none. *out has them also
                                    with STATUS_CONFLICT */
};

/* What the sender no longer holds (a new or restored database does not know that it was once taken
 * in) is skipped as by knowledge_skip_to, once. Errors besides the common ones: STATUS_CONFLICT, a
 * gap: first_seq is past the mark (or, in a new epoch, not 1) and the sender still holds what is
 * between: ack knowledge_get_mark, the sender goes back; STATUS_DENIED, the epoch is older than the
 * mark's: a copied key or a restored disk. Neither spoils the turn. */
struct status knowledge_accept_batch(struct knowledge *knowledge, const struct ingest_batch *batch,
                                     struct ingest_taken *out) MUST_USE;

/* The node says that what is before `next_seq` of `epoch` is lost (its spool was full or is gone):
 * moves the mark so that next_seq is accepted and journals "ingest.gap". A mark that is there
 * already stays. STATUS_DENIED as above. */
struct status knowledge_skip_to(struct knowledge *knowledge, struct slice node, uint64_t epoch,
                                uint64_t next_seq, struct slice reason) MUST_USE;

/* {0, 0} for a node never heard of. */
struct status knowledge_get_mark(struct knowledge_reader *reader, struct slice node,
                                 struct ingest_mark *out) MUST_USE;

#endif
