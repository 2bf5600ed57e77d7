#include "wire/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"

static struct world world;
static struct arena arena;

static int set_up(void)
{
    world_make(&world, "registry");
    return 0;
}

static int tear_down(void)
{
    arena_done(&arena);
    world_done(&world);
    return 0;
}

static const struct registry_node *node(const char *name)
{
    return registry_by_name(world.registry, slice_from(name));
}

static void test_nodes_are_found_by_name_and_key(void)
{
    CU_ASSERT_EQUAL(registry_count(world.registry), 3);
    CU_ASSERT_STRING_EQUAL(registry_at(world.registry, 0)->name, "agg-1");
    CU_ASSERT_PTR_EQUAL(registry_by_key(world.registry, &world.app.curve.public_key),
                        node("app-1"));
    CU_ASSERT_EQUAL(node("app-1")->role, PEER_SMA);
    CU_ASSERT_STRING_EQUAL(node("app-1")->aggregator, "agg-1");
    CU_ASSERT_PTR_NULL(node("app-3"));
    CU_ASSERT_PTR_NULL(registry_by_key(world.registry, &world.redand.curve.public_key));
    const struct registry_service *service = registry_service(node("app-1"), &world_enforce);
    CU_ASSERT_PTR_NOT_NULL_FATAL(service);
    CU_ASSERT_EQUAL(service->actions, 1U << ACTION_NETWORK_DENY | 1U << ACTION_NETWORK_ISOLATE);
    CU_ASSERT_EQUAL(service->kind_count, 0);
}

static void test_trust_follows_the_next_hop(void)
{
    CU_ASSERT_STRING_EQUAL(world.agg_trust.server, "redand");
    CU_ASSERT_TRUE(curve_public_eq(&world.agg_trust.server_key, &world.redand.curve.public_key));
    CU_ASSERT_STRING_EQUAL(world.app_trust.server, "agg-1");
    CU_ASSERT_TRUE(curve_public_eq(&world.app_trust.server_key, &world.agg.curve.public_key));
    CU_ASSERT_STRING_EQUAL(world.app_trust.signers[0].replica, "redand");
    CU_ASSERT_EQUAL(memcmp(&world.app_trust.signers[0].key, &world.redand.signing_public,
                           sizeof(world.redand.signing_public)),
                    0);
    CU_ASSERT_EQUAL(registry_trust(world.registry)->membership.epoch, 1);
    CU_ASSERT_EQUAL(registry_trust(world.registry)->membership.threshold, 1);
}

static struct status add(const char *name, enum peer_role role, const char *aggregator)
{
    char out[600];
    const struct registry_node_spec spec = { .name = slice_from(name),
                                             .role = role,
                                             .aggregator = slice_from(aggregator) };

    (void)snprintf(out, sizeof(out), "%s/%s", world.folder, name);
    return registry_add_node(world.folder, &spec, out);
}

static void test_names_are_never_used_twice(void)
{
    ASSERT_CODE(add("app-1", PEER_SMA, "agg-1"), STATUS_CONFLICT);
    ASSERT_CODE(add("redand", PEER_AGGREGATOR, ""), STATUS_CONFLICT);
    ASSERT_OK(registry_set_state(world.folder, SLICE("app-2"), NODE_REVOKED));
    ASSERT_CODE(add("app-2", PEER_SMA, "agg-1"), STATUS_CONFLICT);
    ASSERT_CODE(registry_set_state(world.folder, SLICE("app-2"), NODE_ENROLLED), STATUS_CONFLICT);
    ASSERT_CODE(registry_set_state(world.folder, SLICE("app-9"), NODE_REVOKED), STATUS_NOT_FOUND);
    ASSERT_CODE(registry_init(world.folder, SLICE("redand")), STATUS_CONFLICT);
}

static void test_a_node_is_added_whole_or_not(void)
{
    ASSERT_CODE(add("Bad Name", PEER_SMA, "agg-1"), STATUS_INVALID);
    ASSERT_CODE(add("app-5", PEER_SMA, ""), STATUS_INVALID);
    ASSERT_CODE(add("agg-5", PEER_AGGREGATOR, "agg-1"), STATUS_INVALID);
    ASSERT_CODE(add("app-5", PEER_SMA, "agg-9"), STATUS_NOT_FOUND);
    ASSERT_CODE(add("app-5", PEER_SMA, "app-1"), STATUS_NOT_FOUND);
    struct registry_node_spec many = { .name = SLICE("agg-6"),
                                       .role = PEER_AGGREGATOR,
                                       .services = &world_monitor,
                                       .service_count = 1 };
    ASSERT_CODE(registry_add_node(world.folder, &many, world.folder), STATUS_INVALID);
    many.service_count = 0; /* its files would overwrite the orchestrator's */
    ASSERT_CODE(registry_add_node(world.folder, &many, world.folder), STATUS_CONFLICT);
    ASSERT_CODE(registry_add_node("/nowhere", &many, "/nowhere"), STATUS_NOT_FOUND);
    const struct registry_node_spec mute = { .name = SLICE("app-6"),
                                             .role = PEER_SMA,
                                             .aggregator = SLICE("agg-1"),
                                             .services = &world_enforce,
                                             .service_count = 1 };
    ASSERT_CODE(registry_add_node(world.folder, &mute, world.folder), STATUS_INVALID);
    ASSERT_CODE(registry_init(world.folder, SLICE("-")), STATUS_INVALID);
}

/* --- rules ------------------------------------------------------------------------------ */

static void test_a_role_decides_what_may_be_sent(void)
{
    ASSERT_OK(registry_allow_type(node("app-1"), FRAME_EVENTS));
    ASSERT_OK(registry_allow_type(node("app-1"), FRAME_UNKNOWN));
    ASSERT_CODE(registry_allow_type(node("app-1"), FRAME_CMD), STATUS_DENIED);
    ASSERT_CODE(registry_allow_type(node("agg-1"), FRAME_WELCOME), STATUS_DENIED);
    ASSERT_CODE(registry_allow_type(NULL, FRAME_HELLO), STATUS_DENIED);
    struct registry_node revoked = *node("app-1");
    revoked.state = NODE_REVOKED;
    ASSERT_CODE(registry_allow_type(&revoked, FRAME_HELLO), STATUS_DENIED);
    revoked.state = NODE_DRAINING;
    ASSERT_OK(registry_allow_type(&revoked, FRAME_HELLO));
}

static void test_a_peer_speaks_of_itself_or_of_what_it_relays(void)
{
    const struct registry_node *about = NULL;

    ASSERT_OK(registry_allow_about(world.registry, node("app-1"), SLICE("app-1"), &about));
    CU_ASSERT_PTR_EQUAL(about, node("app-1"));
    ASSERT_OK(registry_allow_about(world.registry, node("agg-1"), SLICE("app-1"), &about));
    CU_ASSERT_PTR_EQUAL(about, node("app-1"));
    ASSERT_CODE(registry_allow_about(world.registry, node("app-1"), SLICE("app-2"), &about),
                STATUS_DENIED);
    ASSERT_CODE(registry_allow_about(world.registry, node("app-1"), SLICE("agg-1"), &about),
                STATUS_DENIED);
    ASSERT_CODE(registry_allow_about(world.registry, node("agg-1"), SLICE("nobody"), &about),
                STATUS_DENIED);
    struct registry_node pending = *node("app-1");
    pending.state = NODE_PENDING;
    ASSERT_CODE(registry_allow_about(world.registry, &pending, SLICE("app-1"), &about),
                STATUS_DENIED);
}

static void test_events_open_with_the_key_of_their_service(void)
{
    struct message message = world_events(&arena, &world.app, 7, 3, 2);
    struct event_batch batch;

    ASSERT_OK(registry_open_events(world.registry, &arena, &message, &batch));
    message.frame.seq = 4;
    ASSERT_CODE(registry_open_events(world.registry, &arena, &message, &batch), STATUS_CORRUPT);
    message.frame.seq = 3;
    message.node = SLICE("app-2");
    ASSERT_CODE(registry_open_events(world.registry, &arena, &message, &batch), STATUS_DENIED);
    message.node = SLICE("nobody");
    ASSERT_CODE(registry_open_events(world.registry, &arena, &message, &batch), STATUS_DENIED);
    message.node = SLICE("app-1");
    message.events.service = world_enforce; /* exists, but does not report */
    ASSERT_CODE(registry_open_events(world.registry, &arena, &message, &batch), STATUS_DENIED);
}

static void test_a_monitor_reports_only_its_kinds(void)
{
    struct event event = world_event(&arena, 1, SEVERITY_LOW);
    struct message message = { .frame = { .type = FRAME_EVENTS, .epoch = 1, .seq = 1 },
                               .node = SLICE("app-1") };
    const struct event_batch sealed = { .node = SLICE("app-1"),
                                        .service = world_monitor,
                                        .epoch = 1,
                                        .first_seq = 1,
                                        .events = &event,
                                        .event_count = 1 };
    struct event_batch batch;
    static const char *const kinds[] = { "detection",  "auth.success", "sensor.silent",
                                         "detections", "authority",    "plan.approved" };

    event.seq = 1;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        event.kind = slice_from(kinds[i]);
        ASSERT_OK(events_seal(&arena, &sealed,
                              &identity_service(&world.app, &world_monitor)->secret,
                              &message.events));
        ASSERT_CODE(registry_open_events(world.registry, &arena, &message, &batch),
                    i < 3 ? STATUS_OK : STATUS_DENIED);
    }
}

static void test_results_open_with_the_key_of_their_service(void)
{
    const struct service_result result = { .node = SLICE("app-1"),
                                           .service = world_enforce,
                                           .result = { .id = world_command("app-1", 1).id } };
    struct message message = { .frame = { .type = FRAME_CMD_RESULT }, .node = SLICE("app-1") };
    struct service_result back;

    ASSERT_OK(result_seal(&arena, &result, &identity_service(&world.app, &world_enforce)->secret,
                          &message.result));
    ASSERT_OK(registry_open_result(world.registry, &arena, &message, &back));
    message.node = SLICE("app-2");
    ASSERT_CODE(registry_open_result(world.registry, &arena, &message, &back), STATUS_DENIED);
    message.node = SLICE("app-1");
    message.result.service = world_monitor;
    ASSERT_CODE(registry_open_result(world.registry, &arena, &message, &back), STATUS_DENIED);
    const struct service_result lie = { .node = SLICE("app-2"),
                                        .service = world_enforce,
                                        .result = { .id = world_command("app-1", 1).id } };
    ASSERT_OK(result_seal(&arena, &lie, &identity_service(&world.app, &world_enforce)->secret,
                          &message.result));
    ASSERT_CODE(registry_open_result(world.registry, &arena, &message, &back), STATUS_CORRUPT);
}

/* --- the file --------------------------------------------------------------------------- */

static const char head[] =
    "apiVersion: redan/v1\nkind: Registry\norchestrator: redand\n"
    "orchestratorKey: \"1111111111111111111111111111111111111111111111111111111111111111\"\n"
    "membershipEpoch: 1\n";
static const char signer[] =
    "signers:\n  - {replica: redand, ed25519: "
    "\"3333333333333333333333333333333333333333333333333333333333333333\"}\n";
#define KEY(digit)                                                                                 \
    "\"" digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit \
        digit digit digit digit digit digit digit digit digit digit digit digit digit digit digit  \
            digit digit "\""

static void test_a_contradictory_registry_is_refused(void)
{
    static const struct {
        const char *text;
        const char *wanted;
    } rows[] = {
        { "threshold: 2\nnodes: []\n", "threshold 2 of 1 signers" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") "}\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY("bb") "}\n",
          "node a: the name is there twice" },
        { "threshold: 1\nnodes:\n  - {name: redand, role: aggregator, state: enrolled, "
          "curve: " KEY("aa") "}\n",
          "node redand: the name is there twice" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") "}\n  - {name: b, role: aggregator, state: enrolled, curve: " KEY("aa") "}\n",
          "node b: its key is also another node's" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "11") "}\n",
          "node a: its key is also another node's" },
        { "threshold: 1\nnodes:\n  - {name: s, role: sma, state: enrolled, aggregator: a, "
          "curve: " KEY("aa") "}\n",
          "`a` is no aggregator it can have" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: lost, curve: " KEY(
              "aa") "}\n",
          "bad value for `state`" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") ", services: [{id: L2.network.enforce, ed25519: " KEY("cc") ", actions: "
                                                                                "[data.freeze]}]}"
                                                                                "\n",
          "data.freeze is no action of L2.network.enforce" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") ", services: [{id: L2.network.enforce, ed25519: " KEY("cc") ", actions: "
                                                                                "[fly]}]}\n",
          "`fly` is not an action" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") ", services: [{id: L2.data.enforce, ed25519: " KEY("cc") "}, {id: "
                                                                             "L2.data.enforce, "
                                                                             "ed25519: " KEY(
                                                                                 "dd") "}]}\n",
          "service L2.data.enforce is there twice" },
        { "threshold: 1\nnodes:\n  - {name: a, role: aggregator, state: enrolled, curve: " KEY(
              "aa") ", services: [{id: L2.data.monitor, ed25519: " KEY("cc") ", kinds: [\"\"]}]}\n",
          "an event kind has 1 to 63 bytes" },
    };
    const char *path = file_path(&arena, suite_folder(), "contradictory.yaml");
    struct registry *registry = NULL;

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CLEANUP(buf_done) struct buf text = { 0 };
        buf_add_cstr(&text, head);
        buf_add_cstr(&text, signer);
        buf_add_cstr(&text, rows[i].text);
        ASSERT_OK(file_store(path, buf_slice(&text), 0644));
        struct status loaded = registry_load(path, &registry);
        CU_ASSERT_EQUAL(loaded.code, STATUS_INVALID);
        CU_ASSERT_PTR_NULL_FATAL(registry);
        if (strstr(loaded.msg, rows[i].wanted) == NULL) {
            (void)printf("    row %zu: `%s`\n", i, loaded.msg);
            CU_FAIL("another message was wanted");
        }
    }
}

static void test_a_newer_registry_is_swapped_in(void)
{
    const char *path = file_path(&arena, world.folder, "registry.yaml");
    struct registry_cell *cell = registry_cell_new(registry_ref(world.registry));
    struct registry *old = registry_cell_get(cell);
    struct registry *next = NULL;

    ASSERT_OK(add("app-7", PEER_SMA, "agg-1"));
    ASSERT_OK(registry_set_state(world.folder, SLICE("app-7"), NODE_DRAINING));
    ASSERT_OK(registry_load(path, &next));
    registry_cell_set(cell, next);
    struct registry *now = registry_cell_get(cell);
    CU_ASSERT_PTR_NOT_EQUAL(old, now);
    CU_ASSERT_PTR_NULL(registry_by_name(old, SLICE("app-7")));
    CU_ASSERT_PTR_NOT_NULL_FATAL(registry_by_name(now, SLICE("app-7")));
    CU_ASSERT_EQUAL(registry_by_name(now, SLICE("app-7"))->state, NODE_DRAINING);
    registry_unref(&old);
    registry_unref(&now);
    registry_cell_free(&cell);
    registry_cell_free(&cell);
}

static CU_TestInfo tests[] = {
    { "nodes are found by name and key", test_nodes_are_found_by_name_and_key },
    { "trust follows the next hop", test_trust_follows_the_next_hop },
    { "a node is added whole or not", test_a_node_is_added_whole_or_not },
    { "a role decides what may be sent", test_a_role_decides_what_may_be_sent },
    { "a peer speaks of itself or of what it relays",
      test_a_peer_speaks_of_itself_or_of_what_it_relays },
    { "events open with the key of their service", test_events_open_with_the_key_of_their_service },
    { "a monitor reports only its kinds", test_a_monitor_reports_only_its_kinds },
    { "results open with the key of their service",
      test_results_open_with_the_key_of_their_service },
    { "a contradictory registry is refused", test_a_contradictory_registry_is_refused },
    { "a newer registry is swapped in", test_a_newer_registry_is_swapped_in },
    { "names are never used twice", test_names_are_never_used_twice },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/registry", set_up, tear_down, NULL, NULL, tests },
                          CU_SUITE_INFO_NULL };
