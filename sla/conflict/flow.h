/* sla/conflict/flow.h - flow rules that change nothing: everything they say of packets was said by
 * rules that are asked before them, by one or by several together, or is said by others of their
 * party as well (shadowing and redundancy: Al-Shaer and Hamed, Modeling and Management of Firewall
 * Policies, IEEE TNSM 1, 2004; here by unions, too). For sla/ only. */
#ifndef REDAN_SLA_CONFLICT_FLOW_H
#define REDAN_SLA_CONFLICT_FLOW_H

#include "sla/draft.h"

/* RDN0909 for each required clause that changes nothing on any host it speaks of. Looks at so many
 * clauses, peers and ports at most; a note says when that was not enough. */
enum { SLA_FLOW_STEPS_MAX = 4 * 1000 * 1000, SLA_FLOW_HOST_STEPS_MAX = 500 * 1000 };
void sla_report_flows(struct arena *arena, const struct sla_world *world, struct diag_list *diags);

#endif
