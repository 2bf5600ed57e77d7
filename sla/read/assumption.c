#include "sla/read/check.h"
#include "sla/read/read.h"
#include "sla/report.h"
#include "sla/terms/domain.h"

/* The term is one of those that stand here alone. */
static bool check_term(const struct sla_reading *reading, const struct sla_term *term)
{
    struct draft *draft = reading->draft;
    const struct yaml_node *node = reading->nodes[ASSUMPTION_TERM];
    struct slice names[SLA_ASSUMINGS];

    if (term->becomes == SLA_BECOMES_ASSUMPTION) {
        return true;
    }
    for (size_t i = 0; i < SLA_ASSUMINGS; i++) {
        names[i] = slice_from(sla_terms_given.terms[i].name);
    }
    (void)sla_report_name(draft, SLA_CODE_TERM, yaml_span(node), node->text,
                          "a term of an assumption", names, SLA_ASSUMINGS);
    return false;
}

static bool check_op(const struct sla_reading *reading, struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *node = reading->nodes[ASSUMPTION_OP];

    if (node == NULL) {
        return false; /* reported */
    }
    if (sla_op_parse(node->text, &clause->op) && (clause->term->ops & SLA_BIT(clause->op)) != 0) {
        return true;
    }
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_OPERATOR, yaml_span(node),
                 "`%.*s` is not an operator of `%s`", SLICE_ARG(node->text), clause->term->name);
    diag_help(diags, diag, "for example `%s`", clause->term->example);
    return false;
}

/* How often, in which time? */
static bool check_window(const struct sla_reading *reading, const struct sla_term *term)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *node = reading->nodes[ASSUMPTION_WINDOW];
    bool needed = (term->needed & SLA_EXTRA_WINDOW) != 0;
    struct diag *diag = NULL;

    if (needed && !sla_reading_has(reading, ASSUMPTION_WINDOW)) {
        diag = diag_add(diags, DIAG_ERROR, SLA_CODE_ASSUMPTION, yaml_span(reading->mapping),
                        "`%s` without a window", term->name);
        diag_help(diags, diag, "for example `%s`", term->example);
        return false;
    }
    if (needed || node == NULL) {
        return true;
    }
    diag = diag_add(diags, DIAG_ERROR, SLA_CODE_MEMBER_OF_TERM, yaml_key_span(node),
                    "`window` means nothing here");
    diag_label(diags, diag, "not with term `%s`", term->name);
    diag_help(diags, diag, "for example `%s`", term->example);
    return false;
}

static bool check_by_term(struct sla_reading *reading, struct sla_clause *clause)
{
    const struct yaml_node *value = reading->nodes[ASSUMPTION_VALUE];

    if (clause->term == NULL || !check_term(reading, clause->term) || !check_op(reading, clause)) {
        return false;
    }
    bool good = check_window(reading, clause->term);
    return value != NULL && clause->term->domain->parse(reading, clause, value, &clause->value) &&
           good;
}

void sla_check_assumption(struct sla_reading *reading, void *filled)
{
    struct draft_assumption *out = filled;

    sla_read_head(reading, ASSUMPTION_ID, &out->head);
    out->owner_span = sla_reading_span(reading, ASSUMPTION_OWNER);
    out->head.clause.stance = SLA_REQUIRES;
    reading->good &= check_by_term(reading, &out->head.clause);
    out->head.broken = !reading->good;
}
