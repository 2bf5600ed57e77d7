#include "sla/values/names.h"

#include "base/sorted.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

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

/* A name by its first bytes, as a number that orders as they do: most names differ there, and are
 * then not looked at. */
struct headed {
    uint64_t head;
    const struct slice *name;
};

static uint64_t head_of(struct slice name)
{
    uint64_t head = 0;

    if (name.len > 0) {
        memcpy(&head, name.ptr, name.len < sizeof(head) ? name.len : sizeof(head));
    }
    return htobe64(head);
}

static int headed_order(const void *left, const void *right)
{
    const struct headed *a = left;
    const struct headed *b = right;

    if (a->head != b->head) {
        return a->head < b->head ? -1 : 1;
    }
    int order = slice_cmp(*a->name, *b->name);
    return order != 0 ? order : (a->name > b->name) - (a->name < b->name);
}

const uint32_t *sla_names_order(struct arena *arena, const struct slice *names, size_t count)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    uint32_t *out = ARENA_NEW(arena, uint32_t, count + 1);

    if (count < 2) {
        return out; /* of many small documents: an arena for each is what costs */
    }
    struct headed *sorted = ARENA_NEW(&scratch, struct headed, count);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct headed){ head_of(names[i]), &names[i] };
    }
    qsort(sorted, count, sizeof(*sorted), headed_order);
    for (size_t i = 0; i < count; i++) {
        out[i] = (uint32_t)(sorted[i].name - names);
    }
    return out;
}

bool sla_names_find(const struct sla_names *names, struct slice name, uint32_t *out)
{
    const struct sla_name first = { .name = name };
    size_t at = sorted_lower_bound(names->items, names->count, sizeof(first), &first, name_order);

    if (at == names->count || !slice_eq(names->items[at].name, name)) {
        return false;
    }
    if (out != NULL) {
        *out = names->items[at].at;
    }
    return true;
}
