/* sla/resolve/known.h - names that no document declares: rules of detection, nodes. For sla/ only.
 */
#ifndef REDAN_SLA_RESOLVE_KNOWN_H
#define REDAN_SLA_RESOLVE_KNOWN_H

#include "sla/draft.h"

/* Sorts what the options list; once. */
void sla_know(struct draft *draft);

/* Warns of reactions to rules, tests of rules, and resources at nodes that the caller's options do
 * not list: they can be right on another day, but do nothing today. Not listed at all: not
 * checked. */
void sla_check_known(struct draft *draft, const struct draft_document *document);

#endif
