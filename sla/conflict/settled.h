/* sla/conflict/settled.h - two rules that disagree, and whether the language says which one holds:
 * by standing, by tiers, by a declared strategy or by `pass` (design of the language, section 9).
 * For sla/ only. */
#ifndef REDAN_SLA_CONFLICT_SETTLED_H
#define REDAN_SLA_CONFLICT_SETTLED_H

#include "sla/conflict/conflict.h"

/* Two clauses that disagree about an act by a party on a resource, at times when both speak. */
struct sla_disagreement {
    const struct sla_clause *a, *b;
    enum sla_act action;
    uint32_t party;
    size_t resource;
    uint32_t guard;
};

/* Nobody needs to decide between them. Reserved rights and reactions are moves that their party may
 * make: no order of rules settles a disagreement with one. */
bool sla_is_settled(const struct sla_search *search, const struct sla_disagreement *between);

/* In a tier of the most specific: `a` names the party of `between`, and its resource, more closely
 * than `b` does. */
bool sla_is_closer(const struct sla_world *world, const struct sla_disagreement *between,
                   const struct sla_clause *a, const struct sla_clause *b);

#endif
