#include <stdio.h>

#include "base/diag.h"

static void write_place(struct json_writer *writer, const struct diag_span *span)
{
    struct diag_place start = diag_span_start(*span);
    struct diag_place end = diag_span_end(*span);

    json_add_cstr(writer, "file", span->source->name);
    json_add_i64(writer, "line", start.line);
    json_add_i64(writer, "col", start.col);
    json_add_i64(writer, "endLine", end.line);
    json_add_i64(writer, "endCol", end.col);
    json_add_i64(writer, "byte", span->byte);
    json_add_i64(writer, "byteEnd", span->byte_end);
}

static void write_span(struct json_writer *writer, const struct diag_span *span, struct slice label,
                       bool primary)
{
    if (span->source == NULL) {
        return;
    }
    json_open_object(writer);
    write_place(writer, span);
    json_add_bool(writer, "primary", primary);
    json_add_text(writer, "label", label);
    json_close_object(writer);
}

static void write_texts(struct json_writer *writer, const char *key, const struct diag_text *texts)
{
    json_key(writer, key);
    json_open_array(writer);
    for (const struct diag_text *at = texts; at != NULL; at = at->next) {
        json_put_text(writer, at->text);
    }
    json_close_array(writer);
}

static void write_fix(struct json_writer *writer, const struct diag_fix *fix)
{
    json_open_object(writer);
    json_add_text(writer, "title", fix->title);
    json_add_bool(writer, "safe", fix->safe);
    json_key(writer, "edits");
    json_open_array(writer);
    for (const struct diag_edit *edit = fix->edits; edit != NULL; edit = edit->next) {
        json_open_object(writer);
        write_place(writer, &edit->span);
        json_add_text(writer, "text", edit->text);
        json_close_object(writer);
    }
    json_close_array(writer);
    json_close_object(writer);
}

static void write_spans(struct json_writer *writer, const struct diag *diag)
{
    json_key(writer, "spans");
    json_open_array(writer);
    write_span(writer, &diag->span, diag->label, true);
    for (const struct diag_label *at = diag->labels; at != NULL; at = at->next) {
        write_span(writer, &at->span, at->text, false);
    }
    json_close_array(writer);
}

void diag_write_json(const struct diag *diag, struct json_writer *writer)
{
    CLEANUP(buf_done) struct buf rendered = { 0 };
    char code[16];

    (void)snprintf(code, sizeof(code), "RDN%04u", diag->code);
    json_open_object(writer);
    json_add_cstr(writer, "type", "diagnostic");
    json_add_cstr(writer, "code", code);
    json_add_cstr(writer, "level", diag_level_name(diag->level));
    json_add_text(writer, "message", diag->message);
    write_spans(writer, diag);
    write_texts(writer, "notes", diag->notes);
    write_texts(writer, "help", diag->helps);
    json_key(writer, "fixes");
    json_open_array(writer);
    for (const struct diag_fix *at = diag->fixes; at != NULL; at = at->next) {
        write_fix(writer, at);
    }
    json_close_array(writer);
    diag_render(diag, (struct diag_style){ 0 }, &rendered);
    json_add_text(writer, "rendered", buf_slice(&rendered));
    json_close_object(writer);
}
