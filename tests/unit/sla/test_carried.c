/* Names on resources that are slips of names asked for. */
#include "sla/resolve/carried.h"

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

/* "LINE name other", for each. */
/* The further members of up to five resources (from line 6 on), what is in the spec of an SLA about
 * them, and what is then said. */
static const struct {
    const char *members[5], *spec, *said;
} rows[] = {
    { { "labels: {tier: web}", "labels: {teir: web}" },
      "targets: [{id: t, select: {tier: web}}]",
      "7 teir tier" },
    { { "labels: {tier: front}", "labels: {tier: fornt}" },
      "targets: [{id: t, select: {tier: front}}]",
      "7 fornt front" },
    { { "labels: {tier: database}", "labels: {tier: databse}" },
      "targets: [{id: t, select: {tier: database}}]",
      "7 databse database" },
    { { "labels: {tier: db}", "labels: {tier: front}", "labels: {tier: front}",
        "labels: {tier: fornt}" },
      "targets: [{id: t, select: {tier: db}}]",
      "9 fornt front" },
    /* Excluded is one that nobody carries. */
    { { "labels: {stage: live}", "labels: {stage: live}", "labels: {stage: quarantin}" },
      "targets: [{id: t, select: {matchExpressions: "
      "[{key: stage, operator: NotIn, values: [live2, quarantine, quarantine]}]}}]",
      "8 quarantin quarantine" },
    { { "labels: {tier: live}", "labels: {retierd: yes}" },
      "targets: [{id: t, select: {matchExpressions: [{key: retired, operator: DoesNotExist}]}}]",
      "7 retierd retired" },
    { { "labels: {stage: live}", "labels: {stage: quarantine}" },
      "targets: [{id: t, select: {matchExpressions: "
      "[{key: stage, operator: NotIn, values: [quarantine]}]}}]",
      "" },
    /* Both are asked for. */
    { { "labels: {tier: web}", "labels: {teir: web}" },
      "targets: [{id: t, select: {tier: web}}, {id: u, select: {teir: web}}]",
      "" },
    { { "labels: {tier: front}", "labels: {tier: fornt}" },
      "targets: [{id: t, select: {tier: front}}, {id: u, select: {matchExpressions: "
      "[{key: tier, operator: NotIn, values: [fornt]}]}}]",
      "" },
    { { "labels: {tier: web}", "labels: {teir: web}" },
      "targets: [{id: t, select: {tier: web}}, {id: u, select: {matchExpressions: "
      "[{key: teir, operator: Exists}]}}]",
      "" },
    /* Nothing is: such labels are free, and repeated ones prove nothing. */
    { { "labels: {tier: web}", "labels: {tier: web}", "labels: {teir: web}" },
      "targets: [{id: t}]",
      "" },
    { { "labels: {release: master}", "labels: {release: master}", "labels: {release: mister}" },
      "targets: [{id: t}]",
      "" },
    { { "labels: {tier: web}", "labels: {teir: web}" }, "targets: [{id: t}]", "" },
    /* Two keys on one resource are two things. */
    { { "labels: {tier: web}", "labels: {tier: web}", "labels: {tier: web, tiers: two}" },
      "targets: [{id: t, select: {tier: web}}]",
      "" },
    /* A value of one label is not meant by that of another. */
    { { "labels: {tier: front}", "labels: {app: fornt}" },
      "targets: [{id: t, select: {tier: front}}, {id: u, select: {matchExpressions: "
      "[{key: app, operator: Exists}]}}]",
      "" },
    { { "labels: {tier: web}", "labels: {tier: web2}" },
      "targets: [{id: t, select: {tier: web}}]",
      "" },
    /* One finding a name, mended wherever it stands. */
    { { "labels: {tier: web}", "labels: {teir: web}", "labels: {teir: web}" },
      "targets: [{id: t, select: {tier: web}}]",
      "7 teir tier" },
    { { "role: front", "role: fornt" },
      "targets: [{id: t, select: {role: front}}]",
      "7 fornt front" },
    { { "unit: ops", "unit: pos" }, "targets: [{id: t, select: {unit: ops}}]", "" },
    { { "unit: left", "unit: left", "unit: lfet" }, "targets: [{id: t}]", "8 lfet left" },
    /* Two words that nothing asks for; but for one that is rare where the other is frequent. */
    { { "role: contract", "role: contract", "role: contract", "role: contact", "role: contact" },
      "targets: [{id: t}]",
      "" },
    { { "role: contract", "role: contract", "role: contract", "role: contact" },
      "targets: [{id: t}]",
      "" },
    { { "role: contract", "role: contract", "role: contract", "role: contract", "role: contact" },
      "targets: [{id: t}]",
      "10 contact contract" },
    { { "role: contract", "role: contact", "role: contact" },
      "targets: [{id: t, select: {role: contract}}]",
      "7 contact contract" },
    { { "role: letter", "role: letter", "role: leter" }, "targets: [{id: t}]", "8 leter letter" },
    { { "node: gate", "node: gate", "node: gaet" }, "targets: [{id: t}]", "8 gaet gate" },
    { { "node: node-1", "node: node-1", "node: node-2" }, "targets: [{id: t}]", "" },
};

static void a_name_that_nothing_asks_for_and_resembles_one_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf world = { 0 };
        buf_add_cstr(&world, "apiVersion: redan/v1\nkind: UCloud\n"
                             "metadata: {name: store, party: shop, role: tenant}\n"
                             "spec:\n  resources:\n");
        for (size_t j = 0; j < COUNT_OF(rows[i].members) && rows[i].members[j] != NULL; j++) {
            buf_printf(&world, "    - {name: m%zu, plane: compute, layer: L2, provider: dc, %s}\n",
                       j, rows[i].members[j]);
        }
        buf_printf(&world,
                   "---\napiVersion: redan/v1\nkind: SecuritySLA\n"
                   "metadata: {name: s, party: shop, role: tenant, ucloud: store}\nspec:\n  %s\n",
                   rows[i].spec);
        bench_compile_part(&bench, buf_slice(&world));
        CU_ASSERT_PTR_NOT_NULL(bench.world);
        ASSERT_TEXT(bench_resembling(&bench), rows[i].said);
    }
}

static void services_and_conditions_ask_for_units_and_classes(void)
{
    bench_compile_part(
        &bench,
        SLICE("apiVersion: redan/v1\nkind: UCloud\n"
              "metadata: {name: store, party: shop, role: tenant}\nspec:\n  resources:\n"
              "    - {name: a, plane: compute, layer: L2, provider: dc, unit: left}\n"
              "    - {name: b, plane: compute, layer: L2, provider: dc, unit: lefft}\n"
              "    - {name: c, plane: data, layer: L2, provider: dc, class: [patient]}\n"
              "    - {name: d, plane: data, layer: L2, provider: dc, class: [staff, pateint]}\n"
              "  services: [{id: all, needs: [left]}]\n"
              "---\napiVersion: redan/v1\nkind: SecuritySLA\n"
              "metadata: {name: s, party: shop, role: tenant, ucloud: store}\nspec:\n"
              "  targets: [{id: t, plane: data}]\n  clauses:\n"
              "    - {id: c, on: t, term: authorization, action: data.read, op: permit, value: "
              "group/a, when: {class: patient}}\n"));
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    ASSERT_TEXT(bench_resembling(&bench), "7 lefft left; 9 pateint patient");
}

/* A selector may be in what could not be read. */
static void nothing_is_told_where_something_was_not_read(void)
{
    bench_compile_part(
        &bench, SLICE("apiVersion: redan/v1\nkind: UCloud\n"
                      "metadata: {name: store, party: shop, role: tenant}\nspec:\n"
                      "  resources:\n"
                      "    - {name: a, plane: compute, layer: L2, provider: dc, node: gate}\n"
                      "    - {name: b, plane: compute, layer: L2, provider: dc, node: gate}\n"
                      "    - {name: c, plane: compute, layer: L2, provider: dc, node: gaet}\n"
                      "---\napiVersion: redan/v1\nkind: SecurtySLA\n"));
    ASSERT_TEXT(bench_resembling(&bench), "");
}

static CU_TestInfo tests[] = {
    { "a name that nothing asks for and resembles one is told",
      a_name_that_nothing_asks_for_and_resembles_one_is_told },
    { "services and conditions ask for units and classes",
      services_and_conditions_ask_for_units_and_classes },
    { "nothing is told where something was not read",
      nothing_is_told_where_something_was_not_read },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla carried", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
