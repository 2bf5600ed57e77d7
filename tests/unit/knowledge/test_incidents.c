#include "orchestrator/knowledge/incidents.h"

#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

static struct incident_record sample(uint64_t number, const char *key)
{
    return (struct incident_record){ .id = store_id(number),
                                     .key = slice_from(key),
                                     .severity = SEVERITY_HIGH,
                                     .state = INCIDENT_OPEN,
                                     .unit = SLICE("pacs"),
                                     .source = SLICE("10.99.0.2"),
                                     .target = SLICE("app-1"),
                                     .rule = SLICE("ssh-bruteforce"),
                                     .first_us = 1,
                                     .since_us = 8,
                                     .opened_us = 2,
                                     .detected_us = 3,
                                     .planned_us = 4,
                                     .enforced_us = 5,
                                     .proven_us = 6,
                                     .closed_us = 7,
                                     .mttr = OBJECTIVE_MET,
                                     .mttr_limit_ms = 30000,
                                     .reason = SLICE("lease ended") };
}

static void put(uint64_t number, const char *key, enum incident_state state)
{
    struct incident_record incident = sample(number, key);

    incident.state = state;
    ASSERT_OK(knowledge_put_incident(store, &incident));
}

static void test_an_incident_is_read_as_written(void)
{
    struct incident_record wrote = sample(1, "10.99.0.2>app-1");
    struct incident_record got = { 0 };

    store_begin();
    ASSERT_OK(knowledge_put_incident(store, &wrote));
    store_commit();
    ASSERT_OK(knowledge_get_incident(view, slice_from(wrote.id.text), &store_arena, &got));
    CU_ASSERT_STRING_EQUAL(got.id.text, wrote.id.text);
    ASSERT_TEXT(got.key, "10.99.0.2>app-1");
    CU_ASSERT_EQUAL(got.severity, SEVERITY_HIGH);
    CU_ASSERT_EQUAL(got.state, INCIDENT_OPEN);
    ASSERT_TEXT(got.unit, "pacs");
    ASSERT_TEXT(got.source, "10.99.0.2");
    ASSERT_TEXT(got.target, "app-1");
    ASSERT_TEXT(got.rule, "ssh-bruteforce");
    CU_ASSERT_EQUAL(got.first_us, 1);
    CU_ASSERT_EQUAL(got.since_us, 8);
    CU_ASSERT_EQUAL(got.opened_us, 2);
    CU_ASSERT_EQUAL(got.detected_us, 3);
    CU_ASSERT_EQUAL(got.planned_us, 4);
    CU_ASSERT_EQUAL(got.enforced_us, 5);
    CU_ASSERT_EQUAL(got.proven_us, 6);
    CU_ASSERT_EQUAL(got.closed_us, 7);
    CU_ASSERT_EQUAL(got.mttr, OBJECTIVE_MET);
    CU_ASSERT_EQUAL(got.mttr_limit_ms, 30000);
    ASSERT_TEXT(got.reason, "lease ended");
    ASSERT_CODE(knowledge_get_incident(view, SLICE("x"), &store_arena, &got), STATUS_NOT_FOUND);
}

static int64_t since_of(uint64_t number)
{
    struct incident_record got = { 0 };
    struct ulid id = store_id(number);

    ASSERT_OK(knowledge_get_incident(view, slice_from(id.text), &store_arena, &got));
    return got.since_us;
}

static void test_open_incidents_move_along_with_the_clock(void)
{
    store_begin();
    put(1, "open", INCIDENT_OPEN);
    put(2, "contained", INCIDENT_CONTAINED);
    ASSERT_OK(knowledge_move_incidents(store, 1000));
    store_commit();
    CU_ASSERT_EQUAL(since_of(1), 1008);
    CU_ASSERT_EQUAL(since_of(2), 8);
    store_begin();
    ASSERT_OK(knowledge_move_incidents(store, -2000)); /* by our clock, before 1970 */
    store_commit();
    CU_ASSERT_EQUAL(since_of(1), -992);
}

static void test_one_incident_per_key_is_not_closed(void)
{
    struct incident_record second = sample(2, "k");
    struct incident_record got = { 0 };

    store_begin();
    put(1, "k", INCIDENT_OPEN);
    ASSERT_CODE(knowledge_put_incident(store, &second), STATUS_CONFLICT);
    put(1, "k", INCIDENT_CLOSED);
    ASSERT_CODE(knowledge_find_incident(view, SLICE("k"), &store_arena, &got), STATUS_NOT_FOUND);
    ASSERT_OK(knowledge_put_incident(store, &second));
    ASSERT_OK(knowledge_find_incident(view, SLICE("k"), &store_arena, &got));
    store_commit();
    CU_ASSERT_STRING_EQUAL(got.id.text, second.id.text);
}

struct seen {
    char last[8];
    size_t count;
};

/* The last character of the id tells which one it is. */
static struct status see(void *arg, const struct incident_record *row)
{
    struct seen *seen = arg;

    seen->last[seen->count++] = row->id.text[ULID_TEXT_LEN - 1];
    return STATUS_SUCCESS;
}

static void test_lists_are_newest_first_in_pages(void)
{
    struct seen seen = { .count = 0 };
    struct incident_query query = { .page.limit = 2 };
    struct ulid second = store_id(2);
    uint64_t counts[INCIDENT_STATES];
    bool more = false;

    store_begin();
    put(1, "a", INCIDENT_OPEN);
    put(2, "b", INCIDENT_CLOSED);
    put(3, "c", INCIDENT_CONTAINED);
    store_commit();
    ASSERT_OK(knowledge_list_incidents(view, &query, see, &seen, &more));
    CU_ASSERT_TRUE(more);
    query.page.after = slice_from(second.text);
    ASSERT_OK(knowledge_list_incidents(view, &query, see, &seen, &more));
    CU_ASSERT_FALSE(more);
    query = (struct incident_query){ .page.limit = 9, .not_closed = true };
    ASSERT_OK(knowledge_list_incidents(view, &query, see, &seen, &more));
    CU_ASSERT_EQUAL(seen.count, 5);
    CU_ASSERT_STRING_EQUAL(seen.last, "32131");
    ASSERT_OK(knowledge_count_incidents(view, counts));
    CU_ASSERT_EQUAL(counts[INCIDENT_OPEN], 1);
    CU_ASSERT_EQUAL(counts[INCIDENT_CONTAINED], 1);
    CU_ASSERT_EQUAL(counts[INCIDENT_CLOSED], 1);
    query.page.limit = 0;
    ASSERT_CODE(knowledge_list_incidents(view, &query, see, &seen, &more), STATUS_INVALID);
}

static void test_states_have_names(void)
{
    enum incident_state state = INCIDENT_OPEN;

    CU_ASSERT_TRUE(incident_state_parse(SLICE("contained"), &state));
    CU_ASSERT_EQUAL(state, INCIDENT_CONTAINED);
    CU_ASSERT_STRING_EQUAL(incident_state_name(state), "contained");
    CU_ASSERT_FALSE(incident_state_parse(SLICE("Open"), &state));
    CU_ASSERT_EQUAL(state, INCIDENT_CONTAINED);
}

static CU_TestInfo tests[] = {
    { "an incident is read as written", test_an_incident_is_read_as_written },
    { "open incidents move along with the clock", test_open_incidents_move_along_with_the_clock },
    { "one incident per key is not closed", test_one_incident_per_key_is_not_closed },
    { "lists are newest first in pages", test_lists_are_newest_first_in_pages },
    { "states have names", test_states_have_names },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "incidents", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
