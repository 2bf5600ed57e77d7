/* F8: a response is in force after what detecting takes and what responding takes. */
#include "sla/code.h"
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

#define TARGET "  targets: [{id: x}]\n  clauses:\n"
#define CONTAIN(value, when)                                                                       \
    "    - {id: c, on: x, term: respond.contain, op: \"<=\", value: " value when "}\n"
#define MTTR(value) "    - {id: r, on: x, term: respond.mttr, op: \"<=\", value: " value "}\n"
#define MTTD        "    - {id: d, on: x, term: detect.mttd, op: \"<=\", value: 1 m}\n"
#define OFFER(id, term, value, when)                                                               \
    "    - {id: " id ", on: x, stance: offers, term: " term ", op: \"<=\", value: " value when "}" \
    "\n"
#define HIGH ", when: {severity: \">= high\"}"

static void compile(const char *clauses, const char *offers)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, TARGET "%s", clauses).ptr));
    if (offers[0] != '\0') {
        bench_add(&bench,
                  text_offer(&bench, "dc", arena_printf(&bench.arena, TARGET "%s", offers).ptr));
    }
    bench_add(&bench,
              text_ucloud(&bench, "store", "shop",
                          "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
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

static void stages_add_up(void)
{
    static const struct {
        const char *clauses, *offers;
        enum sla_verdict verdict;
        int64_t detect_ms, respond_ms; /* of what is unproven */
    } cases[] = {
        { CONTAIN("5 m", ""), "", SLA_UNPROVEN, SLA_STAGE_MISSING, SLA_STAGE_MISSING },
        { CONTAIN("5 m", "") MTTR("30 s"), "", SLA_UNPROVEN, SLA_STAGE_MISSING, 30000 },
        /* what is required is no promise */
        { CONTAIN("5 m", "") MTTD MTTR("30 s"), "", SLA_UNPROVEN, SLA_STAGE_MISSING, 30000 },
        { CONTAIN("90 s", "") MTTR("30 s"), OFFER("o", "detect.mttd", "1 m", ""), SLA_ADVERTISED, 0,
          0 },
        { CONTAIN("89 s", "") MTTR("30 s"), OFFER("o", "detect.mttd", "1 m", ""), SLA_UNPROVEN,
          60000, 30000 },
        /* the shortest of each counts */
        { CONTAIN("80 s", "") MTTR("30 s"),
          OFFER("o", "detect.mttd", "1 m", "") OFFER("p", "detect.mttd", "50 s", ""),
          SLA_ADVERTISED, 0, 0 },
        { CONTAIN("80 s", "") MTTR("30 s"),
          OFFER("o", "detect.mttd", "1 m", "") OFFER("p", "respond.mttr", "20 s", ""),
          SLA_ADVERTISED, 0, 0 },
        /* for high severities only */
        { CONTAIN("90 s", "") MTTR("30 s"), OFFER("o", "detect.mttd", "1 m", HIGH), SLA_UNPROVEN,
          SLA_STAGE_MISSING, 30000 },
        { CONTAIN("90 s", HIGH) MTTR("30 s"), OFFER("o", "detect.mttd", "1 m", HIGH),
          SLA_ADVERTISED, 0, 0 },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clauses, cases[i].offers);
        const struct sla_proof *proof = proof_of("c");
        CU_ASSERT_EQUAL(proof->worst, cases[i].verdict);
        if (cases[i].verdict == SLA_UNPROVEN) {
            CU_ASSERT_EQUAL(proof->doubt, SLA_DOUBT_STAGES);
            CU_ASSERT_EQUAL(proof->stages_ms[0], cases[i].detect_ms);
            CU_ASSERT_EQUAL(proof->stages_ms[1], cases[i].respond_ms);
        }
        CU_ASSERT_EQUAL(bench.world->conflict_count, 0);
    }
}

static const struct diag *unproven(void)
{
    const struct diag *found = bench.diags.first;

    while (found != NULL && !slice_starts(found->message, SLICE("clause `c` is unproven"))) {
        found = found->next;
    }
    return found;
}

static void what_is_missing_is_told(void)
{
    compile(CONTAIN("5 m", "") MTTR("30 s"), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(unproven());
    CU_ASSERT_EQUAL(unproven()->code, SLA_CODE_UNPROVEN);
    ASSERT_TEXT(unproven()->message, "clause `c` is unproven: a stage of it is missing");
    compile(CONTAIN("89 s", "") MTTR("30 s"), OFFER("o", "detect.mttd", "1 m", ""));
    CU_ASSERT_PTR_NOT_NULL_FATAL(unproven());
    ASSERT_TEXT(unproven()->message, "clause `c` is unproven: its stages take longer together");
}

static CU_TestInfo tests[] = {
    { "stages add up", stages_add_up },
    { "what is missing is told", what_is_missing_is_told },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla stages", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
