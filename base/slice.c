#include "base/slice.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct slice slice_from(const char *cstr)
{
    return (struct slice){ cstr, cstr != NULL ? strlen(cstr) : 0 };
}

bool slice_eq(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int slice_cmp(struct slice a, struct slice b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter == 0 ? 0 : memcmp(a.ptr, b.ptr, shorter);

    if (order != 0) {
        return order;
    }
    return (a.len > b.len) - (a.len < b.len);
}

bool slice_starts(struct slice text, struct slice prefix)
{
    return text.len >= prefix.len && slice_eq((struct slice){ text.ptr, prefix.len }, prefix);
}

bool slice_ends(struct slice text, struct slice suffix)
{
    return text.len >= suffix.len &&
           slice_eq(slice_sub(text, text.len - suffix.len, text.len), suffix);
}

size_t slice_find(struct slice text, char byte)
{
    const char *at = text.len == 0 ? NULL : memchr(text.ptr, byte, text.len);

    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

size_t slice_rfind(struct slice text, char byte)
{
    const char *at = text.len == 0 ? NULL : memrchr(text.ptr, byte, text.len);

    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

size_t slice_find_text(struct slice text, struct slice needle)
{
    if (needle.len == 0) {
        return 0;
    }
    const char *at = text.len == 0 ? NULL : memmem(text.ptr, text.len, needle.ptr, needle.len);

    return at == NULL ? text.len : (size_t)(at - text.ptr);
}

size_t slice_rfind_text(struct slice text, struct slice needle)
{
    for (size_t at = text.len; at-- > 0;) {
        if (slice_starts(slice_sub(text, at, text.len), needle)) {
            return at;
        }
    }
    return text.len;
}

size_t slice_count(struct slice text, char byte)
{
    size_t count = 0;

    for (size_t at = slice_find(text, byte); at < text.len; count++) {
        at += 1 + slice_find(slice_sub(text, at + 1, text.len), byte);
    }
    return count;
}

struct slice slice_sub(struct slice text, size_t from, size_t to)
{
    if (to > text.len) {
        to = text.len;
    }
    if (from >= to) {
        return (struct slice){ 0 };
    }
    return (struct slice){ text.ptr + from, to - from };
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

struct slice slice_trim(struct slice text)
{
    while (text.len > 0 && is_blank(text.ptr[text.len - 1])) {
        text.len--;
    }
    while (text.len > 0 && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    return text;
}

struct slice slice_cut(struct slice *rest, char byte)
{
    struct slice whole = *rest;
    size_t at = slice_find(whole, byte);

    *rest = (struct slice){ 0 };
    if (at < whole.len) {
        *rest = (struct slice){ whole.ptr + at + 1, whole.len - at - 1 };
    }
    return (struct slice){ whole.ptr, at };
}

void slice_to_cstr(struct slice text, char *out, size_t out_bytes)
{
    size_t len = text.len < out_bytes ? text.len : out_bytes - 1;

    assert(out_bytes > 0);
    if (len > 0) {
        memcpy(out, text.ptr, len);
    }
    out[len] = '\0';
}

enum { DISTANCE_MAX = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Which bytes occur, one bit for each four: an edit changes at most two of them. */
static uint64_t letters_of(struct slice text)
{
    uint64_t letters = 0;

    for (size_t i = 0; i < text.len; i++) {
        letters |= UINT64_C(1) << ((unsigned char)text.ptr[i] & 63U);
    }
    return letters;
}

/* Cheap, and true of nearly all pairs of names that are not alike. */
static bool are_unlike(struct slice a, struct slice b, size_t limit)
{
    size_t apart = a.len > b.len ? a.len - b.len : b.len - a.len;

    if (a.len > DISTANCE_MAX || b.len > DISTANCE_MAX || apart > limit) {
        return true;
    }
    return (size_t)__builtin_popcountll(letters_of(a) ^ letters_of(b)) / 2 > limit;
}

/* Rows of the table of distances: two ago, the last, this one. Column j stands for the first j
 * bytes of `b`. */
struct rows {
    struct slice a, b;
    size_t limit;
    uint8_t *before, *last, *row;
};

/* Fills in row i from column `from` to column `to`. */
static void fill_row(const struct rows *rows, size_t i, size_t from, size_t to)
{
    const char *a = rows->a.ptr;
    const char *b = rows->b.ptr;

    for (size_t j = from; j <= to; j++) {
        size_t replaced = rows->last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U);
        size_t best = least(least(rows->last[j], rows->row[j - 1]) + 1U, replaced);
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
            best = least(best, rows->before[j - 2] + 1U);
        }
        rows->row[j] = (uint8_t)best;
    }
}

/* Only the cells no further than `limit` from the diagonal can be within it. */
size_t slice_distance(struct slice a, struct slice b, size_t limit)
{
    uint8_t cells[3][DISTANCE_MAX + 2] = { { 0 } };
    struct rows rows = { a, b, limit, cells[0], cells[1], cells[2] };

    limit = least(limit, DISTANCE_MAX);
    if (are_unlike(a, b, limit)) {
        return rows.limit + 1;
    }
    for (size_t j = 0; j <= b.len; j++) {
        rows.last[j] = (uint8_t)j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        size_t from = i > limit ? i - limit : 1;
        size_t to = least(b.len, i + limit);
        rows.row[from - 1] = (uint8_t)(from == 1 ? i : limit + 1);
        fill_row(&rows, i, from, to);
        rows.row[to + 1] = (uint8_t)(limit + 1); /* read by the next row */
        uint8_t *spare = rows.before;
        rows.before = rows.last;
        rows.last = rows.row;
        rows.row = spare;
    }
    return least(rows.last[b.len], rows.limit + 1);
}
