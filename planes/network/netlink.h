/* planes/network/netlink.h - questions to the kernel over one netlink socket, and their answers.
 *
 * Messages are put into one request, sent together, and each is answered on its own: with data, an
 * errno, or both. Everything the kernel sends is bounded and checked for its frame; the callbacks
 * check what is inside. A call waits for the kernel at most NETLINK_WAIT_MS.
 *
 * Threads: a struct netlink belongs to one thread. */
#ifndef REDAN_PLANES_NETWORK_NETLINK_H
#define REDAN_PLANES_NETWORK_NETLINK_H

#include <libmnl/libmnl.h>
#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum {
    NETLINK_MESSAGES_MAX = 256,      /* in one request */
    NETLINK_MESSAGE_BYTES_MAX = 512, /* each */
    NETLINK_WAIT_MS = 2000
};

struct netlink;

/* `bus` is NETLINK_NETFILTER, NETLINK_SOCK_DIAG ... Errors: STATUS_UNAVAILABLE. */
struct status netlink_open(int bus, struct netlink **out) MUST_USE;
void netlink_close(struct netlink **netlink); /* NULL is fine */

/* Forgets the last request. */
void netlink_begin(struct netlink *netlink);
/* Adds a message with `extra_bytes` of zeroed protocol header behind the netlink header; the caller
 * adds attributes (mnl_attr_put_*), together below NETLINK_MESSAGE_BYTES_MAX. NLM_F_REQUEST is
 * added, and NLM_F_ACK for what is no dump: each gets an answer. */
struct nlmsghdr *netlink_add(struct netlink *netlink, uint16_t type, uint16_t flags,
                             size_t extra_bytes);
/* The same for a message that is answered only when it fails (a batch's two ends). */
struct nlmsghdr *netlink_add_silent(struct netlink *netlink, uint16_t type, uint16_t flags,
                                    size_t extra_bytes);
struct nlmsghdr *netlink_last(struct netlink *netlink); /* the one added last */
size_t netlink_count(const struct netlink *netlink);    /* messages in the request */

/* A message of the kernel that belongs to message `index` of the request. */
typedef struct status(netlink_data_fn)(void *arg, size_t index, const struct nlmsghdr *data);

/* Sends the request and waits for every answer; then netlink_errno tells each message's own end.
 * `data` may be NULL; its first failure is returned after all answers are in.
 * Errors: STATUS_UNAVAILABLE (the socket), STATUS_TIMEOUT, STATUS_CORRUPT. */
struct status netlink_exchange(struct netlink *netlink, netlink_data_fn *data, void *arg) MUST_USE;
/* Of the last exchange: 0, or a positive errno. A dump that was disturbed gives EINTR. */
int netlink_errno(const struct netlink *netlink, size_t index);

/* A checked attribute, or NULL: of at least `min_bytes` payload. */
const struct nlattr *netlink_find(const struct nlattr *const *attrs, uint16_t type,
                                  size_t min_bytes);
/* Fills `out[0..max_type]` with the top-level attributes behind `offset` bytes of header (or with
 * those nested in `nest`); unknown types are skipped. False: malformed. */
bool netlink_attrs(const struct nlmsghdr *data, size_t offset, uint16_t max_type,
                   const struct nlattr **out);
bool netlink_nested(const struct nlattr *nest, uint16_t max_type, const struct nlattr **out);

#endif
