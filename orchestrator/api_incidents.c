/* Alerts and incidents. */
#include "orchestrator/api_priv.h"

#include "orchestrator/knowledge/alerts.h"

/* A list under way: the request, and the cursor after its last item. */
struct listing {
    struct api_request *request;
    struct ulid last;
};

static struct slice cursor(const struct listing *listing)
{
    return slice_from(listing->last.text);
}

/* --- alerts ---------------------------------------------------------------------------------- */

void api_write_alert(struct json_writer *json, const struct alert_record *alert)
{
    json_add_cstr(json, "id", alert->id.text);
    json_add_text(json, "rule", alert->rule);
    json_add_cstr(json, "severity", severity_name(alert->severity));
    json_add_text(json, "node", alert->node);
    api_add_name(json, "resource", alert->resource);
    api_add_name(json, "source", alert->source);
    api_add_u64(json, "count", alert->count);
    json_add_bool(json, "corroborated", alert->corroborated);
    api_add_id(json, "incident", &alert->incident);
    api_add_time(json, "first_at", alert->first_us);
    api_add_time(json, "last_at", alert->last_us);
    api_add_time(json, "detected_at", alert->detected_us);
    api_add_time(json, "received_at", alert->received_us);
    api_add_u64(json, "epoch", alert->epoch);
    api_add_u64(json, "seq", alert->seq);
}

static struct status put_alert(void *arg, const struct alert_record *row)
{
    struct listing *listing = arg;
    struct json_writer *json = &listing->request->json;

    json_open_object(json);
    api_write_alert(json, row);
    json_close_object(json);
    listing->last = row->id;
    return STATUS_SUCCESS;
}

struct status api_alert_list(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "incident", NULL };
    struct api_request *request = arg;
    struct listing listing = { .request = request };
    struct alert_query query = { .incident = { 0 } };
    bool more = false;

    (void)match;
    TRY(api_page(request, known, &query.page));
    TRY(api_filter(request, "incident", &query.incident));
    api_open_list(request, "AlertList");
    TRY(knowledge_list_alerts(request->reader, &query, put_alert, &listing, &more));
    api_close_list(request, more, cursor(&listing));
    return STATUS_SUCCESS;
}

struct nearby {
    struct api_request *request;
    struct slice wanted;
};

static struct status near_alert(void *arg, const struct alert_record *row)
{
    const struct nearby *nearby = arg;

    api_consider_near(nearby->request, nearby->wanted, slice_from(row->id.text));
    return STATUS_SUCCESS;
}

struct status api_alert_show(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    struct alert_record alert;

    TRY(api_no_query(request));
    struct status found =
        knowledge_get_alert(request->reader, match->params[0], &request->arena, &alert);
    if (found.code == STATUS_NOT_FOUND) {
        const struct alert_query query = { .page.limit = API_NEAR_LOOKED_AT };
        struct nearby nearby = { request, match->params[0] };
        TRY(knowledge_list_alerts(request->reader, &query, near_alert, &nearby, NULL));
    }
    TRY(found);
    api_open_object(request, "Alert");
    api_write_alert(&request->json, &alert);
    api_add_json(&request->json, "event", alert.json);
    api_close_object(request);
    return STATUS_SUCCESS;
}

/* --- incidents ------------------------------------------------------------------------------- */

static void add_mttr_ms(struct json_writer *json, const struct incident_record *incident)
{
    json_key(json, "mttr_ms");
    if (incident->enforced_us == 0) {
        json_put_null(json);
    } else {
        json_put_i64(json, (incident->enforced_us - incident->detected_us) / 1000);
    }
}

static void add_limit_ms(struct json_writer *json, const struct incident_record *incident)
{
    json_key(json, "mttr_limit_ms");
    if (incident->mttr_limit_ms == 0) {
        json_put_null(json);
    } else {
        json_put_i64(json, incident->mttr_limit_ms);
    }
}

struct newest {
    struct json_writer *json;
    bool found;
};

static struct status write_newest(void *arg, const struct plan_record *row)
{
    struct newest *newest = arg;

    newest->found = true;
    json_open_object(newest->json);
    json_add_cstr(newest->json, "id", row->id.text);
    json_add_cstr(newest->json, "state", plan_state_name(row->state));
    api_add_name(newest->json, "reason", row->reason);
    json_close_object(newest->json);
    return STATUS_SUCCESS;
}

/* The newest one, in short: what became of the incident, without another question. */
static struct status add_plan(struct api_request *request, const struct incident_record *incident)
{
    const struct plan_query query = { .page.limit = 1, .incident = slice_from(incident->id.text) };
    struct newest newest = { .json = &request->json };

    json_key(&request->json, "plan");
    TRY(knowledge_list_plans(request->reader, &query, write_newest, &newest, NULL));
    if (!newest.found) {
        json_put_null(&request->json);
    }
    return STATUS_SUCCESS;
}

static struct status write_incident(struct api_request *request,
                                    const struct incident_record *incident)
{
    struct json_writer *json = &request->json;

    json_add_cstr(json, "id", incident->id.text);
    json_add_cstr(json, "severity", severity_name(incident->severity));
    json_add_cstr(json, "state", incident_state_name(incident->state));
    json_add_text(json, "rule", incident->rule);
    api_add_name(json, "source", incident->source);
    api_add_name(json, "target", incident->target);
    api_add_name(json, "unit", incident->unit);
    api_add_time(json, "first_at", incident->first_us);
    api_add_time(json, "opened_at", incident->opened_us);
    api_add_time(json, "detected_at", incident->detected_us);
    api_add_time(json, "planned_at", incident->planned_us);
    api_add_time(json, "enforced_at", incident->enforced_us);
    api_add_time(json, "proven_at", incident->proven_us);
    api_add_time(json, "closed_at", incident->closed_us);
    json_add_cstr(json, "mttr", objective_state_name(incident->mttr));
    add_mttr_ms(json, incident);
    add_limit_ms(json, incident);
    api_add_name(json, "reason", incident->reason);
    return add_plan(request, incident);
}

static struct status put_incident(void *arg, const struct incident_record *row)
{
    struct listing *listing = arg;
    struct json_writer *json = &listing->request->json;

    json_open_object(json);
    TRY(write_incident(listing->request, row));
    json_close_object(json);
    listing->last = row->id;
    return STATUS_SUCCESS;
}

struct status api_incident_list(void *arg, const struct route_match *match)
{
    static const char *const known[] = { "open", NULL };
    struct api_request *request = arg;
    struct listing listing = { .request = request };
    struct incident_query query = { .not_closed = false };
    bool more = false;

    (void)match;
    TRY(api_page(request, known, &query.page));
    TRY(api_flag(request, "open", &query.not_closed));
    api_open_list(request, "IncidentList");
    TRY(knowledge_list_incidents(request->reader, &query, put_incident, &listing, &more));
    api_close_list(request, more, cursor(&listing));
    return STATUS_SUCCESS;
}

static struct status near_incident(void *arg, const struct incident_record *row)
{
    const struct nearby *nearby = arg;

    api_consider_near(nearby->request, nearby->wanted, slice_from(row->id.text));
    return STATUS_SUCCESS;
}

static struct status put_plan(void *arg, const struct plan_record *row)
{
    struct listing *listing = arg;
    struct json_writer *json = &listing->request->json;

    json_open_object(json);
    TRY(api_write_plan(listing->request, row));
    json_close_object(json);
    return STATUS_SUCCESS;
}

static struct status add_parts(struct api_request *request, struct slice incident)
{
    const struct alert_query alerts = { .page.limit = KNOWLEDGE_PAGE_MAX, .incident = incident };
    const struct plan_query plans = { .page.limit = KNOWLEDGE_PAGE_MAX, .incident = incident };
    struct listing listing = { .request = request };

    json_key(&request->json, "alerts");
    json_open_array(&request->json);
    TRY(knowledge_list_alerts(request->reader, &alerts, put_alert, &listing, NULL));
    json_close_array(&request->json);
    json_key(&request->json, "plans");
    json_open_array(&request->json);
    TRY(knowledge_list_plans(request->reader, &plans, put_plan, &listing, NULL));
    json_close_array(&request->json);
    return STATUS_SUCCESS;
}

struct status api_incident_show(void *arg, const struct route_match *match)
{
    struct api_request *request = arg;
    struct incident_record incident;

    TRY(api_no_query(request));
    struct status found =
        knowledge_get_incident(request->reader, match->params[0], &request->arena, &incident);
    if (found.code == STATUS_NOT_FOUND) {
        const struct incident_query query = { .page.limit = API_NEAR_LOOKED_AT };
        struct nearby nearby = { request, match->params[0] };
        TRY(knowledge_list_incidents(request->reader, &query, near_incident, &nearby, NULL));
    }
    TRY(found);
    api_open_object(request, "Incident");
    TRY(write_incident(request, &incident));
    TRY(add_parts(request, match->params[0]));
    api_close_object(request);
    return STATUS_SUCCESS;
}
