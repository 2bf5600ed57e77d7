#include "sma/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "sma/place.h"
#include "sma/rotation.h"

enum { REASON_MAX = 200, FIND_TRIES = 5 };

struct tail {
    char *path;
    int fd;
    struct tail_place start; /* of the file being read: stream and offset where we came in */
    uint64_t offset;         /* next byte to read */
    uint64_t stream;
    enum tail_from from;
    bool opened_once;
    bool was_dry; /* look at the head again before reading on */
    bool gap;     /* report `reason` before anything else */
    bool barred;  /* the next file is there, but cannot be opened: see `reason` */
    char reason[REASON_MAX];
    char *scratch;  /* TAIL_READ_BYTES */
    bool is_copy;   /* being read: left by copying before truncation */
    bool is_lost;   /* after a restart: what was read last is nowhere */
    bool has_doubt; /* by the numbers one is missing after `before`, or they were being changed */
    struct rotation_from before;
    bool awaits_done;       /* came in before `done`: its file must come */
    struct tail_place done; /* of the resume; of a lost file modified_ns alone counts */
};

static void *must(void *memory)
{
    if (memory == NULL) {
        abort(); /* the supervisor restarts us; what is on disk is whole */
    }
    return memory;
}

static void say(struct tail *tail, const char *what, const char *detail)
{
    struct slice parts[] = { slice_from(what), slice_from(detail) };
    size_t at = 0;

    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        for (size_t j = 0; j < parts[i].len && at + 1 < sizeof(tail->reason); j++) {
            tail->reason[at++] = parts[i].ptr[j];
        }
    }
    tail->reason[at] = '\0';
}

/* Reported before anything else is read. */
static void gap(struct tail *tail, const char *what, const char *detail)
{
    say(tail, what, detail);
    tail->gap = true;
}

/* --- coming in -------------------------------------------------------------------------------- */

static void leave(struct tail *tail)
{
    if (tail->fd >= 0) {
        (void)close(tail->fd);
    }
    tail->fd = -1;
}

/* Takes `fd` over; the stream goes on at its position. */
static void enter(struct tail *tail, int fd, uint64_t offset)
{
    struct stat info = { 0 };

    leave(tail);
    (void)fstat(fd, &info);
    tail->fd = fd;
    tail->offset = offset;
    tail->start = (struct tail_place){ .stream = tail->stream,
                                       .device = (uint64_t)info.st_dev,
                                       .inode = (uint64_t)info.st_ino,
                                       .offset = offset,
                                       .modified_ns = (uint64_t)rotation_modified_ns(&info) };
    tail->start.head_bytes = place_read_head(fd, TAIL_HEAD_BYTES, &tail->start.head_hash);
    tail->opened_once = true;
    tail->was_dry = false;
    tail->is_lost = false;
    tail->is_copy = false;
}

static bool enter_path(struct tail *tail)
{
    struct stat info = { 0 };
    int fd = place_open_regular(tail->path);

    if (fd < 0) {
        say(tail, "cannot open: ", strerrordesc_np(errno));
        return false;
    }
    bool skips = !tail->opened_once && tail->from == TAIL_FROM_END && fstat(fd, &info) == 0;
    enter(tail, fd, skips ? (uint64_t)info.st_size : 0);
    return true;
}

/* --- finding the place after a restart ---------------------------------------------------------
 */

/* In the file itself, in one that it was renamed to or in a copy. */
static bool enter_place(struct tail *tail, const struct tail_place *place)
{
    int fd = place_open(tail->path, place);
    bool copied = fd < 0;

    fd = copied ? place_open_copy(tail->path, place) : fd;
    if (fd < 0) {
        return false;
    }
    tail->stream = place->stream;
    enter(tail, fd, place->offset);
    tail->is_copy = copied;
    return true;
}

static void come_back(struct tail *tail, const struct tail_resume *from)
{
    tail->opened_once = true;    /* all that is there now is new */
    if (from->done.inode == 0) { /* there was no file then */
        tail->stream = from->done.stream;
        return;
    }
    tail->done = from->done;
    if (enter_place(tail, &from->oldest)) {
        tail->awaits_done = !place_is_in(tail->fd, &from->done);
        return;
    }
    if (enter_place(tail, &from->done)) {
        gap(tail, "the file that open windows need is gone", "");
        return;
    }
    gap(tail, "the file read last is gone or was cut", "");
    tail->is_lost = true;
    tail->stream = from->done.stream;
}

struct tail *tail_new(const char *path, enum tail_from from, const struct tail_resume *resume)
{
    struct tail *tail = calloc(1, sizeof(*tail));

    if (tail == NULL) {
        abort();
    }
    tail->path = must(strdup(path));
    tail->scratch = must(malloc(TAIL_READ_BYTES));
    tail->fd = -1;
    tail->from = from;
    if (resume != NULL) {
        come_back(tail, resume);
    } else if (!enter_path(tail)) {
        tail->opened_once = true; /* it appears later: then all of it is new */
    }
    return tail;
}

void tail_free(struct tail **tail)
{
    struct tail *self = *tail;

    if (self == NULL) {
        return;
    }
    leave(self);
    free(self->scratch);
    free(self->path);
    free(self);
    *tail = NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Shorter than what was read, or another beginning. */
static bool was_cut(struct tail *tail)
{
    struct stat info;

    if (fstat(tail->fd, &info) != 0) {
        return false;
    }
    if ((uint64_t)info.st_size < tail->offset || !place_has_head(tail->fd, &tail->start)) {
        return true;
    }
    tail->start.modified_ns = (uint64_t)rotation_modified_ns(&info);
    return false;
}

/* What was not read before the cut may stand in a copy; then that is read to its end first. */
static bool enter_copy(struct tail *tail)
{
    struct tail_place place = tail->start;

    place.offset = tail->offset + 1; /* a copy with nothing new in it is none to us */
    int fd = place_open_copy(tail->path, &place);
    if (fd < 0) {
        return false;
    }
    enter(tail, fd, tail->offset);
    tail->is_copy = true;
    return true;
}

static enum tail_step begin_again(struct tail *tail)
{
    int fd = tail->fd;

    tail->fd = -1; /* stays open */
    enter(tail, fd, 0);
    say(tail, "the file was cut: what was written last may be lost", "");
    return TAIL_GAP;
}

/* --- the next file -----------------------------------------------------------------------------
 */

static struct rotation_from from_here(const struct tail *tail)
{
    struct rotation_from from = { .now_ns = clock_wall_us(&clock_real) * 1000 };

    if (tail->fd >= 0) {
        from.device = tail->start.device;
        from.inode = tail->start.inode;
        from.modified_ns = (int64_t)tail->start.modified_ns;
    } else if (tail->is_lost) {
        from.modified_ns = (int64_t)tail->done.modified_ns;
    }
    return from;
}

/* Not among the rotated files: was it moved away, or deleted well before the next one was made?
 * Then another may have come between, and gone as well. */
static bool left_without_trace(const struct tail *tail)
{
    struct stat old;
    struct statx fresh;

    if (tail->fd < 0 || fstat(tail->fd, &old) != 0) {
        return false; /* after a restart: said already */
    }
    if (old.st_nlink > 0 || statx(AT_FDCWD, tail->path, 0, STATX_BTIME, &fresh) != 0 ||
        (fresh.stx_mask & STATX_BTIME) == 0) {
        return true;
    }
    int64_t gone_ms = (int64_t)old.st_ctim.tv_sec * 1000 + old.st_ctim.tv_nsec / 1000000;
    int64_t made_ms = fresh.stx_btime.tv_sec * 1000 + fresh.stx_btime.tv_nsec / 1000000;
    return made_ms - gone_ms > TAIL_REMADE_MS;
}

/* What was found as the next file, and what is missing before it. */
struct next {
    int fd;
    struct rotation_from from;
    bool found, hole, doubt, was_missing;
    char lost[REASON_MAX]; /* path of one that cannot be read; "": none */
};

/* What goes missing on the way to the next file, or went missing before this one. */
static void note_holes(struct tail *tail, const struct next *next)
{
    if (next->lost[0] != '\0') {
        gap(tail, "a rotated file is compressed or closed to us: ", next->lost);
    } else if (next->hole || next->was_missing) {
        gap(tail, "a rotated file between is gone", "");
    } else if (!next->found && left_without_trace(tail)) {
        gap(tail, "the file read last was taken away: others may have been, too", "");
    }
    tail->has_doubt = next->doubt;
    tail->before = next->from;
}

/* Came in before the place that was done: its file must come, and where it begins is known. When a
 * later one comes instead it is gone. Keeps stream positions what they were before the restart. */
static void meet_done(struct tail *tail, int fd)
{
    const struct tail_place *done = &tail->done;
    struct stat info = { 0 };
    bool is_done = place_is_in(fd, done);

    (void)fstat(fd, &info);
    if (!tail->awaits_done ||
        (!is_done && (uint64_t)rotation_modified_ns(&info) <= done->modified_ns)) {
        return;
    }
    uint64_t begins = is_done ? done->stream - done->offset : done->stream;
    tail->awaits_done = false;
    if (begins > tail->stream && begins <= done->stream) {
        tail->stream = begins;
        gap(tail, "a file between two that open windows need is gone", "");
    }
}

/* An empty file may be about to get its owner and mode. */
static bool is_to_be_read(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && (!S_ISREG(info.st_mode) || info.st_size > 0);
}

/* The path's file, if it is another one with bytes in it. -1: none. */
static int open_fresh(struct tail *tail)
{
    struct stat info;
    int fd = place_open_regular(tail->path);

    if (fd < 0) {
        say(tail, "cannot open: ", strerrordesc_np(errno));
        tail->barred = is_to_be_read(tail->path);
        return -1;
    }
    bool fresh =
        fstat(fd, &info) == 0 && info.st_size > 0 &&
        ((uint64_t)info.st_ino != tail->start.inode || (uint64_t)info.st_dev != tail->start.device);
    if (!fresh) {
        (void)close(fd);
        return -1;
    }
    return fd;
}

/* -1 with errno 0: renamed since it was listed, another file has its name. */
static int open_listed(const struct rotated *file)
{
    struct stat info;
    int fd = place_open_regular(file->path);

    if (fd >= 0 && (fstat(fd, &info) != 0 || (uint64_t)info.st_ino != file->inode ||
                    (uint64_t)info.st_dev != file->device)) {
        (void)close(fd);
        errno = 0;
        return -1;
    }
    return fd;
}

/* The oldest rotated file that comes next and can be opened. -1: none, or what is listed has been
 * renamed since (`*out_moved`). */
static int open_listed_next(struct rotation *rotation, const struct rotation_from *from,
                            struct rotation_step *out, bool *out_moved)
{
    *out_moved = false;
    for (*out = rotation_next(rotation, from); out->next != NULL;
         *out = rotation_next(rotation, from)) {
        int fd = open_listed(out->next);
        *out_moved = fd < 0 && (errno == 0 || errno == ENOENT);
        if (fd >= 0 || *out_moved) {
            return fd;
        }
        rotation->files[out->next - rotation->files].unreadable = true;
    }
    return -1;
}

/* Has the log been rotated since it was listed? Then what was the log a moment ago comes first. */
static bool is_still_last(const struct tail *tail, const struct rotation_from *from)
{
    CLEANUP(rotation_done) struct rotation rotation = { 0 };

    rotation_list(tail->path, &rotation);
    return rotation_next(&rotation, from).next == NULL;
}

static void take_step(const struct tail *tail, const struct rotation *rotation,
                      const struct rotation_step *step, struct next *out)
{
    out->found = step->found;
    out->hole = step->hole;
    out->doubt = step->doubt;
    out->was_missing = tail->has_doubt && !rotation_follows(rotation, &tail->before, &out->from);
    slice_to_cstr(step->lost != NULL ? slice_from(step->lost->path) : SLICE(""), out->lost,
                  sizeof(out->lost));
}

/* The file after the one being read, or lost. False: none yet. */
static bool open_next(struct tail *tail, struct next *out)
{
    *out = (struct next){ .fd = -1, .from = from_here(tail) };
    for (unsigned tries = 0; tries < FIND_TRIES; tries++) {
        CLEANUP(rotation_done) struct rotation rotation = { 0 };
        struct rotation_step step;
        bool moved = false;
        rotation_list(tail->path, &rotation);
        out->fd = open_listed_next(&rotation, &out->from, &step, &moved);
        if (out->fd < 0 && !moved) {
            out->fd = open_fresh(tail);
            if (out->fd < 0) {
                return false;
            }
            moved = step.lost == NULL && !is_still_last(tail, &out->from);
        }
        if (!moved) {
            take_step(tail, &rotation, &step, out);
            return true;
        }
        if (out->fd >= 0) {
            (void)close(out->fd);
        }
    }
    return false;
}

/* The path is still the file being read: the one look that is made at every end. */
static bool is_path_current(const struct tail *tail)
{
    struct stat info;

    return stat(tail->path, &info) == 0 && (uint64_t)info.st_ino == tail->start.inode &&
           (uint64_t)info.st_dev == tail->start.device;
}

/* The writer may have added a last line before it went on in the next file: now that that one has
 * bytes, the old one must be at its end still. */
static bool has_grown(const struct tail *tail)
{
    struct stat info;

    return tail->fd >= 0 && fstat(tail->fd, &info) == 0 && (uint64_t)info.st_size > tail->offset;
}

/* False: there is none yet, or the file being read has more (`*out_more`). */
static bool enter_next(struct tail *tail, bool *out_more)
{
    struct next next;

    *out_more = false;
    if (!open_next(tail, &next)) {
        return false;
    }
    *out_more = has_grown(tail);
    if (*out_more) {
        (void)close(next.fd);
        return false;
    }
    note_holes(tail, &next);
    if (tail->is_copy) {
        gap(tail, "the file was copied and cut: what was written in between may be lost", "");
    }
    meet_done(tail, next.fd);
    enter(tail, next.fd, 0);
    return true;
}

static ssize_t read_some(struct tail *tail, struct buf *into)
{
    ssize_t got = pread(tail->fd, tail->scratch, TAIL_READ_BYTES, (off_t)tail->offset);

    if (got <= 0) {
        return got;
    }
    buf_add(into, tail->scratch, (size_t)got);
    tail->offset += (uint64_t)got;
    tail->stream += (uint64_t)got;
    if (tail->start.head_bytes < TAIL_HEAD_BYTES) {
        tail->start.head_bytes = place_read_head(tail->fd, TAIL_HEAD_BYTES, &tail->start.head_hash);
    }
    tail->was_dry = false;
    return got;
}

static enum tail_step at_end(struct tail *tail, bool *out_look_again)
{
    *out_look_again = false;
    tail->barred = false;
    if (was_cut(tail)) {
        *out_look_again = enter_copy(tail);
        return *out_look_again ? TAIL_DRY : begin_again(tail);
    }
    tail->was_dry = true;
    if (is_path_current(tail)) {
        return TAIL_DRY;
    }
    if (enter_next(tail, out_look_again)) {
        return TAIL_NEXT;
    }
    return tail->barred ? TAIL_MISSING : TAIL_DRY;
}

/* Comes in where nothing is being read. */
static bool enter_any(struct tail *tail)
{
    bool more = false;

    return (tail->is_lost && enter_next(tail, &more)) || enter_path(tail);
}

enum tail_step tail_read(struct tail *tail, struct buf *into)
{
    bool again = true;
    enum tail_step step = TAIL_DRY;

    if (tail->gap) {
        tail->gap = false;
        return TAIL_GAP;
    }
    if (tail->fd < 0 && !enter_any(tail)) {
        return TAIL_MISSING;
    }
    while (again) {
        ssize_t got = tail->was_dry && was_cut(tail) ? 0 : read_some(tail, into);
        if (got > 0) {
            return TAIL_BYTES;
        }
        if (got < 0) {
            say(tail, "cannot read: ", strerrordesc_np(errno));
            return TAIL_MISSING;
        }
        step = at_end(tail, &again);
    }
    return step;
}

const char *tail_reason(const struct tail *tail)
{
    return tail->reason;
}

struct tail_place tail_place(const struct tail *tail, uint64_t stream)
{
    struct tail_place place = tail->start;

    place.offset += stream - place.stream;
    place.stream = stream;
    return place;
}

uint64_t tail_stream(const struct tail *tail)
{
    return tail->stream;
}

int tail_fd(const struct tail *tail)
{
    return tail->fd;
}
