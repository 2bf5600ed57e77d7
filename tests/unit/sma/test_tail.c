#include "base/clock.h"
#include "base/file.h"
#include "base/parse.h"
#include "sma/checkpoint.h"
#include "sma/tail.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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
    const char *first = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    append_to(path, "two\n");
    rename_to(path, first);
    expect(TAIL_DRY, "two\n"); /* no successor yet: the old one may still grow */
    append_to(first, "three\n");
    append_to(path, "four\n");
    expect(TAIL_NEXT, "three\n");
    expect(TAIL_DRY, "four\n");
    CU_ASSERT_EQUAL(tail_stream(tail), 19);
    CU_ASSERT_EQUAL(tail_place(tail, 14).offset, 0);
}

static void test_an_empty_successor_is_not_yet_one(void)
{
    const char *first = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    rename_to(path, first);
    append_to(path, "");
    expect(TAIL_DRY, "one\n");
    append_to(first, "two\n"); /* the writer has not been told */
    expect(TAIL_DRY, "two\n");
}

/* Nothing tells that lines are missed then, unless this does. */
static void test_a_successor_that_cannot_be_read_is_told(void)
{
    const char *first = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    rename_to(path, first);
    expect(TAIL_DRY, ""); /* not made yet */
    CU_ASSERT_EQUAL(mkdir(path, 0700), 0);
    expect(TAIL_MISSING, "");
    ASSERT_TEXT(slice_from(tail_reason(tail)), "cannot open: Invalid argument");
    append_to(first, "two\n"); /* what can be read still is */
    expect(TAIL_MISSING, "two\n");
    CU_ASSERT_EQUAL(rmdir(path), 0);
    append_to(path, "three\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "three\n");
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
    append_to(arena_printf(&arena, "%s.3.gz", path).ptr, "not text\n"); /* older: read long ago */
    append_to(path, "four\n");
    struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, names[1], times, 0), 0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "two\n");
    expect(TAIL_NEXT, "three\n");
    expect(TAIL_DRY, "four\n");
}

static const char *rotated(unsigned count)
{
    return arena_printf(&arena, "%s.%u", path, count).ptr;
}

/* As logrotate does it: the oldest first. */
static void rotate(void)
{
    for (unsigned i = 9; i > 0; i--) {
        if (access(rotated(i), F_OK) == 0) {
            rename_to(rotated(i), rotated(i + 1));
        }
    }
    rename_to(path, rotated(1));
}

static void expect_gap(const char *reason)
{
    expect(TAIL_GAP, "");
    if (strstr(tail_reason(tail), reason) == NULL) {
        suite_check(false, tail_reason(tail), __FILE__, __LINE__);
    }
}

/* What is read of a file that was at "one\n" when the agent stopped. */
static struct tail_resume read_one_and_stop(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    struct tail_resume resume = place_now(0);
    resume.oldest = resume.done;
    tail_free(&tail);
    return resume;
}

static void test_rotations_while_stopped_lose_nothing(void)
{
    for (unsigned rotations = 1; rotations <= 4; rotations++) {
        set_up();
        struct tail_resume resume = read_one_and_stop();
        append_to(path, "last\n");
        append_to(arena_printf(&arena, "%s2.txt", path).ptr, "nobody's\n");
        for (unsigned i = 1; i <= rotations; i++) {
            rotate();
            append_to(path, arena_printf(&arena, "file %u\n", i).ptr);
        }
        tail = tail_new(path, TAIL_FROM_END, &resume);
        expect(TAIL_NEXT, "last\n");
        for (unsigned i = 1; i < rotations; i++) {
            expect(TAIL_NEXT, arena_printf(&arena, "file %u\n", i).ptr);
        }
        expect(TAIL_DRY, arena_printf(&arena, "file %u\n", rotations).ptr);
        tail_free(&tail);
    }
}

static void test_rotations_while_stalled_lose_nothing(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    rotate();
    append_to(path, "two\n");
    rotate();
    append_to(path, "three\n");
    rotate();
    append_to(path, "four\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_NEXT, "two\n");
    rotate(); /* and once more in the middle */
    append_to(path, "five\n");
    expect(TAIL_NEXT, "three\n");
    expect(TAIL_NEXT, "four\n");
    expect(TAIL_DRY, "five\n");
}

static void test_rotations_by_date_lose_nothing(void)
{
    static const char *const names[] = { "%s-20261119", "%s-20261120", "%s-20261121" };
    struct tail_resume resume = read_one_and_stop();

    append_to(arena_printf(&arena, "%s-20261118", path).ptr, "old\n");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char dated[512];
        struct timespec times[2] = { { .tv_sec = (time_t)(1000 + i) },
                                     { .tv_sec = (time_t)(1000 + i) } };
        (void)snprintf(dated, sizeof(dated), "%s%s", path, names[i] + 2);
        rename_to(path, dated);
        CU_ASSERT_EQUAL(utimensat(AT_FDCWD, dated, times, 0), 0);
        append_to(path, arena_printf(&arena, "file %zu\n", i).ptr);
    }
    struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, arena_printf(&arena, "%s-20261118", path).ptr, times, 0),
                    0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "");
    expect(TAIL_NEXT, "file 0\n");
    expect(TAIL_NEXT, "file 1\n");
    expect(TAIL_DRY, "file 2\n");
}

static void test_what_was_compressed_meanwhile_is_a_gap(void)
{
    struct tail_resume resume = read_one_and_stop();

    rotate();
    append_to(path, "two\n");
    rotate();
    append_to(path, "three\n");
    rename_to(rotated(1), arena_printf(&arena, "%s.1.gz", path).ptr);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "");
    expect_gap(".1.gz");
    expect(TAIL_DRY, "three\n");
}

static void test_what_was_read_last_and_compressed_is_a_gap_and_the_rest_is_read(void)
{
    struct tail_resume resume = read_one_and_stop();

    rotate();
    append_to(path, "two\n");
    rotate();
    append_to(path, "three\n");
    /* Compressed: another file, with the time of the first. */
    CU_ASSERT_EQUAL(unlink(rotated(2)), 0);
    append_to(arena_printf(&arena, "%s.2.gz", path).ptr, "packed\n");
    int64_t then_ns = (int64_t)resume.done.modified_ns;
    struct timespec times[2] = { { then_ns / 1000000000, then_ns % 1000000000 },
                                 { then_ns / 1000000000, then_ns % 1000000000 } };
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, arena_printf(&arena, "%s.2.gz", path).ptr, times, 0), 0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect_gap("is gone or was cut");
    expect(TAIL_NEXT, "two\n");
    expect(TAIL_DRY, "three\n");
}

static void test_a_file_compressed_after_its_end_was_read_is_no_gap(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    rotate();
    append_to(arena_printf(&arena, "%s.1.gz", path).ptr, "packed\n");
    CU_ASSERT_EQUAL(unlink(rotated(1)), 0);
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "two\n");
}

static void test_a_missing_number_is_a_gap(void)
{
    struct tail_resume resume = read_one_and_stop();

    rotate();
    append_to(path, "two\n");
    rotate();
    append_to(path, "three\n");
    rotate();
    append_to(path, "four\n");
    CU_ASSERT_EQUAL(unlink(rotated(2)), 0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, ""); /* it could still come: this may be the middle of a rotation */
    expect(TAIL_NEXT, "three\n");
    expect_gap("a rotated file between is gone");
    expect(TAIL_DRY, "four\n");
}

static void test_a_file_taken_out_of_the_folder_is_a_gap(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    rename_to(path, in_folder("elsewhere"));
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect_gap("taken away");
    expect(TAIL_DRY, "two\n");
}

/* Root reads everything, unless it lays these rights down. */
static void obey_modes(bool yes)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct rights[_LINUX_CAPABILITY_U32S_3];
    const uint32_t override =
        CAP_TO_MASK(CAP_DAC_OVERRIDE) | CAP_TO_MASK(CAP_DAC_READ_SEARCH); /* both below 32 */

    CU_ASSERT_EQUAL_FATAL(syscall(SYS_capget, &header, rights), 0);
    rights[0].effective = yes ? rights[0].effective & ~override
                              : rights[0].effective | (rights[0].permitted & override);
    CU_ASSERT_EQUAL_FATAL(syscall(SYS_capset, &header, rights), 0);
}

static void test_a_rotated_file_that_is_closed_to_us_is_a_gap(void)
{
    struct tail_resume resume = read_one_and_stop();

    obey_modes(true);
    rotate();
    append_to(path, "two\n");
    rotate();
    append_to(path, "three\n");
    CU_ASSERT_EQUAL(chmod(rotated(1), 0), 0);
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "");
    expect_gap("closed to us");
    expect(TAIL_DRY, "three\n");
    obey_modes(false);
}

/* cp, then truncate: what logrotate calls copytruncate. */
static void copy_and_cut(const char *text)
{
    append_to(rotated(1), text);
    CU_ASSERT_EQUAL(truncate(path, 0), 0);
}

#define LONG_LINE                                                                                  \
    "a line of more than sixty-four bytes, so that it is known for sure when met again\n"

static void test_what_a_copy_kept_is_read_before_the_cut_file(void)
{
    append_to(path, LONG_LINE "half a ");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, LONG_LINE "half a ");
    append_to(path, "line\nunread\n");
    copy_and_cut(LONG_LINE "half a line\nunread\n");
    expect(TAIL_DRY, "line\nunread\n"); /* at once behind what was read before */
    append_to(path, "new\n");
    expect(TAIL_NEXT, "");
    expect_gap("copied and cut");
    expect(TAIL_DRY, "new\n");
}

static void test_a_copy_made_while_stopped_is_found_by_its_beginning(void)
{
    append_to(rotated(1), LONG_LINE "older, with the same beginning, and even longer\n");
    struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, rotated(1), times, 0), 0);
    append_to(path, LONG_LINE);
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, LONG_LINE);
    struct tail_resume resume = place_now(0);
    resume.oldest = resume.done;
    tail_free(&tail);
    rename_to(rotated(1), rotated(2));
    append_to(path, "unread\n");
    copy_and_cut(LONG_LINE "unread\n");
    append_to(path,
              "new, and longer than what had been there before, so that its size tells nothing; "
              "not even that\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "unread\n");
    expect_gap("copied and cut");
    CU_ASSERT_EQUAL(read_all(), TAIL_DRY);
    CU_ASSERT_TRUE(slice_starts(buf_slice(&got), SLICE("new, and longer")));
}

static void test_stream_positions_survive_a_hole_before_what_was_done(void)
{
    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    struct tail_place oldest = tail_place(tail, 0);
    rotate();
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "two\n");
    rotate();
    append_to(path, "three\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "three\n");
    struct tail_resume resume = { oldest, tail_place(tail, tail_stream(tail)) };
    tail_free(&tail);
    CU_ASSERT_EQUAL(unlink(rotated(1)), 0);
    append_to(path, "four\n");
    tail = tail_new(path, TAIL_FROM_END, &resume);
    expect(TAIL_NEXT, "one\n");
    expect_gap("gone");
    expect(TAIL_DRY, "three\nfour\n");
    CU_ASSERT_EQUAL(tail_stream(tail), 19); /* as if "two" had been read */
}

/* --- a writer that was not told yet ------------------------------------------------------------
 */

enum { LATE_LINES = 1500 };

/* Renames, writes a last line into the old file and at once the first one of the new; then waits
 * until that was read. */
static void write_late(int asked)
{
    char byte = 0;

    for (unsigned i = 0; i < LATE_LINES && read(asked, &byte, 1) == 1; i++) {
        int old = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
        (void)rename(path, rotated(1));
        int fresh = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        (void)!write(old, "late\n", 5);
        (void)!write(fresh, "fresh\n", 6);
        (void)close(old);
        (void)close(fresh);
    }
    _exit(0);
}

static void test_a_last_line_in_the_old_file_is_read_before_the_new_one(void)
{
    int ask[2];
    unsigned good = 0;

    append_to(path, "first\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "first\n");
    CU_ASSERT_EQUAL_FATAL(pipe(ask), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        write_late(ask[0]);
    }
    for (unsigned i = 0; i < LATE_LINES; i++) {
        int64_t deadline_ms = clock_mono_ms(&clock_real) + 10000;
        buf_clear(&got);
        CU_ASSERT_EQUAL(write(ask[1], "x", 1), 1);
        while (!slice_ends(buf_slice(&got), SLICE("fresh\n")) &&
               clock_mono_ms(&clock_real) < deadline_ms) {
            (void)tail_read(tail, &got); /* without a pause: to meet every moment */
        }
        good += slice_is(buf_slice(&got), "late\nfresh\n") ? 1 : 0;
    }
    CU_ASSERT_EQUAL(good, LATE_LINES);
    CU_ASSERT(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
    (void)close(ask[0]);
    (void)close(ask[1]);
}

/* --- kill -9 ---------------------------------------------------------------------------------- */

enum { KILL_ROUNDS = 12, KILL_LINES = 400 };

static void store_place(const char *notes, const char *place, const struct tail *follower,
                        uint64_t stream)
{
    struct tail_place done = tail_place(follower, stream);
    struct checkpoint now = { .sensors = { { SLICE("log"), { done, done } } }, .sensor_count = 1 };
    struct status stored = checkpoint_store(place, &now);

    if (!status_ok(&stored)) {
        append_to(notes, "no checkpoint\n");
    }
}

/* Reads on from the checkpoint and notes each whole line, then where it stands; until killed. */
static void follow_until_killed(const char *notes, const char *place)
{
    static struct checkpoint known;
    struct status loaded = checkpoint_load(&arena, place, &known);
    const struct tail_resume *resume =
        status_ok(&loaded) ? checkpoint_of(&known, SLICE("log")) : NULL;
    struct tail *follower = tail_new(path, TAIL_FROM_START, resume);
    struct buf bytes = { 0 };

    for (;;) {
        enum tail_step step = tail_read(follower, &bytes);
        size_t whole = slice_rfind(buf_slice(&bytes), '\n') + 1;
        if (step == TAIL_GAP) {
            append_to(notes, arena_printf(&arena, "gap: %s\n", tail_reason(follower)).ptr);
        } else if (step == TAIL_BYTES && whole <= bytes.len) {
            append_to(notes, arena_printf(&arena, "%.*s", (int)whole, bytes.ptr).ptr);
            buf_drop_front(&bytes, whole);
            store_place(notes, place, follower, tail_stream(follower) - bytes.len);
        } else if (step == TAIL_DRY || step == TAIL_MISSING) {
            store_place(notes, place, follower, tail_stream(follower) - bytes.len);
            (void)poll(NULL, 0, 1);
        }
    }
}

static pid_t start_follower(const char *notes, const char *place)
{
    pid_t child = fork();

    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        follow_until_killed(notes, place);
    }
    return child;
}

static size_t lines_noted(const char *notes, bool *seen, size_t lines)
{
    CLEANUP(arena_done) struct arena own = { 0 };
    struct slice text = { 0 };
    struct status loaded = file_load(&own, notes, 1 << 24, &text);
    size_t count = 0;

    while (status_ok(&loaded) && text.len > 0) {
        struct slice line = slice_cut(&text, '\n');
        uint32_t at = 0;
        struct status read = parse_u32(slice_sub(line, 5, 10), 0, (uint32_t)lines - 1, &at);
        if (!slice_starts(line, SLICE("line "))) { /* a gap, or torn */
            suite_check(false, arena_cstr(&own, line), __FILE__, __LINE__);
        }
        if (status_ok(&read) && !seen[at]) {
            seen[at] = true;
            count++;
        }
    }
    return count;
}

static void test_rotations_and_kill_9_lose_no_line(void)
{
    static bool seen[KILL_ROUNDS * KILL_LINES];
    const char *notes = arena_printf(&arena, "%s-notes", path).ptr;
    const char *place = arena_printf(&arena, "%s-place", path).ptr;
    unsigned line = 0;

    memset(seen, 0, sizeof(seen));
    append_to(path, "");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    store_place(notes, place, tail, 0); /* as the agent does at its start */
    for (unsigned round = 0; round < KILL_ROUNDS; round++) {
        pid_t child = start_follower(notes, place);
        for (unsigned i = 0; i < KILL_LINES; i++) {
            append_to(path, arena_printf(&arena, "line %05u of the log\n", line++).ptr);
            if (i % 97 == round * 7 % 97) {
                rotate();
                append_to(path, "");
            }
            if (i == (round * 131) % KILL_LINES) {
                CU_ASSERT(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
                child = 0;
            }
        }
        child = start_follower(notes, place); /* has to catch up before the oldest goes */
        int64_t deadline_ms = clock_mono_ms(&clock_real) + 20000;
        memset(seen, 0, sizeof(seen));
        while (lines_noted(notes, seen, COUNT_OF(seen)) < line &&
               clock_mono_ms(&clock_real) < deadline_ms) { /* it notes without a word to us */
            (void)poll(NULL, 0, 2);
            memset(seen, 0, sizeof(seen));
        }
        CU_ASSERT(kill(child, SIGKILL) == 0 && waitpid(child, NULL, 0) == child);
        CU_ASSERT_FATAL(clock_mono_ms(&clock_real) < deadline_ms);
    }
    memset(seen, 0, sizeof(seen));
    CU_ASSERT_EQUAL(lines_noted(notes, seen, COUNT_OF(seen)), line);
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
    const char *first = arena_printf(&arena, "%s.1", path).ptr;

    append_to(path, "one\n");
    tail = tail_new(path, TAIL_FROM_START, NULL);
    expect(TAIL_DRY, "one\n");
    struct tail_place oldest = tail_place(tail, 0);
    rename_to(path, first);
    append_to(path, "two\n");
    expect(TAIL_NEXT, "");
    expect(TAIL_DRY, "two\n");
    struct tail_resume resume = { oldest, tail_place(tail, tail_stream(tail)) };
    tail_free(&tail);
    CU_ASSERT_EQUAL(unlink(first), 0);
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
    { "a successor that cannot be read is told", test_a_successor_that_cannot_be_read_is_told },
    { "truncation is a gap and begins again", test_truncation_is_a_gap_and_begins_again },
    { "a file cut and grown past the place is noticed",
      test_a_file_cut_and_grown_past_the_place_is_noticed },
    { "a deleted and remade file is read from its start",
      test_a_deleted_and_remade_file_is_read_from_its_start },
    { "a restart goes on at the place", test_a_restart_goes_on_at_the_place },
    { "a restart finds the rotated file and its successors",
      test_a_restart_finds_the_rotated_file_and_its_successors },
    { "rotations while stopped lose nothing", test_rotations_while_stopped_lose_nothing },
    { "rotations while stalled lose nothing", test_rotations_while_stalled_lose_nothing },
    { "rotations by date lose nothing", test_rotations_by_date_lose_nothing },
    { "what was compressed meanwhile is a gap", test_what_was_compressed_meanwhile_is_a_gap },
    { "what was read last and compressed is a gap and the rest is read",
      test_what_was_read_last_and_compressed_is_a_gap_and_the_rest_is_read },
    { "a file compressed after its end was read is no gap",
      test_a_file_compressed_after_its_end_was_read_is_no_gap },
    { "a missing number is a gap", test_a_missing_number_is_a_gap },
    { "a file taken out of the folder is a gap", test_a_file_taken_out_of_the_folder_is_a_gap },
    { "a rotated file that is closed to us is a gap",
      test_a_rotated_file_that_is_closed_to_us_is_a_gap },
    { "what a copy kept is read before the cut file",
      test_what_a_copy_kept_is_read_before_the_cut_file },
    { "a copy made while stopped is found by its beginning",
      test_a_copy_made_while_stopped_is_found_by_its_beginning },
    { "stream positions survive a hole before what was done",
      test_stream_positions_survive_a_hole_before_what_was_done },
    { "a last line in the old file is read before the new one",
      test_a_last_line_in_the_old_file_is_read_before_the_new_one },
    { "rotations and kill -9 lose no line", test_rotations_and_kill_9_lose_no_line },
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
