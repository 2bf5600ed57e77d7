/* sla/policy/meant.h - which of some rules mean a subject on one resource: an index by the words
 * with which they name people, groups, parties and roles, so that not every rule is held against
 * every name. It says the same as sla_party_is_meant (sla/terms/party.h). For sla/ only. Pure. */
#ifndef REDAN_SLA_POLICY_MEANT_H
#define REDAN_SLA_POLICY_MEANT_H

#include "base/arena.h"
#include "sla/world.h"

enum { SLA_MEANT_ROLES = 4 }; /* enum party_role */

/* A rule that names a party, person or group. */
struct sla_rule_naming {
    uint32_t party, rule;
};

/* Numbers of rules, ascending. */
struct sla_rule_list {
    uint32_t *items;
    size_t count;
};

struct sla_meant {
    const struct sla_world *world;
    size_t resource;
    struct sla_rule_naming *namings; /* by party, then rule */
    size_t naming_count;
    struct sla_rule_list by_role[SLA_MEANT_ROLES], anyone;
    bool *is_seen;           /* scratch, one a rule */
    struct sla_rule_list of; /* scratch: the answer of sla_meant_find */
    unsigned kinds_tried;    /* of subjects that no rule names: bit a set of roles */
};

/* Of rules by number: `subjects[i]` is whom rule i is about. Takes as long as there are words in
 * them, which are not kept. */
void sla_meant_index(struct sla_meant *self, struct arena *arena, const struct sla_world *world,
                     size_t resource, const struct sla_parties *const *subjects, size_t count);

/* The first subject from `party` on that some rule may treat otherwise than all before it, when
 * they are asked for by ascending number, each once; party_count: there is none. */
uint32_t sla_meant_next(struct sla_meant *self, uint32_t party);

/* The rules that mean the party; they stand until the next question. */
struct sla_rule_list sla_meant_find(struct sla_meant *self, uint32_t party);

#endif
