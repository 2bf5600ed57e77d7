#include "planes/fake/fake_plane.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"

#include <stdlib.h>

static struct clock_virtual virtual_time;
static struct clock_source virtual_clock;
static struct fake_world *world;
static struct plane *plane;

static struct status open_fake(void *arg, struct plane **out)
{
    (void)arg;
    return fake_plane_open(world, out);
}

static void advance(void *arg, int64_t by_ms)
{
    (void)arg;
    clock_virtual_advance(&virtual_time, by_ms * 1000);
}

static int set_up_contract(enum plane_kind kind, bool keeps_leases)
{
    static struct plane_contract_subject subject;

    virtual_clock = clock_virtual_source(&virtual_time);
    world = fake_world_new(&(struct fake_world_spec){
        .kind = kind, .clock = &virtual_clock, .keeps_leases = keeps_leases });
    subject = (struct plane_contract_subject){
        .open = open_fake,
        .kind = kind,
        .sources = { "198.51.100.1", "2001:db8::1" },
        .resources = { "pacs-vm", "db-vm" },
        .keeps_leases = keeps_leases,
        .advance = advance,
    };
    plane_contract_subject = &subject;
    return 0;
}

static int set_up_network(void)
{
    return set_up_contract(PLANE_NETWORK, true);
}

static int set_up_compute(void)
{
    (void)set_up_contract(PLANE_COMPUTE, false);
    fake_world_lack(world, ACTION_COMPUTE_SNAPSHOT, "no disk to keep it on");
    return 0;
}

static int tear_down_contract(void)
{
    fake_world_free(TAKE(world));
    return 0;
}

/* --- the script ------------------------------------------------------------------------------- */

static void set_up_script(void)
{
    virtual_clock = clock_virtual_source(&virtual_time);
    world = fake_world_new(&(struct fake_world_spec){
        .kind = PLANE_NETWORK, .clock = &virtual_clock, .keeps_leases = true });
    ASSERT_OK(fake_plane_open(world, &plane));
}

static void tear_down_script(void)
{
    plane_close(&plane);
    fake_world_free(TAKE(world));
}

static struct action deny(void)
{
    struct action action = { .id = { "01HZX3V9KQ0000000000000000" },
                             .kind = ACTION_NETWORK_DENY,
                             .node = "app-1" };

    ASSERT_OK(address_parse(SLICE("198.51.100.7"), &action.source));
    return action;
}

static void test_failures_come_as_told(void)
{
    struct action action = deny();

    fake_world_fail(world, PLANE_CALL_APPLY, 2, status_error(STATUS_DENIED, "not you"), false);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_DENIED);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_DENIED);
    CU_ASSERT_EQUAL(fake_world_controls(world), 0);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(fake_world_controls(world), 1);
    CU_ASSERT_EQUAL(fake_world_calls(world, PLANE_CALL_APPLY), 3);
    CU_ASSERT_EQUAL(fake_world_calls(world, PLANE_CALL_UNDO), 0);
}

static void test_an_answer_can_be_lost_after_the_work(void)
{
    struct action action = deny();

    fake_world_fail(world, PLANE_CALL_APPLY, 1, status_error(STATUS_UNAVAILABLE, "lost"), true);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNAVAILABLE);
    CU_ASSERT_TRUE(fake_world_holds(world, &action));
}

static void count_done(void *arg, struct status outcome)
{
    ASSERT_OK(outcome);
    (*(unsigned *)arg)++;
}

static void test_delays_are_turns(void)
{
    struct action action = deny();
    unsigned done = 0;

    fake_world_delay(world, PLANE_CALL_APPLY, 2);
    ASSERT_OK(plane_apply(plane, &action, count_done, &done));
    ASSERT_OK(plane_dispatch(plane));
    ASSERT_OK(plane_dispatch(plane));
    CU_ASSERT_EQUAL(done, 0);
    CU_ASSERT_FALSE(fake_world_holds(world, &action));
    ASSERT_OK(plane_dispatch(plane));
    CU_ASSERT_EQUAL(done, 1);
    CU_ASSERT_TRUE(fake_world_holds(world, &action));
}

static void test_drift_is_seen(void)
{
    struct action action = deny();
    struct plane_reading reading;

    CU_ASSERT_FALSE(fake_world_damage(world, &action.id));
    CU_ASSERT_FALSE(fake_world_lose(world, &action.id));
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_TRUE(fake_world_damage(world, &action.id));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_PARTIAL);
    ASSERT_OK(drive_apply(plane, &action)); /* repairs */
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    CU_ASSERT_TRUE(fake_world_lose(world, &action.id));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_ABSENT);
}

static void test_only_named_resources_exist(void)
{
    struct action action = { .id = { "01HZX3V9KQ0000000000000000" },
                             .kind = ACTION_DATA_FREEZE,
                             .node = "app-1",
                             .resource = "studies" };
    struct fake_world *data =
        fake_world_new(&(struct fake_world_spec){ .kind = PLANE_DATA, .clock = &virtual_clock });
    struct plane *bucket = NULL;

    fake_world_add_resource(data, "reports");
    ASSERT_OK(fake_plane_open(data, &bucket));
    ASSERT_CODE(drive_apply(bucket, &action), STATUS_NOT_FOUND);
    fake_world_add_resource(data, "studies");
    ASSERT_OK(drive_apply(bucket, &action));
    ASSERT_OK(drive_undo(bucket, &action));
    plane_close(&bucket);
    fake_world_free(data);
}

static void test_only_named_peers_were_seen(void)
{
    struct plane_peer_query query = { .peer_port = 40000, .local_port = 22 };
    bool seen = true;

    ASSERT_OK(address_parse(SLICE("198.51.100.7"), &query.peer));
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_FALSE(seen);
    fake_world_add_peer(world, &query);
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_TRUE(seen);
    query.peer_port = 0;
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_TRUE(seen);
    query.local_port = 23;
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_FALSE(seen);
}

static CU_TestInfo script_tests[] = {
    { "failures come as told", test_failures_come_as_told },
    { "an answer can be lost after the work", test_an_answer_can_be_lost_after_the_work },
    { "delays are turns", test_delays_are_turns },
    { "drift is seen", test_drift_is_seen },
    { "only named resources exist", test_only_named_resources_exist },
    { "only named peers were seen", test_only_named_peers_were_seen },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: fake network", set_up_network, tear_down_contract, NULL, NULL,
      plane_contract_tests },
    { "contract: fake compute", set_up_compute, tear_down_contract, NULL, NULL,
      plane_contract_tests },
    { "fake script", NULL, NULL, set_up_script, tear_down_script, script_tests },
    CU_SUITE_INFO_NULL,
};
