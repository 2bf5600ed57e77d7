/* wire/record.h - append-only files of records {bytes u32, crc32c u32, payload}, little-endian.
 *
 * The crc covers the length and the payload. A torn or damaged tail (a crash in the middle of a
 * write) ends the scan; the opener cuts it off. Not thread-safe per file. */
#ifndef REDAN_WIRE_RECORD_H
#define REDAN_WIRE_RECORD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

enum { RECORD_HEADER_BYTES = 8, RECORD_PAYLOAD_MAX = 256 * 1024 };

/* Appends one record. Asserts payload.len <= RECORD_PAYLOAD_MAX. */
void record_add(struct buf *out, struct slice payload);

/* The record at *offset; moves *offset past it. False at the end and at the first damage: then
 * *offset is where the good part ends. */
bool record_next(struct slice file, size_t *offset, struct slice *out_payload);

#endif
