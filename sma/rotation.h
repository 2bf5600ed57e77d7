/* sma/rotation.h - the rotated files beside a log, and which of them comes after another.
 *
 * Rotated files of `auth.log` are `auth.log.N`, `auth.log.old`, those with a date
 * (`auth.log-20261121`, `auth-20261121.log`) and compressed ones of these; nothing else that begins
 * alike. One thread. */
#ifndef REDAN_SMA_ROTATION_H
#define REDAN_SMA_ROTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/slice.h"

enum {
    ROTATION_FILES_MAX = 1024,        /* looked at; of more the rest is not seen: see `partial` */
    ROTATION_NUMBER_MAX = 999,        /* of NAME.N; what is greater is a date, or no rotated file */
    ROTATION_SAME_MS = 1000,          /* a compressed copy keeps the time of its file, about */
    ROTATION_UNDER_WAY_MS = 60 * 1000 /* so long after a rename the next one may be to come */
};

struct rotation_name {
    bool numbered;
    uint32_t number;
    bool compressed;
};
/* Pure. False: no rotated file of `base`. */
bool rotation_name_read(struct slice base, struct slice name, struct rotation_name *out);

struct rotated {
    char *path;
    struct rotation_name name;
    uint64_t device, inode, size;
    int64_t modified_ns, changed_ns;
    bool unreadable; /* compressed; or the caller found that it cannot be opened */
};

struct rotation {
    struct rotated *files; /* oldest first; never the log itself */
    size_t count;
    bool partial; /* there may be more */
};

/* Lists until two lists agree, since files are renamed meanwhile. */
void rotation_list(const char *path, struct rotation *out);
void rotation_done(struct rotation *rotation);

/* The file that was read last. */
struct rotation_from {
    uint64_t device, inode; /* inode 0: gone; only modified_ns is known of it */
    int64_t modified_ns;    /* 0: not even that */
    int64_t now_ns;         /* wall time */
};

struct rotation_step {
    const struct rotated *next; /* NULL: the log itself */
    const struct rotated *lost; /* lies between, but is unreadable */
    bool found;                 /* what was read last is in the list, maybe compressed by now */
    bool hole;                  /* by the numbers one is missing between */
    bool doubt; /* the same, but the files may just be being renamed: ask rotation_follows later */
};
/* Pure. Empty files are nobody's successor. */
struct rotation_step rotation_next(const struct rotation *rotation,
                                   const struct rotation_from *from);

/* Is `before` the one right before `from`? Pure. */
bool rotation_follows(const struct rotation *rotation, const struct rotation_from *before,
                      const struct rotation_from *from);

int64_t rotation_modified_ns(const struct stat *info);

#endif
