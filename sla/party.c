#include "sla/party.h"

static bool has_role(const struct sla_world *world, struct slice party, enum party_role role)
{
    for (size_t i = 0; i < world->party_count; i++) {
        if (world->parties[i].role == role && slice_eq(world->parties[i].name, party)) {
            return true;
        }
    }
    return false;
}

static bool role_fits(const struct sla_world *world, enum party_role role, struct slice party,
                      size_t resource)
{
    switch (role) {
    case PARTY_TENANT:
    case PARTY_USER:
        return slice_eq(sla_world_owner(world, resource), party) && has_role(world, party, role);
    case PARTY_PROVIDER:
        return slice_eq(world->policies.resources[resource].provider, party);
    case PARTY_OPERATOR:
        break;
    }
    return has_role(world, party, PARTY_OPERATOR);
}

bool sla_party_is_meant(const struct sla_world *world, const struct sla_parties *parties,
                        struct slice party, size_t resource)
{
    for (size_t i = 0; i < parties->count; i++) {
        const struct sla_party_ref *ref = &parties->items[i];
        if (ref->by_role ? role_fits(world, ref->role, party, resource)
                         : slice_eq(ref->name, party)) {
            return true;
        }
    }
    return false;
}

struct slice sla_world_owner(const struct sla_world *world, size_t resource)
{
    struct slice ucloud = world->policies.resources[resource].ucloud;

    for (size_t i = 0; i < world->document_count; i++) {
        const struct sla_document *document = world->documents[i];
        if (document->kind == SLA_UCLOUD && slice_eq(document->name, ucloud)) {
            return document->party;
        }
    }
    return (struct slice){ 0 };
}

bool sla_clause_covers(const struct sla_clause *clause, size_t resource)
{
    size_t low = 0;
    size_t high = clause->resource_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (clause->resources[middle] < resource) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < clause->resource_count && clause->resources[low] == resource;
}
