#include "base/buf.h"

#include <string.h>

#include "tests/suite.h"

static void test_appending(void)
{
    CLEANUP(buf_done) struct buf buf = { 0 };

    buf_add(&buf, "ab", 2);
    buf_add(&buf, NULL, 0);
    buf_add_slice(&buf, SLICE("cd"));
    buf_add_cstr(&buf, "ef");
    buf_add_char(&buf, 'g');
    buf_printf(&buf, "-%d", 7);
    ASSERT_TEXT(buf_slice(&buf), "abcdefg-7");
    CU_ASSERT_EQUAL(buf.ptr[buf.len], '\0');
    CU_ASSERT_FALSE(buf.overflow);
}

static void test_growing(void)
{
    CLEANUP(buf_done) struct buf buf = { 0 };

    for (int i = 0; i < 10000; i++) {
        buf_add_char(&buf, (char)('a' + i % 26));
    }
    CU_ASSERT_EQUAL(buf.len, 10000);
    CU_ASSERT_EQUAL(buf.ptr[9999], 'a' + 9999 % 26);
    CU_ASSERT(buf.cap > buf.len);
}

static void test_limit_drops_the_rest(void)
{
    CLEANUP(buf_done) struct buf buf = { .limit = 4 };

    buf_add_cstr(&buf, "abcd");
    CU_ASSERT_FALSE(buf.overflow);
    buf_add_char(&buf, 'e');
    CU_ASSERT(buf.overflow);
    buf_printf(&buf, "%s", "f");
    ASSERT_TEXT(buf_slice(&buf), "abcd");
    buf_clear(&buf);
    CU_ASSERT_FALSE(buf.overflow);
    buf_add_cstr(&buf, "abcde"); /* no part of what does not fit */
    CU_ASSERT(buf.overflow && buf.len == 0);
    buf_done(&buf);
    CU_ASSERT_EQUAL(buf.limit, 4);
}

static void test_dropping_the_front(void)
{
    CLEANUP(buf_done) struct buf buf = { 0 };

    buf_clear(&buf); /* nothing yet */
    buf_add_cstr(&buf, "abcdef");
    buf_drop_front(&buf, 0);
    buf_drop_front(&buf, 2);
    ASSERT_TEXT(buf_slice(&buf), "cdef");
    buf_drop_front(&buf, 4);
    ASSERT_TEXT(buf_slice(&buf), "");
    CU_ASSERT_EQUAL(buf.ptr[0], '\0');
}

static CU_TestInfo tests[] = {
    { "appending", test_appending },
    { "growing", test_growing },
    { "the limit drops the rest", test_limit_drops_the_rest },
    { "dropping the front", test_dropping_the_front },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "buf", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
