/* One screen: how everything stands and what waits for a person. Also the list of nodes. */
#include "orchestrator/api_priv.h"

#include "orchestrator/knowledge/conflicts.h"
#include "orchestrator/knowledge/journal.h"
#include "orchestrator/knowledge/nodes.h"
#include "orchestrator/manager.h"

#include <stdio.h>

enum { NEEDS_MAX = 20, NEEDS_INCIDENTS_MAX = 8 }; /* of each kind; noise refuses many incidents */

/* --- nodes ----------------------------------------------------------------------------------- */

static void add_words(struct json_writer *json, const char *key, struct slice words)
{
    json_key(json, key);
    json_open_array(json);
    while (words.len > 0) {
        struct slice word = slice_cut(&words, ' ');
        if (word.len > 0) {
            json_put_text(json, word);
        }
    }
    json_close_array(json);
}

static void write_node(struct json_writer *json, const struct node_record *node)
{
    json_open_object(json);
    json_add_text(json, "name", node->name);
    json_add_cstr(json, "role", peer_role_name(node->role));
    json_add_cstr(json, "state", node_state_name(node->state));
    add_words(json, "services", node->services);
    add_words(json, "capabilities", node->capabilities);
    api_add_name(json, "via", node->via);
    api_add_time_ms(json, "last_seen_at", node->last_seen_ms);
    api_add_u64(json, "epoch", node->mark.epoch);
    api_add_u64(json, "seq", node->mark.seq);
    json_close_object(json);
}

struct node_listing {
    struct api_request *request;
    struct slice last;
};

static struct status put_node(void *arg, const struct node_record *row)
{
    struct node_listing *listing = arg;

    write_node(&listing->request->json, row);
    listing->last = arena_copy(&listing->request->arena, row->name);
    return STATUS_SUCCESS;
}

struct status api_node_list(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    struct node_listing listing = { .request = request };
    struct knowledge_page page;
    bool more = false;

    (void)match;
    TRY(api_page(request, NULL, &page));
    api_open_list(request, "NodeList");
    TRY(knowledge_list_nodes(request->reader, page, put_node, &listing, &more));
    api_close_list(request, more, listing.last);
    return STATUS_SUCCESS;
}

/* --- counts ---------------------------------------------------------------------------------- */

struct node_count {
    struct api_request *request;
    uint64_t enrolled, silent, pending;
    struct slice last;
};

static struct status count_node(void *arg, const struct node_record *row)
{
    struct node_count *count = arg;
    bool is_enrolled = row->state == NODE_ENROLLED && row->role != PEER_ORCHESTRATOR;

    count->enrolled += is_enrolled ? 1 : 0;
    /* A quiet node is not a silent one: its session is kept alive by PINGs that leave no row. */
    bool is_there = server_has_session(count->request->core->server, row->name);
    count->silent += is_enrolled && !is_there ? 1 : 0;
    count->pending += row->state == NODE_PENDING ? 1 : 0;
    count->last = arena_copy(&count->request->arena, row->name);
    return STATUS_SUCCESS;
}

static struct status add_nodes(struct api_request *request)
{
    struct node_count count = { .request = request };
    struct json_writer *json = &request->json;
    bool more = true;

    while (more) {
        struct knowledge_page page = { count.last, KNOWLEDGE_PAGE_MAX };
        TRY(knowledge_list_nodes(request->reader, page, count_node, &count, &more));
    }
    json_key(json, "nodes");
    json_open_object(json);
    api_add_u64(json, "enrolled", count.enrolled);
    api_add_u64(json, "silent", count.silent);
    api_add_u64(json, "pending", count.pending);
    json_close_object(json);
    return STATUS_SUCCESS;
}

static struct status add_incidents(struct api_request *request)
{
    uint64_t counts[INCIDENT_STATES];
    struct json_writer *json = &request->json;

    TRY(knowledge_count_incidents(request->reader, counts));
    json_key(json, "incidents");
    json_open_object(json);
    api_add_u64(json, "open", counts[INCIDENT_OPEN]);
    api_add_u64(json, "contained", counts[INCIDENT_CONTAINED]);
    json_close_object(json);
    return STATUS_SUCCESS;
}

static struct status add_plans(struct api_request *request)
{
    uint64_t counts[PLAN_STATES];
    struct json_writer *json = &request->json;

    TRY(knowledge_count_plans(request->reader, counts));
    json_key(json, "plans");
    json_open_object(json);
    api_add_u64(json, "awaiting_approval", counts[PLAN_AWAITING_APPROVAL]);
    api_add_u64(json, "running",
                counts[PLAN_APPROVED] + counts[PLAN_RUNNING] + counts[PLAN_UNDOING]);
    api_add_u64(json, "failed", counts[PLAN_FAILED]);
    json_close_object(json);
    return STATUS_SUCCESS;
}

static struct status add_conflicts(struct api_request *request)
{
    uint64_t open = 0;

    TRY(knowledge_count_open_conflicts(request->reader, &open));
    json_key(&request->json, "conflicts");
    json_open_object(&request->json);
    api_add_u64(&request->json, "open", open);
    json_close_object(&request->json);
    return STATUS_SUCCESS;
}

static void add_world(struct api_request *request)
{
    const struct sla_world *compiled = world_compiled(request->core->world);
    struct json_writer *json = &request->json;

    json_key(json, "world");
    if (compiled == NULL) {
        json_put_null(json);
        return;
    }
    json_open_object(json);
    api_add_u64(json, "version", world_version(request->core->world));
    json_add_cstr(json, "digest", compiled->policies.digest);
    api_add_u64(json, "documents", compiled->document_count);
    api_add_u64(json, "clauses", compiled->summary.clauses);
    api_add_u64(json, "policies", compiled->summary.policies);
    json_close_object(json);
}

/* --- loops and journal ----------------------------------------------------------------------- */

static struct slice scope_text(struct arena *arena, const struct loop_scope *scope)
{
    struct slice text = SLICE("");

    for (int plane = 0; plane < PLANE_KINDS; plane++) {
        if ((scope->planes & (UINT32_C(1) << plane)) != 0) {
            text = arena_printf(arena, "%.*s%s%s", SLICE_ARG(text), text.len > 0 ? ", " : "",
                                plane_kind_name((enum plane_kind)plane));
        }
    }
    return text;
}

/* Managers look at every incident together, so they have taken the same number of steps. */
static void add_loops(struct api_request *request)
{
    const struct core *core = request->core;
    struct json_writer *json = &request->json;
    size_t count = 0;
    const struct manager *managers = manager_table(&count);

    json_key(json, "loops");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        json_open_object(json);
        json_add_cstr(json, "name", managers[i].name);
        json_add_text(json, "scope", scope_text(&request->arena, &managers[i].scope));
        api_add_u64(json, "steps", core->counters.looks);
        api_add_time(json, "last_at", core->last_look_us);
        json_close_object(json);
    }
    json_close_array(json);
}

static struct status add_journal(struct api_request *request)
{
    struct journal_head head;

    TRY(journal_head(request->reader, &head));
    json_key(&request->json, "journal");
    json_open_object(&request->json);
    api_add_u64(&request->json, "seq", head.seq);
    api_add_hash(&request->json, "hash", &head.hash);
    json_close_object(&request->json);
    return STATUS_SUCCESS;
}

/* --- what waits for a person ----------------------------------------------------------------- */

static void add_need(struct api_request *request, const char *kind, struct slice id,
                     struct slice text, const char *command)
{
    struct json_writer *json = &request->json;

    json_open_object(json);
    json_add_cstr(json, "kind", kind);
    json_add_text(json, "id", id);
    json_add_text(json, "text", text);
    json_add_text(json, "command",
                  arena_printf(&request->arena, "%s %.*s", command, SLICE_ARG(id)));
    json_close_object(json);
}

static struct status need_plan(void *arg, const struct plan_record *row)
{
    struct api_request *request = arg;

    if (row->state == PLAN_AWAITING_APPROVAL) {
        add_need(request, "plan", slice_from(row->id.text), SLICE("waits for approval"),
                 "redan plan approve");
    }
    return STATUS_SUCCESS;
}

struct incident_needs {
    struct api_request *request;
    size_t count;
    struct slice plan_reason; /* of the row under way; "" when its newest plan says nothing */
};

static struct status take_reason(void *arg, const struct plan_record *row)
{
    struct incident_needs *needs = arg;

    if (row->state == PLAN_REFUSED || row->state == PLAN_FAILED) {
        needs->plan_reason = arena_copy(&needs->request->arena, row->reason);
    }
    return STATUS_SUCCESS;
}

/* Open, and the loops know no way (any more): why. */
static struct status need_incident(void *arg, const struct incident_record *row)
{
    struct incident_needs *needs = arg;
    const struct plan_query newest = { .page.limit = 1, .incident = slice_from(row->id.text) };

    if (row->state != INCIDENT_OPEN || needs->count == NEEDS_INCIDENTS_MAX) {
        return STATUS_SUCCESS;
    }
    needs->plan_reason = (struct slice){ 0 };
    TRY(knowledge_list_plans(needs->request->reader, &newest, take_reason, needs, NULL));
    struct slice why = row->reason.len > 0 ? row->reason : needs->plan_reason;
    if (why.len > 0) {
        needs->count++;
        add_need(needs->request, "incident", slice_from(row->id.text),
                 arena_printf(&needs->request->arena, "no response: %.*s", SLICE_ARG(why)),
                 "redan incident show");
    }
    return STATUS_SUCCESS;
}

static struct status need_conflict(void *arg, const struct conflict_record *row)
{
    add_need(arg, "conflict", row->id, row->summary, "redan conflict show");
    return STATUS_SUCCESS;
}

static struct status need_node(void *arg, const struct node_record *row)
{
    if (row->state == NODE_PENDING) {
        add_need(arg, "node", row->name, SLICE("waits to be approved"), "redan node approve");
    }
    return STATUS_SUCCESS;
}

static struct status add_needs(struct api_request *request)
{
    const struct plan_query plans = { .page.limit = NEEDS_MAX, .unfinished = true };
    const struct conflict_query conflicts = { .page.limit = NEEDS_MAX, .open_only = true };
    const struct incident_query incidents = { .page.limit = KNOWLEDGE_PAGE_MAX,
                                              .not_closed = true };
    const struct knowledge_page nodes = { .limit = KNOWLEDGE_PAGE_MAX };
    struct incident_needs needs = { .request = request };

    json_key(&request->json, "needs");
    json_open_array(&request->json);
    TRY(knowledge_list_plans(request->reader, &plans, need_plan, request, NULL));
    TRY(knowledge_list_incidents(request->reader, &incidents, need_incident, &needs, NULL));
    TRY(knowledge_list_conflicts(request->reader, &conflicts, need_conflict, request, NULL));
    TRY(knowledge_list_nodes(request->reader, nodes, need_node, request, NULL));
    json_close_array(&request->json);
    return STATUS_SUCCESS;
}

struct status api_status(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    int64_t now_us = clock_wall_us(request->core->clock);

    (void)match;
    TRY(api_no_query(request));
    api_open_object(request, "Status");
    json_add_cstr(&request->json, "version", REDAN_VERSION);
    api_add_time(&request->json, "started_at", request->core->started_us);
    api_add_time(&request->json, "now_at", now_us);
    add_world(request);
    TRY(add_nodes(request));
    TRY(add_incidents(request));
    TRY(add_plans(request));
    TRY(add_conflicts(request));
    TRY(api_add_objectives(request));
    add_loops(request);
    TRY(add_journal(request));
    TRY(add_needs(request));
    api_close_object(request);
    return STATUS_SUCCESS;
}
