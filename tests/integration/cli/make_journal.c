/* make_journal FILE ROWS [BAD]: a knowledge file with so many journal rows of ours after those of
 * its opening; row BAD of ours is changed afterwards, behind the journal's back. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

#include "base/parse.h"
#include "orchestrator/knowledge/knowledge.h"

enum { ROWS_MAX = 1000 };

static struct status append_rows(const char *path, uint32_t rows)
{
    CLEANUP(knowledge_close) struct knowledge *knowledge = NULL;
    char body[64];

    TRY(knowledge_open(path, 1, &knowledge));
    TRY(knowledge_begin(knowledge, 2));
    for (uint32_t i = 1; i <= rows; i++) {
        (void)snprintf(body, sizeof(body), "{\"row\":%" PRIu32 "}", i);
        TRY(knowledge_record(knowledge, "test.row", SLICE("subject"), slice_from(body)));
    }
    return knowledge_commit(knowledge);
}

static struct status change_row(const char *path, uint32_t row)
{
    sqlite3 *db = NULL;
    char sql[256];

    (void)snprintf(
        sql, sizeof(sql),
        "DROP TRIGGER journal_keeps_bytes; UPDATE journal SET bytes = CAST('{}' AS BLOB) "
        "WHERE CAST(bytes AS TEXT) = '{\"row\":%" PRIu32 "}'",
        row);
    bool good = sqlite3_open(path, &db) == SQLITE_OK &&
                sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) == 1;
    (void)sqlite3_close(db);
    return good ? STATUS_SUCCESS : status_error(STATUS_UNAVAILABLE, "row not changed");
}

static struct status make(int argc, char **argv)
{
    uint32_t rows = 0;
    uint32_t bad = 0;

    TRY(parse_u32(slice_from(argv[2]), 1, ROWS_MAX, &rows));
    TRY(append_rows(argv[1], rows));
    if (argc == 4) {
        TRY(parse_u32(slice_from(argv[3]), 1, rows, &bad));
        TRY(change_row(argv[1], bad));
    }
    return STATUS_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        (void)fprintf(stderr, "usage: make_journal FILE ROWS [BAD]\n");
        return 2;
    }
    struct status status = make(argc, argv);
    if (status.code != STATUS_OK) {
        (void)fprintf(stderr, "make_journal: %s\n", status.msg);
        return 1;
    }
    return 0;
}
