#include "planner/unit.h"

#include "planner/contract.h"

uint64_t unit_bits(size_t index, uint32_t conditions)
{
    return (uint64_t)conditions << (index * CONDITIONS_PER_RESOURCE);
}

bool policy_covers(const size_t *targets, size_t count, size_t resource)
{
    for (size_t i = 0; i < count; i++) {
        if (targets[i] == resource) {
            return true;
        }
    }
    return false;
}

bool unit_node_can(const struct planner_problem *problem, struct slice node, enum action_kind kind)
{
    for (size_t i = 0; i < problem->capability_count; i++) {
        if (problem->capabilities[i].kind == kind &&
            slice_eq(problem->capabilities[i].node, node)) {
            return true;
        }
    }
    return false;
}

int64_t unit_added_ms(const struct planner_problem *problem, enum action_kind kind,
                      const struct resource *resource, int64_t lease_ms)
{
    bool has_handle = action_type(kind)->takes_resource;
    int64_t away_ms = 0;

    for (size_t i = 0; i < problem->outage_count; i++) {
        const struct planner_outage *outage = &problem->outages[i];
        if (outage->kind == kind && slice_eq(outage->node, resource->node) &&
            (!has_handle || slice_eq(outage->resource, resource->handle)) &&
            outage->left_ms > away_ms) {
            away_ms = outage->left_ms;
        }
    }
    return lease_ms > away_ms ? lease_ms - away_ms : 0;
}

const struct reaction *unit_reaction(const struct planner_problem *problem, enum action_kind kind,
                                     size_t resource)
{
    const struct policy_set *world = problem->world;
    const struct reaction *shortest = NULL;

    for (size_t i = 0; i < world->reaction_count; i++) {
        const struct reaction *reaction = &world->reactions[i];
        if (!slice_eq(reaction->rule, problem->incident.rule) ||
            !policy_covers(reaction->targets, reaction->target_count, resource)) {
            continue;
        }
        for (size_t j = 0; j < reaction->respond_count; j++) {
            if (reaction->respond[j] == kind &&
                (shortest == NULL || reaction->lease_ms < shortest->lease_ms)) {
                shortest = reaction;
            }
        }
    }
    return shortest;
}

bool unit_has_reaction(const struct planner_problem *problem)
{
    for (size_t i = 0; i < problem->world->reaction_count; i++) {
        if (slice_eq(problem->world->reactions[i].rule, problem->incident.rule)) {
            return true;
        }
    }
    return false;
}

/* What a control in force says about one resource. */
static uint32_t control_condition(const struct planner_problem *problem,
                                  const struct planner_control *control,
                                  const struct resource *resource)
{
    const struct action_type *type = action_type(control->kind);

    if (!slice_eq(control->node, resource->node) || type->plane != resource->plane ||
        (type->takes_resource && !slice_eq(control->resource, resource->handle)) ||
        (type->takes_source && !address_eq(&control->source, &problem->incident.source))) {
        return 0;
    }
    return contract_of(control->kind)->adds;
}

static uint32_t initial_conditions(const struct planner_problem *problem,
                                   const struct resource *resource)
{
    uint32_t holds = resource->plane == PLANE_COMPUTE ? CONDITION_RUNNING : 0;

    for (size_t i = 0; i < problem->control_count; i++) {
        uint32_t adds = control_condition(problem, &problem->controls[i], resource);
        holds |= adds;
        if (adds != 0) {
            holds &= ~contract_of(problem->controls[i].kind)->removes;
        }
    }
    return holds;
}

static uint32_t goal_conditions(const struct planner_problem *problem,
                                const struct resource *resource)
{
    uint32_t wanted = 0;

    switch (resource->plane) {
    case PLANE_NETWORK:
        if (slice_eq(resource->node, problem->incident.node)) {
            wanted |= (problem->goals & GOAL_STOP_ATTACK) != 0 ? CONDITION_ATTACK_STOPPED : 0U;
            wanted |= (problem->goals & GOAL_CUT_SOURCE) != 0 ? CONDITION_SOURCE_CUT : 0U;
        }
        break;
    case PLANE_COMPUTE:
        wanted |= (problem->goals & GOAL_KEEP_EVIDENCE) != 0 ? CONDITION_KEPT : 0U;
        wanted |= (problem->goals & GOAL_QUIET_UNIT) != 0 ? CONDITION_QUIET : 0U;
        break;
    case PLANE_DATA:
        wanted |= (problem->goals & GOAL_PROTECT_DATA) != 0 ? CONDITION_FROZEN : 0U;
        break;
    }
    return wanted;
}

static const struct resource *host_on(const struct planner_problem *problem)
{
    for (size_t i = 0; i < problem->world->resource_count; i++) {
        const struct resource *resource = &problem->world->resources[i];
        if (resource->plane == PLANE_NETWORK && slice_eq(resource->node, problem->incident.node)) {
            return resource;
        }
    }
    return NULL;
}

struct status unit_of(const struct planner_problem *problem, struct unit *out)
{
    const struct policy_set *world = problem->world;
    const struct resource *host = host_on(problem);
    struct unit unit = { 0 };

    if (host == NULL) {
        return status_error(STATUS_NOT_FOUND, "no U-Cloud has a host on node `%.*s`",
                            SLICE_ARG(problem->incident.node));
    }
    for (size_t i = 0; i < world->resource_count; i++) {
        const struct resource *resource = &world->resources[i];
        if (!slice_eq(resource->unit, host->unit) || !slice_eq(resource->ucloud, host->ucloud)) {
            continue;
        }
        if (unit.count == PLANNER_RESOURCES_MAX) {
            return status_error(STATUS_EXHAUSTED, "unit `%.*s` has more than %d resources",
                                SLICE_ARG(host->unit), PLANNER_RESOURCES_MAX);
        }
        unit.holds |= unit_bits(unit.count, initial_conditions(problem, resource));
        unit.goals |= unit_bits(unit.count, goal_conditions(problem, resource));
        unit.resources[unit.count++] = i;
    }
    *out = unit;
    return STATUS_SUCCESS;
}
