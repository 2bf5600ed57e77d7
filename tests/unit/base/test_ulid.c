#include "base/ulid.h"

#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "tests/suite.h"

enum { PER_THREAD = 5000, THREADS = 4 };

static void test_bits_become_text(void)
{
    static const uint8_t zeros[10];
    static const uint8_t counting[10] = {
        0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0x00, 0xff
    };
    static const uint8_t ones[10] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };

    CU_ASSERT_STRING_EQUAL(ulid_make(0, zeros).text, "00000000000000000000000000");
    CU_ASSERT_STRING_EQUAL(ulid_make(0xffffffffffff, ones).text, "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    /* the time part of the specification's example */
    CU_ASSERT_STRING_EQUAL(ulid_make(1469918176385, zeros).text, "01ARYZ6S410000000000000000");
    CU_ASSERT_STRING_EQUAL(ulid_make(0, counting).text, "000000000004HMASW9NF6YY07Z");
    struct ulid id = ulid_make(1469918176385, counting);
    CU_ASSERT_EQUAL(ulid_ms(&id), 1469918176385);
    CU_ASSERT_EQUAL(ulid_ms(&(struct ulid){ .text = "" }), 0);
}

static void test_order_is_the_order_of_making(void)
{
    char last[ULID_TEXT_LEN + 1] = "";

    for (int i = 0; i < 1000; i++) {
        struct ulid id = ulid_new(1469918176385 + i / 100);
        CU_ASSERT(strcmp(last, id.text) < 0);
        memcpy(last, id.text, sizeof(last));
    }
}

static void *make_many(void *arg)
{
    struct ulid *ids = arg;

    for (size_t i = 0; i < PER_THREAD; i++) {
        ids[i] = ulid_new(1);
    }
    return NULL;
}

static int order_ids(const void *a, const void *b)
{
    return strcmp(((const struct ulid *)a)->text, ((const struct ulid *)b)->text);
}

static void test_threads_never_share_an_id(void)
{
    static struct ulid ids[THREADS * PER_THREAD];
    pthread_t threads[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        CU_ASSERT_EQUAL(pthread_create(&threads[i], NULL, make_many, ids + i * PER_THREAD), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    qsort(ids, COUNT_OF(ids), sizeof(ids[0]), order_ids);
    for (size_t i = 1; i < COUNT_OF(ids); i++) {
        if (order_ids(&ids[i - 1], &ids[i]) >= 0) {
            suite_check(false, ids[i].text, __FILE__, __LINE__);
            return;
        }
    }
}

static void test_parsing(void)
{
    static const char *const bad[] = {
        "",
        "01ARYZ6S41000000000000000",   /* 25 */
        "01ARYZ6S4100000000000000000", /* 27 */
        "81ARYZ6S410000000000000000",  /* over 128 bits */
        "01ARYZ6S41000000000000000I",
        "01ARYZ6S41000000000000000L",
        "01ARYZ6S41000000000000000O",
        "01ARYZ6S41000000000000000U",
        "01ARYZ6S41000000000000000-",
    };
    struct ulid id = { "untouched" };

    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        ASSERT_CODE(ulid_parse(slice_from(bad[i]), &id), STATUS_INVALID);
    }
    ASSERT_CODE(ulid_parse((struct slice){ "01ARYZ6S41000000000000000", 26 }, &id), STATUS_INVALID);
    CU_ASSERT_STRING_EQUAL(id.text, "untouched");
    ASSERT_OK(ulid_parse(SLICE("01aryz6s41000000000000000z"), &id));
    CU_ASSERT_STRING_EQUAL(id.text, "01ARYZ6S41000000000000000Z");
}

static CU_TestInfo tests[] = {
    { "bits become text", test_bits_become_text },
    { "the order is the order of making", test_order_is_the_order_of_making },
    { "threads never share an id", test_threads_never_share_an_id },
    { "parsing", test_parsing },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "ulid", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
