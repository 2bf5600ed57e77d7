#include "base/yaml_cursor.h"

#include "base/utf8.h"

enum { CODE_CHARACTER = 102, CHARACTER_REPORTS_MAX = 20, BYTE_ORDER_MARK = 0xFEFF };

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80;
}

void yaml_cursor_start(struct yaml_cursor *cursor, const struct diag_source *source)
{
    bool marked = slice_starts(source->text, SLICE("\xEF\xBB\xBF"));

    *cursor = (struct yaml_cursor){ .source = source, .byte = marked ? 3 : 0, .line = 1, .col = 1 };
}

static void step_forward(struct yaml_cursor *at)
{
    struct slice text = at->source->text;
    struct slice rest = slice_sub(text, at->byte, text.len);
    uint32_t code = 0;
    size_t len = utf8_decode(rest, &code);

    at->byte += len == 0 ? 1 : len;
    at->index++;
    at->col++;
    if (code == '\n') {
        at->line++;
        at->col = 1;
    }
}

static uint32_t column_of(struct slice text, size_t byte)
{
    struct slice before = slice_sub(text, 0, byte);
    size_t start = slice_rfind(before, '\n');
    uint32_t col = 1;

    for (size_t i = start == before.len ? 0 : start + 1; i < byte; i++) {
        col += continues(text.ptr[i]) ? 0 : 1;
    }
    return col;
}

static void step_back(struct yaml_cursor *at)
{
    struct slice text = at->source->text;

    do {
        at->byte--;
    } while (at->byte > 0 && continues(text.ptr[at->byte]));
    at->index--;
    at->col--;
    if (text.ptr[at->byte] == '\n') {
        at->line--;
        at->col = column_of(text, at->byte);
    }
}

struct yaml_cursor yaml_cursor_locate(struct yaml_cursor *cursor, size_t index)
{
    while (cursor->index > index && cursor->byte > 0) {
        step_back(cursor);
    }
    while (cursor->index < index && cursor->byte < cursor->source->text.len) {
        step_forward(cursor);
    }
    return *cursor;
}

struct diag_span yaml_cursor_span(const struct yaml_cursor *from, const struct yaml_cursor *to)
{
    return (struct diag_span){
        .source = from->source,
        .line = from->line,
        .col = from->col,
        .end_line = to->line,
        .end_col = to->col,
        .byte = (uint32_t)from->byte,
        .byte_end = (uint32_t)to->byte,
    };
}

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
        step_forward(at);
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
        step_forward(&at);
    }
    struct yaml_cursor from = at;
    step_forward(&at);
    struct diag *diag = diag_add(diags, DIAG_ERROR, CODE_CHARACTER, yaml_cursor_span(&from, &at),
                                 "this is no text: it holds a zero byte");
    diag_help(diags, diag, "save the file as UTF-8");
    return true;
}

bool yaml_check_characters(const struct diag_source *source, struct diag_list *diags)
{
    struct yaml_cursor at;
    unsigned found = 0;
    bool no_text = false;

    if (is_binary(source, diags)) {
        return false;
    }
    yaml_cursor_start(&at, source);
    while (at.byte < source->text.len && found < CHARACTER_REPORTS_MAX && !no_text) {
        struct slice rest = { 0 };
        uint32_t code = 0;
        size_t len = decode_at(&at, &code, &rest);
        if (is_refused(len, code, rest)) {
            no_text = report_run(diags, &at);
            found++;
        } else {
            step_forward(&at);
        }
    }
    return found == 0;
}
