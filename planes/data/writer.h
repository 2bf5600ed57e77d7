/* planes/data/writer.h - a process that writes to a bucket through a mount of its own, and what can
 * be done to that mount and seen of it from inside the writer's mount namespace.
 *
 * Every visit forks a child that enters the namespace (setns(2)), so the caller's own view never
 * changes. Blocking; needs CAP_SYS_ADMIN and CAP_SYS_CHROOT, and CAP_SYS_PTRACE and
 * CAP_DAC_READ_SEARCH for writers of other users. */
#ifndef REDAN_PLANES_DATA_WRITER_H
#define REDAN_PLANES_DATA_WRITER_H

#include <sys/types.h>

#include "base/slice.h"
#include "base/status.h"

enum {
    WRITER_BUCKET_MAX = 129,
    WRITER_PLACE_MAX = 120,
    WRITER_MOUNTPOINT_MAX = 108,
    WRITER_KEY_MAX = WRITER_PLACE_MAX + WRITER_MOUNTPOINT_MAX,
    WRITER_BUSY_MS = 500, /* how long a freeze waits for open files to be closed */
};

struct writer {
    char bucket[WRITER_BUCKET_MAX];
    char place[WRITER_PLACE_MAX];           /* a process id, or the path of a mount namespace */
    char mountpoint[WRITER_MOUNTPOINT_MAX]; /* as the writer sees it */
    pid_t pid;                              /* 0: `place` is a path */
    int pidfd; /* the very process, so that its number may be used again; -1: a path, or gone */
};

/* "BUCKET:PID_OR_PATH:MOUNTPOINT", paths absolute and without blanks and < > & or colons. A process
 * that is gone already is taken, and stays gone. Errors: STATUS_INVALID. */
struct status writer_parse(struct slice text, struct writer *out) MUST_USE;
void writer_done(struct writer *writer);
/* "PID_OR_PATH:MOUNTPOINT", the writer's name in the freeze record. */
void writer_key(const struct writer *writer, char out[WRITER_KEY_MAX]);
/* The same writer, from its key. */
struct status writer_from_key(const char *bucket, const char *key, struct writer *out) MUST_USE;

enum writer_visit {
    WRITER_LOOK,
    WRITER_FREEZE, /* makes the mount read-only */
    WRITER_THAW    /* makes it writable */
};

/* What was there after the visit. */
struct writer_view {
    bool gone;      /* no such process any more */
    bool is_bucket; /* the mount point is a mount of this bucket's folder */
    bool read_only;
    bool refuses;   /* a real write failed with EROFS (WRITER_LOOK and WRITER_FREEZE) */
    bool way_round; /* the store's own folder is visible as well, and writable */
    bool busy;      /* WRITER_FREEZE: a file stayed open for writing */
};

/* `folder` is the bucket's path in the store, `folder_fd` a descriptor of it. Errors:
 * STATUS_DENIED, STATUS_NOT_FOUND (no such namespace or mount point), STATUS_UNAVAILABLE; the
 * message names the step. */
struct status writer_call(const struct writer *writer, enum writer_visit what, const char *folder,
                          int folder_fd, struct writer_view *out) MUST_USE;

#endif
