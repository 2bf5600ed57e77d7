#include <assert.h>
#include <inttypes.h>

#include "wire/bytes_priv.h"
#include "wire/record.h"
#include "wire/spool_priv.h"

/* Where each number of an entry sits. */
enum {
    AT_KIND = 0,
    AT_SEVERITY = 1,
    AT_LAYER = 2,
    AT_PLANE = 3,
    AT_SEQ = 4,
    ENTRY_FIXED_BYTES = 12,
    AT_GAP_FROM = 12,
    AT_GAP_TIME = 20,
    AT_GAP_REASON = 28,
    GAP_BYTES = 29,
    AT_EPOCH = 12,
    HEADER_BYTES = 20
};

static const char *const reasons[GAP_REASONS] = { "spool full", "damaged", "torn" };

void entry_write(const struct entry *entry, struct buf *out)
{
    CLEANUP(buf_done) struct buf payload = { 0 };
    char fixed[GAP_BYTES] = { 0 };

    fixed[AT_KIND] = (char)entry->kind;
    fixed[AT_SEVERITY] = (char)entry->severity;
    fixed[AT_LAYER] = (char)entry->layer;
    fixed[AT_PLANE] = (char)entry->plane;
    bytes_put_u64(fixed + AT_SEQ, entry->seq);
    switch (entry->kind) {
    case ENTRY_NONE:
        assert(false);
        return;
    case ENTRY_EVENT:
        buf_add(&payload, fixed, ENTRY_FIXED_BYTES);
        buf_add_slice(&payload, entry->body);
        break;
    case ENTRY_GAP:
        bytes_put_u64(fixed + AT_GAP_FROM, entry->from);
        bytes_put_u64(fixed + AT_GAP_TIME, (uint64_t)entry->time_us);
        fixed[AT_GAP_REASON] = (char)entry->reason;
        buf_add(&payload, fixed, GAP_BYTES);
        break;
    case ENTRY_HEADER:
        bytes_put_u64(fixed + AT_EPOCH, entry->epoch);
        buf_add(&payload, fixed, HEADER_BYTES);
        break;
    }
    record_add(out, buf_slice(&payload));
}

static bool read_kind(struct slice payload, struct entry *out)
{
    switch (payload.ptr[AT_KIND]) {
    case ENTRY_EVENT:
        out->kind = ENTRY_EVENT;
        out->from = out->seq;
        out->body = slice_sub(payload, ENTRY_FIXED_BYTES, payload.len);
        return true;
    case ENTRY_GAP:
        if (payload.len != GAP_BYTES || (unsigned char)payload.ptr[AT_GAP_REASON] >= GAP_REASONS) {
            return false;
        }
        out->kind = ENTRY_GAP;
        out->from = bytes_u64(payload.ptr + AT_GAP_FROM);
        out->time_us = (int64_t)bytes_u64(payload.ptr + AT_GAP_TIME);
        out->reason = (enum gap_reason)payload.ptr[AT_GAP_REASON];
        return out->from > 0 && out->from <= out->seq;
    case ENTRY_HEADER:
        if (payload.len != HEADER_BYTES) {
            return false;
        }
        out->kind = ENTRY_HEADER;
        out->epoch = bytes_u64(payload.ptr + AT_EPOCH);
        return true;
    default: /* a byte from disk, not an enum */
        return false;
    }
}

bool entry_read(struct slice payload, struct entry *out)
{
    struct entry entry = { 0 };

    if (payload.len < ENTRY_FIXED_BYTES ||
        (unsigned char)payload.ptr[AT_SEVERITY] > SEVERITY_CRITICAL ||
        (unsigned char)payload.ptr[AT_LAYER] > LAYER_L2 ||
        (unsigned char)payload.ptr[AT_PLANE] > PLANE_NETWORK) {
        return false;
    }
    entry.severity = (enum severity)payload.ptr[AT_SEVERITY];
    entry.layer = (enum layer)payload.ptr[AT_LAYER];
    entry.plane = (enum plane_kind)payload.ptr[AT_PLANE];
    entry.seq = bytes_u64(payload.ptr + AT_SEQ);
    if (entry.seq == 0 || !read_kind(payload, &entry)) {
        return false;
    }
    *out = entry;
    return true;
}

struct event entry_gap_event(struct arena *arena, const struct entry *entry, uint64_t from)
{
    struct event_field *fields = ARENA_NEW(arena, struct event_field, 4);
    size_t count = 0;

    assert(entry->kind == ENTRY_GAP && from <= entry->seq);
    fields[count++] = (struct event_field){ SLICE("from"), arena_printf(arena, "%" PRIu64, from),
                                            PROVENANCE_SERVICE };
    fields[count++] =
        (struct event_field){ SLICE("to"), arena_printf(arena, "%" PRIu64, entry->seq),
                              PROVENANCE_SERVICE };
    fields[count++] = (struct event_field){ SLICE("count"),
                                            arena_printf(arena, "%" PRIu64, entry->seq - from + 1),
                                            PROVENANCE_SERVICE };
    fields[count++] = (struct event_field){ SLICE("reason"), slice_from(reasons[entry->reason]),
                                            PROVENANCE_SERVICE };
    return (struct event){
        .seq = entry->seq,
        .time_us = entry->time_us,
        .seen_us = entry->time_us,
        .kind = SLICE(EVENT_SENSOR_GAP),
        .severity = SEVERITY_MEDIUM,
        .layer = entry->layer,
        .plane = entry->plane,
        .fields = fields,
        .field_count = count,
    };
}
