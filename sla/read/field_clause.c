#include "sla/read/field_types.h"

#include "sla/report.h"
#include "sla/terms/sets.h"
#include "sla/terms/when.h"
#include "sla/words/bound.h"
#include "sla/words/everyday.h"

/* `network.permit`, `allow` */
static bool is_permission(struct slice text)
{
    struct slice permit = SLICE("permit");
    size_t dot = slice_rfind(text, '.');
    struct slice word = dot < text.len ? slice_sub(text, dot + 1, text.len) : text;

    return slice_eq(word, permit) || sla_everyday(word, &permit, 1).len > 0;
}

/* What people call an action is proposed with the argument that it takes. */
static bool read_action(struct draft *draft, struct diag_span span, struct slice text,
                        enum action_kind *out)
{
    struct slice names[ACTION_KINDS];
    struct slice whole[ACTION_KINDS];

    if (action_kind_parse(text, out)) {
        return true;
    }
    if (is_permission(text)) {
        struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_WORD, span,
                                     "`%.*s` is not an action", SLICE_ARG(text));
        diag_help(
            draft->diags, diag,
            "a reaction only takes away: what may pass is a clause, `term: flow, op: permit`");
        return false;
    }
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        enum action_kind kind = (enum action_kind)i;
        names[i] = slice_from(action_kind_name(kind));
        whole[i] = arena_printf(draft->arena, "%s%s", action_kind_name(kind),
                                action_type(kind)->takes_source ? " source" : "");
    }
    bool is_called = sla_everyday(text, whole, ACTION_KINDS).len > 0;
    (void)sla_report_name(draft, SLA_CODE_WORD, span, text, "an action", is_called ? whole : names,
                          ACTION_KINDS);
    return false;
}

static bool read_act(struct draft *draft, const struct yaml_node *node, enum sla_act *out)
{
    const char *names[SLA_ACTS];

    if (sla_act_parse(node->text, out)) {
        return true;
    }
    for (size_t i = 0; i < SLA_ACTS; i++) {
        names[i] = sla_act_name((enum sla_act)i);
    }
    (void)sla_report_word(draft, SLA_CODE_WORD, yaml_span(node), node->text, "an act", names,
                          SLA_ACTS);
    return false;
}

bool sla_read_act(struct sla_reading *reading, const struct sla_field *field,
                  const struct yaml_node *node, void *filled)
{
    return read_act(reading->draft, node, sla_field_place(filled, field->offset));
}

bool sla_read_acts(struct sla_reading *reading, const struct sla_field *field,
                   const struct yaml_node *node, void *filled)
{
    uint64_t *out = sla_field_place(filled, field->offset);
    bool good = true; /* none is an answer, too */

    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        enum sla_act act = SLA_ACT_NETWORK_DENY;
        if (read_act(reading->draft, at, &act)) {
            *out |= UINT64_C(1) << act;
        } else {
            good = false;
        }
    }
    return good;
}

/* Without any argument the only one there is can be meant. */
static void report_argument(struct draft *draft, const struct yaml_node *node, struct slice name,
                            struct slice argument, bool wants_source)
{
    struct slice right =
        arena_printf(draft->arena, "%.*s%s", SLICE_ARG(name), wants_source ? " source" : "");
    struct diag *diag = diag_add(
        draft->diags, DIAG_ERROR, SLA_CODE_ACTION_ARGUMENT, yaml_span(node), "%s",
        wants_source ? "the action needs its argument `source`" : "the action takes no argument");

    if (wants_source) {
        diag_label(draft->diags, diag, "it has to say whom; `source` is who set the rule off");
    }
    diag_help(draft->diags, diag, "write `%.*s`", SLICE_ARG(right));
    (void)diag_fix(draft->diags, diag, argument.len == 0, yaml_span(node), right,
                   "replace with `%.*s`", SLICE_ARG(right));
}

/* "network.deny source", "compute.snapshot" */
static bool read_response(struct draft *draft, const struct yaml_node *node, enum action_kind *out)
{
    struct slice rest = node->text;
    struct slice name = slice_cut(&rest, ' ');

    struct slice argument = slice_trim(rest);
    struct diag_span span = argument.len > 0 ? sla_part_span(node, name) : yaml_span(node);

    if (!read_action(draft, span, name, out)) {
        return false;
    }
    bool wants_source = action_type(*out)->takes_source;
    if (wants_source ? slice_is(argument, "source") : argument.len == 0) {
        return true;
    }
    report_argument(draft, node, name, argument, wants_source);
    return false;
}

bool sla_read_actions(struct sla_reading *reading, const struct sla_field *field,
                      const struct yaml_node *node, void *filled)
{
    struct diag_list *diags = reading->draft->diags;
    enum action_kind *out = sla_field_place(filled, field->offset);
    size_t *count = sla_field_place(filled, field->count);
    bool good = true;

    if (sla_texts_count(node) == 0 || sla_texts_count(node) > REACTION_ACTIONS_MAX) {
        struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_LIMIT, yaml_span(node),
                                     "a reaction has 1 to %d actions", REACTION_ACTIONS_MAX);
        diag_help(diags, diag, "%s: what may be done when the rule fires", field->key);
        return false;
    }
    for (const struct yaml_node *at = sla_texts_first(node); at != NULL;
         at = sla_texts_next(node, at)) {
        good &= read_response(reading->draft, at, &out[*count]);
        (*count)++;
    }
    return good;
}

bool sla_read_term(struct sla_reading *reading, const struct sla_field *field,
                   const struct yaml_node *node, void *filled)
{
    struct draft *draft = reading->draft;
    const struct sla_term **out = sla_field_place(filled, field->offset);
    size_t count = sla_term_count();

    *out = sla_term_find(node->text);
    if (*out != NULL) {
        return true;
    }
    struct slice *names = ARENA_NEW(draft->arena, struct slice, count);
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_TERM, yaml_span(node),
                                 "`%.*s` is not a term", SLICE_ARG(node->text));
    size_t called = sla_terms_called(node->text, names);
    if (called > 0) {
        sla_report_meant(draft, diag, yaml_span(node), names, called);
    } else {
        for (size_t i = 0; i < count; i++) {
            names[i] = slice_from(sla_term_at(i)->name);
        }
        sla_report_choices(draft, diag, yaml_span(node), node->text, names, count);
    }
    diag_note(draft->diags, diag,
              "`redan explain` lists all terms, `redan explain availability` explains one");
    return false;
}

/* "high", ">= high", "<= low" */
static bool parse_severities(struct slice text, unsigned *out)
{
    const unsigned all = SLA_BIT(SEVERITY_KINDS) - 1U;
    bool up = slice_starts(text, SLICE(">="));
    bool down = slice_starts(text, SLICE("<="));
    enum severity bound = SEVERITY_INFO;

    if (!severity_parse(up || down ? slice_trim(slice_sub(text, 2, text.len)) : text, &bound)) {
        return false;
    }
    *out = up     ? all & ~(SLA_BIT(bound) - 1U)
           : down ? all >> (SEVERITY_CRITICAL - bound)
                  : SLA_BIT(bound);
    return true;
}

/* "at least high", "high or above"; "> high" begins one above. False: it is something else. */
static bool parse_said(struct slice text, enum sla_op *out_op, int *out_bound)
{
    struct sla_bound bound;
    enum severity said = SEVERITY_INFO;

    if (!sla_bound_take(text, &bound) || !severity_parse(bound.rest, &said)) {
        return false;
    }
    int step = bound.op == SLA_OP_AT_LEAST ? 1 : -1;
    *out_op = bound.op;
    *out_bound = (int)said + (bound.same ? 0 : step);
    return *out_bound >= SEVERITY_INFO && *out_bound <= SEVERITY_CRITICAL;
}

static void report_severity(struct draft *draft, const struct yaml_node *node)
{
    struct diag_list *diags = draft->diags;
    enum sla_op op = SLA_OP_AT_LEAST;
    int bound = SEVERITY_HIGH;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_QUANTITY, yaml_span(node),
                                 "`%.*s` is not a bound on severity", SLICE_ARG(node->text));

    if (parse_said(node->text, &op, &bound)) {
        struct slice right = arena_printf(draft->arena, "\"%s %s\"", sla_op_name(op),
                                          severity_name((enum severity)bound));
        diag_help(diags, diag, "write `%.*s`", SLICE_ARG(right));
        (void)diag_fix(diags, diag, true, yaml_span(node), right, "replace with `%.*s`",
                       SLICE_ARG(right));
        return;
    }
    diag_label(diags, diag, "expected `\">= high\"`");
    diag_help(diags, diag, "severities: %s, %s, %s, %s, %s", severity_name(SEVERITY_INFO),
              severity_name(SEVERITY_LOW), severity_name(SEVERITY_MEDIUM),
              severity_name(SEVERITY_HIGH), severity_name(SEVERITY_CRITICAL));
}

bool sla_read_severity(struct sla_reading *reading, const struct sla_field *field,
                       const struct yaml_node *node, void *filled)
{
    unsigned *out = sla_field_place(filled, field->offset);
    const struct draft_set *set = NULL;

    if (parse_severities(node->text, out)) {
        return true;
    }
    enum sla_found found =
        sla_set_find(reading->draft, reading->document, SLA_SET_SEVERITIES, node, &set);
    if (found == SLA_FOUND) {
        *out = set->severities;
    } else if (found == SLA_FOUND_NOTHING) {
        if (sla_set_resembles(reading->draft, reading->document, SLA_SET_SEVERITIES, node->text)) {
            sla_set_report(reading->draft, reading->document, SLA_SET_SEVERITIES, node);
        } else {
            report_severity(reading->draft, node);
        }
    }
    return found == SLA_FOUND;
}
