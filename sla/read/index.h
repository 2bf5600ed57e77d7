/* sla/read/index.h - which resources have a property or label of some value: from `select` to
 * resources without looking at each. For sla/ only.
 *
 * Built when first asked for, from the resources in their final order; broken ones are left out. */
#ifndef REDAN_SLA_READ_INDEX_H
#define REDAN_SLA_READ_INDEX_H

#include "sla/draft.h"

struct sla_run sla_index_find(struct draft *draft, struct slice key, struct slice value);

/* The part of a run that lies in [from, to). */
struct sla_run sla_run_within(struct sla_run run, size_t from, size_t to);

/* A key of `select` that is none of a label. */
bool sla_is_property(struct slice key);

/* A property of the resource by its key in `select`, or else its label, which may be empty; ptr
 * NULL when it has neither. */
struct slice sla_resource_value(const struct draft_resource *resource, struct slice key);

/* The resources of a U-Cloud, or the one of a name in it: [from, to) of draft->resources. `name`
 * with ptr NULL: all. */
void sla_resource_range(const struct draft *draft, struct slice ucloud, struct slice name,
                        size_t *out_from, size_t *out_to);

#endif
