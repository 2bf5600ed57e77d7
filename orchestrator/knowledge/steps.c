#include "orchestrator/knowledge/plans.h"

#include "model/plan.h"
#include "orchestrator/knowledge/knowledge_priv.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "action, plan, idx, kind, node, resource, source, polarity, duration_ms, limit_ms, after,"     \
    " reversible, state, verified_by, command, sent_us, applied_us, enforced_us, proven_us,"       \
    " undone_us, lease_end_ms, check_ms, detail"

enum statement {
    PUT,
    OF_PLAN,
    FIND,
    LIST_LIVE,
    LIST_FAILED,
    LIST_PAST,
    LIST_OVERDUE,
    MOVE,
    CAP,
    COUNT
};
static const char *const texts[] = {
    [PUT] =
        ("INSERT INTO steps (" COLUMNS ") VALUES (:action, :plan, :idx, :kind, :node, :resource,"
         " :source, :polarity, :duration_ms, :limit_ms, :after, :reversible, :state,"
         " :verified_by, :command, :sent_us, :applied_us, :enforced_us, :proven_us, :undone_us,"
         " :lease_end_ms, :check_ms, :detail)"
         " ON CONFLICT (plan, idx) DO UPDATE SET action = excluded.action,"
         " kind = excluded.kind, node = excluded.node, resource = excluded.resource,"
         " source = excluded.source, polarity = excluded.polarity,"
         " duration_ms = excluded.duration_ms, limit_ms = excluded.limit_ms,"
         " after = excluded.after, reversible = excluded.reversible, state = excluded.state,"
         " verified_by = excluded.verified_by, command = excluded.command,"
         " sent_us = excluded.sent_us, applied_us = excluded.applied_us,"
         " enforced_us = excluded.enforced_us, proven_us = excluded.proven_us,"
         " undone_us = excluded.undone_us, lease_end_ms = excluded.lease_end_ms,"
         " check_ms = excluded.check_ms, detail = excluded.detail"),
    [OF_PLAN] = ("SELECT " COLUMNS " FROM steps WHERE plan = :plan ORDER BY idx"),
    [FIND] = ("SELECT " COLUMNS " FROM steps WHERE action = :action"),
    /* "+": by the incident's plans, not through all that is live or failed */
    [LIST_LIVE] = ("SELECT " COLUMNS " FROM steps"
                   " WHERE +state IN ('pending', 'acked', 'enforced', 'drifted')"
                   " AND plan IN (SELECT id FROM plans WHERE incident = :incident)"
                   " AND +action > :after ORDER BY action LIMIT :limit"),
    [LIST_FAILED] = ("SELECT " COLUMNS " FROM steps WHERE +state = 'failed'"
                     " AND plan IN (SELECT id FROM plans WHERE incident = :incident AND"
                     " (finished_us = 0 OR finished_us BETWEEN :since_us AND :until_us))"
                     " ORDER BY action"),
    [LIST_PAST] = ("SELECT " COLUMNS " FROM steps WHERE kind = :kind AND enforced_us > 0"
                   " AND (undone_us = 0 OR undone_us > :since_us) ORDER BY action"),
    /* "check_ms > 0": by the index of those that are waited for */
    [LIST_OVERDUE] = ("SELECT " COLUMNS " FROM steps WHERE check_ms > 0 AND check_ms <= :now_ms"
                      " AND (check_ms, action) > (:after_ms, :after)"
                      " ORDER BY check_ms, action LIMIT :limit"),
    [MOVE] = "UPDATE steps SET check_ms = max(1, check_ms + :by_ms) WHERE check_ms > 0",
    [CAP] = ("UPDATE steps SET check_ms = :now_ms + duration_ms"
             " WHERE check_ms > 0 AND check_ms > :least_ms + duration_ms"),
    [COUNT] = "SELECT state, count(*) FROM steps GROUP BY state",
};
const struct db_texts step_texts = { texts, COUNT_OF(texts) };

static const char *const polarities[] = { [LEASE_BAN] = "ban", [LEASE_GRANT] = "grant" };

/* --- writing --------------------------------------------------------------------------------- */

static void put_action(struct db_args *args, const struct action *action, const char *source)
{
    db_put_cstr(args, action_kind_name(action->kind));
    db_put_cstr(args, action->node);
    db_put_cstr(args, action->resource);
    db_put_cstr(args, source);
    db_put_cstr(args, polarities[action->lease.polarity == LEASE_GRANT ? LEASE_GRANT : LEASE_BAN]);
    db_put_i64(args, action->lease.duration_ms);
    db_put_i64(args, action->lease.limit_ms);
}

struct status knowledge_put_step(struct knowledge *knowledge, const struct step_record *step)
{
    /* cppcheck-suppress variableScope ; the statement borrows it until it is rewound */
    char source[ADDRESS_TEXT_MAX];
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_STEPS, PUT);
    struct db_args args = db_args(stmt);

    address_format(&step->action.source, source);
    db_put_ulid(&args, &step->action.id);
    db_put_ulid(&args, &step->plan);
    db_put_u64(&args, step->index);
    put_action(&args, &step->action, source);
    db_put_u64(&args, step->after);
    db_put_bool(&args, step->reversible);
    db_put_cstr(&args, control_state_name(step->state));
    db_put_cstr(&args, verified_by_name(step->verified_by));
    db_put_ulid(&args, &step->command);
    db_put_i64(&args, step->sent_us);
    db_put_i64(&args, step->applied_us);
    db_put_i64(&args, step->enforced_us);
    db_put_i64(&args, step->proven_us);
    db_put_i64(&args, step->undone_us);
    db_put_i64(&args, step->lease_end_ms);
    db_put_i64(&args, step->check_ms);
    db_put_text(&args, step->detail, KNOWLEDGE_TEXT_MAX);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_move_checks(struct knowledge *knowledge, int64_t by_ms)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_STEPS, MOVE);
    struct db_args args = db_args(stmt);

    db_put_i64(&args, by_ms);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_cap_checks(struct knowledge *knowledge, int64_t now_ms, int64_t more_ms)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_STEPS, CAP);
    struct db_args args = db_args(stmt);

    db_put_i64(&args, now_ms);
    db_put_i64(&args, now_ms + more_ms);
    return knowledge_run(knowledge, &args);
}

/* --- reading --------------------------------------------------------------------------------- */

static void take_source(struct db_row *row, struct address *out)
{
    struct slice text = db_take_text(row);

    *out = (struct address){ .family = ADDRESS_NONE };
    if (text.len > 0) {
        struct status parsed = address_parse(text, out);
        db_expect(row, status_ok(&parsed));
    }
}

static void take_action(struct db_row *row, struct action *out)
{
    db_expect(row, action_kind_parse(db_take_text(row), &out->kind));
    db_take_cstr(row, out->node, sizeof(out->node));
    db_take_cstr(row, out->resource, sizeof(out->resource));
    take_source(row, &out->source);
    size_t polarity = db_word(polarities, COUNT_OF(polarities), db_take_text(row));
    db_expect(row, polarity < COUNT_OF(polarities));
    out->lease.polarity = polarity == LEASE_GRANT ? LEASE_GRANT : LEASE_BAN;
    out->lease.duration_ms = db_take_i64(row);
    out->lease.limit_ms = db_take_i64(row);
}

static struct status take(sqlite3_stmt *stmt, struct step_record *out)
{
    struct db_row row = db_row(stmt);

    out->action.id = db_take_ulid(&row);
    out->plan = db_take_ulid(&row);
    out->index = db_take_u32(&row);
    take_action(&row, &out->action);
    out->after = db_take_u32(&row);
    out->reversible = db_take_bool(&row);
    db_expect(&row, control_state_parse(db_take_text(&row), &out->state));
    db_expect(&row, verified_by_parse(db_take_text(&row), &out->verified_by));
    out->command = db_take_ulid(&row);
    out->sent_us = db_take_i64(&row);
    out->applied_us = db_take_i64(&row);
    out->enforced_us = db_take_i64(&row);
    out->proven_us = db_take_i64(&row);
    out->undone_us = db_take_i64(&row);
    out->lease_end_ms = db_take_i64(&row);
    out->check_ms = db_take_i64(&row);
    out->detail = db_take_text(&row);
    return db_row_end(&row);
}

struct collector {
    struct arena *arena;
    struct step_record *steps;
    size_t count;
};

static struct status collect(void *arg, sqlite3_stmt *stmt)
{
    struct collector *collector = arg;
    struct step_record *step = &collector->steps[collector->count];

    TRY(take(stmt, step));
    step->detail = arena_copy(collector->arena, step->detail);
    collector->count++;
    return STATUS_SUCCESS;
}

struct status knowledge_get_steps(struct knowledge_reader *reader, const struct ulid *plan,
                                  struct arena *arena, struct step_record **out, size_t *out_count)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, OF_PLAN);
    struct db_args args = db_args(stmt);
    struct collector collector = { .arena = arena };

    collector.steps = ARENA_NEW(arena, struct step_record, PLAN_STEPS_MAX);
    db_put_ulid(&args, plan);
    TRY(db_list(&reader->db, &args, PLAN_STEPS_MAX, collect, &collector, NULL));
    *out = collector.steps;
    *out_count = collector.count;
    return STATUS_SUCCESS;
}

struct status knowledge_find_step(struct knowledge_reader *reader, const struct ulid *action,
                                  struct arena *arena, struct step_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, FIND);
    struct db_args args = db_args(stmt);
    struct step_record step = { .index = 0 };
    bool found = false;

    db_put_ulid(&args, action);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "no step has action `%s`", action->text);
    }
    TRY(take(stmt, &step));
    step.detail = arena_copy(arena, step.detail);
    *out = step;
    return STATUS_SUCCESS;
}

struct sink {
    step_row_fn *row;
    void *arg;
    struct step_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct step_record){ .index = 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

struct status knowledge_list_controls(struct knowledge_reader *reader,
                                      const struct control_query *query, step_row_fn *row,
                                      void *arg, bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, LIST_LIVE);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    db_put_text(&args, query->incident, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, query->page.after, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}

struct status knowledge_list_overdue(struct knowledge_reader *reader,
                                     const struct overdue_query *query, step_row_fn *row, void *arg,
                                     bool *out_more)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, LIST_OVERDUE);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->limit));
    db_put_i64(&args, query->now_ms);
    db_put_i64(&args, query->after_ms);
    db_put_cstr(&args, query->after.text);
    db_put_i64(&args, db_page_limit(query->limit));
    return db_list(&reader->db, &args, query->limit, emit, &sink, out_more);
}

struct status knowledge_list_failed(struct knowledge_reader *reader, struct slice incident,
                                    int64_t since_us, int64_t until_us, step_row_fn *row, void *arg)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, LIST_FAILED);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    db_put_text(&args, incident, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, since_us);
    db_put_i64(&args, until_us);
    return db_list(&reader->db, &args, UINT32_MAX, emit, &sink, NULL);
}

struct status knowledge_list_enforced(struct knowledge_reader *reader, enum action_kind kind,
                                      int64_t since_us, step_row_fn *row, void *arg)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, LIST_PAST);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    db_put_cstr(&args, action_kind_name(kind));
    db_put_i64(&args, since_us);
    return db_list(&reader->db, &args, UINT32_MAX, emit, &sink, NULL);
}

static struct status add_count(void *arg, sqlite3_stmt *stmt)
{
    uint64_t *counts = arg;
    struct db_row row = db_row(stmt);
    enum control_state state = CONTROL_PENDING;

    db_expect(&row, control_state_parse(db_take_text(&row), &state));
    counts[state] = db_take_u64(&row);
    return db_row_end(&row);
}

struct status knowledge_count_controls(struct knowledge_reader *reader,
                                       uint64_t out[CONTROL_STATES])
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_STEPS, COUNT);
    struct db_args args = db_args(stmt);

    memset(out, 0, CONTROL_STATES * sizeof(out[0]));
    return db_list(&reader->db, &args, CONTROL_STATES, add_count, out, NULL);
}
