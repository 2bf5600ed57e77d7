#include "tests/suite.h"

#include <CUnit/Basic.h>
#include <CUnit/TestRun.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned skipped_tests; /* that ran, to say so */
static unsigned inactive_tests;
static char folder[128];

static void print_reason(const char *format, va_list args) PRINTF_LIKE(1, 0);

static void print_reason(const char *format, va_list args)
{
    (void)fputs("  skipped: ", stdout);
    (void)vprintf(format, args);
    (void)fputs("\n", stdout);
}

void suite_skip(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_reason(format, args);
    va_end(args);
    skipped_tests++;
}

void suite_skip_all(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_reason(format, args);
    va_end(args);
    for (CU_pTest test = CU_get_current_suite()->pTest; test != NULL; test = test->pNext) {
        test->fActive = CU_FALSE;
        inactive_tests++;
    }
}

const char *suite_data(const char *needed)
{
    static char root[512];
    char path[1024];
    const char *set = getenv("REDAN_TESTDATA");

    (void)snprintf(root, sizeof(root), "%s", set != NULL ? set : "../shared");
    (void)snprintf(path, sizeof(path), "%s/%s", root, needed);
    if (access(path, R_OK) != 0) {
        suite_skip("test data %s is not here", path);
        return NULL;
    }
    return root;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (folder[0] != '\0') {
        (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
}

const char *suite_folder(void)
{
    if (folder[0] == '\0') {
        const char *base = getenv("TMPDIR");
        (void)snprintf(folder, sizeof(folder), "%s/redan-test-XXXXXX",
                       base != NULL ? base : "/tmp");
        if (mkdtemp(folder) == NULL) {
            perror(folder);
            exit(2); /* NOLINT(concurrency-mt-unsafe): a test program's main thread */
        }
        (void)atexit(remove_folder);
    }
    return folder;
}

void suite_check(bool good, const char *message, const char *file, int line)
{
    (void)CU_assertImplementation(good, (unsigned)line, message, file, "", CU_FALSE);
}

void suite_check_text(struct slice got, const char *wanted, const char *file, int line)
{
    bool same = slice_is(got, wanted);

    if (!same) {
        (void)printf("\n    got    `%.*s`\n    wanted `%s`\n", SLICE_ARG(got), wanted);
    }
    (void)CU_assertImplementation(same, (unsigned)line, wanted, file, "", CU_FALSE);
}

int main(int argc, char **argv)
{
    (void)argc;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
        (void)fprintf(stderr, "%s\n", CU_get_error_msg());
        return 2;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_set_fail_on_inactive(CU_FALSE);
    (void)CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
    unsigned run = CU_get_number_of_tests_run();
    /* A test may be skipped half-way and have failed before: it is in both counts. */
    unsigned not_passed = CU_get_number_of_tests_failed() + skipped_tests;
    unsigned passed = run > not_passed ? run - not_passed : 0;
    CU_cleanup_registry();
    const char *name = strrchr(argv[0], '/');
    (void)printf("%s: %u passed, %u failed, %u skipped\n", name != NULL ? name + 1 : argv[0],
                 passed, failed, skipped_tests + inactive_tests);
    if (failed > 0) {
        return 1;
    }
    return run == skipped_tests ? 77 : 0;
}
