#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "tests/suite.h"

static bool is_zero(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != 0) {
            return false;
        }
    }
    return true;
}

static void test_memory_is_zero_and_aligned(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    for (size_t size = 1; size < 100; size++) {
        char *bytes = arena_alloc(&arena, size, 1);
        CU_ASSERT_EQUAL((uintptr_t)bytes % alignof(max_align_t), 0);
        CU_ASSERT(is_zero(bytes, size));
        memset(bytes, 0xff, size);
    }
    CU_ASSERT(arena.used_bytes >= 99 * 100 / 2);
}

static void test_large_pieces_have_room(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    uint64_t *many = ARENA_NEW(&arena, uint64_t, 100000);
    char *small = arena_alloc(&arena, 8, 1);

    many[99999] = 1;
    CU_ASSERT(is_zero(small, 8));
    CU_ASSERT_EQUAL(many[99999], 1);
}

static void test_reset_forgets_and_reuses(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    arena_reset(&arena); /* an empty one: nothing to forget */
    for (int i = 0; i < 100; i++) {
        memset(arena_alloc(&arena, 1000, 1), 0xff, 1000);
    }
    arena_reset(&arena);
    CU_ASSERT_EQUAL(arena.used_bytes, 0);
    CU_ASSERT(is_zero(arena_alloc(&arena, 1000, 1), 1000));
}

/* What was handed out before is cleared, what never was is zero already. */
static void test_memory_is_zero_however_often_it_was_used(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    for (size_t turn = 0; turn < 6; turn++) {
        for (size_t bytes = 1; arena.used_bytes < turn * 3000000; bytes = bytes * 3 + turn) {
            size_t some = bytes % 1000000 + 1;
            char *got = arena_alloc(&arena, some, 1);
            CU_ASSERT(is_zero(got, some));
            memset(got, 0xff, some);
        }
        arena_reset(&arena);
    }
}

static void test_copies_end_with_nul(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice copy = arena_copy(&arena, slice_sub(SLICE("abcdef"), 1, 3));

    ASSERT_TEXT(copy, "bc");
    CU_ASSERT_EQUAL(copy.ptr[2], '\0');
    CU_ASSERT_STRING_EQUAL(arena_cstr(&arena, (struct slice){ 0 }), "");
    ASSERT_TEXT(arena_printf(&arena, "%s-%d", "x", 12), "x-12");
}

/* Blocks of the kernel itself: sizes around whole huge pages, written to the last byte, given back.
 */
static void test_blocks_of_huge_pages_are_whole(void)
{
    const size_t mib = (size_t)1 << 20;
    const size_t sizes[] = { 8 * mib - 64, 8 * mib, 8 * mib + 1, 10 * mib - 1, 32 * mib };

    for (int turn = 0; turn < 2; turn++) {
        CLEANUP(arena_done) struct arena arena = { 0 };
        for (size_t i = 0; i < COUNT_OF(sizes); i++) {
            unsigned char *piece = arena_alloc(&arena, sizes[i], 1);
            CU_ASSERT_EQUAL(piece[0], 0);
            CU_ASSERT_EQUAL(piece[sizes[i] / 2], 0);
            CU_ASSERT_EQUAL(piece[sizes[i] - 1], 0);
            memset(piece, 0xff, sizes[i]);
        }
    }
}

static CU_TestInfo tests[] = {
    { "memory is zero and aligned", test_memory_is_zero_and_aligned },
    { "large pieces have room", test_large_pieces_have_room },
    { "blocks of huge pages are whole", test_blocks_of_huge_pages_are_whole },
    { "reset forgets and reuses", test_reset_forgets_and_reuses },
    { "memory is zero, however often it was used", test_memory_is_zero_however_often_it_was_used },
    { "copies end with NUL", test_copies_end_with_nul },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "arena", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
