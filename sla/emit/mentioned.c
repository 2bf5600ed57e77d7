#include "sla/emit/priv.h"

/* Of which resources something is printed: all, but for a part of the world those that what is left
 * of it speaks of. */

static void mark(bool *marks, const size_t *resources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        marks[resources[i]] = true;
    }
}

static void mark_policies(bool *marks, const struct policy_set *set)
{
    for (size_t i = 0; i < set->policy_count; i++) {
        mark(marks, set->policies[i].targets, set->policies[i].target_count);
    }
    for (size_t i = 0; i < set->objective_count; i++) {
        mark(marks, set->objectives[i].targets, set->objectives[i].target_count);
    }
    for (size_t i = 0; i < set->reaction_count; i++) {
        mark(marks, set->reactions[i].targets, set->reactions[i].target_count);
    }
}

static void mark_items(bool *marks, const struct desired_item *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        marks[items[i].resource] = true;
    }
}

const bool *emit_mentioned(struct arena *arena, const struct desired *desired)
{
    bool *marks = ARENA_NEW(arena, bool, desired->policies->resource_count + 1);

    for (size_t i = 0; i < desired->policies->resource_count && !desired->is_part; i++) {
        marks[i] = true;
    }
    mark_policies(marks, desired->policies);
    for (size_t i = 0; i < desired->box_count; i++) {
        marks[desired->boxes[i].resource] = true;
    }
    mark_items(marks, desired->items, desired->item_count);
    mark_items(marks, desired->heeds, desired->heed_count);
    for (size_t i = 0; i < desired->watch_count; i++) {
        mark(marks, desired->watches[i].resources, desired->watches[i].resource_count);
    }
    for (size_t i = 0; i < desired->ruling_count; i++) {
        mark(marks, desired->rulings[i].resources, desired->rulings[i].resource_count);
    }
    for (size_t i = 0; i < desired->not_held_count; i++) {
        mark(marks, desired->not_held[i].resources, desired->not_held[i].resource_count);
    }
    return marks;
}
