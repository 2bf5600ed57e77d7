/* The day changes under redand: what is valid begins and ends without a restart, and the journal
 * says that it was the day. */
#include "sla/agree/agreement.h"
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

#define DIGITS "1b6d2b0b7f3e1cd0cf1fbcf40f4b6d77c1d2a9e0f5b8e7a6c3d4e5f607182930"

/* Somebody signed with a key that nobody trusts; what `night` says begins on the second day. */
static struct slice agreement(const char *digest)
{
    return arena_printf(&arena,
                        "---\n"
                        "apiVersion: redan/v1\n"
                        "kind: Agreement\n"
                        "metadata: {name: nights, party: hospital-a, role: tenant}\n"
                        "spec:\n"
                        "  state: negotiated\n"
                        "  documents:\n"
                        "    - {kind: SecuritySLA, party: hospital-a, name: night, version: 1, "
                        "digest: sha256:%s}\n"
                        "  signatures:\n"
                        "    - party: hospital-a\n"
                        "      by: anna\n"
                        "      at: 2023-11-01\n"
                        "      key: sha256:" DIGITS "\n"
                        "      signature: " DIGITS DIGITS "\n",
                        digest);
}

/* Of `night`, as agreements pin it. */
static const char *digest_now(char out[2 * SHA256_BYTES + 1])
{
    const struct sla_world *compiled = world_compiled(core.world);

    for (size_t i = 0; i < compiled->document_count; i++) {
        if (compiled->documents[i]->kind == SLA_SECURITY_SLA) {
            sha256_hex(&compiled->documents[i]->digest, out);
        }
    }
    return out;
}

static enum sla_signature_verdict verdict_now(void)
{
    const struct sla_world *compiled = world_compiled(core.world);

    CU_ASSERT_EQUAL_FATAL(compiled->agreement_count, 1);
    return compiled->agreements[0]->signatures[0].verdict;
}

static void a_new_day_is_judged_by_the_keys_of_the_parties(void)
{
    static const struct sla_key key = { .from_day = INT32_MIN, .until_day = INT32_MAX };

    char digest[2 * SHA256_BYTES + 1] = "";

    scene_begin();
    struct core_options trusting = *core.options;
    agree_on(text);
    struct slice pins = agreement(digest_now(digest));
    agree_on(arena_printf(&arena, "%s%.*s", text, SLICE_ARG(pins)).ptr);
    CU_ASSERT_EQUAL(verdict_now(), SLA_SIGNATURE_UNCHECKED);
    trusting.party_keys = &key;
    trusting.party_key_count = 1;
    core.options = &trusting;
    days_pass(2);
    CU_ASSERT_EQUAL(verdict_now(), SLA_SIGNATURE_STRANGER);
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
    { "a new day is judged by the keys of the parties",
      a_new_day_is_judged_by_the_keys_of_the_parties },
    { "a day that passed while redand was down is made up for",
      a_day_that_passed_while_redand_was_down_is_made_up_for },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "the day", NULL, scene_tear_down, NULL, scene_end_test, tests },
    CU_SUITE_INFO_NULL,
};
