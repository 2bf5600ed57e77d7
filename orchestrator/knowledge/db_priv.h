/* orchestrator/knowledge/db_priv.h - the thin layer over SQLite that all table files share:
 * opening, prepared statements, binding and reading by position, error codes.
 *
 * A statement is borrowed for a call: `CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(...)`. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_DB_PRIV_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_DB_PRIV_H

#include <sqlite3.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "base/ulid.h"

/* One row per file that owns tables. */
enum db_owner {
    DB_TURN,
    DB_JOURNAL,
    DB_INGEST,
    DB_NODES,
    DB_ALERTS,
    DB_INCIDENTS,
    DB_PLANS,
    DB_STEPS,
    DB_COMMANDS,
    DB_WORLDS,
    DB_CONFLICTS
};
enum { DB_OWNERS = 11, DB_STATEMENTS_MAX = 16 };

/* The SQL texts of an owner, indexed by its own enum. */
struct db_texts {
    const char *const *texts;
    size_t count;
};

struct db {
    sqlite3 *handle;
    sqlite3_stmt *statements[DB_OWNERS][DB_STATEMENTS_MAX];
    char path[256]; /* for messages */
    bool is_older;  /* DB_LOOK: the schema is to be migrated first, and no statement is prepared */
};

enum db_mode { DB_WRITE, DB_READ, DB_LOOK };

/* Opens, sets the pragmas; migrates (DB_WRITE), refuses another schema (DB_READ) or only a newer
 * one (DB_LOOK, which reads as well); prepares all statements, when the schema is this program's. A
 * failed db_open leaves nothing open. */
struct status db_open(struct db *db, const char *path, enum db_mode mode) MUST_USE;
void db_close(struct db *db);
/* Whoever made its tables was killed: only a writer can open it, which takes the half back. */
bool db_is_half_made(const char *path);

/* The status of SQLite's last error on this handle; `what` goes before the message. */
struct status db_error(struct db *db, int code, const char *what);
struct status db_exec(struct db *db, const char *sql) MUST_USE;

sqlite3_stmt *db_borrow(struct db *db, enum db_owner owner, size_t which);
void db_rewind(sqlite3_stmt **stmt);

/* --- arguments, bound in their order; the first that breaks a limit makes db_step fail ------- */

struct db_args {
    sqlite3_stmt *stmt;
    int next;
    struct status bad;
};
struct db_args db_args(sqlite3_stmt *stmt);
void db_put_i64(struct db_args *args, int64_t value);
void db_put_u64(struct db_args *args, uint64_t value); /* by two's complement: order is lost */
void db_put_bool(struct db_args *args, bool value);
void db_put_text(struct db_args *args, struct slice text, size_t max); /* borrowed until rewound */
void db_put_cstr(struct db_args *args, const char *text);
void db_put_bytes(struct db_args *args, struct slice bytes, size_t max);
void db_put_ulid(struct db_args *args, const struct ulid *id); /* NULL for the empty one */

/* A change: steps to the end, no rows. */
struct status db_run(struct db *db, const struct db_args *args) MUST_USE;
/* A question: *out_row says whether there is a(nother) row. */
struct status db_step(struct db *db, const struct db_args *args, bool *out_row) MUST_USE;
uint64_t db_changes(const struct db *db); /* rows of the last change */

/* --- columns, taken in their order; borrowed until the next step or rewind -------------------- */

struct db_row {
    sqlite3_stmt *stmt;
    int next;
    const char *bad; /* name of the first column that holds nonsense */
};
struct db_row db_row(sqlite3_stmt *stmt);
int64_t db_take_i64(struct db_row *row);
uint64_t db_take_u64(struct db_row *row);
uint32_t db_take_u32(struct db_row *row);
bool db_take_bool(struct db_row *row);
struct slice db_take_text(struct db_row *row);
struct slice db_take_bytes(struct db_row *row);
struct ulid db_take_ulid(struct db_row *row);
struct sha256 db_take_sha256(struct db_row *row);
void db_take_cstr(struct db_row *row, char *out, size_t out_bytes);
/* Marks the column taken last as nonsense unless `good`. For enums: db_expect(row, x_parse(...)) */
void db_expect(struct db_row *row, bool good);
/* STATUS_CORRUPT naming the column, or a success. */
struct status db_row_end(const struct db_row *row) MUST_USE;

/* The place of a word in a table of words, or `count`: for enums kept as text. */
size_t db_word(const char *const *words, size_t count, struct slice word);

/* --- pages ----------------------------------------------------------------------------------- */

typedef struct status(db_row_fn)(void *arg, sqlite3_stmt *stmt);

/* Calls `take` for up to `limit` rows of a statement whose LIMIT is db_page_limit(limit). */
struct status db_list(struct db *db, const struct db_args *args, uint32_t limit, db_row_fn *take,
                      void *arg, bool *out_more) MUST_USE;
/* Errors: STATUS_INVALID (limit out of 1..KNOWLEDGE_PAGE_MAX). */
struct status db_check_limit(uint32_t limit) MUST_USE;
int64_t db_page_limit(uint32_t limit);
/* Where a newest-first page of ULIDs starts: past every id when `after` is empty. */
struct slice db_before(struct slice after);

/* migrate.c */
struct status db_migrate(struct db *db) MUST_USE;
/* Refuses what db_migrate would refuse, and changes nothing. */
struct status db_check_known(struct db *db, bool *out_is_older) MUST_USE;
/* The schema this program knows; a reader refuses every other. */
struct status db_check_version(struct db *db) MUST_USE;

#endif
