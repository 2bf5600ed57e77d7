#include "base/log.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/suite.h"

enum { OUTPUT_MAX = 64 * 1024 };

static int fds[2];
static char output[OUTPUT_MAX];

static void set_up(void)
{
    if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0) {
        CU_FAIL_FATAL("no pipe");
    }
}

static void tear_down(void)
{
    (void)close(fds[0]);
    (void)close(fds[1]);
}

/* What has been written since the last call. */
static struct slice written(void)
{
    ssize_t got = read(fds[0], output, sizeof(output));

    return (struct slice){ output, got > 0 ? (size_t)got : 0 };
}

static void test_text_lines_have_a_time(void)
{
    int64_t at_us = 0;

    log_setup(fds[1], LOG_FORMAT_TEXT, LOG_LEVEL_INFO);
    log_info("net", "started", LOG_CSTR("name", "a"), LOG_NUMBER("port", 22));
    struct slice line = written();
    struct slice time = slice_cut(&line, ' ');
    ASSERT_OK(clock_parse_rfc3339(time, &at_us));
    ASSERT_TEXT(line, "info net started name=\"a\" port=22\n");
}

static void test_journald_lines_have_a_priority(void)
{
    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_DEBUG);
    log_error("a", "e", LOG_NUMBER("n", -1));
    log_warn("a", "w", LOG_NUMBER("n", 0));
    log_info("a", "i", LOG_NUMBER("n", 1));
    log_debug("a", "d", LOG_NUMBER("n", INT64_MIN));
    ASSERT_TEXT(written(), "<3>error a e n=-1\n<4>warn a w n=0\n<6>info a i n=1\n"
                           "<7>debug a d n=-9223372036854775808\n");
}

static void test_levels_below_are_left_out(void)
{
    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_WARN);
    log_info("a", "quiet", LOG_NUMBER("n", 1));
    log_debug("a", "quiet", LOG_NUMBER("n", 1));
    ASSERT_TEXT(written(), "");
    log_warn("a", "loud", LOG_NUMBER("n", 1));
    ASSERT_TEXT(written(), "<4>warn a loud n=1\n");
}

static void test_values_cannot_forge_a_line(void)
{
    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_INFO);
    log_info("a", "forge", LOG_TEXT("user", SLICE("x\"\n<3>error b\\ \x1b[2J\xff")));
    ASSERT_TEXT(written(), "<6>info a forge user=\"x\\\"\\n<3>error b\\\\ \\x1b[2J\\xff\"\n");
}

static void test_long_values_are_cut(void)
{
    static char value[10000];

    memset(value, 'v', sizeof(value));
    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_INFO);
    log_info("a", "long", LOG_TEXT("value", ((struct slice){ value, sizeof(value) })),
             LOG_NUMBER("after", 1));
    struct slice line = written();
    CU_ASSERT(line.len < 600);
    CU_ASSERT(slice_ends(line, SLICE("vvv...\" after=1\n")));
}

static size_t count_lines(struct slice text)
{
    size_t count = 0;

    while (text.len > 0) {
        (void)slice_cut(&text, '\n');
        count++;
    }
    return count;
}

static void test_repeats_are_cut_and_counted(void)
{
    struct clock_virtual virtual = { .wall_us = 0, .mono_us = 1000000 };
    struct clock_source clock = clock_virtual_source(&virtual);

    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_INFO);
    log_use_clock(&clock);
    for (int i = 0; i < LOG_BURST + 5; i++) {
        log_info("a", "flood", LOG_NUMBER("i", i));
    }
    log_info("a", "other", LOG_NUMBER("i", 0)); /* has a budget of its own */
    struct slice lines = written();
    CU_ASSERT_EQUAL(count_lines(lines), LOG_BURST + 1);
    CU_ASSERT(slice_ends(lines, SLICE("<6>info a other i=0\n")));
    clock_virtual_advance(&virtual, LOG_PERIOD_MS * 1000 - 1000);
    log_info("a", "flood", LOG_NUMBER("i", 98));
    ASSERT_TEXT(written(), "");
    /* The next period's first line says how many there were. */
    clock_virtual_advance(&virtual, 1000);
    log_info("a", "flood", LOG_NUMBER("i", 99));
    ASSERT_TEXT(written(), "<6>info a flood i=99 cut=6\n");
    log_info("a", "flood", LOG_NUMBER("i", 100));
    ASSERT_TEXT(written(), "<6>info a flood i=100\n");
    log_use_clock(&clock_real);
}

static void test_many_names_share_the_table(void)
{
    char event[32];
    size_t lines = 0;

    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_INFO);
    for (int i = 0; i < 2000; i++) {
        (void)snprintf(event, sizeof(event), "event-%d", i);
        log_info("many", event, LOG_NUMBER("i", i));
        lines += count_lines(written());
    }
    CU_ASSERT_EQUAL(lines, 2000); /* a name pushed out loses its budget, never its line */
}

static void test_statuses(void)
{
    struct status good = STATUS_SUCCESS;
    struct status bad = status_error(STATUS_DENIED, "no \"entry\"");

    bad.file = "gate.c";
    bad.line = 7;
    log_setup(fds[1], LOG_FORMAT_JOURNALD, LOG_LEVEL_INFO);
    log_status(LOG_LEVEL_ERROR, "a", "s", &good);
    log_status(LOG_LEVEL_ERROR, "a", "s", &bad);
    ASSERT_TEXT(written(), "<3>error a s code=\"denied\" message=\"no \\\"entry\\\"\" "
                           "file=\"gate.c\" line=7\n");
}

static void set_stream(const char *stream)
{
    (void)setenv("JOURNAL_STREAM", stream, 1); /* NOLINT(concurrency-mt-unsafe): one thread */
}

static void test_auto_knows_the_journal(void)
{
    struct stat info;
    char stream[64];

    CU_ASSERT_EQUAL(fstat(fds[1], &info), 0);
    (void)snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)info.st_dev,
                   (uintmax_t)info.st_ino);
    set_stream(stream);
    log_setup(fds[1], LOG_FORMAT_AUTO, LOG_LEVEL_INFO);
    log_info("a", "auto", LOG_NUMBER("i", 1));
    ASSERT_TEXT(written(), "<6>info a auto i=1\n");
    set_stream("1:1");
    log_setup(fds[1], LOG_FORMAT_AUTO, LOG_LEVEL_INFO);
    log_info("a", "auto", LOG_NUMBER("i", 2));
    CU_ASSERT(slice_starts(written(), SLICE("2")));
    set_stream("");
    log_setup(-1, LOG_FORMAT_AUTO, LOG_LEVEL_INFO);
    log_info("a", "auto", LOG_NUMBER("i", 3)); /* nowhere to write: no harm */
}

static CU_TestInfo tests[] = {
    { "text lines have a time", test_text_lines_have_a_time },
    { "journald lines have a priority", test_journald_lines_have_a_priority },
    { "levels below are left out", test_levels_below_are_left_out },
    { "values cannot forge a line", test_values_cannot_forge_a_line },
    { "long values are cut", test_long_values_are_cut },
    { "repeats are cut and counted", test_repeats_are_cut_and_counted },
    { "many names share the table", test_many_names_share_the_table },
    { "statuses", test_statuses },
    { "auto knows the journal", test_auto_knows_the_journal },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "log", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
