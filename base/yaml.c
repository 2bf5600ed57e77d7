#include "base/yaml.h"

#include "base/yaml_cursor.h"
#include "base/yaml_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum code {
    CODE_SYNTAX = 101,
    CODE_TAB = 103,
    CODE_ANCHOR = 104,
    CODE_TAG = 105,
    CODE_DUPLICATE = 106,
    CODE_KEY = 107,
    CODE_DEPTH = 108,
    CODE_SIZE = 109,
    CODE_DIRECTIVE = 110
};

struct frame {
    struct yaml_node *node;
    const struct yaml_node **tail;
    bool has_key; /* in a mapping: the key was read, its value comes next */
    struct slice key;
    struct diag_span key_span;
};

struct reader {
    struct arena *arena;
    const struct diag_source *source;
    struct diag_list *diags;
    struct yaml_cursor cursor;
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth;
    size_t skip; /* open collections below a refused key; nothing is built there */
    size_t nodes;
    size_t read_to; /* byte: end of the scalar or bracket read last, start of one just opened */
    const struct yaml_node *root;
    bool failed; /* nothing more can be read */
};

static struct slice text_of(const struct reader *reader)
{
    return reader->source->text;
}

static struct diag_span span_of(struct reader *reader, const yaml_mark_t *start,
                                const yaml_mark_t *end)
{
    struct yaml_cursor from = yaml_cursor_locate(&reader->cursor, start);
    struct yaml_cursor to = yaml_cursor_locate(&reader->cursor, end);

    return yaml_cursor_span(&from, &to);
}

/* --- the tree -------------------------------------------------------------------------------- */

static struct frame *top(struct reader *reader)
{
    return reader->depth == 0 ? NULL : &reader->frames[reader->depth - 1];
}

/* A key needs a value: mappings take nodes in turns. */
static bool next_is_key(struct reader *reader)
{
    const struct frame *frame = top(reader);

    return frame != NULL && frame->node->kind == YAML_MAPPING && !frame->has_key;
}

static void refuse_properties(struct reader *reader, const yaml_event_t *event,
                              const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct diag_span span = span_of(reader, &event->start_mark, &event->start_mark);
    struct diag *diag = NULL;

    if (anchor != NULL) {
        diag = diag_add(reader->diags, DIAG_ERROR, CODE_ANCHOR, span,
                        "anchors and aliases are not allowed");
        diag_help(reader->diags, diag, "write the value out in full where it is needed");
    }
    if (tag != NULL) {
        diag = diag_add(reader->diags, DIAG_ERROR, CODE_TAG, span, "tags are not allowed");
        diag_help(reader->diags, diag,
                  "leave the tag out: the field itself says what type its value has");
    }
}

static bool count_node(struct reader *reader, struct diag_span span)
{
    if (++reader->nodes <= YAML_NODES_MAX) {
        return true;
    }
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_SIZE, span,
                                 "the text has more than %d values", YAML_NODES_MAX);
    diag_help(reader->diags, diag, "split it into several files");
    reader->failed = true;
    return false;
}

/* Hangs the node into the open collection, or makes it the root. */
static void attach(struct reader *reader, struct yaml_node *node)
{
    struct frame *frame = top(reader);

    if (frame == NULL) {
        reader->root = node;
        return;
    }
    if (frame->has_key) {
        node->key = frame->key;
        node->key_span = frame->key_span;
        frame->has_key = false;
    }
    *frame->tail = node;
    frame->tail = &node->next;
    frame->node->count++;
}

static void refuse_key(struct reader *reader, struct diag_span span, const char *why)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_KEY, span, "%s", why);

    diag_label(reader->diags, diag, "expected a name");
    diag_help(reader->diags, diag, "write `name: value` with a plain name");
    struct frame *frame = top(reader);
    assert(frame != NULL); /* keys stand in mappings */
    frame->has_key = true; /* its value is read and kept under an empty key */
    frame->key = (struct slice){ 0 };
    frame->key_span = span;
}

/* `? key` is read in two ways by YAML 1.1 and 1.2 when no blank follows the mark. Between what was
 * read last and a key there are blanks, comments and marks only. */
static bool is_explicit(const struct reader *reader, size_t byte)
{
    struct slice text = text_of(reader);

    for (size_t at = reader->read_to; at < byte; at++) {
        if (text.ptr[at] == '?') {
            return true;
        }
        if (text.ptr[at] == '#') {
            at += slice_find(slice_sub(text, at, byte), '\n');
        }
    }
    return false;
}

static void read_key(struct reader *reader, struct slice text, bool quoted, struct diag_span span)
{
    struct frame *frame = top(reader);

    if (is_explicit(reader, span.byte)) {
        refuse_key(reader, span, "explicit keys are not allowed");
    } else if (text.len == 0) {
        refuse_key(reader, span, "a key is empty");
    } else if (slice_is(text, "<<") && !quoted) {
        refuse_key(reader, span, "merge keys are not allowed");
    } else {
        frame->has_key = true;
        frame->key = text;
        frame->key_span = span;
    }
}

/* YAML 1.1 and 1.2 differ on whether such a line belongs to the text. */
static void check_block_end(struct reader *reader, const yaml_event_t *event, struct diag_span span)
{
    yaml_scalar_style_t style = event->data.scalar.style;
    struct slice text = text_of(reader);
    size_t at = span.byte_end;

    if (style != YAML_LITERAL_SCALAR_STYLE && style != YAML_FOLDED_SCALAR_STYLE) {
        return;
    }
    while (at < text.len && strchr(" \r\n", text.ptr[at]) != NULL) {
        at++;
    }
    if (at < text.len || text.ptr[text.len - 1] != ' ') {
        return; /* more follows, or the last line is whole */
    }
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_SYNTAX, span,
                                 "the block text ends in a line of blanks");
    diag_help(reader->diags, diag, "remove the blanks at the end of the file");
}

static void on_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct diag_span span = span_of(reader, &event->start_mark, &event->end_mark);
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;

    refuse_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (reader->skip > 0 || !count_node(reader, span)) {
        return;
    }
    struct slice text =
        arena_copy(reader->arena, (struct slice){ (const char *)event->data.scalar.value,
                                                  event->data.scalar.length });
    if (next_is_key(reader)) {
        read_key(reader, text, quoted, span);
        return;
    }
    check_block_end(reader, event, span);
    struct yaml_node *node = ARENA_NEW(reader->arena, struct yaml_node, 1);
    *node = (struct yaml_node){ .kind = YAML_SCALAR,
                                .text = text,
                                .quoted = quoted,
                                .span = span,
                                .byte_last = span.byte_end };
    attach(reader, node);
}

/* From a place up to the end of its line, without the blanks there. */
static struct diag_span rest_of_line(const struct reader *reader, struct diag_span at)
{
    struct slice line = slice_sub(text_of(reader), at.byte, text_of(reader).len);

    line = slice_trim(slice_sub(line, 0, slice_find(line, '\n')));
    at.byte_end = at.byte + (uint32_t)line.len;
    at.end_line = at.line;
    at.end_col = at.col;
    for (size_t i = 0; i < line.len; i++) {
        at.end_col += ((unsigned char)line.ptr[i] & 0xC0U) != 0x80 ? 1 : 0;
    }
    return at;
}

static void on_open(struct reader *reader, const yaml_event_t *event, enum yaml_kind kind)
{
    struct diag_span span = span_of(reader, &event->start_mark, &event->start_mark);

    if (reader->depth + reader->skip >= YAML_DEPTH_MAX) {
        struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_DEPTH, span,
                                     "nested deeper than %d levels", YAML_DEPTH_MAX);
        diag_help(reader->diags, diag, "no document of ours needs more than ten");
        reader->failed = true;
        return;
    }
    if (reader->skip > 0) {
        reader->skip++;
        return;
    }
    if (next_is_key(reader)) {
        refuse_key(reader, span, "a key is a list or a mapping");
        reader->skip = 1;
        return;
    }
    if (!count_node(reader, span)) {
        return;
    }
    struct yaml_node *node = ARENA_NEW(reader->arena, struct yaml_node, 1);
    *node = (struct yaml_node){ .kind = kind, .span = span, .byte_last = span.byte };
    attach(reader, node);
    reader->frames[reader->depth++] = (struct frame){ .node = node, .tail = &node->first };
}

static int key_order(const void *left, const void *right)
{
    const struct yaml_node *const *a = left;
    const struct yaml_node *const *b = right;
    int order = slice_cmp((*a)->key, (*b)->key);

    if (order != 0) {
        return order;
    }
    return ((*a)->key_span.byte > (*b)->key_span.byte) -
           ((*a)->key_span.byte < (*b)->key_span.byte);
}

/* By sorting: a mapping of a million keys must not cost a million squared. */
static void check_duplicates(struct reader *reader, const struct yaml_node *mapping)
{
    size_t count = 0;
    CLEANUP(cleanup_free)
    const struct yaml_node **members =
        malloc((mapping->count + 1) * sizeof(const struct yaml_node *));

    if (members == NULL) {
        abort();
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        members[count++] = at;
    }
    qsort(members, count, sizeof(const struct yaml_node *), key_order);
    for (size_t i = 1, first = 0; i < count; i++) {
        if (members[i]->key.len == 0 || !slice_eq(members[i]->key, members[first]->key)) {
            first = i;
            continue;
        }
        struct slice key = members[i]->key;
        struct diag *diag =
            diag_add(reader->diags, DIAG_ERROR, CODE_DUPLICATE, members[i]->key_span,
                     "key `%.*s` is repeated", SLICE_ARG(key));
        diag_secondary(reader->diags, diag, members[first]->key_span, "first here");
        diag_help(reader->diags, diag, "keep one of them");
    }
}

static uint32_t last_byte(const struct yaml_node *node, struct diag_span close)
{
    uint32_t last = node->span.byte;

    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        last = at->byte_last > last ? at->byte_last : last;
        last = at->key_span.byte_end > last ? at->key_span.byte_end : last;
    }
    return close.byte_end > close.byte ? close.byte_end : last; /* a bracket, or block style */
}

/* libyaml's end of a flow collection is its bracket; of a block one, an empty place further on.
 * Only the collections open at a line's end walk that line: at most YAML_DEPTH_MAX of them. */
static void on_close(struct reader *reader, const yaml_event_t *event)
{
    if (reader->skip > 0) {
        reader->skip--;
        return;
    }
    struct yaml_node *node = reader->frames[--reader->depth].node;
    struct diag_span close = span_of(reader, &event->start_mark, &event->end_mark);

    node->byte_last = last_byte(node, close);
    if (close.byte_end > close.byte && close.line == node->span.line) {
        node->span.byte_end = close.byte_end;
        node->span.end_col = close.end_col;
    } else {
        node->span = rest_of_line(reader, node->span);
    }
    if (node->kind == YAML_MAPPING) {
        check_duplicates(reader, node);
    }
}

static void on_document(struct reader *reader, const yaml_event_t *event)
{
    const yaml_tag_directive_t *tags = event->data.document_start.tag_directives.start;

    reader->root = NULL;
    if (tags != event->data.document_start.tag_directives.end) {
        struct diag_span span = span_of(reader, &event->start_mark, &event->start_mark);
        span = rest_of_line(reader, span);
        struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_DIRECTIVE, span,
                                     "%%TAG directives are not allowed");
        diag_help(reader->diags, diag, "remove the line: tags have no meaning here");
    }
}

static void on_alias(struct reader *reader, const yaml_event_t *event)
{
    refuse_properties(reader, event, event->data.alias.anchor, NULL);
    if (reader->skip > 0) {
        return;
    }
    struct diag_span span = span_of(reader, &event->start_mark, &event->end_mark);
    if (next_is_key(reader)) {
        struct frame *frame = top(reader);
        frame->has_key = true;
        frame->key = (struct slice){ 0 };
        frame->key_span = span;
        return;
    }
    if (count_node(reader, span)) {
        struct yaml_node *node = ARENA_NEW(reader->arena, struct yaml_node, 1);
        *node = (struct yaml_node){ .kind = YAML_SCALAR, .span = span, .byte_last = span.byte_end };
        attach(reader, node);
    }
}

static void on_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        on_scalar(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        refuse_properties(reader, event, event->data.sequence_start.anchor,
                          event->data.sequence_start.tag);
        on_open(reader, event, YAML_SEQUENCE);
        break;
    case YAML_MAPPING_START_EVENT:
        refuse_properties(reader, event, event->data.mapping_start.anchor,
                          event->data.mapping_start.tag);
        on_open(reader, event, YAML_MAPPING);
        break;
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        on_close(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        on_alias(reader, event);
        break;
    case YAML_DOCUMENT_START_EVENT:
        on_document(reader, event);
        break;
    case YAML_DOCUMENT_END_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_NO_EVENT:
        break;
    }
    bool opened =
        event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_mark_t *mark = opened ? &event->start_mark : &event->end_mark;
    reader->read_to = yaml_cursor_locate(&reader->cursor, mark).byte;
}

/* --- errors of libyaml ----------------------------------------------------------------------- */

static void report_syntax(struct reader *reader, const yaml_parser_t *parser)
{
    struct yaml_cursor at = yaml_cursor_locate(&reader->cursor, &parser->problem_mark);
    struct yaml_cursor to = at;
    struct slice text = text_of(reader);
    bool inside = at.byte < text.len && text.ptr[at.byte] != '\n';
    bool tab = inside && text.ptr[at.byte] == '\t';

    to.byte += inside ? 1 : 0;
    while (inside && to.byte < text.len && ((unsigned char)text.ptr[to.byte] & 0xC0U) == 0x80) {
        to.byte++;
    }
    to.col += inside ? 1 : 0;
    struct diag_span span = yaml_cursor_span(&at, &to);
    struct diag *diag = NULL;
    if (tab) {
        diag = diag_add(reader->diags, DIAG_ERROR, CODE_TAB, span,
                        "a tab is used where only spaces may stand");
        diag_help(reader->diags, diag, "indent with spaces");
        return;
    }
    diag = diag_add(reader->diags, DIAG_ERROR, CODE_SYNTAX, span, "not valid YAML: %s",
                    parser->problem != NULL ? parser->problem : "the reader stopped");
    if (parser->context != NULL && parser->context_mark.index != parser->problem_mark.index) {
        struct yaml_cursor context = yaml_cursor_locate(&reader->cursor, &parser->context_mark);
        diag_secondary(reader->diags, diag, yaml_cursor_span(&context, &context), "%s",
                       parser->context);
    } else if (parser->context != NULL) {
        diag_label(reader->diags, diag, "%s", parser->context);
    }
    diag_help(reader->diags, diag, "check indentation, colons, quotes and brackets just before");
}

static bool next_event(struct reader *reader, yaml_parser_t *parser,
                       const struct yaml_document ***tail)
{
    CLEANUP(yaml_event_delete) yaml_event_t event = { .type = YAML_NO_EVENT };

    if (yaml_parser_parse(parser, &event) == 0) {
        report_syntax(reader, parser);
        return false;
    }
    on_event(reader, &event);
    if (reader->failed) {
        return false;
    }
    if (event.type == YAML_DOCUMENT_END_EVENT) {
        struct yaml_document *document = ARENA_NEW(reader->arena, struct yaml_document, 1);
        document->root = reader->root;
        **tail = document;
        *tail = &document->next;
    }
    return event.type != YAML_STREAM_END_EVENT;
}

const struct yaml_document *yaml_read(struct arena *arena, const struct diag_source *source,
                                      struct diag_list *diags)
{
    struct reader *reader = ARENA_NEW(arena, struct reader, 1);
    const struct yaml_document *first = NULL;
    const struct yaml_document **tail = &first;

    *reader = (struct reader){ .arena = arena, .source = source, .diags = diags };
    bool ascii = false;

    if (!yaml_check_text(source, diags, &ascii)) {
        return NULL;
    }
    yaml_cursor_start(&reader->cursor, source);
    reader->cursor.is_exact = ascii;
    CLEANUP(yaml_parser_delete) yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        abort(); /* out of memory */
    }
    struct slice text = slice_sub(source->text, reader->cursor.byte, source->text.len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(text.ptr != NULL ? text.ptr : ""),
                                 text.len);
    while (next_event(reader, &parser, &tail)) {
    }
    return first;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != YAML_MAPPING) {
        return NULL;
    }
    for (const struct yaml_node *at = mapping->first; at != NULL; at = at->next) {
        if (slice_is(at->key, key)) {
            return at;
        }
    }
    return NULL;
}
