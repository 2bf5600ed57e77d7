#include "wire/batcher.h"

#include "tests/suite.h"

static struct batcher batcher;
static const struct batcher_options options = { .routine_ms = 500, .ack_ms = 2000 };

static void start(uint64_t acked, uint64_t last, uint32_t credit)
{
    batcher_init(&batcher, &options, acked, last);
    batcher_welcomed(&batcher, acked, credit, 0);
}

static void expect_wait(int64_t now_ms, int64_t wake_ms)
{
    struct batcher_step step = batcher_next(&batcher, now_ms);

    CU_ASSERT_EQUAL(step.verb, BATCHER_WAIT);
    CU_ASSERT_EQUAL(step.wake_ms, wake_ms);
}

static void expect_send(int64_t now_ms, uint64_t from)
{
    struct batcher_step step = batcher_next(&batcher, now_ms);

    CU_ASSERT_EQUAL(step.verb, BATCHER_SEND);
    CU_ASSERT_EQUAL(step.from_seq, from);
}

static void test_nothing_goes_before_a_welcome(void)
{
    batcher_init(&batcher, &options, 0, 0);
    batcher_appended(&batcher, 1, SEVERITY_CRITICAL, 0);
    expect_wait(10, INT64_MAX);
    batcher_welcomed(&batcher, 0, 8, 20);
    expect_send(20, 1);
}

static void test_severity_decides_how_long_it_waits(void)
{
    start(0, 0, 8);
    batcher_appended(&batcher, 1, SEVERITY_LOW, 100);
    expect_wait(100, 600);
    batcher_appended(&batcher, 2, SEVERITY_MEDIUM, 110);
    expect_wait(110, 130);
    batcher_appended(&batcher, 3, SEVERITY_HIGH, 115);
    expect_send(115, 1);
    batcher_sent(&batcher, 3, 115);
    expect_wait(115, 2115);
}

static void test_a_full_batch_goes_at_once(void)
{
    start(0, 0, 8);
    for (uint64_t seq = 1; seq <= BATCHER_FULL_EVENTS; seq++) {
        batcher_appended(&batcher, seq, SEVERITY_INFO, 5);
    }
    expect_send(5, 1);
    batcher_sent(&batcher, BATCHER_FULL_EVENTS, 5);
    expect_wait(5, 2005);
}

static void test_credit_holds_back_and_an_ack_frees(void)
{
    start(0, 0, 1);
    batcher_appended(&batcher, 1, SEVERITY_MEDIUM, 0);
    expect_send(20, 1);
    batcher_sent(&batcher, 1, 20);
    batcher_appended(&batcher, 2, SEVERITY_MEDIUM, 30);
    expect_wait(100, 2020);
    batcher_acked(&batcher, 1, 1, 110);
    expect_send(110, 2);
}

static void test_urgent_events_overdraw_a_little(void)
{
    start(0, 0, 0);
    uint64_t seq = 0;

    for (int i = 0; i < BATCHER_RESERVE; i++) {
        batcher_appended(&batcher, ++seq, SEVERITY_CRITICAL, 0);
        expect_send(0, seq);
        batcher_sent(&batcher, seq, 0);
    }
    batcher_appended(&batcher, ++seq, SEVERITY_CRITICAL, 0);
    expect_wait(0, 2000);
    batcher_acked(&batcher, 1, 1, 10); /* repays one, gives no credit */
    CU_ASSERT_EQUAL(batcher.credit, 0);
    expect_send(10, seq);
}

static void test_a_missing_ack_asks_for_a_hello_and_goes_back(void)
{
    start(0, 0, 8);
    batcher_appended(&batcher, 1, SEVERITY_HIGH, 0);
    batcher_appended(&batcher, 2, SEVERITY_HIGH, 0);
    batcher_sent(&batcher, 2, 0);
    CU_ASSERT_EQUAL(batcher_next(&batcher, 1999).verb, BATCHER_WAIT);
    CU_ASSERT_EQUAL(batcher_next(&batcher, 2000).verb, BATCHER_HELLO);
    CU_ASSERT_EQUAL(batcher_next(&batcher, 2001).verb, BATCHER_WAIT);
    batcher_welcomed(&batcher, 1, 8, 2050);
    expect_send(2050, 2);
    batcher_sent(&batcher, 2, 2050);
    batcher_acked(&batcher, 2, 1, 2060);
    expect_wait(2060, INT64_MAX);
}

/* The acks that brought it are lost; the last one acknowledged all, so nothing is under way. */
static void test_missing_credit_asks_for_a_hello(void)
{
    start(0, 0, 1);
    batcher_appended(&batcher, 1, SEVERITY_MEDIUM, 0);
    expect_send(20, 1);
    batcher_sent(&batcher, 1, 20); /* its ack is lost */
    batcher_appended(&batcher, 2, SEVERITY_HIGH, 30);
    expect_send(30, 2);
    batcher_sent(&batcher, 2, 30); /* overdrawn */
    batcher_acked(&batcher, 2, 1, 40);
    CU_ASSERT_EQUAL(batcher.credit, 0);
    expect_wait(50, INT64_MAX); /* and nothing to send */
    batcher_appended(&batcher, 3, SEVERITY_LOW, 60);
    expect_wait(60, 2060);
    CU_ASSERT_EQUAL(batcher_next(&batcher, 2060).verb, BATCHER_HELLO);
    batcher_welcomed(&batcher, 2, 8, 2070);
    expect_send(2070, 3);
}

/* An aggregator's own WELCOME has no credit; the orchestrator's may be lost on the way. */
static void test_a_welcome_without_credit_is_asked_about_again(void)
{
    start(0, 1, 0);
    expect_wait(0, 2000);
    CU_ASSERT_EQUAL(batcher_next(&batcher, 2000).verb, BATCHER_HELLO);
    expect_wait(2000, 4000);
    batcher_lost(&batcher);
    expect_wait(4000, INT64_MAX);
}

static void test_an_ack_ahead_of_what_was_sent_counts(void)
{
    start(0, 10, 8);
    batcher_acked(&batcher, 5, UINT32_MAX, 0);
    CU_ASSERT_EQUAL(batcher.next_seq, 6);
    CU_ASSERT_EQUAL(batcher.credit, UINT32_MAX);
    batcher_acked(&batcher, 3, 0, 0); /* an old one does not go back */
    CU_ASSERT_EQUAL(batcher.acked_seq, 5);
}

static void test_a_lost_session_sends_nothing(void)
{
    start(0, 3, 8);
    batcher_lost(&batcher);
    expect_wait(0, INT64_MAX);
    batcher_welcomed(&batcher, 2, 1, 50);
    expect_send(50, 3);
}

static void test_options_have_defaults_and_a_bound(void)
{
    batcher_init(&batcher, &(struct batcher_options){ 0 }, 0, 0);
    CU_ASSERT_EQUAL(batcher.options.routine_ms, BATCHER_ROUTINE_MS);
    CU_ASSERT_EQUAL(batcher.options.ack_ms, BATCHER_ACK_MS);
    batcher_init(&batcher, &(struct batcher_options){ .routine_ms = 60000 }, 0, 0);
    CU_ASSERT_EQUAL(batcher.options.routine_ms, BATCHER_ROUTINE_MAX_MS);
}

static CU_TestInfo tests[] = {
    { "nothing goes before a WELCOME", test_nothing_goes_before_a_welcome },
    { "severity decides how long it waits", test_severity_decides_how_long_it_waits },
    { "a full batch goes at once", test_a_full_batch_goes_at_once },
    { "credit holds back and an ack frees", test_credit_holds_back_and_an_ack_frees },
    { "urgent events overdraw a little", test_urgent_events_overdraw_a_little },
    { "a missing ack asks for a HELLO and goes back",
      test_a_missing_ack_asks_for_a_hello_and_goes_back },
    { "missing credit asks for a HELLO", test_missing_credit_asks_for_a_hello },
    { "a WELCOME without credit is asked about again",
      test_a_welcome_without_credit_is_asked_about_again },
    { "an ack ahead of what was sent counts", test_an_ack_ahead_of_what_was_sent_counts },
    { "a lost session sends nothing", test_a_lost_session_sends_nothing },
    { "options have defaults and a bound", test_options_have_defaults_and_a_bound },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "wire/batcher", NULL, NULL, NULL, NULL, tests }, CU_SUITE_INFO_NULL };
