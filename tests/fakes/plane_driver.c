#include "tests/fakes/plane_driver.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Outlives a call that times out: its callback may still come at the closing of the plane. */
struct wait {
    bool started;
    bool arrived;
    bool abandoned;
    struct status outcome;
    struct plane_reading reading;
    struct plane_control *controls;
    size_t count;
    bool seen;
};

static struct wait *wait_new(void)
{
    struct wait *wait = calloc(1, sizeof(*wait));

    if (wait == NULL) {
        abort();
    }
    return wait;
}

/* For CLEANUP: a call that is still under way frees its wait itself. */
static void wait_leave(struct wait **wait)
{
    if ((*wait)->started && !(*wait)->arrived) {
        (*wait)->abandoned = true;
        return;
    }
    free((*wait)->controls);
    free(*wait);
}

static void arrive(struct wait *wait, struct status outcome)
{
    if (wait->abandoned) {
        free(wait->controls);
        free(wait);
        return;
    }
    wait->arrived = true;
    wait->outcome = outcome;
}

static void on_done(void *arg, struct status outcome)
{
    arrive(arg, outcome);
}

static void on_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    struct wait *wait = arg;

    wait->reading = *reading;
    arrive(wait, outcome);
}

static void on_observe(void *arg, struct status outcome, const struct plane_control *controls,
                       size_t count)
{
    struct wait *wait = arg;

    wait->count = count;
    wait->controls = calloc(count + 1, sizeof(*controls));
    if (wait->controls == NULL) {
        abort();
    }
    if (count > 0) {
        memcpy(wait->controls, controls, count * sizeof(*controls));
    }
    arrive(wait, outcome);
}

static void on_peer(void *arg, struct status outcome, bool seen)
{
    struct wait *wait = arg;

    wait->seen = seen;
    arrive(wait, outcome);
}

struct status drive_turn(struct plane *plane, int wait_ms)
{
    struct pollfd ready = { .fd = plane_fd(plane), .events = POLLIN };
    int count = poll(&ready, 1, wait_ms);

    if (count < 0 && errno != EINTR) {
        return status_error(STATUS_UNAVAILABLE, "poll: %s", strerrordesc_np(errno));
    }
    return count > 0 ? plane_dispatch(plane) : STATUS_SUCCESS;
}

/* A failed start, a lost plane, a deadline or the outcome: what comes first. */
static struct status wait_for(struct plane *plane, struct status started, struct wait *wait)
{
    int64_t deadline = clock_mono_ms(&clock_real) + PLANE_DRIVER_DEADLINE_MS;

    TRY(started);
    wait->started = true;
    while (!wait->arrived) {
        int64_t left = deadline - clock_mono_ms(&clock_real);
        if (left <= 0) {
            return status_error(STATUS_TIMEOUT, "no result from the plane");
        }
        TRY(drive_turn(plane, (int)left));
    }
    return wait->outcome;
}

struct status drive_apply(struct plane *plane, const struct action *action)
{
    CLEANUP(wait_leave) struct wait *wait = wait_new();

    return wait_for(plane, plane_apply(plane, action, on_done, wait), wait);
}

struct status drive_undo(struct plane *plane, const struct action *action)
{
    CLEANUP(wait_leave) struct wait *wait = wait_new();

    return wait_for(plane, plane_undo(plane, action, on_done, wait), wait);
}

struct status drive_read_back(struct plane *plane, const struct action *action,
                              struct plane_reading *out)
{
    CLEANUP(wait_leave) struct wait *wait = wait_new();

    TRY(wait_for(plane, plane_read_back(plane, action, on_read, wait), wait));
    *out = wait->reading;
    return STATUS_SUCCESS;
}

struct status drive_observe(struct plane *plane, struct plane_control **out_controls,
                            size_t *out_count)
{
    CLEANUP(wait_leave) struct wait *wait = wait_new();

    TRY(wait_for(plane, plane_observe(plane, on_observe, wait), wait));
    *out_controls = TAKE(wait->controls);
    *out_count = wait->count;
    return STATUS_SUCCESS;
}

struct status drive_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                              bool *out_seen)
{
    CLEANUP(wait_leave) struct wait *wait = wait_new();

    TRY(wait_for(plane, plane_peer_seen(plane, query, on_peer, wait), wait));
    *out_seen = wait->seen;
    return STATUS_SUCCESS;
}
