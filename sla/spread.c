#include "sla/spread.h"

#include "sla/domain.h"

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

    for (size_t i = 0; i < COUNT_OF(ways) && clause->resource_count > 1; i++) {
        if (strcmp(ways[i].by, by) == 0) {
            return ways[i].place;
        }
    }
    return NULL;
}

static int place_order(const void *left, const void *right)
{
    return slice_cmp(*(const struct slice *)left, *(const struct slice *)right);
}

/* Ascending and each once; what names none is left out. */
static size_t places_of(struct arena *arena, const struct sla_world *world,
                        const struct sla_clause *clause, struct slice **out, int64_t *out_hidden)
{
    place_fn *place = way_of(clause);
    struct slice *places = ARENA_NEW(arena, struct slice, clause->resource_count + 1);
    size_t count = 0;
    size_t kept = 0;

    for (size_t i = 0; place != NULL && i < clause->resource_count; i++) {
        places[count] = place(&world->policies.resources[clause->resources[i]]);
        count += places[count].len > 0 ? 1 : 0;
    }
    *out_hidden = (int64_t)(clause->resource_count - count);
    if (count > 1) {
        qsort(places, count, sizeof(*places), place_order);
    }
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || !slice_eq(places[kept - 1], places[i])) {
            places[kept++] = places[i];
        }
    }
    *out = places;
    return kept;
}

struct sla_spread sla_spread_of(const struct sla_world *world, const struct sla_clause *clause)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_spread spread = { .is_shown = way_of(clause) != NULL };
    struct slice *places = NULL;

    if (spread.is_shown) {
        spread.places = (int64_t)places_of(&scratch, world, clause, &places, &spread.hidden);
    }
    return spread;
}

void sla_spread_print(const struct sla_world *world, const struct sla_clause *clause,
                      struct buf *out)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct slice *places = NULL;
    int64_t hidden = 0;
    size_t count = places_of(&scratch, world, clause, &places, &hidden);

    for (size_t i = 0; i < count && i < NAMED_MAX; i++) {
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", SLICE_ARG(places[i]));
    }
    if (count > NAMED_MAX) {
        buf_printf(out, " and %zu more", count - NAMED_MAX);
    }
}
