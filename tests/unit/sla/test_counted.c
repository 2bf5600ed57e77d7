/* So much in so long: money in a window, requests at a rate. */
#include "sla/code.h"
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

#define TARGET "  targets: [{id: x}]\n  clauses:\n"

static void compile(const char *clause, const char *offer)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, TARGET "%s", clause).ptr));
    if (offer != NULL) {
        bench_add(&bench,
                  text_offer(&bench, "dc", arena_printf(&bench.arena, TARGET "%s", offer).ptr));
    }
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: web, plane: network, layer: L2, node: n1, provider: "
                          "dc, addresses: 10.0.0.1}\n"));
    bench_compile(&bench);
}

#define RATE(value, per)                                                                           \
    "    - {id: r, on: x, term: rate, op: \"<=\", value: " value ", per: " per "}\n"
#define RATE_OFFER(value, per)                                                                     \
    "    - {id: o, on: x, stance: offers, term: rate, op: \"<=\", value: " value ", per: " per "}" \
    "\n"

static void rates_are_held_by_us_or_by_an_offer(void)
{
    static const struct {
        const char *clause, *offer;
        enum sla_verdict verdict;
        const char *findings;
    } cases[] = {
        { RATE("100/s", "source"), NULL, SLA_TO_ENFORCE, "" },
        { RATE("100/s", "resource"), NULL, SLA_TO_ENFORCE, "" },
        { RATE("100/s", "subject"), NULL, SLA_UNPROVEN, "404 7:12" }, /* no packet tells who */
        { RATE("100/s", "subject"), RATE_OFFER("100/s", "subject"), SLA_ADVERTISED, "" },
        { RATE("6000/1m", "subject"), RATE_OFFER("100/s", "subject"), SLA_ADVERTISED, "" },
        { RATE("100/s", "subject"), RATE_OFFER("6000/1m", "subject"), SLA_UNPROVEN, "404 7:12" },
        { RATE("100/s", "subject"), RATE_OFFER("1/s", "source"), SLA_UNPROVEN, "404 7:12" },
        { RATE("100/s", "source"), RATE_OFFER("200/s", "source"), SLA_TO_ENFORCE, "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clause, cases[i].offer);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->summary.verdicts[cases[i].verdict], 1);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void what_is_no_rate_is_told(void)
{
    static const struct {
        const char *clause, *findings;
    } cases[] = {
        { RATE("100", "source"), "208 7:51" },
        { RATE("100/s", "host"), "206 7:63" },
        { "    - {id: r, on: x, term: rate, op: \"<=\", value: 100/s}\n", "212 7:7" },
        { "    - {id: r, on: x, term: rate, op: \"<=\", value: 100/s, window: 1d, per: source}\n",
          "212 7:58" },
        { "    - {id: r, on: x, term: duty, op: apart, value: [data.delete, data.export], per: "
          "source}\n",
          "206 7:85" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clause, NULL);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

/* The window is told once, and is no part of what a repair writes. */
static void a_repair_writes_money_and_nothing_else(void)
{
    compile(
        "    - {id: c, on: x, term: cost, op: \"<=\", value: 10 EUR, window: 30d}\n",
        "    - {id: o, on: x, stance: offers, term: cost, op: \"<=\", value: 12.50 EUR, window: "
        "30d}\n");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(conflict->arithmetic,
                "required: <= 10 EUR over 30 d\noffered: <= 12.50 EUR over 30 d");
    CU_ASSERT_TRUE(conflict->repair_count > 1);
    check_certificates(bench.world);
    check_repairs(&bench);
    bool found = false;
    for (size_t i = 0; i < conflict->repair_count; i++) {
        found |= slice_is(conflict->repairs[i].title, "require 12.50 EUR in `c` of shop");
    }
    CU_ASSERT_TRUE(found);
}

static CU_TestInfo tests[] = {
    { "rates are held by us or by an offer", rates_are_held_by_us_or_by_an_offer },
    { "what is no rate is told", what_is_no_rate_is_told },
    { "a repair writes money and nothing else", a_repair_writes_money_and_nothing_else },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla counted", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
