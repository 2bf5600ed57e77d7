/* base/yaml_cursor.h - places in the text of a YAML file. For base/yaml*.c only.
 *
 * libyaml counts code points, a finding also needs bytes: the cursor walks between the two. Its
 * marks come nearly in order, so the walks are short. */
#ifndef REDAN_BASE_YAML_CURSOR_H
#define REDAN_BASE_YAML_CURSOR_H

#include <yaml.h>

#include "base/diag.h"

struct yaml_cursor {
    const struct diag_source *source;
    size_t index; /* code points since the start of what libyaml reads */
    size_t byte;  /* in the source */
    uint32_t line, col;
    bool is_exact; /* one byte a character: libyaml's marks say all there is to know */
};

/* At the first character, after a byte order mark. */
void yaml_cursor_start(struct yaml_cursor *cursor, const struct diag_source *source);

/* Over one code point, or one byte of what is none. */
void yaml_cursor_step(struct yaml_cursor *cursor);

/* Walks to where a mark of libyaml stands, or to the end of the text; the cursor stays there. */
struct yaml_cursor yaml_cursor_locate(struct yaml_cursor *cursor, const yaml_mark_t *mark);

struct diag_span yaml_cursor_span(const struct yaml_cursor *from, const struct yaml_cursor *to);

#endif
