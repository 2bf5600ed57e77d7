/* Tests of what services get: how they are read, and that what comes out is what the same
 * requirement would get. */
#include "sla/compose/compose.h"
#include "sla/run/tests.h"

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

static const char spec[] =
    "  targets: [{id: both, service: both}, {id: either, service: either}]\n"
    "  clauses:\n"
    "    - {id: uptime, on: both, term: availability, op: \">=\", value: 99 %, window: 30d}\n"
    "  assumptions:\n"
    "    - {id: apart, owner: shop, on: either, term: failure.independent, op: is, value: yes}\n"
    "    - {id: mean, owner: shop, on: either, term: window.mean, op: is, value: yes}\n"
    "    - {id: parallel, owner: shop, on: both, term: restore.parallel, op: is, value: yes}\n"
    "  reactions:\n"
    "    - {id: stop, on: both, when: {rule: x}, respond: [compute.snapshot], lease: 1h}\n";

static void compile(const char *tests)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena, "%s  tests:\n%s", spec, tests).ptr));
    bench_add(&bench,
              text_offer(&bench, "dc",
                         "  targets: [{id: all}]\n  clauses:\n"
                         "    - {id: up, on: all, stance: offers, term: availability, op: \">=\", "
                         "value: 99.9 %, window: 30d}\n"
                         "    - {id: back, on: all, stance: offers, term: recovery.time, op: "
                         "\"<=\", value: 1h}\n"
                         "    - {id: kept, on: all, stance: offers, term: recovery.point, op: "
                         "\"<=\", value: 5 min}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: compute, layer: L2, provider: dc}\n"
                                  "    - {name: b, plane: compute, layer: L2, provider: dc}\n"
                                  "    - {name: c, plane: compute, layer: L2, provider: other}\n"
                                  "  services:\n"
                                  "    - {id: both, needs: [a, b]}\n"
                                  "    - {id: either, needs: {atLeast: 1, of: [a, b]}}\n"
                                  "    - {id: silent, needs: [a, c]}\n"));
    bench_compile(&bench);
}

struct row {
    const char *gets, *expect;
    unsigned code;     /* 0: passes, and nothing is said of it */
    const char *label; /* of that finding; NULL: not looked at */
};

/* Two parts of 99.9 % offered by periods may both spend twice 43 min 12 s in 30 days. */
static const struct row rows[] = {
    { "service: both, term: availability, window: 30d", "\">= 99.6 %\"", 0, NULL },
    { "service: both, term: availability, window: 30d", "\">= 99.61 %\"", 601, "it gets 99.6 %" },
    { "service: both, term: availability, window: 30d", "\">= 99.95 %\"", 601,
      "it gets 99.9 % at most" },
    { "service: either, term: availability, window: 30d", "\">= 99.99 %\"", 403,
      "it gets 99.9998998 %" },
    { "service: either, term: availability, window: 30d", "\">= 99.99999 %\"", 601,
      "it gets 99.9998998 %" },
    { "service: silent, term: availability, window: 30d", "\">= 1 %\"", 601, "it gets 0 %" },
    { "service: both, term: recovery.time", "\"<= 2h\"", 0, NULL },
    { "service: both, term: recovery.time", "\"<= 90 min\"", 403, "at most 1 h" },
    { "service: both, term: recovery.time", "\"<= 30 min\"", 601, "at least 1 h" },
    { "service: silent, term: recovery.time", "\"<= 4h\"", 601, "nobody says how long" },
    { "service: both, term: recovery.point", "\"<= 5 min\"", 0, NULL },
    { "service: both, term: recovery.point", "\"<= 4 min\"", 601, "at least 5 min" },
    /* mistakes */
    { "service: boht, term: availability, window: 30d", "\">= 99 %\"", 323, NULL },
    { "service: store/both, term: availability, window: 30d", "\">= 99 %\"", 209, NULL },
    { "term: availability, window: 30d", "\">= 99 %\"", 202, NULL },
    { "service: both, window: 30d", "\">= 99 %\"", 202, NULL },
    { "service: both, term: latency", "\"<= 9 ms\"", 226, NULL },
    { "service: both, term: failure.common", "\"<= 9 %\"", 226, NULL },
    { "service: both, term: uptime, window: 30d", "\">= 99 %\"", 210, NULL },
    { "service: both, term: availability", "\">= 99 %\"", 226, NULL },
    { "service: both, term: availability, window: 0 s", "\">= 99 %\"", 208, NULL },
    { "service: both, term: recovery.time, window: 30d", "\"<= 9h\"", 226, NULL },
    { "service: both, term: availability, window: 30d", "99 %", 226, NULL },
    { "service: both, term: availability, window: 30d", "\"<= 99 %\"", 226, NULL },
    { "service: both, term: availability, window: 30d", "permit", 226, NULL },
    { "service: both, term: availability, window: 30d", "[\">= 99 %\"]", 226, NULL },
    { "service: both, term: availability, window: 30d", "\">= 4 h\"", 208, NULL },
    { "service: both, term: recovery.time", "\"<= 99 %\"", 208, NULL },
};

static const struct diag *finding(unsigned code)
{
    const struct diag *at = bench.diags.first;

    while (at != NULL && (at->code != code || at->label.len == 0)) {
        at = at->next;
    }
    return at;
}

static void rows_come_out_as_they_say(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(arena_printf(&bench.arena, "    - {name: it is so, gets: {%s}, expect: %s}\n",
                             rows[i].gets, rows[i].expect)
                    .ptr);
        bool passes = rows[i].code == 0 || rows[i].code == 403;
        bool good = bench.diags.errors == (passes ? 0 : 1) &&
                    (rows[i].code == 0 ? finding(403) == NULL : bench_has(&bench, rows[i].code));
        if (good && rows[i].label != NULL) {
            good = finding(rows[i].code) != NULL &&
                   slice_is(finding(rows[i].code)->label, rows[i].label);
        }
        if (!good) {
            const struct diag *at = finding(rows[i].code);
            struct slice label = at != NULL ? at->label : SLICE("");
            (void)printf("\n    %s, %s: %.*s: %.*s", rows[i].gets, rows[i].expect,
                         SLICE_ARG(bench_findings(&bench)), SLICE_ARG(label));
        }
        CU_ASSERT_TRUE(good);
    }
}

/* The same words as of a requirement: what it rests on, and who answers for that. */
static void what_holds_only_as_assumed_is_noted(void)
{
    compile("    - {name: a, gets: {service: either, term: availability, window: 30d}, expect: "
            "\">= 99.99 %\"}\n");
    CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
    const struct diag *at = finding(403);
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    CU_ASSERT_EQUAL(at->level, DIAG_NOTE);
    ASSERT_TEXT(at->message, "test `a` passes only as assumed");
    ASSERT_TEXT(at->labels->text, "shop answers for `failure.independent`");
    ASSERT_TEXT(at->notes->text, "`either` is down at most 2 s 595 ms in 30 d (F3, F5)");
}

static void what_is_required_of_the_service_is_covered(void)
{
    static const struct {
        const char *gets;
        size_t covered;
    } cases[] = {
        { "service: both, term: availability, window: 30d}, expect: \">= 99 %\"", 1 },
        { "service: both, term: availability, window: 7d}, expect: \">= 90 %\"", 0 },
        { "service: either, term: availability, window: 30d}, expect: \">= 99 %\"", 0 },
        { "service: both, term: recovery.time}, expect: \"<= 2h\"", 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena, "    - {name: a, gets: {%s}\n", cases[i].gets).ptr);
        CU_ASSERT_EQUAL(bench.world->tests.failed, 0);
        CU_ASSERT_EQUAL(bench.world->tests.clauses, 2);
        CU_ASSERT_EQUAL(bench.world->tests.covered, cases[i].covered);
    }
}

static CU_TestInfo tests[] = {
    { "rows come out as they say", rows_come_out_as_they_say },
    { "what holds only as assumed is noted", what_holds_only_as_assumed_is_noted },
    { "what is required of the service is covered", what_is_required_of_the_service_is_covered },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla gets", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
