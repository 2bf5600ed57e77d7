/* `duty` per subject: whoever would be permitted two acts that are to be apart. */
#include "sla/certificate/certificate.h"
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
    "    - {name: a, plane: data, layer: L2, node: n1, provider: dc-one}\n"                        \
    "    - {name: b, plane: data, layer: L2, node: n1, provider: dc-one, owner: lab}\n"
#define TARGETS                                                                                    \
    "  targets: [{id: all, plane: data}, {id: one, select: {bucket: a}}, {id: two, select: "       \
    "{bucket: b}}]\n  clauses:\n"
#define DUTY(more_)                                                                                \
    "    - {id: duty, on: all, term: duty, op: apart, value: [data.delete, data.export], per: "    \
    "subject" more_ "}\n"
#define RULE(id_, on_, act_, op_, value_, more_)                                                   \
    "    - {id: " id_ ", on: " on_ ", term: authorization, action: data." act_ ", op: " op_        \
    ", value: " value_ more_ "}\n"

static void compile_with(const char *tiers, const char *clauses)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               arena_printf(&bench.arena, "%s" TARGETS "%s", tiers, clauses).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

static void whoever_is_permitted_both_acts_is_found(void)
{
    static const struct {
        const char *clauses, *subject; /* NULL: nobody */
    } cases[] = {
        { RULE("d", "all", "delete", "permit", "user/ann", "")
              RULE("e", "all", "export", "permit", "user/ann", ""),
          "shop/user/ann" },
        { RULE("d", "all", "delete", "permit", "user/ann", "")
              RULE("e", "all", "export", "permit", "user/bob", ""),
          NULL },
        { RULE("d", "one", "delete", "permit", "user/ann", "")
              RULE("e", "two", "export", "permit", "user/ann", ""),
          NULL },
        { RULE("d", "all", "delete", "permit", "user/ann", "")
              RULE("e", "all", "read", "permit", "user/ann", ""),
          NULL },
        { RULE("d", "all", "delete", "permit", "[user/ann, user/bob]", "")
              RULE("e", "all", "export", "only", "[lab, user/bob]", ""),
          "shop/user/bob" },
        { RULE("d", "all", "delete", "permit", "shop", "")
              RULE("e", "all", "export", "permit", "user/bob", ""),
          "shop/user/bob" },
        { RULE("d", "all", "delete", "permit", "tenant", "")
              RULE("e", "all", "export", "permit", "shop", ""),
          "shop" },
        { RULE("d", "all", "delete", "permit", "anyone", "")
              RULE("e", "all", "export", "permit", "lab/user/x", ""),
          "lab/user/x" },
        { RULE("d", "all", "delete", "permit", "group/x", "") /* who is in both is not known */
          RULE("e", "all", "export", "permit", "group/y", ""),
          NULL },
        { RULE("d", "all", "delete", "permit", "user/ann", ", when: {phase: normal}")
              RULE("e", "all", "export", "permit", "user/ann", ", when: {phase: incident}"),
          NULL },
        { RULE("d", "all", "delete", "permit", "user/ann", ", when: {phase: normal}")
              RULE("e", "all", "export", "permit", "user/ann", ", when: {purpose: care}"),
          "shop/user/ann" },
        { RULE("d", "all", "delete", "permit", "user/ann", "")
              RULE("e", "all", "export", "deny", "user/ann", ""),
          NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile_with("", arena_printf(&bench.arena, "%s" DUTY(""), cases[i].clauses).ptr);
        CU_ASSERT_EQUAL(bench_has(&bench, 505), cases[i].subject != NULL);
        CU_ASSERT_EQUAL(bench.world->conflict_count, cases[i].subject != NULL ? 1 : 0);
        if (cases[i].subject != NULL && bench.world->conflict_count == 1) {
            ASSERT_TEXT(bench.world->conflicts[0].certificate.subject, cases[i].subject);
        }
        check_certificates(bench.world);
        check_repairs(&bench);
    }
}

static void what_is_granted_counts_as_well(void)
{
    compile_with("", RULE("r", "all", "delete", "permit", "shop", ", delegate: 1")
                         RULE("d", "all", "delete", "permit", "user/bob", ", under: r")
                             RULE("e", "all", "export", "permit", "user/bob", "") DUTY(""));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 2); /* with `d`, and with `r` itself */
    ASSERT_TEXT(bench.world->conflicts[0].certificate.subject, "shop/user/bob");
    ASSERT_TEXT(bench.world->conflicts[1].certificate.subject, "shop/user/bob");
    check_certificates(bench.world);
    check_repairs(&bench);
}

static void a_rule_that_comes_first_takes_an_act_away(void)
{
    static const struct {
        const char *tiers, *clauses;
        bool found;
    } cases[] = {
        { "[{id: legal}]", RULE("not", "all", "delete", "deny", "user/ann", ", tier: legal"),
          false },
        { "[{id: legal}]", RULE("not", "all", "delete", "only", "lab", ", tier: legal"), false },
        { "[{id: legal}]", RULE("not", "one", "delete", "deny", "user/ann", ", tier: legal"),
          true },
        { "[{id: legal}]",
          RULE("not", "all", "delete", "deny", "user/ann", ", tier: legal, when: {phase: normal}"),
          true },
        { "[{id: legal}]",
          RULE("not", "all", "delete", "deny", "user/ann", ", tier: legal")
              RULE("but", "all", "delete", "pass", "lab", ", tier: legal"),
          true },
        { "[{id: legal}]",
          "    - {id: held, on: all, term: hold, op: is, value: yes, tier: legal}\n", false },
        { "[{id: legal, combine: forbid-unless-permit}]",
          RULE("not", "all", "delete", "permit", "lab", ", tier: legal"), false },
        { "[{id: legal, combine: forbid-unless-permit}]",
          RULE("not", "all", "delete", "permit", "user/ann", ", tier: legal")
              RULE("nor", "all", "export", "permit", "user/ann", ", tier: legal"),
          true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile_with(arena_printf(&bench.arena, "  tiers: %s\n", cases[i].tiers).ptr,
                     arena_printf(&bench.arena,
                                  RULE("d", "all", "delete", "permit", "user/ann", "") RULE(
                                      "e", "all", "export", "permit", "user/ann", "") "%s" DUTY(""),
                                  cases[i].clauses)
                         .ptr);
        CU_ASSERT_EQUAL(bench_has(&bench, 505), cases[i].found);
        check_certificates(bench.world);
    }
}

static void the_strategy_of_a_tier_takes_an_act_away(void)
{
    static const struct {
        const char *combine, *before, *after;
        bool found;
    } cases[] = {
        { "first-applicable", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"), "",
          false },
        { "first-applicable", "", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"),
          true },
        { "permit-unless-forbid", "", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"),
          false },
        { "permit-overrides", "", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"),
          true },
        { "forbid-unless-permit", "", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"),
          true },
        { "most-specific", "", RULE("not", "all", "delete", "deny", "user/ann", ", tier: t"),
          false },
        { "most-specific", "", RULE("not", "one", "delete", "deny", "shop", ", tier: t"), false },
        { "most-specific", "", RULE("not", "all", "delete", "deny", "anyone", ", tier: t"), true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile_with(
            arena_printf(&bench.arena, "  tiers: [{id: t, combine: %s}]\n", cases[i].combine).ptr,
            arena_printf(&bench.arena,
                         "%s" RULE("d", "all", "delete", "permit", "shop", ", tier: t") RULE(
                             "e", "one", "export", "permit", "user/ann", ", tier: t") "%s" DUTY(""),
                         cases[i].before, cases[i].after)
                .ptr);
        CU_ASSERT_EQUAL(bench_has(&bench, 505), cases[i].found);
        check_certificates(bench.world);
    }
}

static void classes_are_those_that_the_data_is_of(void)
{
    static const struct {
        const char *clauses;
        bool found;
    } cases[] = {
        { RULE("d", "one", "delete", "permit", "user/ann", ", when: {class: images}"), false },
        { RULE("d", "one", "delete", "permit", "user/ann", ", when: {class: patient}"), true },
        { RULE("d", "one", "delete", "permit", "user/ann", "") RULE(
              "not", "one", "delete", "deny", "user/ann", ", when: {class: patient}, tier: legal"),
          false },
        { RULE("d", "one", "delete", "permit", "user/ann", "") RULE(
              "not", "one", "delete", "deny", "user/ann", ", when: {class: images}, tier: legal"),
          true },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena,
                                                "  tiers: [{id: legal}]\n" TARGETS
                                                "%s" RULE("e", "one", "export", "permit",
                                                          "user/ann", "") DUTY(""),
                                                cases[i].clauses)
                                       .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: a, plane: data, layer: L2, node: n1, provider: "
                                      "dc-one, class: patient}\n"
                                      "    - {name: b, plane: data, layer: L2, node: n1, provider: "
                                      "dc-one, class: images}\n"));
        bench_compile(&bench);
        CU_ASSERT_EQUAL(bench_has(&bench, 505), cases[i].found);
        check_certificates(bench.world);
    }
}

static void the_finding_stands_at_the_duty_and_names_both(void)
{
    compile_with("", RULE("d", "all", "delete", "permit", "[user/ann, user/bob]", "")
                         RULE("e", "all", "export", "permit", "user/ann", "") DUTY(""));
    ASSERT_TEXT(bench_findings(&bench), "505 9:57");
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(
        conflict->witness,
        "`shop/user/ann` may do data.delete by `d` and data.export by `e`, both on store/a");
    CU_ASSERT_EQUAL(conflict->resource_count, 2);
    CU_ASSERT_EQUAL(conflict->clause_count, 3);
    CU_ASSERT_TRUE(conflict->repair_count >= 4); /* ann out of `d`, and `except` in each */
}

/* `scanning` is about data and networks: nobody probes the ports of a store. */
static void acts_that_a_resource_does_not_have_are_not_held(void)
{
    static const struct {
        const char *act;
        size_t found;
    } cases[] = { { "data.scan", 0 }, { "data.read", 1 } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena,
                                        "  targets: [{id: all}]\n  clauses:\n"
                                        "    - {id: look, on: all, term: authorization, action: "
                                        "%s, op: permit, value: dc-one}\n"
                                        "    - {id: duty, on: all, term: duty, op: apart, value: "
                                        "[data.read, data.scan, network.scan], per: subject}\n",
                                        cases[i].act)
                               .ptr));
        bench_add(&bench, text_offer(&bench, "dc-one",
                                     "  targets: [{id: all}]\n  clauses:\n"
                                     "    - {id: scans, on: all, stance: reserves, term: scanning, "
                                     "op: permit}\n"));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench.world->conflict_count, cases[i].found);
        check_certificates(bench.world);
    }
}

/* A right to respond with several actions gives two acts at once. */
static void a_right_to_respond_holds_both_acts_by_itself(void)
{
    static const struct {
        const char *right, *rules, *witness; /* NULL: nobody holds both */
    } cases[] = {
        { "[compute.suspend, compute.snapshot]", "",
          "`dc-one` may do compute.snapshot and compute.suspend by `own`, both on store/vm" },
        { "[compute.suspend, compute.snapshot, network.deny]",
          "    - {id: may, on: all, term: authority, action: compute.suspend, op: permit, value: "
          "dc-one}\n", /* tells nothing more */
          "`dc-one` may do compute.snapshot and compute.suspend by `own`, both on store/vm" },
        { "compute.suspend",
          "    - {id: may, on: all, term: authority, action: compute.snapshot, op: permit, value: "
          "dc-one}\n",
          "`dc-one` may do compute.suspend by `own` and compute.snapshot by `may`, both on "
          "store/vm" },
        { "[compute.suspend, compute.snapshot]",
          "    - {id: not, on: all, term: authority, action: compute.snapshot, op: deny, value: "
          "dc-one}\n",
          NULL },
        { "[compute.suspend, network.deny]", "", NULL },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena,
                                                "  targets: [{id: all, plane: compute}]\n"
                                                "  clauses:\n%s"
                                                "    - {id: duty, on: all, term: duty, op: apart, "
                                                "value: [compute.suspend, compute.snapshot], per: "
                                                "subject}\n",
                                                cases[i].rules)
                                       .ptr));
        bench_add(&bench, text_offer(&bench, "dc-one",
                                     arena_printf(&bench.arena,
                                                  "  targets: [{id: all}]\n  clauses:\n"
                                                  "    - {id: own, on: all, stance: reserves, "
                                                  "term: respond.actions, op: in, value: %s}\n",
                                                  cases[i].right)
                                         .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: vm, plane: compute, layer: L2, node: n1, "
                                      "provider: dc-one}\n"));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench_has(&bench, 505), cases[i].witness != NULL);
        check_certificates(bench.world);
        check_repairs(&bench);
        for (size_t j = 0; j < bench.world->conflict_count; j++) {
            if (bench.world->conflicts[j].class == SLA_CONFLICT_DUTY) {
                ASSERT_TEXT(bench.world->conflicts[j].witness, cases[i].witness);
                CU_ASSERT_TRUE(bench.world->conflicts[j].repair_count > 0);
            }
        }
    }
}

enum { RULES = 500 };

/* So many permits of both acts, each of so many names, the same or its own. */
static void add_permits(struct buf *out, const char *on, unsigned names, bool own)
{
    for (unsigned i = 0; i < RULES; i++) {
        buf_printf(out,
                   "    - {id: p%u%s, on: %s, term: authorization, action: data.%s, op: "
                   "permit, value: [",
                   i, on, on, i % 2 == 0 ? "delete" : "export");
        for (unsigned j = 0; j < names; j++) {
            buf_printf(out, "%suser/u%u", j > 0 ? ", " : "", own ? i * names + j : j);
        }
        buf_add_cstr(out, "]}\n");
    }
}

static void compile_permits(const struct buf *permits, const char *more)
{
    bench.options.without_repairs = true;
    compile_with(
        "  tiers: [{id: legal}]\n",
        arena_printf(&bench.arena, "%.*s%s" DUTY(""), SLICE_ARG(buf_slice(permits)), more).ptr);
    bench.options.without_repairs = false;
}

/* Each rule is looked at for the subjects that it names, and for no others. */
static void many_rules_about_others_cost_little(void)
{
    CLEANUP(buf_done) struct buf permits = { 0 };

    add_permits(&permits, "all", 100, true);
    compile_permits(&permits, RULE("d", "one", "delete", "permit", "user/ann", "")
                                  RULE("e", "one", "export", "permit", "user/ann", ""));
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    CU_ASSERT_FALSE(bench.world->conflicts_incomplete);
    CU_ASSERT_TRUE(bench.world->expansions < 200000);
}

/* One for all is denied what all permit: nobody is left to compare. */
static void many_rules_about_the_same_end_in_time(void)
{
    CLEANUP(buf_done) struct buf permits = { 0 };

    add_permits(&permits, "one", 500, false);
    compile_permits(&permits, RULE("not", "one", "delete", "deny", "anyone", ", tier: legal")
                                  RULE("d", "two", "delete", "permit", "user/ann", "")
                                      RULE("e", "two", "export", "permit", "user/ann", ""));
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1); /* others have a share of their own */
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete == bench_has(&bench, 504));
    CU_ASSERT_TRUE(bench.world->expansions < 500000);
}

/* Hours that never meet: every two are held against each other, for everybody. */
static void what_takes_too_long_is_cut_and_told(void)
{
    CLEANUP(buf_done) struct buf permits = { 0 };

    for (unsigned i = 0; i < RULES; i++) {
        buf_printf(&permits,
                   "    - {id: p%u, on: one, term: authorization, action: data.%s, op: permit, "
                   "value: [",
                   i, i % 2 == 0 ? "delete" : "export");
        for (unsigned j = 0; j < 20; j++) {
            buf_printf(&permits, "%suser/u%u", j > 0 ? ", " : "", j);
        }
        buf_printf(&permits, "], when: {phase: %s}}\n", i % 2 == 0 ? "normal" : "incident");
    }
    compile_permits(&permits, RULE("d", "two", "delete", "permit", "user/ann", "")
                                  RULE("e", "two", "export", "permit", "user/ann", ""));
    CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
    CU_ASSERT_TRUE(bench_has(&bench, 504));
    CU_ASSERT_TRUE(bench.world->expansions < 500000);
}

static void resources_alike_are_searched_once(void)
{
    enum { RESOURCE_COUNT = 2000 };
    CLEANUP(buf_done) struct buf resources = { 0 };

    for (unsigned i = 0; i < RESOURCE_COUNT; i++) {
        buf_printf(&resources,
                   "    - {name: r%04u, plane: data, layer: L2, node: n1, provider: dc-one}\n", i);
    }
    bench_clear(&bench);
    bench.options.without_repairs = true;
    bench_add(&bench, text_sla(&bench, "shop",
                               "  targets: [{id: all, plane: data}]\n  clauses:\n" RULE(
                                   "d", "all", "delete", "permit", "[user/ann, user/bob]", "")
                                   RULE("e", "all", "export", "permit", "user/bob", "") DUTY("")));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", resources.ptr));
    bench_compile(&bench);
    bench.options.without_repairs = false;
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, RESOURCE_COUNT);
    CU_ASSERT_TRUE(bench.world->expansions < (uint64_t)5 * RESOURCE_COUNT);
}

static void nothing_is_asked_about_it_when_deciding(void)
{
    compile_with("", RULE("d", "all", "delete", "permit", "user/ann", "") DUTY(""));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(bench.world->clauses[1]->acts, 0);
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", "  tiers: [{id: legal}]\n" TARGETS DUTY(", tier: legal")));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_TRUE(bench_has(&bench, 224));
}

static void a_forged_certificate_is_refused(void)
{
    compile_with("", RULE("d", "all", "delete", "permit", "[user/ann, user/bob]", "")
                         RULE("e", "all", "export", "permit", "user/ann", "") DUTY(""));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    for (unsigned i = 0; i < 5; i++) {
        struct sla_conflict forged = bench.world->conflicts[0];
        struct sla_certificate *certificate = &forged.certificate;
        switch (i) {
        case 0:
            certificate->subject = SLICE("shop/user/bob"); /* exports nothing */
            break;
        case 1:
            certificate->other = certificate->action;
            break;
        case 2:
            certificate->other = SLA_ACT_DATA_READ; /* not to be apart */
            break;
        case 3:
            certificate->guard = 1; /* never */
            break;
        default:
            forged.clause_count = 2;
            break;
        }
        struct status status = sla_certificate_check(bench.world, &forged);
        CU_ASSERT_FALSE(status_ok(&status));
    }
}

static CU_TestInfo tests[] = {
    { "whoever is permitted both acts is found", whoever_is_permitted_both_acts_is_found },
    { "what is granted counts as well", what_is_granted_counts_as_well },
    { "a rule that comes first takes an act away", a_rule_that_comes_first_takes_an_act_away },
    { "the strategy of a tier takes an act away", the_strategy_of_a_tier_takes_an_act_away },
    { "classes are those that the data is of", classes_are_those_that_the_data_is_of },
    { "the finding stands at the duty and names both",
      the_finding_stands_at_the_duty_and_names_both },
    { "acts that a resource does not have are not held",
      acts_that_a_resource_does_not_have_are_not_held },
    { "a right to respond holds both acts by itself",
      a_right_to_respond_holds_both_acts_by_itself },
    { "many rules about others cost little", many_rules_about_others_cost_little },
    { "many rules about the same end in time", many_rules_about_the_same_end_in_time },
    { "what takes too long is cut and told", what_takes_too_long_is_cut_and_told },
    { "resources alike are searched once", resources_alike_are_searched_once },
    { "nothing is asked about it when deciding", nothing_is_asked_about_it_when_deciding },
    { "a forged certificate is refused", a_forged_certificate_is_refused },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "duty", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
