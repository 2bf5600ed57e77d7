/* tests/unit/planner/world.h - a small U-Cloud for the planner's tests: a host on node-1, a domain
 * and a bucket on node-2, all of unit pacs; one reaction per rule. */
#ifndef REDAN_TESTS_PLANNER_WORLD_H
#define REDAN_TESTS_PLANNER_WORLD_H

#include "planner/planner.h"

enum { WORLD_LEASE_MS = 60000 };

struct world {
    struct resource resources[4];
    struct reaction reactions[2];
    struct policy policies[2];
    struct objective objectives[1];
    struct protected_asset assets[1];
    struct policy_set set;
    struct planner_capability capabilities[8];
    struct planner_control controls[2];
    struct ulid ids[PLAN_STEPS_MAX];
    struct planner_problem problem;
};

/* Attack on node-1 by 10.99.0.2 seen by the kernel; goals and rule are the caller's to change. */
void world_init(struct world *world);
struct address world_address(const char *text);

#endif
