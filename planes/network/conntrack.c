#include "planes/network/conntrack.h"

#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <netinet/in.h>
#include <string.h>

/* Bit of CTA_FILTER_ORIG_FLAGS that makes a dump keep one source address; kernels without it
 * (before 5.8) tell all, and every answer is compared anyway. */
enum { FILTER_IP_SRC = 1 };

struct seen_job {
    const struct plane_peer_query *query;
    bool seen;
};

static uint16_t source_attr(const struct address *peer)
{
    return peer->family == ADDRESS_IPV4 ? CTA_IP_V4_SRC : CTA_IP_V6_SRC;
}

static size_t address_bytes(const struct address *peer)
{
    return peer->family == ADDRESS_IPV4 ? 4 : 16;
}

static bool ports_match(const struct nlattr *proto, const struct plane_peer_query *query)
{
    const struct nlattr *attrs[CTA_PROTO_MAX + 1];

    if (proto == NULL || !netlink_nested(proto, CTA_PROTO_MAX, attrs)) {
        return false;
    }
    const struct nlattr *number = netlink_find(attrs, CTA_PROTO_NUM, sizeof(uint8_t));
    const struct nlattr *source = netlink_find(attrs, CTA_PROTO_SRC_PORT, sizeof(uint16_t));
    const struct nlattr *target = netlink_find(attrs, CTA_PROTO_DST_PORT, sizeof(uint16_t));
    if (number == NULL || source == NULL || target == NULL ||
        mnl_attr_get_u8(number) != IPPROTO_TCP) {
        return false;
    }
    return (query->peer_port == 0 || mnl_attr_get_u16(source) == htons(query->peer_port)) &&
           (query->local_port == 0 || mnl_attr_get_u16(target) == htons(query->local_port));
}

static bool tuple_matches(const struct nlattr *tuple, const struct plane_peer_query *query)
{
    const struct nlattr *attrs[CTA_TUPLE_MAX + 1];
    const struct nlattr *ip[CTA_IP_MAX + 1];
    size_t bytes = address_bytes(&query->peer);

    if (tuple == NULL || !netlink_nested(tuple, CTA_TUPLE_MAX, attrs) ||
        attrs[CTA_TUPLE_IP] == NULL || !netlink_nested(attrs[CTA_TUPLE_IP], CTA_IP_MAX, ip)) {
        return false;
    }
    const struct nlattr *source = netlink_find(ip, source_attr(&query->peer), bytes);
    return source != NULL && memcmp(mnl_attr_get_payload(source), query->peer.bytes, bytes) == 0 &&
           ports_match(attrs[CTA_TUPLE_PROTO], query);
}

/* A lone packet with a forged source makes an entry too, but never an assured one. */
static struct status note_seen(void *arg, size_t index, const struct nlmsghdr *data)
{
    const struct nlattr *attrs[CTA_MAX + 1];
    struct seen_job *job = arg;

    (void)index;
    if (!netlink_attrs(data, sizeof(struct nfgenmsg), CTA_MAX, attrs)) {
        return status_error(STATUS_CORRUPT, "conntrack: a malformed entry");
    }
    const struct nlattr *status = netlink_find(attrs, CTA_STATUS, sizeof(uint32_t));
    if (status != NULL && (ntohl(mnl_attr_get_u32(status)) & IPS_ASSURED) != 0 &&
        tuple_matches(attrs[CTA_TUPLE_ORIG], job->query)) {
        job->seen = true;
    }
    return STATUS_SUCCESS;
}

static struct nlmsghdr *add_get(struct netlink *netfilter, uint16_t flags,
                                const struct address *peer)
{
    struct nlmsghdr *message =
        netlink_add(netfilter, (NFNL_SUBSYS_CTNETLINK << 8) | IPCTNL_MSG_CT_GET, flags,
                    sizeof(struct nfgenmsg));
    struct nfgenmsg *header = mnl_nlmsg_get_payload(message);

    header->nfgen_family = peer->family == ADDRESS_IPV4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
    return message;
}

static void add_exact(struct netlink *netfilter, const struct plane_peer_query *query,
                      const struct address *local)
{
    struct nlmsghdr *message = add_get(netfilter, 0, &query->peer);
    size_t bytes = address_bytes(&query->peer);
    uint16_t target = query->peer.family == ADDRESS_IPV4 ? CTA_IP_V4_DST : CTA_IP_V6_DST;

    struct nlattr *tuple = mnl_attr_nest_start(message, CTA_TUPLE_ORIG);
    struct nlattr *ip = mnl_attr_nest_start(message, CTA_TUPLE_IP);
    mnl_attr_put(message, source_attr(&query->peer), bytes, query->peer.bytes);
    mnl_attr_put(message, target, bytes, local->bytes);
    mnl_attr_nest_end(message, ip);
    struct nlattr *proto = mnl_attr_nest_start(message, CTA_TUPLE_PROTO);
    mnl_attr_put_u8(message, CTA_PROTO_NUM, IPPROTO_TCP);
    mnl_attr_put_u16(message, CTA_PROTO_SRC_PORT, htons(query->peer_port));
    mnl_attr_put_u16(message, CTA_PROTO_DST_PORT, htons(query->local_port));
    mnl_attr_nest_end(message, proto);
    mnl_attr_nest_end(message, tuple);
}

static void add_dump(struct netlink *netfilter, const struct plane_peer_query *query)
{
    struct nlmsghdr *message = add_get(netfilter, NLM_F_DUMP, &query->peer);

    /* The kernel (seen on 6.18) keeps all but the IPv6 address it is asked for. */
    if (query->peer.family != ADDRESS_IPV4) {
        return;
    }
    struct nlattr *tuple = mnl_attr_nest_start(message, CTA_TUPLE_ORIG);
    struct nlattr *ip = mnl_attr_nest_start(message, CTA_TUPLE_IP);
    mnl_attr_put(message, source_attr(&query->peer), address_bytes(&query->peer),
                 query->peer.bytes);
    mnl_attr_nest_end(message, ip);
    mnl_attr_nest_end(message, tuple);
    struct nlattr *filter = mnl_attr_nest_start(message, CTA_FILTER);
    mnl_attr_put_u32(message, CTA_FILTER_ORIG_FLAGS, FILTER_IP_SRC);
    mnl_attr_put_u32(message, CTA_FILTER_REPLY_FLAGS, 0);
    mnl_attr_nest_end(message, filter);
}

struct status conntrack_seen(struct netlink *netfilter, const struct plane_peer_query *query,
                             const struct address *locals, size_t local_count, bool *out_seen)
{
    struct seen_job job = { .query = query };
    bool exact =
        query->peer_port != 0 && query->local_port != 0 && local_count <= NETLINK_MESSAGES_MAX;

    netlink_begin(netfilter);
    for (size_t i = 0; exact && i < local_count; i++) {
        if (locals[i].family == query->peer.family) {
            add_exact(netfilter, query, &locals[i]);
        }
    }
    if (!exact) {
        add_dump(netfilter, query);
    }
    if (netlink_count(netfilter) > 0) {
        TRY(netlink_exchange(netfilter, note_seen, &job));
    }
    *out_seen = job.seen; /* errnos all mean "not there": no entry, no tracking */
    return STATUS_SUCCESS;
}
