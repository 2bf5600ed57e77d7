#include "wire/message.h"

#include <string.h>

#include "tests/suite.h"
#include "tests/unit/wire/wire_world.h"
#include "wire/pb_priv.h"

static struct arena arena;
static struct buf out;

static int tear_down(void)
{
    arena_done(&arena);
    buf_done(&out);
    return 0;
}

/* Encodes, decodes, returns what came back. */
static struct message around(const struct message *message)
{
    struct frame frame;
    struct message back = { 0 };

    buf_clear(&out);
    ASSERT_OK(message_encode(message, &out));
    ASSERT_OK(frame_decode(buf_slice(&out), &frame));
    ASSERT_OK(message_decode(&arena, &frame, &back));
    CU_ASSERT_EQUAL(back.frame.type, message->frame.type);
    CU_ASSERT_TRUE(slice_eq(back.node, message->node));
    return back;
}

static void test_hello_goes_around(void)
{
    struct slice words[] = { SLICE("spool"), SLICE("lease") };
    struct message message = { .frame = { .type = FRAME_HELLO, .epoch = 5 },
                               .node = SLICE("app-1"),
                               .hello = { PEER_SMA, 1, 2, 99, SLICE("redan-sma 0.1.0"), words, 2,
                                          1ULL << 63, 17, 18 } };
    struct message back = around(&message);

    CU_ASSERT_EQUAL(back.hello.role, PEER_SMA);
    CU_ASSERT_EQUAL(back.hello.min_major, 1);
    CU_ASSERT_EQUAL(back.hello.max_major, 2);
    CU_ASSERT_EQUAL(back.hello.instance, 99);
    ASSERT_TEXT(back.hello.version, "redan-sma 0.1.0");
    CU_ASSERT_EQUAL_FATAL(back.hello.capability_count, 2);
    ASSERT_TEXT(back.hello.capabilities[1], "lease");
    CU_ASSERT_EQUAL(back.hello.stream_epoch, 1ULL << 63);
    CU_ASSERT_EQUAL(back.hello.last_seq, 17);
    CU_ASSERT_EQUAL(back.hello.last_command_seq, 18);
    CU_ASSERT_EQUAL(back.frame.epoch, 5);
}

static void test_signed_bodies_go_around(void)
{
    struct message events = { .frame = { .type = FRAME_EVENTS, .seq = 4 },
                              .node = SLICE("app-1"),
                              .events = { world_monitor, SLICE("bat\0ch"), { { 1, 2, 3 } } } };
    struct message back = around(&events);
    CU_ASSERT_TRUE(service_id_eq(&back.events.service, &world_monitor));
    CU_ASSERT_EQUAL(back.events.batch.len, 6);
    CU_ASSERT_EQUAL(back.events.signature.bytes[2], 3);

    struct message result = { .frame = { .type = FRAME_CMD_RESULT },
                              .node = SLICE("app-1"),
                              .result = { world_enforce, SLICE("result"), { { 9 } } } };
    back = around(&result);
    ASSERT_TEXT(back.result.bytes, "result");
    CU_ASSERT_EQUAL(back.result.signature.bytes[0], 9);

    struct replica_signature signatures[] = { { SLICE("r1"), { { 1 } } },
                                              { SLICE("r2"), { { 2 } } } };
    struct message command = { .frame = { .type = FRAME_CMD },
                               .node = SLICE("app-1"),
                               .command = { SLICE("command"), signatures, 2 } };
    back = around(&command);
    CU_ASSERT_EQUAL_FATAL(back.command.signature_count, 2);
    ASSERT_TEXT(back.command.signatures[1].replica, "r2");
    CU_ASSERT_EQUAL(back.command.signatures[1].signature.bytes[0], 2);

    command.frame.type = FRAME_SNAPSHOT;
    back = around(&command);
    ASSERT_TEXT(back.snapshot.bytes, "command");
}

static void test_small_bodies_go_around(void)
{
    struct message welcome = { .frame = { .type = FRAME_WELCOME, .credit = 8, .ack = 3 },
                               .node = SLICE("app-1"),
                               .welcome = { 512, SLICE("digest"), 77 } };
    struct message back = around(&welcome);
    CU_ASSERT_EQUAL(back.welcome.window_bytes, 512);
    CU_ASSERT_EQUAL(back.welcome.wall_us, 77);
    ASSERT_TEXT(back.welcome.policy_digest, "digest");
    CU_ASSERT_EQUAL(back.frame.credit, 8);

    struct message ack = { .frame = { .type = FRAME_ACK, .ack = 12 }, .node = SLICE("app-1") };
    CU_ASSERT_EQUAL(around(&ack).frame.ack, 12);

    struct message taken = { .frame = { .type = FRAME_CMD_ACK },
                             .node = SLICE("app-1"),
                             .command_ack = { { "01ARZ3NDEKTSV4RRFFQ69G5FAV" }, 6 } };
    back = around(&taken);
    CU_ASSERT_STRING_EQUAL(back.command_ack.id.text, "01ARZ3NDEKTSV4RRFFQ69G5FAV");
    CU_ASSERT_EQUAL(back.command_ack.seq, 6);

    struct message pong = { .frame = { .type = FRAME_PONG }, .ping = { 42, true } };
    back = around(&pong);
    CU_ASSERT_EQUAL(back.ping.nonce, 42);
    CU_ASSERT_TRUE(back.ping.healthy);

    struct message ask = { .frame = { .type = FRAME_STATE_REQ },
                           .node = SLICE("app-1"),
                           .state_request = { SLICE("old") } };
    ASSERT_TEXT(around(&ask).state_request.have_digest, "old");

    struct message error = { .frame = { .type = FRAME_ERROR },
                             .error = { WIRE_ERROR_DENIED, 1, 1, SLICE("no") } };
    back = around(&error);
    CU_ASSERT_EQUAL(back.error.code, WIRE_ERROR_DENIED);
    ASSERT_TEXT(back.error.text, "no");

    struct message bye = { .frame = { .type = FRAME_BYE },
                           .node = SLICE("app-1"),
                           .bye = { SLICE("stopping") } };
    ASSERT_TEXT(around(&bye).bye.reason, "stopping");
}

static void expect(enum frame_type type, const ProtobufCMessage *body, enum status_code code)
{
    CLEANUP(buf_done) struct buf packed = { 0 };
    struct message message;

    pb_pack(body, &packed);
    const struct frame frame = { .type = type, .body = buf_slice(&packed) };
    ASSERT_CODE(message_decode(&arena, &frame, &message), code);
}

static void test_names_and_numbers_out_of_range_are_refused(void)
{
    char big[MESSAGE_TEXT_MAX + 1] = "";
    struct slice long_text = { big, sizeof(big) };
    Redan__Wire__Hello hello = REDAN__WIRE__HELLO__INIT;
    Redan__Wire__Error error = REDAN__WIRE__ERROR__INIT;
    Redan__Wire__CommandAck taken = REDAN__WIRE__COMMAND_ACK__INIT;
    Redan__Wire__Bye bye = REDAN__WIRE__BYE__INIT;

    expect(FRAME_HELLO, &hello.base, STATUS_CORRUPT); /* no node */
    hello.node = pb_text(SLICE("Not A Name"));
    expect(FRAME_HELLO, &hello.base, STATUS_CORRUPT);
    hello.node = pb_text(SLICE("app-1"));
    hello.role = 9;
    expect(FRAME_HELLO, &hello.base, STATUS_CORRUPT);
    hello.role = PEER_SMA;
    hello.version = pb_text(long_text);
    expect(FRAME_HELLO, &hello.base, STATUS_EXHAUSTED);
    hello.version = pb_text(SLICE(""));
    ProtobufCBinaryData words[MESSAGE_CAPABILITIES_MAX + 1];
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        words[i] = pb_text(SLICE("w"));
    }
    hello.capabilities = words;
    hello.n_capabilities = COUNT_OF(words);
    expect(FRAME_HELLO, &hello.base, STATUS_EXHAUSTED);
    hello.n_capabilities = 1;
    words[0] = pb_text(long_text);
    expect(FRAME_HELLO, &hello.base, STATUS_EXHAUSTED);
    error.code = WIRE_ERRORS;
    expect(FRAME_ERROR, &error.base, STATUS_CORRUPT);
    taken.node = pb_text(SLICE("app-1"));
    taken.id = pb_text(SLICE("too short"));
    expect(FRAME_CMD_ACK, &taken.base, STATUS_CORRUPT);
    bye.reason = pb_text(long_text);
    expect(FRAME_BYE, &bye.base, STATUS_EXHAUSTED);
}

static void test_bodies_without_signatures_are_refused(void)
{
    Redan__Wire__Service service = pb_service(&world_monitor);
    Redan__Wire__Events events = REDAN__WIRE__EVENTS__INIT;
    Redan__Wire__SignedResult result = REDAN__WIRE__SIGNED_RESULT__INIT;
    Redan__Wire__SignedList list = REDAN__WIRE__SIGNED_LIST__INIT;
    Redan__Wire__Signature entry = REDAN__WIRE__SIGNATURE__INIT;
    Redan__Wire__Signature *entries[MESSAGE_SIGNATURES_MAX + 1];

    events.node = pb_text(SLICE("app-1"));
    expect(FRAME_EVENTS, &events.base, STATUS_CORRUPT);
    events.service = &service;
    expect(FRAME_EVENTS, &events.base, STATUS_CORRUPT);
    service.plane = 3;
    expect(FRAME_EVENTS, &events.base, STATUS_CORRUPT);
    result.node = pb_text(SLICE("app-1"));
    expect(FRAME_CMD_RESULT, &result.base, STATUS_CORRUPT);
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        entries[i] = &entry;
    }
    list.node = pb_text(SLICE("app-1"));
    list.signatures = entries;
    list.n_signatures = 1;
    entry.replica = pb_text(SLICE("r1"));
    expect(FRAME_CMD, &list.base, STATUS_CORRUPT);
    list.n_signatures = COUNT_OF(entries);
    expect(FRAME_SNAPSHOT, &list.base, STATUS_EXHAUSTED);
}

static void test_a_body_that_does_not_unpack_is_refused(void)
{
    static const enum frame_type types[] = { FRAME_HELLO,      FRAME_WELCOME, FRAME_EVENTS,
                                             FRAME_ACK,        FRAME_CMD,     FRAME_CMD_ACK,
                                             FRAME_CMD_RESULT, FRAME_PING,    FRAME_STATE_REQ,
                                             FRAME_SNAPSHOT,   FRAME_ERROR,   FRAME_BYE };

    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const struct frame frame = { .type = types[i], .body = SLICE("\x0a\xff\xff") };
        struct message message;
        ASSERT_CODE(message_decode(&arena, &frame, &message), STATUS_CORRUPT);
    }
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        const struct frame frame = { .type = types[i] };
        struct message message;
        struct status decoded = message_decode(&arena, &frame, &message);
        bool needs_nothing =
            types[i] == FRAME_PING || types[i] == FRAME_ERROR || types[i] == FRAME_BYE;
        CU_ASSERT_EQUAL(status_ok(&decoded), needs_nothing);
    }
}

static void test_a_small_body_cannot_become_a_large_one(void)
{
    CLEANUP(buf_done) struct buf bomb = { 0 };
    CLEANUP(arena_done) struct arena own = { 0 };
    struct message message;

    for (int i = 0; i < 100000; i++) {
        buf_add(&bomb, "\x1a\x00", 2); /* SignedList.signatures, empty */
    }
    const struct frame frame = { .type = FRAME_CMD, .body = buf_slice(&bomb) };
    ASSERT_CODE(message_decode(&own, &frame, &message), STATUS_CORRUPT);
    CU_ASSERT(own.used_bytes <= bomb.len * PB_BUDGET_FACTOR + PB_BUDGET_BASE);
}

static void test_delta_is_not_spoken_yet(void)
{
    const struct frame frame = { .type = FRAME_DELTA };
    struct message message;

    ASSERT_CODE(message_decode(&arena, &frame, &message), STATUS_UNSUPPORTED);
}

static void test_a_body_over_the_limit_is_not_sent(void)
{
    CLEANUP(buf_done) struct buf big = { 0 };
    static char zeros[FRAME_BODY_MAX];
    struct message message = { .frame = { .type = FRAME_EVENTS }, .node = SLICE("app-1") };

    buf_add(&big, zeros, sizeof(zeros));
    message.events.batch = buf_slice(&big);
    buf_clear(&out);
    ASSERT_CODE(message_encode(&message, &out), STATUS_EXHAUSTED);
    CU_ASSERT_EQUAL(out.len, 0);
}

static void test_errors_have_names(void)
{
    CU_ASSERT_STRING_EQUAL(wire_error_name(WIRE_ERROR_HELLO_FIRST), "hello-first");
    CU_ASSERT_STRING_EQUAL(wire_error_name((enum wire_error)99), "unknown");
}

static CU_TestInfo tests[] = {
    { "HELLO goes around", test_hello_goes_around },
    { "signed bodies go around", test_signed_bodies_go_around },
    { "small bodies go around", test_small_bodies_go_around },
    { "names and numbers out of range are refused",
      test_names_and_numbers_out_of_range_are_refused },
    { "bodies without signatures are refused", test_bodies_without_signatures_are_refused },
    { "a body that does not unpack is refused", test_a_body_that_does_not_unpack_is_refused },
    { "a small body cannot become a large one", test_a_small_body_cannot_become_a_large_one },
    { "DELTA is not spoken yet", test_delta_is_not_spoken_yet },
    { "a body over the limit is not sent", test_a_body_over_the_limit_is_not_sent },
    { "errors have names", test_errors_have_names },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/message", NULL, tear_down, NULL, NULL, tests },
                          CU_SUITE_INFO_NULL };
