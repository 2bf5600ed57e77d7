/* sla/policy/flow_order.h - in which order clauses about flows are asked at a host (design of the
 * language, section 16): as the parties are that rule there, then rights that others reserve; of
 * one party what is denied first, since an undeclared disagreement is enforced as a forbid. For
 * sla/ only. */
#ifndef REDAN_SLA_POLICY_FLOW_ORDER_H
#define REDAN_SLA_POLICY_FLOW_ORDER_H

#include "sla/world.h"

/* Requirements and reserved rights; what is offered decides nothing. */
bool sla_is_flow(const struct sla_clause *clause);

/* Among whom the clause is asked; SLA_FLOW_NOBODY: it is not asked there at all. Less is earlier.
 */
enum { SLA_FLOW_NOBODY = 3 };
uint32_t sla_flow_place(const struct sla_world *world, const struct sla_clause *clause,
                        size_t resource);

/* Whether, by being there, it closes the host to all that nothing permits. */
bool sla_flow_closes(const struct sla_clause *clause);

#endif
