/* planner/planner.h - from an incident and goals to the cheapest legal plan.
 *
 * Pure: time, ids and facts are inputs, the budget counts expansions and not seconds, so equal
 * inputs give equal bytes on every replica. The search is A* (Hart, Nilsson and Raphael 1968) over
 * sets of conditions; the lower bound sums, over the open goals, the cheapest share of an action
 * that serves the goal (a cost is shared out over the goals its action serves, so the sum is
 * admissible). The found sequence is loosened to the partial order in which only interfering steps
 * keep their order (Backstrom 1998, deordering).
 *
 * Who may act: a grounded action is considered only if a reaction of the U-Cloud's parties for this
 * rule and resource names it; everything else is listed as refused, with the reason. */
#ifndef REDAN_PLANNER_PLANNER_H
#define REDAN_PLANNER_PLANNER_H

#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "model/plan.h"
#include "model/policy.h"

enum { PLANNER_RESOURCES_MAX = 16, PLANNER_EXPANSIONS_DEFAULT = 20000, PLANNER_BLAST_DEFAULT = 8 };

/* What managers ask for; the arbiter joins the bits of all managers that share an incident. */
enum goal {
    GOAL_STOP_ATTACK = 1U << 0,   /* nothing of the attacked host answers the source any more */
    GOAL_KEEP_EVIDENCE = 1U << 1, /* of every domain of the unit */
    GOAL_QUIET_UNIT = 1U << 2,    /* no domain of the unit executes */
    GOAL_PROTECT_DATA = 1U << 3,  /* no bucket of the unit is written */
    GOAL_CUT_SOURCE = 1U << 4 /* the source reaches no host it attacked, even if it runs again */
};

struct planner_incident {
    struct ulid id;
    struct slice rule;
    struct address source;    /* ADDRESS_NONE: unknown */
    bool source_corroborated; /* by the kernel */
    struct slice node;        /* SMA that saw it */
};

/* What a node said it can do. Silence is no capability. */
struct planner_capability {
    struct slice node;
    enum action_kind kind;
    bool reversible;
};

/* A control of this incident that is in force already (or being undone): its condition holds at the
 * start. Those of others end when theirs do, and are no part of the problem. */
struct planner_control {
    enum action_kind kind;
    struct slice node;
    struct slice resource; /* handle */
    struct address source;
};

/* Downtime already spent in an objective's window, by index in the policy set. */
struct planner_spent {
    size_t objective;
    int64_t spent_ms;
};

/* A resource that is away already, whoever's control it is: to take it away once more costs only
 * what comes after. */
struct planner_outage {
    enum action_kind kind;
    struct slice node;
    struct slice resource; /* handle; "" for network actions */
    int64_t left_ms;
};

struct planner_problem {
    const struct policy_set *world;
    struct planner_incident incident;
    uint32_t goals; /* enum goal */
    const struct planner_capability *capabilities;
    size_t capability_count;
    const struct planner_control *controls;
    size_t control_count;
    const struct planner_spent *spent;
    size_t spent_count;
    const struct planner_outage *outages;
    size_t outage_count;
    struct ulid plan_id;
    const struct ulid *step_ids; /* PLAN_STEPS_MAX of them */
    uint64_t max_expansions;     /* 0: PLANNER_EXPANSIONS_DEFAULT */
    int64_t max_blast;           /* resources one plan may touch; 0: PLANNER_BLAST_DEFAULT */
};

/* The plan and everything in it live in `arena`. A plan without steps means: all goals hold
 * already. Errors: STATUS_NOT_FOUND (no resource on that node, or no reaction for the rule: nobody
 * agreed to act), STATUS_DENIED (candidates exist, all refused: `*out` is still set and lists why),
 * STATUS_EXHAUSTED (unit too large). */
struct status planner_solve(struct arena *arena, const struct planner_problem *problem,
                            struct plan **out) MUST_USE;

#endif
