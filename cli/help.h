/* cli/help.h - help, manual page and completion, all from the tables of cmd.h and options.h. */
#ifndef REDAN_CLI_HELP_H
#define REDAN_CLI_HELP_H

#include "base/buf.h"
#include "cli/cmd.h"

void help_overview(struct buf *out);
/* The verbs of a noun. */
void help_noun(const char *noun, struct buf *out);
void help_command(const struct cmd *command, struct buf *out);

/* redan(1) as mdoc. */
void man_page(struct buf *out);
/* docs/reference/cli.md. */
void man_reference(struct buf *out);

/* The script for a shell (bash, zsh, fish); false when there is none. */
bool completion_script(struct slice shell, struct buf *out);
/* What the last of `words` could become, one a line, on stdout. */
void completion_candidates(struct cli *cli, const char *const *words, size_t count);

#endif
