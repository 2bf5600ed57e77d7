#include "sla/check.h"

#include "sla/field_types.h"
#include "sla/index.h"
#include "sla/report.h"
#include "sla/select.h"

static const char *const expect_names[SLA_EXPECTS] = {
    [SLA_EXPECT_PERMIT] = "permit",     [SLA_EXPECT_DENY] = "deny",
    [SLA_EXPECT_NONE] = "none",         [SLA_EXPECT_CONFLICT] = "conflict",
    [SLA_EXPECT_RESPONSE] = "response",
};

const char *sla_expect_name(enum sla_expect expect)
{
    return expect_names[expect];
}

void sla_check_test_flow(struct sla_reading *reading, void *filled)
{
    struct sla_test_flow *out = filled;

    out->to_span = sla_reading_span(reading, TEST_FLOW_TO);
}

void sla_check_test_when(struct sla_reading *reading, void *filled)
{
    struct sla_test_when *out = filled;

    out->on_span = sla_reading_span(reading, TEST_WHEN_ON);
}

static void report_test(struct sla_reading *reading, struct diag_span span, const char *what,
                        const char *help)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_TEST, span, "%s", what);

    diag_help(diags, diag, "%s", help);
    reading->good = false;
}

/* Exactly one member chooses the kind. */
static bool read_kind(struct sla_reading *reading, struct sla_test *test)
{
    bool flow = sla_reading_has(reading, TEST_FLOW);
    bool when = sla_reading_has(reading, TEST_WHEN);

    if (flow && when) {
        report_test(reading, sla_reading_span(reading, TEST_WHEN),
                    "a test is about one thing, a flow or a rule", "make two tests of it");
        return false;
    }
    if (!flow && !when) {
        report_test(reading, yaml_span(reading->mapping), "a test needs `flow` or `when`",
                    "for example `flow: {from: 10.9.0.5, to: imaging/app-1, port: 22/tcp}`");
        return false;
    }
    test->kind = flow ? SLA_TEST_FLOW : SLA_TEST_WHEN;
    return sla_reading_filled(reading, flow ? TEST_FLOW : TEST_WHEN);
}

static bool read_verdict(struct sla_reading *reading, const struct yaml_node *node,
                         struct sla_test *test)
{
    static const char *const of_flow[] = { "permit", "deny", "none", "conflict" };
    bool flow = test->kind == SLA_TEST_FLOW;

    for (unsigned i = 0; i < SLA_EXPECT_RESPONSE; i++) {
        bool fits = flow || i == SLA_EXPECT_NONE;
        if (fits && slice_is(node->text, expect_names[i])) {
            test->expect = (enum sla_expect)i;
            return true;
        }
    }
    if (flow) {
        (void)sla_report_word(reading->draft, SLA_CODE_WORD, yaml_span(node), node->text,
                              "what can come out of a flow", of_flow, COUNT_OF(of_flow));
        reading->good = false;
    } else {
        report_test(reading, yaml_span(node), "a rule that fires leads to a response, or to `none`",
                    "for example `expect: {respond: network.deny, within: 10 s}`");
    }
    return false;
}

static bool read_expect(struct sla_reading *reading, const struct yaml_node *node,
                        struct sla_test *test)
{
    if (node->kind == YAML_SCALAR) {
        return read_verdict(reading, node, test);
    }
    if (node->kind == YAML_SEQUENCE || test->kind == SLA_TEST_FLOW) {
        report_test(reading, yaml_span(node),
                    test->kind == SLA_TEST_FLOW ? "a flow is permitted or not"
                                                : "a test expects one thing",
                    test->kind == SLA_TEST_FLOW
                        ? "write `permit`, `deny`, `none` or `conflict`"
                        : "write a mapping: `{respond: network.deny, within: 10 s}`");
        return false;
    }
    test->expect = SLA_EXPECT_RESPONSE;
    bool good = sla_record_fill(reading->draft, reading->document, &sla_record_test_expect, node,
                                &test->response);
    reading->good &= good;
    return good;
}

void sla_check_test(struct sla_reading *reading, void *filled)
{
    struct draft_test *out = filled;

    out->test.span = sla_reading_span(reading, TEST_NAME);
    out->test.expect_span = sla_reading_span(reading, TEST_EXPECT);
    if (read_kind(reading, &out->test) && out->expect != NULL) {
        (void)read_expect(reading, out->expect, &out->test);
    }
    out->broken = !reading->good;
}

/* The one resource of a path; false: reported, or perhaps in a document that is not here. */
static bool find_resource(struct draft *draft, const struct draft_document *document,
                          struct slice path, struct diag_span span, size_t *out)
{
    struct slice name = path;
    struct slice ucloud = slice_cut(&name, '/');
    size_t from = 0;
    size_t to = 0;

    if (name.len > 0) {
        sla_resource_range(draft, ucloud, name, &from, &to);
    }
    if (from < to) {
        *out = from;
        return true;
    }
    if (!document->without_ucloud) {
        (void)sla_report_name(draft, SLA_CODE_EXCEPT, span, path, "a resource",
                              sla_resource_paths(draft), draft->resource_count);
    }
    return false;
}

void sla_bind_tests(struct draft *draft, struct draft_document *document)
{
    struct sla_test *tests = ARENA_NEW(draft->arena, struct sla_test, document->test_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < document->test_count; i++) {
        struct draft_test *at = &document->tests[i];
        bool flow = at->test.kind == SLA_TEST_FLOW;
        if (!at->broken &&
            find_resource(draft, document, flow ? at->test.flow.to : at->test.when.on,
                          flow ? at->test.flow.to_span : at->test.when.on_span,
                          &at->test.resource)) {
            tests[count++] = at->test;
        }
    }
    document->document.tests = tests;
    document->document.test_count = count;
}
