#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "wire/bytes_priv.h"
#include "wire/record.h"
#include "wire/signed.h"
#include "wire/socket_priv.h"
#include "wire/spool_priv.h"

enum {
    EPOCH_FILE_MAX = 64,
    EPOCH_TAG_BITS = 32,
    FILE_MODE = 0600,
    SMALLEST_EVENT_BYTES = 24, /* no record of an event is smaller */
    SEGMENT_LOAD_MAX = 2 * SPOOL_SEGMENT_BYTES
};

static struct slice segment_suffix(void)
{
    return SLICE(".seg");
}

/* --- the epoch -------------------------------------------------------------------------- */

/* The epoch of the `epoch` file; 0 when there is none or it is unreadable. */
static uint64_t stored_epoch(struct arena *arena, const struct spool *spool)
{
    struct slice text = { 0 };
    uint64_t epoch = 0;
    struct status loaded =
        file_load(arena, file_path(arena, spool->folder, "epoch"), EPOCH_FILE_MAX, &text);

    if (status_ok(&loaded)) {
        struct status parsed = parse_u64(slice_trim(text), 1, UINT64_MAX, &epoch);
        (void)parsed; /* a damaged file counts as none */
    }
    return epoch;
}

/* Higher than any before: the counter goes on, and never falls behind the clock, so that a lost
 * folder is no way back. The random tag tells two copies of a folder apart. */
static uint64_t make_epoch(uint64_t before)
{
    uint64_t counter = (before >> EPOCH_TAG_BITS) + 1;
    uint64_t seconds = (uint64_t)(clock_wall_ms(&clock_real) / 1000);
    uint32_t tag = socket_random(0, UINT32_MAX);

    if (seconds > counter && seconds <= UINT32_MAX) {
        counter = seconds;
    }
    return counter << EPOCH_TAG_BITS | tag;
}

static struct status store_epoch(struct arena *arena, const struct spool *spool)
{
    struct slice text = arena_printf(arena, "%" PRIu64 "\n", spool->epoch);

    return file_store(file_path(arena, spool->folder, "epoch"), text, FILE_MODE);
}

/* --- one segment ------------------------------------------------------------------------ */

/* Copies what is good of a segment file into a new text, gaps where something is missing. */
struct repair {
    struct spool *spool;
    uint64_t next; /* the number that should come */
    struct segment segment;
    struct buf text;
    bool dirty;
};

static void repair_done(struct repair *repair)
{
    buf_done(&repair->text);
}

static void add_entry(struct repair *repair, const struct entry *entry)
{
    entry_write(entry, &repair->text);
    segment_note(&repair->segment, entry);
    repair->next = entry->seq + 1;
}

static void add_gap(struct repair *repair, uint64_t to, enum gap_reason reason)
{
    const struct entry gap = { .kind = ENTRY_GAP,
                               .plane = PLANE_NETWORK,
                               .layer = LAYER_L2,
                               .from = repair->next,
                               .seq = to,
                               .time_us = clock_wall_us(&clock_real),
                               .reason = reason };

    add_entry(repair, &gap);
    repair->dirty = true;
}

static void take_entry(struct repair *repair, const struct entry *entry)
{
    if (entry->kind == ENTRY_HEADER) {
        return;
    }
    if (entry->seq < repair->next) {
        repair->dirty = true; /* told before: a crash while two segments were joined */
        return;
    }
    if (entry->from > repair->next && entry->from > repair->spool->acked_seq + 1) {
        add_gap(repair, entry->from - 1, GAP_DAMAGED);
    }
    add_entry(repair, entry);
}

/* The next good record at or after `offset`; false when none follows. */
static bool find_good(struct slice file, size_t *offset)
{
    struct slice payload;
    struct entry entry;

    for (size_t at = *offset; at + RECORD_HEADER_BYTES < file.len; at++) {
        size_t past = at;
        if (record_next(file, &past, &payload) && entry_read(payload, &entry)) {
            *offset = at;
            return true;
        }
    }
    return false;
}

/* Returns how many bytes at the end are no record. */
static size_t take_records(struct repair *repair, struct slice file)
{
    struct slice payload;
    struct entry entry;
    size_t offset = 0;

    for (;;) {
        if (record_next(file, &offset, &payload) && entry_read(payload, &entry)) {
            take_entry(repair, &entry);
        } else if (offset < file.len && find_good(file, &offset)) {
            repair->dirty = true;
        } else {
            return file.len - offset;
        }
    }
}

/* A segment of this spool starts with a header; epoch 0 means it does not. */
static uint64_t epoch_of(struct slice file)
{
    struct slice payload;
    struct entry entry = { 0 };
    size_t offset = 0;

    if (!record_next(file, &offset, &payload) || !entry_read(payload, &entry) ||
        entry.kind != ENTRY_HEADER) {
        return 0;
    }
    return entry.epoch;
}

/* A torn tail was never synced, so never sent; but to be sure its numbers are not used again. */
static void skip_torn(struct repair *repair, size_t torn)
{
    if (torn > 0) {
        repair->spool->torn_bytes += torn;
        add_gap(repair, repair->next + torn / SMALLEST_EVENT_BYTES, GAP_TORN);
    }
}

static struct status recover_segment(struct spool *spool, uint64_t first_seq, bool last,
                                     uint64_t *next)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(repair_done)
    struct repair repair = { .spool = spool,
                             .next = *next,
                             .segment = { .first_seq = first_seq, .last_seq = *next - 1 } };
    const char *path = segment_path(&arena, spool, first_seq);
    struct slice file;

    TRY(segment_load(&arena, spool, first_seq, &file));
    segment_begin(spool->epoch, first_seq, &repair.text);
    if (first_seq > *next && first_seq > spool->acked_seq + 1) {
        add_gap(&repair, first_seq - 1, GAP_DAMAGED);
    } else if (first_seq > *next) {
        repair.next = first_seq;
        repair.segment.last_seq = first_seq - 1;
    }
    size_t torn = take_records(&repair, file);
    if (last) {
        skip_torn(&repair, torn);
    }
    repair.dirty = repair.dirty || torn > 0;
    if (repair.dirty) {
        TRY(file_store(path, buf_slice(&repair.text), FILE_MODE));
    }
    repair.segment.bytes = repair.dirty ? repair.text.len : file.len;
    *next = repair.next;
    segment_insert(spool, &repair.segment);
    return STATUS_SUCCESS;
}

/* --- the folder ------------------------------------------------------------------------- */

struct listing {
    uint64_t *first_seqs; /* ascending */
    size_t count;
};

static struct status list_segments(struct arena *arena, const struct spool *spool,
                                   struct listing *out)
{
    const char **names = NULL;
    size_t count = 0;

    TRY(file_list(arena, spool->folder, SPOOL_SEGMENTS_MAX, &names, &count));
    out->first_seqs = ARENA_NEW(arena, uint64_t, count);
    for (size_t i = 0; i < count; i++) {
        struct slice name = slice_from(names[i]);
        uint64_t first_seq = 0;
        if (!slice_ends(name, segment_suffix())) {
            continue;
        }
        struct status parsed = parse_u64(slice_sub(name, 0, name.len - segment_suffix().len), 1,
                                         UINT64_MAX, &first_seq);
        if (status_ok(&parsed)) {
            out->first_seqs[out->count++] = first_seq; /* names are of equal length: sorted */
        }
    }
    return STATUS_SUCCESS;
}

static struct status put_aside(struct arena *arena, const char *path)
{
    if (rename(path, arena_printf(arena, "%s.bad", path).ptr) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

/* Files that are no segments of `epoch` are put aside, for people. The epoch is that of the last
 * readable segment; 0 when there is none. */
static struct status sort_out(struct arena *arena, struct spool *spool, struct listing *listing)
{
    size_t kept = listing->count;

    spool->epoch = 0;
    for (size_t i = listing->count; i > 0; i--) {
        const char *path = segment_path(arena, spool, listing->first_seqs[i - 1]);
        struct slice file = { 0 };
        TRY(file_load(arena, path, SEGMENT_LOAD_MAX, &file));
        uint64_t epoch = epoch_of(file);
        if (epoch != 0 && (spool->epoch == 0 || epoch == spool->epoch)) {
            spool->epoch = epoch;
            listing->first_seqs[--kept] = listing->first_seqs[i - 1];
            continue;
        }
        TRY(put_aside(arena, path));
        spool->torn_bytes += file.len;
    }
    listing->first_seqs += kept;
    listing->count -= kept;
    return STATUS_SUCCESS;
}

/* Sequence, then CRC-like complement: a torn cursor reads as 0, which only means sending again. */
static uint64_t read_ack(const struct spool *spool)
{
    char bytes[16];

    if (pread(spool->ack_fd, bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
        return 0;
    }
    uint64_t seq = bytes_u64(bytes);
    return bytes_u64(bytes + 8) == ~seq ? seq : 0;
}

static struct status start_new(struct arena *arena, struct spool *spool)
{
    spool->epoch = make_epoch(stored_epoch(arena, spool));
    spool->acked_seq = 0;
    spool->next_seq = 1;
    TRY(store_epoch(arena, spool));
    if (ftruncate(spool->ack_fd, 0) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s/ack: %s", spool->folder,
                            strerrordesc_np(errno));
    }
    return segment_roll(spool);
}

static struct status open_active(struct arena *arena, struct spool *spool)
{
    const struct segment *last = &spool->segments[spool->segment_count - 1];
    const char *path = segment_path(arena, spool, last->first_seq);

    spool->active_fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (spool->active_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: %s", path, strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

struct status spool_recover(struct spool *spool)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct listing listing = { 0 };

    TRY(list_segments(&arena, spool, &listing));
    TRY(sort_out(&arena, spool, &listing));
    if (listing.count == 0) {
        return start_new(&arena, spool);
    }
    if (stored_epoch(&arena, spool) != spool->epoch) {
        TRY(store_epoch(&arena, spool));
    }
    spool->acked_seq = read_ack(spool);
    if (spool->acked_seq < listing.first_seqs[0] - 1) {
        spool->acked_seq = listing.first_seqs[0] - 1; /* older ones are deleted only when acked */
    }
    uint64_t next = listing.first_seqs[0];
    for (size_t i = 0; i < listing.count; i++) {
        TRY(recover_segment(spool, listing.first_seqs[i], i + 1 == listing.count, &next));
    }
    TRY(open_active(&arena, spool));
    spool->next_seq = next;
    if (spool->next_seq <= spool->acked_seq) {
        spool->next_seq = spool->acked_seq + 1;
    }
    return STATUS_SUCCESS;
}

/* --- a new epoch ------------------------------------------------------------------------ */

struct batch {
    struct event *events;
    size_t count;
    struct batch *next;
};

static struct status read_all(struct spool *spool, struct arena *arena, struct batch **out)
{
    uint64_t seq = spool->acked_seq + 1;

    for (;;) {
        struct batch *batch = ARENA_NEW(arena, struct batch, 1);
        TRY(spool_read_from(spool, arena, seq, BATCH_EVENTS_MAX, BATCH_BYTES_WANTED, &batch->events,
                            &batch->count));
        if (batch->count == 0) {
            return STATUS_SUCCESS;
        }
        seq = batch->events[batch->count - 1].seq + 1;
        *out = batch;
        out = &batch->next;
    }
}

static struct status append_all(struct spool *spool, const struct batch *batch)
{
    for (; batch != NULL; batch = batch->next) {
        for (size_t i = 0; i < batch->count; i++) {
            uint64_t seq = 0;
            TRY(spool_append(spool, &batch->events[i], &seq));
        }
    }
    return spool_sync(spool);
}

struct status spool_renew(struct spool *spool)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct batch *held = NULL;
    size_t count = 0;

    TRY(spool_sync(spool));
    TRY(read_all(spool, &arena, &held));
    const char **paths = ARENA_NEW(&arena, const char *, spool->segment_count);
    for (; spool->segment_count > 0; count++) {
        paths[count] = segment_path(&arena, spool, spool->segments[0].first_seq);
        TRY(put_aside(&arena, paths[count]));
        segment_remove(spool, 0);
    }
    TRY(start_new(&arena, spool));
    TRY(append_all(spool, held));
    for (size_t i = 0; i < count; i++) {
        (void)unlink(arena_printf(&arena, "%s.bad", paths[i]).ptr); /* all of it is kept anew */
    }
    return STATUS_SUCCESS;
}
