#include "base/status.h"

#include <string.h>

#include "tests/suite.h"

static struct status raise_it(void)
{
    return status_error(STATUS_NOT_FOUND, "no %s", "host");
}

static struct status pass_on(bool fail)
{
    if (fail) {
        TRY(status_wrap(raise_it(), "plan %d", 7));
    }
    return STATUS_SUCCESS;
}

static void test_context_goes_before_the_message(void)
{
    struct status status = status_wrap(pass_on(true), "loop");

    CU_ASSERT_EQUAL(status.code, STATUS_NOT_FOUND);
    CU_ASSERT_STRING_EQUAL(status.msg, "loop: plan 7: no host");
    CU_ASSERT_PTR_NOT_NULL(strstr(status.file, "test_status.c"));
    CU_ASSERT(status.line > 0 && status.line < 15);
}

static void test_success_stays_a_success(void)
{
    struct status status = status_wrap(pass_on(false), "loop");

    CU_ASSERT(status_ok(&status));
    CU_ASSERT_STRING_EQUAL(status.msg, "");
}

static void test_long_messages_are_cut(void)
{
    char text[2 * STATUS_MSG_MAX];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct status status = status_error(STATUS_INVALID, "%s", text);
    CU_ASSERT_EQUAL(strlen(status.msg), STATUS_MSG_MAX - 1);
    struct status outer = status_wrap(status, "context");
    CU_ASSERT_EQUAL(strlen(outer.msg), STATUS_MSG_MAX - 1);
    CU_ASSERT_EQUAL(strncmp(outer.msg, "context: xxx", 12), 0);
    outer = status_wrap(raise_it(), "%s", text);
    CU_ASSERT_EQUAL(strlen(outer.msg), STATUS_MSG_MAX - 1);
    CU_ASSERT_EQUAL(outer.code, STATUS_NOT_FOUND);
}

static void test_codes_have_names(void)
{
    static const struct {
        enum status_code code;
        const char *name;
    } rows[] = {
        { STATUS_OK, "ok" },
        { STATUS_INVALID, "invalid" },
        { STATUS_NOT_FOUND, "not found" },
        { STATUS_CONFLICT, "conflict" },
        { STATUS_DENIED, "denied" },
        { STATUS_UNAVAILABLE, "unavailable" },
        { STATUS_UNSUPPORTED, "unsupported" },
        { STATUS_EXHAUSTED, "exhausted" },
        { STATUS_TIMEOUT, "timeout" },
        { STATUS_CORRUPT, "corrupt" },
        { STATUS_INTERNAL, "internal" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CU_ASSERT_STRING_EQUAL(status_code_name(rows[i].code), rows[i].name);
    }
}

static CU_TestInfo tests[] = {
    { "context goes before the message", test_context_goes_before_the_message },
    { "a success stays a success", test_success_stays_a_success },
    { "long messages are cut", test_long_messages_are_cut },
    { "codes have names", test_codes_have_names },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "status", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
