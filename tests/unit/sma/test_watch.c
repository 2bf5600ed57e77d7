#include "base/file.h"
#include "sma/watch.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena arena;
static struct watch watch;

static void set_up(void)
{
    ASSERT_OK(watch_open(&watch));
}

static void tear_down(void)
{
    watch_close(&watch);
    arena_done(&arena);
}

static const char *in_folder(const char *name)
{
    return file_path(&arena, suite_folder(), name);
}

static void test_news_name_their_files(void)
{
    const char *one = in_folder("one");
    const char *other = in_folder("other");
    int fd = open(one, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    CU_ASSERT_TRUE(watch_folder(&watch, 0, one));
    CU_ASSERT_TRUE(watch_folder(&watch, 3, other));
    watch_file(&watch, 0, fd, true);
    CU_ASSERT_EQUAL(watch_take(&watch), 0);
    ASSERT_OK(file_write_all(fd, "x", 1));
    CU_ASSERT_EQUAL(watch_take(&watch), 1);
    CU_ASSERT_EQUAL(watch_take(&watch), 0);
    CU_ASSERT_EQUAL(rename(one, in_folder("one.1")), 0);
    CU_ASSERT_EQUAL(watch_take(&watch), 1); /* the other's name begins otherwise */
    int successor = open(one, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    CU_ASSERT_EQUAL(watch_take(&watch), 1);
    ASSERT_OK(file_write_all(successor, "x", 1));
    CU_ASSERT_EQUAL(watch_take(&watch), 1); /* though the old one is read still */
    (void)close(successor);
    ASSERT_OK(file_write_all(fd, "x", 1));
    CU_ASSERT_EQUAL(watch_take(&watch), 1); /* under its new name */
    CU_ASSERT_EQUAL(ftruncate(fd, 0), 0);
    CU_ASSERT_EQUAL(watch_take(&watch), 1);
    watch_file(&watch, 0, fd, false);
    watch_file(&watch, 0, -1, true);
    CU_ASSERT_EQUAL(rename(in_folder("one.1"), in_folder("away")), 0);
    (void)watch_take(&watch);
    ASSERT_OK(file_write_all(fd, "x", 1));
    CU_ASSERT_EQUAL(watch_take(&watch), 0);
    (void)close(fd);
}

static void test_a_folder_may_come_and_go(void)
{
    const char *folder = in_folder("sub");
    const char *log = file_path(&arena, folder, "log");

    CU_ASSERT_FALSE(watch_folder(&watch, 0, log));
    CU_ASSERT_FALSE(watch_has_folder(&watch, 0));
    CU_ASSERT_EQUAL(mkdir(folder, 0700), 0);
    CU_ASSERT_TRUE(watch_folder(&watch, 0, log));
    CU_ASSERT_TRUE(watch_has_folder(&watch, 0));
    CU_ASSERT_EQUAL(rmdir(folder), 0);
    CU_ASSERT_EQUAL(watch_take(&watch), 1);
    CU_ASSERT_FALSE(watch_has_folder(&watch, 0));
    CU_ASSERT_TRUE(watch_folder(&watch, 0, "relative"));
}

static CU_TestInfo tests[] = {
    { "news name their files", test_news_name_their_files },
    { "a folder may come and go", test_a_folder_may_come_and_go },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "watch", .pSetUpFunc = set_up, .pTearDownFunc = tear_down, .pTests = tests },
    CU_SUITE_INFO_NULL,
};
