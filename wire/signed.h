/* wire/signed.h - what travels signed: event batches, commands, results, snapshots.
 *
 * A signature covers a context string of its kind and the serialized bytes, so that bytes signed as
 * one thing never pass as another. Seal = serialize and sign; open = check the signature, then
 * unpack with limits. An event in a batch has sequence number first_seq + i, except that a
 * `sensor.gap` event may stand for several numbers: its `seq` is the last of them. Memory comes
 * from the arena; opened slices borrow from the signed bytes or the arena. Pure. */
#ifndef REDAN_WIRE_SIGNED_H
#define REDAN_WIRE_SIGNED_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/address.h"
#include "model/command.h"
#include "model/event.h"
#include "model/node.h"
#include "wire/keys.h"
#include "wire/message.h"

enum {
    BATCH_EVENTS_MAX = 256,
    BATCH_BYTES_MAX = 256 * 1024,   /* refused above */
    BATCH_BYTES_WANTED = 64 * 1024, /* makers stop adding here */
    SNAPSHOT_NETWORKS_MAX = 1024
};

struct event_batch {
    struct slice node;
    struct service_id service; /* the monitor service that signs; its layer and plane are those of
                                  every event in the batch (gaps excepted) */
    uint64_t epoch;
    uint64_t first_seq;
    uint64_t last_seq;
    uint64_t first_held; /* oldest number the node still holds, so what is before it will never
                            come; at most first_seq. 0: not said */
    const struct event *events; /* node, epoch and seq set */
    size_t event_count;
};

/* One event's own bytes (no node, epoch, seq): also what the spool stores. */
struct status event_encode(const struct event *event, struct buf *out) MUST_USE;
/* Errors: STATUS_CORRUPT; STATUS_INVALID (event_validate; the node stays empty). */
struct status event_decode(struct arena *arena, struct slice bytes, struct event *out) MUST_USE;

/* `batch->events` have ascending seq; first_seq <= events[0].seq. Errors: STATUS_EXHAUSTED (count
 * or bytes over the limit), STATUS_INVALID (sequence numbers leave a hole that no gap event
 * covers; first_held is past first_seq). */
struct status events_seal(struct arena *arena, const struct event_batch *batch,
                          const struct ed25519_secret *key, struct signed_events *out) MUST_USE;
/* Unpacks nothing before the signature holds. Errors: STATUS_DENIED (bad signature, or signed by
 * another service than it says), STATUS_CORRUPT, STATUS_EXHAUSTED, STATUS_INVALID. */
struct status events_open(struct arena *arena, const struct signed_events *sealed,
                          const struct ed25519_public *key, struct event_batch *out) MUST_USE;

/* Adds this replica's signature. */
struct status command_seal(struct arena *arena, const struct command *command,
                           const struct membership *membership, struct slice replica,
                           const struct ed25519_secret *key, struct signed_list *out) MUST_USE;
/* At least trust->threshold distinct known replicas have signed, membership epoch and threshold are
 * those of `trust`. Errors: STATUS_DENIED, STATUS_CORRUPT, STATUS_INVALID (action_validate). */
struct status command_open(struct arena *arena, const struct signed_list *sealed,
                           const struct trust *trust, struct command *out) MUST_USE;

struct service_result {
    struct slice node;
    struct service_id service; /* the enforce service that signs */
    struct command_result result;
};
struct status result_seal(struct arena *arena, const struct service_result *result,
                          const struct ed25519_secret *key, struct signed_result *out) MUST_USE;
struct status result_open(struct arena *arena, const struct signed_result *sealed,
                          const struct ed25519_public *key, struct service_result *out) MUST_USE;

/* A result's own bytes, unsigned: for keeping on disk. */
void result_encode(const struct command_result *result, struct buf *out);
struct status result_decode(struct arena *arena, struct slice bytes,
                            struct command_result *out) MUST_USE;

/* What every SMA must know to refuse harm by itself; the same for all, so relays may keep it. */
struct snapshot {
    char policy_digest[65];
    uint64_t version; /* grows; an older one than held is ignored by the SMA */
    int64_t issued_ms;
    const struct address *protected_networks;
    size_t network_count;
};
struct status snapshot_seal(struct arena *arena, const struct snapshot *snapshot,
                            const struct membership *membership, struct slice replica,
                            const struct ed25519_secret *key, struct signed_list *out) MUST_USE;
struct status snapshot_open(struct arena *arena, const struct signed_list *sealed,
                            const struct trust *trust, struct snapshot *out) MUST_USE;

#endif
