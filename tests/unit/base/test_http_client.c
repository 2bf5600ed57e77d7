#include "base/http_client.h"

#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/parse.h"
#include "tests/suite.h"

enum { TIMEOUT_MS = 20000, REQUEST_MAX = 64 * 1024 };

/* A server for one request on a unix socket, in a thread of its own. */
static struct server {
    struct arena arena;
    const char *path;
    int listening;
    pthread_t thread;
    struct slice answer; /* ptr NULL: takes the request and stays silent until the client goes */
    struct buf request;
} server;

static bool request_is_whole(const struct buf *request)
{
    struct slice text = buf_slice(request);
    size_t head = slice_find_text(text, SLICE("\r\n\r\n"));
    size_t length_at = slice_find_text(text, SLICE("Content-Length: "));
    uint32_t length = 0;

    if (head == text.len) {
        return false;
    }
    if (length_at < head) {
        struct slice rest = slice_sub(text, length_at + 16, text.len);
        ASSERT_OK(parse_u32(slice_cut(&rest, '\r'), 0, REQUEST_MAX, &length));
    }
    return text.len >= head + 4 + length;
}

static void *serve(void *arg)
{
    CLEANUP(cleanup_close) int fd = accept(server.listening, NULL, NULL);
    char bytes[4096];
    ssize_t got = 1;

    (void)arg;
    while (got > 0 && !request_is_whole(&server.request)) {
        got = read(fd, bytes, sizeof(bytes));
        buf_add(&server.request, bytes, got > 0 ? (size_t)got : 0);
    }
    if (server.answer.ptr != NULL) {
        struct status status = file_write_all(fd, server.answer.ptr, server.answer.len);
        (void)status; /* a client that has read enough goes away */
    } else {
        while (read(fd, bytes, sizeof(bytes)) > 0) {
        }
    }
    return NULL;
}

static void start_server(struct slice answer)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };

    server = (struct server){ .answer = answer };
    server.path = file_path(&server.arena, suite_folder(), "sock");
    slice_to_cstr(slice_from(server.path), address.sun_path, sizeof(address.sun_path));
    (void)unlink(server.path);
    server.listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server.listening < 0 ||
        bind(server.listening, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        listen(server.listening, 1) != 0 ||
        pthread_create(&server.thread, NULL, serve, NULL) != 0) {
        CU_FAIL_FATAL("no server");
    }
}

static void end_server(void)
{
    (void)pthread_join(server.thread, NULL);
    (void)close(server.listening);
    buf_done(&server.request);
    arena_done(&server.arena);
}

static struct http_request request_of(const char *method)
{
    return (struct http_request){ .method = method,
                                  .unix_socket = server.path,
                                  .url = "http://redan/v1/status",
                                  .timeout_ms = TIMEOUT_MS,
                                  .answer_max_bytes = 1000 };
}

static bool was_sent(const char *text)
{
    return slice_find_text(buf_slice(&server.request), slice_from(text)) < server.request.len;
}

static void test_get(void)
{
    struct http_answer answer = { 0 };
    const char *const headers[] = { "X-Redan: 1", NULL };

    start_server(SLICE("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}"));
    struct http_request request = request_of("GET");
    request.headers = headers;
    ASSERT_OK(http_ask(&request, &answer));
    CU_ASSERT_EQUAL(answer.code, 200);
    ASSERT_TEXT(buf_slice(&answer.body), "{\"a\":1}");
    buf_done(&answer.body);
    CU_ASSERT(was_sent("GET /v1/status HTTP/1.1\r\n"));
    CU_ASSERT(was_sent("Host: redan\r\n"));
    CU_ASSERT(was_sent("X-Redan: 1\r\n"));
    CU_ASSERT_FALSE(was_sent("Content-Type"));
    end_server();
}

static void test_post_with_a_body(void)
{
    struct http_answer answer = { 0 };

    start_server(SLICE("HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}"));
    struct http_request request = request_of("POST");
    request.body = slice_sub(SLICE("{\"choose\":1}, and more"), 0, 12);
    ASSERT_OK(http_ask(&request, &answer)); /* its code is for the caller */
    CU_ASSERT_EQUAL(answer.code, 409);
    buf_done(&answer.body);
    CU_ASSERT(was_sent("POST /v1/status HTTP/1.1\r\n"));
    CU_ASSERT(was_sent("Content-Type: application/json\r\n"));
    CU_ASSERT(was_sent("Content-Length: 12\r\n"));
    CU_ASSERT(slice_ends(buf_slice(&server.request), SLICE("\r\n\r\n{\"choose\":1}")));
    CU_ASSERT_FALSE(was_sent("Expect"));
    end_server();
}

static void test_post_without_a_body(void)
{
    struct http_answer answer = { 0 };

    start_server(SLICE("HTTP/1.1 204 No Content\r\n\r\n"));
    struct http_request request = request_of("POST");
    ASSERT_OK(http_ask(&request, &answer));
    CU_ASSERT_EQUAL(answer.code, 204);
    CU_ASSERT_EQUAL(answer.body.len, 0);
    buf_done(&answer.body);
    CU_ASSERT(was_sent("Content-Length: 0\r\n"));
    end_server();
}

static void test_long_answers_are_refused(void)
{
    struct http_answer answer = { .code = 7 };

    start_server(SLICE("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"));
    struct http_request request = request_of("GET");
    request.answer_max_bytes = 9;
    struct status status = http_ask(&request, &answer);
    CU_ASSERT_EQUAL(status.code, STATUS_EXHAUSTED);
    CU_ASSERT_STRING_EQUAL(status.msg, "the answer is over 9 bytes");
    CU_ASSERT_EQUAL(answer.code, 7);
    end_server();
}

static void test_silence_times_out(void)
{
    struct http_answer answer = { 0 };

    start_server((struct slice){ 0 });
    struct http_request request = request_of("GET");
    request.timeout_ms = 50;
    ASSERT_CODE(http_ask(&request, &answer), STATUS_TIMEOUT);
    end_server();
}

static void test_broken_answers(void)
{
    struct http_answer answer = { 0 };

    start_server(SLICE("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123"));
    struct http_request request = request_of("GET");
    ASSERT_CODE(http_ask(&request, &answer), STATUS_UNAVAILABLE);
    end_server();
}

static void test_nobody_there(void)
{
    struct http_answer answer = { 0 };
    struct http_request request = request_of("GET");

    request.unix_socket = "/nonexistent/socket";
    ASSERT_CODE(http_ask(&request, &answer), STATUS_UNAVAILABLE);
    request.url = "gopher://redan/";
    ASSERT_CODE(http_ask(&request, &answer), STATUS_INVALID);
    request.url = "http://bad host/";
    ASSERT_CODE(http_ask(&request, &answer), STATUS_INVALID);
}

static CU_TestInfo tests[] = {
    { "GET", test_get },
    { "POST with a body", test_post_with_a_body },
    { "POST without a body", test_post_without_a_body },
    { "long answers are refused", test_long_answers_are_refused },
    { "silence times out", test_silence_times_out },
    { "broken answers", test_broken_answers },
    { "nobody there", test_nobody_there },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "http_client", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
