/* planner/legality.h - the small independent checker of plans, whoever made them.
 *
 * It shares no code with the search but the contracts' table and the model, and believes nothing a
 * plan says of itself: before execution, in the SMA, and at the auditor's. Pure. */
#ifndef REDAN_PLANNER_LEGALITY_H
#define REDAN_PLANNER_LEGALITY_H

#include "planner/planner.h"

enum legality_rule {
    LEGALITY_BASE,        /* made against another version of the world */
    LEGALITY_SHAPE,       /* too many steps, a cycle, a bad action */
    LEGALITY_RESOURCE,    /* acts on what is not of the incident's unit */
    LEGALITY_AUTHORITY,   /* no party agreed to this, or one forbids it */
    LEGALITY_SOURCE,      /* would act on an address that no kernel corroborated */
    LEGALITY_PROTECTED,   /* would cut a protected asset */
    LEGALITY_CAPABILITY,  /* the node cannot do it */
    LEGALITY_LEASE,       /* none, or longer than agreed */
    LEGALITY_REVERSIBLE,  /* cannot be undone, and nobody approved that */
    LEGALITY_BLAST,       /* touches more resources than allowed */
    LEGALITY_ORDER,       /* in some order a step's precondition does not hold */
    LEGALITY_AVAILABILITY /* spends more downtime than an objective has left */
};
enum { LEGALITY_FINDINGS_MAX = 64 };

struct legality_finding {
    enum legality_rule rule;
    size_t step; /* SIZE_MAX: the whole plan */
    struct slice why;
};

struct legality {
    bool legal;
    struct legality_finding findings[LEGALITY_FINDINGS_MAX];
    size_t count; /* kept; more than the maximum are not */
};

void legality_check(struct arena *arena, const struct planner_problem *problem,
                    const struct plan *plan, struct legality *out);

const char *legality_rule_name(enum legality_rule rule);

#endif
