#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

enum { DECIMALS_MAX = 18, REPLACEMENT = 0xfffd, DELETE = 0x7f, DIGITS_MAX = 20 };

static void new_line(struct json_writer *writer)
{
    static const char spaces[] = "                                "; /* of 16 levels */

    if (!writer->pretty) {
        return;
    }
    buf_add_char(writer->out, '\n');
    for (size_t left = (size_t)writer->depth * 2; left > 0;) {
        size_t some = left < sizeof(spaces) - 1 ? left : sizeof(spaces) - 1;
        buf_add(writer->out, spaces, some);
        left -= some;
    }
}

static void separate(struct json_writer *writer)
{
    if (writer->needs_comma) {
        buf_add_char(writer->out, ',');
    }
    if (writer->depth > 0) {
        new_line(writer);
    }
}

/* Before each value: a key has been written in an object, and there is one root. */
static void begin_value(struct json_writer *writer)
{
    bool in_object = writer->depth > 0 && writer->in_object[writer->depth - 1];

    assert(in_object == writer->after_key);
    assert(writer->depth > 0 || !writer->needs_comma);
    if (!in_object) {
        separate(writer);
    }
    writer->after_key = false;
    writer->needs_comma = true;
}

static void open_collection(struct json_writer *writer, bool is_object)
{
    begin_value(writer);
    assert(writer->depth < JSON_DEPTH_MAX);
    buf_add_char(writer->out, is_object ? '{' : '[');
    writer->in_object[writer->depth++] = is_object;
    writer->needs_comma = false;
}

static void close_collection(struct json_writer *writer, bool is_object)
{
    assert(writer->depth > 0 && writer->in_object[writer->depth - 1] == is_object);
    assert(!writer->after_key);
    writer->depth--;
    if (writer->needs_comma) {
        new_line(writer);
    }
    buf_add_char(writer->out, is_object ? '}' : ']');
    writer->needs_comma = true;
}

void json_open_object(struct json_writer *writer)
{
    open_collection(writer, true);
}

void json_close_object(struct json_writer *writer)
{
    close_collection(writer, true);
}

void json_open_array(struct json_writer *writer)
{
    open_collection(writer, false);
}

void json_close_array(struct json_writer *writer)
{
    close_collection(writer, false);
}

static void add_character(struct buf *out, uint32_t code)
{
    static const char names[] = "\"\\bfnrt";
    static const char bytes[] = "\"\\\b\f\n\r\t";
    const char *found = code > 0 && code < 0x80 ? strchr(bytes, (int)code) : NULL;
    char encoded[UTF8_BYTES_MAX];

    if (found != NULL) {
        buf_add_char(out, '\\');
        buf_add_char(out, names[found - bytes]);
    } else if (utf8_is_control(code)) {
        buf_printf(out, "\\u%04" PRIx32, code);
    } else {
        buf_add(out, encoded, utf8_encode(code, encoded));
    }
}

/* How many bytes at the start stand for themselves: nearly all, so they are copied together. */
static size_t plain_bytes(struct slice text)
{
    size_t len = 0;

    while (len < text.len && text.ptr[len] >= ' ' && text.ptr[len] < DELETE &&
           text.ptr[len] != '"' && text.ptr[len] != '\\') {
        len++;
    }
    return len;
}

static void add_escaped(struct buf *out, struct slice text)
{
    while (text.len > 0) {
        size_t plain = plain_bytes(text);
        if (plain > 0) {
            buf_add(out, text.ptr, plain);
            text = slice_sub(text, plain, text.len);
            continue;
        }
        uint32_t code = REPLACEMENT;
        size_t size = utf8_decode(text, &code);
        add_character(out, code);
        text = slice_sub(text, size > 0 ? size : 1, text.len);
    }
}

static void add_string(struct buf *out, struct slice text)
{
    buf_add_char(out, '"');
    add_escaped(out, text);
    buf_add_char(out, '"');
}

static void put_key(struct json_writer *writer, struct slice key)
{
    assert(writer->depth > 0 && writer->in_object[writer->depth - 1] && !writer->after_key);
    separate(writer);
    add_string(writer->out, key);
    buf_add_cstr(writer->out, writer->pretty ? ": " : ":");
    writer->after_key = true;
}

void json_key(struct json_writer *writer, const char *key)
{
    put_key(writer, slice_from(key));
}

void json_put_text(struct json_writer *writer, struct slice text)
{
    begin_value(writer);
    add_string(writer->out, text);
}

void json_put_joined(struct json_writer *writer, const struct slice *parts, size_t count,
                     char between)
{
    begin_value(writer);
    buf_add_char(writer->out, '"');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            buf_add_char(writer->out, between);
        }
        add_escaped(writer->out, parts[i]);
    }
    buf_add_char(writer->out, '"');
}

void json_put_cstr(struct json_writer *writer, const char *text)
{
    if (text == NULL) {
        json_put_null(writer);
    } else {
        json_put_text(writer, slice_from(text));
    }
}

static void add_digits(struct buf *out, uint64_t value)
{
    char digits[DIGITS_MAX];
    size_t at = DIGITS_MAX;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    buf_add(out, digits + at, DIGITS_MAX - at);
}

static uint64_t add_sign(struct buf *out, int64_t value)
{
    if (value >= 0) {
        return (uint64_t)value;
    }
    buf_add_char(out, '-');
    return 0U - (uint64_t)value;
}

void json_put_i64(struct json_writer *writer, int64_t value)
{
    begin_value(writer);
    add_digits(writer->out, add_sign(writer->out, value));
}

void json_put_u64(struct json_writer *writer, uint64_t value)
{
    begin_value(writer);
    add_digits(writer->out, value);
}

void json_put_bool(struct json_writer *writer, bool value)
{
    begin_value(writer);
    buf_add_cstr(writer->out, value ? "true" : "false");
}

void json_put_null(struct json_writer *writer)
{
    begin_value(writer);
    buf_add_cstr(writer->out, "null");
}

void json_put_raw(struct json_writer *writer, struct slice valid_json)
{
    begin_value(writer);
    buf_add_slice(writer->out, valid_json);
}

void json_put_decimal(struct json_writer *writer, int64_t scaled, unsigned decimals)
{
    uint64_t over = 1;

    assert(decimals <= DECIMALS_MAX);
    for (unsigned i = 0; i < decimals; i++) {
        over *= 10;
    }
    begin_value(writer);
    uint64_t magnitude = add_sign(writer->out, scaled);
    add_digits(writer->out, magnitude / over);
    if (decimals > 0) {
        buf_printf(writer->out, ".%0*" PRIu64, (int)decimals, magnitude % over);
    }
}

/* A scalar whole, or the opening of a collection: then what to go on with inside it. */
static const struct json *put_head(struct json_writer *writer, const struct json *value)
{
    switch (value->kind) {
    case JSON_NULL:
        json_put_null(writer);
        break;
    case JSON_BOOL:
        json_put_bool(writer, value->truth);
        break;
    case JSON_NUMBER:
        json_put_raw(writer, value->text);
        break;
    case JSON_STRING:
        json_put_text(writer, value->text);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        open_collection(writer, value->kind == JSON_OBJECT);
        return value;
    }
    return NULL;
}

/* A collection that is being written, and the element that is next. */
struct cursor {
    const struct json *collection;
    const struct json *next;
};

static bool put_element(struct json_writer *writer, struct cursor *at, struct cursor *out_inner)
{
    const struct json *element = at->next;

    if (at->collection->kind == JSON_OBJECT) {
        put_key(writer, element->key);
    }
    at->next = element->next;
    const struct json *opened = put_head(writer, element);
    *out_inner = (struct cursor){ opened, opened != NULL ? opened->first : NULL };
    return opened != NULL;
}

void json_put_tree(struct json_writer *writer, const struct json *value)
{
    struct cursor open[JSON_DEPTH_MAX + 1];
    size_t depth = 0;
    const struct json *root = put_head(writer, value);

    if (root != NULL) {
        open[depth++] = (struct cursor){ root, root->first };
    }
    while (depth > 0) {
        struct cursor *at = &open[depth - 1];
        if (at->next == NULL) {
            close_collection(writer, at->collection->kind == JSON_OBJECT);
            depth--;
        } else if (put_element(writer, at, &open[depth])) {
            depth++;
        }
    }
}

void json_add_text(struct json_writer *writer, const char *key, struct slice text)
{
    json_key(writer, key);
    json_put_text(writer, text);
}

void json_add_cstr(struct json_writer *writer, const char *key, const char *text)
{
    json_key(writer, key);
    json_put_cstr(writer, text);
}

void json_add_i64(struct json_writer *writer, const char *key, int64_t value)
{
    json_key(writer, key);
    json_put_i64(writer, value);
}

void json_add_bool(struct json_writer *writer, const char *key, bool value)
{
    json_key(writer, key);
    json_put_bool(writer, value);
}
