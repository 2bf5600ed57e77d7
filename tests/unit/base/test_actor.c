#include "base/actor.h"

#include <czmq.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "tests/suite.h"

enum { DEADLINE_MS = 20000, NOTED_MAX = 256 };

/* What a test's root loop knows; each test begins with a clean one. */
static struct scene {
    struct actor *child;
    const struct actor_spec *spec;
    unsigned heard;
    unsigned wanted;
    char noted[NOTED_MAX]; /* verbs and bodies as they came, "verb(body) " */
    int fds[2];
    int timer_id;
    zsock_t *sockets[2];
    bool late;
} scene;

static void note(struct slice verb, struct slice body)
{
    size_t used = strlen(scene.noted);

    (void)snprintf(scene.noted + used, sizeof(scene.noted) - used, "%.*s(%.*s) ", SLICE_ARG(verb),
                   SLICE_ARG(body));
}

static struct status on_late(struct actor_loop *loop, void *state)
{
    (void)state;
    scene.late = true;
    actor_loop_quit(loop);
    return STATUS_SUCCESS;
}

static void guard(struct actor_loop *loop)
{
    (void)actor_loop_timer(loop, DEADLINE_MS, 1, on_late, NULL);
}

static void end_root(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    actor_stop(&scene.child);
}

static struct status on_heard(struct actor_loop *loop, struct slice verb, struct slice body,
                              void *state)
{
    (void)state;
    note(verb, body);
    scene.heard++;
    if (scene.heard == scene.wanted) {
        actor_loop_quit(loop);
    }
    return STATUS_SUCCESS;
}

static struct status begin_with_child(struct actor_loop *loop, void *state)
{
    (void)state;
    guard(loop);
    TRY(actor_start(scene.spec, &scene.child));
    TRY(actor_loop_child(loop, scene.child, on_heard, NULL));
    TRY(actor_send(scene.child, "one", SLICE("1")));
    TRY(actor_send(scene.child, "two", SLICE("a\0b")));
    return actor_send(scene.child, "three", (struct slice){ 0 });
}

static struct status run_scene(actor_begin_fn *begin)
{
    struct status status = actor_run_root(begin, NULL, end_root, NULL);

    CU_ASSERT_FALSE(scene.late);
    return status;
}

static void clean(void)
{
    scene = (struct scene){ .fds = { -1, -1 } };
}

/* --- messages -------------------------------------------------------------------------------- */

struct echo {
    unsigned begun;
    unsigned ended;
    size_t bytes;
};

static struct status echo_begin(struct actor_loop *loop, void *state)
{
    (void)loop;
    ((struct echo *)state)->begun++;
    return STATUS_SUCCESS;
}

static struct status echo_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                  void *state)
{
    struct echo *echo = state;

    echo->bytes += body.len;
    return slice_is(verb, "one") ? actor_reply(loop, "uno", body)
                                 : actor_reply(loop, "more", (struct slice){ 0 });
}

static void echo_end(struct actor_loop *loop, void *state)
{
    CU_ASSERT_EQUAL(actor_loop_refused(loop), 0);
    ((struct echo *)state)->ended++;
}

static void test_messages_go_both_ways(void)
{
    struct echo echo = { 0 };
    const struct actor_spec spec = { .name = "echo",
                                     .begin = echo_begin,
                                     .message = echo_message,
                                     .end = echo_end,
                                     .state = &echo };

    clean();
    scene.spec = &spec;
    scene.wanted = 3;
    ASSERT_OK(run_scene(begin_with_child));
    CU_ASSERT_STRING_EQUAL(scene.noted, "uno(1) more() more() ");
    /* The thread is joined: its state is ours again. */
    CU_ASSERT_EQUAL(echo.begun, 1);
    CU_ASSERT_EQUAL(echo.ended, 1);
    CU_ASSERT_EQUAL(echo.bytes, 4);
}

static struct status failing_begin(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    return status_error(STATUS_DENIED, "no entry");
}

static void test_failed_begin_fails_the_start(void)
{
    struct echo echo = { 0 };
    struct actor *actor = NULL;
    const struct actor_spec spec = {
        .name = "doorman", .begin = failing_begin, .end = echo_end, .state = &echo
    };

    struct status status = actor_start(&spec, &actor);
    CU_ASSERT_EQUAL(status.code, STATUS_DENIED);
    CU_ASSERT_STRING_EQUAL(status.msg, "doorman: no entry");
    CU_ASSERT_PTR_NULL(actor);
    CU_ASSERT_EQUAL(echo.ended, 0);
    actor_stop(&actor); /* NULL is fine */
}

static void test_failed_begin_fails_the_root(void)
{
    clean();
    CU_ASSERT_EQUAL(run_scene(failing_begin).code, STATUS_DENIED);
}

/* --- bounds ---------------------------------------------------------------------------------- */

static struct status waiting_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                     void *state)
{
    (void)loop;
    (void)body;
    if (slice_is(verb, "wait")) {
        (void)sem_wait(state);
    }
    return STATUS_SUCCESS;
}

static void test_full_pipe_refuses_and_counts(void)
{
    struct actor *actor = NULL;
    sem_t gate;
    unsigned taken = 0;

    (void)sem_init(&gate, 0, 0);
    const struct actor_spec spec = { .name = "slow", .message = waiting_message, .state = &gate };
    ASSERT_OK(actor_start(&spec, &actor));
    ASSERT_OK(actor_send(actor, "wait", (struct slice){ 0 }));
    struct status status = STATUS_SUCCESS;
    while (taken <= 2 * ACTOR_PIPE_HWM && status.code == STATUS_OK) {
        status = actor_send(actor, "more", SLICE("x"));
        taken += status.code == STATUS_OK ? 1 : 0;
    }
    CU_ASSERT_EQUAL(status.code, STATUS_EXHAUSTED);
    CU_ASSERT(taken >= ACTOR_PIPE_HWM / 2 && taken <= ACTOR_PIPE_HWM);
    CU_ASSERT_EQUAL(actor_refused(actor), 1);
    (void)sem_post(&gate);
    actor_stop(&actor); /* comes through the full pipe */
    (void)sem_destroy(&gate);
}

static void test_long_message_is_refused(void)
{
    struct echo echo = { 0 };
    struct actor *actor = NULL;
    static char body[ACTOR_MESSAGE_MAX + 1];
    const struct actor_spec spec = { .name = "echo", .message = echo_message, .state = &echo };

    ASSERT_OK(actor_start(&spec, &actor));
    CU_ASSERT_EQUAL(actor_send(actor, "long", (struct slice){ body, sizeof(body) }).code,
                    STATUS_EXHAUSTED);
    ASSERT_OK(actor_send(actor, "long", (struct slice){ body, sizeof(body) - 1 }));
    actor_stop(&actor);
    CU_ASSERT_EQUAL(echo.bytes, ACTOR_MESSAGE_MAX);
}

/* Fills the pipe to a starter who never listens, then ends by itself. */
static struct status flooding_begin(struct actor_loop *loop, void *state)
{
    struct status status = STATUS_SUCCESS;

    while (status.code == STATUS_OK) {
        status = actor_reply(loop, "flood", SLICE("x"));
    }
    *(uint64_t *)state = actor_loop_refused(loop);
    actor_loop_quit(loop);
    return STATUS_SUCCESS;
}

static void test_stop_of_an_ended_actor_with_full_pipe(void)
{
    struct actor *actor = NULL;
    uint64_t refused = 0;
    const struct actor_spec spec = { .name = "flood", .begin = flooding_begin, .state = &refused };

    ASSERT_OK(actor_start(&spec, &actor));
    ASSERT_OK(actor_send(actor, "late", SLICE("dropped")));
    actor_stop(&actor);
    CU_ASSERT_PTR_NULL(actor);
    CU_ASSERT_EQUAL(refused, 1);
}

/* --- ends ------------------------------------------------------------------------------------ */

static struct status failing_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                     void *state)
{
    (void)loop;
    (void)body;
    (void)state;
    return status_error(STATUS_INVALID, "cannot `%.*s`", SLICE_ARG(verb));
}

static struct status stop_on_end(struct actor_loop *loop, struct slice verb, struct slice body,
                                 void *state)
{
    (void)state;
    note(verb, body);
    actor_stop(&scene.child); /* inside its own callback */
    actor_loop_quit(loop);
    return STATUS_SUCCESS;
}

static struct status begin_with_failing_child(struct actor_loop *loop, void *state)
{
    (void)state;
    guard(loop);
    TRY(actor_start(scene.spec, &scene.child));
    TRY(actor_loop_child(loop, scene.child, stop_on_end, NULL));
    return actor_send(scene.child, "jump", (struct slice){ 0 });
}

static void test_failure_is_heard_by_the_starter(void)
{
    const struct actor_spec spec = { .name = "frail", .message = failing_message };

    clean();
    scene.spec = &spec;
    ASSERT_OK(run_scene(begin_with_failing_child));
    CU_ASSERT_STRING_EQUAL(scene.noted, "$ended(cannot `jump`) ");
    CU_ASSERT_PTR_NULL(scene.child);
}

static void test_message_without_an_ear_ends_the_actor(void)
{
    const struct actor_spec spec = { .name = "deaf" };

    clean();
    scene.spec = &spec;
    ASSERT_OK(run_scene(begin_with_failing_child));
    CU_ASSERT_STRING_EQUAL(scene.noted, "$ended(no ear for `jump`) ");
}

static struct status failing_heard(struct actor_loop *loop, struct slice verb, struct slice body,
                                   void *state)
{
    (void)loop;
    (void)verb;
    (void)body;
    (void)state;
    return status_error(STATUS_CORRUPT, "cannot bear it");
}

static struct status begin_with_failing_ear(struct actor_loop *loop, void *state)
{
    (void)state;
    guard(loop);
    TRY(actor_start(scene.spec, &scene.child));
    TRY(actor_loop_child(loop, scene.child, failing_heard, NULL));
    return actor_send(scene.child, "one", (struct slice){ 0 });
}

static void test_failure_of_the_root_is_returned(void)
{
    struct echo echo = { 0 };
    const struct actor_spec spec = { .name = "echo", .message = echo_message, .state = &echo };

    clean();
    scene.spec = &spec;
    CU_ASSERT_EQUAL(run_scene(begin_with_failing_ear).code, STATUS_CORRUPT);
    CU_ASSERT_PTR_NULL(scene.child);
}

/* --- timers ---------------------------------------------------------------------------------- */

static struct status tick(struct actor_loop *loop, void *state)
{
    note(slice_from(state), (struct slice){ 0 });
    if (slice_is(slice_from(state), "last")) {
        actor_loop_quit(loop);
    }
    return STATUS_SUCCESS;
}

static struct status tick_and_end(struct actor_loop *loop, void *state)
{
    note(SLICE("end"), (struct slice){ 0 });
    actor_loop_timer_end(loop, scene.timer_id); /* itself */
    actor_loop_timer_end(loop, scene.timer_id); /* once more does nothing */
    (void)actor_loop_timer(loop, 5, 1, tick, state);
    return STATUS_SUCCESS;
}

static struct status tick_thrice(struct actor_loop *loop, void *state)
{
    note(SLICE("tick"), (struct slice){ 0 });
    scene.heard++;
    if (scene.heard == 3) {
        scene.timer_id = actor_loop_timer(loop, 1, 0, tick_and_end, state);
    }
    return STATUS_SUCCESS;
}

static struct status begin_with_timers(struct actor_loop *loop, void *state)
{
    static char once[] = "once";
    static char last[] = "last";

    (void)state;
    guard(loop);
    (void)actor_loop_timer(loop, 2, 3, tick_thrice, last);
    (void)actor_loop_timer(loop, 0, 1, tick, once); /* due first, though made later */
    int never = actor_loop_timer(loop, 1, 0, tick, last);
    actor_loop_timer_end(loop, never);
    return STATUS_SUCCESS;
}

static void test_timers_come_in_order_and_end(void)
{
    clean();
    ASSERT_OK(run_scene(begin_with_timers));
    CU_ASSERT_STRING_EQUAL(scene.noted, "once() tick() tick() tick() end() last() ");
}

static struct status failing_timer(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    return status_error(STATUS_TIMEOUT, "too late");
}

static struct status begin_with_failing_timer(struct actor_loop *loop, void *state)
{
    (void)actor_loop_timer(loop, 0, 0, failing_timer, state);
    return STATUS_SUCCESS;
}

static void test_failing_timer_ends_the_loop(void)
{
    clean();
    CU_ASSERT_EQUAL(run_scene(begin_with_failing_timer).code, STATUS_TIMEOUT);
}

/* --- fds and sockets ------------------------------------------------------------------------- */

static struct status on_hang_up(struct actor_loop *loop, int fd, short revents, void *state)
{
    (void)state;
    CU_ASSERT_EQUAL(fd, scene.fds[0]);
    CU_ASSERT(((unsigned)revents & POLLERR) != 0);
    note(SLICE("gone"), (struct slice){ 0 });
    actor_loop_fd_end(loop, fd);
    actor_loop_quit(loop);
    return STATUS_SUCCESS;
}

static struct status on_readable(struct actor_loop *loop, int fd, short revents, void *state)
{
    char bytes[8];

    CU_ASSERT_EQUAL(revents, POLLIN);
    ssize_t got = read(fd, bytes, sizeof(bytes));
    note(SLICE("read"), (struct slice){ bytes, got > 0 ? (size_t)got : 0 });
    TRY(actor_loop_fd(loop, fd, POLLIN, on_hang_up, state)); /* another ear, inside the first */
    (void)close(scene.fds[1]);
    return STATUS_SUCCESS;
}

static struct status on_writable(struct actor_loop *loop, int fd, short revents, void *state)
{
    (void)state;
    CU_ASSERT_EQUAL(revents, POLLOUT);
    CU_ASSERT_EQUAL(write(fd, "hello", 5), 5);
    note(SLICE("wrote"), (struct slice){ 0 });
    actor_loop_fd_end(loop, fd);
    actor_loop_fd_end(loop, fd); /* not watched: does nothing */
    return STATUS_SUCCESS;
}

static struct status begin_with_fds(struct actor_loop *loop, void *state)
{
    guard(loop);
    CU_ASSERT_EQUAL(pipe2(scene.fds, O_CLOEXEC | O_NONBLOCK), 0);
    TRY(actor_loop_fd(loop, scene.fds[0], POLLIN, on_readable, state));
    return actor_loop_fd(loop, scene.fds[1], POLLOUT, on_writable, state);
}

static void test_fds_wake_the_loop(void)
{
    clean();
    ASSERT_OK(run_scene(begin_with_fds));
    CU_ASSERT_STRING_EQUAL(scene.noted, "wrote() read(hello) gone() ");
    (void)close(scene.fds[0]);
}

static struct status on_socket(struct actor_loop *loop, void *state)
{
    CLEANUP(zstr_free) char *text = zstr_recv(scene.sockets[0]);

    (void)state;
    note(SLICE("socket"), slice_from(text));
    scene.heard++;
    if (scene.heard == 1) {
        /* The raw handle names the same socket. */
        TRY(actor_loop_socket(loop, zsock_resolve(scene.sockets[0]), on_socket, NULL));
        (void)zstr_send(scene.sockets[1], "raw");
    } else {
        actor_loop_socket_end(loop, scene.sockets[0]);
        actor_loop_quit(loop);
    }
    return STATUS_SUCCESS;
}

static struct status begin_with_sockets(struct actor_loop *loop, void *state)
{
    guard(loop);
    scene.sockets[0] = zsock_new_pull("inproc://test-actor");
    scene.sockets[1] = zsock_new_push("inproc://test-actor");
    static char nothing[4096];
    CU_ASSERT_EQUAL(actor_loop_socket(loop, nothing, on_socket, state).code, STATUS_INVALID);
    TRY(actor_loop_socket(loop, scene.sockets[0], on_socket, state));
    (void)zstr_send(scene.sockets[1], "cooked");
    return STATUS_SUCCESS;
}

static void test_zmq_sockets_wake_the_loop(void)
{
    clean();
    ASSERT_OK(run_scene(begin_with_sockets));
    CU_ASSERT_STRING_EQUAL(scene.noted, "socket(cooked) socket(raw) ");
    zsock_destroy(&scene.sockets[0]);
    zsock_destroy(&scene.sockets[1]);
}

/* --- signals --------------------------------------------------------------------------------- */

static struct status on_reload(struct actor_loop *loop, void *state)
{
    (void)loop;
    (void)state;
    note(SLICE("reload"), (struct slice){ 0 });
    return kill(getpid(), SIGTERM) == 0 ? STATUS_SUCCESS : failing_timer(loop, state);
}

static struct status begin_with_hangup(struct actor_loop *loop, void *state)
{
    (void)state;
    guard(loop);
    CU_ASSERT_EQUAL(kill(getpid(), SIGHUP), 0);
    return STATUS_SUCCESS;
}

static void test_signals_reload_and_quit(void)
{
    clean();
    ASSERT_OK(actor_run_root(begin_with_hangup, on_reload, NULL, NULL));
    CU_ASSERT_FALSE(scene.late);
    CU_ASSERT_STRING_EQUAL(scene.noted, "reload() ");
}

static void on_user_signal(int number)
{
    (void)number;
}

/* Pokes the root's thread, so that its poll returns EINTR; then says so. */
static struct status poking_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                    void *state)
{
    (void)verb;
    (void)body;
    CU_ASSERT_EQUAL(pthread_kill(*(pthread_t *)state, SIGUSR1), 0);
    return actor_reply(loop, "poked", (struct slice){ 0 });
}

static void test_interrupted_poll_is_no_end(void)
{
    pthread_t root = pthread_self();
    struct sigaction action = { .sa_handler = on_user_signal };
    const struct actor_spec spec = { .name = "poke", .message = poking_message, .state = &root };

    clean();
    CU_ASSERT_EQUAL(sigaction(SIGUSR1, &action, NULL), 0);
    scene.spec = &spec;
    scene.wanted = 3;
    ASSERT_OK(run_scene(begin_with_child));
    CU_ASSERT_STRING_EQUAL(scene.noted, "poked() poked() poked() ");
}

/* --- nesting --------------------------------------------------------------------------------- */

struct middle {
    struct actor *leaf;
    struct echo echo;
};

static struct status middle_heard(struct actor_loop *loop, struct slice verb, struct slice body,
                                  void *state)
{
    (void)verb;
    (void)state;
    return actor_reply(loop, "relayed", body);
}

static struct status middle_begin(struct actor_loop *loop, void *state)
{
    struct middle *middle = state;
    const struct actor_spec spec = { .name = "leaf",
                                     .message = echo_message,
                                     .state = &middle->echo };

    TRY(actor_start(&spec, &middle->leaf));
    return actor_loop_child(loop, middle->leaf, middle_heard, middle);
}

static struct status middle_message(struct actor_loop *loop, struct slice verb, struct slice body,
                                    void *state)
{
    (void)loop;
    (void)verb;
    return actor_send(((struct middle *)state)->leaf, "one", body);
}

static void middle_end(struct actor_loop *loop, void *state)
{
    (void)loop;
    actor_stop(&((struct middle *)state)->leaf);
}

static void test_actors_start_actors(void)
{
    struct middle middle = { 0 };
    const struct actor_spec spec = { .name = "middle-of-a-long-name",
                                     .begin = middle_begin,
                                     .message = middle_message,
                                     .end = middle_end,
                                     .state = &middle };

    clean();
    scene.spec = &spec;
    scene.wanted = 3;
    ASSERT_OK(run_scene(begin_with_child));
    CU_ASSERT_EQUAL(scene.heard, 3);
    CU_ASSERT_EQUAL(middle.echo.bytes, 4);
}

static int set_up_suite(void)
{
    /* Failures of actors are expected here: their log lines are not. */
    log_setup(-1, LOG_FORMAT_TEXT, LOG_LEVEL_ERROR);
    actor_block_signals();
    return 0;
}

static CU_TestInfo tests[] = {
    { "messages go both ways", test_messages_go_both_ways },
    { "a failed begin fails the start", test_failed_begin_fails_the_start },
    { "a failed begin fails the root", test_failed_begin_fails_the_root },
    { "a full pipe refuses and counts", test_full_pipe_refuses_and_counts },
    { "a message that is too long is refused", test_long_message_is_refused },
    { "an ended actor with a full pipe stops", test_stop_of_an_ended_actor_with_full_pipe },
    { "the starter hears of a failure", test_failure_is_heard_by_the_starter },
    { "a message nobody wants ends the actor", test_message_without_an_ear_ends_the_actor },
    { "a failure of the root is returned", test_failure_of_the_root_is_returned },
    { "timers come in order and end", test_timers_come_in_order_and_end },
    { "a failing timer ends the loop", test_failing_timer_ends_the_loop },
    { "fds wake the loop", test_fds_wake_the_loop },
    { "ZeroMQ sockets wake the loop", test_zmq_sockets_wake_the_loop },
    { "signals reload and quit", test_signals_reload_and_quit },
    { "an interrupted poll is no end", test_interrupted_poll_is_no_end },
    { "actors start actors", test_actors_start_actors },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "actor", set_up_suite, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
