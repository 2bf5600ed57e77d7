#include "planes/network/sets.h"
#include "planes/plane.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static struct action deny(const char *source)
{
    struct action action = { .kind = ACTION_NETWORK_DENY };

    ASSERT_OK(address_parse(slice_from(source), &action.source));
    return action;
}

static void format_key(const struct set_keys *keys, size_t at, char out[INET6_ADDRSTRLEN])
{
    int family = set_shape(keys->kind)->key_bytes == 4 ? AF_INET : AF_INET6;

    out[0] = '\0';
    if (at < keys->count) {
        (void)inet_ntop(family, keys->keys[at].bytes, out, INET6_ADDRSTRLEN);
    }
}

static void test_a_source_has_its_set_and_keys(void)
{
    static const struct {
        const char *source;
        enum set_kind kind;
        const char *start;
        const char *end; /* "": none */
    } rows[] = {
        { "198.51.100.7", SET_DENY4, "198.51.100.7", "" },
        { "2001:db8::7", SET_DENY6, "2001:db8::7", "" },
        { "10.0.0.0/8", SET_NET4, "10.0.0.0", "11.0.0.0" },
        { "10.0.0.2/31", SET_NET4, "10.0.0.2", "10.0.0.4" },
        { "10.255.0.0/16", SET_NET4, "10.255.0.0", "11.0.0.0" },
        { "255.255.0.0/16", SET_NET4, "255.255.0.0", "" },
        { "128.0.0.0/1", SET_NET4, "128.0.0.0", "" },
        { "0.0.0.0/0", SET_NET4, "0.0.0.0", "" },
        { "2001:db8::/32", SET_NET6, "2001:db8::", "2001:db9::" },
        { "ff00::/8", SET_NET6, "ff00::", "" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct action action = deny(rows[i].source);
        struct set_keys keys;
        char start[INET6_ADDRSTRLEN];
        char end[INET6_ADDRSTRLEN];
        set_keys_of(&action, &keys);
        CU_ASSERT_EQUAL(keys.kind, rows[i].kind);
        format_key(&keys, 0, start);
        format_key(&keys, 1, end);
        CU_ASSERT_STRING_EQUAL(start, rows[i].start);
        CU_ASSERT_STRING_EQUAL(end, rows[i].end);
        CU_ASSERT_FALSE(keys.keys[0].interval_end);
        CU_ASSERT_EQUAL(keys.keys[1].interval_end, rows[i].end[0] != '\0');
    }
}

static void test_isolation_is_both_protocols(void)
{
    const struct action action = { .kind = ACTION_NETWORK_ISOLATE };
    struct set_keys keys;

    set_keys_of(&action, &keys);
    CU_ASSERT_EQUAL(keys.kind, SET_ISOLATE);
    CU_ASSERT_EQUAL(keys.count, 2);
    CU_ASSERT_EQUAL(keys.keys[0].bytes[0], 2);
    CU_ASSERT_EQUAL(keys.keys[1].bytes[0], 10);
}

static void test_intervals_are_prefixes_or_nothing(void)
{
    static const char *const prefixes[] = { "10.0.0.0/8",     "10.0.0.2/31", "255.255.0.0/16",
                                            "128.0.0.0/1",    "0.0.0.0/0",   "2001:db8::/33",
                                            "2001:db8::/127", "ff00::/8" };
    struct address back;
    char text[ADDRESS_TEXT_MAX];

    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        struct action action = deny(prefixes[i]);
        struct set_keys keys;
        set_keys_of(&action, &keys);
        const uint8_t *end = keys.count == 2 ? keys.keys[1].bytes : NULL;
        CU_ASSERT_TRUE(set_interval_to_prefix(keys.kind, keys.keys[0].bytes, end, &back));
        address_format(&back, text);
        CU_ASSERT_STRING_EQUAL(text, prefixes[i]);
    }
    const uint8_t start[SETS_KEY_BYTES] = { 10, 0, 0, 1 };
    const uint8_t end[SETS_KEY_BYTES] = { 10, 0, 0, 4 };
    CU_ASSERT_FALSE(set_interval_to_prefix(SET_NET4, start, end, &back));
    CU_ASSERT_FALSE(set_interval_to_prefix(SET_NET4, start, NULL, &back));
    const uint8_t too_late[SETS_KEY_BYTES] = { 10, 0, 0, 8 };
    const uint8_t *const early = start;
    CU_ASSERT_FALSE(
        set_interval_to_prefix(SET_NET4, too_late, early, &back)); /* ends before it starts */
}

static void test_all_sets_together_can_be_observed(void)
{
    size_t controls = 0;
    char name[SETS_NAME_MAX];

    for (unsigned kind = 0; kind < SET_KINDS; kind++) {
        const struct set_shape *shape = set_shape((enum set_kind)kind);
        bool two_a_control = shape->interval || kind == SET_ISOLATE;
        controls += (size_t)SETS_BANKS * shape->size / (two_a_control ? 2 : 1);
    }
    CU_ASSERT(controls <= PLANE_CONTROLS_MAX);
    set_name(SET_ISOLATE, SETS_BANKS - 1, name);
    CU_ASSERT_STRING_EQUAL(name, "isolate_3");
}

static CU_TestInfo tests[] = {
    { "a source has its set and keys", test_a_source_has_its_set_and_keys },
    { "isolation is both protocols", test_isolation_is_both_protocols },
    { "intervals are prefixes or nothing", test_intervals_are_prefixes_or_nothing },
    { "all sets together can be observed", test_all_sets_together_can_be_observed },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "network sets", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
