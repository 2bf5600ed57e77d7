#include "orchestrator/knowledge/knowledge.h"

#include "base/buf.h"
#include "base/fault.h"
#include "base/file.h"
#include "orchestrator/knowledge/knowledge_priv.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

enum { US_PER_MS = 1000 };

enum statement { BEGIN, COMMIT, ROLLBACK, FENCE, EPOCH };
static const char *const texts[] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [FENCE] = "UPDATE store SET fencing_epoch = max(fencing_epoch + 1, :now_ms)",
    [EPOCH] = "SELECT fencing_epoch FROM store",
};
const struct db_texts turn_texts = { texts, COUNT_OF(texts) };

/* --- turns ----------------------------------------------------------------------------------- */

static struct status run_plain(struct knowledge *knowledge, enum statement which)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&knowledge->reader.db, DB_TURN, which);
    struct db_args args = db_args(stmt);

    return db_run(&knowledge->reader.db, &args);
}

struct status knowledge_begin(struct knowledge *knowledge, int64_t now_us)
{
    assert(!knowledge->in_turn);
    TRY(status_wrap(run_plain(knowledge, BEGIN), "begin"));
    knowledge->in_turn = true;
    knowledge->spoiled = STATUS_SUCCESS;
    knowledge->now_us = now_us;
    knowledge->committed = knowledge->head;
    knowledge->turn_rows = 0;
    knowledge->turn_bytes = 0;
    return STATUS_SUCCESS;
}

void knowledge_rollback(struct knowledge *knowledge)
{
    if (!knowledge->in_turn) {
        return;
    }
    /* Some errors have rolled back by themselves. */
    if (sqlite3_get_autocommit(knowledge->reader.db.handle) == 0) {
        struct status rolled = run_plain(knowledge, ROLLBACK);
        (void)rolled; /* the next begin would fail, and say why */
    }
    knowledge->in_turn = false;
    knowledge->head = knowledge->committed;
    knowledge->stats.failed_turns++;
}

static struct status commit(struct knowledge *knowledge)
{
    TRY(knowledge_writable(knowledge));
    if (knowledge->head.seq != knowledge->committed.seq) {
        TRY(journal_save_head(knowledge));
    }
    FAULT_POINT("redand.before_commit");
    TRY(run_plain(knowledge, COMMIT));
    FAULT_POINT("redand.after_commit");
    return STATUS_SUCCESS;
}

struct status knowledge_commit(struct knowledge *knowledge)
{
    struct status status = commit(knowledge);

    if (!status_ok(&status)) {
        knowledge_rollback(knowledge);
        return status_wrap(status, "commit");
    }
    knowledge->in_turn = false;
    knowledge->stats.commits++;
    knowledge->stats.journal_rows += knowledge->turn_rows;
    knowledge->stats.journal_bytes += knowledge->turn_bytes;
    knowledge->stats.last_commit_us = knowledge->now_us;
    return STATUS_SUCCESS;
}

struct status knowledge_writable(const struct knowledge *knowledge)
{
    assert(knowledge->in_turn);
    return knowledge->spoiled;
}

static bool is_refusal(enum status_code code)
{
    return code == STATUS_INVALID || code == STATUS_CONFLICT || code == STATUS_NOT_FOUND ||
           code == STATUS_DENIED;
}

static struct status note_damage(struct knowledge *knowledge, struct status status)
{
    if (!status_ok(&status) && !is_refusal(status.code)) {
        knowledge->spoiled = status;
    }
    return status;
}

struct status knowledge_run(struct knowledge *knowledge, const struct db_args *args)
{
    TRY(knowledge_writable(knowledge));
    return note_damage(knowledge, db_run(&knowledge->reader.db, args));
}

static struct status run_number(struct db *db, const struct db_args *args, uint64_t *out)
{
    uint64_t number = 0;
    bool found = false;

    TRY(db_step(db, args, &found));
    if (found) {
        struct db_row row = db_row(args->stmt);
        number = db_take_u64(&row);
        TRY(db_run(db, args));
    }
    *out = number;
    return STATUS_SUCCESS;
}

struct status knowledge_run_number(struct knowledge *knowledge, const struct db_args *args,
                                   uint64_t *out)
{
    TRY(knowledge_writable(knowledge));
    return note_damage(knowledge, run_number(&knowledge->reader.db, args, out));
}

sqlite3_stmt *knowledge_borrow(struct knowledge *knowledge, enum db_owner owner, size_t which)
{
    return db_borrow(&knowledge->reader.db, owner, which);
}

struct status knowledge_record(struct knowledge *knowledge, const char *kind, struct slice subject,
                               struct slice json)
{
    return journal_append(knowledge, kind, subject, json, NULL);
}

/* --- opening --------------------------------------------------------------------------------- */

/* flock(2), not fcntl(2): SQLite uses the latter on its files, and closing any descriptor of a file
 * would drop those. */
static struct status take_lock(const char *path, int *fd)
{
    CLEANUP(buf_done) struct buf name = { 0 };

    buf_printf(&name, "%s.lock", path);
    *fd = open(name.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (*fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", name.ptr, strerrordesc_np(errno));
    }
    if (flock(*fd, LOCK_EX | LOCK_NB) != 0) {
        enum status_code code = errno == EWOULDBLOCK ? STATUS_CONFLICT : STATUS_UNAVAILABLE;
        return status_error(code, "%s: another process holds this file", path);
    }
    return STATUS_SUCCESS;
}

static struct status make_journal(struct knowledge *knowledge)
{
    uint8_t id[JOURNAL_ID_BYTES];

    if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id)) {
        return status_error(STATUS_UNAVAILABLE, "getrandom: %s", strerrordesc_np(errno));
    }
    return journal_make(&knowledge->reader.db, id);
}

/* The head must be the last row and fit the row before it: a cut or patched file is not extended.
 */
static struct status check_head(struct knowledge_reader *reader,
                                const struct journal_origin *origin)
{
    struct journal_check check = { .from = origin->head.seq };
    struct journal_verdict verdict;

    TRY(journal_verify(reader, &check, &verdict));
    if (!verdict.intact) {
        return status_error(STATUS_CORRUPT, "journal: %s", verdict.why);
    }
    return STATUS_SUCCESS;
}

static struct status load_head(struct knowledge *knowledge)
{
    struct journal_origin origin;
    struct status loaded = journal_load(&knowledge->reader.db, &origin);

    if (loaded.code == STATUS_NOT_FOUND) {
        TRY(make_journal(knowledge));
        loaded = journal_load(&knowledge->reader.db, &origin);
    }
    TRY(loaded);
    knowledge->head = origin.head;
    return check_head(&knowledge->reader, &origin);
}

/* Never behind the clock: nodes that have obeyed a database which is gone, or newer than this
 * backup of it, obey this one too. */
static struct status raise_fencing_epoch(struct knowledge *knowledge)
{
    bool found = false;

    CLEANUP(db_rewind) sqlite3_stmt *raise = knowledge_borrow(knowledge, DB_TURN, FENCE);
    struct db_args args = db_args(raise);
    db_put_i64(&args, knowledge->now_us / US_PER_MS);
    TRY(knowledge_run(knowledge, &args));
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_TURN, EPOCH);
    args = db_args(stmt);
    TRY(db_step(&knowledge->reader.db, &args, &found));
    struct db_row row = db_row(stmt);
    knowledge->fencing_epoch = db_take_u64(&row);
    return STATUS_SUCCESS;
}

static struct status record_start(struct knowledge *knowledge)
{
    char json[64];

    TRY(raise_fencing_epoch(knowledge));
    int len =
        snprintf(json, sizeof(json), "{\"fencing_epoch\":%" PRIu64 "}", knowledge->fencing_epoch);
    return knowledge_record(knowledge, "redand.start", SLICE("redand"),
                            (struct slice){ json, (size_t)len });
}

/* The names of a new file and its WAL must survive a power cut as its pages do. */
static struct status sync_names(const char *path)
{
    CLEANUP(buf_done) struct buf folder = { 0 };
    struct slice name = slice_from(path);
    size_t slash = slice_rfind(name, '/');

    buf_add_slice(&folder, slash < name.len ? slice_sub(name, 0, slash + 1) : SLICE("."));
    return file_sync_folder(folder.ptr);
}

static struct status checkpoint(struct knowledge *knowledge)
{
    struct db *db = &knowledge->reader.db;
    int code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

    knowledge->wal_pages = 0; /* the next commit tells */
    return code == SQLITE_OK || code == SQLITE_BUSY ? STATUS_SUCCESS
                                                    : db_error(db, code, "checkpoint");
}

/* SQLite calls it after each commit. */
static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
    struct knowledge *knowledge = arg;

    (void)handle;
    (void)name;
    knowledge->wal_pages = pages;
    if (pages >= KNOWLEDGE_WAL_PAGES) {
        struct status status = checkpoint(knowledge);
        (void)status; /* the commit is durable; the next one tries again */
    }
    return SQLITE_OK;
}

static struct status open_all(const char *path, int64_t now_us, struct knowledge *knowledge)
{
    TRY(take_lock(path, &knowledge->lock_fd));
    TRY(db_open(&knowledge->reader.db, path, DB_WRITE));
    (void)sqlite3_wal_hook(knowledge->reader.db.handle, on_commit, knowledge);
    TRY(load_head(knowledge));
    TRY(knowledge_begin(knowledge, now_us));
    TRY(record_start(knowledge));
    TRY(knowledge_commit(knowledge));
    return sync_names(path);
}

struct status knowledge_open(const char *path, int64_t now_us, struct knowledge **out)
{
    struct knowledge *knowledge = calloc(1, sizeof(*knowledge));

    if (knowledge == NULL) {
        abort();
    }
    knowledge->lock_fd = -1;
    struct status opened = open_all(path, now_us, knowledge);
    if (!status_ok(&opened)) {
        knowledge_close(&knowledge);
        return opened;
    }
    *out = knowledge;
    return STATUS_SUCCESS;
}

void knowledge_close(struct knowledge **knowledge)
{
    struct knowledge *self = *knowledge;

    if (self == NULL) {
        return;
    }
    knowledge_rollback(self);
    db_close(&self->reader.db);
    cleanup_close(&self->lock_fd); /* the lock goes last */
    free(self);
    *knowledge = NULL;
}

static struct status check_rights(const char *path)
{
    static const char *const beside[] = { "", "-wal", "-shm", "-journal", ".lock" };

    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        CLEANUP(buf_done) struct buf name = { 0 };
        buf_printf(&name, "%s%s", path, beside[i]);
        TRY(file_check_writable(name.ptr));
    }
    return STATUS_SUCCESS;
}

static struct status check_contents(struct knowledge_reader *reader)
{
    struct journal_origin origin;

    if (reader->db.is_older) {
        return STATUS_SUCCESS;
    }
    struct status loaded = journal_load(&reader->db, &origin);
    if (loaded.code == STATUS_NOT_FOUND) { /* made, and never used */
        return STATUS_SUCCESS;
    }
    TRY(loaded);
    return check_head(reader, &origin);
}

struct status knowledge_check(const char *path)
{
    struct knowledge_reader reader = { 0 };

    TRY(check_rights(path));
    if (db_is_half_made(path)) {
        return STATUS_SUCCESS; /* the start takes that back; nothing was ever in it */
    }
    struct status opened = db_open(&reader.db, path, DB_LOOK);
    if (opened.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    TRY(opened);
    struct status checked = check_contents(&reader);
    db_close(&reader.db);
    return checked;
}

/* --- the rest -------------------------------------------------------------------------------- */

uint64_t knowledge_fencing_epoch(const struct knowledge *knowledge)
{
    return knowledge->fencing_epoch;
}

struct knowledge_stats knowledge_stats(const struct knowledge *knowledge)
{
    return knowledge->stats;
}

struct knowledge_reader *knowledge_reading(struct knowledge *knowledge)
{
    return &knowledge->reader;
}

struct status knowledge_tidy(struct knowledge *knowledge)
{
    assert(!knowledge->in_turn);
    return knowledge->wal_pages >= KNOWLEDGE_TIDY_PAGES ? checkpoint(knowledge) : STATUS_SUCCESS;
}

struct status knowledge_reader_open(const char *path, struct knowledge_reader **out)
{
    struct knowledge_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL) {
        abort();
    }
    struct status opened = db_open(&reader->db, path, DB_READ);
    if (!status_ok(&opened)) {
        free(reader);
        return opened;
    }
    *out = reader;
    return STATUS_SUCCESS;
}

void knowledge_reader_close(struct knowledge_reader **reader)
{
    if (*reader != NULL) {
        db_close(&(*reader)->db);
        free(*reader);
        *reader = NULL;
    }
}
