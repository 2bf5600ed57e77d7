#include "wire/sessions_priv.h"

#include <stdio.h>

#include "tests/suite.h"

static struct sessions table;

static void end_test(void)
{
    sessions_done(&table);
}

static const struct route first = { "first", 5 };
static const struct route second = { "other", 5 };

static struct session *standing(void)
{
    struct session *session = sessions_make(&table, SLICE("app-1"));

    session_begin(session, &first, SLICE(""), 7, 100);
    return session;
}

static void test_records_are_found_however_many_there_are(void)
{
    char name[32];

    CU_ASSERT_PTR_NULL(sessions_find(&table, SLICE("app-1")));
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "app-%d", i);
        CU_ASSERT_STRING_EQUAL(sessions_make(&table, slice_from(name))->node, name);
    }
    CU_ASSERT_EQUAL(table.map.count, 1000);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof(name), "app-%d", i);
        CU_ASSERT_PTR_EQUAL(sessions_make(&table, slice_from(name)),
                            sessions_find(&table, slice_from(name)));
    }
    CU_ASSERT_PTR_NULL(sessions_find(&table, SLICE("app-1000")));
}

static void test_a_hello_is_fresh_repeated_a_reconnect_or_a_rival(void)
{
    struct session *session = sessions_make(&table, SLICE("app-1"));

    CU_ASSERT_EQUAL(session_judge_hello(session, &first, 7), HELLO_FRESH);
    (void)standing();
    CU_ASSERT_EQUAL(session_judge_hello(session, &first, 7), HELLO_REPEATED);
    CU_ASSERT_EQUAL(session_judge_hello(session, &second, 7), HELLO_RECONNECT);
    CU_ASSERT_EQUAL(session_judge_hello(session, &second, 8), HELLO_RIVAL);
    session->lost = true;
    CU_ASSERT_EQUAL(session_judge_hello(session, &second, 8), HELLO_FRESH);
    session_end(session);
    CU_ASSERT_EQUAL(session_judge_hello(session, &first, 7), HELLO_FRESH);
}

static void test_a_stream_epoch_only_goes_up(void)
{
    struct session *session = standing();

    CU_ASSERT_TRUE(session_take_epoch(session, 5ULL << 32 | 11));
    CU_ASSERT_TRUE(session_take_epoch(session, 5ULL << 32 | 11));
    CU_ASSERT_FALSE(session_take_epoch(session, 5ULL << 32 | 12)); /* a copy */
    CU_ASSERT_FALSE(session_take_epoch(session, 4ULL << 32 | 99));
    CU_ASSERT_TRUE(session_take_epoch(session, 6ULL << 32 | 1));
    CU_ASSERT_EQUAL(session->epoch, 6ULL << 32 | 1);
}

static void test_credit_is_set_by_welcome_and_topped_up_by_acks(void)
{
    struct session *session = standing();
    const struct frame welcome = { .type = FRAME_WELCOME, .credit = 2 };
    const struct frame ack = { .type = FRAME_ACK, .credit = 1 };
    const struct frame command = { .type = FRAME_CMD, .credit = 50 };

    CU_ASSERT_FALSE(session->welcomed);
    session_grant(session, &welcome);
    CU_ASSERT_TRUE(session->welcomed);
    CU_ASSERT_TRUE(session_spend(session, 1));
    CU_ASSERT_TRUE(session_spend(session, 1));
    CU_ASSERT_TRUE(session_spend(session, 1)); /* the reserve */
    CU_ASSERT_FALSE(session_spend(session, 1));
    session_grant(session, &command);
    CU_ASSERT_FALSE(session_spend(session, 1));
    session_grant(session, &ack);
    CU_ASSERT_TRUE(session_spend(session, 1));
    session_grant(session, &welcome);
    CU_ASSERT_EQUAL(session->credit, 2);
}

static void test_a_rival_is_forgotten_with_the_session(void)
{
    struct session *session = standing();

    buf_add_cstr(&session->rival.hello, "hello");
    session->rival.until_ms = 5;
    session_begin(session, &second, SLICE("agg-1"), 9, 200);
    CU_ASSERT_EQUAL(session->rival.until_ms, 0);
    CU_ASSERT_STRING_EQUAL(session->via, "agg-1");
    CU_ASSERT_TRUE(route_eq(&session->route, &second));
    buf_add_cstr(&session->rival.hello, "hello"); /* freed with the table */
}

static CU_TestInfo tests[] = {
    { "records are found however many there are", test_records_are_found_however_many_there_are },
    { "a HELLO is fresh, repeated, a reconnect or a rival",
      test_a_hello_is_fresh_repeated_a_reconnect_or_a_rival },
    { "a stream epoch only goes up", test_a_stream_epoch_only_goes_up },
    { "credit is set by WELCOME and topped up by ACKs",
      test_credit_is_set_by_welcome_and_topped_up_by_acks },
    { "a rival is forgotten with the session", test_a_rival_is_forgotten_with_the_session },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/sessions", NULL, NULL, NULL, end_test, tests },
                          CU_SUITE_INFO_NULL };
