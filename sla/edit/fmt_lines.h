/* sla/edit/fmt_lines.h - the layout of sla/edit/fmt.h, line by line. For sla/edit/fmt*.c only. */
#ifndef REDAN_SLA_EDIT_FMT_LINES_H
#define REDAN_SLA_EDIT_FMT_LINES_H

#include "base/buf.h"
#include "base/yaml_tokens.h"

/* Appends `text`, whose tokens these are. STATUS_UNSUPPORTED: a word like `...` would come to stand
 * at the start of a line, where it ends the document. */
struct status fmt_write_lines(struct slice text, const struct yaml_tokens *tokens,
                              struct buf *out) MUST_USE;

#endif
