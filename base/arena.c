#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* A block is a quarter of what is there already, so that a large arena asks rarely and wastes
 * little; one that has grown to LARGE asks for blocks in which huge pages find room. */
enum {
    BLOCK_BYTES_LEAST = 16 * 1024,
    LARGE = 1024 * 1024,
    BLOCK_BYTES_MOST = 8 * 1024 * 1024,
    HUGE_PAGE_BYTES = 2 * 1024 * 1024
};

/* What lies behind `dirty` was never given out and is zero, as it came: clearing it again
 * would touch each page twice. */
struct arena_block {
    struct arena_block *next;
    size_t size;
    size_t used, dirty;
    alignas(max_align_t) unsigned char data[];
};

static bool is_mapped(size_t size)
{
    return size >= BLOCK_BYTES_MOST;
}

/* Whole huge pages, of the kernel itself: the first touch of a page costs more than all that is
 * then done with it, so one fault for 2 MiB instead of 512; and calloc would clear what it has had
 * before. Where the kernel has no huge pages, nothing is lost. */
static struct arena_block *block_map(size_t *size)
{
    size_t bytes = sizeof(struct arena_block) + *size + HUGE_PAGE_BYTES - 1;
    bytes -= bytes % HUGE_PAGE_BYTES;
    unsigned char *start = mmap(NULL, bytes + HUGE_PAGE_BYTES, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return NULL;
    }
    size_t before = (HUGE_PAGE_BYTES - (uintptr_t)start % HUGE_PAGE_BYTES) % HUGE_PAGE_BYTES;
    if (before > 0) {
        (void)munmap(start, before);
    }
    (void)munmap(start + before + bytes, HUGE_PAGE_BYTES - before);
    (void)madvise(start + before, bytes, MADV_HUGEPAGE);
    *size = bytes - sizeof(struct arena_block);
    return (void *)(start + before);
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block =
        is_mapped(size) ? block_map(&size) : calloc(1, sizeof(*block) + size);

    if (block == NULL) {
        abort();
    }
    block->size = size;
    return block;
}

static void block_free(struct arena_block *block)
{
    if (is_mapped(block->size)) {
        (void)munmap(block, sizeof(*block) + block->size);
    } else {
        free(block);
    }
}

static size_t block_bytes(const struct arena *arena, size_t needed)
{
    size_t bytes = arena->used_bytes / 4;

    if (bytes < BLOCK_BYTES_LEAST) {
        bytes = BLOCK_BYTES_LEAST;
    }
    if (arena->used_bytes >= LARGE) {
        bytes = BLOCK_BYTES_MOST;
    }
    return needed > bytes ? needed : bytes;
}

void arena_done(struct arena *arena)
{
    struct arena_block *block = arena->head;

    while (block != NULL) {
        struct arena_block *next = block->next;
        block_free(block);
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
        block = block_new(block_bytes(arena, bytes));
        block->next = arena->head;
        arena->head = block;
    }
    unsigned char *out = block->data + block->used;
    if (block->used < block->dirty) {
        size_t stale = block->dirty - block->used;
        memset(out, 0, stale < bytes ? stale : bytes);
    }
    block->used += bytes;
    block->dirty = block->used > block->dirty ? block->used : block->dirty;
    arena->used_bytes += bytes;
    return out;
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
