/* base/status.h - one error type, by value: a code, a sentence and the place where it was raised.
 *
 * Made once, given context on the way up (status_wrap), logged once at the top. Nothing to free,
 * nothing thread-local: a status may be sent to another actor. */
#ifndef REDAN_BASE_STATUS_H
#define REDAN_BASE_STATUS_H

#include <stdbool.h>

#include "base/cleanup.h"

enum { STATUS_MSG_MAX = 240 };

/* What a caller would do differently, not what went wrong in detail. */
enum status_code {
    STATUS_OK,
    STATUS_INVALID,     /* the input is wrong; the same call fails again */
    STATUS_NOT_FOUND,   /* the named thing does not exist */
    STATUS_CONFLICT,    /* it exists already, or changed under us */
    STATUS_DENIED,      /* known, but not allowed */
    STATUS_UNAVAILABLE, /* try again later */
    STATUS_UNSUPPORTED, /* this provider or kernel cannot do it: a fact to plan with */
    STATUS_EXHAUSTED,   /* a limit was reached; the message names it */
    STATUS_TIMEOUT,     /* a deadline passed */
    STATUS_CORRUPT,     /* stored or received bytes are damaged */
    STATUS_INTERNAL,    /* a bug of ours */
};

struct status {
    enum status_code code;
    const char *file; /* where it was first raised */
    int line;
    char msg[STATUS_MSG_MAX]; /* outermost context first */
};

#define STATUS_SUCCESS ((struct status){ .code = STATUS_OK })

/* status_error(STATUS_INVALID, "%s: not a number", text); over-long messages are cut. */
#define status_error(code, ...) status_make((code), __FILE__, __LINE__, __VA_ARGS__)

struct status status_make(enum status_code code, const char *file, int line, const char *format,
                          ...) PRINTF_LIKE(4, 5);

/* Puts "context: " before the message; keeps code and origin. A success stays a success. */
struct status status_wrap(struct status inner, const char *format, ...) PRINTF_LIKE(2, 3);

static inline bool status_ok(const struct status *status)
{
    return status->code == STATUS_OK;
}

/* "invalid", "not found" ...: for logs and JSON. */
const char *status_code_name(enum status_code code);

/* Returns a failed status at once. The only macro with control flow; safe since cleanup is by
 * scope. */
#define TRY(expr)                                                                                  \
    do {                                                                                           \
        struct status try_status_ = (expr);                                                        \
        if (try_status_.code != STATUS_OK) {                                                       \
            return try_status_;                                                                    \
        }                                                                                          \
    } while (0)

#endif
