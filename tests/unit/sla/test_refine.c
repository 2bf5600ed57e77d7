/* A template's `must` may only be tightened: each property with a case that holds and one that does
 * not. */
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

#define RESOURCES                                                                                  \
    "    - {name: web-1, plane: compute, layer: L2, node: n1, provider: dc-one, labels: {app: "    \
    "web}}\n"                                                                                      \
    "    - {name: db, plane: data, layer: L2, node: n1, provider: dc-one}\n"

/* Findings of code 314: "ERROR FILE LINE message [label]" and notes. */
static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if ((at->level == DIAG_NOTE && at->code != 314) || at->code == 401) {
            continue; /* who offers what is not the matter here */
        }
        struct slice file = slice_from(at->span.source->name);
        buf_printf(&text, "%s%s%u %.*s %u %.*s", text.len > 0 ? "; " : "",
                   at->level == DIAG_NOTE ? "note " : "", at->code, SLICE_ARG(file), at->span.line,
                   SLICE_ARG(at->message));
        if (at->label.len > 0) {
            buf_printf(&text, " [%.*s]", SLICE_ARG(at->label));
        }
        for (const struct diag_text *note = at->notes; note != NULL; note = note->next) {
            buf_printf(&text, " (%.*s)", SLICE_ARG(note->text));
        }
        if (at->code == 314) {
            CU_ASSERT_PTR_NOT_NULL_FATAL(at->labels);
            ASSERT_TEXT(slice_from(at->labels->span.source->name), "f1.yaml");
        }
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

#define LOOSE "314 f2.yaml 6 clause `x` asks for less than its template "

/* A clause of the template, what the document makes of it, and what is found. */
static const struct {
    const char *base, *own, *wanted;
} clauses[] = {
    { "op: \"<=\", term: respond.mttr, value: 9 s", "op: \"<=\", term: respond.mttr, value: 9 s",
      "" },
    { "op: \"<=\", term: respond.mttr, value: 9 s", "op: \"<=\", term: respond.mttr, value: 8 s",
      "" },
    { "op: \"<=\", term: respond.mttr, value: 9 s", "op: \"<=\", term: respond.mttr, value: 10 s",
      LOOSE "[`<= 10 s` is not as tight as `<= 9 s`]" },
    { "op: \"<=\", term: respond.mttr, value: 9 s", "op: in, term: location, value: DE",
      LOOSE "[it has another `term`] (it also has another `op`)" },
    { "op: in, term: location, value: [DE, FR]", "op: in, term: location, value: DE", "" },
    { "op: in, term: location, value: [DE, FR]", "op: in, term: location, value: [DE, PT]",
      LOOSE "[`in {DE, PT}` is not as tight as `in {DE, FR}`]" },
    { "op: in, term: location, value: [DE, FR]", "op: not in, term: location, value: DE",
      LOOSE "[it has another `op`]" },
    { "op: \">=\", term: availability, value: 99.9 %, window: 30d",
      "op: \">=\", term: availability, value: 99.99 %, window: 30d", "" },
    { "op: \">=\", term: availability, value: 99.9 %, window: 30d",
      "op: \">=\", term: availability, value: 99.9 %, window: 365d",
      LOOSE "[`>= 99.9 % over 365 d` is not as tight as `>= 99.9 % over 30 d`]" },
    { "op: permit, term: authority, action: data.freeze, value: tenant",
      "op: permit, term: authority, action: compute.suspend, value: tenant",
      LOOSE "[it has another `action`]" },
    { "op: deny, term: authority, action: data.freeze, value: provider",
      "op: permit, term: authority, action: data.freeze, value: provider",
      LOOSE "[it has another `op`]" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, strength: must",
      "op: \"<=\", term: respond.mttr, value: 9 s, strength: should",
      LOOSE "[it has a weaker `strength`]" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, when: {severity: \">= high\"}",
      "op: \"<=\", term: respond.mttr, value: 9 s, when: {severity: \">= low\"}", "" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, when: {severity: \">= high\"}",
      "op: \"<=\", term: respond.mttr, value: 9 s, when: {severity: \">= critical\"}",
      LOOSE "[it has a `when` that holds less often]" },
    { "op: \"<=\", term: respond.mttr, value: 9 s",
      "op: \"<=\", term: respond.mttr, value: 9 s, except: store/db",
      LOOSE "[it has fewer resources]" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, except: store/db",
      "op: \"<=\", term: respond.mttr, value: 9 s", "" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, controls: [nist:IR-4, \"nist:IR-4(1)\"]",
      "op: \"<=\", term: respond.mttr, value: 9 s, controls: nist:IR-4",
      LOOSE "[it has fewer `controls`]" },
    { "op: \"<=\", term: respond.mttr, value: 10 s, measuredBy: {party: shop, how: vantage, every: "
      "4 "
      "s}",
      "op: \"<=\", term: respond.mttr, value: 10 s, measuredBy: {party: shop, how: self, every: 5 "
      "s}",
      LOOSE "[it has a weaker `measuredBy`] (it also has a longer `every`)" },
    { "op: \"<=\", term: respond.mttr, value: 9 s, strength: should",
      "op: in, term: location, value: DE",
      "note 314 f2.yaml 6 clause `x` replaces a `should` of its template" },
    { "op: \"<=\", term: respond.mttr, value: 9 s",
      "op: \"<=\", term: respond.mttr, value: 11 s, except: store/db, strength: should",
      LOOSE
      "[it has a weaker `strength`] (it also has a `value` that is not as tight) (it also has "
      "fewer resources)" },
};

static void compile(const char *base, const char *own)
{
    bench_clear(&bench);
    bench_add(&bench, slice_from(base));
    bench_add(&bench, slice_from(own));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

static const char *document(const char *name, const char *about, const char *list, const char *item)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text,
               "apiVersion: redan/v1\nkind: SecuritySLA\n"
               "metadata: {name: %s, party: shop, role: tenant, %s}\nspec:\n"
               "  %s:\n    - {id: x, on: all, %s}\n",
               name, about, list, item);
    if (slice_starts(slice_from(about), SLICE("template"))) {
        buf_add_cstr(&text, "  targets: [{id: all}]\n");
    }
    return arena_cstr(&bench.arena, buf_slice(&text));
}

#define OWN "ucloud: store, extends: {document: base}"

static void a_must_may_only_be_tightened(void)
{
    for (size_t i = 0; i < COUNT_OF(clauses); i++) {
        compile(document("base", "template: yes", "clauses", clauses[i].base),
                document("own", OWN, "clauses", clauses[i].own));
        ASSERT_TEXT(listed(), clauses[i].wanted);
    }
}

#define REACTION "314 f2.yaml 6 reaction `x` asks for less than its template "

static const struct {
    const char *base, *own, *wanted;
} reactions[] = {
    { "when: {rule: a}, respond: [data.freeze, compute.snapshot], lease: 1h, approval: one",
      "when: {rule: a}, respond: [data.freeze], lease: 30m, approval: two", "" },
    { "when: {rule: a}, respond: [data.freeze], lease: 1h",
      "when: {rule: b}, respond: [data.freeze], lease: 1h", REACTION "[it has another rule]" },
    { "when: {rule: a}, respond: [data.freeze], lease: 1h",
      "when: {rule: a}, respond: [data.freeze, compute.snapshot], lease: 1h",
      REACTION "[it has further actions in `respond`]" },
    { "when: {rule: a}, respond: [data.freeze], lease: 1h, approval: one",
      "when: {rule: a}, respond: [data.freeze], lease: 2h, approval: none",
      REACTION "[it has a longer `lease`] (it also has less `approval`)" },
};

static void a_reaction_may_only_do_less(void)
{
    for (size_t i = 0; i < COUNT_OF(reactions); i++) {
        compile(document("base", "template: yes", "reactions", reactions[i].base),
                document("own", OWN, "reactions", reactions[i].own));
        ASSERT_TEXT(listed(), reactions[i].wanted);
    }
}

static void a_narrower_target_loosens_what_is_inherited(void)
{
    const char *own = "apiVersion: redan/v1\nkind: SecuritySLA\n"
                      "metadata: {name: own, party: shop, role: tenant, " OWN "}\nspec:\n"
                      "  targets:\n    - {id: all, plane: compute}\n";

    compile(
        document("base", "template: yes", "clauses", "op: \"<=\", term: respond.mttr, value: 9 s"),
        own);
    ASSERT_TEXT(listed(), LOOSE "[it has fewer resources]");
}

static void each_template_is_held_to_the_one_below(void)
{
    bench_clear(&bench);
    bench_add(&bench, slice_from(document("base", "template: yes", "clauses",
                                          "op: \"<=\", term: respond.mttr, value: 9 s")));
    bench_add(&bench,
              slice_from(document("mid", "extends: {document: base}, template: yes", "clauses",
                                  "op: \"<=\", term: respond.mttr, value: 10 s")));
    for (int i = 0; i < 3; i++) {
        bench_add(&bench,
                  arena_printf(&bench.arena,
                               "apiVersion: redan/v1\nkind: SecuritySLA\n"
                               "metadata: {name: own-%d, party: shop, role: tenant, ucloud: store, "
                               "extends: {document: mid}}\nspec: {clauses: []}\n",
                               i));
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    ASSERT_TEXT(listed(), LOOSE "[`<= 10 s` is not as tight as `<= 9 s`]");
}

static void a_parameter_may_loosen_nothing_that_is_refined(void)
{
    const char *base = "apiVersion: redan/v1\nkind: SecuritySLA\n"
                       "metadata: {name: base, party: shop, role: tenant, template: yes}\nspec:\n"
                       "  parameters: [{id: m, type: duration}]\n  targets: [{id: all}]\n"
                       "  clauses: [{id: x, on: all, term: respond.mttr, op: \"<=\", value: $m}]\n";
    const char *about = "ucloud: store, extends: {document: base, with: {m: 5 s}}";

    compile(base, document("own", about, "clauses", "op: \"<=\", term: respond.mttr, value: 6 s"));
    ASSERT_TEXT(listed(), LOOSE "[`<= 6 s` is not as tight as `<= 5 s`]");
    compile(base, document("own", about, "clauses", "op: \"<=\", term: respond.mttr, value: 4 s"));
    ASSERT_TEXT(listed(), "");
}

static CU_TestInfo tests[] = {
    { "a must may only be tightened", a_must_may_only_be_tightened },
    { "a reaction may only do less", a_reaction_may_only_do_less },
    { "a narrower target loosens what is inherited", a_narrower_target_loosens_what_is_inherited },
    { "each template is held to the one below", each_template_is_held_to_the_one_below },
    { "a parameter may loosen nothing that is refined",
      a_parameter_may_loosen_nothing_that_is_refined },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla refinement", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
