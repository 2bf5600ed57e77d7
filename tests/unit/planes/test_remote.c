#include "planes/remote.h"
#include "tests/fakes/plane_contract.h"
#include "tests/fakes/plane_driver.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "planes/fake/fake_plane.h"
#include "planes/helper_codec.h"
#include "planes/serve.h"

/* A server of a fake plane in a thread of its own; nobody else touches the world while it runs. */
struct server_thread {
    pthread_t thread;
    int fd;
    bool running;
    struct status outcome;
};

static struct fake_world *world;
static struct server_thread server;
static struct plane *plane;

static void *serve_world(void *arg)
{
    struct server_thread *self = arg;
    struct plane *fake = NULL;

    self->outcome = fake_plane_open(world, &fake);
    if (status_ok(&self->outcome)) {
        struct plane_server *served = plane_server_new(fake, self->fd);
        self->outcome = plane_server_run(served);
        plane_server_free(served);
    }
    return NULL;
}

static void join_server(void)
{
    if (server.running) {
        (void)pthread_join(server.thread, NULL);
        server.running = false;
    }
}

/* The server's other end. */
static int start_server(void)
{
    int pair[2];

    join_server();
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return -1;
    }
    server = (struct server_thread){ .fd = pair[0] };
    server.running = pthread_create(&server.thread, NULL, serve_world, &server) == 0;
    return pair[1];
}

/* --- the contract ------------------------------------------------------------------------------
 */

static struct status open_remote(void *arg, struct plane **out)
{
    (void)arg;
    return plane_remote_open(start_server(), out);
}

static int set_up_kind(enum plane_kind kind, bool keeps_leases)
{
    static struct plane_contract_subject subject;

    world = fake_world_new(&(struct fake_world_spec){
        .kind = kind, .clock = &clock_real, .keeps_leases = keeps_leases });
    subject = (struct plane_contract_subject){
        .open = open_remote,
        .kind = kind,
        .sources = { "198.51.100.1", "2001:db8::/32" },
        .resources = { "studies", "reports" },
        .keeps_leases = keeps_leases,
    };
    plane_contract_subject = &subject;
    return 0;
}

static int set_up_network(void)
{
    return set_up_kind(PLANE_NETWORK, true);
}

static int set_up_data(void)
{
    return set_up_kind(PLANE_DATA, false);
}

static int tear_down_kind(void)
{
    join_server();
    fake_world_free(TAKE(world));
    return 0;
}

/* --- the two sides -------------------------------------------------------------------------------
 */

static void set_up(void)
{
    (void)set_up_kind(PLANE_NETWORK, true);
}

static void tear_down(void)
{
    plane_close(&plane);
    join_server();
    fake_world_free(TAKE(world));
}

static struct action deny(void)
{
    struct action action = { .id = { "01HZX3V9KQ0000000000000000" },
                             .kind = ACTION_NETWORK_DENY,
                             .node = "app-1" };

    ASSERT_OK(address_parse(SLICE("198.51.100.7"), &action.source));
    return action;
}

static void test_failures_keep_their_code_and_words(void)
{
    struct action action = deny();

    fake_world_fail(world, PLANE_CALL_APPLY, 1, status_error(STATUS_DENIED, "not this one"), false);
    ASSERT_OK(open_remote(NULL, &plane));
    CU_ASSERT_STRING_EQUAL(plane_name(plane), "fake");
    struct status outcome = drive_apply(plane, &action);
    CU_ASSERT_EQUAL(outcome.code, STATUS_DENIED);
    ASSERT_TEXT(slice_from(outcome.msg), "not this one");
}

static void test_peers_are_asked_for(void)
{
    struct plane_peer_query query = { .peer_port = 40000, .local_port = 22 };
    bool seen = false;

    ASSERT_OK(address_parse(SLICE("198.51.100.7"), &query.peer));
    fake_world_add_peer(world, &query);
    ASSERT_OK(open_remote(NULL, &plane));
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_TRUE(seen);
    query.peer_port++;
    ASSERT_OK(drive_peer_seen(plane, &query, &seen));
    CU_ASSERT_FALSE(seen);
}

static void test_many_controls_come_through(void)
{
    enum { MANY = 3000 };
    struct plane_control *controls = NULL;
    size_t count = 0;
    struct action action = deny();

    ASSERT_OK(open_remote(NULL, &plane));
    for (unsigned i = 0; i < MANY; i++) {
        (void)snprintf(action.id.text, sizeof(action.id.text), "01HZX3V9KQ000000000000%04u",
                       i % 10000);
        ASSERT_OK(drive_apply(plane, &action));
    }
    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_EQUAL(count, MANY);
    CU_ASSERT(count == MANY && strcmp(controls[MANY - 1].action.id.text, action.id.text) == 0);
    free(controls);
}

static bool send_message(int fd, const struct helper_message *message)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];

    helper_encode(message, bytes);
    return send(fd, bytes, sizeof(bytes), MSG_NOSIGNAL) == (ssize_t)sizeof(bytes);
}

/* What a client that misbehaves gets: the end. */
static void check_given_up(int fd, enum status_code code, const char *wanted)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];

    while (recv(fd, bytes, sizeof(bytes), 0) > 0) {
    }
    join_server();
    (void)close(fd);
    CU_ASSERT_EQUAL(server.outcome.code, code);
    ASSERT_TEXT(slice_from(server.outcome.msg), wanted);
}

static void test_a_client_that_misbehaves_is_given_up(void)
{
    const struct helper_message hello = { .kind = HELPER_HELLO };
    const struct helper_message apply = { .kind = HELPER_APPLY, .call = 1, .action = deny() };
    const struct helper_message done = { .kind = HELPER_DONE, .call = 1 };

    int fd = start_server();
    CU_ASSERT(send(fd, "hello", 5, 0) == 5);
    check_given_up(fd, STATUS_CORRUPT, "client: helper message: 5 bytes instead of 512");
    fd = start_server();
    CU_ASSERT(send_message(fd, &apply));
    check_given_up(fd, STATUS_INVALID, "client: message of kind 2 is not its to send now");
    fd = start_server();
    CU_ASSERT(send_message(fd, &hello));
    CU_ASSERT(send_message(fd, &hello));
    check_given_up(fd, STATUS_INVALID, "client: message of kind 1 is not its to send now");
    fd = start_server();
    CU_ASSERT(send_message(fd, &hello));
    CU_ASSERT(send_message(fd, &done));
    check_given_up(fd, STATUS_INVALID, "client: message of kind 34 is not its to send now");
    CU_ASSERT_EQUAL(fake_world_calls(world, PLANE_CALL_APPLY), 0);
}

static void test_a_client_that_hangs_up_ends_the_service_well(void)
{
    struct action action = deny();
    struct helper_message apply = { .kind = HELPER_APPLY, .call = 1, .action = action };
    int fd = start_server();

    CU_ASSERT(send_message(fd, &(struct helper_message){ .kind = HELPER_HELLO }));
    CU_ASSERT(send_message(fd, &apply));
    (void)close(fd); /* with a call under way */
    join_server();
    CU_ASSERT_EQUAL(server.outcome.code, STATUS_OK);
}

/* What the helper refuses at once comes back like any answer: its checks do not rest on ours. */
static void test_the_server_checks_for_itself(void)
{
    struct helper_message freeze = { .kind = HELPER_APPLY, .call = 1, .action = deny() };
    uint8_t bytes[HELPER_MESSAGE_BYTES];
    struct helper_message answer = { .kind = HELPER_HELLO };
    int fd = start_server();

    freeze.action.kind = ACTION_DATA_FREEZE;
    freeze.action.source = (struct address){ 0 };
    (void)snprintf(freeze.action.resource, sizeof(freeze.action.resource), "studies");
    CU_ASSERT(send_message(fd, &(struct helper_message){ .kind = HELPER_HELLO }));
    CU_ASSERT(send_message(fd, &freeze));
    freeze.kind = HELPER_READ_BACK;
    CU_ASSERT(send_message(fd, &freeze));
    for (unsigned i = 0; i < 1 + ACTION_KINDS + 1; i++) {
        CU_ASSERT(recv(fd, bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes));
    }
    ASSERT_OK(helper_decode(bytes, sizeof(bytes), &answer));
    CU_ASSERT_EQUAL(answer.kind, HELPER_DONE);
    CU_ASSERT_EQUAL(answer.outcome.code, STATUS_INVALID);
    CU_ASSERT(recv(fd, bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes));
    ASSERT_OK(helper_decode(bytes, sizeof(bytes), &answer));
    CU_ASSERT_EQUAL(answer.kind, HELPER_READING);
    CU_ASSERT_EQUAL(answer.outcome.code, STATUS_INVALID);
    (void)close(fd);
    join_server();
}

/* --- a helper that misbehaves
 * ---------------------------------------------------------------------- */

static int false_helper; /* our end of a plane that talks to nobody */

/* A greeted remote plane whose helper is this test. */
static void open_false(enum plane_kind kind)
{
    int pair[2] = { -1, -1 };

    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    false_helper = pair[0];
    CU_ASSERT(send_message(pair[0], &(struct helper_message){
                                        .kind = HELPER_WELCOME, .plane = kind, .name = "false" }));
    for (unsigned i = 0; i < ACTION_KINDS; i++) {
        CU_ASSERT(send_message(
            pair[0], &(struct helper_message){ .kind = HELPER_CAPABILITY,
                                               .capability = { .kind = (enum action_kind)i,
                                                               .supported = true,
                                                               .reversible = true } }));
    }
    ASSERT_OK(plane_remote_open(pair[1], &plane));
}

struct ending {
    unsigned count;
    struct status outcome;
};

static void note_end(void *arg, struct status outcome)
{
    struct ending *ending = arg;

    ending->count++;
    ending->outcome = outcome;
}

static void note_observe(void *arg, struct status outcome, const struct plane_control *controls,
                         size_t count)
{
    (void)controls;
    CU_ASSERT_EQUAL(count, 0);
    note_end(arg, outcome);
}

/* The number of the call that the plane has just sent. */
static uint64_t read_call(void)
{
    uint8_t bytes[HELPER_MESSAGE_BYTES];
    struct helper_message message = { .kind = HELPER_HELLO };

    while (message.kind == HELPER_HELLO) {
        CU_ASSERT(recv(false_helper, bytes, sizeof(bytes), MSG_DONTWAIT) == (ssize_t)sizeof(bytes));
        ASSERT_OK(helper_decode(bytes, sizeof(bytes), &message));
    }
    return message.call;
}

static void check_lost(const struct ending *ending, const char *wanted)
{
    struct action action = deny();

    struct status lost = plane_dispatch(plane);
    CU_ASSERT_NOT_EQUAL(lost.code, STATUS_OK);
    ASSERT_TEXT(slice_from(lost.msg), wanted);
    CU_ASSERT_EQUAL(ending->count, 1);
    CU_ASSERT_EQUAL(ending->outcome.code, STATUS_UNAVAILABLE);
    ASSERT_CODE(plane_apply(plane, &action, note_end, NULL), STATUS_UNAVAILABLE);
    ASSERT_CODE(plane_read_back(plane, &action, NULL, NULL), STATUS_UNAVAILABLE);
    ASSERT_CODE(plane_undo(plane, &action, note_end, NULL), STATUS_UNAVAILABLE);
    ASSERT_CODE(plane_observe(plane, note_observe, NULL), STATUS_UNAVAILABLE);
    ASSERT_CODE(plane_dispatch(plane), lost.code);
    plane_close(&plane);
    (void)close(false_helper);
}

static void test_a_helper_that_answers_wrongly_is_lost(void)
{
    struct action action = deny();
    struct ending ending = { 0 };

    open_false(PLANE_NETWORK);
    ASSERT_OK(plane_apply(plane, &action, note_end, &ending));
    CU_ASSERT(send_message(false_helper,
                           &(struct helper_message){ .kind = HELPER_PEER, .call = read_call() }));
    check_lost(&ending, "plane helper: message of kind 38 answers no call");

    ending = (struct ending){ 0 };
    open_false(PLANE_NETWORK);
    ASSERT_OK(plane_apply(plane, &action, note_end, &ending));
    CU_ASSERT(send_message(
        false_helper, &(struct helper_message){ .kind = HELPER_DONE, .call = read_call() + 1 }));
    check_lost(&ending, "plane helper: message of kind 34 answers no call");

    ending = (struct ending){ 0 };
    open_false(PLANE_NETWORK);
    ASSERT_OK(plane_observe(plane, note_observe, &ending));
    CU_ASSERT(send_message(
        false_helper,
        &(struct helper_message){ .kind = HELPER_OBSERVED, .call = read_call(), .count = 1 }));
    check_lost(&ending, "plane helper: 1 controls announced, 0 came");

    ending = (struct ending){ 0 };
    open_false(PLANE_NETWORK);
    ASSERT_OK(plane_apply(plane, &action, note_end, &ending));
    (void)shutdown(false_helper, SHUT_RDWR);
    check_lost(&ending, "plane helper: it has hung up");
}

static void test_a_helper_that_does_not_greet_is_refused(void)
{
    const struct helper_message capability = { .kind = HELPER_CAPABILITY };
    const struct helper_message welcome = { .kind = HELPER_WELCOME };
    int pair[2];

    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    CU_ASSERT(send_message(pair[0], &capability));
    ASSERT_CODE(plane_remote_open(pair[1], &plane), STATUS_INVALID);
    (void)close(pair[0]);
    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    CU_ASSERT(send_message(pair[0], &welcome));
    CU_ASSERT(send_message(pair[0], &capability));
    CU_ASSERT(send_message(pair[0], &capability));
    ASSERT_CODE(plane_remote_open(pair[1], &plane), STATUS_INVALID);
    (void)close(pair[0]);
    CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
    (void)close(pair[0]);
    ASSERT_CODE(plane_remote_open(pair[1], &plane), STATUS_UNAVAILABLE);
    CU_ASSERT_PTR_NULL(plane);
}

/* --- inheriting
 * ------------------------------------------------------------------------------------- */

static void set_text(const char *text)
{
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread reads the environment */
    (void)setenv("REDAN_PLANE_NETWORK_FD", text, 1);
}

static void set_variable(int fd)
{
    char number[16];

    (void)snprintf(number, sizeof(number), "%d", fd);
    set_text(number);
}

static void test_a_plane_is_inherited_by_its_variable(void)
{
    ASSERT_CODE(plane_remote_inherit(PLANE_NETWORK, &plane), STATUS_NOT_FOUND);
    set_variable(start_server());
    ASSERT_OK(plane_remote_inherit(PLANE_NETWORK, &plane));
    CU_ASSERT_PTR_NULL(getenv("REDAN_PLANE_NETWORK_FD"));
    CU_ASSERT_EQUAL(plane_kind_of(plane), PLANE_NETWORK);
}

static void test_what_is_no_helper_is_not_inherited(void)
{
    int pipes[2];

    set_text("three");
    ASSERT_CODE(plane_remote_inherit(PLANE_NETWORK, &plane), STATUS_INVALID);
    set_text("1");
    ASSERT_CODE(plane_remote_inherit(PLANE_NETWORK, &plane), STATUS_INVALID);
    CU_ASSERT_EQUAL(pipe(pipes), 0);
    set_variable(pipes[0]);
    ASSERT_CODE(plane_remote_inherit(PLANE_NETWORK, &plane), STATUS_INVALID);
    (void)close(pipes[0]);
    (void)close(pipes[1]);
    fake_world_free(world);
    (void)set_up_kind(PLANE_DATA, false);
    set_variable(start_server());
    ASSERT_CODE(plane_remote_inherit(PLANE_NETWORK, &plane), STATUS_INVALID);
    CU_ASSERT_PTR_NULL(plane);
}

static CU_TestInfo tests[] = {
    { "failures keep their code and words", test_failures_keep_their_code_and_words },
    { "peers are asked for", test_peers_are_asked_for },
    { "many controls come through", test_many_controls_come_through },
    { "a client that misbehaves is given up", test_a_client_that_misbehaves_is_given_up },
    { "a client that hangs up ends the service well",
      test_a_client_that_hangs_up_ends_the_service_well },
    { "the server checks for itself", test_the_server_checks_for_itself },
    { "a helper that answers wrongly is lost", test_a_helper_that_answers_wrongly_is_lost },
    { "a helper that does not greet is refused", test_a_helper_that_does_not_greet_is_refused },
    { "a plane is inherited by its variable", test_a_plane_is_inherited_by_its_variable },
    { "what is no helper is not inherited", test_what_is_no_helper_is_not_inherited },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "contract: remote network", set_up_network, tear_down_kind, NULL, NULL,
      plane_contract_tests },
    { "contract: remote data", set_up_data, tear_down_kind, NULL, NULL, plane_contract_tests },
    { "remote and server", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
