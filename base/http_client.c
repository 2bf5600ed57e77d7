#include "base/http_client.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>

static void init_library(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void cleanup_handle(CURL **handle)
{
    curl_easy_cleanup(*handle);
}

static void cleanup_list(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

/* Less than all of it tells libcurl to stop. */
static size_t on_bytes(char *bytes, size_t size, size_t count, void *arg)
{
    struct buf *body = arg;

    buf_add(body, bytes, size * count);
    return body->overflow ? 0 : size * count;
}

static void add_header(struct curl_slist **list, const char *header)
{
    struct curl_slist *longer = curl_slist_append(*list, header);

    if (longer == NULL) {
        abort();
    }
    *list = longer;
}

static void set_target(CURL *handle, const struct http_request *request)
{
    (void)curl_easy_setopt(handle, CURLOPT_URL, request->url);
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_NOPROXY, "*"); /* no proxy from the environment */
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L); /* other threads */
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    if (request->unix_socket != NULL) {
        (void)curl_easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    }
}

/* Every method but GET has a body, if an empty one: servers want its length. */
static void set_body(CURL *handle, const struct http_request *request, struct curl_slist **headers)
{
    if (strcmp(request->method, "GET") != 0) {
        const char *body = request->body.len > 0 ? request->body.ptr : "";
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
        (void)curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request->method);
        add_header(headers, "Content-Type: application/json");
        add_header(headers, "Expect:"); /* no waiting for "100 Continue" */
    }
    for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
        add_header(headers, request->headers[i]);
    }
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, *headers);
}

/* libcurl's own words speak of a host and a port, which a unix socket has not. */
static struct status not_connected(CURL *handle)
{
    long number = 0;

    (void)curl_easy_getinfo(handle, CURLINFO_OS_ERRNO, &number);
    const char *why = number > 0 ? strerrordesc_np((int)number) : NULL;
    return status_error(STATUS_UNAVAILABLE, "%s", why != NULL ? why : "no connection");
}

static struct status outcome(CURL *handle, bool unix_socket, CURLcode code, const char *detail,
                             const struct buf *body)
{
    if (code == CURLE_OK) {
        return STATUS_SUCCESS;
    }
    const char *reason = detail[0] != '\0' ? detail : curl_easy_strerror(code);
    if (body->overflow) {
        return status_error(STATUS_EXHAUSTED, "the answer is over %zu bytes", body->limit);
    }
    if (code == CURLE_OPERATION_TIMEDOUT) {
        return status_error(STATUS_TIMEOUT, "%s", reason);
    }
    if (code == CURLE_COULDNT_CONNECT && unix_socket) {
        return not_connected(handle);
    }
    bool ours = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    return status_error(ours ? STATUS_INVALID : STATUS_UNAVAILABLE, "%s", reason);
}

struct status http_ask(const struct http_request *request, struct http_answer *answer)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    CLEANUP(cleanup_list) struct curl_slist *headers = NULL;
    CLEANUP(buf_done) struct buf body = { .limit = request->answer_max_bytes };
    char detail[CURL_ERROR_SIZE] = "";
    long http_code = 0;

    (void)pthread_once(&once, init_library);
    CLEANUP(cleanup_handle) CURL *handle = curl_easy_init();
    if (handle == NULL) {
        return status_error(STATUS_UNAVAILABLE, "libcurl does not start");
    }
    set_target(handle, request);
    set_body(handle, request, &headers);
    (void)curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_bytes);
    (void)curl_easy_setopt(handle, CURLOPT_WRITEDATA, &body);
    CURLcode code = curl_easy_perform(handle);
    TRY(outcome(handle, request->unix_socket != NULL, code, detail, &body));
    (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_code);
    *answer = (struct http_answer){ .code = http_code, .body = body };
    body.ptr = NULL; /* it is the caller's now */
    return STATUS_SUCCESS;
}
