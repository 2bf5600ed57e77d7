#include "base/file.h"
#include "sma/tail.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct tail *tail;
static struct buf got;
static const char *path;
static unsigned number;

static const char *in_folder(const char *name)
{
    return file_path(&arena, suite_folder(), name);
}

static void set_up(void)
{
    path = arena_printf(&arena, "%s/log%u", suite_folder(), ++number).ptr;
}

static void tear_down(void)
{
    tail_free(&tail);
    buf_done(&got);
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void append_to(const char *file, const char *text)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

    CU_ASSERT_TRUE_FATAL(fd >= 0);
    ASSERT_OK(file_write_all(fd, text, strlen(text)));
    (void)close(fd);
}

static void rename_to(const char *from, const char *to)
{
    CU_ASSERT_EQUAL(rename(from, to), 0);
}

/* Reads until something else than bytes comes. */
static enum tail_step read_all(void)
{
    enum tail_step step = TAIL_BYTES;

    buf_clear(&got);
    while (step == TAIL_BYTES) {
        step = tail_read(tail, &got);
    }
    return step;
}

static void expect(enum tail_step step, const char *text)
{
    CU_ASSERT_EQUAL(read_all(), step);
    ASSERT_TEXT(buf_slice(&got), text);
}

static void test_what_is_appended_is_read(void)
{
    append_to(path, "old\n");
    tail = tail_new(path, TAIL_FROM_END, NULL);
    expect(TAIL_DRY, "");
    append_to(path, "one\n");
    append_to(path, "two\n");
    expect(TAIL_DRY, "one\ntwo\n");
    expect(TAIL_DRY, "");
    CU_ASSERT_EQUAL(tail_stream(tail), 8);
    CU_ASSERT_EQUAL(tail_place(tail, 4).offset, 8);
    CU_ASSERT_TRUE(tail_fd(tail) >= 0);
}

static void test_the_start_can_be_asked_for(void)
{
    append_to(path, "old\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "old\n");
}

static void test_a_file_may_appear_later(void)
{
    tail = tail_new(path, TAIL_FROM_END, NULL);
    expect(TAIL_MISSING, "");
    ASSERT_TEXT(slice_from(tail_reason(tail)), "cannot open: No such file or directory");
    CU_ASSERT_EQUAL(tail_fd(tail), -1);
    append_to(path, "first\n");
    expect(TAIL_DRY, "first\n");
}

static void test_a_folder_is_no_log(void)
{
    tail = tail_new(suite_folder(), TAIL_FROM_END, NULL);
    expect(TAIL_MISSING, "");
    ASSERT_TEXT(slice_from(tail_reason(tail)), "cannot open: Invalid argument");
}

static void test_rotation_by_rename_loses_nothing(void)
{
    const char *rotated = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    append_to(path, "two\n");
    rename_to(path, rotated);
    expect(TAIL_DRY, "two\n"); /* no successor yet: the old one may still grow */
    append_to(rotated, "three\n");
    append_to(path, "four\n");
    expect(TAIL_NEXT, "three\n");
    expect(TAIL_DRY, "four\n");
    CU_ASSERT_EQUAL(tail_stream(tail), 19);
    CU_ASSERT_EQUAL(tail_place(tail, 14).offset, 0);
}

static void test_an_empty_successor_is_not_yet_one(void)
{
    const char *rotated = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    rename_to(path, rotated);
    append_to(path, "");
    expect(TAIL_DRY, "one\n");
    append_to(rotated, "two\n"); /* the writer has not been told */
    expect(TAIL_DRY, "two\n");
}

static void test_truncation_is_a_gap_and_begins_again(void)
{
    append_to(path, "a long first line\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "a long first line\n");
    CU_ASSERT_EQUAL(truncate(path, 0), 0);
    append_to(path, "new\n");
    expect(TAIL_GAP, "");
    CU_ASSERT_TRUE(strstr(tail_reason(tail), "was cut") != NULL);
    expect(TAIL_DRY, "new\n");
}

static void test_a_file_cut_and_grown_past_the_place_is_noticed(void)
{
    append_to(path, "short\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "short\n");
    CU_ASSERT_EQUAL(truncate(path, 0), 0);
    append_to(path, "another and longer line\n");
    expect(TAIL_GAP, "");
    expect(TAIL_DRY, "another and longer line\n");
}

static void test_a_deleted_and_remade_file_is_read_from_its_start(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    CU_ASSERT_EQUAL(unlink(path), 0);
    expect(TAIL_DRY, "");
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "two\n");
}

static struct tail_resume place_now(uint64_t oldest)
{
    return (struct tail_resume){ tail_place(tail, oldest), tail_place(tail, tail_stream(tail)) };
}

static void test_a_restart_goes_on_at_the_place(void)
{
    append_to(path, "one\ntwo\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\ntwo\n");
    struct tail_resume resume = place_now(4);
    tail_free(&tail);
    append_to(path, "three\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_DRY, "two\nthree\n");
    CU_ASSERT_EQUAL(tail_stream(tail), 14);
}

static void test_a_restart_finds_the_rotated_file_and_its_successors(void)
{
    const char *names[] = { arena_printf(&arena, "%s.1", path).ptr,
                            arena_printf(&arena, "%s.2", path).ptr };

    append_to(path, "one\ntwo\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\ntwo\n");
    struct tail_resume resume = place_now(4);
    tail_free(&tail);
    rename_to(path, names[1]);
    append_to(names[0], "three\n");
    append_to(arena_printf(&arena, "%s.0.gz", path).ptr, "not text\n");
    append_to(path, "four\n");
    struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, names[1], times, 0), 0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "two\n");
    expect(TAIL_NEXT, "three\n");
    expect(TAIL_DRY, "four\n");
}

static void test_a_restart_without_the_old_file_says_so(void)
{
    append_to(path, "one\ntwo\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\ntwo\n");
    struct tail_resume resume = place_now(4);
    tail_free(&tail);
    append_to(in_folder("other"), "keeps the inode from being used again\n");
    CU_ASSERT_EQUAL(truncate(path, 0), 0);
    append_to(path, "new\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_GAP, "");
    expect(TAIL_DRY, "new\n");
    CU_ASSERT_EQUAL(tail_stream(tail), 12); /* goes on after what was done */
}

static void test_the_second_best_place_is_what_was_done(void)
{
    const char *rotated = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    struct tail_place oldest = tail_place(tail, 0);
    rename_to(path, rotated);
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "two\n");
    struct tail_resume resume = { oldest, tail_place(tail, tail_stream(tail)) };
    tail_free(&tail);
    CU_ASSERT_EQUAL(unlink(rotated), 0);
    append_to(path, "three\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_GAP, "");
    expect(TAIL_DRY, "three\n");
}

static void test_a_place_before_there_was_a_file(void)
{
    tail = tail_new(path, TAIL_FROM_END, NULL);
    expect(TAIL_MISSING, "");
    struct tail_resume resume = place_now(0);
    tail_free(&tail);
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_DRY, "one\n"); /* no gap, all of it */
}

static void test_big_files_come_in_pieces(void)
{
    static char text[3 * TAIL_READ_BYTES];

    memset(text, 'x', sizeof(text) - 1);
    append_to(path, text);
    tail = tail_new(path, TAIL_FROM_START, NULL);
    CU_ASSERT_EQUAL(tail_read(tail, &got), TAIL_BYTES);
    CU_ASSERT_EQUAL(got.len, TAIL_READ_BYTES);
    CU_ASSERT_EQUAL(read_all(), TAIL_DRY);
    CU_ASSERT_EQUAL(tail_stream(tail), sizeof(text) - 1);
}

static CU_TestInfo tests[] = {
    { "what is appended is read", test_what_is_appended_is_read },
    { "the start can be asked for", test_the_start_can_be_asked_for },
    { "a file may appear later", test_a_file_may_appear_later },
    { "a folder is no log", test_a_folder_is_no_log },
    { "rotation by rename loses nothing", test_rotation_by_rename_loses_nothing },
    { "an empty successor is not yet one", test_an_empty_successor_is_not_yet_one },
    { "truncation is a gap and begins again", test_truncation_is_a_gap_and_begins_again },
    { "a file cut and grown past the place is noticed",
      test_a_file_cut_and_grown_past_the_place_is_noticed },
    { "a deleted and remade file is read from its start",
      test_a_deleted_and_remade_file_is_read_from_its_start },
    { "a restart goes on at the place", test_a_restart_goes_on_at_the_place },
    { "a restart finds the rotated file and its successors",
      test_a_restart_finds_the_rotated_file_and_its_successors },
    { "a restart without the old file says so", test_a_restart_without_the_old_file_says_so },
    { "the second best place is what was done", test_the_second_best_place_is_what_was_done },
    { "a place before there was a file", test_a_place_before_there_was_a_file },
    { "big files come in pieces", test_big_files_come_in_pieces },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "tail",
      .pCleanupFunc = clear,
      .pSetUpFunc = set_up,
      .pTearDownFunc = tear_down,
      .pTests = tests },
    CU_SUITE_INFO_NULL,
};
