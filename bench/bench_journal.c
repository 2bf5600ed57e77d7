/* bench_journal [FOLDER]: what the hash chain costs. The same rows go into the journal (chained,
 * through knowledge_*) and into a plain SQLite table of the same shape and index, in turns of the
 * same size, both WAL and FULL; the two alternate, medians are printed. Also one turn of one row
 * against a bare fdatasync, and the speed of verifying. Files are removed at the end. */
#include "base/buf.h"
#include "bench/report.h"
#include "orchestrator/knowledge/ingest.h"
#include "orchestrator/knowledge/journal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RUNS = 7, TURNS = 50, TURN_ROWS = 400, ROW_BYTES = 256, SINGLES = 200 };

#define NOW_US INT64_C(1700000000000000)

static char row_bytes[ROW_BYTES];

struct bench {
    const char *folder;
    char chained_path[512];
    char plain_path[512];
    struct knowledge *knowledge;
    uint64_t next_seq;
    sqlite3 *plain;
    sqlite3_stmt *insert;
    uint64_t plain_seq;
};

/* --- the journal ----------------------------------------------------------------------------- */

static struct status chained_turn(struct bench *bench, unsigned rows)
{
    struct slice bytes = { row_bytes, sizeof(row_bytes) };

    TRY(knowledge_begin(bench->knowledge, NOW_US));
    for (unsigned i = 0; i < rows; i++) {
        TRY(journal_append(bench->knowledge, "events", SLICE("node-1"), bytes, NULL));
    }
    return knowledge_commit(bench->knowledge);
}

/* With the high-water mark of the sender, read and written for each batch. */
static struct status ingest_turn(struct bench *bench, unsigned rows)
{
    struct ingest_taken taken = { 0 };

    TRY(knowledge_begin(bench->knowledge, NOW_US));
    for (unsigned i = 0; i < rows; i++) {
        struct ingest_batch batch = { .node = SLICE("node-1"),
                                      .epoch = 1,
                                      .first_seq = bench->next_seq++,
                                      .count = 1,
                                      .bytes = { row_bytes, sizeof(row_bytes) } };
        TRY(knowledge_accept_batch(bench->knowledge, &batch, &taken));
    }
    return knowledge_commit(bench->knowledge);
}

/* --- the reference --------------------------------------------------------------------------- */

static struct status plain_exec(struct bench *bench, const char *sql)
{
    if (sqlite3_exec(bench->plain, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", sql, sqlite3_errmsg(bench->plain));
    }
    return STATUS_SUCCESS;
}

static struct status plain_open(struct bench *bench)
{
    static const char insert[] = "INSERT INTO journal VALUES (?1, ?2, 'events', 'node-1', ?3, ?4)";

    if (sqlite3_open(bench->plain_path, &bench->plain) != SQLITE_OK) {
        return status_error(STATUS_UNAVAILABLE, "%s", sqlite3_errmsg(bench->plain));
    }
    TRY(plain_exec(bench, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                          "PRAGMA wal_autocheckpoint = 8192;"
                          "CREATE TABLE journal (seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL,"
                          " kind TEXT NOT NULL, subject TEXT NOT NULL, bytes BLOB NOT NULL,"
                          " hash BLOB NOT NULL) STRICT;"
                          "CREATE INDEX by_subject ON journal (subject, seq)"));
    if (sqlite3_prepare_v2(bench->plain, insert, -1, &bench->insert, NULL) != SQLITE_OK) {
        return status_error(STATUS_UNAVAILABLE, "%s", sqlite3_errmsg(bench->plain));
    }
    return STATUS_SUCCESS;
}

static struct status plain_turn(struct bench *bench, unsigned rows)
{
    static const char hash[SHA256_BYTES];

    TRY(plain_exec(bench, "BEGIN IMMEDIATE"));
    for (unsigned i = 0; i < rows; i++) {
        (void)sqlite3_bind_int64(bench->insert, 1, (sqlite3_int64)++bench->plain_seq);
        (void)sqlite3_bind_int64(bench->insert, 2, NOW_US);
        (void)sqlite3_bind_blob(bench->insert, 3, row_bytes, ROW_BYTES, SQLITE_STATIC);
        (void)sqlite3_bind_blob(bench->insert, 4, hash, SHA256_BYTES, SQLITE_STATIC);
        if (sqlite3_step(bench->insert) != SQLITE_DONE) {
            return status_error(STATUS_UNAVAILABLE, "%s", sqlite3_errmsg(bench->plain));
        }
        (void)sqlite3_reset(bench->insert);
    }
    return plain_exec(bench, "COMMIT");
}

/* --- measuring ------------------------------------------------------------------------------- */

typedef struct status(turn_fn)(struct bench *bench, unsigned rows);

static struct status rows_per_s(struct bench *bench, turn_fn *turn, int64_t *out)
{
    int64_t start_us = report_now_us();

    for (unsigned i = 0; i < TURNS; i++) {
        TRY(turn(bench, TURN_ROWS));
    }
    int64_t took_us = report_now_us() - start_us;
    *out = (int64_t)TURNS * TURN_ROWS * 1000000 / (took_us > 0 ? took_us : 1);
    return STATUS_SUCCESS;
}

static struct status measure_rate(struct bench *bench)
{
    static const char reference[] = "plain SQLite insert, same shape and turns";
    int64_t chained[RUNS];
    int64_t ingest[RUNS];
    int64_t plain[RUNS];
    int64_t sync_us = 0;

    for (size_t i = 0; i < RUNS; i++) {
        TRY(rows_per_s(bench, plain_turn, &plain[i]));
        TRY(rows_per_s(bench, chained_turn, &chained[i]));
        TRY(rows_per_s(bench, ingest_turn, &ingest[i]));
    }
    TRY(report_fdatasync_us(bench->folder, &sync_us));
    int64_t ours = report_median(chained, RUNS);
    int64_t theirs = report_median(plain, RUNS);
    report_print(&(struct report_row){ .name = "journal.chained_rows_per_s",
                                       .value_milli = ours * 1000,
                                       .unit = "rows/s",
                                       .goal = ">= 0.5 of reference",
                                       .has_goal = true,
                                       .pass = ours * 2 >= theirs,
                                       .reference = reference,
                                       .reference_milli = theirs * 1000,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(sync_us) });
    report_print(&(struct report_row){ .name = "journal.ingested_batches_per_s",
                                       .value_milli = report_median(ingest, RUNS) * 1000,
                                       .unit = "rows/s",
                                       .reference = reference,
                                       .reference_milli = theirs * 1000,
                                       .runs = RUNS,
                                       .noisy = report_is_noisy(sync_us) });
    return STATUS_SUCCESS;
}

static struct status measure_commit(struct bench *bench)
{
    int64_t took_us[SINGLES];
    int64_t sync_us = 0;

    for (size_t i = 0; i < SINGLES; i++) {
        int64_t start_us = report_now_us();
        TRY(chained_turn(bench, 1));
        took_us[i] = report_now_us() - start_us;
    }
    TRY(report_fdatasync_us(bench->folder, &sync_us));
    int64_t median_us = report_median(took_us, SINGLES);
    report_print(&(struct report_row){ .name = "journal.commit_us",
                                       .value_milli = median_us * 1000,
                                       .unit = "us",
                                       .goal = "<= 3 x reference",
                                       .has_goal = true,
                                       .pass = median_us <= 3 * sync_us,
                                       .reference = "median write + fdatasync",
                                       .reference_milli = sync_us * 1000,
                                       .runs = SINGLES,
                                       .noisy = report_is_noisy(sync_us) });
    report_print(&(struct report_row){ .name = "journal.fdatasync_us",
                                       .value_milli = sync_us * 1000,
                                       .unit = "us",
                                       .runs = 1,
                                       .noisy = report_is_noisy(sync_us) });
    return STATUS_SUCCESS;
}

static struct status measure_verify(struct bench *bench)
{
    struct journal_verdict verdict = { .intact = false };
    int64_t start_us = report_now_us();
    struct journal_check check = { .from = 0 };

    TRY(journal_verify(knowledge_reading(bench->knowledge), &check, &verdict));
    int64_t took_us = report_now_us() - start_us;
    if (!verdict.intact) {
        return status_error(STATUS_INTERNAL, "the chain is broken: %s", verdict.why);
    }
    report_print(&(struct report_row){ .name = "journal.verified_rows_per_s",
                                       .value_milli = (int64_t)verdict.rows * 1000000000 / took_us,
                                       .unit = "rows/s",
                                       .runs = 1,
                                       .noisy = report_is_noisy(0) });
    return STATUS_SUCCESS;
}

static struct status run(struct bench *bench)
{
    TRY(knowledge_open(bench->chained_path, NOW_US, &bench->knowledge));
    TRY(plain_open(bench));
    TRY(measure_rate(bench));
    TRY(measure_commit(bench));
    return measure_verify(bench);
}

static void remove_with_companions(const char *path)
{
    static const char *const endings[] = { "", "-wal", "-shm", ".lock" };
    char name[600];

    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        (void)snprintf(name, sizeof(name), "%s%s", path, endings[i]);
        (void)unlink(name);
    }
}

int main(int argc, char **argv)
{
    struct bench bench = { .folder = argc > 1 ? argv[1] : ".", .next_seq = 1 };

    memset(row_bytes, 'x', sizeof(row_bytes));
    (void)snprintf(bench.chained_path, sizeof(bench.chained_path), "%s/bench-chained-%d.db",
                   bench.folder, (int)getpid());
    (void)snprintf(bench.plain_path, sizeof(bench.plain_path), "%s/bench-plain-%d.db", bench.folder,
                   (int)getpid());
    struct status status = run(&bench);
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "bench_journal: %s\n", status.msg);
    }
    (void)sqlite3_finalize(bench.insert);
    (void)sqlite3_close(bench.plain);
    knowledge_close(&bench.knowledge);
    remove_with_companions(bench.chained_path);
    remove_with_companions(bench.plain_path);
    return status_ok(&status) ? 0 : 1;
}
