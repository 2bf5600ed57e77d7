#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "wire/record.h"
#include "wire/spool_priv.h"

enum { SEGMENT_MODE = 0600, SEGMENT_LOAD_MAX = 2 * SPOOL_SEGMENT_BYTES };

const char *segment_path(struct arena *arena, const struct spool *spool, uint64_t first_seq)
{
    return arena_printf(arena, "%s/%020" PRIu64 ".seg", spool->folder, first_seq).ptr;
}

void segment_note(struct segment *segment, const struct entry *entry)
{
    if (entry->kind == ENTRY_EVENT) {
        segment->live[entry->severity]++;
    } else if (entry->kind == ENTRY_GAP) {
        segment->gaps++;
    }
    if (entry->kind != ENTRY_HEADER) {
        segment->last_seq = entry->seq;
    }
}

static uint64_t live_events(const struct segment *segment)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < SPOOL_SEVERITIES; i++) {
        sum += segment->live[i];
    }
    return sum;
}

bool segment_is_gap_only(const struct segment *segment)
{
    return segment->gaps == 1 && live_events(segment) == 0;
}

void segment_begin(uint64_t epoch, uint64_t first_seq, struct buf *out)
{
    const struct entry header = { .kind = ENTRY_HEADER, .seq = first_seq, .epoch = epoch };

    entry_write(&header, out);
}

struct status segment_load(struct arena *arena, const struct spool *spool, uint64_t first_seq,
                           struct slice *out)
{
    return file_load(arena, segment_path(arena, spool, first_seq), SEGMENT_LOAD_MAX, out);
}

void segment_insert(struct spool *spool, const struct segment *segment)
{
    if (spool->segment_count == spool->segment_room) {
        spool->segment_room = spool->segment_room == 0 ? 16 : 2 * spool->segment_room;
        struct segment *grown =
            realloc(spool->segments, spool->segment_room * sizeof(*spool->segments));
        if (grown == NULL) {
            abort();
        }
        spool->segments = grown;
    }
    spool->segments[spool->segment_count++] = *segment;
    spool->bytes += segment->bytes;
}

void segment_remove(struct spool *spool, size_t index)
{
    assert(index < spool->segment_count);
    spool->bytes -= spool->segments[index].bytes;
    spool->segment_count--;
    memmove(&spool->segments[index], &spool->segments[index + 1],
            (spool->segment_count - index) * sizeof(*spool->segments));
    spool->cursor_valid = false;
}

struct status segment_roll(struct spool *spool)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    /* What is pending is numbered already: the new segment starts where the last one ends. */
    uint64_t first_seq = spool->segment_count > 0
                             ? spool->segments[spool->segment_count - 1].last_seq + 1
                             : spool->next_seq;
    const char *path = segment_path(&arena, spool, first_seq);
    struct segment segment = { .first_seq = first_seq, .last_seq = first_seq - 1 };

    segment_begin(spool->epoch, segment.first_seq, &text);
    segment.bytes = text.len;
    TRY(file_store(path, buf_slice(&text), SEGMENT_MODE));
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    if (spool->active_fd >= 0) {
        (void)close(spool->active_fd);
    }
    spool->active_fd = fd;
    segment_insert(spool, &segment);
    return STATUS_SUCCESS;
}

/* --- giving up -------------------------------------------------------------------------- */

/* Copies a segment without its events of one severity and without what is acknowledged. */
struct pruning {
    struct spool *spool;
    enum severity victim;
    struct segment segment; /* the new one */
    struct buf text;
    struct entry gap; /* being grown; seq 0: none */
    uint64_t dropped;
};

static void end_gap(struct pruning *pruning)
{
    if (pruning->gap.seq != 0) {
        entry_write(&pruning->gap, &pruning->text);
        segment_note(&pruning->segment, &pruning->gap);
        pruning->gap.seq = 0;
    }
}

static void widen_gap(struct pruning *pruning, const struct entry *entry)
{
    if (pruning->gap.seq == 0) {
        pruning->gap = *entry;
        pruning->gap.kind = ENTRY_GAP;
        if (entry->kind == ENTRY_EVENT) {
            pruning->gap.time_us = clock_wall_us(&clock_real);
            pruning->gap.reason = GAP_FULL;
        }
    }
    pruning->gap.seq = entry->seq;
}

static void prune_entry(struct pruning *pruning, const struct entry *entry)
{
    bool given_up = entry->kind == ENTRY_EVENT && entry->severity == pruning->victim;

    if (entry->kind == ENTRY_HEADER || entry->seq <= pruning->spool->acked_seq) {
        return;
    }
    pruning->dropped += given_up ? 1 : 0;
    if (given_up || entry->kind == ENTRY_GAP) {
        widen_gap(pruning, entry);
        return;
    }
    end_gap(pruning);
    entry_write(entry, &pruning->text);
    segment_note(&pruning->segment, entry);
}

static void pruning_done(struct pruning *pruning)
{
    buf_done(&pruning->text);
}

static struct status prune(struct spool *spool, size_t index, enum severity victim)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct segment *old = &spool->segments[index];
    CLEANUP(pruning_done)
    struct pruning pruning = { .spool = spool,
                               .victim = victim,
                               .segment = { .first_seq = old->first_seq } };
    struct slice file;
    struct slice payload;
    size_t offset = 0;

    TRY(segment_load(&arena, spool, old->first_seq, &file));
    segment_begin(spool->epoch, old->first_seq, &pruning.text);
    while (record_next(file, &offset, &payload)) {
        struct entry entry;
        if (entry_read(payload, &entry)) {
            prune_entry(&pruning, &entry);
        }
    }
    end_gap(&pruning);
    pruning.segment.last_seq = old->last_seq;
    pruning.segment.bytes = pruning.text.len;
    TRY(file_store(segment_path(&arena, spool, old->first_seq), buf_slice(&pruning.text),
                   SEGMENT_MODE));
    spool->bytes = spool->bytes - old->bytes + pruning.segment.bytes;
    spool->dropped += pruning.dropped;
    *old = pruning.segment;
    spool->cursor_valid = false;
    return STATUS_SUCCESS;
}

/* Two neighbours of one gap each become one: however long the outage, few files remain. */
static struct status join_gaps(struct spool *spool, size_t index)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf text = { 0 };
    struct segment *left = &spool->segments[index];
    const struct segment *right = &spool->segments[index + 1];
    struct entry gap = { .kind = ENTRY_GAP,
                         .from = left->first_seq > spool->acked_seq ? left->first_seq
                                                                    : spool->acked_seq + 1,
                         .seq = right->last_seq,
                         .time_us = clock_wall_us(&clock_real),
                         .reason = GAP_FULL };
    struct slice file;
    struct slice payload;
    size_t offset = 0;

    TRY(segment_load(&arena, spool, left->first_seq, &file));
    while (record_next(file, &offset, &payload)) {
        struct entry entry;
        if (entry_read(payload, &entry) && entry.kind == ENTRY_GAP) {
            gap = entry;
            gap.seq = right->last_seq;
        }
    }
    segment_begin(spool->epoch, left->first_seq, &text);
    entry_write(&gap, &text);
    TRY(file_store(segment_path(&arena, spool, left->first_seq), buf_slice(&text), SEGMENT_MODE));
    (void)unlink(segment_path(&arena, spool, right->first_seq));
    spool->bytes = spool->bytes - left->bytes + text.len;
    left->bytes = text.len;
    left->last_seq = right->last_seq;
    segment_remove(spool, index + 1);
    return STATUS_SUCCESS;
}

static struct status join_all_gaps(struct spool *spool)
{
    size_t closed = spool->segment_count - 1;

    for (size_t i = closed; i >= 2; i--) {
        if (segment_is_gap_only(&spool->segments[i - 2]) &&
            segment_is_gap_only(&spool->segments[i - 1])) {
            TRY(join_gaps(spool, i - 2));
        }
    }
    return STATUS_SUCCESS;
}

/* The oldest closed segment with the lowest severity held anywhere. */
static bool find_victim(const struct spool *spool, size_t *out_index, enum severity *out_severity)
{
    for (size_t severity = 0; severity < SPOOL_SEVERITIES; severity++) {
        for (size_t i = 0; i + 1 < spool->segment_count; i++) {
            if (spool->segments[i].live[severity] > 0) {
                *out_index = i;
                *out_severity = (enum severity)severity;
                return true;
            }
        }
    }
    return false;
}

struct status segment_make_room(struct spool *spool, uint64_t need)
{
    while (spool->bytes + need > spool->max_bytes) {
        size_t index = 0;
        enum severity severity = SEVERITY_INFO;
        if (find_victim(spool, &index, &severity)) {
            TRY(prune(spool, index, severity));
            TRY(join_all_gaps(spool));
        } else if (live_events(&spool->segments[spool->segment_count - 1]) > 0) {
            TRY(segment_roll(spool)); /* the active one becomes eligible */
        } else {
            return status_error(STATUS_EXHAUSTED, "%s: over %" PRIu64 " bytes", spool->folder,
                                spool->max_bytes);
        }
    }
    return STATUS_SUCCESS;
}
