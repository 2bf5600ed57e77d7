#include "sla/emit/derive.h"

#include <stdlib.h>

/* Watch lists: what the detectors of a node shall look for, since a reaction of some party waits
 * for it. Reactions of one party to one rule on one node are one entry. */

struct watched {
    const struct sla_clause *reaction;
    size_t resource;
    struct slice node;
};

static int watched_order(const void *left, const void *right)
{
    const struct watched *a = left;
    const struct watched *b = right;
    int order = slice_cmp(a->reaction->ref.party, b->reaction->ref.party);

    order = order != 0 ? order : slice_cmp(a->node, b->node);
    order =
        order != 0 ? order : slice_cmp(a->reaction->reaction->rule, b->reaction->reaction->rule);
    if (order == 0 && a->resource != b->resource) {
        order = a->resource < b->resource ? -1 : 1;
    }
    if (order == 0) {
        order = slice_cmp(a->reaction->ref.document, b->reaction->ref.document);
    }
    return order != 0 ? order : slice_cmp(a->reaction->ref.clause, b->reaction->ref.clause);
}

static bool is_together(const struct watched *a, const struct watched *b)
{
    return slice_eq(a->reaction->ref.party, b->reaction->ref.party) && slice_eq(a->node, b->node) &&
           slice_eq(a->reaction->reaction->rule, b->reaction->reaction->rule);
}

static size_t gather(struct derive *derive, const struct sla_clause *const *reactions, size_t count,
                     struct watched **out)
{
    size_t room = 0;
    size_t gathered = 0;

    for (size_t i = 0; i < count; i++) {
        room += reactions[i]->resource_count;
    }
    *out = ARENA_NEW(derive->arena, struct watched, room + 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < reactions[i]->resource_count; j++) {
            size_t resource = reactions[i]->resources[j];
            struct slice node = derive->world->policies.resources[resource].node;
            if (!derive_counts(derive, reactions[i], resource)) {
                continue;
            }
            if (node.len == 0) {
                derive_not_held(derive, reactions[i], DESIRED_NO_NODE, resource);
                continue;
            }
            (*out)[gathered++] = (struct watched){ reactions[i], resource, node };
        }
    }
    if (gathered > 1) {
        qsort(*out, gathered, sizeof(**out), watched_order);
    }
    return gathered;
}

static struct desired_watch make_watch(struct arena *arena, const struct watched *from,
                                       size_t count)
{
    struct desired_watch watch = { .party = from->reaction->ref.party,
                                   .node = from->node,
                                   .rule = from->reaction->reaction->rule };
    const struct clause_ref **refs = ARENA_NEW(arena, const struct clause_ref *, count);
    size_t *resources = ARENA_NEW(arena, size_t, count);

    for (size_t i = 0; i < count; i++) {
        refs[i] = &from[i].reaction->ref;
        if (i == 0 || from[i].resource != from[i - 1].resource) {
            resources[watch.resource_count++] = from[i].resource;
        }
    }
    watch.resources = resources;
    watch.origin = (struct desired_origin){ refs, derive_settle_refs(refs, count) };
    return watch;
}

void derive_watches(struct derive *derive, const struct sla_clause *const *reactions, size_t count)
{
    struct watched *gathered = NULL;
    size_t total = gather(derive, reactions, count, &gathered);
    struct desired_watch *watches = ARENA_NEW(derive->arena, struct desired_watch, total + 1);

    for (size_t at = 0, end = 0; at < total; at = end) {
        for (end = at; end < total && is_together(&gathered[at], &gathered[end]);) {
            end++;
        }
        watches[derive->out->watch_count++] = make_watch(derive->arena, &gathered[at], end - at);
    }
    derive->out->watches = watches;
}
