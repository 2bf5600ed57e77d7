#include "orchestrator/api.h"

#include "base/log.h"
#include "orchestrator/api_priv.h"

#define READERS  HTTP_ANYONE
#define OFFICER  HTTP_OFFICER
#define OPERATOR (HTTP_OFFICER | HTTP_OPERATOR)

static const struct route routes[] = {
    { "GET", "/healthz", READERS, api_healthz },
    { "GET", "/readyz", READERS, api_readyz },
    { "GET", "/metrics", READERS, api_metrics },
    { "GET", "/v1/status", READERS, api_status },
    { "GET", "/v1/nodes", READERS, api_node_list },
    { "GET", "/v1/alerts", READERS, api_alert_list },
    { "GET", "/v1/alerts/{id}", READERS, api_alert_show },
    { "GET", "/v1/incidents", READERS, api_incident_list },
    { "GET", "/v1/incidents/{id}", READERS, api_incident_show },
    { "GET", "/v1/plans", READERS, api_plan_list },
    { "GET", "/v1/plans/{id}", READERS, api_plan_show },
    { "POST", "/v1/plans/{id}/approve", OFFICER, api_plan_approve },
    { "POST", "/v1/plans/{id}/undo", OPERATOR, api_plan_undo },
    { "GET", "/v1/conflicts", READERS, api_conflict_list },
    { "GET", "/v1/conflicts/{id}", READERS, api_conflict_show },
    { "POST", "/v1/conflicts/{id}/resolve", OFFICER, api_conflict_resolve },
    { "POST", "/v1/sla", OFFICER, api_sla_apply },
    { "GET", "/v1/journal", READERS, api_journal_list },
    { "GET", "/v1/audit/verify", READERS, api_audit_verify },
};

/* --- answers --------------------------------------------------------------------------------- */

static void send(struct api_request *request, const struct http_reply *reply)
{
    struct status sent = http_reply(request->core->http, request->call->id, reply);

    log_status(LOG_LEVEL_DEBUG, "api", "not-sent", &sent);
}

static void write_near(struct api_request *request)
{
    if (request->near_count == 0) {
        return;
    }
    json_key(&request->json, "near");
    json_open_array(&request->json);
    for (size_t i = 0; i < request->near_count; i++) {
        json_put_text(&request->json, request->near[i]);
    }
    json_close_array(&request->json);
}

static void write_diagnostics(struct api_request *request)
{
    if (request->diags.first == NULL) {
        return;
    }
    json_key(&request->json, "diagnostics");
    json_open_array(&request->json);
    for (const struct diag *diag = request->diags.first; diag != NULL; diag = diag->next) {
        diag_write_json(diag, &request->json);
    }
    json_close_array(&request->json);
}

static void send_problem(struct api_request *request, const struct status *status)
{
    struct http_verdict verdict = http_verdict_of(status->code);

    if (request->problem_word != NULL) {
        verdict = (struct http_verdict){ request->problem_code, request->problem_word, false };
    }
    buf_clear(&request->out);
    request->json = (struct json_writer){ .out = &request->out };
    http_problem_open(&request->json, verdict.http_code, verdict.word, verdict.retryable,
                      slice_from(status->msg));
    write_near(request);
    write_diagnostics(request);
    json_close_object(&request->json);
    send(request, &(struct http_reply){ .code = verdict.http_code,
                                        .content_type = HTTP_PROBLEM_TYPE,
                                        .body = buf_slice(&request->out) });
}

void api_answer(struct api_request *request, const struct status *status)
{
    if (!status_ok(status)) {
        log_status(LOG_LEVEL_DEBUG, "api", "refused", status);
        send_problem(request, status);
    } else if (!request->is_late) {
        send(request, &(struct http_reply){ .code = 200,
                                            .content_type = request->content_type,
                                            .body = buf_slice(&request->out) });
    }
}

/* --- calls ----------------------------------------------------------------------------------- */

static void send_wrong_method(struct api_request *request, const char *allow)
{
    struct http_reply reply = http_problem(&request->out, 405, "invalid", false,
                                           SLICE("this path does not know that method"));

    reply.allow = allow;
    send(request, &reply);
}

static struct status deny(const struct http_call *call)
{
    return status_error(STATUS_DENIED,
                        "%s may not do that: members of redan-officer may, and for undo those of "
                        "redan-operator",
                        call->identity.name);
}

static struct status run(struct api_request *request, const struct route *route,
                         const struct route_match *match)
{
    if (route->method[0] == 'G') {
        /* What is shown must be on disk. A turn that cannot be committed is gone, and reading goes
         * on: people look most when the disk is full. */
        struct status closed = turn_close(request->core);
        log_status(LOG_LEVEL_ERROR, "core", "turn-lost", &closed);
    }
    return route->run(request, match);
}

static void dispatch(struct api_request *request)
{
    const struct http_call *call = request->call;
    const struct route *route = NULL;
    struct route_match match = { .param_count = 0 };
    struct status status = STATUS_SUCCESS;
    char allow[ROUTE_ALLOW_MAX];

    switch (route_find(routes, COUNT_OF(routes), call->method, call->path, call->identity.roles,
                       &request->arena, &route, &match, allow)) {
    case ROUTE_FOUND:
        status = run(request, route, &match);
        break;
    case ROUTE_UNKNOWN:
        status = status_error(STATUS_NOT_FOUND, "no such path");
        break;
    case ROUTE_METHOD:
        send_wrong_method(request, allow);
        return;
    case ROUTE_DENIED:
        status = deny(call);
        break;
    }
    api_answer(request, &status);
}

void api_call(void *arg, const struct http_call *call)
{
    struct core *core = arg;
    struct api_request request = { .core = core,
                                   .call = call,
                                   .reader = knowledge_reading(core->knowledge) };

    request.json = (struct json_writer){ .out = &request.out };
    diag_list_init(&request.diags, &request.arena);
    dispatch(&request);
    buf_done(&request.out);
    arena_done(&request.arena);
}
