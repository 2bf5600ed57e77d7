#include "planner/planner.h"

#include <inttypes.h>
#include <string.h>

#include "planner/ground.h"
#include "planner/search.h"

/* Goal conditions that no chain of usable actions can reach, deletes left aside. */
static uint64_t unreachable_goals(const struct grounded *actions, size_t count, uint64_t holds,
                                  uint64_t goals)
{
    uint64_t reached = holds;
    bool grew = true;

    while (grew) {
        grew = false;
        for (size_t i = 0; i < count; i++) {
            if (actions[i].usable && (reached & actions[i].needs) == actions[i].needs &&
                (actions[i].adds & ~reached) != 0) {
                reached |= actions[i].adds;
                grew = true;
            }
        }
    }
    return goals & ~reached;
}

/* Two actions of which the order matters. */
static bool interferes(const struct grounded *a, const struct grounded *b)
{
    return (a->adds & b->needs) != 0 || (a->removes & (b->needs | b->adds)) != 0 ||
           (b->removes & (a->needs | a->adds)) != 0 || (b->adds & a->needs) != 0;
}

/* The path as a partial order: after[j] has bit i when i must come before j. */
static void deorder(const struct grounded *actions, const struct search_result *found,
                    uint32_t after[PLAN_STEPS_MAX])
{
    for (size_t j = 0; j < found->length; j++) {
        after[j] = 0;
        for (size_t i = 0; i < j; i++) {
            if (interferes(&actions[found->path[i]], &actions[found->path[j]])) {
                after[j] |= UINT32_C(1) << i;
            }
        }
    }
}

/* Numbers the steps so that what settles fastest comes first among those that are ready. */
static void linearise(const struct grounded *actions, const struct search_result *found,
                      const uint32_t after[PLAN_STEPS_MAX], size_t order[PLAN_STEPS_MAX])
{
    uint32_t done = 0;

    for (size_t at = 0; at < found->length; at++) {
        size_t next = found->length;
        for (size_t i = 0; i < found->length; i++) {
            bool ready = (done & (UINT32_C(1) << i)) == 0 && (after[i] & ~done) == 0;
            if (ready &&
                (next == found->length || actions[found->path[i]].contract->settle_ms <
                                              actions[found->path[next]].contract->settle_ms)) {
                next = i;
            }
        }
        order[at] = next;
        done |= UINT32_C(1) << next;
    }
}

static void fill_action(const struct planner_problem *problem, const struct grounded *grounded,
                        const struct resource *resource, struct action *action)
{
    const struct action_type *type = action_type(grounded->contract->kind);

    action->kind = grounded->contract->kind;
    slice_to_cstr(resource->node, action->node, sizeof(action->node));
    if (type->takes_resource) {
        slice_to_cstr(resource->handle, action->resource, sizeof(action->resource));
    }
    if (type->takes_source) {
        action->source = problem->incident.source;
    }
    action->lease = (struct lease){ .polarity = LEASE_BAN,
                                    .duration_ms = grounded->reaction->lease_ms,
                                    .limit_ms = grounded->reaction->lease_ms * PLAN_BAN_LIMIT };
}

static void fill_steps(struct arena *arena, const struct planner_problem *problem,
                       const struct unit *unit, const struct grounded *actions,
                       const struct search_result *found, struct plan *plan)
{
    uint32_t after[PLAN_STEPS_MAX];
    size_t order[PLAN_STEPS_MAX] = { 0 };
    size_t place[PLAN_STEPS_MAX] = { 0 };

    deorder(actions, found, after);
    linearise(actions, found, after, order);
    for (size_t at = 0; at < found->length; at++) {
        place[order[at]] = at;
    }
    plan->steps = ARENA_NEW(arena, struct plan_step, found->length + 1);
    plan->step_count = found->length;
    for (size_t at = 0; at < found->length; at++) {
        const struct grounded *grounded = &actions[found->path[order[at]]];
        size_t resource = unit->resources[grounded->index];
        struct plan_step *step = &plan->steps[at];
        *step = (struct plan_step){ .reversible = grounded->contract->reversible,
                                    .cost = grounded->cost,
                                    .authority = grounded->reaction->clause.party,
                                    .clause = grounded->reaction->clause,
                                    .resource = resource };
        fill_action(problem, grounded, &problem->world->resources[resource], &step->action);
        step->action.id = problem->step_ids[at];
        for (size_t i = 0; i < found->length; i++) {
            if ((after[order[at]] & (UINT32_C(1) << i)) != 0) {
                step->after |= UINT32_C(1) << place[i];
            }
        }
        if (grounded->reaction->approval > plan->approval) {
            plan->approval = grounded->reaction->approval;
        }
        if (grounded->reaction->within_ms > 0 &&
            (plan->within_ms == 0 || grounded->reaction->within_ms < plan->within_ms)) {
            plan->within_ms = grounded->reaction->within_ms;
        }
    }
}

static bool is_on_path(const struct search_result *found, size_t action)
{
    for (size_t i = 0; i < found->length; i++) {
        if (found->path[i] == action) {
            return true;
        }
    }
    return false;
}

static struct slice why_chosen(struct arena *arena, const struct grounded *grounded)
{
    return arena_printf(arena,
                        "cheapest for its goal: %" PRId64 " ms of lost availability, %s; agreed in "
                        "`%.*s` of %.*s",
                        grounded->cost.availability_ms,
                        grounded->contract->reversible ? "reversible" : "not reversible",
                        SLICE_ARG(grounded->reaction->clause.clause),
                        SLICE_ARG(grounded->reaction->clause.party));
}

static void fill_candidates(struct arena *arena, const struct grounded *actions, size_t count,
                            uint64_t holds, const struct search_result *found, struct plan *plan)
{
    plan->candidates = ARENA_NEW(arena, struct plan_candidate, count + 1);
    for (size_t i = 0; i < count && i < PLAN_CANDIDATES_MAX; i++) {
        const struct grounded *grounded = &actions[i];
        struct plan_candidate *candidate = &plan->candidates[plan->candidate_count++];
        *candidate = (struct plan_candidate){ .name = grounded->name,
                                              .verdict = CANDIDATE_REFUSED,
                                              .cost = grounded->cost,
                                              .reason = grounded->reason };
        if (!grounded->usable) {
            continue;
        }
        candidate->verdict = CANDIDATE_DEARER;
        if (found->solved && is_on_path(found, i)) {
            candidate->verdict = CANDIDATE_CHOSEN;
            candidate->reason = why_chosen(arena, grounded);
        } else if ((grounded->adds & holds) == grounded->adds) {
            candidate->reason = SLICE("in force already");
        } else {
            candidate->reason = arena_printf(arena, "dearer: %" PRId64 " ms of lost availability",
                                             grounded->cost.availability_ms);
        }
    }
}

static size_t count_bits(uint64_t bits)
{
    size_t count = 0;

    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

struct status planner_solve(struct arena *arena, const struct planner_problem *problem,
                            struct plan **out)
{
    struct unit unit;
    struct search_result found;

    TRY(unit_of(problem, &unit));
    if (!unit_has_reaction(problem)) {
        return status_error(STATUS_NOT_FOUND, "no party agreed to react to `%.*s`",
                            SLICE_ARG(problem->incident.rule));
    }
    struct grounded *actions = ARENA_NEW(arena, struct grounded, GROUND_MAX);
    size_t count = ground_all(arena, problem, &unit, actions);
    uint64_t unmet = unreachable_goals(actions, count, unit.holds, unit.goals);
    uint64_t budget =
        problem->max_expansions != 0 ? problem->max_expansions : PLANNER_EXPANSIONS_DEFAULT;
    search_run(arena, actions, count, unit.holds, unit.goals & ~unmet, budget, &found);

    struct plan *plan = ARENA_NEW(arena, struct plan, 1);
    plan->id = problem->plan_id;
    plan->incident = problem->incident.id;
    memcpy(plan->base_digest, problem->world->digest, sizeof(plan->base_digest));
    plan->cost = found.cost;
    plan->lower_bound = found.lower_bound;
    plan->expansions = found.expansions;
    plan->work_exhausted = found.exhausted;
    plan->goals_unmet = count_bits(unmet);
    if (found.solved) {
        fill_steps(arena, problem, &unit, actions, &found, plan);
    }
    fill_candidates(arena, actions, count, unit.holds, &found, plan);
    *out = plan;
    if (!found.solved || (plan->step_count == 0 && unmet != 0)) {
        return status_error(STATUS_DENIED, "every response to `%.*s` was refused",
                            SLICE_ARG(problem->incident.rule));
    }
    return STATUS_SUCCESS;
}
