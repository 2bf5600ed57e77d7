#include "cli/help.h"

#include <stdio.h>
#include <string.h>

enum { NAME_COLUMNS = 22, OPTION_COLUMNS = 24 };

static void put_option(const struct option *option, struct buf *out)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "--%s%s%s", option->name, option->value != NULL ? " " : "",
                   option->value != NULL ? option->value : "");
    if (option->letter != '\0') {
        buf_printf(out, "  -%c, ", option->letter);
    } else {
        buf_add_cstr(out, "      ");
    }
    buf_printf(out, "%-*s  %s\n", OPTION_COLUMNS, name, option->doc);
}

static void put_options(const char *head, const struct cmd *command, uint64_t bits, struct buf *out)
{
    buf_add_cstr(out, head);
    for (unsigned i = 0; i < OPTIONS; i++) {
        if ((bits & OPTION_BIT(i)) != 0) {
            const struct option option = cmd_option(command, (enum option_id)i);
            put_option(&option, out);
        }
    }
}

static void put_summary(const struct cmd *command, struct buf *out)
{
    char name[64];

    (void)snprintf(name, sizeof(name), "%s%s%s", command->noun, command->verb != NULL ? " " : "",
                   command->verb != NULL ? command->verb : "");
    buf_printf(out, "  %-*s  %s\n", NAME_COLUMNS, name, command->summary);
}

void help_overview(struct buf *out)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    buf_add_cstr(out, "usage: redan NOUN VERB [ARGUMENT...] [OPTION...]\n\n");
    for (size_t i = 0; i < count; i++) {
        put_summary(&all[i], out);
    }
    put_options("\noptions of all commands\n", NULL, options_global(), out);
    buf_add_cstr(
        out, "\n`redan NOUN VERB --help` shows the rest. `redan check` is `redan sla check`.\n");
}

void help_noun(const char *noun, struct buf *out)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    buf_printf(out, "usage: redan %s VERB [ARGUMENT...] [OPTION...]\n\n", noun);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].noun, noun) == 0) {
            put_summary(&all[i], out);
        }
    }
}

static void put_lines(const char *text, struct buf *out)
{
    struct slice rest = slice_from(text);

    while (rest.ptr != NULL) {
        struct slice line = slice_cut(&rest, '\n');
        buf_printf(out, "  %.*s\n", SLICE_ARG(line));
    }
}

void help_command(const struct cmd *command, struct buf *out)
{
    buf_printf(out, "usage: redan %s%s%s%s%s [OPTION...]\n\n  %s\n", command->noun,
               command->verb != NULL ? " " : "", command->verb != NULL ? command->verb : "",
               command->args[0] != '\0' ? " " : "", command->args, command->summary);
    if (command->doc != NULL) {
        buf_add_char(out, '\n');
        put_lines(command->doc, out);
    }
    if (command->options != 0) {
        put_options("\noptions\n", command, command->options, out);
    }
    put_options("\noptions of all commands\n", NULL, options_global(), out);
    buf_add_cstr(out, "\nexamples\n");
    put_lines(command->example, out);
}
