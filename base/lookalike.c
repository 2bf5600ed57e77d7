#include "base/lookalike.h"

#include "base/cleanup.h"
#include "base/utf8.h"

static const struct {
    uint32_t first, last;
    const char *plain, *name;
} rows[] = {
    { 0x00a0, 0x00a0, " ", "a no-break space" },
    { 0x00ab, 0x00ab, "\"", "a quotation mark" },
    { 0x00ad, 0x00ad, "", "a soft hyphen" },
    { 0x00bb, 0x00bb, "\"", "a quotation mark" },
    { 0x2000, 0x200a, " ", "a space of typesetters" },
    { 0x200b, 0x200b, "", "a zero-width space" },
    { 0x200c, 0x200d, "", "a zero-width joiner" },
    { 0x2010, 0x2011, "-", "a hyphen of typesetters" },
    { 0x2012, 0x2013, "-", "an en dash" },
    { 0x2014, 0x2015, "-", "an em dash" },
    { 0x2018, 0x201b, "'", "a curly quotation mark" },
    { 0x201c, 0x201f, "\"", "a curly quotation mark" },
    { 0x2022, 0x2022, "-", "a bullet" },
    { 0x202f, 0x202f, " ", "a narrow no-break space" },
    { 0x2060, 0x2060, "", "a word joiner" },
    { 0x2212, 0x2212, "-", "a minus sign of typesetters" },
    { 0x3000, 0x3000, " ", "an ideographic space" },
    { 0x3001, 0x3001, ",", "an ideographic comma" },
    { 0xfe6a, 0xfe6a, "%", "a small per cent sign" },
};

enum {
    WIDE_FIRST = 0xff01, /* `!` to `~`, in the width of ideographs */
    WIDE_LAST = 0xff5e,
    WIDE_OFFSET = 0xff01 - '!'
};

bool lookalike_at(struct slice text, struct lookalike *out)
{
    uint32_t code = 0;
    size_t len = utf8_decode(text, &code);

    if (len < 2) {
        return false;
    }
    if (code >= WIDE_FIRST && code <= WIDE_LAST) {
        *out = (struct lookalike){ .len = len, .name = "a full-width character", .code = code };
        out->plain[0] = (char)(code - WIDE_OFFSET);
        return true;
    }
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        if (code >= rows[i].first && code <= rows[i].last) {
            *out = (struct lookalike){ .len = len, .name = rows[i].name, .code = code };
            out->plain[0] = rows[i].plain[0];
            return true;
        }
    }
    return false;
}

bool lookalike_plain(struct slice text, struct buf *out, struct lookalike *out_first)
{
    CLEANUP(buf_done) struct buf plain = { 0 };
    bool found = false;

    for (size_t at = 0; at < text.len;) {
        struct lookalike one;
        if (lookalike_at(slice_sub(text, at, text.len), &one)) {
            buf_add_cstr(&plain, one.plain);
            *out_first = found ? *out_first : one;
            found = true;
            at += one.len;
        } else {
            buf_add_char(&plain, text.ptr[at]);
            at++;
        }
    }
    buf_add_slice(out, slice_trim(buf_slice(&plain)));
    return found;
}

static bool is_quote(char byte)
{
    return byte == '"' || byte == '\'';
}

struct slice lookalike_unquoted(struct slice text)
{
    while (text.len > 0 && is_quote(text.ptr[0])) {
        text = slice_trim(slice_sub(text, 1, text.len));
    }
    while (text.len > 0 && is_quote(text.ptr[text.len - 1])) {
        text = slice_trim(slice_sub(text, 0, text.len - 1));
    }
    return text;
}
