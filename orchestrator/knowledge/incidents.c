#include "orchestrator/knowledge/incidents.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "id, key, severity, state, unit, source, target, rule, first_us, opened_us, detected_us,"      \
    " planned_us, enforced_us, proven_us, closed_us, mttr, mttr_limit_ms, reason,"                 \
    " since_us"

enum statement { PUT, GET, FIND, LIST, LIST_NOT_CLOSED, COUNT, MOVE };
static const char *const texts[] = {
    [PUT] = ("INSERT INTO incidents (" COLUMNS ") VALUES (:id, :key, :severity, :state, :unit,"
             " :source, :target, :rule, :first_us, :opened_us, :detected_us, :planned_us,"
             " :enforced_us, :proven_us, :closed_us, :mttr, :mttr_limit_ms, :reason, :since_us)"
             " ON CONFLICT (id) DO UPDATE SET key = excluded.key, severity = excluded.severity,"
             " state = excluded.state, unit = excluded.unit, source = excluded.source,"
             " target = excluded.target, rule = excluded.rule, first_us = excluded.first_us,"
             " opened_us = excluded.opened_us, detected_us = excluded.detected_us,"
             " planned_us = excluded.planned_us, enforced_us = excluded.enforced_us,"
             " proven_us = excluded.proven_us, closed_us = excluded.closed_us,"
             " mttr = excluded.mttr, mttr_limit_ms = excluded.mttr_limit_ms,"
             " reason = excluded.reason, since_us = excluded.since_us"),
    [GET] = ("SELECT " COLUMNS " FROM incidents WHERE id = :id"),
    [FIND] = ("SELECT " COLUMNS " FROM incidents WHERE key = :key AND state <> 'closed'"),
    [LIST] = ("SELECT " COLUMNS " FROM incidents WHERE id < :after ORDER BY id DESC LIMIT :limit"),
    [LIST_NOT_CLOSED] = ("SELECT " COLUMNS " FROM incidents WHERE state <> 'closed' AND id < :after"
                         " ORDER BY id DESC LIMIT :limit"),
    [COUNT] = "SELECT state, count(*) FROM incidents GROUP BY state",
    /* by the index of the standing ones */
    [MOVE] = ("UPDATE incidents SET since_us = since_us + :by_us"
              " WHERE state <> 'closed' AND state = 'open'"),
};
const struct db_texts incident_texts = { texts, COUNT_OF(texts) };

/* --- names ----------------------------------------------------------------------------------- */

static const char *const states[] = { "open", "contained", "closed" };

const char *incident_state_name(enum incident_state value)
{
    return (size_t)value < COUNT_OF(states) ? states[value] : "unknown";
}

bool incident_state_parse(struct slice text, enum incident_state *out)
{
    size_t i = db_word(states, COUNT_OF(states), text);

    if (i == COUNT_OF(states)) {
        return false;
    }
    *out = (enum incident_state)i;
    return true;
}

/* model/ names objective states but reads none. */
static bool parse_mttr(struct slice text, enum objective_state *out)
{
    for (enum objective_state i = OBJECTIVE_UNKNOWN; i <= OBJECTIVE_BREACHED; i++) {
        if (slice_is(text, objective_state_name(i))) {
            *out = i;
            return true;
        }
    }
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

struct status knowledge_put_incident(struct knowledge *knowledge,
                                     const struct incident_record *incident)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_INCIDENTS, PUT);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, &incident->id);
    db_put_text(&args, incident->key, KNOWLEDGE_KEY_MAX);
    db_put_cstr(&args, severity_name(incident->severity));
    db_put_cstr(&args, incident_state_name(incident->state));
    db_put_text(&args, incident->unit, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, incident->source, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, incident->target, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, incident->rule, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, incident->first_us);
    db_put_i64(&args, incident->opened_us);
    db_put_i64(&args, incident->detected_us);
    db_put_i64(&args, incident->planned_us);
    db_put_i64(&args, incident->enforced_us);
    db_put_i64(&args, incident->proven_us);
    db_put_i64(&args, incident->closed_us);
    db_put_cstr(&args, objective_state_name(incident->mttr));
    db_put_i64(&args, incident->mttr_limit_ms);
    db_put_text(&args, incident->reason, KNOWLEDGE_TEXT_MAX);
    db_put_i64(&args, incident->since_us);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_move_incidents(struct knowledge *knowledge, int64_t by_us)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_INCIDENTS, MOVE);
    struct db_args args = db_args(stmt);

    db_put_i64(&args, by_us);
    return knowledge_run(knowledge, &args);
}

/* --- reading --------------------------------------------------------------------------------- */

static struct status take(sqlite3_stmt *stmt, struct incident_record *out)
{
    struct db_row row = db_row(stmt);

    out->id = db_take_ulid(&row);
    out->key = db_take_text(&row);
    db_expect(&row, severity_parse(db_take_text(&row), &out->severity));
    db_expect(&row, incident_state_parse(db_take_text(&row), &out->state));
    out->unit = db_take_text(&row);
    out->source = db_take_text(&row);
    out->target = db_take_text(&row);
    out->rule = db_take_text(&row);
    out->first_us = db_take_i64(&row);
    out->opened_us = db_take_i64(&row);
    out->detected_us = db_take_i64(&row);
    out->planned_us = db_take_i64(&row);
    out->enforced_us = db_take_i64(&row);
    out->proven_us = db_take_i64(&row);
    out->closed_us = db_take_i64(&row);
    db_expect(&row, parse_mttr(db_take_text(&row), &out->mttr));
    out->mttr_limit_ms = db_take_i64(&row);
    out->reason = db_take_text(&row);
    out->since_us = db_take_i64(&row);
    return db_row_end(&row);
}

static void keep(struct arena *arena, struct incident_record *incident)
{
    incident->key = arena_copy(arena, incident->key);
    incident->unit = arena_copy(arena, incident->unit);
    incident->source = arena_copy(arena, incident->source);
    incident->target = arena_copy(arena, incident->target);
    incident->rule = arena_copy(arena, incident->rule);
    incident->reason = arena_copy(arena, incident->reason);
}

static struct status get_one(struct knowledge_reader *reader, enum statement which,
                             struct slice wanted, struct arena *arena, struct incident_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_INCIDENTS, which);
    struct db_args args = db_args(stmt);
    struct incident_record incident = { 0 };
    bool found = false;

    db_put_text(&args, wanted, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "incident `%.*s` does not exist", SLICE_ARG(wanted));
    }
    TRY(take(stmt, &incident));
    keep(arena, &incident);
    *out = incident;
    return STATUS_SUCCESS;
}

struct status knowledge_get_incident(struct knowledge_reader *reader, struct slice id,
                                     struct arena *arena, struct incident_record *out)
{
    return get_one(reader, GET, id, arena, out);
}

struct status knowledge_find_incident(struct knowledge_reader *reader, struct slice key,
                                      struct arena *arena, struct incident_record *out)
{
    return get_one(reader, FIND, key, arena, out);
}

struct sink {
    incident_row_fn *row;
    void *arg;
    struct incident_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct incident_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_incidents(struct knowledge_reader *reader,
                                       const struct incident_query *query, incident_row_fn *row,
                                       void *arg, bool *out_more)
{
    enum statement which = query->not_closed ? LIST_NOT_CLOSED : LIST;
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_INCIDENTS, which);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    db_put_text(&args, db_before(query->page.after), KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}

static struct status add_count(void *arg, sqlite3_stmt *stmt)
{
    uint64_t *counts = arg;
    struct db_row row = db_row(stmt);
    enum incident_state state = INCIDENT_OPEN;

    db_expect(&row, incident_state_parse(db_take_text(&row), &state));
    counts[state] = db_take_u64(&row);
    return db_row_end(&row);
}

struct status knowledge_count_incidents(struct knowledge_reader *reader,
                                        uint64_t out[INCIDENT_STATES])
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_INCIDENTS, COUNT);
    struct db_args args = db_args(stmt);

    memset(out, 0, INCIDENT_STATES * sizeof(out[0]));
    return db_list(&reader->db, &args, INCIDENT_STATES, add_count, out, NULL);
}
