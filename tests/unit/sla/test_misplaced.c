/* Members in the mapping of others: where they belong is told, once. */
#include "sla/read/misplaced.h"

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

#define HEAD                                                                                       \
    "apiVersion: redan/v1\nkind: SecuritySLA\n"                                                    \
    "metadata: {name: lab, party: clinic, role: tenant, ucloud: lab}\n"
#define OFFER                                                                                      \
    "apiVersion: redan/v1\nkind: ProviderOffer\nmetadata: {name: dc, party: dc, role: provider, "  \
    "assertedBy: {party: dc, how: signed}}\n"
#define CLAUSE                                                                                     \
    "    - id: home\n      on: all\n      term: location\n      op: in\n      value: [PT]\n"

static const struct diag *first_error(void)
{
    const struct diag *at = bench.diags.first;

    while (at != NULL && at->level != DIAG_ERROR) {
        at = at->next;
    }
    return at;
}

static const struct {
    const char *text;
    unsigned code;
    const char *help;
} places[] = {
    { HEAD "spec:\n  targets:\n    - {id: all}\nclauses:\n" CLAUSE, 201,
      "`clauses` is a member of `spec`: indent it below `spec`, from column 1 to 3" },
    { HEAD "spec:\n    targets:\n    - {id: all}\nclauses: []\n", 201,
      "`clauses` is a member of `spec`: indent it below `spec`, from column 1 to 5" },
    { HEAD "spec: {targets: [{id: all}]}\nclauses: []\n", 201,
      "`clauses` is a member of `spec`: write it among the others there" },
    { HEAD "targets:\n  - {id: all}\nclauses: []\ntests: []\n", 201,
      "`targets` is a member of `spec`: write `spec:` on a line above it, and begin it and "
      "what "
      "belongs there further right, in column 3" },
    { HEAD "spec:\ntargets:\n- {id: all}\nclauses: []\n", 214,
      "what belongs to it begins further right: move `targets` to `clauses` from column 1 to "
      "3" },
    { "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata:\nname: lab\nparty: clinic\nrole: "
      "tenant\nucloud: lab\nspec: {targets: [{id: all}]}\n",
      214, "what belongs to it begins further right: move `name` to `ucloud` from column 1 to 3" },
    { HEAD "spec:\n  targets:\n    - {id: all}\n  clauses:\n" CLAUSE
           "      when:\n      time: mon 08:00-18:00 UTC\n",
      214, "what belongs to it begins further right: move `time` from column 7 to 9" },
    { HEAD "spec:\n  targets:\n    - {id: all}\n  clauses:\n" CLAUSE "      severity: high\n", 201,
      "`severity` is a member of `when`: write `when: {severity: ...}`" },
    { HEAD "spec:\n  targets:\n    - id: all\n      clauses: []\n", 201,
      "`clauses` is a member of the spec of a SecuritySLA: move it from column 7 to 3, beside "
      "`targets`" },
    { HEAD "spec:\n  targets:\n    - {id: all}\n  clauses:\n    - id: up\n      on: all\n      "
           "term: availability\n      op: \">=\"\n      value: 99 %\n      window: 30d\n      "
           "measuredBy:\n        party: clinic\n        how: self\n        every: 30 s\n       "
           " strength: should\n",
      201, "`strength` is a member of a clause: move it from column 9 to 7, beside `id`" },
    { HEAD "spec:\n  targets: [{id: all, clauses: []}]\n", 201,
      "`clauses` is a member of the spec of a SecuritySLA: write it beside `targets`" },
    /* another kind has it */
    { OFFER "spec: {targets: [{id: all}], clauses: [], tests: []}\n", 201,
      "`tests` belongs in the spec of a SecuritySLA: write it there, or leave it out" },
    { HEAD "spec: {targets: [{id: all}], resources: []}\n", 201,
      "`resources` belongs in the spec of a UCloud: write it there, or leave it out" },
    { OFFER "spec: {targets: [{id: all}], clauses: [], needs: []}\n", 201,
      "expected one of `sets`, `protected`, `assumptions`, `tiers`" },
    { "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: lab, party: clinic, role: "
      "tenant, ucloud: lab, assertedBy: clinic}\nspec: {targets: [{id: all}]}\n",
      201,
      "`assertedBy` belongs in the metadata of a ProviderOffer: write it there, or leave it "
      "out" },
    /* nothing near has it */
    { HEAD "spec:\n  targets: [{id: all}]\nspecial: 1\n", 201, "none is declared here" },
    { HEAD "spec:\n  targets: [{id: all, plan: data}]\n", 201, "did you mean `plane`?" },
};

static void a_member_in_the_wrong_place_is_told_once_with_its_column(void)
{
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, slice_from(places[i].text));
        bench_compile(&bench);
        const struct diag *error = first_error();
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        CU_ASSERT_EQUAL(error->code, places[i].code);
        ASSERT_TEXT(error->helps->text, places[i].help);
    }
}

static void a_document_under_the_name_of_another_kind_is_told_once(void)
{
    static const struct {
        const char *kind, *rest, *meant;
    } rows[] = {
        { "ProviderOffer",
          "metadata: {name: lab, party: clinic, role: tenant, ucloud: lab}\n"
          "spec:\n  targets: [{id: all}]\n  clauses:\n" CLAUSE "  tests: []\n",
          "SecuritySLA" },
        { "SecuritySLA",
          "metadata: {name: lab, party: clinic, role: tenant}\n"
          "spec: {resources: [{id: vm, plane: compute, owner: clinic, provider: dc}]}\n",
          "UCloud" },
        { "SecuritySLA",
          "metadata: {name: dc, party: dc, role: provider, assertedBy: {party: dc, how: signed}}\n"
          "spec: {targets: [{id: all}], clauses: []}\n",
          "ProviderOffer" },
        { "UCloud",
          "metadata: {name: a, party: clinic, role: tenant}\n"
          "spec: {state: draft, documents: [], signatures: [], valid: {from: 2026-01-01, until: "
          "2026-02-01}}\n",
          "Agreement" },
        /* of no one other: told key by key */
        { "ProviderOffer",
          "metadata: {name: dc, party: dc, role: provider, assertedBy: {party: dc, how: signed}}\n"
          "spec: {targets: [{id: all}], clauses: [], tests: []}\n",
          NULL },
        { "ProviderOffer",
          "metadata: {name: lab, party: dc, role: provider, ucloud: lab}\n"
          "spec: {targets: [{id: all}], clauses: [], tests: []}\n",
          NULL },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, arena_printf(&bench.arena, "apiVersion: redan/v1\nkind: %s\n%s",
                                       rows[i].kind, rows[i].rest));
        bench_compile(&bench);
        const struct diag *error = first_error();
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(error->code == SLA_CODE_KIND, rows[i].meant != NULL);
        if (rows[i].meant != NULL) {
            CU_ASSERT_EQUAL(bench.diags.errors, 1);
            CU_ASSERT_PTR_NOT_NULL_FATAL(error->fixes);
            CU_ASSERT_FALSE(error->fixes->safe);
            CU_ASSERT_TRUE(slice_is(error->fixes->edits->text, rows[i].meant));
        }
    }
}

static CU_TestInfo tests[] = {
    { "a document under the name of another kind is told once",
      a_document_under_the_name_of_another_kind_is_told_once },
    { "a member in the wrong place is told once with its column",
      a_member_in_the_wrong_place_is_told_once_with_its_column },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla misplaced members", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
