/* ResponsePolicy: what an SLA takes from it acts like its own reactions. */
#include "planner/unit.h"
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
    "web}}\n"                                                                                      \
    "    - {name: web-2, plane: compute, layer: L2, node: n1, provider: dc-one}\n"                 \
    "    - {name: db, plane: data, layer: L2, node: n1, provider: dc-one}\n"

#define POLICY                                                                                     \
    "apiVersion: redan/v1\nkind: ResponsePolicy\n"                                                 \
    "metadata: {name: usual, party: shop, role: tenant}\nspec:\n  reactions:\n"                    \
    "    - {id: freeze, when: {rule: break-in}, respond: [data.freeze], lease: 1h}\n"              \
    "    - {id: guess, when: {rule: break-in}, respond: [compute.snapshot], lease: 2h, approval: " \
    "one}\n"

static const char *const targets = "  targets: [{id: all}, {id: web, select: {app: web}}]\n";

static void compile(const char *policy, const char *rest, bool partial)
{
    bench_clear(&bench);
    bench.options.partial = partial;
    bench_add(&bench, slice_from(policy));
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, "%s%s", targets, rest).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

static const struct reaction *find(const char *path)
{
    const struct policy_set *set = bench.world != NULL ? &bench.world->policies : NULL;

    for (size_t i = 0; set != NULL && i < set->reaction_count; i++) {
        if (slice_is(set->reactions[i].clause.clause, path)) {
            return &set->reactions[i];
        }
    }
    return NULL;
}

static void reactions_of_a_policy_become_reactions_of_the_sla(void)
{
    compile(POLICY, "  responses: [{policy: usual, on: all, except: store/web-2}]\n", false);
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->policies.reaction_count, 2);
    const struct reaction *guess = find("usual/guess");
    CU_ASSERT_PTR_NOT_NULL_FATAL(guess);
    ASSERT_TEXT(guess->clause.document, "shop");
    ASSERT_TEXT(guess->clause.party, "shop");
    ASSERT_TEXT(guess->clause.file, "f1.yaml");
    CU_ASSERT_EQUAL(guess->clause.line, 7);
    CU_ASSERT_EQUAL(guess->lease_ms, INT64_C(2) * 3600 * 1000);
    CU_ASSERT_EQUAL(guess->approval, APPROVAL_ONE);
    CU_ASSERT_EQUAL(guess->target_count, 2); /* db and web-1 */
    CU_ASSERT_EQUAL(bench.world->summary.reactions, 2);
}

/* What the SLA says, and the findings. */
static const struct {
    const char *rest, *wanted;
} rows[] = {
    { "  responses: [{policy: usul, on: all}]\n", "312 6:24" },
    { "  responses: [{policy: usual}]\n", "202 6:15" },
    { "  responses: [{policy: usual, on: al}]\n", "303 6:35; 303 6:35" },
    { "  responses: [{policy: usual, on: all}, {policy: usual, on: web}]\n", "301 6:50" },
    { "  responses: [{policy: usual, on: web}]\n", "308 6:24" }, /* nothing to freeze there */
    { "  responses: [{policy: usual, on: all, lease: 1h}]\n", "201 6:40" },
};

static void what_is_wrong_with_a_response_is_told_at_it(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(POLICY, rows[i].rest, false);
        ASSERT_TEXT(bench_findings(&bench), rows[i].wanted);
    }
    compile("apiVersion: redan/v1\nkind: ResponsePolicy\n"
            "metadata: {name: usual, party: bank, role: tenant}\nspec:\n  reactions: []\n",
            rows[0].rest, true);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_TRUE(bench_has(&bench, 312));
}

/* The planner takes no difference between own reactions and those of a policy, and of several the
 * one with the shortest lease. */
static void the_shortest_lease_counts(void)
{
    const char *own = "  reactions:\n"
                      "    - {id: a, on: web, when: {rule: break-in}, respond: "
                      "[compute.snapshot], lease: 3h}\n"
                      "    - {id: z, on: web, when: {rule: break-in}, respond: "
                      "[compute.snapshot], lease: 30m}\n"
                      "  responses: [{policy: usual, on: all}]\n";

    compile(POLICY, own, false);
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    struct planner_problem problem = { .world = &bench.world->policies };
    problem.incident.rule = SLICE("break-in");
    CU_ASSERT_TRUE(unit_has_reaction(&problem));
    for (size_t i = 0; i < bench.world->policies.resource_count; i++) {
        struct slice name = bench.world->policies.resources[i].name;
        const struct reaction *freeze = unit_reaction(&problem, ACTION_DATA_FREEZE, i);
        const struct reaction *snapshot = unit_reaction(&problem, ACTION_COMPUTE_SNAPSHOT, i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(freeze);
        CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
        ASSERT_TEXT(freeze->clause.clause, "usual/freeze");
        ASSERT_TEXT(snapshot->clause.clause, slice_is(name, "web-1") ? "z" : "usual/guess");
    }
}

/* A provider that exempts nothing: the repair changes the response, not the policy. */
static void a_conflict_with_a_policy_is_mended_at_the_response(void)
{
    bench_clear(&bench);
    bench_add(&bench, SLICE(POLICY));
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: all}]\n  responses: [{policy: usual, on: all}]\n"));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 "  targets: [{id: all}]\n  clauses:\n"
                                 "    - {id: no-freeze, on: all, stance: requires, term: "
                                 "authority, action: data.freeze, op: deny, value: shop}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    CU_ASSERT_TRUE(bench.world->conflicts[0].repair_count > 0);
    check_certificates(bench.world);
    check_repairs(&bench);
}

static CU_TestInfo tests[] = {
    { "reactions of a policy become reactions of the SLA",
      reactions_of_a_policy_become_reactions_of_the_sla },
    { "what is wrong with a response is told at it", what_is_wrong_with_a_response_is_told_at_it },
    { "the shortest lease counts", the_shortest_lease_counts },
    { "a conflict with a policy is mended at the response",
      a_conflict_with_a_policy_is_mended_at_the_response },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla responses", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
