#include "sla/values/intern.h"

#include "base/buf.h"
#include "tests/suite.h"

enum { MANY = 10000 };

static void equal_bytes_have_one_number(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_intern table = { 0 };

    CU_ASSERT_EQUAL(sla_intern(&table, &arena, SLICE("a")), 0);
    CU_ASSERT_EQUAL(sla_intern(&table, &arena, SLICE("b")), 1);
    CU_ASSERT_EQUAL(sla_intern(&table, &arena, SLICE("")), 2);
    CU_ASSERT_EQUAL(sla_intern(&table, &arena, SLICE("a")), 0);
    CU_ASSERT_EQUAL(sla_intern(&table, &arena, SLICE("")), 2);
    CU_ASSERT_EQUAL(table.count, 3);
    ASSERT_TEXT(table.keys[1], "b");
}

static void many_keep_their_numbers_and_places(void)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct sla_intern table = { 0 };
    unsigned wrong = 0;

    (void)sla_intern(&table, &arena, SLICE("k0"));
    const char *first = table.keys[0].ptr;
    for (unsigned turn = 0; turn < 2; turn++) {
        for (unsigned i = 0; i < MANY; i++) {
            CLEANUP(buf_done) struct buf key = { 0 };
            buf_printf(&key, "k%u", i);
            wrong += sla_intern(&table, &arena, buf_slice(&key)) != i;
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(table.count, MANY);
    CU_ASSERT_PTR_EQUAL(table.keys[0].ptr, first);
}

static CU_TestInfo tests[] = {
    { "equal bytes have one number", equal_bytes_have_one_number },
    { "many keep their numbers and places", many_keep_their_numbers_and_places },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = {
    { "interned bytes", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
