/* orchestrator/api_priv.h - what the API's resources share: a request with its answer under way,
 * and the page's habits of writing JSON. */
#ifndef REDAN_ORCHESTRATOR_API_PRIV_H
#define REDAN_ORCHESTRATOR_API_PRIV_H

#include "base/json.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/officer.h"
#include "orchestrator/route.h"

enum { API_LIMIT_DEFAULT = 100, API_NEAR_MAX = 3, API_NEAR_LOOKED_AT = 100 };

struct api_request {
    struct core *core;
    const struct http_call *call;
    struct knowledge_reader *reader;
    struct arena arena;
    struct buf out; /* the answer's body */
    struct json_writer json;
    const char *content_type; /* NULL: application/json */
    unsigned problem_code;    /* with `problem_word`: instead of what the status says */
    const char *problem_word;
    struct diag_list diags; /* shown in a problem */
    struct slice near[API_NEAR_MAX];
    size_t near_count;
    bool is_late; /* somebody else answers */
};

/* --- api_json.c ------------------------------------------------------------------------------ */

void api_open_object(struct api_request *request, const char *kind);
void api_close_object(struct api_request *request);
void api_open_list(struct api_request *request, const char *kind);
/* `last`: the id of the last item, the cursor when there is more. */
void api_close_list(struct api_request *request, bool more, struct slice last);

void api_add_time(struct json_writer *json, const char *key, int64_t at_us);     /* 0: null */
void api_add_time_ms(struct json_writer *json, const char *key, int64_t at_ms);  /* 0: null */
void api_add_name(struct json_writer *json, const char *key, struct slice name); /* "": null */
void api_add_id(struct json_writer *json, const char *key, const struct ulid *id);
void api_add_u64(struct json_writer *json, const char *key, uint64_t value);
/* A stored text as it is when it is JSON, else null. */
void api_add_json(struct json_writer *json, const char *key, struct slice text);
void api_add_hash(struct json_writer *json, const char *key, const struct sha256 *hash);

/* Queries: `known` besides after and limit; NULL-terminated. Errors: STATUS_INVALID. */
struct status api_page(struct api_request *request, const char *const *known,
                       struct knowledge_page *out) MUST_USE;
struct status api_no_query(struct api_request *request) MUST_USE;
struct status api_flag(struct api_request *request, const char *name, bool *out) MUST_USE;
struct status api_filter(struct api_request *request, const char *name,
                         struct slice *out) MUST_USE; /* "" when absent */

/* A body: one JSON object with no other keys than `known`, `dry_run` and `reason`. */
struct status api_body(struct api_request *request, const char *const *known,
                       const struct json **out_body, struct officer *out_officer) MUST_USE;

/* Keeps `name` when it is like `wanted`, for a not-found problem. */
void api_consider_near(struct api_request *request, struct slice wanted, struct slice name);

/* --- resources: each writes into the request's answer ---------------------------------------- */

route_fn api_status, api_healthz, api_readyz, api_metrics;
route_fn api_node_list;
route_fn api_alert_list, api_alert_show;
route_fn api_incident_list, api_incident_show;
route_fn api_plan_list, api_plan_show, api_plan_approve, api_plan_undo;
route_fn api_conflict_list, api_conflict_show, api_conflict_resolve;
route_fn api_sla_apply;
route_fn api_journal_list, api_audit_verify;

/* Objects inside others, without apiVersion and kind; the object is open. */
struct alert_record;
void api_write_alert(struct json_writer *json, const struct alert_record *alert);
struct status api_add_objectives(struct api_request *request) MUST_USE; /* a member: a list */
struct status api_write_plan(struct api_request *request, const struct plan_record *plan) MUST_USE;

/* Sends what the request holds: the answer on a success, a problem otherwise. */
void api_answer(struct api_request *request, const struct status *status);

#endif
