/* cli/report.h - what goes to stderr: errors, notes, hints, questions.
 *
 * Messages are lower case, without full stop, names in backticks, and end up escaped. */
#ifndef REDAN_CLI_REPORT_H
#define REDAN_CLI_REPORT_H

#include "cli/cli.h"

/* "error: ..."; returns `code`, so that a command ends with `return report_error(...)`. */
enum cli_exit report_error(const struct cli *cli, enum cli_exit code, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* "  = note: ..." and "  = help: ..." below it; not with --quiet. */
void report_note(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
void report_help(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* A line of its own, for progress and empty answers; not with --quiet. */
void report_line(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);
/* A failed status, with the exit code it means; a success is CLI_DONE. */
enum cli_exit report_status(const struct cli *cli, struct status status);
/* Of a file that was named: one that is there but cannot be read is a wrong argument (CLI_USAGE),
 * not a daemon to be tried again. */
enum cli_exit report_file(const struct cli *cli, struct status status);

/* "did you mean `x`?" for the candidate nearest to `given`; false when none is within two edits and
 * less than half of the text. */
bool report_nearest(const struct cli *cli, struct slice given, const struct slice *candidates,
                    size_t count);
/* "there is `a`, `b` and 3 more"; nothing when there is none. */
void report_choices(const struct cli *cli, const struct slice *names, size_t count);

/* CLI_DONE when the user (or --yes) agrees. Without a terminal or with --no-input: CLI_USAGE, with
 * the flag named. A no is CLI_NO. */
enum cli_exit report_ask(const struct cli *cli, const char *format, ...) PRINTF_LIKE(2, 3);

/* Sends all of it to stdout. A full disk or a closed pipe is found at the end (cli_main). */
void report_answer(struct slice text);

#endif
