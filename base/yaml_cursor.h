/* base/yaml_cursor.h - places in the text of a YAML file, and which characters it may hold. For
 * base/yaml*.c only.
 *
 * libyaml counts code points, a finding also needs bytes: the cursor walks between the two. Its
 * marks come nearly in order, so the walks are short. */
#ifndef REDAN_BASE_YAML_CURSOR_H
#define REDAN_BASE_YAML_CURSOR_H

#include "base/diag.h"

struct yaml_cursor {
    const struct diag_source *source;
    size_t index; /* code points since the start of what libyaml reads */
    size_t byte;  /* in the source */
    uint32_t line, col;
};

/* At the first character, after a byte order mark. */
void yaml_cursor_start(struct yaml_cursor *cursor, const struct diag_source *source);

/* Walks to a code point, or to the end of the text; the cursor stays there. */
struct yaml_cursor yaml_cursor_locate(struct yaml_cursor *cursor, size_t index);

struct diag_span yaml_cursor_span(const struct yaml_cursor *from, const struct yaml_cursor *to);

/* Before libyaml sees a byte: one encoding, no hidden characters, and the same idea of a line as
 * everybody else (libyaml also breaks lines at U+0085, U+2028, U+2029 and lone returns). False when
 * anything was reported. */
bool yaml_check_characters(const struct diag_source *source, struct diag_list *diags);

#endif
