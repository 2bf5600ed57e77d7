/* Who gives way: by declared steps and weights, by ids, greedily; and what no longer holds then. */
#include "sla/resolve/degrade.h"

#include <string.h>

#include "model/decide.h"

#include "tests/unit/sla/worlds.h"

enum { ROUNDS = 300, CLAUSES = 6 };

static struct bench bench;
static uint64_t state;

static void set_up(void)
{
    bench_start(&bench);
    state = 20260401;
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* xorshift64: 0..below - 1 */
static unsigned draw(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state % below);
}

#define UCLOUD                                                                                     \
    "    - {name: r0, plane: compute, layer: L2, node: n1, provider: dc}\n"                        \
    "    - {name: r1, plane: compute, layer: L2, node: n1, provider: dc}\n"

static void tell(const char *clauses, const char *degrade)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena,
                                            "  targets: [{id: x}, {id: a, select: {name: r0}}, "
                                            "{id: b, select: {name: r1}}]\n  clauses:\n%s%s\n",
                                            clauses, degrade)
                                   .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", UCLOUD));
    bench_compile(&bench);
}

/* --- the order ------------------------------------------------------------------------------- */

#define IN(id, countries, rest)                                                                    \
    "    - {id: " id ", on: x, term: location, op: in, value: [" countries "]" rest "}\n"
#define SHOULD ", strength: should"

static const struct {
    const char *clauses, *degrade, *findings;
} rows[] = {
    { IN("a", "PT", SHOULD) IN("b", "FR", ""), "  degrade: [[a]]", "502 7:53" },
    { IN("a", "PT", SHOULD), "  degrade: [a]", "" },
    { IN("a", "PT", SHOULD), "  degrade: []", "321 7:12" },
    { IN("a", "PT", SHOULD), "  degrade: [[a, b]]", "321 8:17" },
    { IN("a", "PT", SHOULD) IN("b", "PT", ""), "  degrade: [[a, b]]", "321 9:17" },
    { IN("a", "PT", SHOULD), "  degrade: [[a], [a]]", "321 8:19" },
    { IN("a", "PT", SHOULD), "  degrade: a", "203 8:12" },
    { IN("a", "PT", SHOULD), "  degrade: [{a: b}]", "203 8:13" },
    { IN("a", "PT", ", weight: 2"), "", "212 7:59" },
    { IN("a", "PT", SHOULD ", weight: 0"), "", "208 7:85" },
    { IN("a", "PT", SHOULD ", weight: 1001"), "", "208 7:85" },
    { IN("a", "PT", SHOULD ", weight: 1000"), "", "" },
    { IN("b", "PT", SHOULD) IN("a", "FR", SHOULD), "", "907 8:12; 502 8:53" },
    { IN("b", "PT", SHOULD) IN("a", "FR", SHOULD), "  degrade: [[b], [a]]", "502 7:53" },
    { IN("b", "PT", SHOULD) IN("a", "FR", SHOULD), "  degrade: [[a], [b]]", "502 8:53" },
    { IN("b", "PT", SHOULD) IN("a", "FR", SHOULD ", weight: 2"), "  degrade: [[b, a]]",
      "502 7:53" },
    /* two light ones or a heavy one: the weight of the last step decides */
    { IN("c", "PT, ES", SHOULD) IN("b", "PT, FR", SHOULD) IN("a", "ES, FR", SHOULD),
      "  degrade: [[a, b, c]]", "502 9:53" },
};

/* But for what nobody offers, which is of no interest here. */
static struct slice findings(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code != SLA_CODE_UNPROVEN) {
            buf_printf(&text, "%s%u %u:%u", text.len > 0 ? "; " : "", at->code, at->span.line,
                       diag_span_start(at->span).col);
        }
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void the_order_is_declared_or_by_id(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        tell(rows[i].clauses, rows[i].degrade);
        ASSERT_TEXT(findings(), rows[i].findings);
    }
}

/* --- least ----------------------------------------------------------------------------------- */

/* Clauses of one country each on some of six resources: every two of different countries collide
 * where both speak. */
struct drawn {
    unsigned country[CLAUSES], where[CLAUSES], step[CLAUSES], weight[CLAUSES];
};

static void put_clauses(const struct drawn *drawn, unsigned count, struct buf *out)
{
    static const char *const countries[] = { "PT", "FR", "DE" };

    buf_add_cstr(out, "  clauses:\n");
    for (unsigned i = 0; i < count; i++) {
        buf_printf(out, "    - {id: c%u, on: [", i);
        for (unsigned j = 0, first = 1; j < CLAUSES; j++) {
            if ((drawn->where[i] >> j & 1U) != 0) {
                buf_printf(out, "%st%u", first != 0 ? "" : ", ", j);
                first = 0;
            }
        }
        buf_printf(out, "], term: location, op: in, value: %s, strength: should, weight: %u}\n",
                   countries[drawn->country[i]], drawn->weight[i]);
    }
}

static void put_steps(const struct drawn *drawn, unsigned count, struct buf *out)
{
    buf_add_cstr(out, "  degrade:\n");
    for (unsigned step = 0; step < 3; step++) {
        bool any = false;
        for (unsigned i = 0; i < count; i++) {
            if (drawn->step[i] == step) {
                buf_printf(out, "%sc%u", any ? ", " : "    - [", i);
                any = true;
            }
        }
        buf_add_cstr(out, any ? "]\n" : "");
    }
}

static void compile(const struct drawn *drawn, unsigned count)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    CLEANUP(buf_done) struct buf resources = { 0 };

    buf_add_cstr(&text, "  targets:\n");
    for (unsigned i = 0; i < CLAUSES; i++) {
        buf_printf(&text, "    - {id: t%u, select: {name: r%u}}\n", i, i);
        buf_printf(&resources,
                   "    - {name: r%u, plane: compute, layer: L2, node: n1, provider: "
                   "dc}\n",
                   i);
    }
    put_clauses(drawn, count, &text);
    put_steps(drawn, count, &text);
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", text.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", resources.ptr));
    bench.options.without_repairs = true;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

static unsigned number_of(const struct sla_clause *clause)
{
    return (unsigned)(clause->ref.clause.ptr[1] - '0');
}

/* What is given up, step by step, the last one first; as one number, weights being below 100. */
static uint64_t price_of(const struct drawn *drawn, unsigned given_up)
{
    uint64_t price = 0;

    for (unsigned step = 3; step-- > 0;) {
        price *= 1000;
        for (unsigned i = 0; i < CLAUSES; i++) {
            bool counts = (given_up >> i & 1U) != 0 && drawn->step[i] == step;
            price += counts ? drawn->weight[i] : 0;
        }
    }
    return price;
}

static bool ends_all(unsigned given_up)
{
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        const struct sla_conflict *conflict = &bench.world->conflicts[i];
        bool ended = false;
        for (size_t j = 0; j < conflict->clause_count; j++) {
            ended |= (given_up >> number_of(conflict->clauses[j]) & 1U) != 0;
        }
        if (!ended) {
            return false;
        }
    }
    return true;
}

static void check_least(const struct drawn *drawn)
{
    unsigned given_up = 0;

    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world->conflicts[i].yields);
        CU_ASSERT_TRUE(bench.world->conflicts[i].is_least);
        given_up |= 1U << number_of(bench.world->conflicts[i].yields);
    }
    CU_ASSERT_TRUE(ends_all(given_up));
    for (unsigned other = 0; other < 1U << CLAUSES; other++) {
        if (ends_all(other)) {
            CU_ASSERT_TRUE(price_of(drawn, given_up) <= price_of(drawn, other));
        }
    }
}

static void no_other_choice_weighs_less(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        struct drawn drawn;
        for (unsigned i = 0; i < CLAUSES; i++) {
            drawn.country[i] = draw(3);
            drawn.where[i] = 1 + draw((1U << CLAUSES) - 1);
            drawn.weight[i] = 1 + draw(9);
            drawn.step[i] = draw(3);
        }
        compile(&drawn, CLAUSES);
        check_least(&drawn);
        bench_end(&bench);
        bench_start(&bench);
    }
}

/* One `must` against many: all of them give way, and nobody proves that it is least. */
static void many_that_hang_together_are_chosen_greedily(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned i = 0; i <= SLA_DEGRADE_EXACT_MAX; i++) {
        buf_printf(&text,
                   "    - {id: c%02u, on: x, term: location, op: in, value: %s, strength: "
                   "should}\n",
                   i, i == 0 ? "FR" : "PT");
    }
    tell(text.ptr, "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, SLA_DEGRADE_EXACT_MAX);
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        CU_ASSERT_FALSE(bench.world->conflicts[i].is_least);
        ASSERT_TEXT(bench.world->conflicts[i].yields->ref.clause, "c00");
    }
}

/* --- what no longer holds -------------------------------------------------------------------- */

static void policies_and_objectives_hold_elsewhere(void)
{
    tell("    - {id: keep, on: x, term: authority, action: compute.suspend, op: deny, value: shop, "
         "strength: should}\n"
         "    - {id: may, on: a, term: authority, action: compute.suspend, op: permit, value: "
         "shop}\n",
         "  degrade: [[keep]]");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_set *set = &bench.world->policies;
    const struct clause_ref *forbids = NULL;

    CU_ASSERT_EQUAL_FATAL(set->degrade_count, 1);
    CU_ASSERT_EQUAL(set->degrade[0].step, 1);
    ASSERT_TEXT(set->degrade[0].clause.clause, "keep");
    ASSERT_TEXT(set->degrade[0].finding, bench.world->conflicts[0].id.ptr);
    CU_ASSERT_EQUAL(set->degrade[0].target_count, 1);
    CU_ASSERT_TRUE(policy_may_respond(set, ACTION_COMPUTE_SUSPEND, 0, SLICE("shop"), &forbids));
    CU_ASSERT_FALSE(policy_may_respond(set, ACTION_COMPUTE_SUSPEND, 1, SLICE("shop"), &forbids));
    CU_ASSERT_EQUAL_FATAL(set->policy_count, 2);
    for (size_t i = 0; i < set->policy_count; i++) {
        const struct policy *policy = &set->policies[i];
        bool is_forbid = policy->effect == POLICY_FORBID;
        CU_ASSERT_EQUAL(policy->target_count, 1);
        CU_ASSERT_EQUAL(policy->targets[0], is_forbid ? 1 : 0);
    }
}

static void an_objective_that_gave_way_stays_as_such(void)
{
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: x}]\n  clauses:\n    - {id: up, on: x, term: "
                               "availability, op: \">=\", value: 99.99 %, window: 30d, strength: "
                               "should}\n  degrade: [[up]]\n"));
    bench_add(&bench, text_offer(&bench, "dc",
                                 "  targets: [{id: x, select: {name: r0}}]\n  clauses:\n    - {id: "
                                 "o, on: x, stance: offers, term: availability, op: \">=\", value: "
                                 "99 %, window: 30d}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", UCLOUD));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_set *set = &bench.world->policies;

    CU_ASSERT_EQUAL_FATAL(set->objective_count, 2);
    CU_ASSERT_FALSE(set->objectives[0].gave_way);
    CU_ASSERT_EQUAL(set->objectives[0].targets[0], 1);
    CU_ASSERT_TRUE(set->objectives[1].gave_way);
    CU_ASSERT_EQUAL(set->objectives[1].step, 1);
    CU_ASSERT_EQUAL(set->objectives[1].targets[0], 0);
}

static CU_TestInfo tests[] = {
    { "the order is declared or by id", the_order_is_declared_or_by_id },
    { "no other choice weighs less", no_other_choice_weighs_less },
    { "many that hang together are chosen greedily", many_that_hang_together_are_chosen_greedily },
    { "policies and objectives hold elsewhere", policies_and_objectives_hold_elsewhere },
    { "an objective that gave way stays as such", an_objective_that_gave_way_stays_as_such },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla degradation", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
