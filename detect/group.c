#include "detect/group.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64, FIRST_MARKS = 8, LENGTH_BYTES = 4 };

void *detect_alloc(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        abort(); /* the supervisor restarts us; what is on disk is whole */
    }
    return memory;
}

void group_table_init(struct group_table *table, size_t max)
{
    *table = (struct group_table){ .bucket_count = FIRST_BUCKETS, .max = max };
    table->buckets = detect_alloc(FIRST_BUCKETS, sizeof(struct group *));
}

static void free_group(struct group *group)
{
    for (size_t side = 0; side < SIDES; side++) {
        free(group->rings[side].marks);
        free(group->stages[side]);
    }
    free(group);
}

void group_table_done(struct group_table *table)
{
    for (size_t side = 0; side < SIDES; side++) {
        for (struct group *group = table->lists[side].oldest; group != NULL;) {
            struct group *newer = group->newer;
            free_group(group);
            group = newer;
        }
    }
    free(table->buckets);
    *table = (struct group_table){ 0 };
}

struct group *group_find(const struct group_table *table, uint64_t hash, struct slice key)
{
    struct group *group = table->buckets[hash & (table->bucket_count - 1)];

    while (group != NULL && (group->hash != hash || !slice_eq(group->key, key))) {
        group = group->next;
    }
    return group;
}

static void grow(struct group_table *table)
{
    size_t count = table->bucket_count * 2;
    struct group **buckets = detect_alloc(count, sizeof(struct group *));

    for (size_t i = 0; i < table->bucket_count; i++) {
        for (struct group *group = table->buckets[i]; group != NULL;) {
            struct group *next = group->next;
            group->next = buckets[group->hash & (count - 1)];
            buckets[group->hash & (count - 1)] = group;
            group = next;
        }
    }
    free(table->buckets);
    table->buckets = buckets;
    table->bucket_count = count;
}

static void unlink_from_list(struct group_list *list, struct group *group)
{
    *(group->older != NULL ? &group->older->newer : &list->oldest) = group->newer;
    *(group->newer != NULL ? &group->newer->older : &list->newest) = group->older;
    group->older = NULL;
    group->newer = NULL;
}

static void append_to_list(struct group_list *list, struct group *group)
{
    group->older = list->newest;
    *(list->newest != NULL ? &list->newest->newer : &list->oldest) = group;
    list->newest = group;
}

struct group *group_add(struct group_table *table, uint64_t hash, struct slice key)
{
    struct group *group = detect_alloc(1, sizeof(*group) + key.len);
    char *copy = (char *)(group + 1);

    assert(table->count < table->max);
    if (key.len > 0) {
        memcpy(copy, key.ptr, key.len);
    }
    if (table->count >= table->bucket_count) {
        grow(table);
    }
    group->hash = hash;
    group->key = (struct slice){ copy, key.len };
    group->list = SIDE_CLAIMED;
    group->newest_us = DETECT_NEVER;
    group->fired_us[SIDE_SEEN] = DETECT_NEVER;
    group->fired_us[SIDE_CLAIMED] = DETECT_NEVER;
    struct group **bucket = &table->buckets[hash & (table->bucket_count - 1)];
    group->next = *bucket;
    *bucket = group;
    append_to_list(&table->lists[group->list], group);
    table->count++;
    return group;
}

void group_touch(struct group_table *table, struct group *group, enum detect_side list)
{
    unlink_from_list(&table->lists[group->list], group);
    if (list == SIDE_SEEN) {
        group->list = SIDE_SEEN;
    }
    append_to_list(&table->lists[group->list], group);
}

void group_remove(struct group_table *table, struct group *group)
{
    struct group **link = &table->buckets[group->hash & (table->bucket_count - 1)];

    while (*link != group) {
        link = &(*link)->next;
    }
    *link = group->next;
    unlink_from_list(&table->lists[group->list], group);
    table->count--;
    free_group(group);
}

struct group *group_first_out(const struct group_table *table)
{
    struct group *claimed = table->lists[SIDE_CLAIMED].oldest;

    return claimed != NULL ? claimed : table->lists[SIDE_SEEN].oldest;
}

/* --- rings ------------------------------------------------------------------------------------ */

static struct mark *slot(const struct mark_ring *ring, uint32_t index)
{
    assert(ring->allocated > 0);
    return &ring->marks[(ring->head + index) % ring->allocated];
}

const struct mark *ring_at(const struct mark_ring *ring, uint32_t index)
{
    return slot(ring, index);
}

static void drop_oldest(struct mark_ring *ring)
{
    ring->weight -= slot(ring, 0)->evidence.count;
    ring->head = (ring->head + 1) % ring->allocated;
    ring->len--;
}

/* Room for one more, up to `cap`. */
static void make_room(struct mark_ring *ring, uint32_t cap)
{
    uint32_t wanted = ring->allocated == 0 ? FIRST_MARKS : ring->allocated * 2;

    if (ring->len < ring->allocated) {
        return;
    }
    wanted = wanted < cap ? wanted : cap;
    struct mark *marks = detect_alloc(wanted, sizeof(struct mark));
    for (uint32_t i = 0; i < ring->len; i++) {
        marks[i] = *slot(ring, i);
    }
    free(ring->marks);
    ring->marks = marks;
    ring->head = 0;
    ring->allocated = wanted;
}

void ring_add(struct mark_ring *ring, uint32_t cap, const struct mark *mark)
{
    if (ring->len == cap && mark->time_us < slot(ring, 0)->time_us) {
        return; /* it would be the one to go */
    }
    if (ring->len == cap) {
        drop_oldest(ring);
    }
    make_room(ring, cap);
    uint32_t at = ring->len++;
    while (at > 0 && slot(ring, at - 1)->time_us > mark->time_us) {
        *slot(ring, at) = *slot(ring, at - 1);
        at--;
    }
    *slot(ring, at) = *mark;
    ring->weight += mark->evidence.count;
}

void ring_expire(struct mark_ring *ring, int64_t since_us)
{
    while (ring->len > 0 && slot(ring, 0)->time_us < since_us) {
        drop_oldest(ring);
    }
}

void evidence_merge(struct evidence *into, const struct evidence *from)
{
    if (into->count == 0) {
        *into = *from;
        return;
    }
    if (from->first_us < into->first_us) {
        into->first_us = from->first_us;
        into->record = from->record;
    }
    into->last_us = from->last_us > into->last_us ? from->last_us : into->last_us;
    into->position = from->position < into->position ? from->position : into->position;
    into->count += from->count;
    for (size_t i = 0; i < RULE_GROUP_BY_MAX; i++) {
        if (from->provenance[i] < into->provenance[i]) {
            into->provenance[i] = from->provenance[i];
        }
    }
}

/* --- keys ------------------------------------------------------------------------------------- */

void group_key_add(struct buf *key, struct slice value)
{
    uint32_t len = (uint32_t)value.len;

    buf_add(key, &len, sizeof(len));
    buf_add_slice(key, value);
}

struct slice group_key_value(struct slice key, size_t index)
{
    for (size_t at = 0; key.len - at >= LENGTH_BYTES;) {
        uint32_t len = 0;
        memcpy(&len, key.ptr + at, LENGTH_BYTES);
        at += LENGTH_BYTES;
        if (index-- == 0) {
            return slice_sub(key, at, at + len);
        }
        at += len;
    }
    return (struct slice){ 0 };
}
