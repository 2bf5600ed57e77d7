/* planes/network/layout.h - table `inet redan`: its text, its making, and whether it is still
 * whole.
 *
 * Base chains on input, output and forward at priority -150 drop what the sets name, before any
 * chain at 0 accepts established connections. Loopback and protected networks pass first, so no
 * element, however it got there, cuts them off. No other table is touched. Making it again keeps
 * the elements: it is one transaction.
 *
 * Threads: as the netlink handed in. */
#ifndef REDAN_PLANES_NETWORK_LAYOUT_H
#define REDAN_PLANES_NETWORK_LAYOUT_H

#include "base/buf.h"
#include "planes/network/netlink.h"
#include "planes/network/sets.h"

enum { LAYOUT_PROTECTED_MAX = 256 };

/* The whole table as nft(8) reads it. Pure. */
void layout_write(const struct address *networks, size_t count, struct buf *out);

struct layout {
    struct buf text;     /* from layout_write */
    struct buf whole;    /* how the kernel told it back, right after it was made */
    uint32_t generation; /* of the rule set when it was last seen whole */
    bool made;
};
void layout_done(struct layout *layout);

/* Would layout_make succeed? Asks the kernel without changing anything. Errors: the same. */
struct status layout_try(const struct layout *layout) MUST_USE;
/* Makes the table through libnftables and keeps how the kernel tells it back.
 * Errors: STATUS_DENIED, STATUS_UNAVAILABLE (no nf_tables, or a table of that name that does not
 * fit). */
struct status layout_make(struct layout *layout, struct netlink *netlink) MUST_USE;

/* Is the table in the kernel what was made? Asks only for the generation while nobody changed any
 * rule set since; `own_changes` of ours are expected. */
struct status layout_check(struct layout *layout, struct netlink *netlink,
                           bool *out_whole) MUST_USE;
/* One transaction of ours has gone through. */
void layout_changed_by_us(struct layout *layout);

#endif
