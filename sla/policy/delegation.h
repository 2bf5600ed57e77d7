/* sla/policy/delegation.h - rules that are granted by another rule (design of the language,
 * section 9.3).
 *
 * A clause with `under` is in force when the chain of `under` that begins with it ends at a clause
 * of a party with standing, and every link grants no more than the one above: no other act,
 * resource, party, time or day, written by somebody whom that one permits, and no deeper than each
 * clause of the chain lets it be. Each clause names one other at most, so the chains of a world are
 * a forest, or have circles; all of them are walked once. For sla/ only. */
#ifndef REDAN_SLA_POLICY_DELEGATION_H
#define REDAN_SLA_POLICY_DELEGATION_H

#include "sla/draft.h"

/* Once the world has its clauses and parties: fills `under` of those whose chain reaches. Of others
 * the first link that fails is reported (RDN0320), circles are (RDN0313), and they never speak. */
void sla_take_delegations(struct draft *draft, struct sla_world *world);

/* What a clause with `under` names there: party, document and clause, whether there is one or not.
 */
struct clause_ref sla_granted_by(const struct sla_clause *clause);

/* The clause at the end of its chain, in whose place it counts; itself when nothing grants it. */
const struct sla_clause *sla_delegation_root(const struct sla_clause *clause);

/* --- one link --------------------------------------------------------------------------------- */

struct sla_link {
    const struct sla_world *world;
    const struct draft_clause *clause; /* its `under` is there */
};

/* The number of the first of the conditions that the link fails, + 1; 0: it holds. */
uint8_t sla_link_fault(const struct sla_link *link);
/* Reports that fault of its clause. */
void sla_link_report(struct draft *draft, const struct sla_link *link);

#endif
