#include "orchestrator/http_guard.h"

#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { HEADERS_MAX = 4 };

/* A header as "Name|value"; rows end with NULL. */
struct row {
    const char *what;
    const char *method, *target, *version;
    const char *headers[HEADERS_MAX];
    const char *message; /* NULL: accepted */
};

#define LENGTH_TWICE "the length of the body is given twice"
#define DIGITS       "Content-Length is digits only"
#define ENCODING     "Transfer-Encoding is `chunked`, in HTTP/1.1, or not there"
#define HOST         "exactly one Host is needed"
#define METHOD       "a method is upper-case letters"
#define TARGET       "a request target starts with `/` and holds no blanks"
#define TOKEN        "a header name is not a token"
#define CONTROL      "a header value holds a control character"

static const struct row rows[] = {
    { "plain", "GET", "/v1", "HTTP/1.1", { "Host|x" }, NULL },
    { "body", "POST", "/v1", "HTTP/1.1", { "Host|x", "Content-Length|12" }, NULL },
    { "chunks", "POST", "/v1", "HTTP/1.1", { "Host|x", "transfer-encoding|chunked" }, NULL },
    { "old", "GET", "/", "HTTP/1.0", { NULL }, NULL },
    { "odd but fine", "GET", "/a?b=%20", "HTTP/1.1", { "HOST|", "x!#$%&'*+-.^_`|~|\t" }, NULL },
    { "utf-8 value", "GET", "/", "HTTP/1.1", { "Host|x", "X|\xc3\xa9" }, NULL },

    { "both",
      "POST",
      "/",
      "HTTP/1.1",
      { "Host|x", "Content-Length|4", "Transfer-Encoding|chunked" },
      LENGTH_TWICE },
    { "two lengths",
      "POST",
      "/",
      "HTTP/1.1",
      { "Host|x", "Content-Length|4", "content-length|5" },
      LENGTH_TWICE },
    { "two equal lengths",
      "POST",
      "/",
      "HTTP/1.1",
      { "Host|x", "Content-Length|4", "Content-Length|4" },
      LENGTH_TWICE },
    { "two encodings",
      "POST",
      "/",
      "HTTP/1.1",
      { "Host|x", "Transfer-Encoding|chunked", "Transfer-Encoding|chunked" },
      LENGTH_TWICE },
    { "signed length", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length|+4" }, DIGITS },
    { "list of lengths", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length|4, 4" }, DIGITS },
    { "hex length", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length|0x4" }, DIGITS },
    { "empty length", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length|" }, DIGITS },
    { "blank in length", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length|1 2" }, DIGITS },
    { "blank before colon", "POST", "/", "HTTP/1.1", { "Host|x", "Content-Length |4" }, TOKEN },
    { "identity", "POST", "/", "HTTP/1.1", { "Host|x", "Transfer-Encoding|identity" }, ENCODING },
    { "gzip, chunked",
      "POST",
      "/",
      "HTTP/1.1",
      { "Host|x", "Transfer-Encoding|gzip, chunked" },
      ENCODING },
    { "Chunked", "POST", "/", "HTTP/1.1", { "Host|x", "Transfer-Encoding|Chunked" }, ENCODING },
    { "chunked in 1.0",
      "POST",
      "/",
      "HTTP/1.0",
      { "Host|x", "Transfer-Encoding|chunked" },
      ENCODING },
    { "no host", "GET", "/", "HTTP/1.1", { "X|y" }, HOST },
    { "two hosts", "GET", "/", "HTTP/1.1", { "Host|x", "host|x" }, HOST },
    { "two hosts in 1.0", "GET", "/", "HTTP/1.0", { "Host|x", "host|x" }, HOST },
    { "lower-case method", "get", "/", "HTTP/1.1", { "Host|x" }, METHOD },
    { "odd method", "G=T", "/", "HTTP/1.1", { "Host|x" }, METHOD },
    { "no method", "", "/", "HTTP/1.1", { "Host|x" }, METHOD },
    { "absolute target", "GET", "http://x/", "HTTP/1.1", { "Host|x" }, TARGET },
    { "star", "OPTIONS", "*", "HTTP/1.1", { "Host|x" }, TARGET },
    { "no target", "GET", "", "HTTP/1.1", { "Host|x" }, TARGET },
    { "blank in target", "GET", "/a b", "HTTP/1.1", { "Host|x" }, TARGET },
    { "DEL in target", "GET", "/\x7f", "HTTP/1.1", { "Host|x" }, TARGET },
    { "byte over 127 in target", "GET", "/\xc3\xa9", "HTTP/1.1", { "Host|x" }, TARGET },
    { "version 2", "GET", "/", "HTTP/2.0", { "Host|x" }, "HTTP/1.0 or HTTP/1.1 only" },
    { "version 0.9", "GET", "/", "", { "Host|x" }, "HTTP/1.0 or HTTP/1.1 only" },
    { "empty name", "GET", "/", "HTTP/1.1", { "Host|x", "|y" }, TOKEN },
    { "name with tab", "GET", "/", "HTTP/1.1", { "Host|x", "X\t|y" }, TOKEN },
    { "name with high byte", "GET", "/", "HTTP/1.1", { "Host|x", "X\xff|y" }, TOKEN },
    { "bare CR in value", "GET", "/", "HTTP/1.1", { "Host|x", "X|a\rb" }, CONTROL },
    { "LF in value", "GET", "/", "HTTP/1.1", { "Host|x", "X|a\nb" }, CONTROL },
    { "DEL in value", "GET", "/", "HTTP/1.1", { "Host|x", "X|\x7f" }, CONTROL },
};

static size_t split_headers(const struct row *row, struct http_header out[HEADERS_MAX])
{
    size_t count = 0;

    while (count < HEADERS_MAX && row->headers[count] != NULL) {
        struct slice text = slice_from(row->headers[count]);
        size_t bar = slice_rfind(text, '|');
        out[count] =
            (struct http_header){ slice_sub(text, 0, bar), slice_sub(text, bar + 1, text.len) };
        count++;
    }
    return count;
}

static void test_each_rule(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct http_header headers[HEADERS_MAX];
        size_t count = split_headers(&rows[i], headers);
        struct status status =
            http_guard(&(struct http_head){ .method = slice_from(rows[i].method),
                                            .target = slice_from(rows[i].target),
                                            .version = slice_from(rows[i].version),
                                            .headers = headers,
                                            .header_count = count });
        const char *wanted = rows[i].message != NULL ? rows[i].message : "";
        if (strcmp(status.msg, wanted) != 0) {
            (void)printf("  %s: `%s`\n", rows[i].what, status.msg);
        }
        CU_ASSERT_STRING_EQUAL(status.msg, wanted);
        CU_ASSERT_EQUAL(status.code, rows[i].message != NULL ? STATUS_INVALID : STATUS_OK);
    }
}

static void test_a_NUL_is_a_control_character(void)
{
    const struct http_header headers[] = { { SLICE("Host"), SLICE("x") },
                                           { SLICE("X"), SLICE("a\0b") } };
    struct status status = http_guard(&(struct http_head){ .method = SLICE("GET"),
                                                           .target = SLICE("/"),
                                                           .version = SLICE("HTTP/1.1"),
                                                           .headers = headers,
                                                           .header_count = 2 });

    CU_ASSERT_STRING_EQUAL(status.msg, CONTROL);
}

static void test_limits(void)
{
    static char long_target[HTTP_TARGET_MAX + 1];
    struct http_header headers[HTTP_HEADERS_MAX + 1];
    struct http_head head = { .method = SLICE("GET"),
                              .target = SLICE("/"),
                              .version = SLICE("HTTP/1.1"),
                              .headers = headers,
                              .header_count = HTTP_HEADERS_MAX };

    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        headers[i] = (struct http_header){ i == 0 ? SLICE("Host") : SLICE("X"), SLICE("y") };
    }
    ASSERT_OK(http_guard(&head));
    head.header_count++;
    ASSERT_CODE(http_guard(&head), STATUS_EXHAUSTED);
    head.header_count = 1;
    memset(long_target, '/', sizeof(long_target));
    head.target = (struct slice){ long_target, HTTP_TARGET_MAX };
    ASSERT_OK(http_guard(&head));
    head.target.len++;
    ASSERT_CODE(http_guard(&head), STATUS_EXHAUSTED);
}

static CU_TestInfo tests[] = {
    { "each rule", test_each_rule },
    { "a NUL is a control character", test_a_NUL_is_a_control_character },
    { "limits", test_limits },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "guard", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
