#include "sla/diff/effects.h"
#include "tests/unit/sla/random_world.h"

#include <stdio.h>

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

#define BUCKET(name, class)                                                                        \
    "    - {name: " name                                                                           \
    ", plane: data, layer: L2, provider: dc, node: n, handle: h, class: [" class "]}\n"

#define TIER(combine)                                                                              \
    "  tiers: [{id: t, combine: " combine "}]\n"                                                   \
    "  targets: [{id: all}]\n"                                                                     \
    "  clauses:\n"
#define READS(id, op, who)                                                                         \
    "    - {id: " id ", on: all, term: authorization, action: data.read, tier: t, op: " op         \
    ", value: " who "}\n"

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

static void find(struct sla_effects *out)
{
    const struct sla_effects_side before = { sides[0].world, &sides[0].diags };
    const struct sla_effects_side after = { sides[1].world, &sides[1].diags };

    sla_effects_find(&sides[0].arena, &before, &after, out);
}

/* "KIND COUNT: SENTENCE | SENTENCE" of each kind, on lines. */
static struct slice told(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct sla_effects effects;

    find(&effects);
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
      "newly forbidden 1: `dc` may not do compute.suspend on store/a\n" },
    /* whoever is named is asked for by name; everybody else has what `only` leaves */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: only, value: shop}\n" },
      "newly permitted 1: `shop` may do compute.suspend on store/a\n"
      "newly forbidden 1: `dc` may not do compute.suspend on store/a\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: only, value: shop}\n",
        TARGETS CLAUSE "term: authority, action: compute.snapshot, op: permit, value: dc}\n" },
      "newly permitted 1: `dc` may do compute.snapshot on store/a\n"
      "no longer ruled 1: no clause says whether `shop` may do compute.suspend on store/a\n" },
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
    /* who is in a group, where neither the person nor the group alone sees a change */
    { { BUCKET("b", "x"), BUCKET("b", "x") },
      { TIER("forbid-overrides") READS("a", "deny", "user/ana") READS("b", "permit", "group/lab"),
        TIER("permit-overrides") READS("a", "deny", "user/ana") READS("b", "permit", "group/lab") },
      "newly permitted 1: `shop/user/ana` in `shop/group/lab` may do data.read on store/b\n" },
    { { BUCKET("b", "x"), BUCKET("b", "x") },
      { TIER("permit-overrides") READS("a", "deny", "group/old") READS("b", "permit", "group/lab"),
        TIER("forbid-overrides") READS("a", "deny", "group/old")
            READS("b", "permit", "group/lab") },
      "newly forbidden 1: `shop/group/lab` in `shop/group/old` may not do data.read on store/b\n" },
    { { BUCKET("b", "x"), BUCKET("b", "x") }, /* told of the group, and not of who is in it */
      { TIER("forbid-overrides") READS("a", "permit", "user/ana"),
        TIER("forbid-overrides") READS("a", "permit", "user/ana")
            READS("b", "permit", "group/lab") },
      "newly permitted 1: `shop/group/lab` may do data.read on store/b\n" },
    /* what is not known: two permits that leave nothing open are not one that asks nothing */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE
        "term: authority, action: compute.suspend, op: permit, value: dc, when: "
        "{severity: \">= high\"}}\n"
        "    - {id: d, on: all, term: authority, action: compute.suspend, op: permit, "
        "value: dc, when: {severity: \"<= medium\"}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a when severity unknown\n" },
    /* what holds under a condition */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: \">= high\"}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: \">= low\"}}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a when {severity: [low, "
      "medium]}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: high, phase: incident}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{severity: low, phase: recovery}}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a when {severity: low, phase: "
      "recovery}\n"
      "newly forbidden 1: `dc` may not do compute.suspend on store/a when {severity: high, phase: "
      "incident}\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{location: [PT, ES]}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a when from anywhere but ES or "
      "PT\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{time: [mon-fri 08:00-18:00 UTC], location: PT}}\n" },
      "newly forbidden 2: `dc` may not do compute.suspend on store/a when from anywhere but PT | "
      "`dc` may not do compute.suspend on store/a when {time: [mon-fri 00:00-08:00 UTC, mon-fri "
      "18:00-24:00 UTC, sat-sun 00:00-24:00 UTC]}, from PT\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{time: [mon 08:00-18:00 Asia/Tokyo]}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, when: "
                       "{time: [mon 08:00-18:00 Europe/Lisbon]}}\n" },
      "newly permitted 1: `dc` may do compute.suspend on store/a when {time: [mon 00:00-08:00 "
      "Asia/Tokyo, mon 18:00-24:00 Asia/Tokyo, tue-sun 00:00-24:00 Asia/Tokyo], time: [mon "
      "08:00-18:00 Europe/Lisbon]} (unproven: hours of two zones may never meet)\n"
      "newly forbidden 1: `dc` may not do compute.suspend on store/a when {time: [mon 08:00-18:00 "
      "Asia/Tokyo], time: [mon 00:00-08:00 Europe/Lisbon, mon 18:00-24:00 Europe/Lisbon, tue-sun "
      "00:00-24:00 Europe/Lisbon]} (unproven: hours of two zones may never meet)\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, valid: "
                       "{until: 2027-01-01}}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc, valid: "
                       "{until: 2026-01-01}}\n" },
      "newly forbidden 1: `dc` may not do compute.suspend on store/a when {valid: {from: "
      "2026-01-01, until: 2027-01-01}}\n" },
    { { BUCKET("b", "patient"), BUCKET("b", "patient") },
      { TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user/ana}\n",
        TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user/ana, when: "
                       "{purpose: treatment, class: patient}}\n" },
      "no longer ruled 1: no clause says whether `shop/user/ana` may do data.read on store/b when "
      "for any purpose but treatment\n" },
    { { BUCKET("b", "patient"), BUCKET("b", "patient") },
      { TARGETS CLAUSE "term: authorization, action: data.share, op: permit, value: anyone}\n",
        TARGETS CLAUSE "term: authorization, action: data.share, op: permit, value: anyone}\n"
                       "    - {id: ask, on: all, term: consent, action: data.share, op: needed, "
                       "value: [research]}\n" },
      "newly forbidden 4: everybody else may not do data.share on store/b when for purpose "
      "research, without consent | everybody else may not do data.share on store/b when with "
      "consent, purpose unknown | `shop` may not do data.share on store/b when for purpose "
      "research, without consent | `shop` may not do data.share on store/b when with consent, "
      "purpose unknown\n"
      "new conflicts 1: cf-77b7eab8: `dc` does data.share on store/b, purpose: research: `c` "
      "permits it, `ask` forbids it\n" },
    { { BUCKET("b", "patient"), BUCKET("b", "patient") },
      { TARGETS CLAUSE "term: authorization, action: data.delete, op: permit, value: dc}\n",
        "  tiers: [{id: t, combine: forbid-overrides}]\n" TARGETS CLAUSE
        "term: authorization, action: data.delete, op: permit, value: dc}\n"
        "    - {id: h, on: all, term: hold, op: is, value: yes, tier: t}\n"
        "    - {id: d, on: all, term: duty, op: apart, value: [data.delete, data.export], per: "
        "resource, tier: t}\n" },
      "newly forbidden 3: `dc` may not do data.delete on store/b | `shop` may not do data.delete "
      "on store/b | `shop` may not do data.export on store/b when after data.delete\n"
      "newly told to planes 1: data: store/b, hold: yes\n" },
    /* tiers, and acts that Redan does not execute */
    { { BUCKET("b", "x"), BUCKET("b", "x") },
      { TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user/ana}\n",
        TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: anyone}\n" },
      "newly permitted 2: everybody else may do data.read on store/b | `shop` may do data.read on "
      "store/b\n" },
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
      "newly permitted 1: `dc` may do compute.suspend on store/a\n" },
    /* what is asked besides of whoever may */
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: permit, value: dc}\n",
        TARGETS CLAUSE "term: authority, action: compute.suspend, op: oblige, value: dc}\n" },
      "tighter 1: shop/shop/c: compute.suspend oblige dc; was compute.suspend permit dc\n" },
    /* and links that may be granted under it */
    { { BUCKET("b", "x"), BUCKET("b", "x") },
      { TARGETS CLAUSE "term: authorization, action: data.read, op: permit, value: user}\n",
        TARGETS CLAUSE
        "term: authorization, action: data.read, op: permit, value: user, delegate: 1}\n" },
      "looser 1: shop/shop/c: data.read permit user, delegate 1; was data.read permit user\n" },
    { { BUCKET("b", "x"), BUCKET("b", "x") },
      { TARGETS CLAUSE
        "term: authorization, action: data.read, op: permit, value: user, delegate: 3}\n",
        TARGETS CLAUSE
        "term: authorization, action: data.read, op: permit, value: user, delegate: 1}\n" },
      "tighter 1: shop/shop/c: data.read permit user, delegate 1; was data.read permit user, "
      "delegate 3\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: authority, action: compute.suspend, op: oblige, value: dc}\n",
        TARGETS "    - {id: d, on: all, term: authority, action: compute.suspend, op: permit, "
                "value: dc}\n" },
      "no longer asked or offered 1: shop/shop/c: compute.suspend oblige dc\n" },
    /* reactions */
    { { VM("a"), VM("a") },
      { "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "compute.suspend, lease: 1h, within: 5 s, approval: one}\n",
        "  targets: [{id: all}]\n  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: "
        "[compute.suspend, compute.snapshot], lease: 2h, within: 5 s, approval: none}\n" },
      "newly permitted 1: `shop` may do compute.snapshot on store/a\n"
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
      "packets newly let through 1: store/a takes everything from 0.0.0.0-9.255.255.255, and more "
      "from other addresses\n"
      "packets no longer let through 1: store/a takes everything from "
      "10.0.0.0-10.255.255.255\n"
      "otherwise 1: shop/shop/c: flow deny from 10.0.0.0/8; was flow permit from "
      "10.0.0.0/8\n"
      "told otherwise to planes 1: network: store/a, in: drop 10.0.0.0/8, else accept; was accept "
      "10.0.0.0/8, else drop\n" },
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
      "newly unproven 1: shop/shop/c: unproven on store/c\n"
      "otherwise 1: shop/shop/c: location in {DE}; also on store/c; no longer on store/b\n" },
    { { VM("a"), VM("a") },
      { TARGETS CLAUSE "term: location, op: in, value: [DE]}\n", TARGETS
        "    - {id: d, on: all, term: availability, op: \">=\", value: 99 %, window: 30d}\n" },
      "newly unproven 1: shop/shop/d: unproven on store/a\n"
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

static void exchange(void)
{
    struct bench first = sides[0];

    sides[0] = sides[1];
    sides[1] = first;
}

static bool tells(struct slice text, const char *words)
{
    return slice_find_text(text, slice_from(words)) < text.len;
}

static void conflicts_come_and_go(void)
{
    compile(&sides[0], VM("a"), HOME, PLACES "DE]}\n");
    compile(&sides[1], VM("a"), HOME, PLACES "FR]}\n");
    CU_ASSERT_EQUAL_FATAL(sides[1].world->conflict_count, 1);
    struct slice text = told();
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("new conflicts 1: cf-")) < text.len);
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("otherwise 1: dc/dc/z: offers location in {FR}; was "
                                               "offers location in {DE}")) < text.len);
    exchange();
    text = told();
    CU_ASSERT_TRUE(slice_find_text(text, SLICE("conflicts gone 1: cf-")) < text.len);
}

/* Each stands in the list of conflicts, so not among the findings. */
static void a_conflict_is_told_once(void)
{
    static const char *const clauses[] = {
        CLAUSE "term: location, op: in, value: [DE]}\n"
               "    - {id: d, on: all, term: location, op: in, value: [FR]}\n",
        CLAUSE
        "term: authority, action: compute.suspend, op: deny, value: dc}\n"
        "    - {id: d, on: all, term: authority, action: compute.suspend, op: permit, value: "
        "dc}\n",
        CLAUSE
        "term: duty, op: apart, value: [compute.console, compute.suspend], per: subject}\n"
        "    - {id: d, on: all, term: authority, action: compute.suspend, op: permit, value: "
        "dc}\n"
        "    - {id: e, on: all, term: authorization, action: compute.console, op: permit, "
        "value: dc}\n",
    };

    for (size_t i = 0; i < COUNT_OF(clauses); i++) {
        compile(&sides[0], VM("a"), HOME, NULL);
        compile(&sides[1], VM("a"), arena_printf(&sides[1].arena, TARGETS "%s", clauses[i]).ptr,
                NULL);
        CU_ASSERT_TRUE(tells(told(), "new conflicts 1: "));
        CU_ASSERT_FALSE(tells(told(), "error[RDN05"));
    }
}

/* A `must` in place of a `should` leaves nobody who gives way. */
static void a_conflict_that_nobody_yields_in_any_more_is_new(void)
{
    compile(&sides[0], VM("a"),
            HOME "    - {id: d, on: all, term: location, op: in, value: [FR], strength: should}\n",
            NULL);
    compile(&sides[1], VM("a"),
            HOME "    - {id: d, on: all, term: location, op: in, value: [FR]}\n", NULL);
    CU_ASSERT_EQUAL_FATAL(sides[0].world->conflict_count, 1);
    CU_ASSERT_EQUAL_FATAL(sides[1].world->conflict_count, 1);
    CU_ASSERT_TRUE(tells(told(), "new conflicts 1: cf-"));
    CU_ASSERT_TRUE(tells(told(), "; no `should` gives way any more\n"));
    exchange();
    CU_ASSERT_TRUE(tells(told(), "conflicts gone 1: cf-"));
    CU_ASSERT_TRUE(tells(told(), "; a `should` gives way now\n"));
}

#define SERVICES(needs)                                                                            \
    VM("a")                                                                                        \
    VM("b") "  services:\n    - {id: one, needs: [a]}\n    - {id: two, needs: [" needs "]}\n"
#define UP(on)                                                                                     \
    "  targets: [{id: x, service: one}, {id: y, service: two}]\n  clauses:\n    - {id: c, on: " on \
    ", term: availability, op: \">=\", value: 99 %, window: 30d}\n"

static void a_service_that_is_no_longer_spoken_of_is_told(void)
{
    compile(&sides[0], SERVICES("b"), UP("[x, y]"), NULL);
    compile(&sides[1], SERVICES("b"), UP("x"), NULL);
    CU_ASSERT_TRUE(tells(told(), "looser 1: shop/shop/c: availability >= 99 % over 30 d; no longer "
                                 "on service store/two\n"));
    exchange();
    CU_ASSERT_TRUE(tells(told(), "tighter 1: shop/shop/c: availability >= 99 % over 30 d; also on "
                                 "service store/two\n"));
}

#define ELSEWHERE                                                                                  \
    "  reactions:\n    - {id: r, on: all, when: {rule: x}, respond: [network.deny source], "       \
    "lease: 1h}\n"

static const struct {
    const char *slas[SIDES], *offers[SIDES];
    enum sla_effect_kind kind;
    bool is_grave;
} weights[] = {
    { { HOME, TARGETS CLAUSE "term: location, op: in, value: [FR]}\n" },
      { NULL, NULL },
      SLA_OTHERWISE,
      true },
    /* an error or a warning among what is found newly */
    { { HOME, HOME }, { NULL, PLACES "DE]}\n" }, SLA_NEW_FINDING, false },
    { { HOME, HOME ELSEWHERE }, { NULL, NULL }, SLA_NEW_FINDING, true },
    { { HOME, HOME }, { NULL, PLACES "DE]}\n" }, SLA_NEWLY_ADVERTISED, false },
};

#define WHOLE(value)                                                                               \
    "  targets: [{id: x, service: two}]\n  assumptions:\n    - {id: same, owner: shop, on: x, "    \
    "term: window.aligned, op: is, value: yes}\n"                                                  \
    "  clauses:\n    - {id: c, on: x, term: availability, op: \">=\", value: " value               \
    " %, window: 30d}\n"
#define OFFERED                                                                                    \
    "  targets: [{id: all}]\n  clauses:\n    - {id: o, on: all, stance: offers, term: "            \
    "availability, op: \">=\", value: 99.9 %, window: 30d}\n"

static bool is_grave(enum sla_effect_kind kind)
{
    struct sla_effects effects;

    find(&effects);
    CU_ASSERT_TRUE(effects.lists[kind].count > 0);
    return effects.lists[kind].is_grave;
}

static void what_to_look_at_first_is_marked(void)
{
    for (size_t i = 0; i < COUNT_OF(weights); i++) {
        for (size_t side = 0; side < SIDES; side++) {
            compile(&sides[side], VM("a"), weights[i].slas[side], weights[i].offers[side]);
        }
        CU_ASSERT_EQUAL(is_grave(weights[i].kind), weights[i].is_grave);
    }
}

/* A verdict that others would be glad of. */
static void a_verdict_that_got_worse_is_marked(void)
{
    compile(&sides[0], SERVICES("a, b"), WHOLE("99.6"), OFFERED);
    compile(&sides[1], SERVICES("a, b"), WHOLE("99.8"), OFFERED);
    CU_ASSERT_TRUE(tells(told(), "newly assumed 1: shop/shop/c: assumed of service store/two, was "
                                 "advertised\n"));
    CU_ASSERT_TRUE(is_grave(SLA_NEWLY_ASSUMED));
    exchange();
    CU_ASSERT_TRUE(tells(told(), "newly advertised 1: "));
    CU_ASSERT_FALSE(is_grave(SLA_NEWLY_ADVERTISED));
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
    find(&effects);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].count, MANY);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].sentence_count, MANY);
    CU_ASSERT_EQUAL(effects.lists[SLA_ASKED_NEWLY].shown_count, SLA_EFFECTS_SHOWN);
    CU_ASSERT_EQUAL(effects.lists[SLA_NO_LONGER_ASKED].count, 1);
}

/* --- more than one offer, and parties that come ----------------------------------------------- */

#define ONLY TARGETS CLAUSE "term: authority, action: compute.suspend, op: only, value: shop}\n"

static void a_new_party_that_an_only_forbids_is_told(void)
{
    compile(&sides[0], VM("a"), ONLY, NULL);
    compile(&sides[1], VM("a"), ONLY, PLACES "DE]}\n");
    bench_add(&sides[1], text_offer(&sides[1], "guest", PLACES "FR]}\n"));
    bench_compile(&sides[1]);
    CU_ASSERT_PTR_NOT_NULL_FATAL(sides[1].world);
    CU_ASSERT_TRUE(tells(told(), "newly forbidden 1: `guest` (new) may not do compute.suspend on "
                                 "store/a\n"));
    exchange();
    CU_ASSERT_TRUE(tells(told(), "no longer ruled 1: no clause says whether `guest` (gone) may do "
                                 "compute.suspend on store/a\n"));
}

#define PRICES "  targets: [{id: all}]\n  clauses:\n"
#define PRICE(id, value)                                                                           \
    "    - {id: " id ", on: all, stance: offers, term: cost, op: \"<=\", value: " value            \
    ", window: 30d}\n"

static void what_offers_cost_is_added_up_by_currency(void)
{
    compile(&sides[0], VM("a"), HOME, PRICES PRICE("p", "10 EUR") PRICE("q", "5.50 EUR"));
    compile(&sides[1], VM("a"), HOME,
            PRICES PRICE("p", "12 EUR") PRICE("q", "5.50 EUR") PRICE("r", "1 USD"));
    CU_ASSERT_TRUE(tells(told(), "dearer 2: dc: 17.50 EUR in 30 d, was 15.50 EUR | dc: 1 USD in "
                                 "30 d, was 0 USD\n"));
    exchange();
    CU_ASSERT_TRUE(tells(told(), "cheaper 2: dc: 15.50 EUR in 30 d, was 17.50 EUR | dc: 0 USD in "
                                 "30 d, was 1 USD\n"));
}

static void requirements_hold_otherwise(void)
{
    compile(&sides[0], VM("a") VM("b"), HOME, PLACES "DE]}\n");
    compile(&sides[1], VM("a") VM("b"), HOME,
            "  targets: [{id: one, select: {name: a}}]\n  clauses:\n    - {id: z, on: one, stance: "
            "offers, term: location, op: in, value: [DE]}\n");
    CU_ASSERT_TRUE(
        tells(told(), "newly unproven 1: shop/shop/c: unproven on store/b, was advertised\n"));
    exchange();
    CU_ASSERT_TRUE(
        tells(told(), "newly advertised 1: shop/shop/c: advertised on store/b, was unproven\n"));
    compile(&sides[1], VM("a") VM("b"), HOME, PLACES "FR]}\n");
    CU_ASSERT_TRUE(tells(told(),
                         "newly unmet 2: shop/shop/c: impossible on store/a, was advertised | "
                         "shop/shop/c: impossible on store/b, was unproven\n"));
}

/* --- what holds of any two worlds ------------------------------------------------------------- */

static const enum sla_effect_kind mirrored[][SIDES] = {
    { SLA_NOT_ENUMERATED, SLA_NOT_ENUMERATED }, { SLA_NEWLY_PASSED, SLA_NO_LONGER_PASSED },
    { SLA_NEW_CONFLICT, SLA_GONE_CONFLICT },    { SLA_DEARER, SLA_CHEAPER },
    { SLA_ASKED_NEWLY, SLA_NO_LONGER_ASKED },   { SLA_TIGHTER, SLA_LOOSER },
    { SLA_OTHERWISE, SLA_OTHERWISE },           { SLA_STATE_ADDED, SLA_STATE_REMOVED },
    { SLA_STATE_CHANGED, SLA_STATE_CHANGED },   { SLA_NEW_FINDING, SLA_GONE_FINDING },
};

static size_t count_of_rules(const struct sla_effects *effects)
{
    return effects->lists[SLA_NEWLY_PERMITTED].count + effects->lists[SLA_NEWLY_FORBIDDEN].count +
           effects->lists[SLA_NO_LONGER_RULED].count;
}

/* Pairs of the rows above, and of worlds by chance. */
static void check_mirrored(size_t *told_of)
{
    struct sla_effects forth, back, same;

    find(&forth);
    exchange();
    find(&back);
    exchange();
    for (size_t i = 0; i < COUNT_OF(mirrored); i++) {
        for (size_t side = 0; side < SIDES; side++) {
            CU_ASSERT_EQUAL(forth.lists[mirrored[i][side]].count,
                            back.lists[mirrored[i][1 - side]].count);
            *told_of += forth.lists[mirrored[i][side]].count;
        }
    }
    CU_ASSERT_EQUAL(count_of_rules(&forth), count_of_rules(&back));
    for (size_t side = 0; side < SIDES; side++) {
        const struct sla_effects_side it = { sides[side].world, &sides[side].diags };
        sla_effects_find(&sides[side].arena, &it, &it, &same);
        CU_ASSERT_TRUE(sla_effects_are_none(&same));
    }
}

static void exchanging_the_worlds_exchanges_the_kinds(void)
{
    enum { ROUNDS = 60, SEED = 20261130 };
    uint64_t seed = SEED;
    size_t told_of = 0;

    (void)printf(" seed %d ", SEED);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t side = 0; side < SIDES; side++) {
            compile(&sides[side], rows[i].resources[side], rows[i].slas[side], NULL);
        }
        check_mirrored(&told_of);
    }
    for (size_t i = 0; i < ROUNDS; i++) {
        random_world(&sides[0], &seed);
        random_world(&sides[1], &seed);
        check_mirrored(&told_of);
    }
    CU_ASSERT_TRUE(told_of > ROUNDS);
}

/* --- bounds ----------------------------------------------------------------------------------- */

static const char *many_conditions(struct bench *bench, const char *op)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    static const char *const places[] = { "PT", "ES", "FR", "DE", "IT", "AT", "BE", "NL",
                                          "DK", "SE", "FI", "IE", "PL", "CZ", "SK", "HU" };
    static const char *const severities[] = { "low", "medium", "high", "critical" };
    static const char *const phases[] = { "incident", "normal", "recovery" };

    buf_add_cstr(&out, TARGETS);
    for (unsigned i = 0; i < COUNT_OF(places); i++) {
        buf_printf(&out,
                   "    - {id: c%u, on: all, term: authority, action: compute.suspend, op: %s, "
                   "value: dc, when: {location: %s, time: [mon %02u:00-%02u:00 UTC], severity: %s, "
                   "phase: %s}}\n",
                   i, op, places[i], i, i + 1, severities[i % COUNT_OF(severities)],
                   phases[i % COUNT_OF(phases)]);
    }
    return arena_copy(&bench->arena, buf_slice(&out)).ptr;
}

/* Not looked at, and said so. */
static void too_many_cells_are_told(void)
{
    compile(&sides[0], VM("a") VM("b"), many_conditions(&sides[0], "permit"), NULL);
    compile(&sides[1], VM("a") VM("b"), many_conditions(&sides[1], "deny"), NULL);
    CU_ASSERT_TRUE(tells(told(),
                         "not enumerated 2: too many conditions to tell whether `dc` may do "
                         "compute.suspend on store/a, store/b\n"));
}

/* Few conditions of many who are named: each question is small, all of them are not. */
static const char *many_named(struct bench *bench, const char *first)
{
    enum { USERS = 1500 };
    CLEANUP(buf_done) struct buf out = { 0 };
    static const char *const whens[] = { "severity: low, phase: incident, location: PT",
                                         "severity: medium, phase: normal, location: ES",
                                         "severity: high, phase: recovery, location: FR",
                                         "severity: critical, location: DE",
                                         "severity: low, location: IT",
                                         "severity: low, location: AT",
                                         "severity: low, location: BE",
                                         "severity: low, location: NL" };

    buf_add_cstr(&out, TARGETS);
    for (unsigned i = 0; i < COUNT_OF(whens); i++) {
        buf_printf(&out,
                   "    - {id: c%u, on: all, term: authorization, action: %s, op: permit, when: "
                   "{%s, time: [mon %02u:00-%02u:00 UTC]}, value: [user/u0",
                   i, i == 0 ? first : "data.read", whens[i], i, i + 1);
        for (unsigned user = 1; user < USERS; user++) {
            buf_printf(&out, ", user/u%u", user);
        }
        buf_add_cstr(&out, "]}\n");
    }
    return arena_copy(&bench->arena, buf_slice(&out)).ptr;
}

static void too_many_decisions_are_told(void)
{
    compile(&sides[0], BUCKET("b", "x"), many_named(&sides[0], "data.read"), NULL);
    compile(&sides[1], BUCKET("b", "x"), many_named(&sides[1], "data.write"), NULL);
    CU_ASSERT_TRUE(tells(told(), "over 4194304 decisions about acts, subjects and resources: the "
                                 "rest was not looked at"));
}

/* Those of known facts are. */
static void too_many_cells_of_unknown_facts_are_told(void)
{
    compile(&sides[0], BUCKET("b", "x"), many_named(&sides[0], "data.read"), NULL);
    compile(&sides[1], BUCKET("b", "x"), many_named(&sides[1], "data.write"), NULL);
    struct slice text = told();
    CU_ASSERT_TRUE(tells(text, "no longer ruled "));
    CU_ASSERT_TRUE(tells(text, "too many conditions to ask about facts that are not known: "));
}

static const char *many_subjects(struct bench *bench, const char *op, const char *kind,
                                 unsigned count)
{
    CLEANUP(buf_done) struct buf out = { 0 };

    buf_printf(&out,
               TARGETS "    - {id: c, on: all, term: authorization, action: data.read, "
                       "op: %s, value: [%s/s0",
               op, kind);
    for (unsigned i = 1; i < count; i++) {
        buf_printf(&out, ",%s%s/s%u", i % 100 == 0 ? "\n           " : " ", kind, i);
    }
    buf_add_cstr(&out, "]}\n");
    return arena_copy(&bench->arena, buf_slice(&out)).ptr;
}

static void exchange_subjects(const char *kind, unsigned count)
{
    compile(&sides[0], BUCKET("b", "x"), many_subjects(&sides[0], "permit", kind, count), NULL);
    compile(&sides[1], BUCKET("b", "x"), many_subjects(&sides[1], "deny", kind, count), NULL);
}

/* So many groups that nobody could ask of each two of them. */
static void too_many_pairs_are_told(void)
{
    exchange_subjects("group", 400);
    CU_ASSERT_TRUE(tells(told(), "not enumerated 1: over 65536 people in groups: the rest was not "
                                 "looked at\n"));
}

/* No two of them are one: finishing is the test (the runner has a time limit). */
static void many_people_take_linear_time(void)
{
    exchange_subjects("user", 40000);
    CU_ASSERT_TRUE(tells(told(), "newly forbidden 40000: "));
}

static CU_TestInfo tests[] = {
    { "what a change means is told", what_a_change_means_is_told },
    { "conflicts come and go", conflicts_come_and_go },
    { "a conflict is told once", a_conflict_is_told_once },
    { "sentences are cut and counts are not", sentences_are_cut_and_counts_are_not },
    { "a new party that an `only` forbids is told", a_new_party_that_an_only_forbids_is_told },
    { "what offers cost is added up by currency", what_offers_cost_is_added_up_by_currency },
    { "requirements hold otherwise", requirements_hold_otherwise },
    { "exchanging the worlds exchanges the kinds", exchanging_the_worlds_exchanges_the_kinds },
    { "too many cells are told", too_many_cells_are_told },
    { "too many decisions are told", too_many_decisions_are_told },
    { "too many cells of unknown facts are told", too_many_cells_of_unknown_facts_are_told },
    { "too many pairs are told", too_many_pairs_are_told },
    { "many people take linear time", many_people_take_linear_time },
    { "a conflict that nobody yields in any more is new",
      a_conflict_that_nobody_yields_in_any_more_is_new },
    { "a service that is no longer spoken of is told",
      a_service_that_is_no_longer_spoken_of_is_told },
    { "what to look at first is marked", what_to_look_at_first_is_marked },
    { "a verdict that got worse is marked", a_verdict_that_got_worse_is_marked },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla effects", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
