#include "planes/network/controls.h"

#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ELEMENTS_MAX = 2 * PLANE_CONTROLS_MAX };

void element_list_done(struct element_list *list)
{
    free(list->items);
    *list = (struct element_list){ 0 };
}

struct status element_list_add(struct element_list *list, const struct element *element)
{
    if (list->count == ELEMENTS_MAX) {
        return status_error(STATUS_EXHAUSTED, "table " SETS_TABLE " holds over %d elements",
                            (int)ELEMENTS_MAX);
    }
    if (list->count == list->cap) {
        list->cap = list->cap == 0 ? 64 : list->cap * 2;
        list->items = reallocarray(list->items, list->cap, sizeof(*list->items));
        if (list->items == NULL) {
            abort();
        }
    }
    list->items[list->count++] = *element;
    return STATUS_SUCCESS;
}

/* By set, bank and key; an interval's end comes before the start that follows it at once. */
static int by_place(const void *left, const void *right)
{
    const struct element *a = left;
    const struct element *b = right;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->bank != b->bank) {
        return a->bank < b->bank ? -1 : 1;
    }
    int order = memcmp(a->key.bytes, b->key.bytes, sizeof(a->key.bytes));
    return order != 0 ? order : (int)b->key.interval_end - (int)a->key.interval_end;
}

static bool same_place(const struct element *a, const struct element *b)
{
    return a->kind == b->kind && a->bank == b->bank;
}

static void fill(struct plane_control *control, const struct element *element, bool whole)
{
    /* Somebody else may have set a timeout that no lease of ours has. */
    int64_t lease_ms = element->timeout_ms < LEASE_MAX_MS ? element->timeout_ms : LEASE_MAX_MS;
    int64_t limit_ms = element->limit_ms > lease_ms ? element->limit_ms : lease_ms;

    *control = (struct plane_control){
        .action = { .id = element->id,
                    .kind = ACTION_NETWORK_DENY,
                    .lease = { .polarity = LEASE_BAN,
                               .duration_ms = lease_ms,
                               .limit_ms = limit_ms } },
        .reading = { .presence = whole ? PLANE_PRESENT : PLANE_PARTIAL,
                     .verified_by = VERIFIED_SELF,
                     .lease_left_ms = element->left_ms },
    };
    (void)snprintf(control->reading.detail, sizeof(control->reading.detail), "%s",
                   whole ? "in force" : "element present, rules missing or changed");
}

static bool fill_host(const struct element *element, bool whole, struct plane_control *out)
{
    bool ipv4 = element->kind == SET_DENY4;

    fill(out, element, whole);
    out->action.source = (struct address){ .family = ipv4 ? ADDRESS_IPV4 : ADDRESS_IPV6,
                                           .prefix_len = ipv4 ? 32 : 128 };
    memcpy(out->action.source.bytes, element->key.bytes, sizeof(out->action.source.bytes));
    return address_is_valid(&out->action.source);
}

/* `next` is the element behind it in the same bank, or NULL. */
static bool fill_network(const struct element *element, const struct element *next, bool whole,
                         struct plane_control *out)
{
    const uint8_t *end = next != NULL && next->key.interval_end ? next->key.bytes : NULL;

    fill(out, element, whole);
    return set_interval_to_prefix(element->kind, element->key.bytes, end, &out->action.source);
}

/* One control per id: the first element tells it, the second completes it. */
static bool fill_isolation(const struct element *element, const struct element *next, bool whole,
                           struct plane_control *out)
{
    bool first = element->key.bytes[0] == NFPROTO_IPV4;
    bool both = first && next != NULL && next->key.bytes[0] == NFPROTO_IPV6 &&
                strcmp(next->id.text, element->id.text) == 0;

    fill(out, element, whole);
    out->action.kind = ACTION_NETWORK_ISOLATE;
    if (!both) {
        out->reading.presence = PLANE_PARTIAL;
        (void)snprintf(out->reading.detail, sizeof(out->reading.detail),
                       "only one of IPv4 and IPv6 is cut");
    }
    return true;
}

static bool completes_isolation(const struct element *element, const struct element *before)
{
    return before != NULL && element->kind == SET_ISOLATE && same_place(before, element) &&
           strcmp(before->id.text, element->id.text) == 0;
}

static bool fill_control(const struct element_list *list, size_t at, bool whole,
                         struct plane_control *out)
{
    const struct element *element = &list->items[at];
    const struct element *next = at + 1 < list->count ? element + 1 : NULL;
    const struct element *before = at > 0 ? element - 1 : NULL;

    if (next != NULL && !same_place(element, next)) {
        next = NULL;
    }
    if (element->key.interval_end || element->id.text[0] == '\0' ||
        completes_isolation(element, before)) {
        return false;
    }
    switch (element->kind) {
    case SET_DENY4:
    case SET_DENY6:
        return fill_host(element, whole, out);
    case SET_NET4:
    case SET_NET6:
        return fill_network(element, next, whole, out);
    case SET_LINK6:
        fill(out, element, whole);
        return set_key_to_link_peer(element->key.bytes, &out->action.source);
    case SET_ISOLATE:
        return fill_isolation(element, next, whole, out);
    case SET_KINDS:
        break;
    }
    return false;
}

struct status controls_from_elements(struct element_list *list, bool whole,
                                     struct plane_control **out, size_t *out_count)
{
    struct plane_control *controls = calloc(list->count + 1, sizeof(*controls));
    size_t count = 0;

    if (controls == NULL) {
        abort();
    }
    if (list->count > 0) {
        qsort(list->items, list->count, sizeof(*list->items), by_place);
    }
    for (size_t at = 0; at < list->count; at++) {
        count += fill_control(list, at, whole, &controls[count]) ? 1 : 0;
    }
    if (count > PLANE_CONTROLS_MAX) {
        free(controls);
        return status_error(STATUS_EXHAUSTED, "over %d controls are in force",
                            (int)PLANE_CONTROLS_MAX);
    }
    *out = controls;
    *out_count = count;
    return STATUS_SUCCESS;
}
