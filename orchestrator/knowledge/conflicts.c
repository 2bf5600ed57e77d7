#include "orchestrator/knowledge/conflicts.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#define COLUMNS                                                                                    \
    "id, world, kind, summary, state, chosen, decided_by, reason, until_ms, opened_us,"            \
    " decided_us, json, yields"

enum statement { PUT, GET, LIST, COUNT_OPEN };
static const char *const texts[] = {
    [PUT] = "INSERT INTO conflicts (" COLUMNS ") VALUES (:id, nullif(:world, 0), :kind, :summary,"
            " :state, :chosen, :decided_by, :reason, :until_ms, :opened_us, :decided_us, :json,"
            " :yields)"
            " ON CONFLICT (id) DO UPDATE SET world = excluded.world, kind = excluded.kind,"
            " summary = excluded.summary, state = excluded.state, chosen = excluded.chosen,"
            " decided_by = excluded.decided_by, reason = excluded.reason,"
            " until_ms = excluded.until_ms, opened_us = excluded.opened_us,"
            " decided_us = excluded.decided_us, json = excluded.json,"
            " yields = excluded.yields",
    [GET] = "SELECT " COLUMNS " FROM conflicts WHERE id = :id",
    [LIST] = "SELECT " COLUMNS " FROM conflicts WHERE id > :after"
             " AND (NOT :open_only OR state = 'open' AND yields = '') ORDER BY id LIMIT :limit",
    [COUNT_OPEN] = "SELECT count(*) FROM conflicts WHERE state = 'open' AND yields = ''",
};
const struct db_texts conflict_texts = { texts, COUNT_OF(texts) };

static const char *const states[] = { "open", "resolved", "waived" };

const char *conflict_state_name(enum conflict_state value)
{
    return (size_t)value < COUNT_OF(states) ? states[value] : "unknown";
}

bool conflict_state_parse(struct slice text, enum conflict_state *out)
{
    size_t i = db_word(states, COUNT_OF(states), text);

    if (i == COUNT_OF(states)) {
        return false;
    }
    *out = (enum conflict_state)i;
    return true;
}

struct status knowledge_put_conflict(struct knowledge *knowledge,
                                     const struct conflict_record *conflict)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_CONFLICTS, PUT);
    struct db_args args = db_args(stmt);

    db_put_text(&args, conflict->id, KNOWLEDGE_KEY_MAX);
    db_put_u64(&args, conflict->world);
    db_put_text(&args, conflict->kind, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, conflict->summary, KNOWLEDGE_TEXT_MAX);
    db_put_cstr(&args, conflict_state_name(conflict->state));
    db_put_u64(&args, conflict->chosen);
    db_put_text(&args, conflict->by, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, conflict->reason, KNOWLEDGE_TEXT_MAX);
    db_put_i64(&args, conflict->until_ms);
    db_put_i64(&args, conflict->opened_us);
    db_put_i64(&args, conflict->decided_us);
    db_put_text(&args, conflict->json, KNOWLEDGE_BYTES_MAX);
    db_put_text(&args, conflict->yields, KNOWLEDGE_KEY_MAX);
    return knowledge_run(knowledge, &args);
}

static struct status take(sqlite3_stmt *stmt, struct conflict_record *out)
{
    struct db_row row = db_row(stmt);

    out->id = db_take_text(&row);
    out->world = db_take_u64(&row);
    out->kind = db_take_text(&row);
    out->summary = db_take_text(&row);
    db_expect(&row, conflict_state_parse(db_take_text(&row), &out->state));
    out->chosen = db_take_u32(&row);
    out->by = db_take_text(&row);
    out->reason = db_take_text(&row);
    out->until_ms = db_take_i64(&row);
    out->opened_us = db_take_i64(&row);
    out->decided_us = db_take_i64(&row);
    out->json = db_take_text(&row);
    out->yields = db_take_text(&row);
    return db_row_end(&row);
}

static void keep(struct arena *arena, struct conflict_record *conflict)
{
    conflict->id = arena_copy(arena, conflict->id);
    conflict->kind = arena_copy(arena, conflict->kind);
    conflict->summary = arena_copy(arena, conflict->summary);
    conflict->by = arena_copy(arena, conflict->by);
    conflict->reason = arena_copy(arena, conflict->reason);
    conflict->json = arena_copy(arena, conflict->json);
    conflict->yields = arena_copy(arena, conflict->yields);
}

struct status knowledge_get_conflict(struct knowledge_reader *reader, struct slice id,
                                     struct arena *arena, struct conflict_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_CONFLICTS, GET);
    struct db_args args = db_args(stmt);
    struct conflict_record conflict = { 0 };
    bool found = false;

    db_put_text(&args, id, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "conflict `%.*s` does not exist", SLICE_ARG(id));
    }
    TRY(take(stmt, &conflict));
    keep(arena, &conflict);
    *out = conflict;
    return STATUS_SUCCESS;
}

struct sink {
    conflict_row_fn *row;
    void *arg;
    struct conflict_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct conflict_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_conflicts(struct knowledge_reader *reader,
                                       const struct conflict_query *query, conflict_row_fn *row,
                                       void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_CONFLICTS, LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    db_put_text(&args, query->page.after, KNOWLEDGE_KEY_MAX);
    db_put_bool(&args, query->open_only);
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}

struct status knowledge_count_open_conflicts(struct knowledge_reader *reader, uint64_t *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_CONFLICTS, COUNT_OPEN);
    struct db_args args = db_args(stmt);
    bool found = false;

    TRY(db_step(&reader->db, &args, &found));
    struct db_row row = db_row(stmt);
    *out = db_take_u64(&row);
    return STATUS_SUCCESS;
}
