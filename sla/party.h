/* sla/party.h - who is meant: parties by name, or by their role towards a resource. For sla/ only.
 */
#ifndef REDAN_SLA_PARTY_H
#define REDAN_SLA_PARTY_H

#include "sla/world.h"

/* Parties are indices into world->parties. A role means: tenant and user, the owner of the
 * resource's U-Cloud; provider, where the resource stands; operator, any party that writes as
 * operator. */
bool sla_party_is_meant(const struct sla_world *world, const struct sla_parties *parties,
                        uint32_t party, size_t resource);

/* Among parties that ascend by name; SLA_NOBODY: none of this name. */
uint32_t sla_parties_find(const struct sla_party *parties, size_t count, struct slice name);
/* SLA_NOBODY: none of this name in these documents. */
uint32_t sla_party_find(const struct sla_world *world, struct slice name);
bool sla_party_has_role(const struct sla_world *world, uint32_t party, enum party_role role);

/* Fills in who owns, provides and operates, from parties, documents and resources. */
void sla_world_take_parties(struct arena *arena, struct sla_world *world);

#endif
