/* Assumptions: what may stand in them, what they need, which one counts. */
#include "sla/resolve/assume.h"

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

#define UCLOUD                                                                                     \
    "    - {name: a, plane: compute, layer: L2, node: n1, provider: dc}\n"                         \
    "    - {name: b, plane: data, layer: L2, node: n1, provider: dc}\n"                            \
    "  services:\n    - {id: one, needs: [a]}\n    - {id: two, needs: {atLeast: 1, of: [a, b]}}\n"

/* `items`: assumptions of the tenant; of the provider. */
static void tell(const char *items, const char *of_offer)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       arena_printf(&bench.arena,
                                    "  targets: [{id: x, service: one}, {id: y, service: two}, "
                                    "{id: z, plane: compute}]\n  assumptions:\n%s",
                                    items)
                           .ptr));
    bench_add(&bench,
              text_offer(&bench, "dc",
                         arena_printf(&bench.arena, "  targets: [{id: all}]\n  clauses: []\n%s%s",
                                      of_offer != NULL ? "  assumptions:\n" : "",
                                      of_offer != NULL ? of_offer : "")
                             .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", UCLOUD));
    bench_compile(&bench);
}

#define ITEM "    - {id: i, owner: shop, "

static const struct {
    const char *items, *wanted;
} rows[] = {
    { ITEM "on: x, term: failure.independent, op: is, value: yes}\n", "" },
    { ITEM "on: [x, y], term: failover.time, op: \"<=\", value: 30 s, why: warm spare}\n", "" },
    { ITEM "on: z, term: window.aligned, op: is, value: yes}\n", "" },
    { ITEM "on: z, term: pause.count, op: is, value: 0, window: 1d}\n", "" },
    { "    - {id: i, on: x, term: window.mean, op: is, value: yes}\n", "202 7:7" },
    { ITEM "on: w, term: window.mean, op: is, value: yes}\n", "303 7:32" },
    { ITEM "on: x, term: location, op: in, value: PT}\n", "210 7:41" },
    { ITEM "on: x, term: nonsense, op: in, value: PT}\n", "210 7:41" },
    { ITEM "on: x, term: window.mean, op: \"<=\", value: yes}\n", "211 7:58" },
    { ITEM "on: x, term: window.mean, op: is, value: often}\n", "206 7:69" },
    { ITEM "on: x, term: window.mean, op: is}\n", "202 7:7" },
    { ITEM "on: x, term: window.mean, op: is, value: yes, window: 1d}\n", "212 7:74" },
    { ITEM "on: x, term: pause.count, op: is, value: 1}\n", "223 7:7" },
    { ITEM "on: x, term: pause.count, op: is, value: some, window: 1d}\n", "208 7:69" },
    { ITEM "on: x, term: failover.time, op: \"<=\", value: soon}\n", "208 7:73" },
    { ITEM "on: z, term: failure.independent, op: is, value: yes}\n", "216 7:32" },
    { ITEM "on: x, term: failure.common, op: \"<=\", value: 5 %}\n", "223 7:12" },
    { ITEM "on: [x, y], term: failure.common, op: \"<=\", value: 5 %}\n"
           "    - {id: j, owner: shop, on: x, term: failure.independent, op: is, value: yes}\n",
      "223 7:12" },
    { ITEM "on: x, term: failure.common, op: \"<=\", value: 5 %}\n"
           "    - {id: j, owner: shop, on: x, term: failure.independent, op: is, value: no}\n",
      "223 7:12" },
    { ITEM
      "on: x, term: failure.common, op: \"<=\", value: 5 %}\n"
      "    - {id: j, owner: shop, on: [x, y], term: failure.independent, op: is, value: yes}\n",
      "" },
    { ITEM "on: x, term: failover.count, op: \"<=\", value: 2, window: 30d}\n", "223 7:12" },
    { ITEM "on: x, term: window.mean, op: is, value: yes}\n" ITEM
           "on: y, term: window.mean, op: is, value: yes}\n",
      "301 8:12" },
    { "    - {id: i, owner: nobody, on: x, term: window.mean, op: is, value: yes}\n", "305 7:22" },
    { "    - {id: i, owner: shop, on: x, term: window.mean, op: is, value: yes, until: x}\n",
      "201 7:74" },
};

static void each_mistake_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        tell(rows[i].items, NULL);
        ASSERT_TEXT(bench_findings(&bench), rows[i].wanted);
    }
}

static void no_clause_is_an_assumption(void)
{
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: x, service: one}]\n  clauses:\n    - {id: c, on: "
                               "x, term: window.mean, op: is, value: yes}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", UCLOUD));
    bench_compile(&bench);
    ASSERT_TEXT(bench_findings(&bench), "213 7:28");
}

static const struct sla_service *service_of(const char *id)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    for (size_t i = 0; i < bench.world->service_count; i++) {
        if (slice_is(bench.world->services[i]->id, id)) {
            return bench.world->services[i];
        }
    }
    return NULL;
}

/* About a part: all parts of a service. About a service: that one. */
static void they_hold_where_they_are_said(void)
{
    tell(ITEM "on: y, term: window.aligned, op: is, value: yes}\n"
              "    - {id: j, owner: shop, on: y, term: window.mean, op: is, value: yes}\n"
              "    - {id: k, owner: shop, on: x, term: failure.independent, op: is, value: no}\n",
         NULL);
    const struct sla_world *world = bench.world;

    CU_ASSERT_PTR_NOT_NULL(sla_assumed_of_resource(world, SLA_ASSUME_ALIGNED, 0));
    CU_ASSERT_PTR_NOT_NULL(sla_assumed_of_resource(world, SLA_ASSUME_ALIGNED, 1));
    CU_ASSERT_PTR_NULL(sla_assumed_of_service(world, SLA_ASSUME_ALIGNED, service_of("two")));
    CU_ASSERT_PTR_NOT_NULL(sla_assumed_of_service(world, SLA_ASSUME_MEAN, service_of("two")));
    CU_ASSERT_PTR_NULL(sla_assumed_of_service(world, SLA_ASSUME_MEAN, service_of("one")));
    CU_ASSERT_PTR_NULL(sla_assumed_of_service(world, SLA_ASSUME_INDEPENDENT, service_of("one")));
    CU_ASSERT_EQUAL(world->assumption_count, 2); /* `no` assumes nothing */
}

static void of_several_the_one_that_costs_most_counts(void)
{
    tell("    - {id: c, owner: dc, on: z, term: pause.count, op: is, value: 3, window: 10d}\n"
         "    - {id: b, owner: shop, on: z, term: pause.count, op: is, value: 2, window: 5d}\n"
         "    - {id: a, owner: dc, on: z, term: pause.count, op: is, value: 4, window: 10d}\n",
         NULL);
    const struct sla_assumption *found =
        sla_assumed_of_resource(bench.world, SLA_ASSUME_PAUSE_COUNT, 0);

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    ASSERT_TEXT(found->clause->ref.clause, "b"); /* as often as `a`, and its owner says so */
    CU_ASSERT_TRUE(found->acknowledged);
    CU_ASSERT_EQUAL(found->value, 2);
}

static void who_says_it_itself_acknowledges_it(void)
{
    tell(ITEM "on: z, term: window.aligned, op: is, value: yes}\n",
         "    - {id: i, owner: dc, on: all, term: window.aligned, op: is, value: yes}\n"
         "    - {id: j, owner: shop, on: all, term: pause.count, op: is, value: 1, window: 1d}\n");
    const struct sla_assumption *all = bench.world->assumptions;

    CU_ASSERT_EQUAL_FATAL(bench.world->assumption_count, 3);
    ASSERT_TEXT(all[0].clause->ref.party, "dc");
    CU_ASSERT_TRUE(all[0].acknowledged);
    CU_ASSERT_FALSE(all[1].acknowledged);
    CU_ASSERT_TRUE(all[2].acknowledged);
    CU_ASSERT_EQUAL(all[0].clause->resource_count, 2);
}

static void a_term_of_services_is_said_to_be_one(void)
{
    tell(ITEM "on: z, term: window.mean, op: is, value: yes}\n", NULL);
    CU_ASSERT_EQUAL_FATAL(bench.diags.errors, 1);
    const struct diag *error = bench.diags.first;
    while (error->level != DIAG_ERROR) {
        error = error->next;
    }
    ASSERT_TEXT(error->helps->text, "the term is of services: name a target with `service:`");
}

static CU_TestInfo tests[] = {
    { "a term of services is said to be one", a_term_of_services_is_said_to_be_one },
    { "each mistake is told", each_mistake_is_told },
    { "no clause is an assumption", no_clause_is_an_assumption },
    { "they hold where they are said", they_hold_where_they_are_said },
    { "of several the one that costs most counts", of_several_the_one_that_costs_most_counts },
    { "who says it itself acknowledges it", who_says_it_itself_acknowledges_it },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla assumptions", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
