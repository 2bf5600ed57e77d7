/* How the objectives of the SLAs stand: what was measured against what was agreed. */
#include "orchestrator/api_priv.h"

#include "orchestrator/analyse.h"
#include "planner/contract.h"

/* How one respond.mttr objective did over the newest incidents it speaks of. */
struct measure {
    const struct policy_set *world;
    const struct objective *objective;
    int64_t worst_ms; /* -1: none measured */
    bool breached;
};

static struct status measure_incident(void *arg, const struct incident_record *row)
{
    struct measure *measure = arg;

    if (!analyse_objective_applies(measure->world, measure->objective, row->target,
                                   row->severity)) {
        return STATUS_SUCCESS;
    }
    if (row->enforced_us != 0) {
        int64_t took_ms = (row->enforced_us - row->detected_us) / 1000;
        measure->worst_ms = took_ms > measure->worst_ms ? took_ms : measure->worst_ms;
        measure->breached = measure->breached || took_ms > measure->objective->limit;
    } else {
        measure->breached = measure->breached || row->mttr == OBJECTIVE_BREACHED;
    }
    return STATUS_SUCCESS;
}

static enum objective_state judge(const struct measure *measure)
{
    if (measure->breached) {
        return OBJECTIVE_BREACHED;
    }
    return measure->worst_ms >= 0 ? OBJECTIVE_MET : OBJECTIVE_UNKNOWN;
}

static void add_ms(struct json_writer *json, const char *key, int64_t ms)
{
    json_key(json, key);
    if (ms < 0) {
        json_put_null(json);
    } else {
        json_put_i64(json, ms);
    }
}

/* What was measured; -1: not, or not of this kind. */
struct measured {
    enum objective_state state;
    int64_t limit_ms, worst_ms, spent_ms, window_ms;
};

static void write_objective(struct api_request *request, const struct objective *objective,
                            const struct measured *measured)
{
    const struct clause_ref *clause = &objective->clause;
    struct json_writer *json = &request->json;

    json_open_object(json);
    json_add_cstr(json, "name", objective_kind_name(objective->kind));
    json_add_text(json, "clause",
                  arena_printf(&request->arena, "%.*s/%.*s", SLICE_ARG(clause->document),
                               SLICE_ARG(clause->clause)));
    json_add_cstr(json, "state",
                  objective_state_name(objective->gave_way ? OBJECTIVE_BREACHED : measured->state));
    json_key(json, "degraded");
    if (objective->gave_way) {
        json_put_i64(json, objective->step);
    } else {
        json_put_null(json);
    }
    json_add_i64(json, "limit_ms", measured->limit_ms);
    add_ms(json, "worst_ms", measured->worst_ms);
    add_ms(json, "spent_ms", measured->spent_ms);
    add_ms(json, "window_ms", measured->window_ms);
    json_close_object(json);
}

static struct status measure_mttr(struct api_request *request, const struct objective *objective)
{
    const struct incident_query query = { .page.limit = KNOWLEDGE_PAGE_MAX };
    struct measure measure = { .world = world_policies(request->core->world),
                               .objective = objective,
                               .worst_ms = -1 };

    TRY(knowledge_list_incidents(request->reader, &query, measure_incident, &measure, NULL));
    const struct measured measured = { judge(&measure), objective->limit, measure.worst_ms, -1,
                                       -1 };
    write_objective(request, objective, &measured);
    return STATUS_SUCCESS;
}

/* What responses took: Redan sees no other outage. NULL: there are more of them than it looks at.
 */
static void measure_availability(struct api_request *request, const struct objective *objective,
                                 const struct propose_past *past)
{
    struct measured measured = { OBJECTIVE_UNKNOWN, contract_budget_ms(objective), -1, -1,
                                 objective->window_ms };

    if (past != NULL) {
        measured.spent_ms = propose_spent_ms(&request->arena, world_policies(request->core->world),
                                             objective, past, clock_wall_us(request->core->clock));
        measured.state = measured.spent_ms > measured.limit_ms ? OBJECTIVE_BREACHED : OBJECTIVE_MET;
    }
    write_objective(request, objective, &measured);
}

static struct status measure_objective(struct api_request *request,
                                       const struct objective *objective,
                                       const struct propose_past *past)
{
    switch (objective->kind) {
    case OBJECTIVE_RESPOND_MTTR:
        return measure_mttr(request, objective);
    case OBJECTIVE_AVAILABILITY:
        measure_availability(request, objective, past);
        break;
    }
    return STATUS_SUCCESS;
}

struct status api_add_objectives(struct api_request *request)
{
    const struct policy_set *world = world_policies(request->core->world);
    struct propose_past past = { .count = 0 };
    struct status known = facts_past(request->reader, &request->arena, world,
                                     clock_wall_us(request->core->clock), &past);

    if (!status_ok(&known) && known.code != STATUS_EXHAUSTED) {
        return known;
    }
    json_key(&request->json, "objectives");
    json_open_array(&request->json);
    for (size_t i = 0; i < world->objective_count; i++) {
        TRY(measure_objective(request, &world->objectives[i], status_ok(&known) ? &past : NULL));
    }
    json_close_array(&request->json);
    return STATUS_SUCCESS;
}
