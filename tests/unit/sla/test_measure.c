/* Who measures an objective, how and how often; and why a clause is there. */
#include "sla/terms/measure.h"

#include "sla/code.h"
#include "sla/tell/shown.h"
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

#define RESOURCES                                                                                  \
    "    - {name: web-1, plane: compute, layer: L2, node: n1, provider: dc-one, labels: {app: "    \
    "web}}\n"

static void compile(const char *members)
{
    struct slice spec = arena_printf(&bench.arena,
                                     "  targets: [{id: web, plane: compute}]\n"
                                     "  clauses:\n    - {id: x, on: web, %s}\n",
                                     members);
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

/* --- how it is known ------------------------------------------------------------------------- */

static void how_it_is_measured_decides_how_it_is_known(void)
{
    static const struct {
        const char *how, *known;
    } kinds[] = {
        { "self", "measured" },
        { "vantage", "measured" },
        { "provider", "claimed" },
        { "attested", "attested" },
    };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        compile(
            arena_printf(&bench.arena,
                         "term: recovery.time, op: \"<=\", value: 4h, measuredBy: {party: shop, "
                         "how: %s, every: 1h}",
                         kinds[i].how)
                .ptr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct sla_measurement *by = bench.world->clauses[0]->measured_by;
        ASSERT_TEXT(slice_from(sla_measuring_name(by->how)), kinds[i].how);
        ASSERT_TEXT(slice_from(sla_knowledge_name(sla_measure_known(by))), kinds[i].known);
        CU_ASSERT_EQUAL(by->every_ms, 3600000);
    }
    compile("term: recovery.time, op: \"<=\", value: 4h");
    CU_ASSERT_EQUAL(sla_measure_known(bench.world->clauses[0]->measured_by), SLA_KNOWN_CLAIMED);
}

static void what_refines_measures_as_well_and_as_often(void)
{
    const struct sla_measurement ascending[] = {
        { .every_ms = 0 },
        { SLICE("shop"), SLA_MEASURED_BY_PROVIDER, 0 },
        { SLICE("shop"), SLA_MEASURED_BY_SELF, 0 },
        { SLICE("shop"), SLA_MEASURED_FROM_VANTAGE, 0 },
        { SLICE("shop"), SLA_MEASURED_ATTESTED, 0 },
    };
    const struct sla_measurement often = { SLICE("shop"), SLA_MEASURED_BY_SELF, 10 };
    const struct sla_measurement seldom = { SLICE("shop"), SLA_MEASURED_BY_SELF, 20 };

    for (size_t i = 0; i < COUNT_OF(ascending); i++) {
        for (size_t j = 0; j < COUNT_OF(ascending); j++) {
            CU_ASSERT_EQUAL(sla_measure_is_as_strong(&ascending[i], &ascending[j]), i >= j);
        }
    }
    CU_ASSERT_TRUE(sla_measure_is_as_often(&often, &seldom));
    CU_ASSERT_FALSE(sla_measure_is_as_often(&seldom, &often));
    CU_ASSERT_FALSE(sla_measure_is_as_often(&ascending[2], &seldom)); /* does not say */
    CU_ASSERT_TRUE(sla_measure_is_as_often(&seldom, &ascending[2]));
}

/* --- how often ------------------------------------------------------------------------------- */

/* Down time of 99.9 % over 30 days: 43.2 minutes. */
static const struct {
    const char *members, *wanted;
} rows[] = {
    { "term: availability, op: \">=\", value: 99.9 %, window: 30d, measuredBy: {party: shop, how: "
      "self, every: 1296 s}",
      "" },
    { "term: availability, op: \">=\", value: 99.9 %, window: 30d, measuredBy: {party: shop, how: "
      "self, every: 1297 s}",
      "405 7:126" },
    { "term: availability, op: \">=\", value: 99.9 %, window: 30d, measuredBy: {party: shop, how: "
      "self}",
      "" },
    { "term: recovery.time, op: \"<=\", value: 4h, measuredBy: {party: tenant, how: self, every: "
      "2h}",
      "" },
    { "term: recovery.time, op: \"<=\", value: 4h, measuredBy: {party: tenant, how: self, every: "
      "121m}",
      "405 7:112" },
    { "term: capacity.cpu, op: \">=\", value: 4, measuredBy: {party: shop, how: self, every: 1w}",
      "" },
    { "term: location, op: in, value: DE, measuredBy: {party: nobody, how: self}", "305 7:79" },
    { "term: authority, action: compute.suspend, op: only, value: tenant, measuredBy: {party: "
      "shop, how: self}",
      "212 7:91" },
    { "term: capacity.cpu, op: \">=\", value: 4, measuredBy: {how: self}", "202 7:76" },
    { "term: capacity.cpu, op: \">=\", value: 4, measuredBy: {party: shop, how: guess}",
      "206 7:95" },
};

static void what_is_measured_too_seldom_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(rows[i].members);
        CLEANUP(buf_done) struct buf seen = { 0 };
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->code != SLA_CODE_UNPROVEN) {
                struct diag_place place = diag_span_start(at->span);
                buf_printf(&seen, "%s%u %u:%u", seen.len > 0 ? "; " : "", at->code, place.line,
                           place.col);
            }
        }
        if (!slice_is(buf_slice(&seen), rows[i].wanted)) {
            printf("\n    %s: %.*s", rows[i].members, SLICE_ARG(buf_slice(&seen)));
        }
        ASSERT_TEXT(buf_slice(&seen), rows[i].wanted);
    }
}

/* Where only some documents are here, with the U-Cloud: a name that is near one that is, or is not.
 */
static void a_misspelt_party_is_told_among_some_documents(void)
{
    static const struct {
        const char *party, *finding, *help;
    } cases[] = { { "dc-onee", "warning: `dc-onee` is not a party of these documents",
                    "did you mean `dc-one`?" },
                  { "hoster", "warning: `hoster` is not a party of these documents",
                    "add the file of this party, or name one that is here" } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice found = { 0 };
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena,
                                                "  targets: [{id: web, plane: compute}]\n"
                                                "  clauses:\n    - {id: x, on: web, term: "
                                                "location, op: in, value: DE, measuredBy: {party: "
                                                "%s, how: self}}\n",
                                                cases[i].party)
                                       .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->code == SLA_CODE_PARTY) {
                found = arena_printf(&bench.arena, "%s: %.*s", diag_level_name(at->level),
                                     SLICE_ARG(at->message));
                ASSERT_TEXT(at->helps->text, cases[i].help);
            }
        }
        ASSERT_TEXT(found, cases[i].finding);
    }
}

/* --- shown ----------------------------------------------------------------------------------- */

static void a_clause_is_shown_with_all_there_is_to_know(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };
    const struct json *shown = NULL;

    compile("term: recovery.time, op: \"<=\", value: 4h, strength: should, measuredBy: {party: "
            "shop, how: vantage, every: 5 m}, why: \"the ward <works> by night\"");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    sla_clause_write_json(bench.world, 0, &writer);
    ASSERT_OK(json_read(&bench.arena, buf_slice(&text), &shown));
    ASSERT_TEXT(json_get(shown, "clause")->text, "shop/shop/x");
    ASSERT_TEXT(json_get(shown, "text")->text, "recovery.time <= 4 h");
    ASSERT_TEXT(json_get(shown, "verdict")->text, "unproven");
    ASSERT_TEXT(json_get(shown, "known")->text, "measured");
    ASSERT_TEXT(json_get(json_get(shown, "measuredBy"), "how")->text, "vantage");
    ASSERT_TEXT(json_get(shown, "on")->first->text, "store/web-1");
    ASSERT_TEXT(json_get(shown, "controls")->first->text, "nist:CP-10(4)");
    ASSERT_TEXT(json_get(shown, "why")->text, "the ward <works> by night");
}

static CU_TestInfo tests[] = {
    { "how it is measured decides how it is known", how_it_is_measured_decides_how_it_is_known },
    { "what refines measures as well and as often", what_refines_measures_as_well_and_as_often },
    { "what is measured too seldom is told", what_is_measured_too_seldom_is_told },
    { "a misspelt party is told among some documents",
      a_misspelt_party_is_told_among_some_documents },
    { "a clause is shown with all there is to know", a_clause_is_shown_with_all_there_is_to_know },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla measure", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
