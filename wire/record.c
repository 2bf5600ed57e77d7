#include "wire/record.h"

#include <assert.h>

#include "base/crc32c.h"
#include "wire/bytes_priv.h"

enum { AT_BYTES = 0, AT_CRC = 4 };

static uint32_t checksum(const char *length, struct slice payload)
{
    return crc32c(crc32c(0, length, sizeof(uint32_t)), payload.ptr, payload.len);
}

void record_add(struct buf *out, struct slice payload)
{
    char header[RECORD_HEADER_BYTES];

    assert(payload.len > 0 && payload.len <= RECORD_PAYLOAD_MAX);
    bytes_put_u32(header + AT_BYTES, (uint32_t)payload.len);
    bytes_put_u32(header + AT_CRC, checksum(header + AT_BYTES, payload));
    buf_add(out, header, sizeof(header));
    buf_add_slice(out, payload);
}

bool record_next(struct slice file, size_t *offset, struct slice *out_payload)
{
    struct slice rest = slice_sub(file, *offset, file.len);

    if (rest.len < RECORD_HEADER_BYTES) {
        return false;
    }
    size_t len = bytes_u32(rest.ptr + AT_BYTES);
    if (len == 0 || len > RECORD_PAYLOAD_MAX || len > rest.len - RECORD_HEADER_BYTES) {
        return false;
    }
    struct slice payload = slice_sub(rest, RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + len);
    if (checksum(rest.ptr + AT_BYTES, payload) != bytes_u32(rest.ptr + AT_CRC)) {
        return false;
    }
    *offset += RECORD_HEADER_BYTES + len;
    *out_payload = payload;
    return true;
}
