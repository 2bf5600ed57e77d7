#include "wire/spool.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "wire/bytes_priv.h"
#include "wire/record.h"
#include "wire/signed.h"
#include "wire/spool_priv.h"

enum {
    FOLDER_MODE = 0700,
    FILE_MODE = 0600,
    ACK_BYTES = 16,
    READ_SLACK_BYTES = RECORD_PAYLOAD_MAX + RECORD_HEADER_BYTES
};

static struct status os_error(const struct spool *spool, const char *what)
{
    return status_error(STATUS_UNAVAILABLE, "%s: %s: %s", spool->folder, what,
                        strerrordesc_np(errno));
}

/* --- opening and closing ---------------------------------------------------------------- */

static struct spool *spool_new(const struct spool_options *options)
{
    struct spool *spool = calloc(1, sizeof(*spool));

    if (spool == NULL) {
        abort();
    }
    slice_to_cstr(slice_from(options->folder), spool->folder, sizeof(spool->folder));
    slice_to_cstr(options->node, spool->node, sizeof(spool->node));
    spool->max_bytes = options->max_bytes != 0 ? options->max_bytes : SPOOL_BYTES_DEFAULT;
    if (spool->max_bytes < SPOOL_BYTES_MIN) {
        spool->max_bytes = SPOOL_BYTES_MIN;
    }
    spool->segment_bytes = spool->max_bytes / SPOOL_SEGMENT_SHARE;
    if (spool->segment_bytes > SPOOL_SEGMENT_BYTES) {
        spool->segment_bytes = SPOOL_SEGMENT_BYTES;
    }
    spool->lock_fd = -1;
    spool->active_fd = -1;
    spool->ack_fd = -1;
    return spool;
}

static struct status take_folder(struct spool *spool)
{
    char ack_path[sizeof(spool->folder) + SPOOL_NAME_MAX];

    TRY(file_make_folder(spool->folder, FOLDER_MODE));
    spool->lock_fd = open(spool->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (spool->lock_fd < 0) {
        return os_error(spool, "open");
    }
    if (flock(spool->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        return status_error(STATUS_CONFLICT, "%s: another process has it", spool->folder);
    }
    (void)snprintf(ack_path, sizeof(ack_path), "%s/ack", spool->folder);
    spool->ack_fd = open(ack_path, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    return spool->ack_fd < 0 ? os_error(spool, "ack") : STATUS_SUCCESS;
}

static void spool_free(struct spool *spool)
{
    cleanup_close(&spool->active_fd);
    cleanup_close(&spool->ack_fd);
    cleanup_close(&spool->lock_fd);
    buf_done(&spool->pending);
    free(spool->segments);
    free(spool);
}

struct status spool_open(const struct spool_options *options, struct spool **out)
{
    struct spool *spool = spool_new(options);
    struct status opened = take_folder(spool);

    if (status_ok(&opened)) {
        opened = spool_recover(spool);
    }
    if (!status_ok(&opened)) {
        spool_free(spool);
        return opened;
    }
    *out = spool;
    return STATUS_SUCCESS;
}

void spool_close(struct spool **spool)
{
    struct spool *self = TAKE(*spool);

    if (self != NULL) {
        struct status synced = spool_sync(self);
        (void)synced; /* what was not synced was promised to nobody */
        spool_free(self);
    }
}

/* --- writing ---------------------------------------------------------------------------- */

struct status spool_append(struct spool *spool, const struct event *event, uint64_t *out_seq)
{
    CLEANUP(buf_done) struct buf body = { 0 };

    TRY(event_encode(event, &body));
    if (spool->pending.len + body.len > spool->segment_bytes && spool->pending.len > 0) {
        TRY(spool_sync(spool));
    }
    const struct entry entry = { .kind = ENTRY_EVENT,
                                 .severity = event->severity,
                                 .layer = event->layer,
                                 .plane = event->plane,
                                 .seq = spool->next_seq,
                                 .from = spool->next_seq,
                                 .body = buf_slice(&body) };
    entry_write(&entry, &spool->pending);
    segment_note(&spool->upcoming, &entry);
    *out_seq = spool->next_seq++;
    return STATUS_SUCCESS;
}

/* A part of a write that failed is taken back, so that the file ends with a record. */
static struct status write_pending(struct spool *spool)
{
    struct segment *active = &spool->segments[spool->segment_count - 1];
    struct status written =
        file_write_all(spool->active_fd, spool->pending.ptr, spool->pending.len);

    if (status_ok(&written) && fdatasync(spool->active_fd) != 0) {
        written = os_error(spool, "fdatasync");
    }
    if (!status_ok(&written)) {
        if (ftruncate(spool->active_fd, (off_t)active->bytes) != 0) {
            return os_error(spool, "cannot take back a failed write");
        }
        return status_wrap(written, "%s", spool->folder);
    }
    for (size_t i = 0; i < SPOOL_SEVERITIES; i++) {
        active->live[i] += spool->upcoming.live[i];
    }
    active->last_seq = spool->next_seq - 1;
    active->bytes += spool->pending.len;
    spool->bytes += spool->pending.len;
    return STATUS_SUCCESS;
}

static struct status roll_before_pending(struct spool *spool)
{
    const struct segment *active = &spool->segments[spool->segment_count - 1];
    bool has_room = active->bytes + spool->pending.len <= spool->segment_bytes;
    bool empty = active->last_seq < active->first_seq;

    return has_room || empty ? STATUS_SUCCESS : segment_roll(spool);
}

struct status spool_sync(struct spool *spool)
{
    if (spool->pending.len == 0) {
        return STATUS_SUCCESS;
    }
    if (spool->segment_count == 0) { /* a new epoch could not be begun for want of room */
        TRY(segment_roll(spool));
    }
    TRY(roll_before_pending(spool));
    TRY(segment_make_room(spool, spool->pending.len));
    FAULT_POINT("spool.before_sync");
    TRY(write_pending(spool));
    FAULT_POINT("spool.after_sync");
    buf_clear(&spool->pending);
    spool->upcoming = (struct segment){ 0 };
    return STATUS_SUCCESS;
}

/* --- reading ---------------------------------------------------------------------------- */

/* One call's progress through the segments. */
struct reading {
    struct spool *spool;
    struct arena *arena;
    uint64_t next; /* first number wanted */
    size_t max_events;
    size_t bytes_left;
    struct event *events;
    size_t count;
    bool full;
};

static bool fits(const struct reading *reading, const struct entry *entry)
{
    if (reading->count == 0) {
        return true;
    }
    if (reading->count == reading->max_events || entry->body.len > reading->bytes_left) {
        return false;
    }
    return entry->kind == ENTRY_GAP ||
           (entry->layer == reading->events[0].layer && entry->plane == reading->events[0].plane);
}

static struct status read_entry(struct reading *reading, const struct entry *entry)
{
    struct event *event = &reading->events[reading->count];

    if (entry->kind == ENTRY_GAP) {
        *event = entry_gap_event(reading->arena, entry,
                                 entry->from > reading->next ? entry->from : reading->next);
    } else {
        TRY(event_decode(reading->arena, entry->body, event));
    }
    event->node = slice_from(reading->spool->node);
    event->epoch = reading->spool->epoch;
    event->seq = entry->seq;
    reading->next = entry->seq + 1;
    reading->bytes_left -=
        entry->body.len < reading->bytes_left ? entry->body.len : reading->bytes_left;
    reading->count++;
    return STATUS_SUCCESS;
}

/* Takes what it can of the segment's bytes from `offset` on; `*used` is where it stopped. */
static struct status read_chunk(struct reading *reading, struct slice chunk, size_t *used)
{
    struct slice payload;
    size_t offset = 0;

    while (record_next(chunk, &offset, &payload)) {
        struct entry entry;
        bool wanted =
            entry_read(payload, &entry) && entry.kind != ENTRY_HEADER && entry.seq >= reading->next;
        if (wanted && !fits(reading, &entry)) {
            reading->full = true;
            return STATUS_SUCCESS;
        }
        if (wanted) {
            TRY(read_entry(reading, &entry));
        }
        *used = offset;
    }
    return STATUS_SUCCESS;
}

static struct status read_segment(struct reading *reading, const struct segment *segment)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct spool *spool = reading->spool;
    const char *path = segment_path(&scratch, spool, segment->first_seq);
    CLEANUP(cleanup_close) int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool resume = spool->cursor_valid && spool->cursor_segment == segment->first_seq &&
                  spool->cursor_seq == reading->next;
    uint64_t offset = resume ? spool->cursor_offset : 0;
    size_t chunk_bytes = reading->bytes_left + READ_SLACK_BYTES;

    if (fd < 0) {
        return os_error(spool, "read");
    }
    if (chunk_bytes > segment->bytes - offset) {
        chunk_bytes = (size_t)(segment->bytes - offset);
    }
    char *chunk = ARENA_NEW(&scratch, char, chunk_bytes);
    while (offset < segment->bytes && !reading->full) {
        ssize_t got = pread(fd, chunk, chunk_bytes, (off_t)offset);
        size_t used = 0;
        if (got <= 0) {
            return os_error(spool, "read");
        }
        TRY(read_chunk(reading, (struct slice){ chunk, (size_t)got }, &used));
        if (used == 0 && !reading->full) {
            return status_error(STATUS_CORRUPT, "%s: damaged at byte %" PRIu64, path, offset);
        }
        offset += used;
    }
    spool->cursor_valid = true;
    spool->cursor_segment = segment->first_seq;
    spool->cursor_offset = offset;
    spool->cursor_seq = reading->next;
    return STATUS_SUCCESS;
}

struct status spool_read_from(struct spool *spool, struct arena *arena, uint64_t seq,
                              size_t max_events, size_t max_bytes, struct event **out_events,
                              size_t *out_count)
{
    struct reading reading = { .spool = spool,
                               .arena = arena,
                               .next = seq > spool->acked_seq ? seq : spool->acked_seq + 1,
                               .max_events = max_events,
                               .bytes_left = max_bytes,
                               .events = ARENA_NEW(arena, struct event, max_events) };

    assert(max_events > 0);
    for (size_t i = 0; i < spool->segment_count && !reading.full; i++) {
        if (spool->segments[i].last_seq >= reading.next) {
            TRY(read_segment(&reading, &spool->segments[i]));
        }
    }
    *out_events = reading.events;
    *out_count = reading.count;
    return STATUS_SUCCESS;
}

/* --- acknowledging ---------------------------------------------------------------------- */

static struct status store_ack(const struct spool *spool)
{
    char bytes[ACK_BYTES];

    bytes_put_u64(bytes, spool->acked_seq);
    bytes_put_u64(bytes + 8, ~spool->acked_seq);
    if (pwrite(spool->ack_fd, bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        return os_error(spool, "ack");
    }
    return STATUS_SUCCESS;
}

struct status spool_ack(struct spool *spool, uint64_t seq)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    if (seq >= spool->next_seq) {
        return status_error(STATUS_INVALID, "acknowledged up to %" PRIu64 ", given out to %" PRIu64,
                            seq, spool->next_seq - 1);
    }
    if (seq <= spool->acked_seq) {
        return STATUS_SUCCESS;
    }
    spool->acked_seq = seq;
    FAULT_POINT("spool.before_ack");
    TRY(store_ack(spool));
    while (spool->segment_count > 1 && spool->segments[0].last_seq <= seq) {
        (void)unlink(segment_path(&arena, spool, spool->segments[0].first_seq));
        segment_remove(spool, 0);
    }
    return STATUS_SUCCESS;
}

struct spool_stats spool_read_stats(const struct spool *spool)
{
    return (struct spool_stats){
        .epoch = spool->epoch,
        .first_seq = spool->acked_seq + 1,
        .next_seq = spool->next_seq,
        .acked_seq = spool->acked_seq,
        .bytes = spool->bytes,
        .dropped = spool->dropped,
        .torn_bytes = spool->torn_bytes,
    };
}
