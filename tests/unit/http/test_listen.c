#include "orchestrator/http_listen.h"

#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char path[200];

static const char *fresh_path(void)
{
    static unsigned count;

    (void)snprintf(path, sizeof(path), "%s/%u.sock", suite_folder(), count++);
    return path;
}

static void test_the_socket_has_its_mode_and_group(void)
{
    struct stat info;
    int fd = -1;

    ASSERT_OK(http_listen(fresh_path(), 0660, getegid(), &fd));
    CU_ASSERT_EQUAL(stat(path, &info), 0);
    CU_ASSERT_TRUE(S_ISSOCK(info.st_mode));
    CU_ASSERT_EQUAL(info.st_mode & 07777, 0660);
    CU_ASSERT_EQUAL(info.st_gid, getegid());
    CU_ASSERT_TRUE((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
    (void)close(fd);
}

static void test_a_live_socket_is_not_taken(void)
{
    int first = -1;
    int second = -1;

    ASSERT_OK(http_listen(fresh_path(), 0600, (gid_t)-1, &first));
    struct status status = http_listen(path, 0600, (gid_t)-1, &second);
    ASSERT_CODE(status, STATUS_CONFLICT);
    CU_ASSERT_PTR_NOT_NULL(strstr(status.msg, "another process listens there"));
    CU_ASSERT_EQUAL(second, -1);
    (void)close(first);
}

static void test_a_dead_socket_is_replaced(void)
{
    int fd = -1;

    ASSERT_OK(http_listen(fresh_path(), 0600, (gid_t)-1, &fd));
    (void)close(fd); /* the file stays */
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
    ASSERT_OK(http_listen(path, 0600, (gid_t)-1, &fd));
    (void)close(fd);
}

static void test_other_files_are_left_alone(void)
{
    int fd = -1;
    FILE *file = fopen(fresh_path(), "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    (void)fclose(file);
    ASSERT_CODE(http_listen(path, 0600, (gid_t)-1, &fd), STATUS_CONFLICT);
    CU_ASSERT_EQUAL(access(path, F_OK), 0);
}

static void test_bad_paths_are_refused(void)
{
    char too_long[200];
    int fd = -1;

    memset(too_long, 'x', sizeof(too_long));
    too_long[sizeof(too_long) - 1] = '\0';
    ASSERT_CODE(http_listen(too_long, 0600, (gid_t)-1, &fd), STATUS_INVALID);
    ASSERT_CODE(http_listen("", 0600, (gid_t)-1, &fd), STATUS_INVALID);
    ASSERT_CODE(http_listen("/nowhere/at/all.sock", 0600, (gid_t)-1, &fd), STATUS_UNAVAILABLE);
    CU_ASSERT_EQUAL(fd, -1);
}

static CU_TestInfo tests[] = {
    { "the socket has its mode and group", test_the_socket_has_its_mode_and_group },
    { "a live socket is not taken", test_a_live_socket_is_not_taken },
    { "a dead socket is replaced", test_a_dead_socket_is_replaced },
    { "other files are left alone", test_other_files_are_left_alone },
    { "bad paths are refused", test_bad_paths_are_refused },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "listen", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
