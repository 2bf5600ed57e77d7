#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/check.h"
#include "planes/helper_priv.h"

enum { SIGNALLED = 128, SMA_CHECK_S = 10 };

static void free_caps(cap_t *caps)
{
    if (*caps != NULL) {
        (void)cap_free(*caps);
    }
}

static void free_name(char **name)
{
    if (*name != NULL) {
        (void)cap_free(*name);
    }
}

static struct status has_capability(cap_value_t wanted)
{
    CLEANUP(free_caps) cap_t caps = cap_get_proc();
    CLEANUP(free_name) char *name = cap_to_name(wanted);
    cap_flag_value_t flag = CAP_CLEAR;

    if (caps == NULL || cap_get_flag(caps, wanted, CAP_EFFECTIVE, &flag) != 0 || flag != CAP_SET) {
        return status_error(STATUS_DENIED, "%s is missing", name != NULL ? name : "a capability");
    }
    return STATUS_SUCCESS;
}

/* Whoever checks may not be who starts: no error. */
static bool check_privileges(const struct helper_spec *spec, struct check *check)
{
    bool all = true;

    for (size_t i = 0; i < spec->capability_count; i++) {
        struct status has = has_capability(spec->capabilities[i]);
        if (!status_ok(&has)) {
            all = false;
            (void)check_hope(
                check, has, "privileges", (struct slice){ 0 }, (struct check_place){ 0 },
                "a start without it fails; checked by another user than the service's, "
                "this says nothing");
        }
    }
    if (all) {
        (void)check_that(check, STATUS_SUCCESS, "privileges", (struct slice){ 0 },
                         (struct check_place){ 0 }, NULL);
    }
    return all;
}

/* --- the SMA -----------------------------------------------------------------------------------
 */

/* In the child: as the SMA would be started, but to check. What fails is written for the parent. */
static NORETURN void run_check(const struct helper_arguments *arguments, int report)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    size_t count = arguments->command_count;
    char **command = ARENA_NEW(&arena, char *, count + 2);
    char flag[] = "--check";
    struct status ready = privilege_drop_all(&arguments->user);

    memcpy(command, arguments->command, count * sizeof(*command));
    command[count] = flag;
    (void)alarm(SMA_CHECK_S); /* kept by what is run: it cannot hold up a start for ever */
    if (status_ok(&ready)) {
        (void)execvp(command[0], command);
        ready = status_error(STATUS_NOT_FOUND, "%s: %s", command[0], strerrordesc_np(errno));
    }
    (void)!write(report, ready.msg, strlen(ready.msg));
    _exit(HELPER_CANNOT_RUN);
}

/* Runs the SMA's own check; its exit code, or why it could not be run. */
static struct status check_sma(const struct helper_arguments *arguments, int *out_code)
{
    int report[2];
    char why[STATUS_MSG_MAX] = "";
    int outcome = 0;

    if (pipe2(report, O_CLOEXEC) != 0) {
        return status_error(STATUS_UNAVAILABLE, "pipe: %s", strerrordesc_np(errno));
    }
    pid_t child = fork();
    if (child == 0) {
        run_check(arguments, report[1]);
    }
    (void)close(report[1]);
    ssize_t got = child > 0 ? read(report[0], why, sizeof(why) - 1) : -1;
    (void)close(report[0]);
    if (child < 0 || waitpid(child, &outcome, 0) != child) {
        return status_error(STATUS_UNAVAILABLE, "fork: %s", strerrordesc_np(errno));
    }
    if (got > 0) {
        return status_error(STATUS_NOT_FOUND, "%s", why);
    }
    *out_code = WIFEXITED(outcome) ? WEXITSTATUS(outcome) : SIGNALLED + WTERMSIG(outcome);
    return STATUS_SUCCESS;
}

static void check_child(const struct helper_arguments *arguments, struct check *check)
{
    int code = 0;
    struct status ran = check_sma(arguments, &code);

    if (status_ok(&ran) && code != 0) {
        ran = status_error(STATUS_INVALID, "its own check ends with %d: see above", code);
    }
    (void)check_that(check, ran, "SMA", slice_from(arguments->command[0]),
                     (struct check_place){ .key = arguments->command[0] },
                     "the SMA must be there, be a program, and its user be able to run it");
}

int helper_check(const struct helper_spec *spec, const struct helper_arguments *arguments)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct check check;

    check_init(&check, &arena, NULL);
    bool privileged = check_privileges(spec, &check);
    spec->check(spec->self, privileged, &check);
    check_child(arguments, &check);
    int code = check_finish(&check);
    check_done(&check);
    return code;
}
