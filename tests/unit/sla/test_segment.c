/* Shares of one segment that are required together. */
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

#define SEGMENT(name)                                                                              \
    "    - {name: " name ", plane: network, kind: segment, layer: L1, provider: dc, addresses: "   \
    "10.1.0.0/16}\n"
#define HOST(name, segment)                                                                        \
    "    - {name: " name ", plane: network, layer: L2, segment: " segment                          \
    ", provider: dc, node: n1, addresses: 10.1.0.1}\n"
#define SHARE(id, on, value, rest)                                                                 \
    "    - {id: " id ", on: " on ", term: network.share, op: \">=\", value: " value " %" rest "}"  \
    "\n"
#define NIGHT ", when: {time: [mon-sun 00:00-06:00 UTC]}"
#define DAY   ", when: {time: [mon-sun 06:00-24:00 UTC]}"

static void compile(const char *clauses)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       arena_printf(&bench.arena,
                                    "  targets:\n    - {id: a, select: {name: a}}\n"
                                    "    - {id: b, select: {name: b}}\n"
                                    "    - {id: c, select: {name: c}}\n"
                                    "    - {id: lan, select: {segment: lan}}\n  clauses:\n%s",
                                    clauses)
                           .ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  SEGMENT("lan") SEGMENT("other") HOST("a", "lan") HOST("b", "lan")
                                      HOST("c", "other")));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

static const struct diag *overload(void)
{
    const struct diag *at = bench.diags.first;

    while (at != NULL && at->code != SLA_CODE_SERVICE_IMPOSSIBLE) {
        at = at->next;
    }
    return at;
}

/* "s t": the clauses that are impossible. */
static struct slice impossible(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < bench.world->clause_count; i++) {
        if (bench.world->proofs[i].worst == SLA_IMPOSSIBLE) {
            buf_printf(&text, "%s%.*s", text.len > 0 ? " " : "",
                       SLICE_ARG(bench.world->clauses[i]->ref.clause));
        }
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static void shares_of_a_segment_add_up(void)
{
    static const struct {
        const char *clauses, *impossible, *sum; /* NULL: it fits */
    } cases[] = {
        { SHARE("s", "a", "60", "") SHARE("t", "b", "40", ""), "", NULL },
        { SHARE("s", "a", "60", "") SHARE("t", "b", "50", ""), "s t",
          "60 % for store/a + 50 % for store/b = 110 % (F9)" },
        { SHARE("s", "lan", "50", ""), "", NULL }, /* each of two */
        { SHARE("s", "lan", "50.5", ""), "s",
          "50.5 % for store/a + 50.5 % for store/b = 101 % (F9)" },
        /* in another segment */
        { SHARE("s", "a", "60", "") SHARE("t", "c", "50", ""), "", NULL },
        /* of a host what asks most */
        { SHARE("s", "a", "60", "") SHARE("r", "a", "70", "") SHARE("t", "b", "30", ""), "", NULL },
        { SHARE("s", "a", "60", "") SHARE("r", "a", "70", "") SHARE("t", "b", "31", ""), "r t",
          "70 % for store/a + 31 % for store/b = 101 % (F9)" },
        /* at one moment */
        { SHARE("s", "a", "60", NIGHT) SHARE("t", "b", "60", DAY), "", NULL },
        { SHARE("s", "a", "60", NIGHT) SHARE("t", "b", "60", ""), "s t",
          "60 % for store/a + 60 % for store/b = 120 % (F9)" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clauses);
        const struct diag *told = overload();
        ASSERT_TEXT(impossible(), cases[i].impossible);
        CU_ASSERT_EQUAL_FATAL(told != NULL, cases[i].sum != NULL);
        if (told != NULL) {
            CU_ASSERT_EQUAL(told->level, DIAG_ERROR);
            ASSERT_TEXT(told->message, "more of segment `lan` of store is required than there is");
            ASSERT_TEXT(told->notes->text, cases[i].sum);
        }
    }
}

static void what_should_gives_way_to_what_must(void)
{
    compile(SHARE("s", "a", "60", ", strength: should") SHARE("t", "b", "50", ""));
    ASSERT_TEXT(impossible(), "s");
    CU_ASSERT_PTR_NOT_NULL_FATAL(overload());
    CU_ASSERT_EQUAL(overload()->level, DIAG_WARNING);
}

static void the_caret_stands_on_what_can_give_way(void)
{
    compile(SHARE("a-must", "a", "60", "") SHARE("b-should", "b", "50", ", strength: should"));
    const struct diag *told = overload();
    CU_ASSERT_PTR_NOT_NULL_FATAL(told);
    CU_ASSERT_EQUAL(told->span.byte, bench.world->clauses[1]->value_span.byte);
    ASSERT_TEXT(told->label, "this should hold, and gives way to what must");
    CU_ASSERT_PTR_NOT_NULL_FATAL(told->labels);
    ASSERT_TEXT(told->labels->text, "and by `a-must` of shop");
}

static size_t count_of(uint32_t code)
{
    size_t count = 0;

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        count += at->code == code ? 1 : 0;
    }
    return count;
}

static void what_is_impossible_is_in_no_doubt_as_well(void)
{
    compile(SHARE("s", "a", "60", NIGHT) SHARE("t", "b", "30", NIGHT));
    CU_ASSERT_EQUAL(count_of(SLA_CODE_NO_PLANE), 2); /* no plane can tell when */
    compile(SHARE("s", "a", "60", NIGHT) SHARE("t", "b", "50", NIGHT));
    CU_ASSERT_EQUAL(count_of(SLA_CODE_NO_PLANE), 0);
}

enum { WINDOWS = 70 };
#define WINDOWED                                                                                   \
    "    - {id: w%02u, on: %s, term: network.share, op: \">=\", value: %s, when: {time: "

/* So many that nothing may ask to compare each with each: `b` speaks within the last one. */
static void many_windows_are_counted(void)
{
    static const struct {
        const char *from, *impossible;
    } cases[] = { { "11:30", "w69 w70" }, { "11:40", "" } };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_done) struct buf clauses = { 0 };
        for (unsigned w = 0; w < WINDOWS; w++) {
            buf_printf(&clauses, WINDOWED "[tue %02u:%u0-%02u:%u5 UTC]}}\n", w, "a", "60 %", w / 6,
                       w % 6, w / 6, w % 6);
        }
        buf_printf(&clauses, WINDOWED "[tue %s-11:45 UTC]}}\n", (unsigned)WINDOWS, "b", "50 %",
                   cases[i].from);
        buf_add(&clauses, "", 1);
        compile(clauses.ptr);
        ASSERT_TEXT(impossible(), cases[i].impossible);
        CU_ASSERT_EQUAL(count_of(SLA_CODE_INCOMPLETE), 0);
    }
}

static CU_TestInfo tests[] = {
    { "the caret stands on what can give way", the_caret_stands_on_what_can_give_way },
    { "what is impossible is in no doubt as well", what_is_impossible_is_in_no_doubt_as_well },
    { "many windows are counted", many_windows_are_counted },
    { "shares of a segment add up", shares_of_a_segment_add_up },
    { "what should gives way to what must", what_should_gives_way_to_what_must },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla segment", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
