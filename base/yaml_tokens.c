#include "base/yaml_tokens.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/yaml_cursor.h"

enum { ROOM_FIRST = 64 };

struct scan {
    struct arena *arena;
    struct slice text;
    struct yaml_cursor cursor;
    struct yaml_token *tokens;
    size_t token_count, token_room;
    struct yaml_comment *comments;
    size_t comment_count, comment_room;
    uint32_t with_text; /* tokens that have one, so far */
    uint32_t read_to;   /* the end of the last of them */
};

/* Room for one more; the old rows stay in the arena. */
static void *grow(struct arena *arena, const void *rows, size_t count, size_t size, size_t *room)
{
    *room = *room == 0 ? ROOM_FIRST : *room * 2;
    void *more = arena_alloc(arena, *room, size);
    if (count > 0) {
        memcpy(more, rows, count * size);
    }
    return more;
}

static void add_token(struct scan *scan, struct yaml_token token)
{
    if (scan->token_count == scan->token_room) {
        scan->tokens =
            grow(scan->arena, scan->tokens, scan->token_count, sizeof(token), &scan->token_room);
    }
    scan->tokens[scan->token_count++] = token;
}

static void add_comment(struct scan *scan, size_t from, size_t to, bool in_header)
{
    if (scan->comment_count == scan->comment_room) {
        scan->comments = grow(scan->arena, scan->comments, scan->comment_count,
                              sizeof(struct yaml_comment), &scan->comment_room);
    }
    struct slice text = slice_trim(slice_sub(scan->text, from, to));
    scan->comments[scan->comment_count++] = (struct yaml_comment){
        .byte = (uint32_t)from,
        .byte_end = (uint32_t)(from + text.len),
        .before = scan->with_text,
        .in_header = in_header,
    };
}

/* Between two tokens there are blanks, line breaks and comments only. */
static struct status read_gap(struct scan *scan, uint32_t to)
{
    for (size_t at = scan->read_to; at < to; at++) {
        struct slice rest = slice_sub(scan->text, at, to);
        if (rest.ptr[0] == '#') {
            size_t len = slice_find(rest, '\n');
            add_comment(scan, at, at + len, false);
            at += len;
        } else if (strchr(" \t\r\n", rest.ptr[0]) == NULL || rest.ptr[0] == '\0') {
            return status_error(STATUS_INTERNAL, "byte %zu is in no token", at);
        }
    }
    return STATUS_SUCCESS;
}

/* False: nothing that we keep, or nothing that yaml_read lets pass. */
static bool kind_of(const yaml_token_t *token, enum yaml_token_kind *out)
{
    static const enum yaml_token_kind kinds[] = {
        [YAML_VERSION_DIRECTIVE_TOKEN] = YAML_TOKEN_DIRECTIVE,
        [YAML_DOCUMENT_START_TOKEN] = YAML_TOKEN_DOCUMENT_START,
        [YAML_DOCUMENT_END_TOKEN] = YAML_TOKEN_DOCUMENT_END,
        [YAML_BLOCK_SEQUENCE_START_TOKEN] = YAML_TOKEN_SEQUENCE,
        [YAML_BLOCK_MAPPING_START_TOKEN] = YAML_TOKEN_MAPPING,
        [YAML_BLOCK_END_TOKEN] = YAML_TOKEN_BLOCK_END,
        [YAML_FLOW_SEQUENCE_START_TOKEN] = YAML_TOKEN_OPEN,
        [YAML_FLOW_SEQUENCE_END_TOKEN] = YAML_TOKEN_CLOSE,
        [YAML_FLOW_MAPPING_START_TOKEN] = YAML_TOKEN_OPEN,
        [YAML_FLOW_MAPPING_END_TOKEN] = YAML_TOKEN_CLOSE,
        [YAML_BLOCK_ENTRY_TOKEN] = YAML_TOKEN_ITEM,
        [YAML_FLOW_ENTRY_TOKEN] = YAML_TOKEN_COMMA,
        [YAML_KEY_TOKEN] = YAML_TOKEN_KEY,
        [YAML_VALUE_TOKEN] = YAML_TOKEN_COLON,
        [YAML_SCALAR_TOKEN] = YAML_TOKEN_QUOTED,
    };

    *out = kinds[token->type];
    if (token->type == YAML_SCALAR_TOKEN) {
        yaml_scalar_style_t style = token->data.scalar.style;
        bool is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
        *out = style == YAML_PLAIN_SCALAR_STYLE ? YAML_TOKEN_PLAIN : *out;
        *out = is_block ? YAML_TOKEN_BLOCK_TEXT : *out;
    }
    return *out != YAML_TOKEN_MAPPING || token->type == YAML_BLOCK_MAPPING_START_TOKEN;
}

static void read_header(struct scan *scan, const struct yaml_token *token)
{
    struct slice header = slice_sub(scan->text, token->byte, token->byte_end);

    header = slice_sub(header, 0, slice_find(header, '\n'));
    size_t mark = slice_find(header, '#');
    if (mark < header.len) {
        add_comment(scan, token->byte + mark, token->byte + header.len, true);
    }
}

static struct status on_token(struct scan *scan, const yaml_token_t *from)
{
    uint32_t byte = yaml_cursor_locate(&scan->cursor, &from->start_mark);
    uint32_t byte_end = yaml_cursor_locate(&scan->cursor, &from->end_mark);
    struct yaml_token token = { .line = (uint32_t)from->start_mark.line + 1,
                                .byte = byte,
                                .byte_end = byte_end };

    if (from->type == YAML_STREAM_START_TOKEN) {
        return STATUS_SUCCESS;
    }
    if (from->type == YAML_STREAM_END_TOKEN) {
        return read_gap(scan, (uint32_t)scan->text.len);
    }
    if (!kind_of(from, &token.kind)) {
        return status_error(STATUS_INTERNAL, "byte %u: a token that is refused", byte);
    }
    if (yaml_token_has_text(&token)) {
        TRY(read_gap(scan, byte));
        scan->with_text++;
        scan->read_to = byte_end;
    } else {
        token.byte_end = byte;
    }
    if (token.kind == YAML_TOKEN_BLOCK_TEXT) {
        read_header(scan, &token);
    }
    add_token(scan, token);
    return STATUS_SUCCESS;
}

static struct status read_next(struct scan *scan, yaml_parser_t *parser, bool *out_ended)
{
    CLEANUP(yaml_token_delete) yaml_token_t token = { .type = YAML_NO_TOKEN };

    if (yaml_parser_scan(parser, &token) == 0) {
        return status_error(STATUS_INTERNAL, "not valid YAML");
    }
    *out_ended = token.type == YAML_STREAM_END_TOKEN;
    return on_token(scan, &token);
}

struct status yaml_tokens_read(struct arena *arena, struct slice text, struct yaml_tokens *out)
{
    struct scan scan = { .arena = arena, .text = text };
    bool ended = false;

    yaml_cursor_start(&scan.cursor, text, false);
    scan.read_to = (uint32_t)scan.cursor.byte;
    CLEANUP(yaml_parser_delete) yaml_parser_t parser;
    if (yaml_parser_initialize(&parser) == 0) {
        abort(); /* out of memory */
    }
    struct slice rest = slice_sub(text, scan.read_to, text.len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)(rest.ptr != NULL ? rest.ptr : ""),
                                 rest.len);
    while (!ended) {
        TRY(read_next(&scan, &parser, &ended));
    }
    *out = (struct yaml_tokens){ scan.tokens, scan.token_count, scan.comments, scan.comment_count };
    return STATUS_SUCCESS;
}
