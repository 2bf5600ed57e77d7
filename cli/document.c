#include "cli/document.h"

#include <ctype.h>
#include <string.h>

#include "base/json.h"
#include "cli/report.h"

/* --- YAML ------------------------------------------------------------------------------------ */

/* Strings are always quoted: JSON's double quotes are YAML's, and `NO` stays text. */
static void put_scalar(struct buf *out, const struct json *value)
{
    struct json_writer writer = { .out = out };

    json_put_tree(&writer, value);
}

static bool is_inline(const struct json *value)
{
    bool nests = value->kind == JSON_ARRAY || value->kind == JSON_OBJECT;

    return !nests || value->first == NULL;
}

static void put_key(struct buf *out, struct slice key)
{
    bool plain = key.len > 0 && isalpha((unsigned char)key.ptr[0]) != 0;

    for (size_t i = 0; i < key.len; i++) {
        plain =
            plain && (isalnum((unsigned char)key.ptr[i]) != 0 || strchr("_.-", key.ptr[i]) != NULL);
    }
    if (plain && !slice_is(key, "true") && !slice_is(key, "null")) {
        buf_add_slice(out, key);
    } else {
        struct json_writer writer = { .out = out };
        json_put_text(&writer, key);
    }
}

static void put_blanks(struct buf *out, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++) {
        buf_add_cstr(out, "  ");
    }
}

/* The members below `value`; `started`: the first stands on the line of its dash. */
/* NOLINTNEXTLINE(misc-no-recursion): the reader of JSON bounds the depth */
static void put_yaml(struct buf *out, const struct json *value, unsigned depth, bool started)
{
    bool is_list = value->kind == JSON_ARRAY;

    for (const struct json *at = value->first; at != NULL; at = at->next) {
        if (!started) {
            put_blanks(out, depth);
        }
        started = false;
        if (is_list) {
            buf_add_cstr(out, "- ");
        } else {
            put_key(out, at->key);
            buf_add_char(out, ':');
        }
        if (is_inline(at)) {
            buf_add_cstr(out, is_list ? "" : " ");
            put_scalar(out, at);
            buf_add_char(out, '\n');
        } else {
            buf_add_cstr(out, is_list ? "" : "\n");
            put_yaml(out, at, depth + 1, is_list);
        }
    }
}

/* --- NDJSON ---------------------------------------------------------------------------------- */

static void put_line(struct buf *out, const struct json *value)
{
    put_scalar(out, value);
    buf_add_char(out, '\n');
}

static const struct json *list_of(const struct json *document)
{
    static const char *const names[] = { "items", "diagnostics", "rows" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct json *list = json_get(document, names[i]);
        if (list != NULL && list->kind == JSON_ARRAY) {
            return list;
        }
    }
    return NULL;
}

static void put_lines(struct buf *out, const struct json *document)
{
    struct json_writer writer = { .out = out };
    const struct json *list = list_of(document);

    buf_add_cstr(out, "{\"type\":\"version\",\"ui\":\"1.0\"}\n");
    if (list == NULL) {
        put_line(out, document);
        return;
    }
    for (const struct json *at = list->first; at != NULL; at = at->next) {
        put_line(out, at);
    }
    json_open_object(&writer);
    json_add_cstr(&writer, "type", "summary");
    for (const struct json *at = document->first; at != NULL; at = at->next) {
        if (at != list) {
            CLEANUP(arena_done) struct arena scratch = { 0 };
            json_key(&writer, arena_cstr(&scratch, at->key));
            json_put_tree(&writer, at);
        }
    }
    json_close_object(&writer);
    buf_add_char(out, '\n');
}

void document_print(struct cli *cli, struct slice text)
{
    CLEANUP(buf_done) struct buf out = { 0 };
    const struct json *document = NULL;

    if (cli->format != CLI_JSON || cli->shape == CLI_AS_JSON) {
        report_answer(text);
        return;
    }
    struct status status = json_read(&cli->arena, arena_copy(&cli->arena, text), &document);
    if (!status_ok(&status)) {
        (void)report_error(cli, CLI_INTERNAL, "%s", status.msg);
        return;
    }
    if (cli->shape == CLI_AS_LINES) {
        put_lines(&out, document);
    } else if (is_inline(document)) {
        put_line(&out, document);
    } else {
        put_yaml(&out, document, 0, false);
    }
    report_answer(buf_slice(&out));
}
