#include "base/yaml_syntax.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

enum code { CODE_SYNTAX = 101, CODE_TAB = 103 };

/* How far back a line is compared: what a person still sees. */
enum { LOOK_BACK_BYTES = 8192 };

struct look {
    struct diag_list *diags;
    struct diag *diag;
    const struct yaml_problem *problem;
    struct slice text;
    bool has_label; /* somewhere else than where libyaml began */
};

static bool says(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

static char byte_at(const struct look *look, size_t at)
{
    if (at >= look->text.len) {
        return '\0';
    }
    return look->text.ptr[at];
}

static void help(struct look *look, const char *text)
{
    diag_help(look->diags, look->diag, "%s", text);
}

static void point_at(struct look *look, uint32_t line, size_t byte, const char *text)
{
    struct diag_span span = { look->problem->at.source, line, (uint32_t)byte, (uint32_t)byte + 1 };

    diag_secondary(look->diags, look->diag, span, "%s", text);
    look->has_label = true;
}

/* --- lines ----------------------------------------------------------------------------------- */

struct line {
    size_t start;    /* its first byte */
    uint32_t number; /* 1-based */
    uint32_t column; /* of what stands in it; 0: nothing but blanks and a comment */
    uint32_t inner;  /* of what stands behind `- `; 0: it begins no item */
};

static struct line line_at(const struct look *look, size_t byte, uint32_t number)
{
    struct line line = { .start = byte, .number = number };

    while (line.start > 0 && byte_at(look, line.start - 1) != '\n') {
        line.start--;
    }
    size_t at = line.start;
    while (byte_at(look, at) == ' ') {
        at++;
    }
    char first = byte_at(look, at);
    if (first == '\0' || first == '\n' || first == '\r' || first == '#') {
        return line;
    }
    line.column = (uint32_t)(at - line.start) + 1;
    if (first == '-' && byte_at(look, at + 1) == ' ') {
        for (at++; byte_at(look, at) == ' '; at++) {
        }
        line.inner = (uint32_t)(at - line.start) + 1;
    }
    return line;
}

/* The line before, with something in it. False: there is none near. */
static bool line_before(const struct look *look, struct line *line)
{
    do {
        if (line->start == 0 || look->problem->at.byte - line->start > LOOK_BACK_BYTES) {
            return false;
        }
        *line = line_at(look, line->start - 1, line->number - 1);
    } while (line->column == 0);
    return true;
}

/* --- quotes ---------------------------------------------------------------------------------- */

/* The text that a quote opens goes on to the next quote, which was meant to open another one. */
static bool look_for_open_quote(struct look *look)
{
    const struct diag_span *at = &look->problem->at;
    char quote = byte_at(look, (size_t)at->byte - 1); /* at the start: behind the end, so none */
    uint32_t line = at->line;

    if (says(look->problem->context, "quoted scalar")) {
        point_at(look, look->problem->began.line, look->problem->began.byte, "not closed");
        help(look, "close the quote at the end of its text");
        return true;
    }
    if (quote != '"' && quote != '\'') {
        return false;
    }
    for (size_t i = at->byte - 1; i > 0 && at->byte - i < LOOK_BACK_BYTES; i--) {
        line -= byte_at(look, i - 1) == '\n' ? 1 : 0;
        if (byte_at(look, i - 1) != quote) {
            continue;
        }
        if (line == at->line) {
            return false;
        }
        point_at(look, line, i - 1, "not closed on its line");
        help(look, "close the quote at the end of its text");
        return true;
    }
    return false;
}

/* `>= high`, `@daily`: what cannot begin a text without quotes. */
static bool look_for_bare_text(struct look *look)
{
    const struct diag_span *at = &look->problem->at;
    bool is_block_mark = says(look->problem->what, "expected comment or line break");
    struct diag_span span = *at;
    bool in_flow = says(look->problem->what, "cannot start any token");

    if (!in_flow && !is_block_mark) {
        return false;
    }
    span.byte -= is_block_mark && at->byte > 0 ? 1 : 0;
    struct slice rest = slice_sub(look->text, span.byte, look->text.len);
    rest = slice_sub(rest, 0, slice_find(rest, '\n'));
    for (const char *end = in_flow ? ",]}" : ""; *end != '\0'; end++) {
        rest = slice_sub(rest, 0, slice_find(rest, *end));
    }
    rest = slice_trim(rest);
    span.byte_end = span.byte + (uint32_t)rest.len;
    if (rest.len == 0 || slice_find(rest, '"') < rest.len || slice_find(rest, '\\') < rest.len) {
        help(look, "put the text in quotes");
        return true;
    }
    diag_help(look->diags, look->diag,
              "a text that begins with `%c` needs quotes: write `\"%.*s\"`", rest.ptr[0],
              SLICE_ARG(rest));
    struct slice quoted = arena_printf(look->diags->arena, "\"%.*s\"", SLICE_ARG(rest));
    (void)diag_fix(look->diags, look->diag, true, span, quoted, "put it in quotes");
    return true;
}

/* --- brackets -------------------------------------------------------------------------------- */

static bool look_for_bracket(struct look *look)
{
    const struct yaml_problem *problem = look->problem;
    bool is_list = says(problem->what, "expected ',' or ']'");
    char next = byte_at(look, problem->at.byte);
    char text[80];

    if (!is_list && !says(problem->what, "expected ',' or '}'")) {
        return false;
    }
    if (problem->began.line < problem->at.line) {
        point_at(look, problem->began.line, problem->began.byte, "not closed");
        (void)snprintf(text, sizeof(text), "close it with `%c`", is_list ? ']' : '}');
        help(look, text);
    } else if (next == ']' || next == '}') {
        point_at(look, problem->began.line, problem->began.byte, "not closed");
        (void)snprintf(text, sizeof(text), "close it with `%c` before this", is_list ? ']' : '}');
        help(look, text);
    } else if (next == ':') {
        help(look, "put a comma before this key, or quotes around a text that has a colon in it");
    } else {
        help(look, "put a comma before this, or quotes around the whole text");
    }
    return true;
}

/* --- columns --------------------------------------------------------------------------------- */

/* An item that stands beside the column of its list. */
static bool look_for_item(struct look *look, const struct line *here)
{
    struct line line = *here;
    char text[80];

    while (line_before(look, &line)) {
        if (line.inner == 0 || line.column == here->column) {
            continue;
        }
        (void)snprintf(text, sizeof(text), "this item begins in column %u", line.column);
        point_at(look, line.number, line.start + line.column - 1, text);
        diag_help(look->diags, look->diag,
                  "items of one list begin in the same column: this one in column %u",
                  here->column);
        return true;
    }
    return false;
}

struct columns {
    uint32_t left, right; /* the nearest on both sides; 0: none */
    bool same;            /* something begins in the very column */
};

static void take_column(uint32_t column, uint32_t wanted, struct columns *columns)
{
    columns->same |= column == wanted;
    if (column > 0 && column < wanted && column > columns->left) {
        columns->left = column;
    }
    if (column > wanted && (columns->right == 0 || column < columns->right)) {
        columns->right = column;
    }
}

/* The columns in which the lines above begin that are still open: each less deep than those below
 * it. */
static struct columns columns_above(const struct look *look, const struct line *here)
{
    struct columns columns = { 0 };
    struct line line = *here;
    uint32_t least = UINT32_MAX;

    while (least > 1 && line_before(look, &line)) {
        if (line.column < least) {
            take_column(line.column, here->column, &columns);
            take_column(line.inner, here->column, &columns);
            least = line.column;
        }
    }
    return columns;
}

static bool look_for_column(struct look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct line here = line_at(look, problem->at.byte, problem->at.line);
    bool in_list = says(problem->context, "block collection");

    if (!says(problem->context, "parsing a block") || here.column == 0 ||
        here.start + here.column - 1 != problem->at.byte) {
        return false;
    }
    if (here.inner > 0) {
        return look_for_item(look, &here);
    }
    struct columns columns = columns_above(look, &here);
    if (columns.same && in_list) {
        diag_help(look->diags, look->diag, "an item of the list begins with `- ` in column %u",
                  columns.left);
    } else if (columns.same) {
        return false;
    } else if (columns.right > 0) {
        diag_help(look->diags, look->diag,
                  "this line begins in column %u, where nothing above begins: move it to column %u "
                  "or %u",
                  here.column, columns.right, columns.left);
    } else {
        diag_help(look->diags, look->diag,
                  "this line begins in column %u, where nothing above begins: move it to column %u",
                  here.column, columns.left);
    }
    return true;
}

/* --- colons ---------------------------------------------------------------------------------- */

static bool look_for_colon(struct look *look)
{
    static const struct {
        const char *what, *help;
    } rows[] = {
        { "could not find expected ':'", "a key is followed by a colon, a blank and its value" },
        { "found unexpected ':'", "a key is followed by a colon, a blank and its value" },
        { "mapping values are not allowed",
          "a text with a colon and a blank in it needs quotes; a key stands on a line of its own" },
        { "block sequence entries are not allowed", "a list begins on the line after its key" },
    };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (says(look->problem->what, rows[i].what)) {
            help(look, rows[i].help);
            return true;
        }
    }
    return false;
}

/* --- all of them ----------------------------------------------------------------------------- */

typedef bool(look_fn)(struct look *look);

static look_fn *const looks[] = { look_for_open_quote, look_for_bare_text, look_for_bracket,
                                  look_for_column, look_for_colon };

void yaml_report_problem(struct diag_list *diags, const struct yaml_problem *problem)
{
    struct look look = { .diags = diags, .problem = problem, .text = problem->at.source->text };
    bool is_known = false;

    if (byte_at(&look, problem->at.byte) == '\t') {
        look.diag = diag_add(diags, DIAG_ERROR, CODE_TAB, problem->at,
                             "a tab is used where only spaces may stand");
        help(&look, "indent with spaces");
        return;
    }
    look.diag = diag_add(diags, DIAG_ERROR, CODE_SYNTAX, problem->at, "not valid YAML: %s",
                         problem->what != NULL ? problem->what : "the reader stopped");
    for (size_t i = 0; i < COUNT_OF(looks) && !is_known; i++) {
        is_known = looks[i](&look);
    }
    if (!is_known) {
        help(&look, "check indentation, colons, quotes and brackets just before");
    }
    if (look.has_label || problem->context == NULL) {
        return;
    }
    if (problem->began.byte != problem->at.byte) {
        diag_secondary(diags, look.diag, problem->began, "%s", problem->context);
    } else {
        diag_label(diags, look.diag, "%s", problem->context);
    }
}
