#include "base/yaml_look.h"

char yaml_look_byte(const struct yaml_look *look, size_t at)
{
    if (at >= look->text.len) {
        return '\0';
    }
    return look->text.ptr[at];
}

/* Nothing but a key of a block has a colon and a blank behind it. */
static bool begins_key(const struct yaml_look *look, size_t at)
{
    char first = yaml_look_byte(look, at);

    for (; first != '{' && first != '[' && at < look->text.len && yaml_look_byte(look, at) != '\n';
         at++) {
        char next = yaml_look_byte(look, at + 1);
        if (yaml_look_byte(look, at) == ':' &&
            (next == ' ' || next == '\n' || next == '\r' || next == '\0')) {
            return true;
        }
    }
    return false;
}

struct yaml_line yaml_look_line(const struct yaml_look *look, size_t byte, uint32_t number)
{
    struct yaml_line line = { .start = byte, .number = number };

    while (line.start > 0 && yaml_look_byte(look, line.start - 1) != '\n') {
        line.start--;
    }
    size_t at = line.start;
    while (yaml_look_byte(look, at) == ' ') {
        at++;
    }
    char first = yaml_look_byte(look, at);
    if (first == '\0' || first == '\n' || first == '\r' || first == '#') {
        return line;
    }
    line.column = (uint32_t)(at - line.start) + 1;
    if (first == '-' && yaml_look_byte(look, at + 1) == ' ') {
        for (at++; yaml_look_byte(look, at) == ' '; at++) {
        }
        line.inner = (uint32_t)(at - line.start) + 1;
    }
    line.key = begins_key(look, at) ? (uint32_t)(at - line.start) + 1 : 0;
    return line;
}

bool yaml_look_above(const struct yaml_look *look, struct yaml_line *line)
{
    do {
        if (line->start == 0 || look->problem->at.byte - line->start > YAML_LOOK_BACK_BYTES) {
            return false;
        }
        *line = yaml_look_line(look, line->start - 1, line->number - 1);
    } while (line->column == 0);
    return true;
}
