/* The compute plane over libvirt's test driver, behind a real libvirtd: no guest runs, every call
 * and every failure of libvirt is real. */
#include "planes/compute/libvirt_plane.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/compute/provider.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { SHORT_LIMIT_MS = 700 };

static struct provider provider;
static struct plane *plane;

static struct status open_libvirt(void *arg, struct plane **out)
{
    (void)arg;
    return libvirt_plane_open(&(struct libvirt_plane_spec){ .uri = provider.uri }, out);
}

static const char second_domain[] =
    "<domain type='test'><name>second</name><memory>65536</memory><vcpu>1</vcpu>"
    "<os><type>hvm</type></os></domain>";

static struct status start_provider(void)
{
    TRY(provider_start(&provider, "test", "default"));
    return provider_domain(&provider, second_domain, true);
}

static int start_suite(void)
{
    static const struct plane_contract_subject subject = { .open = open_libvirt,
                                                           .kind = PLANE_COMPUTE,
                                                           .resources = { "test", "second" } };

    plane_contract_subject = &subject;
    struct status status = start_provider();
    if (status.code == STATUS_UNSUPPORTED) {
        suite_skip_all("%s", status.msg);
        return 0;
    }
    if (!status_ok(&status)) {
        (void)printf("\n    %s\n", status.msg);
    }
    return status_ok(&status) ? 0 : 1;
}

static int end_suite(void)
{
    provider_end(&provider);
    return 0;
}

/* ------------------------------------------------------------------------------------- suspend */

static struct action action_of(enum action_kind kind, unsigned number)
{
    struct action action = {
        .kind = kind, .node = "node-2", .resource = "test", .lease = { LEASE_BAN, 600000, 600000 }
    };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZC0MPVTE00000000000%04u",
                   number % 10000);
    return action;
}

static void set_up(void)
{
    ASSERT_OK(open_libvirt(NULL, &plane));
}

static void tear_down(void)
{
    plane_close(&plane);
}

static enum plane_presence presence(const struct action *action)
{
    struct plane_reading reading = { 0 };

    ASSERT_OK(drive_read_back(plane, action, &reading));
    CU_ASSERT_EQUAL(reading.verified_by, VERIFIED_SELF);
    return reading.presence;
}

/* What its owner does, by another connection. */
static void owner(int (*what)(virDomainPtr domain))
{
    virDomainPtr domain = provider_lookup(&provider, "test");

    CU_ASSERT_PTR_NOT_NULL_FATAL(domain);
    CU_ASSERT_EQUAL(what(domain), 0);
    (void)virDomainFree(domain);
}

static void test_a_pause_of_the_owner_survives_undo(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct action second = action_of(ACTION_COMPUTE_SUSPEND, 2);

    owner(virDomainSuspend);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(presence(&action), PLANE_PRESENT);
    ASSERT_OK(drive_apply(plane, &second));
    ASSERT_OK(drive_undo(plane, &action));
    ASSERT_OK(drive_undo(plane, &second));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_PAUSED);
    owner(virDomainResume);
}

static void test_a_pause_of_ours_ends_with_its_last_hold(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct action second = action_of(ACTION_COMPUTE_SUSPEND, 2);

    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_apply(plane, &second));
    plane_close(&plane);
    set_up();
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_PAUSED);
    ASSERT_OK(drive_undo(plane, &second));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_RUNNING);
}

static void test_drift_is_seen_and_repaired(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);

    ASSERT_OK(drive_apply(plane, &action));
    owner(virDomainResume);
    CU_ASSERT_EQUAL(presence(&action), PLANE_PARTIAL);
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(presence(&action), PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_RUNNING);
}

/* An owner that pauses and resumes under a hold gets back what it left: running, not ours. */
static void test_the_second_hold_takes_over_a_resumed_domain(void)
{
    struct action first = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct action second = action_of(ACTION_COMPUTE_SUSPEND, 2);

    owner(virDomainSuspend);
    ASSERT_OK(drive_apply(plane, &first));
    owner(virDomainResume);
    ASSERT_OK(drive_apply(plane, &second));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_PAUSED);
    ASSERT_OK(drive_undo(plane, &second));
    ASSERT_OK(drive_undo(plane, &first));
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_RUNNING);
}

static void test_a_domain_that_is_off_cannot_be_paused(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);

    ASSERT_OK(drive_apply(plane, &action));
    owner(virDomainDestroy);
    CU_ASSERT_EQUAL(presence(&action), PLANE_PARTIAL);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNAVAILABLE);
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(presence(&action), PLANE_ABSENT);
    owner(virDomainCreate);
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_RUNNING);
}

static void write_note(const char *xml)
{
    virDomainPtr domain = provider_lookup(&provider, "test");

    CU_ASSERT_PTR_NOT_NULL_FATAL(domain);
    CU_ASSERT_EQUAL(virDomainSetMetadata(domain, VIR_DOMAIN_METADATA_ELEMENT, xml, "redan",
                                         LIBVIRT_CONTROL_NS,
                                         VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG),
                    0);
    (void)virDomainFree(domain);
}

#define FORGED_NOTE(kind, resource)                                                                \
    "<controls>redan-holds 1\nhold 01HZC0MPVTE000000000009999 " kind " node-2 " resource           \
    " ban 0 0 0\n</controls>"

/* A domain's owner may write there, and speaks for this domain alone. */
static void test_a_note_speaks_for_its_own_domain(void)
{
    struct plane_control *controls = NULL;
    size_t count = 0;

    write_note(FORGED_NOTE("compute.suspend", "second"));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_STRING_EQUAL(controls[0].action.resource, "test");
    CU_ASSERT_EQUAL(controls[0].reading.presence, PLANE_PARTIAL);
    ASSERT_OK(drive_undo(plane, &controls[0].action));
    free(TAKE(controls));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL(count, 0);
    free(TAKE(controls));
}

static void test_a_damaged_note_stops_no_pause(void)
{
    static const char *const damaged[] = { "<controls/>", "<controls>redan-holds 9</controls>",
                                           "<other><controls>x</controls></other>",
                                           FORGED_NOTE("data.freeze", "test") };
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct plane_control *controls = NULL;
    size_t count = 9;

    for (size_t i = 0; i < COUNT_OF(damaged); i++) {
        write_note(damaged[i]);
        CU_ASSERT_EQUAL(presence(&action), PLANE_ABSENT);
        ASSERT_OK(drive_observe(plane, &controls, &count));
        CU_ASSERT_EQUAL(count, 0);
        free(TAKE(controls));
        ASSERT_CODE(drive_undo(plane, &action), STATUS_CORRUPT);
        ASSERT_OK(drive_apply(plane, &action));
        CU_ASSERT_EQUAL(presence(&action), PLANE_PRESENT);
        write_note(damaged[i]);
        CU_ASSERT_EQUAL(presence(&action), PLANE_PARTIAL);
        owner(virDomainResume);
        write_note(NULL);
    }
}

/* ------------------------------------------------------------------------------------ snapshot */

static void test_a_snapshot_is_named_and_tells_its_lease(void)
{
    struct action action = action_of(ACTION_COMPUTE_SNAPSHOT, 7);
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_apply(plane, &action));
    virDomainPtr domain = provider_lookup(&provider, "test");
    virDomainSnapshotPtr snapshot =
        virDomainSnapshotLookupByName(domain, "redan-01HZC0MPVTE000000000000007", 0);
    CU_ASSERT_PTR_NOT_NULL(snapshot);
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT(controls[0].reading.lease_left_ms > 500000);
    CU_ASSERT(controls[0].reading.lease_left_ms <= 600000);
    free(TAKE(controls));

    action.lease = (struct lease){ LEASE_BAN, 1200000, 1200000 };
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT(controls[0].reading.lease_left_ms > 1100000);
    CU_ASSERT_STRING_EQUAL(controls[0].action.node, "node-2");
    free(TAKE(controls));
    ASSERT_OK(drive_undo(plane, &action));
    (void)virDomainSnapshotFree(snapshot);
    (void)virDomainFree(domain);
}

static void test_snapshots_of_others_are_not_ours(void)
{
    static const char *const others[] = {
        "<domainsnapshot><name>nightly</name></domainsnapshot>",
        "<domainsnapshot><name>redan-x</name><description>mine</description></domainsnapshot>",
        "<domainsnapshot><name>redan-bare</name></domainsnapshot>",
    };
    virDomainPtr domain = provider_lookup(&provider, "test");
    struct plane_control *controls = NULL;
    size_t count = 9;

    for (size_t i = 0; i < COUNT_OF(others); i++) {
        virDomainSnapshotPtr made = virDomainSnapshotCreateXML(domain, others[i], 0);
        CU_ASSERT_PTR_NOT_NULL_FATAL(made);
        ASSERT_OK(drive_observe(plane, &controls, &count));
        CU_ASSERT_EQUAL(count, 0);
        free(TAKE(controls));
        CU_ASSERT_EQUAL(virDomainSnapshotDelete(made, 0), 0);
        (void)virDomainSnapshotFree(made);
    }
    (void)virDomainFree(domain);
}

/* -------------------------------------------------------------------------------------- faults */

static void test_an_unknown_domain_is_not_found(void)
{
    for (size_t i = 0; i < 2; i++) {
        struct action action =
            action_of(i == 0 ? ACTION_COMPUTE_SUSPEND : ACTION_COMPUTE_SNAPSHOT, 1);
        struct plane_reading reading;
        (void)snprintf(action.resource, sizeof(action.resource), "nobody");
        ASSERT_CODE(drive_apply(plane, &action), STATUS_NOT_FOUND);
        ASSERT_CODE(drive_undo(plane, &action), STATUS_NOT_FOUND);
        ASSERT_CODE(drive_read_back(plane, &action, &reading), STATUS_NOT_FOUND);
    }
}

static void test_a_killed_daemon_is_unavailable_until_it_is_back(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(provider_command(&provider, "kill"));
    ASSERT_CODE(drive_undo(plane, &action), STATUS_UNAVAILABLE);
    ASSERT_CODE(drive_observe(plane, &controls, &count), STATUS_UNAVAILABLE);
    ASSERT_OK(provider_command(&provider, "start"));
    ASSERT_OK(provider_connect(&provider));
    /* The test driver forgot with its process; a real one does not. */
    CU_ASSERT_EQUAL(presence(&action), PLANE_ABSENT);
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_undo(plane, &action));
    ASSERT_OK(provider_domain(&provider, second_domain, true));
}

static void count_end(void *arg, struct status outcome)
{
    ASSERT_CODE(outcome, STATUS_UNAVAILABLE);
    (*(unsigned *)arg)++;
}

/* The owner's loop keeps turning while the daemon hangs. */
static void test_a_hanging_daemon_blocks_nobody(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, 1);
    struct plane_reading reading;
    unsigned ends = 0;

    plane_close(&plane);
    ASSERT_OK(libvirt_plane_open(&(struct libvirt_plane_spec){ .uri = provider.uri,
                                                               .change_ms = SHORT_LIMIT_MS,
                                                               .read_ms = SHORT_LIMIT_MS },
                                 &plane));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    ASSERT_OK(provider_command(&provider, "stop"));
    int64_t begin_ms = clock_mono_ms(&clock_real);
    ASSERT_OK(plane_apply(plane, &action, count_end, &ends));
    CU_ASSERT(clock_mono_ms(&clock_real) - begin_ms < SHORT_LIMIT_MS / 2);
    while (ends == 0 && clock_mono_ms(&clock_real) - begin_ms < PLANE_DRIVER_DEADLINE_MS) {
        ASSERT_OK(drive_turn(plane, 100));
    }
    CU_ASSERT_EQUAL(ends, 1);
    ASSERT_CODE(plane_apply(plane, &action, count_end, &ends), STATUS_UNAVAILABLE);
    ASSERT_OK(provider_command(&provider, "cont"));

    struct status status = status_error(STATUS_UNAVAILABLE, "not tried");
    while (!status_ok(&status) && clock_mono_ms(&clock_real) - begin_ms < 30000) {
        ASSERT_OK(drive_turn(plane, 10));
        status = drive_undo(plane, &action);
    }
    ASSERT_OK(status);
    CU_ASSERT_EQUAL(provider_state(&provider, "test"), VIR_DOMAIN_RUNNING);
}

static void test_only_uris_are_taken(void)
{
    struct plane *none = NULL;
    static const char *const bad[] = { "", "qemu" };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(libvirt_plane_open(&(struct libvirt_plane_spec){ .uri = bad[i] }, &none),
                    STATUS_INVALID);
    }
}

static void test_drivers_differ_in_what_they_can(void)
{
    static const struct {
        const char *uri;
        bool snapshots;
    } rows[] = { { "qemu:///system", true },
                 { "qemu+unix:///system?socket=/x", true },
                 { "lxc:///system", false },
                 { "vbox:///session", false } };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct plane *other = NULL;
        struct plane_capability all[ACTION_KINDS];
        ASSERT_OK(libvirt_plane_open(&(struct libvirt_plane_spec){ .uri = rows[i].uri }, &other));
        plane_capabilities(other, all);
        CU_ASSERT_TRUE(all[ACTION_COMPUTE_SUSPEND].supported);
        CU_ASSERT_EQUAL(all[ACTION_COMPUTE_SNAPSHOT].supported, rows[i].snapshots);
        plane_close(&other);
    }
}

static CU_TestInfo suspend_tests[] = {
    { "a pause of the owner survives undo", test_a_pause_of_the_owner_survives_undo },
    { "a pause of ours ends with its last hold", test_a_pause_of_ours_ends_with_its_last_hold },
    { "drift is seen and repaired", test_drift_is_seen_and_repaired },
    { "the second hold takes over a resumed domain",
      test_the_second_hold_takes_over_a_resumed_domain },
    { "a domain that is off cannot be paused", test_a_domain_that_is_off_cannot_be_paused },
    { "a note speaks for its own domain", test_a_note_speaks_for_its_own_domain },
    { "a damaged note stops no pause", test_a_damaged_note_stops_no_pause },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo snapshot_tests[] = {
    { "a snapshot is named and tells its lease", test_a_snapshot_is_named_and_tells_its_lease },
    { "snapshots of others are not ours", test_snapshots_of_others_are_not_ours },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo fault_tests[] = {
    { "an unknown domain is not found", test_an_unknown_domain_is_not_found },
    { "a killed daemon is unavailable until it is back",
      test_a_killed_daemon_is_unavailable_until_it_is_back },
    { "a hanging daemon blocks nobody", test_a_hanging_daemon_blocks_nobody },
    CU_TEST_INFO_NULL,
};

static CU_TestInfo plain_tests[] = {
    { "only URIs are taken", test_only_uris_are_taken },
    { "drivers differ in what they can", test_drivers_differ_in_what_they_can },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "plain", NULL, NULL, NULL, NULL, plain_tests },
    { "contract: libvirt test driver", start_suite, end_suite, NULL, NULL, plane_contract_tests },
    { "suspend", start_suite, end_suite, set_up, tear_down, suspend_tests },
    { "snapshot", start_suite, end_suite, set_up, tear_down, snapshot_tests },
    { "faults", start_suite, end_suite, set_up, tear_down, fault_tests },
    CU_SUITE_INFO_NULL,
};
