#include "tests/site/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/slice.h"

int64_t site_now_ms(void)
{
    struct timespec now = { 0 };

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool site_wait(site_check_fn *check, void *arg, int timeout_ms)
{
    enum { LOOK_EVERY_MS = 5 };
    int64_t end_ms = site_now_ms() + timeout_ms;

    while (!check(arg)) {
        if (site_now_ms() >= end_ms) {
            return false;
        }
        (void)poll(NULL, 0, LOOK_EVERY_MS);
    }
    return true;
}

/* execv(3) takes pointers to char that it never writes through. */
static char **writable(const char *const *argv)
{
    union {
        const char *const *from;
        char **to;
    } same = { .from = argv };

    return same.to;
}

static void run_child(const char *const *argv, const char *const *environment, int log)
{
    sigset_t none;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    (void)sigemptyset(&none);
    (void)pthread_sigmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)dup2(log, STDOUT_FILENO);
    (void)dup2(log, STDERR_FILENO);
    for (size_t i = 0; environment != NULL && environment[i] != NULL; i++) {
        struct slice value = slice_from(environment[i]);
        struct slice name = slice_cut(&value, '=');
        char key[64];
        slice_to_cstr(name, key, sizeof(key));
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread after fork */
        (void)setenv(key, value.ptr, 1);
    }
    (void)execv(argv[0], writable(argv));
    perror(argv[0]);
    _exit(127);
}

struct status process_start(struct process *process, const char *name, const char *const *argv,
                            const char *const *environment, const char *log_path)
{
    CLEANUP(cleanup_close)
    int log = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    if (log < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", log_path, strerrordesc_np(errno));
    }
    pid_t pid = fork();
    if (pid < 0) {
        return status_error(STATUS_UNAVAILABLE, "fork: %s", strerrordesc_np(errno));
    }
    if (pid == 0) {
        run_child(argv, environment, log);
    }
    (void)setpgid(pid, pid); /* whoever comes first */
    *process = (struct process){ .name = name, .pid = pid, .group = pid };
    return STATUS_SUCCESS;
}

struct ending {
    struct process *process;
    int state;
};

static bool has_ended(void *arg)
{
    struct ending *ending = arg;
    pid_t got = waitpid(ending->process->pid, &ending->state, WNOHANG);

    return got == ending->process->pid || (got < 0 && errno == ECHILD);
}

bool process_is_running(struct process *process)
{
    return process->pid > 0 && kill(process->pid, 0) == 0;
}

struct status process_wait(struct process *process, int timeout_ms, int *out_code)
{
    struct ending ending = { process, 0 };

    if (process->pid <= 0) {
        return status_error(STATUS_NOT_FOUND, "%s is not running", process->name);
    }
    if (!site_wait(has_ended, &ending, timeout_ms)) {
        return status_error(STATUS_TIMEOUT, "%s (pid %d) does not end", process->name,
                            (int)process->pid);
    }
    process->pid = 0;
    *out_code = WIFEXITED(ending.state) ? WEXITSTATUS(ending.state) : 128 + WTERMSIG(ending.state);
    return STATUS_SUCCESS;
}

static bool is_group_gone(void *arg)
{
    const struct process *process = arg;

    while (waitpid(-process->group, NULL, WNOHANG) > 0) {
    }
    return kill(-process->group, 0) != 0;
}

struct status process_wait_group(struct process *process, int timeout_ms)
{
    return site_wait(is_group_gone, process, timeout_ms)
               ? STATUS_SUCCESS
               : status_error(STATUS_TIMEOUT, "%s is dead, but not what it started", process->name);
}

void process_kill(struct process *process)
{
    int code = 0;

    if (process->pid > 0) {
        (void)kill(process->pid, SIGKILL);
        struct status ended = process_wait(process, PROCESS_DEADLINE_MS, &code);
        (void)ended; /* a process that survives SIGKILL is the kernel's affair */
    }
}

struct status process_stop(struct process *process)
{
    int code = 0;

    if (process->pid <= 0) {
        return STATUS_SUCCESS;
    }
    (void)kill(process->pid, SIGTERM);
    TRY(process_wait(process, PROCESS_DEADLINE_MS, &code));
    return code == 0
               ? STATUS_SUCCESS
               : status_error(STATUS_INTERNAL, "%s ended with %d on SIGTERM", process->name, code);
}
