/* Items whose list has lost the line with its key. */
#include "sla/read/lost_key.h"

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
    "metadata: {name: lab, party: clinic, role: tenant, ucloud: lab}\nspec:\n"
#define OFFER                                                                                      \
    "apiVersion: redan/v1\nkind: ProviderOffer\n"                                                  \
    "metadata: {name: o, party: dc, role: provider, assertedBy: {party: dc, how: transcribed}}\n"  \
    "spec:\n"
#define TARGET  "    - {id: all}\n"
#define CLAUSE  "    - {id: home, on: all, term: location, op: in, value: [PT]}\n"
#define OTHER   "    - {id: near, on: all, term: location, op: in, value: [ES, PT]}\n"
#define OFFERED "    - {id: home, on: all, stance: offers, term: location, op: in, value: [PT]}\n"
#define REACTION                                                                                   \
    "    - {id: slow, on: all, when: {rule: r}, respond: [network.deny source], lease: 1h}\n"
#define TEST                                                                                       \
    "    - {name: stays out, flow: {from: 10.9.0.5, to: lab/app, port: 22/tcp}, expect: deny}\n"
#define UCLOUD                                                                                     \
    "apiVersion: redan/v1\nkind: UCloud\nmetadata: {name: lab, party: clinic, role: "              \
    "tenant}\nspec:\n"

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
    const char *message, *help, *fix; /* fix: what is written; NULL: there is none */
} rows[] = {
    { HEAD "  targets:\n" TARGET CLAUSE OTHER, 202, "this is a clause, not a target",
      "the line `clauses:` is missing before it", "  clauses:\n" },
    { HEAD "  targets:\n" TARGET CLAUSE, 202, "this is a clause, not a target",
      "the line `clauses:` is missing before it", "  clauses:\n" },
    { OFFER "  targets:\n" TARGET OFFERED, 202, "this is a clause, not a target",
      "the line `clauses:` is missing before it", "  clauses:\n" },
    { HEAD "  targets:\n" TARGET "  clauses:\n" CLAUSE REACTION, 202,
      "this is a reaction, not a clause", "the line `reactions:` is missing before it",
      "  reactions:\n" },
    { HEAD "  targets:\n" TARGET "  clauses:\n" CLAUSE TEST, 202, "this is a test, not a clause",
      "the line `tests:` is missing before it", "  tests:\n" },
    { HEAD "  targets:\n" TARGET CLAUSE "  clauses:\n" OTHER, 202, "this is a clause, not a target",
      "move it below `clauses:`", NULL },
    { HEAD "  targets: [{id: all}, {id: home, on: all, term: location, op: in, value: [PT]}]\n",
      202, "this is a clause, not a target", "the line `clauses:` is missing before it", NULL },
    { HEAD CLAUSE, 203, "`spec` is a list", "the line `clauses:` is missing before it",
      "    clauses:\n" },
    { UCLOUD "- {name: a, plane: data, layer: L2, provider: dc}\n", 203, "`spec` is a list",
      "the line `resources:` is missing before it", "resources:\n" },
    { HEAD "  targets:\n    id: all\n    plane: data\n", 203, "`targets` is a mapping",
      "each item begins with a dash: write `- id: ...`, and its other members two columns further "
      "right",
      NULL },
    { HEAD "  targets:\n" TARGET
           "  clauses:\n    home: {on: all, term: location, op: in, value: [PT]}\n",
      203, "`clauses` is a mapping",
      "each item begins with a dash, and has its name within: write `- id: home`, and its other "
      "members below that",
      NULL },
    /* a slip is no other item */
    { HEAD "  targets:\n    - {id: all, plan: data}\n", 201, "`plan` is not a key of a target",
      "did you mean `plane`?", "plane" },
};

static void lost_items_are_told_once_and_read_as_what_they_are(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bench_clear(&bench);
        bench.options.partial = true;
        bench_add(&bench, slice_from(rows[i].text));
        bench_compile(&bench);
        const struct diag *error = first_error();
        CU_ASSERT_PTR_NOT_NULL_FATAL(error);
        CU_ASSERT_EQUAL(bench.diags.errors, 1);
        CU_ASSERT_EQUAL(error->code, rows[i].code);
        ASSERT_TEXT(error->message, rows[i].message);
        ASSERT_TEXT(error->helps->text, rows[i].help);
        CU_ASSERT_EQUAL(error->fixes != NULL, rows[i].fix != NULL);
        if (error->fixes != NULL && rows[i].fix != NULL) {
            ASSERT_TEXT(error->fixes->edits->text, rows[i].fix);
        }
    }
}

static void what_the_lost_items_say_is_checked_too(void)
{
    bench_add(&bench, SLICE(HEAD "  targets:\n" TARGET CLAUSE
                                 "    - {id: bad, on: al, term: location, op: in, value: [XX]}\n"));
    bench.options.partial = true;
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 3); /* the lost key, `al`, `XX` */
}

static void items_of_two_kinds_in_turn_are_told_one_by_one(void)
{
    bench_add(&bench, SLICE(HEAD "  targets:\n" CLAUSE TARGET));
    bench.options.partial = true;
    bench_compile(&bench);
    CU_ASSERT_EQUAL(first_error()->code, 201);
}

static CU_TestInfo tests[] = {
    { "lost items are told once and read as what they are",
      lost_items_are_told_once_and_read_as_what_they_are },
    { "what the lost items say is checked, too", what_the_lost_items_say_is_checked_too },
    { "items of two kinds in turn are told one by one",
      items_of_two_kinds_in_turn_are_told_one_by_one },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "sla lost keys", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
