/* base/yaml_cursor.h - from libyaml's marks to bytes of the source. For base/yaml*.c only.
 *
 * libyaml counts code points, a place counts bytes: the cursor walks between the two. Its marks
 * come nearly in order, so the walks are short; in a text of ASCII alone there are none. */
#ifndef REDAN_BASE_YAML_CURSOR_H
#define REDAN_BASE_YAML_CURSOR_H

#include <yaml.h>

#include "base/diag.h"

struct yaml_cursor {
    struct slice text;
    size_t index;  /* code points since the start of what libyaml reads */
    size_t byte;   /* in the source */
    bool is_ascii; /* but for a byte order mark */
};

/* At the first character, after a byte order mark. The text is valid UTF-8. */
void yaml_cursor_start(struct yaml_cursor *cursor, struct slice text, bool is_ascii);

/* The byte at a mark, or the end of the text; the cursor stays there. */
uint32_t yaml_cursor_locate(struct yaml_cursor *cursor, const yaml_mark_t *mark);

#endif
