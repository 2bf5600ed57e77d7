/* tests/suite.h - the shared main of all CUnit programs.
 *
 * A test program defines `struct CU_SuiteInfo suites[]` (ending with CU_SUITE_INFO_NULL) and links
 * `suite`. Exit code: 0 all passed, 1 a failure, 77 everything was skipped. The last line is
 * "NAME: N passed, N failed, N skipped" in tests, which the test runner adds up. */
#ifndef REDAN_TESTS_SUITE_H
#define REDAN_TESTS_SUITE_H

#include <CUnit/CUnit.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

extern CU_SuiteInfo suites[];

/* Marks the running test as skipped, with the reason printed; return from the test afterwards. */
void suite_skip(const char *format, ...) PRINTF_LIKE(1, 2);

/* From a suite's set-up that cannot have what its tests need: none of them runs, all are skipped,
 * with the reason printed. The set-up then returns 0. */
void suite_skip_all(const char *format, ...) PRINTF_LIKE(1, 2);

/* Folder of third-party test data ($REDAN_TESTDATA), or NULL with the test marked as skipped when
 * `needed` (a file below it) is missing. */
const char *suite_data(const char *needed);

/* A fresh private folder below the build tree, removed at exit. */
const char *suite_folder(void);

/* Passes when the status is a success; prints its message otherwise. */
#define ASSERT_OK(expr)                                                                            \
    do {                                                                                           \
        struct status suite_status_ = (expr);                                                      \
        suite_check(suite_status_.code == STATUS_OK, suite_status_.msg, __FILE__, __LINE__);       \
    } while (0)
#define ASSERT_CODE(expr, wanted)                                                                  \
    do {                                                                                           \
        struct status suite_status_ = (expr);                                                      \
        suite_check(suite_status_.code == (wanted), suite_status_.msg, __FILE__, __LINE__);        \
    } while (0)
#define ASSERT_TEXT(slice_value, wanted_cstr)                                                      \
    suite_check_text((slice_value), (wanted_cstr), __FILE__, __LINE__)

void suite_check(bool good, const char *message, const char *file, int line);
void suite_check_text(struct slice got, const char *wanted, const char *file, int line);

#endif
