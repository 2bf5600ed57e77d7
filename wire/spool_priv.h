/* wire/spool_priv.h - what the spool's files share: entries in segments, and their book-keeping.
 *
 * A segment file holds records (wire/record.h); the first is a HEADER with the epoch, the others
 * are events and gaps in ascending order. For this folder and its tests. */
#ifndef REDAN_WIRE_SPOOL_PRIV_H
#define REDAN_WIRE_SPOOL_PRIV_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/event.h"
#include "model/node.h"
#include "wire/spool.h"

enum {
    SPOOL_SEVERITIES = SEVERITY_CRITICAL + 1,
    SPOOL_SEGMENTS_MAX = 4096,
    SPOOL_SEGMENT_MIN_BYTES = 8 * 1024,
    SPOOL_SEGMENT_SHARE = 8, /* a segment is at most this part of max_bytes */
    SPOOL_NAME_MAX = 32
};

enum entry_kind { ENTRY_NONE, ENTRY_EVENT, ENTRY_GAP, ENTRY_HEADER };
enum gap_reason { GAP_FULL, GAP_DAMAGED, GAP_TORN };
enum { GAP_REASONS = GAP_TORN + 1 };

struct entry {
    enum entry_kind kind;
    enum severity severity;
    enum layer layer;
    enum plane_kind plane;
    uint64_t seq;           /* GAP: the last number it stands for; HEADER: first of the segment */
    uint64_t from;          /* GAP: the first number; EVENT: = seq */
    int64_t time_us;        /* GAP: when */
    enum gap_reason reason; /* GAP */
    uint64_t epoch;         /* HEADER */
    struct slice body;      /* EVENT: as event_encode made it */
};

void entry_write(const struct entry *entry, struct buf *out);
bool entry_read(struct slice payload, struct entry *out);
/* A gap as the event that goes up; `from` may be later than the entry's. */
struct event entry_gap_event(struct arena *arena, const struct entry *entry, uint64_t from);

struct segment {
    uint64_t first_seq; /* by its file name: the first number it was made for */
    uint64_t last_seq;  /* first_seq - 1: empty */
    uint64_t bytes;
    uint32_t live[SPOOL_SEVERITIES]; /* events by severity */
    uint32_t gaps;
};

struct spool {
    char folder[1024];
    char node[NODE_NAME_MAX];
    uint64_t max_bytes;
    uint64_t segment_bytes;
    int lock_fd;
    int active_fd; /* of the last segment, for appending */
    int ack_fd;
    uint64_t epoch;
    uint64_t acked_seq;
    uint64_t next_seq;
    uint64_t bytes; /* of all segments */
    uint64_t dropped;
    uint64_t torn_bytes;
    struct segment *segments; /* at least one: the last is active */
    size_t segment_count;
    size_t segment_room;

    struct buf pending;      /* records not yet written */
    struct segment upcoming; /* what they will add to the active segment */

    /* Where the last read ended, so that the next need not search. */
    bool cursor_valid;
    uint64_t cursor_segment; /* first_seq of the segment */
    uint64_t cursor_offset;
    uint64_t cursor_seq; /* the next number there */
};

/* --- segments (spool_segment.c) --------------------------------------------------------- */

const char *segment_path(struct arena *arena, const struct spool *spool, uint64_t first_seq);
void segment_note(struct segment *segment, const struct entry *entry);
bool segment_is_gap_only(const struct segment *segment);
void segment_begin(uint64_t epoch, uint64_t first_seq, struct buf *out);
struct status segment_load(struct arena *arena, const struct spool *spool, uint64_t first_seq,
                           struct slice *out) MUST_USE;
/* Adds an empty segment at the end and makes it the active one. */
struct status segment_roll(struct spool *spool) MUST_USE;
void segment_insert(struct spool *spool, const struct segment *segment);
void segment_remove(struct spool *spool, size_t index);
/* Gives up events until `need` more bytes fit into max_bytes. */
struct status segment_make_room(struct spool *spool, uint64_t need) MUST_USE;

/* --- opening (spool_open.c) ------------------------------------------------------------- */

/* Reads what is in the folder, repairs it, sets epoch, numbers and segments. */
struct status spool_recover(struct spool *spool) MUST_USE;

#endif
