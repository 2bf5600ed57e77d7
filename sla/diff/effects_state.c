#include "sla/diff/effects_priv.h"

#include <stdlib.h>

/* One thing that a plane is to hold: "data store/a replication.copies", and how. */
struct part {
    struct slice what, how;
};

struct parts {
    struct part *items;
    size_t count;
};

static size_t count_parts(const struct desired *desired)
{
    size_t count = desired->box_count + desired->watch_count;

    for (size_t i = 0; i < desired->item_count; i++) {
        count += desired->items[i].fact_count;
    }
    for (size_t i = 0; i < desired->heed_count; i++) {
        count += desired->heeds[i].fact_count;
    }
    return count;
}

static struct slice resource_text(struct arena *arena, const struct desired *desired, size_t at)
{
    const struct resource *resource = &desired->policies->resources[at];

    return arena_printf(arena, "%s: %.*s/%.*s", plane_kind_name(resource->plane),
                        SLICE_ARG(resource->ucloud), SLICE_ARG(resource->name));
}

static void add_peers(const struct desired_rule *rule, struct buf *out)
{
    for (size_t i = 0; i < rule->peer_count; i++) {
        char text[ADDRESS_TEXT_MAX];
        address_format(&rule->peers[i], text);
        buf_printf(out, " %s", text);
    }
    for (size_t i = 0; i < rule->port_count; i++) {
        const struct desired_ports *ports = &rule->ports[i];
        buf_printf(out, " %u", ports->first);
        if (ports->last != ports->first) {
            buf_printf(out, "-%u", ports->last);
        }
        buf_printf(out, "/%s", desired_protocol_name(ports->protocol));
    }
}

/* "accept 10.0.0.0/8 443/tcp, drop, else drop" */
static struct slice box_text(struct arena *arena, const struct desired_box *box)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    if (box->always.peer_count > 0) {
        buf_add_cstr(&out, "always");
        add_peers(&box->always, &out);
        buf_add_cstr(&out, ", ");
    }
    for (size_t i = 0; i < box->rule_count; i++) {
        buf_add_cstr(&out, desired_verdict_name(box->rules[i].verdict));
        add_peers(&box->rules[i], &out);
        buf_add_cstr(&out, ", ");
    }
    buf_add_cstr(&out, box->closed ? "else drop" : "else accept");
    return arena_copy(arena, buf_slice(&out));
}

static void take_items(struct arena *arena, const struct desired *desired,
                       const struct desired_item *items, size_t count, struct parts *parts)
{
    for (size_t i = 0; i < count; i++) {
        struct slice resource = resource_text(arena, desired, items[i].resource);
        for (size_t j = 0; j < items[i].fact_count; j++) {
            const struct desired_fact *fact = &items[i].facts[j];
            struct slice what =
                items[i].party.len > 0
                    ? arena_printf(arena, "%.*s, %s for %.*s", SLICE_ARG(resource), fact->term,
                                   SLICE_ARG(items[i].party))
                    : arena_printf(arena, "%.*s, %s", SLICE_ARG(resource), fact->term);
            parts->items[parts->count++] = (struct part){ what, fact->text };
        }
    }
}

static struct slice watch_text(struct arena *arena, const struct desired *desired,
                               const struct desired_watch *watch)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct sla_effect_names names = { .out = &out };

    buf_add_cstr(&out, "on ");
    for (size_t i = 0; i < watch->resource_count; i++) {
        sla_effect_name_resource(&names, &desired->policies->resources[watch->resources[i]]);
    }
    sla_effect_names_end(&names);
    return arena_copy(arena, buf_slice(&out));
}

static int part_order(const void *left, const void *right)
{
    const struct part *a = left;
    const struct part *b = right;
    int order = slice_cmp(a->what, b->what);

    return order != 0 ? order : slice_cmp(a->how, b->how);
}

static struct parts parts_of(struct arena *arena, const struct desired *desired)
{
    struct parts parts = { .items = ARENA_NEW(arena, struct part, count_parts(desired) + 1) };

    for (size_t i = 0; i < desired->box_count; i++) {
        const struct desired_box *box = &desired->boxes[i];
        struct slice resource = resource_text(arena, desired, box->resource);
        parts.items[parts.count++] =
            (struct part){ arena_printf(arena, "%.*s, %s", SLICE_ARG(resource),
                                        desired_direction_name(box->direction)),
                           box_text(arena, box) };
    }
    take_items(arena, desired, desired->items, desired->item_count, &parts);
    take_items(arena, desired, desired->heeds, desired->heed_count, &parts);
    for (size_t i = 0; i < desired->watch_count; i++) {
        const struct desired_watch *watch = &desired->watches[i];
        parts.items[parts.count++] =
            (struct part){ arena_printf(arena, "detectors: %.*s on node %.*s for %.*s",
                                        SLICE_ARG(watch->rule), SLICE_ARG(watch->node),
                                        SLICE_ARG(watch->party)),
                           watch_text(arena, desired, watch) };
    }
    if (parts.count > 1) {
        qsort(parts.items, parts.count, sizeof(*parts.items), part_order);
    }
    return parts;
}

static void add_cut(struct slice text, struct buf *out)
{
    if (text.len <= SLA_EFFECT_TEXT_MAX) {
        buf_add_slice(out, text);
        return;
    }
    buf_add_slice(out, slice_sub(text, 0, SLA_EFFECT_TEXT_MAX));
    buf_add_cstr(out, "...");
}

static void tell_part(struct sla_effect_finding *self, enum sla_effect_kind kind,
                      const struct part *part, const struct part *was)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    if (sla_effect_is_shown(self, kind)) {
        buf_printf(&text, "%.*s: ", SLICE_ARG(part->what));
        add_cut(part->how, &text);
        if (was != NULL) {
            buf_add_cstr(&text, "; was ");
            add_cut(was->how, &text);
        }
    }
    sla_effect_tell(self, kind, 1, arena_copy(self->arena, buf_slice(&text)));
}

void sla_effects_find_state(struct sla_effect_finding *self)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    const struct parts before = parts_of(&scratch, self->desired[0]);
    const struct parts after = parts_of(&scratch, self->desired[1]);
    size_t i = 0;
    size_t j = 0;

    while (i < before.count || j < after.count) {
        int order = i == before.count  ? 1
                    : j == after.count ? -1
                                       : slice_cmp(before.items[i].what, after.items[j].what);
        if (order < 0) {
            tell_part(self, SLA_STATE_REMOVED, &before.items[i], NULL);
        } else if (order > 0) {
            tell_part(self, SLA_STATE_ADDED, &after.items[j], NULL);
        } else if (!slice_eq(before.items[i].how, after.items[j].how)) {
            tell_part(self, SLA_STATE_CHANGED, &after.items[j], &before.items[i]);
        }
        i += order <= 0;
        j += order >= 0;
    }
}
