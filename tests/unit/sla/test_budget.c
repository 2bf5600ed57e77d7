/* Conflicts over budgets of down time: exact, in every window. */
#include "sla/conflict/conflict.h"
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

#define TARGETS "  targets: [{id: all}]\n  clauses:\n"
#define VM      "    - {name: web-1, plane: compute, layer: L2, node: n1, provider: dc-one}\n"

static struct slice clause(const char *id, const char *stance, const char *rest)
{
    return arena_printf(&bench.arena,
                        "    - {id: %s, on: all, stance: %s, term: availability, op: \">=\", "
                        "value: %s}\n",
                        id, stance, rest);
}

static void compile(const char *required, const char *offered)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena, TARGETS "%s",
                                            clause("uptime", "requires", required).ptr)
                                   .ptr));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 arena_printf(&bench.arena, TARGETS "%s",
                                              clause("service", "offers", offered).ptr)
                                     .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    check_certificates(bench.world);
    check_repairs(&bench);
}

/* Required, offered, and by how many ms they miss; 0: they fit. */
static const struct {
    const char *required, *offered;
    int64_t offered_ms, allowed_ms;
} rows[] = {
    { "99.99 %, window: 30d", "99.99 %, window: 30d", 0, 0 },
    { "99.99 %, window: 30d", "99.99 %, window: 30d, planned: 1 ms", 259201, 259200 },
    { "99.99 %, window: 30d", "99.95 %, window: 30d, planned: 10 min", 1896000, 259200 },
    { "99.99 %, window: 30d", "99.9999999 %, window: 30d, planned: 259197 ms", 0, 0 },
    { "99.99 %, window: 30d", "99.9999999 %, window: 30d, planned: 259198 ms", 259201, 259200 },
    { "100 %, window: 1h", "99.9999999 %, window: 1h", 1, 0 },
    { "99 %, window: 1d", "99 %, window: 30d", 51840000, 864000 },   /* all at once */
    { "99 %, window: 30d", "99 %, window: 1d", 26784000, 25920000 }, /* one window too many */
    { "99 %, window: 30d", "99.1 %, window: 1d", 0, 0 },
    { "50 %, window: 10 s", "40 %, window: 4 s", 7200, 5000 },
    { "99 %, window: 1h", "0 %, window: 1h, planned: 1h", 3600000, 36000 },
};

static void every_millisecond_counts(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(rows[i].required, rows[i].offered);
        CU_ASSERT_EQUAL(bench.world->conflict_count, rows[i].offered_ms > 0 ? 1 : 0);
        if (bench.world->conflict_count > 0) {
            const struct sla_conflict *conflict = &bench.world->conflicts[0];
            CU_ASSERT_EQUAL(conflict->class, SLA_CONFLICT_ARITHMETIC);
            CU_ASSERT_EQUAL(conflict->certificate.offered_ms, rows[i].offered_ms);
            CU_ASSERT_EQUAL(conflict->certificate.allowed_ms, rows[i].allowed_ms);
            CU_ASSERT_TRUE(conflict->repair_count >= 1);
        }
    }
}

static void the_arithmetic_is_shown(void)
{
    compile("99.99 %, window: 30d", "99.95 %, window: 30d, planned: 10 min");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(
        conflict->witness,
        "store/web-1 may be down 31 min 36 s in 30 d and `service` is kept; `uptime` allows "
        "4 min 19 s 200 ms");
    ASSERT_TEXT(conflict->arithmetic,
                "allowed: 30 d x (100 % - 99.99 %) = 259200 ms, rounded down\n"
                "offered: 30 d x (100 % - 99.95 %) = 1296000 ms, rounded up, + 600000 ms planned = "
                "1896000 ms\n"
                "1896000 - 259200 = 1636800 ms too many");
    compile("99 %, window: 1d", "99 %, window: 30d");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_TRUE(
        slice_find_text(bench.world->conflicts[0].arithmetic,
                        SLICE("at worst in one window of the requirement: 51840000 ms")) <
        bench.world->conflicts[0].arithmetic.len);
}

static const struct sla_repair *repair_with(const char *start)
{
    const struct sla_conflict *conflict = &bench.world->conflicts[0];

    for (size_t i = 0; i < conflict->repair_count; i++) {
        if (slice_starts(conflict->repairs[i].title, slice_from(start))) {
            return &conflict->repairs[i];
        }
    }
    return NULL;
}

/* Just enough: check_repairs has compiled each; a little less is still a conflict. */
static void repairs_are_the_smallest_that_do(void)
{
    compile("99.99 %, window: 30d", "99.995 %, window: 30d, planned: 10 min");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_PTR_NOT_NULL(repair_with("require 99.9718518 % in `uptime` of shop"));
    CU_ASSERT_PTR_NOT_NULL(repair_with("plan at most 129600 ms in `service` of dc-one"));
    CU_ASSERT_PTR_NOT_NULL(repair_with("offer 99.99 % without planned work in `service`"));
    CU_ASSERT_PTR_NOT_NULL(repair_with("exempt `store/web-1` in `uptime` of shop"));
    compile("99.9718519 %, window: 30d", "99.995 %, window: 30d, planned: 10 min");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    compile("99.9718518 %, window: 30d", "99.995 %, window: 30d, planned: 10 min");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    compile("99.99 %, window: 30d", "99.95 %, window: 30d, planned: 1 min");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_PTR_NULL(repair_with("plan at most"));
    CU_ASSERT_PTR_NOT_NULL(repair_with("offer 99.9923149 % in `service` of dc-one"));
    compile("99.99 %, window: 30d", "99.9923148 %, window: 30d, planned: 1 min");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
}

static void a_requirement_of_everything_can_only_be_lowered(void)
{
    compile("100 %, window: 30d", "99 %, window: 30d, planned: 30d");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_PTR_NOT_NULL(repair_with("offer 100 % without planned work"));
    CU_ASSERT_PTR_NOT_NULL(repair_with("require 0 % in `uptime` of shop"));
}

static void the_best_offer_counts(void)
{
    struct slice worse = clause("a-basic", "offers", "99 %, window: 30d");
    struct slice better = clause("b-gold", "offers", "99.99 %, window: 30d");
    struct slice between = clause("c-silver", "offers", "99.9 %, window: 30d");

    for (int with_gold = 0; with_gold < 2; with_gold++) {
        bench_clear(&bench);
        bench_add(&bench, text_offer(&bench, "dc-one",
                                     arena_printf(&bench.arena, TARGETS "%s%s%s", between.ptr,
                                                  with_gold != 0 ? better.ptr : "", worse.ptr)
                                         .ptr));
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena, TARGETS "%s",
                                        clause("uptime", "requires", "99.95 %, window: 30d").ptr)
                               .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->conflict_count, with_gold != 0 ? 0 : 1);
        check_certificates(bench.world);
        check_repairs(&bench);
    }
    bench_clear(&bench);
}

static void an_offer_of_another_provider_does_not_count(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_offer(&bench, "dc-two",
                                 arena_printf(&bench.arena, TARGETS "%s",
                                              clause("gold", "offers", "99.999 %, window: 30d").ptr)
                                     .ptr));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 arena_printf(&bench.arena, TARGETS "%s",
                                              clause("basic", "offers", "99 %, window: 30d").ptr)
                                     .ptr));
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena, TARGETS "%s",
                                            clause("uptime", "requires", "99.9 %, window: 30d").ptr)
                                   .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_PTR_NOT_NULL(repair_with("move `store/web-1` to provider `dc-two`"));
    check_certificates(bench.world);
    check_repairs(&bench);
}

static CU_TestInfo tests[] = {
    { "every millisecond counts", every_millisecond_counts },
    { "the arithmetic is shown", the_arithmetic_is_shown },
    { "repairs are the smallest that do", repairs_are_the_smallest_that_do },
    { "a requirement of everything can only be lowered",
      a_requirement_of_everything_can_only_be_lowered },
    { "the best offer counts", the_best_offer_counts },
    { "an offer of another provider does not count", an_offer_of_another_provider_does_not_count },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla conflicts over budgets", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
