#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/endpoint.h"
#include "wire/socket_priv.h"

static struct status listen_at(const char *endpoint, const struct addrinfo *info, uint32_t backlog,
                               int *out_fd)
{
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int yes = 1;

    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, (int)backlog) != 0) {
        struct status failed =
            status_error(STATUS_UNAVAILABLE, "%s: %s", endpoint, strerrordesc_np(errno));
        cleanup_close(&fd);
        return failed;
    }
    *out_fd = fd;
    return STATUS_SUCCESS;
}

static void cleanup_info(struct addrinfo **info)
{
    if (*info != NULL) {
        freeaddrinfo(*info);
    }
}

/* Numbers only: a listener's address is no matter for a name server. */
static struct status make_listener(const char *endpoint, uint32_t backlog, int *out_fd)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    CLEANUP(cleanup_info) struct addrinfo *info = NULL;
    struct endpoint_place place;

    TRY(endpoint_split(slice_from(endpoint), &place));
    int code = getaddrinfo(place.host, place.port, &hints, &info);
    if (code != 0) {
        return status_error(STATUS_INVALID, "%s: %s", endpoint, gai_strerror(code));
    }
    return listen_at(endpoint, info, backlog, out_fd);
}

/* libzmq takes the descriptor over and closes it with its listener; ours is a copy. */
static struct status hand_over(void *socket, int fd, int *out_copy)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);

    if (copy < 0) {
        return status_error(STATUS_UNAVAILABLE, "listener: %s", strerrordesc_np(errno));
    }
    *out_copy = copy;
    return socket_set_int(socket, ZMQ_USE_FD, fd);
}

struct status socket_bind(void *socket, const char *endpoint, uint32_t backlog, char *out_endpoint,
                          int *out_fd)
{
    size_t len = SOCKET_ENDPOINT_MAX;
    int fd = -1;

    *out_fd = -1;
    if (slice_starts(slice_from(endpoint), SLICE("tcp://"))) {
        TRY(make_listener(endpoint, backlog, &fd));
        struct status handed = hand_over(socket, fd, out_fd);
        if (!status_ok(&handed)) {
            cleanup_close(&fd);
            return handed;
        }
    }
    if (zmq_bind(socket, endpoint) != 0) {
        struct status failed =
            status_error(STATUS_UNAVAILABLE, "%s: %s", endpoint, zmq_strerror(zmq_errno()));
        cleanup_close(&fd);
        return failed;
    }
    (void)zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, out_endpoint, &len);
    return STATUS_SUCCESS;
}

struct status socket_rest(int listener_fd, bool rest)
{
    struct sock_filter drop_all[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
    const struct sock_fprog program = { COUNT_OF(drop_all), drop_all };
    int unused = 0;
    int failed =
        rest ? setsockopt(listener_fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program))
             : setsockopt(listener_fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused));

    if (failed != 0) {
        return status_error(STATUS_UNSUPPORTED, "listener: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}
