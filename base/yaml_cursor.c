#include "base/yaml_cursor.h"

#include "base/utf8.h"

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80;
}

void yaml_cursor_start(struct yaml_cursor *cursor, const struct diag_source *source)
{
    bool marked = slice_starts(source->text, SLICE("\xEF\xBB\xBF"));

    *cursor = (struct yaml_cursor){ .source = source, .byte = marked ? 3 : 0, .line = 1, .col = 1 };
}

void yaml_cursor_step(struct yaml_cursor *at)
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

struct yaml_cursor yaml_cursor_locate(struct yaml_cursor *cursor, const yaml_mark_t *mark)
{
    if (cursor->is_exact) {
        cursor->byte += mark->index - cursor->index;
        cursor->index = mark->index;
        cursor->line = (uint32_t)mark->line + 1;
        cursor->col = (uint32_t)mark->column + 1;
        return *cursor;
    }
    while (cursor->index > mark->index && cursor->byte > 0) {
        step_back(cursor);
    }
    while (cursor->index < mark->index && cursor->byte < cursor->source->text.len) {
        yaml_cursor_step(cursor);
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
