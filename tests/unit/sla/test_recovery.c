/* How far back services fall, and how long until they are back. */
#include "sla/compose/recovery.h"

#include "sla/certificate/recovery.h"
#include "sla/code.h"

#include <string.h>

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

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

/* What the providers offer: 1 h and 10 m, 2 h and 20 m, nothing; and what the party of the
 * requirements offers itself, which is a promise: 90 m and 15 m. */
static void tell(const char *service, const char *term, const char *limit, const char *assumptions)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena,
                                            "  targets: [{id: x, service: top}, {id: y, service: "
                                            "low}]\n  clauses:\n    - {id: c, on: x, term: %s, op: "
                                            "\"<=\", value: %s}\n%s",
                                            term, limit, assumptions)
                                   .ptr));
    for (unsigned i = 1; i <= 2; i++) {
        const char *name = i == 1 ? "one" : "two";
        bench_add(&bench, text_offer(&bench, name,
                                     arena_printf(&bench.arena,
                                                  "  targets: [{id: all}]\n  clauses:\n    - {id: "
                                                  "t, on: all, stance: offers, term: "
                                                  "recovery.time, op: \"<=\", value: %u h}\n    - "
                                                  "{id: p, on: all, stance: offers, term: "
                                                  "recovery.point, op: \"<=\", value: %u m}\n",
                                                  i, 10 * i)
                                         .ptr));
    }
    bench_add(&bench,
              text_offer(&bench, "shop",
                         "  targets: [{id: all}]\n  clauses:\n    - {id: t, on: all, stance: "
                         "offers, term: recovery.time, op: \"<=\", value: 90 m}\n    - {id: p, on: "
                         "all, stance: offers, term: recovery.point, op: \"<=\", value: 15 m}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  arena_printf(
                                      &bench.arena,
                                      "    - {name: a, plane: compute, layer: L2, node: n1, "
                                      "provider: one}\n    - {name: b, plane: data, layer: L2, "
                                      "node: n1, provider: two}\n    - {name: c, plane: data, "
                                      "layer: L2, node: n1, provider: mute}\n    - {name: d, "
                                      "plane: data, layer: L2, node: n1, provider: "
                                      "shop}\n    - {name: h, plane: network, layer: L2, node: "
                                      "n1, provider: one, addresses: 10.0.0.1}\n  services:\n    - "
                                      "{id: low, needs: [a, b]}\n    - {id: top, needs: %s}\n",
                                      service)
                                      .ptr));
    bench_compile(&bench);
}

#define PARALLEL                                                                                   \
    "  assumptions:\n    - {id: i, owner: shop, on: [x, y], term: restore.parallel, op: is, "      \
    "value: "                                                                                      \
    "yes}\n"
#define LAG                                                                                        \
    "  assumptions:\n    - {id: i, owner: shop, on: y, term: replication.lag, op: \"<=\", value: " \
    "5 m}\n"

static const struct {
    const char *service, *term, *limit, *assumptions;
    int64_t figure_ms;
    const char *verdict, *findings;
} rows[] = {
    { "[a, b]", "recovery.time", "3h", "", 3 * HOUR, "advertised", "" },
    { "[a, b]", "recovery.time", "2h", "", 3 * HOUR, "unproven", "401 7:60" },
    { "[a, b]", "recovery.time", "2h", PARALLEL, 2 * HOUR, "assumed", "403 7:60" },
    { "[a, b]", "recovery.time", "1h", PARALLEL, 2 * HOUR, "impossible", "506 7:60" },
    { "{atLeast: 1, of: [a, b]}", "recovery.time", "1h", "", HOUR, "advertised", "" },
    { "{atLeast: 1, of: [a, c]}", "recovery.time", "1h", "", HOUR, "advertised", "" },
    { "[a, c]", "recovery.time", "9h", "", SLA_RECOVERY_NEVER, "unproven", "401 7:60" },
    { "[low, b]", "recovery.time", "5h", "", 5 * HOUR, "advertised", "" },
    { "[low, b]", "recovery.time", "2h", PARALLEL, 2 * HOUR, "assumed", "403 7:60" },
    { "[a, b]", "recovery.point", "20m", "", 20 * MINUTE, "advertised", "" },
    { "[a, b]", "recovery.point", "19m", "", 20 * MINUTE, "impossible", "506 7:61" },
    { "{atLeast: 1, of: [a, b]}", "recovery.point", "10m", "", 20 * MINUTE, "unproven",
      "401 7:61" },
    { "[low]", "recovery.point", "25m", LAG, 25 * MINUTE, "assumed", "403 7:61" },
    /* proven by promises alone; else by what is only advertised */
    { "[d]", "recovery.time", "2h", "", 90 * MINUTE, "proven", "" },
    { "[d, a]", "recovery.time", "3h", "", 150 * MINUTE, "advertised", "" },
    { "{atLeast: 1, of: [d, a]}", "recovery.time", "2h", "", 90 * MINUTE, "proven", "" },
    { "{atLeast: 1, of: [d, a]}", "recovery.time", "1h", "", HOUR, "advertised", "" },
    { "[d]", "recovery.point", "20m", "", 15 * MINUTE, "proven", "" },
    { "{atLeast: 1, of: [d, b]}", "recovery.point", "20m", "", 20 * MINUTE, "advertised", "" },
    /* no part holds data: of nothing nothing is proven */
    { "[h]", "recovery.point", "20m", "", SLA_RECOVERY_NEVER, "unproven", "401 7:61" },
    { "[h, d]", "recovery.point", "20m", "", 15 * MINUTE, "proven", "" },
    { "[h]", "recovery.time", "1h", "", HOUR, "advertised", "" },
    { "[low]", "recovery.point", "24m", LAG, 25 * MINUTE, "unproven", "401 7:61" },
};

static void services_recover_as_their_parts_do(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        tell(rows[i].service, rows[i].term, rows[i].limit, rows[i].assumptions);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL_FATAL(bench.world->recovery_count, 1);
        const struct sla_recovery *got = &bench.world->recoveries[0];
        CU_ASSERT_EQUAL(got->figure_ms, rows[i].figure_ms);
        if (got->figure_ms != rows[i].figure_ms) {
            (void)printf("\n    row %zu: %lld\n", i, (long long)got->figure_ms);
        }
        ASSERT_TEXT(slice_from(sla_verdict_name(got->verdict)), rows[i].verdict);
        ASSERT_TEXT(bench_findings(&bench), rows[i].findings);
        CU_ASSERT_TRUE(got->best_ms <= got->figure_ms);
        ASSERT_OK(sla_recovery_check(bench.world, got));
        CU_ASSERT_EQUAL(bench_has(&bench, SLA_CODE_ADVERTISED),
                        got->verdict == SLA_ADVERTISED || got->verdict == SLA_ASSUMED);
    }
}

static CU_TestInfo tests[] = {
    { "services recover as their parts do", services_recover_as_their_parts_do },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla recovery", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
