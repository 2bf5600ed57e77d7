/* The day changes under redand: what is valid begins and ends without a restart, and the journal
 * says that it was the day. */
#include "tests/suite.h"
#include "tests/unit/orchestrator/scene.h"

static const int64_t day_us = INT64_C(24) * 60 * 60 * 1000 * 1000;

/* The scene's time is 2023-11-14. */
static const char *const text =
    "apiVersion: redan/v1\n"
    "kind: SecuritySLA\n"
    "metadata: {name: night, party: hospital-a, role: tenant, ucloud: night}\n"
    "spec:\n"
    "  targets: [{id: all}]\n"
    "  clauses:\n"
    "    - {id: soon, on: all, term: authority, action: data.freeze, op: deny, value: private-dc, "
    "valid: {from: 2023-11-16, until: 2023-11-18}}\n"
    "---\n"
    "apiVersion: redan/v1\n"
    "kind: UCloud\n"
    "metadata: {name: night, party: hospital-a, role: tenant}\n"
    "spec:\n"
    "  resources: [{name: a, plane: data, layer: L2, node: node-1, provider: private-dc}]\n"
    "---\n"
    "apiVersion: redan/v1\n"
    "kind: ProviderOffer\n"
    "metadata: {name: dc, party: private-dc, role: provider, assertedBy: {party: hospital-a, how: "
    "transcribed}}\n"
    "spec:\n"
    "  targets: [{id: all}]\n"
    "  clauses: []\n";

/* Documents in force as of the scene's day, as redand takes them. */
static void agree_on(const char *documents)
{
    const struct sla_options options = { .has_day = true, .as_of_day = day_today(&core) };
    const struct world_document document = { SLICE("night.yaml"), slice_from(documents) };
    struct world_change *change = NULL;
    struct diag_list diags;

    diag_list_init(&diags, &arena);
    ASSERT_OK(world_prepare(core.world, &document, 1, &options, &diags, &change));
    ASSERT_OK(turn_join(&core));
    ASSERT_OK(world_store(core.world, core.knowledge, change, SLICE("a test"), 0, core.turn_us));
    scene_end_turn();
    world_swap(core.world, &change);
}

static void days_pass(int64_t count)
{
    scene_end_turn();
    clock_virtual_advance(&virtual_time, count * day_us);
    scene_sweep();
}

static void what_is_valid_begins_and_ends_on_its_day(void)
{
    scene_begin();
    agree_on(text);
    uint64_t version = world_version(core.world);
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 0);
    days_pass(1);
    CU_ASSERT_EQUAL(world_version(core.world), version);
    CU_ASSERT_EQUAL(scene_journal_rows("sla.day"), 0);
    days_pass(1);
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 1);
    CU_ASSERT_EQUAL(world_version(core.world), version + 1);
    CU_ASSERT_EQUAL(scene_journal_rows("sla.day"), 1);
    scene_sweep();
    CU_ASSERT_EQUAL(scene_journal_rows("sla.day"), 1);
    days_pass(30);
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 0);
    CU_ASSERT_EQUAL(world_version(core.world), version + 2);
    CU_ASSERT_EQUAL(scene_journal_rows("sla.day"), 2);
}

static void a_day_that_passed_while_redand_was_down_is_made_up_for(void)
{
    scene_begin();
    agree_on(text);
    clock_virtual_advance(&virtual_time, 2 * day_us);
    scene_restart();
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 0);
    scene_sweep();
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 1);
    scene_restart();
    CU_ASSERT_EQUAL(world_policies(core.world)->policy_count, 1);
    CU_ASSERT_EQUAL(scene_journal_rows("sla.day"), 1);
}

static CU_TestInfo tests[] = {
    { "what is valid begins and ends on its day", what_is_valid_begins_and_ends_on_its_day },
    { "a day that passed while redand was down is made up for",
      a_day_that_passed_while_redand_was_down_is_made_up_for },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "the day", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
