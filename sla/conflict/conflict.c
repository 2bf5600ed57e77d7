#include "sla/conflict/conflict.h"

#include "sla/conflict/satisfy.h"
#include "sla/conflict/segment.h"
#include "sla/resolve/degrade.h"
#include "sla/values/guard.h"

#include <stdlib.h>

bool sla_search_spend(struct sla_search *search, uint64_t expansions)
{
    struct sla_world *world = search->world;

    if (search->max_expansions - world->expansions < expansions) {
        search->incomplete = true;
        search->is_over = true;
        world->expansions = search->max_expansions;
        return false;
    }
    world->expansions += expansions;
    return true;
}

static struct sla_conflict *find_same(struct sla_search *search, enum sla_conflict_class class,
                                      const struct sla_clause *const *clauses, size_t count)
{
    struct {
        uintptr_t class;
        const struct sla_clause *clauses[SLA_CONFLICT_CLAUSES_MAX];
    } key = { .class = class };

    for (size_t i = 0; i < count; i++) {
        key.clauses[i] = clauses[i];
    }
    uint32_t at =
        sla_intern(&search->sets, search->arena, (struct slice){ (const char *)&key, sizeof(key) });
    return at < search->found_count ? &search->found[at] : NULL;
}

static struct sla_conflict *new_conflict(struct sla_search *search)
{
    if (search->found_count == SLA_CONFLICTS_MAX) {
        search->incomplete = true;
        search->is_over = true;
        return NULL;
    }
    if (search->found_count == search->found_room) {
        size_t room = search->found_room == 0 ? 16 : search->found_room * 2;
        struct sla_conflict *grown = ARENA_NEW(search->arena, struct sla_conflict, room);
        for (size_t i = 0; search->found != NULL && i < search->found_count; i++) {
            grown[i] = search->found[i];
        }
        search->found = grown;
        search->found_room = room;
    }
    return &search->found[search->found_count++];
}

/* Resources come ascending. */
static void add_resource(struct sla_search *search, struct sla_conflict *conflict, size_t resource)
{
    if (conflict->resource_count > 0 &&
        conflict->resources[conflict->resource_count - 1] == resource) {
        return;
    }
    size_t count = conflict->resource_count;
    if (count == conflict->resource_room) {
        size_t room = count == 0 ? 4 : count * 2;
        size_t *grown = ARENA_NEW(search->arena, size_t, room);
        for (size_t i = 0; i < count; i++) {
            grown[i] = conflict->resources[i];
        }
        conflict->resources = grown;
        conflict->resource_room = room;
    }
    conflict->resources[count] = resource;
    conflict->resource_count = count + 1;
}

void sla_search_add(struct sla_search *search, enum sla_conflict_class class,
                    const struct sla_clause *const *clauses, size_t count,
                    const struct sla_certificate *certificate)
{
    struct sla_conflict *conflict = find_same(search, class, clauses, count);

    if (conflict == NULL) {
        conflict = new_conflict(search);
        if (conflict == NULL) {
            return;
        }
        *conflict = (struct sla_conflict){ .class = class, .clause_count = count };
        for (size_t i = 0; i < count; i++) {
            conflict->clauses[i] = clauses[i];
        }
        conflict->certificate = *certificate;
    }
    add_resource(search, conflict, certificate->resource);
}

void sla_search_add_alike(struct sla_search *search, enum sla_conflict_class class, size_t resource)
{
    for (size_t i = 0; i < search->found_count && sla_search_spend(search, 1); i++) {
        struct sla_conflict *conflict = &search->found[i];
        if (conflict->class == class &&
            conflict->resources[conflict->resource_count - 1] + 1 == resource) {
            add_resource(search, conflict, resource);
        }
    }
}

/* Counting sort of (clause, resource) pairs by resource; clauses stay in canonical order. */
static void index_clauses(struct sla_search *search)
{
    const struct sla_world *world = search->world;
    size_t resources = world->policies.resource_count;
    size_t *next = ARENA_NEW(search->arena, size_t, resources + 1);

    search->start = ARENA_NEW(search->arena, size_t, resources + 2);
    for (size_t i = 0; i < world->clause_count; i++) {
        for (size_t j = 0; j < world->clauses[i]->resource_count; j++) {
            search->start[world->clauses[i]->resources[j] + 1]++;
        }
    }
    for (size_t i = 0; i < resources; i++) {
        search->start[i + 1] += search->start[i];
        next[i] = search->start[i];
    }
    search->items = ARENA_NEW(search->arena, size_t, search->start[resources] + 1);
    for (size_t i = 0; i < world->clause_count; i++) {
        for (size_t j = 0; j < world->clauses[i]->resource_count; j++) {
            search->items[next[world->clauses[i]->resources[j]]++] = i;
        }
    }
}

static int conflict_order(const void *left, const void *right)
{
    const struct sla_conflict *a = left;
    const struct sla_conflict *b = right;

    if (a->class != b->class) {
        return (int)a->class - (int)b->class;
    }
    for (size_t i = 0; i < a->clause_count && i < b->clause_count; i++) {
        int order = sla_clause_ref_cmp(&a->clauses[i]->ref, &b->clauses[i]->ref);
        if (order != 0) {
            return order;
        }
    }
    return (a->clause_count > b->clause_count) - (a->clause_count < b->clause_count);
}

static void describe_all(struct sla_search *search)
{
    struct sla_world *world = search->world;

    if (search->found_count > 0) {
        qsort(search->found, search->found_count, sizeof(*search->found), conflict_order);
    }
    for (size_t i = 0; i < search->found_count; i++) {
        sla_conflict_describe(search->arena, world, &search->found[i]);
    }
    world->conflicts = search->found;
    world->conflict_count = search->found_count;
    world->conflicts_incomplete = search->incomplete;
    sla_choose_yields(search->arena, world);
    sla_drop_ended(search->arena, world);
}

/* Verdicts are for every resource, also when the search for conflicts ended early. */
void sla_find_conflicts(struct arena *arena, struct sla_world *world, uint64_t max_expansions)
{
    struct sla_search search = { .arena = arena, .world = world, .max_expansions = max_expansions };
    struct sla_families families;
    struct sla_proofs proofs;

    index_clauses(&search);
    search.speakers = ARENA_NEW(arena, const struct sla_clause *, world->clause_count + 1);
    search.next_forbidding = ARENA_NEW(arena, size_t, world->clause_count + 1);
    sla_families_init(&families, arena, world, search.start, search.items);
    sla_proofs_init(&proofs, &search);
    for (size_t i = 0; i < world->policies.resource_count; i++) {
        sla_families_take(&families, i);
        proofs.families = families.families;
        if (!search.is_over) {
            sla_search_modality(&search, i);
            sla_search_duties(&search, i);
        }
        if (!search.is_over) {
            sla_search_quorum(&search, &families, i);
        }
        for (size_t j = 0; j < sla_term_count(); j++) {
            struct sla_family *family = &families.families[j];
            if (family->requirement_count > 0) {
                family->is_searched = !search.is_over && sla_search_sets(&search, family);
                sla_satisfy(&proofs, family);
            }
        }
    }
    sla_judge_segments(&proofs);
    search.incomplete |= sla_guards_are_full(world->guards);
    describe_all(&search);
    sla_proofs_finish(&proofs);
}

const struct sla_conflict *sla_world_conflict(const struct sla_world *world, struct slice id)
{
    for (size_t i = 0; i < world->conflict_count; i++) {
        if (slice_eq(world->conflicts[i].id, id)) {
            return &world->conflicts[i];
        }
    }
    return NULL;
}

const char *sla_conflict_class_name(enum sla_conflict_class class)
{
    static const char *const names[] = { [SLA_CONFLICT_MODALITY] = "modality",
                                         [SLA_CONFLICT_SET] = "set",
                                         [SLA_CONFLICT_ARITHMETIC] = "arithmetic",
                                         [SLA_CONFLICT_QUORUM] = "quorum",
                                         [SLA_CONFLICT_DUTY] = "duty" };

    return names[class];
}
