#include "orchestrator/propose.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "orchestrator/plan_json.h"
#include "planner/contract.h"
#include "planner/legality.h"

static uint32_t unit_planes(const struct policy_set *world, struct slice unit)
{
    uint32_t planes = 0;

    for (size_t i = 0; i < world->resource_count; i++) {
        if (slice_eq(world->resources[i].unit, unit)) {
            planes |= 1U << world->resources[i].plane;
        }
    }
    return planes;
}

static void ask_managers(const struct propose_input *input, struct arbitration *out)
{
    struct manager_input facts = { .rule = input->incident->rule,
                                   .severity = input->incident->severity,
                                   .has_source = input->incident->source.len > 0,
                                   .corroborated = input->corroborated,
                                   .planes = unit_planes(input->world, input->incident->unit) };

    arbiter_join(&facts, out);
}

static bool has_failed(const struct propose_input *input,
                       const struct planner_capability *capability)
{
    for (size_t i = 0; i < input->failed_count; i++) {
        if (input->failed[i].action.kind == capability->kind &&
            slice_is(capability->node, input->failed[i].action.node)) {
            return true;
        }
    }
    return false;
}

/* What failed in this incident is no capability any more: the planner finds another way or says so.
 */
static void fill_capabilities(struct arena *arena, const struct propose_input *input,
                              struct planner_problem *problem)
{
    struct planner_capability *kept =
        ARENA_NEW(arena, struct planner_capability, input->capability_count + 1);

    for (size_t i = 0; i < input->capability_count; i++) {
        if (!has_failed(input, &input->capabilities[i])) {
            kept[problem->capability_count++] = input->capabilities[i];
        }
    }
    problem->capabilities = kept;
}

static bool is_of(const struct step_record *step, const struct ulid *plan)
{
    return plan != NULL && strcmp(step->plan.text, plan->text) == 0;
}

/* `but`: the plan whose own controls do not count, or NULL. */
static void fill_controls(struct arena *arena, const struct propose_input *input,
                          const struct ulid *but, struct planner_problem *problem)
{
    struct planner_control *controls =
        ARENA_NEW(arena, struct planner_control, input->control_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < input->control_count; i++) {
        const struct action *action = &input->controls[i].action;
        if (is_of(&input->controls[i], but)) {
            continue;
        }
        controls[count++] = (struct planner_control){ .kind = action->kind,
                                                      .node = slice_from(action->node),
                                                      .resource = slice_from(action->resource),
                                                      .source = action->source };
    }
    problem->controls = controls;
    problem->control_count = count;
}

bool propose_costs_service(enum action_kind kind)
{
    return contract_of(kind)->availability_share_ppm > 0;
}

static bool is_about(const struct resource *resource, const struct action *action)
{
    const struct action_type *type = action_type(action->kind);

    return resource->plane == type->plane && slice_is(resource->node, action->node) &&
           (!type->takes_resource || slice_is(resource->handle, action->resource));
}

static bool concerns(const struct policy_set *world, const struct objective *objective,
                     const struct action *action)
{
    for (size_t i = 0; i < objective->target_count; i++) {
        if (is_about(&world->resources[objective->targets[i]], action)) {
            return true;
        }
    }
    return false;
}

/* Service taken by one control: what is in force costs until its lease ends. */
struct outage {
    const struct action *action;
    int64_t from_ms, until_ms;
};

static struct outage outage_of(const struct step_record *step, int64_t now_ms)
{
    struct outage outage = { &step->action, step->enforced_us / 1000,
                             step->lease_end_ms != 0 ? step->lease_end_ms : now_ms };

    if (step->undone_us != 0) {
        outage.until_ms = step->undone_us / 1000;
    }
    return outage;
}

static int by_thing(const struct action *a, const struct action *b)
{
    int by_node = strcmp(a->node, b->node);
    int by_resource = strcmp(a->resource, b->resource);

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return by_node != 0 ? by_node : by_resource;
}

static int by_thing_and_time(const void *a, const void *b)
{
    const struct outage *left = a;
    const struct outage *right = b;
    int order = by_thing(left->action, right->action);

    return order != 0 ? order : (left->from_ms > right->from_ms) - (left->from_ms < right->from_ms);
}

/* In order of thing and time, so that what two incidents hold at once is seen to overlap. */
static struct outage *past_outages(struct arena *arena, const struct propose_past *past,
                                   const struct ulid *but, int64_t now_ms, size_t *out_count)
{
    struct outage *all = ARENA_NEW(arena, struct outage, past->count + 1);
    size_t count = 0;

    for (size_t i = 0; i < past->count; i++) {
        if (!is_of(&past->steps[i], but)) {
            all[count++] = outage_of(&past->steps[i], now_ms);
        }
    }
    qsort(all, count, sizeof(*all), by_thing_and_time);
    *out_count = count;
    return all;
}

/* Inside the window that ends now. A domain that two have paused is away once. */
static int64_t spent_of(const struct policy_set *world, const struct objective *objective,
                        const struct outage *all, size_t count, int64_t now_ms)
{
    int64_t spent_ms = 0;
    int64_t reached_ms = 0;

    for (size_t i = 0; i < count; i++) {
        const struct outage *outage = &all[i];
        if (i == 0 || by_thing(outage->action, all[i - 1].action) != 0) {
            reached_ms = now_ms - objective->window_ms;
        }
        int64_t from_ms = outage->from_ms > reached_ms ? outage->from_ms : reached_ms;
        if (outage->until_ms <= from_ms) {
            continue;
        }
        reached_ms = outage->until_ms;
        if (concerns(world, objective, outage->action)) {
            spent_ms += contract_cost(contract_of(outage->action->kind), outage->until_ms - from_ms)
                            .availability_ms;
        }
    }
    return spent_ms;
}

int64_t propose_spent_ms(struct arena *arena, const struct policy_set *world,
                         const struct objective *objective, const struct propose_past *past,
                         int64_t now_us)
{
    int64_t now_ms = now_us / 1000;
    size_t count = 0;
    struct outage *all = past_outages(arena, past, NULL, now_ms, &count);

    for (size_t i = 0; i < count; i++) {
        all[i].until_ms = all[i].until_ms < now_ms ? all[i].until_ms : now_ms;
    }
    return spent_of(world, objective, all, count, now_ms);
}

static void fill_spent(struct arena *arena, const struct propose_input *input,
                       const struct ulid *but, struct planner_problem *problem)
{
    const struct policy_set *world = input->world;
    struct planner_spent *spent =
        ARENA_NEW(arena, struct planner_spent, world->objective_count + 1);
    struct planner_outage *outages = ARENA_NEW(arena, struct planner_outage, input->past.count + 1);
    int64_t now_ms = input->now_us / 1000;
    size_t count = 0;
    const struct outage *past = past_outages(arena, &input->past, but, now_ms, &count);

    for (size_t i = 0; i < world->objective_count; i++) {
        const struct objective *objective = &world->objectives[i];
        spent[i].objective = i;
        if (objective->kind == OBJECTIVE_AVAILABILITY) {
            spent[i].spent_ms = spent_of(world, objective, past, count, now_ms);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (past[i].until_ms > now_ms) {
            outages[problem->outage_count++] =
                (struct planner_outage){ .kind = past[i].action->kind,
                                         .node = slice_from(past[i].action->node),
                                         .resource = slice_from(past[i].action->resource),
                                         .left_ms = past[i].until_ms - now_ms };
        }
    }
    problem->spent = spent;
    problem->spent_count = world->objective_count;
    problem->outages = outages;
}

static void fill_record(struct arena *arena, const struct propose_input *input,
                        const struct plan *plan, const struct arbitration *asked,
                        const struct legality *legality, struct plan_record *out)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct sha256 digest = plan_digest(plan);

    plan_json_write(plan, asked, legality, input->world, &json);
    *out = (struct plan_record){ .id = plan->id,
                                 .incident = input->incident->id,
                                 .approval = plan->approval,
                                 .json = arena_copy(arena, buf_slice(&json)),
                                 .made_us = input->now_us };
    memcpy(out->base_digest, plan->base_digest, sizeof(out->base_digest));
    sha256_hex(&digest, out->digest);
}

static void fill_steps(struct arena *arena, const struct plan *plan, struct propose_output *out)
{
    out->steps = ARENA_NEW(arena, struct step_record, plan->step_count + 1);
    out->step_count = plan->step_count;
    for (size_t i = 0; i < plan->step_count; i++) {
        out->steps[i] = (struct step_record){ .plan = plan->id,
                                              .index = (uint32_t)i,
                                              .action = plan->steps[i].action,
                                              .after = plan->steps[i].after,
                                              .reversible = plan->steps[i].reversible,
                                              .state = CONTROL_PENDING };
    }
}

static struct slice first_refusal(const struct plan *plan, const struct legality *legality)
{
    if (legality->count > 0) {
        return legality->findings[0].why;
    }
    return plan->candidate_count > 0 ? plan->candidates[0].reason : SLICE("no response is known");
}

/* All but the goals. */
static struct planner_problem problem_of(struct arena *arena, const struct propose_input *input,
                                         const struct ulid *but)
{
    struct planner_problem problem = {
        .world = input->world,
        .incident = { .id = input->incident->id,
                      .rule = input->incident->rule,
                      .source_corroborated = input->corroborated,
                      .node = input->incident->target },
        .plan_id = input->plan_id,
        .step_ids = input->step_ids,
    };
    struct status parsed = address_parse(input->incident->source, &problem.incident.source);

    if (!status_ok(&parsed)) {
        problem.incident.source =
            (struct address){ 0 }; /* refused by the planner, with the reason */
    }
    fill_capabilities(arena, input, &problem);
    fill_controls(arena, input, but, &problem);
    fill_spent(arena, input, but, &problem);
    return problem;
}

struct status propose(struct arena *arena, const struct propose_input *input,
                      struct propose_output *out)
{
    struct arbitration asked;
    struct legality *legality = ARENA_NEW(arena, struct legality, 1);
    struct plan *plan = NULL;

    *out = (struct propose_output){ .outcome = PROPOSE_NOTHING };
    ask_managers(input, &asked);
    if (asked.goals == 0) {
        return STATUS_SUCCESS;
    }
    struct planner_problem problem = problem_of(arena, input, NULL);
    problem.goals = asked.goals;
    struct status solved = planner_solve(arena, &problem, &plan);
    if (!status_ok(&solved) && solved.code != STATUS_DENIED) {
        return solved;
    }
    if (status_ok(&solved) && plan->step_count == 0) {
        out->holds = true;
        return STATUS_SUCCESS;
    }
    legality_check(arena, &problem, plan, legality);
    fill_record(arena, input, plan, &asked, legality, &out->record);
    if (!status_ok(&solved) || !legality->legal) {
        out->outcome = PROPOSE_REFUSED;
        out->record.state = PLAN_REFUSED;
        out->record.reason = first_refusal(plan, legality);
        return STATUS_SUCCESS;
    }
    out->outcome = PROPOSE_PLAN;
    out->record.state = plan->approval == APPROVAL_NONE ? PLAN_APPROVED : PLAN_AWAITING_APPROVAL;
    out->record.decided_us = plan->approval == APPROVAL_NONE ? input->now_us : 0;
    fill_steps(arena, plan, out);
    return STATUS_SUCCESS;
}

/* --- an earlier plan, today ---------------------------------------------------------------------
 */

static size_t resource_of(const struct policy_set *world, const struct action *action)
{
    for (size_t i = 0; i < world->resource_count; i++) {
        if (is_about(&world->resources[i], action)) {
            return i;
        }
    }
    return SIZE_MAX; /* the checker says so */
}

/* What the step's record leaves out stands in the plan's text. */
static struct plan_step step_of(const struct policy_set *world, const struct step_record *record,
                                const struct json *written)
{
    const struct json *clause = json_get(written, "clause");
    struct plan_step step = { .action = record->action,
                              .after = record->after,
                              .reversible = record->reversible,
                              .authority = json_text(written, "authority"),
                              .resource = resource_of(world, &record->action) };

    if (clause != NULL) {
        step.clause.party = json_text(clause, "party");
        step.clause.clause = json_text(clause, "clause");
    }
    return step;
}

struct status propose_recheck(struct arena *arena, const struct propose_input *input,
                              const struct plan_record *record, const struct step_record *steps,
                              size_t count, struct slice *out_why)
{
    struct legality *legality = ARENA_NEW(arena, struct legality, 1);
    struct propose_input today = *input;
    struct plan plan = { .id = record->id, .incident = record->incident, .step_count = count };
    const struct json *json = NULL;

    TRY(json_read(arena, record->json, &json));
    const struct json *list = json_get(json, "steps");
    if (list == NULL || list->kind != JSON_ARRAY || list->count != count) {
        return status_error(STATUS_CORRUPT, "plan %s: its text has other steps", record->id.text);
    }
    today.failed_count = 0; /* what it would not choose now is legal all the same */
    struct planner_problem problem = problem_of(arena, &today, &record->id);
    plan.approval = record->approval;
    plan.steps = ARENA_NEW(arena, struct plan_step, count + 1);
    memcpy(plan.base_digest, input->world->digest, sizeof(plan.base_digest));
    const struct json *written = list->first;
    for (size_t i = 0; i < count; i++, written = written->next) {
        plan.steps[i] = step_of(input->world, &steps[i], written);
    }
    legality_check(arena, &problem, &plan, legality);
    *out_why = !legality->legal ? legality->findings[0].why : (struct slice){ 0 };
    return STATUS_SUCCESS;
}
