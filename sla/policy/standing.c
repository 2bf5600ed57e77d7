#include "sla/policy/standing.h"

#include "sla/policy/delegation.h"
#include "sla/terms/party.h"

struct sla_kind_of_resource sla_standing_kind(const struct sla_world *world, size_t resource)
{
    const struct resource *at = &world->policies.resources[resource];

    return (struct sla_kind_of_resource){
        .ucloud_party = world->owners[resource],
        .owner = at->owner.len > 0 ? sla_party_find(world, at->owner) : world->owners[resource],
        .provider = world->providers[resource],
        .is_physical = at->layer == LAYER_L0 ? 1 : 0,
        .plane = (uint32_t)at->plane,
    };
}

struct sla_standing sla_standing_of(const struct sla_world *world, size_t resource)
{
    const struct sla_kind_of_resource kind = sla_standing_kind(world, resource);
    struct sla_standing standing = { .plane = (enum plane_kind)kind.plane,
                                     .provider = kind.provider };

    if (kind.ucloud_party != SLA_NOBODY) {
        standing.owners[standing.owner_count++] = kind.ucloud_party;
    }
    if (kind.owner != SLA_NOBODY && kind.owner != kind.ucloud_party) {
        standing.owners[standing.owner_count++] = kind.owner;
    }
    if (kind.is_physical != 0) {
        standing.parties[0] = kind.provider;
        standing.count = kind.provider != SLA_NOBODY ? 1 : 0;
        return standing;
    }
    for (uint8_t i = 0; i < standing.owner_count; i++) {
        standing.parties[standing.count++] = standing.owners[i];
    }
    return standing;
}

size_t sla_standing_place(const struct sla_world *world, const struct sla_standing *standing,
                          const struct sla_clause *clause)
{
    size_t place = 0;

    while (place < standing->count &&
           !slice_eq(world->parties[standing->parties[place]].name, clause->ref.party)) {
        place++;
    }
    return place < standing->count ? place : SLA_STANDING_MAX;
}

bool sla_is_asked(const struct sla_world *world, const struct sla_clause *clause, size_t resource)
{
    struct sla_standing standing = sla_standing_of(world, resource);

    return clause->reaction != NULL || clause->stance == SLA_RESERVES ||
           sla_standing_place(world, &standing, sla_delegation_root(clause)) < SLA_STANDING_MAX;
}

size_t sla_standing_with_role(const struct sla_world *world, const struct sla_standing *standing,
                              enum party_role role, uint32_t out[SLA_STANDING_OWNERS_MAX])
{
    size_t count = 0;

    if (role == PARTY_PROVIDER) {
        out[0] = standing->provider;
        return standing->provider != SLA_NOBODY ? 1 : 0;
    }
    for (size_t i = 0; i < standing->owner_count; i++) {
        if (sla_party_has_role(world, standing->owners[i], role)) {
            out[count++] = standing->owners[i];
        }
    }
    return count;
}
