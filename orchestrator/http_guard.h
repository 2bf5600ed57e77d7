/* orchestrator/http_guard.h - refuses requests that two HTTP parsers could read in two ways, before
 * anything else looks at them.
 *
 * libmicrohttpd 0.9.75 lets through Content-Length with Transfer-Encoding, repeated Content-Length,
 * a blank before the colon and two Hosts; behind a proxy each of them smuggles a request. Pure. */
#ifndef REDAN_ORCHESTRATOR_HTTP_GUARD_H
#define REDAN_ORCHESTRATOR_HTTP_GUARD_H

#include "base/slice.h"
#include "base/status.h"

enum { HTTP_HEADERS_MAX = 64, HTTP_TARGET_MAX = 4096 };

struct http_header {
    struct slice name;
    struct slice value;
};

struct http_head {
    struct slice method;
    struct slice target; /* as sent: "/v1/alerts?limit=5" */
    struct slice version;
    const struct http_header *headers;
    size_t header_count;
};

/* Rules: HTTP/1.0 or 1.1; upper-case method; target in origin form without blanks and controls;
 * header names are tokens and values hold no controls; exactly one Host (in 1.0 at most one); at
 * most one Content-Length, of digits only; Transfer-Encoding only once, only `chunked`, only in 1.1
 * and never with Content-Length. Errors: STATUS_INVALID, STATUS_EXHAUSTED (too many or too long).
 */
struct status http_guard(const struct http_head *head) MUST_USE;

#endif
