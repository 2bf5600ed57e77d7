/* Copies, holders of shares and faults of one resource, taken together. */
#include "sla/certificate/certificate.h"
#include "sla/code.h"
#include "sla/conflict/quorum.h"
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

#define TARGET        "  targets: [{id: x}]\n  clauses:\n"
#define FAULTS(count) "    - {id: f, on: x, term: faults.count, op: \">=\", value: " #count "}\n"
#define MODEL(word)   "    - {id: m, on: x, term: faults.model, op: \">=\", value: " #word "}\n"
#define LEVEL(word)   "    - {id: i, on: x, term: integrity.level, op: \">=\", value: " #word "}\n"
#define SHARES(id, value)                                                                          \
    "    - {id: " id ", on: x, term: confidentiality.threshold, op: \">=\", value: " value "}\n"
#define COPIES(count)                                                                              \
    "    - {id: c, on: x, term: replication.copies, op: \">=\", value: " #count "}\n"
#define SPREAD(count, what)                                                                        \
    "    - {id: s, on: x, term: replication.spread, op: \">=\", value: " #count ", by: " #what "}" \
    "\n"

static void compile(const char *clauses)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, TARGET "%s", clauses).ptr));
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: db, plane: data, layer: L2, node: n1, provider: dc, "
                          "class: [patient]}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

/* "m f c; s t; ": the clauses of each conflict. */
static struct slice conflicts(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        const struct sla_conflict *conflict = &bench.world->conflicts[i];
        CU_ASSERT_EQUAL(conflict->class, SLA_CONFLICT_QUORUM);
        for (size_t j = 0; j < conflict->clause_count; j++) {
            buf_printf(&text, "%s%.*s", j > 0 ? " " : "",
                       SLICE_ARG(conflict->clauses[j]->ref.clause));
        }
        buf_add_cstr(&text, "; ");
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void numbers_fit_each_other_or_collide(void)
{
    static const struct {
        const char *clauses, *conflicts;
    } cases[] = {
        /* to be read after f are gone */
        { FAULTS(2) COPIES(3), "" },
        { FAULTS(3) COPIES(3), "c f; " },
        { FAULTS(3), "" }, /* nobody says how many there are */
        /* where a quorum agrees */
        { FAULTS(1) LEVEL(quorum) COPIES(3), "" },
        { FAULTS(1) LEVEL(quorum) COPIES(2), "c f i; " },
        { FAULTS(1) LEVEL(signed) COPIES(2), "" },
        { FAULTS(2) LEVEL(quorum) COPIES(2), "c f; " }, /* also without */
        /* byzantine */
        { FAULTS(1) MODEL(byzantine) COPIES(4), "" },
        { FAULTS(1) MODEL(byzantine) COPIES(3), "c f m; " },
        { FAULTS(1) MODEL(omission) COPIES(3), "" },
        { FAULTS(1) MODEL(byzantine) LEVEL(quorum) COPIES(3), "c f m; " },
        { FAULTS(1) MODEL(byzantine) LEVEL(quorum) COPIES(2), "c f i; " },
        /* shares: still read when f are gone, and not read by f */
        { FAULTS(1) MODEL(byzantine) SHARES("t", "2 of 4"), "" },
        { FAULTS(2) SHARES("t", "2 of 4"), "" },
        { FAULTS(1) SHARES("t", "4 of 4"), "f t; " },
        { FAULTS(2) SHARES("t", "3 of 4"), "f t; " },
        { FAULTS(1) MODEL(byzantine) SHARES("t", "1 of 4"), "f m t; " },
        { FAULTS(1) MODEL(byzantine) SHARES("t", "2 of 3"), "f m t; " },
        { FAULTS(1) LEVEL(quorum) SHARES("t", "1 of 2"), "f i t; " },
        /* k from one, what may be gone from the other: 3 of 5 together */
        { FAULTS(1) MODEL(byzantine) SHARES("t", "3 of 3") SHARES("u", "1 of 3"), "" },
        { FAULTS(2) MODEL(byzantine) SHARES("t", "3 of 3") SHARES("u", "1 of 3"), "f m t u; " },
        /* a copy for each holder, and for each place */
        { COPIES(4) SHARES("t", "2 of 4"), "" },
        { COPIES(3) SHARES("t", "2 of 4"), "c t; " },
        { COPIES(3) SPREAD(3, zone), "" },
        { COPIES(2) SPREAD(3, zone), "c s; " },
        { SHARES("t", "2 of 3") SPREAD(4, node), "s t; " },
        { SHARES("t", "2 of 4") SPREAD(3, node), "" },
        { SHARES("t", "2 of 4") SPREAD(3, provider), "s t; " }, /* one would hold two shares */
        { SHARES("t", "2 of 4") SPREAD(4, provider), "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clauses);
        ASSERT_TEXT(conflicts(), cases[i].conflicts);
        check_certificates(bench.world);
        check_repairs(&bench);
    }
}

static void the_arithmetic_is_told(void)
{
    compile(FAULTS(1) MODEL(byzantine) COPIES(3));
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(conflict->witness, "store/db is built with 3 copies, and needs 4");
    ASSERT_TEXT(conflict->arithmetic, "asked for: 3 copies\nneeded: 3f + 1 = 4 for f = 1 byzantine "
                                      "faults\n4 - 3 = 1 too few");
    CU_ASSERT_TRUE(bench_has(&bench, SLA_CODE_ARITHMETIC));
    CU_ASSERT_TRUE_FATAL(conflict->repair_count > 0);
    ASSERT_TEXT(conflict->repairs[0].title, "require 4 in `c` of shop"); /* weakens nothing */
    CU_ASSERT_EQUAL(conflict->repairs[0].costs[0].musts, 0);
}

static void check_mends_all(const struct sla_conflict *conflict)
{
    struct diag_source *sources = NULL;
    struct diag_list diags;

    diag_list_init(&diags, &bench.arena);
    ASSERT_OK(sla_repair_apply(&bench.arena, bench.world, conflict, 0, &sources, NULL));
    const struct sla_world *after =
        sla_compile(&bench.arena, sources, bench.world->source_count, &bench.options, &diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_EQUAL(after->conflict_count, 0);
}

/* What mends one rule is tried against all of them. */
static void holders_are_raised_for_every_rule(void)
{
    compile(FAULTS(2) MODEL(byzantine) SHARES("t", "2 of 4"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1); /* too few, and too easily read */
    ASSERT_TEXT(bench.world->conflicts[0].repairs[0].title, "require 3 of 7 in `t` of shop");
}

/* The first repair of each conflict, once made, leaves none of them. */
static void one_repair_is_enough_for_all_that_is_asked(void)
{
    static const struct {
        const char *clauses, *title;
    } cases[] = {
        { COPIES(2) SPREAD(3, zone) SHARES("t", "2 of 4"), "require 4 in `c` of shop" },
        { FAULTS(2) COPIES(2) SPREAD(5, node), "require 5 in `c` of shop" },
        /* what is told first is the less of the two */
        { FAULTS(1) MODEL(byzantine) LEVEL(quorum) COPIES(2), "require 4 in `c` of shop" },
        { FAULTS(1) MODEL(byzantine) SHARES("t", "1 of 2") SPREAD(6, node),
          "require 2 of 6 in `t` of shop" },
        /* at a time when the copies are not asked for, nothing is needed of them */
        { "    - {id: c, on: x, term: replication.copies, op: \">=\", value: 2, valid: {until: "
          "2026-01-01}}\n" SPREAD(3, zone) "    - {id: t, on: x, term: confidentiality.threshold, "
                                           "op: \">=\", value: 2 of 7, "
                                           "valid: {from: 2026-01-01}}\n",
          "require 3 in `c` of shop" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clauses);
        CU_ASSERT_TRUE_FATAL(bench.world->conflict_count > 0);
        for (size_t j = 0; j < bench.world->conflict_count; j++) {
            const struct sla_conflict *conflict = &bench.world->conflicts[j];
            CU_ASSERT_TRUE_FATAL(conflict->repair_count > 0);
            ASSERT_TEXT(conflict->repairs[0].title, cases[i].title);
            check_mends_all(conflict);
        }
    }
}

/* Two buckets under one clause: the one that needs most decides. */
static void the_greatest_need_may_be_elsewhere(void)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: x}, {id: a, select: {name: a}}, "
                       "{id: b, select: {name: b}}]\n"
                       "  clauses:\n" COPIES(
                           2) "    - {id: sa, on: a, term: replication.spread, op: \">=\", value: "
                              "3, by: zone}\n"
                              "    - {id: sb, on: b, term: replication.spread, op: \">=\", value: "
                              "5, by: zone}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: data, layer: L2, provider: dc}\n"
                                  "    - {name: b, plane: data, layer: L2, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_TEXT(conflicts(), "c sa; c sb; ");
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        ASSERT_TEXT(bench.world->conflicts[i].repairs[0].title, "require 5 in `c` of shop");
        check_mends_all(&bench.world->conflicts[i]);
    }
}

static void what_never_speaks_together_does_not_collide(void)
{
    compile(
        "    - {id: t, on: x, term: confidentiality.threshold, op: \">=\", value: 1 of 2, when: "
        "{class: patient}}\n" FAULTS(2));
    ASSERT_TEXT(conflicts(), "f t; "); /* the data is of that class */
    compile("    - {id: c, on: x, term: replication.copies, op: \">=\", value: 2, valid: {until: "
            "2026-01-01}}\n"
            "    - {id: s, on: x, term: replication.spread, op: \">=\", value: 3, by: zone, valid: "
            "{from: 2026-01-01}}\n");
    ASSERT_TEXT(conflicts(), "");
}

#define MACHINE(name, rest)                                                                        \
    "    - {name: " name ", plane: compute, layer: L2, provider: dc" rest "}\n"
#define BUCKET(name, provider)                                                                     \
    "    - {name: " name ", plane: data, layer: L2, node: n1, provider: " provider "}\n"
#define HOLDS(name, provider, classes)                                                             \
    "    - {name: " name ", plane: data, layer: L2, node: n1, provider: " provider                 \
    ", class: [" classes "]}\n"
#define SPREAD_WHEN(count, what, class)                                                            \
    "    - {id: s, on: x, term: replication.spread, op: \">=\", value: " #count ", by: " #what     \
    ", when: {class: " class "}}\n"
#define SPREAD_OFFER(count, what)                                                                  \
    TARGET "    - {id: o, on: x, stance: offers, term: replication.spread, op: \">=\", "           \
           "value: " #count ", by: " #what "}\n"

/* The worst verdict of `s`, and its witness where it is impossible. */
static const struct {
    const char *resources, *spread, *offer, *verdict, *witness;
} placed[] = {
    { MACHINE("a", ", node: n1") MACHINE("b", ", node: n2"), SPREAD(2, node), NULL, "to-enforce",
      NULL },
    { MACHINE("a", ", node: n1") MACHINE("b", ", node: n1"), SPREAD(2, node), NULL, "impossible",
      "store/a and its copies, 2 in all, stand at 1 node (n1), and need 2" },
    /* who names none can be anywhere */
    { MACHINE("a", ", node: n1") MACHINE("b", ""), SPREAD(2, node), NULL, "unproven", NULL },
    { MACHINE("a", ", node: n1") MACHINE("b", ""), SPREAD(3, node), NULL, "impossible",
      "store/a and its copies, 2 in all, stand at 2 nodes (n1, and wherever 1 of them is), and "
      "need 3" },
    { BUCKET("a", "dc") BUCKET("b", "dd") BUCKET("c", "dd"), SPREAD(2, provider), NULL,
      "to-enforce", NULL },
    { BUCKET("a", "dc") BUCKET("b", "dd") BUCKET("c", "dd"), SPREAD(3, provider), NULL,
      "impossible", "store/a and its copies, 3 in all, stand at 2 providers (dc, dd), and need 3" },
    /* a bucket lies elsewhere than its agent */
    { BUCKET("a", "dc") BUCKET("b", "dc"), SPREAD(2, node), NULL, "unproven", NULL },
    /* of zones only an offer tells, and of copies inside of one resource */
    { MACHINE("a", ", node: n1") MACHINE("b", ", node: n2"), SPREAD(2, zone), NULL, "unproven",
      NULL },
    { BUCKET("a", "dc"), SPREAD(2, provider), NULL, "unproven", NULL },
    /* a machine is no copy of a bucket */
    { MACHINE("m", "") BUCKET("a", "dd") BUCKET("b", "dd"), SPREAD(2, provider), NULL, "impossible",
      "store/a and its copies, 2 in all, stand at 1 provider (dd), and need 2" },
    { MACHINE("m", "") BUCKET("a", "dd") BUCKET("b", "de"), SPREAD(2, provider), NULL, "unproven",
      NULL }, /* of the machine */
    /* nor is one of other data, but for what the clause speaks of */
    { HOLDS("a", "dd", "patient") HOLDS("b", "de", "billing"), SPREAD(2, provider), NULL,
      "unproven", NULL },
    { HOLDS("a", "dd", "patient") HOLDS("b", "de", "patient, billing"),
      SPREAD_WHEN(2, provider, "patient"), NULL, "to-enforce", NULL },
    { HOLDS("a", "dd", "patient") HOLDS("b", "dd", "patient, billing"),
      SPREAD_WHEN(2, provider, "patient"), NULL, "impossible",
      "store/a and its copies, 2 in all, stand at 1 provider (dd), and need 2" },
    { MACHINE("a", ", node: n1") MACHINE("b", ", node: n1"), SPREAD(2, node), SPREAD_OFFER(2, node),
      "advertised", NULL },
    { MACHINE("a", ", node: n1") MACHINE("b", ", node: n1"), SPREAD(3, node), SPREAD_OFFER(2, node),
      "impossible", "store/a and its copies, 2 in all, stand at 1 node (n1), and need 3" },
};

static void the_places_of_the_ucloud_are_counted(void)
{
    for (size_t i = 0; i < COUNT_OF(placed); i++) {
        bench_clear(&bench);
        bench_add(&bench, text_sla(&bench, "shop",
                                   arena_printf(&bench.arena, TARGET "%s", placed[i].spread).ptr));
        bench_add(&bench, text_ucloud(&bench, "store", "shop", placed[i].resources));
        if (placed[i].offer != NULL) {
            bench_add(&bench, text_offer(&bench, "dc", placed[i].offer));
        }
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        for (size_t j = 0; j < bench.world->clause_count; j++) {
            if (bench.world->proofs[j].verdicts != NULL) {
                ASSERT_TEXT(slice_from(sla_verdict_name(bench.world->proofs[j].worst)),
                            placed[i].verdict);
            }
        }
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, placed[i].witness != NULL ? 1 : 0);
        if (placed[i].witness != NULL) {
            ASSERT_TEXT(bench.world->conflicts[0].witness, placed[i].witness);
            CU_ASSERT_TRUE(bench.world->conflicts[0].repair_count > 0);
        }
        check_certificates(bench.world);
        check_repairs(&bench);
    }
}

static void a_spread_gives_way_when_it_should(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               TARGET "    - {id: s, on: x, term: replication.spread, op: \">=\", "
                                      "value: 2, by: node, strength: should}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  MACHINE("a", ", node: n1") MACHINE("b", ", node: n1")));
    bench_compile(&bench);
    CU_ASSERT_EQUAL_FATAL(bench.world->degradation_count, 1);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    const struct diag *told = bench.diags.first;
    while (told != NULL && told->code != SLA_CODE_ARITHMETIC) {
        told = told->next;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(told);
    ASSERT_TEXT(told->message,
                "tenant clause `s` (should) gives way to the places of its resources");
}

/* A spread over one place asks for nothing. */
static void no_repair_asks_for_one_place(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", TARGET SPREAD(3, node)));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  MACHINE("a", ", node: n1") MACHINE("b", ", node: n1")
                                      MACHINE("c", ", node: n1")));
    bench_compile(&bench);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(conflict->arithmetic,
                "there is: 1 place\nneeded: 3, one a node\n3 - 1 = 2 too few");
    CU_ASSERT_TRUE(conflict->repair_count > 0);
    for (size_t i = 0; i < conflict->repair_count; i++) {
        CU_ASSERT_FALSE(slice_is(conflict->repairs[i].title, "require 1 in `s` of shop"));
    }
}

/* Two clauses of one bound, on other resources. */
static void each_spread_counts_its_own_resources(void)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       "  targets: [{id: all}, {id: two, select: {role: web}}]\n"
                       "  clauses:\n"
                       "    - {id: s, on: all, term: replication.spread, op: \">=\", value: "
                       "2, by: node}\n"
                       "    - {id: w, on: two, term: replication.spread, op: \">=\", value: "
                       "2, by: node}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  MACHINE("a", ", node: n1, role: web") MACHINE(
                                      "b", ", node: n1, role: web") MACHINE("c", ", node: n2")));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_TEXT(conflicts(), "w; ");
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, 2);
}

static void false_places_are_refused(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", TARGET SPREAD(2, node)));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  MACHINE("a", ", node: n1") MACHINE("b", ", node: n1")));
    bench_compile(&bench);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    struct sla_conflict conflict = bench.world->conflicts[0];
    struct sla_clause less = *conflict.clauses[0];
    less.value.range.least = 1;
    conflict.clauses[0] = &less;
    struct status status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "there are places enough");
}

static void a_should_gives_way(void)
{
    compile(FAULTS(2) "    - {id: c, on: x, term: replication.copies, op: \">=\", value: 2, "
                      "strength: should}\n");
    CU_ASSERT_EQUAL(bench.world->degradation_count, 1);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
}

static void what_does_not_follow_is_refused(void)
{
    compile(FAULTS(1) MODEL(byzantine) LEVEL(signed) COPIES(3));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    struct sla_conflict conflict = bench.world->conflicts[0];
    conflict.certificate.rule = SLA_QUORUM_RULES;
    struct status status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "the numbers fit each other");
    conflict = bench.world->conflicts[0];
    struct sla_clause more = *conflict.clauses[0];
    more.value.range.least = 4;
    conflict.clauses[0] = &more;
    status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "the numbers fit each other");
    conflict = bench.world->conflicts[0];
    for (size_t i = 0; i < bench.world->clause_count; i++) {
        if (slice_is(bench.world->clauses[i]->ref.clause, "i")) {
            conflict.clauses[conflict.clause_count] = bench.world->clauses[i];
        }
    }
    conflict.clause_count++;
    status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "clause `i` can be left out");
}

#define SHARD(name, provider)                                                                      \
    "    - {name: " name ", plane: data, layer: L2, node: n1, provider: " provider "}\n"
#define OFFER(value)                                                                               \
    TARGET "    - {id: z, on: x, stance: offers, term: location, op: in, value: " value "}\n"

/* Its only other provider holds a share already. */
static void no_repair_puts_two_shares_at_one_provider(void)
{
    static const char *const spreads[] = { "", SPREAD(2, provider) };

    for (size_t i = 0; i < COUNT_OF(spreads); i++) {
        bool moves = false;
        bench_clear(&bench);
        bench_add(&bench,
                  text_sla(&bench, "shop",
                           arena_printf(&bench.arena,
                                        TARGET "    - {id: l, on: x, term: location, op: in, "
                                               "value: [PT]}\n%s",
                                        spreads[i])
                               .ptr));
        bench_add(&bench, text_offer(&bench, "dc-a", OFFER("[US]")));
        bench_add(&bench, text_offer(&bench, "dc-b", OFFER("[PT]")));
        bench_add(&bench,
                  text_ucloud(&bench, "store", "shop", SHARD("one", "dc-a") SHARD("two", "dc-b")));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
        for (size_t j = 0; j < bench.world->conflicts[0].repair_count; j++) {
            moves |= bench.world->conflicts[0].repairs[j].costs[0].moves > 0;
        }
        CU_ASSERT_EQUAL(moves, spreads[i][0] == '\0');
    }
}

static CU_TestInfo tests[] = {
    { "numbers fit each other or collide", numbers_fit_each_other_or_collide },
    { "the arithmetic is told", the_arithmetic_is_told },
    { "holders are raised for every rule", holders_are_raised_for_every_rule },
    { "one repair is enough for all that is asked", one_repair_is_enough_for_all_that_is_asked },
    { "the places of the U-Cloud are counted", the_places_of_the_ucloud_are_counted },
    { "a spread gives way when it should", a_spread_gives_way_when_it_should },
    { "no repair asks for one place", no_repair_asks_for_one_place },
    { "each spread counts its own resources", each_spread_counts_its_own_resources },
    { "false places are refused", false_places_are_refused },
    { "the greatest need may be elsewhere", the_greatest_need_may_be_elsewhere },
    { "what never speaks together does not collide", what_never_speaks_together_does_not_collide },
    { "a should gives way", a_should_gives_way },
    { "what does not follow is refused", what_does_not_follow_is_refused },
    { "no repair puts two shares at one provider", no_repair_puts_two_shares_at_one_provider },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla quorum", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
