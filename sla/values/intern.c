#include "sla/values/intern.h"

#include <string.h>

enum { FIRST_ROOM = 16 };

/* FNV-1a over the bytes, then the finalizer of splitmix64. */
static uint64_t hash_of(struct slice bytes)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < bytes.len; i++) {
        hash = (hash ^ (unsigned char)bytes.ptr[i]) * UINT64_C(1099511628211);
    }
    hash = (hash ^ (hash >> 30U)) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ (hash >> 27U)) * UINT64_C(0x94d049bb133111eb);
    return hash ^ (hash >> 31U);
}

/* The slot of these bytes, or the free one where they belong. */
static uint32_t *find_slot(const struct sla_intern *table, struct slice bytes)
{
    size_t mask = table->room * 2 - 1;
    size_t at = (size_t)hash_of(bytes) & mask;

    while (table->slots[at] != 0 && !slice_eq(table->keys[table->slots[at] - 1], bytes)) {
        at = (at + 1) & mask;
    }
    return &table->slots[at];
}

static void grow(struct sla_intern *table, struct arena *arena)
{
    struct slice *keys = table->keys;

    table->room = table->room == 0 ? FIRST_ROOM : table->room * 2;
    table->keys = ARENA_NEW(arena, struct slice, table->room);
    table->slots = ARENA_NEW(arena, uint32_t, table->room * 2);
    for (size_t i = 0; i < table->count; i++) {
        table->keys[i] = keys[i];
        *find_slot(table, keys[i]) = (uint32_t)i + 1;
    }
}

uint32_t sla_intern(struct sla_intern *table, struct arena *arena, struct slice bytes)
{
    if (table->count == table->room) {
        grow(table, arena);
    }
    uint32_t *slot = find_slot(table, bytes);
    if (*slot == 0) {
        char *copy = arena_alloc(arena, bytes.len + 1, 1);
        if (bytes.len > 0) {
            memcpy(copy, bytes.ptr, bytes.len);
        }
        table->keys[table->count++] = (struct slice){ copy, bytes.len };
        *slot = (uint32_t)table->count;
    }
    return *slot - 1;
}
