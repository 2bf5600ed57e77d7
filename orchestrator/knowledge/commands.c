#include "orchestrator/knowledge/commands.h"

#include "orchestrator/knowledge/knowledge_priv.h"

#define COLUMNS                                                                                    \
    "id, node, service, verb, action, seq, fencing_epoch, state, issued_ms, expires_ms, sent_ms,"  \
    " sent_count, bytes, result, detail"
/* As the partial index of the schema has it. */
#define IS_UNFINISHED "state IN ('planned', 'sent', 'accepted')"
#define IS_OF_NODE    "(:node = '' OR node = :node)"

enum statement { PUT, GET, LIST, LIST_UNFINISHED, LIST_UNANSWERED, NEXT_SEQ, DROP };
static const char *const texts[] = {
    [PUT] =
        ("INSERT INTO commands (" COLUMNS ") VALUES (:id, :node, :service, :verb, :action, :seq,"
         " :fencing_epoch, :state, :issued_ms, :expires_ms, :sent_ms, :sent_count, :bytes,"
         " :result, :detail)"
         " ON CONFLICT (id) DO UPDATE SET node = excluded.node, service = excluded.service,"
         " verb = excluded.verb, action = excluded.action, seq = excluded.seq,"
         " fencing_epoch = excluded.fencing_epoch, state = excluded.state,"
         " issued_ms = excluded.issued_ms, expires_ms = excluded.expires_ms,"
         " sent_ms = excluded.sent_ms, sent_count = excluded.sent_count,"
         " bytes = excluded.bytes, result = excluded.result, detail = excluded.detail"),
    [GET] = ("SELECT " COLUMNS " FROM commands WHERE id = :id"),
    [LIST] = ("SELECT " COLUMNS " FROM commands WHERE " IS_OF_NODE " AND id < :after"
              " ORDER BY id DESC LIMIT :limit"),
    [LIST_UNFINISHED] = ("SELECT " COLUMNS " FROM commands WHERE " IS_OF_NODE " AND id > :after"
                         " AND " IS_UNFINISHED " ORDER BY id LIMIT :limit"),
    [LIST_UNANSWERED] = ("SELECT " COLUMNS " FROM commands WHERE " IS_OF_NODE " AND id > :after"
                         " AND state = 'expired' AND length(result) = 0 ORDER BY id LIMIT :limit"),
    [NEXT_SEQ] = ("INSERT INTO command_seqs (node, seq) VALUES (:node, 1)"
                  " ON CONFLICT (node) DO UPDATE SET seq = seq + 1 RETURNING seq"),
    [DROP] = "DELETE FROM commands WHERE id = :id",
};
const struct db_texts command_texts = { texts, COUNT_OF(texts) };

/* --- names ----------------------------------------------------------------------------------- */

static const char *const states[] = {
    [COMMAND_STATE_PLANNED] = "planned",   [COMMAND_STATE_SENT] = "sent",
    [COMMAND_STATE_ACCEPTED] = "accepted", [COMMAND_STATE_DONE] = "done",
    [COMMAND_STATE_FAILED] = "failed",     [COMMAND_STATE_EXPIRED] = "expired",
    [COMMAND_STATE_REFUSED] = "refused",
};

const char *command_state_name(enum command_state value)
{
    return (size_t)value < COUNT_OF(states) ? states[value] : "unknown";
}

bool command_state_parse(struct slice text, enum command_state *out)
{
    size_t i = db_word(states, COUNT_OF(states), text);

    if (i == COUNT_OF(states)) {
        return false;
    }
    *out = (enum command_state)i;
    return true;
}

bool command_state_is_final(enum command_state value)
{
    return value >= COMMAND_STATE_DONE;
}

/* model/ names verbs but reads none. */
static bool parse_verb(struct slice text, enum command_verb *out)
{
    for (enum command_verb verb = COMMAND_DO; verb <= COMMAND_UNDO; verb++) {
        if (slice_is(text, command_verb_name(verb))) {
            *out = verb;
            return true;
        }
    }
    return false;
}

/* --- writing --------------------------------------------------------------------------------- */

struct status knowledge_next_command_seq(struct knowledge *knowledge, struct slice node,
                                         uint64_t *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_COMMANDS, NEXT_SEQ);
    struct db_args args = db_args(stmt);

    db_put_text(&args, node, KNOWLEDGE_KEY_MAX);
    return knowledge_run_number(knowledge, &args, out);
}

struct status knowledge_put_command(struct knowledge *knowledge,
                                    const struct command_record *command)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_COMMANDS, PUT);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, &command->id);
    db_put_text(&args, command->node, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, command->service, KNOWLEDGE_KEY_MAX);
    db_put_cstr(&args, command_verb_name(command->verb));
    db_put_ulid(&args, &command->action);
    db_put_u64(&args, command->seq);
    db_put_u64(&args, command->fencing_epoch);
    db_put_cstr(&args, command_state_name(command->state));
    db_put_i64(&args, command->issued_ms);
    db_put_i64(&args, command->expires_ms);
    db_put_i64(&args, command->sent_ms);
    db_put_u64(&args, command->sent_count);
    db_put_bytes(&args, command->bytes, KNOWLEDGE_BYTES_MAX);
    db_put_bytes(&args, command->result, KNOWLEDGE_BYTES_MAX);
    db_put_text(&args, command->detail, KNOWLEDGE_TEXT_MAX);
    return knowledge_run(knowledge, &args);
}

struct status knowledge_drop_command(struct knowledge *knowledge, const struct ulid *id)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = knowledge_borrow(knowledge, DB_COMMANDS, DROP);
    struct db_args args = db_args(stmt);

    db_put_ulid(&args, id);
    return knowledge_run(knowledge, &args);
}

/* --- reading --------------------------------------------------------------------------------- */

static struct status take(sqlite3_stmt *stmt, struct command_record *out)
{
    struct db_row row = db_row(stmt);

    out->id = db_take_ulid(&row);
    out->node = db_take_text(&row);
    out->service = db_take_text(&row);
    db_expect(&row, parse_verb(db_take_text(&row), &out->verb));
    out->action = db_take_ulid(&row);
    out->seq = db_take_u64(&row);
    out->fencing_epoch = db_take_u64(&row);
    db_expect(&row, command_state_parse(db_take_text(&row), &out->state));
    out->issued_ms = db_take_i64(&row);
    out->expires_ms = db_take_i64(&row);
    out->sent_ms = db_take_i64(&row);
    out->sent_count = db_take_u32(&row);
    out->bytes = db_take_bytes(&row);
    out->result = db_take_bytes(&row);
    out->detail = db_take_text(&row);
    return db_row_end(&row);
}

static void keep(struct arena *arena, struct command_record *command)
{
    command->node = arena_copy(arena, command->node);
    command->service = arena_copy(arena, command->service);
    command->bytes = arena_copy(arena, command->bytes);
    command->result = arena_copy(arena, command->result);
    command->detail = arena_copy(arena, command->detail);
}

struct status knowledge_get_command(struct knowledge_reader *reader, struct slice id,
                                    struct arena *arena, struct command_record *out)
{
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_COMMANDS, GET);
    struct db_args args = db_args(stmt);
    struct command_record command = { 0 };
    bool found = false;

    db_put_text(&args, id, KNOWLEDGE_KEY_MAX);
    TRY(db_step(&reader->db, &args, &found));
    if (!found) {
        return status_error(STATUS_NOT_FOUND, "command `%.*s` does not exist", SLICE_ARG(id));
    }
    TRY(take(stmt, &command));
    keep(arena, &command);
    *out = command;
    return STATUS_SUCCESS;
}

struct sink {
    command_row_fn *row;
    void *arg;
    struct command_record record; /* the row under way */
};

static struct status emit(void *arg, sqlite3_stmt *stmt)
{
    struct sink *sink = arg;

    sink->record = (struct command_record){ 0 };
    TRY(take(stmt, &sink->record));
    return sink->row(sink->arg, &sink->record);
}

static enum statement query_statement(const struct command_query *query)
{
    if (query->unfinished) {
        return LIST_UNFINISHED;
    }
    return query->unanswered ? LIST_UNANSWERED : LIST;
}

struct status knowledge_list_commands(struct knowledge_reader *reader,
                                      const struct command_query *query, command_row_fn *row,
                                      void *arg, bool *out_more)
{
    enum statement which = query_statement(query);
    struct slice after = which == LIST ? db_before(query->page.after) : query->page.after;
    CLEANUP(db_rewind) sqlite3_stmt *stmt = db_borrow(&reader->db, DB_COMMANDS, which);
    struct db_args args = db_args(stmt);
    struct sink sink = { .row = row, .arg = arg };

    TRY(db_check_limit(query->page.limit));
    db_put_text(&args, query->node, KNOWLEDGE_KEY_MAX);
    db_put_text(&args, after, KNOWLEDGE_KEY_MAX);
    db_put_i64(&args, db_page_limit(query->page.limit));
    return db_list(&reader->db, &args, query->page.limit, emit, &sink, out_more);
}
