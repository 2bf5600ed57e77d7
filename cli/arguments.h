/* cli/arguments.h - from argv to a command with its options.
 *
 * Options may stand anywhere before `--`, as `--name value`, `--name=value`, `-o value` or
 * `-ovalue`; each at most once. */
#ifndef REDAN_CLI_ARGUMENTS_H
#define REDAN_CLI_ARGUMENTS_H

#include "cli/cli.h"

enum { ARGUMENTS_MAX = 4096 };

/* Options and words, without a look at what they mean. Prints the error. */
enum cli_exit arguments_read(struct cli *cli, int argc, char **argv);
/* The words name a command, which takes these options and so many arguments. */
enum cli_exit arguments_resolve(struct cli *cli);

#endif
