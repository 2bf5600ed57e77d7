/* Free names that stand alone beside one they resemble. */
#include "sla/resolve/resembling.h"

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

/* One clause a purpose, and what is then said: "LINE name other", for each. */
static const struct {
    const char *purposes[4], *said;
} rows[] = {
    { { "treatment", "treatment", "treatmnt" }, "9 treatmnt treatment" },
    { { "treatmnt", "treatment", "treatment" }, "7 treatmnt treatment" },
    { { "treatmnt", "treatment" }, "7 treatmnt treatment" }, /* the second by name alone */
    { { "treatmnt", "treatmnt", "treatment", "treatment" }, "" },
    { { "research", "treatment" }, "" },
    { { "a", "b" }, "" }, /* nothing of a name would be left */
    { { "[research, billing]", "research", "billig" },
      "7 billing billig" }, /* which is meant is not known */
};

static void a_purpose_that_stands_alone_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf spec = { 0 };
        buf_add_cstr(&spec, "  targets: [{id: studies, plane: data}]\n  clauses:\n");
        for (size_t j = 0; j < COUNT_OF(rows[i].purposes) && rows[i].purposes[j] != NULL; j++) {
            buf_printf(&spec,
                       "    - {id: c%zu, on: studies, term: authorization, action: data.read, op: "
                       "permit, value: group/g%zu, when: {purpose: %s}}\n",
                       j, j, rows[i].purposes[j]);
        }
        bench_compile_part(&bench, text_sla(&bench, "shop", spec.ptr));
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        ASSERT_TEXT(bench_resembling(&bench), rows[i].said);
    }
}

static void consent_names_purposes_too(void)
{
    bench_compile_part(
        &bench,
        text_sla(&bench, "shop",
                 "  targets: [{id: studies, plane: data}]\n  clauses:\n"
                 "    - {id: a, on: studies, term: consent, action: data.share, op: needed, "
                 "value: [research, treatment]}\n"
                 "    - {id: b, on: studies, term: authorization, action: data.share, op: "
                 "permit, value: group/lab, when: {purpose: reserch}}\n"));
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    ASSERT_TEXT(bench_resembling(&bench), "8 reserch research");
}

/* Written once, in the template: not twice because two documents extend it. */
static void a_template_counts_once(void)
{
    const char *const heir = "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: %s, party: "
                             "shop, role: tenant, ucloud: store, extends: {document: base}}\n"
                             "spec:\n  reactions: []\n";
    bench_compile_part(
        &bench,
        SLICE("apiVersion: redan/v1\nkind: SecuritySLA\n"
              "metadata: {name: base, party: shop, role: tenant, template: yes}\n"
              "spec:\n  targets: [{id: studies, plane: data}]\n  clauses:\n"
              "    - {id: a, on: studies, term: authorization, action: data.read, op: permit, "
              "value: group/a, when: {purpose: [billing, research]}}\n"
              "    - {id: b, on: studies, term: authorization, action: data.share, op: "
              "permit, value: group/b, when: {purpose: [billing, reserch]}}\n"));
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    bench_add(&bench, arena_printf(&bench.arena, heir, "one"));
    bench_add(&bench, arena_printf(&bench.arena, heir, "two"));
    ASSERT_TEXT(bench_resembling(&bench), "8 reserch research");
}

static CU_TestInfo tests[] = {
    { "a purpose that stands alone is told", a_purpose_that_stands_alone_is_told },
    { "consent names purposes too", consent_names_purposes_too },
    { "a template counts once", a_template_counts_once },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla resembling", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
