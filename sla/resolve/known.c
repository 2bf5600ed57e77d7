#include "sla/resolve/known.h"

#include "sla/report.h"

static void take_names(struct draft *draft, const struct slice *names, size_t count,
                       struct sla_names *out)
{
    size_t known = names != NULL ? count : 0;

    sla_names_init(out, draft->arena, known);
    for (size_t i = 0; i < known; i++) {
        sla_names_add(out, names[i], (uint32_t)i);
    }
    sla_names_sort(out);
}

void sla_know(struct draft *draft)
{
    const struct sla_options *options = &draft->options;

    take_names(draft, options->rules, options->rule_count, &draft->rules);
    take_names(draft, options->nodes, options->node_count, &draft->nodes);
}

/* The name of a rule that nothing has, and what becomes of it. */
static void check_rule(struct draft *draft, const struct yaml_node *rule, struct slice in_vain)
{
    const struct sla_options *options = &draft->options;

    if (options->rules == NULL || rule == NULL || sla_names_find(&draft->rules, rule->text, NULL)) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_RULE, yaml_span(rule),
                                 "no rule that detects is named `%.*s`", SLICE_ARG(rule->text));
    diag_label(draft->diags, diag, "%.*s", SLICE_ARG(in_vain));
    sla_report_choices(draft, diag, yaml_span(rule), rule->text, options->rules,
                       options->rule_count);
    if (options->rules_from != NULL) {
        diag_note(draft->diags, diag, "looked up in %s", options->rules_from);
    }
}

static void check_reaction(struct draft *draft, const struct draft_clause *clause)
{
    if (!clause->broken && clause->rule != NULL) {
        check_rule(draft, clause->rule,
                   arena_printf(draft->arena, "reaction `%.*s` never acts",
                                SLICE_ARG(clause->clause.ref.clause)));
    }
}

static void check_test(struct draft *draft, const struct draft_test *test)
{
    if (!test->broken && test->test.kind == SLA_TEST_WHEN) {
        check_rule(draft, yaml_get(test->test.node, "rule"),
                   SLICE("the test is of what never happens"));
    }
}

static void check_node(struct draft *draft, const struct draft_resource *resource)
{
    const struct sla_options *options = &draft->options;
    const struct yaml_node *node = yaml_get(resource->node, "node");

    if (options->nodes == NULL || resource->broken || node == NULL ||
        sla_names_find(&draft->nodes, node->text, NULL)) {
        return;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_WARNING, SLA_CODE_NODE, yaml_span(node),
                                 "node `%.*s` is not enrolled", SLICE_ARG(node->text));
    diag_label(draft->diags, diag, "nothing can act on `%.*s`", SLICE_ARG(resource->resource.name));
    if (!sla_report_nearest(draft, diag, yaml_span(node), node->text, options->nodes,
                            options->node_count)) {
        diag_help(draft->diags, diag, "redan node add %.*s", SLICE_ARG(node->text));
    }
}

void sla_check_known(struct draft *draft, const struct draft_document *document)
{
    for (size_t i = 0; i < document->clause_count; i++) {
        check_reaction(draft, &document->clauses[i]);
    }
    for (size_t i = 0; i < document->test_count; i++) {
        check_test(draft, &document->tests[i]);
    }
    for (size_t i = 0; i < document->resource_count; i++) {
        check_node(draft, &document->resources[i]);
    }
}
