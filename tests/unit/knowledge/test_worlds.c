#include "orchestrator/knowledge/worlds.h"

#include "orchestrator/knowledge/conflicts.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <stdio.h>
#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A slice in a static initialiser. */
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static const struct world_document documents[] = {
    { TEXT("sla/hospital.yaml"), TEXT("kind: SecuritySLA\n") },
    { TEXT("providers/dc.yaml"), TEXT("kind: ProviderOffer\n") },
};

static uint64_t add(size_t count)
{
    struct world_record world = { .digest = HEX64,
                                  .made_us = 5,
                                  .made_by = SLICE("anna"),
                                  .documents = documents,
                                  .document_count = count };
    uint64_t version = 0;

    ASSERT_OK(knowledge_add_world(store, &world, &version));
    return version;
}

static void test_there_is_no_world_at_first(void)
{
    struct world_record world = { 0 };

    struct status status = knowledge_get_world(view, &store_arena, &world);
    ASSERT_CODE(status, STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(status.msg, "no SLA has been applied yet");
}

static void test_the_newest_world_is_active(void)
{
    struct world_record world = { 0 };

    store_begin();
    CU_ASSERT_EQUAL(add(2), 1);
    CU_ASSERT_EQUAL(add(1), 2);
    store_commit();
    CU_ASSERT_TRUE_FATAL(store_reopen());
    ASSERT_OK(knowledge_get_world(view, &store_arena, &world));
    CU_ASSERT_EQUAL(world.version, 2);
    CU_ASSERT_EQUAL(world.document_count, 1);
    store_begin();
    ASSERT_OK(knowledge_activate_world(store, 1));
    ASSERT_CODE(knowledge_activate_world(store, 3), STATUS_NOT_FOUND);
    store_commit();
    ASSERT_OK(knowledge_get_world(view, &store_arena, &world));
    CU_ASSERT_EQUAL(world.version, 1);
    CU_ASSERT_STRING_EQUAL(world.digest, HEX64);
    CU_ASSERT_EQUAL(world.made_us, 5);
    ASSERT_TEXT(world.made_by, "anna");
    CU_ASSERT_TRUE(world.active);
    CU_ASSERT_EQUAL_FATAL(world.document_count, 2);
    ASSERT_TEXT(world.documents[0].name, "sla/hospital.yaml");
    ASSERT_TEXT(world.documents[1].text, "kind: ProviderOffer\n");
}

static void test_bad_worlds_are_refused_before_the_first_row(void)
{
    const struct world_document twice[] = { documents[0], documents[0] };
    const struct world_document nameless[] = { { SLICE(""), SLICE("x") } };
    struct world_record world = { .digest = HEX64, .documents = twice, .document_count = 2 };
    uint64_t version = 0;

    store_begin();
    struct status status = knowledge_add_world(store, &world, &version);
    ASSERT_CODE(status, STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(status.msg, "world: document `sla/hospital.yaml` is there twice");
    world.documents = nameless;
    world.document_count = 1;
    ASSERT_CODE(knowledge_add_world(store, &world, &version), STATUS_INVALID);
    world.document_count = WORLD_DOCUMENTS_MAX + 1;
    ASSERT_CODE(knowledge_add_world(store, &world, &version), STATUS_INVALID);
    store_commit();
    ASSERT_CODE(knowledge_get_world(view, &store_arena, &world), STATUS_NOT_FOUND);
}

static struct status join_versions(void *arg, const struct world_record *row)
{
    char *text = arg;
    size_t used = strlen(text);

    (void)snprintf(text + used, 64 - used, "%llu%s ", (unsigned long long)row->version,
                   row->active ? "*" : "");
    return STATUS_SUCCESS;
}

static void test_worlds_are_listed_newest_first(void)
{
    char text[64] = "";
    bool more = false;

    store_begin();
    (void)add(1);
    (void)add(1);
    (void)add(1);
    store_commit();
    ASSERT_OK(knowledge_list_worlds(view, (struct knowledge_page){ .limit = 2 }, join_versions,
                                    text, &more));
    CU_ASSERT_TRUE(more);
    ASSERT_OK(knowledge_list_worlds(view, (struct knowledge_page){ SLICE("2"), 2 }, join_versions,
                                    text, &more));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(text, "3* 2 1 ");
    ASSERT_CODE(knowledge_list_worlds(view, (struct knowledge_page){ SLICE("x"), 2 }, join_versions,
                                      text, &more),
                STATUS_INVALID);
}

static struct conflict_record sample(const char *id, uint64_t world)
{
    return (struct conflict_record){ .id = slice_from(id),
                                     .world = world,
                                     .kind = SLICE("modality"),
                                     .summary = SLICE("no-suspend x abuse-stop"),
                                     .state = CONFLICT_OPEN,
                                     .opened_us = 1,
                                     .json = SLICE("{}") };
}

static void test_a_conflict_is_read_as_written(void)
{
    struct conflict_record got = { 0 };
    struct conflict_record wrote = sample("cf-0001", 1);

    wrote.state = CONFLICT_WAIVED;
    wrote.chosen = 2;
    wrote.by = SLICE("anna");
    wrote.reason = SLICE("until the move");
    wrote.until_ms = 99;
    wrote.decided_us = 3;
    wrote.yields = SLICE("imaging-archive/no-suspend");
    store_begin();
    ASSERT_CODE(knowledge_put_conflict(store, &wrote), STATUS_NOT_FOUND); /* no such world */
    (void)add(1);
    ASSERT_OK(knowledge_put_conflict(store, &wrote));
    store_commit();
    ASSERT_OK(knowledge_get_conflict(view, SLICE("cf-0001"), &store_arena, &got));
    CU_ASSERT_EQUAL(got.world, 1);
    ASSERT_TEXT(got.kind, "modality");
    ASSERT_TEXT(got.summary, "no-suspend x abuse-stop");
    CU_ASSERT_EQUAL(got.state, CONFLICT_WAIVED);
    CU_ASSERT_EQUAL(got.chosen, 2);
    ASSERT_TEXT(got.by, "anna");
    ASSERT_TEXT(got.reason, "until the move");
    CU_ASSERT_EQUAL(got.until_ms, 99);
    CU_ASSERT_EQUAL(got.opened_us, 1);
    CU_ASSERT_EQUAL(got.decided_us, 3);
    ASSERT_TEXT(got.yields, "imaging-archive/no-suspend");
    ASSERT_TEXT(got.json, "{}");
    ASSERT_CODE(knowledge_get_conflict(view, SLICE("x"), &store_arena, &got), STATUS_NOT_FOUND);
}

static struct status join_ids(void *arg, const struct conflict_record *row)
{
    char *text = arg;
    size_t used = strlen(text);

    (void)snprintf(text + used, 64 - used, "%.*s ", SLICE_ARG(row->id));
    return STATUS_SUCCESS;
}

static void test_conflicts_are_listed_by_id(void)
{
    char text[64] = "";
    struct conflict_record first = sample("cf-1", 0);
    struct conflict_record second = sample("cf-2", 0);
    struct conflict_query query = { .page.limit = 1 };
    uint64_t open = 0;
    bool more = false;

    second.state = CONFLICT_RESOLVED;
    store_begin();
    ASSERT_OK(knowledge_put_conflict(store, &second));
    ASSERT_OK(knowledge_put_conflict(store, &first));
    store_commit();
    ASSERT_OK(knowledge_list_conflicts(view, &query, join_ids, text, &more));
    CU_ASSERT_TRUE(more);
    query = (struct conflict_query){ .page.limit = 9, .open_only = true };
    ASSERT_OK(knowledge_list_conflicts(view, &query, join_ids, text, &more));
    query = (struct conflict_query){ .page = { SLICE("cf-1"), 9 } };
    ASSERT_OK(knowledge_list_conflicts(view, &query, join_ids, text, &more));
    CU_ASSERT_STRING_EQUAL(text, "cf-1 cf-1 cf-2 ");
    ASSERT_OK(knowledge_count_open_conflicts(view, &open));
    CU_ASSERT_EQUAL(open, 1);
    query.page.limit = 0;
    ASSERT_CODE(knowledge_list_conflicts(view, &query, join_ids, text, &more), STATUS_INVALID);
}

static void test_a_degradation_waits_for_nobody(void)
{
    char text[64] = "";
    struct conflict_record degraded = sample("cf-1", 0);
    struct conflict_query query = { .page.limit = 9 };
    uint64_t open = 7;
    bool more = false;

    degraded.yields = SLICE("sla/wish");
    store_begin();
    ASSERT_OK(knowledge_put_conflict(store, &degraded));
    store_commit();
    ASSERT_OK(knowledge_list_conflicts(view, &query, join_ids, text, &more));
    query.open_only = true;
    ASSERT_OK(knowledge_list_conflicts(view, &query, join_ids, text, &more));
    CU_ASSERT_STRING_EQUAL(text, "cf-1 ");
    ASSERT_OK(knowledge_count_open_conflicts(view, &open));
    CU_ASSERT_EQUAL(open, 0);
}

static void test_conflict_states_have_names(void)
{
    enum conflict_state state = CONFLICT_OPEN;

    CU_ASSERT_TRUE(conflict_state_parse(SLICE("waived"), &state));
    CU_ASSERT_STRING_EQUAL(conflict_state_name(state), "waived");
    CU_ASSERT_FALSE(conflict_state_parse(SLICE(""), &state));
}

static CU_TestInfo tests[] = {
    { "there is no world at first", test_there_is_no_world_at_first },
    { "the newest world is active", test_the_newest_world_is_active },
    { "bad worlds are refused before the first row",
      test_bad_worlds_are_refused_before_the_first_row },
    { "worlds are listed newest first", test_worlds_are_listed_newest_first },
    { "a conflict is read as written", test_a_conflict_is_read_as_written },
    { "a degradation waits for nobody", test_a_degradation_waits_for_nobody },
    { "conflicts are listed by id", test_conflicts_are_listed_by_id },
    { "conflict states have names", test_conflict_states_have_names },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "worlds", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
