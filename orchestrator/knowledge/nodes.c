#include "orchestrator/knowledge/nodes.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#define COLUMNS "name, role, state, services, via, last_seen_ms"
#define SAID    ", capabilities, capable, hello"

enum statement { PUT, SEEN, SAY, GET, LIST };
static const char *const texts[] = {
    [PUT] = "INSERT INTO nodes (" COLUMNS ")"
            " VALUES (:name, :role, :state, :services, :via, :last_seen_ms)"
            " ON CONFLICT (name) DO UPDATE SET role = excluded.role, state = excluded.state,"
            " services = excluded.services, via = excluded.via,"
            " last_seen_ms = excluded.last_seen_ms",
    [SEEN] = "UPDATE nodes SET via = :via, last_seen_ms = max(last_seen_ms, :last_seen_ms)"
             " WHERE name = :name",
    [SAY] = "UPDATE nodes SET capabilities = :capabilities, capable = :capable, hello = :hello"
            " WHERE name = :name",
    [GET] = "SELECT " COLUMNS SAID " FROM nodes WHERE name = :name",
    [LIST] = "SELECT " COLUMNS SAID " FROM nodes WHERE name > :after ORDER BY name LIMIT :limit",
};
const struct db_texts node_texts = { texts, COUNT_OF(texts) };

struct status knowledge_put_node(struct knowledge *knowledge, const struct node_record *node)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_NODES, PUT);
    struct db_args args = db_args(stmt);

    db_put_text(&args, node->name, KNOWLEDGE_KEY_MAX);
    db_put_cstr(&args, peer_role_name(node->role));
    db_put_cstr(&args, node_state_name(node->state));
    db_put_text(&args, node->services, KNOWLEDGE_TEXT_MAX);
    db_put_text(&args, node->via, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, node->last_seen_ms);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_node_seen(struct knowledge *knowledge, struct slice name, struct slice via,
                                  int64_t at_ms)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_NODES, SEEN);
    struct db_args args = db_args(stmt);

    db_put_text(&args, via, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, at_ms);
    db_put_text(&args, name, KNOWLEDGE_KEY_MAX);
    TRY(knowledge_run(knowledge, &args));
    if (db_changes(&knowledge->reader.db) == 0) {
        return status_error(STATUS_NOT_FOUND, "node `%.*s` is not known", SLICE_ARG(name));
    }
    return STATUS_SUCCESS;
}

struct status knowledge_node_said(struct knowledge *knowledge, const struct node_record *node)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_NODES, SAY);
    struct db_args args = db_args(stmt);

    db_put_text(&args, node->capabilities, KNOWLEDGE_TEXT_MAX);
    db_put_cstr(&args, node->capable.text);
    db_put_cstr(&args, node->hello.text);
    db_put_text(&args, node->name, KNOWLEDGE_KEY_MAX);
    TRY(knowledge_run(knowledge, &args));
    if (db_changes(&knowledge->reader.db) == 0) {
        return status_error(STATUS_NOT_FOUND, "node `%.*s` is not known", SLICE_ARG(node->name));
    }
    return STATUS_SUCCESS;
}

static struct status take(struct knowledge_reader *reader, sqlite3_stmt *stmt,
                          struct node_record *out)
{
    struct db_row row = db_row(stmt);

    out->name = db_take_text(&row);
    db_expect(&row, peer_role_parse(db_take_text(&row), &out->role));
    db_expect(&row, node_state_parse(db_take_text(&row), &out->state));
    out->services = db_take_text(&row);
    out->via = db_take_text(&row);
    out->last_seen_ms = db_take_i64(&row);
    out->capabilities = db_take_text(&row);
    out->capable = db_take_ulid(&row);
    out->hello = db_take_ulid(&row);
    TRY(db_row_end(&row));
    return knowledge_get_mark(reader, out->name, &out->mark);
}

struct status knowledge_get_node(struct knowledge_reader *reader, struct slice name,
                                 struct arena *arena, struct node_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_NODES, GET);
    struct db_args args = db_args(stmt);
    struct node_record node = { 0 };
    bool found = false;

    db_put_text(&args, name, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "node `%.*s` is not known", SLICE_ARG(name));
    }
    TRY(take(reader, stmt, &node));
    node.name = arena_copy(arena, node.name);
    node.services = arena_copy(arena, node.services);
    node.via = arena_copy(arena, node.via);
    node.capabilities = arena_copy(arena, node.capabilities);
    *out = node;
    return STATUS_SUCCESS;
}

struct sink {
    struct knowledge_reader *reader;
    node_row_fn *row;
    void *arg;
    struct node_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct node_record){ 0 };
    TRY(take(sink->reader, stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_nodes(struct knowledge_reader *reader, struct knowledge_page page,
                                   node_row_fn *row, void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_NODES, LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .reader = reader, .row = row, .arg = arg };

    TRY(db_check_limit(page.limit));
    db_put_text(&args, page.after, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, db_page_limit(page.limit));
    return db_list(&reader->db, &args, page.limit, emit, &sink, out_more);
}
