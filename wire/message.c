#include "wire/message.h"

#include <assert.h>
#include <string.h>

#include "wire/pb_priv.h"

static const char *const error_names[WIRE_ERRORS] = {
    "version", "hello-first", "unexpected", "malformed", "denied", "overloaded",
};

const char *wire_error_name(enum wire_error code)
{
    return (size_t)code < WIRE_ERRORS ? error_names[code] : "unknown";
}

static struct status bad(enum frame_type type, const char *what)
{
    return status_error(STATUS_CORRUPT, "%s: %s", frame_type_name(type), what);
}

/* --- decoding ---------------------------------------------------------------- */

static struct status take_node(ProtobufCBinaryData data, bool required, struct message *out)
{
    struct slice node = pb_slice(data);

    if (node.len == 0 ? required : !node_name_is_valid(node)) {
        return bad(out->frame.type, "no valid node name");
    }
    out->node = node;
    return STATUS_SUCCESS;
}

static struct status take_text(ProtobufCBinaryData data, size_t max_bytes, struct message *message,
                               struct slice *out)
{
    if (data.len > max_bytes) {
        return status_error(STATUS_EXHAUSTED, "%s: a text of %zu bytes, at most %zu",
                            frame_type_name(message->frame.type), data.len, max_bytes);
    }
    *out = pb_slice(data);
    return STATUS_SUCCESS;
}

/* Each `read_*` turns an unpacked body (`raw`, of the type that the table below names) into
 * `out`. */
static struct status read_hello(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Hello *body = raw;
    struct hello *hello = &out->hello;

    TRY(take_node(body->node, true, out));
    if (body->role > PEER_SMA) {
        return bad(FRAME_HELLO, "unknown role");
    }
    if (body->n_capabilities > MESSAGE_CAPABILITIES_MAX) {
        return status_error(STATUS_EXHAUSTED, "HELLO: over %d capabilities",
                            (int)MESSAGE_CAPABILITIES_MAX);
    }
    *hello = (struct hello){
        .role = (enum peer_role)body->role,
        .min_major = body->min_major,
        .max_major = body->max_major,
        .instance = body->instance,
        .capabilities = ARENA_NEW(arena, struct slice, body->n_capabilities),
        .capability_count = body->n_capabilities,
        .stream_epoch = body->stream_epoch,
        .last_seq = body->last_seq,
        .last_command_seq = body->last_command_seq,
    };
    for (size_t i = 0; i < body->n_capabilities; i++) {
        TRY(take_text(body->capabilities[i], MESSAGE_TEXT_MAX, out, &hello->capabilities[i]));
    }
    return take_text(body->version, MESSAGE_TEXT_MAX, out, &hello->version);
}

static struct status read_welcome(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Welcome *body = raw;

    (void)arena;
    TRY(take_node(body->node, true, out));
    out->welcome = (struct welcome){ .window_bytes = body->window_bytes, .wall_us = body->wall_us };
    return take_text(body->policy_digest, MESSAGE_TEXT_MAX, out, &out->welcome.policy_digest);
}

static struct status read_events(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Events *body = raw;

    (void)arena;
    TRY(take_node(body->node, true, out));
    if (!pb_read_service(body->service, &out->events.service) ||
        !pb_copy_signature(body->signature, &out->events.signature)) {
        return bad(FRAME_EVENTS, "no service or signature");
    }
    return take_text(body->batch, MESSAGE_SIGNED_BYTES_MAX, out, &out->events.batch);
}

static struct status read_ack(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Ack *body = raw;

    (void)arena;
    return take_node(body->node, true, out);
}

static struct status read_list(struct arena *arena, const void *raw, struct message *out,
                               struct signed_list *list)
{
    const Redan__Wire__SignedList *body = raw;

    TRY(take_node(body->node, true, out));
    if (body->n_signatures > MESSAGE_SIGNATURES_MAX) {
        return status_error(STATUS_EXHAUSTED, "%s: over %d signatures",
                            frame_type_name(out->frame.type), (int)MESSAGE_SIGNATURES_MAX);
    }
    *list = (struct signed_list){
        .signatures = ARENA_NEW(arena, struct replica_signature, body->n_signatures),
        .signature_count = body->n_signatures,
    };
    for (size_t i = 0; i < body->n_signatures; i++) {
        struct replica_signature *entry = &list->signatures[i];
        entry->replica = pb_slice(body->signatures[i]->replica);
        if (!node_name_is_valid(entry->replica) ||
            !pb_copy_signature(body->signatures[i]->signature, &entry->signature)) {
            return bad(out->frame.type, "a signature is malformed");
        }
    }
    return take_text(body->bytes, MESSAGE_SIGNED_BYTES_MAX, out, &list->bytes);
}

static struct status read_command(struct arena *arena, const void *raw, struct message *out)
{
    return read_list(arena, raw, out, &out->command);
}

static struct status read_snapshot(struct arena *arena, const void *raw, struct message *out)
{
    return read_list(arena, raw, out, &out->snapshot);
}

static struct status read_command_ack(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__CommandAck *body = raw;

    (void)arena;
    TRY(take_node(body->node, true, out));
    if (!pb_copy_ulid(body->id, &out->command_ack.id)) {
        return bad(FRAME_CMD_ACK, "the id is no ULID");
    }
    out->command_ack.seq = body->seq;
    return STATUS_SUCCESS;
}

static struct status read_result(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__SignedResult *body = raw;

    (void)arena;
    TRY(take_node(body->node, true, out));
    if (!pb_read_service(body->service, &out->result.service) ||
        !pb_copy_signature(body->signature, &out->result.signature)) {
        return bad(FRAME_CMD_RESULT, "no service or signature");
    }
    return take_text(body->bytes, MESSAGE_SIGNED_BYTES_MAX, out, &out->result.bytes);
}

static struct status read_ping(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Ping *body = raw;

    (void)arena;
    out->ping = (struct ping){ .nonce = body->nonce, .healthy = body->healthy != 0 };
    return STATUS_SUCCESS;
}

static struct status read_state_request(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__StateRequest *body = raw;

    (void)arena;
    TRY(take_node(body->node, true, out));
    return take_text(body->have_digest, MESSAGE_TEXT_MAX, out, &out->state_request.have_digest);
}

static struct status read_error(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Error *body = raw;

    (void)arena;
    TRY(take_node(body->node, false, out));
    if (body->code >= WIRE_ERRORS) {
        return bad(FRAME_ERROR, "unknown code");
    }
    out->error = (struct error_report){ .code = (enum wire_error)body->code,
                                        .min_major = body->min_major,
                                        .max_major = body->max_major };
    return take_text(body->text, MESSAGE_TEXT_MAX, out, &out->error.text);
}

static struct status read_bye(struct arena *arena, const void *raw, struct message *out)
{
    const Redan__Wire__Bye *body = raw;

    (void)arena;
    TRY(take_node(body->node, false, out));
    return take_text(body->reason, MESSAGE_TEXT_MAX, out, &out->bye.reason);
}

/* --- encoding ---------------------------------------------------------------- */

static struct status pack(const struct message *message, const ProtobufCMessage *body,
                          struct buf *out)
{
    size_t body_bytes = protobuf_c_message_get_packed_size(body);

    if (body_bytes > FRAME_BODY_MAX) {
        return status_error(STATUS_EXHAUSTED, "%s: body of %zu bytes, at most %d",
                            frame_type_name(message->frame.type), body_bytes, (int)FRAME_BODY_MAX);
    }
    frame_encode_header(&message->frame, body_bytes, out);
    pb_pack(body, out);
    return STATUS_SUCCESS;
}

static struct status write_hello(const struct message *message, struct buf *out)
{
    const struct hello *hello = &message->hello;
    ProtobufCBinaryData words[MESSAGE_CAPABILITIES_MAX];
    Redan__Wire__Hello body = REDAN__WIRE__HELLO__INIT;

    assert(hello->capability_count <= MESSAGE_CAPABILITIES_MAX);
    for (size_t i = 0; i < hello->capability_count; i++) {
        words[i] = pb_text(hello->capabilities[i]);
    }
    body.node = pb_text(message->node);
    body.role = (uint32_t)hello->role;
    body.min_major = hello->min_major;
    body.max_major = hello->max_major;
    body.instance = hello->instance;
    body.version = pb_text(hello->version);
    body.n_capabilities = hello->capability_count;
    body.capabilities = words;
    body.stream_epoch = hello->stream_epoch;
    body.last_seq = hello->last_seq;
    body.last_command_seq = hello->last_command_seq;
    return pack(message, &body.base, out);
}

static struct status write_welcome(const struct message *message, struct buf *out)
{
    Redan__Wire__Welcome body = REDAN__WIRE__WELCOME__INIT;

    body.node = pb_text(message->node);
    body.window_bytes = message->welcome.window_bytes;
    body.policy_digest = pb_text(message->welcome.policy_digest);
    body.wall_us = message->welcome.wall_us;
    return pack(message, &body.base, out);
}

static struct status write_events(const struct message *message, struct buf *out)
{
    Redan__Wire__Events body = REDAN__WIRE__EVENTS__INIT;
    Redan__Wire__Service service = pb_service(&message->events.service);

    body.node = pb_text(message->node);
    body.service = &service;
    body.batch = pb_text(message->events.batch);
    body.signature =
        pb_bytes(message->events.signature.bytes, sizeof(message->events.signature.bytes));
    return pack(message, &body.base, out);
}

static struct status write_ack(const struct message *message, struct buf *out)
{
    Redan__Wire__Ack body = REDAN__WIRE__ACK__INIT;

    body.node = pb_text(message->node);
    return pack(message, &body.base, out);
}

static struct status write_list(const struct message *message, const struct signed_list *list,
                                struct buf *out)
{
    Redan__Wire__SignedList body = REDAN__WIRE__SIGNED_LIST__INIT;
    Redan__Wire__Signature entries[MESSAGE_SIGNATURES_MAX];
    Redan__Wire__Signature *pointers[MESSAGE_SIGNATURES_MAX];

    assert(list->signature_count <= MESSAGE_SIGNATURES_MAX);
    for (size_t i = 0; i < list->signature_count; i++) {
        const struct replica_signature *entry = &list->signatures[i];
        entries[i] = (Redan__Wire__Signature)REDAN__WIRE__SIGNATURE__INIT;
        entries[i].replica = pb_text(entry->replica);
        entries[i].signature = pb_bytes(entry->signature.bytes, sizeof(entry->signature.bytes));
        pointers[i] = &entries[i];
    }
    body.node = pb_text(message->node);
    body.bytes = pb_text(list->bytes);
    body.n_signatures = list->signature_count;
    body.signatures = pointers;
    return pack(message, &body.base, out);
}

static struct status write_command(const struct message *message, struct buf *out)
{
    return write_list(message, &message->command, out);
}

static struct status write_snapshot(const struct message *message, struct buf *out)
{
    return write_list(message, &message->snapshot, out);
}

static struct status write_command_ack(const struct message *message, struct buf *out)
{
    Redan__Wire__CommandAck body = REDAN__WIRE__COMMAND_ACK__INIT;

    body.node = pb_text(message->node);
    body.id = pb_text(slice_from(message->command_ack.id.text));
    body.seq = message->command_ack.seq;
    return pack(message, &body.base, out);
}

static struct status write_result(const struct message *message, struct buf *out)
{
    Redan__Wire__SignedResult body = REDAN__WIRE__SIGNED_RESULT__INIT;
    Redan__Wire__Service service = pb_service(&message->result.service);

    body.node = pb_text(message->node);
    body.service = &service;
    body.bytes = pb_text(message->result.bytes);
    body.signature =
        pb_bytes(message->result.signature.bytes, sizeof(message->result.signature.bytes));
    return pack(message, &body.base, out);
}

static struct status write_ping(const struct message *message, struct buf *out)
{
    Redan__Wire__Ping body = REDAN__WIRE__PING__INIT;

    body.nonce = message->ping.nonce;
    body.healthy = message->ping.healthy;
    return pack(message, &body.base, out);
}

static struct status write_state_request(const struct message *message, struct buf *out)
{
    Redan__Wire__StateRequest body = REDAN__WIRE__STATE_REQUEST__INIT;

    body.node = pb_text(message->node);
    body.have_digest = pb_text(message->state_request.have_digest);
    return pack(message, &body.base, out);
}

static struct status write_error(const struct message *message, struct buf *out)
{
    Redan__Wire__Error body = REDAN__WIRE__ERROR__INIT;

    body.node = pb_text(message->node);
    body.code = (uint32_t)message->error.code;
    body.min_major = message->error.min_major;
    body.max_major = message->error.max_major;
    body.text = pb_text(slice_sub(message->error.text, 0, MESSAGE_TEXT_MAX));
    return pack(message, &body.base, out);
}

static struct status write_bye(const struct message *message, struct buf *out)
{
    Redan__Wire__Bye body = REDAN__WIRE__BYE__INIT;

    body.node = pb_text(message->node);
    body.reason = pb_text(slice_sub(message->bye.reason, 0, MESSAGE_TEXT_MAX));
    return pack(message, &body.base, out);
}

/* --- the table --------------------------------------------------------------- */

struct codec {
    const ProtobufCMessageDescriptor *body;
    struct status (*read)(struct arena *arena, const void *raw, struct message *out);
    struct status (*write)(const struct message *message, struct buf *out);
};

static const struct codec codecs[FRAME_TYPES] = {
    [FRAME_HELLO] = { &redan__wire__hello__descriptor, read_hello, write_hello },
    [FRAME_WELCOME] = { &redan__wire__welcome__descriptor, read_welcome, write_welcome },
    [FRAME_EVENTS] = { &redan__wire__events__descriptor, read_events, write_events },
    [FRAME_ACK] = { &redan__wire__ack__descriptor, read_ack, write_ack },
    [FRAME_CMD] = { &redan__wire__signed_list__descriptor, read_command, write_command },
    [FRAME_CMD_ACK] = { &redan__wire__command_ack__descriptor, read_command_ack,
                        write_command_ack },
    [FRAME_CMD_RESULT] = { &redan__wire__signed_result__descriptor, read_result, write_result },
    [FRAME_PING] = { &redan__wire__ping__descriptor, read_ping, write_ping },
    [FRAME_PONG] = { &redan__wire__ping__descriptor, read_ping, write_ping },
    [FRAME_STATE_REQ] = { &redan__wire__state_request__descriptor, read_state_request,
                          write_state_request },
    [FRAME_SNAPSHOT] = { &redan__wire__signed_list__descriptor, read_snapshot, write_snapshot },
    [FRAME_ERROR] = { &redan__wire__error__descriptor, read_error, write_error },
    [FRAME_BYE] = { &redan__wire__bye__descriptor, read_bye, write_bye },
};

struct status message_decode(struct arena *arena, const struct frame *frame, struct message *out)
{
    const struct codec *codec = &codecs[frame->type];

    if (codec->body == NULL) {
        return status_error(STATUS_UNSUPPORTED, "%s: not a message of this version",
                            frame_type_name(frame->type));
    }
    void *raw = pb_unpack(arena, codec->body, frame->body);
    if (raw == NULL) {
        return bad(frame->type, "the body does not unpack");
    }
    struct message message = { .frame = *frame };
    /* cppcheck-suppress returnDanglingLifetime ; a status keeps no pointer to what was read */
    TRY(codec->read(arena, raw, &message));
    *out = message;
    return STATUS_SUCCESS;
}

struct status message_encode(const struct message *message, struct buf *out)
{
    const struct codec *codec = &codecs[message->frame.type];

    assert(codec->write != NULL);
    return codec->write(message, out);
}
