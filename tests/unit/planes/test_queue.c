#include "planes/queue.h"
#include "tests/suite.h"

#include <poll.h>
#include <pthread.h>

static struct plane_queue *queue;
static unsigned arrived;

static void set_up(void)
{
    arrived = 0;
    ASSERT_OK(plane_queue_new(&queue));
}

static void tear_down(void)
{
    plane_queue_free(TAKE(queue));
}

static bool is_readable(void)
{
    struct pollfd ready = { .fd = plane_queue_fd(queue), .events = POLLIN };

    return poll(&ready, 1, 0) == 1;
}

static void count_done(void *arg, struct status outcome)
{
    (void)arg;
    (void)outcome;
    arrived++;
}

static struct plane_call *start_one(void)
{
    const struct action action = { .kind = ACTION_NETWORK_DENY };
    struct plane_call *call = NULL;

    ASSERT_OK(plane_queue_start(queue, PLANE_CALL_APPLY, &action, count_done, NULL, &call));
    return call;
}

static void test_readable_only_while_a_result_waits(void)
{
    struct plane_call *call = start_one();

    CU_ASSERT_FALSE(is_readable());
    plane_queue_finish(queue, call);
    CU_ASSERT_TRUE(is_readable());
    CU_ASSERT_EQUAL(plane_queue_pending(queue), 1);
    plane_queue_dispatch(queue);
    CU_ASSERT_FALSE(is_readable());
    CU_ASSERT_EQUAL(arrived, 1);
    CU_ASSERT_EQUAL(plane_queue_pending(queue), 0);
}

static void test_cancel_frees_the_place_without_a_call_back(void)
{
    struct plane_call *first = start_one();
    struct plane_call *second = start_one();
    struct plane_call *third = start_one();

    plane_queue_cancel(queue, second);
    CU_ASSERT_EQUAL(plane_queue_pending(queue), 2);
    plane_queue_finish(queue, third);
    plane_queue_finish(queue, first);
    plane_queue_dispatch(queue);
    CU_ASSERT_EQUAL(arrived, 2);
}

static void start_another(void *arg, struct status outcome)
{
    (void)arg;
    (void)outcome;
    arrived++;
    if (arrived < 3) {
        const struct action action = { .kind = ACTION_NETWORK_DENY };
        struct plane_call *call = NULL;
        ASSERT_OK(plane_queue_start(queue, PLANE_CALL_UNDO, &action, start_another, NULL, &call));
        plane_queue_finish(queue, call);
    }
}

static void test_a_call_from_a_call_back_waits_for_the_next_turn(void)
{
    start_another(NULL, STATUS_SUCCESS);
    CU_ASSERT_EQUAL(arrived, 1);
    plane_queue_dispatch(queue);
    CU_ASSERT_EQUAL(arrived, 2);
    CU_ASSERT_TRUE(is_readable());
    plane_queue_dispatch(queue);
    CU_ASSERT_EQUAL(arrived, 3);
    CU_ASSERT_FALSE(is_readable());
}

enum { THREADED_CALLS = 1000 };
static struct plane_call *handed[THREADED_CALLS];

static void *finish_all(void *arg)
{
    (void)arg;
    for (size_t i = 0; i < THREADED_CALLS; i++) {
        plane_queue_finish(queue, handed[i]);
    }
    return NULL;
}

static void test_a_worker_may_finish(void)
{
    pthread_t worker;

    for (size_t i = 0; i < THREADED_CALLS; i++) {
        handed[i] = start_one();
    }
    CU_ASSERT_EQUAL_FATAL(pthread_create(&worker, NULL, finish_all, NULL), 0);
    while (arrived < THREADED_CALLS) {
        struct pollfd ready = { .fd = plane_queue_fd(queue), .events = POLLIN };
        if (poll(&ready, 1, 5000) != 1) {
            break;
        }
        plane_queue_dispatch(queue);
    }
    (void)pthread_join(worker, NULL);
    CU_ASSERT_EQUAL(arrived, THREADED_CALLS);
    CU_ASSERT_EQUAL(plane_queue_pending(queue), 0);
}

static CU_TestInfo tests[] = {
    { "readable only while a result waits", test_readable_only_while_a_result_waits },
    { "cancel frees the place without a call back",
      test_cancel_frees_the_place_without_a_call_back },
    { "a call from a call back waits for the next turn",
      test_a_call_from_a_call_back_waits_for_the_next_turn },
    { "a worker may finish", test_a_worker_may_finish },
    CU_TEST_INFO_NULL,
};
CU_SuiteInfo suites[] = { { "queue", NULL, NULL, set_up, tear_down, tests }, CU_SUITE_INFO_NULL };
