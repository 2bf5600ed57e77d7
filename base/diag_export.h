/* base/diag_export.h - what the formats for other programs (SARIF, GitHub) share: which findings go
 * out, in which order, with which words and paths. Pure. */
#ifndef REDAN_BASE_DIAG_EXPORT_H
#define REDAN_BASE_DIAG_EXPORT_H

#include "base/diag.h"

enum { DIAG_EXPORT_MAX = 5000 }; /* findings of one run; more is too much for code scanning */

/* The first DIAG_EXPORT_MAX of the list, errors before warnings before notes, each in its order. */
struct diag_export {
    const struct diag **items; /* in the arena */
    size_t count;
    size_t found; /* in all, also those that are not in `items` */
};
struct diag_export diag_export_of(struct arena *arena, const struct diag_list *list);

/* Where a finding is: its span, else the first of its labels that has a place; source NULL: none.
 */
struct diag_span diag_export_place(const struct diag *diag);

/* "message: label." and below it a line for each witness, help and note. */
void diag_export_words(const struct diag *diag, struct buf *out);

/* The path of a source without `.`, `..` and repeated slashes (symbolic links are not looked at).
 * True: it lies below `folder`, an absolute path, and is relative to it; else it is absolute. */
bool diag_export_path(const char *name, const char *folder, struct buf *out);

#endif
