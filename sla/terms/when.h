/* sla/terms/when.h - from the conditions of clauses to guards (sla/values/guard.h). For sla/ only.
 */
#ifndef REDAN_SLA_TERMS_WHEN_H
#define REDAN_SLA_TERMS_WHEN_H

#include "sla/draft.h"

/* When all documents are sorted: makes draft->guards and gives each clause its guard. Reports data
 * classes that no resource holds, and more names than a guard has room for. */
void sla_bind_guards(struct draft *draft);

/* The guard of conditions, once there are guards. `when` NULL: always. */
uint32_t sla_when_guard(const struct draft *draft, const struct draft_when *when);
/* And of the validity, where the world is of no day. */
uint32_t sla_clause_guard(const struct draft *draft, const struct draft_clause *clause);

/* Windows are in one zone, and the zone of a text is one that there is; else that is reported. */
bool sla_zones_are_one(struct draft *draft, const struct yaml_node *node,
                       const struct sla_weekly *windows, size_t count);
bool sla_zone_is_known(struct draft *draft, const struct yaml_node *at, struct slice zone);

/* Where a part of a scalar's text stands, should it stand in the source as it is. */
struct diag_span sla_part_span(const struct yaml_node *at, struct slice part);

/* Of a clause's mapping: the members of `when` that its term does not take are reported. False: so
 * it was. */
bool sla_when_fits(const struct sla_reading *reading, const struct sla_term *term);

#endif
