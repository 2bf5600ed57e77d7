/* planner/unit.h - an incident's unit as the search and the checker both see it: its resources,
 * what holds of them, and what the goals ask. Pure. */
#ifndef REDAN_PLANNER_UNIT_H
#define REDAN_PLANNER_UNIT_H

#include "planner/planner.h"

struct unit {
    size_t resources[PLANNER_RESOURCES_MAX]; /* indices into the policy set */
    size_t count;
    uint64_t holds; /* CONDITIONS_PER_RESOURCE bits a resource */
    uint64_t goals;
};

/* Conditions of resource `index` (of the unit) as bits of the whole state. */
uint64_t unit_bits(size_t index, uint32_t conditions);

/* Errors: STATUS_NOT_FOUND (no host on the incident's node), STATUS_EXHAUSTED (too many resources).
 */
struct status unit_of(const struct planner_problem *problem, struct unit *out) MUST_USE;

/* The reaction that authorises `kind` on the resource for the incident's rule, of several the one
 * with the shortest lease; or NULL. */
const struct reaction *unit_reaction(const struct planner_problem *problem, enum action_kind kind,
                                     size_t resource);
/* Does any reaction exist for the rule at all? */
bool unit_has_reaction(const struct planner_problem *problem);

/* Of a lease that starts now: for how long it takes away what nobody has taken away yet. */
int64_t unit_added_ms(const struct planner_problem *problem, enum action_kind kind,
                      const struct resource *resource, int64_t lease_ms);

bool policy_covers(const size_t *targets, size_t count, size_t resource);
bool unit_node_can(const struct planner_problem *problem, struct slice node, enum action_kind kind);

#endif
