#include "base/actor.h"

#include <assert.h>
#include <czmq.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/actor_priv.h"
#include "base/log.h"

/* Messages read in one turn before other readers get theirs. */
enum { BURST = 64 };
static const char verb_stop[] = "$TERM";

struct actor {
    struct actor_spec spec;
    pthread_t thread;
    sem_t began;
    struct status begin_status; /* written before `began`, read after it */
    zsock_t *front;             /* the starter's end of the pipe */
    zsock_t *back;              /* the actor's */
    uint64_t refused;
    struct actor_loop *heard_by; /* the starter's loop, when it listens */
    actor_message_fn *heard;
    void *heard_state;
};

/* --- pipes ----------------------------------------------------------------------------------- */

/* The two halves of an inproc pipe add up their marks. */
static void set_marks(zsock_t *end)
{
    if (end != NULL) {
        zsock_set_sndhwm(end, ACTOR_PIPE_HWM / 2);
        zsock_set_rcvhwm(end, ACTOR_PIPE_HWM / 2);
        zsock_set_linger(end, 0);
    }
}

static struct status make_pipe(struct actor *actor)
{
    static atomic_uint made;
    unsigned number = atomic_fetch_add(&made, 1);

    actor->front = zsock_new(ZMQ_PAIR);
    actor->back = zsock_new(ZMQ_PAIR);
    set_marks(actor->front);
    set_marks(actor->back);
    if (actor->front == NULL || actor->back == NULL ||
        zsock_bind(actor->front, "inproc://actor-%u", number) != 0 ||
        zsock_connect(actor->back, "inproc://actor-%u", number) != 0) {
        return status_error(STATUS_UNAVAILABLE, "%s: no pipe: %s", actor->spec.name,
                            zmq_strerror(zmq_errno()));
    }
    return STATUS_SUCCESS;
}

/* libzmq copies both parts. Only the first can be refused: a message counts as a whole. */
static struct status send_message(zsock_t *pipe, uint64_t *refused, const char *verb,
                                  struct slice body)
{
    void *socket = zsock_resolve(pipe);
    size_t verb_len = strlen(verb);

    assert(verb_len > 0 && verb_len <= ACTOR_VERB_MAX);
    if (body.len > ACTOR_MESSAGE_MAX) {
        return status_error(STATUS_EXHAUSTED, "%s: over %d bytes", verb, ACTOR_MESSAGE_MAX);
    }
    if (zmq_send(socket, verb, verb_len, ZMQ_DONTWAIT | ZMQ_SNDMORE) < 0 ||
        zmq_send(socket, body.ptr, body.len, ZMQ_DONTWAIT) < 0) {
        *refused += 1;
        return status_error(STATUS_EXHAUSTED, "%s: the pipe is full", verb);
    }
    return STATUS_SUCCESS;
}

static struct slice part_slice(zmq_msg_t *part)
{
    return (struct slice){ zmq_msg_data(part), zmq_msg_size(part) };
}

static void cleanup_part(zmq_msg_t *part)
{
    (void)zmq_msg_close(part);
}

/* Reads one message and hands it on; false when there is none. */
static bool read_message(zsock_t *pipe, struct actor_loop *loop, actor_message_fn *message,
                         void *state)
{
    CLEANUP(cleanup_part) zmq_msg_t verb;
    CLEANUP(cleanup_part) zmq_msg_t body;

    (void)zmq_msg_init(&verb);
    (void)zmq_msg_init(&body);
    if (zmq_msg_recv(&verb, zsock_resolve(pipe), ZMQ_DONTWAIT) < 0 ||
        (zmq_msg_more(&verb) && zmq_msg_recv(&body, zsock_resolve(pipe), ZMQ_DONTWAIT) < 0)) {
        return false;
    }
    actor_loop_note(loop, message(loop, part_slice(&verb), part_slice(&body), state));
    return true;
}

/* --- inside the actor ------------------------------------------------------------------------ */

static struct status on_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                void *state)
{
    if (slice_is(verb, verb_stop)) {
        loop->told_to_end = true;
        actor_loop_quit(loop);
        return STATUS_SUCCESS;
    }
    if (loop->message == NULL) {
        return status_error(STATUS_INTERNAL, "no ear for `%.*s`", SLICE_ARG(verb));
    }
    return loop->message(loop, verb, body, state);
}

static struct status on_pipe(struct actor_loop *loop, void *state)
{
    for (int i = 0; i < BURST && !loop->quit; i++) {
        if (!read_message(loop->pipe, loop, on_message, state)) {
            break;
        }
    }
    return STATUS_SUCCESS;
}

struct status actor_reply(struct actor_loop *loop, const char *verb, struct slice body)
{
    assert(loop->pipe != NULL);
    return send_message(loop->pipe, &loop->refused, verb, body);
}

uint64_t actor_loop_refused(const struct actor_loop *loop)
{
    return loop->refused;
}

static struct status on_parked(struct actor_loop *loop, struct slice verb, struct slice body,
                               void *state)
{
    (void)body;
    (void)state;
    loop->told_to_end = slice_is(verb, verb_stop);
    return STATUS_SUCCESS;
}

/* After an end of its own: tells the starter as soon as the pipe has room, drops what still comes
 * in, waits for the stop. So a stop never finds a thread that is gone or blocked on a full pipe. */
static void park(struct actor_loop *loop)
{
    bool told = false;

    while (!loop->told_to_end) {
        zmq_pollitem_t item = { .socket = zsock_resolve(loop->pipe),
                                .events = (short)(told ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT) };
        (void)zmq_poll(&item, 1, -1);
        if (!told && ((unsigned)item.revents & ZMQ_POLLOUT) != 0) {
            struct status sent = actor_reply(loop, ACTOR_ENDED, slice_from(loop->failure.msg));
            told = status_ok(&sent);
        }
        (void)read_message(loop->pipe, loop, on_parked, NULL);
    }
}

static struct status begin(struct actor_loop *loop, const struct actor_spec *spec)
{
    if (loop->quit) {
        return loop->failure;
    }
    TRY(actor_loop_socket(loop, loop->pipe, on_pipe, spec->state));
    return spec->begin != NULL ? spec->begin(loop, spec->state) : STATUS_SUCCESS;
}

static void *actor_main(void *arg)
{
    struct actor *actor = arg;
    const struct actor_spec spec = actor->spec;
    struct actor_loop loop;

    actor_loop_init(&loop, spec.name);
    loop.pipe = actor->back;
    loop.message = spec.message;
    loop.state = spec.state;
    struct status began = begin(&loop, &spec);
    actor->begin_status = began;
    (void)sem_post(&actor->began);
    if (status_ok(&began)) {
        actor_loop_run(&loop);
        if (spec.end != NULL) {
            spec.end(&loop, spec.state);
        }
        park(&loop);
    }
    actor_loop_done(&loop);
    return NULL;
}

/* --- the starter's side ---------------------------------------------------------------------- */

static void actor_free(struct actor *actor)
{
    zsock_destroy(&actor->front);
    zsock_destroy(&actor->back);
    (void)sem_destroy(&actor->began);
    free(actor);
}

static void wait_for(sem_t *semaphore)
{
    while (sem_wait(semaphore) != 0) {
        assert(errno == EINTR);
    }
}

struct status actor_start(const struct actor_spec *spec, struct actor **out)
{
    struct actor *actor = calloc(1, sizeof(*actor));

    if (actor == NULL) {
        abort();
    }
    actor_library_init();
    actor->spec = *spec;
    (void)sem_init(&actor->began, 0, 0);
    struct status status = make_pipe(actor);
    if (!status_ok(&status)) {
        actor_free(actor);
        return status;
    }
    int code = pthread_create(&actor->thread, NULL, actor_main, actor);
    if (code != 0) {
        actor_free(actor);
        return status_error(STATUS_UNAVAILABLE, "%s: no thread: %s", spec->name,
                            strerrordesc_np(code));
    }
    (void)pthread_setname_np(actor->thread, spec->name); /* fails when over 15 bytes: no matter */
    wait_for(&actor->began);
    status = actor->begin_status;
    if (!status_ok(&status)) {
        (void)pthread_join(actor->thread, NULL);
        actor_free(actor);
        return status_wrap(status, "%s", spec->name);
    }
    *out = actor;
    return STATUS_SUCCESS;
}

void actor_stop(struct actor **actor_p)
{
    struct actor *actor = TAKE(*actor_p);

    if (actor == NULL) {
        return;
    }
    if (actor->heard_by != NULL) {
        actor_loop_socket_end(actor->heard_by, actor->front);
        actor->heard_by->stops++;
    }
    /* Blocks while the pipe is full: the actor reads it to its end, also when parked. */
    while (zmq_send(zsock_resolve(actor->front), verb_stop, strlen(verb_stop), 0) < 0) {
        assert(errno == EINTR);
    }
    (void)pthread_join(actor->thread, NULL);
    actor_free(actor);
}

struct status actor_send(struct actor *actor, const char *verb, struct slice body)
{
    return send_message(actor->front, &actor->refused, verb, body);
}

uint64_t actor_refused(const struct actor *actor)
{
    return actor->refused;
}

static struct status on_child(struct actor_loop *loop, void *state)
{
    struct actor *child = state;
    uint64_t stops = loop->stops;

    /* The message function may stop the child: then it is not touched again. */
    for (int i = 0; i < BURST && loop->stops == stops && !loop->quit; i++) {
        if (!read_message(child->front, loop, child->heard, child->heard_state)) {
            break;
        }
    }
    return STATUS_SUCCESS;
}

struct status actor_loop_child(struct actor_loop *loop, struct actor *child,
                               actor_message_fn *message, void *state)
{
    TRY(actor_loop_socket(loop, child->front, on_child, child));
    child->heard_by = loop;
    child->heard = message;
    child->heard_state = state;
    return STATUS_SUCCESS;
}

/* --- the root -------------------------------------------------------------------------------- */

struct root {
    actor_timer_fn *reload;
    void *state;
};

static sigset_t root_signals(void)
{
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    return set;
}

void actor_block_signals(void)
{
    sigset_t set = root_signals();

    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    actor_library_init();
}

static struct status on_signal(struct actor_loop *loop, int fd, short revents, void *state)
{
    const struct root *root = state;
    struct signalfd_siginfo info = { 0 };

    (void)revents;
    if (read(fd, &info, sizeof(info)) != (ssize_t)sizeof(info)) {
        return STATUS_SUCCESS; /* another turn */
    }
    if (info.ssi_signo != SIGHUP) {
        loop->signal = (int)info.ssi_signo;
        actor_loop_quit(loop);
        return STATUS_SUCCESS;
    }
    return root->reload != NULL ? root->reload(loop, root->state) : STATUS_SUCCESS;
}

int actor_loop_signal(const struct actor_loop *loop)
{
    return loop->signal;
}

static struct status run(struct actor_loop *loop, int signal_fd, actor_begin_fn *begin_fn,
                         actor_end_fn *end, struct root *root)
{
    if (loop->quit) {
        return loop->failure;
    }
    TRY(actor_loop_fd(loop, signal_fd, POLLIN, on_signal, root));
    if (begin_fn != NULL) {
        TRY(begin_fn(loop, root->state));
    }
    actor_loop_run(loop);
    if (end != NULL) {
        end(loop, root->state);
    }
    return loop->failure;
}

struct status actor_run_root(actor_begin_fn *begin_fn, actor_timer_fn *reload, actor_end_fn *end,
                             void *state)
{
    sigset_t set = root_signals();
    CLEANUP(cleanup_close) int signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    struct root root = { .reload = reload, .state = state };
    struct actor_loop loop;

    if (signal_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "signalfd: %s", strerrordesc_np(errno));
    }
    actor_loop_init(&loop, "root");
    loop.returns_failure = true;
    struct status status = run(&loop, signal_fd, begin_fn, end, &root);
    actor_loop_done(&loop);
    return status;
}
