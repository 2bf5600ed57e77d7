/* sla/policy/slots.h - rules sorted into the table that decisions look up. For sla/ only. */
#ifndef REDAN_SLA_POLICY_SLOTS_H
#define REDAN_SLA_POLICY_SLOTS_H

#include "base/arena.h"
#include "model/decide.h"

/* A rule on its way to its slot. */
struct sla_entry {
    uint32_t act_class, subject;
    struct policy_rule rule;
};

/* Sorts the entries, keeps each clause once a slot (the most specific way in which it names the
 * subject), and fills rules and slots of `rules`, whose subjects are there. */
void sla_make_slots(struct arena *arena, struct sla_entry *entries, size_t count,
                    struct policy_rules *rules);

#endif
