/* Members in the mapping of others: where they belong is told, once. */
#include "sla/read/misplaced.h"

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

static void a_member_in_the_wrong_place_is_told_once_with_its_column(void)
{
    static const struct {
        const char *text;
        unsigned code;
        const char *help;
    } rows[] = {
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
          214,
          "what belongs to it begins further right: move `name` to `ucloud` from column 1 to 3" },
        { HEAD "spec:\n  targets:\n    - {id: all}\n  clauses:\n" CLAUSE
               "      when:\n      time: mon 08:00-18:00 UTC\n",
          214, "what belongs to it begins further right: move `time` from column 7 to 9" },
        { HEAD "spec:\n  targets:\n    - {id: all}\n  clauses:\n" CLAUSE "      severity: high\n",
          201, "`severity` is a member of `when`: write `when: {severity: ...}`" },
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
        /* nothing near has it */
        { HEAD "spec:\n  targets: [{id: all}]\nspecial: 1\n", 201, "none is declared here" },
        { HEAD "spec:\n  targets: [{id: all, plan: data}]\n", 201, "did you mean `plane`?" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, slice_from(rows[i].text));
        bench_compile(&bench);
        const struct diag *error = first_error();
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        CU_ASSERT_EQUAL(error->code, rows[i].code);
        ASSERT_TEXT(error->helps->text, rows[i].help);
    }
}

static CU_TestInfo tests[] = {
    { "a member in the wrong place is told once with its column",
      a_member_in_the_wrong_place_is_told_once_with_its_column },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla misplaced members", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
