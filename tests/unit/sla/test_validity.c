/* Validity: what is in force on the day of the world, when that changes, and that without a day it
 * is a condition like others. */
#include "base/date.h"
#include "sla/read/validity.h"
#include "tests/unit/sla/worlds.h"

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

static int32_t day(const char *text)
{
    int32_t out = 0;

    ASSERT_OK(date_parse(slice_from(text), &out));
    return out;
}

#define RULE(id_, op_, valid_)                                                                     \
    "    - {id: " id_ ", on: all, term: authority, action: data.freeze, op: " op_                  \
    ", value: dc-one" valid_ "}\n"

/* `today` NULL: of no day. */
static void compile(const char *clauses, const char *today)
{
    bench_clear(&bench);
    bench.options.has_day = today != NULL;
    bench.options.as_of_day = today != NULL ? day(today) : 0;
    bench_add(
        &bench,
        text_sla(
            &bench, "shop",
            arena_printf(&bench.arena, "  targets: [{id: all}]\n  clauses:\n%s", clauses).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one}\n"));
    bench_compile(&bench);
}

static void a_clause_counts_on_its_days_alone(void)
{
    static const struct {
        const char *valid, *today;
        bool counts;
        const char *next; /* day of change */
    } cases[] = {
        { "", "2026-05-01", true, NULL },
        { ", valid: {from: 2026-05-01}", "2026-04-30", false, "2026-05-01" },
        { ", valid: {from: 2026-05-01}", "2026-05-01", true, NULL },
        { ", valid: {until: 2026-05-01}", "2026-04-30", true, "2026-05-01" },
        { ", valid: {until: 2026-05-01}", "2026-05-01", false, NULL },
        { ", valid: {from: 2026-05-01, until: 2026-06-01}", "2026-01-01", false, "2026-05-01" },
        { ", valid: {from: 2026-05-01, until: 2026-06-01}", "2026-05-31", true, "2026-06-01" },
        { ", valid: {from: 2026-05-01, until: 2026-06-01}", "2026-06-01", false, NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena, RULE("x", "deny", "%s"), cases[i].valid).ptr,
                cases[i].today);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(bench_findings(&bench), cases[i].counts ? "" : "406 7:12");
        CU_ASSERT_EQUAL(bench.world->clause_count, cases[i].counts ? 1 : 0);
        CU_ASSERT_EQUAL(bench.world->dormant_count, cases[i].counts ? 0 : 1);
        CU_ASSERT_EQUAL(bench.world->policies.policy_count, cases[i].counts ? 1 : 0);
        CU_ASSERT_EQUAL(bench.world->next_change_day,
                        cases[i].next != NULL ? day(cases[i].next) : INT32_MAX);
    }
}

static void wrong_validities_are_told(void)
{
    static const struct {
        const char *valid, *findings;
    } cases[] = {
        { ", valid: {from: 2026-05-01, until: 2026-05-01}", "220 7:120" },
        { ", valid: {from: 2027-05-01, until: 2026-05-01}", "220 7:120" },
        { ", valid: {from: 05/31/2026}", "208 7:101" },
        { ", valid: {}", "214 7:94" },
        { ", valid: 2026", "203 7:94" },
        { ", valid: {since: 2026-01-01}", "201 7:95" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena, RULE("x", "deny", "%s"), cases[i].valid).ptr, NULL);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void without_a_day_clauses_collide_when_both_are_in_force_once(void)
{
    compile(RULE("let", "permit", ", valid: {until: 2026-05-01}")
                RULE("not", "deny", ", valid: {from: 2026-05-01}"),
            NULL);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    compile(RULE("let", "permit", ", valid: {until: 2026-05-02}")
                RULE("not", "deny", ", valid: {from: 2026-05-01}"),
            NULL);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "`dc-one` does data.freeze on store/a, valid: {from: 2026-05-01, until: "
                "2026-05-02}: `let` permits it, `not` forbids it");
    compile(RULE("let", "permit", ", valid: {until: 2026-05-02}")
                RULE("not", "deny", ", valid: {from: 2026-05-01}"),
            "2026-05-02");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
}

static void the_world_is_another_on_each_side_of_a_bound(void)
{
    char before[65];
    const char *clauses = RULE("x", "deny", ", valid: {from: 2026-05-01, until: 2026-06-01}");

    compile(clauses, "2026-04-01");
    memcpy(before, bench.world->policies.digest, sizeof(before));
    compile(clauses, "2026-04-30");
    CU_ASSERT_STRING_EQUAL(bench.world->policies.digest, before);
    compile(clauses, "2026-05-01");
    CU_ASSERT_STRING_NOT_EQUAL(bench.world->policies.digest, before);
    compile(clauses, "2026-06-01");
    CU_ASSERT_STRING_NOT_EQUAL(bench.world->policies.digest, before);
}

static void an_assumption_that_is_over_is_told(void)
{
    static const char *const text =
        "  targets: [{id: all}]\n"
        "  assumptions:\n"
        "    - {id: apart, owner: dc-one, on: all, term: window.aligned, op: is, value: yes, why: "
        "so, valid: {until: 2026-05-01}}\n";

    bench.options.has_day = true;
    bench.options.as_of_day = day("2026-04-30");
    bench_add(&bench, text_sla(&bench, "shop", text));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one}\n"));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(bench.world->assumption_count, 1);
    CU_ASSERT_EQUAL(bench.world->next_change_day, day("2026-05-01"));
    bench.options.as_of_day = day("2026-05-01");
    diag_list_init(&bench.diags, &bench.arena);
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "406 7:12");
    CU_ASSERT_EQUAL(bench.diags.warnings, 1);
    CU_ASSERT_EQUAL(bench.world->assumption_count, 0);
}

static void many_clauses_make_one_finding(void)
{
    CLEANUP(buf_done) struct buf clauses = { 0 };

    for (unsigned i = 0; i < 2 * SLA_DORMANT_SHOWN; i++) {
        buf_printf(&clauses, RULE("x%u", "deny", ", valid: {from: 2030-01-01}"), i);
    }
    compile(clauses.ptr, "2026-01-01");
    ASSERT_TEXT(bench_findings(&bench), "406 7:12");
    CU_ASSERT_EQUAL(bench.world->dormant_count, 2UL * SLA_DORMANT_SHOWN);
}

static CU_TestInfo tests[] = {
    { "a clause counts on its days alone", a_clause_counts_on_its_days_alone },
    { "wrong validities are told", wrong_validities_are_told },
    { "without a day clauses collide when both are in force once",
      without_a_day_clauses_collide_when_both_are_in_force_once },
    { "the world is another on each side of a bound",
      the_world_is_another_on_each_side_of_a_bound },
    { "an assumption that is over is told", an_assumption_that_is_over_is_told },
    { "many clauses make one finding", many_clauses_make_one_finding },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla validity", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
