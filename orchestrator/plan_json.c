#include "orchestrator/plan_json.h"

#include "base/json.h"
#include "planner/contract.h"

static void write_cost(struct json_writer *writer, const char *key, const struct cost *cost)
{
    json_key(writer, key);
    json_open_object(writer);
    json_add_i64(writer, "availability_ms", cost->availability_ms);
    json_add_i64(writer, "evidence_loss", cost->evidence_loss);
    json_add_i64(writer, "money_micro", cost->money_micro);
    json_add_i64(writer, "blast", cost->blast);
    json_add_i64(writer, "settle_ms", cost->settle_ms);
    json_close_object(writer);
}

static void write_lease(struct json_writer *writer, const struct lease *lease)
{
    json_key(writer, "lease");
    json_open_object(writer);
    json_add_cstr(writer, "polarity", lease->polarity == LEASE_BAN ? "ban" : "grant");
    json_add_i64(writer, "duration_ms", lease->duration_ms);
    json_add_i64(writer, "limit_ms", lease->limit_ms);
    json_close_object(writer);
}

static void write_clause(struct json_writer *writer, const struct clause_ref *clause)
{
    json_key(writer, "clause");
    json_open_object(writer);
    json_add_text(writer, "party", clause->party);
    json_add_text(writer, "document", clause->document);
    json_add_text(writer, "clause", clause->clause);
    json_add_text(writer, "file", clause->file);
    json_add_i64(writer, "line", clause->line);
    json_close_object(writer);
}

static void write_step(struct json_writer *writer, const struct plan_step *step,
                       const struct policy_set *world)
{
    json_open_object(writer);
    json_add_cstr(writer, "id", step->action.id.text);
    json_add_cstr(writer, "action", action_kind_name(step->action.kind));
    json_add_cstr(writer, "node", step->action.node);
    if (step->resource < world->resource_count) {
        json_add_text(writer, "resource", world->resources[step->resource].name);
    }
    if (action_type(step->action.kind)->takes_source) {
        char source[ADDRESS_TEXT_MAX];
        address_format(&step->action.source, source);
        json_add_cstr(writer, "source", source);
    }
    json_key(writer, "after");
    json_open_array(writer);
    for (size_t i = 0; i < PLAN_STEPS_MAX; i++) {
        if ((step->after & (UINT32_C(1) << i)) != 0) {
            json_put_u64(writer, i);
        }
    }
    json_close_array(writer);
    json_add_bool(writer, "reversible", step->reversible);
    write_lease(writer, &step->action.lease);
    write_cost(writer, "cost", &step->cost);
    json_add_text(writer, "authority", step->authority);
    write_clause(writer, &step->clause);
    json_close_object(writer);
}

static const char *verdict_name(enum candidate_verdict verdict)
{
    switch (verdict) {
    case CANDIDATE_CHOSEN:
        return "chosen";
    case CANDIDATE_DEARER:
        return "dearer";
    case CANDIDATE_REFUSED:
        return "refused";
    }
    return "unknown";
}

static void write_candidates(struct json_writer *writer, const struct plan *plan)
{
    json_key(writer, "candidates");
    json_open_array(writer);
    for (size_t i = 0; i < plan->candidate_count; i++) {
        const struct plan_candidate *candidate = &plan->candidates[i];
        json_open_object(writer);
        json_add_text(writer, "name", candidate->name);
        json_add_cstr(writer, "verdict", verdict_name(candidate->verdict));
        json_add_text(writer, "reason", candidate->reason);
        write_cost(writer, "cost", &candidate->cost);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_asked(struct json_writer *writer, const struct arbitration *asked)
{
    json_key(writer, "asked_by");
    json_open_array(writer);
    for (size_t i = 0; i < asked->wish_count; i++) {
        json_open_object(writer);
        json_add_cstr(writer, "manager", asked->wishes[i].manager->name);
        json_add_cstr(writer, "why", asked->wishes[i].output.why);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void write_legality(struct json_writer *writer, const struct legality *legality)
{
    json_key(writer, "legality");
    json_open_object(writer);
    json_add_bool(writer, "legal", legality->legal);
    json_key(writer, "findings");
    json_open_array(writer);
    for (size_t i = 0; i < legality->count; i++) {
        const struct legality_finding *finding = &legality->findings[i];
        json_open_object(writer);
        json_add_cstr(writer, "rule", legality_rule_name(finding->rule));
        if (finding->step != SIZE_MAX) {
            json_add_i64(writer, "step", (int64_t)finding->step);
        }
        json_add_text(writer, "why", finding->why);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

void plan_json_write(const struct plan *plan, const struct arbitration *asked,
                     const struct legality *legality, const struct policy_set *world,
                     struct buf *out)
{
    struct json_writer writer = { .out = out };

    json_open_object(&writer);
    json_add_cstr(&writer, "id", plan->id.text);
    json_add_cstr(&writer, "incident", plan->incident.text);
    json_add_cstr(&writer, "base_digest", plan->base_digest);
    json_add_cstr(&writer, "approval", approval_name(plan->approval));
    json_key(&writer, "steps");
    json_open_array(&writer);
    for (size_t i = 0; i < plan->step_count; i++) {
        write_step(&writer, &plan->steps[i], world);
    }
    json_close_array(&writer);
    write_candidates(&writer, plan);
    write_asked(&writer, asked);
    write_legality(&writer, legality);
    write_cost(&writer, "cost", &plan->cost);
    write_cost(&writer, "lower_bound", &plan->lower_bound);
    json_add_bool(&writer, "optimal_in_model", cost_cmp(&plan->cost, &plan->lower_bound) == 0);
    json_add_i64(&writer, "expansions", (int64_t)plan->expansions);
    json_add_bool(&writer, "work_exhausted", plan->work_exhausted);
    json_add_i64(&writer, "goals_unmet", (int64_t)plan->goals_unmet);
    json_add_i64(&writer, "within_ms", plan->within_ms);
    json_close_object(&writer);
}

struct sha256 plan_digest(const struct plan *plan)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    char source[ADDRESS_TEXT_MAX];

    json_open_object(&writer);
    json_add_cstr(&writer, "base", plan->base_digest);
    json_key(&writer, "steps");
    json_open_array(&writer);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct plan_step *step = &plan->steps[i];
        json_open_object(&writer);
        json_add_cstr(&writer, "action", action_kind_name(step->action.kind));
        json_add_cstr(&writer, "node", step->action.node);
        json_add_cstr(&writer, "resource", step->action.resource);
        address_format(&step->action.source, source);
        json_add_cstr(&writer, "source", source);
        json_add_i64(&writer, "after", step->after);
        write_lease(&writer, &step->action.lease);
        json_add_text(&writer, "authority", step->authority);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    return sha256_of(buf_slice(&text));
}
