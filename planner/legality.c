#include "planner/legality.h"

#include <inttypes.h>
#include <string.h>

#include "model/decide.h"
#include "planner/contract.h"

struct check {
    struct arena *arena;
    const struct planner_problem *problem;
    const struct plan *plan;
    struct legality *out;
};

static const char *const rule_names[] = {
    [LEGALITY_BASE] = "base",
    [LEGALITY_SHAPE] = "shape",
    [LEGALITY_RESOURCE] = "resource",
    [LEGALITY_AUTHORITY] = "authority",
    [LEGALITY_SOURCE] = "source",
    [LEGALITY_PROTECTED] = "protected-asset",
    [LEGALITY_CAPABILITY] = "capability",
    [LEGALITY_LEASE] = "lease",
    [LEGALITY_REVERSIBLE] = "reversible",
    [LEGALITY_BLAST] = "blast-radius",
    [LEGALITY_ORDER] = "order",
    [LEGALITY_AVAILABILITY] = "availability",
};

const char *legality_rule_name(enum legality_rule rule)
{
    return (size_t)rule < COUNT_OF(rule_names) ? rule_names[rule] : "unknown";
}

static void found(const struct check *check, enum legality_rule rule, size_t step, struct slice why)
{
    struct legality *out = check->out;

    out->legal = false;
    if (out->count < LEGALITY_FINDINGS_MAX) {
        out->findings[out->count++] =
            (struct legality_finding){ .rule = rule, .step = step, .why = why };
    }
}

static const struct resource *resource_of(const struct check *check, const struct plan_step *step)
{
    const struct policy_set *world = check->problem->world;

    return step->resource < world->resource_count ? &world->resources[step->resource] : NULL;
}

static const struct resource *attacked_host(const struct check *check)
{
    const struct policy_set *world = check->problem->world;

    for (size_t i = 0; i < world->resource_count; i++) {
        if (world->resources[i].plane == PLANE_NETWORK &&
            slice_eq(world->resources[i].node, check->problem->incident.node)) {
            return &world->resources[i];
        }
    }
    return NULL;
}

/* The step's action is about the resource it names, and that is of the attacked unit. */
static void check_resource(const struct check *check, size_t at)
{
    const struct plan_step *step = &check->plan->steps[at];
    const struct resource *resource = resource_of(check, step);
    const struct resource *host = attacked_host(check);
    const struct action_type *type = action_type(step->action.kind);

    if (resource == NULL || host == NULL) {
        found(check, LEGALITY_RESOURCE, at, SLICE("names no resource of this world"));
        return;
    }
    if (resource->plane != type->plane || !slice_is(resource->node, step->action.node) ||
        (type->takes_resource && !slice_is(resource->handle, step->action.resource))) {
        found(check, LEGALITY_RESOURCE, at, SLICE("the action is not about the resource it names"));
    }
    if (!slice_eq(resource->unit, host->unit) || !slice_eq(resource->ucloud, host->ucloud)) {
        found(check, LEGALITY_RESOURCE, at,
              arena_printf(check->arena, "`%.*s` is not of the attacked unit `%.*s`",
                           SLICE_ARG(resource->name), SLICE_ARG(host->unit)));
    }
    if (type->takes_source && !address_eq(&step->action.source, &check->problem->incident.source)) {
        found(check, LEGALITY_RESOURCE, at, SLICE("cuts another address than the incident's"));
    }
}

static bool lists(const size_t *targets, size_t count, size_t wanted)
{
    for (size_t i = 0; i < count; i++) {
        if (targets[i] == wanted) {
            return true;
        }
    }
    return false;
}

/* The reaction the step claims: same rule, party and clause, lists the action and the resource. */
static const struct reaction *claimed_reaction(const struct check *check,
                                               const struct plan_step *step)
{
    const struct policy_set *world = check->problem->world;

    for (size_t i = 0; i < world->reaction_count; i++) {
        const struct reaction *reaction = &world->reactions[i];
        if (!slice_eq(reaction->rule, check->problem->incident.rule) ||
            !slice_eq(reaction->clause.party, step->authority) ||
            !slice_eq(reaction->clause.clause, step->clause.clause) ||
            !lists(reaction->targets, reaction->target_count, step->resource)) {
            continue;
        }
        for (size_t j = 0; j < reaction->respond_count; j++) {
            if (reaction->respond[j] == step->action.kind) {
                return reaction;
            }
        }
    }
    return NULL;
}

static void check_forbidden(const struct check *check, size_t at)
{
    const struct plan_step *step = &check->plan->steps[at];
    const struct clause_ref *forbids = NULL;

    if (policy_may_respond(check->problem->world, step->action.kind, step->resource,
                           step->authority, &forbids)) {
        return;
    }
    found(check, LEGALITY_AUTHORITY, at,
          forbids == NULL ? SLICE("nobody permits it")
                          : arena_printf(check->arena, "`%.*s` of %.*s forbids it",
                                         SLICE_ARG(forbids->clause), SLICE_ARG(forbids->party)));
}

/* Of all reactions that allow the step, whoever wrote them; `claimed` is one. */
static int64_t agreed_lease_ms(const struct check *check, const struct plan_step *step,
                               const struct reaction *claimed)
{
    const struct policy_set *world = check->problem->world;
    int64_t least_ms = claimed->lease_ms;

    for (size_t i = 0; i < world->reaction_count; i++) {
        const struct reaction *reaction = &world->reactions[i];
        bool allows = false;
        for (size_t j = 0; j < reaction->respond_count; j++) {
            allows = allows || reaction->respond[j] == step->action.kind;
        }
        if (allows && reaction->lease_ms < least_ms &&
            slice_eq(reaction->rule, check->problem->incident.rule) &&
            lists(reaction->targets, reaction->target_count, step->resource)) {
            least_ms = reaction->lease_ms;
        }
    }
    return least_ms;
}

static void check_authority(const struct check *check, size_t at)
{
    const struct plan_step *step = &check->plan->steps[at];
    const struct reaction *reaction = claimed_reaction(check, step);
    const struct lease *lease = &step->action.lease;

    if (reaction == NULL) {
        found(check, LEGALITY_AUTHORITY, at,
              arena_printf(check->arena, "no reaction `%.*s` of %.*s allows it",
                           SLICE_ARG(step->clause.clause), SLICE_ARG(step->authority)));
        return;
    }
    check_forbidden(check, at);
    int64_t agreed_ms = agreed_lease_ms(check, step, reaction);
    if (lease->duration_ms <= 0 || lease->duration_ms > agreed_ms ||
        lease->limit_ms > agreed_ms * PLAN_BAN_LIMIT) {
        found(check, LEGALITY_LEASE, at,
              arena_printf(check->arena, "a lease of %" PRId64 " ms where %" PRId64 " ms is agreed",
                           lease->duration_ms, agreed_ms));
    }
    if (!contract_of(step->action.kind)->reversible && reaction->approval == APPROVAL_NONE) {
        found(check, LEGALITY_REVERSIBLE, at, SLICE("cannot be undone, and needs no approval"));
    }
    if (reaction->approval > check->plan->approval) {
        found(check, LEGALITY_AUTHORITY, at, SLICE("needs more approvals than the plan asks for"));
    }
}

static void check_source(const struct check *check, size_t at)
{
    const struct plan_step *step = &check->plan->steps[at];
    const struct policy_set *world = check->problem->world;

    if (contract_of(step->action.kind)->needs_corroborated_source &&
        !check->problem->incident.source_corroborated) {
        found(check, LEGALITY_SOURCE, at, SLICE("only a log names this source"));
    }
    if (!action_type(step->action.kind)->takes_source) {
        return;
    }
    for (size_t i = 0; i < world->protected_count; i++) {
        if (address_overlaps(&world->protected_assets[i].network, &step->action.source)) {
            char network[ADDRESS_TEXT_MAX];
            address_format(&world->protected_assets[i].network, network);
            found(check, LEGALITY_PROTECTED, at,
                  arena_printf(check->arena, "would cut %s (%.*s)", network,
                               SLICE_ARG(world->protected_assets[i].why)));
        }
    }
}

static void check_capability(const struct check *check, size_t at)
{
    const struct action *action = &check->plan->steps[at].action;

    for (size_t i = 0; i < check->problem->capability_count; i++) {
        const struct planner_capability *can = &check->problem->capabilities[i];
        if (can->kind == action->kind && slice_is(can->node, action->node)) {
            return;
        }
    }
    found(check, LEGALITY_CAPABILITY, at,
          arena_printf(check->arena, "`%s` cannot do %s", action->node,
                       action_kind_name(action->kind)));
}

/* Steps name only earlier ones, so there is no cycle; all actions are well-formed. */
static bool check_shape(const struct check *check)
{
    const struct plan *plan = check->plan;

    if (plan->step_count > PLAN_STEPS_MAX) {
        found(check, LEGALITY_SHAPE, SIZE_MAX, SLICE("too many steps"));
        return false;
    }
    for (size_t i = 0; i < plan->step_count; i++) {
        struct status valid = action_validate(&plan->steps[i].action);
        if (!status_ok(&valid)) {
            found(check, LEGALITY_SHAPE, i, arena_copy(check->arena, slice_from(valid.msg)));
            return false;
        }
        if ((uint64_t)plan->steps[i].after >> i != 0) {
            found(check, LEGALITY_SHAPE, i, SLICE("waits for itself or a later step"));
            return false;
        }
    }
    return true;
}

/* before[i] has bit j when j is done before i in every order. Steps are numbered topologically. */
static void close_order(const struct plan *plan, uint32_t before[PLAN_STEPS_MAX])
{
    for (size_t i = 0; i < plan->step_count; i++) {
        before[i] = plan->steps[i].after;
        for (size_t j = 0; j < i; j++) {
            if ((plan->steps[i].after & (UINT32_C(1) << j)) != 0) {
                before[i] |= before[j];
            }
        }
    }
}

static bool is_before(const uint32_t before[PLAN_STEPS_MAX], size_t i, size_t j)
{
    return (before[j] & (UINT32_C(1) << i)) != 0;
}

static uint32_t holds_at_start(const struct check *check, const struct resource *resource)
{
    uint32_t holds = resource->plane == PLANE_COMPUTE ? CONDITION_RUNNING : 0;

    for (size_t i = 0; i < check->problem->control_count; i++) {
        const struct planner_control *control = &check->problem->controls[i];
        if (slice_eq(control->node, resource->node) &&
            slice_eq(control->resource, resource->handle) &&
            action_type(control->kind)->plane == resource->plane) {
            holds &= ~contract_of(control->kind)->removes;
        }
    }
    return holds;
}

/* Chapman's modal truth criterion, for ground steps: a need holds in every order when it holds at
 * the start or a step always before adds it, and no step that removes it can come between. */
static void check_need(const struct check *check, const uint32_t before[PLAN_STEPS_MAX], size_t at)
{
    const struct plan *plan = check->plan;
    const struct plan_step *step = &plan->steps[at];
    uint32_t needs = contract_of(step->action.kind)->needs;
    const struct resource *resource = resource_of(check, step);

    if (resource == NULL) {
        return; /* said already by check_resource */
    }
    uint32_t held = holds_at_start(check, resource);
    for (size_t j = 0; j < plan->step_count; j++) {
        const struct plan_step *other = &plan->steps[j];
        const struct contract *contract = contract_of(other->action.kind);
        if (j == at || other->resource != step->resource) {
            continue;
        }
        if (is_before(before, j, at)) {
            held = (held & ~contract->removes) | contract->adds;
        } else if ((contract->removes & needs) != 0 && !is_before(before, at, j)) {
            found(
                check, LEGALITY_ORDER, at,
                arena_printf(check->arena, "step %zu may run first and undo what it needs", j + 1));
            return;
        }
    }
    if ((held & needs) != needs) {
        found(check, LEGALITY_ORDER, at, SLICE("what it needs does not hold"));
    }
}

static int64_t spent_before(const struct check *check, size_t objective)
{
    int64_t spent_ms = 0;

    for (size_t i = 0; i < check->problem->spent_count; i++) {
        if (check->problem->spent[i].objective == objective) {
            spent_ms += check->problem->spent[i].spent_ms;
        }
    }
    return spent_ms;
}

/* Without what is away already while the step would take it away. */
static int64_t downtime_of(const struct check *check, const struct action *action)
{
    int64_t from_ms = 0;
    int64_t until_ms = action->lease.duration_ms;

    for (size_t i = 0; i < check->problem->outage_count; i++) {
        const struct planner_outage *outage = &check->problem->outages[i];
        bool is_same = outage->kind == action->kind && slice_is(outage->node, action->node) &&
                       slice_is(outage->resource, action->resource);
        from_ms = is_same && outage->left_ms > from_ms ? outage->left_ms : from_ms;
    }
    return until_ms > from_ms
               ? contract_cost(contract_of(action->kind), until_ms - from_ms).availability_ms
               : 0;
}

/* Downtime comes out of the declared error budget: window x (1 - availability). */
static void check_availability(const struct check *check)
{
    const struct policy_set *world = check->problem->world;

    for (size_t i = 0; i < world->objective_count; i++) {
        const struct objective *objective = &world->objectives[i];
        int64_t planned_ms = 0;
        if (objective->kind != OBJECTIVE_AVAILABILITY || objective->gave_way) {
            continue;
        }
        for (size_t j = 0; j < check->plan->step_count; j++) {
            const struct plan_step *step = &check->plan->steps[j];
            if (lists(objective->targets, objective->target_count, step->resource)) {
                planned_ms += downtime_of(check, &step->action);
            }
        }
        int64_t left_ms = contract_budget_ms(objective) - spent_before(check, i);
        if (planned_ms > 0 && planned_ms > left_ms) {
            found(check, LEGALITY_AVAILABILITY, SIZE_MAX,
                  arena_printf(check->arena,
                               "costs %" PRId64 " ms of service where `%.*s` has %" PRId64
                               " ms left",
                               planned_ms, SLICE_ARG(objective->clause.clause), left_ms));
        }
    }
}

static void check_whole(const struct check *check)
{
    const struct plan *plan = check->plan;
    int64_t most =
        check->problem->max_blast != 0 ? check->problem->max_blast : PLANNER_BLAST_DEFAULT;

    if (strcmp(plan->base_digest, check->problem->world->digest) != 0) {
        found(check, LEGALITY_BASE, SIZE_MAX, SLICE("made against another version of the SLAs"));
    }
    if ((int64_t)plan->step_count > most) {
        found(check, LEGALITY_BLAST, SIZE_MAX,
              arena_printf(check->arena, "touches %zu resources where %" PRId64 " are allowed",
                           plan->step_count, most));
    }
    check_availability(check);
}

void legality_check(struct arena *arena, const struct planner_problem *problem,
                    const struct plan *plan, struct legality *out)
{
    const struct check check = { arena, problem, plan, out };
    uint32_t before[PLAN_STEPS_MAX] = { 0 };

    *out = (struct legality){ .legal = true };
    if (!check_shape(&check)) {
        return;
    }
    close_order(plan, before);
    for (size_t i = 0; i < plan->step_count; i++) {
        check_resource(&check, i);
        if (resource_of(&check, &plan->steps[i]) == NULL) {
            continue;
        }
        check_authority(&check, i);
        check_source(&check, i);
        check_capability(&check, i);
        check_need(&check, before, i);
    }
    check_whole(&check);
}
