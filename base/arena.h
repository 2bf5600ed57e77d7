/* base/arena.h - memory by lifetime: one arena per unit of work (a file, a message, a plan),
 * everything in it freed at once.
 *
 * Not thread-safe: an arena belongs to one thread. Out of memory aborts; a size that comes from
 * outside is checked against a limit before it gets here. */
#ifndef REDAN_BASE_ARENA_H
#define REDAN_BASE_ARENA_H

#include <stddef.h>

#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *head; /* newest block first */
    size_t used_bytes;        /* handed out since the last reset */
};

/* An all-zero arena is ready: `CLEANUP(arena_done) struct arena arena = { 0 };` */
void arena_done(struct arena *arena);

/* Forgets all allocations, keeps one block for reuse. */
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type, never NULL. count * size overflow aborts. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

#define ARENA_NEW(arena, type, count) ((type *)arena_alloc((arena), (count), sizeof(type)))

/* Copies; the copy is NUL-terminated, though the slice's length does not count the NUL. */
struct slice arena_copy(struct arena *arena, struct slice text);
char *arena_cstr(struct arena *arena, struct slice text);
struct slice arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
