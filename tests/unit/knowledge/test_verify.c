#include "orchestrator/knowledge/journal.h"

#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <stdio.h>
#include <string.h>

#define NO_GUARD "DROP TRIGGER journal_keeps_rows; DROP TRIGGER journal_keeps_bytes;"

enum { ROWS = 10 };

/* Rows 1 (the start) to ROWS. */
static void fill(void)
{
    char text[32];

    store_begin();
    for (int i = 2; i <= ROWS; i++) {
        (void)snprintf(text, sizeof(text), "record %d", i);
        ASSERT_OK(knowledge_record(store, "test.row", SLICE("x"), slice_from(text)));
    }
    store_commit();
}

static struct journal_verdict verify_file(struct journal_check check)
{
    struct journal_verdict verdict = { 0 };
    struct knowledge_reader *reader = NULL;

    ASSERT_OK(knowledge_reader_open(store_path(), &reader));
    if (reader != NULL) {
        ASSERT_OK(journal_verify(reader, &check, &verdict));
    }
    knowledge_reader_close(&reader);
    return verdict;
}

static void test_a_good_chain_is_intact(void)
{
    fill();
    struct journal_verdict verdict = verify_file((struct journal_check){ .from = 0 });
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.rows, ROWS);
    CU_ASSERT_EQUAL(verdict.head.seq, ROWS);
    verdict = verify_file((struct journal_check){ .from = 4, .to = 6 });
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.rows, 3);
    CU_ASSERT_EQUAL(verdict.head.seq, 6);
    verdict = verify_file((struct journal_check){ .from = ROWS + 1 });
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.rows, 0);
}

static void test_a_start_past_the_end_is_an_error(void)
{
    struct journal_verdict verdict = { 0 };

    fill();
    ASSERT_CODE(journal_verify(view, &(struct journal_check){ .from = ROWS + 2 }, &verdict),
                STATUS_NOT_FOUND);
}

static const struct {
    const char *what;
    const char *sql;
    uint64_t bad_seq;
    const char *why;
} tampering[] = {
    { "edit bytes", "UPDATE journal SET bytes = x'00' WHERE seq = 5", 5, "row 5 was changed" },
    { "edit time", "UPDATE journal SET at_us = at_us + 1 WHERE seq = 5", 5, "row 5 was changed" },
    { "edit kind", "UPDATE journal SET kind = 'test.roe' WHERE seq = 5", 5, "row 5 was changed" },
    { "edit subject", "UPDATE journal SET subject = 'y' WHERE seq = 5", 5, "row 5 was changed" },
    { "edit hash", "UPDATE journal SET hash = zeroblob(32) WHERE seq = 5", 5, "row 5 was changed" },
    { "edit first", "UPDATE journal SET bytes = x'00' WHERE seq = 1", 1, "row 1 was changed" },
    { "edit last", "UPDATE journal SET bytes = x'00' WHERE seq = 10", 10, "row 10 was changed" },
    { "kind that wraps its length",
      "UPDATE journal SET kind = kind || printf('%.256c', 'x') WHERE seq = 5", 5,
      "row 5 was changed" },
    { "delete", "DELETE FROM journal WHERE seq = 5", 5, "row 5 is missing" },
    { "delete first", "DELETE FROM journal WHERE seq = 1", 1, "row 1 is missing" },
    { "cut", "DELETE FROM journal WHERE seq >= 8", 8,
      "row 8 is missing: the stored head is row 10" },
    { "empty", "DELETE FROM journal", 1, "row 1 is missing: the stored head is row 10" },
    { "delete and close up",
      "DELETE FROM journal WHERE seq = 5;"
      "UPDATE journal SET seq = seq - 1 WHERE seq > 5",
      5, "row 5 was changed, or is not the one that followed" },
    { "swap",
      "UPDATE journal SET seq = 99 WHERE seq = 5; UPDATE journal SET seq = 5 WHERE seq = 6;"
      "UPDATE journal SET seq = 6 WHERE seq = 99",
      5, "row 5 was changed" },
    { "insert",
      "UPDATE journal SET seq = seq + 100 WHERE seq > 4;"
      "INSERT INTO journal SELECT 5, at_us, kind, subject, bytes, hash FROM journal"
      " WHERE seq = 4; UPDATE journal SET seq = seq - 99 WHERE seq > 100",
      5, "row 5 was changed" },
    { "append",
      "INSERT INTO journal SELECT 11, at_us, kind, subject, bytes, hash FROM journal"
      " WHERE seq = 10",
      11, "row 11 was changed, or is not the one that followed" },
    { "other id", "UPDATE store SET journal_id = zeroblob(16)", 1, "row 1 was changed" },
    { "other stored head", "UPDATE store SET head_hash = zeroblob(32)", 10,
      "row 10 is not the one that the stored head names" },
    { "stored head set back", "UPDATE store SET head_seq = 8", 8,
      "row 8 is not the one that the stored head names" },
};

static void test_tampering_is_found_at_its_row(void)
{
    for (size_t i = 0; i < COUNT_OF(tampering); i++) {
        store_tear_down();
        store_set_up();
        fill();
        store_shut();
        CU_ASSERT_TRUE(store_patch(NO_GUARD));
        CU_ASSERT_TRUE(store_patch(tampering[i].sql));
        struct journal_verdict verdict = verify_file((struct journal_check){ .from = 0 });
        if (verdict.intact || verdict.bad_seq != tampering[i].bad_seq ||
            strstr(verdict.why, tampering[i].why) == NULL) {
            (void)printf("  %s: row %llu: %s\n", tampering[i].what,
                         (unsigned long long)verdict.bad_seq, verdict.why);
            CU_FAIL("not as wanted");
        }
    }
}

static void test_a_consistent_cut_is_found_by_a_head_kept_elsewhere(void)
{
    struct journal_head kept = { 0 };

    fill();
    ASSERT_OK(journal_head(view, &kept));
    store_shut();
    CU_ASSERT_TRUE(store_patch(NO_GUARD
                               "DELETE FROM journal WHERE seq > 6; UPDATE store SET head_seq = 6,"
                               " head_hash = (SELECT hash FROM journal WHERE seq = 6)"));
    struct journal_verdict verdict = verify_file((struct journal_check){ .from = 0 });
    CU_ASSERT_TRUE(verdict.intact); /* all that the file alone can say */
    verdict = verify_file((struct journal_check){ .expected = &kept });
    CU_ASSERT_FALSE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.bad_seq, 7);
    CU_ASSERT_STRING_EQUAL(verdict.why, "row 7 is missing: the expected head is row 10");
}

static void test_another_history_is_found_by_a_head_kept_elsewhere(void)
{
    struct journal_head kept = { .seq = 6 };

    fill();
    struct journal_verdict verdict = verify_file((struct journal_check){ .expected = &kept });
    CU_ASSERT_FALSE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.bad_seq, 6);
    CU_ASSERT_STRING_EQUAL(verdict.why, "row 6 is not the one that the expected head names");
}

static void test_a_good_head_kept_elsewhere_is_met(void)
{
    struct journal_row row = { 0 };

    fill();
    ASSERT_OK(journal_get(view, 6, &store_arena, &row));
    struct journal_head kept = { 6, row.hash };
    struct journal_verdict verdict = verify_file((struct journal_check){ .expected = &kept });
    CU_ASSERT_TRUE(verdict.intact);
    verdict = verify_file((struct journal_check){ .from = 7, .expected = &kept });
    CU_ASSERT_TRUE(verdict.intact);
}

static void test_a_check_from_the_middle_trusts_what_is_before(void)
{
    fill();
    store_shut();
    CU_ASSERT_TRUE(store_patch(NO_GUARD "UPDATE journal SET bytes = x'00' WHERE seq = 3;"
                                        "UPDATE journal SET bytes = x'00' WHERE seq = 7"));
    CU_ASSERT_EQUAL(verify_file((struct journal_check){ .from = 4 }).bad_seq, 7);
    CU_ASSERT_TRUE(verify_file((struct journal_check){ .from = 8 }).intact);
    CU_ASSERT_EQUAL(verify_file((struct journal_check){ .from = 2 }).bad_seq, 3);
    CU_ASSERT_TRUE(store_patch("DELETE FROM journal WHERE seq = 5"));
    CU_ASSERT_EQUAL(verify_file((struct journal_check){ .from = 6 }).bad_seq, 5);
}

struct meter {
    uint64_t calls;
    uint64_t last;
    bool stop;
};

static struct status count_calls(void *arg, uint64_t seq, uint64_t last_seq)
{
    struct meter *meter = arg;

    meter->calls++;
    meter->last = last_seq;
    CU_ASSERT_EQUAL(seq, meter->calls * JOURNAL_PROGRESS_ROWS);
    return meter->stop ? status_error(STATUS_TIMEOUT, "stopped by hand") : STATUS_SUCCESS;
}

static void test_progress_is_told_and_can_stop(void)
{
    struct meter meter = { .calls = 0 };
    struct journal_verdict verdict = { 0 };
    struct journal_check check = { .progress = count_calls, .arg = &meter };
    uint64_t last = 2 * JOURNAL_PROGRESS_ROWS + 10;

    store_begin();
    for (uint64_t i = 1; i < last; i++) {
        ASSERT_OK(knowledge_record(store, "test.row", SLICE("x"), SLICE("{}")));
    }
    store_commit();
    ASSERT_OK(journal_verify(view, &check, &verdict));
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_EQUAL(meter.calls, 2);
    CU_ASSERT_EQUAL(meter.last, last);
    meter = (struct meter){ .stop = true };
    ASSERT_CODE(journal_verify(view, &check, &verdict), STATUS_TIMEOUT);
    CU_ASSERT_EQUAL(meter.calls, 1);
}

static CU_TestInfo tests[] = {
    { "a good chain is intact", test_a_good_chain_is_intact },
    { "a start past the end is an error", test_a_start_past_the_end_is_an_error },
    { "tampering is found at its row", test_tampering_is_found_at_its_row },
    { "a consistent cut is found by a head kept elsewhere",
      test_a_consistent_cut_is_found_by_a_head_kept_elsewhere },
    { "another history is found by a head kept elsewhere",
      test_another_history_is_found_by_a_head_kept_elsewhere },
    { "a good head kept elsewhere is met", test_a_good_head_kept_elsewhere_is_met },
    { "a check from the middle trusts what is before",
      test_a_check_from_the_middle_trusts_what_is_before },
    { "progress is told and can stop", test_progress_is_told_and_can_stop },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "verify", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
