/* base/yaml_tokens.h - the words and comments of a YAML text, in the order in which they stand.
 *
 * For whoever changes a text and must keep what no tree has: lines, comments, quotes. What lies
 * outside of all tokens is blank, a line break, a byte order mark or a comment; this is checked.
 * Only ever for a text that yaml_read (base/yaml.h) took without an error: the scanner below takes
 * time that grows with the square of the depth, which the reader limits. Pure. */
#ifndef REDAN_BASE_YAML_TOKENS_H
#define REDAN_BASE_YAML_TOKENS_H

#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"

enum yaml_token_kind {
    /* Without a text of their own (byte == byte_end). */
    YAML_TOKEN_MAPPING,   /* a mapping in block style begins */
    YAML_TOKEN_SEQUENCE,  /* a list in block style begins; not told of one as deep as its key */
    YAML_TOKEN_BLOCK_END, /* the innermost of these ends */
    YAML_TOKEN_KEY,       /* what follows is a key */
    /* With one. */
    YAML_TOKEN_DIRECTIVE,
    YAML_TOKEN_DOCUMENT_START,
    YAML_TOKEN_DOCUMENT_END,
    YAML_TOKEN_ITEM,  /* - */
    YAML_TOKEN_OPEN,  /* [ or { */
    YAML_TOKEN_CLOSE, /* ] or } */
    YAML_TOKEN_COMMA,
    YAML_TOKEN_COLON,
    YAML_TOKEN_PLAIN,
    YAML_TOKEN_QUOTED,
    YAML_TOKEN_BLOCK_TEXT /* | or >; up to the start of the line after it, with empty lines */
};

struct yaml_token {
    enum yaml_token_kind kind;
    uint32_t line;           /* 1-based, where it starts */
    uint32_t byte, byte_end; /* in the text */
};

struct yaml_comment {
    uint32_t byte, byte_end; /* from `#` on, without blanks at the end */
    uint32_t before;         /* so many tokens with a text begin before it */
    bool in_header;          /* behind the `|` or `>` of the last of them */
};

struct yaml_tokens {
    const struct yaml_token *items;
    size_t count;
    const struct yaml_comment *comments;
    size_t comment_count;
};

static inline bool yaml_token_has_text(const struct yaml_token *token)
{
    return token->kind >= YAML_TOKEN_DIRECTIVE;
}

/* Into the arena. STATUS_INTERNAL: the text is none that yaml_read takes. */
struct status yaml_tokens_read(struct arena *arena, struct slice text,
                               struct yaml_tokens *out) MUST_USE;

#endif
