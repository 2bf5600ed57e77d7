#include "orchestrator/knowledge/db_priv.h"

#include "base/buf.h"
#include "base/fault.h"

#include <stdio.h>

/* sqlite3_file's PRAGMA application_id: "RDAN". */
enum { DB_APPLICATION_ID = 0x5244414e };

struct migration {
    const char *name;
    const unsigned char *sql; /* ends with NUL */
};

#include "orchestrator/knowledge/migrations.inc"

static struct status read_number(struct db *db, const char *pragma, int *out)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db->handle, pragma, -1, &stmt, NULL);

    if (code == SQLITE_OK) {
        code = sqlite3_step(stmt);
    }
    if (code == SQLITE_ROW) {
        *out = sqlite3_column_int(stmt, 0);
    }
    struct status status = code == SQLITE_ROW ? STATUS_SUCCESS : db_error(db, code, pragma);
    (void)sqlite3_finalize(stmt);
    return status;
}

/* A file of ours, or an empty one. */
static struct status check_kind(struct db *db)
{
    int application = 0;
    int tables = 0;

    TRY(read_number(db, "PRAGMA application_id", &application));
    if (application == DB_APPLICATION_ID) {
        return STATUS_SUCCESS;
    }
    TRY(read_number(db, "SELECT count(*) FROM sqlite_schema", &tables));
    if (application == 0 && tables == 0) {
        return STATUS_SUCCESS;
    }
    return status_error(STATUS_CORRUPT, "%s: not a Redan knowledge file", db->path);
}

static struct status read_version(struct db *db, int *out)
{
    TRY(check_kind(db));
    TRY(read_number(db, "PRAGMA user_version", out));
    if (*out < 0 || (size_t)*out > COUNT_OF(migrations)) {
        return status_error(STATUS_UNSUPPORTED, "%s: schema %d is newer than this program's %zu",
                            db->path, *out, COUNT_OF(migrations));
    }
    return STATUS_SUCCESS;
}

static struct status apply(struct db *db, size_t index)
{
    CLEANUP(buf_done) struct buf sql = { 0 };

    buf_printf(&sql, "BEGIN IMMEDIATE; PRAGMA application_id = %d; PRAGMA user_version = %zu;\n",
               DB_APPLICATION_ID, index + 1);
    buf_add_cstr(&sql, (const char *)migrations[index].sql);
    buf_add_cstr(&sql, ";COMMIT;");
    struct status status = db_exec(db, sql.ptr);
    if (!status_ok(&status) && sqlite3_get_autocommit(db->handle) == 0) {
        (void)sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
    return status_wrap(status, "migration %s", migrations[index].name);
}

struct status db_migrate(struct db *db)
{
    int version = 0;

    TRY(read_version(db, &version));
    for (size_t i = (size_t)version; i < COUNT_OF(migrations); i++) {
        TRY(apply(db, i));
        FAULT_POINT("redand.after_migration");
    }
    return STATUS_SUCCESS;
}

struct status db_check_known(struct db *db, bool *out_is_older)
{
    int version = 0;

    TRY(read_version(db, &version));
    *out_is_older = (size_t)version < COUNT_OF(migrations);
    return STATUS_SUCCESS;
}

struct status db_check_version(struct db *db)
{
    int version = 0;

    TRY(read_version(db, &version));
    if ((size_t)version != COUNT_OF(migrations)) {
        return status_error(STATUS_UNSUPPORTED,
                            "%s: schema %d is older than this program's %zu: redand migrates it",
                            db->path, version, COUNT_OF(migrations));
    }
    return STATUS_SUCCESS;
}
