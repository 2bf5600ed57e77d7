/* Every code has a page, and the files on it fail and pass as it says. */
#include <string.h>

#include "base/file.h"
#include "base/parse.h"
#include "sla/run/tests.h"
#include "tests/unit/sla/worlds.h"

#define FOLDER "docs/reference/diagnostics"
enum { PAGE_BYTES_MAX = 65536, PAGES_MAX = 256, CONFIG_CODES = 7, RULE_CODES = 10 };
/* Pages of the configuration and of rules have tests of their own. */

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* The next fenced block that starts with "```yaml WORD"; its words and its text. */
static bool next_block(struct slice *rest, const char *word, struct slice *out_words,
                       struct slice *out)
{
    struct slice fence = arena_printf(&bench.arena, "```yaml %s", word);
    size_t at = slice_find_text(*rest, fence);

    if (at == rest->len) {
        return false;
    }
    struct slice text = slice_sub(*rest, at, rest->len);
    *out_words = slice_cut(&text, '\n');
    size_t end = slice_find_text(text, SLICE("```\n"));
    *out = slice_sub(text, 0, end);
    *rest = slice_sub(text, end + 4, text.len);
    return true;
}

static bool says(struct slice words, struct slice word)
{
    return slice_find_text(words, word) < words.len;
}

static void run_block(struct slice words, struct slice text)
{
    static const char *const rule_names[] = { "ssh-bruteforce", "ssh-guessed" };
    static struct slice rules[COUNT_OF(rule_names)];
    static struct slice node;

    for (size_t i = 0; i < COUNT_OF(rules); i++) {
        rules[i] = slice_from(rule_names[i]);
    }
    node = slice_from("node-1");
    bench_clear(&bench);
    bench.options.partial = !says(words, SLICE("whole"));
    bench.options.has_day = says(words, SLICE("day"));
    bench.options.as_of_day = 20484; /* 2026-01-31 */
    if (says(words, SLICE("rules"))) {
        bench.options.rules = rules;
        bench.options.rule_count = COUNT_OF(rules);
    }
    if (says(words, SLICE("nodes"))) {
        bench.options.nodes = &node;
        bench.options.node_count = 1;
    }
    bench_add(&bench, text);
    bench_compile(&bench);
    if (says(words, SLICE("coverage")) && bench.world != NULL) {
        sla_report_coverage(bench.world, &bench.world->tests, SLA_PPB, &bench.diags);
    }
}

static void complain(const char *page, const char *what)
{
    (void)printf("\n    %s: %s; findings: %.*s", page, what, SLICE_ARG(bench_findings(&bench)));
}

static void check_page(const char *name, unsigned code)
{
    const char *path = file_path(&bench.arena, FOLDER, name);
    struct slice page = { 0 };
    struct slice words = { 0 };
    struct slice text = { 0 };
    size_t passing = 0;

    ASSERT_OK(file_load(&bench.arena, path, PAGE_BYTES_MAX, &page));
    struct slice rest = page;
    while (next_block(&rest, "fails", &words, &text)) {
        run_block(words, text);
        if (!bench_has(&bench, code)) {
            complain(name, "does not fail as it says");
        }
        CU_ASSERT_TRUE(bench_has(&bench, code));
    }
    rest = page;
    while (next_block(&rest, "passes", &words, &text)) {
        run_block(words, text);
        size_t accepted = bench.options.partial && bench_has(&bench, 302) ? 1 : 0; /* left out */
        bool clean =
            bench.diags.errors == 0 && bench.diags.warnings == accepted && !bench_has(&bench, code);
        if (!clean) {
            complain(name, "does not pass");
        }
        CU_ASSERT_TRUE(clean);
        passing++;
    }
    CU_ASSERT_EQUAL(passing, 1);
}

static unsigned code_of(const char *name)
{
    uint32_t code = 0;
    struct slice text = slice_from(name);

    if (!slice_starts(text, SLICE("RDN")) || !slice_ends(text, SLICE(".md"))) {
        return 0;
    }
    struct status status = parse_u32(slice_sub(text, 3, text.len - 3), 1, 9999, &code);
    return status_ok(&status) ? code : 0;
}

static void pages_fail_and_pass_as_they_say(void)
{
    const char **names = NULL;
    size_t count = 0;
    size_t checked = 0;

    ASSERT_OK(file_list(&bench.arena, FOLDER, PAGES_MAX, &names, &count));
    for (size_t i = 0; i < count; i++) {
        unsigned code = code_of(names[i]);
        if (code > 0 && code / 100 != CONFIG_CODES && code / 100 < RULE_CODES) {
            check_page(names[i], code);
            checked++;
        }
    }
    CU_ASSERT_TRUE(checked >= 40);
}

static CU_TestInfo tests[] = {
    { "pages fail and pass as they say", pages_fail_and_pass_as_they_say },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla pages", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
