#include "sla/read/field_types.h"
#include "sla/read/read.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

bool sla_value_is_texts(const struct yaml_node *node)
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

bool sla_value_has_shape(struct draft *draft, const struct sla_term *term,
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

    if (node == NULL && sla_reading_has(reading, CLAUSE_VALUE)) {
        return false; /* it was there, of a wrong shape: reported */
    }
    if (node == NULL && clause->stance == SLA_RESERVES &&
        clause->term->domain == &sla_domain_parties) {
        own_party(draft, clause, out);
        return true;
    }
    if (node == NULL) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_MISSING_KEY,
                                     yaml_span(clause->node), "a clause needs `value`");
        diag_help(draft->diags, diag, "for example `%s`", clause->term->example);
        return false;
    }
    bool good = clause->term->domain->parse(reading, clause, node, out);
    if (clause->term->domain->is_text && good) { /* quotes make no wrong value right */
        sla_note_readers(draft, node);
    }
    return good;
}
