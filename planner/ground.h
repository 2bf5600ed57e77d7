/* planner/ground.h - every response one could think of for an incident's unit, each either usable
 * or refused with the reason a person reads. Pure. */
#ifndef REDAN_PLANNER_GROUND_H
#define REDAN_PLANNER_GROUND_H

#include "planner/contract.h"
#include "planner/unit.h"

enum { GROUND_MAX = PLANNER_RESOURCES_MAX * ACTION_KINDS };

struct grounded {
    const struct contract *contract;
    size_t index; /* of the resource in the unit */
    const struct reaction
        *reaction; /* whose authority it uses; NULL when refused for lack of one */
    struct cost cost;
    uint64_t needs, adds, removes; /* state bits */
    bool usable;
    struct slice name;   /* "network.deny 10.99.0.2 on app-1" */
    struct slice reason; /* why refused; empty when usable */
};

/* In the order of resources, then of enum action_kind. Returns how many. */
size_t ground_all(struct arena *arena, const struct planner_problem *problem,
                  const struct unit *unit, struct grounded out[GROUND_MAX]);

#endif
