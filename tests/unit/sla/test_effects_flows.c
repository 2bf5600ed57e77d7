/* Packets that one of two worlds lets through: against a reading of every packet of small ones. */
#include "sla/diff/effects.h"

#include "tests/unit/sla/small_flows.h"
#include "tests/unit/sla/worlds.h"

enum { SIDES = 2 };
static struct bench sides[SIDES];

static void set_up(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        bench_start(&sides[i]);
    }
}

static void tear_down(void)
{
    for (size_t i = 0; i < SIDES; i++) {
        bench_end(&sides[i]);
    }
}

#define HOST(name, last)                                                                           \
    "    - {name: " name ", plane: network, layer: L2, provider: dc, node: n, addresses: "         \
    "192.0.2." last "}\n"

static void compile_hosts(struct bench *bench, const char *hosts, const char *clauses)
{
    bench_clear(bench);
    bench_add(bench, text_ucloud(bench, "store", "shop", hosts));
    bench_add(bench, text_sla(bench, "shop",
                              arena_printf(&bench->arena,
                                           "  targets: [{id: all, plane: network}, {id: last, "
                                           "select: {host: h15}}]\n  clauses:\n%s",
                                           clauses)
                                  .ptr));
    bench_compile(bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench->world);
}

static void compile(struct bench *bench, const char *clauses)
{
    compile_hosts(bench, HOST("a", "1"), clauses);
}

static void find(struct sla_effects *out)
{
    const struct sla_effects_side before = { sides[0].world, NULL };
    const struct sla_effects_side after = { sides[1].world, NULL };

    sla_effects_find(&sides[0].arena, &before, &after, out);
}

static struct slice first_of(const struct sla_effects *effects, enum sla_effect_kind kind)
{
    const struct sla_effect_list *list = &effects->lists[kind];

    return list->shown_count > 0 ? list->shown[0] : SLICE("");
}

#define FLOW(id, op, value)                                                                        \
    "    - {id: " id ", on: all, term: flow, op: " op ", value: {" value "}}\n"
#define HTTPS FLOW("https", "permit", "from: any, ports: [443/tcp]")
#define OTHER                                                                                      \
    "    - {id: fast, on: all, term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: "     \
    "high}}\n"

static const struct {
    const char *clauses[SIDES], *opened, *closed;
} rows[] = {
    { { HTTPS, OTHER }, /* the last permit: the host is open to all */
      "store/a takes 1-442/tcp, 444-65535/tcp, 1-65535/udp, what has no ports from "
      "0.0.0.0-255.255.255.255, and more from other addresses",
      "" },
    { { HTTPS, HTTPS FLOW("ssh", "permit", "from: 198.51.100.0/24, ports: [22/tcp]") },
      "store/a takes 22/tcp from 198.51.100.0-198.51.100.255",
      "" },
    { { HTTPS FLOW("d", "deny", "from: 10.0.0.0/8"), HTTPS },
      "store/a takes 443/tcp from 10.0.0.0-10.255.255.255",
      "" },
    { { HTTPS, HTTPS FLOW("u", "permit", "from: any, ports: [53/udp]") },
      "store/a takes 53/udp from 0.0.0.0-255.255.255.255, and more from other addresses",
      "" },
    { { FLOW("p", "permit", "from: \"2001:db8::/32\""),
        FLOW("p", "permit", "from: \"2001:db8::/33\"") },
      "",
      "store/a takes everything from 2001:db8:8000::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff" },
    { { OTHER, FLOW("o", "deny", "to: 255.255.255.255") },
      "",
      "store/a sends everything to 255.255.255.255" },
    { { HTTPS FLOW("w", "permit", "from: 10.2.0.0/16, ports: [9/tcp]"),
        HTTPS FLOW("w", "permit",
                   "from: [10.1.0.0/16, 10.2.0.0/16], ports: [9/tcp, 104/tcp, 105/tcp, 200/tcp, "
                   "300/tcp, 400/tcp, 7/udp]") },
      "store/a takes 9/tcp, 104-105/tcp, 200/tcp, 300/tcp and 2 more ranges of ports from "
      "10.1.0.0-10.1.255.255, and more from other addresses",
      "" },
    { { HTTPS, FLOW("s", "permit", "from: any, ports: [443/tcp]") },
      "",
      "" }, /* the same, renamed */
    { { FLOW("p", "permit", "from: 10.0.0.0/8"),
        FLOW("p", "permit", "from: 10.0.0.0/9") FLOW("q", "permit", "from: 10.128.0.0/9") },
      "",
      "" },
};

static void what_opens_and_closes_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct sla_effects effects;
        compile(&sides[0], rows[i].clauses[0]);
        compile(&sides[1], rows[i].clauses[1]);
        find(&effects);
        ASSERT_TEXT(first_of(&effects, SLA_NEWLY_PASSED), rows[i].opened);
        ASSERT_TEXT(first_of(&effects, SLA_NO_LONGER_PASSED), rows[i].closed);
    }
}

static bool differs(struct small_flow rules[SIDES][SMALL_FLOWS], size_t more)
{
    bool found = false;

    for (unsigned packet = 0; packet < SMALL_PEERS * SMALL_PORTS; packet++) {
        unsigned peer = packet / SMALL_PORTS;
        unsigned port = packet % SMALL_PORTS;
        found |= small_flows_pass(rules[more], SMALL_FLOWS, peer, port) &&
                 !small_flows_pass(rules[1 - more], SMALL_FLOWS, peer, port);
    }
    return found;
}

/* Outside of the small world both are open, or closed, alike: only pairs that are count. */
static void small_worlds_differ_as_told(void)
{
    enum { PAIRS = 400 };
    size_t told = 0;

    for (unsigned pair = 0; pair < PAIRS; pair++) {
        struct small_flow rules[SIDES][SMALL_FLOWS];
        bool closed[SIDES] = { false };
        struct sla_effects effects;
        for (size_t side = 0; side < SIDES; side++) {
            CLEANUP(buf_done) struct buf clauses = { 0 };
            small_flows_draw(rules[side], "all", &clauses);
            compile(&sides[side], clauses.ptr);
            for (size_t i = 0; i < SMALL_FLOWS; i++) {
                closed[side] |= rules[side][i].permit;
            }
        }
        find(&effects);
        if (closed[0] == closed[1]) {
            told++;
            CU_ASSERT_EQUAL(effects.lists[SLA_NEWLY_PASSED].count, differs(rules, 1));
            CU_ASSERT_EQUAL(effects.lists[SLA_NO_LONGER_PASSED].count, differs(rules, 0));
        }
    }
    CU_ASSERT_TRUE(told > PAIRS / 2);
}

static void too_many_are_told_to_be(void)
{
    enum { NETWORKS = 3000 };
    CLEANUP(buf_done) struct buf clauses = { 0 };
    struct sla_effects effects;

    for (unsigned i = 0; i < NETWORKS; i++) {
        buf_printf(
            &clauses,
            "    - {id: r%u, on: all, term: flow, op: permit, value: {from: 10.%u.%u.0/25}}\n", i,
            i / 256, i % 256);
    }
    compile(&sides[0], clauses.ptr);
    compile(&sides[1], HTTPS);
    find(&effects);
    ASSERT_TEXT(first_of(&effects, SLA_NOT_ENUMERATED),
                "flows of store/a: too many networks and ports");
}

/* Hosts that stay as they were are not searched, and each has a share of its own. */
static void what_stays_hides_no_change(void)
{
    enum { HOSTS = 16, NETWORKS = 30 };
    CLEANUP(buf_done) struct buf hosts = { 0 };
    CLEANUP(buf_done) struct buf clauses = { 0 };
    struct sla_effects effects;

    for (unsigned i = 0; i < HOSTS; i++) {
        buf_printf(&hosts,
                   "    - {name: h%u, plane: network, layer: L2, provider: dc, node: n, addresses: "
                   "192.0.2.%u}\n",
                   i, i);
    }
    for (unsigned i = 0; i < NETWORKS; i++) {
        buf_printf(&clauses,
                   "    - {id: r%u, on: all, term: flow, op: permit, value: {from: 10.%u.0.0/24, "
                   "ports: [%u/tcp]}}\n",
                   i, 2 * i, 1000 + i);
    }
    compile_hosts(&sides[0], hosts.ptr, clauses.ptr);
    buf_add_cstr(&clauses, "    - {id: new, on: last, term: flow, op: permit, value: {from: any, "
                           "ports: [23/tcp]}}\n");
    compile_hosts(&sides[1], hosts.ptr, clauses.ptr);
    find(&effects);
    CU_ASSERT_EQUAL(effects.lists[SLA_NEWLY_PASSED].count, 1);
    ASSERT_TEXT(
        first_of(&effects, SLA_NEWLY_PASSED),
        "store/h15 takes 23/tcp from 0.0.0.0-255.255.255.255, and more from other addresses");
    ASSERT_TEXT(first_of(&effects, SLA_NOT_ENUMERATED), "");
}

static CU_TestInfo tests[] = {
    { "what opens and closes is told", what_opens_and_closes_is_told },
    { "small worlds differ as told", small_worlds_differ_as_told },
    { "too many are told to be", too_many_are_told_to_be },
    { "what stays hides no change", what_stays_hides_no_change },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "effects on flows", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
