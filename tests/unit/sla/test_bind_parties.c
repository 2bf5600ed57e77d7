/* Names that are no party's, where some or all documents are here. */
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

enum here { ALL, UCLOUD_TOO, ALONE, ONE_UNREAD };

/* `op` and value of a rule about people, and what is told: "LEVEL HELP", behind "!" a safe fix. */
static const struct {
    enum here here;
    const char *rule, *told;
} rows[] = {
    { ALL, "op: deny, value: everyone", "error did you mean `anyone`?!" },
    { UCLOUD_TOO, "op: deny, value: everyone", "warning did you mean `anyone`?" },
    { ALONE, "op: deny, value: any", "warning did you mean `anyone`?" },
    { ALONE, "op: deny, value: [all, group/lab]", "warning did you mean `anyone`?" },
    { ALONE, "op: deny, value: anybody", "warning did you mean `anyone`?" },
    { ONE_UNREAD, "op: deny, value: everybody", "warning did you mean `anyone`?" },
    { ALL, "op: permit, value: everyone", "error did you mean `anyone`?" }, /* opens to all */
    { ALL, "op: deny, value: sales", "error did you mean `group/sales`?!" },
    { UCLOUD_TOO, "op: deny, value: sales", "warning did you mean `group/sales`?" },
    { ALONE, "op: deny, value: sales", "warning did you mean `group/sales`?" }, /* or a party */
    { ALL, "op: deny, value: ana", "error did you mean `user/ana`?!" },
    { UCLOUD_TOO, "op: deny, value: eva", "warning did you mean `group/eva` or `user/eva`?" },
    { UCLOUD_TOO, "op: deny, value: hospital",
      "warning add the file of this party, or name one that is here" },
    { UCLOUD_TOO, "op: deny, value: everyone/user/ana",
      "warning add the file of this party, or name one that is here" },
    { UCLOUD_TOO, "op: deny, value: shopp", "warning did you mean `shop`?" },
    { ALONE, "op: deny, value: shopp", "note did you mean `shop`?" },
    { ONE_UNREAD, "op: deny, value: shopp", "note did you mean `shop`?" },
    { ALONE, "op: deny, value: hospital", "" },
    { ONE_UNREAD, "op: deny, value: hospital", "" },
    { UCLOUD_TOO, "op: deny, value: [anyone, tenant, shop, group/lab, dc]", "" },
};

static void compile(enum here here, const char *rule)
{
    static const char *const spec =
        "  targets: [{id: d, plane: data}]\n  clauses:\n"
        "    - {id: a, on: d, term: authorization, action: data.read, op: permit, value: "
        "[group/sales, user/ana, group/eva, user/eva]}\n"
        "    - {id: b, on: d, term: authorization, action: data.write, %s}\n";

    bench_clear(&bench);
    bench.options.partial = here != ALL;
    bench_add(&bench, text_sla(&bench, "shop", arena_printf(&bench.arena, spec, rule).ptr));
    if (here != ALONE) {
        bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                      "    - {name: orders, plane: data, layer: L2, node: n1, "
                                      "provider: dc}\n"));
    }
    if (here == ONE_UNREAD) {
        bench_add(&bench, SLICE("apiVersion: redan/v1\nkind: Offer\n"));
    }
    bench_compile(&bench);
}

static void what_is_told_is_what_may_be_meant(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf told = { 0 };
        compile(rows[i].here, rows[i].rule);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->code == SLA_CODE_PARTY) {
                buf_printf(&told, "%s %s%s", diag_level_name(at->level), at->helps->text.ptr,
                           at->fixes != NULL && at->fixes->safe ? "!" : "");
            }
        }
        ASSERT_TEXT(buf_slice(&told), rows[i].told);
    }
}

static CU_TestInfo tests[] = {
    { "what is told is what may be meant", what_is_told_is_what_may_be_meant },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla bind parties", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
