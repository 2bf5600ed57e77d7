/* base/buf.h - growing bytes with a bound.
 *
 * An all-zero buf is ready and unbounded up to BUF_LIMIT_BYTES. Appending past the limit sets
 * `overflow` and drops the rest: check once at the end. Invariants: len <= cap; when ptr is not
 * NULL, ptr[len] is NUL. Not thread-safe. */
#ifndef REDAN_BASE_BUF_H
#define REDAN_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

enum { BUF_LIMIT_BYTES = 256 * 1024 * 1024 };

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    size_t limit; /* 0 means BUF_LIMIT_BYTES */
    bool overflow;
};

void buf_done(struct buf *buf);
void buf_clear(struct buf *buf); /* keeps the memory, forgets bytes and overflow */
void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_slice(struct buf *buf, struct slice text);
void buf_add_cstr(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char byte);
void buf_printf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
void buf_vprintf(struct buf *buf, const char *format, va_list args) PRINTF_LIKE(2, 0);
void buf_drop_front(struct buf *buf, size_t count); /* for read buffers */

/* Borrowed until the next change. */
static inline struct slice buf_slice(const struct buf *buf)
{
    return (struct slice){ buf->ptr, buf->len };
}

#endif
