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
    size_t room = sizeof(outer.msg) - (size_t)used;
    int more = snprintf(outer.msg + used, room, ": %s", inner.msg);
    (void)more; /* cut is fine: the outermost context came first */
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
