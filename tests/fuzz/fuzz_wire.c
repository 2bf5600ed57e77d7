/* Any bytes as what a peer or a disk may hand us. The first byte says as what: a frame, or what is
 * inside signed bytes (here signed with a key of our own, so that the decoder behind the signature
 * is reached), or a segment of the spool. What decodes is encoded and decodes to the same. */
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "wire/record.h"
#include "wire/signed.h"
#include "wire/signed_priv.h"
#include "wire/spool_priv.h"

static const struct ed25519_secret key = { { 1, 2, 3 } };
static const struct service_id monitor = { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR };

static void check_frame(struct arena *arena, struct slice bytes)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct frame frame;
    struct message message;
    struct message again;
    struct status decoded = frame_decode(bytes, &frame);

    if (decoded.code != STATUS_OK) {
        return;
    }
    FUZZ_CHECK(frame.body.len <= FRAME_BODY_MAX && frame.raw.len == bytes.len);
    if (frame.type == FRAME_UNKNOWN) {
        return;
    }
    decoded = message_decode(arena, &frame, &message);
    if (decoded.code != STATUS_OK) {
        return;
    }
    struct status encoded = message_encode(&message, &out);
    FUZZ_CHECK(encoded.code == STATUS_OK);
    encoded = frame_decode(buf_slice(&out), &frame);
    FUZZ_CHECK(encoded.code == STATUS_OK);
    encoded = message_decode(arena, &frame, &again);
    FUZZ_CHECK(encoded.code == STATUS_OK && slice_eq(message.node, again.node));
    FUZZ_CHECK(message.frame.seq == again.frame.seq && message.frame.type == again.frame.type);
}

static void check_batch(struct arena *arena, struct slice bytes)
{
    struct ed25519_public public_key = ed25519_public_of(&key);
    struct signed_events sealed = { monitor, bytes,
                                    signed_make(arena, "redan/1 events", bytes, &key) };
    struct event_batch batch;
    struct event_batch again;
    struct status opened = events_open(arena, &sealed, &public_key, &batch);

    if (opened.code != STATUS_OK) {
        return;
    }
    FUZZ_CHECK(batch.event_count > 0 && batch.event_count <= BATCH_EVENTS_MAX);
    FUZZ_CHECK(batch.events[batch.event_count - 1].seq == batch.last_seq);
    FUZZ_CHECK(batch.first_held <= batch.first_seq);
    opened = events_seal(arena, &batch, &key, &sealed);
    if (opened.code == STATUS_EXHAUSTED) {
        return; /* ours is longer than what came, by an unusual packing */
    }
    FUZZ_CHECK(opened.code == STATUS_OK);
    opened = events_open(arena, &sealed, &public_key, &again);
    FUZZ_CHECK(opened.code == STATUS_OK && again.last_seq == batch.last_seq);
    FUZZ_CHECK(again.event_count == batch.event_count && again.first_held == batch.first_held);
}

static void make_trust(struct trust *out)
{
    *out = (struct trust){ .membership = { 1, 1 }, .signer_count = 1 };
    out->signers[0].key = ed25519_public_of(&key);
    memcpy(out->signers[0].replica, "redand", sizeof("redand"));
}

static void check_command(struct arena *arena, struct slice bytes)
{
    struct replica_signature signature = { SLICE("redand"),
                                           signed_make(arena, "redan/1 command", bytes, &key) };
    const struct signed_list sealed = { bytes, &signature, 1 };
    struct signed_list resealed;
    struct trust trust;
    struct command command;
    struct command again;

    make_trust(&trust);
    struct status opened = command_open(arena, &sealed, &trust, &command);
    if (opened.code != STATUS_OK) {
        return;
    }
    opened = command_seal(arena, &command, &trust.membership, SLICE("redand"), &key, &resealed);
    FUZZ_CHECK(opened.code == STATUS_OK);
    opened = command_open(arena, &resealed, &trust, &again);
    FUZZ_CHECK(opened.code == STATUS_OK && strcmp(command.id.text, again.id.text) == 0);
    FUZZ_CHECK(action_same_effect(&command.action, &again.action));
}

static void check_snapshot(struct arena *arena, struct slice bytes)
{
    struct replica_signature signature = { SLICE("redand"),
                                           signed_make(arena, "redan/1 snapshot", bytes, &key) };
    const struct signed_list sealed = { bytes, &signature, 1 };
    struct trust trust;
    struct snapshot snapshot;

    make_trust(&trust);
    struct status opened = snapshot_open(arena, &sealed, &trust, &snapshot);
    FUZZ_CHECK(opened.code != STATUS_OK || snapshot.network_count <= SNAPSHOT_NETWORKS_MAX);
}

static void check_result(struct arena *arena, struct slice bytes)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct command_result result;
    struct command_result again;
    struct status decoded = result_decode(arena, bytes, &result);

    if (decoded.code == STATUS_OK) {
        result_encode(&result, &out);
        decoded = result_decode(arena, buf_slice(&out), &again);
        FUZZ_CHECK(decoded.code == STATUS_OK && strcmp(result.detail, again.detail) == 0);
        FUZZ_CHECK(result.lease_left_ms == again.lease_left_ms);
    }
}

static void check_records(struct arena *arena, struct slice bytes)
{
    struct slice payload;
    struct entry entry;
    struct event event;
    size_t offset = 0;

    while (record_next(bytes, &offset, &payload)) {
        if (entry_read(payload, &entry) && entry.kind == ENTRY_GAP) {
            event = entry_gap_event(arena, &entry, entry.from);
            FUZZ_CHECK(event.seq >= entry.from);
        }
    }
    FUZZ_CHECK(offset <= bytes.len);
    /* And past the checksum, which hides the entries from a fuzzer. */
    if (entry_read(bytes, &entry) && entry.kind == ENTRY_EVENT) {
        struct status decoded = event_decode(arena, entry.body, &event);
        (void)decoded;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const checks[])(struct arena *, struct slice) = { check_frame,   check_batch,
                                                                    check_command, check_snapshot,
                                                                    check_result,  check_records };
    CLEANUP(arena_done) struct arena arena = { 0 };

    if (size > 0) {
        const struct slice rest = { (const char *)bytes + 1, size - 1 };
        checks[bytes[0] % COUNT_OF(checks)](&arena, rest);
    }
    return 0;
}
