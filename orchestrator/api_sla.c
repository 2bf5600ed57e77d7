/* Conflicts, and the documents they are found in. */
#include "orchestrator/api_priv.h"

#include "orchestrator/knowledge/conflicts.h"
#include "sla/code.h"
#include "sla/diff/effects.h"

/* --- conflicts ------------------------------------------------------------------------------- */

static void write_conflict(struct json_writer *json, const struct conflict_record *conflict)
{
    json_add_text(json, "id", conflict->id);
    json_add_text(json, "class", conflict->kind);
    json_add_cstr(json, "state", conflict_state_name(conflict->state));
    json_add_text(json, "summary", conflict->summary);
    api_add_name(json, "yields", conflict->yields);
    json_key(json, "chosen");
    if (conflict->chosen == 0) {
        json_put_null(json);
    } else {
        json_put_u64(json, conflict->chosen);
    }
    api_add_name(json, "by", conflict->by);
    api_add_name(json, "reason", conflict->reason);
    api_add_time(json, "opened_at", conflict->opened_us);
    api_add_time(json, "decided_at", conflict->decided_us);
}

struct listing {
    struct api_request *request;
    struct slice last;
};

static struct status put_conflict(void *arg, const struct conflict_record *row)
{
    struct listing *listing = arg;
    struct json_writer *json = &listing->request->json;

    json_open_object(json);
    write_conflict(json, row);
    json_close_object(json);
    listing->last = arena_copy(&listing->request->arena, row->id);
    return STATUS_SUCCESS;
}

struct status api_conflict_list(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "open", NULL };
    struct api_request *request = arg;
    struct listing listing = { .request = request };
    struct conflict_query query = { .open_only = false };
    bool more = false;

    (void)match;
    TRY(api_page(request, known, &query.page));
    TRY(api_flag(request, "open", &query.open_only));
    api_open_list(request, "ConflictList");
    TRY(knowledge_list_conflicts(request->reader, &query, put_conflict, &listing, &more));
    api_close_list(request, more, listing.last);
    return STATUS_SUCCESS;
}

struct nearby {
    struct api_request *request;
    struct slice wanted;
};

static struct status near_conflict(void *arg, const struct conflict_record *row)
{
    const struct nearby *nearby = arg;

    api_consider_near(nearby->request, nearby->wanted, row->id);
    return STATUS_SUCCESS;
}

static struct status find_conflict(struct api_request *request, struct slice id,
                                   struct conflict_record *out)
{
    struct status found = knowledge_get_conflict(request->reader, id, &request->arena, out);

    if (found.code == STATUS_NOT_FOUND) {
        const struct conflict_query query = { .page.limit = API_NEAR_LOOKED_AT };
        struct nearby nearby = { request, id };
        TRY(knowledge_list_conflicts(request->reader, &query, near_conflict, &nearby, NULL));
    }
    return found;
}

struct status api_conflict_show(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    struct conflict_record conflict;

    TRY(api_no_query(request));
    TRY(find_conflict(request, match->params[0], &conflict));
    api_open_object(request, "Conflict");
    write_conflict(&request->json, &conflict);
    api_add_json(&request->json, "finding", conflict.json);
    api_close_object(request);
    return STATUS_SUCCESS;
}

/* --- a new world ----------------------------------------------------------------------------- */

/* What was in force before, to tell what a repair changed. */
struct change {
    struct api_request *request;
    const struct world_document *before;
    size_t before_count;
    bool show_changed;
};

static struct slice text_before(const struct change *change, const char *name)
{
    for (size_t i = 0; i < change->before_count; i++) {
        if (slice_is(change->before[i].name, name)) {
            return change->before[i].text;
        }
    }
    return (struct slice){ 0 };
}

static void add_changed(const struct change *change, const struct sla_world *compiled)
{
    struct json_writer *json = &change->request->json;

    json_key(json, "changed_documents");
    json_open_array(json);
    for (size_t i = 0; change->show_changed && i < compiled->source_count; i++) {
        const struct diag_source *source = &compiled->sources[i];
        if (!slice_eq(text_before(change, source->name), source->text)) {
            json_open_object(json);
            json_add_cstr(json, "name", source->name);
            json_add_text(json, "text", source->text);
            json_close_object(json);
        }
    }
    json_close_array(json);
}

static void add_findings(const struct change *change)
{
    struct json_writer *json = &change->request->json;

    json_key(json, "diagnostics");
    json_open_array(json);
    for (const struct diag *diag = change->request->diags.first; diag != NULL; diag = diag->next) {
        bool is_conflict = diag->level == DIAG_ERROR && diag->code != SLA_CODE_SERVICE_IMPOSSIBLE;
        if (!is_conflict) { /* those are listed by their ids */
            diag_write_json(diag, json);
        }
    }
    json_close_array(json);
}

/* Ids of those that wait for a decision, or of those in which a `should` clause gives way. */
static void add_conflicts(struct json_writer *json, const char *key,
                          const struct sla_world *compiled, bool degraded)
{
    json_key(json, key);
    json_open_array(json);
    for (size_t i = 0; i < compiled->conflict_count; i++) {
        if ((compiled->conflicts[i].yields != NULL) == degraded) {
            json_put_text(json, compiled->conflicts[i].id);
        }
    }
    json_close_array(json);
}

/* What it would mean in place of what is in force; null unless that is asked for. */
static void add_effects(const struct change *change, const struct sla_world *before,
                        const struct sla_world *compiled)
{
    struct json_writer *json = &change->request->json;
    const struct sla_effects_side was = { .world = before };
    const struct sla_effects_side is = { .world = compiled };
    struct sla_effects effects;

    json_key(json, "effects");
    if (before == NULL) {
        json_put_null(json);
        return;
    }
    sla_effects_find(&change->request->arena, &was, &is, &effects);
    sla_effects_write_json(&effects, json);
}

static void write_world(void *arg, const struct sla_world *before, const struct sla_world *compiled,
                        uint64_t version, bool unchanged)
{
    const struct change *change = arg;
    struct json_writer *json = &change->request->json;

    api_open_object(change->request, "World");
    api_add_u64(json, "version", version);
    json_add_cstr(json, "digest", compiled->policies.digest);
    json_add_bool(json, "unchanged", unchanged);
    api_add_u64(json, "documents", compiled->document_count);
    api_add_u64(json, "clauses", compiled->summary.clauses);
    api_add_u64(json, "policies", compiled->summary.policies);
    api_add_u64(json, "objectives", compiled->summary.objectives);
    api_add_u64(json, "reactions", compiled->summary.reactions);
    add_conflicts(json, "conflicts", compiled, false);
    add_conflicts(json, "degradations", compiled, true);
    add_findings(change);
    add_changed(change, compiled);
    add_effects(change, before, compiled);
    api_close_object(change->request);
}

/* Documents with errors are told with all findings; nothing was stored. */
static struct status judge(struct api_request *request, struct status outcome)
{
    if (outcome.code == STATUS_INVALID && request->diags.errors > 0) {
        request->problem_code = 422;
        request->problem_word = "sla-invalid";
    }
    return outcome;
}

static struct status read_document(const struct json *item, struct world_document *out)
{
    const struct json *name = json_get(item, "name");
    const struct json *text = json_get(item, "text");

    if (item->kind != JSON_OBJECT || item->count != 2 || name == NULL || text == NULL ||
        name->kind != JSON_STRING || text->kind != JSON_STRING || name->text.len == 0 ||
        name->text.len > KNOWLEDGE_KEY_MAX || slice_find(name->text, '\0') < name->text.len) {
        return status_error(STATUS_INVALID, "a document has a `name` and a `text`");
    }
    *out = (struct world_document){ name->text, text->text };
    return STATUS_SUCCESS;
}

static struct status read_documents(struct api_request *request, const struct json *list,
                                    struct world_document **out, size_t *out_count)
{
    size_t count = 0;

    if (list == NULL || list->kind != JSON_ARRAY || list->count == 0) {
        return status_error(STATUS_INVALID, "`documents` is a list with at least one");
    }
    if (list->count > SLA_SOURCES_MAX) {
        return status_error(STATUS_INVALID, "over %d documents", SLA_SOURCES_MAX);
    }
    *out = ARENA_NEW(&request->arena, struct world_document, list->count);
    for (const struct json *item = list->first; item != NULL; item = item->next) {
        TRY(read_document(item, &(*out)[count]));
        for (size_t i = 0; i < count; i++) {
            if (slice_eq((*out)[i].name, (*out)[count].name)) {
                return status_error(STATUS_INVALID, "document `%.*s` is there twice",
                                    SLICE_ARG((*out)[i].name));
            }
        }
        count++;
    }
    *out_count = count;
    return STATUS_SUCCESS;
}

struct status api_sla_apply(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "documents", NULL };
    struct api_request *request = arg;
    struct change change = { .request = request };
    const struct json *body = NULL;
    struct officer officer;
    struct world_document *documents = NULL;
    size_t count = 0;

    (void)match;
    TRY(api_body(request, known, &body, &officer));
    TRY(read_documents(request, json_get(body, "documents"), &documents, &count));
    return judge(request, officer_apply(request->core, &officer, documents, count, &request->diags,
                                        write_world, &change));
}

static struct status read_choice(const struct json *body, int64_t *out)
{
    const struct json *choose = json_get(body, "choose");

    if (choose == NULL) {
        return status_error(STATUS_INVALID, "`choose` is missing: the number of a repair");
    }
    return status_wrap(json_i64(choose, 1, UINT32_MAX, out), "choose");
}

struct status api_conflict_resolve(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "choose", NULL };
    struct api_request *request = arg;
    struct change change = { .request = request, .show_changed = true };
    const struct json *body = NULL;
    struct officer officer;
    struct conflict_record conflict;
    struct world_record world;
    int64_t choose = 0;

    TRY(api_body(request, known, &body, &officer));
    TRY(read_choice(body, &choose));
    TRY(find_conflict(request, match->params[0], &conflict));
    if (conflict.state != CONFLICT_OPEN) {
        return status_error(STATUS_CONFLICT, "conflict `%.*s` is %s", SLICE_ARG(conflict.id),
                            conflict_state_name(conflict.state));
    }
    TRY(knowledge_get_world(request->reader, &request->arena, &world));
    change.before = world.documents;
    change.before_count = world.document_count;
    return judge(request, officer_resolve(request->core, &officer, match->params[0],
                                          (uint32_t)choose, &request->diags, write_world, &change));
}
