#include "sla/read/index.h"

#include "base/sorted.h"

#include <stdlib.h>

/* SELECT_PROPERTIES when the key is that of a label. */
static size_t property_of(struct slice key)
{
    size_t property = 0;

    while (property < SELECT_PROPERTIES && !slice_is(key, sla_select_properties[property])) {
        property++;
    }
    return property;
}

bool sla_is_property(struct slice key)
{
    return property_of(key) < SELECT_PROPERTIES;
}

static struct slice when_on(const struct resource *resource, enum plane_kind plane)
{
    return resource->plane == plane ? resource->name : (struct slice){ 0 };
}

static struct slice value_of(const struct resource *resource, size_t property)
{
    switch (property) {
    case SELECT_NAME:
        return resource->name;
    case SELECT_NODE:
        return resource->node;
    case SELECT_UNIT:
        return resource->unit;
    case SELECT_PROVIDER:
        return resource->provider;
    case SELECT_BUCKET:
        return when_on(resource, PLANE_DATA);
    case SELECT_DOMAIN:
        return when_on(resource, PLANE_COMPUTE);
    case SELECT_HOST:
        return when_on(resource, PLANE_NETWORK);
    case SELECT_ROLE:
        return resource->role;
    case SELECT_KIND:
        return slice_from(resource_kind_name(resource->kind));
    case SELECT_SEGMENT:
        return resource->segment;
    default:
        return (struct slice){ 0 };
    }
}

/* Never ptr NULL: a label without a text is there all the same. */
static struct slice label_value(const struct yaml_node *label)
{
    return label->text.len > 0 ? label->text : SLICE("");
}

struct slice sla_resource_value(const struct draft_resource *resource, struct slice key)
{
    size_t property = property_of(key);

    if (property < SELECT_PROPERTIES) {
        return value_of(&resource->resource, property);
    }
    const struct yaml_node *label = resource->labels != NULL ? resource->labels->first : NULL;
    while (label != NULL && !slice_eq(label->key, key)) {
        label = label->next;
    }
    return label != NULL ? label_value(label) : (struct slice){ 0 };
}

/* --- building -------------------------------------------------------------------------------- */

static int indexed_order(const void *left, const void *right)
{
    const struct sla_indexed *a = left;
    const struct sla_indexed *b = right;
    int order = slice_cmp(a->value, b->value);

    order = order != 0 ? order : slice_cmp(a->key, b->key);
    return order != 0 ? order : (a->resource > b->resource) - (a->resource < b->resource);
}

static size_t add(struct sla_indexed *items, size_t count, struct slice key, struct slice value,
                  uint32_t resource)
{
    if (value.ptr == NULL) {
        return count;
    }
    items[count] = (struct sla_indexed){ key, value, resource };
    return count + 1;
}

static size_t label_count(const struct draft *draft)
{
    size_t count = 0;

    for (size_t i = 0; i < draft->resource_count; i++) {
        count += draft->resources[i]->labels != NULL ? draft->resources[i]->labels->count : 0;
    }
    return count;
}

static size_t add_labels(const struct draft *draft, size_t at, struct sla_indexed *items,
                         size_t count)
{
    const struct yaml_node *labels = draft->resources[at]->labels;

    for (const struct yaml_node *label = labels != NULL ? labels->first : NULL; label != NULL;
         label = label->next) {
        count = add(items, count, label->key, label_value(label), (uint32_t)at);
    }
    return count;
}

static struct sla_run build(struct draft *draft, size_t property)
{
    bool labels = property == SELECT_PROPERTIES;
    size_t room = labels ? label_count(draft) : draft->resource_count;
    struct sla_indexed *items = ARENA_NEW(draft->arena, struct sla_indexed, room + 1);
    size_t count = 0;

    for (size_t i = 0; i < draft->resource_count; i++) {
        const struct draft_resource *resource = draft->resources[i];
        if (resource->broken) {
            continue;
        }
        if (labels) {
            count = add_labels(draft, i, items, count);
        } else {
            count = add(items, count, (struct slice){ 0 }, value_of(&resource->resource, property),
                        (uint32_t)i);
        }
    }
    qsort(items, count, sizeof(*items), indexed_order);
    return (struct sla_run){ items, count };
}

/* --- searching ------------------------------------------------------------------------------- */

static size_t lower_bound(struct sla_run all, const struct sla_indexed *wanted)
{
    return sorted_lower_bound(all.items, all.count, sizeof(*all.items), wanted, indexed_order);
}

struct sla_run sla_index_find(struct draft *draft, struct slice key, struct slice value)
{
    size_t property = property_of(key);
    struct sla_run *all = &draft->indexes[property];
    struct sla_indexed first = { .value = value };

    if (all->items == NULL) {
        *all = build(draft, property);
    }
    if (property == SELECT_PROPERTIES) {
        first.key = key;
    }
    struct sla_indexed last = first;
    last.resource = UINT32_MAX;
    size_t from = lower_bound(*all, &first);
    return (struct sla_run){ all->items + from, lower_bound(*all, &last) - from };
}

static int resource_order(const void *indexed, const void *resource)
{
    size_t a = ((const struct sla_indexed *)indexed)->resource;
    size_t b = *(const size_t *)resource;

    return (a > b) - (a < b);
}

struct sla_run sla_run_within(struct sla_run run, size_t from, size_t to)
{
    size_t first =
        sorted_lower_bound(run.items, run.count, sizeof(*run.items), &from, resource_order);
    size_t end = sorted_lower_bound(run.items, run.count, sizeof(*run.items), &to, resource_order);

    return (struct sla_run){ run.items + first, end - first };
}

struct place {
    struct slice ucloud;
    struct slice name; /* ptr NULL: any */
};

static int place_order(const void *resource, const void *place)
{
    const struct resource *a = &(*(struct draft_resource *const *)resource)->resource;
    const struct place *b = place;
    int order = slice_cmp(a->ucloud, b->ucloud);

    return order != 0 || b->name.ptr == NULL ? order : slice_cmp(a->name, b->name);
}

void sla_resource_range(const struct draft *draft, struct slice ucloud, struct slice name,
                        size_t *out_from, size_t *out_to)
{
    const struct place place = { ucloud, name };

    *out_from = sorted_lower_bound(draft->resources, draft->resource_count,
                                   sizeof(struct draft_resource *), &place, place_order);
    *out_to = sorted_upper_bound(draft->resources, draft->resource_count,
                                 sizeof(struct draft_resource *), &place, place_order);
}
