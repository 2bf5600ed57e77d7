#include "planes/network/sockets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

/* Sockets taken in one walk through the kernel's table, and walks in one call. */
enum { PASS_SOCKETS_MAX = 128, PASSES_MAX = 512 };

#define STATE(state) (1U << (state))
#define STATES_CONNECTED                                                                           \
    (STATE(TCP_ESTABLISHED) | STATE(TCP_FIN_WAIT1) | STATE(TCP_FIN_WAIT2) |                        \
     STATE(TCP_CLOSE_WAIT) | STATE(TCP_LAST_ACK) | STATE(TCP_CLOSING))
#define STATES_DESTROYED (STATES_CONNECTED | STATE(TCP_SYN_SENT) | STATE(TCP_SYN_RECV))
#define STATES_SEEN      (STATES_CONNECTED | STATE(TCP_TIME_WAIT))
#define STATES_ALIVE                                                                               \
    (STATE(TCP_ESTABLISHED) | STATE(TCP_FIN_WAIT1) | STATE(TCP_FIN_WAIT2) | STATE(TCP_CLOSE_WAIT))

/* The kernel's tables: TCP's old request walks both families at once. */
struct walk {
    uint16_t type;
    uint8_t family;
    uint8_t protocol;
};
static const struct walk walks[] = {
    { TCPDIAG_GETSOCK, AF_INET, IPPROTO_TCP },
    { SOCK_DIAG_BY_FAMILY, AF_INET, IPPROTO_UDP },
    { SOCK_DIAG_BY_FAMILY, AF_INET6, IPPROTO_UDP },
};

/* --- the filter that the kernel runs -----------------------------------------------------------
 */

/* One condition: struct inet_diag_hostcond with room for its address, behind its operation. */
struct filter_code {
    struct inet_diag_bc_op op;
    uint8_t family;
    uint8_t prefix_len;
    uint8_t unused[2];
    int32_t port; /* -1: any */
    uint8_t address[16];
};
enum { FILTER_BARE_BYTES = offsetof(struct filter_code, address) };
_Static_assert(FILTER_BARE_BYTES ==
                   sizeof(struct inet_diag_bc_op) + sizeof(struct inet_diag_hostcond),
               "laid out as the kernel reads it");

/* Accept is a jump to the end of the program, reject one 4 bytes behind it. */
static struct filter_code condition(unsigned char code, size_t len, size_t behind)
{
    return (struct filter_code){
        .op = { .code = code, .yes = (unsigned char)len, .no = (unsigned short)(len + behind + 4) }
    };
}

static void put_filter(struct nlmsghdr *message, const struct address *peer, uint16_t peer_port,
                       uint16_t local_port)
{
    size_t first = FILTER_BARE_BYTES + (peer->family == ADDRESS_IPV4 ? 4 : 16);
    size_t second = local_port != 0 ? FILTER_BARE_BYTES : 0;
    uint8_t program[2 * sizeof(struct filter_code)];

    struct filter_code remote = condition(INET_DIAG_BC_D_COND, first, second);
    remote.family = peer->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;
    remote.prefix_len = peer->prefix_len;
    remote.port = peer_port != 0 ? peer_port : -1;
    memcpy(remote.address, peer->bytes, sizeof(remote.address));
    memcpy(program, &remote, first);
    if (second != 0) {
        struct filter_code local = condition(INET_DIAG_BC_S_COND, second, 0);
        local.family = AF_UNSPEC;
        local.port = local_port;
        memcpy(program + first, &local, second);
    }
    mnl_attr_put(message, INET_DIAG_REQ_BYTECODE, first + second, program);
}

static void add_walk(struct netlink *diag, const struct walk *walk, uint32_t states,
                     const struct address *peer, uint16_t peer_port, uint16_t local_port)
{
    netlink_begin(diag);
    if (walk->type == TCPDIAG_GETSOCK) {
        struct nlmsghdr *message =
            netlink_add(diag, walk->type, NLM_F_DUMP, sizeof(struct inet_diag_req));
        struct inet_diag_req *request = mnl_nlmsg_get_payload(message);
        request->idiag_family = walk->family;
        request->idiag_states = states;
    } else {
        struct nlmsghdr *message =
            netlink_add(diag, walk->type, NLM_F_DUMP, sizeof(struct inet_diag_req_v2));
        struct inet_diag_req_v2 *request = mnl_nlmsg_get_payload(message);
        request->sdiag_family = walk->family;
        request->sdiag_protocol = walk->protocol;
        request->idiag_states = states;
    }
    if (peer != NULL) {
        put_filter(netlink_last(diag), peer, peer_port, local_port);
    }
}

/* --- what the kernel tells ----------------------------------------------------------------------
 */

/* The kernel binds every connection with a link-local peer to its interface. */
static void read_zone(const struct inet_diag_msg *socket, struct address *peer)
{
    char name[IF_NAMESIZE] = "";

    if (address_is_link_local(peer) && socket->id.idiag_if != 0 &&
        if_indextoname(socket->id.idiag_if, name) != NULL) {
        slice_to_cstr(slice_from(name), peer->zone, sizeof(peer->zone));
    }
}

static const struct inet_diag_msg *read_socket(const struct nlmsghdr *data,
                                               struct address *out_peer)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    const struct inet_diag_msg *socket = mnl_nlmsg_get_payload(data);

    *out_peer = (struct address){ 0 };
    if (data->nlmsg_type != SOCK_DIAG_BY_FAMILY && data->nlmsg_type != TCPDIAG_GETSOCK) {
        return NULL;
    }
    if (mnl_nlmsg_get_payload_len(data) < sizeof(*socket)) {
        return NULL;
    }
    const uint8_t *bytes = (const uint8_t *)socket->id.idiag_dst;
    if (socket->idiag_family == AF_INET) {
        *out_peer = (struct address){ .family = ADDRESS_IPV4, .prefix_len = 32 };
        memcpy(out_peer->bytes, bytes, 4);
    } else if (socket->idiag_family == AF_INET6 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
        *out_peer = (struct address){ .family = ADDRESS_IPV4, .prefix_len = 32 };
        memcpy(out_peer->bytes, bytes + sizeof(mapped), 4);
    } else if (socket->idiag_family == AF_INET6) {
        *out_peer = (struct address){ .family = ADDRESS_IPV6, .prefix_len = 128 };
        memcpy(out_peer->bytes, bytes, 16);
        read_zone(socket, out_peer);
    } else {
        return NULL;
    }
    return socket;
}

static bool is_among(const struct socket_peers *peers, const struct address *peer)
{
    if (peers->peer != NULL && !address_overlaps(peers->peer, peer)) {
        return false;
    }
    for (size_t i = 0; i < peers->spared_count; i++) {
        if (address_overlaps(&peers->spared[i], peer)) {
            return false;
        }
    }
    return true;
}

/* --- counting and destroying --------------------------------------------------------------------
 */

struct collect_job {
    const struct socket_peers *peers;
    uint8_t protocol;
    struct inet_diag_req_v2 kept[PASS_SOCKETS_MAX];
    size_t kept_count;
    size_t alive;
    bool more;
};

/* FIN_WAIT2 without an inode is a TIME_WAIT in disguise: no process holds it. */
static bool is_alive(const struct inet_diag_msg *socket)
{
    return (STATE(socket->idiag_state) & STATES_ALIVE) != 0 &&
           (socket->idiag_state != TCP_FIN_WAIT2 || socket->idiag_inode != 0);
}

static struct status collect(void *arg, size_t index, const struct nlmsghdr *data)
{
    struct collect_job *job = arg;
    struct address peer;
    const struct inet_diag_msg *socket = read_socket(data, &peer);

    (void)index;
    if (socket == NULL) {
        return status_error(STATUS_CORRUPT, "sock_diag: a malformed socket");
    }
    if (socket->idiag_state >= 32 || !is_among(job->peers, &peer)) {
        return STATUS_SUCCESS;
    }
    job->alive += is_alive(socket) ? 1 : 0;
    if (job->kept_count == PASS_SOCKETS_MAX) {
        job->more = true;
        return STATUS_SUCCESS;
    }
    job->kept[job->kept_count++] = (struct inet_diag_req_v2){ .sdiag_family = socket->idiag_family,
                                                              .sdiag_protocol = job->protocol,
                                                              .id = socket->id };
    return STATUS_SUCCESS;
}

static struct status run_walk(struct netlink *diag, const struct walk *walk, uint32_t states,
                              struct collect_job *job)
{
    job->protocol = walk->protocol;
    add_walk(diag, walk, states, job->peers->peer, 0, 0);
    TRY(netlink_exchange(diag, collect, job));
    int error = netlink_errno(diag, 0);
    if (error == 0 || error == EINTR || error == ENOENT) {
        return STATUS_SUCCESS; /* a disturbed walk is one among others; ENOENT: no such protocol */
    }
    return status_error(STATUS_UNAVAILABLE, "sock_diag: %s", strerrordesc_np(error));
}

static struct status destroy_kept(struct netlink *diag, const struct collect_job *job,
                                  size_t *out_count)
{
    netlink_begin(diag);
    for (size_t i = 0; i < job->kept_count; i++) {
        struct nlmsghdr *message = netlink_add(diag, SOCK_DESTROY, 0, sizeof(job->kept[i]));
        memcpy(mnl_nlmsg_get_payload(message), &job->kept[i], sizeof(job->kept[i]));
    }
    TRY(netlink_exchange(diag, NULL, NULL));
    for (size_t i = 0; i < job->kept_count; i++) {
        int error = netlink_errno(diag, i);
        if (error == 0) {
            (*out_count)++;
        } else if (error == EOPNOTSUPP && job->protocol == IPPROTO_TCP) {
            return status_error(STATUS_UNSUPPORTED, "this kernel does not destroy sockets");
        } else if (error == EPERM) {
            return status_error(STATUS_DENIED, "sock_diag: destroying needs CAP_NET_ADMIN");
        }
        /* ENOENT, ESTALE: it has gone by itself. */
    }
    return STATUS_SUCCESS;
}

static struct status destroy_walk(struct netlink *diag, const struct walk *walk,
                                  const struct socket_peers *peers, size_t *count)
{
    for (unsigned pass = 0; pass < PASSES_MAX; pass++) {
        struct collect_job job = { .peers = peers };
        size_t before = *count;
        TRY(run_walk(diag, walk, STATES_DESTROYED, &job));
        if (job.kept_count == 0) {
            return STATUS_SUCCESS;
        }
        TRY(destroy_kept(diag, &job, count));
        if (!job.more || *count == before) {
            return STATUS_SUCCESS;
        }
    }
    return status_error(STATUS_EXHAUSTED, "more than %d sockets to destroy",
                        (int)(PASSES_MAX * PASS_SOCKETS_MAX));
}

struct status sockets_destroy(struct netlink *diag, const struct socket_peers *peers,
                              size_t *out_count)
{
    size_t count = 0;

    for (size_t i = 0; i < COUNT_OF(walks); i++) {
        TRY(destroy_walk(diag, &walks[i], peers, &count));
    }
    *out_count = count;
    return STATUS_SUCCESS;
}

struct status sockets_count(struct netlink *diag, const struct socket_peers *peers,
                            size_t *out_count)
{
    struct collect_job job = { .peers = peers };

    for (size_t i = 0; i < COUNT_OF(walks); i++) {
        TRY(run_walk(diag, &walks[i], STATES_ALIVE, &job));
    }
    *out_count = job.alive;
    return STATUS_SUCCESS;
}

struct status sockets_can_destroy(struct netlink *diag, bool *out)
{
    netlink_begin(diag);
    struct nlmsghdr *message = netlink_add(diag, SOCK_DESTROY, 0, sizeof(struct inet_diag_req_v2));
    struct inet_diag_req_v2 *request = mnl_nlmsg_get_payload(message);
    request->sdiag_family = AF_INET;
    request->sdiag_protocol = IPPROTO_TCP;
    request->idiag_states = STATES_DESTROYED;
    /* Cookie 0 is no socket's: the question can hit nobody. */
    request->id.idiag_src[0] = request->id.idiag_dst[0] = htonl(INADDR_LOOPBACK);
    request->id.idiag_sport = request->id.idiag_dport = htons(1);
    TRY(netlink_exchange(diag, NULL, NULL));
    int error = netlink_errno(diag, 0);
    *out = error == 0 || error == ENOENT || error == ESTALE;
    return STATUS_SUCCESS;
}

/* --- corroboration ------------------------------------------------------------------------------
 */

struct seen_job {
    const struct plane_peer_query *query;
    bool seen;
};

/* Asked about a connection that is none, the kernel tells the listening socket: so all is compared.
 */
static struct status note_seen(void *arg, size_t index, const struct nlmsghdr *data)
{
    struct seen_job *job = arg;
    const struct plane_peer_query *query = job->query;
    struct address peer;
    const struct inet_diag_msg *socket = read_socket(data, &peer);

    (void)index;
    if (socket == NULL) {
        return status_error(STATUS_CORRUPT, "sock_diag: a malformed socket");
    }
    if (socket->idiag_state < 32 && (STATE(socket->idiag_state) & STATES_SEEN) != 0 &&
        address_eq(&peer, &query->peer) &&
        (query->peer_port == 0 || socket->id.idiag_dport == htons(query->peer_port)) &&
        (query->local_port == 0 || socket->id.idiag_sport == htons(query->local_port))) {
        job->seen = true;
    }
    return STATUS_SUCCESS;
}

static void add_exact(struct netlink *diag, const struct plane_peer_query *query,
                      const struct address *local)
{
    struct nlmsghdr *message =
        netlink_add(diag, SOCK_DIAG_BY_FAMILY, 0, sizeof(struct inet_diag_req_v2));
    struct inet_diag_req_v2 *request = mnl_nlmsg_get_payload(message);

    request->sdiag_family = local->family == ADDRESS_IPV4 ? AF_INET : AF_INET6;
    request->sdiag_protocol = IPPROTO_TCP;
    request->idiag_states = STATES_SEEN;
    request->id.idiag_sport = htons(query->local_port);
    request->id.idiag_dport = htons(query->peer_port);
    memcpy(request->id.idiag_src, local->bytes, sizeof(local->bytes));
    memcpy(request->id.idiag_dst, query->peer.bytes, sizeof(query->peer.bytes));
    request->id.idiag_cookie[0] = request->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
    if (query->peer.zone[0] != '\0') { /* an unknown one: 0, which no such connection has */
        request->id.idiag_if = if_nametoindex(query->peer.zone);
    }
}

/* One lookup per local address: a few microseconds, where a walk takes hundreds. */
static struct status seen_exact(struct netlink *diag, const struct address *locals,
                                size_t local_count, struct seen_job *job)
{
    netlink_begin(diag);
    for (size_t i = 0; i < local_count; i++) {
        if (locals[i].family == job->query->peer.family) {
            add_exact(diag, job->query, &locals[i]);
        }
    }
    return netlink_count(diag) == 0 ? STATUS_SUCCESS : netlink_exchange(diag, note_seen, job);
}

struct status sockets_seen(struct netlink *diag, const struct plane_peer_query *query,
                           const struct address *locals, size_t local_count, bool *out_seen)
{
    struct seen_job job = { .query = query };
    bool exact =
        query->peer_port != 0 && query->local_port != 0 && local_count <= NETLINK_MESSAGES_MAX;

    if (exact) {
        TRY(seen_exact(diag, locals, local_count, &job));
    } else {
        add_walk(diag, &walks[0], STATES_SEEN, &query->peer, query->peer_port, query->local_port);
        TRY(netlink_exchange(diag, note_seen, &job));
    }
    *out_seen = job.seen;
    return STATUS_SUCCESS;
}
