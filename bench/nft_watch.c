#include "bench/nft_watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "bench/report.h"

enum { NETLINK_BYTES = 64 * 1024, IPV4_BYTES = 4 };

/* mnl_attr_parse and its kin call back for each attribute; the macros of libmnl convert lengths in
 * ways our warnings refuse. */
struct wanted {
    int type;
    const struct nlattr *found;
};

static int on_attribute(const struct nlattr *attribute, void *data)
{
    struct wanted *wanted = data;

    if (wanted->found == NULL && mnl_attr_get_type(attribute) == wanted->type) {
        wanted->found = attribute;
    }
    return MNL_CB_OK;
}

static const struct nlattr *find(const struct nlattr *parent, int type)
{
    struct wanted wanted = { .type = type };

    (void)mnl_attr_parse_nested(parent, on_attribute, &wanted);
    return wanted.found;
}

static bool is_interval_end(const struct nlattr *element)
{
    const struct nlattr *flags = find(element, NFTA_SET_ELEM_FLAGS);

    return flags != NULL && (ntohl(mnl_attr_get_u32(flags)) & NFT_SET_ELEM_INTERVAL_END) != 0;
}

struct report_to {
    int64_t at_us;
    int fd;
};

static int on_element(const struct nlattr *element, void *data)
{
    const struct report_to *report = data;
    struct nft_seen seen = { .at_us = report->at_us };
    const struct nlattr *key = find(element, NFTA_SET_ELEM_KEY);
    const struct nlattr *value = key != NULL ? find(key, NFTA_DATA_VALUE) : NULL;

    if (value == NULL || mnl_attr_get_payload_len(value) != IPV4_BYTES ||
        is_interval_end(element)) {
        return MNL_CB_OK;
    }
    memcpy(seen.address, mnl_attr_get_payload(value), IPV4_BYTES);
    struct status written = file_write_all(report->fd, &seen, sizeof(seen));
    return status_ok(&written) ? MNL_CB_OK : MNL_CB_ERROR;
}

static int on_message(const struct nlmsghdr *header, void *data)
{
    const int *out = data;
    struct report_to report = { report_now_us(), *out };
    struct wanted list = { .type = NFTA_SET_ELEM_LIST_ELEMENTS };

    if ((header->nlmsg_type & 0xff) != NFT_MSG_NEWSETELEM) {
        return MNL_CB_OK;
    }
    (void)mnl_attr_parse(header, sizeof(struct nfgenmsg), on_attribute, &list);
    return list.found != NULL ? mnl_attr_parse_nested(list.found, on_element, &report) : MNL_CB_OK;
}

static void watch(struct mnl_socket *socket, int out)
{
    static char buffer[NETLINK_BYTES];

    for (;;) {
        ssize_t got = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
        if (got < 0 && errno != ENOBUFS && errno != EINTR) {
            _exit(1);
        }
        if (got > 0) {
            (void)mnl_cb_run(buffer, (size_t)got, 0, 0, on_message, &out);
        }
    }
}

static struct mnl_socket *listen_to_nftables(void)
{
    struct mnl_socket *socket = mnl_socket_open(NETLINK_NETFILTER);
    int group = NFNLGRP_NFTABLES;

    if (socket == NULL || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_setsockopt(socket, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0) {
        return NULL;
    }
    return socket;
}

struct status nft_watch_start(struct nft_watch *out)
{
    int ends[2];
    struct mnl_socket *socket = listen_to_nftables();

    if (socket == NULL || pipe(ends) != 0) {
        return status_error(STATUS_UNAVAILABLE, "nftables events: %s", strerrordesc_np(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)close(ends[0]);
        watch(socket, ends[1]);
    }
    (void)close(ends[1]);
    (void)mnl_socket_close(socket);
    *out = (struct nft_watch){ .pid = pid, .fd = ends[0] };
    return pid > 0 ? STATUS_SUCCESS : status_error(STATUS_UNAVAILABLE, "fork");
}

struct status nft_watch_next(struct nft_watch *watch_, int timeout_ms, struct nft_seen *out)
{
    struct pollfd wait = { .fd = watch_->fd, .events = POLLIN };

    if (poll(&wait, 1, timeout_ms) <= 0) {
        return status_error(STATUS_TIMEOUT, "the kernel says nothing for %d ms", timeout_ms);
    }
    return file_read_exactly(watch_->fd, out, sizeof(*out));
}

void nft_watch_stop(struct nft_watch *watch_)
{
    if (watch_->pid > 0) {
        (void)kill(watch_->pid, SIGKILL);
        (void)waitpid(watch_->pid, NULL, 0);
        (void)close(watch_->fd);
        watch_->pid = 0;
    }
}
