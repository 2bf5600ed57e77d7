#include "planes/blocking.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>

#include "base/clock.h"
#include "planes/queue.h"

enum { CONTROLS_FIRST = 16 };

/* One call on its way through the thread. Its request and results are its own, so that it outlives
 * the plane's call when it is overdue. */
struct job {
    struct plane_call *call; /* the owner's; NULL once given up */
    enum plane_call_kind kind;
    struct action action;
    struct status outcome;
    struct plane_reading reading;
    struct blocking_controls controls;
    struct job *next;
};

struct job_list {
    struct job *first, *last;
};

/* Shared by the owner and the thread; freed by the last of the two. */
struct shared {
    const struct blocking_ops *ops;
    struct blocking_limits limits;
    void *backend; /* the thread's alone */
    atomic_int users;
    int event_fd; /* the thread tells the owner */

    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t work, ended;
    struct job_list waiting;
    struct job_list finished;
    struct job *running;
    int64_t started_ms; /* of `running`, monotonic */
    bool given_up;      /* `running` is overdue */
    bool stop, over;    /* over: the thread has let go of the backend */
};

struct blocking_plane {
    struct plane_base base;
    struct plane_ops table; /* its name and kind are the backend's */
    struct shared *shared;
    struct plane_queue *queue;
    pthread_t thread; /* valid once `started` */
    bool started;
    int epoll_fd;
    int timer_fd;
};

/* -------------------------------------------------------------------------------- small parts */

static void append(struct job_list *list, struct job *job)
{
    job->next = NULL;
    if (list->last != NULL) {
        list->last->next = job;
    } else {
        list->first = job;
    }
    list->last = job;
}

static struct job *take_first(struct job_list *list)
{
    struct job *job = list->first;

    if (job != NULL) {
        list->first = job->next;
        if (list->first == NULL) {
            list->last = NULL;
        }
    }
    return job;
}

static struct job_list take_all(struct job_list *list)
{
    struct job_list all = *list;

    *list = (struct job_list){ 0 };
    return all;
}

static void job_free(struct job *job)
{
    free(job->controls.items);
    free(job);
}

static void lock_shared(struct shared *shared)
{
    int failed = pthread_mutex_lock(&shared->lock);

    assert(failed == 0);
    (void)failed;
}

static void unlock_shared(struct shared *shared)
{
    int failed = pthread_mutex_unlock(&shared->lock);

    assert(failed == 0);
    (void)failed;
}

static void wake_owner(struct shared *shared)
{
    const uint64_t one = 1;
    ssize_t written = write(shared->event_fd, &one, sizeof(one));

    (void)written; /* a full counter is readable as well */
}

static int64_t limit_of(const struct shared *shared, enum plane_call_kind kind)
{
    bool changes = kind == PLANE_CALL_APPLY || kind == PLANE_CALL_UNDO;

    return changes ? shared->limits.change_ms : shared->limits.read_ms;
}

static void release(struct shared *shared)
{
    if (atomic_fetch_sub(&shared->users, 1) > 1) {
        return;
    }
    if (shared->event_fd >= 0) {
        (void)close(shared->event_fd);
    }
    (void)pthread_cond_destroy(&shared->work);
    (void)pthread_cond_destroy(&shared->ended);
    (void)pthread_mutex_destroy(&shared->lock);
    free(shared);
}

struct status blocking_controls_add(struct blocking_controls *controls,
                                    const struct plane_control *control)
{
    if (controls->count == PLANE_CONTROLS_MAX) {
        return status_error(STATUS_EXHAUSTED, "over %d controls", (int)PLANE_CONTROLS_MAX);
    }
    if (controls->count == controls->capacity) {
        size_t capacity = controls->capacity > 0 ? 2 * controls->capacity : (size_t)CONTROLS_FIRST;
        struct plane_control *items =
            reallocarray(controls->items, capacity, sizeof(controls->items[0]));
        if (items == NULL) {
            abort();
        }
        controls->items = items;
        controls->capacity = capacity;
    }
    controls->items[controls->count++] = *control;
    return STATUS_SUCCESS;
}

/* --------------------------------------------------------------------------------- the thread */

static struct status run(struct shared *shared, struct job *job)
{
    const struct blocking_ops *ops = shared->ops;

    switch (job->kind) {
    case PLANE_CALL_APPLY:
        return ops->apply(shared->backend, &job->action);
    case PLANE_CALL_UNDO:
        return ops->undo(shared->backend, &job->action);
    case PLANE_CALL_READ_BACK:
        return ops->read_back(shared->backend, &job->action, &job->reading);
    case PLANE_CALL_OBSERVE:
        return ops->observe(shared->backend, &job->controls);
    case PLANE_CALL_PEER_SEEN:
        break;
    }
    return status_error(STATUS_INTERNAL, "not a call of this plane");
}

/* The next job, or NULL when the plane is closed. */
static struct job *next_job(struct shared *shared)
{
    lock_shared(shared);
    while (!shared->stop && shared->waiting.first == NULL) {
        (void)pthread_cond_wait(&shared->work, &shared->lock);
    }
    struct job *job = shared->stop ? NULL : take_first(&shared->waiting);
    shared->running = job;
    shared->started_ms = clock_mono_ms(&clock_real);
    unlock_shared(shared);
    if (job != NULL) {
        wake_owner(shared); /* to set the timer */
    }
    return job;
}

static void finish_job(struct shared *shared, struct job *job)
{
    lock_shared(shared);
    bool unwanted = job->call == NULL;
    if (!unwanted) {
        append(&shared->finished, job);
    }
    shared->running = NULL;
    shared->given_up = false;
    unlock_shared(shared);
    if (unwanted) {
        job_free(job);
    }
    wake_owner(shared);
}

static void *thread_main(void *arg)
{
    struct shared *shared = arg;
    struct job *job = NULL;

    while ((job = next_job(shared)) != NULL) {
        job->outcome = run(shared, job);
        finish_job(shared, job);
    }
    shared->ops->free(shared->backend);
    lock_shared(shared);
    shared->over = true;
    (void)pthread_cond_signal(&shared->ended);
    unlock_shared(shared);
    release(shared);
    return NULL;
}

/* --- the owner */

static struct blocking_plane *self_of(struct plane *plane)
{
    return (struct blocking_plane *)(void *)plane;
}

static const struct blocking_plane *self_of_const(const struct plane *plane)
{
    return (const struct blocking_plane *)(const void *)plane;
}

/* With the first call, so that a program may fork and give up privileges after opening the plane:
 * both are a thread's own. With every signal blocked: those are for the program's root. */
static struct status start_thread(struct blocking_plane *self)
{
    sigset_t all, before;

    if (self->started) {
        return STATUS_SUCCESS;
    }
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    atomic_fetch_add(&self->shared->users, 1);
    int failed = pthread_create(&self->thread, NULL, thread_main, self->shared);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed != 0) {
        atomic_fetch_sub(&self->shared->users, 1);
        return status_error(STATUS_UNAVAILABLE, "%s: no thread: %s", self->shared->ops->name,
                            strerrordesc_np(failed));
    }
    self->started = true;
    return STATUS_SUCCESS;
}

/* Hands a started call to the thread; false: an earlier one hangs. */
static bool hand_over(struct blocking_plane *self, struct plane_call *call)
{
    struct shared *shared = self->shared;
    struct job *job = calloc(1, sizeof(*job));

    if (job == NULL) {
        abort();
    }
    job->call = call;
    job->kind = call->kind;
    job->action = call->action;
    job->reading.lease_left_ms = -1;

    lock_shared(shared);
    bool hangs = shared->given_up;
    if (!hangs) {
        append(&shared->waiting, job);
        (void)pthread_cond_signal(&shared->work);
    }
    unlock_shared(shared);
    if (hangs) {
        job_free(job);
    }
    return !hangs;
}

static struct status submit(struct blocking_plane *self, struct plane_call *call)
{
    struct status status = start_thread(self);

    if (status_ok(&status) && !hand_over(self, call)) {
        status =
            status_error(STATUS_UNAVAILABLE, "%s: an earlier call hangs", self->shared->ops->name);
    }
    if (!status_ok(&status)) {
        plane_queue_cancel(self->queue, call);
    }
    return status;
}

static struct status apply(struct plane *plane, const struct action *action, plane_done_fn *done,
                           void *arg)
{
    struct blocking_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_APPLY, action, done, arg, &call));
    return submit(self, call);
}

static struct status undo(struct plane *plane, const struct action *action, plane_done_fn *done,
                          void *arg)
{
    struct blocking_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start(self->queue, PLANE_CALL_UNDO, action, done, arg, &call));
    return submit(self, call);
}

static struct status read_back(struct plane *plane, const struct action *action,
                               plane_read_fn *done, void *arg)
{
    struct blocking_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_read(self->queue, action, done, arg, &call));
    return submit(self, call);
}

static struct status observe(struct plane *plane, plane_observe_fn *done, void *arg)
{
    struct blocking_plane *self = self_of(plane);
    struct plane_call *call = NULL;

    TRY(plane_queue_start_observe(self->queue, done, arg, &call));
    return submit(self, call);
}

static void capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS])
{
    const struct shared *shared = self_of(plane)->shared;

    shared->ops->capabilities(shared->backend, out);
}

static int descriptor(const struct plane *plane)
{
    return self_of_const(plane)->epoll_fd;
}

/* Moves a finished job's results into its call. */
static void answer(struct blocking_plane *self, struct job *job)
{
    struct plane_call *call = job->call;

    call->outcome = job->outcome;
    call->reading = job->reading;
    if (status_ok(&job->outcome)) {
        call->control_count = job->controls.count;
        call->controls = TAKE(job->controls.items);
    }
    plane_queue_finish(self->queue, call);
    job_free(job);
}

static void refuse(struct blocking_plane *self, struct plane_call *call, const char *why)
{
    call->outcome = status_error(STATUS_UNAVAILABLE, "%s: %s", self->shared->ops->name, why);
    plane_queue_finish(self->queue, call);
}

static void drain(int fd)
{
    uint64_t count = 0;
    ssize_t got = read(fd, &count, sizeof(count));

    (void)got; /* nothing there is fine */
}

/* One shot at the moment when the running job is overdue; 0 stops the timer. */
static void set_timer(struct blocking_plane *self, int64_t due_ms)
{
    struct itimerspec when = { .it_value = { .tv_sec = due_ms / 1000,
                                             .tv_nsec = due_ms % 1000 * 1000000 } };
    int failed = timerfd_settime(self->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);

    assert(failed == 0);
    (void)failed;
}

/* Takes what the thread finished and, when it hangs, everything else; sets the timer. */
static void collect(struct blocking_plane *self, struct job_list *finished,
                    struct job_list *stranded, struct plane_call **overdue)
{
    struct shared *shared = self->shared;
    int64_t due_ms = 0;

    lock_shared(shared);
    *finished = take_all(&shared->finished);
    if (shared->running != NULL && !shared->given_up) {
        due_ms = shared->started_ms + limit_of(shared, shared->running->kind);
    }
    if (due_ms > 0 && due_ms <= clock_mono_ms(&clock_real)) {
        shared->given_up = true;
        *overdue = TAKE(shared->running->call);
        *stranded = take_all(&shared->waiting);
        due_ms = 0;
    }
    unlock_shared(shared);
    set_timer(self, due_ms);
}

static void refuse_all(struct blocking_plane *self, struct job_list *jobs, const char *why)
{
    struct job *job = NULL;

    while ((job = take_first(jobs)) != NULL) {
        refuse(self, job->call, why);
        job_free(job);
    }
}

static struct status dispatch(struct plane *plane)
{
    struct blocking_plane *self = self_of(plane);
    struct job_list finished = { 0 };
    struct job_list stranded = { 0 };
    struct plane_call *overdue = NULL;
    struct job *job = NULL;

    drain(self->shared->event_fd);
    drain(self->timer_fd);
    collect(self, &finished, &stranded, &overdue);
    while ((job = take_first(&finished)) != NULL) {
        answer(self, job);
    }
    if (overdue != NULL) {
        refuse(self, overdue, "no answer in time");
    }
    refuse_all(self, &stranded, "the call before it hangs");
    plane_queue_dispatch(self->queue);
    return STATUS_SUCCESS;
}

static bool ends_in_time(struct shared *shared)
{
    struct timespec until;
    int failed = 0;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += BLOCKING_CLOSE_MS / 1000;
    lock_shared(shared);
    while (!shared->over && failed == 0) {
        failed = pthread_cond_clockwait(&shared->ended, &shared->lock, CLOCK_MONOTONIC, &until);
    }
    bool over = shared->over; /* ThreadSanitizer knows no pthread_clockjoin_np(3) */
    unlock_shared(shared);
    return over;
}

/* A thread that hangs in its library is left behind with its own share of the memory. */
static void part(struct blocking_plane *self)
{
    if (!self->started) {
        self->shared->ops->free(self->shared->backend);
        return;
    }
    (void)(ends_in_time(self->shared) ? pthread_join(self->thread, NULL)
                                      : pthread_detach(self->thread));
}

static void free_plane(struct blocking_plane *self)
{
    plane_queue_free(self->queue);
    release(self->shared);
    if (self->timer_fd >= 0) {
        (void)close(self->timer_fd);
    }
    if (self->epoll_fd >= 0) {
        (void)close(self->epoll_fd);
    }
    free(self);
}

static void close_plane(struct plane *plane)
{
    struct blocking_plane *self = self_of(plane);
    struct shared *shared = self->shared;

    lock_shared(shared);
    shared->stop = true;
    struct job_list waiting = take_all(&shared->waiting);
    (void)pthread_cond_signal(&shared->work);
    unlock_shared(shared);
    refuse_all(self, &waiting, "the plane was closed");
    part(self);

    lock_shared(shared);
    struct job_list finished = take_all(&shared->finished);
    struct plane_call *overdue = shared->running != NULL ? TAKE(shared->running->call) : NULL;
    unlock_shared(shared);
    struct job *job = NULL;
    while ((job = take_first(&finished)) != NULL) {
        answer(self, job);
    }
    if (overdue != NULL) {
        refuse(self, overdue, "the plane was closed");
    }
    free_plane(self);
}

/* ----------------------------------------------------------------------------------- start-up */

static struct status watch(int epoll_fd, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

    if (fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
        return status_error(STATUS_UNAVAILABLE, "no descriptor left: %s", strerrordesc_np(errno));
    }
    return STATUS_SUCCESS;
}

static struct status open_descriptors(struct blocking_plane *self)
{
    self->shared->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    self->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    self->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    TRY(watch(self->epoll_fd, self->shared->event_fd));
    TRY(watch(self->epoll_fd, self->timer_fd));
    return plane_queue_new(&self->queue);
}

static struct shared *shared_new(const struct blocking_ops *ops, struct blocking_limits limits,
                                 void *backend)
{
    struct shared *shared = calloc(1, sizeof(*shared));

    if (shared == NULL) {
        abort();
    }
    shared->ops = ops;
    shared->limits = limits;
    shared->backend = backend;
    shared->event_fd = -1;
    atomic_init(&shared->users, 1);
    (void)pthread_mutex_init(&shared->lock, NULL); /* neither fails with default attributes */
    (void)pthread_cond_init(&shared->work, NULL);
    (void)pthread_cond_init(&shared->ended, NULL);
    return shared;
}

struct status blocking_new(const struct blocking_ops *ops, struct blocking_limits limits,
                           void *backend, struct plane **out)
{
    struct blocking_plane *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->table = (struct plane_ops){ .name = ops->name,
                                      .kind = ops->kind,
                                      .capabilities = capabilities,
                                      .apply = apply,
                                      .undo = undo,
                                      .read_back = read_back,
                                      .observe = observe,
                                      .fd = descriptor,
                                      .dispatch = dispatch,
                                      .close = close_plane };
    self->base.ops = &self->table;
    self->shared = shared_new(ops, limits, backend);
    self->timer_fd = -1;
    self->epoll_fd = -1;
    struct status status = open_descriptors(self);
    if (!status_ok(&status)) {
        ops->free(backend);
        free_plane(self);
        return status_wrap(status, "%s", ops->name);
    }
    *out = (struct plane *)(void *)self;
    return STATUS_SUCCESS;
}
