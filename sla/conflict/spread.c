#include "sla/conflict/spread.h"

#include "sla/terms/domain.h"
#include "sla/terms/held.h"
#include "sla/values/guard.h"

#include <stdlib.h>
#include <string.h>

enum { NAMED_MAX = 4 };

bool sla_is_spread(const struct sla_term *term)
{
    return (term->extras & SLA_EXTRA_BY) != 0;
}

static struct slice by_provider(const struct resource *at)
{
    return at->provider;
}

static struct slice by_node(const struct resource *at)
{
    bool stands_there = at->plane == PLANE_COMPUTE || at->kind == KIND_VOLUME;

    return stands_there ? at->node : (struct slice){ 0 };
}

typedef struct slice(place_fn)(const struct resource *at);

static const struct {
    const char *by;
    place_fn *place;
} ways[] = { { "provider", by_provider }, { "node", by_node } };

/* NULL: the U-Cloud does not show it. */
static place_fn *way_of(const struct sla_clause *clause)
{
    const char *by = sla_spread_words.names[clause->value.unit];

    for (size_t i = 0; i < COUNT_OF(ways); i++) {
        if (strcmp(ways[i].by, by) == 0) {
            return ways[i].place;
        }
    }
    return NULL;
}

/* --- copies ----------------------------------------------------------------------------------- */

/* A resource of the clause. It is a copy of those that have its plane and, of what the clause
 * speaks of, hold the same classes. */
struct copy {
    enum plane_kind plane;
    uint64_t classes;
    struct slice place; /* empty: not shown */
    size_t at;          /* in the clause */
};

static int unit_order(const struct copy *a, const struct copy *b)
{
    int order = ((int)a->plane > (int)b->plane) - ((int)a->plane < (int)b->plane);

    return order != 0 ? order : (a->classes > b->classes) - (a->classes < b->classes);
}

static int copy_order(const void *left, const void *right)
{
    const struct copy *a = left;
    const struct copy *b = right;
    int order = unit_order(a, b);

    return order != 0 ? order : slice_cmp(a->place, b->place);
}

static struct copy copy_of(const struct sla_world *world, const struct sla_clause *clause,
                           size_t at)
{
    place_fn *place = way_of(clause);
    const struct resource *resource = &world->policies.resources[clause->resources[at]];
    uint64_t spoken_of = sla_guards_at(world->guards, clause->guard)->classes;

    return (struct copy){ resource->plane,
                          sla_held_classes(world, clause->resources[at]) & spoken_of,
                          place != NULL ? place(resource) : (struct slice){ 0 }, at };
}

/* Copies of one thing are together, by place; what names none comes first. */
static struct copy *copies_of(struct arena *arena, const struct sla_world *world,
                              const struct sla_clause *clause)
{
    struct copy *copies = ARENA_NEW(arena, struct copy, clause->resource_count + 1);

    for (size_t i = 0; i < clause->resource_count; i++) {
        copies[i] = copy_of(world, clause, i);
    }
    if (clause->resource_count > 1) {
        qsort(copies, clause->resource_count, sizeof(*copies), copy_order);
    }
    return copies;
}

/* Named, and another than the one before. */
static bool is_new_place(const struct copy *copies, size_t from, size_t i)
{
    return copies[i].place.len > 0 &&
           (i == from || !slice_eq(copies[i - 1].place, copies[i].place));
}

static struct sla_spread count_places(const struct sla_clause *clause, const struct copy *copies,
                                      size_t from, size_t end)
{
    struct sla_spread spread = { .is_shown = way_of(clause) != NULL && end - from > 1,
                                 .copies = end - from };

    for (size_t i = from; i < end; i++) {
        spread.hidden += copies[i].place.len == 0 ? 1 : 0;
        spread.places += is_new_place(copies, from, i) ? 1 : 0;
    }
    return spread;
}

static size_t unit_end(const struct sla_clause *clause, const struct copy *copies, size_t from)
{
    size_t end = from + 1;

    while (end < clause->resource_count && unit_order(&copies[from], &copies[end]) == 0) {
        end++;
    }
    return end;
}

const struct sla_spread *sla_spreads_of(struct arena *arena, const struct sla_world *world,
                                        const struct sla_clause *clause)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_spread *spreads = ARENA_NEW(arena, struct sla_spread, clause->resource_count + 1);
    const struct copy *copies = copies_of(&scratch, world, clause);
    size_t end = 0;

    for (size_t from = 0; from < clause->resource_count; from = end) {
        end = unit_end(clause, copies, from);
        const struct sla_spread spread = count_places(clause, copies, from, end);
        for (size_t i = from; i < end; i++) {
            spreads[copies[i].at] = spread;
        }
    }
    return spreads;
}

/* --- of one resource -------------------------------------------------------------------------- */

static size_t place_in(const struct sla_clause *clause, size_t resource)
{
    size_t at = 0;

    while (at + 1 < clause->resource_count && clause->resources[at] != resource) {
        at++;
    }
    return at;
}

struct sla_spread sla_spread_of(const struct sla_world *world, const struct sla_clause *clause,
                                size_t resource)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };

    return sla_spreads_of(&scratch, world, clause)[place_in(clause, resource)];
}

void sla_spread_print(const struct sla_world *world, const struct sla_clause *clause,
                      size_t resource, struct buf *out)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct copy *copies = copies_of(&scratch, world, clause);
    const struct copy one = copy_of(world, clause, place_in(clause, resource));
    size_t from = 0;
    size_t count = 0;

    while (unit_order(&copies[from], &one) != 0) {
        from++;
    }
    size_t end = unit_end(clause, copies, from);
    for (size_t i = from; i < end; i++) {
        if (is_new_place(copies, from, i) && count++ < NAMED_MAX) {
            buf_printf(out, "%s%.*s", count > 1 ? ", " : "", SLICE_ARG(copies[i].place));
        }
    }
    if (count > NAMED_MAX) {
        buf_printf(out, " and %zu more", count - NAMED_MAX);
    }
}
