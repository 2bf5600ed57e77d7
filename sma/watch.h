/* sma/watch.h - tells which followed files may have news, by inotify. One thread. */
#ifndef REDAN_SMA_WATCH_H
#define REDAN_SMA_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { WATCH_FILES_MAX = 64 };

struct watch {
    int fd; /* poll it for reading, then call watch_take */
    struct {
        int folder, file; /* inotify's numbers; -1: none */
        int open_fd;      /* what `file` watches */
        const char *base; /* file name that those in the folder must begin with */
    } files[WATCH_FILES_MAX];
};

struct status watch_open(struct watch *watch) MUST_USE;
void watch_close(struct watch *watch);

/* The folder of `path`, for what happens there to files whose name begins like the path's: also the
 * successor that is not read yet. `path` must outlive the watch. False: not there (yet). */
bool watch_folder(struct watch *watch, size_t index, const char *path);
bool watch_has_folder(const struct watch *watch, size_t index);
/* The open file itself, whatever its name is now; -1: none. The same fd again does nothing unless
 * `fresh`: another file may have got the same number. */
void watch_file(struct watch *watch, size_t index, int open_fd, bool fresh);

/* Takes what has happened; sets the bit of every file that may have news. */
uint64_t watch_take(struct watch *watch);

#endif
