/* base/slice.h - borrowed text: a pointer and a length, by value, not NUL-terminated.
 *
 * Whoever made the bytes owns them; a slice never outlives them. Print with SLICE_FMT:
 * printf("%.*s", SLICE_ARG(name)). */
#ifndef REDAN_BASE_SLICE_H
#define REDAN_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct slice {
    const char *ptr;
    size_t len; /* bytes */
};

/* A string literal only. */
#define SLICE(literal) ((struct slice){ "" literal, sizeof(literal) - 1 })
#define SLICE_ARG(s)   (int)(s).len, ((s).ptr != NULL ? (s).ptr : "")

struct slice slice_from(const char *cstr); /* NULL gives the empty slice */
bool slice_eq(struct slice a, struct slice b);

/* Here, since tables are searched with it: most words differ in the first byte. */
static inline bool slice_is(struct slice a, const char *cstr)
{
    return (a.ptr == NULL || a.len == 0 || cstr == NULL || a.ptr[0] == cstr[0]) &&
           slice_eq(a, slice_from(cstr));
}

int slice_cmp(struct slice a, struct slice b); /* byte order, as qsort wants it */
bool slice_starts(struct slice text, struct slice prefix);
bool slice_ends(struct slice text, struct slice suffix);

/* Position of the first (last) byte or text, or `text.len` when absent. */
size_t slice_find(struct slice text, char byte);
size_t slice_rfind(struct slice text, char byte);
size_t slice_find_text(struct slice text, struct slice needle);
size_t slice_rfind_text(struct slice text, struct slice needle);

size_t slice_count(struct slice text, char byte);

/* Bytes [from, to) clamped to the text. */
struct slice slice_sub(struct slice text, size_t from, size_t to);
struct slice slice_trim(struct slice text); /* ASCII blanks, both ends */

/* Cuts `*rest` at the first `byte`: returns what is before it, leaves what is after. Without the
 * byte returns all and leaves the empty slice with ptr NULL. */
struct slice slice_cut(struct slice *rest, char byte);

/* Copies into a fixed field and ends it with NUL; what does not fit is cut. */
void slice_to_cstr(struct slice text, char *out, size_t out_bytes);

/* Edit distance with insert, delete, replace and swap of neighbours, or `limit` + 1 when larger.
 * For "did you mean". Texts over 64 bytes give limit + 1. (Damerau 1964, optimal string alignment)
 */
size_t slice_distance(struct slice a, struct slice b, size_t limit);

#endif
