/* sla/open_hosts.h - hosts that were left out where others are closed. For sla/. */
#ifndef REDAN_SLA_OPEN_HOSTS_H
#define REDAN_SLA_OPEN_HOSTS_H

#include "sla/draft.h"

/* Warns, once a U-Cloud, of hosts that no flow clause speaks of, so that they take
 * and send everything, where flow clauses close more hosts than those (RDN0912): a label or a
 * target may be misspelt. Hosts at L0 are the provider's to close. O(flow clauses x their hosts).
 */
void sla_report_open_hosts(const struct draft *draft, const struct sla_world *world);

#endif
