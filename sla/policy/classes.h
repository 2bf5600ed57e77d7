/* sla/policy/classes.h - resources that no list tells apart, as one class: partition refinement
 * over the lists (Paige and Tarjan, "Three partition refinement algorithms", SIAM J. Comput. 16,
 * 1987). O(total length of the lists). Pure; for sla/ and its tests. */
#ifndef REDAN_SLA_POLICY_CLASSES_H
#define REDAN_SLA_POLICY_CLASSES_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

struct sla_classes {
    uint32_t *of; /* by resource */
    uint32_t count;
    /* scratch, by class: members, members in the list at hand, where those go */
    uint32_t *sizes, *hits, *moved_to;
    uint32_t *touched;
};

/* All resources in one class, or none when there are no resources. */
void sla_classes_init(struct sla_classes *classes, struct arena *arena, size_t resource_count);
/* Afterwards no class has members both in the list and out of it. Each resource at most once. */
void sla_classes_split(struct sla_classes *classes, const size_t *resources, size_t count);

#endif
