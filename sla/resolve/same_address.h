/* sla/resolve/same_address.h - hosts that cannot be told apart by their addresses. For sla/. */
#ifndef REDAN_SLA_RESOLVE_SAME_ADDRESS_H
#define REDAN_SLA_RESOLVE_SAME_ADDRESS_H

#include "sla/draft.h"

/* Warns of an address that several hosts of one U-Cloud have (RDN0911): a packet does not say for
 * which it is. U-Clouds apart may have private addresses alike. O(n log n) over all addresses;
 * prefixes that overlap without being the same are not told. */
void sla_check_same_address(struct draft *draft);

#endif
