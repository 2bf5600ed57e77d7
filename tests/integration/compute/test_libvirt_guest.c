/* The compute plane over real guests (QEMU's own processor, no KVM). What a guest does is read from
 * its serial line, where it prints "beat N" five times a second: libvirt's word that a domain runs
 * or stands proves nothing about the guest in it. */
#include "planes/compute/libvirt_plane.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/compute/provider.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"

enum {
    BEAT_MS = 200,
    SILENCE_MS = 8 * BEAT_MS, /* a heart that does not beat for so long stands */
    BOOT_DEADLINE_MS = 90000,
    SERIAL_MAX_BYTES = 1024 * 1024
};

static struct provider provider;
static struct plane *plane;
static char guest_folder[PROVIDER_PATH_MAX];
static int serial_events = -1; /* inotify on the serial line's file */

/* ------------------------------------------------------------------------------------- domains */

static struct status make_image(const char *name, const char *format)
{
    char path[PROVIDER_PATH_MAX + 64];
    char line[128];

    (void)snprintf(path, sizeof(path), "%s/%s", provider.folder, name);
    const char *const argv[] = { "qemu-img", "create", "-q", "-f", format, path, "64M", NULL };
    return run_program(argv, line, sizeof(line));
}

/* `boots`: the guest that beats; otherwise firmware without anything to boot. */
static struct status make_domain(const char *name, const char *format, bool boots)
{
    CLEANUP(buf_done) struct buf xml = { 0 };
    char image[64];

    (void)snprintf(image, sizeof(image), "%s.%s", name, format);
    TRY(make_image(image, format));
    buf_printf(&xml,
               "<domain type='qemu'><name>%s</name><memory unit='MiB'>%d</memory><vcpu>1</vcpu>"
               "<os><type arch='x86_64' machine='pc'>hvm</type>",
               name, boots ? 128 : 16);
    if (boots) {
        buf_printf(&xml,
                   "<kernel>%s/vmlinuz</kernel><initrd>%s/initrd.img</initrd>"
                   "<cmdline>console=ttyS0 quiet panic=1</cmdline>",
                   guest_folder, guest_folder);
    }
    buf_printf(&xml,
               "</os><features><acpi/></features>"
               "<cpu mode='custom' match='exact' check='none'><model>qemu64</model></cpu>"
               "<devices><emulator>/usr/bin/qemu-system-x86_64</emulator>"
               "<disk type='file' device='disk'><driver name='qemu' type='%s'/>"
               "<source file='%s/%s'/><target dev='vda' bus='virtio'/></disk>"
               "<serial type='file'><source path='%s/%s.serial' append='on'/></serial>"
               "<memballoon model='none'/></devices></domain>",
               format, provider.folder, image, provider.folder, name);
    return status_wrap(provider_domain(&provider, xml.ptr, false), "%s", name);
}

static struct status start_provider(void)
{
    static const char *const guest[] = { "tests/integration/compute/guest.sh", NULL };
    char version[128];

    if (geteuid() != 0) {
        return status_error(STATUS_UNSUPPORTED, "a private libvirtd needs root");
    }
    if (access("/usr/bin/qemu-system-x86_64", X_OK) != 0 ||
        access("/usr/bin/qemu-img", X_OK) != 0) {
        return status_error(STATUS_UNSUPPORTED, "no QEMU (packages qemu-system-x86, qemu-utils)");
    }
    TRY(run_program(guest, guest_folder, sizeof(guest_folder)));
    TRY(provider_start(&provider, "qemu", "system"));
    const char *const image[] = { "qemu-img", "--version", NULL };
    return run_program(image, version, sizeof(version));
}

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

static struct status open_libvirt(void *arg, struct plane **out)
{
    (void)arg;
    return libvirt_plane_open(&(struct libvirt_plane_spec){ .uri = provider.uri }, out);
}

static int start_contract(void)
{
    static const struct plane_contract_subject subject = { .open = open_libvirt,
                                                           .kind = PLANE_COMPUTE,
                                                           .resources = { "pacs-vm", "db-vm" } };
    struct status status = start_provider();

    plane_contract_subject = &subject;
    if (status_ok(&status)) {
        status = make_domain("pacs-vm", "qcow2", false);
    }
    if (status_ok(&status)) {
        status = make_domain("db-vm", "qcow2", false);
    }
    return outcome_of(status);
}

static struct status watch_serial(const char *name)
{
    char path[PROVIDER_PATH_MAX + 32];

    (void)snprintf(path, sizeof(path), "%s/%s.serial", provider.folder, name);
    serial_events = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (serial_events < 0 || inotify_add_watch(serial_events, path, IN_MODIFY) < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s cannot be watched", path);
    }
    return STATUS_SUCCESS;
}

static int start_guest(void)
{
    struct status status = start_provider();

    if (status_ok(&status)) {
        status = make_domain("guest", "qcow2", true);
    }
    if (status_ok(&status)) {
        status = make_domain("old-vm", "raw", false);
    }
    if (status_ok(&status)) {
        status = watch_serial("guest");
    }
    return outcome_of(status);
}

static int end_suite(void)
{
    cleanup_close(&serial_events);
    serial_events = -1;
    provider_end(&provider);
    return 0;
}

/* --------------------------------------------------------------------------------------- beats */

/* The last whole beat on the serial line; 0 before the first. */
static uint32_t last_beat(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    char path[PROVIDER_PATH_MAX + 32];
    struct slice text = { 0 };
    uint32_t beat = 0;

    (void)snprintf(path, sizeof(path), "%s/guest.serial", provider.folder);
    ASSERT_OK(file_load(&arena, path, SERIAL_MAX_BYTES, &text));
    size_t end = slice_rfind(text, '\r');
    if (end == text.len) {
        return 0;
    }
    text = slice_sub(text, 0, end);
    size_t at = slice_rfind_text(text, SLICE("beat "));
    if (at < text.len) {
        ASSERT_OK(parse_u32(slice_sub(text, at + 5, text.len), 0, UINT32_MAX, &beat));
    }
    return beat;
}

static void forget_events(void)
{
    char events[4096];

    while (read(serial_events, events, sizeof(events)) > 0) {
    }
}

/* Waits for the serial line to change; false after `wait_ms` of silence. */
static bool serial_changes(int wait_ms)
{
    struct pollfd ready = { .fd = serial_events, .events = POLLIN };
    bool changed = poll(&ready, 1, wait_ms) > 0;

    forget_events();
    return changed;
}

static void wait_for_beat(uint32_t wanted, int deadline_ms)
{
    int64_t end_ms = clock_mono_ms(&clock_real) + deadline_ms;
    int64_t left_ms = deadline_ms;

    while (last_beat() < wanted && left_ms > 0) {
        (void)serial_changes((int)left_ms);
        left_ms = end_ms - clock_mono_ms(&clock_real);
    }
    CU_ASSERT(last_beat() >= wanted);
}

static void check_beats(void)
{
    wait_for_beat(last_beat() + 3, BOOT_DEADLINE_MS);
}

static void check_stands(void)
{
    forget_events();
    uint32_t before = last_beat();
    CU_ASSERT_FALSE(serial_changes(SILENCE_MS));
    CU_ASSERT_EQUAL(last_beat(), before);
}

/* --------------------------------------------------------------------------------------- tests */

static struct action action_of(enum action_kind kind, const char *domain, unsigned number)
{
    struct action action = { .kind = kind, .node = "node-2" };

    (void)snprintf(action.resource, sizeof(action.resource), "%s", domain);
    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZGVEST0000000000000%04u",
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

static void print_time(const char *what, int64_t begin_us)
{
    (void)printf("\n    %s: %.1f ms", what,
                 (double)(clock_mono_us(&clock_real) - begin_us) / 1000.0);
}

static void test_the_guest_boots(void)
{
    int64_t begin_us = clock_mono_us(&clock_real);

    wait_for_beat(1, BOOT_DEADLINE_MS);
    print_time("first beat after", begin_us);
    check_beats();
}

static void test_suspend_stops_the_heart_and_undo_lets_it_beat(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, "guest", 1);
    int64_t begin_us = clock_mono_us(&clock_real);

    ASSERT_OK(drive_apply(plane, &action));
    print_time("suspend", begin_us);
    check_reading(&action, PLANE_PRESENT, "domain paused");
    check_stands();
    begin_us = clock_mono_us(&clock_real);
    ASSERT_OK(drive_undo(plane, &action));
    print_time("resume", begin_us);
    check_reading(&action, PLANE_ABSENT, "domain runs");
    check_beats();
}

/* A snapshot with memory takes the guest back to the beat it was made at. */
static void test_a_snapshot_keeps_the_memory(void)
{
    struct action action = action_of(ACTION_COMPUTE_SNAPSHOT, "guest", 2);
    char name[64];
    int64_t begin_us = clock_mono_us(&clock_real);

    ASSERT_OK(drive_apply(plane, &action));
    print_time("snapshot of disk and 128 MiB of memory", begin_us);
    uint32_t then = last_beat();
    check_reading(&action, PLANE_PRESENT, "disks and memory");
    wait_for_beat(then + 12, BOOT_DEADLINE_MS);

    virDomainPtr domain = provider_lookup(&provider, "guest");
    (void)snprintf(name, sizeof(name), "redan-%s", action.id.text);
    virDomainSnapshotPtr snapshot = virDomainSnapshotLookupByName(domain, name, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(snapshot);
    CU_ASSERT_EQUAL(virDomainRevertToSnapshot(snapshot, 0), 0);
    while (last_beat() >= then + 12 && serial_changes(SILENCE_MS)) {
    }
    CU_ASSERT(last_beat() < then + 8);
    (void)virDomainSnapshotFree(snapshot);
    (void)virDomainFree(domain);

    begin_us = clock_mono_us(&clock_real);
    ASSERT_OK(drive_undo(plane, &action));
    print_time("delete snapshot", begin_us);
    check_reading(&action, PLANE_ABSENT, "no such snapshot");
    check_beats();
}

static void check_disk(const char *wanted)
{
    virDomainPtr domain = provider_lookup(&provider, "old-vm");
    char *xml = virDomainGetXMLDesc(domain, 0);

    CU_ASSERT(xml != NULL && strstr(xml, wanted) != NULL);
    free(xml);
    (void)virDomainFree(domain);
}

static void test_a_raw_image_keeps_disks_alone(void)
{
    struct action action = action_of(ACTION_COMPUTE_SNAPSHOT, "old-vm", 3);

    ASSERT_OK(drive_apply(plane, &action));
    check_reading(&action, PLANE_PRESENT, "disks alone");
    check_disk("old-vm.redan-01HZGVEST00000000000000003'");
    ASSERT_OK(drive_undo(plane, &action));
    check_reading(&action, PLANE_ABSENT, "no such snapshot");
    check_disk("/old-vm.raw'");
}

static void check_observed(const struct action *action)
{
    struct plane_control *controls = NULL;
    size_t count = 0;
    size_t found = 0;

    ASSERT_OK(drive_observe(plane, &controls, &count));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(controls[i].action.id.text, action->id.text) == 0) {
            found++;
            CU_ASSERT_EQUAL(controls[i].reading.presence, PLANE_PRESENT);
        }
    }
    CU_ASSERT_EQUAL(found, 1);
    free(controls);
}

static void test_controls_outlive_libvirtd_and_the_plane(void)
{
    struct action suspend = action_of(ACTION_COMPUTE_SUSPEND, "guest", 4);
    struct action snapshot = action_of(ACTION_COMPUTE_SNAPSHOT, "guest", 5);

    ASSERT_OK(drive_apply(plane, &snapshot));
    ASSERT_OK(drive_apply(plane, &suspend));
    plane_close(&plane);
    ASSERT_OK(provider_command(&provider, "kill"));
    check_stands();
    ASSERT_OK(provider_command(&provider, "start"));
    ASSERT_OK(provider_connect(&provider));
    set_up();
    check_observed(&suspend);
    check_observed(&snapshot);
    check_stands();
    ASSERT_OK(drive_undo(plane, &suspend));
    ASSERT_OK(drive_undo(plane, &snapshot));
    check_beats();
}

/* With the plane open: the next call connects anew. */
static void test_a_restart_of_libvirtd_goes_unnoticed(void)
{
    struct action suspend = action_of(ACTION_COMPUTE_SUSPEND, "guest", 6);

    ASSERT_OK(drive_apply(plane, &suspend));
    ASSERT_OK(provider_command(&provider, "kill"));
    ASSERT_OK(provider_command(&provider, "start"));
    ASSERT_OK(provider_connect(&provider));
    check_reading(&suspend, PLANE_PRESENT, "domain paused");
    ASSERT_OK(drive_undo(plane, &suspend));
    check_beats();
}

static void test_a_domain_that_is_gone_is_not_found(void)
{
    struct action action = action_of(ACTION_COMPUTE_SUSPEND, "old-vm", 7);
    virDomainPtr domain = provider_lookup(&provider, "old-vm");

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(virDomainDestroy(domain), 0);
    (void)virDomainFree(domain);
    ASSERT_CODE(drive_undo(plane, &action), STATUS_NOT_FOUND);
    ASSERT_CODE(drive_apply(plane, &action), STATUS_NOT_FOUND);
}

static CU_TestInfo guest_tests[] = {
    { "the guest boots", test_the_guest_boots },
    { "suspend stops the heart and undo lets it beat",
      test_suspend_stops_the_heart_and_undo_lets_it_beat },
    { "a snapshot keeps the memory", test_a_snapshot_keeps_the_memory },
    { "a raw image keeps disks alone", test_a_raw_image_keeps_disks_alone },
    { "controls outlive libvirtd and the plane", test_controls_outlive_libvirtd_and_the_plane },
    { "a restart of libvirtd goes unnoticed", test_a_restart_of_libvirtd_goes_unnoticed },
    { "a domain that is gone is not found", test_a_domain_that_is_gone_is_not_found },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: libvirt qemu driver", start_contract, end_suite, NULL, NULL,
      plane_contract_tests },
    { "guest", start_guest, end_suite, set_up, tear_down, guest_tests },
    CU_SUITE_INFO_NULL,
};
