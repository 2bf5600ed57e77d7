#include "tests/integration/data/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { FILE_MODE = 0600, NO_ANSWER = 255 };

/* The workload's own state, in its own process. */
struct inside {
    const struct workload_spec *spec;
    unsigned number;
    int held;
};

static int write_new(const char *folder, unsigned number)
{
    char path[WORKLOAD_PATH_MAX + 32];

    (void)snprintf(path, sizeof(path), "%s/object-%u", folder, number);
    CLEANUP(cleanup_close) int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0 || write(fd, "x", 1) != 1) {
        return errno;
    }
    return 0;
}

static int hold(struct inside *self)
{
    char path[WORKLOAD_PATH_MAX + 32];

    (void)snprintf(path, sizeof(path), "%s/held", self->spec->mountpoint);
    self->held = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, FILE_MODE);
    return self->held >= 0 ? 0 : errno;
}

static int unlock(const struct inside *self)
{
    struct mount_attr attr = { .attr_clr = MOUNT_ATTR_RDONLY };

    return mount_setattr(AT_FDCWD, self->spec->mountpoint, 0, &attr, sizeof(attr)) == 0 ? 0 : errno;
}

static int obey(struct inside *self, char order)
{
    switch (order) {
    case WORKLOAD_WRITE:
        return write_new(self->spec->mountpoint, ++self->number);
    case WORKLOAD_HOLD:
        return hold(self);
    case WORKLOAD_APPEND:
        return write(self->held, "x", 1) == 1 ? 0 : errno;
    case WORKLOAD_RELEASE:
        return close(self->held) == 0 ? 0 : errno;
    case WORKLOAD_UNLOCK:
        return unlock(self);
    case WORKLOAD_AROUND:
        return write_new(self->spec->folder, ++self->number);
    default:
        _exit(0);
    }
}

static int settle_in(const struct workload_spec *spec)
{
    if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount(spec->folder, spec->mountpoint, NULL, MS_BIND, NULL) != 0) {
        return errno;
    }
    if (spec->hide != NULL && mount("none", spec->hide, "tmpfs", 0, NULL) != 0) {
        return errno;
    }
    if (spec->user != 0 && setresuid(spec->user, spec->user, spec->user) != 0) {
        return errno;
    }
    return 0;
}

static void answer(int wire, int code)
{
    unsigned char byte = (unsigned char)code;

    if (write(wire, &byte, 1) != 1) {
        _exit(1);
    }
}

static void live(const struct workload_spec *spec, int wire)
{
    struct inside self = { .spec = spec, .held = -1 };
    char order = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    answer(wire, settle_in(spec));
    while (read(wire, &order, 1) == 1) {
        answer(wire, obey(&self, order));
    }
    _exit(0);
}

static int await(int wire)
{
    unsigned char byte = NO_ANSWER;

    return read(wire, &byte, 1) == 1 ? byte : NO_ANSWER;
}

struct status workload_start(const struct workload_spec *spec, struct workload *out)
{
    int wire[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, wire) != 0) {
        return status_error(STATUS_UNAVAILABLE, "socketpair: %s", strerrordesc_np(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)close(wire[0]);
        live(spec, wire[1]);
    }
    (void)close(wire[1]);
    *out = (struct workload){ .pid = pid, .wire = wire[0] };
    int code = pid > 0 ? await(wire[0]) : errno;
    if (code == 0) {
        return STATUS_SUCCESS;
    }
    workload_end(out);
    return status_error(code == EPERM ? STATUS_UNSUPPORTED : STATUS_UNAVAILABLE,
                        "a mount namespace for a writer: %s", strerrordesc_np(code));
}

int workload_do(const struct workload *workload, enum workload_order order)
{
    char byte = (char)order;

    return write(workload->wire, &byte, 1) == 1 ? await(workload->wire) : NO_ANSWER;
}

void workload_end(struct workload *workload)
{
    if (workload->pid > 0) {
        (void)kill(workload->pid, SIGKILL);
        (void)waitpid(workload->pid, NULL, 0);
        (void)close(workload->wire);
        workload->pid = 0;
    }
}
