/* Delegation: what a chain of `under` must keep, where it counts, and what falls with what. */
#include "model/decide.h"
#include "sla/certificate/certificate.h"
#include "sla/policy/delegation.h"
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

/* Shop's U-Cloud, of which lab owns one bucket; club has no say over either. */
#define RESOURCES                                                                                  \
    "    - {name: a, plane: data, layer: L2, node: n1, provider: dc-one, class: patient, labels: " \
    "{some: yes-it-is}}\n"                                                                         \
    "    - {name: b, plane: data, layer: L2, node: n1, provider: dc-one, owner: lab}\n"            \
    "    - {name: vm, plane: compute, layer: L1, node: n1, provider: dc-one}\n"
#define TARGETS                                                                                    \
    "  targets: [{id: all, plane: data}, {id: one, select: {bucket: a}}, {id: vm, plane: "         \
    "compute}]\n  clauses:\n"
#define CLAUSE(id_, on_, action_, op_, value_, more_)                                              \
    "    - {id: " id_ ", on: " on_ ", term: authorization, action: " action_ ", op: " op_          \
    ", value: " value_ more_ "}\n"
#define READ(id_, on_, value_, more_) CLAUSE(id_, on_, "data.read", "permit", value_, more_)

static void add_sla(const char *party, const char *role, const char *tiers, const char *clauses)
{
    bench_add(&bench,
              arena_printf(&bench.arena,
                           "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: %s, party: "
                           "%s, role: %s, ucloud: store}\nspec:\n%s" TARGETS "%s",
                           party, party, role, tiers, clauses));
}

/* f1 is of shop, f2 of club. */
static void compile_with(const char *tiers, const char *of_shop, const char *of_club)
{
    bench_clear(&bench);
    add_sla("shop", "tenant", tiers, of_shop);
    if (of_club != NULL) {
        add_sla("club", "user", "", of_club);
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

static void compile(const char *of_shop, const char *of_club)
{
    compile_with("", of_shop, of_club);
}

static enum policy_verdict decide(const char *subject, const char *act, const char *bucket)
{
    const struct policy_set *set = &bench.world->policies;
    enum sla_act known = SLA_ACT_DATA_READ;
    struct policy_request request = { .subject = policy_subject_find(set, slice_from(subject)) };

    CU_ASSERT_TRUE(sla_act_parse(slice_from(act), &known));
    request.act = (uint16_t)known;
    while (!slice_is(set->resources[request.resource].name, bucket)) {
        request.resource++;
    }
    return policy_verdict(set, &request);
}

static void what_is_granted_counts_for_a_party_without_a_say(void)
{
    compile(READ("r", "all", "club", ", delegate: 1"),
            READ("s", "all", "user/ann", ", under: shop/shop/r"));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_PERMIT);
    CU_ASSERT_PTR_EQUAL(sla_delegation_root(bench.world->clauses[0]), bench.world->clauses[1]);
    compile(READ("r", "all", "club/user/ann", ", delegate: 1"),
            READ("s", "all", "user/ann", ", under: shop/shop/r"));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_PERMIT);
    CU_ASSERT_EQUAL(decide("club/user/bob", "data.read", "a"), POLICY_VERDICT_FORBID);
    compile(READ("r", "all", "club/group/x", ", delegate: 1"), READ("s", "all", "user/ann", ""));
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_FORBID);
}

/* The place is that of `under` in what club writes. */
static void a_link_grants_no_more_than_the_one_above(void)
{
    static const struct {
        const char *above, *below, *findings;
    } cases[] = {
        { READ("r", "all", "club", ", delegate: 1"),
          READ("s", "one", "club", ", under: shop/shop/r"), "" },
        { READ("r", "all", "club", ""), READ("s", "all", "club", ", under: shop/shop/r"),
          "320 7:96" },
        { READ("r", "all", "lab", ", delegate: 1"), READ("s", "all", "lab", ", under: shop/shop/r"),
          "320 7:95" },
        { READ("r", "all", "club", ", delegate: 1"),
          CLAUSE("s", "all", "data.write", "permit", "club", ", under: shop/shop/r"), "320 7:97" },
        { READ("r", "one", "club", ", delegate: 1"),
          READ("s", "all", "club", ", under: shop/shop/r"), "320 7:96" },
        { READ("r", "all", "club", ", delegate: 1"),
          READ("s", "all", "lab", ", under: shop/shop/r"), "320 7:95" },
        { READ("r", "all", "[club, lab]", ", delegate: 1"),
          READ("s", "all", "lab/user/x", ", under: shop/shop/r"), "" },
        { READ("r", "all", "[club, lab]", ", delegate: 1"),
          READ("s", "all", "user", ", under: shop/shop/r"), "320 7:96" },
        { READ("r", "all", "[club, user]", ", delegate: 1"),
          READ("s", "all", "user", ", under: shop/shop/r"), "" },
        { READ("r", "all", "[club, tenant]", ", delegate: 1"),
          READ("s", "all", "shop/user/x", ", under: shop/shop/r"), "" },
        { READ("r", "all", "anyone", ", delegate: 1"),
          READ("s", "all", "anyone", ", under: shop/shop/r"), "" },
        { READ("r", "all", "club", ", delegate: 1"),
          READ("s", "all", "anyone", ", under: shop/shop/r"), "320 7:98" },
        { READ("r", "all", "club", ", delegate: 1, when: {purpose: care}"),
          READ("s", "all", "club", ", under: shop/shop/r"), "320 7:96" },
        { READ("r", "all", "club", ", delegate: 1, when: {purpose: [care, study]}"),
          READ("s", "all", "club", ", when: {purpose: care}, under: shop/shop/r"), "" },
        { READ("r", "all", "club", ", delegate: 1, valid: {until: 2026-06-01}"),
          READ("s", "all", "club", ", valid: {until: 2026-07-01}, under: shop/shop/r"),
          "320 7:124" },
        { READ("r", "all", "club", ", delegate: 1, valid: {until: 2026-06-01}"),
          READ("s", "all", "club", ", valid: {until: 2026-05-01}, under: shop/shop/r"), "" },
        { CLAUSE("r", "all", "data.read", "deny", "club", ""),
          READ("s", "all", "club", ", under: shop/shop/r"), "320 7:96" },
        { "    - {id: r, on: all, term: location, op: in, value: PT}\n",
          READ("s", "all", "club", ", under: shop/shop/r"), "401 7:12; 320 7:96" },
        { CLAUSE("r", "all", "data.read", "only", "[club, tenant]", ", delegate: 1"),
          READ("s", "all", "club/user/x", ", under: shop/shop/r"), "" },
        { READ("r", "all", "club", ", delegate: 1"),
          READ("s", "all", "club", ", under: shop/shop/q"), "320 7:96" },
        { READ("r", "all", "club", ", delegate: 1"), READ("s", "all", "club", ", under: r"),
          "320 7:96" },
        { "    - {id: r, on: all, term: authority, action: data.read, op: permit, value: club, "
          "delegate: 1}\n",
          READ("s", "all", "user/ann", ", under: shop/shop/r"), "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].above, cases[i].below);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void what_a_group_is_granted_goes_to_it_alone(void)
{
    static const struct {
        const char *above, *below, *findings;
    } cases[] = {
        { READ("r", "all", "club/group/x", ", delegate: 1"),
          READ("s", "all", "club", ", under: shop/shop/r"), "320 7:96" },
        { READ("r", "all", "club/group/x", ", delegate: 1"),
          READ("s", "all", "user/ann", ", under: shop/shop/r"), "320 7:100" },
        { READ("r", "all", "club/group/x", ", delegate: 1"),
          READ("s", "all", "group/x", ", under: shop/shop/r"), "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].above, cases[i].below);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void a_chain_ends_at_who_may_rule(void)
{
    compile(READ("r", "all", "club", ", under: club/club/s"),
            READ("s", "all", "[club, shop]", ", delegate: 3"));
    ASSERT_TEXT(bench_findings(&bench), "320 7:96");
    /* club grants to itself; shop's clause is not asked */
    compile(READ("r", "all", "club", ", delegate: 8"),
            READ("s", "all", "club", ", delegate: 8") READ("t", "all", "club", ", under: s"));
    ASSERT_TEXT(bench_findings(&bench), "320 8:96");
    /* over what lab owns shop may rule as well: it is its U-Cloud */
    compile(READ("r", "all", "club", ", delegate: 1"), READ("s", "all", "club", ", under: r"));
    CU_ASSERT_TRUE(bench_has(&bench, 320));
}

static void depth_is_counted_from_every_clause_above(void)
{
    static const struct {
        const char *links[3];
        const char *findings;
    } cases[] = {
        { { "2", "1", NULL }, "" },
        { { "1", "1", NULL }, "320 8:96" }, /* of t: r lets one follow */
        { { "3", NULL, NULL }, "320 8:96" },
        { { "8", "8", "8" }, "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *more[3];
        for (size_t j = 0; j < 3; j++) {
            const char *links = cases[i].links[j];
            more[j] = links != NULL ? arena_printf(&bench.arena, ", delegate: %s", links).ptr : "";
        }
        const char *above = arena_printf(&bench.arena, READ("r", "all", "club", "%s"), more[0]).ptr;
        const char *below = arena_printf(&bench.arena,
                                         READ("s", "all", "club", ", under: shop/shop/r%s")
                                             READ("t", "all", "club", ", under: s%s"),
                                         more[1], more[2])
                                .ptr;
        compile(above, below);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

static void what_hangs_below_a_broken_link_falls_in_silence(void)
{
    compile(READ("r", "all", "club", ""), READ("s", "all", "club", ", under: shop/shop/r")
                                              READ("t", "all", "club", ", under: s"));
    ASSERT_TEXT(bench_findings(&bench), "320 7:96");
}

static void a_circle_is_told_once(void)
{
    compile(READ("r", "all", "club", ", delegate: 1, under: club/club/t"),
            READ("s", "all", "club", ", delegate: 1, under: shop/shop/r")
                READ("t", "all", "club", ", delegate: 1, under: s")
                    READ("u", "all", "club", ", under: t"));
    ASSERT_TEXT(bench_findings(&bench), "313 7:109");
    compile(READ("r", "all", "shop", ", delegate: 1, under: r"), NULL);
    ASSERT_TEXT(bench_findings(&bench), "313 7:109");
}

static void a_long_chain_is_walked(void)
{
    enum { LINKS = 20000 };
    CLEANUP(buf_done) struct buf clauses = { 0 };

    buf_add_cstr(&clauses, READ("c0", "all", "shop", ""));
    for (unsigned i = 1; i < LINKS; i++) {
        buf_printf(&clauses, READ("c%u", "all", "shop", ", under: c%u"), LINKS - i,
                   i == LINKS - 1 ? 0 : LINKS - i - 1);
    }
    compile(clauses.ptr, NULL);
    CU_ASSERT_EQUAL(bench.diags.errors, 1); /* the link below the first; others fall with it */
    CU_ASSERT_TRUE(bench_has(&bench, 320));
}

static void members_of_delegations_have_their_places(void)
{
    static const struct {
        const char *clause, *findings;
    } cases[] = {
        { CLAUSE("r", "all", "data.read", "deny", "club", ", delegate: 1"), "224 7:87" },
        { CLAUSE("r", "all", "data.read", "pass", "club", ", delegate: 1"), "224 7:87" },
        { CLAUSE("r", "all", "data.read", "deny", "club", ", under: x"), "224 7:87" },
        { CLAUSE("r", "all", "data.read", "only", "club", ", under: x"), "224 7:87" },
        { READ("r", "all", "club", ", delegate: 0"), "208 7:99" },
        { READ("r", "all", "club", ", delegate: 9"), "208 7:99" },
        { READ("r", "all", "club", ", under: ''"), "224 7:89" },
        { "    - {id: r, on: all, term: location, op: in, value: PT, delegate: 1}\n", "212 7:59" },
        { "    - {id: r, on: all, term: location, op: in, value: PT, under: x}\n", "212 7:59" },
        { "    - {id: r, on: all, term: authority, action: data.read, op: permit, value: club, "
          "stance: reserves, delegate: 1}\n",
          "224 7:103" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clause, READ("s", "all", "club", ""));
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
    compile_with("  tiers: [{id: legal}]\n",
                 READ("r", "all", "shop", ", delegate: 1")
                     READ("s", "all", "shop", ", under: r, tier: legal"),
                 NULL);
    ASSERT_TEXT(bench_findings(&bench), "224 9:99");
}

static void a_tier_of_the_most_specific_lets_nobody_grant(void)
{
    const char *clauses = READ("r", "one", "club", ", tier: t, delegate: 1")
        CLAUSE("not", "all", "data.read", "deny", "club", ", tier: t");

    compile_with("  tiers: [{id: t, combine: most-specific}]\n", clauses,
                 READ("s", "one", "user/bob", ", under: shop/shop/r"));
    CU_ASSERT_TRUE(bench_has(&bench, 224));
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    compile_with("  tiers: [{id: t, combine: forbid-overrides}]\n", clauses,
                 READ("s", "one", "user/bob", ", under: shop/shop/r"));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(decide("club/user/bob", "data.read", "a"), POLICY_VERDICT_FORBID);
}

static void it_counts_in_the_tier_of_the_first(void)
{
    /* A deny of a later tier does not touch what is granted in an earlier one. */
    compile_with("  tiers: [{id: legal}]\n",
                 READ("r", "all", "club", ", delegate: 1, tier: legal")
                     CLAUSE("not", "all", "data.read", "deny", "club/user/ann", ""),
                 READ("s", "all", "user/ann", ", under: shop/shop/r"));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_PERMIT);
    /* In the same tier they collide, and the certificate is good. */
    compile(READ("r", "all", "club", ", delegate: 1")
                CLAUSE("not", "all", "data.read", "deny", "club/user/ann", ""),
            READ("s", "all", "[user/ann, user/bob]", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 2); /* `r` itself does as well */
    check_certificates(bench.world);
    check_repairs(&bench);
    struct sla_conflict forged = bench.world->conflicts[0];
    struct sla_clause cut = *forged.clauses[0];
    CU_ASSERT_TRUE(cut.under != NULL);
    cut.under = NULL; /* club itself rules over nothing */
    forged.clauses[0] = &cut;
    struct status status = sla_certificate_check(bench.world, &forged);
    CU_ASSERT_FALSE(status_ok(&status));
}

static void the_first_match_of_a_chain_is_where_it_begins(void)
{
    const char *tiers = "  tiers: [{id: t, combine: first-applicable}]\n";

    compile_with(tiers,
                 READ("r", "all", "club", ", delegate: 1, tier: t")
                     CLAUSE("not", "all", "data.read", "deny", "club/user/ann", ", tier: t"),
                 READ("s", "all", "user/ann", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_PERMIT);
    compile_with(tiers,
                 CLAUSE("not", "all", "data.read", "deny", "club/user/ann", ", tier: t")
                     READ("r", "all", "club", ", delegate: 1, tier: t"),
                 READ("s", "all", "user/ann", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_FORBID);
    /* What a clause forbids to others stands before what it grants. */
    compile_with(tiers,
                 CLAUSE("r", "all", "data.read", "only", "club/user/bob", ", delegate: 1, tier: t"),
                 READ("s", "all", "user/ann", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_FORBID);
}

static void what_gives_way_takes_along_what_it_granted(void)
{
    compile(READ("r", "all", "[club, shop]", ", delegate: 1, strength: should")
                CLAUSE("not", "one", "data.read", "deny", "shop", ""),
            READ("s", "all", "user/ann", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL_FATAL(bench.world->degradation_count, 1);
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "a"), POLICY_VERDICT_FORBID);
    CU_ASSERT_EQUAL(decide("club/user/ann", "data.read", "b"), POLICY_VERDICT_PERMIT);
}

static void what_gives_way_ends_findings_about_what_it_granted(void)
{
    compile(READ("r", "all", "club", ", delegate: 1, strength: should")
                CLAUSE("not", "one", "data.read", "deny", "club", ""),
            READ("s", "all", "user/bob", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.world->degradation_count, 1);
    compile(READ("r", "all", "club", ", delegate: 1")
                CLAUSE("not", "one", "data.read", "deny", "club", ""),
            READ("s", "all", "user/bob", ", under: shop/shop/r"));
    CU_ASSERT_EQUAL(bench.diags.errors, 2); /* nothing gives way */
}

static void a_file_alone_says_what_it_could_not_see(void)
{
    bench_clear(&bench);
    bench.options.partial = true;
    add_sla("club", "user", "", READ("s", "all", "user/ann", ", under: shop/shop/r"));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_TRUE(bench_has(&bench, 320));
    bench.options.partial = false;
}

static CU_TestInfo tests[] = {
    { "what is granted counts for a party without a say",
      what_is_granted_counts_for_a_party_without_a_say },
    { "a link grants no more than the one above", a_link_grants_no_more_than_the_one_above },
    { "what a group is granted goes to it alone", what_a_group_is_granted_goes_to_it_alone },
    { "a chain ends at who may rule", a_chain_ends_at_who_may_rule },
    { "depth is counted from every clause above", depth_is_counted_from_every_clause_above },
    { "what hangs below a broken link falls in silence",
      what_hangs_below_a_broken_link_falls_in_silence },
    { "a circle is told once", a_circle_is_told_once },
    { "a long chain is walked", a_long_chain_is_walked },
    { "members of delegations have their places", members_of_delegations_have_their_places },
    { "it counts in the tier of the first", it_counts_in_the_tier_of_the_first },
    { "the first match of a chain is where it begins",
      the_first_match_of_a_chain_is_where_it_begins },
    { "what gives way takes along what it granted", what_gives_way_takes_along_what_it_granted },
    { "what gives way ends findings about what it granted",
      what_gives_way_ends_findings_about_what_it_granted },
    { "a tier of the most specific lets nobody grant",
      a_tier_of_the_most_specific_lets_nobody_grant },
    { "a file alone says what it could not see", a_file_alone_says_what_it_could_not_see },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "delegation", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
