/* sla/policy/standing.h - who may rule on a resource (design of the language, section 9.1): at L0
 * its provider; at L1 and L2 the party of its U-Cloud, then its owner. For sla/ only. */
#ifndef REDAN_SLA_POLICY_STANDING_H
#define REDAN_SLA_POLICY_STANDING_H

#include "sla/world.h"

enum { SLA_STANDING_MAX = 2, SLA_STANDING_OWNERS_MAX = 2 };

/* All of a resource that decides who has standing and whom a role means. */
struct sla_kind_of_resource {
    uint32_t ucloud_party, owner, provider; /* parties of the world, or SLA_NOBODY */
    uint32_t is_physical;                   /* L0 */
    uint32_t plane;
};

struct sla_standing {
    uint32_t parties[SLA_STANDING_MAX]; /* with standing, in the order they are asked */
    uint8_t first_tier[SLA_STANDING_MAX];
    uint8_t count;
    uint8_t rights_tier; /* of reserved rights and reactions */
    uint8_t owner_count;
    enum plane_kind plane;
    uint32_t owners[SLA_STANDING_OWNERS_MAX]; /* whose resource it is, each once */
    uint32_t provider;
};

struct sla_kind_of_resource sla_standing_kind(const struct sla_world *world, size_t resource);
/* Without the numbers of tiers. */
struct sla_standing sla_standing_of(const struct sla_world *world, size_t resource);
/* The place of the clause's party among those asked; SLA_STANDING_MAX: it is not. */
size_t sla_standing_place(const struct sla_world *world, const struct sla_standing *standing,
                          const struct sla_clause *clause);
/* Whether it decides there: reserved rights and reactions are asked whosever they are, and what is
 * granted counts for who granted it. */
bool sla_is_asked(const struct sla_world *world, const struct sla_clause *clause, size_t resource);
/* Whom a role means, other than `operator`: into `out`; returns how many. */
size_t sla_standing_with_role(const struct sla_world *world, const struct sla_standing *standing,
                              enum party_role role, uint32_t out[SLA_STANDING_OWNERS_MAX]);

#endif
