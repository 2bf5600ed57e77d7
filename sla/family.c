#include "sla/family.h"

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

/* A counting sort: clauses stay in canonical order. */
void sla_families_take(struct sla_families *families, size_t resource)
{
    const struct sla_world *world = families->world;
    size_t *sizes = families->sizes;
    struct sla_member *next = families->members;

    memset(sizes, 0, 2 * sla_term_count() * sizeof(*sizes));
    for (size_t i = families->start[resource]; i < families->start[resource + 1]; i++) {
        size_t slot = slot_of(world, world->clauses[families->items[i]], resource);
        if (slot != SIZE_MAX) {
            sizes[slot]++;
        }
    }
    for (size_t i = 0; i < sla_term_count(); i++) {
        struct sla_family *family = &families->families[i];
        family->resource = resource;
        family->requirements = next;
        family->offers = next + sizes[2 * i];
        family->requirement_count = 0;
        family->offer_count = 0;
        next += sizes[2 * i] + sizes[2 * i + 1];
    }
    for (size_t i = families->start[resource]; i < families->start[resource + 1]; i++) {
        size_t index = families->items[i];
        size_t place = families->places[index]++;
        size_t slot = slot_of(world, world->clauses[index], resource);
        if (slot == SIZE_MAX) {
            continue;
        }
        struct sla_family *family = &families->families[slot / 2];
        size_t at =
            slot % 2 == 0
                ? (size_t)(family->requirements - families->members) + family->requirement_count++
                : (size_t)(family->offers - families->members) + family->offer_count++;
        families->members[at] = (struct sla_member){ world->clauses[index], index, place };
    }
}
