#include "sla/effects.h"
#include "tests/unit/sla/worlds.h"

enum { SIDES = 2, MANY = 3 * SLA_EFFECTS_SHOWN };

#define TARGETS "  targets: [{id: all}]\n  clauses:\n"
#define CLAUSE  "    - {id: c, on: all, "

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

#define VM(name)                                                                                   \
    "    - {name: " name ", plane: compute, layer: L2, provider: dc, handle: h, node: n}\n"

#define NET                                                                                        \
    "    - {name: a, plane: network, layer: L2, provider: dc, node: n, addresses: 10.1.0.1}\n"

static void compile(struct bench *bench, const char *resources, const char *sla, const char *offer)
{
    bench_clear(bench);
    bench_add(bench, text_ucloud(bench, "store", "shop", resources));
    bench_add(bench, text_sla(bench, "shop", sla));
    if (offer != NULL) {
        bench_add(bench, text_offer(bench, "dc", offer));
    }
    bench_compile(bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench->world);
}

/* "KIND COUNT: SENTENCE | SENTENCE" of each kind, on lines. */
static struct slice told(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct sla_effects effects;

    sla_effects_find(&sides[0].arena, sides[0].world, sides[1].world, &effects);
    for (size_t i = 0; i < SLA_EFFECT_KINDS; i++) {
        const struct sla_effect_list *list = &effects.lists[i];
        if (list->count == 0) {
            continue;
        }
        buf_printf(&out, "%s %zu: ", sla_effect_kind_name((enum sla_effect_kind)i), list->count);
        for (size_t j = 0; j < list->shown_count; j++) {
            buf_printf(&out, "%s%.*s", j > 0 ? " | " : "", SLICE_ARG(list->shown[j]));
        }
        buf_add_char(&out, '\n');
    }
    return arena_copy(&sides[0].arena, buf_slice(&out));
}

static const struct {
    const char *resources[SIDES], *slas[SIDES], *told;
} rows[] = {
    /* rules */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n" },
      "" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: deny, value: dc}\n" },
      "newly forbidden 1: `dc` may not do compute.suspend on store/a\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: deny, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.snapshot, op: permit, value: dc}\n" },
      "newly permitted 1: `dc` may do compute.snapshot on store/a\n"
      "no longer ruled 1: no clause says whether `dc` may do compute.suspend on store/a\n" },
    /* whoever is named is asked for by name; everybody else has what `only` leaves */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: only, value: shop}\n" },
      "newly permitted 1: `shop` may do compute.suspend on store/a\n"
      "newly forbidden 2: everybody else may not do compute.suspend on store/a | `dc` may not do "
      "compute.suspend on store/a\n" },
    { { VM("a"), VM("a") VM("b") VM("c") VM("d") VM("e") VM("f") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n" },
      "newly permitted 5: `dc` may do compute.suspend on store/b, store/c, store/d, store/e and 1 "
      "more\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, strength: "
                       "should}\n" },
      "looser 1: shop/shop/c: compute.suspend permit dc; `should`, was `must`\n" },
    /* what holds under a condition, and acts that Redan does not execute, clause by clause */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: \">= high\"}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: \">= low\"}}\n" },
      "rules changed 1: shop/shop/c: compute.suspend permit dc when {severity: \">= low\"}; was "
      "compute.suspend permit dc when {severity: \">= high\"}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user/ana}\n",
        TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: anyone}\n" },
      "rules changed 1: shop/shop/c: data.read permit anyone; was data.read permit "
      "shop/user/ana\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user/ana}\n",
        TARGETS "    - {id: d, on: all, term: authorization, action: data.read, op: deny, value: "
                "user/ana}\n" },
      "rules added 1: shop/shop/d: data.read deny shop/user/ana\n"
      "rules gone 1: shop/shop/c: data.read permit shop/user/ana\n" },
    { { VM("a"), VM("a") },
      { "  tiers: [{id: t, combine: forbid-overrides}, {id: u, combine: "
        "permit-overrides}]\n" TARGETS CLAUSE
        "term: authority, action: compute.suspend, op: deny, value: dc, tier: t}\n"
        "    - {id: e, on: all, term: authority, action: compute.suspend, op: permit, value: dc, "
        "tier: u}\n",
        "  tiers: [{id: t, combine: forbid-overrides}, {id: u, combine: "
        "permit-overrides}]\n" TARGETS CLAUSE
        "term: authority, action: compute.suspend, op: deny, value: dc, tier: u}\n"
        "    - {id: e, on: all, term: authority, action: compute.suspend, op: permit, value: dc, "
        "tier: u}\n" },
      "rules changed 1: shop/shop/c: compute.suspend deny dc, tier u; was compute.suspend deny dc, "
      "tier t\n" },
    /* reactions */
    { { VM("a"), VM("a") },
      { "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "compute.suspend, lease: 1h, within: 5 s, approval: one}\n",
        "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "[compute.suspend, compute.snapshot], lease: 2h, within: 5 s, approval: none}\n" },
      "looser 1: shop/shop/r: on x compute.suspend, compute.snapshot, lease 2 h, within 5 s, "
      "approval none; was on x compute.suspend, lease 1 h, within 5 s, approval one\n" },
    { { VM("a"), VM("a") },
      { "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "compute.suspend, lease: 1h}\n",
        "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "compute.suspend, lease: 1h, within: 5 s}\n" },
      "tighter 1: shop/shop/r: on x compute.suspend, lease 1 h, within 5 s, approval none; was on "
      "x "
      "compute.suspend, lease 1 h, approval none\n" },
    /* clauses */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE
        "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: \">= high\"}}\n",
        TARGETS CLAUSE "term: respond.mttr, op: \"<=\", value: 30 s}\n" },
      "tighter 1: shop/shop/c: respond.mttr <= 30 s; was respond.mttr <= 30 s when {severity: \">= "
      "high\"}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE
        "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: \">= high\"}}\n",
        TARGETS CLAUSE "term: respond.mttr, op: \"<=\", value: 30 s, when: {severity: high}}\n" },
      "otherwise 1: shop/shop/c: respond.mttr <= 30 s when {severity: high}; was respond.mttr <= "
      "30 "
      "s when {severity: \">= high\"}\n" },
    { { NET, NET },
      { TARGETS CLAUSE "term: flow, op: permit, value: {from: 10.0.0.0/8}}\n",
        TARGETS CLAUSE "term: flow, op: deny, value: {from: 10.0.0.0/8}}\n" },
      "otherwise 1: shop/shop/c: flow deny from 10.0.0.0/8; was flow permit from "
      "10.0.0.0/8\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE, FR]}\n",
        TARGETS CLAUSE "term: location, op: in, value: [DE]}\n" },
      "tighter 1: shop/shop/c: location in {DE}; was location in {DE, FR}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n",
        TARGETS CLAUSE "term: location, op: not in, value: [US]}\n" },
      "looser 1: shop/shop/c: location not in {US}; was location in {DE}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n",
        TARGETS CLAUSE "term: location, op: in, value: [FR]}\n" },
      "otherwise 1: shop/shop/c: location in {FR}; was location in {DE}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n",
        TARGETS CLAUSE "term: location, op: in, value: [DE], strength: should}\n" },
      "looser 1: shop/shop/c: location in {DE}; `should`, was `must`\n" },
    { { VM("a") VM("b"), VM("a") VM("c") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n",
        TARGETS CLAUSE "term: location, op: in, value: [DE]}\n" },
      "otherwise 1: shop/shop/c: location in {DE}; also on store/c; no longer on store/b\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n", TARGETS
        "    - {id: d, on: all, term: availability, op: \">=\", value: 99 %, window: 30d}\n" },
      "newly asked or offered 1: shop/shop/d: availability >= 99 % over 30 d\n"
      "no longer asked or offered 1: shop/shop/c: location in {DE}\n" },
};

static void what_a_change_means_is_told(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t side = 0; side < SIDES; side++) {
            compile(&sides[side], rows[i].resources[side], rows[i].slas[side], NULL);
        }
        ASSERT_TEXT(told(), rows[i].told);
    }
}

#define HOME TARGETS CLAUSE "term: location, op: in, value: [DE]}\n"
#define PLACES                                                                                     \
    "  targets: [{id: all}]\n  clauses:\n"                                                         \
    "    - {id: z, on: all, stance: offers, term: location, op: in, value: ["

static void conflicts_come_and_go(void)
{
    compile(&sides[0], VM("a"), HOME, PLACES "DE]}\n");
    compile(&sides[1], VM("a"), HOME, PLACES "FR]}\n");
    CU_ASSERT_EQUAL_FATAL(sides[1].world->conflict_count, 1);
    struct slice text = told();
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("new conflicts 1: cf-")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("otherwise 1: dc/dc/z: offers location in {FR}; was "
                                               "offers location in {DE}")) < text.len);
    struct bench first = sides[0];
    sides[0] = sides[1];
    sides[1] = first;
    text = told();
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("conflicts gone 1: cf-")) < text.len);
}

/* All are counted, some are written. */
static void sentences_are_cut_and_counts_are_not(void)
{
    CLEANUP(buf_done) struct buf clauses = { 0 };
    struct sla_effects effects;

    buf_add_cstr(&clauses, TARGETS);
    for (int i = 0; i < MANY; i++) {
        buf_printf(&clauses, "    - {id: c%d, on: all, term: location, op: in, value: DE}\n", i);
    }
    compile(&sides[0], VM("a"), HOME, NULL);
    compile(&sides[1], VM("a"), clauses.ptr, NULL);
    sla_effects_find(&sides[0].arena, sides[0].world, sides[1].world, &effects);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].count, MANY);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].sentence_count, MANY);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].shown_count, SLA_EFFECTS_SHOWN);
    CU_ASSERT_EQUAL(effects.lists[SLA_NO_LONGER_ASKED].count, 1);
}

static CU_TestInfo tests[] = {
    { "what a change means is told", what_a_change_means_is_told },
    { "conflicts come and go", conflicts_come_and_go },
    { "sentences are cut and counts are not", sentences_are_cut_and_counts_are_not },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla effects", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
