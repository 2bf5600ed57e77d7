#include "base/yaml_cursor.h"

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0U) == 0x80;
}

void yaml_cursor_start(struct yaml_cursor *cursor, struct slice text, bool is_ascii)
{
    *cursor = (struct yaml_cursor){
        .text = text,
        .byte = slice_starts(text, SLICE("\xEF\xBB\xBF")) ? 3 : 0,
        .is_ascii = is_ascii,
    };
}

static void step_forward(struct yaml_cursor *at)
{
    do {
        at->byte++;
    } while (at->byte < at->text.len && continues(at->text.ptr[at->byte]));
    at->index++;
}

static void step_back(struct yaml_cursor *at)
{
    do {
        at->byte--;
    } while (at->byte > 0 && continues(at->text.ptr[at->byte]));
    at->index--;
}

static void walk(struct yaml_cursor *cursor, size_t index)
{
    while (cursor->index > index && cursor->byte > 0) {
        step_back(cursor);
    }
    while (cursor->index < index && cursor->byte < cursor->text.len) {
        step_forward(cursor);
    }
}

uint32_t yaml_cursor_locate(struct yaml_cursor *cursor, const yaml_mark_t *mark)
{
    if (cursor->is_ascii) {
        cursor->byte = cursor->byte - cursor->index + mark->index;
        cursor->index = mark->index;
    } else {
        walk(cursor, mark->index);
    }
    return (uint32_t)(cursor->byte < cursor->text.len ? cursor->byte : cursor->text.len);
}
