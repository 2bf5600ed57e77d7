#include "planes/data/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"

enum { BUSY_RETRY_MS = 25, PROBE_MODE = 0600, PATH_BYTES = 512 };

#define PROBE_NAME ".redan-probe"

/* --------------------------------------------------------------------------------------- names */

static bool take(struct slice text, char *out, size_t size)
{
    if (text.len == 0 || text.len >= size) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '!' || text.ptr[i] > '~' || strchr("<>&:", text.ptr[i]) != NULL) {
            return false;
        }
    }
    memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
    return true;
}

static void open_process(struct writer *writer)
{
    writer->pidfd = pidfd_open(writer->pid, 0); /* -1: gone */
}

struct status writer_parse(struct slice text, struct writer *out)
{
    struct writer writer = { .pidfd = -1 };
    struct slice rest = text;
    struct slice bucket = slice_cut(&rest, ':');
    struct slice place = slice_cut(&rest, ':');
    uint32_t pid = 0;

    if (!file_name_is_plain(bucket) || !take(bucket, writer.bucket, sizeof(writer.bucket)) ||
        !take(place, writer.place, sizeof(writer.place)) ||
        !take(rest, writer.mountpoint, sizeof(writer.mountpoint)) || writer.mountpoint[0] != '/') {
        return status_error(STATUS_INVALID, "writer `%.*s`: not BUCKET:PID_OR_PATH:MOUNTPOINT",
                            SLICE_ARG(text));
    }
    if (writer.place[0] != '/') {
        TRY(status_wrap(parse_u32(place, 1, INT_MAX, &pid), "writer's process id"));
        writer.pid = (pid_t)pid;
        open_process(&writer);
    }
    *out = writer;
    return STATUS_SUCCESS;
}

void writer_done(struct writer *writer)
{
    cleanup_close(&writer->pidfd);
    writer->pidfd = -1;
}

void writer_key(const struct writer *writer, char out[WRITER_KEY_MAX])
{
    (void)snprintf(out, WRITER_KEY_MAX, "%s:%s", writer->place, writer->mountpoint);
}

struct status writer_from_key(const char *bucket, const char *key, struct writer *out)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    buf_printf(&text, "%s:%s", bucket, key);
    return writer_parse(buf_slice(&text), out);
}

/* --------------------------------------------------------------------------------- in the child */

/* All a visit needs, opened and copied before the fork: the child of a program with threads calls
 * nothing but the kernel. */
struct visit {
    enum writer_visit what;
    const char *mountpoint;
    const char *folder;
    dev_t device;
    ino_t inode;
    int namespace_fd;
    int root_fd; /* the writer's root; -1: the namespace's */
};

struct report {
    struct writer_view view;
    const char *step; /* of the parent's own memory: a literal; NULL: all went well */
    int code;
};

static bool fail(struct report *report, const char *step)
{
    report->step = step;
    report->code = errno;
    return false;
}

static bool enter(const struct visit *visit, struct report *report)
{
    if (setns(visit->namespace_fd, CLONE_NEWNS) != 0) {
        return fail(report, "enter the mount namespace");
    }
    if (visit->root_fd >= 0 && (fchdir(visit->root_fd) != 0 || chroot(".") != 0)) {
        return fail(report, "enter the writer's root");
    }
    return true;
}

/* -1: it is not the bucket. The place is the writer's to change at any time: what was looked at is
 * held, and changed through the same descriptor. */
static int open_if_bucket(const struct visit *visit, const char *path, bool *out_mount_root)
{
    int fd = open(path, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC);
    struct statx info;

    if (fd < 0) {
        return -1;
    }
    if (statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_INO, &info) != 0 ||
        info.stx_ino != visit->inode ||
        makedev(info.stx_dev_major, info.stx_dev_minor) != visit->device) {
        (void)close(fd);
        return -1;
    }
    *out_mount_root = (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
    return fd;
}

static bool is_read_only(int fd)
{
    struct statfs info;

    return fstatfs(fd, &info) == 0 && ((unsigned long)info.f_flags & ST_RDONLY) != 0;
}

/* One try; EBUSY while a file is open for writing. */
static int set_read_only(int mount, bool wanted)
{
    struct mount_attr attr = { .attr_set = wanted ? MOUNT_ATTR_RDONLY : 0,
                               .attr_clr = wanted ? 0 : MOUNT_ATTR_RDONLY };

    return mount_setattr(mount, "", AT_EMPTY_PATH, &attr, sizeof(attr));
}

static bool change(const struct visit *visit, int mount, struct report *report)
{
    bool freeze = visit->what == WRITER_FREEZE;
    int failed = set_read_only(mount, freeze);

    for (int waited = 0; failed != 0 && errno == EBUSY && waited < WRITER_BUSY_MS;
         waited += BUSY_RETRY_MS) {
        (void)poll(NULL, 0, BUSY_RETRY_MS);
        failed = set_read_only(mount, freeze);
    }
    if (failed != 0 && errno == EBUSY) {
        report->view.busy = true;
        return true;
    }
    return failed == 0 || fail(report, freeze ? "make the mount read-only" : "make it writable");
}

static bool refuses_a_write(int mount)
{
    int fd =
        openat(mount, PROBE_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, PROBE_MODE);

    if (fd < 0) {
        return errno == EROFS;
    }
    (void)close(fd);
    (void)unlinkat(mount, PROBE_NAME, 0);
    return false;
}

static void visit_mount(const struct visit *visit, int mount, struct report *report)
{
    bool folder_is_mount = false;

    if (visit->what != WRITER_LOOK && !change(visit, mount, report)) {
        return;
    }
    report->view.read_only = is_read_only(mount);
    report->view.refuses =
        visit->what != WRITER_THAW && report->view.read_only && refuses_a_write(mount);
    CLEANUP(cleanup_close) int folder = open_if_bucket(visit, visit->folder, &folder_is_mount);
    report->view.way_round = folder >= 0 && !is_read_only(folder);
}

static void visit_as_child(const struct visit *visit, struct report *report)
{
    bool mount_root = false;

    if (!enter(visit, report)) {
        return;
    }
    CLEANUP(cleanup_close) int mount = open_if_bucket(visit, visit->mountpoint, &mount_root);
    report->view.is_bucket = mount >= 0 && mount_root;
    if (report->view.is_bucket) { /* else nothing of ours: neither changed nor probed */
        visit_mount(visit, mount, report);
    }
}

/* -------------------------------------------------------------------------------- in the parent */

static bool is_gone(const struct writer *writer)
{
    struct pollfd ended = { .fd = writer->pidfd, .events = POLLIN };

    return writer->pid > 0 && (writer->pidfd < 0 || poll(&ended, 1, 0) > 0);
}

static struct status os_error(const struct writer *writer, const char *step, int code)
{
    enum status_code kind = STATUS_UNAVAILABLE;

    if (code == EPERM || code == EACCES) {
        kind = STATUS_DENIED;
    } else if (code == ENOENT || code == ENOTDIR || code == EINVAL) {
        kind = STATUS_NOT_FOUND;
    }
    return status_error(kind, "writer %s:%s: %s: %s", writer->place, writer->mountpoint, step,
                        strerrordesc_np(code));
}

/* The process is looked at again after its files were opened: so they are its own. */
static struct status open_writer(const struct writer *writer, struct visit *visit)
{
    char path[64];

    if (writer->pid == 0) {
        visit->namespace_fd = open(writer->place, O_RDONLY | O_CLOEXEC);
    } else {
        (void)snprintf(path, sizeof(path), "/proc/%d/ns/mnt", (int)writer->pid);
        visit->namespace_fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (visit->namespace_fd < 0) {
        return os_error(writer, "its mount namespace", errno);
    }
    if (writer->pid > 0) {
        (void)snprintf(path, sizeof(path), "/proc/%d/root", (int)writer->pid);
        visit->root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (visit->root_fd < 0) {
            return os_error(writer, "its root", errno);
        }
    }
    return STATUS_SUCCESS;
}

static void run_child(const struct visit *visit, int result_fd)
{
    struct report report = { 0 };

    visit_as_child(visit, &report);
    ssize_t written = write(result_fd, &report, sizeof(report));
    _exit(written == (ssize_t)sizeof(report) ? 0 : 1);
}

static struct status fork_and_wait(const struct writer *writer, const struct visit *visit,
                                   struct report *out)
{
    int result[2];

    if (pipe2(result, O_CLOEXEC) != 0) {
        return os_error(writer, "pipe", errno);
    }
    pid_t child = fork();
    if (child == 0) {
        run_child(visit, result[1]);
    }
    int code = errno;
    (void)close(result[1]);
    struct status status = child > 0 ? file_read_exactly(result[0], out, sizeof(*out))
                                     : os_error(writer, "fork", code);
    (void)close(result[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    return status_wrap(status, "writer %s:%s", writer->place, writer->mountpoint);
}

static struct status describe_bucket(const struct writer *writer, int folder_fd,
                                     struct visit *visit)
{
    struct stat info;

    if (fstat(folder_fd, &info) != 0) {
        return os_error(writer, "the bucket", errno);
    }
    visit->device = info.st_dev;
    visit->inode = info.st_ino;
    return STATUS_SUCCESS;
}

struct status writer_call(const struct writer *writer, enum writer_visit what, const char *folder,
                          int folder_fd, struct writer_view *out)
{
    struct visit visit = { .what = what,
                           .mountpoint = writer->mountpoint,
                           .folder = folder,
                           .namespace_fd = -1,
                           .root_fd = -1 };
    struct report report = { 0 };

    TRY(describe_bucket(writer, folder_fd, &visit));
    struct status status = open_writer(writer, &visit);
    if (status_ok(&status) && !is_gone(writer)) {
        status = fork_and_wait(writer, &visit, &report);
    }
    cleanup_close(&visit.namespace_fd);
    cleanup_close(&visit.root_fd);
    if (is_gone(writer)) {
        *out = (struct writer_view){ .gone = true };
        return STATUS_SUCCESS;
    }
    TRY(status);
    if (report.step != NULL) {
        return os_error(writer, report.step, report.code);
    }
    *out = report.view;
    return STATUS_SUCCESS;
}
