#include "wire/signed.h"

#include <string.h>

#include "wire/pb_priv.h"
#include "wire/signed_priv.h"

/* Bytes signed as one thing never verify as another. */
static const char *const context_snapshot = "redan/1 snapshot";

struct status snapshot_seal(struct arena *arena, const struct snapshot *snapshot,
                            const struct membership *membership, struct slice replica,
                            const struct ed25519_secret *key, struct signed_list *out)
{
    Redan__Wire__Snapshot body = REDAN__WIRE__SNAPSHOT__INIT;

    if (snapshot->network_count > SNAPSHOT_NETWORKS_MAX) {
        return status_error(STATUS_EXHAUSTED, "snapshot: %zu networks, at most %d",
                            snapshot->network_count, (int)SNAPSHOT_NETWORKS_MAX);
    }
    Redan__Wire__Address *networks =
        ARENA_NEW(arena, Redan__Wire__Address, snapshot->network_count);
    body.protected_networks = ARENA_NEW(arena, Redan__Wire__Address *, snapshot->network_count);
    for (size_t i = 0; i < snapshot->network_count; i++) {
        networks[i] = signed_fill_address(&snapshot->protected_networks[i]);
        body.protected_networks[i] = &networks[i];
    }
    body.n_protected_networks = snapshot->network_count;
    body.policy_digest = pb_text(slice_from(snapshot->policy_digest));
    body.version = snapshot->version;
    body.issued_ms = snapshot->issued_ms;
    body.membership_epoch = membership->epoch;
    body.threshold = membership->threshold;
    signed_seal_list(arena, context_snapshot, &body.base, replica, key, out);
    return STATUS_SUCCESS;
}

static struct status read_networks(struct arena *arena, const Redan__Wire__Snapshot *body,
                                   struct snapshot *out)
{
    if (body->n_protected_networks > SNAPSHOT_NETWORKS_MAX) {
        return status_error(STATUS_EXHAUSTED, "snapshot: %zu networks, at most %d",
                            body->n_protected_networks, (int)SNAPSHOT_NETWORKS_MAX);
    }
    struct address *networks = ARENA_NEW(arena, struct address, body->n_protected_networks);
    for (size_t i = 0; i < body->n_protected_networks; i++) {
        if (!signed_read_address(body->protected_networks[i], &networks[i]) ||
            networks[i].family == ADDRESS_NONE) {
            return status_error(STATUS_CORRUPT, "snapshot: network %zu is malformed", i + 1);
        }
    }
    out->protected_networks = networks;
    out->network_count = body->n_protected_networks;
    return STATUS_SUCCESS;
}

struct status snapshot_open(struct arena *arena, const struct signed_list *sealed,
                            const struct trust *trust, struct snapshot *out)
{
    struct snapshot snapshot = { 0 };
    void *raw = NULL;

    TRY(status_wrap(signed_open_list(arena, context_snapshot, sealed, trust,
                                     &redan__wire__snapshot__descriptor, &raw),
                    "snapshot"));
    const Redan__Wire__Snapshot *body = raw;
    TRY(status_wrap(signed_check_membership(body->membership_epoch, body->threshold, trust),
                    "snapshot"));
    TRY(read_networks(arena, body, &snapshot));
    if (!pb_copy_text(body->policy_digest, snapshot.policy_digest,
                      sizeof(snapshot.policy_digest))) {
        return status_error(STATUS_CORRUPT, "snapshot: the digest is malformed");
    }
    snapshot.version = body->version;
    snapshot.issued_ms = body->issued_ms;
    *out = snapshot;
    return STATUS_SUCCESS;
}
