#include <assert.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "wire/frame.h"
#include "wire/socket_priv.h"

static struct status zmq_failed(const char *what)
{
    return status_error(STATUS_UNAVAILABLE, "%s: %s", what, zmq_strerror(zmq_errno()));
}

struct status socket_context(void **out_context)
{
    void *context = zmq_ctx_new();

    if (context == NULL) {
        return zmq_failed("zmq_ctx_new");
    }
    *out_context = context;
    return STATUS_SUCCESS;
}

uint32_t socket_random(uint32_t low, uint32_t high)
{
    uint32_t bits = 0;

    assert(low <= high);
    if (getrandom(&bits, sizeof(bits), 0) != (ssize_t)sizeof(bits)) {
        abort(); /* so few bytes never fail on a kernel that has the call */
    }
    return low + (uint32_t)((uint64_t)bits * ((uint64_t)high - low + 1) >> 32);
}

/* --- options ---------------------------------------------------------------------------- */

struct status socket_set_int(void *socket, int option, int value)
{
    if (zmq_setsockopt(socket, option, &value, sizeof(value)) != 0) {
        return zmq_failed("zmq_setsockopt");
    }
    return STATUS_SUCCESS;
}

static struct status set_bytes(void *socket, int option, const void *bytes, size_t len)
{
    if (zmq_setsockopt(socket, option, bytes, len) != 0) {
        return zmq_failed("zmq_setsockopt");
    }
    return STATUS_SUCCESS;
}

struct status socket_setup(void *socket, uint32_t handshake_ms)
{
    int64_t max_bytes = FRAME_MAX;
    const struct {
        int option;
        int value;
    } table[] = {
        { ZMQ_SNDHWM, SOCKET_HWM },
        { ZMQ_RCVHWM, SOCKET_HWM },
        { ZMQ_LINGER, SOCKET_LINGER_MS },
        { ZMQ_HANDSHAKE_IVL, handshake_ms != 0 ? (int)handshake_ms : SOCKET_HANDSHAKE_MS },
        { ZMQ_HEARTBEAT_IVL, SOCKET_HEARTBEAT_MS },
        { ZMQ_HEARTBEAT_TIMEOUT, SOCKET_HEARTBEAT_LOST_MS },
        { ZMQ_HEARTBEAT_TTL, SOCKET_HEARTBEAT_LOST_MS },
        { ZMQ_TCP_KEEPALIVE, 1 },
    };

    for (size_t i = 0; i < COUNT_OF(table); i++) {
        TRY(socket_set_int(socket, table[i].option, table[i].value));
    }
    return set_bytes(socket, ZMQ_MAXMSGSIZE, &max_bytes, sizeof(max_bytes));
}

/* Only where the address asks for it: a dual socket would show IPv4 peers as mapped ones. */
struct status socket_setup_address(void *socket, const char *endpoint)
{
    return socket_set_int(socket, ZMQ_IPV6, strchr(endpoint, '[') != NULL ? 1 : 0);
}

struct status socket_setup_server(void *socket, const struct curve_pair *keys, const char *domain)
{
    TRY(socket_set_int(socket, ZMQ_ROUTER_MANDATORY, 1));
    TRY(socket_set_int(socket, ZMQ_ROUTER_HANDOVER, 0));
    TRY(socket_set_int(socket, ZMQ_CURVE_SERVER, 1));
    TRY(set_bytes(socket, ZMQ_CURVE_SECRETKEY, keys->secret, sizeof(keys->secret)));
    /* Were there no ZAP handler, libzmq 4.3 would let everybody in (ZMQ_ZAP_ENFORCE_DOMAIN is a
     * draft option there). It starts before the socket binds, and a frame without its User-Id is
     * refused all the same. */
    return set_bytes(socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain));
}

struct status socket_setup_client(void *socket, const struct curve_pair *keys,
                                  const struct curve_public *server)
{
    TRY(socket_set_int(socket, ZMQ_IMMEDIATE, 1));
    TRY(set_bytes(socket, ZMQ_CURVE_SERVERKEY, server->bytes, sizeof(server->bytes)));
    TRY(set_bytes(socket, ZMQ_CURVE_PUBLICKEY, keys->public_key.bytes,
                  sizeof(keys->public_key.bytes)));
    return set_bytes(socket, ZMQ_CURVE_SECRETKEY, keys->secret, sizeof(keys->secret));
}

/* --- sending ---------------------------------------------------------------------------- */

static struct status send_failed(void)
{
    int code = zmq_errno();

    if (code == EAGAIN) {
        return status_error(STATUS_EXHAUSTED, "the peer does not read");
    }
    return status_error(STATUS_UNAVAILABLE, "send: %s", zmq_strerror(code));
}

struct status socket_send(void *socket, struct slice route, struct slice bytes)
{
    if (route.len > 0 && zmq_send(socket, route.ptr, route.len, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0) {
        return send_failed();
    }
    if (zmq_send(socket, bytes.ptr, bytes.len, ZMQ_DONTWAIT) < 0) {
        return send_failed();
    }
    return STATUS_SUCCESS;
}

/* --- monitors --------------------------------------------------------------------------- */

struct status socket_monitor(void *context, void *socket, void **out_monitor)
{
    static atomic_uint made; /* names in a context are used once */
    char name[64];

    (void)snprintf(name, sizeof(name), "inproc://monitor-%u", atomic_fetch_add(&made, 1));
    if (zmq_socket_monitor(socket, name, ZMQ_EVENT_ALL) != 0) {
        return zmq_failed("zmq_socket_monitor");
    }
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    if (monitor == NULL) {
        return zmq_failed("zmq_socket");
    }
    struct status set = socket_set_int(monitor, ZMQ_RCVHWM, 0);
    if (status_ok(&set)) {
        set = socket_set_int(monitor, ZMQ_LINGER, 0);
    }
    if (status_ok(&set) && zmq_connect(monitor, name) != 0) {
        set = zmq_failed("monitor");
    }
    if (!status_ok(&set)) {
        (void)zmq_close(monitor);
        return set;
    }
    *out_monitor = monitor;
    return STATUS_SUCCESS;
}

void socket_monitor_end(void *socket, void **monitor)
{
    void *pair = TAKE(*monitor);

    if (pair != NULL) {
        (void)zmq_socket_monitor(socket, NULL, 0);
        (void)zmq_close(pair);
    }
}

bool socket_next_event(void *monitor, struct socket_event *out)
{
    char head[sizeof(uint16_t) + sizeof(uint32_t)];
    uint16_t kind = 0;
    uint32_t value = 0;

    if (zmq_recv(monitor, head, sizeof(head), ZMQ_DONTWAIT) != (int)sizeof(head)) {
        return false;
    }
    int len = zmq_recv(monitor, out->peer, sizeof(out->peer) - 1, ZMQ_DONTWAIT);
    if (len < 0) {
        len = 0;
    }
    if (len > (int)sizeof(out->peer) - 1) {
        len = (int)sizeof(out->peer) - 1;
    }
    out->peer[len] = '\0';
    memcpy(&kind, head, sizeof(kind));
    memcpy(&value, head + sizeof(kind), sizeof(value));
    out->kind = kind;
    out->value = (int)value;
    return true;
}
