#include "wire/endpoint.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <linux/capability.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/parse.h"

enum { SETTING_BYTES_MAX = 64, FIRST_OPEN_PORT = 1024 };

static struct slice tcp(void)
{
    return SLICE("tcp://");
}

static struct slice ipc(void)
{
    return SLICE("ipc://");
}

struct status endpoint_split(struct slice endpoint, struct endpoint_place *out)
{
    struct slice rest = slice_sub(endpoint, tcp().len, SIZE_MAX);
    size_t colon = slice_rfind(rest, ':');
    struct slice host = slice_sub(rest, 0, colon);
    struct slice port = slice_sub(rest, colon + 1, rest.len);

    if (slice_starts(host, SLICE("[")) && slice_ends(host, SLICE("]"))) {
        host = slice_sub(host, 1, host.len - 1);
    }
    if (!slice_starts(endpoint, tcp()) || host.len == 0 || host.len >= sizeof(out->host) ||
        port.len == 0 || port.len >= sizeof(out->port)) {
        return status_error(STATUS_INVALID, "%.*s: expected `tcp://ADDRESS:PORT`",
                            SLICE_ARG(endpoint));
    }
    slice_to_cstr(slice_is(host, "*") ? SLICE("0.0.0.0") : host, out->host, sizeof(out->host));
    if (!slice_is(port, "*")) {
        uint32_t number = 0; /* getaddrinfo(3) would cut a larger one to 16 bits */
        struct status parsed = parse_u32(port, 0, UINT16_MAX, &number);
        if (!status_ok(&parsed)) {
            return status_wrap(parsed, "%.*s: port", SLICE_ARG(endpoint));
        }
    }
    slice_to_cstr(slice_is(port, "*") ? SLICE("0") : port, out->port, sizeof(out->port));
    return STATUS_SUCCESS;
}

static struct status check_path(struct slice endpoint)
{
    size_t len = endpoint.len - ipc().len;

    if (len == 0 || len > ENDPOINT_PATH_MAX) {
        return status_error(STATUS_INVALID, "%.*s: a socket's path has 1 to %d bytes, not %zu",
                            SLICE_ARG(endpoint), (int)ENDPOINT_PATH_MAX, len);
    }
    return STATUS_SUCCESS;
}

static struct status check_transport(struct slice endpoint)
{
    if (slice_starts(endpoint, tcp()) || slice_starts(endpoint, ipc())) {
        return STATUS_SUCCESS;
    }
    return status_error(STATUS_INVALID, "%.*s: expected `tcp://ADDRESS:PORT` or `ipc:///PATH`",
                        SLICE_ARG(endpoint));
}

union place_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Numbers only: a listener's address is no matter for a name server. */
static struct status parse_place(struct slice endpoint, union place_address *out,
                                 socklen_t *out_len)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                    .ai_socktype = SOCK_STREAM };
    struct addrinfo *info = NULL;
    struct endpoint_place place = { .host = "" };

    TRY(endpoint_split(endpoint, &place));
    int code = getaddrinfo(place.host, place.port, &hints, &info);
    if (code != 0) {
        return status_error(STATUS_INVALID, "%.*s: `%s` is not a numeric address",
                            SLICE_ARG(endpoint), place.host);
    }
    assert(info->ai_addrlen <= sizeof(*out));
    memcpy(out, info->ai_addr, info->ai_addrlen);
    *out_len = info->ai_addrlen;
    freeaddrinfo(info);
    return STATUS_SUCCESS;
}

struct status endpoint_check_listen(struct slice endpoint)
{
    union place_address address = { .v6 = { 0 } };
    socklen_t len = 0;

    TRY(check_transport(endpoint));
    return slice_starts(endpoint, ipc()) ? check_path(endpoint)
                                         : parse_place(endpoint, &address, &len);
}

static bool is_host_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || (byte != '\0' && strchr(".-_:%", byte) != NULL);
}

struct status endpoint_check_connect(struct slice endpoint)
{
    struct endpoint_place place = { .host = "" };

    TRY(check_transport(endpoint));
    if (slice_starts(endpoint, ipc())) {
        return check_path(endpoint);
    }
    TRY(endpoint_split(endpoint, &place));
    for (const char *at = place.host; *at != '\0'; at++) {
        if (!is_host_byte(*at)) {
            return status_error(STATUS_INVALID, "%.*s: `%s` is not a host", SLICE_ARG(endpoint),
                                place.host);
        }
    }
    if (strcmp(place.port, "0") == 0 || slice_find_text(endpoint, SLICE("//*")) < endpoint.len) {
        return status_error(STATUS_INVALID, "%.*s: nobody can be reached there",
                            SLICE_ARG(endpoint));
    }
    return STATUS_SUCCESS;
}

/* --- may we, can we --------------------------------------------------------------------------- */

static uint32_t read_setting(const char *path, uint32_t fallback)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { 0 };
    uint32_t value = fallback;
    struct status loaded = file_load(&arena, path, SETTING_BYTES_MAX, &text);

    if (status_ok(&loaded)) {
        struct status parsed = parse_u32(slice_trim(text), 0, UINT32_MAX, &value);
        (void)parsed; /* a kernel that says something else: the usual value */
    }
    return value;
}

static bool may_bind_low_ports(void)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

    return syscall(SYS_capget, &header, data) == 0 &&
           (data[0].effective & (1U << CAP_NET_BIND_SERVICE)) != 0;
}

static bool is_anywhere(const union place_address *address)
{
    if (address->any.sa_family == AF_INET) { /* all of 127.0.0.0/8 is local, whatever its source */
        uint32_t host = ntohl(address->v4.sin_addr.s_addr);
        return host == INADDR_ANY || host >> 24 == 127;
    }
    return IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr) ||
           IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
}

static bool same_host(const union place_address *a, const union place_address *b)
{
    return a->any.sa_family == AF_INET
               ? a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr
               : memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
}

/* To itself a host talks from the same address. Nothing is sent by connecting a datagram socket. */
static bool is_ours(const union place_address *address, socklen_t len)
{
    union place_address from = { .v6 = { 0 } };
    socklen_t from_len = sizeof(from);
    CLEANUP(cleanup_close) int fd = socket(address->any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    return fd >= 0 && connect(fd, &address->any, len) == 0 &&
           getsockname(fd, &from.any, &from_len) == 0 && same_host(address, &from);
}

static struct status check_tcp_bindable(const char *endpoint)
{
    union place_address address = { .v6 = { 0 } };
    socklen_t len = 0;

    TRY(parse_place(slice_from(endpoint), &address, &len));
    uint16_t port =
        ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    uint32_t first = read_setting("/proc/sys/net/ipv4/ip_unprivileged_port_start", FIRST_OPEN_PORT);
    if (port != 0 && port < first && !may_bind_low_ports()) {
        return status_error(STATUS_DENIED, "%s: ports below %u need CAP_NET_BIND_SERVICE", endpoint,
                            first);
    }
    if (!is_anywhere(&address) && !is_ours(&address, len) &&
        read_setting("/proc/sys/net/ipv4/ip_nonlocal_bind", 0) == 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: not an address of this host", endpoint);
    }
    return STATUS_SUCCESS;
}

struct status endpoint_check_bindable(const char *endpoint)
{
    struct slice path = slice_sub(slice_from(endpoint), ipc().len, SIZE_MAX);

    TRY(endpoint_check_listen(slice_from(endpoint)));
    if (!slice_starts(slice_from(endpoint), ipc())) {
        return check_tcp_bindable(endpoint);
    }
    return slice_starts(path, SLICE("@")) ? STATUS_SUCCESS : file_check_beside(path.ptr);
}
