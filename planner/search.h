/* planner/search.h - A* over condition sets; see planner.h for the algorithm. Pure. */
#ifndef REDAN_PLANNER_SEARCH_H
#define REDAN_PLANNER_SEARCH_H

#include "planner/ground.h"

struct search_result {
    size_t path[PLAN_STEPS_MAX]; /* indices into the grounded actions, in order */
    size_t length;
    struct cost cost;
    struct cost lower_bound; /* of any solution */
    uint64_t expansions;
    bool solved;
    bool exhausted; /* the budget ended it: path is greedy, cost >= lower_bound */
};

void search_run(struct arena *arena, const struct grounded *actions, size_t action_count,
                uint64_t start, uint64_t goals, uint64_t max_expansions, struct search_result *out);

#endif
