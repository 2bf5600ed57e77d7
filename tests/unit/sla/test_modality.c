/* Conflicts over acts: against an oracle that asks of every party, act and resource. */
#include "sla/code.h"
#include "sla/conflict/conflict.h"
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

#define TARGETS "  targets: [{id: all}]\n  clauses:\n"
#define RESOURCES                                                                                  \
    "    - {name: vm, plane: compute, layer: L2, node: n1, provider: dc-one}\n"                    \
    "    - {name: db, plane: data, layer: L2, node: n1, provider: dc-two}\n"

static void compile(const char *tenant, const char *provider)
{
    bench_clear(&bench);
    bench_add(&bench,
              text_sla(&bench, "shop",
                       arena_printf(&bench.arena, "  targets: [{id: all}]\n%s", tenant).ptr));
    bench_add(&bench,
              text_offer(&bench, "dc-one", arena_printf(&bench.arena, TARGETS "%s", provider).ptr));
    bench_add(&bench, text_offer(&bench, "dc-two", "  targets: []\n  clauses: []\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", RESOURCES));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    check_certificates(bench.world);
    check_repairs(&bench);
}

#define AUTHORITY(id, action, op, value)                                                           \
    "    - {id: " id ", on: all, stance: requires, term: authority, action: " action ", op: " op   \
    ", value: " value "}\n"

/* The tenant's clause, the provider's, and the witness ("" when they agree). */
static const struct {
    const char *tenant, *provider, *witness;
} rows[] = {
    { AUTHORITY("mine", "compute.suspend", "only", "tenant"),
      "    - {id: stop, on: all, stance: reserves, term: authority, action: compute.suspend}\n",
      "`dc-one` does compute.suspend on store/vm: `stop` permits it, `mine` forbids it" },
    { AUTHORITY("mine", "compute.suspend", "only", "shop"),
      "    - {id: stop, on: all, stance: reserves, term: authority, action: compute.snapshot}\n",
      "" },
    { AUTHORITY("mine", "compute.suspend", "only", "[tenant, provider]"),
      "    - {id: stop, on: all, stance: reserves, term: authority, action: compute.suspend}\n",
      "" },
    { AUTHORITY("mine", "compute.snapshot", "deny", "provider"),
      AUTHORITY("duty", "compute.snapshot", "oblige", "dc-one"),
      "`dc-one` does compute.snapshot on store/vm: `duty` obliges to it, `mine` forbids it" },
    { AUTHORITY("mine", "compute.snapshot", "permit", "tenant"),
      AUTHORITY("ours", "compute.snapshot", "only", "provider"),
      "`shop` does compute.snapshot on store/vm: `mine` permits it, `ours` forbids it" },
    { AUTHORITY("mine", "compute.snapshot", "only", "tenant"),
      AUTHORITY("ours", "compute.snapshot", "only", "provider"),
      "`dc-one` does compute.snapshot on store/vm: `ours` permits it, `mine` forbids it" },
    { AUTHORITY("mine", "compute.snapshot", "deny", "operator"),
      AUTHORITY("ours", "compute.snapshot", "permit", "user"), "" },
};

static void each_pair_is_told_apart(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        compile(arena_printf(&bench.arena, "  clauses:\n%s", rows[i].tenant).ptr, rows[i].provider);
        CU_ASSERT_EQUAL(bench.world->conflict_count, rows[i].witness[0] != '\0' ? 1 : 0);
        ASSERT_TEXT(bench.world->conflict_count > 0 ? bench.world->conflicts[0].witness
                                                    : (struct slice){ 0 },
                    rows[i].witness);
    }
}

static void a_reaction_is_a_wish_to_act(void)
{
    compile("  reactions:\n    - {id: cut, on: all, when: {rule: r}, respond: [compute.suspend, "
            "data.freeze], lease: 1h}\n",
            AUTHORITY("ours", "compute.suspend", "deny", "[tenant, shop]"));
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    ASSERT_TEXT(conflict->witness,
                "`shop` does compute.suspend on store/vm: `cut` permits it, `ours` forbids it");
    ASSERT_TEXT(conflict->repairs[0].title,
                "move `store/vm` to provider `dc-two`, whose offers fit");
    ASSERT_TEXT(conflict->repairs[1].title, "exempt `store/vm` in `cut` of shop");
}

static void a_denial_of_one_is_mended_by_an_exemption(void)
{
    compile("  clauses:\n" AUTHORITY("mine", "compute.suspend", "deny", "dc-one"),
            "    - {id: stop, on: all, stance: reserves, term: authority, action: "
            "compute.suspend}\n");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    bool found = false;
    for (size_t i = 0; i < bench.world->conflicts[0].repair_count; i++) {
        found |= slice_is(bench.world->conflicts[0].repairs[i].title,
                          "exempt `store/vm` in `mine` of shop");
    }
    CU_ASSERT_TRUE(found);
}

static void a_denial_of_many_is_mended_by_naming_fewer(void)
{
    compile("  clauses:\n" AUTHORITY("mine", "compute.suspend", "deny", "[dc-one, dc-two]"),
            "    - {id: stop, on: all, stance: reserves, term: authority, action: "
            "compute.suspend}\n");
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    bool found = false;
    for (size_t i = 0; i < conflict->repair_count; i++) {
        found |= slice_is(conflict->repairs[i].title,
                          "let `dc-one` do compute.suspend in `mine` of shop");
    }
    CU_ASSERT_TRUE(found);
    CU_ASSERT_TRUE(conflict->repair_count >= 3); /* the move to dc-two as well */
}

static void an_exemption_already_there_is_kept(void)
{
    struct diag_source *sources = NULL;

    bench_clear(&bench);
    bench_add(&bench, text_sla(&bench, "shop",
                               TARGETS AUTHORITY("mine", "compute.suspend", "only", "tenant")));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 TARGETS "    - id: stop\n      on: all\n      stance: reserves\n"
                                         "      except: store/old # since May\n"
                                         "      term: authority\n      action: compute.suspend\n"));
    bench_add(&bench, text_ucloud(&bench, "store", "shop",
                                  RESOURCES "    - {name: old, plane: compute, layer: L2, node: "
                                            "n1, provider: dc-one}\n"));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    check_repairs(&bench);
    ASSERT_OK(
        sla_repair_apply(&bench.arena, bench.world, &bench.world->conflicts[0], 0, &sources, NULL));
    size_t at = slice_find_text(sources[1].text, SLICE("except: [store/old, store/vm] # since"));
    CU_ASSERT_TRUE(at < sources[1].text.len);
}

/* --- against an oracle ------------------------------------------------------------------------ */

enum { ORACLE_CLAUSES = 5, ORACLE_WORLDS = 200 };
static const char *const values[] = { "tenant",         "provider",        "operator", "user",
                                      "shop",           "dc-one",          "dc-two",   "boss",
                                      "[shop, dc-one]", "[provider, boss]" };
static const char *const ops[] = { "only", "permit", "deny", "oblige" };

static uint64_t random_state = 7;

static unsigned random_below(size_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % (unsigned)limit;
}

/* Who each value means on store/vm, which stands at dc-one: bits for shop, dc-one, dc-two, boss. */
static const unsigned meant[] = { 1, 2, 8, 0, 1, 2, 4, 8, 3, 10 };

struct stand {
    unsigned lets, forbids;
};

static struct stand stand_of(unsigned op, unsigned value)
{
    switch (op) {
    case 0:
        return (struct stand){ meant[value], 15U & ~meant[value] };
    case 2:
        return (struct stand){ 0, meant[value] };
    default:
        return (struct stand){ meant[value], 0 };
    }
}

static void build(const unsigned *op, const unsigned *value, unsigned rotation)
{
    struct slice texts[4];
    CLEANUP(buf_done) struct buf spec = { 0 };

    buf_add_cstr(&spec, TARGETS);
    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        unsigned at = (i + rotation) % ORACLE_CLAUSES;
        buf_printf(&spec,
                   "    - {id: c%u, on: all, term: authority, action: compute.suspend, op: "
                   "%s, value: %s}\n",
                   at, ops[op[at]], values[value[at]]);
    }
    texts[0] = arena_printf(&bench.arena,
                            "apiVersion: redan/v1\nkind: SecuritySLA\nmetadata: {name: rules, "
                            "party: boss, role: operator, ucloud: store}\nspec:\n%s",
                            spec.ptr);
    texts[1] = text_offer(&bench, "dc-one", "  targets: []\n  clauses: []\n");
    texts[2] = text_offer(&bench, "dc-two", "  targets: []\n  clauses: []\n");
    texts[3] = text_ucloud(&bench, "store", "shop", RESOURCES);
    for (unsigned i = 0; i < COUNT_OF(texts); i++) {
        bench_add(&bench, texts[(i + rotation) % COUNT_OF(texts)]);
    }
}

static unsigned count_pairs(const unsigned *op, const unsigned *value)
{
    unsigned pairs = 0;

    for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
        for (unsigned j = i + 1; j < ORACLE_CLAUSES; j++) {
            struct stand a = stand_of(op[i], value[i]);
            struct stand b = stand_of(op[j], value[j]);
            pairs += ((a.lets & b.forbids) | (a.forbids & b.lets)) != 0 ? 1 : 0;
        }
    }
    return pairs;
}

static void all_pairs_are_found_in_any_order(void)
{
    for (unsigned round = 0; round < ORACLE_WORLDS; round++) {
        unsigned op[ORACLE_CLAUSES];
        unsigned value[ORACLE_CLAUSES];
        CLEANUP(buf_done) struct buf ids = { 0 };
        bench_end(&bench);
        bench_start(&bench);
        for (unsigned i = 0; i < ORACLE_CLAUSES; i++) {
            op[i] = random_below(COUNT_OF(ops));
            value[i] = random_below(COUNT_OF(values));
        }
        for (unsigned rotation = 0; rotation < 3; rotation++) {
            CLEANUP(buf_done) struct buf now = { 0 };
            bench_clear(&bench);
            bench.options.without_repairs = rotation != 0 || round % 10 != 0;
            build(op, value, rotation);
            bench_compile(&bench);
            CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
            CU_ASSERT_EQUAL(bench.world->conflict_count, count_pairs(op, value));
            check_certificates(bench.world);
            for (size_t i = 0; i < bench.world->conflict_count; i++) {
                buf_add_slice(&now, bench.world->conflicts[i].id);
            }
            if (rotation == 0) {
                buf_add_slice(&ids, buf_slice(&now));
                check_repairs(&bench);
            }
            CU_ASSERT_TRUE(slice_eq(buf_slice(&ids), buf_slice(&now)));
        }
    }
}

/* --- large worlds ----------------------------------------------------------------------------- */

enum { MANY_CLAUSES = 8, MANY_RESOURCES = 2000, MANY_BYTES_MAX = 16 * 1024 * 1024 };

static void memory_grows_with_the_finding_and_not_with_its_square(void)
{
    CLEANUP(buf_done) struct buf clauses = { 0 };
    CLEANUP(buf_done) struct buf resources = { 0 };

    bench_clear(&bench);
    buf_add_cstr(&clauses, TARGETS);
    for (unsigned i = 0; i < MANY_CLAUSES; i++) {
        buf_printf(&clauses,
                   "    - {id: c%u, on: all, term: authority, action: compute.suspend, "
                   "op: only, value: tenant}\n",
                   i);
    }
    for (unsigned i = 0; i < MANY_RESOURCES; i++) {
        buf_printf(&resources,
                   "    - {name: r%u, plane: compute, layer: L2, node: n1, provider: "
                   "dc-one}\n",
                   i);
    }
    bench_add(&bench, text_sla(&bench, "shop", clauses.ptr));
    bench_add(&bench, text_offer(&bench, "dc-one",
                                 TARGETS AUTHORITY("duty", "compute.suspend", "oblige", "dc-one")));
    bench_add(&bench, text_ucloud(&bench, "store", "shop", resources.ptr));
    bench.options.without_repairs = true;
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, MANY_CLAUSES);
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resource_count, MANY_RESOURCES);
    CU_ASSERT_EQUAL(bench.world->conflicts[0].resources[1], 1);
    CU_ASSERT_TRUE(bench.arena.used_bytes < MANY_BYTES_MAX);
}

/* --- policies --------------------------------------------------------------------------------- */

static void clauses_become_policies_by_party(void)
{
    static const struct {
        const char *op, *value, *wanted;
    } cases[] = {
        { "only", "tenant", "forbid * 1; permit shop 1; " },
        { "permit", "provider", "permit dc-one 1; " },
        { "deny", "[dc-one, dc-two]", "forbid dc-one 1; forbid dc-two 1; " },
        { "oblige", "provider", "oblige dc-one 1; " },
        { "permit", "user", "" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        CLEANUP(buf_done) struct buf got = { 0 };
        compile(arena_printf(&bench.arena,
                             "  clauses:\n    - {id: x, on: all, term: authority, action: "
                             "compute.suspend, op: %s, value: %s}\n",
                             cases[i].op, cases[i].value)
                    .ptr,
                AUTHORITY("other", "data.freeze", "permit", "user"));
        const struct policy_set *set = &bench.world->policies;
        for (size_t j = 0; j < set->policy_count; j++) {
            buf_printf(&got, "%s %.*s %zu; ", policy_effect_name(set->policies[j].effect),
                       SLICE_ARG(set->policies[j].subject), set->policies[j].target_count);
        }
        ASSERT_TEXT(buf_slice(&got), cases[i].wanted);
    }
}

static size_t errors_and_warnings(size_t *out_warnings)
{
    *out_warnings = 0;
    for (const struct diag *at = bench.diags.first; at != NULL; at = at->next) {
        *out_warnings += at->code == 501 && at->level == DIAG_WARNING ? 1 : 0;
    }
    return bench.diags.errors;
}

static void a_should_clause_gives_way(void)
{
    static const struct {
        const char *mine, *stop, *yields;
    } cases[] = {
        { "", "", "" },
        { ", strength: should", "", "shop/mine" },
        { "", ", strength: should", "dc-one/stop" },
        { ", strength: should", ", strength: should", "dc-one/stop" },
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t warnings = 0;
        compile(arena_printf(&bench.arena,
                             "  clauses:\n    - {id: mine, on: all, term: authority, action: "
                             "compute.suspend, op: only, value: tenant%s}\n",
                             cases[i].mine)
                    .ptr,
                arena_printf(&bench.arena,
                             "    - {id: stop, on: all, stance: reserves, term: authority, "
                             "action: compute.suspend%s}\n",
                             cases[i].stop)
                    .ptr);
        bool degraded = cases[i].yields[0] != '\0';
        CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
        CU_ASSERT_EQUAL(bench.world->degradation_count, degraded ? 1 : 0);
        CU_ASSERT_EQUAL(errors_and_warnings(&warnings), degraded ? 0 : 1);
        CU_ASSERT_EQUAL(warnings, degraded ? 1 : 0);
        const struct sla_clause *yields = bench.world->conflicts[0].yields;
        struct slice path =
            yields != NULL ? sla_clause_path(&bench.arena, yields) : (struct slice){ 0 };
        ASSERT_TEXT(path, cases[i].yields);
    }
}

static void what_is_lost_is_told(void)
{
    compile("  clauses:\n    - {id: mine, on: all, term: authority, action: compute.suspend, op: "
            "only, value: tenant, strength: should}\n",
            "    - {id: stop, on: all, stance: reserves, term: authority, action: "
            "compute.suspend}\n");
    const struct diag *at = bench.diags.first;
    while (at != NULL && at->code != 501) {
        at = at->next;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    ASSERT_TEXT(at->message, "tenant clause `mine` (should) gives way to provider clause `stop`");
    bool told = false;
    for (const struct diag_text *note = at->notes; note != NULL; note = note->next) {
        told |= slice_is(note->text, "lost: compute.suspend only tenant on store/vm");
    }
    CU_ASSERT_TRUE(told);
}

/* Many people with a right each, on many machines: none of the pairs is a step of the search, and
 * the one denial meets each of them once. */
static void rights_alone_cost_no_steps(void)
{
    enum { PEOPLE = 2000, MACHINES = 300 };
    CLEANUP(buf_done) struct buf machines = { 0 };
    CLEANUP(buf_done) struct buf spec = { 0 };

    for (unsigned i = 0; i < MACHINES; i++) {
        buf_printf(&machines,
                   "    - {name: v%u, plane: compute, layer: L2, node: n1, provider: dc}\n", i);
    }
    buf_add_cstr(&spec, "  targets: [{id: all, plane: compute}]\n  clauses:\n"
                        "    - {id: no, on: all, term: authorization, action: compute.migrate, op: "
                        "deny, value: anyone}\n");
    for (unsigned i = 0; i < PEOPLE; i++) {
        buf_printf(&spec,
                   "    - {id: c%u, on: all, term: authorization, action: compute.console, op: "
                   "permit, value: user/u%u}\n",
                   i, i);
    }
    bench_clear(&bench);
    bench_add(&bench, text_ucloud(&bench, "store", "shop", machines.ptr));
    bench_add(&bench, text_sla(&bench, "shop", spec.ptr));
    bench_compile(&bench);
    CU_ASSERT_PTR_NOT_NULL(bench.world);
    CU_ASSERT_FALSE(bench_has(&bench, SLA_CODE_INCOMPLETE));
}

static CU_TestInfo tests[] = {
    { "a should clause gives way", a_should_clause_gives_way },
    { "what is lost is told", what_is_lost_is_told },
    { "each pair is told apart", each_pair_is_told_apart },
    { "a reaction is a wish to act", a_reaction_is_a_wish_to_act },
    { "a denial of one is mended by an exemption", a_denial_of_one_is_mended_by_an_exemption },
    { "a denial of many is mended by naming fewer", a_denial_of_many_is_mended_by_naming_fewer },
    { "an exemption already there is kept", an_exemption_already_there_is_kept },
    { "all pairs are found in any order", all_pairs_are_found_in_any_order },
    { "memory grows with the finding and not with its square",
      memory_grows_with_the_finding_and_not_with_its_square },
    { "rights alone cost no steps", rights_alone_cost_no_steps },
    { "clauses become policies by party", clauses_become_policies_by_party },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla conflicts over acts", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
