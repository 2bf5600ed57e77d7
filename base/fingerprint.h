/* base/fingerprint.h - what a line of a text is known by when lines before it come and go.
 *
 * The value that code scanning on GitHub computes when a result brings none, so that both agree: a
 * polynomial to the base 37 (mod 2^64) over the first 100 UTF-16 units from the line's start on,
 * blanks and tabs left out, CR and CRLF as LF, 65535 at the end of the text and zeros after it; in
 * hexadecimal, with `:N` behind it for the Nth line of the text that has this value. Pure. */
#ifndef REDAN_BASE_FINGERPRINT_H
#define REDAN_BASE_FINGERPRINT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"

enum {
    FINGERPRINT_LINES_MAX = 1024 * 1024, /* the lines after these have the last one's */
    FINGERPRINT_TEXT_MAX = 32
};

struct fingerprints {
    uint64_t *hashes; /* of each line, the first at 0 */
    uint32_t *nths;
    size_t count; /* at least 1 */
};

/* In the arena; some 40 bytes a line. */
struct fingerprints fingerprints_of(struct arena *arena, struct slice text);
/* `line` counts from 1. */
void fingerprint_print(const struct fingerprints *prints, uint32_t line,
                       char out[FINGERPRINT_TEXT_MAX]);

#endif
