#include "sla/read.h"
#include "sla/record.h"
#include "sla/report.h"

#include "base/parse.h"

enum { SLA_PORT_MAX = 65535 };

static const char *const role_words[] = { "tenant", "user", "provider", "operator" };

static bool is_texts(const struct yaml_node *node)
{
    if (node->kind == YAML_SEQUENCE) {
        for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
            if (at->kind != YAML_SCALAR) {
                return false;
            }
        }
        return true;
    }
    return node->kind == YAML_SCALAR;
}

static bool has_shape(struct draft *draft, const struct sla_term *term,
                      const struct yaml_node *node, bool good)
{
    if (good) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_SHAPE, yaml_span(node),
                                 "the value of `%s` has another shape", term->name);
    diag_label(draft->diags, diag, "expected %s", term->value_doc);
    diag_help(draft->diags, diag, "for example `%s`", term->example);
    return false;
}

static bool not_empty(struct draft *draft, const struct yaml_node *node)
{
    if (sla_texts_count(node) > 0) {
        return true;
    }
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EMPTY, yaml_span(node), "the list is empty");
    diag_help(draft->diags, diag,
              "an empty list can never be met: name at least one, or remove "
              "the clause");
    return false;
}

static void report_element(struct draft *draft, const struct sla_universe *universe,
                           const struct yaml_node *node)
{
    const char *nearest = sla_universe_nearest(universe, node->text);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, universe->diag_code, yaml_span(node),
                                 "`%.*s` is not %s", SLICE_ARG(node->text), universe->what);

    diag_label(draft->diags, diag, "%s", universe->expected);
    if (nearest != NULL) {
        diag_help(draft->diags, diag, "did you mean `%s`?", nearest);
        (void)diag_fix(draft->diags, diag, true, yaml_span(node), slice_from(nearest),
                       "replace with `%s`", nearest);
    } else {
        diag_help(draft->diags, diag, "there are %u: like `%s`", universe->count,
                  universe->names[0]);
    }
}

static bool read_set(struct draft *draft, const struct sla_clause *clause,
                     const struct yaml_node *node, struct sla_value *out)
{
    const struct sla_universe *universe = clause->term->universe;
    struct sla_set named = { 0 };
    bool good = true;

    if (!has_shape(draft, clause->term, node, is_texts(node)) || !not_empty(draft, node)) {
        return false;
    }
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL && !sla_is_full(draft, at);
         at = sla_texts_next(node, at)) {
        uint32_t element = 0;
        if (sla_universe_find(universe, at->text, &element)) {
            sla_set_add(&named, element);
        } else {
            report_element(draft, universe, at);
            good = false;
        }
    }
    out->set = named;
    if (clause->op == SLA_OP_NOT_IN) {
        struct sla_set all = { 0 };
        for (uint32_t i = 0; i < universe->count; i++) {
            sla_set_add(&all, i);
        }
        out->set = sla_set_minus(&all, &named);
    }
    return good;
}

static struct sla_range range_of(enum sla_op op, int64_t value, int64_t largest)
{
    if (op == SLA_OP_AT_LEAST) {
        return (struct sla_range){ value, largest };
    }
    return (struct sla_range){ 0, value };
}

static bool read_share(struct draft *draft, const struct sla_clause *clause,
                       const struct yaml_node *node, struct sla_value *out)
{
    int64_t share_ppb = 0;

    if (!has_shape(draft, clause->term, node, node->kind == YAML_SCALAR)) {
        return false;
    }
    struct status status = parse_percent_ppb(node->text, &share_ppb);
    if (!status_ok(&status)) {
        struct diag *diag =
            sla_report_value(draft, SLA_CODE_QUANTITY, yaml_span(node), "the share", &status);
        diag_help(draft->diags, diag, "write a percentage with at most seven decimals: `99.99 %%`");
        return false;
    }
    out->range = range_of(clause->op, share_ppb, SLA_PPB);
    return true;
}

static bool read_duration(struct draft *draft, const struct sla_clause *clause,
                          const struct yaml_node *node, struct sla_value *out)
{
    int64_t value_ms = 0;

    if (!sla_read_duration(draft, node, "the duration", 1, &value_ms)) {
        return false;
    }
    out->range = range_of(clause->op, value_ms, INT64_MAX);
    return true;
}

/* --- flows ----------------------------------------------------------------------------------- */

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
static bool read_from(struct draft *draft, const struct draft_document *document,
                      const struct yaml_node *node, struct sla_flow *out)
{
    size_t room = sla_texts_count(node);
    bool good = not_empty(draft, node);
    bool any = false;

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
    out->from = from;
    out->from_count = any ? 0 : count;
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

static bool read_ports(struct draft *draft, const struct yaml_node *node, struct sla_flow *out)
{
    struct sla_ports *ports = ARENA_NEW(draft->arena, struct sla_ports, sla_texts_count(node) + 1);
    bool good = node == NULL || not_empty(draft, node);

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        if (parse_ports(at->text, &ports[out->port_count])) {
            out->port_count++;
            continue;
        }
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_ADDRESS, yaml_span(at),
                                     "`%.*s` is not a port", SLICE_ARG(at->text));
        diag_label(draft->diags, diag, "expected a port and a protocol");
        diag_help(draft->diags, diag, "write `443/tcp` or `5000-5010/udp`");
        good = false;
    }
    out->ports = ports;
    return good;
}

static bool read_flow(struct draft *draft, const struct draft_document *document,
                      const struct sla_clause *clause, const struct yaml_node *node,
                      struct sla_value *out)
{
    const struct yaml_node *members[SLA_FIELDS_MAX];

    if (!has_shape(draft, clause->term, node, node->kind == YAML_MAPPING) ||
        !sla_record_read(draft, &sla_record_flow, node, members)) {
        return false;
    }
    bool good = read_from(draft, document, members[FLOW_FROM], &out->flow);
    return read_ports(draft, members[FLOW_PORTS], &out->flow) && good;
}

/* --- parties --------------------------------------------------------------------------------- */

static struct sla_party_ref party_ref(struct slice text)
{
    for (size_t i = 0; i < COUNT_OF(role_words); i++) {
        if (slice_is(text, role_words[i])) {
            return (
                struct sla_party_ref){ .by_role = true, .role = (enum party_role)i, .name = text };
        }
    }
    return (struct sla_party_ref){ .name = text };
}

static bool read_parties(struct draft *draft, const struct sla_clause *clause,
                         const struct yaml_node *node, struct sla_value *out)
{
    if (!has_shape(draft, clause->term, node, is_texts(node)) || !not_empty(draft, node)) {
        return false;
    }
    struct sla_party_ref *items =
        ARENA_NEW(draft->arena, struct sla_party_ref, sla_texts_count(node) + 1);
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        items[out->parties.count++] = party_ref(at->text);
    }
    out->parties.items = items;
    return true;
}

/* A reserved right without a value speaks of the party that reserves it. */
static void own_party(struct draft *draft, const struct sla_clause *clause, struct sla_value *out)
{
    struct sla_party_ref *items = ARENA_NEW(draft->arena, struct sla_party_ref, 1);

    items[0] = (struct sla_party_ref){ .name = clause->ref.party };
    out->parties = (struct sla_parties){ items, 1 };
}

bool sla_read_value(struct draft *draft, const struct draft_document *document,
                    const struct sla_clause *clause, const struct yaml_node *node,
                    struct sla_value *out)
{
    *out = (struct sla_value){ .domain = clause->term->domain };
    if (node == NULL && yaml_get(clause->node, "value") == NULL && clause->stance == SLA_RESERVES &&
        out->domain == SLA_DOMAIN_PARTIES) {
        own_party(draft, clause, out);
        return true;
    }
    if (node == NULL && yaml_get(clause->node, "value") != NULL) {
        return false; /* it was there, of a wrong shape: reported */
    }
    if (node == NULL) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY,
                                     yaml_span(clause->node), "a clause needs `value`");
        diag_help(draft->diags, diag, "for example `%s`", clause->term->example);
        return false;
    }
    switch (out->domain) {
    case SLA_DOMAIN_SET:
        return read_set(draft, clause, node, out);
    case SLA_DOMAIN_SHARE:
        return read_share(draft, clause, node, out);
    case SLA_DOMAIN_DURATION:
        return read_duration(draft, clause, node, out);
    case SLA_DOMAIN_FLOW:
        return read_flow(draft, document, clause, node, out);
    case SLA_DOMAIN_PARTIES:
        break;
    }
    return read_parties(draft, clause, node, out);
}
