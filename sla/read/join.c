#include "sla/read/expand.h"

#include "sla/read/schema.h"

/* The records of a list that is joined by their key; NULL: the list is replaced as a whole. */
static const struct sla_record *joined_by(struct slice key)
{
    const struct sla_record *spec = &sla_record_spec[SLA_SECURITY_SLA];

    for (size_t i = 0; i < spec->count; i++) {
        const struct sla_field *field = &spec->fields[i];
        if (field->key != NULL && slice_is(key, field->key)) {
            return field->type == SLA_TYPE_RECORDS && !field->whole ? field->of.record : NULL;
        }
    }
    return NULL;
}

/* By which an item of a list is known: the member that its record begins with. */
static struct slice key_of(const struct sla_record *record, const struct yaml_node *item)
{
    const struct yaml_node *key = yaml_get(item, record->fields[0].key);

    return key != NULL && key->kind == YAML_SCALAR ? key->text : (struct slice){ 0 };
}

struct chain {
    const struct yaml_node *first;
    struct yaml_node *last;
    uint32_t count;
};

static void append(struct draft *draft, struct chain *chain, const struct yaml_node *node)
{
    struct yaml_node *copy = sla_copy_node(draft, node);

    if (copy == NULL) {
        return;
    }
    if (chain->last == NULL) {
        chain->first = copy;
    } else {
        chain->last->next = copy;
    }
    chain->last = copy;
    chain->count++;
}

static struct yaml_node *with_members(struct draft *draft, const struct yaml_node *node,
                                      const struct chain *chain)
{
    struct yaml_node *copy = sla_copy_node(draft, node);

    if (copy != NULL) {
        copy->first = chain->first;
        copy->count = chain->count;
    }
    return copy;
}

/* What the base has and `own` does not name, then all of `own`. */
static const struct yaml_node *join_lists(struct draft *draft, const struct sla_record *record,
                                          const struct yaml_node *base, const struct yaml_node *own,
                                          bool *out_refines)
{
    struct chain chain = { 0 };
    struct sla_names names;
    uint32_t ignored = 0;

    sla_names_init(&names, draft->arena, own->count);
    for (const struct yaml_node *at = own->first; at != NULL; at = at->next) {
        sla_names_add(&names, key_of(record, at), 0);
    }
    sla_names_sort(&names);
    for (const struct yaml_node *at = base->first; at != NULL; at = at->next) {
        struct slice key = key_of(record, at);
        if (key.len > 0 && sla_names_find(&names, key, &ignored)) {
            *out_refines = true;
        } else {
            append(draft, &chain, at);
        }
    }
    for (const struct yaml_node *at = own->first; at != NULL; at = at->next) {
        append(draft, &chain, at);
    }
    return with_members(draft, own, &chain);
}

void sla_members_index(struct draft *draft, const struct yaml_node *mapping,
                       struct sla_members *out)
{
    bool has_members = mapping != NULL && mapping->kind == YAML_MAPPING;
    size_t count = has_members ? mapping->count : 0;
    uint32_t i = 0;

    out->items = ARENA_NEW(draft->arena, const struct yaml_node *, count + 1);
    sla_names_init(&out->names, draft->arena, count);
    for (const struct yaml_node *at = has_members ? mapping->first : NULL; at != NULL;
         at = at->next) {
        out->items[i] = at;
        sla_names_add(&out->names, at->key, i++);
    }
    sla_names_sort(&out->names);
}

const struct yaml_node *sla_members_find(const struct sla_members *members, struct slice key)
{
    uint32_t at = 0;

    return sla_names_find(&members->names, key, &at) ? members->items[at] : NULL;
}

const struct yaml_node *sla_join(struct draft *draft, const struct yaml_node *base,
                                 const struct yaml_node *own, bool *out_refines)
{
    struct chain chain = { 0 };
    struct sla_members bases;
    struct sla_members owns;

    if (base->kind != YAML_MAPPING || own->kind != YAML_MAPPING) {
        return own; /* whichever is none is reported when it is read */
    }
    sla_members_index(draft, base, &bases);
    sla_members_index(draft, own, &owns);
    for (const struct yaml_node *at = base->first; at != NULL; at = at->next) {
        const struct yaml_node *mine = sla_members_find(&owns, at->key);
        const struct sla_record *record = joined_by(at->key);
        if (mine == NULL) {
            append(draft, &chain, at);
            continue;
        }
        const struct yaml_node *joined = mine;
        if (record != NULL && at->kind == YAML_SEQUENCE && mine->kind == YAML_SEQUENCE) {
            joined = join_lists(draft, record, at, mine, out_refines);
        }
        if (joined != NULL) {
            append(draft, &chain, joined);
        }
    }
    for (const struct yaml_node *at = own->first; at != NULL; at = at->next) {
        if (sla_members_find(&bases, at->key) == NULL) {
            append(draft, &chain, at);
        }
    }
    const struct yaml_node *joined = with_members(draft, own, &chain);
    return joined != NULL ? joined : own;
}
