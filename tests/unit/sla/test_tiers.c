/* Tiers: how they are read, and which disagreements of rules they settle. */
#include "model/decide.h"
#include "sla/policy/tiers.h"
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
    "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc-one, owner: lab}\n"        \
    "    - {name: db, plane: compute, layer: L2, node: n1, provider: dc-one, labels: {a: b}}\n"
#define RULE(id_, on_, op_, value_, more_)                                                         \
    "    - {id: " id_ ", on: " on_ ", term: authority, action: compute.suspend, op: " op_          \
    ", value: " value_ more_ "}\n"
#define TARGETS "  targets: [{id: all}, {id: some, select: {a: b}}]\n  clauses:\n"

static void add_world(const char *tiers, const char *clauses)
{
    bench_clear(&bench);
    bench.options.without_repairs = true;
    bench_add(
        &bench,
        text_sla(&bench, "shop",
                 arena_printf(&bench.arena, "  tiers: %s\n" TARGETS "%s", tiers, clauses).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
}

static void compile(const char *tiers, const char *clauses)
{
    add_world(tiers, clauses);
    bench_compile(&bench);
}

static void wrong_tiers_are_told(void)
{
    static const struct {
        const char *tiers, *clauses, *findings;
    } cases[] = {
        { "[{id: a}, {id: a}]", RULE("x", "all", "permit", "tenant", ""), "301 5:25" },
        { "[{id: a, combine: majority}]", RULE("x", "all", "permit", "tenant", ""), "206 5:28" },
        { "[{id: a, combine: ''}]", RULE("x", "all", "permit", "tenant", ""), "206 5:28" },
        { "[{combine: permit-overrides}]", RULE("x", "all", "permit", "tenant", ""), "202 5:11" },
        { "[{id: a}]", RULE("x", "all", "permit", "tenant", ", tier: b"), "322 8:99" },
        { "[{id: a}]", "    - {id: x, on: all, term: location, op: in, value: PT, tier: a}\n",
          "212 8:59" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].tiers, cases[i].clauses);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void a_party_has_a_limit_of_tiers(void)
{
    CLEANUP(buf_done) struct buf tiers = { 0 };

    for (unsigned i = 0; i <= SLA_TIERS_MAX; i++) {
        buf_printf(&tiers, "%s{id: t%u}", i > 0 ? ", " : "[", i);
    }
    buf_add_char(&tiers, ']');
    compile(tiers.ptr, RULE("x", "all", "permit", "tenant", ""));
    CU_ASSERT_TRUE(bench_has(&bench, 219));
}

static void declared_ways_out_settle_disagreements(void)
{
    static const struct {
        const char *tiers, *clauses;
        size_t conflicts;
    } cases[] = {
        { "[{id: a}]",
          RULE("x", "all", "permit", "dc-one", "") RULE("y", "all", "deny", "dc-one", ""), 1 },
        { "[{id: a}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          1 },
        { "[{id: a}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a") RULE("y", "all", "deny", "dc-one", ""),
          0 },
        { "[{id: a, combine: forbid-overrides}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          0 },
        { "[{id: a, combine: first-applicable}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          0 },
        { "[{id: a, combine: most-specific}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          1 },
        { "[{id: a, combine: most-specific}]",
          RULE("x", "some", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          0 },
        { "[{id: a, combine: most-specific}]", /* fewer resources, but a role against a name */
          RULE("x", "some", "permit", "provider", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a"),
          1 },
        { "[{id: a, combine: most-specific}]",
          RULE("x", "all", "only", "shop", ", tier: a")
              RULE("y", "all", "permit", "provider", ", tier: a"),
          0 },
        { "[{id: a}]",
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a")
                  RULE("z", "all", "pass", "provider", ", tier: a"),
          0 },
        { "[{id: a}]", /* passes about others, or only sometimes */
          RULE("x", "all", "permit", "dc-one", ", tier: a")
              RULE("y", "all", "deny", "dc-one", ", tier: a")
                  RULE("z", "all", "pass", "tenant", ", tier: a")
                      RULE("w", "all", "pass", "dc-one", ", tier: a, when: {phase: incident}"),
          1 },
        { "[{id: a, combine: forbid-overrides}]", /* a right is a move: no tier answers it */
          RULE("x", "all", "only", "tenant", ", tier: a"), 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].tiers, cases[i].clauses);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->conflict_count, cases[i].conflicts);
        check_certificates(bench.world);
    }
}

static void a_reserved_right_is_a_move_that_no_tier_answers(void)
{
    add_world("[{id: a, combine: forbid-overrides}]",
              RULE("x", "all", "only", "tenant", ", tier: a"));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 "  targets: [{id: all}]\n  clauses:\n"
                                 "    - {id: stop, on: all, stance: reserves, term: authority, "
                                 "action: compute.suspend}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
}

/* The party of the U-Cloud is asked before the owner of the resource; others are not asked. */
static void standing_settles_what_two_parties_say(void)
{
    static const struct {
        const char *other;
        const char *role;
        size_t conflicts;
    } cases[] = { { "lab", "user", 0 }, { "boss", "operator", 1 } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        add_world("[{id: a}]", RULE("x", "all", "permit", "dc-one", ""));
        bench_add(&bench,
                  arena_printf(&bench.arena,
                               "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: other, "
                               "party: %s, role: %s, ucloud: store}\nspec:\n" TARGETS RULE(
                                   "y", "all", "deny", "dc-one", ""),
                               cases[i].other, cases[i].role));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, cases[i].conflicts);
        /* the lab speaks of store/vm alone, where it is asked after the shop */
        if (cases[i].conflicts > 0) {
            CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, 2);
        }
    }
}

static struct policy_decision decide(const char *subject, const char *resource)
{
    const struct policy_set *set = &bench.world->policies;
    struct policy_request request = { .act = ACTION_COMPUTE_SUSPEND,
                                      .subject = policy_subject_find(set, slice_from(subject)) };
    struct policy_decision out;

    while (!slice_is(set->resources[request.resource].name, resource)) {
        request.resource++;
    }
    policy_decide(set, &request, &out);
    return out;
}

static void tiers_are_asked_in_their_order(void)
{
    compile("[{id: legal, combine: forbid-overrides}, {id: house}]",
            RULE("no-one", "all", "deny", "[provider, tenant]", ", tier: legal")
                RULE("trusted", "some", "pass", "dc-one", ", tier: legal")
                    RULE("help", "all", "permit", "dc-one", ", tier: house"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_decision vm = decide("dc-one", "vm");
    CU_ASSERT_EQUAL(vm.verdict, POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(vm.tier, 0);
    CU_ASSERT_EQUAL_FATAL(vm.deciding_total, 1);
    ASSERT_TEXT(bench.world->policies.rules->clauses[vm.deciding[0]]->clause, "no-one");
    const struct policy_decision db = decide("dc-one", "db");
    CU_ASSERT_EQUAL(db.verdict, POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(db.tier, 1);
    CU_ASSERT_EQUAL_FATAL(db.deciding_total, 1);
    ASSERT_TEXT(bench.world->policies.rules->clauses[db.deciding[0]]->clause, "help");
    CU_ASSERT_EQUAL(decide("shop", "db").verdict, POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide("lab", "vm").verdict, POLICY_VERDICT_NONE);
    CU_ASSERT_EQUAL(decide("lab", "db").verdict, POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide("stranger", "db").verdict, POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide("stranger", "db").tier, POLICY_NO_TIER);
}

/* Of `db`, when nothing is known of the phase, and when it is. */
static enum policy_verdict decide_in(const char *phase)
{
    const struct policy_set *set = &bench.world->policies;
    enum phase number = PHASE_NORMAL;
    struct policy_request request = {
        .subject = policy_subject_find(set, SLICE("dc-one")),
        .resource = slice_is(set->resources[0].name, "db") ? 0 : 1,
        .act = ACTION_COMPUTE_SUSPEND,
    };

    if (phase != NULL) {
        CU_ASSERT_TRUE(phase_parse(slice_from(phase), &number));
        request.phase = (uint8_t)number;
        request.known = POLICY_KNOWS_PHASE;
    }
    return policy_verdict(set, &request);
}

static void a_pass_that_is_not_sure_opens_nothing(void)
{
#define IN(tier_)       ", tier: " tier_
#define INCIDENT(tier_) ", tier: " tier_ ", when: {phase: incident}"
    static const struct {
        const char *strategy, *clauses;
        enum policy_verdict unknown, normal, incident;
    } cases[] = {
        { "forbid-overrides",
          RULE("let", "all", "permit", "dc-one", IN("a"))
              RULE("ask", "all", "pass", "anyone", INCIDENT("a"))
                  RULE("not", "all", "deny", "dc-one", IN("b")),
          POLICY_VERDICT_FORBID, POLICY_VERDICT_PERMIT, POLICY_VERDICT_FORBID },
        { "permit-overrides",
          RULE("not", "all", "deny", "dc-one", IN("a"))
              RULE("ask", "all", "pass", "anyone", INCIDENT("a"))
                  RULE("let", "all", "permit", "dc-one", IN("b")),
          POLICY_VERDICT_FORBID, POLICY_VERDICT_FORBID, POLICY_VERDICT_PERMIT },
        { "first-applicable",
          RULE("ask", "all", "pass", "anyone", INCIDENT("a"))
              RULE("not", "all", "deny", "dc-one", IN("a"))
                  RULE("let", "all", "permit", "dc-one", IN("a")),
          POLICY_VERDICT_FORBID, POLICY_VERDICT_FORBID, POLICY_VERDICT_FORBID },
        { "most-specific",
          RULE("ask", "some", "pass", "dc-one", INCIDENT("a"))
              RULE("not", "some", "deny", "provider", IN("a"))
                  RULE("let", "all", "permit", "provider", IN("a")),
          POLICY_VERDICT_FORBID, POLICY_VERDICT_FORBID, POLICY_VERDICT_FORBID },
        { "forbid-overrides",
          RULE("let", "all", "permit", "dc-one", IN("a"))
              RULE("ask", "all", "pass", "anyone", INCIDENT("a"))
                  RULE("too", "all", "permit", "dc-one", IN("b")),
          POLICY_VERDICT_PERMIT, POLICY_VERDICT_PERMIT, POLICY_VERDICT_PERMIT },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(
            arena_printf(&bench.arena, "[{id: a, combine: %s}, {id: b}]", cases[i].strategy).ptr,
            cases[i].clauses);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(decide_in(NULL), cases[i].unknown);
        CU_ASSERT_EQUAL(decide_in("normal"), cases[i].normal);
        CU_ASSERT_EQUAL(decide_in("incident"), cases[i].incident);
    }
}

static CU_TestInfo tests[] = {
    { "wrong tiers are told", wrong_tiers_are_told },
    { "a party has a limit of tiers", a_party_has_a_limit_of_tiers },
    { "declared ways out settle disagreements", declared_ways_out_settle_disagreements },
    { "a reserved right is a move that no tier answers",
      a_reserved_right_is_a_move_that_no_tier_answers },
    { "standing settles what two parties say", standing_settles_what_two_parties_say },
    { "tiers are asked in their order", tiers_are_asked_in_their_order },
    { "a pass that is not sure opens nothing", a_pass_that_is_not_sure_opens_nothing },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla tiers", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
