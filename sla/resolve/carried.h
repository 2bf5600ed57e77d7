/* sla/resolve/carried.h - names that resources carry and nothing declares: labels, roles, units,
 * nodes and classes. For sla/. */
#ifndef REDAN_SLA_RESOLVE_CARRIED_H
#define REDAN_SLA_RESOLVE_CARRIED_H

#include "sla/draft.h"

enum { SLA_CARRIED_COMPARED_MAX = 4 * 1000 * 1000 }; /* pairs of names, in one compile */

/* Warns of a name that no target, service or condition asks for and that is a slip of one that is
 * asked for, or that more resources of the U-Cloud carry (RDN0906): what its writer means to be
 * selected is not, or what is to be excluded is. Labels of whose key nothing asks are free. Where
 * something could not be read nothing is told: it may ask for the name.
 * Before targets are bound; O(n log n) over what resources carry. */
void sla_check_carried(struct draft *draft);

#endif
