/* The real redan-datad, with a real writer; the test speaks in place of the SMA. */
#include "planes/data/folder_gate.h"
#include "planes/remote.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"
#include "tests/integration/data/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"

enum { SOON_MS = 8000, STRANGER = 65534, ARGS_MAX = 16 };

static struct arena arena;
static char root[WORKLOAD_PATH_MAX];
static char mountpoint[WORKLOAD_PATH_MAX];
static struct workload workload;
static struct plane *plane;
static struct {
    pid_t pid;
    int listening;
    int wire; /* to the relay; it ends when this is closed */
    pid_t relay;
} datad = { .listening = -1, .wire = -1 };

static const char *in_folder(const char *folder, const char *name)
{
    return file_path(&arena, folder, name);
}

/* ------------------------------------------------------------------------------------- the pair */

static const char *program(const char *variable, const char *otherwise, const char *name)
{
    const char *folder = getenv(variable);

    return in_folder(folder != NULL ? folder : otherwise, name);
}

/* What it logs goes into `log`. */
static NORETURN void become(const char *const args[], const char *log)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    char *copies[ARGS_MAX] = { 0 };

    for (size_t i = 0; args[i] != NULL && i + 1 < COUNT_OF(copies); i++) {
        copies[i] = strdup(args[i]);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(fd, STDOUT_FILENO);
    (void)dup2(fd, STDERR_FILENO);
    (void)execv(args[0], copies);
    _exit(126);
}

static int await_end(void)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + SOON_MS;
    int outcome = 0;
    pid_t ended = 0;

    while (datad.pid > 0 && ended == 0 && clock_mono_ms(&clock_real) < deadline_ms) {
        ended = waitpid(datad.pid, &outcome, WNOHANG);
        (void)poll(NULL, 0, ended == 0 ? 2 : 0); /* waitpid takes no deadline */
    }
    if (datad.pid == 0 || ended != datad.pid) {
        return -1;
    }
    datad.pid = 0;
    return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
}

static void end_datad(void)
{
    cleanup_close(&datad.wire);
    datad.wire = -1;
    if (datad.pid > 0 && await_end() < 0) {
        (void)kill(datad.pid, SIGKILL);
        (void)waitpid(datad.pid, NULL, 0);
        datad.pid = 0;
    }
}

static struct status listen_for_relay(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    (void)unlink(path);
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    cleanup_close(&datad.listening);
    datad.listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (datad.listening < 0 ||
        bind(datad.listening, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(datad.listening, 1) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

static struct status take_descriptor(int *out)
{
    char byte = 0;
    struct iovec data = { .iov_base = &byte, .iov_len = 1 };
    char control[CMSG_SPACE(sizeof(int))] = { 0 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)
    };

    if (recvmsg(datad.wire, &message, MSG_CMSG_CLOEXEC) != 1 || CMSG_FIRSTHDR(&message) == NULL) {
        return status_error(STATUS_UNAVAILABLE, "the relay sends no descriptor");
    }
    memcpy(out, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
    return STATUS_SUCCESS;
}

static struct status accept_relay(int *out_fd)
{
    struct pollfd ready = { .fd = datad.listening, .events = POLLIN };
    struct ucred peer = { 0 };
    socklen_t size = sizeof(peer);

    if (poll(&ready, 1, SOON_MS) <= 0) {
        return status_error(STATUS_TIMEOUT, "the relay does not come");
    }
    datad.wire = accept4(datad.listening, NULL, NULL, SOCK_CLOEXEC);
    if (datad.wire < 0 || getsockopt(datad.wire, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
        return status_error(STATUS_UNAVAILABLE, "accept: %s", strerrordesc_np(errno));
    }
    datad.relay = peer.pid;
    return take_descriptor(out_fd);
}

static struct status open_datad(void *arg, struct plane **out)
{
    const char *path = in_folder(suite_folder(), "relay");
    const char *writer = arena_printf(&arena, "studies:%d:%s", (int)workload.pid, mountpoint).ptr;
    const char *const args[] = { program("REDAN_BIN", "build/bin", "redan-datad"),
                                 "--root",
                                 root,
                                 "--writer",
                                 writer,
                                 "--",
                                 program("REDAN_CLIENTS", "build/tests", "datad_relay"),
                                 path,
                                 NULL };
    const char *log = in_folder(suite_folder(), "datad.txt");
    int fd = -1;

    (void)arg;
    end_datad(); /* the one before, whose plane was closed */
    TRY(listen_for_relay(path));
    datad.pid = fork();
    if (datad.pid == 0) {
        become(args, log);
    }
    TRY(accept_relay(&fd));
    return plane_remote_open(fd, out);
}

/* ------------------------------------------------------------------------------------ fixtures */

/* A store and a workload of another user, in folders nobody else may look into. */
static struct status make_world(void)
{
    static unsigned number;
    char parent[WORKLOAD_PATH_MAX];

    (void)snprintf(root, sizeof(root), "%s/store%u", suite_folder(), ++number);
    (void)snprintf(parent, sizeof(parent), "%.200s/home%u", suite_folder(), number);
    (void)snprintf(mountpoint, sizeof(mountpoint), "%.220s/studies", parent);
    TRY(file_make_folder(in_folder(root, "studies"), 0755));
    TRY(file_make_folder(in_folder(root, "reports"), 0755));
    TRY(file_make_folder(mountpoint, 0755));
    if (chmod(suite_folder(), 0711) != 0 ||
        chown(in_folder(root, "studies"), STRANGER, STRANGER) != 0 ||
        chown(parent, STRANGER, STRANGER) != 0 || chmod(parent, 0700) != 0) {
        return status_error(errno == EPERM || errno == EINVAL ? STATUS_UNSUPPORTED
                                                              : STATUS_UNAVAILABLE,
                            "folders of another user: %s", strerrordesc_np(errno));
    }
    struct workload_spec spec = { .folder = in_folder(root, "studies"),
                                  .mountpoint = mountpoint,
                                  .hide = root,
                                  .user = STRANGER };
    return workload_start(&spec, &workload);
}

static int start_suite(void)
{
    static const struct plane_contract_subject subject = { .open = open_datad,
                                                           .kind = PLANE_DATA,
                                                           .resources = { "studies", "reports" } };
    struct status status = make_world();

    plane_contract_subject = &subject;
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
    end_datad();
    cleanup_close(&datad.listening);
    datad.listening = -1;
    workload_end(&workload);
    arena_done(&arena);
    return 0;
}

static void set_up(void)
{
    ASSERT_OK(open_datad(NULL, &plane));
}

static void tear_down(void)
{
    plane_close(&plane);
    end_datad();
}

/* --------------------------------------------------------------------------------------- tests */

static struct action freeze(unsigned number)
{
    struct action action = { .kind = ACTION_DATA_FREEZE, .node = "node-2", .resource = "studies" };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZDATAD0000000000000%04u",
                   number % 10000);
    return action;
}

/* The word behind `name` in /proc/TASK/status. */
static void check_status(const char *task, const char *name, const char *wanted)
{
    struct slice text = { 0 };
    const char *path = arena_printf(&arena, "/proc/%s/status", task).ptr;

    ASSERT_OK(file_load(&arena, path, 64UL * 1024, &text));
    size_t at = slice_find_text(text, slice_from(name));
    struct slice rest = slice_sub(text, at + strlen(name), text.len);
    ASSERT_TEXT(slice_trim(slice_cut(&rest, '\n')), wanted);
}

static void test_a_freeze_stops_a_writer_of_another_user(void)
{
    struct action action = freeze(1);
    struct plane_reading reading = { 0 };

    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
    int64_t begin_us = clock_mono_us(&clock_real);
    ASSERT_OK(drive_apply(plane, &action));
    (void)printf("\n    freeze through redan-datad: %.1f ms\n",
                 (double)(clock_mono_us(&clock_real) - begin_us) / 1000.0);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(reading.detail, "mounts read-only: 1"));
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

/* Of every thread: the adapter's was started after the privileges went. */
static void test_datad_keeps_what_it_needs_and_the_sma_nothing(void)
{
    static const uint64_t needed = 1ULL << CAP_SYS_ADMIN | 1ULL << CAP_SYS_CHROOT |
                                   1ULL << CAP_SYS_PTRACE | 1ULL << CAP_DAC_READ_SEARCH;
    static const char none[] = "0000000000000000";
    const char *kept = arena_printf(&arena, "%016" PRIx64, needed).ptr;
    const char *tasks = arena_printf(&arena, "/proc/%d/task", (int)datad.pid).ptr;
    const char *sma = arena_printf(&arena, "%d", (int)datad.relay).ptr;
    struct action action = freeze(2);
    struct plane_reading reading;
    const char **threads = NULL;
    size_t count = 0;

    ASSERT_OK(drive_read_back(plane, &action, &reading));
    ASSERT_OK(file_list(&arena, tasks, 16, &threads, &count));
    CU_ASSERT_EQUAL(count, 2);
    for (size_t i = 0; i < count; i++) {
        check_status(threads[i], "CapEff:", kept);
        check_status(threads[i], "CapPrm:", kept);
        check_status(threads[i], "NoNewPrivs:", "1");
    }
    check_status(sma, "CapEff:", none);
    check_status(sma, "CapPrm:", none);
    check_status(sma, "CapBnd:", none);
}

static void test_a_freeze_outlives_a_killed_datad(void)
{
    struct action action = freeze(3);
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_apply(plane, &action));
    CU_ASSERT_EQUAL(kill(datad.pid, SIGKILL), 0);
    CU_ASSERT_EQUAL(await_end(), 128 + SIGKILL);
    plane_close(&plane);
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), EROFS);
    set_up();
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL_FATAL(count, 1);
    CU_ASSERT_STRING_EQUAL(controls[0].action.id.text, action.id.text);
    CU_ASSERT_EQUAL(controls[0].reading.presence, PLANE_PRESENT);
    free(controls);
    ASSERT_OK(drive_undo(plane, &action));
    CU_ASSERT_EQUAL(workload_do(&workload, WORKLOAD_WRITE), 0);
}

static void test_datad_ends_with_its_sma(void)
{
    CU_ASSERT_EQUAL(kill(datad.relay, SIGKILL), 0);
    CU_ASSERT_EQUAL(await_end(), 1);
}

static CU_TestInfo datad_tests[] = {
    { "a freeze stops a writer of another user", test_a_freeze_stops_a_writer_of_another_user },
    { "datad keeps what it needs and the SMA nothing",
      test_datad_keeps_what_it_needs_and_the_sma_nothing },
    { "a freeze outlives a killed datad", test_a_freeze_outlives_a_killed_datad },
    { "datad ends with its SMA", test_datad_ends_with_its_sma },
    CU_TEST_INFO_NULL,
};

/* --------------------------------------------------------------------------------------- usage */

static int run_datad(const char *const options[])
{
    const char *args[ARGS_MAX] = { program("REDAN_BIN", "build/bin", "redan-datad") };

    for (size_t i = 0; options[i] != NULL && i + 2 < COUNT_OF(args); i++) {
        args[i + 1] = options[i];
    }
    datad.pid = fork();
    if (datad.pid == 0) {
        become(args, "/dev/null");
    }
    return await_end();
}

static void test_usage_is_checked(void)
{
    static const struct {
        const char *options[8];
        int code;
    } rows[] = {
        { { "--help" }, 0 },
        { { "--version" }, 0 },
        { { "--root", "/", "--check", "--", "true" }, 0 },
        { { "--root", "/" }, 2 },
        { { "--root", "", "--", "true" }, 2 },
        { { "--writer", "studies:1", "--", "true" }, 2 },
        { { "--owner", "me", "--", "true" }, 2 },
        { { "--", "true" }, 6 },
        { { "--root", "/nowhere", "--", "true" }, 6 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_EQUAL(run_datad(rows[i].options), rows[i].code);
    }
    arena_done(&arena);
}

static CU_TestInfo usage_tests[] = {
    { "usage is checked", test_usage_is_checked },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "usage", NULL, NULL, NULL, NULL, usage_tests },
    { "contract: folder behind redan-datad", start_suite, end_suite, NULL, NULL,
      plane_contract_tests },
    { "datad", start_suite, end_suite, set_up, tear_down, datad_tests },
    CU_SUITE_INFO_NULL,
};
