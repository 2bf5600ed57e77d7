/* sla/resolve/misnamed.h - parties that are named as nobody is who wrote a document, and nearly as
 * somebody is. For sla/. */
#ifndef REDAN_SLA_RESOLVE_MISNAMED_H
#define REDAN_SLA_RESOLVE_MISNAMED_H

#include "sla/draft.h"

enum { SLA_MISNAMED_COMPARED_MAX = 1000 * 1000 }; /* pairs of names, in one compile */

/* Any name may be a party's, so a misspelt one is a party of its own: offers come to nobody, and
 * resources stand where nobody offers anything. Warns (RDN0906) of a provider's offer with no
 * resource at its party while some stand at one that it is a slip of, and of a provider or owner
 * that wrote nothing and is a slip of one that did; of who asserts an offer, likewise, RDN0305.
 * Nothing where something could not be read. O(n log n), and the names compared. */
void sla_check_misnamed(struct draft *draft);

#endif
