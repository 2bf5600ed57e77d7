/* fake_api SOCKET FOLDER: redand's API as files say it. The answer to `GET /v1/plans?limit=5` is
 * the file "GET ,v1,plans?limit=5" in FOLDER: first line the status, of a POST second line the body
 * that must have been sent, then the answer's body. Without a file: 404, with the file's name.
 * Runs until SIGTERM; the transport is the real one. */
#include <stdio.h>
#include <string.h>

#include "base/actor.h"
#include "base/file.h"
#include "base/parse.h"
#include "orchestrator/http.h"

enum { FILE_BYTES_MAX = 1024 * 1024 };

struct fake {
    const char *socket;
    const char *folder;
    struct http_server *server;
};

static const char *file_name(struct arena *arena, const struct http_call *call)
{
    CLEANUP(buf_done) struct buf name = { 0 };

    buf_printf(&name, "%.*s %.*s", SLICE_ARG(call->method), SLICE_ARG(call->path));
    if (call->query.len > 0) {
        buf_printf(&name, "?%.*s", SLICE_ARG(call->query));
    }
    for (size_t i = 0; i < name.len; i++) {
        if (name.ptr[i] == '/') {
            name.ptr[i] = ',';
        }
    }
    return arena_cstr(arena, buf_slice(&name));
}

/* The reply that the file's text stands for. */
static struct http_reply read_reply(const struct http_call *call, struct slice text,
                                    struct buf *problem)
{
    struct http_reply reply = { .code = 200 };
    struct status status = parse_u32(slice_cut(&text, '\n'), 100, 599, &reply.code);

    if (status.code != STATUS_OK) {
        return http_problem_of(problem, &status);
    }
    if (slice_is(call->method, "POST")) {
        struct slice wanted = slice_cut(&text, '\n');
        if (!slice_eq(wanted, call->body)) {
            return http_problem(problem, 400, "invalid", false, call->body);
        }
    }
    reply.content_type = reply.code >= 400 ? HTTP_PROBLEM_TYPE : NULL;
    reply.body = text;
    return reply;
}

static void on_call(void *arg, const struct http_call *call)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(buf_done) struct buf problem = { 0 };
    struct fake *fake = arg;
    struct slice text = { 0 };
    struct http_reply reply = { 0 };
    const char *name = file_name(&arena, call);
    struct status status =
        file_load(&arena, file_path(&arena, fake->folder, name), FILE_BYTES_MAX, &text);

    if (status.code == STATUS_OK) {
        reply = read_reply(call, text, &problem);
    } else {
        reply = http_problem(&problem, 404, "not-found", false, slice_from(name));
    }
    status = http_reply(fake->server, call->id, &reply);
    (void)status; /* a client that is gone */
}

static struct status begin(struct actor_loop *loop, void *state)
{
    struct fake *fake = state;
    const struct http_spec spec = {
        .path = fake->socket, .mode = 0600, .group = (gid_t)-1, .call = on_call, .arg = fake
    };

    TRY(http_server_new(&spec, &fake->server));
    TRY(http_server_join(fake->server, loop));
    (void)puts("listening");
    (void)fflush(stdout);
    return STATUS_SUCCESS;
}

int main(int argc, char **argv)
{
    struct fake fake = { 0 };

    if (argc != 3) {
        (void)fprintf(stderr, "usage: fake_api SOCKET FOLDER\n");
        return 2;
    }
    fake.socket = argv[1];
    fake.folder = argv[2];
    actor_block_signals();
    struct status status = actor_run_root(begin, NULL, NULL, &fake);
    http_server_free(&fake.server);
    if (status.code != STATUS_OK) {
        (void)fprintf(stderr, "fake_api: %s\n", status.msg);
        return 1;
    }
    return 0;
}
