#include "base/fault.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/suite.h"

/* Passes a point `passes` times in a child; the signal that ended it, 0 for none. */
static int signal_of_child(const char *crash_at, const char *point, int passes)
{
    int how = 0;

    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        (void)setenv("REDAN_CRASH_AT", crash_at, 1); /* NOLINT(concurrency-mt-unsafe): one thread */
        for (int i = 0; i < passes; i++) {
            fault_point(point);
        }
        _exit(0);
    }
    CU_ASSERT_EQUAL(waitpid(child, &how, 0), child);
    return WIFSIGNALED(how) ? WTERMSIG(how) : 0;
}

static void test_named_point_kills(void)
{
    CU_ASSERT_EQUAL(signal_of_child("store.before_commit", "store.before_commit", 1), SIGKILL);
    CU_ASSERT_EQUAL(signal_of_child("store.before_commit", "store.after_commit", 1), 0);
    CU_ASSERT_EQUAL(signal_of_child("", "store.before_commit", 1), 0);
}

static void test_nth_pass_kills(void)
{
    CU_ASSERT_EQUAL(signal_of_child("a:3", "a", 2), 0);
    CU_ASSERT_EQUAL(signal_of_child("a:3", "a", 3), SIGKILL);
    CU_ASSERT_EQUAL(signal_of_child("a:zero", "a", 1), SIGKILL); /* a bad count means the first */
}

static CU_TestInfo tests[] = {
    { "the named point kills", test_named_point_kills },
    { "the nth pass kills", test_nth_pass_kills },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "fault", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
