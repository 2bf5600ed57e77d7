/* The thread behind a blocking adapter, over a backend that hangs and fails when told. */
#include "planes/blocking.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum { LIMIT_MS = 150, PATIENT_MS = 5000, WORLD_MAX = 16 };

/* The pretended infrastructure, reached by the adapter's thread and by the test. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct action held[WORLD_MAX];
    size_t count;
    bool hang;    /* the next call waits until this is false */
    bool hanging; /* and says that it does */
    unsigned freed;
} world = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

static struct plane *plane;

static void hang_if_told(void)
{
    while (world.hang) {
        world.hanging = true;
        (void)pthread_cond_broadcast(&world.changed);
        (void)pthread_cond_wait(&world.changed, &world.lock);
    }
    world.hanging = false;
}

static void set_hang(bool hang)
{
    (void)pthread_mutex_lock(&world.lock);
    world.hang = hang;
    (void)pthread_cond_broadcast(&world.changed);
    (void)pthread_mutex_unlock(&world.lock);
}

static void wait_until_it_hangs(void)
{
    (void)pthread_mutex_lock(&world.lock);
    while (!world.hanging) {
        (void)pthread_cond_wait(&world.changed, &world.lock);
    }
    (void)pthread_mutex_unlock(&world.lock);
}

static size_t find(const struct action *action)
{
    size_t i = 0;

    while (i < world.count && strcmp(world.held[i].id.text, action->id.text) != 0) {
        i++;
    }
    return i;
}

static struct status apply(void *backend, const struct action *action)
{
    (void)backend;
    (void)pthread_mutex_lock(&world.lock);
    hang_if_told();
    size_t at = find(action);
    if (at == world.count && at < WORLD_MAX) {
        world.held[world.count++] = *action;
    }
    (void)pthread_mutex_unlock(&world.lock);
    return STATUS_SUCCESS;
}

static struct status undo(void *backend, const struct action *action)
{
    (void)backend;
    (void)pthread_mutex_lock(&world.lock);
    hang_if_told();
    size_t at = find(action);
    if (at < world.count) {
        world.held[at] = world.held[--world.count];
    }
    (void)pthread_mutex_unlock(&world.lock);
    return STATUS_SUCCESS;
}

static struct status read_back(void *backend, const struct action *action,
                               struct plane_reading *out)
{
    (void)backend;
    (void)pthread_mutex_lock(&world.lock);
    hang_if_told();
    out->presence = find(action) < world.count ? PLANE_PRESENT : PLANE_ABSENT;
    (void)pthread_mutex_unlock(&world.lock);
    return STATUS_SUCCESS;
}

static struct status observe(void *backend, struct blocking_controls *out)
{
    struct status status = STATUS_SUCCESS;

    (void)backend;
    (void)pthread_mutex_lock(&world.lock);
    for (size_t i = 0; i < world.count && status_ok(&status); i++) {
        struct plane_control control = { .action = world.held[i],
                                         .reading.presence = PLANE_PRESENT };
        status = blocking_controls_add(out, &control);
    }
    (void)pthread_mutex_unlock(&world.lock);
    return status;
}

static void free_backend(void *backend)
{
    (void)backend;
    (void)pthread_mutex_lock(&world.lock);
    world.freed++;
    (void)pthread_cond_broadcast(&world.changed);
    (void)pthread_mutex_unlock(&world.lock);
}

static void capabilities(const void *backend, struct plane_capability out[ACTION_KINDS])
{
    (void)backend;
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        bool ours = i == ACTION_DATA_FREEZE;
        out[i] = (struct plane_capability){ .kind = (enum action_kind)i,
                                            .supported = ours,
                                            .reversible = ours };
        (void)snprintf(out[i].why_not, sizeof(out[i].why_not), "%s", ours ? "" : "not here");
    }
}

static const struct blocking_ops ops = { .name = "pretended",
                                         .kind = PLANE_DATA,
                                         .capabilities = capabilities,
                                         .apply = apply,
                                         .undo = undo,
                                         .read_back = read_back,
                                         .observe = observe,
                                         .free = free_backend };

static struct status open_patient(void *arg, struct plane **out)
{
    (void)arg;
    return blocking_new(&ops, (struct blocking_limits){ PATIENT_MS, PATIENT_MS }, NULL, out);
}

static int set_up_contract(void)
{
    static const struct plane_contract_subject subject = { .open = open_patient,
                                                           .kind = PLANE_DATA,
                                                           .resources = { "one", "two" } };
    plane_contract_subject = &subject;
    return 0;
}

static void set_up(void)
{
    world.count = 0;
    world.freed = 0;
    ASSERT_OK(blocking_new(&ops, (struct blocking_limits){ LIMIT_MS, LIMIT_MS }, NULL, &plane));
}

static void tear_down(void)
{
    set_hang(false);
    plane_close(&plane);
}

/* -------------------------------------------------------------------------------------- hanging */

static struct action freeze(unsigned number)
{
    struct action action = { .kind = ACTION_DATA_FREEZE, .node = "node-1", .resource = "one" };

    (void)snprintf(action.id.text, sizeof(action.id.text), "01HZB10CK0000000000000%04u",
                   number % 10000);
    return action;
}

struct end {
    unsigned count;
    enum status_code last;
};

static void on_end(void *arg, struct status outcome)
{
    struct end *end = arg;

    end->count++;
    end->last = outcome.code;
}

static void turn_until(const struct end *end, unsigned wanted)
{
    int64_t deadline = clock_mono_ms(&clock_real) + PLANE_DRIVER_DEADLINE_MS;

    while (end->count < wanted && clock_mono_ms(&clock_real) < deadline) {
        ASSERT_OK(drive_turn(plane, 100));
    }
    CU_ASSERT_EQUAL(end->count, wanted);
}

static void test_an_overdue_call_ends_and_frees_the_owner(void)
{
    struct action first = freeze(1);
    struct action second = freeze(2);
    struct end end = { 0 };
    struct plane_reading reading = { 0 };

    set_hang(true);
    int64_t begin_ms = clock_mono_ms(&clock_real);
    ASSERT_OK(plane_apply(plane, &first, on_end, &end));
    ASSERT_OK(plane_apply(plane, &second, on_end, &end));
    turn_until(&end, 2);
    CU_ASSERT_EQUAL(end.last, STATUS_UNAVAILABLE);
    CU_ASSERT(clock_mono_ms(&clock_real) - begin_ms >= LIMIT_MS);
    /* As long as it hangs nothing is taken. */
    ASSERT_CODE(plane_apply(plane, &second, on_end, &end), STATUS_UNAVAILABLE);
    CU_ASSERT_EQUAL(end.count, 2);

    /* It comes back: its late effect is there to be read, what waited behind it never ran. */
    set_hang(false);
    struct status status = status_error(STATUS_UNAVAILABLE, "not tried");
    int64_t deadline = clock_mono_ms(&clock_real) + PLANE_DRIVER_DEADLINE_MS;
    while (!status_ok(&status) && clock_mono_ms(&clock_real) < deadline) {
        ASSERT_OK(drive_turn(plane, 1));
        status = drive_read_back(plane, &first, &reading);
    }
    ASSERT_OK(status);
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    ASSERT_OK(drive_read_back(plane, &second, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_ABSENT);
}

static void test_waiting_behind_a_slow_call_is_not_overdue(void)
{
    struct action action = freeze(1);
    struct end end = { 0 };

    for (unsigned i = 0; i < 200; i++) {
        ASSERT_OK(plane_apply(plane, &action, on_end, &end));
    }
    turn_until(&end, 200);
    CU_ASSERT_EQUAL(end.last, STATUS_OK);
}

static void test_closing_waits_for_a_call_that_ends(void)
{
    struct action action = freeze(1);
    struct end end = { 0 };

    ASSERT_OK(plane_apply(plane, &action, on_end, &end));
    plane_close(&plane);
    CU_ASSERT_EQUAL(end.count, 1);
    CU_ASSERT_EQUAL(world.freed, 1);
}

static void test_closing_leaves_a_hanging_call_behind(void)
{
    struct action action = freeze(1);
    struct end end = { 0 };

    set_hang(true);
    ASSERT_OK(plane_apply(plane, &action, on_end, &end));
    wait_until_it_hangs();
    int64_t begin_ms = clock_mono_ms(&clock_real);
    plane_close(&plane);
    CU_ASSERT(clock_mono_ms(&clock_real) - begin_ms < (int64_t)3 * BLOCKING_CLOSE_MS);
    CU_ASSERT_EQUAL(end.count, 1);
    CU_ASSERT_EQUAL(end.last, STATUS_UNAVAILABLE);

    /* The thread ends on its own, and takes its backend along. */
    set_hang(false);
    (void)pthread_mutex_lock(&world.lock);
    while (world.freed == 0) {
        (void)pthread_cond_wait(&world.changed, &world.lock);
    }
    CU_ASSERT_EQUAL(world.count, 1);
    (void)pthread_mutex_unlock(&world.lock);
}

static CU_TestInfo tests[] = {
    { "an overdue call ends and frees the owner", test_an_overdue_call_ends_and_frees_the_owner },
    { "waiting behind a slow call is not overdue", test_waiting_behind_a_slow_call_is_not_overdue },
    { "closing waits for a call that ends", test_closing_waits_for_a_call_that_ends },
    { "closing leaves a hanging call behind", test_closing_leaves_a_hanging_call_behind },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: blocking", set_up_contract, NULL, NULL, NULL, plane_contract_tests },
    { "blocking", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
