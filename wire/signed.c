#include "wire/signed.h"

#include <string.h>

#include "wire/pb_priv.h"
#include "wire/signed_priv.h"

/* context, NUL, bytes */
struct slice signed_text(struct arena *arena, const char *context, struct slice bytes)
{
    size_t context_len = strlen(context) + 1;
    char *text = ARENA_NEW(arena, char, context_len + bytes.len);

    memcpy(text, context, context_len);
    if (bytes.len > 0) {
        memcpy(text + context_len, bytes.ptr, bytes.len);
    }
    return (struct slice){ text, context_len + bytes.len };
}

struct ed25519_signature signed_make(struct arena *arena, const char *context, struct slice bytes,
                                     const struct ed25519_secret *key)
{
    return ed25519_sign(key, signed_text(arena, context, bytes));
}

void signed_seal_list(struct arena *arena, const char *context, const ProtobufCMessage *body,
                      struct slice replica, const struct ed25519_secret *key,
                      struct signed_list *out)
{
    struct slice bytes = pb_pack_new(arena, body);
    struct replica_signature *entry = ARENA_NEW(arena, struct replica_signature, 1);

    *entry = (struct replica_signature){ arena_copy(arena, replica),
                                         signed_make(arena, context, bytes, key) };
    *out = (struct signed_list){ bytes, entry, 1 };
}

static const struct trust_signer *find_signer(const struct trust *trust, struct slice replica)
{
    for (size_t i = 0; i < trust->signer_count; i++) {
        if (slice_is(replica, trust->signers[i].replica)) {
            return &trust->signers[i];
        }
    }
    return NULL;
}

/* Distinct known replicas with a good signature; unknown and wrong ones do not count. */
static unsigned count_signers(struct slice text, const struct signed_list *sealed,
                              const struct trust *trust)
{
    bool seen[TRUST_SIGNERS_MAX] = { false };
    unsigned good = 0;

    for (size_t i = 0; i < sealed->signature_count; i++) {
        const struct replica_signature *entry = &sealed->signatures[i];
        const struct trust_signer *signer = find_signer(trust, entry->replica);
        if (signer == NULL || seen[signer - trust->signers]) {
            continue;
        }
        if (ed25519_verify(&signer->key, text, &entry->signature)) {
            seen[signer - trust->signers] = true;
            good++;
        }
    }
    return good;
}

struct status signed_open_list(struct arena *arena, const char *context,
                               const struct signed_list *sealed, const struct trust *trust,
                               const ProtobufCMessageDescriptor *descriptor, void **out)
{
    unsigned threshold = trust->membership.threshold > 0 ? trust->membership.threshold : 1;
    unsigned good = count_signers(signed_text(arena, context, sealed->bytes), sealed, trust);

    if (good < threshold) {
        return status_error(STATUS_DENIED, "%u good signatures of %u needed", good, threshold);
    }
    *out = pb_unpack(arena, descriptor, sealed->bytes);
    if (*out == NULL) {
        return status_error(STATUS_CORRUPT, "the signed bytes do not unpack");
    }
    return STATUS_SUCCESS;
}

struct status signed_check_membership(uint64_t epoch, uint32_t threshold, const struct trust *trust)
{
    if (epoch != trust->membership.epoch || threshold != trust->membership.threshold) {
        return status_error(
            STATUS_DENIED, "signed under membership %llu/%u, this node knows %llu/%u",
            (unsigned long long)epoch, threshold, (unsigned long long)trust->membership.epoch,
            trust->membership.threshold);
    }
    return STATUS_SUCCESS;
}

static size_t address_bytes(const struct address *address)
{
    switch (address->family) {
    case ADDRESS_IPV4:
        return 4;
    case ADDRESS_IPV6:
        return 16;
    case ADDRESS_NONE:
        break;
    }
    return 0;
}

Redan__Wire__Address signed_fill_address(const struct address *address)
{
    Redan__Wire__Address body = REDAN__WIRE__ADDRESS__INIT;

    body.network = pb_bytes(address->bytes, address_bytes(address));
    body.prefix_len = address->prefix_len;
    body.zone = pb_text(slice_from(address->zone));
    return body;
}

/* NULL and no bytes: ADDRESS_NONE. The text form is the judge, so one network has one spelling. */
bool signed_read_address(const Redan__Wire__Address *body, struct address *out)
{
    struct address address = { 0 };
    char text[ADDRESS_TEXT_MAX];

    *out = address;
    if (body == NULL || body->network.len == 0) {
        return true;
    }
    if ((body->network.len != 4 && body->network.len != 16) || body->prefix_len > 128 ||
        !pb_copy_text(body->zone, address.zone, sizeof(address.zone))) {
        return false;
    }
    address.family = body->network.len == 4 ? ADDRESS_IPV4 : ADDRESS_IPV6;
    address.prefix_len = (uint8_t)body->prefix_len;
    memcpy(address.bytes, body->network.data, body->network.len);
    address_format(&address, text);
    struct status parsed = address_parse(slice_from(text), out);
    return status_ok(&parsed) && address_eq(out, &address);
}
