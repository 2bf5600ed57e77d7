#include "sla/read/check.h"

#include "sla/read/field_types.h"
#include "sla/read/gets.h"
#include "sla/read/index.h"
#include "sla/read/request.h"
#include "sla/read/select.h"
#include "sla/report.h"

static const char *const expect_names[SLA_EXPECTS] = {
    [SLA_EXPECT_PERMIT] = "permit",     [SLA_EXPECT_DENY] = "deny",
    [SLA_EXPECT_NONE] = "none",         [SLA_EXPECT_CONFLICT] = "conflict",
    [SLA_EXPECT_RESPONSE] = "response", [SLA_EXPECT_BOUND] = "bound",
};

const char *sla_expect_name(enum sla_expect expect)
{
    return expect_names[expect];
}

static void report_test(struct sla_reading *reading, struct diag_span span, const char *what,
                        const char *help)
{
    struct diag_list *diags = reading->draft->diags;
    struct diag *diag = diag_add(diags, DIAG_ERROR, SLA_CODE_TEST, span, "%s", what);

    diag_help(diags, diag, "%s", help);
    reading->good = false;
}

/* A flow knows no conflict: of one party what is denied comes before what is permitted. */
#define DECIDED (SLA_BIT(SLA_EXPECT_PERMIT) | SLA_BIT(SLA_EXPECT_DENY) | SLA_BIT(SLA_EXPECT_NONE))

/* What each kind of test is about, by enum sla_test_kind. */
static const struct {
    size_t field;
    const char *about; /* its member that names a resource */
    unsigned verdicts; /* SLA_BIT of enum sla_expect: those that can come out; 0: another thing */
    const char *what;
} kinds[SLA_TEST_KINDS] = {
    [SLA_TEST_FLOW] = { TEST_FLOW, "to", DECIDED, "a flow" },
    [SLA_TEST_REQUEST] = { TEST_REQUEST, "on", DECIDED | SLA_BIT(SLA_EXPECT_CONFLICT),
                           "a request" },
    [SLA_TEST_GETS] = { TEST_GETS, "service", 0, "what a service gets" },
    [SLA_TEST_WHEN] = { TEST_WHEN, "on", 0, "a rule that fires" },
};

/* Exactly one member chooses the kind. */
static bool read_kind(struct sla_reading *reading, struct sla_test *test)
{
    size_t count = 0;

    for (unsigned i = 0; i < SLA_TEST_KINDS; i++) {
        if (!sla_reading_has(reading, kinds[i].field)) {
            continue;
        }
        if (count++ > 0) {
            report_test(reading, sla_reading_span(reading, kinds[i].field),
                        "a test is about one thing", "make two tests of it");
            return false;
        }
        test->kind = (enum sla_test_kind)i;
    }
    if (count == 0) {
        report_test(reading, yaml_span(reading->mapping),
                    "a test needs `flow`, `request`, `when` or `gets`",
                    "for example `flow: {from: 10.9.0.5, to: imaging/app-1, port: 22/tcp}`");
        return false;
    }
    if (!sla_reading_filled(reading, kinds[test->kind].field)) {
        return false;
    }
    test->node = reading->nodes[kinds[test->kind].field];
    const struct yaml_node *about = yaml_get(test->node, kinds[test->kind].about);
    test->about = about->text;
    test->about_span = yaml_span(about);
    return true;
}

static bool read_verdict(struct sla_reading *reading, const struct yaml_node *node,
                         struct sla_test *test)
{
    unsigned verdicts = kinds[test->kind].verdicts;
    const char *names[SLA_EXPECT_RESPONSE] = { NULL };

    for (unsigned i = 0; i < SLA_EXPECT_RESPONSE; i++) {
        bool fits = verdicts != 0 ? (verdicts & SLA_BIT(i)) != 0 : i == SLA_EXPECT_NONE;
        if (fits && slice_is(node->text, expect_names[i])) {
            test->expect = (enum sla_expect)i;
            return true;
        }
        names[i] = fits ? expect_names[i] : NULL;
    }
    if (verdicts != 0) {
        struct slice what =
            arena_printf(reading->draft->arena, "what can come out of %s", kinds[test->kind].what);
        (void)sla_report_word(reading->draft, SLA_CODE_WORD, yaml_span(node), node->text, what.ptr,
                              names, SLA_EXPECT_RESPONSE);
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
    bool is_decided = kinds[test->kind].verdicts != 0;

    if (test->kind == SLA_TEST_GETS) {
        return sla_read_bound(reading, node, test);
    }
    if (node->kind == YAML_SCALAR) {
        return read_verdict(reading, node, test);
    }
    if (node->kind == YAML_SEQUENCE || is_decided) {
        struct slice what =
            arena_printf(reading->draft->arena, "%s is permitted or not", kinds[test->kind].what);
        report_test(reading, yaml_span(node), is_decided ? what.ptr : "a test expects one thing",
                    is_decided ? "write `permit`, `deny` or `none`"
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

/* --- binding ---------------------------------------------------------------------------------- */

/* The one resource of a path; false: reported, or perhaps in a document that is not here. */
static bool find_resource(struct draft *draft, const struct draft_document *document,
                          const struct sla_test *test, size_t *out)
{
    struct slice name = test->about;
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
        struct diag *diag = sla_resource_report(draft, test->about_span, test->about);
        if (diag != NULL && test->kind == SLA_TEST_FLOW && diag->fixes == NULL) {
            diag_note(draft->diags, diag,
                      "`to` is the host whose rules are asked, `from` whoever "
                      "sends to it");
        }
    }
    return false;
}

/* Packets come to hosts: of a machine no flow says anything, so such a test tells nothing. */
static bool takes_packets(struct draft *draft, const struct sla_test *test)
{
    const struct resource *at = &draft->resources[test->resource]->resource;
    const struct resource *host = NULL;

    if (draft->resources[test->resource]->broken) {
        return false; /* it may be its plane that could not be read */
    }
    for (size_t i = 0; i < draft->resource_count && host == NULL; i++) {
        const struct resource *other = &draft->resources[i]->resource;
        host = other->kind == KIND_HOST && slice_eq(other->ucloud, at->ucloud) ? other : NULL;
    }
    if (at->plane == PLANE_NETWORK) {
        return true;
    }
    struct diag *diag = diag_add(draft->diags, DIAG_ERROR, SLA_CODE_PLANE, test->about_span,
                                 "no packet comes to `%.*s`", SLICE_ARG(test->about));
    diag_label(draft->diags, diag, "on plane `%s`", plane_kind_name(at->plane));
    if (host != NULL) {
        diag_help(draft->diags, diag, "name a host of plane `network`, like `%.*s/%.*s`",
                  SLICE_ARG(host->ucloud), SLICE_ARG(host->name));
    } else {
        diag_help(draft->diags, diag,
                  "name a host of plane `network`: a machine has one of its own for its addresses");
    }
    return false;
}

static bool bind_test(struct draft *draft, const struct draft_document *document,
                      struct sla_test *test)
{
    if (test->kind == SLA_TEST_GETS) {
        test->gets.bound = sla_service_find(draft, document, test->about, test->about_span);
        return test->gets.bound != NULL;
    }
    return find_resource(draft, document, test, &test->resource) &&
           (test->kind != SLA_TEST_FLOW || takes_packets(draft, test)) &&
           (test->kind != SLA_TEST_REQUEST || sla_bind_request(draft, document, test));
}

void sla_bind_tests(struct draft *draft, struct draft_document *document)
{
    struct sla_test *tests = ARENA_NEW(draft->arena, struct sla_test, document->test_count + 1);
    size_t count = 0;

    for (size_t i = 0; i < document->test_count && !document->without_ucloud; i++) {
        struct draft_test *at = &document->tests[i];
        if (!at->broken && bind_test(draft, document, &at->test)) {
            tests[count++] = at->test;
        }
    }
    document->document.tests = tests;
    document->document.test_count = count;
}
