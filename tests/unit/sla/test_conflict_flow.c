/* Flow rules that change nothing: covered by one that is asked before, or by several together. */
#include "sla/code.h"
#include "tests/unit/sla/small_flows.h"
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
    "    - {name: a, plane: network, layer: L2, node: n1, provider: dc-one, addresses: "           \
    "[10.9.0.1]}\n"                                                                                \
    "    - {name: b, plane: network, layer: L2, node: n1, provider: dc-one, addresses: "           \
    "[10.9.0.2]}\n"
#define TARGETS                                                                                    \
    "  targets: [{id: all}, {id: one, select: {host: a}}, "                                        \
    "{id: two, select: {host: b}}]\n  clauses:\n"
#define FLOW(id_, on_, op_, value_, more_)                                                         \
    "    - {id: " id_ ", on: " on_ ", term: flow, op: " op_ ", value: {" value_ "}" more_ "}\n"

static void compile(const char *clauses)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop", arena_printf(&bench.arena, TARGETS "%s", clauses).ptr));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
}

/* The lines of those that are told; the first clause stands in line 7. */
static const struct {
    const char *clauses, *findings;
} cases[] = {
    /* redundant by one, and of equals the later */
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", "")
          FLOW("q", "all", "permit", "from: 10.1.0.0/16, ports: [443/tcp]", ""),
      "909 8:55" },
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16, ports: [443/tcp]", "")
          FLOW("q", "all", "permit", "from: 10.0.0.0/8", ""),
      "909 7:55" },
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "permit", "from: 10.1.0.0/16", ""),
      "909 8:55" },
    { FLOW("p", "all", "permit", "from: any", "")
          FLOW("q", "all", "permit", "from: \"2001:db8::/32\"", ""),
      "909 8:55" },
    /* by a union: of halves, of ports, and not when a piece is left */
    { FLOW("p", "all", "permit", "from: 10.0.0.0/9", "")
          FLOW("q", "all", "permit", "from: 10.128.0.0/9", "")
              FLOW("r", "all", "permit", "from: 10.0.0.0/8", ""),
      "909 9:55" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/9", "")
          FLOW("q", "all", "permit", "from: 10.128.0.0/10", "")
              FLOW("r", "all", "permit", "from: 10.0.0.0/8", ""),
      "909 7:55; 909 8:55" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8, ports: [1-80/tcp]", "")
          FLOW("q", "all", "permit", "from: 10.0.0.0/8, ports: [81-99/tcp, 7/udp]", "")
              FLOW("r", "all", "permit", "from: 10.7.0.0/16, ports: [80-81/tcp, 7/udp]", ""),
      "909 9:55" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8, ports: [1-80/tcp]", "")
          FLOW("q", "all", "permit", "from: 10.0.0.0/8, ports: [82-99/tcp]", "")
              FLOW("r", "all", "permit", "from: 10.7.0.0/16, ports: [80-82/tcp]", ""),
      "" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8, ports: [1-65535/tcp, 1-65535/udp]", "")
          FLOW("q", "all", "permit", "from: 10.0.0.0/8", ""),
      "909 7:55" }, /* the other way: it leaves what has no ports */
    { FLOW("p", "all", "permit", "from: 0.0.0.0/0", "") FLOW("q", "all", "permit", "from: any", ""),
      "909 7:55" },
    /* denied before it is permitted */
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "deny", "from: 10.0.0.0/8", "")
              FLOW("r", "all", "permit", "from: 11.0.0.0/8", ""),
      "909 7:55" },
    /* the only permit, denied before: it still closes the host, and opens nothing of it */
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "deny", "from: 10.0.0.0/8", ""),
      "909 7:55" },
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "deny", "from: 10.1.0.0/17", "")
              FLOW("r", "all", "deny", "from: 10.1.128.0/17", ""),
      "909 7:55" },
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "deny", "from: 10.0.0.0/8, ports: [22/tcp]", ""),
      "" },
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "one", "deny", "from: 10.0.0.0/8", ""),
      "" }, /* it opens b */
    { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
          FLOW("q", "all", "deny", "from: 10.0.0.0/8", "")
              FLOW("r", "one", "permit", "from: 11.0.0.0/8", ""),
      "909 7:55" }, /* on a it decides nothing, on b it closes */
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", "")
          FLOW("q", "all", "deny", "from: 10.1.0.0/16", ""),
      "" },
    /* another direction, fewer hosts, at times only (RDN0404: a plane opens nothing then) */
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", "")
          FLOW("q", "all", "permit", "to: 10.1.0.0/16", ""),
      "" },
    { FLOW("p", "one", "permit", "from: 10.0.0.0/8", "")
          FLOW("q", "all", "permit", "from: 10.1.0.0/16", ""),
      "" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", "")
          FLOW("q", "one", "permit", "from: 10.1.0.0/16", ""),
      "909 8:55" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", ", when: {phase: normal}")
          FLOW("q", "all", "permit", "from: 10.1.0.0/16", ""),
      "404 7:12" },
    { FLOW("p", "all", "permit", "from: 10.0.0.0/8", ", when: {phase: [normal, incident]}")
          FLOW("q", "all", "permit", "from: 10.1.0.0/16", ", when: {phase: normal}"),
      "404 7:12; 404 8:12; 909 8:55" },
};

static void what_changes_nothing_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        compile(cases[i].clauses);
        ASSERT_TEXT(bench_findings(&bench), cases[i].findings);
    }
}

/* On a plane a permit under a condition opens nothing: the owner's deny is what stops these
 * packets, though the tenant is asked before and speaks whenever it does. */
static void a_conditional_permit_takes_nothing_from_a_deny(void)
{
    static const char *const flows[] = {
        "    - {id: p, on: all, term: flow, op: permit, value: {from: 10.9.0.0/24}, when: "
        "{severity: "
        "\">= high\"}}\n",
        "    - {id: d, on: all, term: flow, op: deny, value: {from: 10.9.0.7}, when: {severity: "
        "\">= "
        "high\"}}\n    - {id: q, on: all, term: flow, op: permit, value: {from: 10.9.0.0/16}}\n"
    };
    const char *const names[] = { "shop", "lab" };

    bench_clear(&bench);
    for (size_t i = 0; i < COUNT_OF(flows); i++) {
        bench_add(
            &bench,
            arena_printf(&bench.arena,
                         "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: %s, party: "
                         "%s, role: tenant, ucloud: store}\nspec:\n  targets: [{id: all}]\n  "
                         "clauses:\n%s",
                         names[i], names[i], flows[i]));
    }
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  "    - {name: a, plane: network, layer: L2, node: n1, provider: "
                                  "dc-one, owner: lab, addresses: [10.8.0.1]}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_FALSE(bench_has(&bench, SLA_CODE_IDLE_FLOW));
}

/* What is told of a permit beside what denies it, in words. */
static void what_opens_nothing_is_told_by_what(void)
{
    static const struct {
        const char *clauses, *message, *label;
    } texts[] = {
        { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
              FLOW("q", "all", "deny", "from: 10.0.0.0/8", ""),
          "flow `p` opens nothing", "every packet of it is denied by another clause" },
        { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
              FLOW("q", "all", "deny", "from: 10.1.0.0/17", "")
                  FLOW("r", "all", "deny", "from: 10.1.128.0/17", ""),
          "flow `p` opens nothing", "every packet of it is denied by other clauses together" },
        { FLOW("p", "all", "permit", "from: 10.1.0.0/16", "")
              FLOW("q", "all", "deny", "from: 10.0.0.0/8", "")
                  FLOW("r", "all", "permit", "from: 11.0.0.0/8", ""),
          "flow `p` decides nothing", "every packet of it is denied by another clause" },
        { FLOW("p", "all", "permit", "from: 10.0.0.0/8", "")
              FLOW("q", "all", "permit", "from: 10.1.0.0/16", ""),
          "flow `q` decides nothing", "another clause says all of it" },
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        compile(texts[i].clauses);
        const struct diag *told = bench.diags.first;
        CU_ASSERT_PTR_NOT_NULL_FATAL(told);
        ASSERT_TEXT(told->message, texts[i].message);
        ASSERT_TEXT(told->label, texts[i].label);
    }
}

/* No packet of it passes, and none of any other. */
static void check_shut(const struct small_flow *rules, size_t at)
{
    CU_ASSERT_TRUE(rules[at].permit);
    for (unsigned packet = 0; packet < SMALL_PEERS * SMALL_PORTS; packet++) {
        CU_ASSERT_FALSE(
            small_flows_pass(rules, SMALL_FLOWS, packet / SMALL_PORTS, packet % SMALL_PORTS));
    }
}

static void check_without(const struct small_flow *rules, size_t without)
{
    for (unsigned packet = 0; packet < SMALL_PEERS * SMALL_PORTS; packet++) {
        CU_ASSERT_EQUAL(
            small_flows_pass(rules, without, packet / SMALL_PORTS, packet % SMALL_PORTS),
            small_flows_pass(rules, SMALL_FLOWS, packet / SMALL_PORTS, packet % SMALL_PORTS));
    }
}

static void what_is_told_can_be_taken_out(void)
{
    enum { WORLDS = 300 };
    size_t told = 0;
    size_t shut = 0;

    for (unsigned world = 0; world < WORLDS; world++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        struct small_flow rules[SMALL_FLOWS];
        small_flows_draw(rules, "one", &text);
        compile(text.ptr);
        for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
            if (at->code == SLA_CODE_IDLE_FLOW) {
                told++;
                bool opens = slice_ends(at->message, SLICE("opens nothing"));
                (opens ? check_shut : check_without)(rules, at->span.line - 7);
                shut += opens ? 1 : 0;
            }
        }
    }
    CU_ASSERT_TRUE(told > WORLDS / 10);
    CU_ASSERT_TRUE(shut > 0);
}

static size_t count_idle(enum diag_level level)
{
    size_t count = 0;

    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        count += at->code == SLA_CODE_IDLE_FLOW && at->level == level;
    }
    return count;
}

#define IDLE_PAIR                                                                                  \
    FLOW("p", "two", "permit", "from: 10.0.0.0/8", "")                                             \
    FLOW("q", "two", "permit", "from: 10.1.0.0/16", "")

/* And says so; others have a share of their own. */
static void a_host_with_very_many_ends_in_time(void)
{
    enum { CLAUSES = 20000 };
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned i = 0; i < CLAUSES; i++) {
        buf_printf(&text,
                   "    - {id: r%u, on: one, term: flow, op: permit, value: {from: 10.%u.%u.%u}}\n",
                   i, i / 65536, i / 256 % 256, i % 256);
    }
    buf_add_cstr(&text, IDLE_PAIR);
    compile(text.ptr);
    CU_ASSERT_EQUAL(count_idle(DIAG_WARNING), 1);
    CU_ASSERT_EQUAL(count_idle(DIAG_NOTE), 1);
}

/* A look at a clause costs as much as it has peers. */
static void clauses_of_many_peers_end_in_time(void)
{
    enum { CLAUSES = 40, PEERS = 4000 };
    CLEANUP(buf_done) struct buf text = { 0 };

    for (unsigned i = 0; i < CLAUSES; i++) {
        buf_printf(&text, "    - {id: r%u, on: one, term: flow, op: deny, value: {from: [", i);
        for (unsigned j = 0; j < PEERS; j++) {
            buf_printf(&text, "%s10.%u.%u.1", j > 0 ? ", " : "", j / 256, j % 256);
        }
        buf_add_cstr(&text, "]}}\n");
    }
    buf_add_cstr(&text, IDLE_PAIR);
    compile(text.ptr);
    CU_ASSERT_EQUAL(count_idle(DIAG_WARNING), 1);
    CU_ASSERT_EQUAL(count_idle(DIAG_NOTE), 1);
}

static CU_TestInfo tests[] = {
    { "what changes nothing is told", what_changes_nothing_is_told },
    { "a conditional permit takes nothing from a deny",
      a_conditional_permit_takes_nothing_from_a_deny },
    { "what opens nothing is told by what", what_opens_nothing_is_told_by_what },
    { "what is told can be taken out", what_is_told_can_be_taken_out },
    { "a host with very many ends in time", a_host_with_very_many_ends_in_time },
    { "clauses of many peers end in time", clauses_of_many_peers_end_in_time },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "flow rules", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
