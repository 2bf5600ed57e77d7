/* The data plane over a store with real writers, each a process in its own mount namespace. */
#include "planes/data/folder_gate.h"
#include "planes/data/folder_plane.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/data/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "base/clock.h"
#include "base/file.h"

static char root[WORKLOAD_PATH_MAX];
static struct workload workload;
static struct plane *plane;
static struct folder_gate *gate;
static struct arena arena;
static const char *registered; /* the writer's text; NULL: none */

static const char *in_folder(const char *folder, const char *name)
{
    return file_path(&arena, folder, name);
}

/* A store with two buckets, and the place where the workload will mount one. */
static struct status make_store(void)
{
    static unsigned number;

    (void)snprintf(root, sizeof(root), "%s/store%u", suite_folder(), ++number);
    TRY(file_make_folder(in_folder(root, "studies"), 0755));
    TRY(file_make_folder(in_folder(root, "reports"), 0755));
    return file_make_folder(in_folder(suite_folder(), "mnt"), 0755);
}

static struct status start_workload(const char *hide)
{
    struct workload_spec spec = { .folder = in_folder(root, "studies"),
                                  .mountpoint = in_folder(suite_folder(), "mnt"),
                                  .hide = hide };

    TRY(workload_start(&spec, &workload));
    registered = arena_printf(&arena, "studies:%d:%s", (int)workload.pid, spec.mountpoint).ptr;
    return STATUS_SUCCESS;
}

static struct status open_folder(void *arg, struct plane **out)
{
    struct writer writer = { .pidfd = -1 };

    (void)arg;
    if (registered != NULL) {
        TRY(writer_parse(slice_from(registered), &writer));
    }
    struct folder_plane_spec spec = { .root = root,
                                      .writers = &writer,
                                      .writer_count = registered != NULL ? 1 : 0 };
    return folder_plane_open(&spec, out);
}

static const struct plane_contract_subject subject = { .open = open_folder,
                                                       .kind = PLANE_DATA,
                                                       .resources = { "studies", "reports" } };

static int outcome_of(struct status status)
{
    if (status.code == STATUS_UNSUPPORTED) {
        suite_skip_all("%s", status.msg);
        return 0;
    }
    if (!status_ok(&status)) {
        (void)printf("\n    %s\n", status.msg);
    }
    return status_ok(&status) ? 0 : 1;
}

static int start_alone(void)
{
    registered = NULL;
    plane_contract_subject = &subject;
    return outcome_of(make_store());
}

static int start_with_writer(void)
{
    struct status status = make_store();

    plane_contract_subject = &subject;
    return outcome_of(status_ok(&status) ? start_workload(root) : status);
}

static int end_suite(void)
{
    workload_end(&workload);
    arena_done(&arena);
    return 0;
}

/* ------------------------------------------------------------------------------------- freezes */

static struct action freeze(unsigned number)
{
    struct action action = { .kind = ACTION_DATA_FREEZE,
                             .node = "node-2",
                             .resource = "studies",
                             .lease = { LEASE_BAN, 600000, 600000 } };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZF01DER000000000000%04u",
                   number % 10000);
    return action;
}

static void open_both(void)
{
    ASSERT_OK(open_folder(NULL, &plane));
    ASSERT_OK(folder_gate_open(root, &gate));
}

static void set_up(void)
{
    ASSERT_OK(make_store());
    ASSERT_OK(start_workload(root));
    open_both();
}

static void tear_down(void)
{
    plane_close(&plane);
    folder_gate_close(&gate);
    workload_end(&workload);
    arena_done(&arena);
}

static int probe_namespace(void)
{
    struct status status = make_store();

    if (status_ok(&status)) {
        status = start_workload(NULL);
    }
    workload_end(&workload);
    return outcome_of(status);
}

static void check_reading(const struct action *action, enum plane_presence wanted,
                          const char *detail)
{
    struct plane_reading reading = { 0 };

    ASSERT_OK(drive_read_back(plane, action, &reading));
    CU_ASSERT_EQUAL(reading.presence, wanted);
    CU_ASSERT_EQUAL(reading.verified_by, VERIFIED_SELF);
    if (strstr(reading.detail, detail) == NULL) {
        (void)printf("\n    detail `%s`, wanted `%s`\n", reading.detail, detail);
        CU_FAIL("other detail");
    }
}

static void test_a_freeze_stops_the_writer_and_the_gate(void)
{
    struct action action = freeze(1);

    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
    ASSERT_OK(folder_gate_put(gate, "studies", "a", SLICE("x")));
    int64_t begin_us = clock_mono_us(&clock_real);
    ASSERT_OK(drive_apply(plane, &action));
    (void)printf("\n    freeze with one writer: %.1f ms",
                 (double)(clock_mono_us(&clock_real) - begin_us) / 1000.0);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_HOLD), EROFS);
    ASSERT_CODE(folder_gate_put(gate, "studies", "b", SLICE("x")), STATUS_DENIED);
    ASSERT_OK(folder_gate_put(gate, "reports", "b", SLICE("x")));
    begin_us = clock_mono_us(&clock_real);
    check_reading(&action, PLANE_PRESENT, "mounts read-only: 1, writers gone: 0, holds: 1");
    (void)printf("\n    read back: %.1f ms",
                 (double)(clock_mono_us(&clock_real) - begin_us) / 1000.0);
    begin_us = clock_mono_us(&clock_real);
    ASSERT_OK(drive_undo(plane, &action));
    (void)printf("\n    thaw: %.1f ms\n", (double)(clock_mono_us(&clock_real) - begin_us) / 1000.0);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
    ASSERT_OK(folder_gate_put(gate, "studies", "b", SLICE("x")));
    check_reading(&action, PLANE_ABSENT, "not held");
}

static void test_the_last_hold_gives_back(void)
{
    struct action first = freeze(1);
    struct action second = freeze(2);

    ASSERT_OK(drive_apply(plane, &first));
    ASSERT_OK(drive_apply(plane, &second));
    plane_close(&plane);
    ASSERT_OK(open_folder(NULL, &plane));
    ASSERT_OK(drive_undo(plane, &first));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    check_reading(&second, PLANE_PRESENT, "holds: 1");
    ASSERT_OK(drive_undo(plane, &second));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

static void test_an_open_file_keeps_the_freeze_partial(void)
{
    struct action action = freeze(1);

    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_HOLD), 0);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNAVAILABLE);
    check_reading(&action, PLANE_PARTIAL, "can write");
    ASSERT_CODE(folder_gate_put(gate, "studies", "b", SLICE("x")), STATUS_DENIED);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_APPEND), 0);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_RELEASE), 0);
    ASSERT_OK(drive_apply(plane, &action));
    check_reading(&action, PLANE_PRESENT, "mounts read-only: 1");
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

static void test_a_writer_that_unlocks_itself_is_seen(void)
{
    struct action action = freeze(1);

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_UNLOCK), 0);
    check_reading(&action, PLANE_PARTIAL, "can write");
    ASSERT_OK(drive_apply(plane, &action));
    check_reading(&action, PLANE_PRESENT, "mounts read-only: 1");
    ASSERT_OK(drive_undo(plane, &action));
}

/* A mount that was read-only before belongs to its owner. */
static void test_a_read_only_mount_stays_so(void)
{
    struct action first = freeze(1);
    struct action second = freeze(2);

    ASSERT_OK(drive_apply(plane, &first));
    /* As if the owner had set it, and we came later. */
    CU_ASSERT_EQUAL(unlink(in_folder(root, ".redan/studies.holds")), 0);
    ASSERT_OK(drive_apply(plane, &second));
    ASSERT_OK(drive_undo(plane, &second));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
}

static void test_a_way_round_is_seen(void)
{
    struct action action = freeze(1);

    tear_down();
    ASSERT_OK(make_store());
    ASSERT_OK(start_workload(NULL)); /* sees the store itself, too */
    open_both();
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_AROUND), 0);
    check_reading(&action, PLANE_PARTIAL, "store's own folder");
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_a_writer_that_ended_writes_no_more(void)
{
    struct action action = freeze(1);

    ASSERT_OK(drive_apply(plane, &action));
    workload_end(&workload);
    check_reading(&action, PLANE_PRESENT, "mounts read-only: 0, writers gone: 1");
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_a_wrong_mount_point_is_partial(void)
{
    struct action action = freeze(1);

    plane_close(&plane);
    registered = arena_printf(&arena, "studies:%d:/tmp", (int)workload.pid).ptr;
    ASSERT_OK(open_folder(NULL, &plane));
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNAVAILABLE);
    check_reading(&action, PLANE_PARTIAL, "no mount of the bucket");
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_a_namespace_may_be_a_path(void)
{
    struct action action = freeze(1);

    plane_close(&plane);
    registered = arena_printf(&arena, "studies:/proc/%d/ns/mnt:%s", (int)workload.pid,
                              in_folder(suite_folder(), "mnt"))
                     .ptr;
    ASSERT_OK(open_folder(NULL, &plane));
    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    check_reading(&action, PLANE_PRESENT, "mounts read-only: 1");
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

/* A writer is dropped from the configuration while it is shut. */
static void test_a_writer_that_is_no_longer_registered_is_given_back(void)
{
    struct action action = freeze(1);

    ASSERT_OK(drive_apply(plane, &action));
    plane_close(&plane);
    registered = NULL;
    ASSERT_OK(open_folder(NULL, &plane));
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

static CU_TestInfo writer_tests[] = {
    { "a freeze stops the writer and the gate", test_a_freeze_stops_the_writer_and_the_gate },
    { "the last hold gives back", test_the_last_hold_gives_back },
    { "an open file keeps the freeze partial", test_an_open_file_keeps_the_freeze_partial },
    { "a writer that unlocks itself is seen", test_a_writer_that_unlocks_itself_is_seen },
    { "a read-only mount stays so", test_a_read_only_mount_stays_so },
    { "a way round is seen", test_a_way_round_is_seen },
    { "a writer that ended writes no more", test_a_writer_that_ended_writes_no_more },
    { "a wrong mount point is partial", test_a_wrong_mount_point_is_partial },
    { "a namespace may be a path", test_a_namespace_may_be_a_path },
    { "a writer that is no longer registered is given back",
      test_a_writer_that_is_no_longer_registered_is_given_back },
    CU_TEST_INFO_NULL,
};

/* -------------------------------------------------------------------------------------- faults */

static void set_up_alone(void)
{
    registered = NULL;
    ASSERT_OK(make_store());
    open_both();
}

static void test_an_unknown_bucket_is_not_found(void)
{
    struct action action = freeze(1);
    struct plane_reading reading;

    (void)snprintf(action.resource, sizeof(action.resource), "nowhere");
    ASSERT_CODE(drive_apply(plane, &action), STATUS_NOT_FOUND);
    ASSERT_CODE(drive_undo(plane, &action), STATUS_NOT_FOUND);
    ASSERT_CODE(drive_read_back(plane, &action, &reading), STATUS_NOT_FOUND);
}

static void test_a_bucket_taken_away_can_be_let_go(void)
{
    struct action action = freeze(1);

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(rmdir(in_folder(root, "studies")), 0);
    check_reading(&action, PLANE_PARTIAL, "folder is gone");
    ASSERT_CODE(drive_apply(plane, &action), STATUS_NOT_FOUND);
    ASSERT_OK(drive_undo(plane, &action));
    ASSERT_CODE(drive_undo(plane, &action), STATUS_NOT_FOUND);
}

static void test_a_damaged_record_freezes_and_is_begun_anew(void)
{
    struct action action = freeze(1);
    struct plane_control *controls = NULL;
    size_t count = 9;

    ASSERT_OK(file_store(in_folder(root, ".redan/studies.holds"), SLICE("damaged"), 0600));
    check_reading(&action, PLANE_PARTIAL, "damaged");
    ASSERT_CODE(drive_undo(plane, &action), STATUS_CORRUPT);
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL(count, 0);
    free(controls);
    ASSERT_OK(drive_apply(plane, &action));
    check_reading(&action, PLANE_PRESENT, "holds: 1");
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_a_write_inside_the_gate_is_waited_for(void)
{
    struct action action = freeze(1);
    int lock = open(in_folder(root, ".redan/studies.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    /* As a writer does that has looked and not yet renamed. */
    CU_ASSERT_EQUAL_FATAL(flock(lock, LOCK_SH), 0);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_UNAVAILABLE);
    check_reading(&action, PLANE_PARTIAL, "not over");
    (void)close(lock);
    check_reading(&action, PLANE_PRESENT, "holds: 1");
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_a_root_has_one_plane(void)
{
    struct plane *second = NULL;

    ASSERT_CODE(open_folder(NULL, &second), STATUS_CONFLICT);
    plane_close(&plane);
    ASSERT_OK(open_folder(NULL, &second));
    plane_close(&second);
}

static void test_observe_tells_what_is_left_of_the_lease(void)
{
    struct action action = freeze(1);
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT(controls[0].reading.lease_left_ms > 500000);
    CU_ASSERT(controls[0].reading.lease_left_ms <= 600000);
    CU_ASSERT_STRING_EQUAL(controls[0].action.node, "node-2");
    free(controls);
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_too_many_writers_are_refused(void)
{
    struct writer writers[FOLDER_WRITERS_MAX + 1];
    struct plane *none = NULL;

    for (size_t i = 0; i < COUNT_OF(writers); i++) {
        ASSERT_OK(writer_parse(SLICE("studies:/run/ns:/srv"), &writers[i]));
    }
    struct folder_plane_spec spec = { root, writers, COUNT_OF(writers) };
    ASSERT_CODE(folder_plane_open(&spec, &none), STATUS_EXHAUSTED);
}

static CU_TestInfo fault_tests[] = {
    { "an unknown bucket is not found", test_an_unknown_bucket_is_not_found },
    { "a bucket taken away can be let go", test_a_bucket_taken_away_can_be_let_go },
    { "a damaged record freezes and is begun anew",
      test_a_damaged_record_freezes_and_is_begun_anew },
    { "a write inside the gate is waited for", test_a_write_inside_the_gate_is_waited_for },
    { "a root has one plane", test_a_root_has_one_plane },
    { "observe tells what is left of the lease", test_observe_tells_what_is_left_of_the_lease },
    { "too many writers are refused", test_too_many_writers_are_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: folder", start_alone, end_suite, NULL, NULL, plane_contract_tests },
    { "contract: folder with a writer", start_with_writer, end_suite, NULL, NULL,
      plane_contract_tests },
    { "writer", probe_namespace, NULL, set_up, tear_down, writer_tests },
    { "faults", NULL, NULL, set_up_alone, tear_down, fault_tests },
    CU_SUITE_INFO_NULL,
};
