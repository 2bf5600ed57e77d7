#include <string.h>

#include "wire/pb_priv.h"

struct budget {
    struct arena *arena;
    size_t left_bytes;
};

static void *take(void *data, size_t size)
{
    struct budget *budget = data;

    if (size > budget->left_bytes) {
        return NULL;
    }
    budget->left_bytes -= size;
    return arena_alloc(budget->arena, 1, size);
}

static void give_back(void *data, void *pointer)
{
    (void)data;
    (void)pointer; /* the arena frees everything at once */
}

void *pb_unpack(struct arena *arena, const ProtobufCMessageDescriptor *descriptor,
                struct slice bytes)
{
    struct budget budget = { arena, PB_BUDGET_BASE + bytes.len * PB_BUDGET_FACTOR };
    ProtobufCAllocator allocator = { take, give_back, &budget };

    return protobuf_c_message_unpack(descriptor, &allocator, bytes.len,
                                     (const uint8_t *)(bytes.ptr != NULL ? bytes.ptr : ""));
}

struct appender {
    ProtobufCBuffer base;
    struct buf *out;
};

static void append(ProtobufCBuffer *base, size_t len, const uint8_t *data)
{
    struct appender *appender = (struct appender *)base;

    buf_add(appender->out, data, len);
}

void pb_pack(const ProtobufCMessage *message, struct buf *out)
{
    struct appender appender = { { append }, out };

    (void)protobuf_c_message_pack_to_buffer(message, &appender.base);
}

struct slice pb_pack_new(struct arena *arena, const ProtobufCMessage *message)
{
    size_t len = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = ARENA_NEW(arena, uint8_t, len + 1);

    (void)protobuf_c_message_pack(message, bytes);
    return (struct slice){ (const char *)bytes, len };
}

ProtobufCBinaryData pb_bytes(const void *bytes, size_t len)
{
    /* Packing reads only, but the generated type has no const. */
    const union {
        const void *given;
        uint8_t *wanted;
    } same = { .given = bytes };

    return (ProtobufCBinaryData){ len, same.wanted };
}

ProtobufCBinaryData pb_text(struct slice text)
{
    return pb_bytes(text.ptr, text.len);
}

struct slice pb_slice(ProtobufCBinaryData data)
{
    return (struct slice){ data.len > 0 ? (const char *)data.data : "", data.len };
}

bool pb_copy_text(ProtobufCBinaryData data, char *out, size_t out_bytes)
{
    if (data.len >= out_bytes || (data.len > 0 && memchr(data.data, 0, data.len) != NULL)) {
        return false;
    }
    if (data.len > 0) {
        memcpy(out, data.data, data.len);
    }
    out[data.len] = '\0';
    return true;
}

bool pb_copy_ulid(ProtobufCBinaryData data, struct ulid *out)
{
    struct status parsed = ulid_parse(pb_slice(data), out);

    return status_ok(&parsed);
}

bool pb_copy_signature(ProtobufCBinaryData data, struct ed25519_signature *out)
{
    if (data.len != sizeof(out->bytes)) {
        return false;
    }
    memcpy(out->bytes, data.data, sizeof(out->bytes));
    return true;
}

bool pb_read_service(const Redan__Wire__Service *service, struct service_id *out)
{
    if (service == NULL || service->layer > LAYER_L2 || service->plane > PLANE_NETWORK ||
        service->service > SERVICE_ENFORCE) {
        return false;
    }
    *out = (struct service_id){ (enum layer)service->layer, (enum plane_kind)service->plane,
                                (enum service_kind)service->service };
    return true;
}

Redan__Wire__Service pb_service(const struct service_id *id)
{
    Redan__Wire__Service service = REDAN__WIRE__SERVICE__INIT;

    service.layer = (uint32_t)id->layer;
    service.plane = (uint32_t)id->plane;
    service.service = (uint32_t)id->service;
    return service;
}
