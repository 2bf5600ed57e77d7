#include "orchestrator/knowledge/journal.h"

#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <sqlite3.h>

static void append(const char *kind, const char *subject, const char *text)
{
    uint64_t seq = 0;

    ASSERT_OK(journal_append(store, kind, slice_from(subject), slice_from(text), &seq));
    CU_ASSERT_TRUE(seq > 1);
}

static void fill(void)
{
    store_begin();
    append("alert", "a", "one");
    append("plan", "b", "two");
    append("alert", "a", "three");
    append("note", "", "four");
    store_commit();
}

/* Computed apart, by Python's hashlib and struct: the format is for ever. */
static void test_the_hashes_are_those_of_the_format(void)
{
    static const uint8_t id[JOURNAL_ID_BYTES] = { 0, 1, 2,  3,  4,  5,  6,  7,
                                                  8, 9, 10, 11, 12, 13, 14, 15 };
    struct journal_row row = { .seq = 1,
                               .at_us = 1700000000000000,
                               .kind = SLICE("events"),
                               .subject = SLICE("node-1"),
                               .bytes = SLICE("hello") };
    char hex[2 * SHA256_BYTES + 1];

    struct sha256 genesis = journal_genesis(id);
    sha256_hex(&genesis, hex);
    CU_ASSERT_STRING_EQUAL(hex, "cbfcf1e04f5b318f20eaad57811520c0d1841795093f4a701caf62e40cf0c84c");
    struct sha256 leaf = journal_leaf(&row);
    sha256_hex(&leaf, hex);
    CU_ASSERT_STRING_EQUAL(hex, "18c959856d1402d35cfa9960fb1746f71cd55d1b8e405b2e8503683c2a3985ad");
    struct sha256 link = journal_link(&genesis, &leaf);
    sha256_hex(&link, hex);
    CU_ASSERT_STRING_EQUAL(hex, "40eb99ab8f2a1ff25839da07d9173a76957c717749dde453744eea1d67629b6d");
}

static void test_moving_a_byte_between_fields_changes_the_leaf(void)
{
    struct journal_row a = {
        .seq = 1, .kind = SLICE("ab"), .subject = SLICE("cd"), .bytes = SLICE("ef")
    };
    struct journal_row b = {
        .seq = 1, .kind = SLICE("abc"), .subject = SLICE("d"), .bytes = SLICE("ef")
    };
    struct journal_row c = {
        .seq = 1, .kind = SLICE("ab"), .subject = SLICE("cde"), .bytes = SLICE("f")
    };
    struct sha256 leaf_a = journal_leaf(&a);
    struct sha256 leaf_b = journal_leaf(&b);
    struct sha256 leaf_c = journal_leaf(&c);

    CU_ASSERT_FALSE(sha256_eq(&leaf_a, &leaf_b));
    CU_ASSERT_FALSE(sha256_eq(&leaf_a, &leaf_c));
}

static void test_two_files_have_two_chains(void)
{
    struct journal_head first = { 0 };
    struct journal_head second = { 0 };

    ASSERT_OK(journal_head(view, &first));
    store_tear_down();
    store_set_up();
    ASSERT_OK(journal_head(view, &second));
    CU_ASSERT_EQUAL(first.seq, second.seq);
    CU_ASSERT_FALSE(sha256_eq(&first.hash, &second.hash));
}

struct seen {
    uint64_t seqs[16];
    size_t count;
    size_t stop_at; /* 0: never */
};

static struct status see(void *arg, const struct journal_row *row)
{
    struct seen *seen = arg;

    seen->seqs[seen->count++] = row->seq;
    if (seen->count == seen->stop_at) {
        return status_error(STATUS_TIMEOUT, "enough");
    }
    return STATUS_SUCCESS;
}

static void test_rows_come_in_pages(void)
{
    struct seen seen = { .count = 0 };
    bool more = false;

    fill();
    ASSERT_OK(journal_list(view, 0, 3, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 3);
    CU_ASSERT_TRUE(more);
    ASSERT_OK(journal_list(view, seen.seqs[2], 3, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 5);
    CU_ASSERT_EQUAL(seen.seqs[4], 5);
    CU_ASSERT_FALSE(more);
    ASSERT_OK(journal_list(view, UINT64_MAX, 3, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 5);
}

static void test_a_limit_out_of_range_is_refused(void)
{
    struct seen seen = { .count = 0 };

    ASSERT_CODE(journal_list(view, 0, 0, see, &seen, NULL), STATUS_INVALID);
    ASSERT_CODE(journal_list(view, 0, KNOWLEDGE_PAGE_MAX + 1, see, &seen, NULL), STATUS_INVALID);
    ASSERT_CODE(journal_of(view, SLICE("a"), 0, 0, see, &seen, NULL), STATUS_INVALID);
}

static void test_a_failing_callback_ends_the_list(void)
{
    struct seen seen = { .stop_at = 2 };

    fill();
    ASSERT_CODE(journal_list(view, 0, 100, see, &seen, NULL), STATUS_TIMEOUT);
    CU_ASSERT_EQUAL(seen.count, 2);
    seen.stop_at = 0;
    ASSERT_OK(journal_list(view, 0, 100, see, &seen, NULL)); /* the statement was given back */
}

static void test_the_history_of_one_subject(void)
{
    struct seen seen = { .count = 0 };
    bool more = true;

    fill();
    ASSERT_OK(journal_of(view, SLICE("a"), 0, 10, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 2);
    CU_ASSERT_EQUAL(seen.seqs[0], 2);
    CU_ASSERT_EQUAL(seen.seqs[1], 4);
    CU_ASSERT_FALSE(more);
    ASSERT_OK(journal_of(view, SLICE("a"), 2, 10, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 3);
}

static void test_one_row_is_read_whole(void)
{
    struct journal_row row = { 0 };
    struct journal_head head = { 0 };

    fill();
    ASSERT_OK(journal_get(view, 5, &store_arena, &row));
    ASSERT_OK(journal_head(view, &head));
    CU_ASSERT_EQUAL(row.seq, 5);
    CU_ASSERT_EQUAL(row.at_us, STORE_NOW_US);
    ASSERT_TEXT(row.kind, "note");
    ASSERT_TEXT(row.subject, "");
    ASSERT_TEXT(row.bytes, "four");
    CU_ASSERT_TRUE(sha256_eq(&row.hash, &head.hash));
    ASSERT_CODE(journal_get(view, 6, &store_arena, &row), STATUS_NOT_FOUND);
    ASSERT_CODE(journal_get(view, UINT64_MAX, &store_arena, &row), STATUS_NOT_FOUND);
}

static void test_the_file_itself_refuses_changes(void)
{
    sqlite3 *other = NULL;

    fill();
    CU_ASSERT_EQUAL(sqlite3_open(store_path(), &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "UPDATE journal SET bytes = x'00'", NULL, NULL, NULL),
                    SQLITE_CONSTRAINT);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "DELETE FROM journal", NULL, NULL, NULL),
                    SQLITE_CONSTRAINT);
    (void)sqlite3_close(other);
}

static CU_TestInfo tests[] = {
    { "the hashes are those of the format", test_the_hashes_are_those_of_the_format },
    { "moving a byte between fields changes the leaf",
      test_moving_a_byte_between_fields_changes_the_leaf },
    { "two files have two chains", test_two_files_have_two_chains },
    { "rows come in pages", test_rows_come_in_pages },
    { "a limit out of range is refused", test_a_limit_out_of_range_is_refused },
    { "a failing callback ends the list", test_a_failing_callback_ends_the_list },
    { "the history of one subject", test_the_history_of_one_subject },
    { "one row is read whole", test_one_row_is_read_whole },
    { "the file itself refuses changes", test_the_file_itself_refuses_changes },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "journal", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
