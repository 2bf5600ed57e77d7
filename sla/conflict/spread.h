/* sla/conflict/spread.h - over how many places the copies of a `replication.spread` stand, as far
 * as the U-Cloud shows it: the provider of each, and the node of machines and volumes. A bucket's
 * node is where its agent is and not where it lies; of racks, zones, regions and jurisdictions no
 * document but an offer says anything, and a label is whatever its writer likes.
 *
 * Resources of the clause are copies of each other when they are of one plane and hold the same
 * classes of those that the clause speaks of: a machine is no copy of a bucket, nor is a bucket of
 * patients' data one of a bucket of bills. Of what stands alone the copies lie inside it, where
 * only an offer tells. For sla/ only. Pure. */
#ifndef REDAN_SLA_CONFLICT_SPREAD_H
#define REDAN_SLA_CONFLICT_SPREAD_H

#include "sla/world.h"

struct sla_spread {
    bool is_shown;  /* else nothing is known */
    size_t copies;  /* resources that are copies of each other */
    int64_t places; /* different ones that are named */
    int64_t hidden; /* copies that name none, and could be anywhere */
};

/* The requirement is of a term that is counted `by` places. */
bool sla_is_spread(const struct sla_term *term);
/* Of each resource of the clause, by its place there. Takes n log n for n of them. */
const struct sla_spread *sla_spreads_of(struct arena *arena, const struct sla_world *world,
                                        const struct sla_clause *clause);
/* Of one resource of the clause; takes as long. */
struct sla_spread sla_spread_of(const struct sla_world *world, const struct sla_clause *clause,
                                size_t resource);
/* "node-1, node-2 and 3 more" */
void sla_spread_print(const struct sla_world *world, const struct sla_clause *clause,
                      size_t resource, struct buf *out);

#endif
