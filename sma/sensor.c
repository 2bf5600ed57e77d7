#include "sma/sensor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "detect/syslog.h"

enum { PIPE_READ_BYTES = 8 * 1024 };

struct sensor {
    enum sensor_kind kind;
    char *path;
    struct tail *tail; /* files; NULL for pipes */
    int pipe;          /* pipes; -1 for files */
    bool owns_pipe;
    bool ended;       /* the pipe's writer is gone */
    struct buf bytes; /* read, from `taken` on not yet given out */
    size_t taken;
    uint64_t stream;    /* of bytes.ptr[0] */
    size_t skipped;     /* bytes of an over-long line left out so far; 0: none */
    size_t to_skip;     /* bytes of an over-long journal entry still to come; JOURNAL_LINE_END */
    const char *reason; /* of a pipe */
};

static bool is_pipe(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISFIFO(info.st_mode);
}

/* For writing as well, so that it does not end when a writer leaves. */
static void open_pipe(struct sensor *sensor)
{
    sensor->pipe = open(sensor->path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    sensor->owns_pipe = sensor->pipe >= 0;
    sensor->ended = sensor->pipe < 0;
    sensor->reason = sensor->ended ? strerrordesc_np(errno) : NULL;
}

struct sensor *sensor_new(const struct sensor_options *options, const struct tail_resume *resume)
{
    struct sensor *sensor = calloc(1, sizeof(*sensor));

    if (sensor == NULL) {
        abort();
    }
    sensor->kind = options->kind;
    sensor->pipe = -1;
    sensor->path = strdup(options->path);
    if (sensor->path == NULL) {
        abort();
    }
    if (options->path[0] == '\0') {
        sensor->pipe = STDIN_FILENO;
        return sensor;
    }
    if (is_pipe(options->path)) {
        open_pipe(sensor);
        return sensor;
    }
    sensor->tail = tail_new(options->path, options->from, resume);
    sensor->stream = tail_stream(sensor->tail);
    return sensor;
}

void sensor_free(struct sensor **sensor)
{
    struct sensor *self = *sensor;

    if (self == NULL) {
        return;
    }
    if (self->owns_pipe) {
        (void)close(self->pipe);
    }
    tail_free(&self->tail);
    buf_done(&self->bytes);
    free(self->path);
    free(self);
    *sensor = NULL;
}

/* --- taking records out of what was read -------------------------------------------------------
 */

static struct slice rest(const struct sensor *sensor)
{
    return slice_sub(buf_slice(&sensor->bytes), sensor->taken, sensor->bytes.len);
}

static struct tail_place place_at(const struct sensor *sensor, uint64_t stream)
{
    return sensor->tail != NULL ? tail_place(sensor->tail, stream)
                                : (struct tail_place){ .stream = stream };
}

static void skip(struct sensor *sensor, size_t count)
{
    sensor->taken += count;
}

enum cut { CUT_RECORD, CUT_DAMAGED, CUT_MORE };

/* `whole`: no more will come for what is there. */
static enum cut cut_line(struct sensor *sensor, bool whole, struct sensor_record *out)
{
    struct slice text = rest(sensor);
    size_t len = slice_find(text, '\n');
    bool found = len < text.len;

    if (!found && !whole && text.len <= SYSLOG_LINE_MAX) {
        return CUT_MORE;
    }
    if (!found && !whole) { /* over-long: leave out what is there, and the rest when it comes */
        sensor->skipped += text.len;
        skip(sensor, text.len);
        return CUT_MORE;
    }
    skip(sensor, len + (found ? 1 : 0));
    if (sensor->skipped > 0 || len > SYSLOG_LINE_MAX) {
        sensor->skipped = 0;
        return CUT_DAMAGED;
    }
    out->line = slice_sub(text, 0, len);
    return CUT_RECORD;
}

/* What is still to be left out of an over-long entry. False: more of it is to come. */
static bool skip_entry(struct sensor *sensor)
{
    struct slice text = rest(sensor);
    bool to_line = sensor->to_skip == JOURNAL_LINE_END;
    size_t wanted = to_line ? slice_find(text, '\n') + 1 : sensor->to_skip;

    if (wanted > text.len) {
        sensor->to_skip -= to_line ? 0 : text.len;
        skip(sensor, text.len);
        return false;
    }
    sensor->to_skip = 0;
    skip(sensor, wanted);
    return true;
}

static enum cut cut_entry(struct sensor *sensor, struct sensor_record *out)
{
    size_t used = 0;

    switch (journal_export_next(rest(sensor), &out->entry, &used)) {
    case JOURNAL_ENTRY:
        skip(sensor, used);
        out->is_entry = true;
        return CUT_RECORD;
    case JOURNAL_DAMAGED:
        sensor->to_skip = used;
        (void)skip_entry(sensor);
        return CUT_DAMAGED;
    case JOURNAL_MORE:
        break;
    }
    return CUT_MORE;
}

static enum cut cut_record(struct sensor *sensor, struct sensor_record *out)
{
    *out = (struct sensor_record){ 0 };
    if ((sensor->to_skip > 0 && !skip_entry(sensor)) || rest(sensor).len == 0) {
        return CUT_MORE;
    }
    out->place = sensor_position(sensor);
    return sensor->kind == SENSOR_JOURNALD ? cut_entry(sensor, out) : cut_line(sensor, false, out);
}

/* Before more is read: what was given out goes. */
static void drop_taken(struct sensor *sensor)
{
    buf_drop_front(&sensor->bytes, sensor->taken);
    sensor->stream += sensor->taken;
    sensor->taken = 0;
}

/* --- reading ------------------------------------------------------------------------------------
 */

static enum tail_step read_pipe(struct sensor *sensor)
{
    char bytes[PIPE_READ_BYTES];
    struct pollfd ready = { .fd = sensor->pipe, .events = POLLIN };

    if (sensor->ended) {
        return TAIL_MISSING;
    }
    if (poll(&ready, 1, 0) != 1) {
        return TAIL_DRY;
    }
    ssize_t got = read(sensor->pipe, bytes, sizeof(bytes));
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return TAIL_DRY;
    }
    if (got <= 0) {
        sensor->ended = true;
        sensor->reason = got == 0 ? "the input has ended" : strerrordesc_np(errno);
        return TAIL_NEXT; /* what is there is complete */
    }
    buf_add(&sensor->bytes, bytes, (size_t)got);
    return TAIL_BYTES;
}

/* What is read next is elsewhere: after a gap also in the stream. */
static void leave_rest(struct sensor *sensor)
{
    skip(sensor, rest(sensor).len);
    sensor->skipped = 0;
    sensor->to_skip = 0;
    if (sensor->tail != NULL) {
        sensor->stream = tail_stream(sensor->tail) - sensor->taken;
    }
}

/* Another file begins: what is left of the old one at `place` is complete, though nothing ends it.
 * SENSOR_DRY: nothing was left. */
static enum sensor_step finish_file(struct sensor *sensor, const struct tail_place *place,
                                    struct sensor_record *out)
{
    bool any = rest(sensor).len > 0 || sensor->skipped > 0;
    enum cut cut = CUT_MORE;

    *out = (struct sensor_record){ .place = *place };
    if (any) {
        cut =
            sensor->kind == SENSOR_JOURNALD ? cut_entry(sensor, out) : cut_line(sensor, true, out);
    }
    leave_rest(sensor);
    if (cut == CUT_RECORD) {
        return SENSOR_RECORD;
    }
    return any ? SENSOR_DAMAGED : SENSOR_DRY;
}

static enum sensor_step read_more(struct sensor *sensor, struct sensor_record *out, bool *out_again)
{
    struct tail_place place = sensor_position(sensor);
    enum tail_step step =
        sensor->tail != NULL ? tail_read(sensor->tail, &sensor->bytes) : read_pipe(sensor);

    *out_again = false;
    switch (step) {
    case TAIL_DRY:
        return SENSOR_DRY;
    case TAIL_MISSING:
        if (sensor->tail != NULL && is_pipe(sensor->path)) { /* made after we had started */
            tail_free(&sensor->tail);
            open_pipe(sensor);
            *out_again = true;
        }
        return SENSOR_BROKEN;
    case TAIL_GAP:
        leave_rest(sensor);
        return SENSOR_GAP;
    case TAIL_NEXT: {
        enum sensor_step last = finish_file(sensor, &place, out);
        *out_again = last == SENSOR_DRY;
        return last;
    }
    case TAIL_BYTES:
        break;
    }
    *out_again = true;
    return SENSOR_DRY;
}

enum sensor_step sensor_next(struct sensor *sensor, struct sensor_record *out)
{
    for (;;) {
        bool again = false;
        enum cut cut = cut_record(sensor, out);
        if (cut != CUT_MORE) {
            return cut == CUT_RECORD ? SENSOR_RECORD : SENSOR_DAMAGED;
        }
        drop_taken(sensor);
        enum sensor_step step = read_more(sensor, out, &again);
        if (!again) {
            return step;
        }
        if (sensor->skipped > 0 || sensor->to_skip > 0) { /* it may have no end: others' turn */
            return SENSOR_AGAIN;
        }
    }
}

const char *sensor_reason(const struct sensor *sensor)
{
    const char *reason = sensor->tail != NULL ? tail_reason(sensor->tail) : sensor->reason;

    return reason != NULL ? reason : "";
}

struct tail_place sensor_position(const struct sensor *sensor)
{
    return place_at(sensor, sensor->stream + sensor->taken);
}

int sensor_pipe_fd(const struct sensor *sensor)
{
    return sensor->ended ? -1 : sensor->pipe;
}

int sensor_file_fd(const struct sensor *sensor)
{
    return sensor->tail != NULL ? tail_fd(sensor->tail) : -1;
}

bool sensor_can_resume(const struct sensor *sensor)
{
    return sensor->tail != NULL;
}
