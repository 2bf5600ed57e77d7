/* Conflicts over sets: against an oracle that tries every subset, in every order of documents. */
#include <string.h>

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

#define VM      "    - {name: web-1, plane: compute, layer: L2, node: n1, provider: dc-one}\n"
#define TARGETS "  targets: [{id: all}]\n  clauses:\n"

static struct slice clause(const char *id, const char *stance, const char *op, const char *value)
{
    return arena_printf(&bench.arena,
                        TARGETS "    - {id: %s, on: all, stance: %s, term: location, op: %s, "
                                "value: %s}\n",
                        id, stance, op, value);
}

static void pair(const char *wanted, const char *offered)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", clause("residency", "requires", "in", wanted).ptr));
    bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", offered).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    check_certificates(bench.world);
    check_repairs(&bench);
}

static void a_pair_with_nothing_in_common_is_a_conflict(void)
{
    pair("[DE, FR]", "[US, CA]");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    CU_ASSERT_EQUAL(conflict->class, SLA_CONFLICT_SET);
    ASSERT_TEXT(conflict->witness, "nothing is left for store/web-1: `zone` leaves CA (not in "
                                   "`residency`), US (not in `residency`)");
    ASSERT_TEXT(conflict->arithmetic, "{CA, US} meet {DE, FR} = {}");
    CU_ASSERT_EQUAL_FATAL(conflict->repair_count, 3);
    ASSERT_TEXT(conflict->repairs[0].title, "offer DE in `zone` of dc-one");
    CU_ASSERT_EQUAL(conflict->repairs[0].costs[0].rights, 1);
    ASSERT_TEXT(conflict->repairs[1].title, "allow CA in `residency` of shop");
    CU_ASSERT_EQUAL(conflict->repairs[1].costs[0].musts, 1);
    ASSERT_TEXT(conflict->repairs[2].title, "exempt `store/web-1` in `residency` of shop");
}

static void other_values_give_other_witnesses_and_repairs(void)
{
    pair("[NL]", "[BR]");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "nothing is left for store/web-1: `zone` leaves BR (not in `residency`)");
    ASSERT_TEXT(bench.world->conflicts[0].repairs[0].title, "offer NL in `zone` of dc-one");
    struct slice id = bench.world->conflicts[0].id;
    pair("[NL]", "[BR, AR]");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_FALSE(slice_eq(id, bench.world->conflicts[0].id));
    pair("[NL, BR]", "[BR]");
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    CU_ASSERT_EQUAL(bench.world->summary.unproven, 0);
}

static void three_can_collide_where_no_two_do(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               TARGETS "    - {id: a, on: all, term: location, op: in, value: [DE, "
                                       "FR]}\n"
                                       "    - {id: b, on: all, term: location, op: not in, value: "
                                       "DE, strength: should}\n"));
    bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", "[DE, US]").ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    CU_ASSERT_EQUAL(conflict->clause_count, 3);
    ASSERT_TEXT(conflict->witness, "nothing is left for store/web-1: `zone` leaves DE (not in "
                                   "`b`), US (not in `a`)");
    ASSERT_TEXT(conflict->arithmetic, "{DE, US} meet {DE, FR} meet not {DE} = {}");
    ASSERT_TEXT(bench.diags.first->message, "tenant clause `b` (should) gives way to 2 others");
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    check_certificates(bench.world);
    check_repairs(&bench);
    CU_ASSERT_TRUE(conflict->repair_count >= 3);
    CU_ASSERT_EQUAL(conflict->repairs[0].costs[0].rights, 1);
    CU_ASSERT_EQUAL(conflict->repairs[1].costs[0].shoulds, 1);
}

/* Not the first of them alone: each pair has an end of its own. */
static void each_pair_of_several_is_told(void)
{
    CLEANUP(buf_done) struct buf pairs = { 0 };

    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       TARGETS
                       "    - {id: a, on: all, term: location, op: in, value: [DE, NL]}\n"
                       "    - {id: b, on: all, term: location, op: in, value: [FR, ES]}\n"
                       "    - {id: c, on: all, term: location, op: in, value: US}\n"
                       "    - {id: d, on: all, term: capacity.cpu, op: \">=\", value: 4}\n"
                       "    - {id: e, on: all, term: jurisdiction, op: in, value: [DE, FR]}\n"
                       "    - {id: f, on: all, term: jurisdiction, op: in, value: [US, ES]}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        const struct sla_conflict *conflict = &bench.world->conflicts[i];
        CU_ASSERT_EQUAL(conflict->clause_count, 2);
        buf_printf(&pairs, "%.*s%.*s ", SLICE_ARG(conflict->clauses[0]->ref.clause),
                   SLICE_ARG(conflict->clauses[1]->ref.clause));
    }
    ASSERT_TEXT(buf_slice(&pairs), "ab ac bc ef ");
    CU_ASSERT_EQUAL(bench.diags.errors, 4);
}

static void moving_to_a_provider_that_fits_is_offered(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", clause("residency", "requires", "in", "[DE]").ptr));
    bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", "[US]").ptr));
    bench_add(&bench, text_offer(&bench, "dc-two", clause("zone", "offers", "in", "[DE]").ptr));
    bench_add(&bench, text_offer(&bench, "dc-three", clause("zone", "offers", "in", "[GB]").ptr));
    bench_add(&bench, text_offer(&bench, "dc-mute", "  targets: []\n  clauses: []\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    size_t moves = 0;
    for (size_t i = 0; i < conflict->repair_count; i++) {
        if (conflict->repairs[i].costs[0].moves > 0) {
            moves++;
            ASSERT_TEXT(conflict->repairs[i].title,
                        "move `store/web-1` to provider `dc-two`, whose offers fit");
            ASSERT_TEXT(conflict->repairs[i].costs[0].party, "shop");
        }
    }
    CU_ASSERT_EQUAL(moves, 1);
    check_certificates(bench.world);
    check_repairs(&bench);
}

static void equal_sets_on_several_resources_are_one_finding(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop", clause("residency", "requires", "in", "[DE]").ptr));
    bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", "[US]").ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  VM "    - {name: a, plane: data, layer: L2, node: n1, provider: "
                                     "dc-one}\n    - {name: far, plane: data, layer: L2, node: n1, "
                                     "provider: elsewhere}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, 2);
    CU_ASSERT_EQUAL(bench.world->summary.unproven, 1);
    CU_ASSERT_EQUAL(bench.world->summary.unoffered_resources, 1);
    CU_ASSERT_TRUE(bench_has(&bench, 401));
    check_certificates(bench.world);
    check_repairs(&bench);
}

/* --- against an oracle ------------------------------------------------------------------------ */

enum { ORACLE_CLAUSES = 6, ORACLE_ELEMENTS = 5, ORACLE_PHASES = 3, ORACLE_WORLDS = 150 };
static const char *const elements[ORACLE_ELEMENTS] = { "AD", "BE", "CH", "DE", "ES" };

static uint64_t random_state = 1;

static unsigned random_below(unsigned limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % limit;
}

/* Not empty. */
static struct slice set_text(unsigned bits)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    bool first = true;

    buf_add_char(&text, '[');
    for (unsigned i = 0; i < ORACLE_ELEMENTS; i++) {
        if ((bits & (1U << i)) != 0) {
            buf_printf(&text, "%s%s", first ? "" : ", ", elements[i]);
            first = false;
        }
    }
    buf_add_char(&text, ']');
    return arena_copy(&bench.arena, buf_slice(&text));
}

static unsigned meet_of(const unsigned *sets, unsigned subset)
{
    unsigned left = (1U << ORACLE_ELEMENTS) - 1;

    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        left &= (subset & (1U << i)) != 0 ? sets[i] : left;
    }
    return left;
}

static const char *const phases[ORACLE_PHASES] = { "normal", "incident", "recovery" };
static unsigned whens[ORACLE_CLAUSES]; /* in which phases each clause speaks; all: no condition */

/* No element in all, though all speak together; but one in all when any of them is left out. */
static bool is_minimal(const unsigned *sets, unsigned subset)
{
    unsigned when = (1U << ORACLE_PHASES) - 1;

    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        when &= (subset & (1U << i)) != 0 ? whens[i] : when;
    }
    if (subset == 0 || meet_of(sets, subset) != 0 || when == 0) {
        return false;
    }
    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        if ((subset & (1U << i)) != 0 && meet_of(sets, subset & ~(1U << i)) == 0) {
            return false;
        }
    }
    return true;
}

static const char *when_text(unsigned when)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    bool first = true;

    if (when == (1U << ORACLE_PHASES) - 1) {
        return "";
    }
    buf_add_cstr(&text, ", when: {phase: [");
    for (unsigned i = 0; i < ORACLE_PHASES; i++) {
        if ((when & (1U << i)) != 0) {
            buf_printf(&text, "%s%s", first ? "" : ", ", phases[i]);
            first = false;
        }
    }
    buf_add_cstr(&text, "]}");
    return arena_cstr(&bench.arena, buf_slice(&text));
}

/* Clause i is `ci` of document i (the last is the offer): the subset a finding names. */
static unsigned subset_of(const struct sla_conflict *conflict)
{
    unsigned subset = 0;

    for (size_t i = 0; i < conflict->clause_count; i++) {
        subset |= 1U << (unsigned)(conflict->clauses[i]->ref.clause.ptr[1] - '0');
    }
    return subset;
}

static void build(const unsigned *sets, unsigned rotation)
{
    struct slice texts[ORACLE_CLAUSES + 1];

    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        bool offer = i + 1 == ORACLE_CLAUSES;
        struct slice id = arena_printf(&bench.arena, "c%u", i);
        struct slice name = arena_printf(&bench.arena, "doc%u", i);
        struct slice value =
            arena_printf(&bench.arena, "%.*s%s", SLICE_ARG(set_text(sets[i])), when_text(whens[i]));
        struct slice spec = clause(id.ptr, offer ? "offers" : "requires", "in", value.ptr);
        texts[i] = offer ? text_offer(&bench, "dc-one", spec.ptr)
                         : arena_printf(&bench.arena,
                                        "apiVersion: redan/v1\nkind: SecuritySLA\n"
                                        "metadata: {name: %s, party: shop, role: tenant, ucloud: "
                                        "store}\nspec:\n%s",
                                        name.ptr, spec.ptr);
    }
    texts[ORACLE_CLAUSES] = text_ucloud(&bench, "store", "shop", VM);
    for (unsigned i = 0; i <= ORACLE_CLAUSES; i++) {
        bench_add(&bench, texts[(i + rotation) % (ORACLE_CLAUSES + 1)]);
    }
}

static void check_against_oracle(const unsigned *sets)
{
    unsigned wanted = 0;

    for (unsigned subset = 1; subset < 1U << ORACLE_CLAUSES; subset++) {
        wanted += is_minimal(sets, subset) ? 1 : 0;
    }
    CU_ASSERT_EQUAL(bench.world->conflict_count, wanted);
    CU_ASSERT_FALSE(bench.world->conflicts_incomplete);
    for (size_t i = 0; i < bench.world->conflict_count; i++) {
        CU_ASSERT_TRUE(is_minimal(sets, subset_of(&bench.world->conflicts[i])));
        for (size_t j = 0; j < i; j++) {
            CU_ASSERT_NOT_EQUAL(subset_of(&bench.world->conflicts[i]),
                                subset_of(&bench.world->conflicts[j]));
        }
    }
}

static void all_minimal_sets_are_found_in_any_order(void)
{
    for (unsigned round = 0; round < ORACLE_WORLDS; round++) {
        unsigned sets[ORACLE_CLAUSES];
        CLEANUP(buf_done) struct buf ids = { 0 };
        bench_end(&bench);
        bench_start(&bench);
        for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
            sets[i] = 1 + random_below((1U << ORACLE_ELEMENTS) - 1);
            sets[i] |= random_below(1U << ORACLE_ELEMENTS); /* fuller, so that more meet */
            whens[i] = round % 2 == 0 ? (1U << ORACLE_PHASES) - 1
                                      : 1 + random_below((1U << ORACLE_PHASES) - 1);
        }
        for (unsigned rotation = 0; rotation < 3; rotation++) {
            CLEANUP(buf_done) struct buf now = { 0 };
            bench_clear(&bench);
            bench.options.without_repairs = rotation != 0 || round % 10 != 0;
            build(sets, rotation * 2);
            bench_compile(&bench);
            CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
            check_against_oracle(sets);
            check_certificates(bench.world);
            for (size_t i = 0; i < bench.world->conflict_count; i++) {
                buf_add_slice(&now, bench.world->conflicts[i].id);
            }
            if (rotation == 0) {
                buf_add_slice(&ids, buf_slice(&now));
                check_repairs(&bench);
            }
            CU_ASSERT_TRUE(slice_eq(buf_slice(&ids), buf_slice(&now)));
        }
    }
}

/* --- budget ----------------------------------------------------------------------------------- */

static void many_clauses(unsigned count, const char *(*value)(unsigned))
{
    CLEANUP(buf_done) struct buf spec = { 0 };

    bench_clear(&bench);
    buf_add_cstr(&spec, TARGETS);
    for (unsigned i = 0; i < count; i++) {
        buf_printf(&spec, "    - {id: c%04u, on: all, term: location, op: %s}\n", i, value(i));
    }
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
}

/* Each leaves out one of twelve countries of a list: only all twelve together leave nothing. */
static const char *leave_one_out(unsigned i)
{
    static const char codes[12][3] = { "AD", "AE", "AF", "AG", "AI", "AL",
                                       "AM", "AO", "AQ", "AR", "AS", "AT" };
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, "in, value: [");
    for (unsigned j = 0; j < COUNT_OF(codes); j++) {
        if (j != i) {
            buf_printf(&text, "%s, ", codes[j]);
        }
    }
    buf_add_char(&text, ']');
    return arena_cstr(&bench.arena, buf_slice(&text));
}

static const char *alternate(unsigned i)
{
    return i % 2 == 0 ? "in, value: [DE]" : "in, value: [FR]";
}

static void what_a_finding_cannot_hold_is_said_to_be_missing(void)
{
    many_clauses(12, leave_one_out);
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
    CU_ASSERT_TRUE(bench_has(&bench, 504));
}

static void the_budget_ends_the_search_but_not_the_answer(void)
{
    many_clauses(40, alternate);
    bench.options.max_expansions =
        60; /* enough to see that all meet in nothing, not for all pairs */
    bench.options.without_repairs = true;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
    CU_ASSERT_TRUE(bench.world->conflict_count >= 1);
    CU_ASSERT_TRUE(bench.world->expansions <= 60);
    CU_ASSERT_TRUE(bench_has(&bench, 504));
    check_certificates(bench.world);
}

static void repairs_share_the_budget(void)
{
    many_clauses(4, alternate);
    bench.options.max_expansions = 40;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_TRUE(bench.world->conflict_count > 0);
    const struct sla_conflict *last = &bench.world->conflicts[bench.world->conflict_count - 1];
    CU_ASSERT_TRUE(last->repairs_incomplete);
    CU_ASSERT_EQUAL(last->repair_count, 0);
    CU_ASSERT_TRUE(bench.world->expansions <= 40);
}

static void too_many_findings_are_counted_as_incomplete(void)
{
    many_clauses(70, alternate); /* 35 x 35 pairs */
    bench.options.without_repairs = true;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->conflict_count, SLA_CONFLICTS_MAX);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
}

static void a_large_family_is_searched_in_part(void)
{
    many_clauses(300, alternate);
    bench.options.without_repairs = true;
    bench.options.max_expansions = 5000;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_TRUE(bench.world->conflict_count > 0);
    CU_ASSERT_TRUE(bench.world->conflicts_incomplete);
    check_certificates(bench.world);
}

/* What was not compared does not hold. */
static const char *both(unsigned i)
{
    (void)i;
    return "in, value: [DE, FR]";
}

static void what_was_not_searched_is_not_held(void)
{
    static const struct {
        unsigned count;
        const char *verdict;
    } cases[] = { { 4, "advertised" }, { 300, "unproven" } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        many_clauses(cases[i].count, both);
        bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", "[DE]").ptr));
        bench_compile(&bench);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        CU_ASSERT_EQUAL(bench_has(&bench, 504), cases[i].count > 256);
        for (size_t j = 0; j < bench.world->clause_count; j++) {
            if (bench.world->clauses[j]->stance == SLA_REQUIRES) {
                ASSERT_TEXT(slice_from(sla_verdict_name(bench.world->proofs[j].worst)),
                            cases[i].verdict);
            }
        }
    }
}

/* Two that never speak together end no search: what comes after is found. */
static void conditions_that_never_meet_hide_nothing(void)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       TARGETS
                       "    - {id: a, on: all, term: location, op: in, value: DE, when: {phase: "
                       "normal}}\n    - {id: b, on: all, term: location, op: in, value: FR, when: "
                       "{phase: recovery}}\n    - {id: c, on: all, term: keys.location, op: in, "
                       "value: DE}\n    - {id: d, on: all, term: keys.location, op: in, value: "
                       "FR}\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", VM));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_FALSE(bench_has(&bench, 504));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].clauses[0]->ref.clause, "c");
}

/* Data that a bucket does not hold is nowhere. */
static void conditions_on_classes_speak_of_what_is_held(void)
{
    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               TARGETS "    - {id: a, on: all, term: location, op: in, value: DE, "
                                       "when: {class: patient}}\n"));
    bench_add(&bench, text_offer(&bench, "dc-one", clause("zone", "offers", "in", "[US]").ptr));
    bench_add(&bench,
              text_ucloud(
                  &bench, "store", "shop",
                  "    - {name: a, plane: data, layer: L2, node: n1, class: patient, provider: "
                  "dc-one}\n    - {name: b, plane: data, layer: L2, node: n1, class: [public, "
                  "patient], provider: dc-one}\n    - {name: c, plane: data, layer: L2, node: n1, "
                  "class: public, provider: dc-one}\n    - {name: d, plane: data, layer: "
                  "L2, node: n1, provider: dc-one}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, 2);
    check_certificates(bench.world);
}

static CU_TestInfo tests[] = {
    { "each pair of several is told", each_pair_of_several_is_told },
    { "a pair with nothing in common is a conflict", a_pair_with_nothing_in_common_is_a_conflict },
    { "other values give other witnesses and repairs",
      other_values_give_other_witnesses_and_repairs },
    { "three can collide where no two do", three_can_collide_where_no_two_do },
    { "moving to a provider that fits is offered", moving_to_a_provider_that_fits_is_offered },
    { "equal sets on several resources are one finding",
      equal_sets_on_several_resources_are_one_finding },
    { "all minimal sets are found in any order", all_minimal_sets_are_found_in_any_order },
    { "what a finding cannot hold is said to be missing",
      what_a_finding_cannot_hold_is_said_to_be_missing },
    { "the budget ends the search but not the answer",
      the_budget_ends_the_search_but_not_the_answer },
    { "repairs share the budget", repairs_share_the_budget },
    { "too many findings are counted as incomplete", too_many_findings_are_counted_as_incomplete },
    { "a large family is searched in part", a_large_family_is_searched_in_part },
    { "what was not searched is not held", what_was_not_searched_is_not_held },
    { "conditions that never meet hide nothing", conditions_that_never_meet_hide_nothing },
    { "conditions on classes speak of what is held", conditions_on_classes_speak_of_what_is_held },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla conflicts over sets", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
