/* What nobody means: files that are large and wrong. Each is refused with a finding, and neither
 * the number of findings nor the memory follows the size of the mistake. */
#include "sla/draft.h"
#include "tests/unit/sla/worlds.h"

enum { MEMORY_BYTES_MAX = 64 * 1024 * 1024, MANY = 40 * 1000 };

#define UCLOUD                                                                                     \
    "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: store, party: shop, role: tenant}\n"     \
    "spec:\n  resources:\n"
#define SLA                                                                                        \
    "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s, party: shop, role: tenant, "     \
    "ucloud: store}\nspec:\n"
#define ONE "    - {name: r, plane: compute, layer: L2, node: n, provider: p}\n---\n"

/* head, `times` middles (with their number), tail. */
struct bad {
    const char *head, *middle, *tail;
    int times;
    unsigned code; /* one that must be found */
};

static const struct bad bads[] = {
    { UCLOUD ONE SLA "  targets: [{id: all}]\n  clauses:\n    - {id: c, on: all, term: location, "
                     "op: in, value: [\n",
      "X%d,\n", "]}\n", MANY, 207 },
    { UCLOUD ONE SLA "  targets: [{id: all}]\n  clauses:\n",
      "    - {id: c%d, on: nobody, term: location, op: in, value: DE}\n", "", MANY, 303 },
    { UCLOUD ONE SLA "  targets: [{id: all}]\n  clauses:\n",
      "    - {id: c%d, on: all, except: store/no, term: location, op: in, value: DE}\n", "", MANY,
      307 },
    { UCLOUD ONE SLA "  targets:\n", "    - {id: t%d, select: {app: nothing}}\n", "", MANY, 306 },
    { UCLOUD ONE SLA "  targets:\n", "    - {id: t%d, select: {name: none}, colour: red}\n", "",
      MANY, 201 },
    { UCLOUD, "    - {name: r%d, plane: compute, layer: L2, node: n, provider: p}\n", "---\n", MANY,
      0 },
    { "a:\n", "- &a%d b\n", "", MANY, 104 },
    { "a:\n", "- *a%d\n", "", MANY, 104 },
    { "", "a: 1 # %d\n", "", MANY, 106 },
    { "", "---\napiVersion: redan/v1\nkind: Kind%d\n", "", MANY, 205 },
    { "kind: x\n", "k%d: 1\n", "", MANY, 201 },
    { "", "k%d: 1\n", "", MANY, 227 },
    { "", "[ # %d\n", "", MANY, 108 },
    { "", "{a: # %d\n", "", MANY, 108 },
    { "a: \"", "\\u0041%d", "\"\n", MANY, 109 },
    { UCLOUD, "    - {name: r, plane: compute, layer: L2, node: n%d, provider: p}\n", "", MANY,
      301 },
    { UCLOUD ONE, "", SLA "  sets: [{id: g, addresses: []}]\n  clauses: 1\n", 1, 203 },
};

static struct bench bench;
static struct arena texts;

static void set_up(void)
{
    texts = (struct arena){ 0 };
}

static void tear_down(void)
{
    arena_done(&texts);
}

static struct slice text_of(const struct bad *bad, int times)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_add_cstr(&text, bad->head);
    for (int i = 0; i < times; i++) {
        struct slice rest = slice_from(bad->middle);
        size_t at = slice_find(rest, '%');
        buf_add_slice(&text, slice_sub(rest, 0, at));
        if (at < rest.len) {
            buf_printf(&text, "%d", i);
        }
        buf_add_slice(&text, slice_sub(rest, at + 2, rest.len));
    }
    buf_add_cstr(&text, bad->tail);
    return arena_copy(&texts, buf_slice(&text));
}

static void large_mistakes_stay_small(void)
{
    for (size_t i = 0; i < COUNT_OF(bads); i++) {
        bench_start(&bench);
        bench_add(&bench, text_of(&bads[i], bads[i].times));
        bench_compile(&bench);
        bool good = (bads[i].code == 0 || bench_has(&bench, bads[i].code)) &&
                    bench.diags.errors <= YAML_ERRORS_MAX + 64 &&
                    bench.arena.used_bytes <= MEMORY_BYTES_MAX;
        if (!good) {
            (void)printf("\n    row %zu: %zu errors, %zu bytes", i, bench.diags.errors,
                         bench.arena.used_bytes);
        }
        CU_ASSERT_TRUE(good);
        bench_end(&bench);
    }
}

static void the_rest_of_a_file_with_very_many_errors_is_not_read(void)
{
    bench_start(&bench);
    bench_add(&bench, text_of(&bads[4], MANY));
    bench_compile(&bench);
    CU_ASSERT_PTR_NULL(bench.world);
    CU_ASSERT_EQUAL(bench.diags.errors, YAML_ERRORS_MAX);
    CU_ASSERT_EQUAL(bench.diags.notes, 1);
    CU_ASSERT_TRUE(bench_has(&bench, 111));
    bench_end(&bench);
}

/* Of a few mistakes among many names each gets its hint, of very many the first. */
static void hints_are_for_the_first_mistakes(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    size_t hints = 0;

    buf_add_cstr(&text, UCLOUD ONE SLA "  targets:\n");
    for (int i = 0; i < 4000; i++) {
        buf_printf(&text, "    - {id: target-%d}\n", i);
    }
    buf_add_cstr(&text, "  clauses:\n");
    for (int i = 0; i < 900; i++) {
        buf_printf(&text, "    - {id: c%d, on: targte-7, term: location, op: in, value: DE}\n", i);
    }
    bench_start(&bench);
    bench_add(&bench, buf_slice(&text));
    bench_compile(&bench);
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        hints += at->code == 303 && at->fixes != NULL ? 1 : 0;
        CU_ASSERT_PTR_NOT_NULL(at->helps);
    }
    CU_ASSERT_EQUAL(bench.diags.errors, 900);
    CU_ASSERT_EQUAL(hints, SLA_COMPARED_MAX / 4000);
    CU_ASSERT_TRUE(bench.arena.used_bytes <= MEMORY_BYTES_MAX);
    bench_end(&bench);
}

static CU_TestInfo tests[] = {
    { "large mistakes stay small", large_mistakes_stay_small },
    { "the rest of a file with very many errors is not read",
      the_rest_of_a_file_with_very_many_errors_is_not_read },
    { "hints are for the first mistakes", hints_are_for_the_first_mistakes },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla bounds", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
