#include "base/yaml_text.h"

#include "base/utf8.h"
#include "base/yaml.h"
#include "base/yaml_cursor.h"

enum {
    CODE_CHARACTER = 102,
    CODE_SIZE = 109,
    CHARACTER_REPORTS_MAX = 20,
    BYTE_ORDER_MARK = 0xFEFF,
    DELETE = 0x7F
};

/* --- which characters ------------------------------------------------------------------------ */

/* Of the first character of `rest`, of `len` bytes; 0: it is not UTF-8. */
static bool is_refused(size_t len, uint32_t code, struct slice rest)
{
    if (len == 0) {
        return true;
    }
    if (code == '\r') {
        return rest.len < 2 || rest.ptr[1] != '\n'; /* a line break of its own only in YAML 1.1 */
    }
    if (code == '\t' || code == '\n') {
        return false;
    }
    return utf8_is_control(code) || code == BYTE_ORDER_MARK || code == 0xFFFE || code == 0xFFFF;
}

static size_t decode_at(const struct yaml_cursor *at, uint32_t *out, struct slice *out_rest)
{
    struct slice text = at->source->text;

    *out_rest = slice_sub(text, at->byte, text.len);
    return utf8_decode(*out_rest, out);
}

/* One finding for a run of them: a file that is no text at all would have thousands. True: it is no
 * text, the rest need not be looked at. */
static bool report_run(struct diag_list *diags, struct yaml_cursor *at)
{
    struct yaml_cursor from = *at;
    struct slice rest = { 0 };
    uint32_t first = 0;
    uint32_t code = 0;
    size_t first_len = decode_at(at, &first, &rest);
    size_t len = 0;

    do {
        yaml_cursor_step(at);
        len = decode_at(at, &code, &rest);
    } while (rest.len > 0 && is_refused(len, code, rest));
    struct diag_span span = yaml_cursor_span(&from, at);
    struct diag *diag = NULL;
    if (first_len == 0) {
        unsigned byte = (unsigned char)from.source->text.ptr[from.byte];
        diag = diag_add(diags, DIAG_ERROR, CODE_CHARACTER, span,
                        "the text is not UTF-8 (byte 0x%02x)", byte);
        diag_help(diags, diag, "save the file as UTF-8");
        return true;
    }
    diag =
        diag_add(diags, DIAG_ERROR, CODE_CHARACTER, span, "character U+%04X is not allowed", first);
    diag_label(diags, diag, "it changes the text without being seen");
    diag_help(diags, diag, "remove it, or write it as an escape in double quotes");
    return false;
}

/* A zero byte: a program, an archive, UTF-16. Told once, where it stands. */
static bool is_binary(const struct diag_source *source, struct diag_list *diags)
{
    struct yaml_cursor at;
    size_t zero = slice_find(source->text, '\0');

    if (zero == source->text.len) {
        return false;
    }
    yaml_cursor_start(&at, source);
    while (at.byte < zero) {
        yaml_cursor_step(&at);
    }
    struct yaml_cursor from = at;
    yaml_cursor_step(&at);
    struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_CHARACTER, yaml_cursor_span(&from, &at),
                                 "this is no text: it holds a zero byte");
    diag_help(diags, diag, "save the file as UTF-8");
    return true;
}

/* Past the bytes that need no look: printable ASCII, tabs and line feeds. Most texts are nothing
 * else, so this is what checking them costs. False: the end. */
static bool skip_plain(struct yaml_cursor *at)
{
    struct slice text = at->source->text;
    size_t byte = at->byte;

    for (; byte < text.len; byte++) {
        unsigned char c = (unsigned char)text.ptr[byte];
        at->col++;
        if (c == '\n') {
            at->line++;
            at->col = 1;
        } else if ((c < ' ' && c != '\t') || c >= DELETE) {
            at->col--;
            break;
        }
    }
    at->index += byte - at->byte;
    at->byte = byte;
    return byte < text.len;
}

static bool check_characters(const struct diag_source *source, struct diag_list *diags,
                             bool *out_ascii)
{
    struct yaml_cursor at;
    unsigned found = 0;
    bool no_text = false;

    yaml_cursor_start(&at, source);
    *out_ascii = true;
    while (!no_text && found < CHARACTER_REPORTS_MAX && skip_plain(&at)) {
        struct slice rest = { 0 };
        uint32_t code = 0;
        size_t len = decode_at(&at, &code, &rest);
        *out_ascii = *out_ascii && len == 1;
        if (is_refused(len, code, rest)) {
            no_text = report_run(diags, &at);
            found++;
        } else {
            yaml_cursor_step(&at);
        }
    }
    return found == 0;
}

/* --- how much -------------------------------------------------------------------------------- */

static void report_long_line(const struct diag_source *source, size_t start, uint32_t line,
                             struct diag_list *diags)
{
    struct diag_span span = { .source = source,
                              .line = line,
                              .col = 1,
                              .end_line = line,
                              .end_col = 1,
                              .byte = (uint32_t)start,
                              .byte_end = (uint32_t)start };
    struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_SIZE, span, "line %u is over %d bytes",
                                 line, YAML_LINE_BYTES_MAX);

    diag_help(diags, diag, "break it into several lines, or split the file");
}

/* Long lines and very many of them are where a reader of YAML takes longest, and nobody reads them:
 * refused before it sees them. */
static bool check_lines(const struct diag_source *source, struct diag_list *diags)
{
    size_t start = 0;
    uint32_t line = 1;

    for (; start < source->text.len && line <= YAML_LINES_MAX; line++) {
        size_t len = slice_find(slice_sub(source->text, start, source->text.len), '\n');
        if (len > YAML_LINE_BYTES_MAX) {
            report_long_line(source, start, line, diags);
            return false;
        }
        start += len + 1;
    }
    if (start >= source->text.len) {
        return true;
    }
    struct diag_span span = { .source = source,
                              .line = line,
                              .col = 1,
                              .end_line = line,
                              .end_col = 1,
                              .byte = (uint32_t)start,
                              .byte_end = (uint32_t)start };
    struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_SIZE, span,
                                 "the text has more than %d lines", YAML_LINES_MAX);
    diag_help(diags, diag, "split it into several files");
    return false;
}

static bool check_size(const struct diag_source *source, struct diag_list *diags)
{
    struct diag_span none = { .source = NULL };

    if (source->text.len <= YAML_BYTES_MAX) {
        return true;
    }
    struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_SIZE, none, "%s: over %d bytes",
                                 source->name, YAML_BYTES_MAX);
    diag_help(diags, diag, "split it into several files");
    return false;
}

bool yaml_check_text(const struct diag_source *source, struct diag_list *diags, bool *out_ascii)
{
    return check_size(source, diags) && !is_binary(source, diags) && check_lines(source, diags) &&
           check_characters(source, diags, out_ascii);
}
