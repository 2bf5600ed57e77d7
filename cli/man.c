#include "cli/help.h"

#include <ctype.h>

/* mdoc: a line that starts with a dot or a quote is a request; a backslash starts an escape. */
static void put_text(struct buf *out, const char *text)
{
    bool line_start = true;

    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\'')) {
            buf_add_cstr(out, "\\&");
        }
        if (*text == '\\') {
            buf_add_cstr(out, "\\e");
        } else if (*text == '-') {
            buf_add_cstr(out, "\\-");
        } else {
            buf_add_char(out, *text);
        }
        line_start = *text == '\n';
    }
}

/* What the tables have as "shows this": "Shows this." */
static void put_sentence(struct buf *out, const char *text)
{
    size_t start = out->len;

    put_text(out, text);
    if (out->len > start) {
        out->ptr[start] = (char)toupper((unsigned char)out->ptr[start]);
    }
    buf_add_cstr(out, ".\n");
}

static void put_option(struct buf *out, const struct option *option)
{
    buf_add_cstr(out, ".It ");
    if (option->letter != '\0') {
        buf_printf(out, "Fl %c , ", option->letter);
    }
    buf_printf(out, "Fl \\-%s", option->name);
    if (option->value != NULL) {
        buf_printf(out, " Ar %s", option->value);
    }
    buf_add_char(out, '\n');
    put_sentence(out, option->doc);
}

static void put_options(struct buf *out, const struct cmd *command, uint64_t bits)
{
    buf_add_cstr(out, ".Bl -tag -width Ds\n");
    for (unsigned i = 0; i < OPTIONS; i++) {
        if ((bits & OPTION_BIT(i)) != 0) {
            const struct option option = cmd_option(command, (enum option_id)i);
            put_option(out, &option);
        }
    }
    buf_add_cstr(out, ".El\n");
}

static const char *verb_of(const struct cmd *command)
{
    return command->verb != NULL ? command->verb : "";
}

static void put_command(struct buf *out, const struct cmd *command)
{
    buf_printf(out, ".Ss redan %s%s%s%s%s\n", command->noun, command->verb != NULL ? " " : "",
               verb_of(command), command->args[0] != '\0' ? " " : "", command->args);
    put_sentence(out, command->summary);
    if (command->doc != NULL) {
        put_text(out, command->doc);
        buf_add_char(out, '\n');
    }
    if (command->options != 0) {
        put_options(out, command, command->options);
    }
    buf_add_cstr(out, ".Bd -literal -offset indent\n");
    put_text(out, command->example);
    buf_add_cstr(out, "\n.Ed\n");
}

/* What they mean for a caller, in the order of enum cli_exit. */
static const char *const exit_meanings[] = {
    "done; also: no findings",
    "ran fine, the answer is no: findings, a broken chain, a missed objective",
    "wrong usage, or a question was needed and nobody could be asked",
    "changes or conflicts are pending (only with --exit-code)",
    "the named object does not exist",
    "refused: the role lacks the right",
    "redand cannot be reached; safe to try again",
    "stale: what was decided on has changed",
    "the time ran out",
    "partly done",
    "an error inside redan: please report it",
};

static const char about_files[] =
    "A file is changed by writing .FILE.redan-XXXXXX beside it, which then takes its name: "
    "whoever\n"
    "reads it sees the old text or the new one. Of a command that was killed such a hidden file "
    "may\n"
    "stay behind. It can be deleted; files that are hidden are read by no command that takes a "
    "folder.";

void man_page(struct buf *out)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    buf_add_cstr(out, ".\\\" Made by `redan __man` from the table of commands.\n"
                      ".Dd November 21, 2026\n.Dt REDAN 1\n.Os\n.Sh NAME\n.Nm redan\n"
                      ".Nd self-managed security for clouds nobody fully trusts\n.Sh SYNOPSIS\n"
                      ".Nm\n.Ar noun\n.Op Ar verb\n.Op Ar argument ...\n.Op Ar option ...\n"
                      ".Sh DESCRIPTION\n"
                      "The answer goes to standard output, everything else to standard error.\n"
                      "Text that comes from logs and agents is escaped before it is shown,\n"
                      "except in JSON, which escapes by its own rules.\n"
                      ".Sh OPTIONS\nThese are the same for all commands.\n");
    put_options(out, NULL, options_global());
    buf_add_cstr(out, ".Sh COMMANDS\n");
    for (size_t i = 0; i < count; i++) {
        put_command(out, &all[i]);
    }
    buf_add_cstr(out, ".Sh FILES\n");
    put_text(out, about_files);
    buf_add_cstr(out, "\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
                      ".It Ev REDAN_ENDPOINT\nThe socket of redand.\n"
                      ".It Ev NO_COLOR , CLICOLOR_FORCE\n"
                      "When not empty: never, or always, colour; "
                      ".Fl \\-color\ncomes first.\n"
                      ".It Ev REDAN_DEMO\nThe script that\n.Cm redan demo\nruns.\n.El\n"
                      ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < COUNT_OF(exit_meanings); i++) {
        buf_printf(out, ".It %zu\n", i);
        put_sentence(out, exit_meanings[i]);
    }
    buf_add_cstr(out, ".El\n.Sh SEE ALSO\n.Xr redand 8\n");
}

/* --- Markdown -------------------------------------------------------------------------------- */

static void reference_options(struct buf *out, const struct cmd *command, uint64_t bits)
{
    for (unsigned i = 0; i < OPTIONS; i++) {
        const struct option option = cmd_option(command, (enum option_id)i);
        if ((bits & OPTION_BIT(i)) != 0) {
            buf_printf(out, "- `--%s%s%s`", option.name, option.value != NULL ? " " : "",
                       option.value != NULL ? option.value : "");
            if (option.letter != '\0') {
                buf_printf(out, ", `-%c`", option.letter);
            }
            buf_printf(out, ": %s\n", option.doc);
        }
    }
}

static void put_summary(struct buf *out, const char *text)
{
    buf_add_char(out, (char)toupper((unsigned char)text[0]));
    buf_printf(out, "%s.\n", text + 1);
}

void man_reference(struct buf *out)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    buf_add_cstr(out, "# Commands of `redan`\n\nMade by `redan __reference` from the table of "
                      "commands.\n\n## Options of all commands\n\n");
    reference_options(out, NULL, options_global());
    for (size_t i = 0; i < count; i++) {
        const struct cmd *command = &all[i];
        buf_printf(out, "\n## `redan %s%s%s%s%s`\n\n", command->noun,
                   command->verb != NULL ? " " : "", verb_of(command),
                   command->args[0] != '\0' ? " " : "", command->args);
        put_summary(out, command->summary);
        if (command->doc != NULL) {
            buf_printf(out, "%s\n", command->doc);
        }
        if (command->options != 0) {
            buf_add_char(out, '\n');
            reference_options(out, command, command->options);
        }
        buf_printf(out, "\n```\n%s\n```\n", command->example);
    }
    buf_printf(out, "\n## Files\n\n%s\n", about_files);
    buf_add_cstr(out, "\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (size_t i = 0; i < COUNT_OF(exit_meanings); i++) {
        buf_printf(out, "| %zu | %s |\n", i, exit_meanings[i]);
    }
}
