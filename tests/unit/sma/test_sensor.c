#include "base/file.h"
#include "detect/syslog.h"
#include "sma/sensor.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct sensor *sensor;
static struct sensor_record record;
static const char *path;
static unsigned number;

static void set_up(void)
{
    path = arena_printf(&arena, "%s/log%u", suite_folder(), ++number).ptr;
}

static void tear_down(void)
{
    sensor_free(&sensor);
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void append_bytes(const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    CU_ASSERT_TRUE_FATAL(fd >= 0);
    ASSERT_OK(file_write_all(fd, text, len));
    (void)close(fd);
}

static void append(const char *text)
{
    append_bytes(text, strlen(text));
}

static void start(enum sensor_kind kind)
{
    sensor = sensor_new(&(struct sensor_options){ kind, path, TAIL_FROM_START }, NULL);
}

static void expect_line(const char *text, uint64_t stream)
{
    CU_ASSERT_EQUAL(sensor_next(sensor, &record), SENSOR_RECORD);
    ASSERT_TEXT(record.line, text);
    CU_ASSERT_EQUAL(record.place.stream, stream);
    CU_ASSERT_FALSE(record.is_entry);
}

static void expect(enum sensor_step step)
{
    CU_ASSERT_EQUAL(sensor_next(sensor, &record), step);
}

static void test_lines_come_whole(void)
{
    append("one\ntwo\n\nthr");
    start(SENSOR_FILE);
    expect_line("one", 0);
    expect_line("two", 4);
    expect_line("", 8);
    expect(SENSOR_DRY);
    CU_ASSERT_EQUAL(sensor_position(sensor).stream, 9);
    append("ee\n");
    expect_line("three", 9);
    CU_ASSERT_TRUE(sensor_can_resume(sensor));
    CU_ASSERT_TRUE(sensor_file_fd(sensor) >= 0);
    CU_ASSERT_EQUAL(sensor_pipe_fd(sensor), -1);
}

static void test_a_missing_file_is_broken_until_it_appears(void)
{
    start(SENSOR_FILE);
    expect(SENSOR_BROKEN);
    CU_ASSERT_TRUE(strstr(sensor_reason(sensor), "No such file") != NULL);
    append("one\n");
    expect_line("one", 0);
}

static void test_an_overlong_line_is_left_out_and_said(void)
{
    static char text[3 * SYSLOG_LINE_MAX];

    memset(text, 'x', sizeof(text));
    text[SYSLOG_LINE_MAX] = '\n';
    append_bytes(text, SYSLOG_LINE_MAX + 1);
    start(SENSOR_FILE);
    expect(SENSOR_RECORD); /* as long as allowed */
    CU_ASSERT_EQUAL(record.line.len, SYSLOG_LINE_MAX);
    text[SYSLOG_LINE_MAX] = 'x';
    append_bytes(text, sizeof(text));
    expect(SENSOR_DRY);
    append_bytes(text, sizeof(text));
    expect(SENSOR_AGAIN);
    expect(SENSOR_DRY);
    append("\nnext\n");
    expect(SENSOR_AGAIN);
    expect(SENSOR_DAMAGED);
    CU_ASSERT_EQUAL(sensor_next(sensor, &record), SENSOR_RECORD);
    ASSERT_TEXT(record.line, "next");
    text[SYSLOG_LINE_MAX + 1] = '\n';
    append_bytes(text, SYSLOG_LINE_MAX + 2);
    expect(SENSOR_DAMAGED);
    expect(SENSOR_DRY);
}

static void test_a_line_without_end_keeps_nobody_waiting(void)
{
    enum { ENDLESS_BYTES = 1 << 30 };

    append("");
    CU_ASSERT_EQUAL(truncate(path, ENDLESS_BYTES), 0); /* a hole: no disk is used */
    start(SENSOR_FILE);
    for (uint64_t turn = 1; turn < 20; turn++) {
        expect(SENSOR_AGAIN);
        CU_ASSERT_TRUE(sensor_position(sensor).stream <= (turn + 1) * TAIL_READ_BYTES);
    }
}

static void test_rotation_completes_the_last_line(void)
{
    append("one\npart");
    start(SENSOR_FILE);
    expect_line("one", 0);
    expect(SENSOR_DRY);
    CU_ASSERT_EQUAL(rename(path, arena_printf(&arena, "%s.1", path).ptr), 0);
    append("two\n");
    expect_line("part", 4);
    CU_ASSERT_EQUAL(record.place.offset, 4);
    expect_line("two", 8);
    CU_ASSERT_EQUAL(record.place.offset, 0);
}

static void test_truncation_drops_the_unfinished_line(void)
{
    append("one\npart");
    start(SENSOR_FILE);
    expect_line("one", 0);
    expect(SENSOR_DRY);
    CU_ASSERT_EQUAL(truncate(path, 0), 0);
    append("two\n");
    expect(SENSOR_GAP);
    expect_line("two", 8);
}

static void test_a_restart_reads_from_the_place_on(void)
{
    append("one\ntwo\nthree\n");
    start(SENSOR_FILE);
    expect_line("one", 0);
    expect_line("two", 4);
    struct tail_resume resume = { record.place, sensor_position(sensor) };
    sensor_free(&sensor);
    sensor = sensor_new(&(struct sensor_options){ SENSOR_FILE, path, TAIL_FROM_END }, &resume);
    expect_line("two", 4);
    expect_line("three", 8);
    expect(SENSOR_DRY);
}

static void test_journal_entries_are_cut_by_their_format(void)
{
    append("MESSAGE=a\nSYSLOG_IDENTIFIER=x\n\nMESSAGE=b\n");
    start(SENSOR_JOURNALD);
    expect(SENSOR_RECORD);
    CU_ASSERT_TRUE(record.is_entry);
    ASSERT_TEXT(record.entry.message.text, "a");
    CU_ASSERT_EQUAL(record.place.stream, 0);
    expect(SENSOR_DRY);
    append("\n");
    expect(SENSOR_RECORD);
    ASSERT_TEXT(record.entry.message.text, "b");
    append("not a field\n\nMESSAGE=c\n\nMESSAGE=d");
    expect(SENSOR_DAMAGED);
    expect(SENSOR_RECORD);
    ASSERT_TEXT(record.entry.message.text, "c");
    CU_ASSERT_EQUAL(rename(path, arena_printf(&arena, "%s.1", path).ptr), 0);
    append("MESSAGE=e\n\n");
    expect(SENSOR_DAMAGED); /* the last entry was never finished */
    expect(SENSOR_RECORD);
    ASSERT_TEXT(record.entry.message.text, "e");
}

/* The sender's bytes never become the journal's words, wherever the entry is cut. */
static void test_an_over_long_entry_speaks_for_nobody(void)
{
    enum { LONG_BYTES = 300 * 1024 };
    static char bytes[LONG_BYTES];
    static const char forged[] = "\n\n_UID=0\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=forged\n\n";
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i + sizeof(forged) < sizeof(bytes); i += sizeof(forged) - 1) {
        memcpy(bytes + i, forged, sizeof(forged) - 1);
    }
    buf_add_cstr(&text, "_UID=1000\nMESSAGE\n");
    buf_add(&text, "\0\xb0\x04\0\0\0\0\0", 8);
    buf_add(&text, bytes, sizeof(bytes));
    buf_add_cstr(&text, "\nSYSLOG_IDENTIFIER=sshd\n\n_UID=1000\nLINE=");
    memset(bytes, 'x', sizeof(bytes));
    buf_add(&text, bytes, sizeof(bytes));
    buf_add_cstr(&text, "_UID=0\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=forged\n\n");
    buf_add_cstr(&text, "_UID=0\nSYSLOG_IDENTIFIER=sshd\nMESSAGE=true\n\n");
    append_bytes(text.ptr, text.len);
    start(SENSOR_JOURNALD);
    size_t believed = 0;
    enum sensor_step step = sensor_next(sensor, &record);
    for (; step != SENSOR_DRY; step = sensor_next(sensor, &record)) {
        if (step == SENSOR_RECORD && record.entry.message.app.len > 0) {
            ASSERT_TEXT(record.entry.message.text, "true");
            believed++;
        }
    }
    CU_ASSERT_EQUAL(believed, 1);
}

static void test_a_pipe_is_read_as_it_comes(void)
{
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    start(SENSOR_FILE);
    CU_ASSERT_FALSE(sensor_can_resume(sensor));
    CU_ASSERT_TRUE(sensor_pipe_fd(sensor) >= 0);
    CU_ASSERT_EQUAL(sensor_file_fd(sensor), -1);
    expect(SENSOR_DRY);
    append("one\ntw");
    expect_line("one", 0);
    expect(SENSOR_DRY);
    append("o\n"); /* another writer */
    expect_line("two", 4);
    expect(SENSOR_DRY);
}

static void test_a_pipe_may_be_made_later(void)
{
    start(SENSOR_FILE);
    expect(SENSOR_BROKEN);
    CU_ASSERT_EQUAL(mkfifo(path, 0600), 0);
    expect(SENSOR_DRY);
    append("one\n");
    expect_line("one", 0);
    CU_ASSERT_FALSE(sensor_can_resume(sensor));
}

static void test_standard_input_ends(void)
{
    int ends[2] = { -1, -1 };
    int kept = dup(STDIN_FILENO);

    CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
    CU_ASSERT_EQUAL(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    (void)close(ends[0]);
    ASSERT_OK(file_write_all(ends[1], "one\ntwo", 7));
    sensor = sensor_new(&(struct sensor_options){ SENSOR_STDIN, "", TAIL_FROM_END }, NULL);
    expect_line("one", 0);
    expect(SENSOR_DRY);
    (void)close(ends[1]);
    expect_line("two", 4);
    expect(SENSOR_BROKEN);
    ASSERT_TEXT(slice_from(sensor_reason(sensor)), "the input has ended");
    CU_ASSERT_EQUAL(sensor_pipe_fd(sensor), -1);
    (void)dup2(kept, STDIN_FILENO);
    (void)close(kept);
}

static CU_TestInfo tests[] = {
    { "lines come whole", test_lines_come_whole },
    { "a missing file is broken until it appears", test_a_missing_file_is_broken_until_it_appears },
    { "an overlong line is left out and said", test_an_overlong_line_is_left_out_and_said },
    { "a line without end keeps nobody waiting", test_a_line_without_end_keeps_nobody_waiting },
    { "rotation completes the last line", test_rotation_completes_the_last_line },
    { "truncation drops the unfinished line", test_truncation_drops_the_unfinished_line },
    { "a restart reads from the place on", test_a_restart_reads_from_the_place_on },
    { "journal entries are cut by their format", test_journal_entries_are_cut_by_their_format },
    { "an over-long entry speaks for nobody", test_an_over_long_entry_speaks_for_nobody },
    { "a pipe is read as it comes", test_a_pipe_is_read_as_it_comes },
    { "a pipe may be made later", test_a_pipe_may_be_made_later },
    { "standard input ends", test_standard_input_ends },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "sensor",
      .pCleanupFunc = clear,
      .pSetUpFunc = set_up,
      .pTearDownFunc = tear_down,
      .pTests = tests },
    CU_SUITE_INFO_NULL,
};
