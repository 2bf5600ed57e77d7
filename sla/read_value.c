#include "sla/read.h"

#include "sla/field_types.h"
#include "sla/report.h"

#include "base/parse.h"

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

    if (!has_shape(draft, clause->term, node, is_texts(node)) || !sla_is_not_empty(draft, node)) {
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

static bool read_flow(struct sla_reading *reading, const struct sla_clause *clause,
                      const struct yaml_node *node, struct sla_value *out)
{
    return has_shape(reading->draft, clause->term, node, node->kind == YAML_MAPPING) &&
           sla_record_fill(reading->draft, reading->document, &sla_record_flow, node, &out->flow);
}

/* --- parties --------------------------------------------------------------------------------- */

static struct sla_party_ref party_ref(struct slice text)
{
    struct sla_party_ref ref = { .name = text };

    ref.by_role = party_role_parse(text, &ref.role);
    return ref;
}

static bool read_parties(struct draft *draft, const struct sla_clause *clause,
                         const struct yaml_node *node, struct sla_value *out)
{
    if (!has_shape(draft, clause->term, node, is_texts(node)) || !sla_is_not_empty(draft, node)) {
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

bool sla_read_value(struct sla_reading *reading, const struct sla_clause *clause,
                    const struct yaml_node *node, struct sla_value *out)
{
    struct draft *draft = reading->draft;

    *out = (struct sla_value){ .domain = clause->term->domain };
    if (node == NULL && !sla_reading_has(reading, CLAUSE_VALUE) && clause->stance == SLA_RESERVES &&
        out->domain == SLA_DOMAIN_PARTIES) {
        own_party(draft, clause, out);
        return true;
    }
    if (node == NULL && sla_reading_has(reading, CLAUSE_VALUE)) {
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
        return read_flow(reading, clause, node, out);
    case SLA_DOMAIN_PARTIES:
        break;
    }
    return read_parties(draft, clause, node, out);
}
