#include "sla/agree/pinned.h"

#include "base/sorted.h"
#include "base/yaml.h"
#include "sla/agree/agreement.h"
#include "sla/values/names.h"

/* A document as its text names it. */
struct named {
    struct sla_pinned_text text;
    struct slice path; /* "ProviderOffer/dc/gold" */
    const struct yaml_node *root;
};

static struct slice text_of(const struct yaml_node *mapping, const char *key)
{
    const struct yaml_node *node = yaml_get(mapping, key);

    return node != NULL && node->kind == YAML_SCALAR ? node->text : (struct slice){ 0 };
}

static struct slice path_of(struct arena *arena, struct slice kind, const struct yaml_node *names)
{
    struct slice party = text_of(names, "party");
    struct slice name = text_of(names, "name");

    return arena_printf(arena, "%.*s/%.*s/%.*s", SLICE_ARG(kind), SLICE_ARG(party),
                        SLICE_ARG(name));
}

/* --- all documents --------------------------------------------------------------------------- */

struct gathering {
    struct arena *arena;
    struct named *items;
    size_t count, room;
};

static void add(struct gathering *self, const struct yaml_node *root)
{
    if (self->count == self->room) {
        size_t room = self->room == 0 ? 64 : self->room * 2;
        struct named *grown = ARENA_NEW(self->arena, struct named, room);
        for (size_t i = 0; i < self->count; i++) {
            grown[i] = self->items[i];
        }
        self->items = grown;
        self->room = room;
    }
    self->items[self->count++] = (struct named){
        .text = { .source = root->source, .byte = root->byte, .byte_end = root->byte_last },
        .path = path_of(self->arena, text_of(root, "kind"), yaml_get(root, "metadata")),
        .root = root,
    };
}

static void gather(struct gathering *self, const struct diag_source *sources, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct diag_list ignored; /* told by who compiles them */
        diag_list_init(&ignored, self->arena);
        const struct yaml_document *document = yaml_read(self->arena, &sources[i], &ignored);
        for (; document != NULL; document = document->next) {
            if (document->root != NULL && document->root->kind == YAML_MAPPING) {
                add(self, document->root);
            }
        }
    }
}

/* --- agreements ------------------------------------------------------------------------------ */

static bool is_in_force(const struct named *document)
{
    return slice_is(text_of(document->root, "kind"), sla_kind_name(SLA_AGREEMENT)) &&
           slice_is(text_of(yaml_get(document->root, "spec"), "state"),
                    sla_agreement_state_name(SLA_AGREEMENT_IN_FORCE));
}

static size_t count_pins(const struct gathering *all)
{
    size_t count = 0;

    for (size_t i = 0; i < all->count; i++) {
        const struct yaml_node *pins = yaml_get(yaml_get(all->items[i].root, "spec"), "documents");
        count += is_in_force(&all->items[i]) && pins != NULL ? pins->count : 0;
    }
    return count;
}

/* What agreements in force pin, by path; the number is that of the agreement. */
static void index_pins(const struct gathering *all, struct sla_names *out)
{
    sla_names_init(out, all->arena, count_pins(all));
    for (size_t i = 0; i < all->count; i++) {
        const struct yaml_node *pins = yaml_get(yaml_get(all->items[i].root, "spec"), "documents");
        if (!is_in_force(&all->items[i]) || pins == NULL) {
            continue;
        }
        for (const struct yaml_node *at = pins->first; at != NULL; at = at->next) {
            sla_names_add(out, path_of(all->arena, text_of(at, "kind"), at), (uint32_t)i);
        }
    }
    sla_names_sort(out);
}

void sla_pinned_read(struct arena *arena, const struct diag_source *sources, size_t count,
                     struct sla_pinned *out)
{
    struct gathering all = { .arena = arena };
    struct sla_names pins;
    size_t found = 0;

    gather(&all, sources, count);
    index_pins(&all, &pins);
    struct sla_pinned_text *items = ARENA_NEW(arena, struct sla_pinned_text, all.count + 1);
    for (size_t i = 0; i < all.count; i++) {
        uint32_t by = (uint32_t)i;
        if (is_in_force(&all.items[i]) || sla_names_find(&pins, all.items[i].path, &by)) {
            items[found] = all.items[i].text;
            items[found++].agreement = text_of(yaml_get(all.items[by].root, "metadata"), "name");
        }
    }
    *out = (struct sla_pinned){ items, found };
}

/* Equal: the text touches the place. */
static int text_order(const void *text, const void *place)
{
    const struct sla_pinned_text *a = text;
    const struct diag_span *b = place;

    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return (a->byte > b->byte_end) - (a->byte_end < b->byte);
}

struct slice sla_pinned_by(const struct sla_pinned *pinned, const struct diag_span *span)
{
    size_t at =
        sorted_lower_bound(pinned->items, pinned->count, sizeof(*pinned->items), span, text_order);
    bool inside = at < pinned->count && text_order(&pinned->items[at], span) == 0;

    return inside ? pinned->items[at].agreement : (struct slice){ 0 };
}
