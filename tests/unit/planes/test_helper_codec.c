#include "planes/helper_codec.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

static struct action some_action(void)
{
    struct action action = {
        .id = { "01HZX3V9KQ0000000000000000" },
        .kind = ACTION_NETWORK_DENY,
        .node = "app-1",
        .lease = { .polarity = LEASE_GRANT, .duration_ms = 1000, .limit_ms = LEASE_MAX_MS },
    };

    ASSERT_OK(address_parse(SLICE("2001:db8::/33"), &action.source));
    return action;
}

static struct plane_reading some_reading(void)
{
    return (struct plane_reading){ .presence = PLANE_PARTIAL,
                                   .verified_by = VERIFIED_SELF,
                                   .lease_left_ms = -1,
                                   .detail = "element present, rules missing" };
}

/* One of every kind. */
static size_t all_messages(struct helper_message *out)
{
    const struct action action = some_action();
    struct helper_message peer = { .kind = HELPER_PEER_SEEN, .call = 5 };
    struct plane_control found = { .action = action, .reading = some_reading() };
    size_t count = 0;

    ASSERT_OK(address_parse(SLICE("fe80::2%eth0"), &peer.query.peer));
    peer.query.peer_port = 40001;
    peer.query.local_port = 22;
    found.action.node[0] = '\0';
    memset(found.action.node, 0, sizeof(found.action.node));
    out[count++] = (struct helper_message){ .kind = HELPER_HELLO };
    out[count++] = (struct helper_message){ .kind = HELPER_APPLY, .call = 1, .action = action };
    out[count++] =
        (struct helper_message){ .kind = HELPER_UNDO, .call = UINT64_MAX, .action = action };
    out[count++] = (struct helper_message){ .kind = HELPER_READ_BACK, .call = 3, .action = action };
    out[count++] = (struct helper_message){ .kind = HELPER_OBSERVE, .call = 4 };
    out[count++] = peer;
    out[count++] = (struct helper_message){ .kind = HELPER_WELCOME,
                                            .plane = PLANE_NETWORK,
                                            .name = "nftables" };
    out[count++] = (struct helper_message){ .kind = HELPER_CAPABILITY,
                                            .capability = { .kind = ACTION_DATA_FREEZE,
                                                            .supported = true,
                                                            .reversible = true,
                                                            .verified_by = VERIFIED_ATTESTED,
                                                            .settle_ms = UINT32_MAX,
                                                            .why_not = "slow" } };
    out[count++] = (struct helper_message){ .kind = HELPER_DONE,
                                            .call = 6,
                                            .outcome = { .code = STATUS_DENIED, .msg = "no" } };
    out[count++] =
        (struct helper_message){ .kind = HELPER_READING, .call = 7, .reading = some_reading() };
    out[count++] = (struct helper_message){ .kind = HELPER_CONTROL, .call = 8, .control = found };
    out[count++] = (struct helper_message){ .kind = HELPER_OBSERVED, .call = 9, .count = 65536 };
    out[count++] = (struct helper_message){ .kind = HELPER_PEER, .call = 10, .seen = true };
    return count;
}

enum { KINDS = 13 };

static void test_every_kind_comes_back_as_it_was(void)
{
    static struct helper_message messages[KINDS];
    struct helper_message back;
    uint8_t bytes[HELPER_MESSAGE_BYTES];
    uint8_t again[HELPER_MESSAGE_BYTES];
    size_t count = all_messages(messages);

    CU_ASSERT_EQUAL(count, KINDS);
    for (size_t i = 0; i < count; i++) {
        helper_encode(&messages[i], bytes);
        ASSERT_OK(helper_decode(bytes, sizeof(bytes), &back));
        CU_ASSERT_EQUAL(back.kind, messages[i].kind);
        CU_ASSERT_EQUAL(back.call, messages[i].call);
        CU_ASSERT_TRUE(action_same_effect(&back.action, &messages[i].action));
        CU_ASSERT_STRING_EQUAL(back.action.id.text, messages[i].action.id.text);
        CU_ASSERT_EQUAL(back.action.lease.duration_ms, messages[i].action.lease.duration_ms);
        CU_ASSERT_EQUAL(back.action.lease.limit_ms, messages[i].action.lease.limit_ms);
        CU_ASSERT_EQUAL(back.action.lease.polarity, messages[i].action.lease.polarity);
        CU_ASSERT_TRUE(address_eq(&back.query.peer, &messages[i].query.peer));
        CU_ASSERT_EQUAL(back.query.peer_port, messages[i].query.peer_port);
        CU_ASSERT_EQUAL(back.plane, messages[i].plane);
        CU_ASSERT_STRING_EQUAL(back.name, messages[i].name);
        CU_ASSERT_EQUAL(back.capability.settle_ms, messages[i].capability.settle_ms);
        CU_ASSERT_STRING_EQUAL(back.capability.why_not, messages[i].capability.why_not);
        CU_ASSERT_EQUAL(back.outcome.code, messages[i].outcome.code);
        CU_ASSERT_STRING_EQUAL(back.outcome.msg, messages[i].outcome.msg);
        CU_ASSERT_EQUAL(back.reading.presence, messages[i].reading.presence);
        CU_ASSERT_EQUAL(back.reading.lease_left_ms, messages[i].reading.lease_left_ms);
        CU_ASSERT_STRING_EQUAL(back.control.reading.detail, messages[i].control.reading.detail);
        CU_ASSERT_TRUE(address_eq(&back.control.action.source, &messages[i].control.action.source));
        CU_ASSERT_EQUAL(back.count, messages[i].count);
        CU_ASSERT_EQUAL(back.seen, messages[i].seen);
        helper_encode(&back, again);
        CU_ASSERT_EQUAL(memcmp(bytes, again, sizeof(bytes)), 0);
        CU_ASSERT_EQUAL(helper_kind_is_request(back.kind), i < 6);
    }
}

/* Where the fields are, as the header lays them out. */
enum { AT_VERSION = 4, AT_KIND = 6, AT_CALL = 8, AT_BODY = 16 };
enum {
    AT_ID = AT_BODY,
    AT_ACTION = AT_ID + 27,
    AT_NODE = AT_ACTION + 1,
    AT_RESOURCE = AT_NODE + 64,
    AT_FAMILY = AT_RESOURCE + 128,
    AT_PREFIX = AT_FAMILY + 1,
    AT_ADDRESS = AT_PREFIX + 1,
    AT_ZONE = AT_ADDRESS + 16,
    AT_POLARITY = AT_ZONE + ADDRESS_ZONE_MAX,
    AT_DURATION = AT_POLARITY + 1
};

static void test_a_spoilt_byte_is_refused_by_name(void)
{
    static const struct {
        size_t at;
        uint8_t value;
        enum status_code code;
        const char *message;
    } rows[] = {
        { 0, 'X', STATUS_CORRUPT, "helper message: wrong magic" },
        { AT_VERSION, 1, STATUS_UNSUPPORTED, "helper message: version 1, not 2" },
        { AT_KIND, 0, STATUS_INVALID, "helper message: kind 0" },
        { AT_KIND, 7, STATUS_INVALID, "helper message: kind 7" },
        { AT_KIND, 31, STATUS_INVALID, "helper message: kind 31" },
        { AT_KIND, 39, STATUS_INVALID, "helper message: kind 39" },
        { AT_KIND + 1, 1, STATUS_INVALID, "helper message: kind 258" },
        { AT_KIND, HELPER_HELLO, STATUS_INVALID, "helper message: kind 1 with call 1" },
        { AT_CALL, 0, STATUS_INVALID, "helper message: kind 2 with call 0" },
        { AT_KIND, HELPER_OBSERVE, STATUS_CORRUPT, "helper message: kind 5 with stray bytes" },
        { AT_ID, '!', STATUS_INVALID, "helper message: kind 2: bad action" },
        { AT_ID + 26, 'x', STATUS_INVALID, "helper message: kind 2: bad id" },
        { AT_ID + 10, 0, STATUS_INVALID, "helper message: kind 2: bad id" },
        { AT_ACTION, 5, STATUS_INVALID, "helper message: kind 2: bad action" },
        { AT_ACTION, ACTION_DATA_FREEZE, STATUS_INVALID, "helper message: kind 2: bad action" },
        { AT_NODE, 'A', STATUS_INVALID, "helper message: kind 2: bad action" },
        { AT_NODE + 63, 'a', STATUS_INVALID, "helper message: kind 2: bad node" },
        { AT_RESOURCE + 5, 'a', STATUS_INVALID, "helper message: kind 2: bad resource" },
        { AT_FAMILY, 3, STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_FAMILY, 0, STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_PREFIX, 129, STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_PREFIX, 31, STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_ZONE, 'e', STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_ZONE + 5, 'e', STATUS_INVALID, "helper message: kind 2: bad source" },
        { AT_POLARITY, 2, STATUS_INVALID, "helper message: kind 2: bad lease.polarity" },
        { AT_DURATION + 7, 0x80, STATUS_INVALID, "helper message: kind 2: bad action" },
        { HELPER_MESSAGE_BYTES - 1, 1, STATUS_CORRUPT, "helper message: kind 2 with stray bytes" },
    };
    struct action action = some_action();

    action.source = (struct address){ 0 };
    ASSERT_OK(address_parse(SLICE("10.0.0.1"), &action.source));
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t bytes[HELPER_MESSAGE_BYTES];
        struct helper_message back = { .call = 77 };
        helper_encode(&(struct helper_message){ .kind = HELPER_APPLY, .call = 1, .action = action },
                      bytes);
        bytes[rows[i].at] = rows[i].value;
        struct status status = helper_decode(bytes, sizeof(bytes), &back);
        CU_ASSERT_EQUAL(status.code, rows[i].code);
        ASSERT_TEXT(slice_from(status.msg), rows[i].message);
        CU_ASSERT_EQUAL(back.call, 77);
    }
}

static void test_sizes_are_exact(void)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES + 1] = { 0 };
    struct helper_message back;

    helper_encode(&(struct helper_message){ .kind = HELPER_HELLO }, bytes);
    for (size_t len = 0; len < HELPER_MESSAGE_BYTES; len += 73) {
        ASSERT_CODE(helper_decode(bytes, len, &back), STATUS_CORRUPT);
    }
    ASSERT_CODE(helper_decode(bytes, sizeof(bytes), &back), STATUS_CORRUPT);
    ASSERT_OK(helper_decode(bytes, HELPER_MESSAGE_BYTES, &back));
}

static void expect_bad(const struct helper_message *message, const char *wanted)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];
    struct helper_message back;

    helper_encode(message, bytes);
    struct status status = helper_decode(bytes, sizeof(bytes), &back);
    CU_ASSERT_EQUAL(status.code, STATUS_INVALID);
    ASSERT_TEXT(slice_from(status.msg), wanted);
}

static void test_answers_are_checked_as_well(void)
{
    struct plane_reading reading = some_reading();

    reading.presence = (enum plane_presence)3;
    expect_bad(&(struct helper_message){ .kind = HELPER_READING, .call = 1, .reading = reading },
               "helper message: kind 35: bad presence");
    reading = some_reading();
    reading.lease_left_ms = -2;
    expect_bad(&(struct helper_message){ .kind = HELPER_READING, .call = 1, .reading = reading },
               "helper message: kind 35: bad lease_left_ms");
    expect_bad(&(struct helper_message){ .kind = HELPER_WELCOME, .plane = (enum plane_kind)3 },
               "helper message: kind 32: bad plane");
    expect_bad(&(struct helper_message){ .kind = HELPER_DONE,
                                         .call = 1,
                                         .outcome = { .code = (enum status_code)11 } },
               "helper message: kind 34: bad outcome");
    expect_bad(&(struct helper_message){ .kind = HELPER_CONTROL,
                                         .call = 1,
                                         .control = { .reading = some_reading() } },
               "helper message: kind 36: bad action");
    expect_bad(&(struct helper_message){ .kind = HELPER_PEER_SEEN, .call = 1 },
               "helper message: kind 6: bad peer");
}

static void test_long_texts_are_cut(void)
{
    struct helper_message message = { .kind = HELPER_DONE, .call = 1 };
    uint8_t bytes[HELPER_MESSAGE_BYTES];
    struct helper_message back;

    memset(message.outcome.msg, 'x', sizeof(message.outcome.msg));
    helper_encode(&message, bytes);
    ASSERT_OK(helper_decode(bytes, sizeof(bytes), &back));
    CU_ASSERT_EQUAL(strlen(back.outcome.msg), sizeof(back.outcome.msg) - 1);
}

static CU_TestInfo tests[] = {
    { "every kind comes back as it was", test_every_kind_comes_back_as_it_was },
    { "a spoilt byte is refused by name", test_a_spoilt_byte_is_refused_by_name },
    { "sizes are exact", test_sizes_are_exact },
    { "answers are checked as well", test_answers_are_checked_as_well },
    { "long texts are cut", test_long_texts_are_cut },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "helper codec", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
