#include "sla/field_types.h"

#include "sla/report.h"

#include "base/parse.h"

enum { SLA_PORT_MAX = 65535 };

/* Groups stand before the clauses in the table of the spec: when one is looked for, all are read.
 */
static void index_groups(struct draft *draft, struct draft_document *document)
{
    if (document->group_names.items != NULL) {
        return;
    }
    sla_names_init(&document->group_names, draft->arena, document->group_count);
    for (size_t i = 0; i < document->group_count; i++) {
        sla_names_add(&document->group_names, document->groups[i].id, (uint32_t)i);
    }
    sla_names_sort(&document->group_names);
}

static const struct draft_group *find_group(const struct draft_document *document,
                                            struct slice name)
{
    uint32_t at = 0;

    return sla_names_find(&document->group_names, name, &at) ? &document->groups[at] : NULL;
}

static bool looks_like_address(struct slice text)
{
    return slice_find(text, ':') < text.len ||
           (text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9');
}

static void report_group(struct draft *draft, const struct draft_document *document,
                         const struct yaml_node *node)
{
    struct slice *names = ARENA_NEW(draft->arena, struct slice, document->group_count + 1);

    for (size_t i = 0; i < document->group_count; i++) {
        names[i] = document->groups[i].id;
    }
    struct diag *diag = sla_report_name(draft, SLA_CODE_GROUP, yaml_span(node), node->text,
                                        "a group of this document", names, document->group_count);
    diag_note(draft->diags, diag,
              "groups are declared in `spec.groups`: `{id: ward, addresses: [10.20.0.0/16]}`");
}

/* Counts first, then copies: a group may hold many. */
bool sla_read_peers(struct sla_reading *reading, const struct sla_field *field,
                    const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    struct draft_document *document = reading->document;
    const struct address **out = sla_field_place(filled, field->offset);
    size_t *out_count = sla_field_place(filled, field->count);
    size_t room = sla_texts_count(node);
    bool good = sla_is_not_empty(draft, node);
    bool any = false;

    index_groups(draft, document);
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        const struct draft_group *group = find_group(document, at->text);
        room += group != NULL ? group->count : 0;
    }
    struct address *from = ARENA_NEW(draft->arena, struct address, room + 1);
    size_t count = 0;
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        const struct draft_group *group = find_group(document, at->text);
        if (slice_is(at->text, "any")) {
            any = true;
        } else if (group != NULL) {
            for (size_t i = 0; i < group->count; i++) {
                from[count++] = group->addresses[i];
            }
            good = good && !group->broken;
        } else if (looks_like_address(at->text)) {
            good &= sla_read_address(draft, at, &from[count]);
            count++;
        } else {
            report_group(draft, document, at);
            good = false;
        }
    }
    *out = from;
    *out_count = any ? 0 : count;
    return good;
}

/* "443/tcp", "5000-5010/udp" */
static bool parse_ports(struct slice text, struct sla_ports *out)
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
        if (parse_ports(at->text, &ports[*count])) {
            (*count)++;
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ADDRESS, yaml_span(at),
                                     "`%.*s` is not a port", SLICE_ARG(at->text));
        diag_label(draft->diags, diag, "expected a port and a protocol");
        diag_help(draft->diags, diag, "write `443/tcp` or `5000-5010/udp`");
        good = false;
    }
    *out = ports;
    return good;
}
