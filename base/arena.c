#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof(*block) + size);

    if (block == NULL) {
        abort();
    }
    block->next = NULL;
    block->size = size;
    block->used = 0;
    return block;
}

void arena_done(struct arena *arena)
{
    struct arena_block *block = arena->head;

    while (block != NULL) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (struct arena){ 0 };
}

void arena_reset(struct arena *arena)
{
    struct arena_block *keep = arena->head;

    if (keep == NULL) {
        return;
    }
    struct arena rest = { .head = keep->next };
    arena_done(&rest);
    keep->next = NULL;
    keep->used = 0;
    arena->used_bytes = 0;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes = 0;

    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        abort();
    }
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *block = arena->head;
    if (block == NULL || block->size - block->used < bytes) {
        block = block_new(bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
        block->next = arena->head;
        arena->head = block;
    }
    void *out = block->data + block->used;
    block->used += bytes;
    arena->used_bytes += bytes;
    return memset(out, 0, bytes);
}

char *arena_cstr(struct arena *arena, struct slice text)
{
    char *copy = arena_alloc(arena, text.len + 1, 1);

    if (text.len > 0) {
        memcpy(copy, text.ptr, text.len);
    }
    return copy;
}

struct slice arena_copy(struct arena *arena, struct slice text)
{
    return (struct slice){ arena_cstr(arena, text), text.len };
}

struct slice arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int need = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(need >= 0);
    char *text = arena_alloc(arena, (size_t)need + 1, 1);
    va_start(args, format);
    (void)vsnprintf(text, (size_t)need + 1, format, args);
    va_end(args);
    return (struct slice){ text, (size_t)need };
}
