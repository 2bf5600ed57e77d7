#include "sma/watch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/arena.h"

enum { EVENT_BYTES = 8192, PATH_BYTES = 64 };

struct status watch_open(struct watch *watch)
{
    *watch = (struct watch){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC) };
    for (size_t i = 0; i < WATCH_FILES_MAX; i++) {
        watch->files[i].folder = -1;
        watch->files[i].file = -1;
        watch->files[i].open_fd = -1;
    }
    if (watch->fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "inotify: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

void watch_close(struct watch *watch)
{
    if (watch->fd >= 0) {
        (void)close(watch->fd);
    }
    watch->fd = -1;
}

bool watch_folder(struct watch *watch, size_t index, const char *path)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = slice_from(path);
    size_t slash = slice_rfind(text, '/');
    struct slice folder = SLICE(".");

    watch->files[index].base = path;
    if (slash < text.len) {
        folder = slice_sub(text, 0, slash > 0 ? slash : 1);
        watch->files[index].base = path + slash + 1;
    }
    watch->files[index].folder = inotify_add_watch(watch->fd, arena_cstr(&arena, folder),
                                                   IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |
                                                       IN_DELETE | IN_MODIFY | IN_ONLYDIR);
    return watch->files[index].folder >= 0;
}

bool watch_has_folder(const struct watch *watch, size_t index)
{
    return watch->files[index].folder >= 0;
}

void watch_file(struct watch *watch, size_t index, int open_fd, bool fresh)
{
    if (open_fd == watch->files[index].open_fd && !fresh) {
        return;
    }
    if (watch->files[index].file >= 0) {
        (void)inotify_rm_watch(watch->fd, watch->files[index].file);
    }
    watch->files[index].file = -1;
    watch->files[index].open_fd = open_fd;
    if (open_fd >= 0) { /* by its descriptor: the name may be another file's by now */
        char path[PATH_BYTES];
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", open_fd);
        watch->files[index].file = inotify_add_watch(watch->fd, path, IN_MODIFY);
    }
}

static uint64_t files_of(struct watch *watch, const struct inotify_event *event, const char *name)
{
    uint64_t touched = 0;

    if ((event->mask & IN_Q_OVERFLOW) != 0) {
        return UINT64_MAX;
    }
    for (size_t i = 0; i < WATCH_FILES_MAX; i++) {
        bool in_folder = watch->files[i].folder == event->wd;
        bool gone = in_folder && (event->mask & IN_IGNORED) != 0; /* the folder itself */
        bool named = in_folder && slice_starts(slice_from(name), slice_from(watch->files[i].base));
        if (gone) {
            watch->files[i].folder = -1;
        }
        if (gone || named || watch->files[i].file == event->wd) {
            touched |= UINT64_C(1) << i;
        }
    }
    return touched;
}

uint64_t watch_take(struct watch *watch)
{
    char bytes[EVENT_BYTES];
    uint64_t touched = 0;

    for (;;) {
        ssize_t got = read(watch->fd, bytes, sizeof(bytes));
        if (got <= 0) {
            return touched;
        }
        for (size_t at = 0; at < (size_t)got;) {
            struct inotify_event event;
            memcpy(&event, bytes + at, sizeof(event));
            touched |= files_of(watch, &event, event.len > 0 ? bytes + at + sizeof(event) : "");
            at += sizeof(event) + event.len;
        }
    }
}
