/* cli/diff.h - the difference of two texts in the unified format that patch(1) takes. Pure. */
#ifndef REDAN_CLI_DIFF_H
#define REDAN_CLI_DIFF_H

#include "base/buf.h"
#include "base/slice.h"

enum { DIFF_CONTEXT = 3, DIFF_LINES_MAX = 2000 };

/* Appends nothing when they are equal. A stretch of change with over DIFF_LINES_MAX lines is shown
 * as removed and added whole. */
void diff_write(const char *name, struct slice before, struct slice after, struct buf *out);

#endif
