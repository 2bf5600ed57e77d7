/* sla/policy/tiers.h - the steps in which a party's rules are asked (design of the language,
 * section 9.2). For sla/ only. */
#ifndef REDAN_SLA_POLICY_TIERS_H
#define REDAN_SLA_POLICY_TIERS_H

#include "sla/draft.h"

enum { SLA_TIERS_MAX = 32 }; /* of a party */

/* When documents are sorted and parties known: the tiers of each party, and of each clause the
 * number of its tier. Reports tiers that do not fit together, and those that are not declared. */
void sla_bind_tiers(struct draft *draft);

/* Two rules say opposite things of one act: what to write so that a tier says which of them counts.
 * Empty: they are no rules of one party in one of its tiers. */
struct slice sla_tiers_advice(struct arena *arena, const struct sla_world *world,
                              const struct sla_clause *one, const struct sla_clause *other);

#endif
