#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_done(struct buf *buf)
{
    free(buf->ptr);
    *buf = (struct buf){ .limit = buf->limit };
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->overflow = false;
    if (buf->ptr != NULL) {
        buf->ptr[0] = '\0';
    }
}

static bool grow(struct buf *buf, size_t more)
{
    size_t limit = buf->limit != 0 ? buf->limit : BUF_LIMIT_BYTES;

    if (buf->overflow || more > limit || buf->len > limit - more) {
        buf->overflow = true;
        return false;
    }
    size_t need = buf->len + more + 1;
    size_t cap = buf->cap < 64 ? 64 : buf->cap;
    while (cap < need) {
        cap *= 2;
    }
    cap = cap > limit + 1 ? limit + 1 : cap; /* what fits is what is allowed */
    char *grown = realloc(buf->ptr, cap);
    if (grown == NULL) {
        abort();
    }
    buf->ptr = grown;
    buf->cap = cap;
    return true;
}

/* Room for `more` bytes and a NUL; false (and overflow) past the limit. */
static inline bool reserve(struct buf *buf, size_t more)
{
    bool fits = more < buf->cap - buf->len && !buf->overflow;

    return fits || grow(buf, more);
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
    if (!reserve(buf, len)) {
        return;
    }
    if (len > 0) {
        memcpy(buf->ptr + buf->len, bytes, len);
    }
    buf->len += len;
    buf->ptr[buf->len] = '\0';
}

void buf_add_slice(struct buf *buf, struct slice text)
{
    buf_add(buf, text.ptr, text.len);
}

void buf_add_cstr(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char byte)
{
    buf_add(buf, &byte, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;

    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, again);
    va_end(again);
    assert(need >= 0);
    if (!reserve(buf, (size_t)need)) {
        return;
    }
    (void)vsnprintf(buf->ptr + buf->len, (size_t)need + 1, format, args);
    buf->len += (size_t)need;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

void buf_drop_front(struct buf *buf, size_t count)
{
    assert(count <= buf->len);
    if (count == 0) {
        return;
    }
    memmove(buf->ptr, buf->ptr + count, buf->len - count);
    buf->len -= count;
    buf->ptr[buf->len] = '\0';
}
