/* sla/spread.h - over how many places the resources of a `replication.spread` stand, as far as the
 * U-Cloud shows it: the provider of each, and the node of machines and volumes. A bucket's node is
 * where its agent is and not where it lies; of racks, zones, regions and jurisdictions no document
 * but an offer says anything, and a label is whatever its writer likes. Of one resource alone the
 * copies lie inside it, where only an offer tells. For sla/ only. Pure. */
#ifndef REDAN_SLA_SPREAD_H
#define REDAN_SLA_SPREAD_H

#include "sla/world.h"

struct sla_spread {
    bool is_shown;  /* else nothing is known */
    int64_t places; /* different ones that are named */
    int64_t hidden; /* resources that name none, and could be anywhere */
};

/* The requirement is of a term that is counted `by` places. */
bool sla_is_spread(const struct sla_term *term);
/* Takes n log n for n resources of the clause. */
struct sla_spread sla_spread_of(const struct sla_world *world, const struct sla_clause *clause);
/* "node-1, node-2 and 3 more" */
void sla_spread_print(const struct sla_world *world, const struct sla_clause *clause,
                      struct buf *out);

#endif
