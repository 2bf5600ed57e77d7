/* Rules about people and groups, and terms that are about acts of their own. */
#include "model/decide.h"
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

#define RULE(id_, term_, op_, value_)                                                              \
    "    - {id: " id_ ", on: all, term: " term_ ", op: " op_ ", value: " value_ "}\n"
#define READ "authorization, action: data.read"

static void compile(const char *clauses)
{
    bench_clear(&bench);
    bench_add(
        &bench,
        text_sla(
            &bench, "shop",
            arena_printf(&bench.arena, "  targets: [{id: all}]\n  clauses:\n%s", clauses).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one}\n"
                                  "    - {name: vm, plane: compute, layer: L2, node: n1, provider: "
                                  "dc-one}\n"
                                  "    - {name: web, plane: network, layer: L2, addresses: "
                                  "10.0.0.1, node: n1, provider: dc-one}\n"));
    bench_compile(&bench);
}

static void subjects_are_read(void)
{
    static const struct {
        const char *clause, *findings;
    } cases[] = {
        { RULE("x", READ, "permit", "user/ana"), "" },
        { RULE("x", READ, "permit", "[anyone, tenant, dc-one, group/lab, dc-one/user/bo]"), "" },
        { RULE("x", READ, "permit", "dc-two/user/bo"), "305 7:83" },
        { RULE("x", READ, "permit", "user/"), "209 7:83" },
        { RULE("x", READ, "permit", "[]"), "214 7:83" },
        { RULE("x", READ, "oblige", "user/ana"), "211 7:68" },
        { RULE("x", "authorization, action: data.freeze", "permit", "user/ana"), "206 7:53" },
        { RULE("x", "authorization", "permit", "user/ana"), "212 7:7" },
        { RULE("x", "authority, action: data.read", "permit", "user/ana"), "209 7:79" },
        { RULE("x", "authority, action: data.read", "permit", "anyone"), "" },
        { RULE("x", "introspection, action: data.read", "permit", "tenant"), "212 7:45" },
        { RULE("x", "scanning", "deny", "[anyone]"), "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clause);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void rules_about_one_person_collide(void)
{
    static const struct {
        const char *permit, *deny;
        const char *witness; /* NULL: they do not */
    } cases[] = {
        { "user/ana", "user/ana",
          "`shop/user/ana` does data.read on store/db: `let` permits it, `not` forbids it" },
        { "user/ana", "user/bo", NULL },
        { "user/ana", "group/lab", NULL }, /* whether she is of it is not said here */
        { "user/ana", "shop",
          "`shop/user/ana` does data.read on store/db: `let` permits it, `not` forbids it" },
        { "tenant", "group/lab",
          "`shop/group/lab` does data.read on store/db: `let` permits it, `not` forbids it" },
        { "dc-one/user/ana", "shop", NULL },
        { "anyone", "group/lab",
          "`shop/group/lab` does data.read on store/db: `let` permits it, `not` forbids it" },
        { "group/lab", "anyone",
          "`shop/group/lab` does data.read on store/db: `let` permits it, `not` forbids it" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(arena_printf(&bench.arena,
                             RULE("let", READ, "permit", "%s") RULE("not", READ, "deny", "%s"),
                             cases[i].permit, cases[i].deny)
                    .ptr);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, cases[i].witness != NULL ? 1 : 0);
        check_certificates(bench.world);
        check_repairs(&bench);
        if (cases[i].witness != NULL) {
            ASSERT_TEXT(bench.world->conflicts[0].witness, cases[i].witness);
        }
    }
}

static void terms_with_acts_of_their_own_meet_authority(void)
{
    compile(RULE("let", "authority, action: network.scan", "permit", "dc-one") RULE(
        "not", "scanning", "deny", "provider") RULE("mine", "introspection", "only", "tenant")
                RULE("other", "authority, action: compute.introspect", "permit", "provider"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 2);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "`dc-one` does network.scan on store/web: `let` permits it, `not` forbids it");
    ASSERT_TEXT(bench.world->conflicts[1].witness, "`dc-one` does compute.introspect on store/vm: "
                                                   "`other` permits it, `mine` forbids it");
    check_certificates(bench.world);
    /* what Redan does not execute makes no policies */
    CU_ASSERT_EQUAL(bench.world->policies.policy_count, 0);
}

static enum policy_verdict decide(enum sla_act act, const char *resource, const char *subject,
                                  const char *group)
{
    const struct policy_set *set = &bench.world->policies;
    const uint32_t groups[] = { policy_subject_find(set, slice_from(group)) };
    struct policy_request request = {
        .act = (uint16_t)act,
        .subject = policy_subject_find(set, slice_from(subject)),
        .groups = groups,
        .group_count = group != NULL ? 1 : 0,
    };

    while (!slice_is(set->resources[request.resource].name, resource)) {
        request.resource++;
    }
    return policy_verdict(set, &request);
}

static void people_are_decided_about(void)
{
    compile(RULE("lab", READ, "permit", "group/lab") RULE("bo", READ, "deny", "user/bo")
                RULE("look", "introspection", "only", "user"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "shop/user/ana", "shop/group/lab"),
                    POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "shop/user/ana", NULL), POLICY_VERDICT_NONE);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "shop/user/bo", NULL), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "shop/user/bo", "shop/group/lab"),
                    POLICY_VERDICT_CONFLICT);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "dc-one/user/ana", NULL),
                    POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db", "stranger", NULL), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide(SLA_ACT_COMPUTE_INTROSPECT, "vm", "shop/user/ana", NULL),
                    POLICY_VERDICT_FORBID);
}

static CU_TestInfo tests[] = {
    { "subjects are read", subjects_are_read },
    { "rules about one person collide", rules_about_one_person_collide },
    { "terms with acts of their own meet authority", terms_with_acts_of_their_own_meet_authority },
    { "people are decided about", people_are_decided_about },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla rules about people", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
