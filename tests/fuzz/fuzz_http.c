/* The HTTP layer below libmicrohttpd: guard, router and query of any head. What the guard lets
 * through has one reading; what the router decodes is plain text without controls. */
#include "base/buf.h"
#include "orchestrator/http_guard.h"
#include "orchestrator/route.h"
#include "tests/fuzz/fuzz.h"

#include <strings.h>

static struct status run_nothing(void *request, const struct route_match *match)
{
    (void)request;
    (void)match;
    return STATUS_SUCCESS;
}

static const struct route routes[] = {
    { "GET", "/healthz", HTTP_ANYONE, run_nothing },
    { "GET", "/v1/plans", HTTP_ANYONE, run_nothing },
    { "GET", "/v1/plans/{id}", HTTP_ANYONE, run_nothing },
    { "POST", "/v1/plans/{id}/approve", HTTP_OFFICER, run_nothing },
    { "GET", "/{a}/{b}/{c}/{d}", HTTP_ANYONE, run_nothing },
};

static void check_plain(struct slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        FUZZ_CHECK((unsigned char)text.ptr[i] >= ' ' && text.ptr[i] != 0x7f);
    }
}

static bool is_named(const struct http_header *header, const char *name)
{
    return header->name.len == slice_from(name).len &&
           strncasecmp(header->name.ptr, name, header->name.len) == 0;
}

/* The rule that matters, counted a second time. */
static void check_framing(const struct http_head *head)
{
    unsigned hosts = 0;
    unsigned lengths = 0;
    unsigned encodings = 0;

    for (size_t i = 0; i < head->header_count; i++) {
        hosts += is_named(&head->headers[i], "host") ? 1 : 0;
        lengths += is_named(&head->headers[i], "content-length") ? 1 : 0;
        encodings += is_named(&head->headers[i], "transfer-encoding") ? 1 : 0;
        check_plain(head->headers[i].name);
    }
    FUZZ_CHECK(hosts <= 1 && lengths + encodings <= 1);
}

static void ask_query(struct slice query, struct arena *arena)
{
    static const char *const known[] = { "limit", "after", NULL };
    struct slice text = { .ptr = NULL };
    uint64_t number = 0;
    struct status status = query_check(query, known, arena);

    (void)status; /* refusing is as good as taking */
    status = query_text(query, "after", arena, &text);
    if (status_ok(&status)) {
        check_plain(text);
    }
    status = query_number(query, "limit", 1, 1000, 100, arena, &number);
    FUZZ_CHECK(!status_ok(&status) || (number >= 1 && number <= 1000));
}

static void ask_router(const struct http_head *head, struct arena *arena)
{
    const struct route *route = NULL;
    struct route_match match = { .param_count = 0 };
    struct slice query = head->target;
    struct slice path = slice_cut(&query, '?');
    char allow[ROUTE_ALLOW_MAX];
    enum route_outcome outcome =
        route_find(routes, COUNT_OF(routes), head->method, path, 0, arena, &route, &match, allow);

    FUZZ_CHECK((outcome == ROUTE_FOUND) == (route != NULL));
    for (size_t i = 0; i < match.param_count; i++) {
        FUZZ_CHECK(match.params[i].len > 0 &&
                   slice_find(match.params[i], '/') == match.params[i].len);
        check_plain(match.params[i]);
    }
    ask_query(query, arena);
}

static struct slice take_line(struct slice *rest)
{
    struct slice line = slice_cut(rest, '\n');

    return slice_ends(line, SLICE("\r")) ? slice_sub(line, 0, line.len - 1) : line;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct http_header headers[HTTP_HEADERS_MAX + 1];
    struct slice rest = { (const char *)bytes, size };
    struct slice line = take_line(&rest);
    struct http_head head = { .headers = headers };

    head.method = slice_cut(&line, ' ');
    head.target = slice_cut(&line, ' ');
    head.version = line;
    while (rest.len > 0 && head.header_count < COUNT_OF(headers)) {
        struct slice value = take_line(&rest);
        struct slice name = slice_cut(&value, ':');
        headers[head.header_count++] = (struct http_header){ name, slice_trim(value) };
    }
    struct status status = http_guard(&head);
    if (status_ok(&status)) {
        check_framing(&head);
        ask_router(&head, &arena);
    }
    return 0;
}
