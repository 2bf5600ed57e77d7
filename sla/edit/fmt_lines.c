#include "sla/edit/fmt_lines.h"

#include <assert.h>
#include <string.h>

#include "base/yaml.h"

enum {
    STEP = 2,        /* blanks a level */
    BEFORE_MARK = 2, /* blanks before a comment at the end of a line */
    NESTED_MAX = YAML_DEPTH_MAX + 1,
    LINES_APART_MAX = 2 /* line breaks between two words: at most one empty line */
};

enum block_kind { BLOCK_MAPPING, BLOCK_LIST, BLOCK_LIST_AT_KEY };

/* A mapping or list in block style that is open. */
struct block {
    enum block_kind kind;
    unsigned column; /* in the source, from 0 */
    unsigned indent; /* in the result */
};

/* A bracket that is open. */
struct flow {
    uint32_t line; /* where it stands, in the source */
    unsigned base; /* the lines inside are one step deeper */
};

struct layout {
    struct slice text;
    const struct yaml_tokens *tokens;
    struct buf *out;
    const char *line_end;
    struct block blocks[NESTED_MAX];
    size_t block_count;
    struct flow flows[NESTED_MAX];
    size_t flow_count;
    /* Since the last word: */
    enum yaml_token_kind last;
    struct block inner; /* was the innermost one then */
    struct block closed[NESTED_MAX];
    size_t closed_count;
    bool is_key; /* the next word is one */

    bool started;       /* a word or comment was written */
    uint32_t lost_line; /* of a word that cannot stand where it should; 0: none */
    bool unended;       /* a last line that must stay without an end */
    uint32_t read_to;   /* up to here the text is written */
    uint32_t words;     /* tokens with a text, so far */
    size_t comment;     /* the next one */
};

/* --- lines and blanks ------------------------------------------------------------------------ */

static void put_blanks(struct layout *layout, unsigned count)
{
    static const char blanks[] = "                ";

    while (count > 0) {
        unsigned some = count < sizeof(blanks) - 1 ? count : (unsigned)sizeof(blanks) - 1;
        buf_add(layout->out, blanks, some);
        count -= some;
    }
}

static void put_line_end(struct layout *layout)
{
    buf_add_cstr(layout->out, layout->line_end);
}

static size_t lines_before(const struct layout *layout, uint32_t byte)
{
    return slice_count(slice_sub(layout->text, layout->read_to, byte), '\n');
}

static bool starts_line(const struct layout *layout, uint32_t byte)
{
    return !layout->started || lines_before(layout, byte) > 0;
}

/* To where a word or comment is written: on the same line after `gap` blanks, else on a new one. */
static void go_to(struct layout *layout, uint32_t byte, unsigned gap, unsigned indent)
{
    size_t lines = lines_before(layout, byte);

    if (layout->started && lines == 0) {
        put_blanks(layout, gap);
        return;
    }
    for (size_t i = 0; layout->started && i < lines && i < LINES_APART_MAX; i++) {
        put_line_end(layout);
    }
    put_blanks(layout, indent);
    layout->started = true;
}

static unsigned column_of(const struct layout *layout, uint32_t byte)
{
    struct slice before = slice_sub(layout->text, 0, byte);
    size_t end = slice_rfind(before, '\n');
    size_t start = end < before.len ? end + 1 : 0;

    if (start == 0 && slice_starts(before, SLICE("\xEF\xBB\xBF"))) {
        start = 3;
    }
    return byte - (unsigned)start;
}

/* --- what is open ---------------------------------------------------------------------------- */

static const struct block *top_block(const struct layout *layout)
{
    return layout->block_count > 0 ? &layout->blocks[layout->block_count - 1] : NULL;
}

static const struct flow *top_flow(const struct layout *layout)
{
    return layout->flow_count > 0 ? &layout->flows[layout->flow_count - 1] : NULL;
}

static void open_block(struct layout *layout, enum block_kind kind, unsigned column)
{
    const struct block *top = top_block(layout);
    unsigned indent = top == NULL ? 0 : top->indent + STEP;

    assert(layout->block_count < NESTED_MAX); /* yaml_read bounds the depth */
    layout->blocks[layout->block_count++] = (struct block){ kind, column, indent };
}

static void close_block(struct layout *layout)
{
    assert(layout->block_count > 0 && layout->closed_count < NESTED_MAX);
    layout->closed[layout->closed_count++] = layout->blocks[--layout->block_count];
}

/* A list as deep as its key has no token for its end. */
static void close_list_at_key(struct layout *layout)
{
    const struct block *top = top_block(layout);

    if (top != NULL && top->kind == BLOCK_LIST_AT_KEY) {
        close_block(layout);
    }
}

static void on_item(struct layout *layout)
{
    const struct block *top = top_block(layout);

    if (layout->flow_count == 0 && top != NULL && top->kind == BLOCK_MAPPING) {
        open_block(layout, BLOCK_LIST_AT_KEY, top->column);
    }
}

/* Of the lines inside the innermost bracket. */
static unsigned flow_indent(const struct layout *layout)
{
    return top_flow(layout)->base + STEP;
}

/* Not as far left as the key or dash that the bracket belongs to: other readers refuse that. */
static unsigned close_indent(const struct layout *layout)
{
    const struct block *block = top_block(layout);
    unsigned base = top_flow(layout)->base;

    return block == NULL || base > block->indent ? base : base + STEP;
}

/* Of a line that begins with the token. */
static unsigned indent_of(const struct layout *layout, enum yaml_token_kind kind)
{
    const struct block *block = top_block(layout);

    if (layout->flow_count > 0) {
        return kind == YAML_TOKEN_CLOSE ? close_indent(layout) : flow_indent(layout);
    }
    if (block == NULL) {
        return 0;
    }
    return kind == YAML_TOKEN_ITEM || layout->is_key ? block->indent : block->indent + STEP;
}

static void open_flow(struct layout *layout, const struct yaml_token *token, bool first,
                      unsigned indent)
{
    const struct flow *outer = top_flow(layout);
    const struct block *block = top_block(layout);
    struct flow flow = { .line = token->line };

    if (outer != NULL) {
        flow.base = outer->line == token->line ? outer->base : outer->base + STEP;
    } else if (first) {
        flow.base = indent;
    } else {
        flow.base = block != NULL ? block->indent : 0;
    }
    assert(layout->flow_count < NESTED_MAX);
    layout->flows[layout->flow_count++] = flow;
}

/* --- comments -------------------------------------------------------------------------------- */

/* One that stands alone goes with what follows it, unless it is deeper: then with the innermost of
 * what has ended that is not left of it. */
static unsigned comment_indent(const struct layout *layout, unsigned column, unsigned next_column,
                               unsigned next_indent)
{
    const struct block *best = NULL;

    if (layout->flow_count > 0) {
        return flow_indent(layout);
    }
    if (column <= next_column) {
        return next_indent;
    }
    bool lacks_value = layout->last == YAML_TOKEN_COLON || layout->last == YAML_TOKEN_ITEM;
    if (lacks_value && column > layout->inner.column) {
        return layout->inner.indent + STEP;
    }
    for (size_t i = 0; i < layout->closed_count; i++) {
        const struct block *at = &layout->closed[i];
        if (at->column >= column && (best == NULL || at->column < best->column)) {
            best = at;
        }
    }
    if (best == NULL && layout->closed_count > 0) {
        best = &layout->closed[0];
    }
    return best != NULL ? best->indent : next_indent;
}

static void put_comment(struct layout *layout, unsigned indent)
{
    const struct yaml_comment *comment = &layout->tokens->comments[layout->comment++];

    go_to(layout, comment->byte, BEFORE_MARK, indent);
    buf_add_slice(layout->out, slice_sub(layout->text, comment->byte, comment->byte_end));
    layout->read_to = comment->byte_end;
}

/* Those before a word that would start a line of this indent; at the end of the text `byte` is
 * that. */
static void put_comments(struct layout *layout, uint32_t byte, unsigned next_indent)
{
    const struct yaml_tokens *tokens = layout->tokens;

    while (layout->comment < tokens->comment_count &&
           tokens->comments[layout->comment].byte < byte) {
        unsigned next_column = byte < layout->text.len ? column_of(layout, byte) : 0;
        unsigned column = column_of(layout, tokens->comments[layout->comment].byte);
        put_comment(layout, comment_indent(layout, column, next_column, next_indent));
    }
}

/* --- words ----------------------------------------------------------------------------------- */

static struct slice without_return(struct slice line)
{
    return slice_ends(line, SLICE("\r")) ? slice_sub(line, 0, line.len - 1) : line;
}

static struct slice without_indent(struct slice line)
{
    size_t at = 0;

    while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t')) {
        at++;
    }
    return slice_sub(line, at, line.len);
}

/* Of the lines of a text but its first. Never 0, where `---` would end the document. */
static unsigned continued_indent(const struct layout *layout, const struct yaml_token *token)
{
    const struct block *block = top_block(layout);
    const struct flow *flow = top_flow(layout);

    if (flow != NULL) {
        return flow_indent(layout) + (token->line != flow->line ? STEP : 0);
    }
    return (block != NULL ? block->indent : 0) + STEP;
}

/* Breaks inside are kept, each: they are part of the value. */
static void put_text(struct layout *layout, const struct yaml_token *token)
{
    struct slice rest = slice_sub(layout->text, token->byte, token->byte_end);
    unsigned indent = continued_indent(layout, token);
    bool plain = token->kind == YAML_TOKEN_PLAIN;
    struct slice line = slice_cut(&rest, '\n');

    buf_add_slice(layout->out, plain ? slice_trim(line) : without_return(line));
    while (rest.ptr != NULL) {
        line = without_indent(without_return(slice_cut(&rest, '\n')));
        line = plain ? slice_trim(line) : line;
        put_line_end(layout);
        put_blanks(layout, line.len > 0 ? indent : 0);
        buf_add_slice(layout->out, line);
    }
    layout->read_to = token->byte_end;
}

static size_t leading_blanks(struct slice line)
{
    size_t count = 0;

    while (count < line.len && line.ptr[count] == ' ') {
        count++;
    }
    return count;
}

/* `|`, `>` and what says how to read the lines below. */
static void put_header(struct layout *layout, struct slice header)
{
    for (size_t i = 0; i < header.len; i++) {
        bool is_digit = header.ptr[i] >= '1' && header.ptr[i] <= '9';
        if (is_digit) {
            buf_printf(layout->out, "%d", STEP);
        } else {
            buf_add_char(layout->out, header.ptr[i]);
        }
    }
}

/* How many blanks of each line are no part of the text: as the indicator says, else those of the
 * first line that has more than blanks. */
static size_t text_indent(const struct layout *layout, struct slice header, struct slice lines)
{
    const struct block *block = top_block(layout);
    size_t most = block != NULL ? block->column + 1 : 1;
    bool found = false;

    for (size_t i = 0; i < header.len; i++) {
        if (header.ptr[i] >= '1' && header.ptr[i] <= '9') {
            return (block != NULL ? block->column : 0) + (size_t)(header.ptr[i] - '0');
        }
    }
    while (lines.len > 0 && !found) {
        struct slice line = without_return(slice_cut(&lines, '\n'));
        size_t blanks = leading_blanks(line);
        most = blanks > most ? blanks : most;
        found = blanks < line.len;
    }
    return most;
}

/* The lines of a block text; empty ones at its end only where they are part of the value. */
static void put_block_lines(struct layout *layout, struct slice lines, size_t before, bool keeps)
{
    const struct block *block = top_block(layout);
    unsigned indent = (block != NULL ? block->indent : 0) + STEP;
    size_t at = lines.len > 0 ? (size_t)(lines.ptr - layout->text.ptr) : 0;
    size_t empty = 0;

    while (lines.len > 0) {
        struct slice line = slice_cut(&lines, '\n');
        size_t end = at + line.len;
        size_t blanks = leading_blanks(line);
        line = without_return(slice_sub(line, blanks < before ? blanks : before, line.len));
        at = end + 1;
        empty++;
        if (line.len == 0 && !(keeps && lines.len == 0)) {
            continue;
        }
        for (; empty > 0; empty--) {
            put_line_end(layout);
        }
        put_blanks(layout, line.len > 0 ? indent : 0);
        buf_add_slice(layout->out, line);
        layout->read_to = (uint32_t)end;
    }
}

static void put_block_text(struct layout *layout, const struct yaml_token *token)
{
    struct slice lines = slice_sub(layout->text, token->byte, token->byte_end);
    struct slice header = without_return(slice_cut(&lines, '\n'));
    struct slice whole = header;
    bool ends = layout->text.ptr[token->byte_end - 1] == '\n';

    header.len = 0;
    while (header.len < whole.len && strchr(" \t#", whole.ptr[header.len]) == NULL) {
        header.len++;
    }
    put_header(layout, header);
    layout->read_to = token->byte + (uint32_t)header.len;
    if (layout->comment < layout->tokens->comment_count &&
        layout->tokens->comments[layout->comment].in_header &&
        layout->tokens->comments[layout->comment].before == layout->words) {
        put_comment(layout, 0);
    }
    bool keeps = slice_find(header, '+') < header.len;
    put_block_lines(layout, lines, text_indent(layout, header, lines), keeps);
    /* A line without an end has none in its value either. */
    layout->unended = !ends && lines.len > 0 && slice_find(header, '-') == header.len;
}

/* --- tokens ---------------------------------------------------------------------------------- */

/* Blanks between two words of a line. */
static unsigned gap_between(enum yaml_token_kind left, enum yaml_token_kind right)
{
    if (left == YAML_TOKEN_COLON) {
        return 1; /* `{a: , b: c}`: without it the colon is part of the key */
    }
    bool none = left == YAML_TOKEN_OPEN || right == YAML_TOKEN_CLOSE || right == YAML_TOKEN_COMMA ||
                right == YAML_TOKEN_COLON;
    return none ? 0 : 1;
}

/* What ends a document in column 1, before a blank or the end of the line, is a word elsewhere. */
static bool is_mark(struct slice word, bool is_key)
{
    bool marks = slice_starts(word, SLICE("---")) || slice_starts(word, SLICE("..."));

    return marks && (word.len == 3 ? !is_key : strchr(" \t\r\n", word.ptr[3]) != NULL);
}

static void on_word(struct layout *layout, const struct yaml_token *token)
{
    if (token->kind == YAML_TOKEN_ITEM) {
        on_item(layout);
    }
    unsigned indent = indent_of(layout, token->kind);
    put_comments(layout, token->byte, indent);
    bool first = starts_line(layout, token->byte);
    go_to(layout, token->byte, gap_between(layout->last, token->kind), indent);
    layout->words++;
    if (first && indent == 0 && token->kind == YAML_TOKEN_PLAIN &&
        is_mark(slice_sub(layout->text, token->byte, token->byte_end), layout->is_key)) {
        layout->lost_line = token->line;
    }
    if (token->kind == YAML_TOKEN_BLOCK_TEXT) {
        put_block_text(layout, token);
    } else {
        put_text(layout, token);
    }
    if (token->kind == YAML_TOKEN_OPEN) {
        open_flow(layout, token, first, indent);
    } else if (token->kind == YAML_TOKEN_CLOSE) {
        layout->flow_count--;
    }
    const struct block *top = top_block(layout);
    layout->inner = top != NULL ? *top : (struct block){ 0 };
    layout->last = token->kind;
    layout->closed_count = 0;
    layout->is_key = false;
}

static void on_token(struct layout *layout, const struct yaml_token *token)
{
    bool in_flow = layout->flow_count > 0;

    if (yaml_token_has_text(token)) {
        on_word(layout, token);
    } else if (token->kind == YAML_TOKEN_MAPPING) {
        open_block(layout, BLOCK_MAPPING, column_of(layout, token->byte));
    } else if (token->kind == YAML_TOKEN_SEQUENCE) {
        open_block(layout, BLOCK_LIST, column_of(layout, token->byte));
    } else if (token->kind == YAML_TOKEN_BLOCK_END) {
        close_list_at_key(layout);
        close_block(layout);
    } else {
        if (!in_flow) {
            close_list_at_key(layout);
        }
        layout->is_key = true;
    }
}

/* Windows line ends stay when the first line has one. */
static const char *line_end_of(struct slice text)
{
    struct slice first = slice_sub(text, 0, slice_find(text, '\n'));

    return first.len < text.len && slice_ends(first, SLICE("\r")) ? "\r\n" : "\n";
}

struct status fmt_write_lines(struct slice text, const struct yaml_tokens *tokens, struct buf *out)
{
    struct layout layout = {
        .text = text,
        .tokens = tokens,
        .out = out,
        .line_end = line_end_of(text),
        .last = YAML_TOKEN_DOCUMENT_START,
    };

    if (slice_starts(text, SLICE("\xEF\xBB\xBF"))) {
        layout.read_to = 3;
        buf_add_slice(out, slice_sub(text, 0, layout.read_to));
    }
    for (size_t i = 0; i < tokens->count; i++) {
        on_token(&layout, &tokens->items[i]);
    }
    put_comments(&layout, (uint32_t)text.len, 0);
    if (layout.started && !layout.unended) {
        put_line_end(&layout);
    }
    if (layout.lost_line > 0) {
        return status_error(STATUS_UNSUPPORTED,
                            "line %u would begin with the mark of a document: put quotes around it",
                            layout.lost_line);
    }
    return STATUS_SUCCESS;
}
