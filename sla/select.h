/* sla/select.h - from selectors to resources, from `on` and `except` to what a clause speaks of.
 * For sla/ only. */
#ifndef REDAN_SLA_SELECT_H
#define REDAN_SLA_SELECT_H

#include "sla/draft.h"

/* Fills the resources of the document's targets. */
void sla_select_targets(struct draft *draft, struct draft_document *document);

/* Fills the clause's resources; checks `on`, `except`, the term's planes and named parties. */
/* Of all resources, for people. */
const struct slice *sla_resource_paths(struct draft *draft);

void sla_bind_clause(struct draft *draft, struct draft_document *document,
                     struct draft_clause *clause);

/* The same for an assumption; checks its owner. */
void sla_bind_assumption(struct draft *draft, struct draft_document *document,
                         struct draft_assumption *assumption);

#endif
