/* sla/resolve/planned.h - whether an offer's planned work finds room in the windows that it names
 * for it. For sla/ only. */
#ifndef REDAN_SLA_RESOLVE_PLANNED_H
#define REDAN_SLA_RESOLVE_PLANNED_H

#include "sla/draft.h"

/* Of an offer, when its clauses are bound: RDN0224. */
void sla_check_planned(struct draft *draft, const struct draft_document *document);

#endif
