/* Published decision cases through the compiler and policy_decide. What cannot be told is listed by
 * reason in docs/reference/decisions.md, below its marked line. */
#include "base/crypto.h"
#include "base/file.h"
#include "model/decide.h"
#include "sla/values/acts.h"
#include "tests/unit/sla/published.h"
#include "tests/unit/sla/worlds.h"

enum { FILE_BYTES_MAX = 16 * 1024 * 1024, PAGE_BYTES_MAX = 256 * 1024, LINE_MAX = 120 };
enum { XACML, CEDAR, SOURCES };

static const struct {
    const char *name, *file;
    size_t cases, decided; /* of the file that the page lists: never fewer */
} sources[SOURCES] = {
    [XACML] = { "XACML 3.0", "vectors/xacml/cases.jsonl", 124, 114 },
    [CEDAR] = { "Cedar", "vectors/cedar/cases.jsonl", 12, 12 },
};

static const struct {
    const char *name, *why;
} reasons[PUBLISHED_REASONS] = {
    [PUBLISHED_MALFORMED] = { "Malformed", "the request or the policy does not follow its own "
                                           "grammar; no request of ours can be built from it" },
    [PUBLISHED_SEVERAL] = { "Several at once", "a request for several decisions, or for several "
                                               "acts in one; ours is one act on one resource" },
    [PUBLISHED_CONTENT] = { "Content",
                            "a condition looks into the content of the resource (XPath)" },
    [PUBLISHED_PATTERN] = { "Patterns", "text is matched by a pattern" },
    [PUBLISHED_FUNCTION] = { "Other functions",
                             "a function or data type that the converter does not work out" },
    [PUBLISHED_REFERENCE] = { "References", "names a policy that the case does not bring" },
    [PUBLISHED_COUNTS_TARGETS] = { "Counts targets",
                                   "only-one-applicable makes it an error when two policies apply, "
                                   "though they may agree; we tell conflicts of verdicts" },
    [PUBLISHED_OLD_ERRORS] = { "Errors of version 1",
                               "in policy sets of XACML 1.0 an error "
                               "denies, also where only a permission erred" },
    [PUBLISHED_STOPS] = { "Stops at an error",
                          "first-applicable ends at an error, though what comes next would say the "
                          "same; we have a verdict" },
    [PUBLISHED_OPENS] = { "An error permits", "permit-unless-deny takes a denial that erred as "
                                              "none; here what is not known narrows access" },
    [PUBLISHED_NESTED] = { "Nested",
                           "algorithms in algorithms beyond what tiers and Pass can say" },
    [PUBLISHED_SIZE] = { "Size", "more facts, boxes or tiers than the converter or a party has" },
    [PUBLISHED_COMPUTED] = { "Worked out before",
                             "a condition computes, compares or relates attributes. Whoever asks "
                             "works that out; its outcome comes with the request, as a group" },
    [PUBLISHED_TOGETHER] = { "Facts together",
                             "several facts about who asks in one condition, or the absence of "
                             "one. They come as one group" },
    [PUBLISHED_EITHER_WAY] = { "Not known", "a fact is missing or errs. It is a condition that the "
                                            "request does not know, and is asked for either way" },
    [PUBLISHED_SKIPPED] = { "Skipped", "a policy errs and is left out before combining" },
    [PUBLISHED_DUTIES] = { "Obligations and advice",
                           "the verdict is compared; what it is to carry along is not said" },
    [PUBLISHED_RETURNED] = { "Attributes returned",
                             "the verdict is compared; no attributes are sent back" },
};

struct tally {
    bool is_there;
    size_t cases, requests, plain, remarked, stopped, wrong;
    size_t by_reason[PUBLISHED_REASONS];
    struct buf paths[PUBLISHED_REASONS]; /* one a line */
    char digest[2 * SHA256_BYTES + 1];
};

static struct tally tallies[SOURCES];

/* --- running them ----------------------------------------------------------------------------- */

static uint32_t run_request(struct arena *arena, unsigned source, const struct json *row,
                            const struct json *request, struct tally *tally)
{
    CLEANUP(buf_done) struct buf wrong = { 0 };
    struct published_case one = { .reasons = 1U << PUBLISHED_REFERENCE };

    if (source == CEDAR) {
        cedar_read(arena, row, request, &one);
    } else {
#ifdef REDAN_LIBXML2
        xacml_read(arena, row, &one);
#endif
    }
    if (!published_decide(&one, &wrong)) {
        tally->wrong++;
        (void)printf("\n%.*s", SLICE_ARG(buf_slice(&wrong)));
    }
    tally->requests++;
    return one.reasons;
}

static void count(const struct json *row, uint32_t seen, struct tally *tally)
{
    bool is_stopped = (seen & ((1U << PUBLISHED_FIRST_REMARK) - 1)) != 0;

    tally->cases++;
    tally->stopped += is_stopped;
    tally->remarked += !is_stopped && seen != 0;
    tally->plain += seen == 0;
    for (size_t i = 0; i < PUBLISHED_REASONS; i++) {
        if ((seen >> i & 1U) != 0 && (i < PUBLISHED_FIRST_REMARK) == is_stopped) {
            tally->by_reason[i]++;
            buf_printf(&tally->paths[i], "%.*s\n", SLICE_ARG(json_text(row, "path")));
        }
    }
}

static void run_case(struct arena *arena, unsigned source, struct slice line, struct tally *tally)
{
    const struct json *row = NULL;
    uint32_t seen = 0;

    ASSERT_OK(json_read(arena, line, &row));
    const struct json *requests = json_get(row, "requests");
    if (source != CEDAR) {
        seen = run_request(arena, source, row, NULL, tally);
    }
    for (const struct json *at = requests != NULL ? requests->first : NULL; at != NULL;
         at = at->next) {
        seen |= run_request(arena, source, row, at, tally);
    }
    count(row, seen, tally);
}

static void run(unsigned source)
{
    const char *root = suite_data(sources[source].file);
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct tally *tally = &tallies[source];
    struct slice rest = { 0 };

    if (root == NULL) {
        return;
    }
    ASSERT_OK(
        file_load(&arena, file_path(&arena, root, sources[source].file), FILE_BYTES_MAX, &rest));
    struct sha256 hash = sha256_of(rest);
    sha256_hex(&hash, tally->digest);
    tally->is_there = true;
    while (rest.len > 0) {
        CLEANUP(arena_done) struct arena one = { 0 };
        run_case(&one, source, slice_cut(&rest, '\n'), tally);
    }
    (void)printf("\n    %s: %zu cases, %zu requests: %zu as they are, %zu with remarks, %zu not "
                 "decided\n",
                 sources[source].name, tally->cases, tally->requests, tally->plain, tally->remarked,
                 tally->stopped);
    CU_ASSERT_EQUAL(tally->wrong, 0);
    CU_ASSERT_EQUAL(tally->plain + tally->remarked + tally->stopped, tally->cases);
    if (tally->cases == sources[source].cases) {
        CU_ASSERT_TRUE(tally->plain + tally->remarked >= sources[source].decided);
    }
}

static void cases_of_xacml_come_to_what_they_say(void)
{
#ifdef REDAN_LIBXML2
    run(XACML);
#else
    suite_skip("built without libxml2");
#endif
}

static void cases_of_cedar_come_to_what_they_say(void)
{
    run(CEDAR);
}

/* --- the page --------------------------------------------------------------------------------- */

/* `a`, `b`, broken into lines. */
static void print_paths(struct slice paths, struct buf *out)
{
    size_t column = 0;

    while (paths.len > 0) {
        struct slice path = slice_cut(&paths, '\n');
        if (column > 0 && column + path.len + 4 > LINE_MAX) {
            buf_add_cstr(out, ",\n");
            column = 0;
        } else if (column > 0) {
            buf_add_cstr(out, ", ");
        }
        buf_printf(out, "`%.*s`", SLICE_ARG(path));
        column += path.len + 4;
    }
    buf_add_cstr(out, column > 0 ? "\n" : "");
}

static void print_reason(unsigned reason, struct buf *out)
{
    size_t total = 0;

    for (unsigned i = 0; i < SOURCES; i++) {
        total += tallies[i].by_reason[reason];
    }
    buf_printf(out, "\n**%s** (%zu of XACML, %zu of Cedar): %s.\n", reasons[reason].name,
               tallies[XACML].by_reason[reason], tallies[CEDAR].by_reason[reason],
               reasons[reason].why);
    if (total == 0) {
        return;
    }
    buf_add_char(out, '\n');
    for (unsigned i = 0; i < SOURCES; i++) {
        print_paths(buf_slice(&tallies[i].paths[reason]), out);
    }
}

static void print_page(struct buf *out)
{
    buf_add_cstr(out, "| | cases | requests | decided as they are | decided, with remarks | not "
                      "decided |\n|---|---|---|---|---|---|\n");
    for (unsigned i = 0; i < SOURCES; i++) {
        buf_printf(out, "| %s | %zu | %zu | %zu | %zu | %zu |\n", sources[i].name, tallies[i].cases,
                   tallies[i].requests, tallies[i].plain, tallies[i].remarked, tallies[i].stopped);
    }
    buf_add_cstr(out, "\nThe files, by SHA-256:\n\n");
    for (unsigned i = 0; i < SOURCES; i++) {
        buf_printf(out, "- `%s` %s\n", sources[i].file, tallies[i].digest);
    }
    buf_add_cstr(out, "\n### Not decided\n");
    for (unsigned i = 0; i < PUBLISHED_REASONS; i++) {
        if (i == PUBLISHED_FIRST_REMARK) {
            buf_add_cstr(out, "\n### Decided, with a remark\n");
        }
        print_reason(i, out);
    }
}

/* To renew it: replace everything from the table below "Published cases" with what is printed here
 * on failure. */
static void the_page_lists_what_ran_and_what_did_not(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf printed = { 0 };
    struct slice page = { 0 };

    if (!tallies[XACML].is_there || !tallies[CEDAR].is_there) {
        suite_skip("not all cases are here");
        return;
    }
    ASSERT_OK(file_load(&arena, "docs/reference/decisions.md", PAGE_BYTES_MAX, &page));
    for (unsigned i = 0; i < SOURCES; i++) {
        bool is_listed = slice_find_text(page, slice_from(tallies[i].digest)) < page.len;
        if (!is_listed && tallies[i].cases != sources[i].cases) {
            suite_skip("the page lists other cases than those of %s", sources[i].file);
            return;
        }
    }
    print_page(&printed);
    bool same = slice_ends(page, buf_slice(&printed));
    if (!same) {
        (void)printf("\n%.*s\n", SLICE_ARG(buf_slice(&printed)));
    }
    CU_ASSERT_TRUE(same);
    for (unsigned i = 0; i < SOURCES * PUBLISHED_REASONS; i++) {
        buf_done(&tallies[i / PUBLISHED_REASONS].paths[i % PUBLISHED_REASONS]);
    }
}

static enum policy_verdict ask(const struct policy_set *set, const char *who, const char *purpose)
{
    uint32_t friends = policy_subject_find(set, SLICE("house/group/friends"));
    struct policy_request request = { .groups = &friends, .group_count = 1 };

    request.act = (uint16_t)SLA_ACT_DATA_READ;
    request.subject = policy_subject_find(set, slice_from(who));
    request.known = purpose != NULL ? POLICY_KNOWS_PURPOSE : 0;
    request.purpose = purpose != NULL && slice_is(set->rules->purposes[0], purpose) ? 1 : 0;
    return policy_verdict(set, &request);
}

static void the_example_of_the_page_decides_as_it_says(void)
{
    struct bench bench;
    struct slice page = { 0 };

    bench_start(&bench);
    ASSERT_OK(file_load(&bench.arena, "docs/reference/decisions.md", PAGE_BYTES_MAX, &page));
    page = slice_sub(page, slice_find_text(page, SLICE("```yaml\n")) + 8, page.len);
    bench_add(&bench, slice_sub(page, 0, slice_find_text(page, SLICE("```"))));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "");
    if (bench.world != NULL) {
        const struct policy_set *set = &bench.world->policies;
        CU_ASSERT_EQUAL(ask(set, "house/user/ann", NULL), POLICY_VERDICT_PERMIT);
        CU_ASSERT_EQUAL(ask(set, "house/user/bob", "print"), POLICY_VERDICT_FORBID);
        CU_ASSERT_EQUAL(ask(set, "house/user/bob", "look"), POLICY_VERDICT_PERMIT);
        CU_ASSERT_EQUAL(ask(set, "house/user/bob", NULL), POLICY_VERDICT_FORBID);
    }
    bench_end(&bench);
}

static CU_TestInfo tests[] = {
    { "cases of XACML come to what they say", cases_of_xacml_come_to_what_they_say },
    { "cases of Cedar come to what they say", cases_of_cedar_come_to_what_they_say },
    { "the page lists what ran and what did not", the_page_lists_what_ran_and_what_did_not },
    { "the example of the page decides as it says", the_example_of_the_page_decides_as_it_says },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "published", .pTests = tests },
    CU_SUITE_INFO_NULL,
};
