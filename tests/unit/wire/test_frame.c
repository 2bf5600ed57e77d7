#include "wire/frame.h"

#include <string.h>

#include "tests/suite.h"

static const struct frame sample = {
    .type = FRAME_EVENTS,
    .flags = FRAME_OPTIONAL,
    .credit = 0x01020304,
    .epoch = 0x1112131415161718,
    .seq = 0x2122232425262728,
    .ack = 0x3132333435363738,
    .trace = 0x4142434445464748,
    .body = { "body", 4 },
};

static void test_a_header_is_48_little_endian_bytes(void)
{
    static const unsigned char wanted[] = {
        'R',  'D',  1,    3,    1,    0,    48,   0,    4,    0,    0,    0,    4,
        3,    2,    1,    0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11, 0x28, 0x27,
        0x26, 0x25, 0x24, 0x23, 0x22, 0x21, 0x38, 0x37, 0x36, 0x35, 0x34, 0x33, 0x32,
        0x31, 0x48, 0x47, 0x46, 0x45, 0x44, 0x43, 0x42, 0x41, 'b',  'o',  'd',  'y',
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    frame_encode(&sample, &out);
    CU_ASSERT_EQUAL(out.len, sizeof(wanted));
    CU_ASSERT_EQUAL(memcmp(out.ptr, wanted, sizeof(wanted)), 0);
}

static void test_what_is_encoded_decodes_to_the_same(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct frame frame = { 0 };

    frame_encode(&sample, &out);
    ASSERT_OK(frame_decode(buf_slice(&out), &frame));
    CU_ASSERT_EQUAL(frame.type, FRAME_EVENTS);
    CU_ASSERT_EQUAL(frame.flags, FRAME_OPTIONAL);
    CU_ASSERT_EQUAL(frame.credit, sample.credit);
    CU_ASSERT_EQUAL(frame.epoch, sample.epoch);
    CU_ASSERT_EQUAL(frame.seq, sample.seq);
    CU_ASSERT_EQUAL(frame.ack, sample.ack);
    CU_ASSERT_EQUAL(frame.trace, sample.trace);
    ASSERT_TEXT(frame.body, "body");
    CU_ASSERT_EQUAL(frame.raw.len, out.len);
}

/* One change to a good frame, and what becomes of it. */
struct change {
    size_t at;
    unsigned char byte;
    enum status_code code;
};

static void test_a_bad_header_is_refused(void)
{
    static const struct change changes[] = {
        { 0, 'X', STATUS_CORRUPT },     { 1, 'X', STATUS_CORRUPT }, { 2, 0, STATUS_UNSUPPORTED },
        { 2, 2, STATUS_UNSUPPORTED },   { 6, 47, STATUS_CORRUPT },  { 7, 2, STATUS_CORRUPT },
        { 8, 5, STATUS_CORRUPT },       { 8, 3, STATUS_CORRUPT },   { 10, 0x10, STATUS_EXHAUSTED },
        { 11, 0xff, STATUS_EXHAUSTED },
    };
    CLEANUP(buf_done) struct buf out = { 0 };

    frame_encode(&sample, &out);
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        CLEANUP(buf_done) struct buf bad = { 0 };
        struct frame frame = { .seq = 7 };
        buf_add_slice(&bad, buf_slice(&out));
        bad.ptr[changes[i].at] = (char)changes[i].byte;
        ASSERT_CODE(frame_decode(buf_slice(&bad), &frame), changes[i].code);
        CU_ASSERT_EQUAL(frame.seq, 7);
    }
    for (size_t len = 0; len < out.len; len++) {
        struct frame frame;
        ASSERT_CODE(frame_decode(slice_sub(buf_slice(&out), 0, len), &frame), STATUS_CORRUPT);
    }
}

static void test_an_unknown_type_is_skipped_only_when_optional(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct frame frame;

    frame_encode(&sample, &out);
    out.ptr[3] = FRAME_TYPES;
    ASSERT_OK(frame_decode(buf_slice(&out), &frame));
    CU_ASSERT_EQUAL(frame.type, FRAME_UNKNOWN);
    out.ptr[4] = 0;
    ASSERT_CODE(frame_decode(buf_slice(&out), &frame), STATUS_UNSUPPORTED);
}

static void test_a_longer_header_of_a_later_version_is_skipped_over(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct frame frame;

    frame_encode(&sample, &out);
    out.ptr[6] = 50; /* two of the four body bytes now belong to the header */
    out.ptr[8] = 2;
    ASSERT_OK(frame_decode(buf_slice(&out), &frame));
    ASSERT_TEXT(frame.body, "dy");
}

static void test_a_frame_over_the_limit_is_refused(void)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    static char zeros[FRAME_MAX];
    struct frame frame;

    buf_add(&out, zeros, sizeof(zeros));
    buf_add_char(&out, 0);
    ASSERT_CODE(frame_decode(buf_slice(&out), &frame), STATUS_EXHAUSTED);
}

static void test_types_have_names_and_directions(void)
{
    CU_ASSERT_STRING_EQUAL(frame_type_name(FRAME_CMD_RESULT), "CMD_RESULT");
    CU_ASSERT_STRING_EQUAL(frame_type_name((enum frame_type)99), "UNKNOWN");
    CU_ASSERT_TRUE(frame_type_goes_up(FRAME_EVENTS));
    CU_ASSERT_FALSE(frame_type_goes_down(FRAME_EVENTS));
    CU_ASSERT_TRUE(frame_type_goes_down(FRAME_CMD));
    CU_ASSERT_FALSE(frame_type_goes_up(FRAME_CMD));
    CU_ASSERT_TRUE(frame_type_goes_up(FRAME_PING) && frame_type_goes_down(FRAME_PING));
    CU_ASSERT_FALSE(frame_type_goes_up(FRAME_DELTA) || frame_type_goes_down(FRAME_DELTA));
    CU_ASSERT_FALSE(frame_type_goes_up((enum frame_type)99));
    CU_ASSERT_FALSE(frame_type_goes_down((enum frame_type)99));
}

static CU_TestInfo tests[] = {
    { "a header is 48 little-endian bytes", test_a_header_is_48_little_endian_bytes },
    { "what is encoded decodes to the same", test_what_is_encoded_decodes_to_the_same },
    { "a bad header is refused", test_a_bad_header_is_refused },
    { "an unknown type is skipped only when optional",
      test_an_unknown_type_is_skipped_only_when_optional },
    { "a longer header of a later version is skipped over",
      test_a_longer_header_of_a_later_version_is_skipped_over },
    { "a frame over the limit is refused", test_a_frame_over_the_limit_is_refused },
    { "types have names and directions", test_types_have_names_and_directions },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/frame", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
