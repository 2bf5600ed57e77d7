#include "cli/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/text.h"

enum { HINT_DISTANCE_MAX = 2, REPLY_MAX = 64, CHOICES_SHOWN_MAX = 12 };

static void PRINTF_LIKE(5, 0) print_line(const struct cli *cli, enum tint tint, const char *word,
                                         const char *separator, const char *format, va_list args)
{
    CLEANUP(buf_done) struct buf message = { 0 };
    CLEANUP(buf_done) struct buf line = { 0 };

    (void)fflush(stdout); /* the answer so far comes first */
    buf_vprintf(&message, format, args);
    text_paint(&line, cli->color_err, tint, slice_from(word));
    buf_add_cstr(&line, separator);
    utf8_escape(&line, buf_slice(&message), '\0');
    buf_add_char(&line, '\n');
    (void)fwrite(line.ptr, 1, line.len, stderr);
}

enum cli_exit report_error(const struct cli *cli, enum cli_exit code, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_line(cli, TINT_BAD, "error", ": ", format, args);
    va_end(args);
    return code;
}

void report_note(const struct cli *cli, const char *format, ...)
{
    if (!cli_has(cli, OPTION_QUIET)) {
        va_list args;
        va_start(args, format);
        print_line(cli, TINT_NONE, "  = note", ": ", format, args);
        va_end(args);
    }
}

void report_help(const struct cli *cli, const char *format, ...)
{
    if (!cli_has(cli, OPTION_QUIET)) {
        va_list args;
        va_start(args, format);
        print_line(cli, TINT_NONE, "  = help", ": ", format, args);
        va_end(args);
    }
}

void report_line(const struct cli *cli, const char *format, ...)
{
    if (!cli_has(cli, OPTION_QUIET)) {
        va_list args;
        va_start(args, format);
        print_line(cli, TINT_NONE, "", "", format, args);
        va_end(args);
    }
}

enum cli_exit report_status(const struct cli *cli, struct status status)
{
    static const enum cli_exit exits[] = {
        [STATUS_OK] = CLI_DONE,
        [STATUS_INVALID] = CLI_USAGE,
        [STATUS_NOT_FOUND] = CLI_NOT_FOUND,
        [STATUS_CONFLICT] = CLI_NO,
        [STATUS_DENIED] = CLI_REFUSED,
        [STATUS_UNAVAILABLE] = CLI_UNREACHABLE,
        [STATUS_UNSUPPORTED] = CLI_NO,
        [STATUS_EXHAUSTED] = CLI_NO,
        [STATUS_TIMEOUT] = CLI_TIMEOUT,
        [STATUS_CORRUPT] = CLI_NO,
        [STATUS_INTERNAL] = CLI_INTERNAL,
    };

    if (status_ok(&status)) {
        return CLI_DONE;
    }
    return report_error(cli, exits[status.code], "%s", status.msg);
}

enum cli_exit report_file(const struct cli *cli, struct status status)
{
    if (status.code == STATUS_UNAVAILABLE || status.code == STATUS_EXHAUSTED ||
        status.code == STATUS_DENIED) {
        return report_error(cli, CLI_USAGE, "%s", status.msg);
    }
    return report_status(cli, status);
}

bool report_nearest(const struct cli *cli, struct slice given, const struct slice *candidates,
                    size_t count)
{
    size_t best = HINT_DISTANCE_MAX + 1;
    struct slice nearest = { 0 };

    for (size_t i = 0; i < count; i++) {
        size_t distance = slice_distance(given, candidates[i], HINT_DISTANCE_MAX);
        if (distance < best && (distance <= 1 || distance * 2 < given.len)) {
            best = distance;
            nearest = candidates[i];
        }
    }
    if (nearest.ptr == NULL) {
        return false;
    }
    report_help(cli, "did you mean `%.*s`?", SLICE_ARG(nearest));
    return true;
}

void report_choices(const struct cli *cli, const struct slice *names, size_t count)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < count && i < CHOICES_SHOWN_MAX; i++) {
        buf_printf(&text, "%s`%.*s`", i > 0 ? ", " : "", SLICE_ARG(names[i]));
    }
    if (count > CHOICES_SHOWN_MAX) {
        buf_printf(&text, " and %zu more", count - CHOICES_SHOWN_MAX);
    }
    if (count > 0) {
        report_help(cli, "there is %s", text.ptr);
    }
}

enum cli_exit report_ask(const struct cli *cli, const char *format, ...)
{
    CLEANUP(buf_done) struct buf question = { 0 };
    char reply[REPLY_MAX];
    va_list args;

    if (cli_has(cli, OPTION_YES)) {
        return CLI_DONE;
    }
    va_start(args, format);
    buf_vprintf(&question, format, args);
    va_end(args);
    if (cli_has(cli, OPTION_NO_INPUT) || isatty(STDIN_FILENO) == 0) {
        enum cli_exit code =
            report_error(cli, CLI_USAGE, "%.*s: nobody to ask", SLICE_ARG(buf_slice(&question)));
        report_help(cli, "add `--yes` to go on without the question");
        return code;
    }
    (void)fprintf(stderr, "%.*s? [y/N] ", SLICE_ARG(buf_slice(&question)));
    (void)fflush(stderr);
    if (fgets(reply, sizeof(reply), stdin) == NULL || (reply[0] != 'y' && reply[0] != 'Y')) {
        return report_error(cli, CLI_NO, "not confirmed: nothing was done");
    }
    return CLI_DONE;
}

void report_answer(struct slice text)
{
    if (text.len > 0) {
        (void)fwrite(text.ptr, 1, text.len, stdout);
    }
}
