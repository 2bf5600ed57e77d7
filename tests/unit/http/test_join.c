/* The server inside an actor, asked by our own client. */
#include "orchestrator/http.h"

#include "base/http_client.h"
#include "tests/suite.h"

#include <stdio.h>

enum { REQUESTS = 50, ANSWER_AFTER_MS = 5, TIMEOUT_MS = 10000, BIG_BYTES = 1000000 };

struct state {
    char path[200];
    struct http_server *server;
    struct actor_loop *loop;
    uint64_t waiting; /* the call to answer later */
};

static struct status answer_later(struct actor_loop *loop, void *arg)
{
    struct state *state = arg;
    struct http_reply reply = { .code = 201, .body = SLICE("\"late\"") };

    (void)loop;
    return http_reply(state->server, state->waiting, &reply);
}

static void on_call(void *arg, const struct http_call *call)
{
    struct state *state = arg;
    struct http_reply reply = { .code = 200, .body = call->body };

    if (slice_is(call->path, "/late")) {
        state->waiting = call->id;
        (void)actor_loop_timer(state->loop, ANSWER_AFTER_MS, 1, answer_later, state);
        return;
    }
    struct status replied = http_reply(state->server, call->id, &reply);
    (void)replied; /* the client sees it */
}

static struct status begin(struct actor_loop *loop, void *arg)
{
    struct state *state = arg;
    struct http_spec spec = {
        .path = state->path, .mode = 0600, .group = (gid_t)-1, .call = on_call, .arg = state
    };

    state->loop = loop;
    TRY(http_server_new(&spec, &state->server));
    return http_server_join(state->server, loop);
}

static void end(struct actor_loop *loop, void *arg)
{
    struct state *state = arg;

    (void)loop;
    http_server_free(&state->server);
}

static void ask(const struct state *state, const char *url, struct slice body, long code,
                struct slice wanted)
{
    struct http_answer answer = { .code = 0 };
    struct http_request request = { .method = "POST",
                                    .unix_socket = state->path,
                                    .url = url,
                                    .body = body,
                                    .timeout_ms = TIMEOUT_MS,
                                    .answer_max_bytes = (size_t)2 * BIG_BYTES };

    ASSERT_OK(http_ask(&request, &answer));
    CU_ASSERT_EQUAL(answer.code, code);
    CU_ASSERT_TRUE(slice_eq(buf_slice(&answer.body), wanted));
    buf_done(&answer.body);
}

static void test_an_actor_serves(void)
{
    static struct state state;
    static char big[BIG_BYTES];
    struct actor *actor = NULL;
    const struct actor_spec spec = { .name = "http", .begin = begin, .end = end, .state = &state };

    for (size_t i = 0; i < BIG_BYTES; i++) {
        big[i] = (char)('a' + i % 26);
    }
    (void)snprintf(state.path, sizeof(state.path), "%s/api.sock", suite_folder());
    ASSERT_OK(actor_start(&spec, &actor));
    CU_ASSERT_PTR_NOT_NULL_FATAL(actor);
    for (int i = 0; i < REQUESTS; i++) {
        ask(&state, "http://redan/now", SLICE("{}"), 200, SLICE("{}"));
        ask(&state, "http://redan/late", SLICE("{}"), 201, SLICE("\"late\""));
    }
    ask(&state, "http://redan/now", (struct slice){ big, sizeof(big) }, 200,
        (struct slice){ big, sizeof(big) });
    actor_stop(&actor);
}

static CU_TestInfo tests[] = {
    { "an actor serves", test_an_actor_serves },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "join", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
