#include "base/json.h"
#include "orchestrator/http.h"

#include <assert.h>

struct title {
    unsigned code;
    const char *text;
};

static const struct title titles[] = {
    { 400, "Bad Request" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 413, "Content Too Large" },
    { 422, "Unprocessable Content" },
    { 431, "Request Header Fields Too Large" },
    { 500, "Internal Server Error" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
};

static const char *title_of(unsigned code)
{
    for (size_t i = 0; i < COUNT_OF(titles); i++) {
        if (titles[i].code == code) {
            return titles[i].text;
        }
    }
    return "Error";
}

void http_problem_open(struct json_writer *writer, unsigned http_code, const char *code,
                       bool retryable, struct slice detail)
{
    json_open_object(writer);
    json_add_cstr(writer, "type", "about:blank");
    json_add_cstr(writer, "title", title_of(http_code));
    json_add_i64(writer, "status", http_code);
    json_add_text(writer, "detail", detail);
    json_add_cstr(writer, "code", code);
    json_add_bool(writer, "retryable", retryable);
}

struct http_reply http_problem(struct buf *out, unsigned http_code, const char *code,
                               bool retryable, struct slice detail)
{
    struct json_writer writer = { .out = out };
    size_t before = out->len;

    http_problem_open(&writer, http_code, code, retryable, detail);
    json_close_object(&writer);
    return (struct http_reply){ .code = http_code,
                                .content_type = HTTP_PROBLEM_TYPE,
                                .body = slice_sub(buf_slice(out), before, out->len) };
}

static const struct http_verdict verdicts[] = {
    [STATUS_OK] = { 500, "internal", false },
    [STATUS_INVALID] = { 400, "invalid", false },
    [STATUS_NOT_FOUND] = { 404, "not-found", false },
    [STATUS_CONFLICT] = { 409, "conflict", false },
    [STATUS_DENIED] = { 403, "denied", false },
    [STATUS_UNAVAILABLE] = { 503, "unavailable", true },
    [STATUS_UNSUPPORTED] = { 409, "conflict", false },
    [STATUS_EXHAUSTED] = { 503, "exhausted", true },
    [STATUS_TIMEOUT] = { 504, "timeout", true },
    [STATUS_CORRUPT] = { 500, "internal", false },
    [STATUS_INTERNAL] = { 500, "internal", false },
};

struct http_verdict http_verdict_of(enum status_code code)
{
    assert((size_t)code < COUNT_OF(verdicts));
    return verdicts[code];
}

struct http_reply http_problem_of(struct buf *out, const struct status *status)
{
    struct http_verdict verdict = http_verdict_of(status->code);

    return http_problem(out, verdict.http_code, verdict.word, verdict.retryable,
                        slice_from(status->msg));
}
