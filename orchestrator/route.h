/* orchestrator/route.h - which handler a request goes to: a table of method, pattern, roles. Pure.
 *
 * A pattern is "/v1/alerts/{id}": segments compare by bytes, {name} takes one non-empty segment,
 * percent-decoded (no NUL, no slash, no control). HEAD goes where GET goes. */
#ifndef REDAN_ORCHESTRATOR_ROUTE_H
#define REDAN_ORCHESTRATOR_ROUTE_H

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "orchestrator/http.h"

enum { ROUTE_PARAMS_MAX = 4, ROUTE_ALLOW_MAX = 64 };

struct route_match {
    struct slice params[ROUTE_PARAMS_MAX]; /* in the order of the pattern; in the arena */
    size_t param_count;
};

/* `request` is what the application makes of a call; the match lives in its arena. */
typedef struct status(route_fn)(void *request, const struct route_match *match);

struct route {
    const char *method;
    const char *pattern;
    unsigned roles; /* one of these bits (enum http_role) is needed; HTTP_ANYONE: none */
    route_fn *run;
};

enum route_outcome { ROUTE_FOUND, ROUTE_UNKNOWN, ROUTE_METHOD, ROUTE_DENIED };

/* *out_match on ROUTE_FOUND; `allow` ("GET, HEAD, POST") on ROUTE_METHOD. */
enum route_outcome route_find(const struct route *routes, size_t count, struct slice method,
                              struct slice path, unsigned roles, struct arena *arena,
                              const struct route **out_route, struct route_match *out_match,
                              char allow[ROUTE_ALLOW_MAX]);

/* The value of `name` in a query, decoded (`+` is a blank). *out has ptr NULL when absent. Errors:
 * STATUS_INVALID (bad escape, or given twice). */
struct status query_text(struct slice query, const char *name, struct arena *arena,
                         struct slice *out) MUST_USE;
/* A number in [min, max], or `fallback` when absent. */
struct status query_number(struct slice query, const char *name, uint64_t min, uint64_t max,
                           uint64_t fallback, struct arena *arena, uint64_t *out) MUST_USE;
/* Every name must be one of `known` (NULL-terminated): a misspelt filter is an error, not "all". */
struct status query_check(struct slice query, const char *const *known,
                          struct arena *arena) MUST_USE;

#endif
