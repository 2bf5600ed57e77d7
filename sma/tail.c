#include "sma/tail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "detect/siphash.h"

enum { REASON_MAX = 200 };

struct successor {
    int64_t modified_ns;
    char *path;
};

struct tail {
    char *path;
    int fd;
    struct tail_place start; /* of the file being read: stream and offset where we came in */
    uint64_t offset;         /* next byte to read */
    uint64_t stream;
    enum tail_from from;
    bool opened_once;
    bool was_dry; /* look at the head again before reading on */
    bool leaving; /* a successor has bytes: leave at the next end of file */
    bool gap;     /* report `reason` before anything else */
    char reason[REASON_MAX];
    char *scratch;                /* TAIL_READ_BYTES */
    struct successor *successors; /* rotated files to read before `path`, oldest first */
    size_t successor_count, successor_at;
};

static const uint64_t head_key[2] = { 0, 0 }; /* told apart, not protected */

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

/* --- knowing files ---------------------------------------------------------------------------- */

static uint32_t read_head(int fd, uint32_t wanted, uint64_t *out_hash)
{
    char head[TAIL_HEAD_BYTES];
    ssize_t got = pread(fd, head, wanted, 0);
    uint32_t len = got > 0 ? (uint32_t)got : 0;

    *out_hash = siphash(head_key, (struct slice){ head, len });
    return len;
}

static bool has_head(int fd, const struct tail_place *place)
{
    uint64_t hash = 0;

    return read_head(fd, place->head_bytes, &hash) == place->head_bytes && hash == place->head_hash;
}

static bool is_file_of(int fd, const struct tail_place *place)
{
    struct stat info;

    return fstat(fd, &info) == 0 && (uint64_t)info.st_dev == place->device &&
           (uint64_t)info.st_ino == place->inode && (uint64_t)info.st_size >= place->offset &&
           has_head(fd, place);
}

static int open_regular(const char *path)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        (void)close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

/* --- coming in -------------------------------------------------------------------------------- */

static void leave(struct tail *tail)
{
    if (tail->fd >= 0) {
        (void)close(tail->fd);
    }
    tail->fd = -1;
    tail->leaving = false;
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
                                       .offset = offset };
    tail->start.head_bytes = read_head(fd, TAIL_HEAD_BYTES, &tail->start.head_hash);
    tail->opened_once = true;
    tail->was_dry = false;
}

static bool enter_path(struct tail *tail)
{
    struct stat info = { 0 };
    int fd = open_regular(tail->path);

    if (fd < 0) {
        say(tail, "cannot open: ", strerrordesc_np(errno));
        return false;
    }
    bool skips = !tail->opened_once && tail->from == TAIL_FROM_END && fstat(fd, &info) == 0;
    enter(tail, fd, skips ? (uint64_t)info.st_size : 0);
    return true;
}

/* --- rotated files after a restart ------------------------------------------------------------ */

static bool is_compressed(const char *name)
{
    static const char *const ends[] = { ".gz", ".xz", ".zst", ".bz2" };

    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        if (slice_ends(slice_from(name), slice_from(ends[i]))) {
            return true;
        }
    }
    return false;
}

static int by_age(const void *a, const void *b)
{
    const struct successor *one = a;
    const struct successor *other = b;

    return (one->modified_ns > other->modified_ns) - (one->modified_ns < other->modified_ns);
}

static void add_successor(struct tail *tail, const char *path)
{
    struct stat info;
    bool known = stat(tail->path, &info) == 0;
    uint64_t own_inode = known ? (uint64_t)info.st_ino : 0;

    if (tail->successor_count == TAIL_SUCCESSORS_MAX || is_compressed(path) ||
        stat(path, &info) != 0 || !S_ISREG(info.st_mode) || (uint64_t)info.st_ino == own_inode) {
        return;
    }
    tail->successors[tail->successor_count++] = (struct successor){
        .modified_ns = (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec,
        .path = must(strdup(path)),
    };
}

/* "auth.log.1", "auth.log-20261121" beside "auth.log", oldest first. */
static void list_successors(struct tail *tail)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice path = slice_from(tail->path);
    size_t slash = slice_rfind(path, '/');
    bool plain = slash == path.len;
    struct slice folder = plain ? SLICE(".") : slice_sub(path, 0, slash > 0 ? slash : 1);
    struct slice base = plain ? path : slice_sub(path, slash + 1, path.len);
    DIR *listing = opendir(arena_cstr(&arena, folder));

    tail->successors = must(calloc(TAIL_SUCCESSORS_MAX, sizeof(*tail->successors)));
    if (listing == NULL) {
        return;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a listing of our own
    for (struct dirent *one = readdir(listing); one != NULL; one = readdir(listing)) {
        if (slice_starts(slice_from(one->d_name), base)) {
            add_successor(tail, file_path(&arena, arena_cstr(&arena, folder), one->d_name));
        }
    }
    (void)closedir(listing);
    qsort(tail->successors, tail->successor_count, sizeof(*tail->successors), by_age);
}

/* Opens the place in the file itself or in one that it was renamed to. */
static bool enter_place(struct tail *tail, const struct tail_place *place)
{
    int fd = open_regular(tail->path);

    tail->successor_at = tail->successor_count; /* none comes before `path` */
    for (size_t i = 0; fd < 0 || !is_file_of(fd, place); i++) {
        if (fd >= 0) {
            (void)close(fd);
        }
        if (i == tail->successor_count) {
            return false;
        }
        fd = open_regular(tail->successors[i].path);
        tail->successor_at = i + 1; /* those after it are younger */
    }
    tail->stream = place->stream;
    enter(tail, fd, place->offset);
    return true;
}

static void come_back(struct tail *tail, const struct tail_resume *from)
{
    if (from->done.inode == 0) { /* there was no file then: all that is there now is new */
        tail->stream = from->done.stream;
        tail->opened_once = true;
        return;
    }
    list_successors(tail);
    if (enter_place(tail, &from->oldest)) {
        return;
    }
    tail->gap = true;
    if (enter_place(tail, &from->done)) {
        say(tail, "the file that open windows need is gone", "");
        return;
    }
    say(tail, "the file read last is gone or was cut", "");
    tail->stream = from->done.stream;
    tail->successor_at = tail->successor_count;
    tail->opened_once = true; /* all that is there now is new */
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
    for (size_t i = 0; i < self->successor_count; i++) {
        free(self->successors[i].path);
    }
    free(self->successors);
    free(self->scratch);
    free(self->path);
    free(self);
    *tail = NULL;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Shorter than what was read, or another beginning. */
static bool was_cut(const struct tail *tail)
{
    struct stat info;

    if (fstat(tail->fd, &info) != 0) {
        return false;
    }
    return (uint64_t)info.st_size < tail->offset || !has_head(tail->fd, &tail->start);
}

static enum tail_step begin_again(struct tail *tail)
{
    int fd = tail->fd;

    tail->fd = -1; /* stays open */
    enter(tail, fd, 0);
    say(tail, "the file was cut: what was written last may be lost", "");
    return TAIL_GAP;
}

/* Is there another file with bytes in it to go on with? */
static bool has_successor(const struct tail *tail)
{
    struct stat info;

    if (tail->successor_at < tail->successor_count) {
        return true;
    }
    if (stat(tail->path, &info) != 0 || !S_ISREG(info.st_mode)) {
        return false;
    }
    bool same =
        (uint64_t)info.st_ino == tail->start.inode && (uint64_t)info.st_dev == tail->start.device;
    return !same && info.st_size > 0;
}

/* The next rotated file after a restart, else the path. */
static bool enter_successor(struct tail *tail)
{
    while (tail->successor_at < tail->successor_count) {
        int fd = open_regular(tail->successors[tail->successor_at++].path);
        if (fd >= 0) {
            enter(tail, fd, 0);
            return true;
        }
    }
    return enter_path(tail);
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
        tail->start.head_bytes = read_head(tail->fd, TAIL_HEAD_BYTES, &tail->start.head_hash);
    }
    tail->was_dry = false;
    return got;
}

/* At the end of the file: the writer may have added a last line before it went on in a successor,
 * so the end counts only when it is met twice. */
static enum tail_step at_end(struct tail *tail, bool *out_look_again)
{
    *out_look_again = false;
    if (was_cut(tail)) {
        return begin_again(tail);
    }
    if (!has_successor(tail)) {
        tail->was_dry = true;
        return TAIL_DRY;
    }
    if (!tail->leaving) {
        tail->leaving = true;
        *out_look_again = true;
        return TAIL_DRY;
    }
    return enter_successor(tail) ? TAIL_NEXT : TAIL_MISSING;
}

enum tail_step tail_read(struct tail *tail, struct buf *into)
{
    bool again = true;
    enum tail_step step = TAIL_DRY;

    if (tail->gap) {
        tail->gap = false;
        return TAIL_GAP;
    }
    if (tail->fd < 0 && !enter_successor(tail)) {
        return TAIL_MISSING;
    }
    if (tail->was_dry && was_cut(tail)) {
        return begin_again(tail);
    }
    while (again) {
        ssize_t got = read_some(tail, into);
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
