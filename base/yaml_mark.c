#include "base/yaml_mark.h"

#include "base/cleanup.h"
#include "base/lookalike.h"

#include <string.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\0';
}

/* In place of `len` bytes there; a blank behind it where none is yet. */
static void tell(struct yaml_look *look, const struct yaml_line *line, size_t at, size_t len,
                 char mark, const char *help)
{
    struct diag_span span = { look->problem->at.source, line->number, (uint32_t)at,
                              (uint32_t)(at + len) };
    bool needs_blank = strchr("-:,", mark) != NULL && !is_blank(yaml_look_byte(look, at + len));
    struct slice right = arena_printf(look->diags->arena, "%c%s", mark, needs_blank ? " " : "");

    look->diag->span = span;
    diag_help(look->diags, look->diag, "%s: write `%c `", help, mark);
    (void)diag_fix(look->diags, look->diag, true, span, right, "write `%c `", mark);
}

/* `-{id: a}`, `-id: a`; no number and no `---`. */
static bool look_for_dash(struct yaml_look *look, const struct yaml_line *line)
{
    size_t at = line->start + line->column - 1;
    char next = yaml_look_byte(look, at + 1);
    bool begins = (next >= 'a' && next <= 'z') || strchr("{[\"'", next) != NULL;

    if (yaml_look_byte(look, at) != '-' || next == '\0' || !begins) {
        return false;
    }
    tell(look, line, at, 1, '-', "an item of a list begins with a dash and a blank");
    return true;
}

/* The first outside quotes and comments; a dash only where the line begins. */
static bool look_for_lookalike(struct yaml_look *look, const struct yaml_line *line)
{
    size_t first = line->start + line->column - 1;
    struct lookalike odd;

    for (size_t at = first; !is_blank(yaml_look_byte(look, at)) || yaml_look_byte(look, at) == ' ';
         at++) {
        if (strchr("\"'#", yaml_look_byte(look, at)) != NULL) {
            return false;
        }
        if (!lookalike_at(slice_sub(look->text, at, look->text.len), &odd)) {
            continue;
        }
        if (strchr(at == first ? "-{[" : ":,{}[]", odd.plain[0]) != NULL && odd.plain[0] != '\0') {
            tell(look, line, at, odd.len, odd.plain[0], "only the plain character counts here");
            diag_label(look->diags, look->diag, "%s (U+%04X)", odd.name, (unsigned)odd.code);
            look->has_label = true;
            return true;
        }
    }
    return false;
}

static bool look_in(struct yaml_look *look, const struct yaml_line *line)
{
    return line->column > 0 && (look_for_dash(look, line) || look_for_lookalike(look, line));
}

bool yaml_look_for_false_mark(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct yaml_line line = yaml_look_line(look, problem->at.byte, problem->at.line);

    return look_in(look, &line) || (yaml_look_above(look, &line) && look_in(look, &line));
}
