#include "base/yaml.h"

#include "base/yaml_cursor.h"
#include "base/yaml_keys.h"
#include "base/yaml_syntax.h"
#include "base/yaml_text.h"

#include <assert.h>
#include <string.h>
#include <yaml.h>

enum code {
    CODE_SYNTAX = 101,
    CODE_ANCHOR = 104,
    CODE_TAG = 105,
    CODE_KEY = 107,
    CODE_DEPTH = 108,
    CODE_SIZE = 109,
    CODE_DIRECTIVE = 110
};

enum { POOL_FIRST = 16, POOL_MOST = 1024 };

struct frame {
    struct yaml_node *node;
    const struct yaml_node **tail;
    bool has_key; /* in a mapping: the key was read, its value comes next */
    struct slice key;
    uint32_t key_byte;
    uint16_t key_bytes;
};

struct reader {
    struct arena *arena;
    const struct diag_source *source;
    struct diag_list *diags;
    struct yaml_cursor cursor;
    struct frame frames[YAML_DEPTH_MAX];
    size_t depth;
    size_t skip; /* open collections below a refused key; nothing is built there */
    struct yaml_node *pool;
    size_t pool_left, pool_size;
    size_t bytes; /* of the text and its tree */
    size_t errors_before;
    size_t read_to; /* byte: end of the scalar or bracket read last, start of one just opened */
    const struct yaml_node *root;
    struct yaml_document *ended; /* whole when something that may follow it does */
    bool failed;                 /* nothing more can be read */
};

static struct slice text_of(const struct reader *reader)
{
    return reader->source->text;
}

/* Behind a last line without an end libyaml counts a line that is not there. */
static uint32_t line_of(const struct reader *reader, const yaml_mark_t *mark, uint32_t byte)
{
    struct slice text = text_of(reader);
    bool is_made_up =
        byte == text.len && mark->column == 0 && mark->line > 0 && text.ptr[text.len - 1] != '\n';

    return (uint32_t)mark->line + (is_made_up ? 0 : 1);
}

static struct diag_span span_of(struct reader *reader, const yaml_mark_t *start,
                                const yaml_mark_t *end)
{
    uint32_t from = yaml_cursor_locate(&reader->cursor, start);
    uint32_t to = end == start ? from : yaml_cursor_locate(&reader->cursor, end);

    return (struct diag_span){ reader->source, line_of(reader, start, from), from, to };
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
    if (anchor == NULL && tag == NULL) {
        return;
    }
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

/* Whether so much more still fits; the first time it does not is reported. */
static bool take_bytes(struct reader *reader, size_t bytes, struct diag_span span)
{
    reader->bytes += bytes;
    if (reader->bytes <= YAML_MEMORY_MAX) {
        return true;
    }
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_SIZE, span,
                                 "the text and the values up to here take more than %d MiB",
                                 YAML_MEMORY_MAX / (1024 * 1024));
    diag_help(reader->diags, diag, "split the file into several");
    reader->failed = true;
    return false;
}

static struct yaml_node *new_node(struct reader *reader, enum yaml_kind kind, struct diag_span span)
{
    if (reader->pool_left == 0) {
        size_t size = reader->pool_size == 0 ? POOL_FIRST : reader->pool_size * 2;
        reader->pool_size = size < POOL_MOST ? size : POOL_MOST;
        reader->pool = ARENA_NEW(reader->arena, struct yaml_node, reader->pool_size);
        reader->pool_left = reader->pool_size;
    }
    struct yaml_node *node = reader->pool++;
    reader->pool_left--;
    node->kind = kind;
    node->source = span.source;
    node->line = span.line;
    node->byte = span.byte;
    node->byte_last = span.byte_end;
    return node;
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
        node->is_member = true;
        node->key = frame->key;
        node->key_byte = frame->key_byte;
        node->key_bytes = frame->key_bytes;
        frame->has_key = false;
    }
    *frame->tail = node;
    frame->tail = &node->next;
    frame->node->count++;
}

/* libyaml takes keys of at most 1,024 characters, but for some that are refused anyway. */
static void take_key(struct reader *reader, struct slice key, struct diag_span span)
{
    struct frame *frame = top(reader);
    uint32_t bytes = span.byte_end - span.byte;

    assert(frame != NULL); /* keys stand in mappings */
    frame->has_key = true;
    frame->key = key;
    frame->key_byte = span.byte;
    frame->key_bytes = (uint16_t)(bytes < UINT16_MAX ? bytes : UINT16_MAX);
}

static void refuse_key(struct reader *reader, struct diag_span span, const char *why)
{
    struct diag *diag = diag_add(reader->diags, DIAG_ERROR, CODE_KEY, span, "%s", why);

    diag_label(reader->diags, diag, "expected a name");
    diag_help(reader->diags, diag, "write `name: value` with a plain name");
    take_key(reader, (struct slice){ 0 }, span); /* its value is kept under an empty key */
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
    if (is_explicit(reader, span.byte)) {
        refuse_key(reader, span, "explicit keys are not allowed");
    } else if (text.len == 0) {
        refuse_key(reader, span, "a key is empty");
    } else if (slice_is(text, "<<") && !quoted) {
        refuse_key(reader, span, "merge keys are not allowed");
    } else {
        take_key(reader, text, span);
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

/* As it stands in the source when nothing is escaped or folded, else a copy. */
static struct slice value_of(struct reader *reader, const yaml_event_t *event,
                             struct diag_span span)
{
    struct slice value = { (const char *)event->data.scalar.value, event->data.scalar.length };
    struct slice written = slice_sub(text_of(reader), span.byte, span.byte_end);
    yaml_scalar_style_t style = event->data.scalar.style;

    if (style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
        written = slice_sub(written, 1, written.len - 1);
    }
    if (slice_eq(written, value)) {
        return written;
    }
    return take_bytes(reader, value.len, span) ? arena_copy(reader->arena, value)
                                               : (struct slice){ 0 };
}

static void on_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct diag_span span = span_of(reader, &event->start_mark, &event->end_mark);
    bool quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;

    refuse_properties(reader, event, event->data.scalar.anchor, event->data.scalar.tag);
    if (reader->skip > 0) {
        return;
    }
    struct slice text = value_of(reader, event, span);
    if (next_is_key(reader)) {
        read_key(reader, text, quoted, span);
        return;
    }
    if (!take_bytes(reader, sizeof(struct yaml_node), span)) {
        return;
    }
    check_block_end(reader, event, span);
    struct yaml_node *node = new_node(reader, YAML_SCALAR, span);
    node->text = text;
    node->quoted = quoted;
    attach(reader, node);
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
    if (!take_bytes(reader, sizeof(struct yaml_node), span)) {
        return;
    }
    struct yaml_node *node = new_node(reader, kind, span);
    attach(reader, node);
    reader->frames[reader->depth++] = (struct frame){ .node = node, .tail = &node->first };
}

static bool has_too_many_errors(const struct reader *reader)
{
    return reader->diags->errors - reader->errors_before >= yaml_errors_max(reader->diags);
}

static uint32_t last_byte(const struct yaml_node *node)
{
    uint32_t last = node->byte;

    for (const struct yaml_node *at = node->first; at != NULL; at = at->next) {
        uint32_t key_end = at->key_byte + at->key_bytes;
        last = at->byte_last > last ? at->byte_last : last;
        last = key_end > last ? key_end : last;
    }
    return last;
}

/* libyaml's end of a flow collection is its bracket; of a block one, an empty place further on. */
static void on_close(struct reader *reader, const yaml_event_t *event)
{
    if (reader->skip > 0) {
        reader->skip--;
        return;
    }
    struct yaml_node *node = reader->frames[--reader->depth].node;
    struct diag_span close = span_of(reader, &event->start_mark, &event->end_mark);

    node->byte_last = close.byte_end > close.byte ? close.byte_end : last_byte(node);
    if (node->kind == YAML_MAPPING) {
        yaml_check_keys(reader->diags, node, reader->depth == 0,
                        reader->errors_before + yaml_errors_max(reader->diags));
    }
}

static void on_document(struct reader *reader, const yaml_event_t *event)
{
    const yaml_tag_directive_t *tags = event->data.document_start.tag_directives.start;

    reader->root = NULL;
    if (tags != event->data.document_start.tag_directives.end) {
        struct diag_span span = span_of(reader, &event->start_mark, &event->start_mark);
        span = yaml_rest_of_line(span);
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
        take_key(reader, (struct slice){ 0 }, span);
        return;
    }
    if (take_bytes(reader, sizeof(struct yaml_node), span)) {
        attach(reader, new_node(reader, YAML_SCALAR, span));
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
    reader->read_to = yaml_cursor_locate(&reader->cursor, mark);
}

/* --- errors of libyaml ----------------------------------------------------------------------- */

static void report_syntax(struct reader *reader, const yaml_parser_t *parser)
{
    struct diag_span at = span_of(reader, &parser->problem_mark, &parser->problem_mark);
    struct slice text = text_of(reader);
    bool inside = at.byte < text.len && text.ptr[at.byte] != '\n';

    at.byte_end += inside ? 1 : 0;
    while (inside && at.byte_end < text.len &&
           ((unsigned char)text.ptr[at.byte_end] & 0xC0U) == 0x80) {
        at.byte_end++;
    }
    const struct yaml_problem problem = {
        .what = parser->problem,
        .context = parser->context,
        .at = at,
        .began = parser->context != NULL
                     ? span_of(reader, &parser->context_mark, &parser->context_mark)
                     : at,
    };
    yaml_report_problem(reader->diags, &problem);
}

static bool next_event(struct reader *reader, yaml_parser_t *parser,
                       const struct yaml_document ***tail)
{
    CLEANUP(yaml_event_delete) yaml_event_t event = { .type = YAML_NO_EVENT };

    if (yaml_parser_parse(parser, &event) == 0) {
        report_syntax(reader, parser);
        return false;
    }
    if (reader->ended != NULL) {
        **tail = reader->ended;
        *tail = &reader->ended->next;
        reader->ended = NULL;
    }
    on_event(reader, &event);
    if (reader->failed) {
        return false;
    }
    if (has_too_many_errors(reader)) {
        yaml_report_stopped(reader->diags, span_of(reader, &event.end_mark, &event.end_mark));
        return false;
    }
    if (event.type == YAML_DOCUMENT_END_EVENT) {
        reader->ended = ARENA_NEW(reader->arena, struct yaml_document, 1);
        reader->ended->root = reader->root;
    }
    return event.type != YAML_STREAM_END_EVENT;
}

const struct yaml_document *yaml_read(struct arena *arena, const struct diag_source *source,
                                      struct diag_list *diags)
{
    struct reader reading = { .arena = arena,
                              .source = source,
                              .diags = diags,
                              .errors_before = diags->errors,
                              .bytes = source->text.len };
    struct reader *reader = &reading;
    const struct yaml_document *first = NULL;
    const struct yaml_document **tail = &first;
    bool ascii = false;

    if (!yaml_check_text(source, diags, &ascii)) {
        return NULL;
    }
    yaml_cursor_start(&reader->cursor, source->text, ascii);
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
