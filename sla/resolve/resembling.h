/* sla/resolve/resembling.h - free names: nothing declares them, so nothing finds misspelt ones. For
 * sla/.
 */
#ifndef REDAN_SLA_RESOLVE_RESEMBLING_H
#define REDAN_SLA_RESOLVE_RESEMBLING_H

#include "sla/draft.h"

/* Warns of a purpose that stands in one place of the world and is within two edits of another
 * (RDN0906). */
void sla_check_resembling(struct draft *draft);

#endif
