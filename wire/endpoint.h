/* wire/endpoint.h - the addresses that servers listen at and clients connect to, judged before a
 * socket is made: `tcp://ADDRESS:PORT` and `ipc:///PATH`. */
#ifndef REDAN_WIRE_ENDPOINT_H
#define REDAN_WIRE_ENDPOINT_H

#include "base/slice.h"
#include "base/status.h"

enum { ENDPOINT_HOST_MAX = 128, ENDPOINT_PORT_MAX = 8, ENDPOINT_PATH_MAX = 107 };

/* "127.0.0.1:7700", "[::1]:7700", "*:7700" (0.0.0.0), "127.0.0.1:*" (0) */
struct endpoint_place {
    char host[ENDPOINT_HOST_MAX];
    char port[ENDPOINT_PORT_MAX];
};
/* Of a `tcp://` endpoint. Errors: STATUS_INVALID. */
struct status endpoint_split(struct slice endpoint, struct endpoint_place *out) MUST_USE;

/* For `check` of base/config.h. A listener takes a numeric address, `*` for all and port `*` for
 * any; a client a name or address and a port. Errors: STATUS_INVALID, in words for people. */
struct status endpoint_check_listen(struct slice endpoint) MUST_USE;
struct status endpoint_check_connect(struct slice endpoint) MUST_USE;

/* Could a listener be made here now, were nobody listening yet? Asks for rights and routes; binds
 * nothing. Errors: STATUS_UNAVAILABLE (not an address of this host, no folder), STATUS_DENIED. */
struct status endpoint_check_bindable(const char *endpoint) MUST_USE;

#endif
