/* sla/party.h - who is meant: parties by name, or by their role towards a resource. For sla/ only.
 */
#ifndef REDAN_SLA_PARTY_H
#define REDAN_SLA_PARTY_H

#include "sla/world.h"

/* A role means: tenant and user, the owner of the resource's U-Cloud; provider, where the resource
 * stands; operator, any party that writes as operator. */
bool sla_party_is_meant(const struct sla_world *world, const struct sla_parties *parties,
                        struct slice party, size_t resource);

#endif
