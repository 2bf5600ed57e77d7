/* base/utf8.h - code points in and out of bytes, and which of them may reach a terminal.
 *
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. Pure. */
#ifndef REDAN_BASE_UTF8_H
#define REDAN_BASE_UTF8_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum { UTF8_BYTES_MAX = 4 };

/* Reads the first code point of `text`: returns its size in bytes, 1 to 4, or 0 when the text is
 * empty or does not start with a valid one (`out` is then untouched). */
size_t utf8_decode(struct slice text, uint32_t *out);

/* Writes a code point that is not a surrogate and at most U+10FFFF; returns the size in bytes. */
size_t utf8_encode(uint32_t code, char out[UTF8_BYTES_MAX]);

/* True for what could steer a terminal or reorder a line: C0, DEL, C1, bidi controls, line and
 * paragraph separators. */
bool utf8_is_control(uint32_t code);

/* Appends `text` with every control as \n, \r, \t, \xNN or \u{NNNN}, and every byte that is not
 * UTF-8 as \xNN; a backslash becomes two. `quote` (or 0) gets a backslash as well. */
void utf8_escape(struct buf *out, struct slice text, char quote);

#endif
