#include "detect/rule_condition.h"

#include "detect/rule_file.h"

struct reader {
    struct arena *arena;
    struct diag_list *diags;
    struct slice rest;
    struct diag_span span; /* of the whole condition */
    const struct rule_selection *selections;
    size_t selection_count;
    bool *used;
    unsigned depth, terms;
};

static const struct rule_condition *read_or(struct reader *reader);

static bool is_word_byte(char byte)
{
    return byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r' && byte != '(' &&
           byte != ')';
}

/* The next word or parenthesis, without taking it; "" at the end. */
static struct slice peek(struct reader *reader)
{
    size_t len = 0;

    reader->rest = slice_trim(reader->rest);
    while (len < reader->rest.len && is_word_byte(reader->rest.ptr[len])) {
        len++;
    }
    return slice_sub(reader->rest, 0, len == 0 ? 1 : len);
}

static bool take(struct reader *reader, const char *word)
{
    struct slice next = peek(reader);

    if (!slice_is(next, word)) {
        return false;
    }
    reader->rest = slice_sub(reader->rest, next.len, reader->rest.len);
    return true;
}

static const struct rule_condition *join(struct reader *reader, enum rule_condition_op op,
                                         const struct rule_condition *left,
                                         const struct rule_condition *right)
{
    struct rule_condition *node = ARENA_NEW(reader->arena, struct rule_condition, 1);

    *node = (struct rule_condition){ .op = op, .left = left, .right = right };
    return node;
}

static void refuse(struct reader *reader, enum rule_code code, struct slice word, const char *what)
{
    struct diag *diag =
        diag_add(reader->diags, DIAG_ERROR, code, reader->span, "`%.*s` %s", SLICE_ARG(word), what);

    diag_label(reader->diags, diag, "in this condition");
    diag_help(reader->diags, diag,
              "a condition is made of selection names, `and`, `or`, `not` "
              "and parentheses");
}

static bool is_number(struct slice word)
{
    return word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9';
}

static const struct rule_condition *read_name(struct reader *reader)
{
    struct slice word = peek(reader);

    if (++reader->terms > RULE_CONDITION_TERMS_MAX) {
        refuse(reader, RULE_CODE_LIMIT, word, "is one selection too many");
        return NULL;
    }
    for (size_t i = 0; i < reader->selection_count; i++) {
        if (slice_eq(reader->selections[i].name, word)) {
            struct rule_condition *node = ARENA_NEW(reader->arena, struct rule_condition, 1);
            *node = (struct rule_condition){ .op = CONDITION_SELECTION,
                                             .selection = &reader->selections[i] };
            reader->used[i] = true;
            reader->rest = slice_sub(reader->rest, word.len, reader->rest.len);
            return node;
        }
    }
    if (slice_is(word, "all") || is_number(word)) {
        refuse(reader, RULE_CODE_UNSUPPORTED, word, "of several selections is not evaluated");
    } else if (word.len == 0 || slice_is(word, "and") || slice_is(word, "or") ||
               slice_is(word, "(") || slice_is(word, ")")) {
        refuse(reader, RULE_CODE_BAD_VALUE, word, "stands where a selection name is expected");
    } else {
        refuse(reader, RULE_CODE_BAD_VALUE, word, "is not a selection of this rule");
    }
    return NULL;
}

/* Bounded by RULE_CONDITION_DEPTH_MAX. */
// NOLINTNEXTLINE(misc-no-recursion)
static const struct rule_condition *read_unary(struct reader *reader)
{
    const struct rule_condition *inner = NULL;

    if (reader->depth == RULE_CONDITION_DEPTH_MAX) {
        refuse(reader, RULE_CODE_LIMIT, peek(reader), "is nested too deeply");
        return NULL;
    }
    reader->depth++;
    if (take(reader, "not")) {
        inner = read_unary(reader);
        inner = inner != NULL ? join(reader, CONDITION_NOT, inner, NULL) : NULL;
    } else if (take(reader, "(")) {
        inner = read_or(reader);
        if (inner != NULL && !take(reader, ")")) {
            refuse(reader, RULE_CODE_BAD_VALUE, peek(reader), "stands where `)` is expected");
            inner = NULL;
        }
    } else {
        inner = read_name(reader);
    }
    reader->depth--;
    return inner;
}

// NOLINTNEXTLINE(misc-no-recursion)
static const struct rule_condition *read_and(struct reader *reader)
{
    const struct rule_condition *left = read_unary(reader);

    while (left != NULL && take(reader, "and")) {
        const struct rule_condition *right = read_unary(reader);
        left = right != NULL ? join(reader, CONDITION_AND, left, right) : NULL;
    }
    return left;
}

// NOLINTNEXTLINE(misc-no-recursion)
static const struct rule_condition *read_or(struct reader *reader)
{
    const struct rule_condition *left = read_and(reader);

    while (left != NULL && take(reader, "or")) {
        const struct rule_condition *right = read_and(reader);
        left = right != NULL ? join(reader, CONDITION_OR, left, right) : NULL;
    }
    return left;
}

/* `used` is written through the reader, which the check does not follow. */
const struct rule_condition *
rule_condition_read(struct arena *arena, struct diag_list *diags, struct slice text,
                    struct diag_span span, const struct rule_selection *selections,
                    size_t selection_count,
                    bool *used) // NOLINT(readability-non-const-parameter)
{
    struct reader reader = { .arena = arena,
                             .diags = diags,
                             .rest = text,
                             .span = span,
                             .selections = selections,
                             .selection_count = selection_count,
                             .used = used };
    const struct rule_condition *condition = read_or(&reader);

    if (condition != NULL && peek(&reader).len > 0) {
        refuse(&reader, RULE_CODE_BAD_VALUE, peek(&reader),
               "stands where `and`, `or` or the end is expected");
        return NULL;
    }
    return condition;
}
