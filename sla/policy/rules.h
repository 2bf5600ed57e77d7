/* sla/policy/rules.h - from clauses to the rules that decisions look up (model/decide.h): standing,
 * tiers, classes of resources, slots (design of the language, sections 9 and 15). For sla/ only. */
#ifndef REDAN_SLA_POLICY_RULES_H
#define REDAN_SLA_POLICY_RULES_H

#include "sla/draft.h"

enum {
    SLA_RULES_MAX = 4 * 1024 * 1024 /* one an act, a class of resources and a subject of a clause */
};

/* Fills world->policies.rules; reports more rules than there is room for. */
void sla_compile_rules(struct draft *draft, struct sla_world *world);

#endif
