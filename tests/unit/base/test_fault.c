#include "base/fault.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/suite.h"

static void set(const char *name, const char *value)
{
    (void)setenv(name, value, 1); /* NOLINT(concurrency-mt-unsafe): one thread */
}

static void unset(const char *name)
{
    (void)unsetenv(name); /* NOLINT(concurrency-mt-unsafe): one thread */
}

/* Passes a point `passes` times in a child; the signal that ended it, 0 for none. */
static int signal_of_child(const char *crash_at, const char *point, int passes)
{
    int how = 0;

    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        set("REDAN_CRASH_AT", crash_at);
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

static void test_nothing_counts_before_the_file_is_there(void)
{
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/armed", suite_folder());
    set("REDAN_CRASH_WHEN", path);
    CU_ASSERT_EQUAL(signal_of_child("a", "a", 5), 0);
    ASSERT_OK(file_store(path, SLICE(""), 0600));
    CU_ASSERT_EQUAL(signal_of_child("a", "a", 1), SIGKILL);
    unset("REDAN_CRASH_WHEN");
}

/* In this process: what does not kill is harmless. */
static void test_other_passes_do_nothing(void)
{
    unset("REDAN_CRASH_AT");
    fault_point("a");
    set("REDAN_CRASH_AT", "a:1000000");
    fault_point("a");
    fault_point("b");
    unset("REDAN_CRASH_AT");
}

static void test_passes_are_traced_while_the_file_is_there(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice text = { 0 };
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/trace", suite_folder());
    set("REDAN_CRASH_TRACE", path);
    fault_point("before");
    ASSERT_CODE(file_load(&arena, path, 64, &text), STATUS_NOT_FOUND);
    ASSERT_OK(file_store(path, SLICE(""), 0600));
    fault_point("a");
    fault_point("b");
    unset("REDAN_CRASH_TRACE");
    fault_point("after");
    ASSERT_OK(file_load(&arena, path, 64, &text));
    ASSERT_TEXT(text, "a\nb\n");
}

static CU_TestInfo tests[] = {
    { "the named point kills", test_named_point_kills },
    { "the nth pass kills", test_nth_pass_kills },
    { "nothing counts before the file is there", test_nothing_counts_before_the_file_is_there },
    { "other passes do nothing", test_other_passes_do_nothing },
    { "passes are traced while the file is there", test_passes_are_traced_while_the_file_is_there },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "fault", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
