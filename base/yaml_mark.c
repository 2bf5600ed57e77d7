#include "base/yaml_mark.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/lookalike.h"

#include <string.h>
#include <yaml.h>

/* A mark that only looks right is the cause when the text goes further with the right one: what
 * stands in somebody's words is not blamed for what is wrong beside them. */
enum { TRIALS_MAX = 8, TRIAL_BYTES_MAX = 1024 * 1024, TRIAL_DEPTH_MAX = 64 };

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\0';
}

static size_t characters(struct slice text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.ptr[i] & 0xc0U) != 0x80U;
    }
    return count;
}

/* Where the text stops being YAML. False: nowhere, or not before it is nested too deep to tell. */
static bool find_problem(struct slice text, yaml_mark_t *out)
{
    yaml_parser_t parser;
    size_t depth = 0;
    bool ends = false;
    bool fails = false;

    if (yaml_parser_initialize(&parser) == 0) {
        abort(); /* out of memory */
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    while (!ends && !fails) {
        yaml_event_t event;
        fails = yaml_parser_parse(&parser, &event) == 0;
        if (!fails) {
            depth +=
                event.type == YAML_SEQUENCE_START_EVENT || event.type == YAML_MAPPING_START_EVENT;
            depth -= event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
            ends = event.type == YAML_STREAM_END_EVENT || depth > TRIAL_DEPTH_MAX;
            yaml_event_delete(&event);
        }
    }
    *out = parser.problem_mark;
    yaml_parser_delete(&parser);
    return fails;
}

/* With `right` in place of `len` bytes there. */
static bool goes_further(const struct yaml_look *look, size_t at, size_t len, struct slice right)
{
    const struct diag_span *was = &look->problem->at;
    CLEANUP(buf_done) struct buf text = { 0 };
    yaml_mark_t mark;
    struct yaml_line line = yaml_look_line(look, was->byte, was->line);
    size_t column = characters(slice_sub(look->text, line.start, was->byte)) + right.len;

    if (look->text.len > TRIAL_BYTES_MAX) {
        return false;
    }
    buf_add(&text, look->text.ptr, at);
    buf_add(&text, right.ptr, right.len);
    buf_add(&text, look->text.ptr + at + len, look->text.len - at - len);
    return !find_problem(buf_slice(&text), &mark) || mark.line + 1 > was->line ||
           (mark.line + 1 == was->line && mark.column > column);
}

/* In place of `len` bytes there; a blank behind it where none is yet. False: that is not it. */
static bool tell(struct yaml_look *look, const struct yaml_line *line, size_t at, size_t len,
                 char mark, const char *help)
{
    struct diag_span span = { look->problem->at.source, line->number, (uint32_t)at,
                              (uint32_t)(at + len) };
    bool needs_blank = strchr("-:,", mark) != NULL && !is_blank(yaml_look_byte(look, at + len));
    struct slice right = arena_printf(look->diags->arena, "%c%s", mark, needs_blank ? " " : "");

    if (!goes_further(look, at, len, right)) {
        return false;
    }
    look->diag->span = span;
    diag_help(look->diags, look->diag, "%s: write `%c `", help, mark);
    (void)diag_fix(look->diags, look->diag, true, span, right, "write `%c `", mark);
    return true;
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
    return tell(look, line, at, 1, '-', "an item of a list begins with a dash and a blank");
}

/* The first outside quotes and comments; a dash only where the line begins. */
static bool look_for_lookalike(struct yaml_look *look, const struct yaml_line *line)
{
    size_t first = line->start + line->column - 1;
    struct lookalike odd;
    int trials = 0;

    for (size_t at = first; !is_blank(yaml_look_byte(look, at)) || yaml_look_byte(look, at) == ' ';
         at++) {
        if (strchr("\"'#", yaml_look_byte(look, at)) != NULL) {
            return false;
        }
        if (!lookalike_at(slice_sub(look->text, at, look->text.len), &odd)) {
            continue;
        }
        bool counts =
            odd.plain[0] != '\0' && strchr(at == first ? "-{[" : ":,{}[]", odd.plain[0]) != NULL;
        if (counts && ++trials > TRIALS_MAX) {
            return false;
        }
        if (counts &&
            tell(look, line, at, odd.len, odd.plain[0], "only the plain character counts here")) {
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
