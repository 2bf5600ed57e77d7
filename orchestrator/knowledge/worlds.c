#include "orchestrator/knowledge/worlds.h"

#include "base/parse.h"
#include "orchestrator/knowledge/knowledge_priv.h"

#include <inttypes.h>

#define COLUMNS "version, digest, made_us, made_by, active"

enum statement { ADD, EXISTS, LEAVE, ENTER, ACTIVE, LIST, DOCUMENT_ADD, DOCUMENT_LIST };
static const char *const texts[] = {
    [ADD] = ("INSERT INTO worlds (" COLUMNS ")"
             " SELECT coalesce(max(version), 0) + 1, :digest, :made_us, :made_by, 0 FROM worlds"
             " RETURNING version"),
    [EXISTS] = ("SELECT 1 FROM worlds WHERE version = :version"),
    [LEAVE] = ("UPDATE worlds SET active = 0 WHERE active = 1"),
    [ENTER] = ("UPDATE worlds SET active = 1 WHERE version = :version"),
    [ACTIVE] = ("SELECT " COLUMNS " FROM worlds WHERE active = 1"),
    [LIST] = ("SELECT " COLUMNS " FROM worlds WHERE version < :after"
              " ORDER BY version DESC LIMIT :limit"),
    [DOCUMENT_ADD] = ("INSERT INTO documents (world, idx, name, text)"
                      " VALUES (:world, :idx, :name, :text)"),
    [DOCUMENT_LIST] = ("SELECT name, text FROM documents WHERE world = :world ORDER BY idx"),
};
const struct db_texts world_texts = { texts, COUNT_OF(texts) };

/* --- writing --------------------------------------------------------------------------------- */

static struct status add_document(struct knowledge *knowledge, uint64_t world, size_t index,
                                  const struct world_document *document)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_WORLDS, DOCUMENT_ADD);
    struct db_args args = db_args(stmt);

    db_put_u64(&args, world);
    db_put_u64(&args, index);
    db_put_text(&args, document->name, KNOWLEDGE_KEY_MAX);
    db_put_bytes(&args, document->text, KNOWLEDGE_BYTES_MAX);
    return knowledge_run(knowledge, &args);
}

static struct status add_row(struct knowledge *knowledge, const struct world_record *world,
                             uint64_t *out_version)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_WORLDS, ADD);
    struct db_args args = db_args(stmt);

    db_put_cstr(&args, world->digest);
    db_put_i64(&args, world->made_us);
    db_put_text(&args, world->made_by, KNOWLEDGE_KEY_MAX);
    return knowledge_run_number(knowledge, &args, out_version);
}

/* A refusal must leave nothing behind, so the names are looked at before the first row. */
static struct status check_documents(const struct world_record *world)
{
    if (world->document_count > WORLD_DOCUMENTS_MAX) {
        return status_error(STATUS_INVALID, "world: over %d documents", WORLD_DOCUMENTS_MAX);
    }
    for (size_t i = 0; i < world->document_count; i++) {
        const struct world_document *document = &world->documents[i];
        if (document->name.len == 0 || document->name.len > KNOWLEDGE_KEY_MAX ||
            document->text.len > KNOWLEDGE_BYTES_MAX) {
            return status_error(STATUS_INVALID, "world: document %zu breaks a limit", i);
        }
        for (size_t j = 0; j < i; j++) {
            if (slice_eq(world->documents[j].name, document->name)) {
                return status_error(STATUS_INVALID, "world: document `%.*s` is there twice",
                                    SLICE_ARG(document->name));
            }
        }
    }
    return STATUS_SUCCESS;
}

struct status knowledge_add_world(struct knowledge *knowledge, const struct world_record *world,
                                  uint64_t *out_version)
{
    uint64_t version = 0;

    TRY(check_documents(world));
    TRY(add_row(knowledge, world, &version));
    for (size_t i = 0; i < world->document_count; i++) {
        TRY(add_document(knowledge, version, i, &world->documents[i]));
    }
    TRY(knowledge_activate_world(knowledge, version));
    *out_version = version;
    return STATUS_SUCCESS;
}

static struct status leave_active(struct knowledge *knowledge)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_WORLDS, LEAVE);
    struct db_args args = db_args(stmt);

    return knowledge_run(knowledge, &args);
}

static struct status check_exists(struct knowledge_reader *reader, uint64_t version)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_WORLDS, EXISTS);
    struct db_args args = db_args(stmt);
    bool found = false;

    db_put_u64(&args, version);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "world %" PRIu64 " does not exist", version);
    }
    return STATUS_SUCCESS;
}

struct status knowledge_activate_world(struct knowledge *knowledge, uint64_t version)
{
    TRY(knowledge_writable(knowledge));
    TRY(check_exists(&knowledge->reader, version));
    TRY(leave_active(knowledge));
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_WORLDS, ENTER);
    struct db_args args = db_args(stmt);
    db_put_u64(&args, version);
    return knowledge_run(knowledge, &args);
}

/* --- reading --------------------------------------------------------------------------------- */

static struct status take(sqlite3_stmt *stmt, struct world_record *out)
{
    struct db_row row = db_row(stmt);

    out->version = db_take_u64(&row);
    db_take_cstr(&row, out->digest, sizeof(out->digest));
    out->made_us = db_take_i64(&row);
    out->made_by = db_take_text(&row);
    out->active = db_take_bool(&row);
    return db_row_end(&row);
}

struct collector {
    struct arena *arena;
    struct world_document *documents;
    size_t count;
};

static struct status collect(void *arg, sqlite3_stmt *stmt)
{
    struct collector *collector = arg;
    struct world_document *document = &collector->documents[collector->count++];
    struct db_row row = db_row(stmt);

    document->name = arena_copy(collector->arena, db_take_text(&row));
    document->text = arena_copy(collector->arena, db_take_bytes(&row));
    return db_row_end(&row);
}

static struct status get_documents(struct knowledge_reader *reader, struct arena *arena,
                                   struct world_record *world)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_WORLDS, DOCUMENT_LIST);
    struct db_args args = db_args(stmt);
    struct collector collector = { .arena = arena };

    collector.documents = ARENA_NEW(arena, struct world_document, WORLD_DOCUMENTS_MAX);
    db_put_u64(&args, world->version);
    TRY(db_list(&reader->db, &args, WORLD_DOCUMENTS_MAX, collect, &collector, NULL));
    world->documents = collector.documents;
    world->document_count = collector.count;
    return STATUS_SUCCESS;
}

struct status knowledge_get_world(struct knowledge_reader *reader, struct arena *arena,
                                  struct world_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_WORLDS, ACTIVE);
    struct db_args args = db_args(stmt);
    struct world_record world = { 0 };
    bool found = false;

    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "no SLA has been applied yet");
    }
    TRY(take(stmt, &world));
    world.made_by = arena_copy(arena, world.made_by);
    TRY(get_documents(reader, arena, &world));
    *out = world;
    return STATUS_SUCCESS;
}

struct sink {
    world_row_fn *row;
    void *arg;
    struct world_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct world_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_worlds(struct knowledge_reader *reader, struct knowledge_page page,
                                    world_row_fn *row, void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_WORLDS, LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };
    uint64_t after = INT64_MAX;

    TRY(db_check_limit(page.limit));
    if (page.after.len > 0) {
        TRY(status_wrap(parse_u64(page.after, 1, INT64_MAX, &after), "after"));
    }
    db_put_u64(&args, after);
    db_put_i64(&args, db_page_limit(page.limit));
    return db_list(&reader->db, &args, page.limit, emit, &sink, out_more);
}
