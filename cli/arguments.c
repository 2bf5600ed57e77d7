#include "cli/arguments.h"

#include "cli/cmd.h"
#include "cli/report.h"

enum { NAMES_MAX = 128 };

/* argv while it is read. */
struct reading {
    struct cli *cli;
    int argc;
    char **argv;
    int at;
    const char **words;
    size_t word_count;
};

/* The options of the command that the words before name; of all, when they name none yet. */
static uint64_t options_so_far(const struct reading *reading)
{
    struct slice noun = slice_from(reading->word_count > 0 ? reading->words[0] : NULL);
    struct slice verb = slice_from(reading->word_count > 1 ? reading->words[1] : NULL);

    if (slice_is(noun, CMD_SHORT_VERB)) {
        verb = noun;
        noun = SLICE(CMD_SHORT_NOUN);
    }
    const struct cmd *command = cmd_find(noun, (struct slice){ 0 });
    if (command != NULL && command->verb != NULL) {
        command = verb.ptr != NULL ? cmd_find(noun, verb) : NULL;
    }
    return command != NULL ? command->options | options_global() : UINT64_MAX;
}

static enum cli_exit unknown_option(struct reading *reading, struct slice given)
{
    struct cli *cli = reading->cli;
    struct slice names[OPTIONS];
    struct slice dashed = arena_printf(&cli->arena, "--%.*s", SLICE_ARG(given));
    uint64_t taken = options_so_far(reading);
    size_t count = 0;

    for (unsigned i = 0; i < OPTIONS; i++) {
        if ((taken & OPTION_BIT(i)) != 0) {
            names[count++] = arena_printf(&cli->arena, "--%s", option_at((enum option_id)i)->name);
        }
    }
    enum cli_exit code = report_error(cli, CLI_USAGE, "`%.*s` is not an option", SLICE_ARG(dashed));
    if (!report_nearest(cli, dashed, names, count)) {
        report_help(cli, "`--help` behind a command lists its options");
    }
    return code;
}

static enum cli_exit check_choice(const struct cli *cli, const struct option *option,
                                  const char *value)
{
    struct slice choices[NAMES_MAX];
    size_t count = 0;

    for (; option->choices != NULL && option->choices[count] != NULL; count++) {
        choices[count] = slice_from(option->choices[count]);
        if (slice_is(choices[count], value)) {
            return CLI_DONE;
        }
    }
    if (option->choices == NULL) {
        return CLI_DONE;
    }
    enum cli_exit code =
        report_error(cli, CLI_USAGE, "`%s` is not a value of `--%s`", value, option->name);
    if (!report_nearest(cli, slice_from(value), choices, count)) {
        report_choices(cli, choices, count);
    }
    return code;
}

/* `value` is what stands behind `=` or the letter; NULL: the next word, if one is needed. */
static enum cli_exit set_option(struct reading *reading, unsigned id, const char *value)
{
    struct cli *cli = reading->cli;
    const struct option *option = option_at((enum option_id)id);

    if (cli->values[id] != NULL) {
        return report_error(cli, CLI_USAGE, "`--%s` is given twice", option->name);
    }
    if (option->value == NULL) {
        if (value != NULL) {
            return report_error(cli, CLI_USAGE, "`--%s` takes no value", option->name);
        }
        cli->values[id] = "";
        return CLI_DONE;
    }
    if (value == NULL && reading->at + 1 < reading->argc) {
        value = reading->argv[++reading->at];
    }
    if (value == NULL) {
        return report_error(cli, CLI_USAGE, "`--%s` needs a value: %s", option->name,
                            option->value);
    }
    cli->values[id] = value;
    return check_choice(cli, option, value);
}

static enum cli_exit read_long(struct reading *reading, const char *text)
{
    struct slice rest = slice_from(text);
    struct slice name = slice_cut(&rest, '=');
    unsigned id = option_find(name);

    return id == OPTIONS ? unknown_option(reading, name) : set_option(reading, id, rest.ptr);
}

/* Flags may stand together, the last letter may have its value with it. */
static enum cli_exit read_letters(struct reading *reading, const char *text)
{
    enum cli_exit code = CLI_DONE;

    for (; *text != '\0' && code == CLI_DONE; text++) {
        unsigned id = option_find_letter(*text);
        if (id == OPTIONS) {
            enum cli_exit no =
                report_error(reading->cli, CLI_USAGE, "`-%c` is not an option", *text);
            report_help(reading->cli, "`--help` behind a command lists its options");
            return no;
        }
        if (option_at((enum option_id)id)->value != NULL) {
            return set_option(reading, id, text[1] != '\0' ? text + 1 : NULL);
        }
        code = set_option(reading, id, NULL);
    }
    return code;
}

static enum cli_exit read_word(struct reading *reading, bool *only_words)
{
    const char *word = reading->argv[reading->at];
    struct slice text = slice_from(word);

    if (*only_words || text.len < 2 || text.ptr[0] != '-') {
        reading->words[reading->word_count++] = word;
        return CLI_DONE;
    }
    if (slice_is(text, "--")) {
        *only_words = true;
        return CLI_DONE;
    }
    return text.ptr[1] == '-' ? read_long(reading, word + 2) : read_letters(reading, word + 1);
}

enum cli_exit arguments_read(struct cli *cli, int argc, char **argv)
{
    struct reading reading = { .cli = cli, .argc = argc, .argv = argv, .at = 1 };
    bool only_words = false;

    if (argc > ARGUMENTS_MAX) {
        return report_error(cli, CLI_USAGE, "over %d words", ARGUMENTS_MAX);
    }
    reading.words = ARENA_NEW(&cli->arena, const char *, (size_t)argc + 1);
    for (; reading.at < argc; reading.at++) {
        enum cli_exit code = read_word(&reading, &only_words);
        if (code != CLI_DONE) {
            return code;
        }
    }
    cli->args = reading.words;
    cli->arg_count = reading.word_count;
    return CLI_DONE;
}

/* --- what the words mean --------------------------------------------------------------------- */

static void add_name(struct slice *names, size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++) {
        if (slice_is(names[i], name)) {
            return;
        }
    }
    if (name != NULL && *count < NAMES_MAX) {
        names[(*count)++] = slice_from(name);
    }
}

/* Of all nouns, or of one noun's verbs. */
static void report_nearest_name(const struct cli *cli, const char *noun, const char *given)
{
    struct slice names[NAMES_MAX];
    size_t name_count = 0;
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    if (noun == NULL) {
        add_name(names, &name_count, CMD_SHORT_VERB);
    }
    for (size_t i = 0; i < count; i++) {
        if (noun == NULL) {
            add_name(names, &name_count, all[i].noun);
        } else if (slice_is(slice_from(noun), all[i].noun)) {
            add_name(names, &name_count, all[i].verb);
        }
    }
    if (!report_nearest(cli, slice_from(given), names, name_count)) {
        report_help(cli, "`redan %s%s--help` lists them", noun != NULL ? noun : "",
                    noun != NULL ? " " : "");
    }
}

/* What is a verb of some nouns was given without one: tells these. False: of none. */
static bool report_verb(struct cli *cli, const char *given)
{
    struct slice whole[NAMES_MAX];
    size_t whole_count = 0;
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    for (size_t i = 0; i < count && whole_count < NAMES_MAX; i++) {
        if (all[i].verb != NULL && slice_is(slice_from(given), all[i].verb)) {
            whole[whole_count++] =
                arena_printf(&cli->arena, "redan %s %s", all[i].noun, all[i].verb);
        }
    }
    if (whole_count == 1) {
        report_help(cli, "did you mean `%.*s`?", SLICE_ARG(whole[0]));
    } else {
        report_choices(cli, whole, whole_count);
    }
    return whole_count > 0;
}

static enum cli_exit find_command(struct cli *cli)
{
    const char *noun = cli->arg_count > 0 ? cli->args[0] : NULL;
    const char *verb = cli->arg_count > 1 ? cli->args[1] : NULL;

    if (noun == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "what shall it do?");
        report_help(cli, "`redan --help` lists the commands");
        return code;
    }
    if (!cmd_has_noun(slice_from(noun))) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "`%s` is not a command", noun);
        if (!report_verb(cli, noun)) {
            report_nearest_name(cli, NULL, noun);
        }
        return code;
    }
    cli->command = cmd_find(slice_from(noun), (struct slice){ 0 });
    bool has_verbs = cli->command->verb != NULL;
    if (has_verbs && verb == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "`%s` needs a verb", noun);
        report_help(cli, "`redan %s --help` lists them", noun);
        return code;
    }
    if (has_verbs) {
        cli->command = cmd_find(slice_from(noun), slice_from(verb));
    }
    if (cli->command == NULL) {
        enum cli_exit code = report_error(cli, CLI_USAGE, "`%s` is not a verb of `%s`", verb, noun);
        if (cmd_has_noun(slice_from(verb))) {
            report_help(cli, "did you mean `redan %s`?", verb);
        } else {
            report_nearest_name(cli, noun, verb);
        }
        return code;
    }
    cli->args += has_verbs ? 2 : 1;
    cli->arg_count -= has_verbs ? 2 : 1;
    return CLI_DONE;
}

static const char *verb_of(const struct cmd *command)
{
    return command->verb != NULL ? command->verb : "";
}

static enum cli_exit check_options(const struct cli *cli)
{
    const struct cmd *command = cli->command;

    for (unsigned i = 0; i < OPTIONS; i++) {
        uint64_t taken = command->options | options_global();
        if (cli->values[i] != NULL && (taken & OPTION_BIT(i)) == 0) {
            return report_error(cli, CLI_USAGE, "`--%s` is not an option of `redan %s%s%s`",
                                option_at((enum option_id)i)->name, command->noun,
                                command->verb != NULL ? " " : "", verb_of(command));
        }
    }
    bool annotates = command->scans || command->annotates;
    if ((cli->format == CLI_SARIF && !command->scans) ||
        (cli->format == CLI_GITHUB && !annotates)) {
        return report_error(cli, CLI_USAGE, "`-o %s` is not a format of `redan %s%s%s`",
                            cli->values[OPTION_OUTPUT], command->noun,
                            command->verb != NULL ? " " : "", verb_of(command));
    }
    return CLI_DONE;
}

static enum cli_exit check_count(const struct cli *cli)
{
    const struct cmd *command = cli->command;
    bool too_few = cli->arg_count < command->args_min;

    for (size_t i = 0; i < cli->arg_count; i++) {
        if (cli->args[i][0] == '\0') {
            return report_error(cli, CLI_USAGE, "argument %zu is empty", i + 1);
        }
    }
    if (!too_few && cli->arg_count <= command->args_max) {
        return CLI_DONE;
    }
    enum cli_exit code = too_few ? report_error(cli, CLI_USAGE, "an argument is missing")
                                 : report_error(cli, CLI_USAGE, "`%s` is one argument too many",
                                                cli->args[command->args_max]);
    report_help(cli, "usage: redan %s%s%s%s%s", command->noun, command->verb != NULL ? " " : "",
                verb_of(command), command->args[0] != '\0' ? " " : "", command->args);
    if (too_few) {
        struct slice rest = slice_from(command->example);
        struct slice first = slice_cut(&rest, '\n');
        report_help(cli, "for example `%.*s`", SLICE_ARG(first));
    }
    return code;
}

enum cli_exit arguments_resolve(struct cli *cli)
{
    enum cli_exit code = find_command(cli);

    if (code == CLI_DONE && !cli_has(cli, OPTION_HELP)) {
        code = check_options(cli);
    }
    if (code == CLI_DONE && !cli_has(cli, OPTION_HELP)) {
        code = check_count(cli);
    }
    return code;
}
