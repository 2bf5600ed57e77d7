/* planes/network/conntrack.h - the kernel's memory of connections, over ctnetlink.
 *
 * It outlives the socket: a client that hangs up first leaves no TIME_WAIT here. Only there where
 * some rule of the node tracks connections.
 *
 * Threads: as the netlink handed in (NETLINK_NETFILTER). */
#ifndef REDAN_PLANES_NETWORK_CONNTRACK_H
#define REDAN_PLANES_NETWORK_CONNTRACK_H

#include "planes/network/netlink.h"
#include "planes/plane.h"

/* Was a TCP connection opened by this peer, to the end of its handshake (ASSURED)? A kernel without
 * tracking has seen nobody. */
struct status conntrack_seen(struct netlink *netfilter, const struct plane_peer_query *query,
                             const struct address *locals, size_t local_count,
                             bool *out_seen) MUST_USE;

#endif
