#include "orchestrator/http_guard.h"

#include <strings.h>

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* RFC 9110, section 5.6.2. */
static bool is_token_char(char c)
{
    struct slice marks = SLICE("!#$%&'*+-.^_`|~");

    return is_upper(c) || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           slice_find(marks, c) < marks.len;
}

static bool all(struct slice text, bool (*good)(char c))
{
    for (size_t i = 0; i < text.len; i++) {
        if (!good(text.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_target_char(char c)
{
    return c > ' ' && c < 0x7f;
}

/* Tab is the one control a value may hold. */
static bool is_value_char(char c)
{
    return ((unsigned char)c >= ' ' && c != 0x7f) || c == '\t';
}

static bool same_name(struct slice name, const char *wanted)
{
    struct slice other = slice_from(wanted);

    return name.len == other.len && strncasecmp(name.ptr, other.ptr, name.len) == 0;
}

/* How often the headers that frame a request occur, and one of each. */
struct framing {
    unsigned hosts, lengths, encodings;
    struct slice length, encoding;
};

static void note(struct framing *framing, const struct http_header *header)
{
    if (same_name(header->name, "host")) {
        framing->hosts++;
    } else if (same_name(header->name, "content-length")) {
        framing->lengths++;
        framing->length = header->value;
    } else if (same_name(header->name, "transfer-encoding")) {
        framing->encodings++;
        framing->encoding = header->value;
    }
}

static struct status check_line(const struct http_head *head)
{
    if (!slice_is(head->version, "HTTP/1.1") && !slice_is(head->version, "HTTP/1.0")) {
        return status_error(STATUS_INVALID, "HTTP/1.0 or HTTP/1.1 only");
    }
    if (head->method.len == 0 || !all(head->method, is_upper)) {
        return status_error(STATUS_INVALID, "a method is upper-case letters");
    }
    if (head->target.len > HTTP_TARGET_MAX) {
        return status_error(STATUS_EXHAUSTED, "request target over %d bytes", HTTP_TARGET_MAX);
    }
    if (head->target.len == 0 || head->target.ptr[0] != '/' || !all(head->target, is_target_char)) {
        return status_error(STATUS_INVALID, "a request target starts with `/` and holds no blanks");
    }
    return STATUS_SUCCESS;
}

static struct status check_headers(const struct http_head *head, struct framing *framing)
{
    if (head->header_count > HTTP_HEADERS_MAX) {
        return status_error(STATUS_EXHAUSTED, "over %d headers", HTTP_HEADERS_MAX);
    }
    for (size_t i = 0; i < head->header_count; i++) {
        const struct http_header *header = &head->headers[i];
        if (header->name.len == 0 || !all(header->name, is_token_char)) {
            return status_error(STATUS_INVALID, "a header name is not a token");
        }
        if (!all(header->value, is_value_char)) {
            return status_error(STATUS_INVALID, "a header value holds a control character");
        }
        note(framing, header);
    }
    return STATUS_SUCCESS;
}

static struct status check_framing(const struct framing *framing, bool is_old)
{
    if (framing->hosts > 1 || (framing->hosts == 0 && !is_old)) {
        return status_error(STATUS_INVALID, "exactly one Host is needed");
    }
    if (framing->lengths > 1 || framing->encodings > 1 ||
        (framing->lengths > 0 && framing->encodings > 0)) {
        return status_error(STATUS_INVALID, "the length of the body is given twice");
    }
    if (framing->lengths == 1 && (framing->length.len == 0 || !all(framing->length, is_digit))) {
        return status_error(STATUS_INVALID, "Content-Length is digits only");
    }
    if (framing->encodings == 1 && (is_old || !slice_is(framing->encoding, "chunked"))) {
        return status_error(STATUS_INVALID,
                            "Transfer-Encoding is `chunked`, in HTTP/1.1, or not there");
    }
    return STATUS_SUCCESS;
}

struct status http_guard(const struct http_head *head)
{
    struct framing framing = { .hosts = 0 };

    TRY(check_line(head));
    TRY(check_headers(head, &framing));
    return check_framing(&framing, slice_is(head->version, "HTTP/1.0"));
}
