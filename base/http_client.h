/* base/http_client.h - one blocking HTTP request by libcurl, over TCP or a unix socket.
 * A target of its own (`base_http`). Thread-safe: no shared state. */
#ifndef REDAN_BASE_HTTP_CLIENT_H
#define REDAN_BASE_HTTP_CLIENT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

struct http_request {
    const char *method;         /* "GET", "POST" ... */
    const char *unix_socket;    /* path, or NULL for TCP */
    const char *url;            /* "http://redan/v1/status" */
    struct slice body;          /* sent as application/json when not empty */
    const char *const *headers; /* NULL-terminated "Name: value" list, or NULL */
    uint32_t timeout_ms;
    size_t answer_max_bytes;
};

struct http_answer {
    long code;
    struct buf body; /* the caller frees: buf_done */
};

/* Errors: STATUS_UNAVAILABLE (no connection), STATUS_TIMEOUT, STATUS_EXHAUSTED (answer too long),
 * STATUS_INVALID (not a URL of http or https).
 * An HTTP error code is a success here: look at answer->code. */
struct status http_ask(const struct http_request *request, struct http_answer *answer) MUST_USE;

#endif
