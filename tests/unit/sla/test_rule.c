/* Rules that name nobody: holds, choices of responses, consent and acts that stay apart. */
#include "sla/terms/rule.h"

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

#define TIERS                                                                                      \
    "  tiers: [{id: first, combine: forbid-overrides}]\n  targets: [{id: all}]\n  clauses:\n"
#define ANA                                                                                        \
    "    - {id: ana, on: all, term: authorization, action: data.delete, op: permit, value: "       \
    "user/ana, tier: first}\n"

static void compile(const char *spec)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", arena_printf(&bench.arena, TIERS "%s", spec).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: db, plane: data, layer: L2, node: n1, provider: "
                                  "dc-one}\n"
                                  "    - {name: vm, plane: compute, layer: L2, node: n1, provider: "
                                  "dc-one}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    check_certificates(bench.world);
    check_repairs(&bench);
}

static struct policy_request asks(enum sla_act act, const char *resource)
{
    const struct policy_set *set = &bench.world->policies;
    struct policy_request request = {
        .act = (uint16_t)act,
        .subject = policy_subject_find(set, SLICE("shop/user/ana")),
    };

    while (!slice_is(set->resources[request.resource].name, resource)) {
        request.resource++;
    }
    return request;
}

static enum policy_verdict decide(enum sla_act act, const char *resource)
{
    struct policy_request request = asks(act, resource);

    return policy_verdict(&bench.world->policies, &request);
}

/* --- hold ------------------------------------------------------------------------------------ */

#define HOLD(value_, more_)                                                                        \
    "    - {id: case, on: all, term: hold, op: is, value: " value_ more_ "}\n"
#define SHORT "    - {id: short, on: all, term: retention, op: \"<=\", value: 30d}\n"

static void a_hold_keeps_everybody_from_deleting(void)
{
    compile(ANA);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_DELETE, "db"), POLICY_VERDICT_PERMIT);
    compile(ANA HOLD("yes", ", tier: first"));
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_DELETE, "db"), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_READ, "db"), POLICY_VERDICT_NONE);
    compile(ANA HOLD("no", ", tier: first"));
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_DELETE, "db"), POLICY_VERDICT_PERMIT);
}

static void a_hold_without_a_tier_disagrees_with_what_lets_data_go(void)
{
    compile(HOLD("yes", "") SHORT);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "`shop` does data.delete on store/db: `short` obliges to it, `case` forbids it");
    compile(HOLD("yes", ", tier: first") SHORT);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    compile(HOLD("no", "") SHORT);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    compile(HOLD("yes", "") "    - {id: long, on: all, term: retention, op: \">=\", value: 30d}\n");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
}

/* --- respond.actions ------------------------------------------------------------------------- */

#define CHOICE "    - {id: few, on: all, term: respond.actions, op: in, value: compute.snapshot}\n"
#define REACTION(action_)                                                                          \
    "  reactions:\n    - {id: answer, on: all, when: {rule: x}, respond: " action_ ", lease: "     \
    "1h}\n"

static void what_a_choice_of_actions_leaves_out_is_forbidden(void)
{
    const struct clause_ref *forbids = NULL;

    compile("    - {id: may, on: all, term: authority, action: compute.suspend, op: permit, value: "
            "shop}\n");
    const size_t vm = asks(SLA_ACT_COMPUTE_SUSPEND, "vm").resource;
    CU_ASSERT_TRUE(policy_may_respond(&bench.world->policies, ACTION_COMPUTE_SUSPEND, vm,
                                      SLICE("shop"), &forbids));
    compile(CHOICE REACTION("compute.snapshot"));
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    CU_ASSERT_TRUE(policy_may_respond(&bench.world->policies, ACTION_COMPUTE_SNAPSHOT, vm,
                                      SLICE("shop"), &forbids));
    CU_ASSERT_FALSE(policy_may_respond(&bench.world->policies, ACTION_COMPUTE_SUSPEND, vm,
                                       SLICE("shop"), &forbids));
    CU_ASSERT_PTR_NOT_NULL_FATAL(forbids);
    ASSERT_TEXT(forbids->clause, "few");
}

/* What a bucket holds is known of every incident; its severity is not. */
static void a_response_knows_what_a_bucket_holds(void)
{
    static const struct {
        const char *when;
        bool may;
    } cases[] = { { "class: patient", true },
                  { "class: billing", false },
                  { "severity: high", false } };
    const struct clause_ref *forbids = NULL;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena,
                                                TIERS "    - {id: may, on: all, term: authority, "
                                                      "action: data.freeze, op: permit, value: "
                                                      "dc-one, when: {%s}}\n",
                                                cases[i].when)
                                       .ptr));
        bench_add(&bench,
                  text_ucloud(&bench, "store", "shop",
                              "    - {name: bills, plane: data, layer: L2, provider: dc-one, "
                              "class: [billing]}\n"
                              "    - {name: db, plane: data, layer: L2, provider: dc-one, "
                              "class: [patient]}\n"));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        size_t db = asks(SLA_ACT_DATA_FREEZE, "db").resource;
        CU_ASSERT_EQUAL(policy_may_respond(&bench.world->policies, ACTION_DATA_FREEZE, db,
                                           SLICE("dc-one"), &forbids),
                        cases[i].may);
    }
}

static void a_reaction_disagrees_with_a_choice_that_leaves_it_out(void)
{
    compile(CHOICE REACTION("compute.suspend"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "`shop` does compute.suspend on store/vm: `answer` permits it, `few` forbids it");
    bool wider = false;
    for (size_t i = 0; i < bench.world->conflicts[0].repair_count; i++) {
        wider |= slice_is(bench.world->conflicts[0].repairs[i].title,
                          "take compute.suspend into `few` of shop");
    }
    CU_ASSERT_TRUE(wider);
}

/* --- consent --------------------------------------------------------------------------------- */

#define SHARE(more_)                                                                               \
    "    - {id: share, on: all, term: authorization, action: data.share, op: permit, value: "      \
    "user/ana, tier: first" more_ "}\n"
#define CONSENT                                                                                    \
    "    - {id: ask, on: all, term: consent, action: data.share, op: needed, value: research, "    \
    "tier: first}\n"

static enum policy_verdict shares(const char *purpose, bool consent)
{
    const struct policy_rules *rules = bench.world->policies.rules;
    struct policy_request request = asks(SLA_ACT_DATA_SHARE, "db");

    request.known = POLICY_KNOWS_PURPOSE | POLICY_KNOWS_CONSENTS;
    for (size_t i = 0; i < rules->purpose_count; i++) {
        if (slice_is(rules->purposes[i], purpose)) {
            request.purpose = (uint16_t)(i + 1);
            request.consents = consent ? UINT64_C(1) << i : 0;
        }
    }
    return policy_verdict(&bench.world->policies, &request);
}

static void without_consent_nobody_does_what_needs_it(void)
{
    compile(SHARE("") CONSENT);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0); /* the tier says which holds */
    CU_ASSERT_EQUAL(shares("research", false), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(shares("research", true), POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(shares("treatment", false), POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(decide(SLA_ACT_DATA_SHARE, "db"), POLICY_VERDICT_FORBID); /* nothing is known */
}

static void consent_meets_only_the_purposes_that_need_it(void)
{
    static const struct {
        const char *permit, *needed;
        size_t conflicts;
    } rows[] = {
        { "", "research", 1 },
        { ", when: {purpose: research}", "[research, billing]", 1 },
        { ", when: {purpose: treatment}", "[research, billing]", 0 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(arena_printf(&bench.arena,
                             "    - {id: share, on: all, term: authorization, action: data.share, "
                             "op: permit, value: user/ana%s}\n    - {id: ask, on: all, term: "
                             "consent, action: data.share, op: needed, value: %s}\n",
                             rows[i].permit, rows[i].needed)
                    .ptr);
        CU_ASSERT_EQUAL(bench.world->conflict_count, rows[i].conflicts);
    }
}

/* --- duty ------------------------------------------------------------------------------------ */

static void who_did_one_of_the_acts_does_no_other(void)
{
    compile(ANA "    - {id: apart, on: all, term: duty, op: apart, value: [data.delete, "
                "data.export], per: resource, tier: first}\n");
    struct policy_request request = asks(SLA_ACT_DATA_DELETE, "db");

    CU_ASSERT_EQUAL(policy_verdict(&bench.world->policies, &request), POLICY_VERDICT_FORBID);
    request.known = POLICY_KNOWS_DONE;
    CU_ASSERT_EQUAL(policy_verdict(&bench.world->policies, &request), POLICY_VERDICT_PERMIT);
    request.done_acts = UINT64_C(1) << SLA_ACT_DATA_DELETE;
    CU_ASSERT_EQUAL(policy_verdict(&bench.world->policies, &request), POLICY_VERDICT_PERMIT);
    request.done_acts = UINT64_C(1) << SLA_ACT_DATA_EXPORT;
    CU_ASSERT_EQUAL(policy_verdict(&bench.world->policies, &request), POLICY_VERDICT_FORBID);
}

/* --- mistakes -------------------------------------------------------------------------------- */

static const struct {
    const char *members, *wanted;
} mistakes[] = {
    { "term: duty, op: apart, value: data.delete, per: resource", "224" },
    { "term: duty, op: apart, value: [data.delete, data.delete], per: resource", "224" },
    { "term: duty, op: apart, value: [data.delete, data.export]", "212" },
    { "term: duty, op: apart, value: [data.delete, data.burn], per: resource", "206" },
    { "term: consent, action: data.freeze, op: needed, value: research", "206" },
    { "term: consent, action: data.share, op: needed, value: research, when: {purpose: care}",
      "224" },
    { "term: hold, op: is, value: maybe", "206" },
    { "term: respond.actions, op: in, value: network.deny source", "206" },
    { "term: respond.actions, op: in, value: data.read", "206" },
};

static void mistakes_are_told(void)
{
    for (size_t i = 0; i < COUNT_OF(mistakes); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena, TIERS "    - {id: x, on: all, %s}\n",
                                                mistakes[i].members)
                                       .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: db, plane: data, layer: L2, node: n1, "
                                      "provider: dc-one}\n"));
        bench_compile(&bench);
        struct slice seen = bench_findings(&bench);
        if (!slice_starts(seen, slice_from(mistakes[i].wanted))) {
            printf("\n    %s: %.*s", mistakes[i].members, SLICE_ARG(seen));
        }
        CU_ASSERT_TRUE(slice_starts(seen, slice_from(mistakes[i].wanted)));
    }
}

static CU_TestInfo tests[] = {
    { "a hold keeps everybody from deleting", a_hold_keeps_everybody_from_deleting },
    { "a hold without a tier disagrees with what lets data go",
      a_hold_without_a_tier_disagrees_with_what_lets_data_go },
    { "what a choice of actions leaves out is forbidden",
      what_a_choice_of_actions_leaves_out_is_forbidden },
    { "a reaction disagrees with a choice that leaves it out",
      a_reaction_disagrees_with_a_choice_that_leaves_it_out },
    { "a response knows what a bucket holds", a_response_knows_what_a_bucket_holds },
    { "without consent nobody does what needs it", without_consent_nobody_does_what_needs_it },
    { "consent meets only the purposes that need it",
      consent_meets_only_the_purposes_that_need_it },
    { "who did one of the acts does no other", who_did_one_of_the_acts_does_no_other },
    { "mistakes are told", mistakes_are_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla rules that name nobody", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
