#include "base/actor_priv.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/log.h"

/* One fd or one ZeroMQ socket that the loop waits for. */
struct watch {
    struct watch *next;
    struct actor_loop *loop;
    void *socket; /* NULL: an fd */
    int fd;       /* -1: a socket */
    actor_fd_fn *fd_ready;
    actor_timer_fn *socket_ready;
    void *state;
};

/* zloop has timers too; these go on while the machine sleeps, do not drift, and may be ended from
 * any callback. */
struct timer {
    struct timer *next;
    int id;
    int64_t due_us;
    int64_t period_us;
    unsigned left; /* 0: for ever */
    actor_timer_fn *due;
    void *state;
};

static void init_library(void)
{
    (void)setenv("ZSYS_SIGHANDLER", "false", 1); /* NOLINT(concurrency-mt-unsafe): runs once */
    (void)zsys_init();
}

void actor_library_init(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, init_library);
}

void actor_loop_note(struct actor_loop *loop, struct status status)
{
    if (status_ok(&status)) {
        return;
    }
    if (!loop->returns_failure) {
        log_status(LOG_LEVEL_ERROR, loop->name, "stopped", &status);
    }
    loop->failure = status;
    loop->quit = true;
}

/* --- watches --------------------------------------------------------------------------------- */

static short to_zmq(short events)
{
    unsigned out = 0;

    out |= ((unsigned)events & POLLIN) != 0 ? ZMQ_POLLIN : 0U;
    out |= ((unsigned)events & POLLOUT) != 0 ? ZMQ_POLLOUT : 0U;
    return (short)out;
}

static short from_zmq(short events)
{
    unsigned out = 0;

    out |= ((unsigned)events & ZMQ_POLLIN) != 0 ? POLLIN : 0U;
    out |= ((unsigned)events & ZMQ_POLLOUT) != 0 ? POLLOUT : 0U;
    out |= ((unsigned)events & ZMQ_POLLERR) != 0 ? POLLERR : 0U;
    return (short)out;
}

/* The callback may end its own watch, so `watch` is not touched after it. */
static int on_ready(zloop_t *zloop, zmq_pollitem_t *item, void *arg)
{
    const struct watch *watch = arg;
    struct actor_loop *loop = watch->loop;

    (void)zloop;
    if (!loop->quit && watch->socket != NULL) {
        actor_loop_note(loop, watch->socket_ready(loop, watch->state));
    } else if (!loop->quit) {
        actor_loop_note(loop,
                        watch->fd_ready(loop, watch->fd, from_zmq(item->revents), watch->state));
    }
    return loop->quit ? -1 : 0;
}

/* The fd of a socket's item must not be 0: zloop would take it for an item of fd 0. */
static zmq_pollitem_t item_of(const struct watch *watch, short events)
{
    return (zmq_pollitem_t){ .socket = watch->socket, .fd = watch->fd, .events = events };
}

static struct status add_watch(const struct watch *wanted, short events)
{
    struct actor_loop *loop = wanted->loop;
    struct watch *watch = malloc(sizeof(*watch));
    zmq_pollitem_t item = item_of(wanted, events);

    if (watch == NULL) {
        abort();
    }
    *watch = *wanted;
    if (zloop_poller(loop->zloop, &item, on_ready, watch) != 0) {
        free(watch);
        return status_error(STATUS_INVALID, "not a ZeroMQ socket");
    }
    zloop_poller_set_tolerant(loop->zloop, &item);
    watch->next = loop->watches;
    loop->watches = watch;
    return STATUS_SUCCESS;
}

static void end_watch(struct actor_loop *loop, const void *socket, int fd)
{
    for (struct watch **at = &loop->watches; *at != NULL; at = &(*at)->next) {
        struct watch *watch = *at;
        if (watch->socket == socket && watch->fd == fd) {
            zmq_pollitem_t item = item_of(watch, 0);
            zloop_poller_end(loop->zloop, &item);
            *at = watch->next;
            free(watch);
            return;
        }
    }
}

struct status actor_loop_fd(struct actor_loop *loop, int fd, short events, actor_fd_fn *ready,
                            void *state)
{
    actor_loop_fd_end(loop, fd);
    return add_watch(&(struct watch){ .loop = loop, .fd = fd, .fd_ready = ready, .state = state },
                     to_zmq(events));
}

void actor_loop_fd_end(struct actor_loop *loop, int fd)
{
    end_watch(loop, NULL, fd);
}

struct status actor_loop_socket(struct actor_loop *loop, void *zsock, actor_timer_fn *ready,
                                void *state)
{
    void *socket = zsock_resolve(zsock);

    if (socket == NULL) {
        return status_error(STATUS_INVALID, "not a ZeroMQ socket");
    }
    end_watch(loop, socket, -1);
    return add_watch(
        &(struct watch){
            .loop = loop, .socket = socket, .fd = -1, .socket_ready = ready, .state = state },
        ZMQ_POLLIN);
}

void actor_loop_socket_end(struct actor_loop *loop, void *zsock)
{
    end_watch(loop, zsock_resolve(zsock), -1);
}

/* --- timers ---------------------------------------------------------------------------------- */

static int64_t now_us(void)
{
    return clock_mono_us(&clock_real);
}

/* Sets the timer fd to the earliest deadline, or off. */
static void arm(const struct actor_loop *loop)
{
    struct itimerspec spec = { 0 };
    int64_t first_us = INT64_MAX;

    for (const struct timer *timer = loop->timers; timer != NULL; timer = timer->next) {
        first_us = timer->due_us < first_us ? timer->due_us : first_us;
    }
    if (first_us != INT64_MAX) {
        spec.it_value.tv_sec = first_us / 1000000;
        spec.it_value.tv_nsec = first_us % 1000000 * 1000;
    }
    (void)timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL);
}

int actor_loop_timer(struct actor_loop *loop, unsigned delay_ms, unsigned times,
                     actor_timer_fn *due, void *state)
{
    struct timer *timer = malloc(sizeof(*timer));

    if (timer == NULL) {
        abort();
    }
    loop->last_timer_id = loop->last_timer_id == INT_MAX ? 1 : loop->last_timer_id + 1;
    *timer = (struct timer){ .next = loop->timers,
                             .id = loop->last_timer_id,
                             .due_us = now_us() + (int64_t)delay_ms * 1000,
                             .period_us = (int64_t)delay_ms * 1000,
                             .left = times,
                             .due = due,
                             .state = state };
    loop->timers = timer;
    arm(loop);
    return timer->id;
}

static struct timer *unlink_timer(struct actor_loop *loop, int timer_id)
{
    for (struct timer **at = &loop->timers; *at != NULL; at = &(*at)->next) {
        if ((*at)->id == timer_id) {
            struct timer *timer = *at;
            *at = timer->next;
            return timer;
        }
    }
    return NULL;
}

void actor_loop_timer_end(struct actor_loop *loop, int timer_id)
{
    free(unlink_timer(loop, timer_id));
    arm(loop);
}

static struct timer *first_due(const struct actor_loop *loop, int64_t until_us)
{
    struct timer *first = NULL;

    for (struct timer *timer = loop->timers; timer != NULL; timer = timer->next) {
        if (timer->due_us <= until_us && (first == NULL || timer->due_us < first->due_us)) {
            first = timer;
        }
    }
    return first;
}

/* Moves the deadline on, or takes the timer out after its last time, before the callback, which may
 * then end any timer. */
static void run_timer(struct actor_loop *loop, struct timer *timer, int64_t until_us)
{
    actor_timer_fn *due = timer->due;
    void *state = timer->state;

    if (timer->left == 1) {
        free(unlink_timer(loop, timer->id));
    } else {
        timer->left -= timer->left > 0 ? 1 : 0;
        timer->due_us += timer->period_us;
        if (timer->due_us <= until_us) {
            timer->due_us = until_us + (timer->period_us > 0 ? timer->period_us : 1);
        }
    }
    actor_loop_note(loop, due(loop, state));
}

static struct status on_timer_fd(struct actor_loop *loop, int fd, short revents, void *state)
{
    int64_t until_us = now_us(); /* a timer made or moved in here waits for the next turn */
    uint64_t expirations = 0;
    struct timer *timer = NULL;

    (void)revents;
    (void)state;
    (void)!read(fd, &expirations, sizeof(expirations));
    while (!loop->quit && (timer = first_due(loop, until_us)) != NULL) {
        run_timer(loop, timer, until_us);
    }
    arm(loop);
    return STATUS_SUCCESS;
}

/* --- the loop -------------------------------------------------------------------------------- */

void actor_loop_init(struct actor_loop *loop, const char *name)
{
    actor_library_init();
    *loop = (struct actor_loop){ .name = name, .zloop = zloop_new(), .timer_fd = -1 };
    loop->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (loop->zloop == NULL || loop->timer_fd < 0) {
        actor_loop_note(loop,
                        status_error(STATUS_UNAVAILABLE, "no loop: %s", strerrordesc_np(errno)));
        return;
    }
    zloop_set_nonstop(loop->zloop, true); /* the root alone reacts to signals */
    actor_loop_note(loop, actor_loop_fd(loop, loop->timer_fd, POLLIN, on_timer_fd, NULL));
}

void actor_loop_done(struct actor_loop *loop)
{
    while (loop->watches != NULL) {
        end_watch(loop, loop->watches->socket, loop->watches->fd);
    }
    while (loop->timers != NULL) {
        free(unlink_timer(loop, loop->timers->id));
    }
    zloop_destroy(&loop->zloop);
    if (loop->timer_fd >= 0) {
        (void)close(loop->timer_fd);
    }
}

void actor_loop_quit(struct actor_loop *loop)
{
    loop->quit = true;
}

/* zloop_start also returns when a signal interrupts its poll: a debugger, or a handler of a library
 * we link. That is no reason to end. */
void actor_loop_run(struct actor_loop *loop)
{
    while (!loop->quit) {
        errno = 0;
        if (zloop_start(loop->zloop) > 0 || errno == ETERM) {
            actor_loop_note(loop, status_error(STATUS_INTERNAL, "the loop cannot go on"));
        }
    }
}
