#include "orchestrator/knowledge/alerts.h"

#include "orchestrator/knowledge/incidents.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

static struct alert_record sample(uint64_t number, const char *key)
{
    return (struct alert_record){ .id = store_id(number),
                                  .key = slice_from(key),
                                  .rule = SLICE("ssh-bruteforce"),
                                  .severity = SEVERITY_MEDIUM,
                                  .node = SLICE("app-1"),
                                  .resource = SLICE("pacs-vm"),
                                  .source = SLICE("10.99.0.2"),
                                  .count = 5,
                                  .first_us = 100,
                                  .last_us = 200,
                                  .detected_us = 201,
                                  .received_us = 202,
                                  .epoch = UINT64_MAX - 1,
                                  .seq = 17,
                                  .json = SLICE("{\"user\":\"root\"}") };
}

static void put(uint64_t number, const char *key, const char *incident)
{
    struct alert_record alert = sample(number, key);
    struct ulid id = { .text = "" };
    bool is_new = false;

    slice_to_cstr(slice_from(incident), alert.incident.text, sizeof(alert.incident.text));
    ASSERT_OK(knowledge_put_alert(store, &alert, &id, &is_new));
    CU_ASSERT_TRUE(is_new);
    CU_ASSERT_STRING_EQUAL(id.text, alert.id.text);
}

static void put_incident(uint64_t number)
{
    struct incident_record incident = { .id = store_id(number), .key = SLICE("k") };

    ASSERT_OK(knowledge_put_incident(store, &incident));
}

static void test_an_alert_is_read_as_written(void)
{
    struct ulid id = store_id(1);
    struct alert_record got = { 0 };

    store_begin();
    put(1, "k", "");
    store_commit();
    ASSERT_OK(knowledge_get_alert(view, slice_from(id.text), &store_arena, &got));
    ASSERT_TEXT(got.key, "k");
    ASSERT_TEXT(got.rule, "ssh-bruteforce");
    CU_ASSERT_EQUAL(got.severity, SEVERITY_MEDIUM);
    ASSERT_TEXT(got.node, "app-1");
    ASSERT_TEXT(got.resource, "pacs-vm");
    ASSERT_TEXT(got.source, "10.99.0.2");
    CU_ASSERT_EQUAL(got.count, 5);
    CU_ASSERT_EQUAL(got.first_us, 100);
    CU_ASSERT_EQUAL(got.last_us, 200);
    CU_ASSERT_EQUAL(got.detected_us, 201);
    CU_ASSERT_EQUAL(got.received_us, 202);
    CU_ASSERT_EQUAL(got.epoch, UINT64_MAX - 1);
    CU_ASSERT_EQUAL(got.seq, 17);
    CU_ASSERT_FALSE(got.corroborated);
    ASSERT_TEXT(got.json, "{\"user\":\"root\"}");
    CU_ASSERT_STRING_EQUAL(got.incident.text, "");
    ASSERT_CODE(knowledge_get_alert(view, SLICE("x"), &store_arena, &got), STATUS_NOT_FOUND);
}

static void test_one_key_is_one_alert(void)
{
    struct alert_record again = sample(2, "k");
    struct alert_record got = { 0 };
    struct ulid first = store_id(1);
    struct ulid id = { .text = "" };
    bool is_new = true;

    again.severity = SEVERITY_CRITICAL;
    again.count = 9;
    again.first_us = 50;
    again.last_us = 150;
    again.corroborated = true;
    again.seq = 18;
    store_begin();
    put(1, "k", "");
    for (int i = 0; i < 2; i++) { /* twice: nothing more happens */
        ASSERT_OK(knowledge_put_alert(store, &again, &id, &is_new));
        CU_ASSERT_FALSE(is_new);
        CU_ASSERT_STRING_EQUAL(id.text, first.text);
    }
    again = sample(2, "k"); /* the weaker one takes nothing back */
    ASSERT_OK(knowledge_put_alert(store, &again, &id, &is_new));
    store_commit();
    ASSERT_OK(knowledge_get_alert(view, slice_from(first.text), &store_arena, &got));
    CU_ASSERT_EQUAL(got.severity, SEVERITY_CRITICAL);
    CU_ASSERT_EQUAL(got.count, 9);
    CU_ASSERT_EQUAL(got.first_us, 50);
    CU_ASSERT_EQUAL(got.last_us, 200);
    CU_ASSERT_EQUAL(got.seq, 17);
    CU_ASSERT_TRUE(got.corroborated);
}

static void test_an_alert_joins_an_incident(void)
{
    struct ulid alert = store_id(1);
    struct ulid incident = store_id(7);
    struct ulid nobody = store_id(8);
    struct alert_record got = { 0 };

    store_begin();
    put(1, "k", "");
    ASSERT_CODE(knowledge_link_alert(store, &alert, &incident), STATUS_NOT_FOUND);
    put_incident(7);
    ASSERT_OK(knowledge_link_alert(store, &alert, &incident));
    ASSERT_CODE(knowledge_link_alert(store, &nobody, &incident), STATUS_NOT_FOUND);
    store_commit();
    ASSERT_OK(knowledge_get_alert(view, slice_from(alert.text), &store_arena, &got));
    CU_ASSERT_STRING_EQUAL(got.incident.text, incident.text);
}

static void test_an_id_belongs_to_one_key(void)
{
    struct alert_record other = sample(1, "other");
    struct ulid id = { .text = "" };
    bool is_new = false;

    store_begin();
    put(1, "k", "");
    ASSERT_CODE(knowledge_put_alert(store, &other, &id, &is_new), STATUS_CONFLICT);
    other = sample(2, "");
    ASSERT_CODE(knowledge_put_alert(store, &other, &id, &is_new), STATUS_INVALID);
    store_commit();
}

struct seen {
    char last[8];
    size_t count;
};

static struct status see(void *arg, const struct alert_record *row)
{
    struct seen *seen = arg;

    seen->last[seen->count++] = row->id.text[ULID_TEXT_LEN - 1];
    return STATUS_SUCCESS;
}

static void test_lists_are_newest_first_in_pages(void)
{
    struct seen seen = { .count = 0 };
    struct ulid incident = store_id(7);
    struct ulid second = store_id(2);
    struct alert_query query = { .page.limit = 2 };
    bool more = false;

    store_begin();
    put_incident(7);
    put(1, "a", incident.text);
    put(2, "b", "");
    put(3, "c", incident.text);
    store_commit();
    ASSERT_OK(knowledge_list_alerts(view, &query, see, &seen, &more));
    CU_ASSERT_TRUE(more);
    query.page.after = slice_from(second.text);
    ASSERT_OK(knowledge_list_alerts(view, &query, see, &seen, &more));
    CU_ASSERT_FALSE(more);
    query = (struct alert_query){ .page.limit = 9, .incident = slice_from(incident.text) };
    ASSERT_OK(knowledge_list_alerts(view, &query, see, &seen, NULL));
    CU_ASSERT_STRING_EQUAL(seen.last, "32131");
    query.page.limit = KNOWLEDGE_PAGE_MAX + 1;
    ASSERT_CODE(knowledge_list_alerts(view, &query, see, &seen, NULL), STATUS_INVALID);
}

static CU_TestInfo tests[] = {
    { "an alert is read as written", test_an_alert_is_read_as_written },
    { "one key is one alert", test_one_key_is_one_alert },
    { "an alert joins an incident", test_an_alert_joins_an_incident },
    { "an id belongs to one key", test_an_id_belongs_to_one_key },
    { "lists are newest first in pages", test_lists_are_newest_first_in_pages },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "alerts", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
