/* Random services with random offers and assumptions: each figure of F7 is checked by what shares
 * no code with it. */
#include "sla/certificate/recovery.h"

#include "tests/unit/sla/worlds.h"

enum { ROUNDS = 300, RESOURCES = 5, SERVICES = 5, OFFERS = 8 };

/* What is advertised, what the party that requires promises itself, and nothing. */
static const char *const providers[] = { "one", "shop", "mute" };

static struct bench bench;
static uint64_t state;

static void set_up(void)
{
    bench_start(&bench);
    state = 20260817;
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

static const char *draw_when(unsigned one_in)
{
    return draw(one_in) == 0 ? ", when: {class: patient}" : "";
}

static void add_service(unsigned at, struct buf *out)
{
    unsigned parts = 1 + draw((1U << (RESOURCES + at)) - 1);
    unsigned count = (unsigned)__builtin_popcount(parts);
    bool first = true;

    buf_printf(out, "    - {id: s%u, needs: {atLeast: %u, of: [", at,
               draw(2) == 0 ? count : 1 + draw(count));
    for (unsigned i = 0; i < RESOURCES + at; i++) {
        if ((parts >> i & 1U) != 0) {
            buf_printf(out, "%s%c%u", first ? "" : ", ", i < RESOURCES ? 'r' : 's',
                       i < RESOURCES ? i : i - RESOURCES);
            first = false;
        }
    }
    buf_add_cstr(out, "]}}\n");
}

static void add_sla(struct buf *out)
{
    static const char *const terms[] = { "recovery.time", "recovery.point" };

    buf_add_cstr(out, "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: shop, party: "
                      "shop, role: tenant, ucloud: store}\nspec:\n  targets:\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        buf_printf(out, "    - {id: t%u, service: s%u}\n", i, i);
    }
    buf_add_cstr(out, "  clauses:\n");
    for (unsigned i = 0; i < 2 * SERVICES; i++) {
        buf_printf(out, "    - {id: c%u, on: t%u, term: %s, op: \"<=\", value: %u m%s}\n", i, i / 2,
                   terms[i % 2], 5 + draw(60), i % 2 == 1 ? draw_when(3) : "");
    }
    buf_add_cstr(out, "  assumptions:\n    - {id: none, owner: shop, on: t0, term: "
                      "restore.parallel, op: is, value: no}\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        if (draw(3) == 0) {
            buf_printf(out,
                       "    - {id: p%u, owner: shop, on: [t%u, t%u], term: restore.parallel, op: "
                       "is, value: yes}\n",
                       i, i, (i + 1) % SERVICES);
        }
        if (draw(4) == 0) {
            buf_printf(out,
                       "    - {id: l%u, owner: shop, on: t%u, term: replication.lag, op: \"<=\", "
                       "value: %u m}\n",
                       i, i, 1 + draw(9));
        }
    }
}

static void add_offers(unsigned provider, struct buf *out)
{
    buf_printf(out,
               "---\napiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: %s, party: %s, "
               "role: provider, assertedBy: {party: %s, how: transcribed}}\nspec:\n  targets: "
               "[{id: all}, {id: c, plane: compute}, {id: d, plane: data}]\n  clauses:\n",
               providers[provider], providers[provider], providers[provider]);
    for (unsigned i = 0; i < OFFERS; i++) {
        bool point = draw(2) == 0;
        buf_printf(out,
                   "    - {id: o%u, on: %c, stance: offers, term: recovery.%s, op: \"<=\", value: "
                   "%u m%s}\n",
                   i, draw(2) == 0 ? 'c' : 'd', point ? "point" : "time", 1 + draw(30),
                   point ? draw_when(2) : "");
    }
}

static void compile(void)
{
    static const char *const planes[] = { "compute", "data", "network" };
    CLEANUP(buf_done) struct buf text = { 0 };

    add_sla(&text);
    add_offers(0, &text);
    add_offers(1, &text);
    buf_add_cstr(&text, "---\napiVersion: redan/v1\nkind: UCloud\nmetadata: {name: store, party: "
                        "shop, role: tenant}\nspec:\n  resources:\n    - {name: held, plane: data, "
                        "layer: L2, node: n1, provider: one, class: patient}\n");
    for (unsigned i = 0; i < RESOURCES; i++) {
        unsigned plane = draw(5) == 0 ? 2 : draw(2);
        buf_printf(&text, "    - {name: r%u, plane: %s, layer: L2, node: n1, provider: %s%s}\n", i,
                   planes[plane], providers[draw(7) == 0 ? 2 : draw(2)],
                   plane == 2 ? ", addresses: 10.0.0.1" : "");
    }
    buf_add_cstr(&text, "  services:\n");
    for (unsigned i = 0; i < SERVICES; i++) {
        add_service(i, &text);
    }
    bench_end(&bench);
    bench_start(&bench);
    bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
    bench_compile(&bench);
    if (bench.world == NULL) {
        (void)printf("\n%.*s\n%.*s\n", SLICE_ARG(bench_findings(&bench)), (int)text.len, text.ptr);
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

static void refuse(struct sla_recovery recovery)
{
    ASSERT_CODE(sla_recovery_check(bench.world, &recovery), STATUS_INVALID);
}

static void tamper(const struct sla_recovery *right)
{
    struct sla_recovery wrong = *right;

    wrong.figure_ms++;
    refuse(wrong);
    wrong = *right;
    wrong.best_ms = right->best_ms > 0 ? right->best_ms - 1 : 1;
    refuse(wrong);
    wrong = *right;
    wrong.verdict = right->verdict == SLA_PROVEN ? SLA_ASSUMED : SLA_PROVEN;
    refuse(wrong);
    if (right->verdict == SLA_ASSUMED) {
        wrong = *right;
        wrong.assumption_count = 0;
        refuse(wrong);
    }
}

static void every_figure_follows_and_no_other(void)
{
    size_t seen[SLA_VERDICTS] = { 0 };

    for (int round = 0; round < ROUNDS; round++) {
        compile();
        CU_ASSERT_EQUAL_FATAL(bench.world->recovery_count, 2UL * SERVICES);
        for (size_t i = 0; i < bench.world->recovery_count; i++) {
            const struct sla_recovery *recovery = &bench.world->recoveries[i];
            ASSERT_OK(sla_recovery_check(bench.world, recovery));
            seen[recovery->verdict]++;
            tamper(recovery);
        }
    }
    CU_ASSERT_TRUE(seen[SLA_PROVEN] > 9 && seen[SLA_ASSUMED] > 9 && seen[SLA_UNPROVEN] > 9 &&
                   seen[SLA_IMPOSSIBLE] > 9);
}

/* What the budget does not reach is unproven, and told. */
static void the_budget_leaves_nothing_proven(void)
{
    compile();
    bench.options.max_expansions = 1;
    bench.diags.first = NULL;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
    CU_ASSERT_EQUAL_FATAL(bench.world->recovery_count, 2UL * SERVICES);
    for (size_t i = 0; i < bench.world->recovery_count; i++) {
        CU_ASSERT_EQUAL(bench.world->recoveries[i].verdict, SLA_UNPROVEN);
    }
}

static CU_TestInfo tests[] = {
    { "every figure follows, and no other", every_figure_follows_and_no_other },
    { "the budget leaves nothing proven", the_budget_leaves_nothing_proven },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla certificates of recovery", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
