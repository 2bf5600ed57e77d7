/* Data may lie in fewer and fewer storage classes as it ages: how that is read, what cannot hold
 * together, and what would mend it. */
#include "sla/certificate/certificate.h"
#include "sla/code.h"
#include "sla/terms/domain.h"
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

#define CLAUSE(id, value) "    - {id: " id ", on: f, term: tiering, op: is, value: " value "}\n"
#define OFFER(value)                                                                               \
    "    - {id: menu, on: f, stance: offers, term: tiering, op: is, value: " value "}\n"
#define TARGET "  targets: [{id: f, plane: data}]\n  clauses:\n"

static void compile(const char *clauses, const char *offered)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, TARGET "%s", clauses).ptr));
    if (offered != NULL) {
        bench_add(&bench,
                  text_offer(&bench, "dc", arena_printf(&bench.arena, TARGET "%s", offered).ptr));
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: pics, plane: data, layer: L2, node: n1, provider: "
                                  "dc}\n"));
    bench_compile(&bench);
}

static void steps_are_read_in_order(void)
{
    static const struct {
        const char *value;
        const char *findings;
    } cases[] = {
        { "[{from: 0 s, classes: hot}, {from: 180d, classes: [cool, cold]}]", "302 3:59" },
        { "[{from: 180d, classes: [cool]}, {from: 90d, classes: [cold]}]", "302 3:59; 224 7:91" },
        { "[{from: 90d, classes: [cool]}, {from: 90d, classes: [cold]}]", "302 3:59; 224 7:90" },
        { "[{from: 90d, classes: [frozen]}]", "302 3:59; 206 7:75" },
        { "[{from: 90d, classes: []}]", "302 3:59; 214 7:74" },
        { "[{from: 90d}]", "302 3:59; 202 7:53" },
        { "[{classes: hot}]", "302 3:59; 202 7:53" },
        { "[{from: soon, classes: hot}]", "302 3:59; 208 7:60" },
        { "[{from: 90d, classes: hot, until: 1d}]", "302 3:59; 201 7:79" },
        { "[hot]", "302 3:59; 203 7:53" },
        { "{from: 90d, classes: hot}", "302 3:59; 203 7:52" },
        { "[]", "302 3:59; 214 7:52" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(
            &bench,
            text_sla(&bench, "shop",
                     arena_printf(&bench.arena, TARGET CLAUSE("a", "%s"), cases[i].value).ptr));
        bench_compile(&bench);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings); /* the U-Cloud is not here */
    }
    bench.options.partial = false;
}

static void too_many_steps_are_refused(void)
{
    CLEANUP(buf_done) struct buf clause = { 0 };

    for (int count = SLA_TIERING_STEPS_MAX; count <= SLA_TIERING_STEPS_MAX + 1; count++) {
        buf_clear(&clause);
        buf_add_cstr(&clause, "    - {id: a, on: f, term: tiering, op: is, value: [");
        for (int i = 0; i < count; i++) {
            buf_printf(&clause, "%s{from: %d d, classes: [%s]}", i > 0 ? ", " : "", i,
                       i % 2 == 0 ? "hot" : "cool");
        }
        buf_add_cstr(&clause, "]}\n");
        buf_add_char(&clause, '\0');
        compile(clause.ptr, NULL);
        CU_ASSERT_EQUAL(bench_has(&bench, SLA_CODE_LIMIT), count > SLA_TIERING_STEPS_MAX);
    }
}

static void an_offer_is_a_menu(void)
{
    compile(CLAUSE("a", "[{from: 0 s, classes: [hot]}, {from: 180d, classes: [cool, cold]}]"),
            OFFER("[{from: 0 s, classes: [hot]}, {from: 30d, classes: [hot, cool, archive]}]"));
    ASSERT_TEXT(bench_findings(&bench), "");
    CU_ASSERT_EQUAL(bench.world->summary.verdicts[SLA_ADVERTISED], 1);
    compile(CLAUSE("a", "[{from: 180d, classes: [cold]}]"), OFFER("[{from: 0 s, classes: hot}]"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    ASSERT_TEXT(bench.world->conflicts[0].witness,
                "no class is left for store/pics at 180 d: `menu` leaves hot; `a` leaves cold");
    check_certificates(bench.world);
    check_repairs(&bench);
    compile(CLAUSE("a", "[{from: 180d, classes: [cold]}]"), NULL);
    CU_ASSERT_TRUE(bench_has(&bench, SLA_CODE_UNPROVEN));
}

/* No two of them clash: at 90 days the third class goes. */
static void three_can_leave_nothing(void)
{
    compile(CLAUSE("a", "[{from: 30d, classes: [hot, cool]}]")
                CLAUSE("b", "[{from: 60d, classes: [cool, cold]}]")
                    CLAUSE("c", "[{from: 90d, classes: [hot, cold]}]"),
            OFFER("[{from: 0 s, classes: [hot, cool, cold, archive]}]"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    CU_ASSERT_EQUAL(conflict->clause_count, 3);
    ASSERT_TEXT(conflict->witness, "no class is left for store/pics at 90 d: `a` leaves hot cool; "
                                   "`b` leaves cool cold; `c` leaves hot cold");
    CU_ASSERT_TRUE(conflict->repair_count > 0);
    check_certificates(bench.world);
    check_repairs(&bench);
    struct slice title = conflict->repairs[0].title;
    CU_ASSERT_TRUE(slice_starts(title, SLICE("require [{from: ")) ||
                   slice_starts(title, SLICE("exempt ")));
}

static void what_does_not_follow_is_refused(void)
{
    compile(CLAUSE("a", "[{from: 30d, classes: [hot, cool]}]")
                CLAUSE("b", "[{from: 60d, classes: [cold]}]"),
            NULL);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    struct sla_conflict conflict = bench.world->conflicts[0];
    struct sla_clause other = *conflict.clauses[1];
    const struct sla_tiering_step later = { other.value.tiering.steps[0].from_ms, 0x6 };
    other.value.tiering.steps = &later; /* cool, cold */
    conflict.clauses[1] = &other;
    struct status status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "something is left");
    const struct sla_clause *a = conflict.clauses[0];
    conflict = bench.world->conflicts[0];
    conflict.clauses[2] = a;
    conflict.clause_count = 3;
    status = sla_certificate_check(bench.world, &conflict);
    ASSERT_TEXT(slice_from(status.msg), "clause `a` can be left out");
}

static void classes_at_an_age_are_those_of_the_last_step(void)
{
    const struct sla_tiering_step steps[] = { { 10, 0x1 }, { 20, 0x6 } };
    const struct sla_tiering tiering = { steps, COUNT_OF(steps) };
    static const struct {
        int64_t age_ms;
        unsigned classes;
    } cases[] = { { 0, 0xf }, { 9, 0xf }, { 10, 0x1 }, { 19, 0x1 }, { 20, 0x6 }, { 99, 0x6 } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CU_ASSERT_EQUAL(sla_tiering_at(&tiering, cases[i].age_ms), cases[i].classes);
    }
}

static CU_TestInfo tests[] = {
    { "steps are read in order", steps_are_read_in_order },
    { "too many steps are refused", too_many_steps_are_refused },
    { "an offer is a menu", an_offer_is_a_menu },
    { "three can leave nothing", three_can_leave_nothing },
    { "what does not follow is refused", what_does_not_follow_is_refused },
    { "classes at an age are those of the last step",
      classes_at_an_age_are_those_of_the_last_step },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla tiering", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
