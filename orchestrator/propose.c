#include "orchestrator/propose.h"

#include <string.h>

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

static void fill_controls(struct arena *arena, const struct propose_input *input,
                          struct planner_problem *problem)
{
    struct planner_control *controls =
        ARENA_NEW(arena, struct planner_control, input->control_count + 1);

    for (size_t i = 0; i < input->control_count; i++) {
        const struct action *action = &input->controls[i].action;
        controls[i] = (struct planner_control){ .kind = action->kind,
                                                .node = slice_from(action->node),
                                                .resource = slice_from(action->resource),
                                                .source = action->source };
    }
    problem->controls = controls;
    problem->control_count = input->control_count;
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

/* Inside the window that ends now; what is still in force costs until its lease ends. */
static int64_t spent_by(const struct step_record *step, int64_t window_ms, int64_t now_us)
{
    int64_t now_ms = now_us / 1000;
    int64_t from_ms = step->enforced_us / 1000;
    int64_t until_ms = step->lease_end_ms != 0 ? step->lease_end_ms : now_ms;

    if (step->undone_us != 0) {
        until_ms = step->undone_us / 1000;
    }
    from_ms = from_ms > now_ms - window_ms ? from_ms : now_ms - window_ms;
    return until_ms > from_ms
               ? contract_cost(contract_of(step->action.kind), until_ms - from_ms).availability_ms
               : 0;
}

static void fill_spent(struct arena *arena, const struct propose_input *input,
                       struct planner_problem *problem)
{
    const struct policy_set *world = input->world;
    struct planner_spent *spent =
        ARENA_NEW(arena, struct planner_spent, world->objective_count + 1);

    for (size_t i = 0; i < world->objective_count; i++) {
        const struct objective *objective = &world->objectives[i];
        spent[i].objective = i;
        for (size_t j = 0; objective->kind == OBJECTIVE_AVAILABILITY && j < input->past_count;
             j++) {
            if (concerns(world, objective, &input->past[j].action)) {
                spent[i].spent_ms += spent_by(&input->past[j], objective->window_ms, input->now_us);
            }
        }
    }
    problem->spent = spent;
    problem->spent_count = world->objective_count;
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
    struct planner_problem problem = {
        .world = input->world,
        .incident = { .id = input->incident->id,
                      .rule = input->incident->rule,
                      .source_corroborated = input->corroborated,
                      .node = input->incident->target },
        .goals = asked.goals,
        .plan_id = input->plan_id,
        .step_ids = input->step_ids,
    };
    struct status parsed = address_parse(input->incident->source, &problem.incident.source);
    if (!status_ok(&parsed)) {
        problem.incident.source =
            (struct address){ 0 }; /* refused by the planner, with the reason */
    }
    fill_capabilities(arena, input, &problem);
    fill_controls(arena, input, &problem);
    fill_spent(arena, input, &problem);
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
