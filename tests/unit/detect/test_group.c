#include "detect/group.h"
#include "detect/siphash.h"
#include "tests/suite.h"

#include <stdio.h>

static struct slice key_of(struct arena *arena, unsigned number)
{
    return arena_printf(arena, "key %u", number);
}

static void test_siphash_gives_its_authors_value(void)
{
    /* Appendix A of the paper: key 00..0f, message 00..0e. */
    static const uint64_t key[2] = { UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908) };
    static const char message[15] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 };

    CU_ASSERT_EQUAL(siphash(key, (struct slice){ message, sizeof(message) }),
                    UINT64_C(0xa129ca6149be45e5));
    CU_ASSERT_EQUAL(siphash(key, (struct slice){ 0 }), UINT64_C(0x726fdb47dd0e0e31));
}

static void test_groups_are_found_after_growth_and_removal(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct group_table table;

    group_table_init(&table, 1000);
    for (unsigned i = 0; i < 1000; i++) {
        CU_ASSERT_PTR_NULL(group_find(&table, i % 7, key_of(&arena, i)));
        (void)group_add(&table, i % 7, key_of(&arena, i));
    }
    for (unsigned i = 0; i < 1000; i += 2) {
        group_remove(&table, group_find(&table, i % 7, key_of(&arena, i)));
    }
    for (unsigned i = 0; i < 1000; i++) {
        CU_ASSERT_EQUAL(group_find(&table, i % 7, key_of(&arena, i)) != NULL, i % 2 == 1);
    }
    CU_ASSERT_EQUAL(table.count, 500);
    group_table_done(&table);
}

static void test_claims_go_out_before_what_was_seen(void)
{
    struct group_table table;

    group_table_init(&table, 4);
    CU_ASSERT_PTR_NULL(group_first_out(&table));
    struct group *seen = group_add(&table, 1, SLICE("seen"));
    struct group *first = group_add(&table, 2, SLICE("first"));
    struct group *second = group_add(&table, 3, SLICE("second"));
    group_touch(&table, seen, SIDE_SEEN);
    group_touch(&table, first, SIDE_CLAIMED);
    CU_ASSERT_PTR_EQUAL(group_first_out(&table), second);
    group_touch(&table, seen, SIDE_CLAIMED); /* stays seen */
    group_remove(&table, second);
    CU_ASSERT_PTR_EQUAL(group_first_out(&table), first);
    group_remove(&table, first);
    CU_ASSERT_PTR_EQUAL(group_first_out(&table), seen);
    group_table_done(&table);
}

static struct mark mark_at(int64_t time_us, uint64_t count)
{
    return (struct mark){ time_us, { .first_us = time_us, .last_us = time_us, .count = count } };
}

static void test_rings_keep_the_newest_in_order(void)
{
    static const int64_t times[] = { 5, 1, 9, 3, 7, 20, 11, 12, 13, 14, 15, 2, 16, 17, 18, 19 };
    struct group_table table;
    int64_t before = 0;

    group_table_init(&table, 1);
    struct mark_ring *ring = &group_add(&table, 0, SLICE("k"))->rings[0];
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct mark mark = mark_at(times[i], 2);
        ring_add(ring, 10, &mark);
    }
    CU_ASSERT_EQUAL(ring->len, 10);
    CU_ASSERT_EQUAL(ring->weight, 20);
    for (uint32_t i = 0; i < ring->len; i++) {
        CU_ASSERT_TRUE(ring_at(ring, i)->time_us > before);
        before = ring_at(ring, i)->time_us;
    }
    CU_ASSERT_EQUAL(ring_at(ring, 0)->time_us, 11);
    ring_expire(ring, 19);
    CU_ASSERT_EQUAL(ring->len, 2);
    CU_ASSERT_EQUAL(ring->weight, 4);
    ring_expire(ring, 100);
    CU_ASSERT_EQUAL(ring->weight, 0);
    group_table_done(&table);
}

static void test_evidence_adds_up_and_trusts_the_least(void)
{
    struct evidence sum = { 0 };
    struct evidence a = { 10, 10, 7, 70, 2, { PROVENANCE_KERNEL, PROVENANCE_KERNEL } };
    struct evidence b = { 5, 5, 9, 90, 1, { PROVENANCE_KERNEL, PROVENANCE_APP_LOG } };

    evidence_merge(&sum, &a);
    evidence_merge(&sum, &b);
    CU_ASSERT_EQUAL(sum.first_us, 5);
    CU_ASSERT_EQUAL(sum.last_us, 10);
    CU_ASSERT_EQUAL(sum.position, 7);
    CU_ASSERT_EQUAL(sum.record, 90);
    CU_ASSERT_EQUAL(sum.count, 3);
    CU_ASSERT_EQUAL(sum.provenance[0], PROVENANCE_KERNEL);
    CU_ASSERT_EQUAL(sum.provenance[1], PROVENANCE_APP_LOG);
}

static void test_keys_hold_any_values(void)
{
    CLEANUP(buf_done) struct buf key = { 0 };

    group_key_add(&key, SLICE("a"));
    group_key_add(&key, SLICE(""));
    group_key_add(&key, (struct slice){ "\0|", 2 });
    ASSERT_TEXT(group_key_value(buf_slice(&key), 0), "a");
    ASSERT_TEXT(group_key_value(buf_slice(&key), 1), "");
    CU_ASSERT_EQUAL(group_key_value(buf_slice(&key), 2).len, 2);
    CU_ASSERT_EQUAL(group_key_value(buf_slice(&key), 3).len, 0);
}

static CU_TestInfo tests[] = {
    { "siphash gives its authors' value", test_siphash_gives_its_authors_value },
    { "groups are found after growth and removal", test_groups_are_found_after_growth_and_removal },
    { "claims go out before what was seen", test_claims_go_out_before_what_was_seen },
    { "rings keep the newest in order", test_rings_keep_the_newest_in_order },
    { "evidence adds up and trusts the least", test_evidence_adds_up_and_trusts_the_least },
    { "keys hold any values", test_keys_hold_any_values },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "group", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
