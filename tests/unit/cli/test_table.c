#include "cli/table.h"

#include <locale.h>

#include "tests/suite.h"

static struct cli cli;
static struct buf out;

static int set_up_suite(void)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    return setlocale(LC_CTYPE, "C.UTF-8") != NULL ? 0 : 1;
}

static void set_up(void)
{
    cli = (struct cli){ 0 };
    out = (struct buf){ 0 };
}

static void tear_down(void)
{
    arena_done(&cli.arena);
    buf_done(&out);
}

static const char *const heads[] = { "NAME", "STATE", "WHY" };

static struct table sample(void)
{
    struct table table = { .heads = heads, .columns = COUNT_OF(heads) };

    table_add(&cli, &table, (struct slice[]){ SLICE("a"), SLICE("breached"), SLICE("late") });
    table_add(&cli, &table,
              (struct slice[]){ SLICE("\xe7\x97\x85\xe9\x99\xa2 1"), SLICE(""), SLICE("x\ty") });
    return table;
}

static void test_columns_line_up(void)
{
    struct table table = sample();

    table_print(&cli, &table, &out);
    ASSERT_TEXT(buf_slice(&out), "NAME    STATE     WHY\n"
                                 "a       breached  late\n"
                                 "\xe7\x97\x85\xe9\x99\xa2 1  -         x\\ty\n");
}

static void test_heads_can_be_left_out(void)
{
    struct table table = sample();

    cli.values[OPTION_NO_HEADERS] = "";
    table.indent = 2;
    table_print(&cli, &table, &out);
    ASSERT_TEXT(buf_slice(&out), "  a       breached  late\n"
                                 "  \xe7\x97\x85\xe9\x99\xa2 1  -         x\\ty\n");
}

static void test_state_words_are_painted(void)
{
    struct table table = { .columns = 2 };

    cli.color_out = true;
    table_add(&cli, &table, (struct slice[]){ SLICE("breached"), SLICE("met") });
    table_print(&cli, &table, &out);
    ASSERT_TEXT(buf_slice(&out), "\033[1;31mbreached\033[0m  \033[32mmet\033[0m\n");
}

static CU_TestInfo tests[] = {
    { "columns line up", test_columns_line_up },
    { "heads can be left out", test_heads_can_be_left_out },
    { "state words are painted", test_state_words_are_painted },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "cli/table", set_up_suite, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
