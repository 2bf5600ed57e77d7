/* sla/resolve/responses.h - reactions that an SLA takes from a ResponsePolicy of its party. For
 * sla/ only.
 */
#ifndef REDAN_SLA_RESOLVE_RESPONSES_H
#define REDAN_SLA_RESOLVE_RESPONSES_H

#include "sla/draft.h"

/* The policies by party and name; once, when documents are in order. */
void sla_index_policies(struct draft *draft);

/* Adds the reactions of the policies that the document names to its clauses, as POLICY/REACTION,
 * with the targets that it says. What cannot be found is reported. */
void sla_take_responses(struct draft *draft, struct draft_document *document);

#endif
