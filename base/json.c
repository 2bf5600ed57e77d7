#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "base/utf8.h"

/* A collection whose end has not been read. */
struct frame {
    struct json *collection;
    struct json *last; /* element, NULL while empty */
};

struct reader {
    struct arena *arena;
    struct slice text;
    size_t at;
    bool unique_keys;
    struct frame open[JSON_DEPTH_MAX];
    size_t depth;
};

static struct status wrong(const struct reader *reader, const char *expected)
{
    return status_error(STATUS_INVALID, "byte %zu: expected %s", reader->at, expected);
}

/* -1 at the end. */
static int peek(const struct reader *reader)
{
    return reader->at < reader->text.len ? (unsigned char)reader->text.ptr[reader->at] : -1;
}

static void skip_blanks(struct reader *reader)
{
    int byte = peek(reader);

    while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
        reader->at++;
        byte = peek(reader);
    }
}

static bool take(struct reader *reader, char byte)
{
    if (peek(reader) != byte) {
        return false;
    }
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, struct slice word)
{
    if (!slice_starts(slice_sub(reader->text, reader->at, reader->text.len), word)) {
        return false;
    }
    reader->at += word.len;
    return true;
}

/* --- strings --------------------------------------------------------------------------------- */

static struct status read_hex4(struct reader *reader, uint32_t *out)
{
    uint8_t bytes[2];
    struct slice digits = slice_sub(reader->text, reader->at, reader->at + 4);
    struct status status = parse_hex(digits, bytes, sizeof(bytes));

    if (!status_ok(&status)) {
        return wrong(reader, "four hexadecimal digits");
    }
    reader->at += 4;
    *out = (uint32_t)bytes[0] << 8 | bytes[1];
    return STATUS_SUCCESS;
}

/* After "\u"; two escapes make one code point outside the first plane. */
static struct status read_unicode_escape(struct reader *reader, uint32_t *out)
{
    uint32_t high = 0;
    uint32_t low = 0;

    TRY(read_hex4(reader, &high));
    if (high < 0xd800 || high > 0xdfff) {
        *out = high;
        return STATUS_SUCCESS;
    }
    if (high > 0xdbff || !take_word(reader, SLICE("\\u"))) {
        return wrong(reader, "a whole surrogate pair");
    }
    TRY(read_hex4(reader, &low));
    if (low < 0xdc00 || low > 0xdfff) {
        return wrong(reader, "a whole surrogate pair");
    }
    *out = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    return STATUS_SUCCESS;
}

/* After the backslash. */
static struct status read_escape(struct reader *reader, uint32_t *out)
{
    static const char names[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    int name = peek(reader);
    const char *found = name > 0 ? strchr(names, name) : NULL;

    if (take(reader, 'u')) {
        return read_unicode_escape(reader, out);
    }
    if (found == NULL) {
        return wrong(reader, "an escape sequence");
    }
    reader->at++;
    *out = (uint32_t)bytes[found - names];
    return STATUS_SUCCESS;
}

/* One character between the quotes. */
static struct status read_character(struct reader *reader, uint32_t *out)
{
    size_t size = utf8_decode(slice_sub(reader->text, reader->at, reader->text.len), out);

    if (size == 0) {
        return wrong(reader, peek(reader) < 0 ? "a closing quote" : "UTF-8");
    }
    if (*out < 0x20) {
        return wrong(reader, "no control character in a string");
    }
    reader->at += size;
    return *out == '\\' ? read_escape(reader, out) : STATUS_SUCCESS;
}

/* After the opening quote. A first pass checks; only a string with escapes is copied. */
static struct status read_string(struct reader *reader, struct slice *out)
{
    size_t start = reader->at;
    bool escaped = false;
    uint32_t code = 0;

    while (peek(reader) != '"') {
        escaped = escaped || peek(reader) == '\\';
        TRY(read_character(reader, &code));
    }
    size_t end = reader->at;
    *out = slice_sub(reader->text, start, end);
    if (escaped) {
        char *copy = ARENA_NEW(reader->arena, char, end - start + UTF8_BYTES_MAX);
        size_t len = 0;
        reader->at = start;
        while (reader->at < end) {
            TRY(read_character(reader, &code));
            len += utf8_encode(code, copy + len);
        }
        *out = (struct slice){ copy, len };
    }
    reader->at = end + 1;
    return STATUS_SUCCESS;
}

/* --- numbers --------------------------------------------------------------------------------- */

static struct status take_digits(struct reader *reader)
{
    size_t start = reader->at;

    while (peek(reader) >= '0' && peek(reader) <= '9') {
        reader->at++;
    }
    return reader->at > start ? STATUS_SUCCESS : wrong(reader, "a digit");
}

static struct status read_number(struct reader *reader, struct slice *out)
{
    size_t start = reader->at;

    (void)take(reader, '-');
    if (!take(reader, '0')) {
        TRY(take_digits(reader));
    }
    if (take(reader, '.')) {
        TRY(take_digits(reader));
    }
    if (take(reader, 'e') || take(reader, 'E')) {
        (void)(take(reader, '+') || take(reader, '-'));
        TRY(take_digits(reader));
    }
    *out = slice_sub(reader->text, start, reader->at);
    return STATUS_SUCCESS;
}

/* --- values ---------------------------------------------------------------------------------- */

static struct status open_collection(struct reader *reader, struct json *value, enum json_kind kind)
{
    if (reader->depth == JSON_DEPTH_MAX) {
        return status_error(STATUS_EXHAUSTED, "byte %zu: over %d levels deep", value->offset,
                            JSON_DEPTH_MAX);
    }
    value->kind = kind;
    reader->open[reader->depth++] = (struct frame){ .collection = value };
    return STATUS_SUCCESS;
}

static bool take_constant(struct reader *reader, struct json *value)
{
    if (take_word(reader, SLICE("null"))) {
        value->kind = JSON_NULL;
        return true;
    }
    value->truth = take_word(reader, SLICE("true"));
    if (value->truth || take_word(reader, SLICE("false"))) {
        value->kind = JSON_BOOL;
        return true;
    }
    return false;
}

/* A scalar whole, or the opening of a collection. */
static struct status read_value(struct reader *reader, struct json *value)
{
    skip_blanks(reader);
    value->offset = reader->at;
    int byte = peek(reader);
    if (take(reader, '{')) {
        return open_collection(reader, value, JSON_OBJECT);
    }
    if (take(reader, '[')) {
        return open_collection(reader, value, JSON_ARRAY);
    }
    if (take(reader, '"')) {
        value->kind = JSON_STRING;
        return read_string(reader, &value->text);
    }
    if (byte == '-' || (byte >= '0' && byte <= '9')) {
        value->kind = JSON_NUMBER;
        return read_number(reader, &value->text);
    }
    return take_constant(reader, value) ? STATUS_SUCCESS : wrong(reader, "a value");
}

static struct status read_key(struct reader *reader, struct json *value)
{
    skip_blanks(reader);
    if (!take(reader, '"')) {
        return wrong(reader, "a key in quotes");
    }
    TRY(read_string(reader, &value->key));
    skip_blanks(reader);
    return take(reader, ':') ? STATUS_SUCCESS : wrong(reader, "`:`");
}

struct member {
    struct slice key;
    size_t offset;
};

/* By key, then by place, so that the later one is blamed. */
static int order_members(const void *a, const void *b)
{
    const struct member *one = a;
    const struct member *other = b;
    int order = slice_cmp(one->key, other->key);

    return order != 0 ? order : (one->offset > other->offset) - (one->offset < other->offset);
}

/* Sorted, so that a hostile object costs n log n. */
static struct status check_keys(const struct json *object)
{
    if (object->count < 2) {
        return STATUS_SUCCESS;
    }
    CLEANUP(cleanup_free) struct member *members = calloc(object->count, sizeof(*members));
    size_t count = 0;
    if (members == NULL) {
        abort();
    }
    for (const struct json *at = object->first; at != NULL; at = at->next) {
        members[count++] = (struct member){ at->key, at->offset };
    }
    qsort(members, count, sizeof(members[0]), order_members);
    for (size_t i = 1; i < count; i++) {
        if (slice_eq(members[i - 1].key, members[i].key)) {
            return status_error(STATUS_INVALID, "byte %zu: key `%.*s` twice", members[i].offset,
                                SLICE_ARG(members[i].key));
        }
    }
    return STATUS_SUCCESS;
}

static struct status close_collection(struct reader *reader)
{
    const struct json *closed = reader->open[--reader->depth].collection;

    return closed->kind == JSON_OBJECT && reader->unique_keys ? check_keys(closed) : STATUS_SUCCESS;
}

/* One step inside the innermost open collection: its end, or one more element. */
static struct status read_next(struct reader *reader)
{
    struct frame *frame = &reader->open[reader->depth - 1];
    bool in_object = frame->collection->kind == JSON_OBJECT;

    skip_blanks(reader);
    if (take(reader, in_object ? '}' : ']')) {
        return close_collection(reader);
    }
    if (frame->last != NULL && !take(reader, ',')) {
        return wrong(reader, in_object ? "`,` or `}`" : "`,` or `]`");
    }
    struct json *value = ARENA_NEW(reader->arena, struct json, 1);
    if (in_object) {
        TRY(read_key(reader, value));
    }
    if (frame->last == NULL) {
        frame->collection->first = value;
    } else {
        frame->last->next = value;
    }
    frame->last = value;
    frame->collection->count++;
    return read_value(reader, value);
}

static struct status read_document(struct reader *reader, const struct json **out)
{
    struct json *root = ARENA_NEW(reader->arena, struct json, 1);

    TRY(read_value(reader, root));
    while (reader->depth > 0) {
        TRY(read_next(reader));
    }
    skip_blanks(reader);
    if (reader->at < reader->text.len) {
        return wrong(reader, "the end");
    }
    *out = root;
    return STATUS_SUCCESS;
}

struct status json_read(struct arena *arena, struct slice text, const struct json **out)
{
    return read_document(&(struct reader){ .arena = arena, .text = text, .unique_keys = true },
                         out);
}

struct status json_read_repeated(struct arena *arena, struct slice text, const struct json **out)
{
    return read_document(&(struct reader){ .arena = arena, .text = text }, out);
}

/* --- look-ups -------------------------------------------------------------------------------- */

static const struct json *find_member(const struct json *object, struct slice key)
{
    if (object == NULL || object->kind != JSON_OBJECT) {
        return NULL;
    }
    for (const struct json *at = object->first; at != NULL; at = at->next) {
        if (slice_eq(at->key, key)) {
            return at;
        }
    }
    return NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return find_member(object, slice_from(key));
}

struct slice json_text(const struct json *object, const char *key)
{
    const struct json *value = json_get(object, key);

    return value != NULL && value->kind == JSON_STRING ? value->text : SLICE("");
}

struct status json_i64(const struct json *value, int64_t min, int64_t max, int64_t *out)
{
    if (value == NULL) {
        return status_error(STATUS_NOT_FOUND, "no such number");
    }
    if (value->kind != JSON_NUMBER) {
        return status_error(STATUS_INVALID, "byte %zu: expected a number", value->offset);
    }
    return status_wrap(parse_i64(value->text, min, max, out), "byte %zu", value->offset);
}

/* What json_eq still has to compare: the rest of `a`'s elements with their fellows in `b`. Of
 * repeated keys the first counts. */
struct pair {
    const struct json *rest_a;
    const struct json *rest_b;
    const struct json *whole_b;
};

static bool same_head(const struct json *a, const struct json *b)
{
    return a->kind == b->kind && a->truth == b->truth && a->count == b->count &&
           slice_eq(a->text, b->text);
}

/* The element of b that belongs to the next of a; keys are unique, counts are equal. */
static const struct json *fellow(const struct pair *pair)
{
    if (pair->whole_b->kind == JSON_ARRAY || slice_eq(pair->rest_a->key, pair->rest_b->key)) {
        return pair->rest_b;
    }
    return find_member(pair->whole_b, pair->rest_a->key);
}

bool json_eq(const struct json *a, const struct json *b)
{
    struct pair open[JSON_DEPTH_MAX];
    size_t depth = 0;

    if (!same_head(a, b)) {
        return false;
    }
    if (a->count > 0) {
        open[depth++] = (struct pair){ a->first, b->first, b };
    }
    while (depth > 0) {
        struct pair *pair = &open[depth - 1];
        if (pair->rest_a == NULL) {
            depth--;
            continue;
        }
        const struct json *one = pair->rest_a;
        const struct json *other = fellow(pair);
        if (other == NULL || !same_head(one, other)) {
            return false;
        }
        pair->rest_a = one->next;
        pair->rest_b = pair->rest_b->next;
        if (one->count > 0) {
            open[depth++] = (struct pair){ one->first, other->first, other };
        }
    }
    return true;
}
