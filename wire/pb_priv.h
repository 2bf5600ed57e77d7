/* wire/pb_priv.h - protobuf-c with our memory and our limits.
 *
 * Unpacking takes memory from an arena and stops at a budget in proportion to the input, so that no
 * packing trick makes a small body large. For this folder and its tests. */
#ifndef REDAN_WIRE_PB_PRIV_H
#define REDAN_WIRE_PB_PRIV_H

#include <protobuf-c/protobuf-c.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/ulid.h"
#include "model/node.h"
#include "wire/redan.pb-c.h"

enum { PB_BUDGET_FACTOR = 16, PB_BUDGET_BASE = 16 * 1024 };

/* NULL when it does not unpack within the budget; otherwise the generated struct. */
void *pb_unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                struct slice bytes);
void pb_pack(const ProtobufCMessage *message, struct buf *out);
struct slice pb_pack_new(struct arena *arena, const ProtobufCMessage *message);

/* The generated structs want `uint8_t *` even for what they only read. */
ProtobufCBinaryData pb_bytes(const void *bytes, size_t len);
ProtobufCBinaryData pb_text(struct slice text);
struct slice pb_slice(ProtobufCBinaryData data);

/* Copies text without NUL into a fixed field, NUL-terminated; false when it does not fit. */
bool pb_copy_text(ProtobufCBinaryData data, char *out, size_t out_bytes);
bool pb_copy_ulid(ProtobufCBinaryData data, struct ulid *out);
bool pb_copy_signature(ProtobufCBinaryData data, struct ed25519_signature *out);
bool pb_read_service(const Redan__Wire__Service *service, struct service_id *out);
Redan__Wire__Service pb_service(const struct service_id *id);

#endif
