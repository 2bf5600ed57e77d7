/* redan-flow - a TCP connection that counts its own bytes: the demo's witness that a cut is a cut.
 *
 *   redan-flow serve ADDRESS PORT             echoes whatever any client sends
 *   redan-flow hold ADDRESS PORT              keeps one connection busy and reports its counters
 *   redan-flow try ADDRESS PORT TIMEOUT_MS    exit 0 when a new connection echoes in time, else 1
 *
 * `hold` reads bytes acknowledged and bytes received from its own kernel (TCP_INFO) every
 * SAMPLE_MS and prints a JSON line every REPORT_US, and one when the connection ends:
 *   {"mono_us":..,"wall_us":..,"changed_wall_us":..,"quiet_us":..,"acked":..,"received":..,
 *    "state":"open"|"closed","error":".."}
 * `quiet_us` is the time since either counter last moved, `changed_wall_us` that moment. */
#include "base/clock.h"
#include "base/parse.h"
#include "base/slice.h"
#include "base/status.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { SAMPLE_MS = 10, REPORT_US = 50000, CLIENTS_MAX = 64, CHUNK_BYTES = 64, CONNECT_MS = 5000 };

struct counters {
    uint64_t acked;
    uint64_t received;
    int64_t changed_mono_us;
    int64_t changed_wall_us;
    int64_t reported_mono_us;
};

static struct status system_error(const char *what)
{
    return status_error(STATUS_UNAVAILABLE, "%s: %s", what, strerrordesc_np(errno));
}

/* Hands a descriptor out of the scope that would close it. */
static int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

static struct status read_address(char **args, struct sockaddr_in *out)
{
    uint32_t port = 0;

    TRY(parse_u32(slice_from(args[1]), 1, 65535, &port));
    *out = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, args[0], &out->sin_addr) != 1) {
        return status_error(STATUS_INVALID, "`%s` is not an IPv4 address", args[0]);
    }
    return STATUS_SUCCESS;
}

static struct status wait_for(int fd, short events, int timeout_ms)
{
    struct pollfd one = { .fd = fd, .events = events };

    if (poll(&one, 1, timeout_ms) != 1) {
        return status_error(STATUS_TIMEOUT, "nothing within %d ms", timeout_ms);
    }
    return STATUS_SUCCESS;
}

static struct status connect_within(const struct sockaddr_in *address, int timeout_ms, int *out)
{
    CLEANUP(cleanup_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error = 0;
    socklen_t error_bytes = sizeof(error);

    if (fd < 0) {
        return system_error("socket");
    }
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 &&
        errno != EINPROGRESS) {
        return system_error("connect");
    }
    TRY(wait_for(fd, POLLOUT, timeout_ms));
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_bytes) != 0 || error != 0) {
        return status_error(STATUS_UNAVAILABLE, "connect: %s", strerrordesc_np(error));
    }
    *out = take_fd(&fd);
    return STATUS_SUCCESS;
}

/* ---- serve ---- */

static void accept_one(struct pollfd *clients, nfds_t *count)
{
    int fd = accept4(clients[0].fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (fd >= 0 && *count == CLIENTS_MAX) {
        (void)close(fd);
    } else if (fd >= 0) {
        clients[*count] = (struct pollfd){ .fd = fd, .events = POLLIN };
        (*count)++;
    }
}

/* Returns false when the client is gone. What a slow client does not take is dropped. */
static bool echo_once(int fd)
{
    char bytes[4096];
    ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

    if (got > 0) {
        (void)send(fd, bytes, (size_t)got, MSG_NOSIGNAL);
        return true;
    }
    return got < 0 && errno == EAGAIN;
}

static struct status serve(const struct sockaddr_in *address)
{
    CLEANUP(cleanup_close) int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct pollfd clients[CLIENTS_MAX] = { { .fd = fd, .events = POLLIN } };
    nfds_t count = 1;
    const int on = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        bind(fd, (const struct sockaddr *)address, sizeof(*address)) != 0 ||
        listen(fd, CLIENTS_MAX) != 0) {
        return system_error("listen");
    }
    while (poll(clients, count, -1) >= 0 || errno == EINTR) {
        for (nfds_t i = count - 1; i > 0; i--) {
            if (clients[i].revents != 0 && !echo_once(clients[i].fd)) {
                (void)close(clients[i].fd);
                clients[i] = clients[count - 1];
                count--;
            }
        }
        if (clients[0].revents != 0) {
            accept_one(clients, &count);
        }
    }
    return system_error("poll");
}

/* ---- hold ---- */

static void print_counters(const struct counters *self, int64_t now_us, int error, bool open)
{
    (void)printf("{\"mono_us\":%lld,\"wall_us\":%lld,\"changed_wall_us\":%lld,\"quiet_us\":%lld,"
                 "\"acked\":%llu,\"received\":%llu,\"state\":\"%s\",\"error\":\"%s\"}\n",
                 (long long)now_us, (long long)clock_wall_us(&clock_real),
                 (long long)self->changed_wall_us, (long long)(now_us - self->changed_mono_us),
                 (unsigned long long)self->acked, (unsigned long long)self->received,
                 open ? "open" : "closed", error != 0 ? strerrordesc_np(error) : "");
    (void)fflush(stdout);
}

static struct status sample(int fd, struct counters *self, int64_t now_us)
{
    struct tcp_info info = { 0 };
    socklen_t info_bytes = sizeof(info);

    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_bytes) != 0) {
        return system_error("TCP_INFO");
    }
    if (info.tcpi_bytes_acked != self->acked || info.tcpi_bytes_received != self->received) {
        self->acked = info.tcpi_bytes_acked;
        self->received = info.tcpi_bytes_received;
        self->changed_mono_us = now_us;
        self->changed_wall_us = clock_wall_us(&clock_real);
    }
    return STATUS_SUCCESS;
}

/* Sends a chunk and takes what came. Returns 0, an errno, or -1 when the other end closed. */
static int exchange(int fd)
{
    static const char chunk[CHUNK_BYTES];
    char bytes[4096];
    ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

    if (got == 0) {
        return -1;
    }
    if (got < 0 && errno != EAGAIN) {
        return errno;
    }
    if (send(fd, chunk, sizeof(chunk), MSG_NOSIGNAL) < 0 && errno != EAGAIN) {
        return errno;
    }
    return 0;
}

static struct status hold(const struct sockaddr_in *address)
{
    CLEANUP(cleanup_close) int fd = -1;

    TRY(connect_within(address, CONNECT_MS, &fd));
    int64_t now_us = clock_mono_us(&clock_real);
    struct counters counters = { .changed_mono_us = now_us,
                                 .changed_wall_us = clock_wall_us(&clock_real) };
    for (;;) {
        int error = exchange(fd);
        now_us = clock_mono_us(&clock_real);
        TRY(sample(fd, &counters, now_us));
        if (error != 0) {
            print_counters(&counters, now_us, error > 0 ? error : 0, false);
            return STATUS_SUCCESS;
        }
        if (now_us - counters.reported_mono_us >= REPORT_US) {
            print_counters(&counters, now_us, 0, true);
            counters.reported_mono_us = now_us;
        }
        (void)poll(NULL, 0, SAMPLE_MS);
    }
}

/* ---- try ---- */

static struct status try_once(const struct sockaddr_in *address, char *timeout)
{
    CLEANUP(cleanup_close) int fd = -1;
    uint32_t timeout_ms = 0;
    char byte = 'x';

    TRY(parse_u32(slice_from(timeout), 1, 60000, &timeout_ms));
    TRY(connect_within(address, (int)timeout_ms, &fd));
    if (send(fd, &byte, 1, MSG_NOSIGNAL) != 1) {
        return system_error("send");
    }
    TRY(wait_for(fd, POLLIN, (int)timeout_ms));
    return recv(fd, &byte, 1, 0) == 1 ? STATUS_SUCCESS : system_error("recv");
}

static struct status run(int argc, char **argv)
{
    struct sockaddr_in address;
    struct slice verb = slice_from(argc >= 4 ? argv[1] : "");

    if (verb.len == 0) {
        return status_error(STATUS_INVALID, "usage: redan-flow serve|hold|try ADDRESS PORT");
    }
    TRY(read_address(argv + 2, &address));
    if (slice_is(verb, "serve") && argc == 4) {
        return serve(&address);
    }
    if (slice_is(verb, "hold") && argc == 4) {
        return hold(&address);
    }
    if (slice_is(verb, "try") && argc == 5) {
        return try_once(&address, argv[4]);
    }
    return status_error(STATUS_INVALID, "unknown verb or wrong number of arguments");
}

int main(int argc, char **argv)
{
    struct status outcome = run(argc, argv);

    if (!status_ok(&outcome)) {
        (void)fprintf(stderr, "redan-flow: %s\n", outcome.msg);
    }
    return status_ok(&outcome) ? 0 : outcome.code == STATUS_INVALID ? 2 : 1;
}
