#include "planes/network/controls.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct element_list list;
static struct plane_control *controls;
static size_t count;

static void tear_down(void)
{
    element_list_done(&list);
    free(TAKE(controls));
}

/* The elements of one action, as the kernel would list them. */
static void add(const char *source, unsigned number, unsigned bank, int64_t left_ms)
{
    struct action action = { .kind = ACTION_NETWORK_ISOLATE };
    struct set_keys keys;

    if (source != NULL) {
        action.kind = ACTION_NETWORK_DENY;
        ASSERT_OK(address_parse(slice_from(source), &action.source));
    }
    set_keys_of(&action, &keys);
    for (size_t at = keys.count; at-- > 0;) {
        struct element element = { .kind = keys.kind,
                                   .bank = bank,
                                   .key = keys.keys[at],
                                   .timeout_ms = left_ms < 0 ? 0 : 60000,
                                   .left_ms = left_ms };
        if (!element.key.interval_end) {
            (void)snprintf(element.id.text, sizeof(element.id.text), "01HZX3V9KQ0000000000000%03u",
                           number % 1000);
        }
        ASSERT_OK(element_list_add(&list, &element));
    }
}

static void check(size_t at, const char *wanted)
{
    char source[ADDRESS_TEXT_MAX];
    char text[200];

    CU_ASSERT_FATAL(at < count);
    address_format(&controls[at].action.source, source);
    (void)snprintf(text, sizeof(text), "%s %s %s %d %lld", controls[at].action.id.text + 23,
                   action_kind_name(controls[at].action.kind), source,
                   (int)controls[at].reading.presence,
                   (long long)controls[at].reading.lease_left_ms);
    ASSERT_TEXT(slice_from(text), wanted);
}

static void test_elements_become_controls(void)
{
    add("10.128.0.0/9", 3, 0, 5000);
    add("10.0.0.0/9", 2, 0, -1);
    add("10.0.0.0/8", 4, 1, 10);
    add("198.51.100.7", 1, 0, 77);
    add("198.51.100.7", 5, 3, -1);
    add("240.0.0.0/4", 6, 0, -1);
    add("2001:db8::/32", 7, 2, -1);
    add("2001:db8::1", 8, 2, -1);
    add(NULL, 9, 1, 40);
    add("fe80::2%wire", 10, 1, 9);
    ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
    CU_ASSERT_EQUAL(count, 10);
    check(0, "001 network.deny 198.51.100.7 2 77");
    check(1, "005 network.deny 198.51.100.7 2 -1");
    check(2, "008 network.deny 2001:db8::1 2 -1");
    check(3, "002 network.deny 10.0.0.0/9 2 -1");
    check(4, "003 network.deny 10.128.0.0/9 2 5000");
    check(5, "006 network.deny 240.0.0.0/4 2 -1");
    check(6, "004 network.deny 10.0.0.0/8 2 10");
    check(7, "007 network.deny 2001:db8::/32 2 -1");
    check(8, "010 network.deny fe80::2%wire 2 9");
    check(9, "009 network.isolate  2 40");
    CU_ASSERT_EQUAL(controls[0].action.lease.duration_ms, 60000);
    CU_ASSERT_EQUAL(controls[1].action.lease.duration_ms, 0);
}

static void test_without_the_rules_all_is_partial(void)
{
    add("198.51.100.7", 1, 0, -1);
    ASSERT_OK(controls_from_elements(&list, false, &controls, &count));
    CU_ASSERT_EQUAL(count, 1);
    check(0, "001 network.deny 198.51.100.7 1 -1");
}

static void test_half_of_an_isolation_is_partial(void)
{
    add(NULL, 1, 0, -1);
    list.count = 1; /* the IPv6 half */
    ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
    CU_ASSERT_EQUAL(count, 1);
    check(0, "001 network.isolate  1 -1");
    ASSERT_TEXT(slice_from(controls[0].reading.detail), "only one of IPv4 and IPv6 is cut");
}

static void test_what_is_no_action_of_ours_is_skipped(void)
{
    add("198.51.100.7", 1, 0, -1);
    list.items[0].id.text[0] = '\0'; /* nobody's */
    add("10.0.0.0/8", 2, 0, -1);
    list.items[1].key.bytes[3] = 7; /* the end of no prefix */
    add("fe80::2%wire", 3, 0, -1);
    list.items[3].key.bytes[0] = '/'; /* the name of no interface */
    ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
    CU_ASSERT_EQUAL(count, 0);
}

static void test_leases_are_bounded_as_everywhere(void)
{
    add("198.51.100.7", 1, 0, INT64_MAX);
    list.items[0].timeout_ms = INT64_MAX;
    ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
    CU_ASSERT_EQUAL(controls[0].action.lease.duration_ms, LEASE_MAX_MS);
}

static void test_the_limit_is_never_below_the_lease(void)
{
    static const int64_t rows[][2] = { { 0, 60000 }, { 59999, 60000 }, { 240000, 240000 } };

    add("198.51.100.7", 1, 0, 5);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        list.items[0].limit_ms = rows[i][0];
        free(TAKE(controls));
        ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
        CU_ASSERT_EQUAL(controls[0].action.lease.limit_ms, rows[i][1]);
    }
}

static void test_an_empty_list_is_fine(void)
{
    ASSERT_OK(controls_from_elements(&list, true, &controls, &count));
    CU_ASSERT_EQUAL(count, 0);
    CU_ASSERT_PTR_NOT_NULL(controls);
}

static CU_TestInfo tests[] = {
    { "elements become controls", test_elements_become_controls },
    { "without the rules all is partial", test_without_the_rules_all_is_partial },
    { "half of an isolation is partial", test_half_of_an_isolation_is_partial },
    { "what is no action of ours is skipped", test_what_is_no_action_of_ours_is_skipped },
    { "leases are bounded as everywhere", test_leases_are_bounded_as_everywhere },
    { "the limit is never below the lease", test_the_limit_is_never_below_the_lease },
    { "an empty list is fine", test_an_empty_list_is_fine },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "network controls", NULL, NULL, NULL, tear_down, tests },
                          CU_SUITE_INFO_NULL };
