/* The server through its socket, in one thread: what a client sends and what comes back. */
#include "orchestrator/http.h"

#include "tests/suite.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { BODY_MAX = 1000, WAIT_MS = 5000, CLIENTS_MAX = 3, ANSWER_MAX = 4096 };

static struct http_server *server;
static struct clock_virtual now;
static struct clock_source clock_now;
static char path[200];

/* What the last call looked like, and how to answer it. */
static struct {
    unsigned count;
    uint64_t id;
    bool answer_later;
    char seen[4096]; /* "METHOD path?query body" */
    struct http_identity identity;
} last;

static void answer(uint64_t id, const char *text)
{
    struct http_reply reply = { .code = 200, .body = slice_from(text) };

    ASSERT_OK(http_reply(server, id, &reply));
}

static void on_call(void *arg, const struct http_call *call)
{
    (void)arg;
    last.count++;
    last.id = call->id;
    last.identity = call->identity;
    (void)snprintf(last.seen, sizeof(last.seen), "%.*s %.*s?%.*s %.*s", SLICE_ARG(call->method),
                   SLICE_ARG(call->path), SLICE_ARG(call->query), SLICE_ARG(call->body));
    if (!last.answer_later) {
        answer(call->id, last.seen);
    }
}

static void set_up(void)
{
    static unsigned count;
    struct http_spec spec = { .path = path,
                              .mode = 0600,
                              .group = (gid_t)-1,
                              .body_max = BODY_MAX,
                              .connections_max = CLIENTS_MAX,
                              .clock = &clock_now,
                              .call = on_call };

    memset(&last, 0, sizeof(last));
    now = (struct clock_virtual){ .mono_us = 1000000 };
    clock_now = clock_virtual_source(&now);
    (void)snprintf(path, sizeof(path), "%s/%u.sock", suite_folder(), count++);
    ASSERT_OK(http_server_new(&spec, &server));
    CU_ASSERT_PTR_NOT_NULL_FATAL(server);
}

static void tear_down(void)
{
    http_server_free(&server);
}

/* --- a client -------------------------------------------------------------------------------- */

static int dial(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(address.sun_path, path, strlen(path) + 1);
    CU_ASSERT_EQUAL_FATAL(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void say(int fd, struct slice text)
{
    CU_ASSERT_EQUAL(send(fd, text.ptr, text.len, MSG_NOSIGNAL), (ssize_t)text.len);
}

/* What has come back; `closed`: the server has hung up. */
struct heard {
    char text[ANSWER_MAX];
    size_t len;
    bool closed;
};

static void hear_some(int fd, struct heard *heard)
{
    while (!heard->closed && heard->len < ANSWER_MAX - 1) {
        ssize_t got = recv(fd, heard->text + heard->len, ANSWER_MAX - 1 - heard->len, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            break;
        }
        if (got <= 0) {
            heard->closed = true;
        } else {
            heard->len += (size_t)got;
        }
    }
    heard->text[heard->len] = '\0';
}

/* Serves until `fd` has something to read, or 5 s have passed. */
static bool serve(int fd)
{
    for (int waited_ms = 0; waited_ms < WAIT_MS;) {
        int wait_ms = http_server_wait_ms(server);
        struct pollfd items[] = { { .fd = http_server_fd(server), .events = POLLIN },
                                  { .fd = fd, .events = POLLIN } };
        int ready = poll(items, 2, wait_ms >= 0 && wait_ms < 100 ? wait_ms : 100);
        ASSERT_OK(http_server_run(server));
        if (ready > 0 && items[1].revents != 0) {
            return true;
        }
        waited_ms += ready > 0 ? 1 : 100;
    }
    return false;
}

/* Serves until nothing happens any more. */
static void settle(void)
{
    struct pollfd item = { .fd = http_server_fd(server), .events = POLLIN };

    do {
        ASSERT_OK(http_server_run(server));
    } while (http_server_wait_ms(server) == 0 || poll(&item, 1, 0) > 0);
}

static bool is_whole(const struct heard *heard)
{
    struct slice text = { heard->text, heard->len };
    size_t end = slice_find_text(text, SLICE("\r\n\r\n"));

    return end < text.len && text.ptr[text.len - 1] != '\n';
}

/* One answer with a body, or the end of the connection. */
static void hear(int fd, struct heard *heard)
{
    *heard = (struct heard){ .len = 0 };
    while (!heard->closed && !is_whole(heard) && serve(fd)) {
        hear_some(fd, heard);
    }
}

static bool says(const struct heard *heard, const char *wanted)
{
    bool there = strstr(heard->text, wanted) != NULL;

    if (!there) {
        (void)printf("  wanted `%s` in `%s`\n", wanted, heard->text);
    }
    return there;
}

/* --- ordinary use ---------------------------------------------------------------------------- */

static void test_a_request_is_seen_whole(void)
{
    struct heard heard;
    int fd = dial();

    say(fd, SLICE("POST /v1/x%20y?a=b&c HTTP/1.1\r\nHost: redan\r\nContent-Length: 5\r\n\r\nhe"));
    settle();
    CU_ASSERT_EQUAL(last.count, 0);
    say(fd, SLICE("llo"));
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 200 "));
    CU_ASSERT_TRUE(says(&heard, "Content-Type: application/json\r\n"));
    CU_ASSERT_TRUE(says(&heard, "Cache-Control: no-store\r\n"));
    CU_ASSERT_TRUE(says(&heard, "\r\n\r\nPOST /v1/x%20y?a=b&c hello"));
    CU_ASSERT_EQUAL(last.identity.uid, geteuid());
    CU_ASSERT_EQUAL(last.identity.pid, getpid());
    CU_ASSERT_EQUAL(last.identity.roles, HTTP_OFFICER | HTTP_OPERATOR | HTTP_AUDITOR);
    (void)close(fd);
}

static void test_a_chunked_body_is_put_together(void)
{
    struct heard heard;
    int fd = dial();

    say(fd, SLICE("POST /x HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "POST /x? hello"));
    (void)close(fd);
}

static void test_a_connection_carries_many_requests(void)
{
    struct heard heard;
    int fd = dial();

    for (unsigned i = 1; i <= 3; i++) {
        say(fd, SLICE("GET /x HTTP/1.1\r\nHost: r\r\n\r\n"));
        hear(fd, &heard);
        CU_ASSERT_TRUE(says(&heard, "GET /x?"));
        CU_ASSERT_EQUAL(last.count, i);
        CU_ASSERT_FALSE(heard.closed);
    }
    CU_ASSERT_EQUAL(http_server_stats(server).connections, 1);
    CU_ASSERT_EQUAL(http_server_stats(server).calls, 3);
    (void)close(fd);
    settle();
    CU_ASSERT_EQUAL(http_server_stats(server).open, 0);
}

static void test_requests_sent_at_once_are_answered_in_order(void)
{
    struct heard heard = { .len = 0 };
    int fd = dial();

    say(fd, SLICE("GET /1 HTTP/1.1\r\nHost: r\r\n\r\nGET /2 HTTP/1.1\r\nHost: r\r\n\r\n"));
    while (last.count < 2 && serve(fd)) {
        hear_some(fd, &heard);
    }
    settle();
    hear_some(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "GET /1?"));
    CU_ASSERT_TRUE(says(&heard, "GET /2?"));
    (void)close(fd);
}

static void test_a_head_request_gets_no_body(void)
{
    struct heard heard = { .len = 0 };
    int fd = dial();

    say(fd, SLICE("HEAD /x HTTP/1.1\r\nHost: r\r\n\r\n"));
    CU_ASSERT_TRUE(serve(fd));
    hear_some(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "Content-Length: 9\r\n"));
    CU_ASSERT_EQUAL(memcmp(heard.text + heard.len - 4, "\r\n\r\n", 4), 0);
    (void)close(fd);
}

static void test_an_answer_may_come_later(void)
{
    struct heard heard;
    int slow = dial();
    int quick = dial();

    last.answer_later = true;
    say(slow, SLICE("GET /slow HTTP/1.1\r\nHost: r\r\n\r\n"));
    settle();
    CU_ASSERT_EQUAL(last.count, 1);
    CU_ASSERT_EQUAL(http_server_stats(server).waiting, 1);
    uint64_t id = last.id;
    last.answer_later = false;
    say(quick, SLICE("GET /quick HTTP/1.1\r\nHost: r\r\n\r\n"));
    hear(quick, &heard);
    CU_ASSERT_TRUE(says(&heard, "GET /quick?"));
    answer(id, "at last");
    hear(slow, &heard);
    CU_ASSERT_TRUE(says(&heard, "\r\n\r\nat last"));
    struct http_reply again = { .code = 200 };
    ASSERT_CODE(http_reply(server, id, &again), STATUS_NOT_FOUND);
    say(slow, SLICE("GET /more HTTP/1.1\r\nHost: r\r\n\r\n"));
    hear(slow, &heard);
    CU_ASSERT_TRUE(says(&heard, "GET /more?"));
    (void)close(slow);
    (void)close(quick);
}

static void test_a_client_that_left_is_no_trouble(void)
{
    int fd = dial();

    last.answer_later = true;
    say(fd, SLICE("GET /slow HTTP/1.1\r\nHost: r\r\n\r\n"));
    settle();
    (void)close(fd);
    settle();
    answer(last.id, "nobody hears this");
    settle();
    CU_ASSERT_EQUAL(http_server_stats(server).open, 0);
    CU_ASSERT_EQUAL(http_server_stats(server).waiting, 0);
}

static void test_the_server_may_close_with_calls_waiting(void)
{
    struct heard heard = { .len = 0 };
    int fd = dial();

    last.answer_later = true;
    say(fd, SLICE("GET /slow HTTP/1.1\r\nHost: r\r\n\r\n"));
    settle();
    http_server_free(&server);
    hear_some(fd, &heard);
    CU_ASSERT_TRUE(heard.closed);
    CU_ASSERT_EQUAL(heard.len, 0);
    CU_ASSERT_NOT_EQUAL(access(path, F_OK), 0);
    (void)close(fd);
}

static void test_other_content_types_and_allow(void)
{
    struct heard heard;
    int fd = dial();
    struct http_reply reply = {
        .code = 405, .content_type = "text/plain", .allow = "GET, HEAD", .body = SLICE("no")
    };

    last.answer_later = true;
    say(fd, SLICE("PUT /x HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\n\r\n"));
    settle();
    ASSERT_OK(http_reply(server, last.id, &reply));
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 405 "));
    CU_ASSERT_TRUE(says(&heard, "Content-Type: text/plain\r\n"));
    CU_ASSERT_TRUE(says(&heard, "Allow: GET, HEAD\r\n"));
    (void)close(fd);
}

/* --- hostile use ----------------------------------------------------------------------------- */

#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: r\r\n\r\n"

/* Each is answered with 400 (or the connection ends), nothing is handed over, and what follows on
 * the connection is never read as a request. */
static const struct {
    const char *what;
    const char *text;
} probes[] = {
    { "Content-Length with Transfer-Encoding",
      "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\n\r\n" SMUGGLED },
    { "Transfer-Encoding with Content-Length",
      "POST /a HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
      "0\r\n\r\n" SMUGGLED },
    { "two Content-Lengths",
      "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\nContent-Length: 35\r\n\r\n" SMUGGLED },
    { "two equal Content-Lengths",
      "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" SMUGGLED },
    { "blank before the colon",
      "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length : 35\r\n\r\n" SMUGGLED },
    { "two Hosts", "GET /a HTTP/1.1\r\nHost: r\r\nHost: evil\r\n\r\n" SMUGGLED },
    { "no Host", "GET /a HTTP/1.1\r\nX: y\r\n\r\n" SMUGGLED },
    { "a header name that is no token", "GET /a HTTP/1.1\r\nHost: r\r\nX(y): z\r\n\r\n" SMUGGLED },
    { "a lower-case method", "get /a HTTP/1.1\r\nHost: r\r\n\r\n" SMUGGLED },
    { "a coding before chunked",
      "POST /a HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED },
    { "an unknown coding",
      "POST /a HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" SMUGGLED },
    { "chunked twice", "POST /a HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n"
                       "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED },
    { "chunked in HTTP/1.0",
      "POST /a HTTP/1.0\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" SMUGGLED },
    { "a signed length", "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: +0\r\n\r\n" SMUGGLED },
    { "a list of lengths", "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 0, 0\r\n\r\n" SMUGGLED },
    { "a bare CR in a value", "GET /a HTTP/1.1\r\nHost: r\r\nX: a\rb\r\n\r\n" SMUGGLED },
    { "another version", "GET /a HTTP/1.7\r\nHost: r\r\n\r\n" SMUGGLED },
    { "an absolute target", "GET http://evil/a HTTP/1.1\r\nHost: r\r\n\r\n" SMUGGLED },
};

static void test_requests_with_two_readings_are_refused(void)
{
    for (size_t i = 0; i < COUNT_OF(probes); i++) {
        struct heard heard = { .len = 0 };
        int fd = dial();
        unsigned before = last.count;

        say(fd, slice_from(probes[i].text));
        while (!heard.closed && serve(fd)) {
            hear_some(fd, &heard);
        }
        if (last.count != before || !heard.closed || strstr(heard.text, " 400 ") == NULL) {
            (void)printf("  %s: `%s`\n", probes[i].what, heard.text);
        }
        CU_ASSERT_EQUAL(last.count, before);
        CU_ASSERT_TRUE(heard.closed);
        CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, " 400 "));
        CU_ASSERT_PTR_NULL(strstr(heard.text, "smuggled"));
        (void)close(fd);
    }
    CU_ASSERT_TRUE(http_server_stats(server).refused >= 11);
}

static void test_a_body_over_the_limit_is_refused(void)
{
    static const char head[] = "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 1001\r\n\r\n";
    static const char exact[] = "POST /a HTTP/1.1\r\nHost: r\r\nContent-Length: 1000\r\n\r\n";
    char body[BODY_MAX];
    struct heard heard;
    int fd = dial();

    memset(body, 'x', sizeof(body));
    say(fd, slice_from(head));
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 413 "));
    CU_ASSERT_TRUE(says(&heard, "\"code\":\"invalid\""));
    (void)close(fd);
    CU_ASSERT_EQUAL(last.count, 0);

    fd = dial();
    say(fd, slice_from(exact));
    say(fd, (struct slice){ body, sizeof(body) });
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 200 "));
    (void)close(fd);
}

static void test_a_chunked_body_over_the_limit_is_refused(void)
{
    char body[BODY_MAX / 2];
    struct heard heard;
    int fd = dial();

    memset(body, 'x', sizeof(body));
    say(fd, SLICE("POST /a HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n"));
    for (int i = 0; i < 5; i++) {
        say(fd, SLICE("1f4\r\n")); /* 500 */
        say(fd, (struct slice){ body, sizeof(body) });
        say(fd, SLICE("\r\n"));
        settle();
    }
    say(fd, SLICE("0\r\n\r\n"));
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 413 "));
    CU_ASSERT_EQUAL(last.count, 0);
    CU_ASSERT_EQUAL(http_server_stats(server).too_large, 1);
    (void)close(fd);
}

static void test_endless_headers_are_refused(void)
{
    char line[1024];
    struct heard heard = { .len = 0 };
    int fd = dial();

    memset(line, 'x', sizeof(line));
    memcpy(line, "X: ", 3);
    memcpy(line + sizeof(line) - 2, "\r\n", 2);
    say(fd, SLICE("GET /a HTTP/1.1\r\nHost: r\r\n"));
    for (int i = 0; i < 64 && !heard.closed; i++) {
        if (send(fd, line, sizeof(line), MSG_NOSIGNAL) < 0) {
            break;
        }
        settle();
        hear_some(fd, &heard);
    }
    settle();
    hear_some(fd, &heard);
    CU_ASSERT_TRUE(heard.closed);
    CU_ASSERT_PTR_NOT_NULL(strstr(heard.text, " 431 "));
    CU_ASSERT_EQUAL(last.count, 0);
    (void)close(fd);
}

static void test_a_slow_client_is_cut_off(void)
{
    struct heard heard = { .len = 0 };
    int silent = dial();
    int trickling = dial();

    say(trickling, SLICE("GET /a HTTP/1.1\r\n"));
    settle();
    clock_virtual_advance(&now, (int64_t)HTTP_REQUEST_DEADLINE_MS * 1000);
    say(trickling, SLICE("X: y\r\n"));
    settle();
    hear_some(silent, &heard);
    CU_ASSERT_FALSE(heard.closed);
    clock_virtual_advance(&now, 1000);
    settle();
    hear_some(silent, &heard);
    CU_ASSERT_TRUE(heard.closed);
    heard = (struct heard){ .len = 0 };
    hear_some(trickling, &heard);
    CU_ASSERT_TRUE(heard.closed);
    CU_ASSERT_EQUAL(http_server_stats(server).timed_out, 2);
    CU_ASSERT_EQUAL(http_server_stats(server).open, 0);
    (void)close(silent);
    (void)close(trickling);
}

static void test_an_answer_that_never_comes_is_given_up(void)
{
    struct heard heard;
    int fd = dial();

    last.answer_later = true;
    say(fd, SLICE("GET /slow HTTP/1.1\r\nHost: r\r\n\r\n"));
    settle();
    clock_virtual_advance(&now, (int64_t)(HTTP_ANSWER_DEADLINE_MS + 1) * 1000);
    hear(fd, &heard);
    CU_ASSERT_TRUE(says(&heard, "HTTP/1.1 504 "));
    CU_ASSERT_TRUE(says(&heard, "\"retryable\":true"));
    struct http_reply late = { .code = 200 };
    ASSERT_CODE(http_reply(server, last.id, &late), STATUS_NOT_FOUND);
    (void)close(fd);
}

static void test_more_clients_than_allowed_wait(void)
{
    int fds[CLIENTS_MAX];
    struct heard heard;

    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        fds[i] = dial();
    }
    settle();
    CU_ASSERT_EQUAL(http_server_stats(server).open, CLIENTS_MAX);
    int extra = dial();
    say(extra, SLICE("GET /extra HTTP/1.1\r\nHost: r\r\n\r\n"));
    settle();
    CU_ASSERT_EQUAL(last.count, 0);
    CU_ASSERT_EQUAL(http_server_stats(server).open, CLIENTS_MAX);
    (void)close(fds[0]);
    hear(extra, &heard);
    CU_ASSERT_TRUE(says(&heard, "GET /extra?"));
    (void)close(extra);
    (void)close(fds[1]);
    (void)close(fds[2]);
}

static CU_TestInfo tests[] = {
    { "a request is seen whole", test_a_request_is_seen_whole },
    { "a chunked body is put together", test_a_chunked_body_is_put_together },
    { "a connection carries many requests", test_a_connection_carries_many_requests },
    { "requests sent at once are answered in order",
      test_requests_sent_at_once_are_answered_in_order },
    { "a HEAD request gets no body", test_a_head_request_gets_no_body },
    { "an answer may come later", test_an_answer_may_come_later },
    { "a client that left is no trouble", test_a_client_that_left_is_no_trouble },
    { "the server may close with calls waiting", test_the_server_may_close_with_calls_waiting },
    { "other content types and Allow", test_other_content_types_and_allow },
    { "requests with two readings are refused", test_requests_with_two_readings_are_refused },
    { "a body over the limit is refused", test_a_body_over_the_limit_is_refused },
    { "a chunked body over the limit is refused", test_a_chunked_body_over_the_limit_is_refused },
    { "endless headers are refused", test_endless_headers_are_refused },
    { "a slow client is cut off", test_a_slow_client_is_cut_off },
    { "an answer that never comes is given up", test_an_answer_that_never_comes_is_given_up },
    { "more clients than allowed wait", test_more_clients_than_allowed_wait },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "server", NULL, NULL, set_up, tear_down, tests },
    CU_SUITE_INFO_NULL,
};
