#include "orchestrator/knowledge/db_priv.h"

#include "base/buf.h"
#include "orchestrator/knowledge/knowledge_priv.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DB_BUSY_MS = 250 };

static const struct db_texts *const owners[DB_OWNERS] = {
    [DB_TURN] = &turn_texts,    [DB_JOURNAL] = &journal_texts,    [DB_INGEST] = &ingest_texts,
    [DB_NODES] = &node_texts,   [DB_ALERTS] = &alert_texts,       [DB_INCIDENTS] = &incident_texts,
    [DB_PLANS] = &plan_texts,   [DB_STEPS] = &step_texts,         [DB_COMMANDS] = &command_texts,
    [DB_WORLDS] = &world_texts, [DB_CONFLICTS] = &conflict_texts,
};

/* --- errors ---------------------------------------------------------------------------------- */

struct code_row {
    int sqlite;
    enum status_code code;
};

/* Extended codes first: they say more. */
static const struct code_row codes[] = {
    { SQLITE_CONSTRAINT_UNIQUE, STATUS_CONFLICT },
    { SQLITE_CONSTRAINT_PRIMARYKEY, STATUS_CONFLICT },
    { SQLITE_CONSTRAINT_FOREIGNKEY, STATUS_NOT_FOUND },
    { SQLITE_CONSTRAINT_TRIGGER, STATUS_DENIED },
    { SQLITE_CONSTRAINT, STATUS_INVALID },
    { SQLITE_TOOBIG, STATUS_INVALID },
    { SQLITE_FULL, STATUS_EXHAUSTED },
    { SQLITE_CORRUPT, STATUS_CORRUPT },
    { SQLITE_NOTADB, STATUS_CORRUPT },
    { SQLITE_IOERR, STATUS_UNAVAILABLE },
    { SQLITE_BUSY, STATUS_UNAVAILABLE },
    { SQLITE_LOCKED, STATUS_UNAVAILABLE },
    { SQLITE_CANTOPEN, STATUS_UNAVAILABLE },
    { SQLITE_PERM, STATUS_UNAVAILABLE },
    { SQLITE_READONLY, STATUS_UNAVAILABLE },
    { SQLITE_NOMEM, STATUS_UNAVAILABLE },
    { SQLITE_INTERRUPT, STATUS_UNAVAILABLE },
};

static enum status_code code_of(int sqlite)
{
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        if (codes[i].sqlite == sqlite || codes[i].sqlite == (sqlite & 0xff)) {
            return codes[i].code;
        }
    }
    return STATUS_INTERNAL;
}

struct status db_error(struct db *db, int code, const char *what)
{
    int extended = code;
    const char *words = sqlite3_errstr(code);

    if (db->handle != NULL) {
        extended = sqlite3_extended_errcode(db->handle);
        words = sqlite3_errmsg(db->handle);
    }
    return status_error(code_of(extended != SQLITE_OK ? extended : code), "%s: %s: %s (%d)",
                        db->path, what, words, extended);
}

struct status db_exec(struct db *db, const char *sql)
{
    int code = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

    return code == SQLITE_OK ? STATUS_SUCCESS : db_error(db, code, "statement");
}

/* --- opening --------------------------------------------------------------------------------- */

static void finalize_all(struct db *db)
{
    for (size_t owner = 0; owner < DB_OWNERS; owner++) {
        for (size_t i = 0; i < DB_STATEMENTS_MAX; i++) {
            (void)sqlite3_finalize(db->statements[owner][i]); /* NULL is fine */
            db->statements[owner][i] = NULL;
        }
    }
}

void db_close(struct db *db)
{
    finalize_all(db);
    (void)sqlite3_close(db->handle);
    db->handle = NULL;
}

static struct status prepare_owner(struct db *db, size_t owner)
{
    assert(owners[owner]->count <= DB_STATEMENTS_MAX);
    for (size_t i = 0; i < owners[owner]->count; i++) {
        int code = sqlite3_prepare_v3(db->handle, owners[owner]->texts[i], -1,
                                      SQLITE_PREPARE_PERSISTENT, &db->statements[owner][i], NULL);
        if (code != SQLITE_OK) {
            return db_error(db, code, owners[owner]->texts[i]);
        }
    }
    return STATUS_SUCCESS;
}

static struct status prepare_all(struct db *db)
{
    for (size_t owner = 0; owner < DB_OWNERS; owner++) {
        TRY(prepare_owner(db, owner));
    }
    return STATUS_SUCCESS;
}

static struct status set_up(struct db *db, enum db_mode mode)
{
    (void)sqlite3_extended_result_codes(db->handle, 1);
    (void)sqlite3_busy_timeout(db->handle, DB_BUSY_MS);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    TRY(db_exec(db, "PRAGMA trusted_schema = OFF; PRAGMA foreign_keys = ON;"
                    "PRAGMA recursive_triggers = ON; PRAGMA cell_size_check = ON"));
    if (mode != DB_WRITE) {
        TRY(mode == DB_READ ? db_check_version(db) : db_check_known(db, &db->is_older));
        return db_exec(db, "PRAGMA query_only = ON");
    }
    TRY(db_migrate(db));
    return db_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
}

static bool has_beside(const char *path, const char *end)
{
    CLEANUP(buf_done) struct buf name = { 0 };

    buf_printf(&name, "%s%s", path, end);
    return access(name.ptr, F_OK) == 0;
}

bool db_is_half_made(const char *path)
{
    return has_beside(path, "-journal");
}

/* A file at rest (neither WAL nor undo journal beside it) is opened as immutable, so that a reader
 * leaves nothing behind and needs no right to write in the folder. */
static bool is_at_rest(const char *path)
{
    return access(path, F_OK) == 0 && !has_beside(path, "-wal") && !db_is_half_made(path);
}

static void immutable_uri(struct buf *uri, const char *path)
{
    buf_add_cstr(uri, "file:");
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '%' || *c == '?' || *c == '#') {
            buf_printf(uri, "%%%02X", (unsigned)*c);
        } else {
            buf_add_char(uri, *c);
        }
    }
    buf_add_cstr(uri, "?immutable=1");
}

static struct status open_handle(struct db *db, const char *path, enum db_mode mode)
{
    CLEANUP(buf_done) struct buf uri = { 0 };
    int flags = SQLITE_OPEN_NOMUTEX;
    const char *name = path;

    if (mode == DB_WRITE) {
        flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    } else if (access(path, F_OK) != 0 && errno == ENOENT) {
        return status_error(STATUS_NOT_FOUND, "%s: no such file", path);
    } else if (is_at_rest(path)) {
        immutable_uri(&uri, path);
        name = uri.ptr;
        flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    } else {
        flags |= SQLITE_OPEN_READONLY;
    }
    int code = sqlite3_open_v2(name, &db->handle, flags, NULL);
    return code == SQLITE_OK ? STATUS_SUCCESS : db_error(db, code, "open");
}

struct status db_open(struct db *db, const char *path, enum db_mode mode)
{
    struct status status;

    *db = (struct db){ 0 };
    (void)snprintf(db->path, sizeof(db->path), "%s", path);
    status = open_handle(db, path, mode);
    if (status_ok(&status)) {
        status = set_up(db, mode);
    }
    if (status_ok(&status) && !db->is_older) {
        status = prepare_all(db);
    }
    if (!status_ok(&status)) {
        db_close(db);
    }
    return status;
}

/* --- statements ------------------------------------------------------------------------------ */

sqlite3_stmt *db_borrow(struct db *db, enum db_owner owner, size_t which)
{
    sqlite3_stmt *stmt = db->statements[owner][which];

    assert(!sqlite3_stmt_busy(stmt)); /* a row callback came back to its own list */
    return stmt;
}

void db_rewind(sqlite3_stmt **stmt)
{
    (void)sqlite3_reset(*stmt);
    (void)sqlite3_clear_bindings(*stmt);
}

struct db_args db_args(sqlite3_stmt *stmt)
{
    return (struct db_args){ .stmt = stmt, .next = 1 };
}

/* Binding fails only by a wrong position (ours) or for want of memory. */
static void bound(struct db_args *args, int code)
{
    if (code == SQLITE_NOMEM) {
        abort();
    }
    assert(code == SQLITE_OK);
    args->next++;
}

void db_put_i64(struct db_args *args, int64_t value)
{
    bound(args, sqlite3_bind_int64(args->stmt, args->next, value));
}

void db_put_u64(struct db_args *args, uint64_t value)
{
    int64_t same_bits;

    memcpy(&same_bits, &value, sizeof(same_bits));
    db_put_i64(args, same_bits);
}

void db_put_bool(struct db_args *args, bool value)
{
    db_put_i64(args, value ? 1 : 0);
}

static bool fits(struct db_args *args, size_t len, size_t max)
{
    if (len <= max) {
        return true;
    }
    if (args->bad.code == STATUS_OK) {
        const char *name = sqlite3_bind_parameter_name(args->stmt, args->next);
        args->bad = status_error(STATUS_INVALID, "%s: %zu bytes, over %zu",
                                 name != NULL ? name + 1 : "argument", len, max);
    }
    args->next++;
    return false;
}

void db_put_text(struct db_args *args, struct slice text, size_t max)
{
    if (fits(args, text.len, max)) {
        bound(args, sqlite3_bind_text64(args->stmt, args->next, text.ptr != NULL ? text.ptr : "",
                                        text.len, SQLITE_STATIC, SQLITE_UTF8));
    }
}

void db_put_cstr(struct db_args *args, const char *text)
{
    db_put_text(args, slice_from(text), KNOWLEDGE_TEXT_MAX);
}

void db_put_bytes(struct db_args *args, struct slice bytes, size_t max)
{
    if (fits(args, bytes.len, max)) {
        bound(args, sqlite3_bind_blob64(args->stmt, args->next, bytes.ptr != NULL ? bytes.ptr : "",
                                        bytes.len, SQLITE_STATIC));
    }
}

void db_put_ulid(struct db_args *args, const struct ulid *id)
{
    if (id->text[0] == '\0') {
        bound(args, sqlite3_bind_null(args->stmt, args->next));
        return;
    }
    db_put_text(args, (struct slice){ id->text, ULID_TEXT_LEN }, ULID_TEXT_LEN);
}

struct status db_step(struct db *db, const struct db_args *args, bool *out_row)
{
    if (args->bad.code != STATUS_OK) {
        return args->bad;
    }
    int code = sqlite3_step(args->stmt);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return db_error(db, code, "step");
    }
    *out_row = code == SQLITE_ROW;
    return STATUS_SUCCESS;
}

struct status db_run(struct db *db, const struct db_args *args)
{
    bool row = false;

    TRY(db_step(db, args, &row));
    assert(!row);
    return STATUS_SUCCESS;
}

uint64_t db_changes(const struct db *db)
{
    return (uint64_t)sqlite3_changes64(db->handle);
}

/* --- rows ------------------------------------------------------------------------------------ */

struct db_row db_row(sqlite3_stmt *stmt)
{
    return (struct db_row){ .stmt = stmt };
}

void db_expect(struct db_row *row, bool good)
{
    if (!good && row->bad == NULL) {
        row->bad = sqlite3_column_name(row->stmt, row->next - 1);
    }
}

int64_t db_take_i64(struct db_row *row)
{
    return sqlite3_column_int64(row->stmt, row->next++);
}

uint64_t db_take_u64(struct db_row *row)
{
    int64_t stored = db_take_i64(row);
    uint64_t same_bits;

    memcpy(&same_bits, &stored, sizeof(same_bits));
    return same_bits;
}

uint32_t db_take_u32(struct db_row *row)
{
    int64_t stored = db_take_i64(row);

    db_expect(row, stored >= 0 && stored <= UINT32_MAX);
    return (uint32_t)(stored & UINT32_MAX);
}

bool db_take_bool(struct db_row *row)
{
    return db_take_i64(row) != 0;
}

struct slice db_take_text(struct db_row *row)
{
    const void *text = sqlite3_column_text(row->stmt, row->next);
    int len = sqlite3_column_bytes(row->stmt, row->next);

    row->next++;
    return (struct slice){ text != NULL ? text : "", (size_t)len };
}

struct slice db_take_bytes(struct db_row *row)
{
    const void *bytes = sqlite3_column_blob(row->stmt, row->next);
    int len = sqlite3_column_bytes(row->stmt, row->next);

    row->next++;
    return (struct slice){ bytes != NULL ? bytes : "", (size_t)len };
}

struct ulid db_take_ulid(struct db_row *row)
{
    struct slice text = db_take_text(row);
    struct ulid id = { .text = "" };

    if (text.len > 0) {
        struct status parsed = ulid_parse(text, &id);
        db_expect(row, status_ok(&parsed));
    }
    return id;
}

struct sha256 db_take_sha256(struct db_row *row)
{
    struct slice bytes = db_take_bytes(row);
    struct sha256 hash = { .bytes = { 0 } };

    db_expect(row, bytes.len == SHA256_BYTES);
    if (bytes.len == SHA256_BYTES) {
        memcpy(hash.bytes, bytes.ptr, SHA256_BYTES);
    }
    return hash;
}

void db_take_cstr(struct db_row *row, char *out, size_t out_bytes)
{
    struct slice text = db_take_text(row);

    db_expect(row, text.len < out_bytes);
    size_t len = text.len < out_bytes ? text.len : out_bytes - 1;
    memcpy(out, text.ptr, len);
    out[len] = '\0';
}

struct status db_row_end(const struct db_row *row)
{
    if (row->bad == NULL) {
        return STATUS_SUCCESS;
    }
    return status_error(STATUS_CORRUPT, "column %s holds what it may not", row->bad);
}

size_t db_word(const char *const *words, size_t count, struct slice word)
{
    size_t i = 0;

    while (i < count && !slice_is(word, words[i])) {
        i++;
    }
    return i;
}

/* --- pages ----------------------------------------------------------------------------------- */

struct status db_check_limit(uint32_t limit)
{
    if (limit == 0 || limit > KNOWLEDGE_PAGE_MAX) {
        return status_error(STATUS_INVALID, "limit %" PRIu32 ": not in 1..%d", limit,
                            KNOWLEDGE_PAGE_MAX);
    }
    return STATUS_SUCCESS;
}

int64_t db_page_limit(uint32_t limit)
{
    return (int64_t)limit + 1; /* one row more tells whether another page exists */
}

struct slice db_before(struct slice after)
{
    return after.len > 0 ? after : SLICE("~");
}

struct status db_list(struct db *db, const struct db_args *args, uint32_t limit, db_row_fn *take,
                      void *arg, bool *out_more)
{
    uint32_t taken = 0;
    bool row = false;

    for (;;) {
        TRY(db_step(db, args, &row));
        if (!row || taken == limit) {
            break;
        }
        TRY(take(arg, args->stmt));
        taken++;
    }
    if (out_more != NULL) {
        *out_more = row;
    }
    return STATUS_SUCCESS;
}
