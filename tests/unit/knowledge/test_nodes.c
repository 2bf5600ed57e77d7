#include "orchestrator/knowledge/nodes.h"

#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <stdio.h>

static struct node_record node_named(const char *name)
{
    return (struct node_record){ .name = slice_from(name),
                                 .role = PEER_SMA,
                                 .state = NODE_ENROLLED,
                                 .services = SLICE("L2.network.enforce L2.network.monitor"),
                                 .via = SLICE("agg-1"),
                                 .last_seen_ms = 5000 };
}

static void put(const char *name)
{
    struct node_record node = node_named(name);

    ASSERT_OK(knowledge_put_node(store, &node));
}

static void test_a_node_is_read_as_written(void)
{
    struct node_record node = { 0 };
    struct ingest_taken taken = { 0 };
    struct ingest_batch batch = {
        .node = SLICE("app-1"), .epoch = 3, .first_seq = 1, .count = 9, .bytes = SLICE("x")
    };

    store_begin();
    put("app-1");
    ASSERT_OK(knowledge_accept_batch(store, &batch, &taken));
    store_commit();
    ASSERT_OK(knowledge_get_node(view, SLICE("app-1"), &store_arena, &node));
    ASSERT_TEXT(node.name, "app-1");
    CU_ASSERT_EQUAL(node.role, PEER_SMA);
    CU_ASSERT_EQUAL(node.state, NODE_ENROLLED);
    ASSERT_TEXT(node.services, "L2.network.enforce L2.network.monitor");
    ASSERT_TEXT(node.via, "agg-1");
    CU_ASSERT_EQUAL(node.last_seen_ms, 5000);
    CU_ASSERT_EQUAL(node.mark.epoch, 3);
    CU_ASSERT_EQUAL(node.mark.seq, 9);
    ASSERT_CODE(knowledge_get_node(view, SLICE("app-2"), &store_arena, &node), STATUS_NOT_FOUND);
}

static void test_a_second_put_replaces(void)
{
    struct node_record node = node_named("app-1");

    store_begin();
    put("app-1");
    node.state = NODE_REVOKED;
    node.via = SLICE("");
    ASSERT_OK(knowledge_put_node(store, &node));
    store_commit();
    ASSERT_OK(knowledge_get_node(view, SLICE("app-1"), &store_arena, &node));
    CU_ASSERT_EQUAL(node.state, NODE_REVOKED);
    ASSERT_TEXT(node.via, "");
}

static void test_last_seen_never_goes_back(void)
{
    struct node_record node = { 0 };

    store_begin();
    put("app-1");
    ASSERT_OK(knowledge_node_seen(store, SLICE("app-1"), SLICE("agg-2"), 9000));
    ASSERT_OK(knowledge_node_seen(store, SLICE("app-1"), SLICE("agg-3"), 7000));
    ASSERT_CODE(knowledge_node_seen(store, SLICE("app-9"), SLICE(""), 1), STATUS_NOT_FOUND);
    store_commit();
    ASSERT_OK(knowledge_get_node(view, SLICE("app-1"), &store_arena, &node));
    CU_ASSERT_EQUAL(node.last_seen_ms, 9000);
    ASSERT_TEXT(node.via, "agg-3");
}

static void test_what_a_node_said_stays_when_the_registry_is_read_again(void)
{
    struct node_record said = node_named("app-1");
    struct node_record node = { 0 };

    said.capabilities = SLICE("network.deny compute.suspend");
    said.capable = store_id(7);
    said.hello = store_id(8);
    store_begin();
    ASSERT_CODE(knowledge_node_said(store, &said), STATUS_NOT_FOUND);
    put("app-1");
    ASSERT_OK(knowledge_node_said(store, &said));
    put("app-1");
    store_commit();
    ASSERT_OK(knowledge_get_node(view, SLICE("app-1"), &store_arena, &node));
    ASSERT_TEXT(node.capabilities, "network.deny compute.suspend");
    CU_ASSERT_STRING_EQUAL(node.capable.text, said.capable.text);
    CU_ASSERT_STRING_EQUAL(node.hello.text, said.hello.text);
    ASSERT_TEXT(node.services, "L2.network.enforce L2.network.monitor");
}

static void test_bad_nodes_are_refused(void)
{
    struct node_record node = node_named("");

    store_begin();
    ASSERT_CODE(knowledge_put_node(store, &node), STATUS_INVALID);
    node = node_named("app-1");
    node.last_seen_ms = -1;
    ASSERT_CODE(knowledge_put_node(store, &node), STATUS_INVALID);
    node = node_named("app-1");
    node.services.len = KNOWLEDGE_TEXT_MAX + 1; /* refused before it is read */
    struct status status = knowledge_put_node(store, &node);
    ASSERT_CODE(status, STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(status.msg, "services: 4097 bytes, over 4096");
    store_commit();
}

static struct status collect(void *arg, const struct node_record *row)
{
    char *names = arg;
    size_t used = 0;

    while (names[used] != '\0') {
        used++;
    }
    (void)snprintf(names + used, 256 - used, "%.*s ", SLICE_ARG(row->name));
    return STATUS_SUCCESS;
}

static void test_nodes_come_by_name_in_pages(void)
{
    char names[256] = "";
    bool more = false;

    store_begin();
    put("b");
    put("c");
    put("a");
    store_commit();
    ASSERT_OK(
        knowledge_list_nodes(view, (struct knowledge_page){ .limit = 2 }, collect, names, &more));
    CU_ASSERT_TRUE(more);
    CU_ASSERT_STRING_EQUAL(names, "a b ");
    ASSERT_OK(knowledge_list_nodes(view, (struct knowledge_page){ SLICE("b"), 2 }, collect, names,
                                   &more));
    CU_ASSERT_FALSE(more);
    CU_ASSERT_STRING_EQUAL(names, "a b c ");
    ASSERT_CODE(knowledge_list_nodes(view, (struct knowledge_page){ 0 }, collect, names, &more),
                STATUS_INVALID);
}

static void test_nonsense_in_the_file_reads_as_corrupt(void)
{
    struct node_record node = { 0 };

    store_begin();
    put("app-1");
    store_commit();
    CU_ASSERT_TRUE(store_patch("PRAGMA ignore_check_constraints = ON;"
                               "UPDATE nodes SET role = 'king'"));
    struct status status = knowledge_get_node(view, SLICE("app-1"), &store_arena, &node);
    ASSERT_CODE(status, STATUS_CORRUPT);
    CU_ASSERT_STRING_EQUAL(status.msg, "column role holds what it may not");
}

static CU_TestInfo tests[] = {
    { "a node is read as written", test_a_node_is_read_as_written },
    { "a second put replaces", test_a_second_put_replaces },
    { "last seen never goes back", test_last_seen_never_goes_back },
    { "what a node said stays when the registry is read again",
      test_what_a_node_said_stays_when_the_registry_is_read_again },
    { "bad nodes are refused", test_bad_nodes_are_refused },
    { "nodes come by name in pages", test_nodes_come_by_name_in_pages },
    { "nonsense in the file reads as corrupt", test_nonsense_in_the_file_reads_as_corrupt },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "nodes", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
