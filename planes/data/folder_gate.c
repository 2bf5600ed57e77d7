#include "planes/data/folder_gate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/ulid.h"
#include "planes/data/freeze_record.h"

enum { OBJECT_MODE = 0640, CONTROL_MODE = 0700, LOCK_MODE = 0600, LOCK_RETRY_MS = 5 };

struct folder_gate {
    char root[FOLDER_PATH_MAX];
    int root_fd;
    int control_fd; /* ROOT/.redan */
};

static struct status os_error(const char *what, int code)
{
    switch (code) {
    case ENOENT:
    case ENOTDIR:
        return status_error(STATUS_NOT_FOUND, "%s: %s", what, strerrordesc_np(code));
    case EACCES:
    case EPERM:
    case EROFS:
    case ELOOP: /* a link, which openat2 refuses to follow */
    case EXDEV: /* a way out of the root */
        return status_error(STATUS_DENIED, "%s: %s", what, strerrordesc_np(code));
    case ENOSYS:
        return status_error(STATUS_UNSUPPORTED, "%s: this kernel has no openat2", what);
    default:
        return status_error(STATUS_UNAVAILABLE, "%s: %s", what, strerrordesc_np(code));
    }
}

/* -1 and errno, like openat(2). */
static int open_beneath(int folder, const char *name, int flags, mode_t mode)
{
    struct open_how how = { .flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
                            .mode = mode,
                            .resolve =
                                RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS };

    return (int)syscall(SYS_openat2, folder, name, &how, sizeof(how));
}

static struct status check_name(const char *what, const char *name)
{
    if (!file_name_is_plain(slice_from(name))) {
        return status_error(STATUS_INVALID, "%s `%.64s`: not a plain name", what,
                            name != NULL ? name : "");
    }
    return STATUS_SUCCESS;
}

/* ------------------------------------------------------------------------------- open and close */

static struct status resolve_root(const char *root, char absolute[PATH_MAX])
{
    struct stat info;

    if (realpath(root, absolute) == NULL || stat(absolute, &info) != 0) {
        return os_error(root, errno);
    }
    if (!S_ISDIR(info.st_mode)) {
        return os_error(root, ENOTDIR);
    }
    if (strlen(absolute) >= FOLDER_PATH_MAX) {
        return status_error(STATUS_INVALID, "%s: path over %d bytes", root, FOLDER_PATH_MAX - 1);
    }
    return STATUS_SUCCESS;
}

static struct status open_folders(struct folder_gate *gate, const char *root)
{
    char absolute[PATH_MAX];

    TRY(resolve_root(root, absolute));
    memcpy(gate->root, absolute, strlen(absolute) + 1);
    gate->root_fd = open(absolute, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (gate->root_fd < 0 ||
        (mkdirat(gate->root_fd, FREEZE_FOLDER, CONTROL_MODE) != 0 && errno != EEXIST)) {
        return os_error(root, errno);
    }
    gate->control_fd = open_beneath(gate->root_fd, FREEZE_FOLDER, O_PATH | O_DIRECTORY, 0);
    return gate->control_fd >= 0 ? STATUS_SUCCESS : os_error(root, errno);
}

struct status folder_gate_check(const char *root)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    char absolute[PATH_MAX];

    TRY(resolve_root(root, absolute));
    TRY(file_check_readable(absolute, true));
    return file_check_folder(file_path(&arena, absolute, FREEZE_FOLDER));
}

struct status folder_gate_open(const char *root, struct folder_gate **out)
{
    struct folder_gate *gate = calloc(1, sizeof(*gate));

    if (gate == NULL) {
        abort();
    }
    gate->root_fd = -1;
    gate->control_fd = -1;
    struct status status = open_folders(gate, root);
    if (!status_ok(&status)) {
        folder_gate_close(&gate);
        return status;
    }
    *out = gate;
    return STATUS_SUCCESS;
}

void folder_gate_close(struct folder_gate **gate)
{
    struct folder_gate *open = TAKE(*gate);

    if (open != NULL) {
        cleanup_close(&open->control_fd);
        cleanup_close(&open->root_fd);
        free(open);
    }
}

const char *folder_gate_root(const struct folder_gate *gate)
{
    return gate->root;
}

static struct status open_bucket(const struct folder_gate *gate, const char *bucket, int flags,
                                 int *out)
{
    TRY(check_name("bucket", bucket));
    int fd = open_beneath(gate->root_fd, bucket, flags | O_DIRECTORY, 0);
    if (fd < 0) {
        return os_error(bucket, errno);
    }
    *out = fd;
    return STATUS_SUCCESS;
}

struct status folder_gate_bucket(struct folder_gate *gate, const char *bucket, int *out_fd)
{
    return open_bucket(gate, bucket, O_PATH, out_fd);
}

/* ------------------------------------------------------------------------------ frozen, or not */

struct status folder_gate_frozen(struct folder_gate *gate, const char *bucket, bool *out)
{
    char record[FREEZE_NAME_MAX];
    struct stat info;

    TRY(check_name("bucket", bucket));
    freeze_record_name(bucket, record);
    if (fstatat(gate->control_fd, record, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        *out = true;
        return STATUS_SUCCESS;
    }
    if (errno != ENOENT) {
        return os_error(bucket, errno);
    }
    *out = false;
    return STATUS_SUCCESS;
}

static struct status refuse_frozen(struct folder_gate *gate, const char *bucket)
{
    bool frozen = true;

    TRY(folder_gate_frozen(gate, bucket, &frozen));
    if (frozen) {
        return status_error(STATUS_DENIED, "bucket `%s` is frozen", bucket);
    }
    return STATUS_SUCCESS;
}

static struct status open_lock(const struct folder_gate *gate, const char *bucket, int *out)
{
    char name[FREEZE_NAME_MAX];

    freeze_lock_name(bucket, name);
    int fd = open_beneath(gate->control_fd, name, O_RDWR | O_CREAT, LOCK_MODE);
    if (fd < 0) {
        return os_error(bucket, errno);
    }
    *out = fd;
    return STATUS_SUCCESS;
}

/* Shared with other changes until it is closed; a freeze that waits for us holds it only once we
 * are done. */
static struct status begin_change(struct folder_gate *gate, const char *bucket, int *out_lock)
{
    CLEANUP(cleanup_close) int lock = -1;

    TRY(open_lock(gate, bucket, &lock));
    while (flock(lock, LOCK_SH) != 0) {
        if (errno != EINTR) {
            return os_error(bucket, errno);
        }
    }
    TRY(refuse_frozen(gate, bucket));
    *out_lock = lock;
    lock = -1; /* the caller's */
    return STATUS_SUCCESS;
}

struct status folder_gate_settle(struct folder_gate *gate, const char *bucket, int64_t wait_ms)
{
    int64_t end_ms = clock_mono_ms(&clock_real) + wait_ms;
    CLEANUP(cleanup_close) int lock = -1;

    TRY(check_name("bucket", bucket));
    TRY(open_lock(gate, bucket, &lock));
    while (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return os_error(bucket, errno);
        }
        if (clock_mono_ms(&clock_real) >= end_ms) {
            return status_error(STATUS_UNAVAILABLE, "%s: a write through the gate is not over",
                                bucket);
        }
        (void)poll(NULL, 0, LOCK_RETRY_MS);
    }
    return STATUS_SUCCESS;
}

/* ------------------------------------------------------------------------------------- changes */

static struct status fill(int fd, struct slice bytes)
{
    TRY(file_write_all(fd, bytes.ptr, bytes.len));
    if (fsync(fd) != 0) {
        return os_error("fsync", errno);
    }
    return STATUS_SUCCESS;
}

/* Under the lock: the last look, and the one step that others see. */
static struct status publish(struct folder_gate *gate, const char *bucket, int folder,
                             const char *beside, const char *name)
{
    CLEANUP(cleanup_close) int lock = -1;

    TRY(begin_change(gate, bucket, &lock));
    if (renameat(folder, beside, folder, name) != 0) {
        return os_error(name, errno);
    }
    return fsync(folder) == 0 ? STATUS_SUCCESS : os_error(name, errno);
}

struct status folder_gate_put(struct folder_gate *gate, const char *bucket, const char *name,
                              struct slice bytes)
{
    struct ulid unique = ulid_new(clock_wall_ms(&clock_real));
    CLEANUP(cleanup_close) int folder = -1;
    char beside[ULID_TEXT_LEN + 8];

    TRY(check_name("object", name));
    TRY(refuse_frozen(gate, bucket));
    TRY(open_bucket(gate, bucket, O_RDONLY, &folder));
    (void)snprintf(beside, sizeof(beside), ".put-%s", unique.text);
    CLEANUP(cleanup_close)
    int fd = open_beneath(folder, beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, OBJECT_MODE);
    if (fd < 0) {
        return os_error(name, errno);
    }
    struct status status = fill(fd, bytes);
    if (status_ok(&status)) {
        status = publish(gate, bucket, folder, beside, name);
    }
    if (!status_ok(&status)) {
        (void)unlinkat(folder, beside, 0);
    }
    return status_wrap(status, "%s", bucket);
}

struct status folder_gate_delete(struct folder_gate *gate, const char *bucket, const char *name)
{
    CLEANUP(cleanup_close) int folder = -1;
    CLEANUP(cleanup_close) int lock = -1;

    TRY(check_name("object", name));
    TRY(open_bucket(gate, bucket, O_RDONLY, &folder));
    TRY(begin_change(gate, bucket, &lock));
    if (unlinkat(folder, name, 0) != 0 || fsync(folder) != 0) {
        return status_wrap(os_error(name, errno), "%s", bucket);
    }
    return STATUS_SUCCESS;
}

/* ------------------------------------------------------------------------------------- reading */

struct status folder_gate_get(struct folder_gate *gate, struct arena *arena, const char *bucket,
                              const char *name, size_t max_bytes, struct slice *out)
{
    CLEANUP(cleanup_close) int folder = -1;
    struct stat info;

    TRY(check_name("object", name));
    TRY(open_bucket(gate, bucket, O_PATH, &folder));
    CLEANUP(cleanup_close)
    int fd = open_beneath(folder, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0 || fstat(fd, &info) != 0) {
        return status_wrap(os_error(name, errno), "%s", bucket);
    }
    if (!S_ISREG(info.st_mode)) {
        return status_error(STATUS_DENIED, "%s: %s: not a file", bucket, name);
    }
    if (info.st_size < 0 || (uint64_t)info.st_size > max_bytes) {
        return status_error(STATUS_EXHAUSTED, "%s: %s: over %zu bytes", bucket, name, max_bytes);
    }
    size_t len = (size_t)info.st_size;
    char *bytes = ARENA_NEW(arena, char, len + 1);
    TRY(status_wrap(file_read_exactly(fd, bytes, len), "%s: %s", bucket, name));
    *out = (struct slice){ bytes, len };
    return STATUS_SUCCESS;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL) {
        (void)closedir(*folder);
    }
}

struct status folder_gate_list(struct folder_gate *gate, struct arena *arena, const char *bucket,
                               size_t max_names, const char ***out_names, size_t *out_count)
{
    const struct dirent *entry = NULL;
    size_t count = 0;
    int fd = -1;

    TRY(open_bucket(gate, bucket, O_RDONLY, &fd));
    CLEANUP(close_folder) DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        int code = errno;
        (void)close(fd);
        return os_error(bucket, code);
    }
    const char **names = ARENA_NEW(arena, const char *, max_names + 1);
    while ((entry = readdir(folder)) != NULL) { /* NOLINT(concurrency-mt-unsafe): our own stream */
        if (!file_name_is_plain(slice_from(entry->d_name))) {
            continue;
        }
        if (count == max_names) {
            return status_error(STATUS_EXHAUSTED, "%s: over %zu objects", bucket, max_names);
        }
        names[count++] = arena_cstr(arena, slice_from(entry->d_name));
    }
    qsort(names, count, sizeof(names[0]), by_bytes);
    *out_names = names;
    *out_count = count;
    return STATUS_SUCCESS;
}
