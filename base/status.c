#include "base/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct status status_make(enum status_code code, const char *file, int line, const char *format,
                          ...)
{
    struct status status = { .code = code, .file = file, .line = line };
    va_list args;

    va_start(args, format);
    (void)vsnprintf(status.msg, sizeof(status.msg), format, args);
    va_end(args);
    return status;
}

/* Appends what fits: a cut is fine, since the outermost context comes first. */
static void cut_copy(char *msg, size_t used, const char *more)
{
    size_t len = strnlen(more, STATUS_MSG_MAX - 1 - used);

    memcpy(msg + used, more, len);
    msg[used + len] = '\0';
}

struct status status_wrap(struct status inner, const char *format, ...)
{
    struct status outer = inner;
    va_list args;

    if (inner.code == STATUS_OK) {
        return inner;
    }
    va_start(args, format);
    int used = vsnprintf(outer.msg, sizeof(outer.msg), format, args);
    va_end(args);
    if (used < 0 || (size_t)used >= sizeof(outer.msg)) {
        return outer;
    }
    cut_copy(outer.msg, (size_t)used, ": ");
    cut_copy(outer.msg, strlen(outer.msg), inner.msg);
    return outer;
}

static const char *const code_names[] = {
    [STATUS_OK] = "ok",
    [STATUS_INVALID] = "invalid",
    [STATUS_NOT_FOUND] = "not found",
    [STATUS_CONFLICT] = "conflict",
    [STATUS_DENIED] = "denied",
    [STATUS_UNAVAILABLE] = "unavailable",
    [STATUS_UNSUPPORTED] = "unsupported",
    [STATUS_EXHAUSTED] = "exhausted",
    [STATUS_TIMEOUT] = "timeout",
    [STATUS_CORRUPT] = "corrupt",
    [STATUS_INTERNAL] = "internal",
};

const char *status_code_name(enum status_code code)
{
    return (size_t)code < COUNT_OF(code_names) ? code_names[code] : "unknown";
}
