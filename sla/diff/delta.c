#include "sla/diff/delta.h"

#include "sla/resolve/digest.h"
#include "sla/values/names.h"

struct comparing {
    struct arena *arena;
    const struct sla_document *document;
    struct sla_change *changes;
    size_t count, room;
};

/* While two trees are compared their steps are on the stack. */
static const struct sla_step *keep(struct arena *arena, const struct sla_step *path)
{
    const struct sla_step *kept = NULL;
    const struct sla_step **tail = &kept;

    for (; path != NULL; path = path->up) {
        struct sla_step *step = ARENA_NEW(arena, struct sla_step, 1);
        *step = (struct sla_step){ NULL, path->key, path->is_item };
        *tail = step;
        tail = &step->up;
    }
    return kept;
}

static struct sla_change *add_change(struct comparing *self, enum sla_change_kind kind,
                                     const struct sla_step *path, const struct yaml_node *before,
                                     const struct yaml_node *after)
{
    if (self->count == self->room) {
        size_t room = self->room == 0 ? 64 : self->room * 2;
        struct sla_change *grown = ARENA_NEW(self->arena, struct sla_change, room);
        for (size_t i = 0; i < self->count; i++) {
            grown[i] = self->changes[i];
        }
        self->changes = grown;
        self->room = room;
    }
    struct sla_change *change = &self->changes[self->count++];
    *change = (struct sla_change){ .kind = kind,
                                   .document = self->document,
                                   .path = keep(self->arena, path),
                                   .before = before,
                                   .after = after };
    return change;
}

/* --- lists with ids -------------------------------------------------------------------------- */

struct keyed {
    const struct yaml_node **items; /* in the order of the list */
    struct slice *ids;
    struct sla_names names; /* into items */
    size_t count;
};

/* What names an item of a list. */
static struct slice id_of(const struct yaml_node *item)
{
    static const char *const keys[] = { "id", "name" };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const struct yaml_node *id = yaml_get(item, keys[i]);
        if (id != NULL) {
            return id->kind == YAML_SCALAR ? id->text : (struct slice){ 0 };
        }
    }
    return (struct slice){ 0 };
}

/* False: some item has no id, or two have the same. */
static bool take_keyed(struct arena *arena, const struct yaml_node *list, struct keyed *out)
{
    *out = (struct keyed){ .items =
                               ARENA_NEW(arena, const struct yaml_node *, (size_t)list->count + 1),
                           .ids = ARENA_NEW(arena, struct slice, (size_t)list->count + 1) };
    sla_names_init(&out->names, arena, list->count);
    for (const struct yaml_node *at = list->first; at != NULL; at = at->next) {
        struct slice id = id_of(at);
        if (id.len == 0) {
            return false;
        }
        out->items[out->count] = at;
        out->ids[out->count] = id;
        sla_names_add(&out->names, id, (uint32_t)out->count++);
    }
    sla_names_sort(&out->names);
    for (size_t i = 1; i < out->names.count; i++) {
        if (slice_eq(out->names.items[i - 1].name, out->names.items[i].name)) {
            return false;
        }
    }
    return true;
}

#define GONE UINT32_MAX /* the other list does not have it */

/* For each item of `from` its place in `to`, or GONE. */
static uint32_t *places_in(struct arena *arena, const struct keyed *from, const struct keyed *to)
{
    uint32_t *places = ARENA_NEW(arena, uint32_t, from->count + 1);

    for (size_t i = 0; i < from->count; i++) {
        if (!sla_names_find(&to->names, from->ids[i], &places[i])) {
            places[i] = GONE;
        }
    }
    return places;
}

/* Of the runs whose last items are `last`, the first that does not end below `place`. */
static size_t first_not_below(const uint32_t *places, const size_t *last, size_t count,
                              uint32_t place)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (places[last[middle]] < place) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Marks a longest ascending run among the places (GONE ones apart): those items can stay where they
 * are while all others move. Patience sorting (Fredman, "On computing the length of longest
 * increasing subsequences", Discrete Mathematics 11, 1975). */
static bool *mark_staying(struct arena *arena, const uint32_t *places, size_t count)
{
    bool *stays = ARENA_NEW(arena, bool, count + 1);
    size_t *last = ARENA_NEW(arena, size_t, count + 1);   /* of the best run of each length */
    size_t *before = ARENA_NEW(arena, size_t, count + 1); /* in the run; count: none */
    size_t longest = 0;

    for (size_t i = 0; i < count; i++) {
        if (places[i] != GONE) {
            size_t run = first_not_below(places, last, longest, places[i]);
            before[i] = run > 0 ? last[run - 1] : count;
            last[run] = i;
            longest = run == longest ? longest + 1 : longest;
        }
    }
    for (size_t i = longest > 0 ? last[longest - 1] : count; i != count; i = before[i]) {
        stays[i] = true;
    }
    return stays;
}

static void compare(struct comparing *self, const struct sla_step *path,
                    const struct yaml_node *before, const struct yaml_node *after);

/* NOLINTBEGIN(misc-no-recursion): as deep as yaml_read lets a tree be */
static void compare_keyed(struct comparing *self, const struct sla_step *path,
                          const struct keyed *before, const struct keyed *after)
{
    const uint32_t *to = places_in(self->arena, before, after);
    const uint32_t *from = places_in(self->arena, after, before);
    const bool *stays = mark_staying(self->arena, to, before->count);

    for (size_t i = 0; i < before->count; i++) {
        if (to[i] == GONE) {
            const struct sla_step step = { path, before->ids[i], true };
            (void)add_change(self, SLA_REMOVED, &step, before->items[i], NULL);
        }
    }
    for (size_t i = 0; i < after->count; i++) {
        const struct sla_step step = { path, after->ids[i], true };
        if (from[i] == GONE) {
            add_change(self, SLA_ADDED, &step, NULL, after->items[i])->at = (uint32_t)i;
            continue;
        }
        if (!stays[from[i]]) {
            add_change(self, SLA_MOVED, &step, before->items[from[i]], after->items[i])->at =
                (uint32_t)i;
        }
        compare(self, &step, before->items[from[i]], after->items[i]);
    }
}

/* --- trees ----------------------------------------------------------------------------------- */

static bool tree_eq(struct arena *arena, const struct yaml_node *a, const struct yaml_node *b)
{
    if (a->kind != b->kind || a->count != b->count) {
        return false;
    }
    switch (a->kind) {
    case YAML_SCALAR:
        return slice_eq(a->text, b->text);
    case YAML_SEQUENCE:
        for (a = a->first, b = b->first; a != NULL; a = a->next, b = b->next) {
            if (!tree_eq(arena, a, b)) {
                return false;
            }
        }
        return true;
    case YAML_MAPPING: {
        const struct yaml_node **left = sla_canonical_members(arena, a);
        const struct yaml_node **right = sla_canonical_members(arena, b);
        for (size_t i = 0; i < a->count; i++) {
            if (!slice_eq(left[i]->key, right[i]->key) || !tree_eq(arena, left[i], right[i])) {
                return false;
            }
        }
        return true;
    }
    }
    return false;
}

static void compare_mappings(struct comparing *self, const struct sla_step *path,
                             const struct yaml_node *before, const struct yaml_node *after)
{
    const struct yaml_node **left = sla_canonical_members(self->arena, before);
    const struct yaml_node **right = sla_canonical_members(self->arena, after);
    size_t i = 0;
    size_t j = 0;

    while (i < before->count || j < after->count) {
        int order = i == before->count  ? 1
                    : j == after->count ? -1
                                        : slice_cmp(left[i]->key, right[j]->key);
        const struct sla_step step = { path, order <= 0 ? left[i]->key : right[j]->key, false };
        if (order < 0) {
            (void)add_change(self, SLA_REMOVED, &step, left[i++], NULL);
        } else if (order > 0) {
            (void)add_change(self, SLA_ADDED, &step, NULL, right[j++]);
        } else {
            compare(self, &step, left[i++], right[j++]);
        }
    }
}

static void compare(struct comparing *self, const struct sla_step *path,
                    const struct yaml_node *before, const struct yaml_node *after)
{
    struct keyed left = { 0 };
    struct keyed right = { 0 };

    if (before->kind == YAML_MAPPING && after->kind == YAML_MAPPING) {
        compare_mappings(self, path, before, after);
    } else if (before->kind == YAML_SEQUENCE && after->kind == YAML_SEQUENCE &&
               take_keyed(self->arena, before, &left) && take_keyed(self->arena, after, &right)) {
        compare_keyed(self, path, &left, &right);
    } else if (!tree_eq(self->arena, before, after)) {
        (void)add_change(self, SLA_REPLACED, path, before, after);
    }
}
/* NOLINTEND(misc-no-recursion) */

/* --- documents ------------------------------------------------------------------------------- */

/* As the documents of a world are sorted, and the role, which is part of who speaks. Agreements of
 * one name stand side by side, each version for itself. */
static int identity_order(const struct sla_document *a, const struct sla_document *b)
{
    int order = (int)a->kind - (int)b->kind;

    order = order != 0 ? order : slice_cmp(a->party, b->party);
    order = order != 0 ? order : slice_cmp(a->name, b->name);
    if (order == 0 && a->kind == SLA_AGREEMENT) {
        order = (a->version > b->version) - (a->version < b->version);
    }
    return order != 0 ? order : (int)a->role - (int)b->role;
}

static void compare_documents(struct comparing *self, const struct sla_document *before,
                              const struct sla_document *after)
{
    self->document = after;
    if (!sha256_eq(&before->digest, &after->digest)) {
        compare(self, NULL, before->root, after->root);
    }
}

static void add_document(struct comparing *self, enum sla_change_kind kind,
                         const struct sla_document *document)
{
    bool added = kind == SLA_ADDED;

    self->document = document;
    (void)add_change(self, kind, NULL, added ? NULL : document->root,
                     added ? document->root : NULL);
}

void sla_delta_make(struct arena *arena, const struct sla_world *before,
                    const struct sla_world *after, struct sla_delta *out)
{
    struct comparing self = { .arena = arena };
    size_t i = 0;
    size_t j = 0;

    while (i < before->document_count && j < after->document_count) {
        int order = identity_order(before->documents[i], after->documents[j]);
        if (order < 0) {
            add_document(&self, SLA_REMOVED, before->documents[i++]);
        } else if (order > 0) {
            add_document(&self, SLA_ADDED, after->documents[j++]);
        } else {
            compare_documents(&self, before->documents[i++], after->documents[j++]);
        }
    }
    for (; i < before->document_count; i++) {
        add_document(&self, SLA_REMOVED, before->documents[i]);
    }
    for (; j < after->document_count; j++) {
        add_document(&self, SLA_ADDED, after->documents[j]);
    }
    *out = (struct sla_delta){ self.changes, self.count };
}
