/* planes/network/network_plane.h - the network plane of one node: nftables and its sockets.
 *
 * network.deny drops every packet from and to an address or prefix, on input, output and forward,
 * and destroys the sockets to it. network.isolate does so with everybody but loopback and the
 * protected networks. Leases are the kernel's: nobody has to be alive for them to end.
 *
 * Acts on the network namespace it is opened in; needs CAP_NET_ADMIN there. Calls work at once (the
 * kernel answers in well under a millisecond) and deliver late, as plane.h has it. */
#ifndef REDAN_PLANES_NETWORK_NETWORK_PLANE_H
#define REDAN_PLANES_NETWORK_NETWORK_PLANE_H

#include "planes/plane.h"

enum { NETWORK_PROTECTED_MAX = 254 };

struct network_plane_spec {
    /* Never denied, and reachable during isolation: management links first. Loopback is always
     * among them. Borrowed during the opening only. */
    const struct address *protected_networks;
    size_t protected_count;
};

/* Would network_plane_open succeed? Changes nothing. Errors: the same. */
struct status network_plane_check(const struct network_plane_spec *spec) MUST_USE;
/* Makes the table `inet redan`, or makes it whole again; elements in it stay, but for those that a
 * protected network now forbids. Errors: STATUS_INVALID (too many networks), STATUS_UNAVAILABLE,
 * STATUS_DENIED. */
struct status network_plane_open(const struct network_plane_spec *spec,
                                 struct plane **out) MUST_USE;

#endif
