#include "base/file.h"
#include "sma/rotation.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct arena arena;
static struct rotation rotation;

static void tear_down(void)
{
    rotation_done(&rotation);
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void test_names_are_rotated_files_or_not(void)
{
    static const struct {
        const char *base, *name;
        int number; /* -1: none; -2: no rotated file */
        bool compressed;
    } rows[] = {
        { "auth.log", "auth.log.1", 1, false },
        { "auth.log", "auth.log.0", 0, false },
        { "auth.log", "auth.log.12.gz", 12, true },
        { "auth.log", "auth.1.log", 1, false },
        { "auth.log", "auth.log.old", -1, false },
        { "auth.log", "auth.log-20261121", -1, false },
        { "auth.log", "auth.log-20261121.xz", -1, true },
        { "auth.log", "auth.log.2026-11-21T04:00", -1, false },
        { "auth.log", "auth.log_2026112104-1", -1, false },
        { "auth.log", "auth-20261121.log", -1, false },
        { "auth.log", "auth-20261121.log.zst", -1, true },
        { "syslog", "syslog.1", 1, false },
        { "syslog", "syslog-20261121.bz2", -1, true },
        { "auth.log", "auth.log", -2, false },
        { "auth.log", "auth.log2.txt", -2, false },
        { "auth.log", "auth.log.txt", -2, false },
        { "auth.log", "auth.log.1.txt", -2, false },
        { "auth.log", "auth.log.bak", -2, false },
        { "auth.log", "auth.log.", -2, false },
        { "auth.log", "auth.log-", -2, false },
        { "auth.log", "auth.log-2", -2, false }, /* could be another log */
        { "auth.log", "auth.log-123456-", -2, false },
        { "auth.log", "auth.log.gz", -2, false },
        { "auth.log", "auth.logger.1", -2, false },
        { "auth.log", "auth.log.-1", -2, false },
        { "auth.log", "other.1.log", -2, false },
        { "app", "app-worker.1", -2, false },
        { ".log", "x.1.log", -2, false },
        { "web.log", "web-192.168.10.1.log", -2, false }, /* a log of its own */
        { "web.log", "web.10.20.30.140.log", -2, false },
        { "redis.log", "redis.6379.log", -2, false },
        { "auth.log", "auth.log-21-11-2026", -1, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct rotation_name name = { .number = 77 };
        bool known = rotation_name_read(slice_from(rows[i].base), slice_from(rows[i].name), &name);
        if (known != (rows[i].number != -2)) {
            suite_check(false, rows[i].name, __FILE__, __LINE__);
            continue;
        }
        CU_ASSERT_EQUAL(name.compressed, rows[i].compressed);
        if (rows[i].number >= -1) {
            CU_ASSERT_EQUAL(name.numbered, rows[i].number >= 0);
        }
        CU_ASSERT(rows[i].number < 0 || (int)name.number == rows[i].number);
    }
}

static const char *in_folder(const char *name)
{
    return file_path(&arena, suite_folder(), name);
}

static void make(const char *name, int64_t modified_s)
{
    struct timespec times[2] = { { .tv_sec = modified_s }, { .tv_sec = modified_s } };

    ASSERT_OK(file_store(in_folder(name), SLICE("x\n"), 0600));
    CU_ASSERT_EQUAL(utimensat(AT_FDCWD, in_folder(name), times, 0), 0);
}

static void expect_order(const char *base, const char *const *names)
{
    rotation_done(&rotation);
    rotation_list(in_folder(base), &rotation);
    CU_ASSERT_FALSE(rotation.partial);
    size_t count = 0;
    for (; names[count] != NULL; count++) {
        CU_ASSERT_FATAL(count < rotation.count);
        ASSERT_TEXT(slice_from(rotation.files[count].path), in_folder(names[count]));
    }
    CU_ASSERT_EQUAL(rotation.count, count);
}

static void test_numbers_order_better_than_times(void)
{
    make("a.log", 9);
    make("a.log.1", 1);
    make("a.log.10", 7);
    make("a.log.2.gz", 3);
    make("a.log2.txt", 4);
    CU_ASSERT_EQUAL(link(in_folder("a.log"), in_folder("a.log.3")), 0); /* the log itself */
    expect_order("a.log", (const char *const[]){ "a.log.10", "a.log.2.gz", "a.log.1", NULL });
}

static void test_dated_files_are_ordered_by_time(void)
{
    make("b.log", 9);
    make("b.log-20261119", 1);
    make("b-20261121.log", 3);
    make("b.log-20261120.gz", 2);
    make("b.log.old", 4);
    expect_order("b.log", (const char *const[]){ "b.log-20261119", "b.log-20261120.gz",
                                                 "b-20261121.log", "b.log.old", NULL });
}

static void test_a_folder_that_cannot_be_read_may_hold_more(void)
{
    rotation_list(in_folder("none/such.log"), &rotation);
    CU_ASSERT_TRUE(rotation.partial);
    CU_ASSERT_EQUAL(rotation.count, 0);
}

/* --- what comes next -------------------------------------------------------------------------- */

/* "NAME:SECOND" with "!" behind an unreadable, "-" behind an empty and "~" behind a just renamed
 * one; its inode is its place in the list, from 1. */
static const int64_t now_ns = INT64_C(1000) * 1000000000;
static struct rotated files[8];
static struct rotation listed;

static struct rotation_step next_of(const char *list, struct rotation_from from)
{
    struct rotation all = { .files = files };
    struct slice rest = slice_from(list);

    while (rest.len > 0) {
        struct slice word = slice_cut(&rest, ' ');
        struct slice name = slice_cut(&word, ':');
        struct rotated *file = &files[all.count++];
        *file = (struct rotated){ .device = 1,
                                  .inode = all.count,
                                  .size = slice_ends(word, SLICE("-")) ? 0 : 9,
                                  .modified_ns = (int64_t)(word.ptr[0] - '0') * 1000000000,
                                  .changed_ns = slice_ends(word, SLICE("~")) ? now_ns : 0 };
        CU_ASSERT_TRUE(rotation_name_read(SLICE("log"), name, &file->name));
        file->unreadable = file->name.compressed || slice_ends(word, SLICE("!"));
    }
    from.now_ns = now_ns;
    listed = all;
    return rotation_next(&all, &from);
}

static void test_what_comes_next(void)
{
    static const struct {
        const char *list;
        struct rotation_from from;
        int next, lost; /* places in the list; -1: none */
        bool found, hole;
    } rows[] = {
        { "", { 1, 9, 5, 0 }, -1, -1, false, false },
        { "log.1:1", { 1, 1, 0, 0 }, -1, -1, true, false },
        { "log.2:1 log.1:2", { 1, 1, 0, 0 }, 1, -1, true, false },
        { "log.3:1 log.2:2 log.1:3", { 1, 2, 0, 0 }, 2, -1, true, false },
        { "log.3:1 log.1:3", { 1, 1, 0, 0 }, 1, -1, true, true },  /* .2 is gone */
        { "log.3:1 log.2:2", { 1, 2, 0, 0 }, -1, -1, true, true }, /* .1 is gone */
        { "log.2:1 log.1:2-", { 1, 1, 0, 0 }, -1, -1, true, false },
        { "log.3:1 log.2:2! log.1:3", { 1, 1, 0, 0 }, 2, 1, true, false },
        { "log.3:1 log.2.gz:2 log.1:3", { 1, 1, 0, 0 }, 2, 1, true, false },
        /* deleted: those that were written to later */
        { "log.2:3 log.1:6", { 1, 9, INT64_C(5000000000), 0 }, 1, -1, false, false },
        { "log.2:6 log.1:7", { 1, 9, INT64_C(5000000000), 0 }, 0, -1, false, false },
        { "log.2:3 log.1:4", { 1, 9, INT64_C(5000000000), 0 }, -1, -1, false, false },
        /* compressed since it was read to its end */
        { "log.2.gz:5 log.1:6", { 1, 9, INT64_C(5000000000), 0 }, 1, -1, true, false },
        { "log.1.gz:5", { 1, 9, INT64_C(5000000000), 0 }, -1, -1, true, false },
        { "log.3.gz:5 log.2.gz:6 log.1:7", { 1, 9, INT64_C(5000000000), 0 }, 2, 1, true, false },
        /* lost over a restart */
        { "log.2:4 log.1:6", { 0, 0, INT64_C(5000000000), 0 }, 1, -1, false, false },
        { "log.2.gz:6 log.1:7", { 0, 0, INT64_C(5000000000), 0 }, 1, 0, false, false },
        { "log.2:4 log.1:6", { 0, 0, 0, 0 }, -1, -1, false, false },
        { "log-20261119:1 log-20261120:2", { 1, 1, 0, 0 }, 1, -1, true, false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct rotation_step step = next_of(rows[i].list, rows[i].from);
        bool good = (step.next == NULL ? -1 : (int)(step.next - files)) == rows[i].next &&
                    (step.lost == NULL ? -1 : (int)(step.lost - files)) == rows[i].lost &&
                    step.found == rows[i].found && step.hole == rows[i].hole;
        if (!good) {
            (void)printf("\n    row %zu: %s", i, rows[i].list);
        }
        CU_ASSERT_TRUE(good);
    }
}

static void test_in_the_middle_of_a_rotation_it_is_told_later(void)
{
    const struct rotation_from second = { 1, 2, 0, 0 };
    const struct rotation_from first = { 1, 1, 0, 0 };

    struct rotation_step step = next_of("log.3:1 log.2:2~", second); /* .1 is to come */
    CU_ASSERT(step.doubt && !step.hole);
    step = next_of("log.3:1~ log.1:2", first);
    CU_ASSERT(step.doubt && !step.hole);
    (void)next_of("log.3:1 log.2:2 log.1:3", second);
    CU_ASSERT_TRUE(rotation_follows(&listed, &first, &second));
    CU_ASSERT_FALSE(rotation_follows(&listed, &second, &first));
    (void)next_of("log.3:1 log.1:2", second);
    CU_ASSERT_FALSE(rotation_follows(&listed, &first, &second));
    (void)next_of("log.3.gz:1 log.2:2", second);
    CU_ASSERT_TRUE(rotation_follows(&listed, &(struct rotation_from){ 1, 77, 0, 0 }, &second));
    (void)next_of("log.2:2", first); /* the one before is gone as well */
    CU_ASSERT_FALSE(rotation_follows(&listed, &second, &first));
}

static CU_TestInfo tests[] = {
    { "names are rotated files or not", test_names_are_rotated_files_or_not },
    { "numbers order better than times", test_numbers_order_better_than_times },
    { "dated files are ordered by time", test_dated_files_are_ordered_by_time },
    { "a folder that cannot be read may hold more",
      test_a_folder_that_cannot_be_read_may_hold_more },
    { "in the middle of a rotation it is told later",
      test_in_the_middle_of_a_rotation_it_is_told_later },
    { "what comes next", test_what_comes_next },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "rotation", .pCleanupFunc = clear, .pTearDownFunc = tear_down, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
