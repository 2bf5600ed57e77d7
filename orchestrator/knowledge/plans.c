#include "orchestrator/knowledge/plans.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#include <string.h>

#define COLUMNS                                                                                    \
    "id, incident, base_digest, digest, state, approval, json, reason, made_us, decided_us,"       \
    " started_us, finished_us, undone_us"
/* As the partial index of the schema has it. */
#define IS_UNFINISHED "state IN ('proposed', 'awaiting-approval', 'approved', 'running', 'undoing')"

enum statement {
    PUT,
    GET,
    LIST,
    LIST_UNFINISHED,
    LIST_OF,
    COUNT,
    APPROVAL_ADD,
    APPROVAL_COUNT,
    APPROVAL_LIST
};
static const char *const texts[] = {
    [PUT] =
        ("INSERT INTO plans (" COLUMNS ") VALUES (:id, :incident, :base_digest, :digest, :state,"
         " :approval, :json, :reason, :made_us, :decided_us, :started_us, :finished_us,"
         " :undone_us) ON CONFLICT (id) DO UPDATE SET incident = excluded.incident,"
         " base_digest = excluded.base_digest, digest = excluded.digest,"
         " state = excluded.state, approval = excluded.approval, json = excluded.json,"
         " reason = excluded.reason, made_us = excluded.made_us,"
         " decided_us = excluded.decided_us, started_us = excluded.started_us,"
         " finished_us = excluded.finished_us, undone_us = excluded.undone_us"),
    [GET] = ("SELECT " COLUMNS " FROM plans WHERE id = :id"),
    [LIST] = ("SELECT " COLUMNS " FROM plans WHERE id < :after ORDER BY id DESC LIMIT :limit"),
    [LIST_UNFINISHED] = ("SELECT " COLUMNS " FROM plans WHERE " IS_UNFINISHED
                         " AND id < :after ORDER BY id DESC LIMIT :limit"),
    [LIST_OF] = ("SELECT " COLUMNS " FROM plans WHERE incident = :incident AND id < :after"
                 " AND (NOT :unfinished OR " IS_UNFINISHED ") ORDER BY id DESC LIMIT :limit"),
    [COUNT] = "SELECT state, count(*) FROM plans GROUP BY state",
    [APPROVAL_ADD] = ("INSERT INTO approvals (digest, uid, who, at_us)"
                      " VALUES (:digest, :uid, :who, :at_us) ON CONFLICT (digest, uid) DO NOTHING"),
    [APPROVAL_COUNT] = ("SELECT count(*) FROM approvals WHERE digest = :digest"),
    [APPROVAL_LIST] = ("SELECT digest, uid, who, at_us FROM approvals WHERE digest = :digest"
                       " ORDER BY at_us, uid"),
};
const struct db_texts plan_texts = { texts, COUNT_OF(texts) };

/* --- names ----------------------------------------------------------------------------------- */

static const char *const states[] = {
    [PLAN_PROPOSED] = "proposed", [PLAN_AWAITING_APPROVAL] = "awaiting-approval",
    [PLAN_APPROVED] = "approved", [PLAN_RUNNING] = "running",
    [PLAN_DONE] = "done",         [PLAN_FAILED] = "failed",
    [PLAN_UNDOING] = "undoing",   [PLAN_UNDONE] = "undone",
    [PLAN_REFUSED] = "refused",
};

const char *plan_state_name(enum plan_state value)
{
    return (size_t)value < COUNT_OF(states) ? states[value] : "unknown";
}

bool plan_state_parse(struct slice text, enum plan_state *out)
{
    size_t i = db_word(states, COUNT_OF(states), text);

    if (i == COUNT_OF(states)) {
        return false;
    }
    *out = (enum plan_state)i;
    return true;
}

/* --- plans ----------------------------------------------------------------------------------- */

struct status knowledge_put_plan(struct knowledge *knowledge, const struct plan_record *plan)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_PLANS, PUT);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, &plan->id);
    db_put_ulid(&args, &plan->incident);
    db_put_cstr(&args, plan->base_digest);
    db_put_cstr(&args, plan->digest);
    db_put_cstr(&args, plan_state_name(plan->state));
    db_put_cstr(&args, approval_name(plan->approval));
    db_put_text(&args, plan->json, KNOWLEDGE_BYTES_MAX);
    db_put_text(&args, plan->reason, KNOWLEDGE_TEXT_MAX);
    db_put_i64(&args, plan->made_us);
    db_put_i64(&args, plan->decided_us);
    db_put_i64(&args, plan->started_us);
    db_put_i64(&args, plan->finished_us);
    db_put_i64(&args, plan->undone_us);
    return knowledge_run(knowledge, &args);
}

static struct status take(sqlite3_stmt *stmt, struct plan_record *out)
{
    struct db_row row = db_row(stmt);

    out->id = db_take_ulid(&row);
    out->incident = db_take_ulid(&row);
    db_take_cstr(&row, out->base_digest, sizeof(out->base_digest));
    db_take_cstr(&row, out->digest, sizeof(out->digest));
    db_expect(&row, plan_state_parse(db_take_text(&row), &out->state));
    db_expect(&row, approval_parse(db_take_text(&row), &out->approval));
    out->json = db_take_text(&row);
    out->reason = db_take_text(&row);
    out->made_us = db_take_i64(&row);
    out->decided_us = db_take_i64(&row);
    out->started_us = db_take_i64(&row);
    out->finished_us = db_take_i64(&row);
    out->undone_us = db_take_i64(&row);
    return db_row_end(&row);
}

struct status knowledge_get_plan(struct knowledge_reader *reader, struct slice id,
                                 struct arena *arena, struct plan_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_PLANS, GET);
    struct db_args args = db_args(stmt);
    struct plan_record plan = { 0 };
    bool found = false;

    db_put_text(&args, id, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "plan `%.*s` does not exist", SLICE_ARG(id));
    }
    TRY(take(stmt, &plan));
    plan.json = arena_copy(arena, plan.json);
    plan.reason = arena_copy(arena, plan.reason);
    *out = plan;
    return STATUS_SUCCESS;
}

struct sink {
    plan_row_fn *row;
    void *arg;
    struct plan_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct plan_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

static enum statement choose_list(const struct plan_query *query)
{
    if (query->incident.len > 0) {
        return LIST_OF;
    }
    return query->unfinished ? LIST_UNFINISHED : LIST;
}

struct status knowledge_list_plans(struct knowledge_reader *reader, const struct plan_query *query,
                                   plan_row_fn *row, void *arg, bool *out_more)
{
    enum statement which = choose_list(query);
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_PLANS, which);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    if (which == LIST_OF) {
        db_put_text(&args, query->incident, KNOWLEDGE_KEY_MAX);
    }
    db_put_text(&args, db_before(query->page.after), KNOWLEDGE_KEY_MAX);
    if (which == LIST_OF) {
        db_put_bool(&args, query->unfinished);
    }
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}

static struct status add_count(void *arg, sqlite3_stmt *stmt)
{
    uint64_t *counts = arg;
    struct db_row row = db_row(stmt);
    enum plan_state state = PLAN_PROPOSED;

    db_expect(&row, plan_state_parse(db_take_text(&row), &state));
    counts[state] = db_take_u64(&row);
    return db_row_end(&row);
}

struct status knowledge_count_plans(struct knowledge_reader *reader, uint64_t out[PLAN_STATES])
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_PLANS, COUNT);
    struct db_args args = db_args(stmt);

    memset(out, 0, PLAN_STATES * sizeof(out[0]));
    return db_list(&reader->db, &args, PLAN_STATES, add_count, out, NULL);
}

/* --- approvals ------------------------------------------------------------------------------- */

static struct status insert_approval(struct knowledge *knowledge,
                                     const struct approval_record *approval)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_PLANS, APPROVAL_ADD);
    struct db_args args = db_args(stmt);

    db_put_cstr(&args, approval->digest);
    db_put_u64(&args, approval->uid);
    db_put_text(&args, approval->who, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, approval->at_us);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_add_approval(struct knowledge *knowledge,
                                     const struct approval_record *approval, uint32_t *out_count)
{
    bool found = false;

    TRY(insert_approval(knowledge, approval));
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_PLANS, APPROVAL_COUNT);
    struct db_args args = db_args(stmt);
    db_put_cstr(&args, approval->digest);
    TRY(db_step(&knowledge->reader.db, &args, &found));
    struct db_row row = db_row(stmt);
    *out_count = db_take_u32(&row);
    return STATUS_SUCCESS;
}

struct approval_sink {
    approval_row_fn *row;
    void *arg;
    struct approval_record record; /* the row under way */
};

static struct status emit_approval(void *arg, sqlite3_stmt *stmt)
{
    struct approval_sink *sink = arg;
    struct approval_record *approval = &sink->record;
    struct db_row row = db_row(stmt);

    db_take_cstr(&row, approval->digest, sizeof(approval->digest));
    approval->uid = db_take_u32(&row);
    approval->who = db_take_text(&row);
    approval->at_us = db_take_i64(&row);
    TRY(db_row_end(&row));
    return sink->row(sink->arg, approval);
}

struct status knowledge_list_approvals(struct knowledge_reader *reader, const char *digest,
                                       approval_row_fn *row, void *arg)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_PLANS, APPROVAL_LIST);
    struct db_args args = db_args(stmt);
    struct approval_sink sink = { .row = row, .arg = arg };

    db_put_cstr(&args, digest);
    return db_list(&reader->db, &args, KNOWLEDGE_PAGE_MAX, emit_approval, &sink, NULL);
}
