#include "base/parse.h"
#include "tests/unit/sla/cedar.h"

enum { DEPTH_MAX = 64 };

enum token { END, NAME, NUMBER, STRING, MARK, BAD };

struct parser {
    struct arena *arena;
    struct slice text;
    size_t at, before; /* of the token, and where the one before it ended */
    enum token token;
    struct slice word; /* of the token; of a string what is in it */
    size_t after;
    bool failed;
    unsigned depth;
};

/* --- tokens ----------------------------------------------------------------------------------- */

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t skip_blanks(struct slice text, size_t at)
{
    for (;;) {
        while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\n' ||
                                 text.ptr[at] == '\t' || text.ptr[at] == '\r')) {
            at++;
        }
        if (!slice_starts(slice_sub(text, at, text.len), SLICE("//"))) {
            return at;
        }
        while (at < text.len && text.ptr[at] != '\n') {
            at++;
        }
    }
}

static void take_mark(struct parser *self)
{
    static const char *const marks[] = { "::", "==", "!=", "<=", ">=", "&&", "||" };
    struct slice rest = slice_sub(self->text, self->at, self->text.len);
    size_t len = 1;

    for (size_t i = 0; i < COUNT_OF(marks); i++) {
        len = slice_starts(rest, slice_from(marks[i])) ? 2 : len;
    }
    self->token = MARK;
    self->word = slice_sub(rest, 0, len);
    self->after = self->at + len;
}

static void take_string(struct parser *self)
{
    size_t end = self->at + 1;

    while (end < self->text.len && self->text.ptr[end] != '"') {
        if (self->text.ptr[end] == '\\') { /* none of the cases needs what escapes mean */
            self->failed = true;
        }
        end++;
    }
    self->token = end < self->text.len ? STRING : BAD;
    self->word = slice_sub(self->text, self->at + 1, end);
    self->after = end + 1;
}

static void take(struct parser *self)
{
    self->before = self->after;
    self->at = skip_blanks(self->text, self->after);
    self->after = self->at;
    if (self->at >= self->text.len) {
        self->token = END;
        self->word = (struct slice){ 0 };
        return;
    }
    char byte = self->text.ptr[self->at];
    if (byte == '"') {
        take_string(self);
    } else if (is_letter(byte) || is_digit(byte)) {
        while (self->after < self->text.len &&
               (is_letter(self->text.ptr[self->after]) || is_digit(self->text.ptr[self->after]))) {
            self->after++;
        }
        self->token = is_digit(byte) ? NUMBER : NAME;
        self->word = slice_sub(self->text, self->at, self->after);
    } else {
        take_mark(self);
    }
}

static bool sees(const struct parser *self, const char *word)
{
    return (self->token == MARK || self->token == NAME) && slice_is(self->word, word);
}

static bool takes(struct parser *self, const char *word)
{
    bool found = sees(self, word);

    if (found) {
        take(self);
    }
    return found;
}

static void expect(struct parser *self, const char *word)
{
    if (!takes(self, word)) {
        self->failed = true;
    }
}

/* --- expressions ------------------------------------------------------------------------------ */

static struct cedar_node *expression(struct parser *self);

static struct cedar_node *new_node(struct parser *self, enum cedar_op op, struct cedar_node *first,
                                   struct cedar_node *second)
{
    struct cedar_node *node = ARENA_NEW(self->arena, struct cedar_node, 1);

    node->op = op;
    node->first = first;
    if (first != NULL) {
        first->next = second;
    }
    return node;
}

static struct cedar_node *ended(const struct parser *self, struct cedar_node *node, size_t from)
{
    node->source = slice_sub(self->text, from, self->before);
    return node;
}

/* Up to `close`, divided by commas. */
/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static struct cedar_node *list(struct parser *self, const char *close)
{
    struct cedar_node *first = NULL;
    struct cedar_node **last = &first;

    while (!self->failed && !takes(self, close)) {
        *last = expression(self);
        last = &(*last)->next;
        if (!sees(self, close)) {
            expect(self, ",");
        }
    }
    return first;
}

/* Path::Type::"id", function(...), true, principal. */
static struct cedar_node *named(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    struct slice name = self->word;
    struct cedar_node *node = new_node(self, CEDAR_VARIABLE, NULL, NULL);
    size_t from = self->at;

    take(self);
    while (takes(self, "::")) {
        if (self->token == STRING) {
            node->op = CEDAR_ENTITY;
            node->id = self->word;
            take(self);
            break;
        }
        name = slice_sub(self->text, from, self->after);
        take(self);
    }
    node->text = name;
    if (node->op == CEDAR_ENTITY) {
        return node;
    }
    if (takes(self, "(")) {
        node->op = CEDAR_CALL;
        node->first = list(self, ")");
    } else if (slice_is(name, "true") || slice_is(name, "false")) {
        node->op = CEDAR_BOOLEAN;
        node->number = slice_is(name, "true");
    }
    return node;
}

static struct cedar_node *conditional(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    struct cedar_node *node = new_node(self, CEDAR_IF, expression(self), NULL);

    expect(self, "then");
    node->first->next = expression(self);
    expect(self, "else");
    node->first->next->next = expression(self);
    return node;
}

static struct cedar_node *primary(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    struct cedar_node *node = NULL;

    if (takes(self, "(")) {
        node = expression(self);
        expect(self, ")");
        return node;
    }
    if (takes(self, "if")) {
        return conditional(self);
    }
    if (self->token == NAME) {
        return named(self);
    }
    node = new_node(self, CEDAR_TEXT, NULL, NULL);
    node->text = self->word;
    if (takes(self, "[")) {
        node->op = CEDAR_SET;
        node->first = list(self, "]");
        return node;
    }
    if (self->token == NUMBER) {
        node->op = CEDAR_LONG;
        self->failed |= parse_i64(self->word, 0, INT64_MAX, &node->number).code != STATUS_OK;
    } else if (self->token != STRING) {
        self->failed = true;
    }
    take(self);
    return node;
}

static struct cedar_node *member(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    size_t from = self->at;
    struct cedar_node *node = ended(self, primary(self), from);

    while (!self->failed && (sees(self, ".") || sees(self, "["))) {
        bool in_brackets = takes(self, "[");
        if (!in_brackets) {
            take(self);
        }
        node = new_node(self, CEDAR_MEMBER, node, NULL);
        node->text = self->word;
        self->failed |= self->token != NAME && self->token != STRING;
        take(self);
        if (in_brackets) {
            expect(self, "]");
        } else if (takes(self, "(")) {
            node->op = CEDAR_CALL;
            node->first->next = list(self, ")");
        }
        node = ended(self, node, from);
    }
    return node;
}

static struct cedar_node *unary(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    size_t from = self->at;

    if (sees(self, "!") || sees(self, "-")) {
        enum cedar_op op = sees(self, "!") ? CEDAR_NOT : CEDAR_NEGATE;
        take(self);
        return ended(self, new_node(self, op, unary(self), NULL), from);
    }
    return member(self);
}

static const struct {
    const char *mark;
    enum cedar_op op;
    unsigned level; /* binds the more the higher */
} operators[] = {
    { "||", CEDAR_OR, 0 },      { "&&", CEDAR_AND, 1 },
    { "==", CEDAR_EQUAL, 2 },   { "!=", CEDAR_DIFFERS, 2 },
    { "<", CEDAR_LESS, 2 },     { "<=", CEDAR_LESS_EQUAL, 2 },
    { ">", CEDAR_GREATER, 2 },  { ">=", CEDAR_GREATER_EQUAL, 2 },
    { "in", CEDAR_IN, 2 },      { "like", CEDAR_LIKE, 2 },
    { "+", CEDAR_ADD, 3 },      { "-", CEDAR_SUBTRACT, 3 },
    { "*", CEDAR_MULTIPLY, 4 },
};
enum { RELATIONS = 2, LEVELS = 5 };

static size_t find_operator(const struct parser *self, unsigned level)
{
    size_t at = 0;

    while (at < COUNT_OF(operators) &&
           (operators[at].level != level || !sees(self, operators[at].mark))) {
        at++;
    }
    return at;
}

/* `x has a`, `x is T`, `x is T in y`. */
/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static struct cedar_node *has_or_is(struct parser *self, struct cedar_node *left, size_t from)
{
    bool has = sees(self, "has");

    take(self);
    struct cedar_node *node = new_node(self, has ? CEDAR_HAS : CEDAR_IS, left, NULL);
    size_t type_from = self->at;
    node->text = self->word;
    take(self);
    while (!has && takes(self, "::")) {
        node->text = slice_sub(self->text, type_from, self->after);
        take(self);
    }
    node = ended(self, node, from);
    if (!has && takes(self, "in")) {
        struct cedar_node *again = new_node(self, left->op, left->first, NULL);
        again->text = left->text;
        struct cedar_node *inside =
            ended(self, new_node(self, CEDAR_IN, again, member(self)), from);
        return ended(self, new_node(self, CEDAR_AND, node, inside), from);
    }
    return node;
}

/* NOLINTNEXTLINE(misc-no-recursion): a tree */
static struct cedar_node *binary(struct parser *self, unsigned level)
{
    size_t from = self->at;

    if (level == LEVELS) {
        return unary(self);
    }
    struct cedar_node *left = binary(self, level + 1);
    size_t at = find_operator(self, level);
    while (!self->failed && at < COUNT_OF(operators)) {
        take(self);
        left = ended(self, new_node(self, operators[at].op, left, binary(self, level + 1)), from);
        at = find_operator(self, level);
    }
    if (level == RELATIONS && !self->failed && (sees(self, "has") || sees(self, "is"))) {
        return has_or_is(self, left, from);
    }
    return left;
}

static struct cedar_node *expression(struct parser *self) /* NOLINT(misc-no-recursion) */
{
    if (self->depth == DEPTH_MAX) {
        self->failed = true;
        return new_node(self, CEDAR_BOOLEAN, NULL, NULL);
    }
    self->depth++;
    struct cedar_node *node = binary(self, 0);
    self->depth--;
    return node;
}

/* --- policies --------------------------------------------------------------------------------- */

static struct cedar_node *both(struct parser *self, struct cedar_node *a, struct cedar_node *b)
{
    return a == NULL ? b : new_node(self, CEDAR_AND, a, b);
}

/* `principal == User::"a"`, or the word alone: any. */
static struct cedar_node *scope(struct parser *self)
{
    struct cedar_node *node = binary(self, RELATIONS);

    return node->op == CEDAR_VARIABLE ? NULL : node;
}

/* `@id("a")`: for people. */
static void skip_annotations(struct parser *self)
{
    while (takes(self, "@")) {
        take(self);
        if (takes(self, "(")) {
            take(self);
            expect(self, ")");
        }
    }
}

/* `when {...}` or `unless {...}`. */
static struct cedar_node *condition(struct parser *self)
{
    bool unless = takes(self, "unless");

    if (!unless) {
        expect(self, "when");
    }
    expect(self, "{");
    struct cedar_node *node = expression(self);
    expect(self, "}");
    return unless ? new_node(self, CEDAR_NOT, node, NULL) : node;
}

static struct cedar_policy *policy(struct parser *self)
{
    struct cedar_policy *out = ARENA_NEW(self->arena, struct cedar_policy, 1);
    struct cedar_node *when = NULL;

    skip_annotations(self);
    out->permits = sees(self, "permit");
    self->failed |= !out->permits && !sees(self, "forbid");
    take(self);
    expect(self, "(");
    for (unsigned i = 0; i < 3 && !self->failed; i++) {
        struct cedar_node *one = scope(self);
        when = one != NULL ? both(self, when, one) : when;
        expect(self, i < 2 ? "," : ")");
    }
    while (!self->failed && !takes(self, ";")) {
        when = both(self, when, condition(self));
    }
    out->when = when;
    return out;
}

bool cedar_parse(struct arena *arena, struct slice text, const struct cedar_policy **out,
                 struct slice *out_rest)
{
    struct parser self = { .arena = arena, .text = text };
    const struct cedar_policy **last = out;

    *out = NULL;
    take(&self);
    while (!self.failed && self.token != END) {
        struct cedar_policy *one = policy(&self);
        *last = one;
        last = &one->next;
    }
    *out_rest = slice_sub(text, self.at, text.len);
    return !self.failed;
}
