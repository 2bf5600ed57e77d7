/* What nobody would write on purpose is refused soon and in little memory: at most 64 MiB of the
 * compile's arena and 16 times the text, and a tenth of a second of processor time where the build
 * is optimised. Other builds, sanitizers and busy machines get twenty times that: a quadratic
 * reader takes a hundred. */
#include <time.h>

#include "sla/read/expand.h"
#include "tests/unit/sla/worlds.h"

enum {
    MEMORY_BYTES_MAX = 65 * 1024 * 1024,
    TIME_MS_MAX = 100,
    SLOW_FACTOR = 20,
    MANY = 100 * 1000
};

static struct bench bench;

static void set_up(void)
{
    bench_start(&bench);
}

static void tear_down(void)
{
    bench_end(&bench);
}

/* --- texts ----------------------------------------------------------------------------------- */

#define HEAD                                                                                       \
    "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s, party: shop, role: tenant, "     \
    "ucloud: store}\nspec:\n"
#define TEMPLATE                                                                                   \
    "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: base, party: shop, role: tenant, "  \
    "template: yes}\nspec:\n"

static void repeat(struct buf *out, size_t times, const char *text)
{
    for (size_t i = 0; i < times; i++) {
        buf_add_cstr(out, text);
    }
}

static void no_yaml(struct buf *out)
{
    repeat(out, MANY, "]{:- %@\n");
}

static void other_encoding(struct buf *out)
{
    repeat(out, MANY, "\xff\xfe\xd8\n");
}

static void zeros(struct buf *out)
{
    for (size_t i = 0; i < MANY; i++) {
        buf_add_char(out, '\0');
    }
}

static void brackets(struct buf *out)
{
    buf_add_cstr(out, HEAD "  clauses: ");
    repeat(out, MANY / 2, "[");
    buf_add_char(out, '\n');
    repeat(out, MANY / 2, "[");
}

static void aliases(struct buf *out)
{
    buf_add_cstr(out, "a: &a [x, x, x, x, x, x, x, x, x]\n");
    for (int name = 'b'; name <= 'z'; name++) {
        buf_printf(out, "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", name, name, name - 1,
                   name - 1, name - 1, name - 1, name - 1, name - 1, name - 1);
    }
}

static void repeated_keys(struct buf *out)
{
    buf_add_cstr(out, HEAD);
    repeat(out, MANY, "  clauses: []\n");
}

static void tabs(struct buf *out)
{
    buf_add_cstr(out, HEAD);
    repeat(out, MANY, "\tclauses: []\n");
}

static void spliced(struct buf *out)
{
    buf_add_cstr(out, TEMPLATE "  parameters: [{id: x, type: countries, default: [DE");
    repeat(out, 2000, ", DE");
    buf_add_cstr(out, "]}]\n  targets: [{id: all}]\n  clauses:\n"
                      "    - {id: h, on: all, term: location, op: in, value: [$x");
    repeat(out, 2000, ", $x");
    buf_add_cstr(out, "]}\n");
}

static void circles(struct buf *out)
{
    for (size_t i = 0; i < 1000; i++) {
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: t%zu, party: "
                   "shop, role: tenant, template: yes, extends: {document: t%zu}}\n"
                   "spec: {targets: []}\n",
                   i, (i + 1) % 1000);
    }
}

static void wrong_base(struct buf *out)
{
    buf_add_cstr(out, TEMPLATE "  targets: [{id: A}, {id: B}, {id: C}, {id: D}]\n");
    for (size_t i = 0; i < 5000; i++) {
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s%zu, party: "
                   "shop, role: tenant, ucloud: store, extends: {document: base}}\n"
                   "spec: {clauses: []}\n",
                   i);
    }
}

static void no_base(struct buf *out)
{
    buf_add_cstr(out, HEAD "  bogus: x\n"); /* a base may be in another file: that is no error */
    for (size_t i = 0; i < 5000; i++) {
        buf_printf(out,
                   "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s%zu, party: "
                   "shop, role: tenant, ucloud: store, extends: {document: base}}\n"
                   "spec: {clauses: []}\n",
                   i);
    }
}

/* Each argument is one of a name that the template does not know. */
static void arguments(struct buf *out)
{
    buf_add_cstr(out, TEMPLATE "  targets: [{id: all}]\n  parameters:\n");
    for (size_t i = 0; i < 5000; i++) {
        buf_printf(out, "    - {id: p%zu, type: flag, default: yes}\n", i);
    }
    buf_add_cstr(out,
                 "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata:\n  name: s\n  party: "
                 "shop\n  role: tenant\n  ucloud: store\n  extends:\n    document: base\n"
                 "    with:\n");
    for (size_t i = 0; i < 5000; i++) {
        buf_printf(out, "      q%zu: yes\n", i);
    }
    buf_add_cstr(out, "spec: {clauses: []}\n");
}

/* Two mappings with nothing in common, one of which extends the other. */
static void members(struct buf *out)
{
    buf_add_cstr(out, TEMPLATE);
    for (size_t i = 0; i < MANY / 4; i++) {
        buf_printf(out, "  a%zu: x\n", i);
    }
    buf_add_cstr(out,
                 "---\napiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: s, party: shop, "
                 "role: tenant, ucloud: store, extends: {document: base}}\nspec:\n");
    for (size_t i = 0; i < MANY / 4; i++) {
        buf_printf(out, "  b%zu: x\n", i);
    }
}

/* A list without brackets, and what it might have been a part of. */
static void bare_members(struct buf *out)
{
    buf_add_cstr(out, "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: own, party: shop, "
                      "role: tenant, ucloud: store}\nspec:\n  targets: [{id: all}]\n  clauses:\n"
                      "    - {id: a, on: all, term: location, op: in, value: DE");
    for (unsigned i = 0; i < MANY; i++) {
        buf_printf(out, ",\n       k%u", i);
    }
    buf_add_cstr(out, "}\n");
}

static void expressions(struct buf *out)
{
    buf_add_cstr(out, HEAD "  targets:\n    - id: x\n      select:\n        matchExpressions:\n");
    repeat(out, 5000, "          - {key: a, operator: In, values: [a, b, c]}\n");
}

static const struct {
    const char *name;
    void (*text)(struct buf *out);
    unsigned code; /* among what is found */
} kinds[] = {
    { "no YAML", no_yaml, 101 },
    { "another encoding", other_encoding, 102 },
    { "zeros", zeros, 102 },
    { "brackets in brackets", brackets, 108 },
    { "aliases of aliases", aliases, 104 },
    { "repeated keys", repeated_keys, 106 },
    { "tabs", tabs, 103 },
    { "lists spliced into lists", spliced, 219 },
    { "templates in a circle", circles, 313 },
    { "many that extend what is wrong", wrong_base, 111 },
    { "many that extend what is not there", no_base, 312 },
    { "very many arguments that are none", arguments, 111 },
    { "very many members of two that are joined", members, 111 },
    { "very many members that are bare", bare_members, 201 },
    { "very many expressions", expressions, 219 },
};

static void each_is_refused_soon_and_in_little_memory(void)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        kinds[i].text(&text);
        tear_down();
        set_up();
        bench.options.partial = true;
        bench_add(&bench, buf_slice(&text));
        clock_t start = clock();
        bench_compile(&bench);
        long took_ms = (long)((clock() - start) * 1000 / CLOCKS_PER_SEC);
        bool good = bench.world == NULL && bench_has(&bench, kinds[i].code) &&
                    bench.arena.used_bytes <= MEMORY_BYTES_MAX + SLA_BYTES_A_BYTE * text.len &&
                    took_ms <= (long)TIME_MS_MAX * SLOW_FACTOR;
        if (!good) {
            (void)printf("\n    %s: %ld ms, %zu KiB, %.200s", kinds[i].name, took_ms,
                         bench.arena.used_bytes / 1024, bench_findings(&bench).ptr);
        }
        CU_ASSERT_TRUE(good);
    }
}

static CU_TestInfo tests[] = {
    { "each is refused soon and in little memory", each_is_refused_soon_and_in_little_memory },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla hostile input", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
