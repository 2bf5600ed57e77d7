/* sla/resolve/open_hosts.h - hosts that were left out where others are closed. For sla/. */
#ifndef REDAN_SLA_RESOLVE_OPEN_HOSTS_H
#define REDAN_SLA_RESOLVE_OPEN_HOSTS_H

#include "sla/draft.h"

/* Where flow clauses close some hosts of a U-Cloud to what nothing permits, tells of those that
 * take everything (RDN0912), once a U-Cloud and kind: hosts no flow clause speaks of (a warning
 * where more are closed than those, else a note), and hosts of which only denies and `to` speak (a
 * warning at the clause). Hosts that are open by name (`except`) or by a permit of everything are
 * meant so; those at L0 are the provider's to close. A deny closes a
 * host when it names all addresses of the host's families, one family by one clause. O(flow clauses
 * x their hosts). */
void sla_report_open_hosts(const struct draft *draft, const struct sla_world *world);

#endif
