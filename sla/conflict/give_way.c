#include "base/sorted.h"
#include "sla/policy/rules.h"
#include "sla/resolve/degrade.h"

#include <stdlib.h>

/* What gave way, as a policy set without it. Places are (clause, resource). */

struct place {
    const struct sla_conflict *conflict; /* the first that ends there */
    size_t resource;
};

struct places {
    struct place *items; /* by clause, then resource; each once */
    size_t count;
};

static int place_order(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    int order = sla_clause_ref_cmp(&a->conflict->yields->ref, &b->conflict->yields->ref);

    return order != 0 ? order : (a->resource > b->resource) - (a->resource < b->resource);
}

static struct places gather_places(struct arena *arena, const struct sla_world *world)
{
    struct places places = { .count = 0 };
    size_t room = 0, kept = 0;

    for (size_t i = 0; i < world->conflict_count; i++) {
        room += world->conflicts[i].yields != NULL ? world->conflicts[i].resource_count : 0;
    }
    places.items = ARENA_NEW(arena, struct place, room + 1);
    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        for (size_t j = 0; conflict->yields != NULL && j < conflict->resource_count; j++) {
            places.items[places.count++] = (struct place){ conflict, conflict->resources[j] };
        }
    }
    qsort(places.items, places.count, sizeof(struct place), place_order);
    for (size_t i = 0; i < places.count; i++) {
        if (kept == 0 || place_order(&places.items[kept - 1], &places.items[i]) != 0) {
            places.items[kept++] = places.items[i];
        }
    }
    places.count = kept;
    return places;
}

static int ref_order(const void *place, const void *ref)
{
    return sla_clause_ref_cmp(&((const struct place *)place)->conflict->yields->ref, ref);
}

/* Where a clause gave way: items[from .. to). */
static void range_of(const struct places *places, const struct clause_ref *ref, size_t *out_from,
                     size_t *out_to)
{
    *out_from =
        sorted_lower_bound(places->items, places->count, sizeof(*places->items), ref, ref_order);
    *out_to =
        sorted_upper_bound(places->items, places->count, sizeof(*places->items), ref, ref_order);
}

/* Targets without, or only, those of a range; both ascend. */
static size_t split(const struct places *places, size_t from, size_t to, const size_t *targets,
                    size_t count, bool given_up, size_t *out)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        while (from < to && places->items[from].resource < targets[i]) {
            from++;
        }
        bool gave_way = from < to && places->items[from].resource == targets[i];
        if (gave_way == given_up) {
            out[kept++] = targets[i];
        }
    }
    return kept;
}

/* Where the clause, or one that it is granted by, gave way: without these. */
static void narrow(struct arena *arena, const struct places *places,
                   const struct sla_clause *clause, const size_t **targets, size_t *count)
{
    for (; clause != NULL; clause = clause->under) {
        size_t from = 0, to = 0;
        range_of(places, &clause->ref, &from, &to);
        if (from < to) {
            size_t *kept = ARENA_NEW(arena, size_t, *count + 1);
            *count = split(places, from, to, *targets, *count, false, kept);
            *targets = kept;
        }
    }
}

void sla_drop_ended(struct arena *arena, struct sla_world *world)
{
    size_t kept = 0;

    if (world->degradation_count == 0) {
        return;
    }
    const struct places places = gather_places(arena, world);
    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        const size_t *left = conflict->resources;
        size_t count = conflict->resource_count;
        for (size_t j = 0; j < conflict->clause_count && conflict->yields == NULL; j++) {
            narrow(arena, &places, conflict->clauses[j], &left, &count);
        }
        if (count > 0) {
            world->conflicts[kept++] = *conflict;
        }
    }
    world->conflict_count = kept;
}

static int clause_order(const void *left, const void *right)
{
    return sla_clause_ref_cmp(&(*(const struct sla_clause *const *)left)->ref,
                              &(*(const struct sla_clause *const *)right)->ref);
}

static const struct sla_clause *clause_of(const struct sla_world *world,
                                          const struct clause_ref *ref)
{
    const struct sla_clause wanted = { .ref = *ref };
    const struct sla_clause *key = &wanted;
    const struct sla_clause *const *at = bsearch(&key, world->clauses, world->clause_count,
                                                 sizeof(const struct sla_clause *), clause_order);

    if (at == NULL) {
        abort(); /* every policy is made of one */
    }
    return *at;
}

static void narrow_policies(struct arena *arena, struct sla_world *world,
                            const struct places *places)
{
    struct policy_set *set = &world->policies;
    struct policy *policies = ARENA_NEW(arena, struct policy, set->policy_count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < set->policy_count; i++) {
        struct policy policy = set->policies[i];
        narrow(arena, places, clause_of(world, policy.clause), &policy.targets,
               &policy.target_count);
        if (policy.target_count > 0) {
            policies[kept++] = policy;
        }
    }
    set->policies = policies;
    set->policy_count = kept;
}

/* An objective stays, as one that is not to be kept where its clause gave way. */
static void split_objectives(struct arena *arena, struct sla_world *world,
                             const struct places *places)
{
    struct policy_set *set = &world->policies;
    struct objective *objectives = ARENA_NEW(arena, struct objective, 2 * set->objective_count + 1);
    size_t kept = 0;

    for (size_t i = 0; i < set->objective_count; i++) {
        struct objective objective = set->objectives[i];
        size_t from = 0, to = 0;
        range_of(places, &objective.clause, &from, &to);
        for (unsigned given_up = 0; given_up < 2 && from < to; given_up++) {
            struct objective part = objective;
            size_t *targets = ARENA_NEW(arena, size_t, objective.target_count + 1);
            part.target_count = split(places, from, to, objective.targets, objective.target_count,
                                      given_up == 1, targets);
            part.targets = targets;
            part.gave_way = given_up == 1;
            part.step = given_up == 1 ? places->items[from].conflict->yields->step : 0;
            if (part.target_count > 0) {
                objectives[kept++] = part;
            }
        }
        if (from == to) {
            objectives[kept++] = objective;
        }
    }
    set->objectives = objectives;
    set->objective_count = kept;
}

static void list_degradations(struct arena *arena, struct sla_world *world)
{
    struct degradation *all = ARENA_NEW(arena, struct degradation, world->degradation_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < world->conflict_count; i++) {
        const struct sla_conflict *conflict = &world->conflicts[i];
        if (conflict->yields != NULL) {
            all[count++] = (struct degradation){ .step = conflict->yields->step,
                                                 .clause = conflict->yields->ref,
                                                 .finding = conflict->id,
                                                 .targets = conflict->resources,
                                                 .target_count = conflict->resource_count };
        }
    }
    world->policies.degrade = all;
    world->policies.degrade_count = count;
}

/* Where each clause still holds. */
static void narrow_clauses(struct draft *draft, const struct places *places)
{
    for (size_t i = 0; i < draft->document_count; i++) {
        for (size_t j = 0; j < draft->documents[i]->clause_count; j++) {
            struct sla_clause *clause = &draft->documents[i]->clauses[j].clause;
            clause->held = clause->resources;
            clause->held_count = clause->resource_count;
            narrow(draft->arena, places, clause, &clause->held, &clause->held_count);
        }
    }
}

void sla_give_way(struct draft *draft, struct sla_world *world)
{
    struct arena *arena = draft->arena;

    if (world->degradation_count == 0) {
        return;
    }
    struct places places = gather_places(arena, world);
    narrow_clauses(draft, &places);
    sla_compile_rules(draft, world);
    narrow_policies(arena, world, &places);
    split_objectives(arena, world, &places);
    list_degradations(arena, world);
}
