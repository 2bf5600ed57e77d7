#include "sla/terms/family.h"

#include "sla/terms/held.h"
#include "sla/values/guard.h"

#include <string.h>

void sla_families_init(struct sla_families *families, struct arena *arena,
                       const struct sla_world *world, const size_t *start, const size_t *items)
{
    size_t most = 0;

    for (size_t i = 0; i < world->policies.resource_count; i++) {
        most = start[i + 1] - start[i] > most ? start[i + 1] - start[i] : most;
    }
    *families = (struct sla_families){
        .world = world,
        .start = start,
        .items = items,
        .places = ARENA_NEW(arena, size_t, world->clause_count + 1),
        .members = ARENA_NEW(arena, struct sla_member, most + 1),
        .families = ARENA_NEW(arena, struct sla_family, sla_term_count()),
        .sizes = ARENA_NEW(arena, size_t, 2 * sla_term_count()),
        .whens = ARENA_NEW(arena, uint32_t, most + 1),
    };
    for (size_t i = 0; i < sla_term_count(); i++) {
        families->families[i].term = sla_term_at(i);
    }
}

/* Twice the number of the term, and one more for an offer; SIZE_MAX: not of any family. An offer
 * counts where its party is the provider, an operator's everywhere; reserved rights are not met but
 * decided. */
static size_t slot_of(const struct sla_world *world, const struct sla_clause *clause,
                      size_t resource)
{
    if (clause->term == NULL || clause->term->chooser == SLA_RULE) {
        return SIZE_MAX;
    }
    if (clause->stance == SLA_REQUIRES) {
        return 2 * sla_term_index(clause->term);
    }
    bool stands_there = clause->stance == SLA_OFFERS &&
                        (clause->ref.role == PARTY_OPERATOR ||
                         slice_eq(clause->ref.party, world->policies.resources[resource].provider));
    return stands_there ? 2 * sla_term_index(clause->term) + 1 : SIZE_MAX;
}

static void count_sizes(struct sla_families *families, size_t resource)
{
    const struct sla_world *world = families->world;
    const size_t *items = &families->items[families->start[resource]];
    size_t count = families->start[resource + 1] - families->start[resource];
    uint32_t held = sla_held_when(world, resource);

    memset(families->sizes, 0, 2 * sla_term_count() * sizeof(*families->sizes));
    for (size_t i = 0; i < count; i++) {
        const struct sla_clause *clause = world->clauses[items[i]];
        size_t slot = slot_of(world, clause, resource);
        families->whens[i] = slot == SIZE_MAX ? SLA_GUARD_NEVER
                                              : sla_guards_meet(world->guards, clause->guard, held);
        if (families->whens[i] != SLA_GUARD_NEVER) {
            families->sizes[slot]++;
        }
    }
}

/* A counting sort: clauses stay in canonical order. */
void sla_families_take(struct sla_families *families, size_t resource)
{
    const struct sla_world *world = families->world;
    const size_t *sizes = families->sizes;
    struct sla_member *next = families->members;
    size_t from = families->start[resource];

    count_sizes(families, resource);
    for (size_t i = 0; i < sla_term_count(); i++) {
        struct sla_family *family = &families->families[i];
        family->resource = resource;
        family->requirements = next;
        family->offers = next + sizes[2 * i];
        family->requirement_count = 0;
        family->offer_count = 0;
        next += sizes[2 * i] + sizes[2 * i + 1];
    }
    for (size_t i = from; i < families->start[resource + 1]; i++) {
        size_t index = families->items[i];
        size_t place = families->places[index]++;
        uint32_t when = families->whens[i - from];
        if (when == SLA_GUARD_NEVER) {
            continue;
        }
        size_t slot = slot_of(world, world->clauses[index], resource);
        struct sla_family *family = &families->families[slot / 2];
        size_t at =
            slot % 2 == 0
                ? (size_t)(family->requirements - families->members) + family->requirement_count++
                : (size_t)(family->offers - families->members) + family->offer_count++;
        families->members[at] = (struct sla_member){ world->clauses[index], index, place, when };
    }
}
