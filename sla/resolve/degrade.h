/* sla/resolve/degrade.h - which `should` clauses give way, when findings cannot all be helped
 * otherwise, and what no longer holds then.
 *
 * Every finding that some `should` clause could end is ended by one of them. Those of one document
 * are weighed against each other: what is given up weighs least in the last step of its `degrade`,
 * then in the one before, and so on (a hitting set of least weight, lexicographically). Exact for
 * clauses that hang together through findings, up to SLA_DEGRADE_EXACT_MAX; else clauses are kept
 * one by one, the last step and the heaviest first, wherever others end the same findings. Between
 * documents the first in canonical order gives way. An offer never does. For sla/ only. */
#ifndef REDAN_SLA_RESOLVE_DEGRADE_H
#define REDAN_SLA_RESOLVE_DEGRADE_H

#include "sla/draft.h"

enum { SLA_DEGRADE_EXACT_MAX = 16 };

/* Gives the clauses of `degrade` their steps, and checks that they fit together (RDN0321). After
 * the ids of the document are known to be unique. */
void sla_check_degrade(struct draft *draft, struct draft_document *document);

/* Fills in who yields in each conflict, in the canonical order they are in. */
void sla_choose_yields(struct arena *arena, struct sla_world *world);

/* Takes out the findings about what was granted by a clause that gives way, wherever they are. */
void sla_drop_ended(struct arena *arena, struct sla_world *world);

/* Policies, rules and objectives of what gave way no longer hold where it did; policies.degrade
 * says what that is. */
void sla_give_way(struct draft *draft, struct sla_world *world);

/* Documents in which the order was not declared and would have made a difference (RDN0907). */
void sla_report_order(const struct sla_world *world, struct diag_list *diags);

#endif
