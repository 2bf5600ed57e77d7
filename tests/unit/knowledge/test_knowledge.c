#include "orchestrator/knowledge/knowledge.h"

#include "orchestrator/knowledge/journal.h"
#include "orchestrator/knowledge/knowledge_priv.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILE_LIMIT_BYTES = 524288 };

static uint64_t head_seq(void)
{
    struct journal_head head = { 0 };

    ASSERT_OK(journal_head(view, &head));
    return head.seq;
}

static void test_every_start_raises_the_fencing_epoch_and_is_journaled(void)
{
    CU_ASSERT_EQUAL(knowledge_fencing_epoch(store), 1700000000000); /* the clock's milliseconds */
    CU_ASSERT_EQUAL(head_seq(), 1);
    CU_ASSERT_TRUE_FATAL(store_reopen());
    CU_ASSERT_EQUAL(knowledge_fencing_epoch(store), 1700000000001);
    CU_ASSERT_EQUAL(head_seq(), 2);
    struct journal_row row = { 0 };
    ASSERT_OK(journal_get(view, 2, &store_arena, &row));
    ASSERT_TEXT(row.kind, "redand.start");
    ASSERT_TEXT(row.bytes, "{\"fencing_epoch\":1700000000001}");
}

static void test_a_second_holder_is_refused(void)
{
    struct knowledge *second = NULL;
    struct status status = knowledge_open(store_path(), STORE_NOW_US, &second);

    ASSERT_CODE(status, STATUS_CONFLICT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status.msg, "another process holds this file"));
    CU_ASSERT_PTR_NULL(second);
}

static void test_a_newer_file_is_refused(void)
{
    struct knowledge *again = NULL;
    struct knowledge_reader *reader = NULL;

    store_shut();
    CU_ASSERT_TRUE(store_patch("PRAGMA user_version = 999"));
    struct status status = knowledge_open(store_path(), STORE_NOW_US, &again);
    ASSERT_CODE(status, STATUS_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(status.msg, "schema 999 is newer than this program's"));
    ASSERT_CODE(knowledge_reader_open(store_path(), &reader), STATUS_UNSUPPORTED);
}

static void test_an_older_file_is_migrated_by_the_writer_and_refused_by_a_reader(void)
{
    struct knowledge_reader *reader = NULL;

    store_shut();
    CU_ASSERT_TRUE(store_patch(
        "ALTER TABLE nodes DROP COLUMN capabilities;"
        "ALTER TABLE nodes DROP COLUMN capable;"
        "ALTER TABLE nodes DROP COLUMN hello;"
        "ALTER TABLE incidents DROP COLUMN since_us;"
        "DROP INDEX incidents_standing; DROP INDEX commands_unanswered;"
        "DROP INDEX steps_overdue; DROP INDEX steps_spent; ALTER TABLE steps DROP COLUMN check_ms;"
        "CREATE INDEX steps_live_of_source ON steps (source, action);"
        "DROP TABLE conflicts; DROP TABLE documents; DROP TABLE worlds;"
        "PRAGMA user_version = 5"));
    ASSERT_CODE(knowledge_reader_open(store_path(), &reader), STATUS_UNSUPPORTED);
    CU_ASSERT_TRUE_FATAL(store_reopen());
    ASSERT_OK(knowledge_reader_open(store_path(), &reader));
    knowledge_reader_close(&reader);
}

static void test_a_migration_that_fails_changes_nothing(void)
{
    struct knowledge *again = NULL;

    store_shut();
    CU_ASSERT_TRUE(store_patch("PRAGMA user_version = 10")); /* its index exists already */
    struct status status = knowledge_open(store_path(), STORE_NOW_US, &again);
    CU_ASSERT_PTR_NOT_NULL(strstr(status.msg, "migration 011_spent"));
    CU_ASSERT_TRUE(store_patch("PRAGMA user_version = 11"));
    CU_ASSERT_TRUE(store_reopen());
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    (void)fputs(text, file);
    (void)fclose(file);
}

static void test_a_foreign_file_is_refused(void)
{
    char path[300];
    struct knowledge *again = NULL;

    (void)snprintf(path, sizeof(path), "%s/letter.txt", suite_folder());
    write_file(path,
               "Dear reader, this is a text of more than a hundred bytes, so that it could be "
               "taken for a header by somebody who does not look closely.\n");
    ASSERT_CODE(knowledge_open(path, STORE_NOW_US, &again), STATUS_CORRUPT);

    store_shut();
    CU_ASSERT_TRUE(store_patch("PRAGMA application_id = 7"));
    ASSERT_CODE(knowledge_open(store_path(), STORE_NOW_US, &again), STATUS_CORRUPT);
}

static void test_a_missing_file_or_folder_is_named(void)
{
    struct knowledge *again = NULL;
    struct knowledge_reader *reader = NULL;

    ASSERT_CODE(knowledge_open("/nowhere/at/all.db", STORE_NOW_US, &again), STATUS_UNAVAILABLE);
    ASSERT_CODE(knowledge_reader_open("/nowhere/at/all.db", &reader), STATUS_NOT_FOUND);
}

static void test_a_rolled_back_turn_leaves_no_trace(void)
{
    struct journal_head before = { 0 };
    struct journal_head after = { 0 };

    ASSERT_OK(journal_head(view, &before));
    store_begin();
    ASSERT_OK(knowledge_record(store, "test.thing", SLICE("x"), SLICE("{}")));
    knowledge_rollback(store);
    ASSERT_OK(journal_head(view, &after));
    CU_ASSERT_EQUAL(after.seq, before.seq);
    store_begin();
    ASSERT_OK(knowledge_record(store, "test.thing", SLICE("y"), SLICE("{}")));
    store_commit();
    struct journal_verdict verdict = { 0 };
    ASSERT_OK(journal_verify(view, &(struct journal_check){ .from = 0 }, &verdict));
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_EQUAL(verdict.rows, 2);
    CU_ASSERT_EQUAL(knowledge_stats(store).failed_turns, 1);
    CU_ASSERT_EQUAL(knowledge_stats(store).journal_rows, 2);
    CU_ASSERT_EQUAL(knowledge_stats(store).commits, 2);
}

static void test_a_reader_sees_committed_turns_only(void)
{
    struct knowledge_reader *reader = NULL;
    struct journal_head head = { 0 };

    ASSERT_OK(knowledge_reader_open(store_path(), &reader));
    CU_ASSERT_PTR_NOT_NULL_FATAL(reader);
    store_begin();
    ASSERT_OK(knowledge_record(store, "test.thing", SLICE("x"), SLICE("{}")));
    ASSERT_OK(journal_head(reader, &head));
    CU_ASSERT_EQUAL(head.seq, 1);
    store_commit();
    ASSERT_OK(journal_head(reader, &head));
    CU_ASSERT_EQUAL(head.seq, 2);
    knowledge_reader_close(&reader);
}

static void test_a_reader_leaves_a_file_at_rest_alone(void)
{
    char beside[300];
    struct knowledge_reader *reader = NULL;
    struct journal_head head = { 0 };

    store_shut();
    ASSERT_OK(knowledge_reader_open(store_path(), &reader));
    ASSERT_OK(journal_head(reader, &head));
    CU_ASSERT_EQUAL(head.seq, 1);
    knowledge_reader_close(&reader);
    (void)snprintf(beside, sizeof(beside), "%s-wal", store_path());
    CU_ASSERT_NOT_EQUAL(access(beside, F_OK), 0);
    (void)snprintf(beside, sizeof(beside), "%s-shm", store_path());
    CU_ASSERT_NOT_EQUAL(access(beside, F_OK), 0);
}

/* Killed while it makes the tables: half of a transaction is in the file, its undoing beside it. */
static void leave_half_made(void)
{
    const struct rlimit limit = { FILE_LIMIT_BYTES, FILE_LIMIT_BYTES };
    const struct rlimit no_core = { 0, 0 };
    int outcome = 0;

    store_shut();
    CU_ASSERT_EQUAL(unlink(store_path()), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)setrlimit(RLIMIT_CORE, &no_core);
        (void)setrlimit(RLIMIT_FSIZE, &limit); /* SIGXFSZ kills */
        (void)store_patch("PRAGMA cache_size = 1; BEGIN; CREATE TABLE half (text);"
                          "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n)"
                          " INSERT INTO half SELECT hex(zeroblob(500)) FROM n");
        _exit(0);
    }
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &outcome, 0), child);
    CU_ASSERT_TRUE(WIFSIGNALED(outcome));
}

static void test_a_half_made_file_is_no_obstacle(void)
{
    char journal[300];

    leave_half_made();
    (void)snprintf(journal, sizeof(journal), "%s-journal", store_path());
    CU_ASSERT_EQUAL_FATAL(access(journal, F_OK), 0);
    ASSERT_OK(knowledge_check(store_path()));
    CU_ASSERT_EQUAL(access(journal, F_OK), 0);
    CU_ASSERT_TRUE_FATAL(store_reopen()); /* takes back the half */
    CU_ASSERT_NOT_EQUAL(access(journal, F_OK), 0);
    ASSERT_OK(knowledge_check(store_path()));
}

static void test_a_path_with_odd_characters_is_taken_as_it_is(void)
{
    char path[300];
    struct knowledge *odd = NULL;
    struct knowledge_reader *reader = NULL;

    (void)snprintf(path, sizeof(path), "%s/a%%41?b#c d.db", suite_folder());
    ASSERT_OK(knowledge_open(path, STORE_NOW_US, &odd));
    knowledge_close(&odd);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    ASSERT_OK(knowledge_reader_open(path, &reader));
    knowledge_reader_close(&reader);
}

static void test_bad_records_are_refused_and_the_turn_goes_on(void)
{
    static char big[KNOWLEDGE_KEY_MAX + 2];

    memset(big, 'x', sizeof(big) - 1);
    store_begin();
    ASSERT_CODE(knowledge_record(store, "Loud", SLICE("x"), SLICE("{}")), STATUS_INVALID);
    ASSERT_CODE(knowledge_record(store, "", SLICE("x"), SLICE("{}")), STATUS_INVALID);
    ASSERT_CODE(knowledge_record(store, "ok", slice_from(big), SLICE("{}")), STATUS_INVALID);
    struct slice huge = { big, (size_t)KNOWLEDGE_BYTES_MAX + 1 }; /* refused before it is read */
    ASSERT_CODE(knowledge_record(store, "ok", SLICE("x"), huge), STATUS_INVALID);
    ASSERT_OK(knowledge_record(store, "ok", SLICE("x"), SLICE("{}")));
    store_commit();
    CU_ASSERT_EQUAL(head_seq(), 2);
}

static void test_a_full_disk_spoils_the_turn_and_is_survived(void)
{
    static char filler[64 * 1024];
    struct status status = STATUS_SUCCESS;

    memset(filler, 'f', sizeof(filler));
    struct slice bytes = { filler, sizeof(filler) };
    ASSERT_OK(db_exec(&store->reader.db, "PRAGMA max_page_count = 120"));
    store_begin();
    for (int i = 0; i < 100 && status_ok(&status); i++) {
        status = knowledge_record(store, "test.fill", SLICE("x"), bytes);
    }
    ASSERT_CODE(status, STATUS_EXHAUSTED);
    ASSERT_CODE(knowledge_record(store, "test.fill", SLICE("x"), SLICE("")), STATUS_EXHAUSTED);
    ASSERT_CODE(knowledge_commit(store), STATUS_EXHAUSTED);
    CU_ASSERT_EQUAL(head_seq(), 1);
    ASSERT_OK(db_exec(&store->reader.db, "PRAGMA max_page_count = 1000000"));
    store_begin();
    ASSERT_OK(knowledge_record(store, "test.fill", SLICE("x"), bytes));
    store_commit();
    CU_ASSERT_EQUAL(head_seq(), 2);
}

/* In a child, since the limit cannot be raised again. Exit 0: as promised. */
static int fill_until_the_limit(void)
{
    static char filler[64 * 1024];
    struct rlimit limit = { FILE_LIMIT_BYTES, FILE_LIMIT_BYTES };
    struct status status = STATUS_SUCCESS;

    memset(filler, 'f', sizeof(filler));
    (void)signal(SIGXFSZ, SIG_IGN);
    struct status opened = knowledge_open(store_path(), STORE_NOW_US, &store);
    if (!status_ok(&opened) || setrlimit(RLIMIT_FSIZE, &limit) != 0) {
        return 1;
    }
    for (int i = 0; i < 100 && status_ok(&status); i++) {
        status = knowledge_begin(store, STORE_NOW_US);
        if (status_ok(&status)) {
            struct status put = knowledge_record(store, "test.fill", SLICE("x"),
                                                 (struct slice){ filler, sizeof(filler) });
            (void)put; /* the commit says it again */
            status = knowledge_commit(store);
        }
    }
    return status.code == STATUS_UNAVAILABLE ? 0 : 2;
}

static void test_a_failed_write_reads_as_unavailable_and_loses_nothing(void)
{
    int outcome = -1;

    store_shut();
    pid_t child = fork();
    if (child == 0) {
        _exit(fill_until_the_limit());
    }
    CU_ASSERT_EQUAL(waitpid(child, &outcome, 0), child);
    CU_ASSERT_TRUE(WIFEXITED(outcome));
    CU_ASSERT_EQUAL(WEXITSTATUS(outcome), 0);
    CU_ASSERT_TRUE_FATAL(store_reopen());
    struct journal_verdict verdict = { 0 };
    ASSERT_OK(journal_verify(view, &(struct journal_check){ .from = 0 }, &verdict));
    CU_ASSERT_TRUE(verdict.intact);
    CU_ASSERT_TRUE(verdict.rows > 3);
}

static void test_a_locked_file_reads_as_unavailable(void)
{
    sqlite3 *other = NULL;

    CU_ASSERT_EQUAL(sqlite3_open(store_path(), &other), SQLITE_OK);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    ASSERT_CODE(knowledge_begin(store, STORE_NOW_US), STATUS_UNAVAILABLE);
    CU_ASSERT_EQUAL(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    (void)sqlite3_close(other);
    store_begin();
    store_commit();
}

static void damage(const char *path, off_t from)
{
    char junk[4096];
    struct stat info;
    int fd = open(path, O_RDWR | O_CLOEXEC);

    CU_ASSERT_TRUE_FATAL(fd >= 0 && fstat(fd, &info) == 0);
    memset(junk, 0xa5, sizeof(junk));
    for (off_t at = from; at < info.st_size; at += (off_t)sizeof(junk)) {
        CU_ASSERT_EQUAL(pwrite(fd, junk, sizeof(junk), at), (ssize_t)sizeof(junk));
    }
    (void)close(fd);
}

static void test_a_damaged_file_reads_as_corrupt(void)
{
    struct knowledge *again = NULL;

    store_shut();
    damage(store_path(), 4096); /* all but the header and schema page */
    struct status status = knowledge_open(store_path(), STORE_NOW_US, &again);
    ASSERT_CODE(status, STATUS_CORRUPT);
    CU_ASSERT_PTR_NULL(again);
}

static void test_a_cut_journal_is_not_extended(void)
{
    struct knowledge *again = NULL;

    store_begin();
    ASSERT_OK(knowledge_record(store, "test.thing", SLICE("x"), SLICE("{}")));
    store_commit();
    store_shut();
    CU_ASSERT_TRUE(store_patch("DROP TRIGGER journal_keeps_rows;"
                               "DELETE FROM journal WHERE seq = 2"));
    struct status status = knowledge_open(store_path(), STORE_NOW_US, &again);
    ASSERT_CODE(status, STATUS_CORRUPT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status.msg, "row 2 is missing"));
}

static off_t file_bytes(void)
{
    struct stat info = { .st_size = -1 };

    CU_ASSERT_EQUAL(stat(store_path(), &info), 0);
    return info.st_size;
}

static void write_pages(int count)
{
    static char page[4096];

    memset(page, 'p', sizeof(page));
    store_begin();
    for (int i = 0; i < count; i++) {
        ASSERT_OK(
            knowledge_record(store, "test.page", SLICE("x"), (struct slice){ page, sizeof(page) }));
    }
    store_commit();
}

static void test_tidy_moves_the_wal_into_the_file_when_it_is_worth_it(void)
{
    off_t before = file_bytes();

    write_pages(10);
    ASSERT_OK(knowledge_tidy(store));
    CU_ASSERT_EQUAL(file_bytes(), before);
    write_pages(KNOWLEDGE_TIDY_PAGES);
    CU_ASSERT_EQUAL(file_bytes(), before);
    ASSERT_OK(knowledge_tidy(store));
    CU_ASSERT_TRUE(file_bytes() > before + (off_t)KNOWLEDGE_TIDY_PAGES * 4096);
}

static void test_a_wal_nobody_tidies_is_bounded(void)
{
    off_t before = file_bytes();

    for (int i = 0; i < 10; i++) {
        write_pages(KNOWLEDGE_WAL_PAGES / 8);
    }
    CU_ASSERT_TRUE(file_bytes() > before);
}

static CU_TestInfo tests[] = {
    { "every start raises the fencing epoch and is journaled",
      test_every_start_raises_the_fencing_epoch_and_is_journaled },
    { "a second holder is refused", test_a_second_holder_is_refused },
    { "a newer file is refused", test_a_newer_file_is_refused },
    { "an older file is migrated by the writer and refused by a reader",
      test_an_older_file_is_migrated_by_the_writer_and_refused_by_a_reader },
    { "a migration that fails changes nothing", test_a_migration_that_fails_changes_nothing },
    { "a foreign file is refused", test_a_foreign_file_is_refused },
    { "a missing file or folder is named", test_a_missing_file_or_folder_is_named },
    { "a rolled back turn leaves no trace", test_a_rolled_back_turn_leaves_no_trace },
    { "a reader sees committed turns only", test_a_reader_sees_committed_turns_only },
    { "a reader leaves a file at rest alone", test_a_reader_leaves_a_file_at_rest_alone },
    { "a half-made file is no obstacle", test_a_half_made_file_is_no_obstacle },
    { "a path with odd characters is taken as it is",
      test_a_path_with_odd_characters_is_taken_as_it_is },
    { "bad records are refused and the turn goes on",
      test_bad_records_are_refused_and_the_turn_goes_on },
    { "a full disk spoils the turn and is survived",
      test_a_full_disk_spoils_the_turn_and_is_survived },
    { "a failed write reads as unavailable and loses nothing",
      test_a_failed_write_reads_as_unavailable_and_loses_nothing },
    { "a locked file reads as unavailable", test_a_locked_file_reads_as_unavailable },
    { "a damaged file reads as corrupt", test_a_damaged_file_reads_as_corrupt },
    { "a cut journal is not extended", test_a_cut_journal_is_not_extended },
    { "tidy moves the WAL into the file when it is worth it",
      test_tidy_moves_the_wal_into_the_file_when_it_is_worth_it },
    { "a WAL nobody tidies is bounded", test_a_wal_nobody_tidies_is_bounded },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "knowledge", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
