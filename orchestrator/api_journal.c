/* The journal: pages of it, and the check of its chain. */
#include "orchestrator/api_priv.h"

#include "orchestrator/api.h"
#include "orchestrator/knowledge/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    AUDIT_SLICE_ROWS = 4096,   /* some milliseconds: other work goes on in between */
    JSON_SHOWN_MAX = 64 * 1024 /* larger records are told by their size */
};

/* --- pages ----------------------------------------------------------------------------------- */

struct listing {
    struct api_request *request;
    uint64_t next;
};

static struct status put_row(void *arg, const struct journal_row *row)
{
    struct listing *listing = arg;
    struct json_writer *json = &listing->request->json;

    json_open_object(json);
    api_add_u64(json, "seq", row->seq);
    api_add_time(json, "at", row->at_us);
    json_add_text(json, "kind", row->kind);
    api_add_name(json, "subject", row->subject);
    api_add_hash(json, "hash", &row->hash);
    api_add_json(json, "json", row->bytes.len <= JSON_SHOWN_MAX ? row->bytes : (struct slice){ 0 });
    api_add_u64(json, "size_bytes", row->bytes.len);
    json_close_object(json);
    listing->next = row->seq + 1;
    return STATUS_SUCCESS;
}

/* `after` is the next page's `from`: a cursor that can be asked for either way. */
struct status api_journal_list(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "from", NULL };
    struct api_request *request = arg;
    struct listing listing = { .request = request };
    struct knowledge_page page;
    char cursor[24];
    uint64_t from = 1;
    bool more = false;

    (void)match;
    TRY(api_page(request, known, &page));
    TRY(query_number(request->call->query, "from", 1, INT64_MAX, 1, &request->arena, &from));
    TRY(query_number(request->call->query, "after", 1, INT64_MAX, from, &request->arena, &from));
    api_open_list(request, "JournalList");
    TRY(journal_list(request->reader, from - 1, page.limit, put_row, &listing, &more));
    (void)snprintf(cursor, sizeof(cursor), "%" PRIu64, listing.next);
    api_close_list(request, more, slice_from(cursor));
    return STATUS_SUCCESS;
}

/* --- the check ------------------------------------------------------------------------------- */

/* One at a time; its answer is late. */
struct audit {
    struct core *core;
    uint64_t call;
    uint64_t next; /* first row not yet checked */
    uint64_t last; /* of the journal when the check began */
    uint64_t rows; /* good ones so far */
    int timer;
};

static void write_verdict(struct buf *out, const struct journal_verdict *verdict, uint64_t rows)
{
    struct json_writer json = { .out = out };

    json_open_object(&json);
    json_add_cstr(&json, "apiVersion", "redan/v1");
    json_add_cstr(&json, "kind", "AuditVerdict");
    json_add_bool(&json, "intact", verdict->intact);
    api_add_u64(&json, "rows", rows);
    json_key(&json, "bad_seq");
    if (verdict->intact) {
        json_put_null(&json);
    } else {
        json_put_u64(&json, verdict->bad_seq);
    }
    api_add_name(&json, "why", slice_from(verdict->why));
    json_key(&json, "head");
    json_open_object(&json);
    api_add_u64(&json, "seq", verdict->head.seq);
    api_add_hash(&json, "hash", &verdict->head.hash);
    json_close_object(&json);
    json_close_object(&json);
}

static void end_audit(struct audit *audit, const struct http_reply *reply)
{
    struct core *core = audit->core;
    struct status sent = http_reply(core->http, audit->call, reply);

    (void)sent; /* a client that has gone needs no verdict */
    core->audit = NULL;
    free(audit);
}

static struct status check_slice(struct audit *audit, struct journal_verdict *out)
{
    uint64_t to = audit->next + AUDIT_SLICE_ROWS - 1;
    struct journal_check check = { .from = audit->next, .to = to < audit->last ? to : 0 };

    TRY(journal_verify(knowledge_reading(audit->core->knowledge), &check, out));
    audit->rows += out->rows;
    audit->next = out->head.seq + 1;
    return STATUS_SUCCESS;
}

static struct status on_audit(struct actor_loop *loop, void *state)
{
    CLEANUP(buf_done) struct buf body = { 0 };
    struct audit *audit = state;
    struct journal_verdict verdict;

    struct status checked = turn_close(audit->core); /* an open turn's rows have no stored head */
    if (status_ok(&checked)) {
        checked = check_slice(audit, &verdict);
    }
    if (!status_ok(&checked)) {
        struct http_reply problem = http_problem_of(&body, &checked);
        end_audit(audit, &problem);
        return STATUS_SUCCESS;
    }
    if (verdict.intact && audit->next <= audit->last) {
        audit->timer = actor_loop_timer(loop, 0, 1, on_audit, audit);
        return STATUS_SUCCESS;
    }
    write_verdict(&body, &verdict, audit->rows);
    end_audit(audit, &(struct http_reply){ .code = 200, .body = buf_slice(&body) });
    return STATUS_SUCCESS;
}

struct status api_audit_verify(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "from", NULL };
    struct api_request *request = arg;
    struct core *core = request->core;
    struct journal_head head;
    uint64_t from = 1;

    (void)match;
    TRY(query_check(request->call->query, known, &request->arena));
    TRY(query_number(request->call->query, "from", 1, INT64_MAX, 1, &request->arena, &from));
    TRY(journal_head(request->reader, &head));
    if (from > head.seq) {
        return status_error(STATUS_NOT_FOUND, "the journal has only %" PRIu64 " rows", head.seq);
    }
    if (core->audit != NULL) {
        return status_error(STATUS_UNAVAILABLE, "another check of the journal is under way");
    }
    struct audit *audit = calloc(1, sizeof(*audit));
    if (audit == NULL) {
        abort();
    }
    *audit =
        (struct audit){ .core = core, .call = request->call->id, .next = from, .last = head.seq };
    audit->timer = actor_loop_timer(core->loop, 0, 1, on_audit, audit);
    core->audit = audit;
    request->is_late = true;
    return STATUS_SUCCESS;
}

void api_close(struct core *core)
{
    if (core->audit != NULL) {
        actor_loop_timer_end(core->loop, core->audit->timer);
        free(core->audit);
        core->audit = NULL;
    }
}
