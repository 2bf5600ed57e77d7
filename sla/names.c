#include "sla/names.h"

#include <stdlib.h>

void sla_names_init(struct sla_names *names, struct arena *arena, size_t room)
{
    *names = (struct sla_names){ .items = ARENA_NEW(arena, struct sla_name, room + 1) };
}

void sla_names_add(struct sla_names *names, struct slice name, uint32_t at)
{
    if (name.len > 0) {
        names->items[names->count++] = (struct sla_name){ name, at };
    }
}

static int name_order(const void *left, const void *right)
{
    const struct sla_name *a = left;
    const struct sla_name *b = right;
    int order = slice_cmp(a->name, b->name);

    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

void sla_names_sort(struct sla_names *names)
{
    qsort(names->items, names->count, sizeof(*names->items), name_order);
}

bool sla_names_find(const struct sla_names *names, struct slice name, uint32_t *out)
{
    size_t low = 0;
    size_t high = names->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (slice_cmp(names->items[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == names->count || !slice_eq(names->items[low].name, name)) {
        return false;
    }
    *out = names->items[low].at;
    return true;
}
