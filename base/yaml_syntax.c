#include "base/yaml_syntax.h"

#include "base/cleanup.h"
#include "base/yaml_blank.h"
#include "base/yaml_look.h"
#include "base/yaml_mark.h"

#include <stdio.h>
#include <string.h>

enum code { CODE_SYNTAX = 101, CODE_TAB = 103 };

static bool says(const char *text, const char *part)
{
    return text != NULL && strstr(text, part) != NULL;
}

static void help(struct yaml_look *look, const char *text)
{
    diag_help(look->diags, look->diag, "%s", text);
}

static void point_at(struct yaml_look *look, uint32_t line, size_t byte, const char *text)
{
    struct diag_span span = { look->problem->at.source, line, (uint32_t)byte, (uint32_t)byte + 1 };

    diag_secondary(look->diags, look->diag, span, "%s", text);
    look->has_label = true;
}

/* --- quotes ---------------------------------------------------------------------------------- */

/* The text that a quote opens goes on to the next quote, which was meant to open another one. */
static bool look_for_open_quote(struct yaml_look *look)
{
    const struct diag_span *at = &look->problem->at;
    /* at the start of the text: behind its end, so none */
    char quote = yaml_look_byte(look, (size_t)at->byte - 1);
    uint32_t line = at->line;

    if (says(look->problem->context, "quoted scalar")) {
        point_at(look, look->problem->began.line, look->problem->began.byte, "not closed");
        help(look, "close the quote at the end of its text");
        return true;
    }
    if (quote != '"' && quote != '\'') {
        return false;
    }
    for (size_t i = at->byte - 1; i > 0 && at->byte - i < YAML_LOOK_BACK_BYTES; i--) {
        line -= yaml_look_byte(look, i - 1) == '\n' ? 1 : 0;
        if (yaml_look_byte(look, i - 1) != quote) {
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
static bool look_for_bare_text(struct yaml_look *look)
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

static bool look_for_bracket(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    bool is_list = says(problem->what, "expected ',' or ']'");
    char next = yaml_look_byte(look, problem->at.byte);
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

/* A walk up over the lines whose blocks are still open: each less deep than those below it, but
 * for the key of a list in its own column. */
struct climb {
    struct yaml_line line;
    bool began, from_item;
};

static bool climb(const struct yaml_look *look, struct climb *climb)
{
    struct yaml_line line = climb->line;

    while ((!climb->began || climb->from_item || climb->line.column > 1) &&
           yaml_look_above(look, &line)) {
        bool is_open = !climb->began || line.column < climb->line.column ||
                       (line.column == climb->line.column && climb->from_item && line.inner == 0);
        if (is_open && (line.key > 0 || line.inner > 0)) {
            *climb = (struct climb){ line, true, line.inner > 0 };
            return true;
        }
    }
    return false;
}

static uint32_t gap_between(uint32_t left, uint32_t right)
{
    return left > right ? left - right : right - left;
}

/* An item that stands beside the column of its list: the nearest of those that are open. */
static bool look_for_item(struct yaml_look *look, const struct yaml_line *here)
{
    struct climb up = { .line = *here };
    struct yaml_line nearest = { 0 };
    char text[80];

    while (climb(look, &up)) {
        if (up.from_item && up.line.column != here->column &&
            (nearest.column == 0 || gap_between(up.line.column, here->column) <
                                        gap_between(nearest.column, here->column))) {
            nearest = up.line;
        }
    }
    if (nearest.column == 0) {
        return false;
    }
    (void)snprintf(text, sizeof(text), "this item begins in column %u", nearest.column);
    point_at(look, nearest.number, nearest.start + nearest.column - 1, text);
    diag_help(look->diags, look->diag,
              "items of one list begin in the same column: move this one from column %u to %u",
              here->column, nearest.column);
    return true;
}

struct columns {
    uint32_t left, right;  /* of keys: the nearest on both sides; 0: none */
    struct yaml_line item; /* the nearest to the left, or in the very column; column 0: none */
    bool same;             /* a key begins in the very column */
};

static struct columns columns_above(const struct yaml_look *look, const struct yaml_line *here)
{
    struct columns columns = { 0 };
    struct climb up = { .line = *here };

    while (climb(look, &up)) {
        uint32_t key = up.line.key;
        if (up.from_item && up.line.column <= here->column && columns.item.column == 0) {
            columns.item = up.line;
        }
        columns.same |= key == here->column;
        if (key > 0 && key < here->column && key > columns.left) {
            columns.left = key;
        }
        if (key > here->column && (columns.right == 0 || key < columns.right)) {
            columns.right = key;
        }
    }
    return columns;
}

/* Where items begin stands something else. */
static void help_in_list(struct yaml_look *look, const struct yaml_line *here,
                         const struct columns *columns)
{
    if (here->key == 0) {
        diag_help(look->diags, look->diag, "an item of the list begins with `- ` in column %u",
                  columns->item.column);
    } else if (columns->item.key > 0) {
        char text[80];
        (void)snprintf(text, sizeof(text), "this item has its members in column %u",
                       columns->item.key);
        point_at(look, columns->item.number, columns->item.start + columns->item.column - 1, text);
        diag_help(
            look->diags, look->diag,
            "move this line from column %u to %u if it belongs to that item, or begin another "
            "one with `- `",
            here->column, columns->item.key);
    } else {
        diag_help(look->diags, look->diag,
                  "begin an item with `- `, or move this line to column %u, where keys around the "
                  "list begin",
                  columns->left);
    }
}

static void help_to_move(struct yaml_look *look, const struct yaml_line *here,
                         const struct columns *columns)
{
    const char *also = columns->right > 0 && columns->left > 0 ? " or " : "";
    char left[16] = "";

    if (columns->left > 0) {
        (void)snprintf(left, sizeof(left), "%u", columns->left);
    }
    if (columns->right > 0) {
        diag_help(look->diags, look->diag,
                  "this line begins in column %u, where nothing above begins: move it to column "
                  "%u%s%s",
                  here->column, columns->right, also, left);
    } else {
        diag_help(look->diags, look->diag,
                  "this line begins in column %u, where nothing above begins: move it to column %s",
                  here->column, left);
    }
}

static bool look_for_column(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct yaml_line here = yaml_look_line(look, problem->at.byte, problem->at.line);

    if (!says(problem->context, "parsing a block") || here.column == 0 ||
        here.start + here.column - 1 != problem->at.byte) {
        return false;
    }
    if (here.inner > 0) {
        if (!look_for_item(look, &here)) {
            help(look, "items stand below the key of their list: its line is missing above this");
        }
        return true;
    }
    struct columns columns = columns_above(look, &here);
    bool is_item = columns.item.column == here.column || here.key == 0;
    if (columns.item.column > 0 && is_item && says(problem->context, "block collection")) {
        help_in_list(look, &here, &columns);
    } else if (columns.same || (columns.left == 0 && columns.right == 0)) {
        return false;
    } else {
        help_to_move(look, &here, &columns);
    }
    return true;
}

/* A key deeper than the one above, which has its value already: it went on with that value. */
static bool look_for_deeper_key(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct yaml_line here = yaml_look_line(look, problem->at.byte, problem->at.line);
    struct yaml_line above = here;
    char text[80];

    if (!says(problem->what, "mapping values are not allowed") || here.key == 0 ||
        !yaml_look_above(look, &above) || above.key == 0 || here.column <= above.key) {
        return false;
    }
    struct slice before = slice_sub(look->text, here.start + here.key - 1, problem->at.byte);
    if (slice_find_text(before, SLICE(": ")) < before.len) {
        return false; /* another colon in the text of a value */
    }
    look->diag->span.byte = (uint32_t)(here.start + here.column - 1);
    look->diag->span.byte_end = problem->at.byte;
    (void)snprintf(text, sizeof(text), "this key begins in column %u, and has a value", above.key);
    point_at(look, above.number, above.start + above.key - 1, text);
    diag_help(look->diags, look->diag,
              "this line begins in column %u: move it to column %u to be beside that key",
              here.column, above.key);
    return true;
}

/* The document ended since a line begins before the column of its first one. */
static bool look_for_first_line(struct yaml_look *look)
{
    const struct yaml_problem *problem = look->problem;
    struct yaml_line here = yaml_look_line(look, problem->at.byte, problem->at.line);
    struct yaml_line first = here;
    struct yaml_line line = here;
    char text[80];

    if (!says(problem->what, "expected <document start>")) {
        return false;
    }
    while (yaml_look_above(look, &line) &&
           !slice_starts(slice_sub(look->text, line.start, look->text.len), SLICE("---"))) {
        first = line;
    }
    if (first.column <= here.column) {
        return false;
    }
    (void)snprintf(text, sizeof(text), "the document begins in column %u", first.column);
    point_at(look, first.number, first.start + first.column - 1, text);
    diag_help(look->diags, look->diag,
              "keys of one mapping begin in the same column: move line %u to column %u",
              first.number, here.column);
    return true;
}

/* --- colons ---------------------------------------------------------------------------------- */

static bool look_for_colon(struct yaml_look *look)
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

typedef bool(look_fn)(struct yaml_look *look);

static look_fn *const looks[] = {
    yaml_look_for_false_blank, yaml_look_for_false_mark, look_for_open_quote,
    look_for_bare_text,        look_for_bracket,         look_for_column,
    look_for_deeper_key,       look_for_first_line,      look_for_colon
};

void yaml_report_problem(struct diag_list *diags, const struct yaml_problem *problem)
{
    struct yaml_look look = { .diags = diags,
                              .problem = problem,
                              .text = problem->at.source->text };
    bool is_known = false;

    if (yaml_look_byte(&look, problem->at.byte) == '\t') {
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
