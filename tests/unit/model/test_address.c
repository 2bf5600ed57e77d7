#include "model/address.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static void test_good_spellings_have_one_form(void)
{
    static const struct {
        const char *text;
        const char *wanted;
    } rows[] = {
        { "10.0.0.1", "10.0.0.1" },
        { "10.0.0.1/32", "10.0.0.1" },
        { "10.0.0.0/8", "10.0.0.0/8" },
        { "0.0.0.0/0", "0.0.0.0/0" },
        { "172.16.0.0/12", "172.16.0.0/12" },
        { "2001:DB8::1", "2001:db8::1" },
        { "2001:db8::/32", "2001:db8::/32" },
        { "2001:db8:8000::/33", "2001:db8:8000::/33" },
        { "::/0", "::/0" },
        { "::1/128", "::1" },
        { "::ffff:10.1.2.3", "10.1.2.3" },
        { "::ffff:10.0.0.0/104", "10.0.0.0/8" },
        { "::ffff:0.0.0.0/96", "0.0.0.0/0" },
        { "::/80", "::/80" },
        { "fe80::1", "fe80::1" },
        { "FE80::1%eth0", "fe80::1%eth0" },
        { "fe80::1%eth0/128", "fe80::1%eth0" },
        { "febf:ffff::1%br-lan_0.100", "febf:ffff::1%br-lan_0.100" },
        { "fe80::1%3", "fe80::1%3" },
        { "fe80::1111:2222:3333:4444%abcdefghijklmno",
          "fe80::1111:2222:3333:4444%abcdefghijklmno" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address address = { 0 };
        char text[ADDRESS_TEXT_MAX];
        ASSERT_OK(address_parse(slice_from(rows[i].text), &address));
        address_format(&address, text);
        ASSERT_TEXT(slice_from(text), rows[i].wanted);
        CU_ASSERT_TRUE(address_is_valid(&address));
    }
}

static void test_bad_spellings_leave_the_output_alone(void)
{
    static const struct {
        const char *text;
        const char *message;
    } rows[] = {
        { "", "`` is not an IP address or prefix" },
        { "10.0.0", "`10.0.0` is not an IP address or prefix" },
        { "010.0.0.1", "`010.0.0.1` is not an IP address or prefix" },
        { " 10.0.0.1", "` 10.0.0.1` is not an IP address or prefix" },
        { "10.0.0.1 ", "`10.0.0.1 ` is not an IP address or prefix" },
        { "10.0.0.1/", "`10.0.0.1/` is not an IP address or prefix" },
        { "10.0.0.1/33", "`10.0.0.1/33` is not an IP address or prefix" },
        { "10.0.0.0/08", "`10.0.0.0/08` is not an IP address or prefix" },
        { "10.0.0.0/-8", "`10.0.0.0/-8` is not an IP address or prefix" },
        { "10.0.0.0/8/8", "`10.0.0.0/8/8` is not an IP address or prefix" },
        { "10.0.0.1/8", "`10.0.0.1/8` has bits set behind its prefix" },
        { "2001:db8::1/64", "`2001:db8::1/64` has bits set behind its prefix" },
        { "::1/129", "`::1/129` is not an IP address or prefix" },
        { "fe80::1%", "`fe80::1%` is not an IP address or prefix" },
        { "fe80::1%.", "`fe80::1%.` is not an IP address or prefix" },
        { "fe80::1%..", "`fe80::1%..` is not an IP address or prefix" },
        { "fe80::1%a b", "`fe80::1%a b` is not an IP address or prefix" },
        { "fe80::1%a\"b", "`fe80::1%a\"b` is not an IP address or prefix" },
        { "fe80::1%eth0%eth1", "`fe80::1%eth0%eth1` is not an IP address or prefix" },
        { "fe80::1%abcdefghijklmnop", "`fe80::1%abcdefghijklmnop` is not an IP address or prefix" },
        { "fe80::%eth0/64", "`fe80::%eth0/64` is not an IP address or prefix" },
        { "fe80::1/128%eth0", "`fe80::1/128%eth0` is not an IP address or prefix" },
        { "fec0::1%eth0", "`fec0::1%eth0` is not an IP address or prefix" },
        { "2001:db8::1%eth0", "`2001:db8::1%eth0` is not an IP address or prefix" },
        { "::ffff:10.0.0.1%eth0", "`::ffff:10.0.0.1%eth0` is not an IP address or prefix" },
        { "10.0.0.1%eth0", "`10.0.0.1%eth0` is not an IP address or prefix" },
        { "%eth0", "`%eth0` is not an IP address or prefix" },
        { "localhost", "`localhost` is not an IP address or prefix" },
    };
    static const char with_nul[] = "10.0.0.1\0.2";
    struct address address = { .family = ADDRESS_IPV6, .prefix_len = 7 };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct status status = address_parse(slice_from(rows[i].text), &address);
        CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
        ASSERT_TEXT(slice_from(status.msg), rows[i].message);
    }
    ASSERT_CODE(address_parse((struct slice){ with_nul, sizeof(with_nul) - 1 }, &address),
                STATUS_INVALID);
    ASSERT_CODE(address_parse(
                    SLICE("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd:eeee"),
                    &address),
                STATUS_INVALID);
    CU_ASSERT_EQUAL(address.family, ADDRESS_IPV6);
    CU_ASSERT_EQUAL(address.prefix_len, 7);
}

static struct address parsed(const char *text)
{
    struct address address = { 0 };

    ASSERT_OK(address_parse(slice_from(text), &address));
    return address;
}

static void test_overlap_is_symmetric_and_by_bits(void)
{
    static const struct {
        const char *a;
        const char *b;
        bool wanted;
    } rows[] = {
        { "10.0.0.0/8", "10.9.9.9", true },
        { "10.0.0.0/8", "11.0.0.0/8", false },
        { "10.0.0.0/9", "10.128.0.0/9", false },
        { "10.0.0.0/9", "10.127.0.0/16", true },
        { "0.0.0.0/0", "192.0.2.1", true },
        { "0.0.0.0/0", "::/0", false },
        { "2001:db8::/33", "2001:db8:8000::1", false },
        { "2001:db8::/33", "2001:db8:7fff::1", true },
        { "10.0.0.1", "10.0.0.1", true },
        { "10.0.0.1", "10.0.0.2", false },
        { "fe80::1%eth0", "fe80::1%eth0", true },
        { "fe80::1%eth0", "fe80::1%eth1", false },
        { "fe80::1%eth0", "fe80::2%eth0", false },
        { "fe80::1%eth0", "fe80::1", true },
        { "fe80::1%eth0", "fe80::/10", true },
        { "fe80::1%eth0", "2001:db8::/32", false },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct address a = parsed(rows[i].a);
        struct address b = parsed(rows[i].b);
        CU_ASSERT_EQUAL(address_overlaps(&a, &b), rows[i].wanted);
        CU_ASSERT_EQUAL(address_overlaps(&b, &a), rows[i].wanted);
    }
}

static void test_equality_is_of_the_whole(void)
{
    struct address a = parsed("10.0.0.0/8");
    struct address b = parsed("10.0.0.0/9");
    struct address c = parsed("::ffff:10.0.0.0/104");

    CU_ASSERT_FALSE(address_eq(&a, &b));
    CU_ASSERT_TRUE(address_eq(&a, &c));
    CU_ASSERT_FALSE(address_is_host(&a));
    struct address host = parsed("10.0.0.1");
    CU_ASSERT_TRUE(address_is_host(&host));
    struct address zoned = parsed("fe80::1%eth0");
    struct address other = parsed("fe80::1%eth1");
    struct address bare = parsed("fe80::1");
    CU_ASSERT_TRUE(address_eq(&zoned, &zoned));
    CU_ASSERT_FALSE(address_eq(&zoned, &other) || address_eq(&zoned, &bare));
    CU_ASSERT_TRUE(address_is_link_local(&zoned) && address_is_link_local(&bare));
    CU_ASSERT_FALSE(address_is_link_local(&host));
}

static void test_no_address_is_no_address(void)
{
    struct address none = { 0 };
    struct address any = parsed("0.0.0.0/0");
    char text[ADDRESS_TEXT_MAX] = "x";

    address_format(&none, text);
    CU_ASSERT_STRING_EQUAL(text, "");
    CU_ASSERT_FALSE(address_is_host(&none));
    CU_ASSERT_FALSE(address_is_valid(&none));
    CU_ASSERT_FALSE(address_overlaps(&none, &none));
    CU_ASSERT_FALSE(address_overlaps(&none, &any));
}

static void test_foreign_zones_are_checked(void)
{
    struct address address = parsed("fe80::1%eth0");

    CU_ASSERT_TRUE(address_is_valid(&address));
    address.zone[8] = 'x'; /* behind its end */
    CU_ASSERT_FALSE(address_is_valid(&address));
    memset(address.zone, 'x', sizeof(address.zone)); /* without an end */
    CU_ASSERT_FALSE(address_is_valid(&address));
    memset(address.zone, 0, sizeof(address.zone));
    address.zone[0] = '/';
    CU_ASSERT_FALSE(address_is_valid(&address));
    address = parsed("fe80::/64");
    address.zone[0] = 'x';
    CU_ASSERT_FALSE(address_is_valid(&address)); /* a prefix has none */
    address = parsed("10.0.0.1");
    address.zone[0] = 'x';
    CU_ASSERT_FALSE(address_is_valid(&address));
}

static void test_foreign_bytes_are_checked(void)
{
    struct address address = parsed("10.0.0.1");

    address.prefix_len = 33;
    CU_ASSERT_FALSE(address_is_valid(&address));
    address.prefix_len = 31;
    CU_ASSERT_FALSE(address_is_valid(&address)); /* a host bit */
    address.prefix_len = 32;
    address.bytes[15] = 1;
    CU_ASSERT_FALSE(address_is_valid(&address)); /* a byte no IPv4 address has */
    address = (struct address){ .family = ADDRESS_IPV6, .prefix_len = 128 };
    CU_ASSERT_TRUE(address_is_valid(&address));
    address.bytes[10] = 0xff;
    address.bytes[11] = 0xff;
    CU_ASSERT_FALSE(address_is_valid(&address)); /* IPv4-mapped: not the one spelling */
    address.prefix_len = 129;
    CU_ASSERT_FALSE(address_is_valid(&address));
}

static CU_TestInfo tests[] = {
    { "good spellings have one form", test_good_spellings_have_one_form },
    { "bad spellings leave the output alone", test_bad_spellings_leave_the_output_alone },
    { "overlap is symmetric and by bits", test_overlap_is_symmetric_and_by_bits },
    { "equality is of the whole", test_equality_is_of_the_whole },
    { "no address is no address", test_no_address_is_no_address },
    { "foreign zones are checked", test_foreign_zones_are_checked },
    { "foreign bytes are checked", test_foreign_bytes_are_checked },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "address", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
