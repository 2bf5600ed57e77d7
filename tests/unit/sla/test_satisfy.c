/* Verdicts of requirements: by who chooses, what is offered, and what we can build. */
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

#define RESOURCES                                                                                  \
    "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc-one}\n"                    \
    "    - {name: store, plane: data, layer: L2, node: n1, provider: dc-one, class: [patient]}\n"  \
    "    - {name: till, plane: data, layer: L2, node: n1, kind: volume, provider: dc-one, class: " \
    "[billing]}\n"                                                                                 \
    "    - {name: host, plane: network, layer: L2, node: n1, provider: dc-one, addresses: "        \
    "10.0.0.1}\n"

/* `on` names the plane; "" for the offer: it has no clauses. */
static void compile(const char *on, const char *required, const char *offered)
{
    const char *targets = "  targets: [{id: compute, plane: compute}, {id: data, plane: data, "
                          "select: {kind: bucket}}, {id: network, plane: network}]\n";

    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       arena_printf(&bench.arena, "%s  clauses:\n    - {id: need, on: %s, %s}\n",
                                    targets, on, required)
                           .ptr));
    bench_add(&bench,
              text_offer(&bench, "dc-one",
                         offered[0] == '\0'
                             ? "  targets: [{id: all}]\n  clauses: []\n"
                             : arena_printf(&bench.arena,
                                            "%s  clauses:\n    - {id: give, on: %s, stance: "
                                            "offers, %s}\n",
                                            targets, on, offered)
                                   .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    if (bench.world == NULL) {
        (void)printf("\n%s: %.*s\n", required, SLICE_ARG(bench_findings(&bench)));
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    check_certificates(bench.world);
    check_repairs(&bench);
}

static const struct sla_proof *proof_of(const char *id)
{
    for (size_t i = 0; i < bench.world->clause_count; i++) {
        if (slice_is(bench.world->clauses[i]->ref.clause, id)) {
            return &bench.world->proofs[i];
        }
    }
    return NULL;
}

static const struct {
    const char *on, *required, *offered, *verdict;
    unsigned code; /* 0: no finding */
} rows[] = {
    /* ours: a menu */
    { "compute", "term: location, op: in, value: [PT, FR]", "term: location, op: in, value: [FR]",
      "advertised", 0 },
    /* no plane is told what we would pick */
    { "compute", "term: location, op: in, value: [PT, FR]",
      "term: location, op: in, value: [FR, US]", "unproven", 404 },
    { "compute", "term: location, op: in, value: [PT]", "", "unproven", 401 },
    { "compute", "term: location, op: in, value: [PT]", "term: location, op: in, value: [US]",
      "impossible", 502 },
    /* theirs: anything within the offer */
    { "compute", "term: jurisdiction, op: in, value: [PT, FR]",
      "term: jurisdiction, op: in, value: [FR]", "advertised", 0 },
    { "compute", "term: jurisdiction, op: in, value: [PT, FR]",
      "term: jurisdiction, op: in, value: [FR, US]", "impossible", 503 },
    { "compute", "term: isolation.level, op: \">=\", value: vm",
      "term: isolation.level, op: \">=\", value: host", "advertised", 0 },
    { "compute", "term: isolation.level, op: \">=\", value: vm",
      "term: isolation.level, op: \">=\", value: container", "impossible", 503 },
    { "compute", "term: isolation.level, op: \">=\", value: vm", "", "unproven", 401 },
    { "compute", "term: isolation.dedicated, op: is, value: yes",
      "term: isolation.dedicated, op: is, value: no", "impossible", 503 },
    { "compute", "term: isolation.neighbours, op: deny, value: [dc-one]",
      "term: isolation.neighbours, op: only, value: [shop]", "advertised", 0 },
    { "compute", "term: isolation.neighbours, op: only, value: [shop]",
      "term: isolation.neighbours, op: deny, value: [dc-one]", "impossible", 503 },
    { "compute", "term: detect.techniques, op: includes, value: [T1110]",
      "term: detect.techniques, op: includes, value: [T1021, T1110]", "advertised", 0 },
    { "compute", "term: detect.techniques, op: includes, value: [T1110, T1486]",
      "term: detect.techniques, op: includes, value: [T1110]", "impossible", 503 },
    { "compute", "term: latency, op: \"<=\", value: 80 ms, window: 1h, share: 99 %",
      "term: latency, op: \"<=\", value: 50 ms, window: 1h", "advertised", 0 },
    { "compute", "term: latency, op: \"<=\", value: 80 ms, window: 1h",
      "term: latency, op: \"<=\", value: 50 ms, window: 1h, share: 99 %", "impossible", 503 },
    { "compute", "term: audit.export, op: includes, value: [shop], within: 1h",
      "term: audit.export, op: includes, value: [shop, dc-one], within: 30 m", "advertised", 0 },
    { "compute", "term: audit.export, op: includes, value: [shop], within: 1h",
      "term: audit.export, op: includes, value: [shop, dc-one], within: 30d", "impossible", 503 },
    { "compute", "term: audit.export, op: includes, value: [shop], within: 1h",
      "term: audit.export, op: includes, value: [shop, dc-one]", "impossible", 503 },
    /* budget: every interval of the length of the window */
    { "compute", "term: availability, op: \">=\", value: 99.9 %, window: 30d",
      "term: availability, op: \">=\", value: 99.95 %, window: 30d", "advertised", 0 },
    { "compute", "term: availability, op: \">=\", value: 99.9 %, window: 30d",
      "term: availability, op: \">=\", value: 99.9 %, window: 30d", "unproven", 401 },
    { "compute", "term: availability, op: \">=\", value: 99.9 %, window: 30d",
      "term: availability, op: \">=\", value: 99.8 %, window: 30d", "impossible", 503 },
    /* built: an offer, or we ourselves */
    { "data", "term: replication.copies, op: \">=\", value: 3",
      "term: replication.copies, op: \">=\", value: 3", "advertised", 0 },
    { "data", "term: replication.copies, op: \">=\", value: 3",
      "term: replication.copies, op: \">=\", value: 2", "unproven", 404 },
    { "data", "term: retention, op: \">=\", value: 30d", "term: retention, op: \">=\", value: 3d",
      "to-enforce", 0 },
    { "data", "term: retention, op: \">=\", value: 30d", "", "to-enforce", 0 },
    { "data", "term: replication.spread, op: \">=\", value: 2, by: zone",
      "term: replication.spread, op: \">=\", value: 5, by: node", "unproven", 404 },
    { "compute", "term: respond.mttr, op: \"<=\", value: 30 s", "", "to-enforce", 0 },
    { "compute", "term: security.services, op: includes, value: [monitor]",
      "term: security.services, op: includes, value: [monitor, proxy]", "advertised", 0 },
    { "compute", "term: security.services, op: includes, value: [monitor]", "", "unproven", 404 },
    /* only when it is required as well */
    { "data", "term: recovery.point, op: \"<=\", value: 1h, when: {class: patient}",
      "term: recovery.point, op: \"<=\", value: 1h", "advertised", 0 },
    { "data", "term: recovery.point, op: \"<=\", value: 1h",
      "term: recovery.point, op: \"<=\", value: 1h, when: {class: patient}", "advertised", 0 },
    { "data", "term: keys.location, op: in, value: [PT]",
      "term: keys.location, op: in, value: [PT], when: {class: billing}", "unproven", 401 },
};

static void each_requirement_has_its_verdict(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(rows[i].on, rows[i].required, rows[i].offered);
        const struct sla_proof *proof = proof_of("need");
        CU_ASSERT_PTR_NOT_NULL_FATAL(proof->verdicts);
        const char *verdict = sla_verdict_name(proof->worst);
        bool right =
            strcmp(verdict, rows[i].verdict) == 0 &&
            (rows[i].code == 0 ? bench_findings(&bench).len == 0 : bench_has(&bench, rows[i].code));
        CU_ASSERT_TRUE(right);
        if (!right) {
            (void)printf("\n%s, offered %s: %s, %.*s\n", rows[i].required, rows[i].offered, verdict,
                         SLICE_ARG(bench_findings(&bench)));
        }
        if (proof->worst == SLA_IMPOSSIBLE) {
            CU_ASSERT_EQUAL(bench.world->conflict_count, 1);
            CU_ASSERT_TRUE(bench.world->conflicts[0].repair_count >= 1);
        }
        CU_ASSERT_EQUAL(bench.world->summary.verdicts[proof->worst], 1);
        CU_ASSERT_EQUAL(bench.world->summary.unproven, proof->worst == SLA_UNPROVEN ? 1 : 0);
    }
}

/* Requirements of two parties, whoever offers what. */
static const struct {
    const char *one, *other; /* on data */
    const char *arithmetic;  /* NULL: they can both hold */
    const char *repair;
} clashes[] = {
    { "term: retention, op: \">=\", value: 3650d", "term: retention, op: \"<=\", value: 365d",
      "<= 365 d meet >= 3650 d = {}", "require 365 d in `one` of shop" },
    { "term: retention, op: \">=\", value: 30d", "term: retention, op: \"<=\", value: 365d", NULL,
      NULL },
    { "term: keys.custody, op: in, value: [shop]", "term: keys.custody, op: in, value: [dc-one]",
      "in {dc-one} meet in {shop} = {}", "require [dc-one] in `one` of shop" },
    { "term: keys.custody, op: in, value: [shop, dc-one]",
      "term: keys.custody, op: in, value: [dc-one]", NULL, NULL },
    { "term: retention, op: \">=\", value: 3650d, when: {class: patient}",
      "term: retention, op: \"<=\", value: 365d, when: {class: billing}", NULL, NULL },
};

static bool offers_repair(const struct sla_conflict *conflict, const char *title)
{
    for (size_t i = 0; i < conflict->repair_count; i++) {
        if (slice_is(conflict->repairs[i].title, title)) {
            return true;
        }
    }
    return false;
}

static const char *clause_on_data(const char *id, const char *members)
{
    return arena_printf(&bench.arena,
                        "  targets: [{id: data, plane: data}]\n  clauses:\n    - {id: %s, on: "
                        "data, stance: requires, %s}\n",
                        id, members)
        .ptr;
}

static void requirements_clash_whoever_offers_what(void)
{
    for (size_t i = 0; i < COUNT_OF(clashes); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", clause_on_data("one", clashes[i].one)));
        bench_add(&bench, text_offer(&bench, "dc-one", clause_on_data("other", clashes[i].other)));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: store, plane: data, layer: L2, node: n1, "
                                      "provider: dc-one, class: [patient, billing]}\n"));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        check_certificates(bench.world);
        check_repairs(&bench);
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, clashes[i].arithmetic != NULL ? 1 : 0);
        if (clashes[i].arithmetic != NULL) {
            ASSERT_TEXT(bench.world->conflicts[0].arithmetic, clashes[i].arithmetic);
            CU_ASSERT_TRUE(offers_repair(&bench.world->conflicts[0], clashes[i].repair));
        }
    }
}

/* Offers of one party that cannot all be kept prove nothing that one of them leaves open, whatever
 * their order. */
static void offers_that_contradict_each_other_are_taken_for_themselves(void)
{
    static const struct {
        const char *one, *other, *verdict;
    } cases[] = {
        { "PT", "FR", "impossible" },
        { "FR", "PT", "impossible" },
        { "DE", "PT", "advertised" },
        { "PT", "DE", "advertised" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   clause_on_data("need", "term: jurisdiction, op: in, value: "
                                                          "[DE, PT]")));
        bench_add(&bench, text_offer(&bench, "dc-one",
                                     arena_printf(&bench.arena,
                                                  "  targets: [{id: all}]\n  clauses:\n    - {id: "
                                                  "a, on: all, stance: offers, term: jurisdiction, "
                                                  "op: in, value: %s}\n    - {id: b, on: all, "
                                                  "stance: offers, term: jurisdiction, op: in, "
                                                  "value: %s}\n",
                                                  cases[i].one, cases[i].other)
                                         .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        check_certificates(bench.world);
        ASSERT_TEXT(slice_from(sla_verdict_name(proof_of("need")->worst)), cases[i].verdict);
    }
}

/* Of offers that cannot be compared so many are held side by side; the rest may be what holds. */
static void more_offers_than_are_compared_prove_nothing_false(void)
{
    static const struct {
        unsigned offers;
        const char *verdict;
        bool told;
    } cases[] = { { 32, "impossible", false }, { 33, "unproven", true } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_done) struct buf offers = { 0 };
        buf_add_cstr(&offers, "  targets: [{id: all}]\n  clauses:\n");
        for (unsigned j = 1; j <= cases[i].offers; j++) {
            buf_printf(&offers,
                       "    - {id: o%u, on: all, stance: offers, term: latency, op: \"<=\", value: "
                       "1 ms, window: %u h}\n",
                       j, j);
        }
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   clause_on_data("need", "term: latency, op: \"<=\", value: 1 ms, "
                                                          "window: 90 h")));
        bench_add(&bench,
                  text_offer(&bench, "dc-one", arena_cstr(&bench.arena, buf_slice(&offers))));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(slice_from(sla_verdict_name(proof_of("need")->worst)), cases[i].verdict);
        CU_ASSERT_EQUAL(bench_has(&bench, 504), cases[i].told);
    }
}

/* A better figure that rests on more is not better. */
static void the_offer_that_needs_no_word_is_taken(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               clause_on_data("need", "term: availability, op: \">=\", value: "
                                                      "99.9 %, window: 30d")));
    bench_add(&bench,
              text_offer(&bench, "dc-one",
                         "  targets: [{id: all}]\n  clauses:\n    - {id: a, on: all, stance: "
                         "offers, term: availability, op: \">=\", value: 99.92 %, window: "
                         "30d}\n    - {id: b, on: all, stance: offers, term: availability, op: "
                         "\">=\", value: 99.905 %, window: 1d}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_TEXT(slice_from(sla_verdict_name(proof_of("need")->worst)), "advertised");
    CU_ASSERT_EQUAL(bench_findings(&bench).len, 0);
}

/* A plane is told a setting or is not: one that holds at times is held by nobody. */
static void what_no_plane_is_told_is_not_held(void)
{
    static const struct {
        const char *classes, *term, *verdict;
    } cases[] = {
        { "[patient]", "encryption.rest, op: \">=\", value: provider", "to-enforce" },
        { "[patient, billing]", "encryption.rest, op: \">=\", value: provider", "unproven" },
        { "[patient, billing]", "audit.events, op: includes, value: [detection]", "to-enforce" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           clause_on_data("need", arena_printf(&bench.arena,
                                                               "term: %s, when: {class: patient}",
                                                               cases[i].term)
                                                      .ptr)));
        bench_add(&bench, text_offer(&bench, "dc-one", "  targets: [{id: all}]\n  clauses: []\n"));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      arena_printf(&bench.arena,
                                                   "    - {name: store, plane: data, layer: L2, "
                                                   "node: n1, provider: dc-one, class: %s}\n",
                                                   cases[i].classes)
                                          .ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(slice_from(sla_verdict_name(proof_of("need")->worst)), cases[i].verdict);
        CU_ASSERT_EQUAL(bench_has(&bench, 404), i == 1);
    }
}

/* What an offer of equal windows comes to rests on who answers for where they lie. */
static void equal_windows_are_the_same_ones_as_assumed(void)
{
    static const struct {
        const char *flag, *verdict, *findings;
    } cases[] = {
        { "yes", "assumed", "note 403" },
        { "no", "unproven", "warning 401" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *clause = "term: availability, op: \">=\", value: 99.9 %, window: 30d";
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop", clause_on_data("need", clause)));
        bench_add(
            &bench,
            text_offer(&bench, "dc-one",
                       arena_printf(&bench.arena,
                                    "  targets: [{id: all}]\n  assumptions: [{id: same, owner: "
                                    "dc-one, on: all, term: window.aligned, op: is, value: %s}]\n  "
                                    "clauses: [{id: give, on: all, stance: offers, %s}]\n",
                                    cases[i].flag, clause)
                           .ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        ASSERT_TEXT(slice_from(sla_verdict_name(proof_of("need")->worst)), cases[i].verdict);
        const struct diag *said = bench.diags.first;
        while (said != NULL && said->code == SLA_CODE_ADVERTISED) {
            said = said->next;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(said);
        ASSERT_TEXT(arena_printf(&bench.arena, "%s %u", diag_level_name(said->level), said->code),
                    cases[i].findings);
        CU_ASSERT_TRUE(said->next == NULL || said->next->code == SLA_CODE_ADVERTISED);
    }
}

static void without_a_node_nothing_is_built(void)
{
    static const struct {
        const char *node;
        enum sla_doubt doubt;
    } cases[] = { { "node: n1, ", SLA_DOUBT_NONE }, { "", SLA_DOUBT_NO_PLANE } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   "  targets: [{id: all}]\n  clauses:\n    - {id: need, on: all, "
                                   "term: encryption.rest, op: \">=\", value: provider}\n"));
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      arena_printf(&bench.arena,
                                                   "    - {name: store, plane: data, layer: L2, "
                                                   "%sprovider: dc-one}\n",
                                                   cases[i].node)
                                          .ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(proof_of("need")->doubt, cases[i].doubt);
    }
}

/* A provider that left `requires` in its own offer is not sent to itself alone for one. */
static void a_requirement_in_an_offer_is_told_to_be_one(void)
{
    for (int of_tenant = 0; of_tenant < 2; of_tenant++) {
        const char *spec =
            "  targets: [{id: all, plane: data}]\n  clauses:\n    - {id: c, on: all, "
            "stance: requires, term: encryption.rest, op: \">=\", value: "
            "customer}\n";
        bool noted = false;
        bench_clear(&bench);
        bench_add(&bench, of_tenant != 0 ? text_sla(&bench, "shop", spec)
                                         : text_offer(&bench, "dc-one", spec));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
        bench_compile(&bench);
        const struct diag *at = bench_find(&bench, 404);
        CU_ASSERT_PTR_NOT_NULL_FATAL(at);
        for (const struct diag_text *note = at->notes; note != NULL; note = note->next) {
            noted |= slice_find_text(note->text, SLICE("`stance: offers` may have been meant")) <
                     note->text.len;
        }
        CU_ASSERT_EQUAL(noted, of_tenant == 0);
    }
}

static CU_TestInfo tests[] = {
    { "a requirement in an offer is told to be one", a_requirement_in_an_offer_is_told_to_be_one },
    { "without a node nothing is built", without_a_node_nothing_is_built },
    { "offers that contradict each other are taken for themselves",
      offers_that_contradict_each_other_are_taken_for_themselves },
    { "more offers than are compared prove nothing false",
      more_offers_than_are_compared_prove_nothing_false },
    { "the offer that needs no word is taken", the_offer_that_needs_no_word_is_taken },
    { "what no plane is told is not held", what_no_plane_is_told_is_not_held },
    { "equal windows are the same ones as assumed", equal_windows_are_the_same_ones_as_assumed },
    { "requirements clash, whoever offers what", requirements_clash_whoever_offers_what },
    { "each requirement has its verdict", each_requirement_has_its_verdict },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla verdicts", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
