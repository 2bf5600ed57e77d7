/* Safe fixes: what is kept, what is not, over several files, line ends and wide characters. */
#include "sla/fix.h"

#include "base/yaml.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;
static struct sla_fix_result fixed;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static void fix(void)
{
    bench.options.partial = true;
    sla_fix(&bench.arena, bench.sources, bench.count, &bench.options, &fixed);
}

/* One SecuritySLA whose clauses are these. */
static void add_clauses(const char *clauses)
{
    struct slice spec =
        arena_printf(&bench.arena, "  targets: [{id: web}]\n  clauses:\n%s", clauses);

    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
}

static bool has(size_t source, const char *text)
{
    struct slice all = fixed.sources[source].text;

    return slice_find_text(all, slice_from(text)) < all.len;
}

struct row {
    const char *what, *from, *to; /* clauses */
    size_t applied, left_out, errors;
};

static const struct row rows[] = {
    { "a country", "    - {id: a, on: web, term: location, op: in, value: [DEU]}\n",
      "    - {id: a, on: web, term: location, op: in, value: [DE]}\n", 1, 0, 0 },
    { "two in one line, of which the second is found after the first",
      "    - {id: a, on: web, trem: location, op: in, value: [DEU, FR]}\n",
      "    - {id: a, on: web, term: location, op: in, value: [DE, FR]}\n", 2, 0, 0 },
    { "a name of the document", "    - {id: a, on: wbe, term: location, op: in, value: [DE]}\n",
      "    - {id: a, on: web, term: location, op: in, value: [DE]}\n", 1, 0, 0 },
    { "one that is not to be mended does not keep the others from being mended",
      "    - {id: a, on: web, onn: web, term: location, op: in, value: [DEU]}\n",
      "    - {id: a, on: web, onn: web, term: location, op: in, value: [DE]}\n", 1, 0, 1 },
    { "two that would be the same key: the first one is mended",
      "    - {id: a, om: web, onn: web, term: location, op: in, value: [DE]}\n",
      "    - {id: a, on: web, onn: web, term: location, op: in, value: [DE]}\n", 1, 0, 1 },
    { "nothing near enough", "    - {id: a, on: web, term: location, op: in, value: [EUROPE]}\n",
      "    - {id: a, on: web, term: location, op: in, value: [EUROPE]}\n", 0, 0, 1 },
    { "an error that the mistake had hidden",
      "    - {id: a, on: web, term: locatoin, op: within, value: 7}\n",
      "    - {id: a, on: web, term: location, op: within, value: 7}\n", 1, 0, 1 },
    { "wide characters and tabs before it",
      "    - {id: a, on: web, term: location, op: in, controls: [\"病院\t😀\"], value: [DEU]}\n",
      "    - {id: a, on: web, term: location, op: in, controls: [\"病院\t😀\"], value: [DE]}\n", 1,
      0, 0 },
    { "lines that end in CR LF",
      "    - {id: a, on: web, term: location,\r\n      op: in, value: [DEU]}\r\n",
      "    - {id: a, on: web, term: location,\r\n      op: in, value: [DE]}\r\n", 1, 0, 0 },
    { "a country without a part of it",
      "    - {id: a, on: web, term: location, op: in, value: [DE without Berlin]}\n",
      "    - {id: a, on: web, term: location, op: in, value: [DE without Berlin]}\n", 0, 0, 1 },
    { "a part of a country",
      "    - {id: a, on: web, term: location, op: not in, value: [US territories]}\n",
      "    - {id: a, on: web, term: location, op: not in, value: [US territories]}\n", 0, 0, 1 },
    { "countries between blanks",
      "    - {id: a, on: web, term: location, op: in, value: \"DE FR\"}\n",
      "    - {id: a, on: web, term: location, op: in, value: [DE, FR]}\n", 1, 0, 0 },
    { "countries between blanks that are words, too",
      "    - {id: a, on: web, term: location, op: in, value: \"IS NO\"}\n",
      "    - {id: a, on: web, term: location, op: in, value: \"IS NO\"}\n", 0, 0, 1 },
    { "such countries between commas",
      "    - {id: a, on: web, term: location, op: in, value: \"IN, DE\"}\n",
      "    - {id: a, on: web, term: location, op: in, value: [IN, DE]}\n", 1, 0, 0 },
    { "a bound and its value",
      "    - {id: a, on: web, term: availability, value: \"at least 99.9 %\", window: 30d}\n",
      "    - {id: a, on: web, term: availability, op: \">=\", value: 99.9 %, window: 30d}\n", 1, 0,
      0 },
    { "a bound, and what would be a comment",
      "    - {id: a, on: web, term: availability, value: \"at least 99.9 % # ha\", window: 30d}\n",
      "    - {id: a, on: web, term: availability, value: \"at least 99.9 % # ha\", window: 30d}\n",
      0, 0, 1 },
    { "a bound, and what would be a member",
      "    - {id: a, on: web, term: availability, value: \">= 99.9 %, window: 30d\"}\n",
      "    - {id: a, on: web, term: availability, value: \">= 99.9 %, window: 30d\"}\n", 0, 0, 1 },
};

static void rows_become_what_they_say(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        add_clauses(rows[i].from);
        fix();
        bool good = has(0, rows[i].to) && fixed.applied_count == rows[i].applied &&
                    fixed.left_out == rows[i].left_out && fixed.diags.errors == rows[i].errors;
        if (!good) {
            (void)printf("\n    %s: applied %zu, left out %zu, errors %zu\n%.*s", rows[i].what,
                         fixed.applied_count, fixed.left_out, fixed.diags.errors,
                         SLICE_ARG(fixed.sources[0].text));
        }
        CU_ASSERT_TRUE(good);
    }
}

static void each_file_gets_its_own_fixes(void)
{
    add_clauses("    - {id: a, on: web, term: location, op: in, value: [DEU, FRA]}\n");
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: web, plane: compte, layer: L2, node: n1, provider: dc}\n"));
    bench_add(&bench, text_offer(&bench, "dc", "  targets: [{id: all}]\n  clauses: []\n"));
    fix();
    CU_ASSERT_EQUAL(fixed.applied_count, 3);
    CU_ASSERT_EQUAL(fixed.diags.errors, 0);
    CU_ASSERT_TRUE(has(0, "value: [DE, FR]"));
    CU_ASSERT_TRUE(has(1, "plane: compute"));
    CU_ASSERT_PTR_EQUAL(fixed.sources[2].text.ptr, bench.sources[2].text.ptr);
    ASSERT_TEXT(slice_from(fixed.applied[0].file), "f1.yaml");
    ASSERT_TEXT(slice_from(fixed.applied[2].file), "f2.yaml");
    CU_ASSERT_EQUAL(fixed.applied[2].code, 206);
    ASSERT_TEXT(fixed.applied[2].title, "replace with `compute`");
}

static void a_sound_text_stays_as_it_is(void)
{
    add_clauses("    - {id: a, on: web, term: location, op: in, value: [DE]}\n");
    fix();
    CU_ASSERT_EQUAL(fixed.applied_count, 0);
    CU_ASSERT_PTR_EQUAL(fixed.sources[0].text.ptr, bench.sources[0].text.ptr);
}

static void fixing_twice_changes_nothing_more(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        add_clauses(rows[i].from);
        fix();
        bench.sources[0] = fixed.sources[0];
        fix();
        CU_ASSERT_EQUAL(fixed.applied_count, 0);
    }
}

/* What was signed is not edited, wherever in a file it stands; what stands beside it is. */
/* More findings that read the same than a list keeps of its own accord. */
static void many_findings_are_mended_in_one_round(void)
{
    CLEANUP(buf_done) struct buf clauses = { 0 };
    size_t count = 2 * (size_t)DIAG_KEPT_MAX + 1000;

    for (size_t i = 0; i < count; i++) {
        buf_printf(&clauses, "    - {id: c%zu, on: web, term: location, op: in, value: [NO]}\n", i);
    }
    buf_add_char(&clauses, '\0');
    add_clauses(clauses.ptr);
    fix();
    CU_ASSERT_EQUAL(fixed.applied_count, count);
    CU_ASSERT_EQUAL(fixed.left_out, 0);
    CU_ASSERT_FALSE(has(0, "[NO]"));
}

/* More errors than are read of a text that is only checked: those behind them would look new. */
static void mend_many(const char *clause, const char *wrong)
{
    CLEANUP(buf_done) struct buf clauses = { 0 };
    size_t count = 4 * (size_t)YAML_ERRORS_MAX + 1;

    for (size_t i = 0; i < count; i++) {
        buf_printf(&clauses, "    - {id: c%zu, on: web, %s}\n", i, clause);
    }
    buf_add_char(&clauses, '\0');
    bench_clear(&bench);
    add_clauses(clauses.ptr);
    fix();
    CU_ASSERT_EQUAL(fixed.applied_count, count);
    CU_ASSERT_EQUAL(fixed.left_out, 0);
    CU_ASSERT_FALSE(has(0, wrong));
}

static void more_errors_than_a_check_reads_are_mended(void)
{
    mend_many("trem: location, op: in, value: [DE]", "trem");
    mend_many("term: authorization, action: data.read, op: permit, value: grop/ops", "grop");
}

static void what_an_agreement_in_force_pins_stays(void)
{
    static const char *const states[] = { "in-force", "negotiated" };

    for (size_t i = 0; i < COUNT_OF(states); i++) {
        const char *spec = "  targets: [{id: web}]\n  clauses:\n"
                           "    - {id: a, on: web, term: location, op: in, value: [DEU]}\n";
        bool pinned = i == 0;
        bench_clear(&bench);
        bench_add(&bench, arena_printf(&bench.arena, "%.*s---\n%.*s",
                                       SLICE_ARG(text_sla(&bench, "other", spec)),
                                       SLICE_ARG(text_sla(&bench, "shop", spec))));
        bench_add(&bench,
                  arena_printf(
                      &bench.arena,
                      "apiVersion: redan/v1\nkind: Agreement\n"
                      "metadata: {name: deal, party: shop, role: tenant}\nspec:\n"
                      "  state: %s\n  documents:\n"
                      "    - {kind: SecuritySLA, party: shop, name: shop, version: 1, dijest: x}\n",
                      states[i]));
        fix();
        CU_ASSERT_TRUE(has(0, "name: other"));
        struct slice rest = fixed.sources[0].text;
        size_t second = slice_find_text(rest, SLICE("---"));
        CU_ASSERT_TRUE(slice_find_text(slice_sub(rest, 0, second), SLICE("[DE]")) < second);
        CU_ASSERT_EQUAL(has(0, "[DEU]"), pinned);
        CU_ASSERT_EQUAL(has(1, "dijest"), pinned);
        CU_ASSERT_EQUAL(fixed.pinned_count, pinned ? 2 : 0);
        CU_ASSERT_EQUAL(fixed.left_out, 0);
        for (size_t j = 0; j < fixed.pinned_count; j++) {
            ASSERT_TEXT(fixed.pinned[j].agreement, "deal");
        }
    }
}

/* A digest is of a text that other fixes change: it is mended after them, and not one by one. */
static void what_other_fixes_undo_is_mended_after_them(void)
{
    enum { DOCUMENTS = SLA_FIX_TRIES_MAX + 100 };
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, "apiVersion: redan/v1\nkind: Agreement\n"
                        "metadata: {name: deal, party: shop, role: tenant}\nspec:\n"
                        "  state: draft\n  documents:\n");
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        buf_printf(&text,
                   "    - {kind: ProviderOffer, party: dc, name: o%u, version: 1, digest: "
                   "\"sha256:%064u\"}\n",
                   i, i);
    }
    for (unsigned i = 0; i < DOCUMENTS; i++) {
        buf_printf(&text,
                   "---\napiVersion: redan/v1\nkind: ProviderOffer\n"
                   "metadata: {name: o%u, party: dc, role: provider, assertedBy: shop}\n"
                   "spec:\n  targets: [{id: all}]\n  clauses: []\n",
                   i);
    }
    bench_add(&bench, buf_slice(&text));
    fix();
    CU_ASSERT_EQUAL(fixed.applied_count, 2 * (size_t)DOCUMENTS);
    CU_ASSERT_EQUAL(fixed.left_out, 0);
    CU_ASSERT_FALSE(has(0, "assertedBy: shop"));
    bench_clear(&bench);
}

static void fix_whole(void)
{
    sla_fix(&bench.arena, bench.sources, bench.count, &bench.options, &fixed);
}

#define HOST                                                                                       \
    "    - {name: %s, plane: network, layer: L2, node: n1, provider: dc, addresses: "              \
    "[10.0.0.%u]}\n"
#define ASKS                                                                                       \
    "  targets: [{id: web, plane: network}]\n"                                                     \
    "  clauses: [{id: a, on: web, term: flow, op: permit, value: {from: any, ports: "              \
    "[443/tcp]}}]\n"                                                                               \
    "  tests:\n    - {name: in, flow: {from: 203.0.113.9, to: store/web-2, port: 443/tcp}, "       \
    "expect: permit}\n"

/* One of two that have one name may be the misnamed one: what asks for the other is right. */
static void a_name_is_not_mended_into_one_that_is_repeated(void)
{
    static const struct {
        const char *second;
        bool is_mended;
    } cases[] = { { "web-1", false }, { "db", true } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice hosts =
            arena_printf(&bench.arena, HOST HOST, "web-1", 1U, cases[i].second, 2U);
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", ASKS));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", hosts.ptr));
        fix_whole();
        CU_ASSERT_EQUAL(has(0, "to: store/web-1"), cases[i].is_mended);
    }
}

#define SETS                                                                                       \
    "  sets:\n    - {id: office-1, addresses: [203.0.113.0/24]}\n"                                 \
    "    - {id: %s, addresses: [198.51.100.0/24]}\n"                                               \
    "  targets: [{id: web, plane: network}]\n  clauses:\n"                                         \
    "    - {id: a, on: web, term: flow, op: permit, value: {from: %s, ports: [443/tcp]}}\n"

/* The same of sets; and a set that is there twice has no newest revision to be written. */
static void a_set_is_not_mended_into_one_that_is_repeated(void)
{
    static const struct {
        const char *second, *from;
        bool is_mended;
    } cases[] = { { "office-1", "office-2", false },
                  { "branch", "office-2", true },
                  { "office-1", "office-1", true } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena, SETS, cases[i].second, cases[i].from).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      arena_printf(&bench.arena, HOST, "web-1", 1U).ptr));
        fix_whole();
        CU_ASSERT_EQUAL(has(0, "from: office-1,"), cases[i].is_mended);
    }
}

/* The same of services, which another document declares. */
static void a_service_is_not_mended_into_one_that_is_repeated(void)
{
    static const struct {
        const char *second;
        bool is_mended;
    } cases[] = { { "shop-1", false }, { "mail", true } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice cloud = arena_printf(
            &bench.arena,
            HOST "  services: [{id: shop-1, needs: [web-1]}, {id: %s, needs: [web-1]}]\n", "web-1",
            1U, cases[i].second);
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   "  targets: [{id: s, service: shop-2}]\n  clauses:\n"
                                   "    - {id: a, on: s, term: availability, op: \">=\", value: "
                                   "99 %, window: 30d}\n"));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", cloud.ptr));
        fix_whole();
        CU_ASSERT_EQUAL(has(0, "service: shop-1"), cases[i].is_mended);
    }
}

#define ANSWERS                                                                                    \
    "  targets: [{id: web, plane: network}]\n  reactions:\n"                                       \
    "    - {id: r, on: web, when: {rule: %s}, respond: [network.deny source], lease: 1h}\n"        \
    "  tests:\n    - {name: it acts, when: {rule: %s, on: store/web-1}, expect: {respond: "        \
    "network.deny}}\n"

static void a_rule_is_mended_in_the_test_as_in_the_reaction(void)
{
    const struct slice rules[] = { SLICE("ssh-bruteforce") };

    bench.options.rules = rules;
    bench.options.rule_count = COUNT_OF(rules);
    bench_add(
        &bench,
        text_sla(&bench, "shop",
                 arena_printf(&bench.arena, ANSWERS, "ssh-brute-force", "ssh-brute-force").ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  arena_printf(&bench.arena, HOST, "web-1", 1U).ptr));
    fix_whole();
    CU_ASSERT_EQUAL(fixed.diags.errors, 0);
    CU_ASSERT_TRUE(
        has(0, arena_printf(&bench.arena, ANSWERS, "ssh-bruteforce", "ssh-bruteforce").ptr));
}

/* What selects nothing is a warning; mended, it opens what a test says is closed. */
static void a_fix_that_makes_a_test_fail_is_not_kept(void)
{
    static const char *const expected[] = { "none", "permit" };

    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        bench_clear(&bench);
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena,
                                        "  targets: [{id: web, select: {tier: front}},\n"
                                        "    {id: back, select: {tier: bakc}}]\n"
                                        "  clauses: [{id: a, on: back, term: flow, op: permit, "
                                        "value: {from: any, ports: [443/tcp]}}]\n"
                                        "  tests:\n    - {name: in, flow: {from: 203.0.113.9, to: "
                                        "store/web-1, port: 443/tcp}, expect: %s}\n",
                                        expected[i])
                               .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: web-1, plane: network, layer: L2, node: n1, "
                                      "provider: dc, labels: {tier: back}, addresses: "
                                      "[10.0.0.1]}\n"));
        fix_whole();
        CU_ASSERT_EQUAL(has(0, "tier: back}"), i == 1);
        CU_ASSERT_EQUAL(fixed.diags.errors, 0);
    }
}

static CU_TestInfo tests[] = {
    { "rows become what they say", rows_become_what_they_say },
    { "each file gets its own fixes", each_file_gets_its_own_fixes },
    { "a sound text stays as it is", a_sound_text_stays_as_it_is },
    { "fixing twice changes nothing more", fixing_twice_changes_nothing_more },
    { "many findings are mended in one round", many_findings_are_mended_in_one_round },
    { "more errors than a check reads are mended", more_errors_than_a_check_reads_are_mended },
    { "what an agreement in force pins stays", what_an_agreement_in_force_pins_stays },
    { "what other fixes undo is mended after them", what_other_fixes_undo_is_mended_after_them },
    { "a name is not mended into one that is repeated",
      a_name_is_not_mended_into_one_that_is_repeated },
    { "a set is not mended into one that is repeated",
      a_set_is_not_mended_into_one_that_is_repeated },
    { "a service is not mended into one that is repeated",
      a_service_is_not_mended_into_one_that_is_repeated },
    { "a rule is mended in the test as in the reaction",
      a_rule_is_mended_in_the_test_as_in_the_reaction },
    { "a fix that makes a test fail is not kept", a_fix_that_makes_a_test_fail_is_not_kept },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla fix", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
