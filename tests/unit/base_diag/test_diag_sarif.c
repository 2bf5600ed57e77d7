#include "base/diag_sarif.h"
#include "tests/suite.h"

static struct arena arena;
static struct diag_list diags;
static struct buf out;

static void set_up(void)
{
    arena = (struct arena){ 0 };
    out = (struct buf){ 0 };
    diag_list_init(&diags, &arena);
}

static void tear_down(void)
{
    buf_done(&out);
    arena_done(&arena);
}

static struct diag_rule describe(uint32_t code)
{
    return (struct diag_rule){ code == 207 ? "not a country code" : "other", "value", "5.0" };
}

/* The only run of the log. */
static const struct json *write_run(void)
{
    const struct diag_sarif about = {
        "Redan", "1.2.3", "https://docs.invalid/", "/srv", 1, describe,
    };
    const struct json *log = NULL;

    buf_clear(&out);
    diag_write_sarif(&diags, &about, &out);
    ASSERT_OK(json_read(&arena, buf_slice(&out), &log));
    ASSERT_TEXT(json_text(log, "version"), "2.1.0");
    const struct json *runs = json_get(log, "runs");
    CU_ASSERT_EQUAL_FATAL(runs->count, 1);
    return runs->first;
}

/* "results/0/level": numbers are places in arrays. */
static const struct json *at(const struct json *value, const char *path)
{
    struct slice rest = slice_from(path);

    while (rest.ptr != NULL && value != NULL) {
        struct slice part = slice_cut(&rest, '/');
        if (value->kind == JSON_OBJECT) {
            value = json_get(value, arena_cstr(&arena, part));
            continue;
        }
        int index = part.ptr[0] - '0';
        for (value = value->first; value != NULL && index > 0; index--) {
            value = value->next;
        }
    }
    return value;
}

static void check(const struct json *run, const char *path, const char *wanted)
{
    const struct json *value = at(run, path);

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    ASSERT_TEXT(value->text, wanted);
}

/* Six wide characters before the span: columns count code points, not bytes, not columns. */
static const struct diag_source wide = { "/srv/sla/\xc3\xa9 100%,a:b#?.yaml",
                                         { "a: 1\nb: \xe7\x97\x85\xe9\x99\xa2 DEU\n", 18 } };
static const struct diag_source outside = { "../other/p.yaml", { "x: y\n", 5 } };

static struct diag *add_finding(void)
{
    struct diag *diag = diag_add(&diags, DIAG_ERROR, 207, (struct diag_span){ &wide, 2, 15, 18 },
                                 "`DEU` is not a country code");

    diag_label(&diags, diag, "expected another");
    diag_help(&diags, diag, "did you mean `DE`?");
    return diag;
}

static void a_result_has_its_place(void)
{
    (void)add_finding();
    const struct json *run = write_run();

    check(run, "columnKind", "unicodeCodePoints");
    check(run, "results/0/ruleId", "RDN0207");
    check(run, "results/0/ruleIndex", "0");
    check(run, "results/0/level", "error");
    check(run, "results/0/message/text",
          "`DEU` is not a country code: expected another.\nHelp: did you mean `DE`?");
    const struct json *place = at(run, "results/0/locations/0/physicalLocation");
    check(place, "artifactLocation/uri", "sla/%C3%A9%20100%25%2Ca%3Ab%23%3F.yaml");
    check(place, "artifactLocation/uriBaseId", "%SRCROOT%");
    check(place, "region/startLine", "2");
    check(place, "region/startColumn", "7");
    check(place, "region/endLine", "2");
    check(place, "region/endColumn", "10");
    check(place, "region/snippet/text", "DEU");
    CU_ASSERT_TRUE(
        json_text(at(run, "results/0/partialFingerprints"), "primaryLocationLineHash").len > 0);
    check(run, "invocations/0/exitCode", "1");
    CU_ASSERT_PTR_NULL(at(run, "invocations/0/toolExecutionNotifications"));
}

static void rules_are_those_that_occur(void)
{
    (void)diag_add(&diags, DIAG_NOTE, 501, (struct diag_span){ &wide, 1, 0, 1 }, "m");
    (void)add_finding();
    (void)add_finding();
    (void)diag_add(&diags, DIAG_ERROR, 501, (struct diag_span){ &wide, 1, 0, 1 }, "m");
    const struct json *run = write_run();
    const struct json *rules = at(run, "tool/driver/rules");

    CU_ASSERT_EQUAL_FATAL(rules->count, 2);
    check(rules, "0/id", "RDN0207");
    check(rules, "0/name", "NotACountryCode");
    check(rules, "0/helpUri", "https://docs.invalid/RDN0207.md");
    check(rules, "0/shortDescription/text", "Not a country code.");
    check(rules, "0/properties/security-severity", "5.0");
    check(rules, "0/properties/tags/1", "value");
    check(rules, "1/defaultConfiguration/level", "error");
    check(run, "results/3/ruleIndex", "1");
    check(run, "results/3/level", "note");
}

static void other_places_and_fixes_come_along(void)
{
    struct diag *diag = add_finding();

    diag_secondary(&diags, diag, (struct diag_span){ &outside, 1, 0, 1 }, "here");
    struct diag_fix *fix =
        diag_fix(&diags, diag, true, diag->span, SLICE("DE"), "replace with `DE`");
    diag_fix_edit(&diags, fix, (struct diag_span){ &outside, 1, 4, 4 }, SLICE("z"));
    diag_fix_edit(&diags, fix, (struct diag_span){ &wide, 1, 0, 1 }, SLICE("c"));
    (void)diag_fix(&diags, diag, false, (struct diag_span){ 0 }, SLICE("q"), "without a place");
    const struct json *run = write_run();
    const struct json *related = at(run, "results/0/relatedLocations/0");

    check(related, "id", "1");
    check(related, "message/text", "here");
    check(related, "physicalLocation/artifactLocation/uri", "file:///other/p.yaml");
    CU_ASSERT_PTR_NULL(at(related, "physicalLocation/artifactLocation/uriBaseId"));
    CU_ASSERT_EQUAL_FATAL(at(run, "results/0/fixes")->count, 1);
    const struct json *changes = at(run, "results/0/fixes/0/artifactChanges");
    CU_ASSERT_EQUAL_FATAL(changes->count, 2);
    CU_ASSERT_EQUAL(at(changes, "0/replacements")->count, 2);
    check(changes, "0/replacements/0/deletedRegion/startColumn", "7");
    check(changes, "0/replacements/1/insertedContent/text", "c");
    check(changes, "1/replacements/0/deletedRegion/startColumn", "5");
    check(changes, "1/replacements/0/deletedRegion/endColumn", "5");
}

/* SARIF gives `{0}` and [words](place) in a message a meaning of their own. */
static void quoted_text_stays_text(void)
{
    (void)diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ 0 }, "%s",
                   "`{0}` [a](http://evil.invalid) \\");
    (void)diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ 0 }, "%s", "[a, b]");
    const struct json *run = write_run();

    check(run, "results/0/message/text", "`{{0}}` \\[a\\](http://evil.invalid) \\\\.");
    check(run, "results/1/message/text", "[a, b].");
    CU_ASSERT_EQUAL(at(run, "results/0/locations")->count, 0);
    CU_ASSERT_TRUE(
        json_text(at(run, "results/0/partialFingerprints"), "primaryLocationLineHash").len > 0);
}

static void what_is_cut_is_told(void)
{
    for (int i = 0; i < 5000; i++) {
        (void)diag_add(&diags, DIAG_NOTE, 2, (struct diag_span){ &wide, 1, 0, 1 }, "m");
    }
    (void)diag_add(&diags, DIAG_ERROR, 1, (struct diag_span){ &wide, 2, 5, 6 }, "e");
    const struct json *run = write_run();

    CU_ASSERT_EQUAL(at(run, "results")->count, 5000);
    check(run, "results/0/ruleId", "RDN0001");
    check(run, "invocations/0/toolExecutionNotifications/0/message/text",
          "Only 5000 of 5001 findings are listed, the worst first.");
}

static void nothing_found_is_an_empty_list(void)
{
    const struct json *run = write_run();

    CU_ASSERT_EQUAL(at(run, "results")->count, 0);
    CU_ASSERT_EQUAL(at(run, "tool/driver/rules")->count, 0);
}

static CU_TestInfo tests[] = {
    { "a result has its place", a_result_has_its_place },
    { "rules are those that occur", rules_are_those_that_occur },
    { "other places and fixes come along", other_places_and_fixes_come_along },
    { "quoted text stays text", quoted_text_stays_text },
    { "what is cut is told", what_is_cut_is_told },
    { "nothing found is an empty list", nothing_found_is_an_empty_list },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "SARIF", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
