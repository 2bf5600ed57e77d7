#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    NAME_BYTES_MAX = 128,
    LOAD_CHUNK_BYTES = 8 * 1024,
    BESIDE_BYTES_MAX = 200 /* of a name that another is made of, both within NAME_MAX */
};

/* The failed system call's reason. */
static struct status os_error(const char *path, int code)
{
    bool absent = code == ENOENT || code == ENOTDIR;

    return status_error(absent ? STATUS_NOT_FOUND : STATUS_UNAVAILABLE, "%s: %s", path,
                        strerrordesc_np(code));
}

/* Reads to the end, or so many bytes and the rest of a chunk: sizes lie (/proc, growing files), so
 * only the end of file counts. */
static struct status read_start(int fd, const char *path, size_t max_bytes, struct buf *out)
{
    char chunk[LOAD_CHUNK_BYTES];

    while (out->len < max_bytes && !out->overflow) {
        ssize_t got = read(fd, chunk, sizeof(chunk));
        if (got == 0) {
            break;
        }
        if (got < 0 && errno != EINTR) {
            return os_error(path, errno);
        }
        if (got > 0) {
            buf_add(out, chunk, (size_t)got);
        }
    }
    return STATUS_SUCCESS;
}

struct status file_read_start(struct arena *arena, int fd, const char *path, size_t max_bytes,
                              struct slice *out)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };

    TRY(read_start(fd, path, max_bytes, &bytes));
    if (bytes.overflow) {
        return status_error(STATUS_EXHAUSTED, "%s: over %d bytes", path, BUF_LIMIT_BYTES);
    }
    *out = arena_copy(arena, slice_sub(buf_slice(&bytes), 0, max_bytes));
    return STATUS_SUCCESS;
}

struct status file_load_start(struct arena *arena, const char *path, size_t max_bytes,
                              struct slice *out)
{
    CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        return os_error(path, errno);
    }
    return file_read_start(arena, fd, path, max_bytes, out);
}

struct status file_load(struct arena *arena, const char *path, size_t max_bytes, struct slice *out)
{
    struct slice text = { 0 };

    TRY(file_load_start(arena, path, max_bytes + 1, &text));
    if (text.len > max_bytes) {
        return status_error(STATUS_EXHAUSTED, "%s: over %zu bytes", path, max_bytes);
    }
    *out = text;
    return STATUS_SUCCESS;
}

/* To the end, into `room` bytes, one more than may be there. */
static struct status read_into(int fd, const char *path, char *text, size_t room, size_t *out_len)
{
    size_t len = 0;

    for (;;) {
        ssize_t got = read(fd, text + len, room - len);
        if (got == 0) {
            *out_len = len;
            return STATUS_SUCCESS;
        }
        if (got < 0 && errno != EINTR) {
            return os_error(path, errno);
        }
        len += got > 0 ? (size_t)got : 0;
        if (len == room) {
            return status_error(STATUS_EXHAUSTED, "%s: over %zu bytes", path, room - 1);
        }
    }
}

struct status file_load_private(struct arena *arena, const char *path, size_t max_bytes,
                                struct slice *out)
{
    CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    struct stat info;
    size_t len = 0;

    if (fd < 0 || fstat(fd, &info) != 0) {
        return os_error(path, errno);
    }
    if (S_ISDIR(info.st_mode)) {
        return os_error(path, EISDIR);
    }
    if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return status_error(STATUS_DENIED, "%s: mode %03o: others may read secrets; chmod 600",
                            path, (unsigned)info.st_mode & 0777U);
    }
    char *text = ARENA_NEW(arena, char, max_bytes + 2);
    struct status status = read_into(fd, path, text, max_bytes + 1, &len);
    if (!status_ok(&status)) {
        explicit_bzero(text, max_bytes + 1);
        return status;
    }
    *out = (struct slice){ text, len };
    return STATUS_SUCCESS;
}

struct status file_write_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;

    while (len > 0) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return status_error(STATUS_UNAVAILABLE, "write: %s", strerrordesc_np(errno));
        }
        at += put;
        len -= (size_t)put;
    }
    return STATUS_SUCCESS;
}

struct status file_read_exactly(int fd, void *bytes, size_t len)
{
    char *at = bytes;

    while (len > 0) {
        ssize_t got = read(fd, at, len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return status_error(STATUS_UNAVAILABLE, "read: %s", strerrordesc_np(errno));
        }
        if (got == 0) {
            return status_error(STATUS_CORRUPT, "ends %zu bytes early", len);
        }
        at += got;
        len -= (size_t)got;
    }
    return STATUS_SUCCESS;
}

/* "sla/.lab.yaml.redan-XXXXXX" of "sla/lab.yaml": hidden, so that readers of folders pass by what a
 * killed program leaves. */
static void name_beside(struct buf *out, const char *path)
{
    struct slice whole = slice_from(path);
    size_t slash = slice_rfind(whole, '/');
    size_t base = slash == whole.len ? 0 : slash + 1;

    buf_add_slice(out, slice_sub(whole, 0, base));
    struct slice name = slice_sub(whole, base, whole.len);
    buf_printf(out, ".%.*s.redan-XXXXXX", SLICE_ARG(slice_sub(name, 0, BESIDE_BYTES_MAX)));
}

/* The folder part of a path, "." when there is none. */
static void folder_of(struct buf *out, const char *path)
{
    struct slice whole = slice_from(path);
    size_t slash = slice_rfind(whole, '/');

    if (slash == whole.len) {
        buf_add_cstr(out, ".");
    } else {
        buf_add_slice(out, slice_sub(whole, 0, slash > 0 ? slash : 1));
    }
}

struct status file_sync_folder(const char *path)
{
    CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || fsync(fd) != 0) {
        return os_error(path, errno);
    }
    return STATUS_SUCCESS;
}

static struct status fill_beside(int fd, const char *path, struct slice bytes, mode_t mode)
{
    TRY(status_wrap(file_write_all(fd, bytes.ptr, bytes.len), "%s", path));
    if (fchmod(fd, mode) != 0 || fsync(fd) != 0) {
        return os_error(path, errno);
    }
    return STATUS_SUCCESS;
}

struct status file_store(const char *path, struct slice bytes, mode_t mode)
{
    CLEANUP(buf_done) struct buf beside = { 0 };
    CLEANUP(buf_done) struct buf folder = { 0 };

    folder_of(&folder, path);
    name_beside(&beside, path);
    CLEANUP(cleanup_close) int fd = mkostemp(beside.ptr, O_CLOEXEC);
    if (fd < 0) {
        return os_error(path, errno);
    }
    struct status status = fill_beside(fd, path, bytes, mode);
    if (status_ok(&status) && rename(beside.ptr, path) != 0) {
        status = os_error(path, errno);
    }
    if (!status_ok(&status)) {
        (void)unlink(beside.ptr);
        return status;
    }
    return file_sync_folder(folder.ptr);
}

static struct status make_one(const char *path, mode_t mode)
{
    struct stat info;

    if (mkdir(path, mode) == 0) {
        return STATUS_SUCCESS;
    }
    int code = errno;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode)) {
        return STATUS_SUCCESS;
    }
    return os_error(path, code);
}

struct status file_make_folder(const char *path, mode_t mode)
{
    CLEANUP(buf_done) struct buf copy = { 0 };

    buf_add_cstr(&copy, path);
    for (size_t i = 1; i < copy.len; i++) {
        if (copy.ptr[i] != '/') {
            continue;
        }
        copy.ptr[i] = '\0';
        TRY(make_one(copy.ptr, mode));
        copy.ptr[i] = '/';
    }
    return make_one(path, mode);
}

static struct status check_access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0 ? STATUS_SUCCESS
                                                            : os_error(path, errno);
}

/* The nearest part of the path that is there; a link that leads nowhere counts as there. */
static void find_existing(const char *path, struct buf *out)
{
    struct stat info;

    buf_add_cstr(out, path);
    while (lstat(out->ptr, &info) != 0 && errno == ENOENT) {
        CLEANUP(buf_done) struct buf above = { 0 };
        folder_of(&above, out->ptr);
        buf_clear(out);
        buf_add_slice(out, buf_slice(&above));
    }
}

struct status file_check_folder(const char *path)
{
    CLEANUP(buf_done) struct buf existing = { 0 };
    struct stat info;

    find_existing(path, &existing);
    if (stat(existing.ptr, &info) != 0) {
        return os_error(existing.ptr, errno);
    }
    if (!S_ISDIR(info.st_mode)) {
        return os_error(existing.ptr, ENOTDIR);
    }
    return check_access(existing.ptr, W_OK | X_OK);
}

struct status file_check_writable(const char *path)
{
    CLEANUP(buf_done) struct buf folder = { 0 };
    struct stat info;

    if (lstat(path, &info) == 0) {
        return S_ISDIR(info.st_mode) ? os_error(path, EISDIR) : check_access(path, R_OK | W_OK);
    }
    if (errno != ENOENT) {
        return os_error(path, errno);
    }
    folder_of(&folder, path);
    return file_check_folder(folder.ptr);
}

struct status file_check_beside(const char *path)
{
    CLEANUP(buf_done) struct buf folder = { 0 };

    folder_of(&folder, path);
    return check_access(folder.ptr, W_OK | X_OK);
}

struct status file_check_readable(const char *path, bool executable)
{
    return check_access(path, executable ? R_OK | X_OK : R_OK);
}

static bool is_plain_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

bool file_name_is_plain(struct slice name)
{
    if (name.len == 0 || name.len > NAME_BYTES_MAX || name.ptr[0] == '.') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_plain_byte(name.ptr[i])) {
            return false;
        }
    }
    return true;
}

const char *file_path(struct arena *arena, const char *folder, const char *name)
{
    return arena_printf(arena, "%s/%s", folder, name).ptr;
}

static void cleanup_closedir(DIR **dir)
{
    if (*dir != NULL) {
        (void)closedir(*dir);
    }
}

static int order_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct name_list {
    const char **names;
    size_t count;
    size_t cap;
};

static void add_name(struct arena *arena, struct name_list *list, const char *name)
{
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : list->cap * 2;
        const char **grown = ARENA_NEW(arena, const char *, cap);
        for (size_t i = 0; i < list->count; i++) {
            grown[i] = list->names[i];
        }
        list->names = grown;
        list->cap = cap;
    }
    list->names[list->count++] = arena_cstr(arena, slice_from(name));
}

struct status file_list(struct arena *arena, const char *path, size_t max_names,
                        const char ***out_names, size_t *out_count)
{
    CLEANUP(cleanup_closedir) DIR *dir = opendir(path);
    struct name_list list = { 0 };

    if (dir == NULL) {
        return os_error(path, errno);
    }
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(dir); /* NOLINT(concurrency-mt-unsafe): own stream */
        if (entry == NULL && errno != 0) {
            return os_error(path, errno);
        }
        if (entry == NULL) {
            break;
        }
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (list.count == max_names) {
            return status_error(STATUS_EXHAUSTED, "%s: over %zu names", path, max_names);
        }
        add_name(arena, &list, entry->d_name);
    }
    if (list.count > 0) {
        qsort(list.names, list.count, sizeof(list.names[0]), order_names);
    }
    *out_names = list.names;
    *out_count = list.count;
    return STATUS_SUCCESS;
}
