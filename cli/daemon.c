#include "cli/daemon.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/http_client.h"
#include "base/parse.h"
#include "cli/document.h"
#include "cli/report.h"
#include "cli/text.h"

enum {
    TIMEOUT_MS = 30 * 1000,
    COMPLETE_TIMEOUT_MS = 200,
    PAGE_ROWS = 500,
    ROWS_MAX = 1000 * 1000,
    PATH_BYTES_MAX = 2048
};
static const char default_endpoint[] = "unix:/run/redan/api.sock";

/* --- where and how long ---------------------------------------------------------------------- */

/* NULL, with the error printed, when the endpoint is not one. */
static const char *socket_path(const struct cli *cli, const char **out_endpoint)
{
    const char *set = getenv("REDAN_ENDPOINT"); /* NOLINT(concurrency-mt-unsafe): one thread */
    const char *endpoint = cli->values[OPTION_ENDPOINT];

    if (endpoint == NULL) {
        endpoint = set != NULL && set[0] != '\0' ? set : default_endpoint;
    }
    if (!slice_starts(slice_from(endpoint), SLICE("unix:/"))) {
        (void)report_error(cli, CLI_USAGE, "`%s` is not an endpoint", endpoint);
        report_help(cli, "endpoints look like `%s`", default_endpoint);
        return NULL;
    }
    *out_endpoint = endpoint;
    return endpoint + strlen("unix:");
}

static enum cli_exit timeout_ms(const struct cli *cli, uint32_t *out)
{
    int64_t ms = TIMEOUT_MS;
    const char *given = cli->values[OPTION_TIMEOUT];
    struct status status =
        given != NULL ? parse_duration_ms(slice_from(given), &ms) : STATUS_SUCCESS;

    if (!status_ok(&status) || ms <= 0 || ms > UINT32_MAX) {
        return report_error(cli, CLI_USAGE,
                            "--timeout: `%s` is not a duration above zero (like `30 s`)", given);
    }
    *out = (uint32_t)ms;
    return CLI_DONE;
}

/* --- what went wrong ------------------------------------------------------------------------- */

static enum cli_exit report_unreached(const struct cli *cli, const struct status *status,
                                      const char *endpoint)
{
    if (status->code == STATUS_TIMEOUT) {
        enum cli_exit code =
            report_error(cli, CLI_TIMEOUT, "redand at `%s` did not answer in time", endpoint);
        report_help(cli, "`--timeout` gives it longer");
        return code;
    }
    if (status->code == STATUS_EXHAUSTED) {
        return report_error(cli, CLI_INTERNAL, "%s", status->msg);
    }
    enum cli_exit code =
        report_error(cli, CLI_UNREACHABLE, "redand cannot be reached at `%s`", endpoint);
    report_note(cli, "%s", status->msg);
    if (access(endpoint + strlen("unix:"), F_OK) != 0) {
        report_help(cli,
                    "no such socket: start redand (`systemctl start redand`), or name its socket "
                    "by `--endpoint unix:PATH` or REDAN_ENDPOINT");
    } else if (access(endpoint + strlen("unix:"), R_OK | W_OK) != 0) {
        report_help(cli, "this user may not open the socket: join one of the groups redan-officer, "
                         "redan-operator, redan-auditor, or use sudo");
    } else {
        report_help(cli, "nobody listens there: is redand running? then try again");
    }
    return code;
}

static enum cli_exit exit_of_problem(struct slice word, long http_code)
{
    static const struct {
        const char *word;
        enum cli_exit code;
    } words[] = {
        { "invalid", CLI_USAGE },
        { "not-found", CLI_NOT_FOUND },
        { "denied", CLI_REFUSED },
        { "stale", CLI_STALE },
        { "conflict", CLI_NO },
        { "sla-invalid", CLI_NO },
        { "unavailable", CLI_UNREACHABLE },
        { "exhausted", CLI_UNREACHABLE },
        { "timeout", CLI_TIMEOUT },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (slice_is(word, words[i].word)) {
            return words[i].code;
        }
    }
    return http_code == 401 || http_code == 403 ? CLI_REFUSED : CLI_INTERNAL;
}

static void report_near(const struct cli *cli, const struct json *near)
{
    CLEANUP(buf_done) struct buf names = { 0 };

    if (near == NULL || near->kind != JSON_ARRAY) {
        return;
    }
    for (const struct json *at = near->first; at != NULL; at = at->next) {
        buf_printf(&names, "%s`%.*s`", names.len > 0 ? ", " : "", SLICE_ARG(at->text));
    }
    if (names.len > 0) {
        report_help(cli, "there is %s", names.ptr);
    }
}

static enum cli_exit report_problem(struct cli *cli, long http_code, const struct json *problem)
{
    struct slice word = json_text(problem, "code");
    struct slice detail = json_text(problem, "detail");
    const struct json *findings = json_get(problem, "diagnostics");
    const struct json *retryable = json_get(problem, "retryable");

    if (detail.len == 0) {
        detail = arena_printf(&cli->arena, "redand answered with status %ld", http_code);
    }
    enum cli_exit code =
        report_error(cli, exit_of_problem(word, http_code), "%.*s", SLICE_ARG(detail));
    for (const struct json *at = findings != NULL ? findings->first : NULL; at != NULL;
         at = at->next) {
        struct slice id = json_text(at, "code");
        struct slice message = json_text(at, "message");
        report_note(cli, "%.*s: %.*s", SLICE_ARG(id), SLICE_ARG(message));
    }
    report_near(cli, json_get(problem, "near"));
    if (retryable != NULL && retryable->truth) {
        report_note(cli, "nothing was changed; it is safe to try again");
    }
    return code;
}

/* --- one call -------------------------------------------------------------------------------- */

static enum cli_exit read_answer(struct cli *cli, const struct http_answer *answer,
                                 const struct json **out)
{
    const struct json *root = NULL;
    struct slice text = arena_copy(&cli->arena, buf_slice(&answer->body));
    struct status status = json_read(&cli->arena, text, &root);
    bool good = answer->code >= 200 && answer->code < 300;

    if (good && !status_ok(&status)) {
        return report_error(cli, CLI_INTERNAL, "redand's answer is not JSON: %s", status.msg);
    }
    if (!good) {
        return report_problem(cli, answer->code, status_ok(&status) ? root : NULL);
    }
    *out = root;
    return CLI_DONE;
}

static void cleanup_answer(struct http_answer *answer)
{
    buf_done(&answer->body);
}

static enum cli_exit ask(struct cli *cli, const char *method, const char *path, struct slice body,
                         const struct json **out)
{
    CLEANUP(cleanup_answer) struct http_answer answer = { 0 };
    const char *endpoint = NULL;
    struct http_request request = { .method = method,
                                    .unix_socket = socket_path(cli, &endpoint),
                                    .body = body,
                                    .answer_max_bytes = DAEMON_ANSWER_MAX };

    if (request.unix_socket == NULL) {
        return CLI_USAGE;
    }
    enum cli_exit code = timeout_ms(cli, &request.timeout_ms);
    if (code != CLI_DONE) {
        return code;
    }
    request.url = arena_printf(&cli->arena, "http://redan%s", path).ptr;
    struct status status = http_ask(&request, &answer);
    if (!status_ok(&status)) {
        return report_unreached(cli, &status, endpoint);
    }
    return read_answer(cli, &answer, out);
}

enum cli_exit daemon_get(struct cli *cli, const char *path, const struct json **out)
{
    return ask(cli, "GET", path, (struct slice){ 0 }, out);
}

enum cli_exit daemon_post(struct cli *cli, const char *path, struct slice body,
                          const struct json **out)
{
    return ask(cli, "POST", path, body, out);
}

/* --- paths ----------------------------------------------------------------------------------- */

const char *daemon_encode(struct arena *arena, struct slice text)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    CLEANUP(buf_done) struct buf out = { 0 };

    for (size_t i = 0; i < text.len; i++) {
        char byte = text.ptr[i];
        if (byte != '\0' && strchr(plain, byte) != NULL) {
            buf_add_char(&out, byte);
        } else {
            buf_printf(&out, "%%%02X", (unsigned)(unsigned char)byte);
        }
    }
    return arena_cstr(arena, buf_slice(&out));
}

const char *daemon_path(struct cli *cli, const char *collection, const char *id, const char *verb)
{
    struct slice bounded = slice_sub(slice_from(id), 0, PATH_BYTES_MAX);
    const char *encoded = daemon_encode(&cli->arena, bounded);

    return arena_printf(&cli->arena, "%s/%s%s%s", collection, encoded, verb != NULL ? "/" : "",
                        verb != NULL ? verb : "")
        .ptr;
}

/* --- lists ----------------------------------------------------------------------------------- */

static void add_items(struct cli *cli, struct daemon_list *list, const struct json *page)
{
    const struct json *items = json_get(page, "items");

    if (items == NULL || items->count == 0) {
        return;
    }
    const struct json **all =
        ARENA_NEW(&cli->arena, const struct json *, list->count + items->count);
    for (size_t i = 0; i < list->count; i++) {
        all[i] = list->items[i];
    }
    for (const struct json *at = items->first; at != NULL; at = at->next) {
        all[list->count++] = at;
    }
    list->items = all;
}

static enum cli_exit row_limit(const struct cli *cli, uint32_t *out)
{
    const char *given = cli->values[OPTION_LIMIT];
    struct status status = STATUS_SUCCESS;

    *out = DAEMON_ROWS_DEFAULT;
    if (given != NULL) {
        status = status_wrap(parse_u32(slice_from(given), 1, ROWS_MAX, out), "--limit");
    }
    return report_status(cli, status);
}

enum cli_exit daemon_list(struct cli *cli, const char *path, const char *query,
                          struct daemon_list *out)
{
    struct daemon_list list = { 0 };
    const struct json *page = NULL;
    uint32_t limit = 0;
    enum cli_exit code = row_limit(cli, &limit);

    do {
        if (code != CLI_DONE) {
            return code;
        }
        size_t wanted = limit - list.count < PAGE_ROWS ? limit - list.count : PAGE_ROWS;
        struct slice page_path = arena_printf(&cli->arena, "%s?limit=%zu%s%s", path, wanted,
                                              query[0] != '\0' ? "&" : "", query);
        if (list.more.ptr != NULL) {
            page_path = arena_printf(&cli->arena, "%s&after=%s", page_path.ptr,
                                     daemon_encode(&cli->arena, list.more));
        }
        code = daemon_get(cli, page_path.ptr, &page);
        if (code != CLI_DONE) {
            return code;
        }
        size_t before = list.count;
        add_items(cli, &list, page);
        struct slice more = json_text(page, "more");
        list.more = more.len > 0 && list.count > before ? more : (struct slice){ 0 };
        list.kind = json_text(page, "kind");
    } while (list.more.ptr != NULL && list.count < limit);
    *out = list;
    return CLI_DONE;
}

/* --- printing -------------------------------------------------------------------------------- */

void daemon_print(struct cli *cli, const struct json *answer)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = true };

    json_put_tree(&writer, answer);
    buf_add_char(&out, '\n');
    document_print(cli, buf_slice(&out));
}

void daemon_print_list(struct cli *cli, const struct daemon_list *list)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    struct json_writer writer = { .out = &out, .pretty = true };

    json_open_object(&writer);
    json_add_cstr(&writer, "apiVersion", "redan/v1");
    json_add_text(&writer, "kind", list->kind);
    json_key(&writer, "items");
    json_open_array(&writer);
    for (size_t i = 0; i < list->count; i++) {
        json_put_tree(&writer, list->items[i]);
    }
    json_close_array(&writer);
    json_key(&writer, "more");
    if (list->more.ptr != NULL) {
        json_put_text(&writer, list->more);
    } else {
        json_put_null(&writer);
    }
    json_close_object(&writer);
    buf_add_char(&out, '\n');
    document_print(cli, buf_slice(&out));
}

/* --- completion ------------------------------------------------------------------------------ */

void daemon_complete(struct cli *cli, const char *path, struct slice prefix)
{
    CLEANUP(cleanup_answer) struct http_answer answer = { 0 };
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *page = NULL;
    const char *endpoint = NULL;
    struct http_request request = { .method = "GET",
                                    .unix_socket = socket_path(cli, &endpoint),
                                    .timeout_ms = COMPLETE_TIMEOUT_MS,
                                    .answer_max_bytes = DAEMON_ANSWER_MAX };

    request.url = arena_printf(&cli->arena, "http://redan%s", path).ptr;
    struct status status = request.unix_socket != NULL
                               ? http_ask(&request, &answer)
                               : status_error(STATUS_INVALID, "no endpoint");
    if (!status_ok(&status) || answer.code != 200) {
        return;
    }
    status = json_read(&cli->arena, buf_slice(&answer.body), &page);
    const struct json *items = status_ok(&status) ? json_get(page, "items") : NULL;
    for (const struct json *at = items != NULL ? items->first : NULL; at != NULL; at = at->next) {
        struct slice id = json_text(at, "id");
        id = id.len > 0 ? id : json_text(at, "name");
        if (id.len > 0 && slice_starts(id, prefix)) {
            struct slice safe = text_safe(&cli->arena, id);
            buf_printf(&out, "%.*s\n", SLICE_ARG(safe));
        }
    }
    report_answer(buf_slice(&out));
}
