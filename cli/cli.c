#include "cli/cli.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/arguments.h"
#include "cli/cmd.h"
#include "cli/help.h"
#include "cli/report.h"

/* One thread, and nothing here changes the environment. */
static const char *environment(const char *name)
{
    const char *value = getenv(name); /* NOLINT(concurrency-mt-unsafe) */

    return value != NULL ? value : "";
}

/* --color, then NO_COLOR, then CLICOLOR_FORCE, then a terminal that is not dumb. */
static bool wants_color(const struct cli *cli, int fd)
{
    const char *when = cli->values[OPTION_COLOR];

    if (when != NULL && strcmp(when, "auto") != 0) {
        return strcmp(when, "always") == 0;
    }
    if (environment("NO_COLOR")[0] != '\0') {
        return false;
    }
    if (environment("CLICOLOR_FORCE")[0] != '\0') {
        return true;
    }
    return isatty(fd) != 0 && strcmp(environment("TERM"), "dumb") != 0;
}

static void settle(struct cli *cli)
{
    static const struct {
        const char *name;
        enum cli_format format;
        enum cli_shape shape;
    } formats[] = {
        { "table", CLI_TABLE, CLI_AS_JSON },   { "json", CLI_JSON, CLI_AS_JSON },
        { "ndjson", CLI_JSON, CLI_AS_LINES },  { "yaml", CLI_JSON, CLI_AS_YAML },
        { "name", CLI_NAME, CLI_AS_JSON },     { "sarif", CLI_SARIF, CLI_AS_JSON },
        { "github", CLI_GITHUB, CLI_AS_JSON },
    };
    const char *format = cli->values[OPTION_OUTPUT];

    if (format != NULL) {
        for (size_t i = 0; i < COUNT_OF(formats); i++) {
            if (strcmp(format, formats[i].name) == 0) {
                cli->format = formats[i].format;
                cli->shape = formats[i].shape;
            }
        }
    }
    cli->color_out = wants_color(cli, STDOUT_FILENO);
    cli->color_err = wants_color(cli, STDERR_FILENO);
    cli->now_us = clock_wall_us(&clock_real);
}

static enum cli_exit show_help(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const char *noun = cli->arg_count > 0 ? cli->args[0] : NULL;

    if (noun == NULL || strcmp(noun, "help") == 0) {
        help_overview(&out);
    } else if (cli->arg_count == 1 && cmd_has_noun(slice_from(noun)) &&
               cmd_find(slice_from(noun), (struct slice){ 0 })->verb != NULL) {
        help_noun(noun, &out);
    } else {
        enum cli_exit code = arguments_resolve(cli);
        if (code != CLI_DONE) {
            return code;
        }
        help_command(cli->command, &out);
    }
    report_answer(buf_slice(&out));
    return CLI_DONE;
}

/* What the build and the completion scripts call. False: none of these. */
static bool ran_internal(struct cli *cli)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct slice word = slice_from(cli->arg_count > 0 ? cli->args[0] : NULL);

    if (slice_is(word, "__man")) {
        man_page(&out);
    } else if (slice_is(word, "__reference")) {
        man_reference(&out);
    } else if (slice_is(word, "__complete")) {
        completion_candidates(cli, cli->args + 1, cli->arg_count - 1);
    } else {
        return false;
    }
    report_answer(buf_slice(&out));
    return true;
}

/* `redan check` is `redan sla check`, `redan help` is `redan --help`. */
static void expand_alias(struct cli *cli)
{
    if (cli->arg_count > 0 && strcmp(cli->args[0], "help") == 0) {
        cli->values[OPTION_HELP] = "";
        cli->args++;
        cli->arg_count--;
    }
    if (cli->arg_count > 0 && strcmp(cli->args[0], CMD_SHORT_VERB) == 0) {
        const char **words = ARENA_NEW(&cli->arena, const char *, cli->arg_count + 1);
        words[0] = CMD_SHORT_NOUN;
        memcpy(words + 1, cli->args, cli->arg_count * sizeof(words[0]));
        cli->args = words;
        cli->arg_count++;
    }
}

static enum cli_exit run(struct cli *cli, int argc, char **argv)
{
    enum cli_exit code = arguments_read(cli, argc, argv);

    settle(cli);
    if (code != CLI_DONE) {
        return code;
    }
    if (ran_internal(cli)) {
        return CLI_DONE;
    }
    expand_alias(cli);
    if (cli_has(cli, OPTION_VERSION)) {
        return cmd_version(cli);
    }
    if (cli_has(cli, OPTION_HELP)) {
        return show_help(cli);
    }
    code = arguments_resolve(cli);
    return code == CLI_DONE ? cli->command->run(cli) : code;
}

enum cli_exit cli_main(int argc, char **argv)
{
    struct cli cli = { 0 };

    /* Widths as in any UTF-8 locale; numbers stay as in C (LC_NUMERIC is not taken). */
    (void)setlocale(LC_CTYPE, "C.UTF-8"); /* NOLINT(concurrency-mt-unsafe): one thread */
    enum cli_exit code = run(&cli, argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout) != 0) {
        code = report_error(&cli, CLI_INTERNAL, "the answer could not be written");
    }
    arena_done(&cli.arena);
    return code;
}
