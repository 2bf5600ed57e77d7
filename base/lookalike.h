/* base/lookalike.h - characters that word processors, web pages and input methods put in place of
 * those of a keyboard, and those that nobody sees (Unicode 15, blocks General Punctuation and
 * Halfwidth and Fullwidth Forms). For hints and fixes: nothing is read as what it looks like. Pure.
 */
#ifndef REDAN_BASE_LOOKALIKE_H
#define REDAN_BASE_LOOKALIKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

struct lookalike {
    size_t len;       /* bytes of it */
    char plain[2];    /* what it looks like, as a string; empty: it is not seen */
    const char *name; /* "a no-break space" */
    uint32_t code;    /* to tell it by */
};

/* Whether the text begins with one. */
bool lookalike_at(struct slice text, struct lookalike *out);

/* The text with plain characters, without blanks at its ends. True: something was replaced;
 * `out_first` is the first of that, else untouched. */
bool lookalike_plain(struct slice text, struct buf *out, struct lookalike *out_first);

/* Without plain quotation marks, and blanks within them, at its ends. */
struct slice lookalike_unquoted(struct slice text);

#endif
