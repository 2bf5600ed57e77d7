/* The hospital's documents, as the demo uses them: one real conflict, gone after repair 1. */
#include <string.h>

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

static void load(const char *first, const char *second, const char *third)
{
    bench_clear(&bench);
    bench_add_file(&bench, first);
    bench_add_file(&bench, second);
    bench_add_file(&bench, third);
    bench_compile(&bench);
}

#define SLA    "examples/hospital/imaging-archive.yaml"
#define OFFER  "examples/hospital/private-dc.yaml"
#define UCLOUD "examples/hospital/imaging-ucloud.yaml"

static const struct resource *resource_of(const char *name)
{
    for (size_t i = 0; i < bench.world->policies.resource_count; i++) {
        if (slice_is(bench.world->policies.resources[i].name, name)) {
            return &bench.world->policies.resources[i];
        }
    }
    return NULL;
}

static void they_compile_to_resources_policies_and_reactions(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct policy_set *set = sla_world_policy_set(bench.world);
    CU_ASSERT_EQUAL(set->resource_count, 3);
    CU_ASSERT_EQUAL(set->reaction_count, 2);
    CU_ASSERT_EQUAL(set->objective_count, 2);
    CU_ASSERT_EQUAL(set->protected_count, 2);
    CU_ASSERT_EQUAL(set->policy_count, 3);
    CU_ASSERT_EQUAL(strlen(set->digest), 64);
    ASSERT_TEXT(resource_of("app-1")->node, "node-1");
    CU_ASSERT_EQUAL(resource_of("app-1")->address_count, 1);
    ASSERT_TEXT(resource_of("pacs-vm")->handle, "test");
    ASSERT_TEXT(resource_of("studies")->node, "node-2");
    for (size_t i = 0; i < set->resource_count; i++) {
        ASSERT_TEXT(set->resources[i].unit, "pacs");
        ASSERT_TEXT(set->resources[i].provider, "private-dc");
    }
}

static void reactions_carry_what_the_loops_need(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    const struct reaction *graver = &bench.world->policies.reactions[0];
    const struct reaction *simple = &bench.world->policies.reactions[1];
    ASSERT_TEXT(graver->rule, "ssh-guessed");
    CU_ASSERT_EQUAL(graver->respond_count, 4);
    CU_ASSERT_EQUAL(graver->target_count, 3);
    ASSERT_TEXT(simple->rule, "ssh-bruteforce");
    CU_ASSERT_TRUE(simple->respond_count >= 1);
    CU_ASSERT_EQUAL(simple->respond[0], ACTION_NETWORK_DENY);
    CU_ASSERT_EQUAL(simple->within_ms, 5000);
    CU_ASSERT_EQUAL(simple->lease_ms, 3600000);
    CU_ASSERT_EQUAL(simple->approval, APPROVAL_NONE);
    ASSERT_TEXT(simple->clause.party, "hospital-a");
    CU_ASSERT_TRUE(simple->clause.line > 0);
    const struct objective *fast = &bench.world->policies.objectives[0];
    CU_ASSERT_EQUAL(fast->kind, OBJECTIVE_RESPOND_MTTR);
    CU_ASSERT_EQUAL(fast->limit, 30000);
    CU_ASSERT_EQUAL(fast->min_severity, SEVERITY_HIGH);
}

static void they_hold_exactly_one_conflict(void)
{
    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    CU_ASSERT_EQUAL_FATAL(bench.world->conflict_count, 1);
    CU_ASSERT_EQUAL(bench.diags.errors, 1);
    CU_ASSERT_EQUAL(bench.diags.warnings, 0);
    CU_ASSERT_EQUAL(bench.diags.notes, 0);
    const struct sla_conflict *conflict = &bench.world->conflicts[0];
    CU_ASSERT_EQUAL(conflict->class, SLA_CONFLICT_MODALITY);
    ASSERT_TEXT(conflict->clauses[0]->ref.clause, "no-suspend");
    ASSERT_TEXT(conflict->clauses[1]->ref.clause, "abuse-stop");
    ASSERT_TEXT(conflict->witness, "`private-dc` does compute.suspend on imaging/pacs-vm: "
                                   "`abuse-stop` permits it, `no-suspend` forbids it");
    CU_ASSERT_EQUAL_FATAL(conflict->repair_count, 2);
    ASSERT_TEXT(conflict->repairs[0].title,
                "exempt `imaging/pacs-vm` in `abuse-stop` of private-dc");
    check_certificates(bench.world);
    check_repairs(&bench);
}

static void the_first_repair_leaves_them_clean(void)
{
    struct diag_source *sources = NULL;
    bool *changed = NULL;

    load(SLA, OFFER, UCLOUD);
    CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
    ASSERT_OK(sla_repair_apply(&bench.arena, bench.world, &bench.world->conflicts[0], 0, &sources,
                               &changed));
    CU_ASSERT_FALSE(changed[0]);
    CU_ASSERT_TRUE(changed[1]);
    CU_ASSERT_FALSE(changed[2]);
    diag_list_init(&bench.diags, &bench.arena);
    const struct sla_world *after = sla_compile(&bench.arena, sources, 3, NULL, &bench.diags);
    CU_ASSERT_PTR_NOT_NULL_FATAL(after);
    CU_ASSERT_EQUAL(after->conflict_count, 0);
    CU_ASSERT_PTR_NULL(bench.diags.first);
    ASSERT_CODE(
        sla_repair_apply(&bench.arena, bench.world, &bench.world->conflicts[0], 9, &sources, NULL),
        STATUS_NOT_FOUND);
}

/* Ids, digests, policies and diagnostics are the same whatever the order of the files. */
static void their_order_does_not_matter(void)
{
    static const char *const orders[][3] = { { SLA, OFFER, UCLOUD }, { SLA, UCLOUD, OFFER },
                                             { OFFER, SLA, UCLOUD }, { OFFER, UCLOUD, SLA },
                                             { UCLOUD, SLA, OFFER }, { UCLOUD, OFFER, SLA } };
    CLEANUP(buf_done) struct buf first = { 0 };

    for (size_t i = 0; i < COUNT_OF(orders); i++) {
        CLEANUP(buf_done) struct buf all = { 0 };
        struct json_writer writer = { .out = &all };
        load(orders[i][0], orders[i][1], orders[i][2]);
        CU_ASSERT_PTR_NOT_NULL_FATAL(bench.world);
        json_open_array(&writer);
        sla_conflict_write_json(bench.world, &bench.world->conflicts[0], &writer);
        sla_summary_write_json(bench.world, &writer);
        json_close_array(&writer);
        diag_render_list(&bench.diags, (struct diag_style){ 0 }, &all);
        if (i == 0) {
            buf_add_slice(&first, buf_slice(&all));
        }
        CU_ASSERT_TRUE(slice_eq(buf_slice(&first), buf_slice(&all)));
    }
}

static CU_TestInfo tests[] = {
    { "they compile to resources, policies and reactions",
      they_compile_to_resources_policies_and_reactions },
    { "reactions carry what the loops need", reactions_carry_what_the_loops_need },
    { "they hold exactly one conflict", they_hold_exactly_one_conflict },
    { "the first repair leaves them clean", the_first_repair_leaves_them_clean },
    { "their order does not matter", their_order_does_not_matter },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "sla examples", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
