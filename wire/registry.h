/* wire/registry.h - who may speak, and what each may say: one immutable table from one file.
 *
 * Only public keys are in it, so aggregators read a copy of the orchestrator's file. A name or key
 * is never used twice, not even after revocation. A `struct registry` is immutable once loaded and
 * counted; a `struct registry_cell` is the one place where a newer one is swapped in (SIGHUP), read
 * from any thread. */
#ifndef REDAN_WIRE_REGISTRY_H
#define REDAN_WIRE_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/action.h"
#include "model/event.h"
#include "model/names.h"
#include "model/node.h"
#include "wire/frame.h"
#include "wire/keys.h"
#include "wire/message.h"
#include "wire/signed.h"

enum {
    REGISTRY_NODES_MAX = 4096,
    REGISTRY_KINDS_MAX = 16,
    REGISTRY_FILE_BYTES_MAX = 16 * 1024 * 1024
};

struct registry_service {
    struct service_id id;
    struct ed25519_public key;
    /* MONITOR: event kinds, exact or ending in ".*"; ENFORCE: bit per action_kind. */
    char kinds[REGISTRY_KINDS_MAX][EVENT_NAME_MAX];
    size_t kind_count;
    uint32_t actions;
};

struct registry_node {
    char name[NODE_NAME_MAX];
    enum peer_role role;
    enum node_state state;
    char aggregator[NODE_NAME_MAX]; /* SMA: who may relay for it */
    struct curve_public curve;
    const struct registry_service *services;
    size_t service_count;
};

struct registry;

/* Errors: those of base/file.h; STATUS_INVALID with the place in the file. The caller owns one
 * reference. */
struct status registry_load(const char *path, struct registry **out) MUST_USE;
struct registry *registry_ref(struct registry *registry);
void registry_unref(struct registry **registry); /* NULL is fine */

size_t registry_count(const struct registry *registry);
const struct registry_node *registry_at(const struct registry *registry, size_t index);
/* NULL when unknown. */
const struct registry_node *registry_by_key(const struct registry *registry,
                                            const struct curve_public *key);
const struct registry_node *registry_by_name(const struct registry *registry, struct slice name);
/* The orchestrator's server key, signers, membership epoch and threshold. */
const struct trust *registry_trust(const struct registry *registry);
const struct registry_service *registry_service(const struct registry_node *node,
                                                const struct service_id *id);

/* --- what a peer may do ------------------------------------------------------ */

/* By type alone, before the body is parsed. `node` NULL: nobody. Errors: STATUS_DENIED. */
struct status registry_allow_type(const struct registry_node *node, enum frame_type type) MUST_USE;
/* May `peer` speak of node `about`: itself, or an SMA that it relays for. Errors: STATUS_DENIED. */
struct status registry_allow_about(const struct registry *registry,
                                   const struct registry_node *peer, struct slice about,
                                   const struct registry_node **out) MUST_USE;
/* Opens with the key of the service the bytes name: node, signature, kinds, layer and plane agree
 * with the registry. Errors: STATUS_DENIED, STATUS_CORRUPT, STATUS_EXHAUSTED, STATUS_INVALID. */
struct status registry_open_events(const struct registry *registry, struct arena *arena,
                                   const struct message *message, struct event_batch *out) MUST_USE;
struct status registry_open_result(const struct registry *registry, struct arena *arena,
                                   const struct message *message,
                                   struct service_result *out) MUST_USE;

/* --- making it (the orchestrator's host, `redan node add`) ------------------- */

/* Writes FOLDER/identity.yaml (the orchestrator's own, 0600) and FOLDER/registry.yaml with no
 * nodes. Errors: STATUS_CONFLICT when they exist. `name` is the replica's name, e.g. "redand". */
struct status registry_init(const char *folder, struct slice name) MUST_USE;

struct registry_node_spec {
    struct slice name;
    enum peer_role role;
    struct slice aggregator;           /* SMA: must be in the registry */
    const struct service_id *services; /* SMA */
    size_t service_count;
};
/* Makes keys, writes OUT_FOLDER/identity.yaml (0600) and OUT_FOLDER/trust.yaml, then adds the node
 * to FOLDER/registry.yaml as enrolled. Monitor services get the standard event kinds, enforce
 * services the actions of their plane. Errors: STATUS_CONFLICT (name known, or files exist),
 * STATUS_NOT_FOUND (no such aggregator), STATUS_INVALID. */
struct status registry_add_node(const char *folder, const struct registry_node_spec *spec,
                                const char *out_folder) MUST_USE;
/* Errors: STATUS_NOT_FOUND; STATUS_CONFLICT (a revoked node stays revoked). */
struct status registry_set_state(const char *folder, struct slice name,
                                 enum node_state state) MUST_USE;

/* --- the one mutable place --------------------------------------------------- */

struct registry_cell;
struct registry_cell *registry_cell_new(struct registry *first); /* takes the reference */
void registry_cell_free(struct registry_cell **cell);
struct registry *registry_cell_get(struct registry_cell *cell); /* a reference of your own */
void registry_cell_set(struct registry_cell *cell, struct registry *next); /* takes the reference */

#endif
