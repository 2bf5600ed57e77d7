/* Plans: what was planned comes from the stored plan, how its steps stand from their records. */
#include "orchestrator/api_priv.h"

#include <inttypes.h>

enum { SUMMARY_MAX = 240 };

/* --- the short form -------------------------------------------------------------------------- */

static void describe_step(struct buf *out, const struct action *action)
{
    char source[ADDRESS_TEXT_MAX];

    address_format(&action->source, source);
    buf_printf(out, "%s%s", out->len > 0 ? ", " : "", action_kind_name(action->kind));
    if (source[0] != '\0') {
        buf_printf(out, " %s", source);
    }
    if (action->resource[0] != '\0') {
        buf_printf(out, " %s", action->resource);
    }
    buf_printf(out, " on %s", action->node);
}

/* "network.deny 10.99.0.2 on app-1, compute.snapshot pacs on app-2" */
static void add_summary(struct json_writer *json, const struct step_record *steps, size_t count)
{
    CLEANUP(buf_done) struct buf text = { .limit = SUMMARY_MAX };

    for (size_t i = 0; i < count; i++) {
        describe_step(&text, &steps[i].action);
    }
    api_add_name(json, "summary", buf_slice(&text));
}

static void write_plan(struct json_writer *json, const struct plan_record *plan,
                       const struct step_record *steps, size_t count)
{
    json_add_cstr(json, "id", plan->id.text);
    api_add_id(json, "incident", &plan->incident);
    json_add_cstr(json, "state", plan_state_name(plan->state));
    json_add_cstr(json, "approval", approval_name(plan->approval));
    json_add_cstr(json, "digest", plan->digest);
    json_add_cstr(json, "base_digest", plan->base_digest);
    add_summary(json, steps, count);
    api_add_u64(json, "step_count", count);
    api_add_name(json, "reason", plan->reason);
    api_add_time(json, "made_at", plan->made_us);
    api_add_time(json, "decided_at", plan->decided_us);
    api_add_time(json, "started_at", plan->started_us);
    api_add_time(json, "finished_at", plan->finished_us);
    api_add_time(json, "undone_at", plan->undone_us);
}

struct status api_write_plan(struct api_request *request, const struct plan_record *plan)
{
    struct step_record *steps = NULL;
    size_t count = 0;

    TRY(knowledge_get_steps(request->reader, &plan->id, &request->arena, &steps, &count));
    write_plan(&request->json, plan, steps, count);
    return STATUS_SUCCESS;
}

struct listing {
    struct api_request *request;
    struct ulid last;
};

static struct status put_plan(void *arg, const struct plan_record *row)
{
    struct listing *listing = arg;

    json_open_object(&listing->request->json);
    TRY(api_write_plan(listing->request, row));
    json_close_object(&listing->request->json);
    listing->last = row->id;
    return STATUS_SUCCESS;
}

struct status api_plan_list(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "incident", "open", NULL };
    struct api_request *request = arg;
    struct listing listing = { .request = request };
    struct plan_query query = { .unfinished = false };
    bool more = false;

    (void)match;
    TRY(api_page(request, known, &query.page));
    TRY(api_filter(request, "incident", &query.incident));
    TRY(api_flag(request, "open", &query.unfinished));
    api_open_list(request, "PlanList");
    TRY(knowledge_list_plans(request->reader, &query, put_plan, &listing, &more));
    api_close_list(request, more, slice_from(listing.last.text));
    return STATUS_SUCCESS;
}

/* --- the whole plan -------------------------------------------------------------------------- */

/* Copies a member of the stored plan; null when it is not there. */
static void copy_member(struct json_writer *json, const struct json *object, const char *key)
{
    const struct json *member = object != NULL ? json_get(object, key) : NULL;

    json_key(json, key);
    if (member != NULL) {
        json_put_tree(json, member);
    } else {
        json_put_null(json);
    }
}

/* Plane handles are for planes; people know resources by their name in the SLA. */
static struct slice resource_name(const struct json *planned, const struct step_record *step)
{
    struct slice name = planned != NULL ? json_text(planned, "resource") : (struct slice){ 0 };

    return name.len > 0 ? name : slice_from(step->action.resource);
}

static void add_after(struct json_writer *json, uint32_t after)
{
    json_key(json, "after");
    json_open_array(json);
    for (unsigned i = 0; i < PLAN_STEPS_MAX; i++) {
        if ((after & (UINT32_C(1) << i)) != 0) {
            json_put_u64(json, i);
        }
    }
    json_close_array(json);
}

static void add_lease(struct json_writer *json, int64_t duration_ms)
{
    json_key(json, "lease_ms");
    if (duration_ms == 0) {
        json_put_null(json); /* until undone */
    } else {
        json_put_i64(json, duration_ms);
    }
}

static void write_step(struct json_writer *json, const struct step_record *step,
                       const struct json *planned)
{
    char source[ADDRESS_TEXT_MAX];

    address_format(&step->action.source, source);
    json_open_object(json);
    api_add_u64(json, "index", step->index);
    json_add_cstr(json, "id", step->action.id.text);
    json_add_cstr(json, "action", action_kind_name(step->action.kind));
    json_add_cstr(json, "node", step->action.node);
    api_add_name(json, "resource", resource_name(planned, step));
    api_add_name(json, "source", slice_from(source));
    add_lease(json, step->action.lease.duration_ms);
    add_after(json, step->after);
    json_add_bool(json, "reversible", step->reversible);
    copy_member(json, planned, "authority");
    copy_member(json, planned, "clause");
    copy_member(json, planned, "cost");
    json_add_cstr(json, "state", control_state_name(step->state));
    json_add_cstr(json, "verified_by", verified_by_name(step->verified_by));
    api_add_name(json, "detail", step->detail);
    api_add_time(json, "sent_at", step->sent_us);
    api_add_time(json, "applied_at", step->applied_us);
    api_add_time(json, "enforced_at", step->enforced_us);
    api_add_time(json, "proven_at", step->proven_us);
    api_add_time(json, "undone_at", step->undone_us);
    api_add_time_ms(json, "lease_end_at", step->lease_end_ms);
    json_close_object(json);
}

static const struct json *element(const struct json *array, uint32_t index)
{
    const struct json *at = array != NULL && array->kind == JSON_ARRAY ? array->first : NULL;

    while (at != NULL && index > 0) {
        at = at->next;
        index--;
    }
    return at;
}

static struct status put_approval(void *arg, const struct approval_record *row)
{
    struct json_writer *json = arg;

    json_open_object(json);
    json_add_text(json, "who", row->who);
    api_add_time(json, "at", row->at_us);
    json_close_object(json);
    return STATUS_SUCCESS;
}

static struct status write_details(struct api_request *request, const struct plan_record *plan,
                                   const struct step_record *steps, size_t count)
{
    struct json_writer *json = &request->json;
    const struct json *stored = NULL;

    TRY(status_wrap(json_read(&request->arena, plan->json, &stored), "stored plan"));
    copy_member(json, stored, "cost");
    copy_member(json, stored, "lower_bound");
    copy_member(json, stored, "expansions");
    copy_member(json, stored, "work_exhausted");
    json_key(json, "steps");
    json_open_array(json);
    for (size_t i = 0; i < count; i++) {
        write_step(json, &steps[i], element(json_get(stored, "steps"), steps[i].index));
    }
    json_close_array(json);
    copy_member(json, stored, "candidates");
    json_key(json, "approvals");
    json_open_array(json);
    TRY(knowledge_list_approvals(request->reader, plan->digest, put_approval, json));
    json_close_array(json);
    return STATUS_SUCCESS;
}

struct nearby {
    struct api_request *request;
    struct slice wanted;
};

static struct status near_plan(void *arg, const struct plan_record *row)
{
    const struct nearby *nearby = arg;

    api_consider_near(nearby->request, nearby->wanted, slice_from(row->id.text));
    return STATUS_SUCCESS;
}

static struct status find_plan(struct api_request *request, struct slice id,
                               struct plan_record *out)
{
    struct status found = knowledge_get_plan(request->reader, id, &request->arena, out);

    if (found.code == STATUS_NOT_FOUND) {
        const struct plan_query query = { .page.limit = API_NEAR_LOOKED_AT };
        struct nearby nearby = { request, id };
        TRY(knowledge_list_plans(request->reader, &query, near_plan, &nearby, NULL));
    }
    return found;
}

static struct status show(struct api_request *request, struct slice id)
{
    struct plan_record plan;
    struct step_record *steps = NULL;
    size_t count = 0;

    TRY(find_plan(request, id, &plan));
    TRY(knowledge_get_steps(request->reader, &plan.id, &request->arena, &steps, &count));
    api_open_object(request, "Plan");
    write_plan(&request->json, &plan, steps, count);
    TRY(write_details(request, &plan, steps, count));
    api_close_object(request);
    return STATUS_SUCCESS;
}

struct status api_plan_show(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;

    TRY(api_no_query(request));
    return show(request, match->params[0]);
}

/* --- decisions ------------------------------------------------------------------------------- */

struct status api_plan_approve(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "digest", NULL };
    struct api_request *request = arg;
    const struct json *body = NULL;
    struct officer officer;
    struct plan_record plan;
    bool stale = false;

    TRY(api_body(request, known, &body, &officer));
    struct slice digest = json_text(body, "digest");
    if (digest.len == 0) {
        return status_error(STATUS_INVALID, "`digest` of the plan that was looked at is missing");
    }
    TRY(find_plan(request, match->params[0], &plan));
    struct status approved =
        officer_approve(request->core, &officer, match->params[0], digest, &stale);
    if (stale) {
        request->problem_code = 409;
        request->problem_word = "stale";
    }
    TRY(approved);
    return show(request, match->params[0]);
}

struct status api_plan_undo(void *arg, const struct route_match *match)
{
    static const char *const known[] = { NULL };
    struct api_request *request = arg;
    const struct json *body = NULL;
    struct officer officer;
    struct plan_record plan;

    TRY(api_body(request, known, &body, &officer));
    TRY(find_plan(request, match->params[0], &plan));
    TRY(officer_undo(request->core, &officer, match->params[0]));
    return show(request, match->params[0]);
}
