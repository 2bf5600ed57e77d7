/* planes/network/sockets.h - TCP and UDP sockets by their peer, over NETLINK_SOCK_DIAG: which
 * exist, and their end.
 *
 * An IPv4 peer is found on IPv4 sockets and, IPv4-mapped, on IPv6 ones. Dropping packets alone only
 * pauses a connection: it resumes when the drop ends, unless the socket is gone.
 *
 * Threads: as the netlink handed in. */
#ifndef REDAN_PLANES_NETWORK_SOCKETS_H
#define REDAN_PLANES_NETWORK_SOCKETS_H

#include "planes/network/netlink.h"
#include "planes/plane.h"

/* Whose sockets. */
struct socket_peers {
    const struct address *peer;   /* NULL: of everybody */
    const struct address *spared; /* but not of these */
    size_t spared_count;
};

/* Does this kernel destroy sockets (CONFIG_INET_DIAG_DESTROY)? */
struct status sockets_can_destroy(struct netlink *diag, bool *out) MUST_USE;

/* Destroys every connection, opening and half-closed ones too. `*out_count`: how many.
 * Errors: STATUS_UNSUPPORTED, those of netlink_exchange, STATUS_EXHAUSTED (more than can be done in
 * one call; what was done is done). */
struct status sockets_destroy(struct netlink *diag, const struct socket_peers *peers,
                              size_t *out_count) MUST_USE;

/* Counts connections that could still carry data. */
struct status sockets_count(struct netlink *diag, const struct socket_peers *peers,
                            size_t *out_count) MUST_USE;

/* Has a TCP connection with this peer got past its handshake (or just ended: TIME_WAIT counts)? One
 * packet with a forged source gets no further than SYN_RECV, which does not count. */
struct status sockets_seen(struct netlink *diag, const struct plane_peer_query *query,
                           const struct address *locals, size_t local_count,
                           bool *out_seen) MUST_USE;

#endif
