#include "orchestrator/execute.h"
#include "tests/suite.h"

static struct step_record steps[4];
static bool in_flight[PLAN_STEPS_MAX];
static struct execute_next next;

/* 0: deny; 1: snapshot; 2: suspend after snapshot; 3: freeze */
static void begin(void)
{
    for (size_t i = 0; i < 4; i++) {
        steps[i] = (struct step_record){ .index = (uint32_t)i, .state = CONTROL_PENDING };
        in_flight[i] = false;
    }
    steps[2].after = 1U << 1;
}

static bool orders(size_t step, enum command_verb verb)
{
    for (size_t i = 0; i < next.order_count; i++) {
        if (next.orders[i].step == step && next.orders[i].verb == verb) {
            return true;
        }
    }
    return false;
}

static void what_waits_for_nothing_is_ordered_at_once(void)
{
    begin();
    execute_next(PLAN_APPROVED, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.state, PLAN_RUNNING);
    CU_ASSERT_EQUAL(next.order_count, 3);
    CU_ASSERT_TRUE(orders(0, COMMAND_DO) && orders(1, COMMAND_DO) && orders(3, COMMAND_DO));
    in_flight[0] = in_flight[1] = in_flight[3] = true;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.order_count, 0);
    CU_ASSERT_EQUAL(next.state, PLAN_RUNNING);
}

static void a_step_waits_until_the_one_before_is_read_back(void)
{
    begin();
    steps[0].state = steps[3].state = CONTROL_ENFORCED;
    steps[1].state = CONTROL_ACKED;
    in_flight[1] = true;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.order_count, 0);
    in_flight[1] = false;
    steps[1].state = CONTROL_ENFORCED;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.order_count, 1);
    CU_ASSERT_TRUE(orders(2, COMMAND_DO));
    steps[2].state = CONTROL_ENFORCED;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.state, PLAN_DONE);
}

static void a_failed_step_fails_the_plan_once_the_others_have_ended(void)
{
    begin();
    steps[1].state = CONTROL_FAILED;
    steps[0].state = CONTROL_ENFORCED;
    in_flight[3] = true;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.state, PLAN_RUNNING);
    CU_ASSERT_FALSE(orders(2, COMMAND_DO));
    in_flight[3] = false;
    steps[3].state = CONTROL_ENFORCED;
    execute_next(PLAN_RUNNING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.state, PLAN_FAILED);
    CU_ASSERT_EQUAL(next.order_count, 0);
}

static void undo_goes_strictly_backwards(void)
{
    static const size_t expected[] = { 3, 2, 1, 0 };

    begin();
    for (size_t i = 0; i < 4; i++) {
        steps[i].state = CONTROL_ENFORCED;
        steps[i].sent_us = 1;
    }
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        execute_next(PLAN_UNDOING, steps, 4, in_flight, &next);
        CU_ASSERT_EQUAL_FATAL(next.order_count, 1);
        CU_ASSERT_TRUE(orders(expected[i], COMMAND_UNDO));
        in_flight[expected[i]] = true;
        execute_next(PLAN_UNDOING, steps, 4, in_flight, &next);
        CU_ASSERT_EQUAL(next.order_count, 0);
        in_flight[expected[i]] = false;
        steps[expected[i]].state = CONTROL_UNDONE;
    }
    execute_next(PLAN_UNDOING, steps, 4, in_flight, &next);
    CU_ASSERT_EQUAL(next.state, PLAN_UNDONE);
}

static void what_was_never_sent_needs_no_undo_but_what_failed_does(void)
{
    begin();
    steps[0].state = CONTROL_FAILED;
    steps[0].sent_us = 1;
    steps[1].state = CONTROL_EXPIRED;
    execute_next(PLAN_UNDOING, steps, 4, in_flight, &next);
    CU_ASSERT_TRUE(next.unsent_undone[2] && next.unsent_undone[3]);
    CU_ASSERT_EQUAL(next.order_count, 1);
    CU_ASSERT_TRUE(orders(0, COMMAND_UNDO));
}

static void plans_at_rest_order_nothing(void)
{
    static const enum plan_state states[] = { PLAN_PROPOSED, PLAN_AWAITING_APPROVAL,
                                              PLAN_DONE,     PLAN_FAILED,
                                              PLAN_UNDONE,   PLAN_REFUSED };

    begin();
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        execute_next(states[i], steps, 4, in_flight, &next);
        CU_ASSERT_EQUAL(next.order_count, 0);
        CU_ASSERT_EQUAL(next.state, states[i]);
    }
}

static void a_result_is_taken_into_its_step(void)
{
    struct command_result result = { .verb = COMMAND_DO,
                                     .outcome = COMMAND_DONE,
                                     .state = CONTROL_ENFORCED,
                                     .verified_by = VERIFIED_SELF,
                                     .applied_us = 500,
                                     .read_back_us = 7000,
                                     .lease_left_ms = 60 };

    begin();
    steps[0].action.lease.duration_ms = 60;
    execute_result(&steps[0], &result, 9999);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(steps[0].enforced_us, 7000);
    CU_ASSERT_EQUAL(steps[0].lease_end_ms, 67);
    CU_ASSERT_EQUAL(execute_enforced_us(steps, 1), 7000);
    CU_ASSERT_EQUAL(execute_enforced_us(steps, 2), 0);
    result.outcome = COMMAND_REFUSED;
    execute_result(&steps[1], &result, 9999);
    CU_ASSERT_EQUAL(steps[1].state, CONTROL_FAILED);
    result.verb = COMMAND_UNDO;
    execute_result(&steps[0], &result, 9999);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED); /* a failed undo leaves it in force */
    result.outcome = COMMAND_DONE;
    execute_result(&steps[0], &result, 9999);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_UNDONE);
    CU_ASSERT_EQUAL(steps[0].undone_us, 7000);
}

static const int64_t lease_ms = 60000, ends_ms = 70000;

/* Enforced at 10 s of the node's clock, which is 3 s behind ours. */
static void begin_leased(void)
{
    const struct command_result result = { .verb = COMMAND_DO,
                                           .outcome = COMMAND_DONE,
                                           .state = CONTROL_ENFORCED,
                                           .read_back_us = 10000000,
                                           .lease_left_ms = lease_ms };

    begin();
    steps[0].action.lease =
        (struct lease){ .duration_ms = lease_ms, .limit_ms = INT64_C(4) * lease_ms };
    execute_result(&steps[0], &result, 13000000);
    CU_ASSERT_EQUAL(steps[0].lease_end_ms, ends_ms);
    CU_ASSERT_EQUAL(steps[0].check_ms, 13000 + lease_ms + EXECUTE_CHECK_AFTER_MS);
}

static void answer_check(enum command_outcome outcome, enum control_state state, int64_t now_ms)
{
    const struct command_result result = { .verb = COMMAND_CHECK,
                                           .outcome = outcome,
                                           .state = state,
                                           .read_back_us = now_ms * 1000 - 3000000,
                                           .lease_left_ms = 500 };

    execute_result(&steps[0], &result, now_ms * 1000);
}

static void a_check_says_what_is_there(void)
{
    begin_leased();
    answer_check(COMMAND_DONE, CONTROL_ENFORCED, 80000); /* a ban that was renewed */
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(steps[0].enforced_us, 10000000);
    CU_ASSERT_EQUAL(steps[0].lease_end_ms, 77500);
    CU_ASSERT_EQUAL(steps[0].check_ms, 80500 + EXECUTE_CHECK_AFTER_MS);
    answer_check(COMMAND_DONE, CONTROL_EXPIRED, 90000);
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(steps[0].undone_us, 87000000);
    CU_ASSERT_EQUAL(steps[0].check_ms, 0);
    answer_check(COMMAND_DONE, CONTROL_ENFORCED, 91000); /* late: nothing brings it back */
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(steps[0].check_ms, 0);
}

/* The end is found long after it: what a control takes away it took for no longer than it could. */
static void an_end_is_no_later_than_the_lease_may_last(void)
{
    begin_leased();
    answer_check(COMMAND_DONE, CONTROL_EXPIRED, INT64_C(24) * 3600000);
    CU_ASSERT_EQUAL(steps[0].undone_us, 10000000 + INT64_C(4) * lease_ms * 1000);
}

static void a_check_that_says_nothing_changes_nothing_and_comes_later_each_time(void)
{
    static const int64_t hour_ms = 3600000;
    static const struct {
        enum command_outcome outcome;
        int64_t now_ms, check_ms;
    } rows[] = {
        { COMMAND_FAILED, 60000, 60000 + EXECUTE_CHECK_AFTER_MS },
        { COMMAND_EXPIRED, 78000, 78000 + 8000 },
        { COMMAND_REFUSED, 86000, 86000 + 16000 },
        { COMMAND_FAILED, 4 * hour_ms, 5 * hour_ms },
    };

    begin_leased();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        answer_check(rows[i].outcome, CONTROL_FAILED, rows[i].now_ms);
        CU_ASSERT_EQUAL(steps[0].state, CONTROL_ENFORCED);
        CU_ASSERT_EQUAL(steps[0].lease_end_ms, ends_ms);
        CU_ASSERT_EQUAL(steps[0].check_ms, rows[i].check_ms);
    }
}

static void only_a_lease_is_asked_about(void)
{
    struct command_result result = { .verb = COMMAND_DO,
                                     .outcome = COMMAND_DONE,
                                     .state = CONTROL_ENFORCED,
                                     .read_back_us = 7000,
                                     .lease_left_ms = -1 };

    begin();
    execute_result(&steps[0], &result, 9999);
    CU_ASSERT_EQUAL(steps[0].check_ms, 0);
    steps[1].action.lease.duration_ms = lease_ms; /* of a node that does not say what is left */
    execute_result(&steps[1], &result, 9000);
    CU_ASSERT_EQUAL(steps[1].check_ms, 9 + lease_ms + EXECUTE_CHECK_AFTER_MS);
    result.verb = COMMAND_UNDO;
    execute_result(&steps[1], &result, 9999);
    CU_ASSERT_EQUAL(steps[1].check_ms, 0);
    begin_leased();
    CU_ASSERT_TRUE(execute_changed(&steps[0], CONTROL_EXPIRED, 8000));
    CU_ASSERT_EQUAL(steps[0].check_ms, 0);
}

/* A node may say anything; a step must neither wait for ever nor be charged for a thousand years.
 */
static void what_cannot_be_is_not_believed(void)
{
    struct command_result result = { .verb = COMMAND_DO,
                                     .outcome = COMMAND_DONE,
                                     .state = CONTROL_ENFORCED,
                                     .applied_us = -1,
                                     .read_back_us = INT64_MIN,
                                     .lease_left_ms = INT64_MAX };

    begin();
    steps[0].action.lease.duration_ms = 60;
    execute_result(&steps[0], &result, 9999);
    CU_ASSERT_EQUAL(steps[0].applied_us, 0);
    CU_ASSERT_EQUAL(steps[0].enforced_us, 9999);
    CU_ASSERT_EQUAL(steps[0].lease_end_ms, 9 + 60);
    steps[1].action.lease.limit_ms = 90; /* renewed up to there */
    steps[1].action.lease.duration_ms = 60;
    result.read_back_us = INT64_MAX;
    execute_result(&steps[1], &result, 9999);
    CU_ASSERT_EQUAL(steps[1].enforced_us, 9999);
    CU_ASSERT_EQUAL(steps[1].lease_end_ms, 9 + 90);
    result.state = CONTROL_PENDING; /* done, but not done: it would be ordered for ever */
    execute_result(&steps[2], &result, 9999);
    CU_ASSERT_EQUAL(steps[2].state, CONTROL_FAILED);
    result.verb = COMMAND_UNDO;
    execute_result(&steps[1], &result, 9999);
    CU_ASSERT_EQUAL(steps[1].undone_us, 9999);
}

static void what_is_over_stays_over_whatever_comes_late(void)
{
    static const enum control_state over[] = { CONTROL_EXPIRED, CONTROL_UNDONE };
    const struct command_result late = { .verb = COMMAND_DO,
                                         .outcome = COMMAND_DONE,
                                         .state = CONTROL_ENFORCED,
                                         .read_back_us = 7000,
                                         .lease_left_ms = 60 };

    for (size_t i = 0; i < COUNT_OF(over); i++) {
        begin();
        steps[0].state = over[i];
        execute_result(&steps[0], &late, 9999); /* the answer was lost once, and asked for again */
        CU_ASSERT_EQUAL(steps[0].state, over[i]);
        CU_ASSERT_EQUAL(steps[0].lease_end_ms, 0);
        CU_ASSERT_EQUAL(steps[0].enforced_us, 7000); /* it was in force, once */
        CU_ASSERT_FALSE(execute_changed(&steps[0], CONTROL_ENFORCED, 8000));
        CU_ASSERT_FALSE(execute_changed(&steps[0], CONTROL_DRIFTED, 8000));
        CU_ASSERT_EQUAL(steps[0].state, over[i]);
    }
}

static void a_node_may_say_what_became_of_its_control(void)
{
    begin();
    steps[0].state = CONTROL_ENFORCED;
    steps[0].lease_end_ms = 60;
    CU_ASSERT_FALSE(execute_changed(&steps[0], CONTROL_PENDING, 8000));
    CU_ASSERT_TRUE(execute_changed(&steps[0], CONTROL_DRIFTED, 8000));
    CU_ASSERT_EQUAL(steps[0].state, CONTROL_DRIFTED);
    CU_ASSERT_TRUE(execute_changed(&steps[0], CONTROL_EXPIRED, 9000));
    CU_ASSERT_EQUAL(steps[0].undone_us, 9000);
    CU_ASSERT_EQUAL(steps[0].lease_end_ms, 0);
}

static CU_TestInfo tests[] = {
    { "what waits for nothing is ordered at once", what_waits_for_nothing_is_ordered_at_once },
    { "a step waits until the one before is read back",
      a_step_waits_until_the_one_before_is_read_back },
    { "a failed step fails the plan once the others have ended",
      a_failed_step_fails_the_plan_once_the_others_have_ended },
    { "undo goes strictly backwards", undo_goes_strictly_backwards },
    { "what was never sent needs no undo but what failed does",
      what_was_never_sent_needs_no_undo_but_what_failed_does },
    { "plans at rest order nothing", plans_at_rest_order_nothing },
    { "a result is taken into its step", a_result_is_taken_into_its_step },
    { "what cannot be is not believed", what_cannot_be_is_not_believed },
    { "what is over stays over, whatever comes late", what_is_over_stays_over_whatever_comes_late },
    { "a node may say what became of its control", a_node_may_say_what_became_of_its_control },
    { "a check says what is there", a_check_says_what_is_there },
    { "an end is no later than the lease may last", an_end_is_no_later_than_the_lease_may_last },
    { "a check that says nothing changes nothing and comes later each time",
      a_check_that_says_nothing_changes_nothing_and_comes_later_each_time },
    { "only a lease is asked about", only_a_lease_is_asked_about },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "execute", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
