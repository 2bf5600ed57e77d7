/* detect/group.h - the open windows of one correlation rule: a bounded hash table of groups.
 *
 * For detect/ and its tests only. A group is found by its key (the values of the group-by fields).
 * Groups lie in one of two lists by age of their last touch: those with evidence the kernel has
 * seen, and those built from claims alone. When the table is full the oldest claimed group goes
 * first: nobody crowds out seen evidence with text. Not thread-safe. */
#ifndef REDAN_DETECT_GROUP_H
#define REDAN_DETECT_GROUP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "detect/rule.h"

enum detect_side { SIDE_SEEN, SIDE_CLAIMED };
enum { SIDES = 2 };

/* What stands behind a match: the contributing events, summed up. */
struct evidence {
    int64_t first_us, last_us; /* times of the first and last one */
    uint64_t position;         /* oldest input position among them */
    uint64_t record;           /* of the first one */
    uint64_t count;
    uint8_t provenance[RULE_GROUP_BY_MAX]; /* least trusted, per group-by field of the rule */
};

/* Something that matched at a moment. */
struct mark {
    int64_t time_us;
    struct evidence evidence;
};

/* The newest marks of one side, sorted by time. */
struct mark_ring {
    struct mark *marks; /* NULL until the first */
    uint32_t head, len, allocated;
    uint64_t weight; /* sum of the counts */
};

/* One step of an ordered sequence that has been reached. */
struct stage {
    bool reached;
    int64_t start_us; /* when the first rule of the sequence matched */
    int64_t time_us;  /* when this one did */
    struct evidence evidence;
};

struct group {
    struct group *next;          /* in its bucket */
    struct group *older, *newer; /* in its list */
    uint64_t hash;
    enum detect_side list;
    struct slice key; /* owned */
    int64_t newest_us;
    int64_t fired_us[SIDES]; /* DETECT_NEVER */
    enum layer layer;        /* of the last event */
    enum plane_kind plane;
    struct mark_ring rings[SIDES]; /* event_count with gte or gt */
    struct stage *stages[SIDES];   /* temporal_ordered; SIDE_CLAIMED takes all matches */
    int64_t bin;                   /* event_count with other comparisons: number of its window */
    struct evidence binned;        /* count 0: the bin is empty */
    bool bin_seen;                 /* all of it was seen by the kernel */
};

#define DETECT_NEVER INT64_MIN

struct group_list {
    struct group *oldest, *newest;
};

struct group_table {
    struct group **buckets;
    size_t bucket_count; /* a power of two */
    size_t count, max;
    struct group_list lists[SIDES];
};

void group_table_init(struct group_table *table, size_t max);
void group_table_done(struct group_table *table);

struct group *group_find(const struct group_table *table, uint64_t hash, struct slice key);
/* The table must not be full; the key is copied. Starts in the claimed list. */
struct group *group_add(struct group_table *table, uint64_t hash, struct slice key);
/* Makes it the newest of `list`; a group never goes back from seen to claimed. */
void group_touch(struct group_table *table, struct group *group, enum detect_side list);
void group_remove(struct group_table *table, struct group *group);
/* Who goes first when room is needed; NULL when empty. */
struct group *group_first_out(const struct group_table *table);

/* Zeroed; aborts when memory is out. */
void *detect_alloc(size_t count, size_t size);

/* --- rings ------------------------------------------------------------------------------------ */

/* Adds in order of time; over `cap` marks the oldest goes. */
void ring_add(struct mark_ring *ring, uint32_t cap, const struct mark *mark);
/* Drops marks older than `since_us`. */
void ring_expire(struct mark_ring *ring, int64_t since_us);
const struct mark *ring_at(const struct mark_ring *ring, uint32_t index); /* 0: oldest */

void evidence_merge(struct evidence *into, const struct evidence *from);

/* --- keys ------------------------------------------------------------------------------------- */

/* Appends one more value. */
void group_key_add(struct buf *key, struct slice value);
/* The index-th value of a key made by group_key_add, or "". */
struct slice group_key_value(struct slice key, size_t index);

#endif
