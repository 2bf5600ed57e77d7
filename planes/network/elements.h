/* planes/network/elements.h - the elements of our sets, straight over netlink (nf_tables).
 *
 * The table is laid out through libnftables, but its elements are not handled through it: its
 * answers give leases in whole seconds, and it fetches a whole set before it changes one element.
 *
 * Threads: as its netlink. All calls wait for the kernel, well below a millisecond each. */
#ifndef REDAN_PLANES_NETWORK_ELEMENTS_H
#define REDAN_PLANES_NETWORK_ELEMENTS_H

#include "planes/network/netlink.h"
#include "planes/network/sets.h"

/* One element as the kernel tells it. */
struct element {
    enum set_kind kind;
    unsigned bank;
    struct set_key key;
    struct ulid id;     /* from its comment "ID LIMIT_MS"; "" when that is none */
    int64_t limit_ms;   /* from its comment; 0: none */
    int64_t timeout_ms; /* as set; 0: none */
    int64_t left_ms;    /* -1: none */
};

/* Where an action's elements are, over all banks. */
struct elements_found {
    struct set_keys keys;
    bool own;                    /* some of its elements are in `bank` */
    unsigned bank;               /* where they are, else the first with no key of it */
    bool full;                   /* not there, and every bank has such a key already */
    bool present[SETS_KEYS_MAX]; /* which of `keys` are there under its id */
    int64_t timeout_ms, left_ms; /* the shortest of them */
};
/* Errors: those of netlink_exchange. A table that is missing holds nothing. */
struct status elements_find(struct netlink *netlink, const struct action *action,
                            struct elements_found *out) MUST_USE;

/* Adds the action to `bank` in one transaction, in place of those of its elements that are present
 * in `found`. Errors: STATUS_CONFLICT (taken by then, or overlapping: try the next bank),
 * STATUS_NOT_FOUND (what was to be replaced has just expired, or the table is gone: look again). */
struct status elements_put(struct netlink *netlink, const struct action *action,
                           const struct elements_found *found, unsigned bank) MUST_USE;
/* Takes away what is present. Errors: STATUS_NOT_FOUND as above. */
struct status elements_remove(struct netlink *netlink, const struct elements_found *found) MUST_USE;

typedef struct status(element_fn)(void *arg, const struct element *element);
/* Every element of every set that carries an id or ends an interval, set by set, bank by bank.
 * Errors: STATUS_UNAVAILABLE when the sets keep changing meanwhile; some elements may then have
 * been told twice, so `restart` is called before each new try. */
struct status elements_list(struct netlink *netlink, element_fn *each, void (*restart)(void *arg),
                            void *arg) MUST_USE;

/* The kernel's count of changes to any nf_tables rule set of this network namespace. */
struct status elements_generation(struct netlink *netlink, uint32_t *out) MUST_USE;

#endif
