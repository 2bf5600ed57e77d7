#include "planes/network/sets.h"

#include <assert.h>
#include <linux/netfilter.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

enum {
    IPV4_BYTES = 4,
    IPV6_BYTES = 16,
    LINK_BYTES = ADDRESS_ZONE_MAX + IPV6_BYTES, /* as the kernel names interfaces: IFNAMSIZ */
    BYTE_BITS = 8
};
_Static_assert((int)ADDRESS_ZONE_MAX == IFNAMSIZ && (int)LINK_BYTES <= SETS_KEY_BYTES,
               "as the kernel has it");

static const struct set_shape shapes[SET_KINDS] = {
    [SET_DENY4] = { "deny4", "type ipv4_addr", IPV4_BYTES, false, 8192 },
    [SET_DENY6] = { "deny6", "type ipv6_addr", IPV6_BYTES, false, 3840 },
    [SET_NET4] = { "net4", "type ipv4_addr", IPV4_BYTES, true, 4094 }, /* two a prefix */
    [SET_NET6] = { "net6", "type ipv6_addr", IPV6_BYTES, true, 4096 },
    [SET_LINK6] = { "link6", "type ifname . ipv6_addr", LINK_BYTES, false, 256 },
    [SET_ISOLATE] = { "isolate", "typeof meta nfproto", 1, false, 2 },
};

const struct set_shape *set_shape(enum set_kind kind)
{
    assert((size_t)kind < SET_KINDS);
    return &shapes[kind];
}

void set_name(enum set_kind kind, unsigned bank, char out[SETS_NAME_MAX])
{
    (void)snprintf(out, SETS_NAME_MAX, "%s_%u", set_shape(kind)->name, bank);
}

/* The first address behind the prefix; false when there is none. */
static bool end_of_prefix(const struct address *prefix, uint8_t out[IPV6_BYTES])
{
    memcpy(out, prefix->bytes, IPV6_BYTES);
    for (unsigned bit = prefix->prefix_len; bit-- > 0;) {
        uint8_t mask = (uint8_t)(0x80U >> (bit % BYTE_BITS));
        out[bit / BYTE_BITS] ^= mask;
        if ((out[bit / BYTE_BITS] & mask) != 0) {
            return true; /* no carry */
        }
    }
    return false;
}

static void keys_of_source(const struct address *source, struct set_keys *out)
{
    bool ipv4 = source->family == ADDRESS_IPV4;

    out->count = 1;
    if (source->zone[0] != '\0') {
        out->kind = SET_LINK6;
        memcpy(out->keys[0].bytes, source->zone, ADDRESS_ZONE_MAX);
        memcpy(out->keys[0].bytes + ADDRESS_ZONE_MAX, source->bytes, IPV6_BYTES);
        return;
    }
    memcpy(out->keys[0].bytes, source->bytes, IPV6_BYTES);
    if (address_is_host(source)) {
        out->kind = ipv4 ? SET_DENY4 : SET_DENY6;
        return;
    }
    out->kind = ipv4 ? SET_NET4 : SET_NET6;
    if (end_of_prefix(source, out->keys[1].bytes)) {
        out->keys[1].interval_end = true;
        out->count = 2;
    }
}

void set_keys_of(const struct action *action, struct set_keys *out)
{
    *out = (struct set_keys){ .kind = SET_ISOLATE };
    if (action->kind == ACTION_NETWORK_DENY) {
        keys_of_source(&action->source, out);
        return;
    }
    out->keys[0].bytes[0] = NFPROTO_IPV4;
    out->keys[1].bytes[0] = NFPROTO_IPV6;
    out->count = 2;
}

bool set_interval_to_prefix(enum set_kind kind, const uint8_t *start, const uint8_t *end,
                            struct address *out)
{
    uint32_t bytes = set_shape(kind)->key_bytes;
    struct address prefix = { .family = bytes == IPV4_BYTES ? ADDRESS_IPV4 : ADDRESS_IPV6 };
    uint8_t behind[IPV6_BYTES];

    memcpy(prefix.bytes, start, bytes);
    for (unsigned bits = 0; bits <= bytes * BYTE_BITS; bits++) {
        prefix.prefix_len = (uint8_t)bits;
        bool bounded = end_of_prefix(&prefix, behind);
        bool same = end == NULL ? !bounded : bounded && memcmp(behind, end, bytes) == 0;
        if (same && address_is_valid(&prefix)) {
            *out = prefix;
            return true;
        }
    }
    return false;
}

bool set_key_to_link_peer(const uint8_t *key, struct address *out)
{
    struct address peer = { .family = ADDRESS_IPV6, .prefix_len = IPV6_BYTES * BYTE_BITS };

    memcpy(peer.zone, key, ADDRESS_ZONE_MAX);
    memcpy(peer.bytes, key + ADDRESS_ZONE_MAX, IPV6_BYTES);
    if (peer.zone[0] == '\0' || !address_is_valid(&peer)) {
        return false;
    }
    *out = peer;
    return true;
}
