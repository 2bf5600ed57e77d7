/* sla/values/names.h - a table of names, each with a number: looked up by bisection, so no choice
 * of names makes it slow. For sla/ only. Pure; lives in the arena it is made in. */
#ifndef REDAN_SLA_VALUES_NAMES_H
#define REDAN_SLA_VALUES_NAMES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

struct sla_name {
    struct slice name;
    uint32_t at;
};

struct sla_names {
    struct sla_name *items;
    size_t count;
};

/* Room for `room` names. Empty names may be added and are never found. */
void sla_names_init(struct sla_names *names, struct arena *arena, size_t room);
void sla_names_add(struct sla_names *names, struct slice name, uint32_t at);
/* Before the first search. */
void sla_names_sort(struct sla_names *names);
/* The smallest number the name was added with; false when it was not. `out` may be NULL. */
bool sla_names_find(const struct sla_names *names, struct slice name, uint32_t *out);

/* The numbers 0 .. count - 1 as the names ascend, equal ones by number. */
const uint32_t *sla_names_order(struct arena *arena, const struct slice *names, size_t count);

#endif
