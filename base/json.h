/* base/json.h - JSON (RFC 8259) in and out.
 *
 * Reader: the whole text into an arena, strict: UTF-8 only, no BOM, no trailing bytes, depth at
 * most JSON_DEPTH_MAX, lone surrogate escapes refused, duplicate keys refused. Numbers keep their
 * text; json_i64 and friends type them. Writer: into a buf, escapes what must be escaped (and DEL,
 * C1 and bidi controls, so that output is safe on terminals), tracks commas; misuse asserts. Pure;
 * not thread-safe per object. */
#ifndef REDAN_BASE_JSON_H
#define REDAN_BASE_JSON_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"

enum { JSON_DEPTH_MAX = 128 };
enum json_kind { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_kind kind;
    bool truth;               /* JSON_BOOL */
    struct slice text;        /* JSON_STRING: unescaped, may hold NUL; JSON_NUMBER: as written */
    struct slice key;         /* when a member of an object */
    const struct json *next;  /* next element or member */
    const struct json *first; /* of an array or object */
    size_t count;
    size_t offset; /* byte in the input, for messages */
};

/* Errors: STATUS_INVALID, "byte 17: expected `:`" (the first byte is 0); STATUS_EXHAUSTED for
 * depth. The text must outlive the tree (strings without escapes borrow from it). The tree takes
 * up to some 60 bytes per byte of text: callers bound the text. */
struct status json_read(struct arena *arena, struct slice text, const struct json **out) MUST_USE;

/* RFC 8259 to the letter: as json_read, but repeated keys are taken as they come (json_get finds
 * the first). For text of writers that are not ours to correct; never for commands or policies. */
struct status json_read_repeated(struct arena *arena, struct slice text,
                                 const struct json **out) MUST_USE;

/* Typed look-ups; NULL (which every one of these takes as an absent value) or a failed status when
 * absent (STATUS_NOT_FOUND) or of another kind (STATUS_INVALID). */
const struct json *json_get(const struct json *object, const char *key);
struct slice json_text(const struct json *object, const char *key); /* "" when absent */
struct status json_i64(const struct json *value, int64_t min, int64_t max, int64_t *out) MUST_USE;
/* Objects compare unordered, numbers by their text. Linear when the members come in one order. */
bool json_eq(const struct json *a, const struct json *b);

/* `(struct json_writer){ .out = &buf, .pretty = true }`: one value, usually an object. */
struct json_writer {
    struct buf *out;
    bool pretty; /* two blanks a level */
    unsigned depth;
    bool needs_comma;
    bool after_key;
    bool in_object[JSON_DEPTH_MAX]; /* what is open, outermost first */
};

void json_open_object(struct json_writer *writer);
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer);
void json_close_array(struct json_writer *writer);
void json_key(struct json_writer *writer, const char *key);
void json_put_text(struct json_writer *writer,
                   struct slice text); /* invalid UTF-8 becomes U+FFFD */
/* One string of several parts, with `between` (a character that stands for itself) between them. */
void json_put_joined(struct json_writer *writer, const struct slice *parts, size_t count,
                     char between);
void json_put_cstr(struct json_writer *writer, const char *text); /* NULL writes null */
void json_put_i64(struct json_writer *writer, int64_t value);
void json_put_u64(struct json_writer *writer, uint64_t value);
void json_put_bool(struct json_writer *writer, bool value);
void json_put_null(struct json_writer *writer);
void json_put_raw(struct json_writer *writer, struct slice valid_json);
/* A tree that was read: strings escaped anew, numbers as they stand. */
void json_put_tree(struct json_writer *writer, const struct json *value);
/* A number with a fixed number of decimals from an integer: 1234, 3 -> 1.234. No floats. */
void json_put_decimal(struct json_writer *writer, int64_t scaled, unsigned decimals);

/* key + value in one */
void json_add_text(struct json_writer *writer, const char *key, struct slice text);
void json_add_cstr(struct json_writer *writer, const char *key, const char *text);
void json_add_i64(struct json_writer *writer, const char *key, int64_t value);
void json_add_bool(struct json_writer *writer, const char *key, bool value);

#endif
