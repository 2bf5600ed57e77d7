/* base/file.h - whole files and folders, safely.
 *
 * Every path is used as given; callers that take names from outside check them with
 * file_name_is_plain first. Errors: STATUS_NOT_FOUND (no such file), STATUS_UNAVAILABLE (the
 * system call's reason), STATUS_EXHAUSTED (over `max_bytes`). */
#ifndef REDAN_BASE_FILE_H
#define REDAN_BASE_FILE_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

struct status file_load(struct arena *arena, const char *path, size_t max_bytes,
                        struct slice *out) MUST_USE;
/* The same of a file that may have more: its first `max_bytes`. */
struct status file_load_start(struct arena *arena, const char *path, size_t max_bytes,
                              struct slice *out) MUST_USE;
/* The same from where an open file, pipe or socket stands; `path` names it in errors. */
struct status file_read_start(struct arena *arena, int fd, const char *path, size_t max_bytes,
                              struct slice *out) MUST_USE;

/* A file with secrets. The bytes in the arena are the only copy, for the caller to wipe. Errors:
 * STATUS_DENIED besides, when group or others have any right to it. */
struct status file_load_private(struct arena *arena, const char *path, size_t max_bytes,
                                struct slice *out) MUST_USE;

/* Writes beside, fsyncs, renames over, fsyncs the folder: a reader sees the old or the new whole.
 * Who is killed meanwhile leaves a hidden `.NAME.redan-XXXXXX` beside it, which nobody misses. */
struct status file_store(const char *path, struct slice bytes, mode_t mode) MUST_USE;

/* mkdir -p; existing folders keep their mode. */
struct status file_make_folder(const char *path, mode_t mode) MUST_USE;
struct status file_sync_folder(const char *path) MUST_USE;

/* For checks before a start; they change nothing and judge with the rights in force (root may do
 * nearly all). Could file_make_folder make or keep this folder, and files be made in it? */
struct status file_check_folder(const char *path) MUST_USE;
/* Could this file be opened for reading and writing? One that is missing could be made if its
 * folder passes file_check_folder. */
struct status file_check_writable(const char *path) MUST_USE;
/* Could a file of this name be made, or one that is there be replaced? The folder must exist. */
struct status file_check_beside(const char *path) MUST_USE;
/* Could this file (or folder, if `executable` then also entered or run) be read? */
struct status file_check_readable(const char *path, bool executable) MUST_USE;

/* All bytes or an error; EINTR is retried. */
struct status file_write_all(int fd, const void *bytes, size_t len) MUST_USE;
/* Exactly len bytes; an early end is STATUS_CORRUPT. */
struct status file_read_exactly(int fd, void *bytes, size_t len) MUST_USE;

/* One path component of [A-Za-z0-9._-], 1 to 128 bytes, not starting with a dot. */
bool file_name_is_plain(struct slice name);

/* "dir/name" in the arena. */
const char *file_path(struct arena *arena, const char *folder, const char *name);

/* Names in a folder, sorted by bytes, without "." and "..". At most `max_names`. */
struct status file_list(struct arena *arena, const char *path, size_t max_names,
                        const char ***out_names, size_t *out_count) MUST_USE;

#endif
