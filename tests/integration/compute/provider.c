#include "tests/integration/compute/provider.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/slice.h"
#include "tests/suite.h"

#define SCRIPT "tests/integration/compute/provider.sh"

enum { LINE_MAX_BYTES = 256 };

static void ignore_error(void *arg, virErrorPtr error)
{
    (void)arg;
    (void)error;
}

/* One line within the deadline, byte by byte: the answers are short. */
static struct status read_line(int fd, char *out, size_t out_size)
{
    int64_t deadline = clock_mono_ms(&clock_real) + PROVIDER_DEADLINE_MS;
    size_t len = 0;

    for (;;) {
        int64_t left = deadline - clock_mono_ms(&clock_real);
        struct pollfd ready = { .fd = fd, .events = POLLIN };
        char byte = 0;
        if (left <= 0 || poll(&ready, 1, (int)left) == 0) {
            return status_error(STATUS_TIMEOUT, "no answer from the script");
        }
        ssize_t got = read(fd, &byte, 1);
        if (got == 0 && len == 0) {
            return status_error(STATUS_UNAVAILABLE, "the script ended without a word");
        }
        if (got <= 0 || byte == '\n' || len + 1 == out_size) {
            break;
        }
        out[len++] = byte;
    }
    out[len] = '\0';
    if (slice_starts(slice_from(out), SLICE("skipped: "))) {
        return status_error(STATUS_UNSUPPORTED, "%s", out + strlen("skipped: "));
    }
    return STATUS_SUCCESS;
}

/* In the child: reads from `in`, writes to `out`, and dies with the test. */
static void become(const char *const argv[], int in, int out)
{
    char *args[12] = { 0 };

    for (size_t i = 0; argv[i] != NULL && i + 1 < COUNT_OF(args); i++) {
        args[i] = strdup(argv[i]);
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (args[0] != NULL && dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0) {
        (void)execvp(args[0], args);
    }
    _exit(127);
}

static struct status spawn(const char *const argv[], pid_t *out_pid, int *out_to, int *out_from)
{
    int to[2], from[2];

    if (pipe2(to, O_CLOEXEC) != 0) {
        return status_error(STATUS_UNAVAILABLE, "pipe: %s", strerrordesc_np(errno));
    }
    if (pipe2(from, O_CLOEXEC) != 0) {
        (void)close(to[0]);
        (void)close(to[1]);
        return status_error(STATUS_UNAVAILABLE, "pipe: %s", strerrordesc_np(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        become(argv, to[0], from[1]);
    }
    (void)close(to[0]);
    (void)close(from[1]);
    *out_pid = pid;
    *out_to = to[1];
    *out_from = from[0];
    return pid > 0 ? STATUS_SUCCESS : status_error(STATUS_UNAVAILABLE, "fork");
}

static int reap(pid_t pid)
{
    int ended = 0;

    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(ended) ? WEXITSTATUS(ended) : 255;
}

struct status run_program(const char *const argv[], char *out, size_t out_size)
{
    pid_t pid = 0;
    int to = -1;
    int from = -1;

    out[0] = '\0';
    TRY(spawn(argv, &pid, &to, &from));
    (void)close(to);
    struct status status = read_line(from, out, out_size);
    int code = reap(pid);
    (void)close(from);
    if (status.code == STATUS_UNAVAILABLE && code == 0) {
        return STATUS_SUCCESS; /* nothing to say */
    }
    if (status_ok(&status) && code != 0) {
        status = status_error(STATUS_UNAVAILABLE, "exit code %d: %s", code, out);
    }
    return status_wrap(status, "%s", argv[0]);
}

struct status provider_command(struct provider *provider, const char *command)
{
    char line[LINE_MAX_BYTES];
    int len = snprintf(line, sizeof(line), "%s\n", command);

    if (write(provider->to, line, (size_t)len) != len) {
        return status_error(STATUS_UNAVAILABLE, "the script is gone");
    }
    return status_wrap(read_line(provider->from, line, sizeof(line)), "%s", command);
}

struct status provider_connect(struct provider *provider)
{
    if (provider->held != NULL) {
        (void)virConnectClose(provider->held);
    }
    provider->held = virConnectOpen(provider->uri);
    if (provider->held == NULL) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", provider->uri, virGetLastErrorMessage());
    }
    return STATUS_SUCCESS;
}

struct status provider_start(struct provider *provider, const char *driver, const char *path)
{
    static unsigned number;
    const char *const argv[] = { SCRIPT, provider->folder, NULL };

    *provider = (struct provider){ .to = -1, .from = -1 };
    virSetErrorFunc(NULL, ignore_error);
    (void)signal(SIGPIPE, SIG_IGN); /* libvirt's client leaves that to its program */
    (void)snprintf(provider->folder, sizeof(provider->folder), "%s/p%u", suite_folder(), ++number);
    if (mkdir(provider->folder, 0700) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", provider->folder, strerrordesc_np(errno));
    }
    (void)snprintf(provider->uri, sizeof(provider->uri),
                   "%s+unix:///%s?socket=%.180s/run/libvirt-sock", driver, path, provider->folder);
    TRY(spawn(argv, &provider->pid, &provider->to, &provider->from));
    TRY(provider_command(provider, "start"));
    return provider_connect(provider);
}

void provider_end(struct provider *provider)
{
    if (provider->held != NULL) {
        (void)virConnectClose(provider->held);
        provider->held = NULL;
    }
    if (provider->pid > 0) {
        (void)close(provider->to); /* the script's signal to end */
        (void)close(provider->from);
        (void)reap(provider->pid);
        provider->pid = 0;
    }
}

virDomainPtr provider_lookup(struct provider *provider, const char *name)
{
    return virDomainLookupByName(provider->held, name);
}

int provider_state(struct provider *provider, const char *name)
{
    virDomainPtr domain = provider_lookup(provider, name);
    int state = -1;

    if (domain == NULL) {
        return -1;
    }
    if (virDomainGetState(domain, &state, NULL, 0) != 0) {
        state = -1;
    }
    (void)virDomainFree(domain);
    return state;
}

struct status provider_domain(struct provider *provider, const char *xml, bool persistent)
{
    virDomainPtr domain = persistent ? virDomainDefineXML(provider->held, xml)
                                     : virDomainCreateXML(provider->held, xml, 0);

    if (domain == NULL || (persistent && virDomainCreate(domain) != 0)) {
        struct status status = status_error(STATUS_UNAVAILABLE, "%s", virGetLastErrorMessage());
        if (domain != NULL) {
            (void)virDomainFree(domain);
        }
        return status;
    }
    (void)virDomainFree(domain);
    return STATUS_SUCCESS;
}
