/* sla/terms/party.h - who is meant: parties by name, or by their role towards a resource. For sla/
 * only.
 */
#ifndef REDAN_SLA_TERMS_PARTY_H
#define REDAN_SLA_TERMS_PARTY_H

#include "sla/world.h"

/* Parties are indices into world->parties. A role means: tenant and user, the owner of the
 * resource's U-Cloud; provider, where the resource stands; operator, any party that writes as
 * operator. */
bool sla_party_is_meant(const struct sla_world *world, const struct sla_parties *parties,
                        uint32_t party, size_t resource);

/* Among parties that ascend by name; SLA_NOBODY: none of this name. */
uint32_t sla_parties_find(const struct sla_party *parties, size_t count, struct slice name);
/* Of a person or group, which stand among the parties as `hospital-a/user/ana`, whose they are. */
struct slice sla_party_base_name(struct slice name);
uint32_t sla_party_base(const struct sla_world *world, uint32_t party);

#define SLA_ANYONE "anyone"
/* How specific a word of a rule is: less is more. */
enum sla_rank { SLA_RANK_USER, SLA_RANK_GROUP, SLA_RANK_PARTY, SLA_RANK_ROLE, SLA_RANK_ANYONE };
enum sla_rank sla_party_rank(const struct sla_party_ref *ref);
/* Does a name in a rule mean this one: the same, its party, or anyone? */
bool sla_party_ref_fits(const struct sla_party_ref *ref, struct slice name);
/* SLA_NOBODY: none of this name in these documents. */
uint32_t sla_party_find(const struct sla_world *world, struct slice name);
bool sla_party_has_role(const struct sla_world *world, uint32_t party, enum party_role role);

/* Fills in who owns, provides and operates, from parties, documents and resources. */
void sla_world_take_parties(struct arena *arena, struct sla_world *world);

#endif
