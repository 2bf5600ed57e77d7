#include "cli/arguments.h"

#include <string.h>

#include "cli/cmd.h"
#include "tests/suite.h"

enum { WORDS_MAX = 16 };

static struct cli cli;

static void set_up(void)
{
    cli = (struct cli){ 0 };
}

static void tear_down(void)
{
    arena_done(&cli.arena);
}

/* Splits at blanks; errors go to stderr, which the transcripts of tests/integration/cli hold. */
static enum cli_exit read_line(const char *line)
{
    char *argv[WORDS_MAX + 1] = { 0 };
    int argc = 0;
    struct slice rest = slice_from(line);

    arena_done(&cli.arena);
    cli = (struct cli){ .values = { [OPTION_QUIET] = NULL } };
    argv[argc++] = arena_cstr(&cli.arena, SLICE("redan"));
    while (rest.len > 0 && argc < WORDS_MAX) {
        argv[argc++] = arena_cstr(&cli.arena, slice_cut(&rest, ' '));
    }
    return arguments_read(&cli, argc, argv);
}

static void test_forms_of_options(void)
{
    static const char *const lines[] = {
        "status -o json -q", "-q status --output=json", "--output json status --quiet",
        "-qojson status",    "-qo json status",
    };

    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        CU_ASSERT_EQUAL(read_line(lines[i]), CLI_DONE);
        CU_ASSERT_EQUAL(cli.arg_count, 1);
        CU_ASSERT(cli.values[OPTION_OUTPUT] != NULL &&
                  strcmp(cli.values[OPTION_OUTPUT], "json") == 0);
        CU_ASSERT(cli_has(&cli, OPTION_QUIET));
        CU_ASSERT_EQUAL(arguments_resolve(&cli), CLI_DONE);
        CU_ASSERT_PTR_EQUAL(cli.command, cmd_find(SLICE("status"), (struct slice){ 0 }));
        CU_ASSERT_EQUAL(cli.arg_count, 0);
    }
}

static void test_words_after_two_dashes(void)
{
    CU_ASSERT_EQUAL(read_line("plan show -- -q"), CLI_DONE);
    CU_ASSERT_EQUAL(arguments_resolve(&cli), CLI_DONE);
    CU_ASSERT_EQUAL(cli.arg_count, 1);
    CU_ASSERT_STRING_EQUAL(cli.args[0], "-q");
    CU_ASSERT_FALSE(cli_has(&cli, OPTION_QUIET));
    CU_ASSERT_EQUAL(read_line("sla check -"), CLI_DONE); /* one dash is a word */
    CU_ASSERT_EQUAL(arguments_resolve(&cli), CLI_DONE);
    CU_ASSERT_STRING_EQUAL(cli.args[0], "-");
}

static void test_a_value_may_look_like_an_option(void)
{
    CU_ASSERT_EQUAL(read_line("plan undo X --reason -q"), CLI_DONE);
    CU_ASSERT_STRING_EQUAL(cli.values[OPTION_REASON], "-q");
    CU_ASSERT_EQUAL(read_line("plan undo X --reason="), CLI_DONE);
    CU_ASSERT_STRING_EQUAL(cli.values[OPTION_REASON], "");
}

/* Each row of the table is complete, and found by its own words. */
static void test_every_command_is_complete(void)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    for (size_t i = 0; i < count; i++) {
        const struct cmd *command = &all[i];
        suite_check(command->run != NULL && command->args != NULL && command->summary != NULL &&
                        command->example != NULL,
                    command->noun, __FILE__, __LINE__);
        suite_check((command->options & options_global()) == 0, command->noun, __FILE__, __LINE__);
        suite_check(command->args_min <= command->args_max, command->noun, __FILE__, __LINE__);
        suite_check((command->names == NAMES_OF_LIST) == (command->list_path != NULL),
                    command->noun, __FILE__, __LINE__);
        struct slice verb = command->verb != NULL ? slice_from(command->verb) : (struct slice){ 0 };
        suite_check(cmd_find(slice_from(command->noun), verb) == command, command->noun, __FILE__,
                    __LINE__);
    }
}

/* One line of an example, as a shell would split it: quoted blanks stay within their word. */
static char *example_words(struct arena *arena, struct slice line)
{
    char *text = NULL;
    bool quoted = false;

    line = slice_sub(line, strlen("redan "), slice_find(line, '>'));
    text = arena_cstr(arena, slice_trim(line));
    for (char *at = text; *at != '\0'; at++) {
        quoted = quoted != (*at == '\'');
        if (quoted && *at == ' ') {
            *at = '_';
        }
    }
    return text;
}

static void check_example(const struct cmd *command, struct slice line)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *text = example_words(&arena, line);

    if (slice_starts(slice_from(text), SLICE("check "))) {
        return; /* the alias, which is not in the table */
    }
    suite_check(read_line(text) == CLI_DONE && arguments_resolve(&cli) == CLI_DONE &&
                    cli.command == command,
                text, __FILE__, __LINE__);
}

/* The examples of the help are commands that exist, with options that they take. */
static void test_every_example_is_right(void)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);

    for (size_t i = 0; i < count; i++) {
        struct slice rest = slice_from(all[i].example);
        while (rest.ptr != NULL) {
            check_example(&all[i], slice_cut(&rest, '\n'));
        }
    }
}

static void test_every_option_belongs_to_a_command(void)
{
    size_t count = 0;
    const struct cmd *all = cmd_table(&count);
    uint64_t used = options_global();

    for (size_t i = 0; i < count; i++) {
        used |= all[i].options;
    }
    CU_ASSERT_EQUAL(used, OPTION_BIT(OPTIONS) - 1);
    for (unsigned i = 0; i < OPTIONS; i++) {
        const struct option *option = option_at((enum option_id)i);
        CU_ASSERT(option->name != NULL && option->doc != NULL);
        CU_ASSERT_EQUAL(option_find(slice_from(option->name)), i);
        CU_ASSERT(option->letter == '\0' || option_find_letter(option->letter) == i);
    }
}

static CU_TestInfo tests[] = {
    { "forms of options", test_forms_of_options },
    { "words after two dashes", test_words_after_two_dashes },
    { "a value may look like an option", test_a_value_may_look_like_an_option },
    { "every command is complete", test_every_command_is_complete },
    { "every example is right", test_every_example_is_right },
    { "every option belongs to a command", test_every_option_belongs_to_a_command },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "cli/arguments", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
