#include "sla/read/field_types.h"

#include "sla/read/check.h"
#include "sla/report.h"
#include "sla/terms/sets.h"
#include "sla/words/everyday.h"
#include "sla/words/form.h"

#include "base/parse.h"

struct peers {
    struct address *items;
    size_t count, room;
};

static void append(struct arena *arena, struct peers *peers, const struct address *from,
                   size_t count)
{
    if (peers->count + count > peers->room) {
        size_t room = 2 * (peers->count + count);
        struct address *grown = ARENA_NEW(arena, struct address, room);
        for (size_t i = 0; i < peers->count; i++) {
            grown[i] = peers->items[i];
        }
        peers->items = grown;
        peers->room = room;
    }
    for (size_t i = 0; i < count; i++) {
        peers->items[peers->count++] = from[i];
    }
}

static bool looks_like_address(struct slice text)
{
    return slice_find(text, ':') < text.len ||
           (text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9');
}

bool sla_peer_target(struct slice text, struct slice *out_id)
{
    const struct slice prefix = SLICE("target/");

    if (!slice_starts(text, prefix)) {
        return false;
    }
    if (out_id != NULL) {
        *out_id = slice_sub(text, prefix.len, text.len);
    }
    return true;
}

/* Names are looked up by resolve, later than this is read. */
static bool is_target(struct draft *draft, const struct draft_document *document, struct slice id)
{
    if (!sla_may_compare(draft, document->target_count)) {
        return false;
    }
    for (size_t i = 0; i < document->target_count; i++) {
        if (slice_eq(document->targets[i].id, id)) {
            return true;
        }
    }
    return false;
}

static bool is_everybody(struct slice text)
{
    const struct slice any = SLICE("any");

    return sla_says_everybody(text) || sla_everyday(text, &any, 1).len > 0;
}

/* What is neither an address nor a set. A fix that opens to everybody is never applied unasked. */
static void report_peer(struct draft *draft, struct draft_document *document,
                        const struct yaml_node *node)
{
    struct slice any = SLICE("any");

    if (is_everybody(node->text)) {
        struct diag *diag =
            diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAMED_SET, yaml_span(node),
                     "`%.*s` is not a set of addresses of this document", SLICE_ARG(node->text));
        diag_help(draft->diags, diag, "did you mean `any`, which is every address?");
        (void)diag_fix(draft->diags, diag, false, yaml_span(node), any, "replace with `any`");
        return;
    }
    if (!is_target(draft, document, node->text)) {
        sla_set_report(draft, document, SLA_SET_ADDRESSES, node);
        return;
    }
    struct slice right = arena_printf(draft->arena, "target/%.*s", SLICE_ARG(node->text));
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_NAMED_SET, yaml_span(node),
                 "`%.*s` is a target, not a set of addresses", SLICE_ARG(node->text));
    diag_help(draft->diags, diag, "for the addresses of a target write `%.*s`", SLICE_ARG(right));
    (void)diag_fix(draft->diags, diag, false, yaml_span(node), right, "replace with `%.*s`",
                   SLICE_ARG(right));
}

/* One address, or all of a set. False: reported. */
static bool add_peers(struct draft *draft, struct draft_document *document,
                      const struct yaml_node *node, struct peers *out)
{
    const struct draft_set *set = NULL;
    struct address one;

    switch (sla_set_find(draft, document, SLA_SET_ADDRESSES, node, &set)) {
    case SLA_FOUND_NOTHING:
        break;
    case SLA_FOUND_WRONG:
        return false;
    case SLA_FOUND:
        append(draft->arena, out, set->addresses, set->address_count);
        return true;
    }
    if (!looks_like_address(node->text)) {
        report_peer(draft, document, node);
        return false;
    }
    if (!sla_read_address(draft, node, &one)) {
        return false;
    }
    append(draft->arena, out, &one, 1);
    return true;
}

/* Of a network that examples may use (RFC 5737), so nobody's whom a document is about. */
static const char outsider[] = "203.0.113.77";

/* A name, where a test has one case. */
static void report_sender(struct draft *draft, const struct yaml_node *node,
                          const struct draft_set *set)
{
    struct diag_span span = yaml_span(node);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ADDRESS, span,
                                 "`%.*s` is not an address", SLICE_ARG(node->text));

    diag_label(draft->diags, diag, "a test has one sender: a host or a network");
    if (set != NULL && set->address_count > 0) {
        char first[ADDRESS_TEXT_MAX];
        address_format(&set->addresses[0], first);
        diag_help(draft->diags, diag, "write an address that is in the set: `%s`", first);
        (void)diag_fix(draft->diags, diag, false, span, slice_from(first), "replace with `%s`",
                       first);
    } else if (is_everybody(node->text)) {
        diag_help(draft->diags, diag,
                  "for somebody outside write an address that no set has, like `%s`", outsider);
        (void)diag_fix(draft->diags, diag, false, span, slice_from(outsider), "replace with `%s`",
                       outsider);
    } else {
        diag_help(draft->diags, diag,
                  "names are not looked up: write the address, like `%s` for somebody outside",
                  outsider);
    }
}

bool sla_read_sender(struct sla_reading *reading, const struct sla_field *field,
                     const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    const struct draft_set *set = NULL;

    if (looks_like_address(node->text)) {
        return sla_read_address(draft, node, sla_field_place(filled, field->offset));
    }
    if (sla_set_find(draft, reading->document, SLA_SET_ADDRESSES, node, &set) != SLA_FOUND_WRONG) {
        report_sender(draft, node, set);
    }
    return false;
}

bool sla_read_peers(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    const struct address **out = sla_field_place(filled, field->offset);
    size_t *out_count = sla_field_place(filled, field->count);
    struct peers peers = { .items = NULL };
    bool good = sla_is_not_empty(draft, node);
    bool any = false;

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        if (slice_is(at->text, "any")) {
            any = true;
        } else if (!sla_peer_target(at->text, NULL)) { /* those: when targets are bound */
            good &= add_peers(draft, reading->document, at, &peers);
        }
    }
    *out = peers.items;
    *out_count = any ? 0 : peers.count;
    return good;
}

void sla_check_flow(struct sla_reading *reading, void *filled)
{
    struct sla_flow *out = filled;
    bool from = sla_reading_has(reading, FLOW_FROM);
    bool to = sla_reading_has(reading, FLOW_TO);

    out->outward = to;
    if (from != to) {
        return;
    }
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag =
        to ? diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM,
                      sla_reading_span(reading, FLOW_TO), "a flow has `from` or `to`, not both")
           : diag_add(diags, DIAG_ERROR, SLA_CODE_MISSING_KEY, yaml_span(reading->mapping),
                      "a flow needs `from` or `to`");
    diag_help(
        diags, diag,
        "`from`: who sends to the target; `to`: to whom the target sends; write two clauses for "
        "both");
    if (!to) {
        diag_help(diags, diag,
                  "`from: any` means whoever sends to it, `to: any` whatever it sends");
    }
    reading->good = false;
}

/* "443/tcp", "5000-5010/udp" */
bool sla_ports_parse(struct slice text, struct sla_ports *out)
{
    struct slice protocol = text;
    struct slice range = slice_cut(&protocol, '/');
    struct slice last_text = range;
    struct slice first_text = slice_cut(&last_text, '-');
    uint32_t first = 0;
    uint32_t last = 0;

    if (!slice_is(protocol, "tcp") && !slice_is(protocol, "udp")) {
        return false;
    }
    struct status status = parse_u32(first_text, 1, SLA_PORT_MAX, &first);
    last = first;
    if (status_ok(&status) && last_text.ptr != NULL) {
        status = parse_u32(last_text, first, SLA_PORT_MAX, &last);
    }
    out->protocol = slice_is(protocol, "tcp") ? SLA_TCP : SLA_UDP;
    out->first = (uint16_t)first;
    out->last = (uint16_t)last;
    return status_ok(&status);
}

bool sla_read_ports(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    const struct sla_ports **out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);
    struct sla_ports *ports = ARENA_NEW(draft->arena, struct sla_ports, sla_texts_count(node) + 1);
    bool good = sla_is_not_empty(draft, node);

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        if (sla_ports_parse(at->text, &ports[*count])) {
            (*count)++;
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ADDRESS, yaml_span(at),
                                     "`%.*s` is not a port", SLICE_ARG(at->text));
        diag_label(draft->diags, diag, "expected a port and a protocol");
        struct sla_hint hint;
        sla_hint_ports(at->text, &hint);
        sla_report_hint(draft, diag, yaml_span(at), &hint);
        good = false;
    }
    *out = ports;
    return good;
}
