/* Templates: parameters and what stands for them, lists that are joined, what is told once. */
#include "sla/read/expand.h"
#include "sla/terms/domain.h"
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

/* A document of the party `shop`; `head` are further members of its metadata. */
static struct slice sla(const char *name, const char *head, const char *spec)
{
    return arena_printf(&bench.arena,
                        "apiVersion: redan/v1\nkind: SecuritySLA\n"
                        "metadata: {name: %s, party: shop, role: tenant, %s}\nspec:\n%s",
                        name, head, spec);
}

static void compile(const struct slice *texts, size_t count)
{
    bench_clear(&bench);
    for (size_t i = 0; i < count; i++) {
        bench_add(&bench, texts[i]);
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
}

/* Findings but for what nobody offers: "CODE FILE LINE:COL message". */
static struct slice listed(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        if (at->code != 401) {
            struct slice name = slice_from(at->span.source->name);
            struct slice file = slice_cut(&name, '.');
            buf_printf(&text, "%s%u %.*s %u:%u %.*s", text.len > 0 ? "; " : "", at->code,
                       SLICE_ARG(file), at->span.line, diag_span_start(at->span).col,
                       SLICE_ARG(at->message));
        }
        CU_ASSERT_TRUE(at->helps != NULL || at->notes != NULL);
    }
    return arena_copy(&bench.arena, buf_slice(&text));
}

static const struct sla_clause *find(const char *document, const char *id)
{
    for (size_t i = 0; bench.world != NULL && i < bench.world->clause_count; i++) {
        const struct sla_clause *clause = bench.world->clauses[i];
        if (slice_is(clause->ref.document, document) && slice_is(clause->ref.clause, id)) {
            return clause;
        }
    }
    return NULL;
}

static struct slice value_of(const struct sla_clause *clause)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    clause->term->domain->print(clause->term, clause->op, &clause->value, &text);
    return arena_copy(&bench.arena, buf_slice(&text));
}

#define BASE                                                                                       \
    "  parameters:\n"                                                                              \
    "    - {id: fast, type: duration, default: 30 s}\n"                                            \
    "    - {id: homes, type: countries}\n"                                                         \
    "  targets: [{id: all}]\n"                                                                     \
    "  clauses:\n"                                                                                 \
    "    - {id: quick, on: all, term: respond.mttr, op: \"<=\", value: $fast}\n"                   \
    "    - {id: home, on: all, term: location, op: in, value: [$homes, DE]}\n"

/* --- what it is for -------------------------------------------------------------------------- */

static void what_extends_inherits_clauses_at_their_place(void)
{
    const struct slice texts[] = {
        sla("base", "template: yes", BASE),
        sla("own", "ucloud: store, extends: {document: base, with: {homes: [PT, FR]}}",
            "  targets: [{id: web, select: {app: web}}]\n  clauses:\n"
            "    - {id: mine, on: web, term: respond.mttr, op: \"<=\", value: 5 s}\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clause_count, 3);
    const struct sla_clause *home = find("own", "home");
    const struct sla_clause *quick = find("own", "quick");
    CU_ASSERT_PTR_NOT_NULL_FATAL(home);
    CU_ASSERT_PTR_NOT_NULL_FATAL(quick);
    CU_ASSERT_EQUAL(home->resource_count, 2);
    ASSERT_TEXT(home->ref.file, "f1.yaml");
    CU_ASSERT_EQUAL(home->ref.line, 11);
    CU_ASSERT_EQUAL(quick->value.range.most, 30000);
    ASSERT_TEXT(value_of(home), "{DE, FR, PT}");
    CU_ASSERT_EQUAL(find("own", "mine")->resource_count, 1);
    CU_ASSERT_EQUAL(bench.world->policies.objective_count, 2);
}

static void a_key_that_is_inherited_may_still_be_meant(void)
{
    const struct slice texts[] = {
        sla("base", "template: yes", BASE),
        sla("own", "ucloud: store, extends: {document: base, with: {homes: [PT, FR]}}",
            "  clause:\n    - {id: mine, on: all, term: respond.mttr, op: \"<=\", value: 5 s}\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "201 f2 5:3 `clause` is not a key of the spec of a SecuritySLA");
    ASSERT_TEXT(bench.diags.first->helps->text, "did you mean `clauses`?");
}

static void a_value_goes_into_each_use(void)
{
    static const struct {
        const char *with;
        int64_t most_ms;
        const char *homes;
    } rows[] = {
        { "homes: PT", 30000, "{DE, PT}" },
        { "homes: [PT]", 30000, "{DE, PT}" },
        { "homes: [PT, DE, FR], fast: 5 s", 5000, "{DE, FR, PT}" },
        { "homes: [\"NO\", '$PT'], fast: \"5 s\"", 5000, NULL }, /* `$` is text outside templates */
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct slice texts[] = {
            sla("base", "template: yes", BASE),
            sla("own",
                arena_printf(&bench.arena,
                             "ucloud: store, extends: {document: base, version: 1, with: {%s}}",
                             rows[i].with)
                    .ptr,
                "  clauses: []\n"),
        };
        compile(texts, COUNT_OF(texts));
        if (rows[i].homes == NULL) {
            ASSERT_TEXT(listed(), "207 f1 11:59 `$PT` is not a country code");
            continue;
        }
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        const struct sla_clause *home = find("own", "home");
        CU_ASSERT_EQUAL(find("own", "quick")->value.range.most, rows[i].most_ms);
        ASSERT_TEXT(value_of(home), rows[i].homes);
    }
}

/* A template by itself, and what is wrong with it. */
static const struct {
    const char *spec, *wanted;
} alone[] = {
    { BASE, "" },
    { "  targets: [{id: $x}]\n", "315 f1 5:18 parameter `x` is not declared" },
    { "  parameters: [{id: hom, type: countries}]\n  targets: [{id: a}]\n  clauses:\n"
      "    - {id: h, on: a, term: location, op: in, value: [$home, $hom]}\n",
      "315 f1 8:54 parameter `home` is not declared" },
    { "  parameters: [{id: x, type: duration}]\n  targets: []\n",
      "903 f1 5:21 parameter `x` is declared and never used" },
    { "  parameters: [{id: x, type: minutes}]\n  targets: [{id: $x}]\n",
      "206 f1 5:30 `minutes` is not a type of values" },
    { "  parameters: [{id: x, type: duration, default: soon}]\n  targets: [{id: $x}]\n",
      "221 f1 5:49 parameter `x` takes one value of type `duration`" },
    { "  parameters: [{id: x, type: duration, default: [1 s, 2 s]}]\n  targets: [{id: $x}]\n",
      "221 f1 5:49 parameter `x` takes one value of type `duration`" },
    { "  parameters: [{id: x, type: names, default: {a: b}}]\n  targets: [{id: $x}]\n",
      "221 f1 5:46 the default of `x` is neither a value nor a list" },
    { "  parameters: [{id: x, type: name, default: a}, {id: x, type: name, default: b}]\n"
      "  targets: [{id: $x}]\n",
      "301 f1 5:54 parameter `x` is repeated" },
    { "  parameters: {}\n  targets: []\n", "203 f1 5:15 `parameters` is a mapping" },
    /* what is open is not looked at, all else is */
    { "  parameters: [{id: x, type: duration}]\n  targets: [{id: all}]\n  clauses:\n"
      "    - {id: u, on: al, term: availability, op: \">=\", value: 99 %, window: $x}\n",
      "303 f1 8:19 `al` is not a target of this document" },
    { "  parameters: [{id: x, type: names}, {id: y, type: names}, {id: z, type: name}]\n"
      "  targets: [{id: m, plane: compute}]\n  clauses:\n"
      "    - {id: a, on: m, term: authority, action: $x, op: permit, value: tenant}\n"
      "    - {id: b, on: m, term: latency, op: \"<=\", value: 1 s, strength: should}\n"
      "  degrade: [[$y]]\n  responses: [{policy: $z, on: m}]\n",
      "" },
    { "  targets: [{id: m, plane: compute}]\n  clauses:\n"
      "    - {id: a, on: m, term: authority, action: network.den, op: permit, value: tenant}\n",
      "206 f1 7:47 `network.den` is not an act" },
    /* a default is looked at where it goes */
    { "  parameters: [{id: x, type: text, default: soon}]\n  targets: [{id: all}]\n  clauses:\n"
      "    - {id: u, on: all, term: respond.mttr, op: \"<=\", value: $x}\n",
      "208 f1 8:61 the duration is wrong" },
};

static void a_template_alone_is_checked_and_makes_nothing(void)
{
    for (size_t i = 0; i < COUNT_OF(alone); i++) {
        const struct slice text = sla("base", "template: yes", alone[i].spec);
        compile(&text, 1);
        ASSERT_TEXT(listed(), alone[i].wanted);
        CU_ASSERT_TRUE(bench.world == NULL || bench.world->clause_count == 0);
    }
}

/* Two documents that extend a template, what is found in all. */
static const struct {
    const char *base, *first, *second, *wanted;
} pairs[] = {
    { BASE, "with: {homes: PT}", "with: {homes: FR}", "" },
    { BASE, "with: {homes: PT}", "version: 2, with: {homes: FR}",
      "312 f3 3:100 version 2 of template `base` is not among the documents" },
    { BASE, "with: {homes: PT, hoems: FR}", "with: {homes: PT}",
      "315 f2 3:109 `hoems` is not a parameter of template `base`" },
    { BASE, "version: 1", "with: {homes: PT}", "315 f2 3:85 parameter `homes` was given no value" },
    { BASE, "with: {homes: PT, fast: soon}", "with: {homes: PT, fast: [1 s]}",
      "221 f2 3:115 parameter `fast` takes one value of type `duration`; "
      "221 f3 3:115 parameter `fast` takes one value of type `duration`" },
    { BASE, "with: {homes: {a: b}}", "with: {homes: PT}",
      "203 f2 3:105 `homes` is neither a value nor a list" },
    /* told at the use, once for each value */
    { "  parameters: [{id: x, type: countries}]\n  targets: [{id: all}]\n  clauses:\n"
      "    - {id: h, on: all, term: respond.mttr, op: \"<=\", value: $x}\n",
      "with: {x: [PT, DE]}", "with: {x: [PT, DE]}",
      "203 f1 8:61 the value of `respond.mttr` has another shape; "
      "203 f1 8:61 the value of `respond.mttr` has another shape" },
    { BASE, "with: {homes: XX}", "with: {homes: YY}",
      "207 f1 11:59 `XX` is not a country code; 207 f1 11:59 `YY` is not a country code" },
    /* told once for all */
    { "  targets: [{id: all}]\n  clauses:\n"
      "    - {id: h, on: al, term: locaton, op: in, value: DE}\n",
      "version: 1", "version: 1",
      "303 f1 7:19 `al` is not a target of this document; 210 f1 7:29 `locaton` is not a term" },
    { "  targets: [{id: all}, {id: all}]\n", "version: 1", "version: 1",
      "301 f1 5:29 target `all` is repeated" },
};

static void what_is_wrong_in_a_template_is_told_once(void)
{
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        const struct slice texts[] = {
            sla("base", "template: yes", pairs[i].base),
            sla("one",
                arena_printf(&bench.arena, "ucloud: store, extends: {document: base, %s}",
                             pairs[i].first)
                    .ptr,
                "  clauses: []\n"),
            sla("two",
                arena_printf(&bench.arena, "ucloud: store, extends: {document: base, %s}",
                             pairs[i].second)
                    .ptr,
                "  clauses: []\n"),
        };
        compile(texts, COUNT_OF(texts));
        ASSERT_TEXT(listed(), pairs[i].wanted);
    }
}

static void a_finding_at_a_parameter_shows_and_mends_the_value(void)
{
    struct slice fixed = { 0 };
    const struct slice texts[] = {
        sla("base", "template: yes",
            "  parameters: [{id: home, type: word}]\n  targets: [{id: all}]\n  clauses:\n"
            "    - {id: home, on: all, term: location, op: in, value: $home}\n"),
        sla("own", "ucloud: store, extends: {document: base, with: {home: DEU}}",
            "  clauses: []\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "207 f1 8:58 `DEU` is not a country code");
    const struct diag *diag = bench.diags.first;
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->labels);
    ASSERT_TEXT(diag->labels->text, "the value of `home`");
    ASSERT_TEXT(slice_from(diag->labels->span.source->name), "f2.yaml");
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->fixes);
    ASSERT_OK(diag_apply_edits(&bench.arena, &bench.sources[1], diag->fixes->edits, &fixed));
    CU_ASSERT_TRUE(slice_find_text(fixed, SLICE("{home: DE}")) < fixed.len);
}

static void an_item_of_a_list_is_mended_where_it_was_given(void)
{
    struct slice fixed = { 0 };
    const struct slice texts[] = {
        sla("base", "template: yes", BASE),
        sla("own", "ucloud: store, extends: {document: base, with: {homes: [PT, FRA]}}",
            "  clauses: []\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "207 f1 11:59 `FRA` is not a country code");
    const struct diag *diag = bench.diags.first;
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->labels);
    ASSERT_TEXT(diag->labels->text, "a value of `homes`");
    CU_ASSERT_PTR_NOT_NULL_FATAL(diag->fixes);
    ASSERT_OK(diag_apply_edits(&bench.arena, &bench.sources[1], diag->fixes->edits, &fixed));
    CU_ASSERT_TRUE(slice_find_text(fixed, SLICE("{homes: [PT, FR]}")) < fixed.len);
}

static void lists_are_joined_by_id(void)
{
    const struct slice texts[] = {
        sla("base", "template: yes",
            "  targets: [{id: all}]\n  clauses:\n"
            "    - {id: a, on: all, term: respond.mttr, op: \"<=\", value: 9 s}\n"
            "    - {id: b, on: all, term: respond.mttr, op: \"<=\", value: 9 s}\n"
            "  reactions:\n"
            "    - {id: r, on: all, when: {rule: x}, respond: [data.freeze], lease: 1h}\n"),
        sla("own", "ucloud: store, extends: {document: base}",
            "  clauses:\n"
            "    - {id: b, on: all, term: respond.mttr, op: \"<=\", value: 5 s}\n"
            "    - {id: c, on: all, term: respond.mttr, op: \"<=\", value: 7 s}\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clause_count, 4);
    CU_ASSERT_EQUAL(find("own", "a")->value.range.most, 9000);
    CU_ASSERT_EQUAL(find("own", "b")->value.range.most, 5000);
    ASSERT_TEXT(find("own", "b")->ref.file, "f2.yaml");
    CU_ASSERT_EQUAL(find("own", "c")->value.range.most, 7000);
    CU_ASSERT_EQUAL(bench.world->policies.reaction_count, 1);
    ASSERT_TEXT(bench.world->policies.reactions[0].clause.document, "own");
}

static void an_id_of_the_base_is_taken(void)
{
    const struct slice texts[] = {
        sla("base", "template: yes",
            "  targets: [{id: all}]\n  clauses:\n"
            "    - {id: a, on: all, term: respond.mttr, op: \"<=\", value: 9 s}\n"),
        sla("own", "ucloud: store, extends: {document: base}",
            "  reactions:\n"
            "    - {id: a, on: all, when: {rule: x}, respond: [data.freeze], lease: 1h}\n"),
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "301 f2 6:12 clause `a` is repeated");
}

/* --- templates of templates ------------------------------------------------------------------ */

static void values_pass_through_templates(void)
{
    const struct slice texts[] = {
        sla("low", "template: yes",
            "  parameters:\n    - {id: a, type: duration}\n    - {id: b, type: duration}\n"
            "    - {id: c, type: duration, default: 3 s}\n  targets: [{id: all}]\n  clauses:\n"
            "    - {id: a, on: all, term: respond.mttr, op: \"<=\", value: $a}\n"
            "    - {id: b, on: all, term: respond.mttr, op: \"<=\", value: $b}\n"
            "    - {id: c, on: all, term: respond.mttr, op: \"<=\", value: $c}\n"),
        sla("mid", "template: yes, extends: {document: low, with: {a: $x}}",
            "  parameters: [{id: x, type: duration, default: 1 s}]\n  clauses:\n"
            "    - {id: m, on: all, term: respond.mttr, op: \"<=\", value: $b}\n"),
        sla("own", "ucloud: store, extends: {document: mid, with: {b: 2 s}}", "  clauses: []\n"),
        sla("too", "ucloud: store, extends: {document: mid, with: {b: 4 s, c: 5 s, x: 6 s}}",
            "  clauses: []\n"),
    };
    static const struct {
        const char *document, *id;
        int64_t most_ms;
    } rows[] = {
        { "own", "a", 1000 }, { "own", "b", 2000 }, { "own", "c", 3000 }, { "own", "m", 2000 },
        { "too", "a", 6000 }, { "too", "b", 4000 }, { "too", "c", 5000 }, { "too", "m", 4000 },
    };

    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL(bench.world->clause_count, COUNT_OF(rows));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct sla_clause *clause = find(rows[i].document, rows[i].id);
        CU_ASSERT_PTR_NOT_NULL_FATAL(clause);
        CU_ASSERT_EQUAL(clause->value.range.most, rows[i].most_ms);
    }
}

/* Heads of up to three documents a, b, c, all without clauses but for their targets. */
static const struct {
    const char *heads[3], *wanted;
} chains[] = {
    { { "template: yes, extends: {document: a}" },
      "313 f1 3:83 templates extend each other in a circle: `a` -> `a`" },
    { { "template: yes, extends: {document: b}", "template: yes, extends: {document: c}",
        "template: yes, extends: {document: a}" },
      "313 f1 3:83 templates extend each other in a circle: `a` -> `b` -> `c` -> `a`" },
    { { "template: yes, extends: {document: b}", "template: yes, extends: {document: a}",
        "ucloud: store, extends: {document: b}" },
      "313 f1 3:83 templates extend each other in a circle: `a` -> `b` -> `a`" },
    { { "template: yes", "ucloud: store, extends: {document: nope}" },
      "312 f2 3:83 template `nope` of `shop` is not among the documents" },
    { { "ucloud: store", "ucloud: store, extends: {document: a}" },
      "312 f2 3:83 `a` is not a template" },
    { { "template: yes", "ucloud: store, extends: a" }, "203 f2 3:72 `extends` is one value" },
    { { "template: yes", "ucloud: store, extends: {document: A}" },
      "209 f2 3:83 `A` cannot be the name of a document" },
};

static void bases_that_cannot_be_had_are_named(void)
{
    for (size_t i = 0; i < COUNT_OF(chains); i++) {
        struct slice texts[3];
        size_t count = 0;
        for (; count < 3 && chains[i].heads[count] != NULL; count++) {
            const char name[] = { (char)('a' + (char)count), '\0' };
            bool first = count == 0;
            texts[count] = sla(arena_cstr(&bench.arena, slice_from(name)), chains[i].heads[count],
                               first ? "  targets: [{id: all}]\n"
                                     : "  clauses:\n    - {id: x, on: all, term: respond.mttr, "
                                       "op: \"<=\", value: 1 s}\n");
        }
        compile(texts, count);
        ASSERT_TEXT(listed(), chains[i].wanted);
        CU_ASSERT_PTR_NULL(bench.world);
    }
}

static void templates_stand_eight_deep(void)
{
    struct slice texts[SLA_EXTENDS_MAX + 3];

    texts[0] = sla("t0", "template: yes", "  targets: [{id: all}]\n");
    for (size_t i = 1; i < COUNT_OF(texts); i++) {
        texts[i] =
            sla(arena_printf(&bench.arena, "t%zu", i).ptr,
                arena_printf(&bench.arena, "template: yes, extends: {document: t%zu}", i - 1).ptr,
                "  clauses: []\n");
    }
    compile(texts, SLA_EXTENDS_MAX + 1);
    ASSERT_TEXT(listed(), "");
    compile(texts, COUNT_OF(texts));
    ASSERT_TEXT(listed(), "313 f10 3:84 more than 8 templates extend each other");
}

static void a_missing_base_is_a_warning_among_some_of_the_documents(void)
{
    const struct slice text = sla("own", "ucloud: store, extends: {document: base}",
                                  "  clauses:\n    - {id: x, on: all, term: respond.mttr, op: "
                                  "\"<=\", value: 1 s}\n");

    bench_clear(&bench);
    bench.options.partial = true;
    bench_add(&bench, text);
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_TRUE(bench_has(&bench, 312));
    CU_ASSERT_PTR_NOT_NULL(bench.world);
}

static void only_templates_have_parameters(void)
{
    const struct slice text =
        sla("own", "ucloud: store", "  parameters: [{id: x, type: name}]\n  targets: []\n");

    compile(&text, 1);
    ASSERT_TEXT(listed(), "221 f1 5:3 only a template has parameters");
}

static void a_text_may_begin_with_a_dollar(void)
{
    const struct slice texts[] = {
        sla("base", "template: yes",
            "  targets: [{id: all}]\n  clauses:\n"
            "    - {id: x, on: all, term: respond.mttr, op: \"<=\", value: 1 s, controls: $$5}\n"),
        sla("own", "ucloud: store, extends: {document: base}", "  clauses: []\n"),
    };

    bench_clear(&bench);
    bench_add(&bench, texts[0]);
    bench_add(&bench, texts[1]);
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: web-1, plane: compute, layer: L2, node: n1, "
                                  "provider: dc-one}\n"));
    bench_compile(&bench);
    ASSERT_TEXT(listed(), "");
    ASSERT_TEXT(find("own", "x")->controls[0], "$5");
}

/* --- limits ---------------------------------------------------------------------------------- */

/* What an organisation writes: one template, and an SLA for each of its applications. */
static void a_thousand_slas_may_extend_one_template(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    enum { SLAS = 1000, CLAUSES = 80 };

    bench_clear(&bench);
    buf_add_slice(&text, sla("base", "template: yes", "  targets: [{id: all}]\n  clauses:\n"));
    for (int i = 0; i < CLAUSES; i++) {
        buf_printf(&text, "    - {id: c%d, on: all, term: respond.mttr, op: \"<=\", value: %d s}\n",
                   i, i + 1);
    }
    for (int i = 0; i < SLAS; i++) {
        char name[16];
        (void)snprintf(name, sizeof(name), "own%d", i);
        buf_add_cstr(&text, "---\n");
        buf_add_slice(&text,
                      sla(name, "ucloud: away, extends: {document: base}", "  clauses: []\n"));
    }
    bench.options = (struct sla_options){ .partial = true, .max_bytes = SLA_BYTES_OF_WORLD };
    bench_add(&bench, arena_copy(&bench.arena, buf_slice(&text)));
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 0);
    CU_ASSERT_FALSE(bench_has(&bench, 219));
}

static void lists_in_lists_end_at_a_limit(void)
{
    CLEANUP(buf_done) struct buf items = { 0 };
    CLEANUP(buf_done) struct buf uses = { 0 };

    for (int i = 0; i < 2000; i++) {
        buf_printf(&items, "%sDE", i > 0 ? ", " : "");
        buf_printf(&uses, "%s$x", i > 0 ? ", " : "");
    }
    const struct slice text =
        sla("base", "template: yes",
            arena_printf(&bench.arena,
                         "  parameters: [{id: x, type: countries, default: [%s]}]\n"
                         "  targets: [{id: all}]\n  clauses:\n"
                         "    - {id: h, on: all, term: location, op: in, value: [%s]}\n",
                         items.ptr, uses.ptr)
                .ptr);
    bench_clear(&bench);
    bench.options.max_bytes = UINT64_C(8) << 20;
    bench_add(&bench, text);
    bench_compile(&bench);
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    CU_ASSERT_TRUE(bench_has(&bench, 219));
    CU_ASSERT_PTR_NULL(bench.world);
}

static void what_extends_a_wrong_template_is_put_off(void)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    const struct slice base = sla("base", "template: yes", "  targets: [{id: A}]\n");

    for (int i = 0; i < SLA_REREAD_MAX + 10; i++) {
        struct slice own = sla(arena_printf(&bench.arena, "own-%d", i).ptr,
                               "ucloud: store, extends: {document: base}", "  clauses: []\n");
        buf_printf(&text, "---\n%.*s", SLICE_ARG(own));
    }
    const struct slice texts[] = { base, buf_slice(&text) };
    compile(texts, COUNT_OF(texts));
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    CU_ASSERT_EQUAL(bench.diags.notes, 1);
    CU_ASSERT_TRUE(bench_has(&bench, 111));
}

static CU_TestInfo tests[] = {
    { "what extends inherits clauses at their place",
      what_extends_inherits_clauses_at_their_place },
    { "a key that is inherited may still be meant", a_key_that_is_inherited_may_still_be_meant },
    { "a value goes into each use", a_value_goes_into_each_use },
    { "a template alone is checked and makes nothing",
      a_template_alone_is_checked_and_makes_nothing },
    { "what is wrong in a template is told once", what_is_wrong_in_a_template_is_told_once },
    { "a finding at a parameter shows and mends the value",
      a_finding_at_a_parameter_shows_and_mends_the_value },
    { "an item of a list is mended where it was given",
      an_item_of_a_list_is_mended_where_it_was_given },
    { "lists are joined by id", lists_are_joined_by_id },
    { "an id of the base is taken", an_id_of_the_base_is_taken },
    { "values pass through templates", values_pass_through_templates },
    { "bases that cannot be had are named", bases_that_cannot_be_had_are_named },
    { "templates stand eight deep", templates_stand_eight_deep },
    { "a missing base is a warning among some of the documents",
      a_missing_base_is_a_warning_among_some_of_the_documents },
    { "only templates have parameters", only_templates_have_parameters },
    { "a text may begin with a dollar", a_text_may_begin_with_a_dollar },
    { "a thousand SLAs may extend one template", a_thousand_slas_may_extend_one_template },
    { "lists in lists end at a limit", lists_in_lists_end_at_a_limit },
    { "what extends a wrong template is put off", what_extends_a_wrong_template_is_put_off },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla expansion", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
