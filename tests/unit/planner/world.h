/* tests/unit/planner/world.h - a small U-Cloud for the planner's tests: a host on node-1, a domain
 * and a bucket on node-2, all of unit pacs; one reaction per rule. */
#ifndef REDAN_TESTS_PLANNER_WORLD_H
#define REDAN_TESTS_PLANNER_WORLD_H

#include "model/decide.h"
#include "planner/planner.h"

enum { WORLD_LEASE_MS = 60000, WORLD_RULES_MAX = 32, WORLD_SLOTS = 64 };

struct world {
    struct resource resources[4];
    struct reaction reactions[2];
    struct objective objectives[1];
    struct protected_asset assets[1];
    struct policy_set set;
    struct policy_rules rules;
    struct policy_rule rule[WORLD_RULES_MAX];
    struct policy_slot slots[WORLD_SLOTS];
    struct clause_ref clauses[WORLD_RULES_MAX];
    const struct clause_ref *clause_at[WORLD_RULES_MAX];
    struct planner_capability capabilities[8];
    struct planner_control controls[2];
    struct ulid ids[PLAN_STEPS_MAX];
    struct planner_problem problem;
};

/* Attack on node-1 by 10.99.0.2 seen by the kernel; goals and rule are the caller's to change. */
void world_init(struct world *world);
/* What the clause says of the act on the resource: enum policy_rule_effect. `party` NULL: anyone.
 */
void world_rule(struct world *world, unsigned effects, enum action_kind act, uint32_t resource,
                const char *party, struct clause_ref clause);
struct address world_address(const char *text);

#endif
