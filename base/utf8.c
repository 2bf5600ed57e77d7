#include "base/utf8.h"

struct lead {
    unsigned char first, last; /* range of the first byte */
    unsigned char low, high;   /* range of the second byte: keeps out overlongs and surrogates */
    unsigned char size;
};

static const struct lead leads[] = {
    { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
    { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 }, { 0xf0, 0xf0, 0x90, 0xbf, 4 },
    { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
};

static const struct lead *find_lead(unsigned char byte)
{
    for (size_t i = 0; i < COUNT_OF(leads); i++) {
        if (byte >= leads[i].first && byte <= leads[i].last) {
            return &leads[i];
        }
    }
    return NULL;
}

size_t utf8_decode(struct slice text, uint32_t *out)
{
    const unsigned char *bytes = (const unsigned char *)text.ptr;

    if (text.len == 0) {
        return 0;
    }
    if (bytes[0] < 0x80) {
        *out = bytes[0];
        return 1;
    }
    const struct lead *lead = find_lead(bytes[0]);
    if (lead == NULL || text.len < lead->size || bytes[1] < lead->low || bytes[1] > lead->high) {
        return 0;
    }
    uint32_t code = bytes[0] & (0x7fU >> lead->size);
    for (size_t i = 1; i < lead->size; i++) {
        if ((bytes[i] & 0xc0U) != 0x80U) {
            return 0;
        }
        code = code << 6 | (bytes[i] & 0x3fU);
    }
    *out = code;
    return lead->size;
}

size_t utf8_encode(uint32_t code, char out[UTF8_BYTES_MAX])
{
    static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t size = code < 0x10000 ? 3 : 4;
    if (code < 0x800) {
        size = 2;
    }
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (char)(0x80U | (code & 0x3fU));
        code >>= 6;
    }
    out[0] = (char)(marks[size] | code);
    return size;
}

bool utf8_is_control(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        { 0x00, 0x1f },     { 0x7f, 0x9f },     { 0x061c, 0x061c },
        { 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2066, 0x2069 },
    };

    for (size_t i = 0; i < COUNT_OF(ranges); i++) {
        if (code >= ranges[i].first && code <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static void escape_control(struct buf *out, uint32_t code)
{
    switch (code) {
    case '\n':
        buf_add_cstr(out, "\\n");
        break;
    case '\r':
        buf_add_cstr(out, "\\r");
        break;
    case '\t':
        buf_add_cstr(out, "\\t");
        break;
    default:
        buf_printf(out, code < 0x80 ? "\\x%02x" : "\\u{%04x}", code);
        break;
    }
}

void utf8_escape(struct buf *out, struct slice text, char quote)
{
    while (text.len > 0) {
        uint32_t code = 0;
        size_t size = utf8_decode(text, &code);

        if (size == 0) {
            buf_printf(out, "\\x%02x", (unsigned)(unsigned char)text.ptr[0]);
            size = 1;
        } else if (utf8_is_control(code)) {
            escape_control(out, code);
        } else {
            if (text.ptr[0] == '\\' || (quote != '\0' && text.ptr[0] == quote)) {
                buf_add_char(out, '\\');
            }
            buf_add(out, text.ptr, size);
        }
        text = slice_sub(text, size, text.len);
    }
}
