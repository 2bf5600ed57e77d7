/* wire/socket_priv.h - libzmq sockets set up our way, and what their monitors tell.
 *
 * Everything of libzmq but the ZAP handler goes through here. For this folder. */
#ifndef REDAN_WIRE_SOCKET_PRIV_H
#define REDAN_WIRE_SOCKET_PRIV_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

#include "base/slice.h"
#include "base/status.h"
#include "wire/keys.h"

enum {
    SOCKET_HWM = 1000,
    SOCKET_HANDSHAKE_MS = 10 * 1000,
    SOCKET_HEARTBEAT_MS = 10 * 1000,
    SOCKET_HEARTBEAT_LOST_MS = 30 * 1000,
    SOCKET_BACKLOG = 4096,  /* most; less when there are few descriptors */
    SOCKET_LINGER_MS = 200, /* at the end only: lets a BYE out */
    SOCKET_ENDPOINT_MAX = 256,
    SOCKET_ROUTE_MAX = 255 /* routing ids, by ZeroMQ's own limit */
};

struct status socket_context(void **out_context) MUST_USE;

/* What both ends have in common. */
struct status socket_setup(void *socket, uint32_t handshake_ms) MUST_USE;
struct status socket_setup_address(void *socket, const char *endpoint) MUST_USE; /* clients */
struct status socket_setup_server(void *socket, const struct curve_pair *keys,
                                  const char *domain) MUST_USE;
struct status socket_setup_client(void *socket, const struct curve_pair *keys,
                                  const struct curve_public *server) MUST_USE;
struct status socket_set_int(void *socket, int option, int value) MUST_USE;

/* Binds `socket` and says where, with the port it got (`out_endpoint` has room for
 * SOCKET_ENDPOINT_MAX). A TCP listener is made here, so that it can rest: `*out_fd` is a descriptor
 * of it for socket_rest, the caller's to close; -1 for other transports. */
struct status socket_bind(void *socket, const char *endpoint, uint32_t backlog, char *out_endpoint,
                          int *out_fd) MUST_USE;
/* A resting listener drops what would become a connection; those that stand go on. (zmq_unbind
 * would end them.) */
struct status socket_rest(int listener_fd, bool rest) MUST_USE;

/* A random number in [low, high]. */
uint32_t socket_random(uint32_t low, uint32_t high);

/* One frame of one part; EAGAIN and EHOSTUNREACH become STATUS_EXHAUSTED and STATUS_UNAVAILABLE.
 * `route` empty: no routing part (DEALER). Never blocks. */
struct status socket_send(void *socket, struct slice route, struct slice bytes) MUST_USE;

struct socket_event {
    int kind; /* ZMQ_EVENT_* */
    int value;
    char peer[128]; /* address, as libzmq says it */
};
/* A PAIR that hears all events of `socket`; it has no high-water mark, since libzmq's I/O thread
 * would wait on it. */
struct status socket_monitor(void *context, void *socket, void **out_monitor) MUST_USE;
void socket_monitor_end(void *socket, void **monitor);
bool socket_next_event(void *monitor, struct socket_event *out);

#endif
