/* wire/spool.h - events on disk until the orchestrator has committed them.
 *
 * A folder of append-only segments, an `epoch` file and an `ack` cursor. Numbers are contiguous
 * from 1 within an epoch; a lost or damaged spool gets a new, higher epoch (counter in the upper 32
 * bits, random tag in the lower) and starts at 1 again. Survives kill -9 and a torn tail: what
 * spool_sync has returned for is there after a restart. When `max_bytes` is reached, the oldest
 * segment that holds the lowest severity gives that severity up; in place of what was given up the
 * reader gets one EVENT_SENSOR_GAP event (fields from, to, count, reason), so loss is never silent.
 * One process at a time (flock); belongs to one thread; calls do block on the disk. */
#ifndef REDAN_WIRE_SPOOL_H
#define REDAN_WIRE_SPOOL_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "model/event.h"

enum {
    SPOOL_BYTES_DEFAULT = 64 * 1024 * 1024,
    SPOOL_BYTES_MIN = 512 * 1024,
    SPOOL_SEGMENT_BYTES = 4 * 1024 * 1024
};

struct spool;

struct spool_options {
    const char *folder; /* made when missing */
    struct slice node;  /* put into events that are read back */
    uint64_t max_bytes; /* 0: SPOOL_BYTES_DEFAULT */
};

struct spool_stats {
    uint64_t epoch;
    uint64_t first_seq; /* oldest held; next_seq when empty */
    uint64_t next_seq;  /* the next append's */
    uint64_t acked_seq;
    uint64_t bytes;      /* on disk */
    uint64_t dropped;    /* events given up since open */
    uint64_t torn_bytes; /* cut off at open */
};

/* Errors: STATUS_CONFLICT (another process has it), those of base/file.h. */
struct status spool_open(const struct spool_options *options, struct spool **out) MUST_USE;
void spool_close(struct spool **spool); /* NULL is fine; syncs */

/* Buffered: durable and readable after spool_sync (which it calls itself when a segment's worth is
 * waiting). Errors: STATUS_INVALID (event_validate), those of spool_sync; then nothing was appended
 * and no number is used up. */
struct status spool_append(struct spool *spool, const struct event *event,
                           uint64_t *out_seq) MUST_USE;
/* One write and one fdatasync for all appended since. Call it before anything depends on them: a
 * checkpoint, a send. Errors: STATUS_UNAVAILABLE (disk: what waits still waits; call it again). */
struct status spool_sync(struct spool *spool) MUST_USE;

/* Up to `max_events` synced events from `seq` on (at least acked + 1), in order, not more than
 * `max_bytes` of them (at least one), and only as long as layer and plane stay the same: one batch
 * of one monitor service. Node, epoch and seq are set; memory is the arena's. 0 events at the end.
 */
struct status spool_read_from(struct spool *spool, struct arena *arena, uint64_t seq,
                              size_t max_events, size_t max_bytes, struct event **out_events,
                              size_t *out_count) MUST_USE;

/* Committed up to `seq`: segments below are deleted, the cursor is kept (its fsync may lag: after a
 * crash some are sent twice and dropped by their number). A seq that was never given out:
 * STATUS_INVALID. */
struct status spool_ack(struct spool *spool, uint64_t seq) MUST_USE;

/* A new epoch, with all that is not acknowledged under new numbers: for a spool that is a copy, or
 * of a disk that was set back, so that others have used its next numbers already. A crash
 * or an error in the middle leaves events in segments put aside (*.bad) only. Errors: those of
 * spool_sync and spool_read_from. */
struct status spool_renew(struct spool *spool) MUST_USE;
struct spool_stats spool_read_stats(const struct spool *spool);

#endif
