#include "orchestrator/knowledge/alerts.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#define COLUMNS                                                                                    \
    "id, key, rule, severity, node, resource, source, count, first_us, last_us, detected_us,"      \
    " received_us, epoch, seq, corroborated, json, incident"

enum statement { ADD, JOIN, LINK, GET, FIND, LIST, LIST_OF };
static const char *const texts[] = {
    [ADD] = "INSERT INTO alerts (" COLUMNS ") VALUES (:id, :key, :rule, :severity, :node,"
            " :resource, :source, :count, :first_us, :last_us, :detected_us, :received_us, :epoch,"
            " :seq, :corroborated, :json, :incident)",
    [JOIN] = "UPDATE alerts SET severity = :severity, count = :count, first_us = :first_us,"
             " last_us = :last_us, corroborated = :corroborated WHERE id = :id",
    [LINK] = "UPDATE alerts SET incident = :incident WHERE id = :id",
    [GET] = "SELECT " COLUMNS " FROM alerts WHERE id = :id",
    [FIND] = "SELECT " COLUMNS " FROM alerts WHERE key = :key",
    [LIST] = "SELECT " COLUMNS " FROM alerts WHERE id < :after ORDER BY id DESC LIMIT :limit",
    [LIST_OF] = "SELECT " COLUMNS " FROM alerts WHERE incident = :incident AND id < :after"
                " ORDER BY id DESC LIMIT :limit",
};
const struct db_texts alert_texts = { texts, COUNT_OF(texts) };

/* --- reading --------------------------------------------------------------------------------- */

static struct status take(sqlite3_stmt *stmt, struct alert_record *out)
{
    struct db_row row = db_row(stmt);

    out->id = db_take_ulid(&row);
    out->key = db_take_text(&row);
    out->rule = db_take_text(&row);
    db_expect(&row, severity_parse(db_take_text(&row), &out->severity));
    out->node = db_take_text(&row);
    out->resource = db_take_text(&row);
    out->source = db_take_text(&row);
    out->count = db_take_u64(&row);
    out->first_us = db_take_i64(&row);
    out->last_us = db_take_i64(&row);
    out->detected_us = db_take_i64(&row);
    out->received_us = db_take_i64(&row);
    out->epoch = db_take_u64(&row);
    out->seq = db_take_u64(&row);
    out->corroborated = db_take_bool(&row);
    out->json = db_take_text(&row);
    out->incident = db_take_ulid(&row);
    return db_row_end(&row);
}

static void keep(struct arena *arena, struct alert_record *alert)
{
    alert->key = arena_copy(arena, alert->key);
    alert->rule = arena_copy(arena, alert->rule);
    alert->node = arena_copy(arena, alert->node);
    alert->resource = arena_copy(arena, alert->resource);
    alert->source = arena_copy(arena, alert->source);
    alert->json = arena_copy(arena, alert->json);
}

static struct status get_one(struct knowledge_reader *reader, enum statement which,
                             struct slice wanted, struct arena *arena, struct alert_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_ALERTS, which);
    struct db_args args = db_args(stmt);
    struct alert_record alert = { 0 };
    bool found = false;

    db_put_text(&args, wanted, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "alert `%.*s` does not exist", SLICE_ARG(wanted));
    }
    TRY(take(stmt, &alert));
    keep(arena, &alert);
    *out = alert;
    return STATUS_SUCCESS;
}

struct status knowledge_get_alert(struct knowledge_reader *reader, struct slice id,
                                  struct arena *arena, struct alert_record *out)
{
    return get_one(reader, GET, id, arena, out);
}

struct sink {
    alert_row_fn *row;
    void *arg;
    struct alert_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct alert_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_alerts(struct knowledge_reader *reader,
                                    const struct alert_query *query, alert_row_fn *row, void *arg,
                                    bool *out_more)
{
    bool of_incident = query->incident.len > 0;
    CLEANUP(db_rewind)
    sqlite3_stmt *stmt = db_borrow(&reader->db, DB_ALERTS, of_incident ? LIST_OF : LIST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    if (of_incident) {
        db_put_text(&args, query->incident, KNOWLEDGE_KEY_MAX);
    }
    db_put_text(&args, db_before(query->page.after), KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}

/* --- writing --------------------------------------------------------------------------------- */

static struct status add(struct knowledge *knowledge, const struct alert_record *alert)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_ALERTS, ADD);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, &alert->id);
    db_put_text(&args, alert->key, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, alert->rule, KNOWLEDGE_KEY_MAX);
    db_put_cstr(&args, severity_name(alert->severity));
    db_put_text(&args, alert->node, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, alert->resource, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, alert->source, KNOWLEDGE_KEY_MAX);
    db_put_u64(&args, alert->count);
    db_put_i64(&args, alert->first_us);
    db_put_i64(&args, alert->last_us);
    db_put_i64(&args, alert->detected_us);
    db_put_i64(&args, alert->received_us);
    db_put_u64(&args, alert->epoch);
    db_put_u64(&args, alert->seq);
    db_put_bool(&args, alert->corroborated);
    db_put_text(&args, alert->json, KNOWLEDGE_BYTES_MAX);
    db_put_ulid(&args, &alert->incident);
    return knowledge_run(knowledge, &args);
}

static void merge(struct alert_record *first, const struct alert_record *again)
{
    if (again->severity > first->severity) {
        first->severity = again->severity;
    }
    if (again->count > first->count) {
        first->count = again->count;
    }
    if (again->first_us < first->first_us) {
        first->first_us = again->first_us;
    }
    if (again->last_us > first->last_us) {
        first->last_us = again->last_us;
    }
    first->corroborated = first->corroborated || again->corroborated;
}

static struct status join(struct knowledge *knowledge, const struct alert_record *alert)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_ALERTS, JOIN);
    struct db_args args = db_args(stmt);

    db_put_cstr(&args, severity_name(alert->severity));
    db_put_u64(&args, alert->count);
    db_put_i64(&args, alert->first_us);
    db_put_i64(&args, alert->last_us);
    db_put_bool(&args, alert->corroborated);
    db_put_ulid(&args, &alert->id);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_put_alert(struct knowledge *knowledge, const struct alert_record *alert,
                                  struct ulid *out_id, bool *out_is_new)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct alert_record stored = { 0 };
    struct status found;

    TRY(knowledge_writable(knowledge));
    found = get_one(&knowledge->reader, FIND, alert->key, &arena, &stored);
    bool is_new = found.code == STATUS_NOT_FOUND;
    if (is_new) {
        TRY(add(knowledge, alert));
        stored.id = alert->id;
    } else {
        TRY(found);
        merge(&stored, alert);
        TRY(join(knowledge, &stored));
    }
    *out_id = stored.id;
    *out_is_new = is_new;
    return STATUS_SUCCESS;
}

struct status knowledge_link_alert(struct knowledge *knowledge, const struct ulid *alert,
                                   const struct ulid *incident)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_ALERTS, LINK);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, incident);
    db_put_ulid(&args, alert);
    TRY(knowledge_run(knowledge, &args));
    if (db_changes(&knowledge->reader.db) == 0) {
        return status_error(STATUS_NOT_FOUND, "alert `%s` does not exist", alert->text);
    }
    return STATUS_SUCCESS;
}
