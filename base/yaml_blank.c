#include "base/yaml_blank.h"

#include "base/cleanup.h"

#include <string.h>

/* What looks like a blank and is text to YAML: web pages and word processors leave it. */
static bool is_false_blank(struct slice rest, struct slice *out_blank, const char **out_name)
{
    static const struct {
        const char *bytes, *name;
    } rows[] = {
        { "\u00a0", "a no-break space (U+00A0)" },
        { "\u202f", "a narrow no-break space (U+202F)" },
        { "\u3000", "an ideographic space (U+3000)" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (slice_starts(rest, slice_from(rows[i].bytes))) {
            *out_blank = slice_from(rows[i].bytes);
            *out_name = rows[i].name;
            return true;
        }
    }
    return false;
}

/* `why: |`, `- >-`: whether the lines below are text as they stand. */
static bool opens_block(const struct yaml_look *look, const struct yaml_line *line)
{
    struct slice rest = slice_sub(look->text, line->start, look->text.len);

    rest = slice_sub(rest, 0, slice_find(rest, '\n'));
    rest = slice_trim(slice_sub(rest, 0, slice_find_text(rest, SLICE(" #"))));
    while (rest.len > 0 && strchr("+-123456789", rest.ptr[rest.len - 1]) != NULL) {
        rest.len--;
    }
    if (rest.len < 3 || strchr("|>", rest.ptr[rest.len - 1]) == NULL ||
        rest.ptr[rest.len - 2] != ' ') {
        return false;
    }
    rest = slice_trim(slice_sub(rest, 0, rest.len - 1));
    return slice_ends(rest, SLICE(":")) || slice_ends(rest, SLICE("-"));
}

/* Whether a line that this one is deeper than opened a block of text. */
static bool is_in_block(const struct yaml_look *look, const struct yaml_line *line)
{
    struct yaml_line above = *line;
    uint32_t column = line->column;

    while (column > 1 && yaml_look_above(look, &above)) {
        if (above.column < column) {
            column = above.column;
            if (opens_block(look, &above)) {
                return true;
            }
        }
    }
    return false;
}

/* Where one stands that a blank would give the line its shape at: in its indentation, right behind
 * a dash, or where it keeps what opens there from being more than text. */
static size_t false_blank_ahead(struct slice rest)
{
    struct slice blank;
    const char *name = NULL;
    size_t at = 0;

    while (at < rest.len && (rest.ptr[at] == ' ' || rest.ptr[at] == '-')) {
        at++;
    }
    if (!is_false_blank(slice_sub(rest, at, rest.len), &blank, &name)) {
        return rest.len;
    }
    bool is_behind_blank =
        slice_ends(slice_trim(slice_sub(rest, 0, at)), SLICE("-")) && rest.ptr[at - 1] == ' ';
    size_t next = at + blank.len;
    bool opens = next < rest.len && strchr("{[\"'", rest.ptr[next]) != NULL;
    return is_behind_blank && !opens ? rest.len : at;
}

/* One right behind the colon of a key. */
static size_t false_blank_behind_key(struct slice rest)
{
    struct slice blank;
    const char *name = NULL;
    bool in_value = false;
    bool in_flow = false;

    for (size_t at = 0; at + 1 < rest.len && strchr("\"'#", rest.ptr[at]) == NULL; at++) {
        char byte = rest.ptr[at];
        bool opens = byte == '{' || byte == '[';
        if (byte == ':' && !in_value &&
            is_false_blank(slice_sub(rest, at + 1, rest.len), &blank, &name)) {
            return at + 1;
        }
        in_flow |= opens;
        if (opens || (in_flow && byte == ',')) {
            in_value = false;
        } else if (byte == ':' && rest.ptr[at + 1] == ' ') {
            in_value = true;
        }
    }
    return rest.len;
}

static bool look_for_false_blank_in(struct yaml_look *look, const struct yaml_line *line)
{
    struct slice rest = slice_sub(look->text, line->start, look->text.len);
    const char *name = NULL;
    struct slice blank;

    rest = slice_sub(rest, 0, slice_find(rest, '\n'));
    size_t at = false_blank_ahead(rest);
    bool leads = at < rest.len;
    at = leads ? at : false_blank_behind_key(rest);
    if (at == rest.len || is_in_block(look, line) ||
        !is_false_blank(slice_sub(rest, at, rest.len), &blank, &name)) {
        return false;
    }
    at += line->start;
    struct diag_span span = { look->problem->at.source, line->number, (uint32_t)at,
                              (uint32_t)(at + blank.len) };
    look->diag->span = span;
    look->has_label = true;
    diag_label(look->diags, look->diag, "%s", name);
    diag_help(look->diags, look->diag,
              "only a plain blank divides and indents: write one in place of this character");
    (void)diag_fix(look->diags, look->diag, leads, span, SLICE(" "), "replace with a plain blank");
    return true;
}

bool yaml_look_for_false_blank(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct yaml_line line = yaml_look_line(look, problem->at.byte, problem->at.line);

    return look_for_false_blank_in(look, &line) ||
           (yaml_look_above(look, &line) && look_for_false_blank_in(look, &line));
}
