/* base/diag_github.h - findings as workflow commands, which GitHub shows as annotations.
 *
 * One line a finding, the worst first, since only the first ten of a level are shown. Text from
 * outside cannot end a line or start another command: `%`, CR and LF are escaped, in properties `:`
 * and `,` too, and what could steer a terminal is spelled out. Pure. */
#ifndef REDAN_BASE_DIAG_GITHUB_H
#define REDAN_BASE_DIAG_GITHUB_H

#include "base/diag.h"

/* `folder`: the working folder, absolute; files below it are named relative to it. */
void diag_write_github(const struct diag_list *list, const char *folder, struct buf *out);

/* One line about no place in particular. */
void diag_github_annotate(enum diag_level level, struct slice title, struct slice text,
                          struct buf *out);

#endif
