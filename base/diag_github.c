#include "base/diag_github.h"

#include <inttypes.h>

#include "base/diag_export.h"
#include "base/utf8.h"

static const char *const commands[] = {
    [DIAG_ERROR] = "error",
    [DIAG_WARNING] = "warning",
    [DIAG_NOTE] = "notice",
};

static bool is_special(uint32_t code, bool property)
{
    return code == '%' || code == '\r' || code == '\n' ||
           (property && (code == ':' || code == ','));
}

static void put_escaped(struct buf *out, struct slice text, bool property)
{
    while (text.len > 0) {
        uint32_t code = 0;
        size_t len = utf8_decode(text, &code);
        if (len == 0) {
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
        } else if (is_special(code, property)) {
            buf_printf(out, "%%%02" PRIX32, code);
        } else if (utf8_is_control(code) && code != '\t') {
            buf_printf(out, "\\u{%" PRIx32 "}", code);
        } else {
            buf_add_slice(out, slice_sub(text, 0, len));
        }
        text = slice_sub(text, len == 0 ? 1 : len, text.len);
    }
}

/* Columns of a finding over several lines would be dropped with a complaint. */
static void put_place(struct buf *out, struct diag_span span, const char *folder)
{
    CLEANUP(buf_done) struct buf path = { 0 };
    struct diag_place start = diag_span_start(span);
    struct diag_place end = diag_span_end(span);

    (void)diag_export_path(span.source->name, folder, &path);
    buf_add_cstr(out, "file=");
    put_escaped(out, buf_slice(&path), true);
    buf_printf(out, ",line=%" PRIu32 ",endLine=%" PRIu32, start.line, end.line);
    if (start.line == end.line) {
        buf_printf(out, ",col=%" PRIu32 ",endColumn=%" PRIu32, start.col, end.col);
    }
    buf_add_char(out, ',');
}

static void put_finding(struct buf *out, const struct diag *diag, const char *folder)
{
    CLEANUP(buf_done) struct buf words = { 0 };
    struct diag_span place = diag_export_place(diag);

    buf_printf(out, "::%s ", commands[diag->level]);
    if (place.source != NULL) {
        put_place(out, place, folder);
    }
    buf_printf(out, "title=RDN%04" PRIu32 "::", diag->code);
    diag_export_words(diag, &words);
    put_escaped(out, buf_slice(&words), false);
    buf_add_char(out, '\n');
}

void diag_github_annotate(enum diag_level level, struct slice title, struct slice text,
                          struct buf *out)
{
    buf_printf(out, "::%s title=", commands[level]);
    put_escaped(out, title, true);
    buf_add_cstr(out, "::");
    put_escaped(out, text, false);
    buf_add_char(out, '\n');
}

void diag_write_github(const struct diag_list *list, const char *folder, struct buf *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct diag_export findings = diag_export_of(&arena, list);

    for (size_t i = 0; i < findings.count; i++) {
        put_finding(out, findings.items[i], folder);
    }
    if (findings.count < findings.found) {
        buf_printf(out,
                   "::notice title=redan::Only %zu of %zu findings are listed, the worst first.\n",
                   findings.count, findings.found);
    }
}
