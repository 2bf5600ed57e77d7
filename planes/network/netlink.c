#include "planes/network/netlink.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/clock.h"

enum { REPLY_BYTES_MAX = 64 * 1024, RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024 };

struct message_state {
    bool silent;
    bool answered;
    int error; /* positive errno */
};

struct netlink {
    struct mnl_socket *socket;
    uint32_t first_seq; /* of the request; message i has first_seq + i */
    size_t count;
    size_t len;
    struct message_state states[NETLINK_MESSAGES_MAX];
    _Alignas(struct nlmsghdr) char request[NETLINK_MESSAGES_MAX * NETLINK_MESSAGE_BYTES_MAX];
    _Alignas(struct nlmsghdr) char reply[REPLY_BYTES_MAX];
};

struct status netlink_open(int bus, struct netlink **out)
{
    const struct timeval wait = { .tv_sec = NETLINK_WAIT_MS / 1000 };
    const int receive_bytes = RECEIVE_BUFFER_BYTES;
    int one = 1;
    struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);

    if (socket == NULL) {
        return status_error(STATUS_UNAVAILABLE, "netlink %d: %s", bus, strerrordesc_np(errno));
    }
    int fd = mnl_socket_get_fd(socket);
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait)) != 0) {
        struct status failed =
            status_error(STATUS_UNAVAILABLE, "netlink %d: %s", bus, strerrordesc_np(errno));
        (void)mnl_socket_close(socket);
        return failed;
    }
    /* Both may be refused without harm: a smaller buffer, and errors that carry their request. */
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof(receive_bytes));
    (void)mnl_socket_setsockopt(socket, NETLINK_CAP_ACK, &one, sizeof(one));
    struct netlink *netlink = calloc(1, sizeof(*netlink));
    if (netlink == NULL) {
        abort();
    }
    netlink->socket = socket;
    netlink->first_seq = 1;
    *out = netlink;
    return STATUS_SUCCESS;
}

void netlink_close(struct netlink **netlink)
{
    struct netlink *open = TAKE(*netlink);

    if (open != NULL) {
        (void)mnl_socket_close(open->socket);
        free(open);
    }
}

void netlink_begin(struct netlink *netlink)
{
    /* Answers to an earlier request that was given up must not be taken for ours. */
    netlink->first_seq += (uint32_t)netlink->count;
    netlink->count = 0;
    netlink->len = 0;
}

/* Where the next message starts: the last one has grown by its attributes since it was added. */
static size_t end_of_request(const struct netlink *netlink)
{
    if (netlink->count == 0) {
        return 0;
    }
    const struct nlmsghdr *last = (const void *)(netlink->request + netlink->len);
    assert(last->nlmsg_len <= NETLINK_MESSAGE_BYTES_MAX);
    return netlink->len + (((size_t)last->nlmsg_len + 3) & ~(size_t)3);
}

static struct nlmsghdr *add(struct netlink *netlink, uint16_t type, uint16_t flags,
                            size_t extra_bytes, bool silent)
{
    assert(netlink->count < NETLINK_MESSAGES_MAX);
    netlink->len = end_of_request(netlink);
    struct nlmsghdr *message = mnl_nlmsg_put_header(netlink->request + netlink->len);
    message->nlmsg_type = type;
    message->nlmsg_flags = (uint16_t)(flags | NLM_F_REQUEST);
    if (!silent && (flags & NLM_F_DUMP) != NLM_F_DUMP) {
        message->nlmsg_flags |= NLM_F_ACK;
    }
    message->nlmsg_seq = netlink->first_seq + (uint32_t)netlink->count;
    netlink->states[netlink->count++] = (struct message_state){ .silent = silent };
    if (extra_bytes > 0) {
        (void)mnl_nlmsg_put_extra_header(message, extra_bytes);
    }
    return message;
}

struct nlmsghdr *netlink_add(struct netlink *netlink, uint16_t type, uint16_t flags,
                             size_t extra_bytes)
{
    return add(netlink, type, flags, extra_bytes, false);
}

struct nlmsghdr *netlink_add_silent(struct netlink *netlink, uint16_t type, uint16_t flags,
                                    size_t extra_bytes)
{
    return add(netlink, type, flags, extra_bytes, true);
}

struct nlmsghdr *netlink_last(struct netlink *netlink)
{
    assert(netlink->count > 0);
    return (void *)(netlink->request + netlink->len);
}

size_t netlink_count(const struct netlink *netlink)
{
    return netlink->count;
}

int netlink_errno(const struct netlink *netlink, size_t index)
{
    return index < netlink->count ? netlink->states[index].error : EINVAL;
}

static bool all_answered(const struct netlink *netlink)
{
    for (size_t i = 0; i < netlink->count; i++) {
        if (!netlink->states[i].answered && !netlink->states[i].silent) {
            return false;
        }
    }
    return true;
}

/* A batch that fails as a whole answers at its silent begin: nothing else will come. */
static void end_all(struct netlink *netlink, int error)
{
    for (size_t i = 0; i < netlink->count; i++) {
        if (!netlink->states[i].answered) {
            netlink->states[i].answered = true;
            netlink->states[i].error = error;
        }
    }
}

static struct status take_end(struct netlink *netlink, size_t index, const struct nlmsghdr *message)
{
    struct message_state *state = &netlink->states[index];
    int code = 0;

    if (mnl_nlmsg_get_payload_len(message) >= sizeof(code)) {
        memcpy(&code, mnl_nlmsg_get_payload(message), sizeof(code));
    } else if (message->nlmsg_type == NLMSG_ERROR) {
        return status_error(STATUS_CORRUPT, "netlink: an answer without its code");
    }
    if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0 && code == 0) {
        code = -EINTR;
    }
    state->answered = true;
    if (state->error == 0 && code < 0) {
        state->error = -code;
    }
    if (state->silent && state->error != 0) {
        end_all(netlink, state->error);
    }
    return STATUS_SUCCESS;
}

static struct status take_message(struct netlink *netlink, const struct nlmsghdr *message,
                                  netlink_data_fn *data, void *arg, struct status *first_failure)
{
    uint32_t index = message->nlmsg_seq - netlink->first_seq; /* also across a wrap */

    if (index >= netlink->count) {
        return STATUS_SUCCESS; /* a late answer to an older request */
    }
    if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE) {
        return take_end(netlink, index, message);
    }
    if ((message->nlmsg_flags & NLM_F_DUMP_INTR) != 0) {
        netlink->states[index].error = EINTR;
    }
    if (message->nlmsg_type >= NLMSG_MIN_TYPE && data != NULL && status_ok(first_failure)) {
        *first_failure = data(arg, index, message);
    }
    return STATUS_SUCCESS;
}

static struct status receive(struct netlink *netlink, size_t *out_len)
{
    struct sockaddr_nl from = { 0 };
    struct iovec part = { netlink->reply, sizeof(netlink->reply) };
    struct msghdr packet = {
        .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &part, .msg_iovlen = 1
    };
    ssize_t len = recvmsg(mnl_socket_get_fd(netlink->socket), &packet, 0);

    if (len < 0 && errno == EINTR) {
        *out_len = 0;
        return STATUS_SUCCESS;
    }
    if (len < 0 && errno == EAGAIN) {
        return status_error(STATUS_TIMEOUT, "netlink: no answer within %d ms",
                            (int)NETLINK_WAIT_MS);
    }
    if (len < 0) {
        return status_error(STATUS_UNAVAILABLE, "netlink: %s", strerrordesc_np(errno));
    }
    if ((packet.msg_flags & MSG_TRUNC) != 0) {
        return status_error(STATUS_CORRUPT, "netlink: an answer over %zu bytes",
                            sizeof(netlink->reply));
    }
    *out_len = from.nl_pid == 0 ? (size_t)len : 0; /* only the kernel is believed */
    return STATUS_SUCCESS;
}

struct status netlink_exchange(struct netlink *netlink, netlink_data_fn *data, void *arg)
{
    struct status first_failure = STATUS_SUCCESS;
    int64_t deadline_ms = clock_mono_ms(&clock_real) + NETLINK_WAIT_MS;

    if (mnl_socket_sendto(netlink->socket, netlink->request, end_of_request(netlink)) < 0) {
        return status_error(STATUS_UNAVAILABLE, "netlink: %s", strerrordesc_np(errno));
    }
    while (!all_answered(netlink)) {
        size_t got = 0;
        TRY(receive(netlink, &got));
        if (clock_mono_ms(&clock_real) > deadline_ms) {
            return status_error(STATUS_TIMEOUT, "netlink: no end within %d ms",
                                (int)NETLINK_WAIT_MS);
        }
        int left = (int)got;
        for (const struct nlmsghdr *message = (const void *)netlink->reply;
             mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            TRY(take_message(netlink, message, data, arg, &first_failure));
        }
    }
    return first_failure;
}

/* --- attributes ----------------------------------------------------------------------------- */

struct attr_table {
    const struct nlattr **out;
    uint16_t max_type;
};

static void forget_attrs(struct attr_table *table)
{
    for (size_t type = 0; type <= table->max_type; type++) {
        table->out[type] = NULL;
    }
}

static int keep_attr(const struct nlattr *attr, void *arg)
{
    const struct attr_table *table = arg;
    uint16_t type = mnl_attr_get_type(attr);

    if (type <= table->max_type) {
        table->out[type] = attr;
    }
    return MNL_CB_OK;
}

bool netlink_attrs(const struct nlmsghdr *data, size_t offset, uint16_t max_type,
                   const struct nlattr **out)
{
    struct attr_table table = { out, max_type };

    forget_attrs(&table);
    if (mnl_nlmsg_get_payload_len(data) < offset) {
        return false;
    }
    return mnl_attr_parse(data, (unsigned)offset, keep_attr, &table) >= MNL_CB_STOP;
}

bool netlink_nested(const struct nlattr *nest, uint16_t max_type, const struct nlattr **out)
{
    struct attr_table table = { out, max_type };

    forget_attrs(&table);
    return mnl_attr_parse_nested(nest, keep_attr, &table) >= MNL_CB_STOP;
}

const struct nlattr *netlink_find(const struct nlattr *const *attrs, uint16_t type,
                                  size_t min_bytes)
{
    const struct nlattr *attr = attrs[type];

    return attr != NULL && mnl_attr_get_payload_len(attr) >= min_bytes ? attr : NULL;
}
