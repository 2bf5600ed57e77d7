#include "base/crc32c.h"

#include <string.h>

#include "tests/suite.h"

/* One bit at a time: what the table abbreviates. */
static uint32_t slow_crc32c(const unsigned char *bytes, size_t len)
{
    uint32_t crc = 0xffffffffU;

    for (size_t i = 0; i < len; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0x82f63b78U : 0U);
        }
    }
    return ~crc;
}

/* RFC 3720, appendix B.4, and the usual check value. */
static void test_published_values(void)
{
    unsigned char bytes[32];

    CU_ASSERT_EQUAL(crc32c(0, "123456789", 9), 0xe3069283U);
    memset(bytes, 0, sizeof(bytes));
    CU_ASSERT_EQUAL(crc32c(0, bytes, sizeof(bytes)), 0x8a9136aaU);
    memset(bytes, 0xff, sizeof(bytes));
    CU_ASSERT_EQUAL(crc32c(0, bytes, sizeof(bytes)), 0x62a8ab43U);
    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)i;
    }
    CU_ASSERT_EQUAL(crc32c(0, bytes, sizeof(bytes)), 0x46dd794eU);
    CU_ASSERT_EQUAL(crc32c(0, NULL, 0), 0);
}

static void test_every_byte_and_in_parts(void)
{
    unsigned char bytes[256];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char)i;
        CU_ASSERT_EQUAL(crc32c(0, &bytes[i], 1), slow_crc32c(&bytes[i], 1));
    }
    uint32_t whole = slow_crc32c(bytes, sizeof(bytes));
    for (size_t cut = 0; cut <= sizeof(bytes); cut += 16) {
        CU_ASSERT_EQUAL(crc32c(crc32c(0, bytes, cut), bytes + cut, sizeof(bytes) - cut), whole);
    }
}

static CU_TestInfo tests[] = {
    { "published values", test_published_values },
    { "every byte, and in parts", test_every_byte_and_in_parts },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "crc32c", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
