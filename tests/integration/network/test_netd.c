/* The real redan-netd with a real child, in a private network namespace. */
#include "tests/integration/network/private_network.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/parse.h"

enum { SOON_MS = 8000, LINE_MAX_BYTES = 512, ARGS_MAX = 16 };

struct netd {
    pid_t pid;
    int to;     /* the client's standard input */
    FILE *from; /* and output */
};

static const char *cannot;
static struct netd netd;

static const char *program(const char *variable, const char *name)
{
    static char path[2][512];
    static unsigned turn;
    const char *folder = getenv(variable);
    char *out = path[turn++ % 2];

    (void)snprintf(out, sizeof(path[0]), "%s/%s", folder != NULL ? folder : "build/bin", name);
    return out;
}

/* --- starting and ending -------------------------------------------------------------------------
 */

static NORETURN void become_netd(const int *input, const int *output, const char *const *args,
                                 const char *crash_at)
{
    /* execv(3) changes nothing there, whatever its type says. */
    const union {
        const char *const *given; // cppcheck-suppress unusedStructMember; it is initialised
        char *const *taken;
    } words = { .given = args };

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(input[0], STDIN_FILENO);
    (void)dup2(output[1], STDOUT_FILENO);
    if (crash_at != NULL) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
        (void)setenv("REDAN_CRASH_AT", crash_at, 1);
    }
    (void)execv(args[0], words.taken);
    _exit(126);
}

/* `options` end with NULL; the client gets `client_arg` unless NULL. */
static void start_netd(const char *const *options, const char *client_arg, const char *crash_at)
{
    const char *args[ARGS_MAX] = { program("REDAN_BIN", "redan-netd") };
    size_t count = 1;
    int input[2] = { -1, -1 };
    int output[2] = { -1, -1 };

    for (; *options != NULL; options++) {
        args[count++] = *options;
    }
    args[count++] = "--";
    args[count++] = program("REDAN_CLIENTS", "netd_client");
    args[count++] = client_arg;
    CU_ASSERT(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    netd.pid = fork();
    if (netd.pid == 0) {
        become_netd(input, output, args, crash_at);
    }
    (void)close(input[0]);
    (void)close(output[1]);
    netd.to = input[1];
    netd.from = fdopen(output[0], "re");
}

/* The exit code, or 128 + the signal; -1: it does not end. */
static int await_end(void)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + SOON_MS;
    int outcome = 0;
    pid_t ended = 0;

    while (netd.pid > 0 && ended == 0 && clock_mono_ms(&clock_real) < deadline_ms) {
        ended = waitpid(netd.pid, &outcome, WNOHANG);
        (void)poll(NULL, 0, ended == 0 ? 2 : 0); /* waitpid takes no deadline */
    }
    if (ended != netd.pid) {
        return -1;
    }
    netd.pid = 0;
    return WIFEXITED(outcome) ? WEXITSTATUS(outcome) : 128 + WTERMSIG(outcome);
}

static void tear_down(void)
{
    if (netd.pid > 0) {
        (void)kill(netd.pid, SIGKILL);
        (void)waitpid(netd.pid, NULL, 0);
    }
    if (netd.from != NULL) {
        (void)close(netd.to);
        (void)fclose(netd.from);
    }
    netd = (struct netd){ 0 };
}

/* --- talking to the client
 * ------------------------------------------------------------------------ */

/* One answer, without its newline; "" when the client is gone. */
static const char *ask(const char *command)
{
    static char line[LINE_MAX_BYTES];
    char text[LINE_MAX_BYTES];
    int len = snprintf(text, sizeof(text), "%s\n", command);

    line[0] = '\0';
    if (write(netd.to, text, (size_t)len) == len && fgets(line, sizeof(line), netd.from) != NULL) {
        line[strcspn(line, "\n")] = '\0';
    }
    return line;
}

static bool answers(const char *command, const char *start)
{
    const char *answer = ask(command);
    bool good = strncmp(answer, start, strlen(start)) == 0;

    if (!good) {
        (void)printf("\n    `%s`: got `%s`, wanted `%s...`\n", command, answer, start);
    }
    return good;
}

static bool status_line(pid_t pid, const char *wanted)
{
    char path[64];
    char line[LINE_MAX_BYTES];
    bool found = false;

    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *status = fopen(path, "re");
    while (status != NULL && !found && fgets(line, sizeof(line), status) != NULL) {
        found = strncmp(line, wanted, strlen(wanted)) == 0;
    }
    if (status != NULL) {
        (void)fclose(status);
    }
    return found;
}

static const char *const no_options[] = { NULL };

/* The first child of netd, as the kernel lists it. */
static pid_t child_of_netd(void)
{
    char path[64];
    char line[LINE_MAX_BYTES] = "";
    uint32_t child = 0;

    (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)netd.pid, (int)netd.pid);
    FILE *list = fopen(path, "re");
    if (list != NULL) {
        (void)!fgets(line, sizeof(line), list);
        (void)fclose(list);
    }
    struct slice rest = slice_from(line);
    struct status parsed = parse_u32(slice_cut(&rest, ' '), 1, INT32_MAX, &child);
    return status_ok(&parsed) ? (pid_t)child : 0;
}

static bool is_gone(pid_t pid)
{
    int64_t deadline_ms = clock_mono_ms(&clock_real) + SOON_MS;

    while (kill(pid, 0) == 0 && !status_line(pid, "State:\tZ") &&
           clock_mono_ms(&clock_real) < deadline_ms) {
        (void)poll(NULL, 0, 2); /* the kernel tells a stranger nothing about its end */
    }
    return kill(pid, 0) != 0 || status_line(pid, "State:\tZ");
}

#define NEEDS_NETWORK()                                                                            \
    do {                                                                                           \
        if (cannot != NULL) {                                                                      \
            suite_skip("%s", cannot);                                                              \
            return;                                                                                \
        }                                                                                          \
    } while (0)

static int set_up_suite(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    cannot = private_network_enter();
    return 0;
}

/* --- privileges
 * ------------------------------------------------------------------------------------- */

static void test_the_child_has_no_privileges_and_no_descriptors(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    const char *answer = ask("status");

    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapInh: 0000000000000000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapPrm: 0000000000000000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapEff: 0000000000000000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapBnd: 0000000000000000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapAmb: 0000000000000000"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "NoNewPrivs: 1"));
    /* Three streams, the socket, and the plane's own queue and epoll. */
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "fds 6"));
}

static void test_netd_keeps_one_capability(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_TRUE(answers("observe", "0"));
    CU_ASSERT_TRUE(status_line(netd.pid, "CapPrm:\t0000000000001000"));
    CU_ASSERT_TRUE(status_line(netd.pid, "CapEff:\t0000000000001000"));
    CU_ASSERT_TRUE(status_line(netd.pid, "CapBnd:\t0000000000001000"));
    CU_ASSERT_TRUE(status_line(netd.pid, "NoNewPrivs:\t1"));
}

/* In a user namespace of one's own there is one user, and nobody else to become. */
static bool is_alone_in_user_namespace(void)
{
    char line[LINE_MAX_BYTES] = "";
    FILE *map = fopen("/proc/self/uid_map", "re");

    if (map != NULL) {
        (void)!fgets(line, sizeof(line), map);
        (void)fclose(map);
    }
    return strstr(line, "4294967295") == NULL;
}

static void test_the_child_runs_as_the_given_user(void)
{
    NEEDS_NETWORK();
    static const char *const options[] = { "--user", "nobody", NULL };

    if (getuid() != 0 || is_alone_in_user_namespace()) {
        suite_skip("changing the user needs root");
        return;
    }
    start_netd(options, NULL, NULL);
    const char *answer = ask("status");
    if (answer[0] == '\0') {
        suite_skip("user nobody may not run the client, or has no uid in this namespace");
        return;
    }
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "Uid: 65534"));
    CU_ASSERT_PTR_NOT_NULL(strstr(answer, "CapPrm: 0000000000000000"));
    CU_ASSERT_TRUE(answers("apply 001 198.51.100.7 0", "ok"));
    CU_ASSERT_TRUE(answers("undo 001 198.51.100.7", "ok"));
}

/* --- serving
 * --------------------------------------------------------------------------------------------- */

static void test_the_child_cuts_and_lets_go_through_netd(void)
{
    NEEDS_NETWORK();
    static const char *const options[] = { "--protect", "203.0.113.0/24", "--protect",
                                           "2001:db8:f::/48", NULL };

    start_netd(options, NULL, NULL);
    CU_ASSERT_TRUE(answers("read 001 10.77.0.2", "absent"));
    CU_ASSERT_TRUE(answers("apply 001 10.77.0.2 60000", "ok"));
    CU_ASSERT_TRUE(answers("read 001 10.77.0.2", "present in force; no socket open"));
    int listener = private_socket(false, SOCK_STREAM, NODE_IPV4, 0);
    int client = private_socket(true, SOCK_STREAM, ATTACKER_IPV4, 0);
    struct pollfd ready = { .fd = client, .events = POLLOUT };
    CU_ASSERT(listen(listener, 4) == 0);
    CU_ASSERT_TRUE(private_connect(client, NODE_IPV4, private_port(listener)));
    CU_ASSERT_EQUAL(poll(&ready, 1, 150), 0);
    CU_ASSERT_TRUE(answers("apply 002 203.0.113.9 60000",
                           "denied network.deny 203.0.113.9: 203.0.113.0/24 is protected"));
    CU_ASSERT_TRUE(answers("apply 003 2001:db8:f:1::/64 60000", "denied"));
    CU_ASSERT_TRUE(answers("observe", "1  10.77.0.2"));
    CU_ASSERT_TRUE(answers("undo 001 10.77.0.2", "ok"));
    CU_ASSERT_TRUE(answers("observe", "0"));
    (void)close(client);
    (void)close(listener);
}

/* --- living and dying
 * ---------------------------------------------------------------------------------------- */

static void adopt(void)
{
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_TRUE(answers("observe", "1  198.51.100.7"));
    CU_ASSERT_TRUE(answers("read 001 198.51.100.7", "present"));
    CU_ASSERT_TRUE(answers("undo 001 198.51.100.7", "ok"));
}

static void test_a_killed_child_takes_netd_along_and_the_cut_stays(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_TRUE(answers("apply 001 198.51.100.7 60000", "ok"));
    CU_ASSERT_EQUAL(kill(child_of_netd(), SIGKILL), 0);
    CU_ASSERT_EQUAL(await_end(), 1);
    tear_down();
    adopt();
}

static void test_a_killed_netd_takes_the_child_along_and_the_cut_stays(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_TRUE(answers("apply 001 198.51.100.7 60000", "ok"));
    pid_t child = child_of_netd();
    CU_ASSERT(child > 0);
    CU_ASSERT_EQUAL(kill(netd.pid, SIGKILL), 0);
    CU_ASSERT_EQUAL(await_end(), 128 + SIGKILL);
    CU_ASSERT_TRUE(is_gone(child));
    tear_down();
    adopt();
}

#ifdef REDAN_FAULTS
/* The client has no answer of netd's: it may just have time to say so before it is killed. */
static bool loses_netd(const char *command)
{
    const char *answer = ask(command);

    return answer[0] == '\0' || strncmp(answer, "unavailable ", 12) == 0;
}
#endif

static void test_a_crash_before_or_after_the_work_is_told_by_the_kernel(void)
{
    NEEDS_NETWORK();
#ifdef REDAN_FAULTS
    start_netd(no_options, NULL, "netd.before_apply");
    CU_ASSERT_TRUE(loses_netd("apply 001 198.51.100.7 60000"));
    CU_ASSERT_EQUAL(await_end(), 128 + SIGKILL);
    tear_down();
    start_netd(no_options, NULL, "netd.after_apply");
    CU_ASSERT_TRUE(answers("observe", "0"));
    CU_ASSERT_TRUE(loses_netd("apply 001 198.51.100.7 60000"));
    CU_ASSERT_EQUAL(await_end(), 128 + SIGKILL);
    tear_down();
    start_netd(no_options, NULL, "netd.before_undo");
    CU_ASSERT_TRUE(answers("observe", "1"));
    CU_ASSERT_TRUE(loses_netd("undo 001 198.51.100.7"));
    tear_down();
    adopt();
#else
    suite_skip("built without crash points");
#endif
}

static void test_told_to_stop_both_stop_well(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_TRUE(answers("observe", "0"));
    pid_t child = child_of_netd();
    CU_ASSERT_EQUAL(kill(netd.pid, SIGTERM), 0);
    CU_ASSERT_EQUAL(await_end(), 0);
    CU_ASSERT_TRUE(is_gone(child));
}

static void test_the_exit_code_of_the_child_is_passed_on(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_STRING_EQUAL(ask("exit 7"), "");
    CU_ASSERT_EQUAL(await_end(), 7);
    tear_down();
    start_netd(no_options, NULL, NULL);
    CU_ASSERT_STRING_EQUAL(ask("exit 0"), "");
    CU_ASSERT_EQUAL(await_end(), 0);
}

static void test_a_child_that_talks_nonsense_is_stopped(void)
{
    NEEDS_NETWORK();
    start_netd(no_options, "raw", NULL);
    CU_ASSERT_EQUAL(await_end(), 1);
}

/* --- the command line
 * ----------------------------------------------------------------------------------------- */

static int run_netd(const char *const *args)
{
    const char *all[ARGS_MAX] = { program("REDAN_BIN", "redan-netd") };
    size_t count = 1;
    int nowhere[2] = { open("/dev/null", O_RDONLY | O_CLOEXEC), -1 };
    int output[2] = { -1, open("/dev/null", O_WRONLY | O_CLOEXEC) };

    for (; *args != NULL; args++) {
        all[count++] = *args;
    }
    netd.pid = fork();
    if (netd.pid == 0) {
        (void)dup2(output[1], STDERR_FILENO);
        become_netd(nowhere, output, all, NULL);
    }
    (void)close(nowhere[0]);
    (void)close(output[1]);
    return await_end();
}

static void test_options_are_checked(void)
{
    static const struct {
        const char *args[8];
        int code;
    } rows[] = {
        { { "--help" }, 0 },
        { { "--version" }, 0 },
        { { "--check", "--", "true" }, 0 },
        { { "--check", "--protect", "10.0.0.0/8", "--", "true" }, 0 },
        { { "--check", "--user", "root", "--", "true" }, 0 },
        { { "--check" }, 2 },
        { { "--check", "--" }, 2 },
        { { "--check", "--protect", "10.0.0.1/8", "--", "true" }, 2 },
        { { "--check", "--protect" }, 2 },
        { { "--check", "--user", "no-such-user", "--", "true" }, 2 },
        { { "--unknown", "--", "true" }, 2 },
        { { "redan-sma" }, 2 },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int code = run_netd(rows[i].args);
        if (code != rows[i].code) {
            (void)printf("\n    row %zu: exit %d\n", i, code);
        }
        CU_ASSERT_EQUAL(code, rows[i].code);
    }
}

static void test_a_child_that_is_not_there_is_said(void)
{
    NEEDS_NETWORK();
    static const char *const args[] = { "--", "/no/such/program", NULL };

    CU_ASSERT_EQUAL(run_netd(args), 127);
}

static CU_TestInfo tests[] = {
    { "the child has no privileges and no descriptors",
      test_the_child_has_no_privileges_and_no_descriptors },
    { "netd keeps one capability", test_netd_keeps_one_capability },
    { "the child runs as the given user", test_the_child_runs_as_the_given_user },
    { "the child cuts and lets go through netd", test_the_child_cuts_and_lets_go_through_netd },
    { "a killed child takes netd along and the cut stays",
      test_a_killed_child_takes_netd_along_and_the_cut_stays },
    { "a killed netd takes the child along and the cut stays",
      test_a_killed_netd_takes_the_child_along_and_the_cut_stays },
    { "a crash before or after the work is told by the kernel",
      test_a_crash_before_or_after_the_work_is_told_by_the_kernel },
    { "told to stop, both stop well", test_told_to_stop_both_stop_well },
    { "the exit code of the child is passed on", test_the_exit_code_of_the_child_is_passed_on },
    { "a child that talks nonsense is stopped", test_a_child_that_talks_nonsense_is_stopped },
    { "options are checked", test_options_are_checked },
    { "a child that is not there is said", test_a_child_that_is_not_there_is_said },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "netd", set_up_suite, NULL, NULL, tear_down, tests },
                          CU_SUITE_INFO_NULL };
