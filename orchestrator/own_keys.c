#include "orchestrator/own_keys.h"

#include <string.h>

#include "base/file.h"

static bool is_signer(const struct trust *trust, const struct identity *identity)
{
    for (size_t i = 0; i < trust->signer_count; i++) {
        if (strcmp(trust->signers[i].replica, identity->name) == 0) {
            return memcmp(trust->signers[i].key.bytes, identity->signing_public.bytes,
                          sizeof(identity->signing_public.bytes)) == 0;
        }
    }
    return false;
}

struct status own_keys_agree(const struct identity *identity, const struct registry *registry)
{
    const struct trust *trust = registry_trust(registry);

    if (identity->role != PEER_ORCHESTRATOR) {
        return status_error(STATUS_DENIED, "identity.yaml is %s's, which is no orchestrator",
                            identity->name);
    }
    if (!curve_public_eq(&trust->server_key, &identity->curve.public_key) ||
        !is_signer(trust, identity)) {
        return status_error(STATUS_DENIED,
                            "registry.yaml names other keys than those of %s's identity.yaml",
                            identity->name);
    }
    return STATUS_SUCCESS;
}

struct status own_keys_load(const char *folder, struct identity *out_identity,
                            struct registry **out_registry)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(registry_unref) struct registry *registry = NULL;
    CLEANUP(identity_done) struct identity identity = { 0 };

    TRY(identity_load(file_path(&arena, folder, "identity.yaml"), &identity));
    TRY(registry_load(file_path(&arena, folder, "registry.yaml"), &registry));
    TRY(own_keys_agree(&identity, registry));
    *out_identity = identity;
    *out_registry = TAKE(registry);
    return STATUS_SUCCESS;
}
