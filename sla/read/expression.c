#include "sla/read/expression.h"

#include "sla/read/check.h"
#include "sla/read/field_types.h"
#include "sla/read/index.h"
#include "sla/report.h"
#include "sla/words/form.h"

static const struct yaml_node *skip_expressions(const struct yaml_node *at)
{
    while (at != NULL && slice_is(at->key, "matchExpressions")) {
        at = at->next;
    }
    return at;
}

const struct yaml_node *sla_equality_first(const struct draft_target *target)
{
    return target->select != NULL ? skip_expressions(target->select->first) : NULL;
}

const struct yaml_node *sla_equality_next(const struct yaml_node *at)
{
    return skip_expressions(at->next);
}

/* --- whether they fit ------------------------------------------------------------------------ */

static bool is_listed(const struct draft_expression *expression, struct slice value)
{
    for (size_t i = 0; i < expression->value_count; i++) {
        if (slice_eq(expression->values[i], value)) {
            return true;
        }
    }
    return false;
}

/* `value` NULL: there is no such label. */
static bool fits(const struct draft_expression *expression, const struct slice *value)
{
    switch (expression->operator) {
    case SLA_IN:
        return value != NULL && is_listed(expression, *value);
    case SLA_NOT_IN:
        return value == NULL || !is_listed(expression, *value);
    case SLA_EXISTS:
        return value != NULL;
    case SLA_DOES_NOT_EXIST:
        break;
    }
    return value == NULL;
}

bool sla_expressions_fit(const struct draft_target *target, const struct draft_resource *resource)
{
    for (size_t i = 0; i < target->expression_count; i++) {
        const struct draft_expression *expression = &target->expressions[i];
        const struct yaml_node *label = resource->labels != NULL ? resource->labels->first : NULL;
        while (label != NULL && !slice_eq(label->key, expression->key)) {
            label = label->next;
        }
        if (!fits(expression, label != NULL ? &label->text : NULL)) {
            return false;
        }
    }
    return true;
}

/* --- reading --------------------------------------------------------------------------------- */

static struct diag *report(struct draft *draft, struct diag_span span, const char *message,
                           const char *label)
{
    struct diag *diag =
        diag_add(draft->diags, DIAG_ERROR, SLA_CODE_EXPRESSION, span, "%s", message);

    diag_label(draft->diags, diag, "%s", label);
    diag_help(draft->diags, diag,
              "`In` and `NotIn` have `values`, `Exists` and `DoesNotExist` have none; all "
              "expressions and equalities must fit");
    return diag;
}

/* Another key, or another value, is one that no label has: nothing would fit, or all would. */
static bool check_form(const struct sla_reading *reading, const struct draft_expression *expression)
{
    struct draft *draft = reading->draft;
    struct status status = STATUS_SUCCESS;
    struct diag_span span = expression->span;

    if (sla_reading_filled(reading, EXPRESSION_KEY)) {
        span = sla_reading_span(reading, EXPRESSION_KEY);
        status =
            sla_is_property(expression->key)
                ? status_error(STATUS_INVALID, "a property: write it beside `matchExpressions`")
                : sla_check_label_key(expression->key);
    }
    if (!status_ok(&status)) {
        (void)report(draft, span, "the key is not that of a label", status.msg);
        return false;
    }
    const struct yaml_node *values = reading->nodes[EXPRESSION_VALUES];
    for (const struct yaml_node *at = sla_texts_first(values); at != NULL;
         at = sla_texts_next(values, at)) {
        status = sla_check_label_value(at->text);
        if (!status_ok(&status)) {
            (void)report(draft, yaml_span(at), "the value is not that of a label", status.msg);
            return false;
        }
    }
    return true;
}

void sla_check_expression(struct sla_reading *reading, void *filled)
{
    struct draft_expression *out = filled;
    bool takes_values = out->operator== SLA_IN || out->operator== SLA_NOT_IN;
    bool has_values = sla_reading_has(reading, EXPRESSION_VALUES);

    out->span = yaml_span(reading->mapping);
    reading->good &= check_form(reading, out);
    if (sla_reading_filled(reading, EXPRESSION_OPERATOR)) {
        if (takes_values && (!has_values || (sla_reading_filled(reading, EXPRESSION_VALUES) &&
                                             out->value_count == 0))) {
            (void)report(reading->draft, out->span, "the expression has no values",
                         "needs `values`");
            reading->good = false;
        } else if (!takes_values && has_values) {
            (void)report(reading->draft, sla_reading_span(reading, EXPRESSION_VALUES),
                         "the expression takes no values", "leave `values` out");
            reading->good = false;
        }
    }
    if (out->value_count > SLA_EXPRESSION_VALUES_MAX) {
        struct diag *diag = diag_add(reading->draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, out->span,
                                     "an expression has %zu values", out->value_count);
        diag_help(reading->draft->diags, diag,
                  "it has at most %d: give the resources a label in "
                  "common",
                  SLA_EXPRESSION_VALUES_MAX);
        reading->good = false;
    }
    out->broken = !reading->good;
}

/* What the label of this name must be by an equality; NULL: nothing is said. */
static const struct slice *equality_of(const struct draft_target *target, struct slice key)
{
    const struct yaml_node *at = sla_equality_first(target);

    while (at != NULL && !slice_eq(at->key, key)) {
        at = sla_equality_next(at);
    }
    return at != NULL ? &at->text : NULL;
}

/* Whether all that is said of the label of this name fits one value, or its absence. */
static bool all_fit(const struct draft_target *target, struct slice key, const struct slice *value)
{
    const struct slice *equal = equality_of(target, key);

    if (equal != NULL && (value == NULL || !slice_eq(*equal, *value))) {
        return false;
    }
    for (size_t i = 0; i < target->expression_count; i++) {
        if (slice_eq(target->expressions[i].key, key) && !fits(&target->expressions[i], value)) {
            return false;
        }
    }
    return true;
}

/* A value that no document names fits whatever lists none. */
static bool can_fit(const struct draft_target *target, const struct draft_expression *expression)
{
    const struct slice other = SLICE("\1");
    const struct slice *equal = equality_of(target, expression->key);

    if (all_fit(target, expression->key, NULL) || all_fit(target, expression->key, &other) ||
        (equal != NULL && all_fit(target, expression->key, equal))) {
        return true;
    }
    for (size_t i = 0; i < expression->value_count; i++) {
        if (all_fit(target, expression->key, &expression->values[i])) {
            return true;
        }
    }
    return false;
}

/* One `In` of each name decides: what it does not list cannot fit. */
static bool check_together(struct draft *draft, const struct draft_target *target)
{
    for (size_t i = 0; i < target->expression_count; i++) {
        const struct draft_expression *expression = &target->expressions[i];
        bool first = true;
        for (size_t j = 0; j < i; j++) {
            first = first && !slice_eq(target->expressions[j].key, expression->key);
        }
        const struct draft_expression *deciding = expression;
        for (size_t j = i; j < target->expression_count; j++) {
            const struct draft_expression *other = &target->expressions[j];
            if (slice_eq(other->key, expression->key) && other->operator== SLA_IN) {
                deciding = other;
            }
        }
        if (first && !can_fit(target, deciding)) {
            (void)report(draft, deciding->span, "no resource can fit this selector",
                         "not together with the others of this key");
            return false;
        }
    }
    return true;
}

static bool count_is_small(struct draft *draft, const struct yaml_node *list)
{
    if (list->count <= SLA_EXPRESSIONS_MAX) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_key_span(list),
                                 "a selector has %u expressions", list->count);
    diag_help(draft->diags, diag, "it has at most %d", SLA_EXPRESSIONS_MAX);
    return false;
}

bool sla_read_expressions(struct sla_reading *reading, struct draft_target *target)
{
    const struct yaml_node *list = yaml_get(target->select, "matchExpressions");
    struct draft *draft = reading->draft;
    bool good = true;

    if (list == NULL || list->kind != YAML_SEQUENCE) {
        return true; /* of a wrong shape: reported */
    }
    if (!count_is_small(draft, list)) {
        return false;
    }
    target->expressions = ARENA_NEW(draft->arena, struct draft_expression, list->count + 1);
    for (const struct yaml_node *at = list->first; at != NULL; at = at->next) {
        good &= sla_record_fill(draft, reading->document, &sla_record_expression, at,
                                &target->expressions[target->expression_count++]);
    }
    return good && check_together(draft, target);
}
