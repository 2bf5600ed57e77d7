/* wire/keys.h - the secrets of one node, and whom it trusts.
 *
 * Identity file (mode 0600, refused when group or others may read it): name, role, CURVE key pair,
 * one Ed25519 seed per service instance. Trust file (public): the server it connects to and the
 * replicas whose signatures count. Both in our YAML; keys in lower-case hex. Secrets are wiped by
 * identity_done. Not thread-safe per object. Errors: those of base/file.h; STATUS_DENIED (mode),
 * STATUS_INVALID (contents, with place). */
#ifndef REDAN_WIRE_KEYS_H
#define REDAN_WIRE_KEYS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/names.h"
#include "model/node.h"

enum {
    CURVE_KEY_BYTES = 32,
    CURVE_HEX_MAX = 2 * CURVE_KEY_BYTES + 1,
    TRUST_SIGNERS_MAX = 16,
    KEYS_FILE_BYTES_MAX = 64 * 1024
};

struct curve_public {
    uint8_t bytes[CURVE_KEY_BYTES];
};
struct curve_pair {
    struct curve_public public_key;
    uint8_t secret[CURVE_KEY_BYTES];
};

void curve_pair_new(struct curve_pair *out);
bool curve_public_eq(const struct curve_public *a, const struct curve_public *b);
void curve_public_hex(const struct curve_public *key, char out[CURVE_HEX_MAX]);
struct status curve_public_parse(struct slice hex, struct curve_public *out) MUST_USE;

struct identity_service {
    struct service_id id;
    struct ed25519_secret secret;
    struct ed25519_public public_key;
};

struct identity {
    char name[NODE_NAME_MAX];
    enum peer_role role;
    struct curve_pair curve;
    struct identity_service services[NODE_SERVICES_MAX]; /* SMA only */
    size_t service_count;
    struct ed25519_secret signing; /* orchestrator: this replica's key */
    struct ed25519_public signing_public;
};

/* New random keys. `services` may be NULL with count 0. */
void identity_make(struct identity *out, struct slice name, enum peer_role role,
                   const struct service_id *services, size_t service_count);
struct status identity_store(const struct identity *identity, const char *path) MUST_USE;
struct status identity_load(const char *path, struct identity *out) MUST_USE;
void identity_done(struct identity *identity);
/* NULL when this node has no such service. */
const struct identity_service *identity_service(const struct identity *identity,
                                                const struct service_id *id);

/* Who may sign for the orchestrator, and how many must. */
struct membership {
    uint64_t epoch;
    uint32_t threshold;
};

struct trust_signer {
    char replica[NODE_NAME_MAX];
    struct ed25519_public key;
};

struct trust {
    char server[NODE_NAME_MAX]; /* node name of the next hop */
    struct curve_public server_key;
    struct membership membership;
    struct trust_signer signers[TRUST_SIGNERS_MAX];
    size_t signer_count;
};

struct status trust_store(const struct trust *trust, const char *path) MUST_USE;
struct status trust_load(const char *path, struct trust *out) MUST_USE;

#endif
