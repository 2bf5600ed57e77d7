#include "base/file.h"
#include "sma/emitted.h"
#include "tests/suite.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static struct arena arena;
static struct emitted *emitted;
static const char *path;
static unsigned number;

static void set_up(void)
{
    path = arena_printf(&arena, "%s/emitted%u", suite_folder(), ++number).ptr;
}

static void tear_down(void)
{
    emitted_close(&emitted);
}

static int clear(void)
{
    arena_done(&arena);
    return 0;
}

static void reopen(uint64_t epoch, uint64_t next_seq)
{
    emitted_close(&emitted);
    ASSERT_OK(emitted_open(path, epoch, next_seq, &emitted));
    CU_ASSERT_PTR_NOT_NULL_FATAL(emitted);
}

static void test_keys_are_known_after_a_restart_only(void)
{
    reopen(7, 1);
    ASSERT_OK(emitted_add(emitted, SLICE("first"), 7, 1));
    ASSERT_OK(emitted_add(emitted, SLICE("second"), 7, 2));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("first")));
    reopen(7, 3);
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("first")));
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("second")));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("third")));
}

static void test_what_the_spool_did_not_take_is_not_known(void)
{
    reopen(7, 1);
    ASSERT_OK(emitted_add(emitted, SLICE("first"), 7, 1));
    ASSERT_OK(emitted_add(emitted, SLICE("second"), 7, 2));
    reopen(7, 2);
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("first")));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("second")));
    reopen(7, 3); /* number 2 is another event's now */
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("second")));
    reopen(8, 3); /* another spool */
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("first")));
}

static void test_checkpoints_forget_what_cannot_come_again(void)
{
    reopen(7, 1);
    ASSERT_OK(emitted_add(emitted, SLICE("before"), 7, 1));
    reopen(7, 2);
    ASSERT_OK(emitted_add(emitted, SLICE("after"), 7, 2));
    ASSERT_OK(emitted_checkpoint(emitted, false));
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("before")));
    reopen(7, 3);
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("before")));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("after")));
    ASSERT_OK(emitted_checkpoint(emitted, true));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("before")));
    reopen(7, 3);
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("before")));
}

static void test_a_torn_tail_is_cut(void)
{
    reopen(7, 1);
    ASSERT_OK(emitted_add(emitted, SLICE("first"), 7, 1));
    ASSERT_OK(emitted_add(emitted, SLICE("second"), 7, 2));
    emitted_close(&emitted);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CU_ASSERT_EQUAL(ftruncate(fd, lseek(fd, 0, SEEK_END) - 1), 0);
    (void)close(fd);
    reopen(7, 3);
    CU_ASSERT_TRUE(emitted_is_known(emitted, SLICE("first")));
    CU_ASSERT_FALSE(emitted_is_known(emitted, SLICE("second")));
}

static void test_limits(void)
{
    static const char long_key[] =
        "0123456789012345678901234567890123456789012345678901234567890123456789";

    reopen(7, 1);
    ASSERT_CODE(emitted_add(emitted, slice_from(long_key), 7, 1), STATUS_EXHAUSTED);
    CU_ASSERT_FALSE(emitted_is_known(emitted, slice_from(long_key)));
    struct emitted *none = NULL;
    ASSERT_CODE(emitted_open(suite_folder(), 7, 1, &none), STATUS_UNAVAILABLE);
    emitted_close(&none);
}

static CU_TestInfo tests[] = {
    { "keys are known after a restart only", test_keys_are_known_after_a_restart_only },
    { "what the spool did not take is not known", test_what_the_spool_did_not_take_is_not_known },
    { "checkpoints forget what cannot come again", test_checkpoints_forget_what_cannot_come_again },
    { "a torn tail is cut", test_a_torn_tail_is_cut },
    { "limits", test_limits },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { .pName = "emitted",
      .pCleanupFunc = clear,
      .pSetUpFunc = set_up,
      .pTearDownFunc = tear_down,
      .pTests = tests },
    CU_SUITE_INFO_NULL,
};
