#include "sla/terms/party.h"

#include "base/sorted.h"
#include "sla/values/names.h"

static int name_order(const void *party, const void *name)
{
    return slice_cmp(((const struct sla_party *)party)->name, *(const struct slice *)name);
}

uint32_t sla_parties_find(const struct sla_party *parties, size_t count, struct slice name)
{
    size_t at = sorted_lower_bound(parties, count, sizeof(*parties), &name, name_order);

    return at < count && slice_eq(parties[at].name, name) ? (uint32_t)at : SLA_NOBODY;
}

uint32_t sla_party_find(const struct sla_world *world, struct slice name)
{
    return sla_parties_find(world->parties, world->party_count, name);
}

struct slice sla_party_base_name(struct slice name)
{
    return slice_cut(&name, '/');
}

uint32_t sla_party_base(const struct sla_world *world, uint32_t party)
{
    struct slice name = world->parties[party].name;
    struct slice base = sla_party_base_name(name);

    return base.len == name.len ? party : sla_party_find(world, base);
}

enum sla_rank sla_party_rank(const struct sla_party_ref *ref)
{
    struct slice rest = ref->name;

    if (ref->by_role || slice_is(ref->name, SLA_ANYONE)) {
        return ref->by_role ? SLA_RANK_ROLE : SLA_RANK_ANYONE;
    }
    (void)slice_cut(&rest, '/');
    return rest.ptr == NULL                      ? SLA_RANK_PARTY
           : slice_starts(rest, SLICE("group/")) ? SLA_RANK_GROUP
                                                 : SLA_RANK_USER;
}

bool sla_party_ref_fits(const struct sla_party_ref *ref, struct slice name)
{
    return !ref->by_role && (slice_is(ref->name, SLA_ANYONE) || slice_eq(ref->name, name) ||
                             slice_eq(ref->name, sla_party_base_name(name)));
}

bool sla_party_has_role(const struct sla_world *world, uint32_t party, enum party_role role)
{
    for (size_t i = party; i < world->party_count; i++) {
        if (i > party && !slice_eq(world->parties[i].name, world->parties[party].name)) {
            return false;
        }
        if (world->parties[i].role == role) {
            return true;
        }
    }
    return false;
}

/* As the party of its U-Cloud, or as its own. */
static bool owns(const struct sla_world *world, uint32_t party, size_t resource)
{
    return world->owners[resource] == party ||
           slice_eq(world->policies.resources[resource].owner, world->parties[party].name);
}

static bool role_fits(const struct sla_world *world, enum party_role role, uint32_t party,
                      size_t resource)
{
    switch (role) {
    case PARTY_TENANT:
    case PARTY_USER:
        return owns(world, party, resource) && sla_party_has_role(world, party, role);
    case PARTY_PROVIDER:
        return world->providers[resource] == party;
    case PARTY_OPERATOR:
        break;
    }
    return sla_party_has_role(world, party, PARTY_OPERATOR);
}

bool sla_party_is_meant(const struct sla_world *world, const struct sla_parties *parties,
                        uint32_t party, size_t resource)
{
    uint32_t base = party != SLA_NOBODY ? sla_party_base(world, party) : SLA_NOBODY;

    for (size_t i = 0; i < parties->count && party != SLA_NOBODY; i++) {
        const struct sla_party_ref *ref = &parties->items[i];
        if (ref->by_role ? base != SLA_NOBODY && role_fits(world, ref->role, base, resource)
                         : sla_party_ref_fits(ref, world->parties[party].name)) {
            return true;
        }
    }
    return false;
}

struct slice sla_world_owner(const struct sla_world *world, size_t resource)
{
    uint32_t owner = world->owners[resource];

    return owner != SLA_NOBODY ? world->parties[owner].name : (struct slice){ 0 };
}

static const uint32_t *owners_of(struct arena *arena, const struct sla_world *world)
{
    uint32_t *owners = ARENA_NEW(arena, uint32_t, world->policies.resource_count + 1);
    struct sla_names uclouds;

    sla_names_init(&uclouds, arena, world->document_count);
    for (size_t i = 0; i < world->document_count; i++) {
        if (world->documents[i]->kind == SLA_UCLOUD) {
            sla_names_add(&uclouds, world->documents[i]->name, (uint32_t)i);
        }
    }
    sla_names_sort(&uclouds);
    for (size_t i = 0; i < world->policies.resource_count; i++) {
        uint32_t document = 0;
        bool found = sla_names_find(&uclouds, world->policies.resources[i].ucloud, &document);
        owners[i] = found ? sla_party_find(world, world->documents[document]->party) : SLA_NOBODY;
    }
    return owners;
}

void sla_world_take_parties(struct arena *arena, struct sla_world *world)
{
    uint32_t *operators = ARENA_NEW(arena, uint32_t, world->party_count + 1);
    uint32_t *providers = ARENA_NEW(arena, uint32_t, world->policies.resource_count + 1);

    for (size_t i = 0; i < world->party_count; i++) {
        if (world->parties[i].role == PARTY_OPERATOR) {
            operators[world->operator_count++] = sla_party_find(world, world->parties[i].name);
        }
    }
    for (size_t i = 0; i < world->policies.resource_count; i++) {
        providers[i] = sla_party_find(world, world->policies.resources[i].provider);
    }
    world->operators = operators;
    world->providers = providers;
    world->owners = owners_of(arena, world);
}

uint64_t sla_clause_acts(const struct sla_clause *clause)
{
    uint64_t acts = 0;

    if (clause->reaction == NULL) {
        return clause->acts;
    }
    for (size_t i = 0; i < clause->reaction->respond_count; i++) {
        acts |= UINT64_C(1) << sla_act_of_action(clause->reaction->respond[i]);
    }
    return acts;
}

/* By hand, not of base/sorted.h: each decision asks, and compares no more than numbers. */
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
