#include "wire/frame.h"

#include <assert.h>

#include "wire/bytes_priv.h"

/* Where each number of the header sits. */
enum {
    AT_MAGIC = 0,
    AT_MAJOR = 2,
    AT_TYPE = 3,
    AT_FLAGS = 4,
    AT_HEADER_BYTES = 6,
    AT_BODY_BYTES = 8,
    AT_CREDIT = 12,
    AT_EPOCH = 16,
    AT_SEQ = 24,
    AT_ACK = 32,
    AT_TRACE = 40
};

static const char magic[2] = { 'R', 'D' };

static const char *const type_names[FRAME_TYPES] = {
    "UNKNOWN", "HELLO", "WELCOME",   "EVENTS",   "ACK",   "CMD",   "CMD_ACK", "CMD_RESULT",
    "PING",    "PONG",  "STATE_REQ", "SNAPSHOT", "DELTA", "ERROR", "BYE",
};

const char *frame_type_name(enum frame_type type)
{
    return (size_t)type < FRAME_TYPES ? type_names[type] : type_names[FRAME_UNKNOWN];
}

enum { UP = 1, DOWN = 2 };

static const unsigned char directions[FRAME_TYPES] = {
    [FRAME_HELLO] = UP,      [FRAME_WELCOME] = DOWN,   [FRAME_EVENTS] = UP,
    [FRAME_ACK] = DOWN,      [FRAME_CMD] = DOWN,       [FRAME_CMD_ACK] = UP,
    [FRAME_CMD_RESULT] = UP, [FRAME_PING] = UP | DOWN, [FRAME_PONG] = UP | DOWN,
    [FRAME_STATE_REQ] = UP,  [FRAME_SNAPSHOT] = DOWN,  [FRAME_ERROR] = UP | DOWN,
    [FRAME_BYE] = UP | DOWN,
};

bool frame_type_goes_up(enum frame_type type)
{
    return (size_t)type < FRAME_TYPES && (directions[type] & UP) != 0;
}

bool frame_type_goes_down(enum frame_type type)
{
    return (size_t)type < FRAME_TYPES && (directions[type] & DOWN) != 0;
}

static struct status check_lengths(struct slice bytes)
{
    size_t header_bytes = bytes_u16(bytes.ptr + AT_HEADER_BYTES);
    size_t body_bytes = bytes_u32(bytes.ptr + AT_BODY_BYTES);

    if (header_bytes < FRAME_HEADER_BYTES || header_bytes > FRAME_HEADER_MAX) {
        return status_error(STATUS_CORRUPT, "frame: header of %zu bytes", header_bytes);
    }
    if (body_bytes > FRAME_BODY_MAX) {
        return status_error(STATUS_EXHAUSTED, "frame: body of %zu bytes, at most %d", body_bytes,
                            (int)FRAME_BODY_MAX);
    }
    if (header_bytes + body_bytes != bytes.len) {
        return status_error(STATUS_CORRUPT, "frame: %zu + %zu bytes announced, %zu came",
                            header_bytes, body_bytes, bytes.len);
    }
    return STATUS_SUCCESS;
}

struct status frame_decode(struct slice bytes, struct frame *out)
{
    if (bytes.len > FRAME_MAX) {
        return status_error(STATUS_EXHAUSTED, "frame: %zu bytes, at most %d", bytes.len,
                            (int)FRAME_MAX);
    }
    if (bytes.len < FRAME_HEADER_BYTES || memcmp(bytes.ptr, magic, sizeof(magic)) != 0) {
        return status_error(STATUS_CORRUPT, "frame: not one of ours");
    }
    unsigned major = (unsigned char)bytes.ptr[AT_MAJOR];
    if (major < FRAME_MAJOR_MIN || major > FRAME_MAJOR) {
        return status_error(STATUS_UNSUPPORTED, "frame: major version %u, we speak %d to %d", major,
                            (int)FRAME_MAJOR_MIN, (int)FRAME_MAJOR);
    }
    TRY(check_lengths(bytes));
    unsigned type = (unsigned char)bytes.ptr[AT_TYPE];
    uint16_t flags = bytes_u16(bytes.ptr + AT_FLAGS);
    bool known = type > FRAME_UNKNOWN && type < FRAME_TYPES;
    if (!known && (flags & FRAME_OPTIONAL) == 0) {
        return status_error(STATUS_UNSUPPORTED, "frame: unknown type %u", type);
    }
    *out = (struct frame){
        .type = known ? (enum frame_type)type : FRAME_UNKNOWN,
        .flags = flags,
        .credit = bytes_u32(bytes.ptr + AT_CREDIT),
        .epoch = bytes_u64(bytes.ptr + AT_EPOCH),
        .seq = bytes_u64(bytes.ptr + AT_SEQ),
        .ack = bytes_u64(bytes.ptr + AT_ACK),
        .trace = bytes_u64(bytes.ptr + AT_TRACE),
        .body = slice_sub(bytes, bytes_u16(bytes.ptr + AT_HEADER_BYTES), bytes.len),
        .raw = bytes,
    };
    return STATUS_SUCCESS;
}

void frame_encode_header(const struct frame *frame, size_t body_bytes, struct buf *out)
{
    char header[FRAME_HEADER_BYTES];

    assert(body_bytes <= FRAME_BODY_MAX);
    memcpy(header + AT_MAGIC, magic, sizeof(magic));
    header[AT_MAJOR] = FRAME_MAJOR;
    header[AT_TYPE] = (char)frame->type;
    bytes_put_u16(header + AT_FLAGS, frame->flags);
    bytes_put_u16(header + AT_HEADER_BYTES, FRAME_HEADER_BYTES);
    bytes_put_u32(header + AT_BODY_BYTES, (uint32_t)body_bytes);
    bytes_put_u32(header + AT_CREDIT, frame->credit);
    bytes_put_u64(header + AT_EPOCH, frame->epoch);
    bytes_put_u64(header + AT_SEQ, frame->seq);
    bytes_put_u64(header + AT_ACK, frame->ack);
    bytes_put_u64(header + AT_TRACE, frame->trace);
    buf_add(out, header, sizeof(header));
}

void frame_encode(const struct frame *frame, struct buf *out)
{
    frame_encode_header(frame, frame->body.len, out);
    buf_add_slice(out, frame->body);
}
