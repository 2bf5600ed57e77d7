#include "orchestrator/knowledge/ingest.h"

#include "orchestrator/knowledge/journal.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <stdio.h>

static uint64_t head_seq(void)
{
    struct journal_head head = { 0 };

    ASSERT_OK(journal_head(view, &head));
    return head.seq;
}

static struct status take_in(uint64_t epoch, uint64_t first, uint32_t count, uint32_t *out_new)
{
    struct ingest_taken taken = { .fresh = *out_new };
    struct ingest_batch batch = { .node = SLICE("node-1"),
                                  .epoch = epoch,
                                  .first_seq = first,
                                  .count = count,
                                  .bytes = SLICE("signed bytes") };

    struct status accepted = knowledge_accept_batch(store, &batch, &taken);
    *out_new = taken.fresh;
    return accepted;
}

static void expect_mark(uint64_t epoch, uint64_t seq)
{
    struct ingest_mark mark = { 99, 99 };

    ASSERT_OK(knowledge_get_mark(view, SLICE("node-1"), &mark));
    CU_ASSERT_EQUAL(mark.epoch, epoch);
    CU_ASSERT_EQUAL(mark.seq, seq);
}

/* One stream, row by row; each row is one batch in a turn of its own. */
static void test_batches_are_taken_once(void)
{
    static const struct {
        const char *what;
        uint64_t epoch, first;
        uint32_t count;
        enum status_code code;
        uint32_t fresh;
        uint64_t mark_epoch, mark_seq;
        unsigned rows; /* added to the journal */
    } rows[] = {
        { "a stream starts at 1", 7, 2, 3, STATUS_CONFLICT, 0, 0, 0, 0 },
        { "first", 7, 1, 3, STATUS_OK, 3, 7, 3, 1 },
        { "again", 7, 1, 3, STATUS_OK, 0, 7, 3, 0 },
        { "part of it again", 7, 2, 1, STATUS_OK, 0, 7, 3, 0 },
        { "next", 7, 4, 1, STATUS_OK, 1, 7, 4, 1 },
        { "gap", 7, 6, 5, STATUS_CONFLICT, 0, 7, 4, 0 },
        { "overlap", 7, 3, 8, STATUS_OK, 6, 7, 10, 1 },
        { "older epoch", 6, 1, 3, STATUS_DENIED, 0, 7, 10, 0 },
        { "newer epoch in the middle", 9, 11, 3, STATUS_CONFLICT, 0, 7, 10, 0 },
        { "newer epoch", 9, 1, 2, STATUS_OK, 2, 9, 2, 1 },
        { "the largest epoch", UINT64_MAX, 1, 1, STATUS_OK, 1, UINT64_MAX, 1, 1 },
        { "no epoch", 0, 1, 1, STATUS_INVALID, 0, UINT64_MAX, 1, 0 },
        { "no seq", UINT64_MAX, 0, 1, STATUS_INVALID, 0, UINT64_MAX, 1, 0 },
        { "no events", UINT64_MAX, 2, 0, STATUS_INVALID, 0, UINT64_MAX, 1, 0 },
        { "too many events", UINT64_MAX, 2, INGEST_BATCH_MAX + 1, STATUS_INVALID, 0, UINT64_MAX, 1,
          0 },
        { "seq near the end of numbers", UINT64_MAX, UINT64_MAX, 1, STATUS_INVALID, 0, UINT64_MAX,
          1, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t before = head_seq();
        uint32_t fresh = 12345;
        store_begin();
        struct status status = take_in(rows[i].epoch, rows[i].first, rows[i].count, &fresh);
        store_commit(); /* a refusal does not spoil the turn */
        if (status.code != rows[i].code) {
            CU_FAIL("unexpected code");
            (void)fprintf(stderr, "%s: %s\n", rows[i].what, status.msg);
        }
        CU_ASSERT_EQUAL(fresh, status_ok(&status) || status.code == STATUS_CONFLICT ? rows[i].fresh
                                                                                    : 12345);
        expect_mark(rows[i].mark_epoch, rows[i].mark_seq);
        CU_ASSERT_EQUAL(head_seq() - before, rows[i].rows);
    }
}

static void test_the_received_bytes_are_journaled(void)
{
    struct journal_row row = { 0 };
    uint32_t fresh = 0;

    store_begin();
    ASSERT_OK(take_in(1, 1, 1, &fresh));
    store_commit();
    ASSERT_OK(journal_get(view, 2, &store_arena, &row));
    ASSERT_TEXT(row.kind, "events");
    ASSERT_TEXT(row.subject, "node-1");
    ASSERT_TEXT(row.bytes, "signed bytes");
}

static void test_a_turn_given_up_takes_the_mark_back(void)
{
    uint32_t fresh = 0;

    store_begin();
    ASSERT_OK(take_in(1, 1, 5, &fresh));
    expect_mark(1, 5); /* the turn sees itself */
    knowledge_rollback(store);
    expect_mark(0, 0);
    store_begin();
    ASSERT_OK(take_in(1, 1, 5, &fresh));
    store_commit();
    CU_ASSERT_EQUAL(fresh, 5);
}

static void test_many_batches_share_a_turn(void)
{
    uint32_t fresh = 0;

    store_begin();
    for (uint64_t i = 0; i < 10; i++) {
        ASSERT_OK(take_in(1, 1 + i * 64, 64, &fresh));
        CU_ASSERT_EQUAL(fresh, 64);
    }
    ASSERT_OK(take_in(1, 1, 64, &fresh));
    CU_ASSERT_EQUAL(fresh, 0);
    store_commit();
    expect_mark(1, 640);
}

static void test_marks_survive_a_restart(void)
{
    uint32_t fresh = 0;

    store_begin();
    ASSERT_OK(take_in(3, 1, 5, &fresh));
    store_commit();
    CU_ASSERT_TRUE_FATAL(store_reopen());
    expect_mark(3, 5);
}

static void test_a_declared_loss_is_skipped_and_journaled(void)
{
    struct journal_row row = { 0 };
    uint32_t fresh = 0;

    store_begin();
    ASSERT_OK(take_in(3, 1, 5, &fresh));
    ASSERT_OK(knowledge_skip_to(store, SLICE("node-1"), 3, 9, SLICE("spool was full")));
    store_commit();
    expect_mark(3, 8);
    ASSERT_OK(journal_get(view, 3, &store_arena, &row));
    ASSERT_TEXT(row.kind, "ingest.gap");
    ASSERT_TEXT(row.bytes, "{\"from_epoch\":3,\"from_seq\":5,\"to_epoch\":3,\"to_seq\":8,"
                           "\"reason\":\"spool was full\"}");
    store_begin();
    ASSERT_OK(knowledge_skip_to(store, SLICE("node-1"), 3, 4, SLICE("late")));
    ASSERT_CODE(knowledge_skip_to(store, SLICE("node-1"), 2, 4, SLICE("old")), STATUS_DENIED);
    ASSERT_CODE(knowledge_skip_to(store, SLICE("node-1"), 3, 0, SLICE("")), STATUS_INVALID);
    ASSERT_CODE(knowledge_skip_to(store, SLICE("node-1"), 0, 1, SLICE("")), STATUS_INVALID);
    ASSERT_CODE(knowledge_skip_to(store, SLICE(""), 3, 1, SLICE("")), STATUS_INVALID);
    ASSERT_OK(knowledge_skip_to(store, SLICE("node-1"), 4, 100, SLICE("new disk")));
    ASSERT_OK(take_in(4, 100, 1, &fresh));
    store_commit();
    CU_ASSERT_EQUAL(fresh, 1);
    expect_mark(4, 100);
}

/* What a node's batches do to databases that stand elsewhere: new, restored from an old backup, or
 * of before the node's spool was made anew. */
static void test_what_a_node_no_longer_holds_is_skipped_once(void)
{
    static const struct {
        const char *what;
        uint64_t epoch, first;
        uint32_t count;
        uint64_t held;
        enum status_code code;
        uint32_t fresh;
        uint64_t lost_from, lost_to, mark_epoch, mark_seq;
        unsigned rows; /* added to the journal */
    } rows[] = {
        { "a new database, an older sender", 7, 21, 2, 0, STATUS_CONFLICT, 0, 0, 0, 0, 0, 0 },
        { "a new database, all held", 7, 21, 2, 1, STATUS_CONFLICT, 0, 0, 0, 0, 0, 0 },
        { "a new database", 7, 21, 2, 21, STATUS_OK, 2, 1, 20, 7, 22, 2 },
        { "again", 7, 21, 2, 21, STATUS_OK, 0, 0, 0, 7, 22, 0 },
        { "as it goes on", 7, 23, 1, 21, STATUS_OK, 1, 0, 0, 7, 23, 1 },
        { "one was overtaken", 7, 25, 1, 24, STATUS_CONFLICT, 0, 0, 0, 7, 23, 0 },
        { "an old backup, and one was overtaken", 7, 35, 1, 31, STATUS_CONFLICT, 0, 24, 30, 7, 30,
          1 },
        { "and comes", 7, 31, 4, 31, STATUS_OK, 4, 0, 0, 7, 34, 1 },
        { "a part is known", 7, 33, 3, 33, STATUS_OK, 1, 0, 0, 7, 35, 1 },
        { "a new spool", 9, 2, 1, 1, STATUS_CONFLICT, 0, 0, 0, 7, 35, 0 },
        { "a new spool that has given up its first", 9, 5, 1, 5, STATUS_OK, 1, 1, 4, 9, 5, 2 },
        { "the old spool again", 8, 7, 1, 7, STATUS_DENIED, 0, 0, 0, 9, 5, 0 },
        { "sends what it does not hold", 9, 6, 1, 7, STATUS_INVALID, 0, 0, 0, 9, 5, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct ingest_batch batch = { .node = SLICE("node-1"),
                                            .epoch = rows[i].epoch,
                                            .first_seq = rows[i].first,
                                            .count = rows[i].count,
                                            .first_held = rows[i].held,
                                            .bytes = SLICE("signed bytes") };
        struct ingest_taken taken = { 0 };
        uint64_t before = head_seq();
        store_begin();
        struct status status = knowledge_accept_batch(store, &batch, &taken);
        store_commit();
        if (status.code != rows[i].code || taken.lost_to != rows[i].lost_to) {
            CU_FAIL("unexpected code or loss");
            (void)fprintf(stderr, "%s: %s\n", rows[i].what, status.msg);
        }
        CU_ASSERT_EQUAL(taken.fresh, rows[i].fresh);
        CU_ASSERT_EQUAL(taken.lost_from, rows[i].lost_from);
        expect_mark(rows[i].mark_epoch, rows[i].mark_seq);
        CU_ASSERT_EQUAL(head_seq() - before, rows[i].rows);
    }
}

static CU_TestInfo tests[] = {
    { "batches are taken once", test_batches_are_taken_once },
    { "the received bytes are journaled", test_the_received_bytes_are_journaled },
    { "a turn given up takes the mark back", test_a_turn_given_up_takes_the_mark_back },
    { "many batches share a turn", test_many_batches_share_a_turn },
    { "marks survive a restart", test_marks_survive_a_restart },
    { "a declared loss is skipped and journaled", test_a_declared_loss_is_skipped_and_journaled },
    { "what a node no longer holds is skipped once",
      test_what_a_node_no_longer_holds_is_skipped_once },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "ingest", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
