/* planes/network/sets.h - the sets of table `inet redan` and which elements an action puts there.
 *
 * A set holds one element per key, but two actions may want the same peer cut, and intervals must
 * not overlap. So every set exists SETS_BANKS times, the rules look into all banks, and an action
 * goes to the first bank with room for it. An action is whole in one bank; each of its elements
 * carries its id. Pure. */
#ifndef REDAN_PLANES_NETWORK_SETS_H
#define REDAN_PLANES_NETWORK_SETS_H

#include <stdint.h>

#include "base/status.h"
#include "model/action.h"

enum { SETS_BANKS = 4, SETS_KEYS_MAX = 2, SETS_KEY_BYTES = 32, SETS_NAME_MAX = 16 };

#define SETS_TABLE "redan"

enum set_kind {
    SET_DENY4, /* single hosts: hashed */
    SET_DENY6,
    SET_NET4, /* prefixes: intervals */
    SET_NET6,
    SET_LINK6,   /* link-local hosts: interface and address */
    SET_ISOLATE, /* the two network protocols, both or none */
    SET_KINDS
};

struct set_shape {
    const char *name;   /* bank 0 of it is "NAME_0" */
    const char *type;   /* as nft(8) writes it */
    uint32_t key_bytes; /* of one key */
    bool interval;
    uint32_t size; /* elements in a bank; all banks of all sets together: PLANE_CONTROLS_MAX */
};
const struct set_shape *set_shape(enum set_kind kind);
void set_name(enum set_kind kind, unsigned bank, char out[SETS_NAME_MAX]);

struct set_key {
    uint8_t bytes[SETS_KEY_BYTES];
    bool interval_end; /* the first key behind the interval */
};

/* What one action puts into a bank of `kind`. */
struct set_keys {
    enum set_kind kind;
    struct set_key keys[SETS_KEYS_MAX];
    size_t count;
};

/* Only for valid actions of the network plane. */
void set_keys_of(const struct action *action, struct set_keys *out);

/* The address that an interval [start, end) stands for; end NULL: up to the last address.
 * False: it is no prefix. */
bool set_interval_to_prefix(enum set_kind kind, const uint8_t *start, const uint8_t *end,
                            struct address *out);

/* The peer that a key of SET_LINK6 stands for; false: none that address_parse would give. */
bool set_key_to_link_peer(const uint8_t *key, struct address *out);

#endif
