#include "sla/read/misplaced.h"
#include "sla/read/read.h"
#include "sla/read/schema.h"
#include "sla/report.h"
#include "sla/words/bound.h"

/* `value: "<= 80 ms"` without an `op`, `op: ">= 99 %"` without a value: both stand in one. */
static bool is_both(const struct sla_term *term, const struct yaml_node *node,
                    struct sla_bound *out)
{
    return node != NULL && node->kind == YAML_SCALAR && sla_bound_take(node->text, out) &&
           out->rest.len > 0 && (term->ops & SLA_BIT(out->op)) != 0;
}

/* Stands without quotes for itself: no comment, no other member begins in it. */
static bool is_plain(struct slice text)
{
    bool plain = true;

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        bool word = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                    (byte >= 'A' && byte <= 'Z');
        bool inside =
            byte == ' ' || byte == '.' || byte == '%' || byte == '/' || byte == '-' || byte == '_';
        plain = plain && (word || (i > 0 && inside));
    }
    return plain;
}

/* In place of the member that holds both. */
static void help_with_both(const struct sla_reading *reading, struct diag *diag,
                           const struct yaml_node *member, const struct sla_bound *bound)
{
    struct draft *draft = reading->draft;
    struct diag_span all = yaml_key_span(member);
    const char *op = sla_op_name(bound->op);

    if (!is_plain(bound->rest)) {
        diag_help(draft->diags, diag, "write `op: \"%s\"`, and the bare value as `value`", op);
        return;
    }
    struct slice comma = sla_member_divider(draft, reading->mapping, member);
    struct slice right = arena_printf(draft->arena, "op: \"%s\"%.*svalue: %.*s", op,
                                      SLICE_ARG(comma), SLICE_ARG(bound->rest));

    all.byte_end = yaml_span(member).byte_end;
    diag_help(draft->diags, diag, "write `op: \"%s\", value: %.*s`", op, SLICE_ARG(bound->rest));
    (void)diag_fix(draft->diags, diag, bound->same, all, right, "write both");
}

static void report_no_op(const struct sla_reading *reading, const struct sla_term *term)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *value = reading->nodes[CLAUSE_VALUE];
    struct sla_bound bound;
    bool both = is_both(term, value, &bound);
    struct diag *diag =
        diag_add(diags, DIAG_ERROR, SLA_CODE_MISSING_KEY,
                 both ? yaml_span(value) : yaml_span(reading->mapping), "a clause needs `op`");

    if (both) {
        diag_label(diags, diag, "the bound is a member of its own");
        help_with_both(reading, diag, value, &bound);
        return;
    }
    diag_help(diags, diag, "for example `%s`", term->example);
}

/* `=` is neither of them: of a term that is bounded from one side, that was probably meant. */
static bool is_equals(struct slice text)
{
    return slice_is(text, "=") || slice_is(text, "==") || slice_is(text, "equals") ||
           slice_is(text, "is");
}

/* The operator of the term that a text says in another way. False: none. */
static bool find_said(const struct sla_term *term, struct slice text, struct sla_bound *out)
{
    const unsigned both = SLA_BIT(SLA_OP_AT_LEAST) | SLA_BIT(SLA_OP_AT_MOST);
    unsigned sides = term->ops & both;

    if (is_equals(text) && sides != 0 && sides != both) {
        *out = (struct sla_bound){ .op = sides == SLA_BIT(SLA_OP_AT_LEAST) ? SLA_OP_AT_LEAST
                                                                           : SLA_OP_AT_MOST };
        return true;
    }
    return sla_bound_take(text, out) && out->rest.len == 0 && (term->ops & SLA_BIT(out->op)) != 0;
}

static void help_with_said(struct draft *draft, struct diag *diag, const struct yaml_node *node,
                           const struct sla_bound *said)
{
    const char *op = sla_op_name(said->op);
    struct slice right = arena_printf(draft->arena, "\"%s\"", op);

    diag_help(draft->diags, diag, said->same ? "write `%s`" : "did you mean `%s`?", op);
    (void)diag_fix(draft->diags, diag, said->same, yaml_span(node), right, "replace with `%s`", op);
}

static void report_op(const struct sla_reading *reading, const struct yaml_node *node,
                      const struct sla_term *term)
{
    struct draft *draft = reading->draft;
    struct slice allowed[SLA_OPS];
    size_t count = 0;
    struct sla_bound said;
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_OPERATOR, yaml_span(node),
                 "`%.*s` is not an operator of `%s`", SLICE_ARG(node->text), term->name);

    for (unsigned i = 0; i < SLA_OPS; i++) {
        if ((term->ops & SLA_BIT(i)) != 0) {
            allowed[count++] = slice_from(sla_op_name((enum sla_op)i));
        }
    }
    if (!sla_reading_has(reading, CLAUSE_VALUE) && is_both(term, node, &said)) {
        help_with_both(reading, diag, node, &said);
    } else if (find_said(term, node->text, &said)) {
        help_with_said(draft, diag, node, &said);
    } else {
        sla_report_choices(draft, diag, yaml_span(node), node->text, allowed, count);
    }
}

bool sla_read_op(const struct sla_reading *reading, struct sla_clause *clause)
{
    struct diag_list *diags = reading->draft->diags;
    const struct yaml_node *node = reading->nodes[CLAUSE_OP];
    const struct sla_term *term = clause->term;
    bool right = clause->stance == SLA_RESERVES && (term->ops & SLA_BIT(SLA_OP_PERMIT)) != 0;

    if (node == NULL && sla_reading_has(reading, CLAUSE_OP)) {
        return false; /* of a wrong shape: reported */
    }
    if (node == NULL && right) {
        clause->op = SLA_OP_PERMIT;
        return true;
    }
    if (node == NULL) {
        report_no_op(reading, term);
        return false;
    }
    if (!sla_op_parse(node->text, &clause->op) || (term->ops & SLA_BIT(clause->op)) == 0) {
        report_op(reading, node, term);
        return false;
    }
    if (right && clause->op != SLA_OP_PERMIT) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_OPERATOR, yaml_span(node),
                                     "a reserved right cannot be `%s`", sla_op_name(clause->op));
        diag_help(diags, diag, "write `op: permit`, or `stance: requires`");
        return false;
    }
    return true;
}
