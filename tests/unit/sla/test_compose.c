/* What services get: figures, verdicts and findings; every figure is checked again. */
#include "sla/compose/compose.h"

#include <string.h>

#include "sla/certificate/compose.h"
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
    "    - {name: app, plane: compute, layer: L2, node: n1, provider: dc}\n"                       \
    "    - {name: db-1, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: db-2, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: db-3, plane: compute, layer: L2, node: n1, provider: dc}\n"                      \
    "    - {name: files, plane: data, layer: L2, node: n1, provider: mute}\n"

/* What differs from case to case; NULL: nothing. */
struct story {
    const char *services;    /* list items */
    const char *offers;      /* members of the provider's one offer */
    const char *requires;    /* members of the requirement on target `x` */
    const char *target;      /* service of target `x` */
    const char *assumptions; /* list items, of the tenant */
    const char *reactions;   /* list items */
};

static void tell(const struct story *story)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       arena_printf(&bench.arena,
                                    "  targets: [{id: x, service: %s}, {id: y, plane: compute}]\n"
                                    "  clauses:\n    - {id: c, on: x, term: availability, op: "
                                    "\">=\", %s}\n  assumptions:%s\n  reactions:%s\n",
                                    story->target, story->requires,
                                    story->assumptions != NULL ? story->assumptions : " []",
                                    story->reactions != NULL ? story->reactions : " []")
                           .ptr));
    bench_add(&bench, text_offer(&bench, "dc",
                                 arena_printf(&bench.arena,
                                              "  targets: [{id: all}]\n  clauses:\n    - {id: o, "
                                              "on: all, stance: offers, term: availability, op: "
                                              "\">=\", %s}\n",
                                              story->offers)
                                     .ptr));
    bench_add(&bench,
              text_ucloud(
                  &bench, "store", "shop",
                  arena_printf(&bench.arena, "%s  services:\n%s", RESOURCES, story->services).ptr));
    bench_compile(&bench);
}

static const struct sla_figure *only_figure(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->figure_count, 1);
    const struct sla_figure *figure = &bench.world->figures[0];
    struct status status = sla_figure_check(bench.world, figure);

    ASSERT_OK(status);
    return figure;
}

/* --- figures --------------------------------------------------------------------------------- */

#define THREE "    - {id: db, needs: {atLeast: 2, of: [db-1, db-2, db-3]}}\n"
#define PAIR  "    - {id: pair, needs: [db-1, db-2]}\n"
#define MONTH "window: 30d"
#define APART                                                                                      \
    "\n    - {id: apart, owner: shop, on: x, term: failure.independent, op: is, value: yes}"
#define MEAN    "\n    - {id: mean, owner: shop, on: x, term: window.mean, op: is, value: yes}"
#define ALIGNED "\n    - {id: same, owner: shop, on: x, term: window.aligned, op: is, value: yes}"
#define BETA    "\n    - {id: beta, owner: shop, on: x, term: failure.common, op: \"<=\", value: 5 %}"
#define SWITCH                                                                                     \
    "\n    - {id: time, owner: shop, on: x, term: failover.time, op: \"<=\", value: 30 s}"
#define SWITCHES                                                                                   \
    "\n    - {id: often, owner: shop, on: x, term: failover.count, op: \"<=\", value: 2, window: " \
    "30d}"
#define PAUSES                                                                                     \
    "\n    - {id: stops, owner: shop, on: x, term: pause.count, op: \"<=\", value: 1, window: "    \
    "30d}"
#define STOP "\n    - {id: stop, on: y, when: {rule: r}, respond: compute.suspend, lease: 10 m}"
#define STAY "\n    - {id: keep, on: y, when: {rule: r}, respond: compute.snapshot, lease: 10 m}"

static const struct {
    struct story story;
    int64_t figure_ms;
    const char *formulas, *verdict, *findings;
} rows[] = {
    /* 43.2 min of 30 days, twice when the windows lie badly */
    { { "    - {id: one, needs: app}\n", "value: 99.9 %, " MONTH, "value: 99.8 %, " MONTH, "one",
        NULL, NULL },
      5184000,
      "",
      "advertised",
      "" },
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99.6 %, " MONTH, "pair", NULL, NULL },
      10368000,
      "F1",
      "advertised",
      "" },
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99.8 %, " MONTH, "pair", NULL, NULL },
      10368000,
      "F1",
      "unproven",
      "401 7:59" },
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99.8 %, " MONTH, "pair", ALIGNED, NULL },
      5184000,
      "F1",
      "assumed",
      "403 7:59" },
    { { PAIR, "value: 99.9 %, planned: 1 h, " MONTH, "value: 99.5 %, " MONTH, "pair", ALIGNED,
        NULL },
      12384000,
      "F1",
      "assumed",
      "403 7:59" },
    /* two of three with 43.2 min each: 64.8 min */
    { { THREE, "value: 99.9 %, " MONTH, "value: 99.85 %, " MONTH, "db", ALIGNED, NULL },
      3888000,
      "F2",
      "assumed",
      "403 7:59" },
    { { THREE, "value: 99.9 %, " MONTH, "value: 99.7 %, " MONTH, "db", NULL, NULL },
      7776000,
      "F2",
      "advertised",
      "" },
    /* independent: 2.998 ppm of 30 days */
    { { THREE, "value: 99.9 %, " MONTH, "value: 99.999 %, " MONTH, "db", APART MEAN, NULL },
      7774,
      "F3, F5",
      "assumed",
      "403 7:59" },
    /* with b = 5 %: 52.706 ppm */
    { { THREE, "value: 99.9 %, " MONTH, "value: 99.99 %, " MONTH, "db", APART MEAN BETA, NULL },
      136614,
      "F4, F5",
      "assumed",
      "403 7:59" },
    { { THREE, "value: 99.9 %, " MONTH, "value: 99.999 %, " MONTH, "db", APART, NULL },
      7776000,
      "F2",
      "unproven",
      "401 7:59" },
    /* what the mean leaves out: 1 h of work of each part, in windows that lie badly */
    { { THREE, "value: 99.9 %, planned: 1 h, " MONTH, "value: 99 %, " MONTH, "db", APART MEAN,
        NULL },
      18576000,
      "F2",
      "advertised",
      "" },
    { { PAIR, "value: 99 %, " MONTH, "value: 99.9 %, " MONTH, "pair", NULL, NULL },
      25920000,
      "F1",
      "impossible",
      "506 7:59" },
    { { PAIR, "value: 99 %, " MONTH, "value: 99.9 %, " MONTH ", strength: should", "pair", NULL,
        NULL },
      25920000,
      "F1",
      "impossible",
      "506 7:59" },
    { { "    - {id: all, needs: [app, files]}\n", "value: 99.9 %, " MONTH, "value: 99 %, " MONTH,
        "all", NULL, NULL },
      2592000000,
      "F1",
      "unproven",
      "401 7:59" },
    { { "    - {id: any, needs: {atLeast: 1, of: [app, files]}}\n", "value: 99.9 %, " MONTH,
        "value: 99.8 %, " MONTH, "any", NULL, NULL },
      5184000,
      "F2",
      "advertised",
      "" },
    /* switching: two times 30 s */
    { { THREE, "value: 99.9 %, " MONTH, "value: 99 %, " MONTH, "db", SWITCH SWITCHES, NULL },
      7836000,
      "F2, F6",
      "assumed",
      "403 7:59" },
    { { THREE, "value: 99.9 %, " MONTH, "value: 99 %, " MONTH, "db", SWITCH, NULL },
      2592000000,
      "F2, F6",
      "unproven",
      "401 7:59" },
    /* our own pauses: 10 min of each part */
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99 %, " MONTH, "pair", PAUSES, STOP },
      11568000,
      "F1, F6",
      "assumed",
      "403 7:59" },
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99 %, " MONTH, "pair", NULL, STOP },
      2592000000,
      "F1, F6",
      "unproven",
      "401 7:59" },
    { { PAIR, "value: 99.9 %, " MONTH, "value: 99.6 %, " MONTH, "pair", NULL, STAY },
      10368000,
      "F1",
      "advertised",
      "" },
    /* an offer for some times is none for all; for fewer times it is enough */
    { { "    - {id: one, needs: app}\n", "value: 99.9 %, " MONTH ", when: {phase: normal}",
        "value: 90 %, " MONTH, "one", NULL, NULL },
      2592000000,
      "",
      "unproven",
      "401 7:59" },
    { { "    - {id: one, needs: app}\n", "value: 99.9 %, " MONTH ", when: {phase: normal}",
        "value: 99.8 %, " MONTH ", when: {phase: normal}", "one", NULL, NULL },
      5184000,
      "",
      "advertised",
      "" },
    { { PAIR, "value: 99 %, " MONTH, "value: 99.9 %, " MONTH ", when: {phase: normal}", "pair",
        NULL, NULL },
      103680000,
      "F1",
      "unproven",
      "401 7:59" },
    /* other windows: 43.2 min of 30 days in a day */
    { { "    - {id: one, needs: app}\n", "value: 99.9 %, " MONTH, "value: 90 %, window: 1d", "one",
        NULL, NULL },
      5184000,
      "",
      "advertised",
      "" },
    { { "    - {id: one, needs: app}\n", "value: 99.9 %, window: 1d", "value: 99.8 %, " MONTH,
        "one", NULL, NULL },
      2678400,
      "",
      "advertised",
      "" },
};

static void text_of_formulas(const struct sla_figure *figure, struct buf *out)
{
    for (unsigned i = 0; i < SLA_FORMULAS; i++) {
        if ((figure->formulas & SLA_BIT(i)) != 0) {
            buf_printf(out, "%s%s", out->len > 0 ? ", " : "",
                       sla_formula_name((enum sla_formula)SLA_BIT(i)));
        }
    }
}

static void services_get_what_their_parts_give(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf formulas = { 0 };
        tell(&rows[i].story);
        const struct sla_figure *figure = only_figure();
        text_of_formulas(figure, &formulas);
        CU_ASSERT_EQUAL(figure->figure_ms, rows[i].figure_ms);
        if (figure->figure_ms != rows[i].figure_ms) {
            (void)printf("\n    row %zu: %lld\n", i, (long long)figure->figure_ms);
        }
        ASSERT_TEXT(buf_slice(&formulas), rows[i].formulas);
        ASSERT_TEXT(slice_from(sla_verdict_name(figure->verdict)), rows[i].verdict);
        ASSERT_TEXT(bench_findings(&bench), rows[i].findings);
    }
}

static CU_TestInfo tests[] = {
    { "services get what their parts give", services_get_what_their_parts_give },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla composition", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
