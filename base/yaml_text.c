#include "base/yaml_text.h"

#include "base/utf8.h"
#include "base/yaml.h"

enum {
    CODE_CHARACTER = 102,
    CODE_SIZE = 109,
    CHARACTER_REPORTS_MAX = 20,
    BYTE_ORDER_MARK = 0xFEFF,
    DELETE = 0x7F
};

struct reading {
    const struct diag_source *source;
    struct diag_list *diags;
    size_t byte;
    uint32_t line;
};

static struct slice rest_of(const struct reading *at)
{
    return slice_sub(at->source->text, at->byte, at->source->text.len);
}

static struct diag_span span_to(const struct reading *from, size_t end)
{
    return (struct diag_span){ from->source, from->line, (uint32_t)from->byte, (uint32_t)end };
}

/* --- which characters ------------------------------------------------------------------------ */

/* Of the first character of `rest`, of `len` bytes; 0: it is not UTF-8. */
static bool is_refused(size_t len, uint32_t code, struct slice rest)
{
    if (len == 0) {
        return true;
    }
    if (code == '\r') {
        return rest.len < 2 || rest.ptr[1] != '\n'; /* a line break of its own only in YAML 1.1 */
    }
    if (code == '\t' || code == '\n') {
        return false;
    }
    return utf8_is_control(code) || code == BYTE_ORDER_MARK || code == 0xFFFE || code == 0xFFFF;
}

static void step(struct reading *at, size_t len)
{
    at->line += at->source->text.ptr[at->byte] == '\n' ? 1 : 0;
    at->byte += len == 0 ? 1 : len;
}

/* One finding for a run of them: a file that is no text at all would have thousands. True: it is no
 * text, the rest need not be looked at. */
static bool report_run(struct reading *at)
{
    const struct reading from = *at;
    struct slice rest = rest_of(at);
    uint32_t first = 0;
    uint32_t code = 0;
    size_t first_len = utf8_decode(rest, &first);
    size_t len = first_len;

    do {
        step(at, len);
        rest = rest_of(at);
        len = utf8_decode(rest, &code);
    } while (rest.len > 0 && is_refused(len, code, rest));
    struct diag_span span = span_to(&from, at->byte);
    struct diag *diag = NULL;
    if (first_len == 0) {
        unsigned byte = (unsigned char)from.source->text.ptr[from.byte];
        diag = diag_add(at->diags, DIAG_ERROR, CODE_CHARACTER, span,
                        "the text is not UTF-8 (byte 0x%02x)", byte);
        diag_help(at->diags, diag, "save the file as UTF-8");
        return true;
    }
    diag = diag_add(at->diags, DIAG_ERROR, CODE_CHARACTER, span, "character U+%04X is not allowed",
                    first);
    diag_label(at->diags, diag, "it changes the text without being seen");
    diag_help(at->diags, diag, "remove it, or write it as an escape in double quotes");
    return false;
}

/* Past the bytes that need no look: printable ASCII, tabs and line feeds. Most texts are nothing
 * else, so this is what checking them costs. False: the end. */
static bool skip_plain(struct reading *at)
{
    struct slice text = at->source->text;
    size_t byte = at->byte;
    uint32_t line = at->line;

    for (; byte < text.len; byte++) {
        unsigned char c = (unsigned char)text.ptr[byte];
        if (c == '\n') {
            line++;
        } else if ((c < ' ' && c != '\t') || c >= DELETE) {
            break;
        }
    }
    at->byte = byte;
    at->line = line;
    return byte < text.len;
}

static bool check_characters(struct reading *at, bool *out_ascii)
{
    unsigned found = 0;
    bool no_text = false;

    at->byte = slice_starts(at->source->text, SLICE("\xEF\xBB\xBF")) ? 3 : 0;
    *out_ascii = true;
    while (!no_text && found < CHARACTER_REPORTS_MAX && skip_plain(at)) {
        struct slice rest = rest_of(at);
        uint32_t code = 0;
        size_t len = utf8_decode(rest, &code);
        *out_ascii = *out_ascii && len == 1;
        if (is_refused(len, code, rest)) {
            no_text = report_run(at);
            found++;
        } else {
            step(at, len);
        }
    }
    return found == 0;
}

/* A zero byte: a program, an archive, UTF-16. Told once, where it stands. */
static bool is_binary(const struct reading *start)
{
    struct slice text = start->source->text;
    struct reading at = *start;

    at.byte = slice_find(text, '\0');
    if (at.byte == text.len) {
        return false;
    }
    at.line += (uint32_t)slice_count(slice_sub(text, 0, at.byte), '\n');
    struct diag *diag = diag_add(at.diags, DIAG_ERROR, CODE_CHARACTER, span_to(&at, at.byte + 1),
                                 "this is no text: it holds a zero byte");
    diag_help(at.diags, diag, "save the file as UTF-8");
    return true;
}

/* --- how much -------------------------------------------------------------------------------- */

/* Long lines and very many of them are where a reader of YAML takes longest, and nobody reads them:
 * refused before it sees them. */
static bool check_lines(const struct reading *start)
{
    struct reading at = *start;

    for (; at.byte < at.source->text.len && at.line <= YAML_LINES_MAX; at.line++) {
        struct slice rest = rest_of(&at);
        size_t len = slice_find(rest, '\n');
        if (len > YAML_LINE_BYTES_MAX) {
            struct diag *diag = diag_add(at.diags, DIAG_ERROR, CODE_SIZE, span_to(&at, at.byte),
                                         "line %u is over %d bytes", at.line, YAML_LINE_BYTES_MAX);
            diag_help(at.diags, diag, "break it into several lines, or split the file");
            return false;
        }
        at.byte += len + 1;
    }
    if (at.byte >= at.source->text.len) {
        return true;
    }
    struct diag *diag = diag_add(at.diags, DIAG_ERROR, CODE_SIZE, span_to(&at, at.byte),
                                 "the text has more than %d lines", YAML_LINES_MAX);
    diag_help(at.diags, diag, "split it into several files");
    return false;
}

static bool check_size(const struct reading *start)
{
    if (start->source->text.len <= YAML_BYTES_MAX) {
        return true;
    }
    struct diag *diag = diag_add(start->diags, DIAG_ERROR, CODE_SIZE, span_to(start, 0),
                                 "the file is over %d MiB", YAML_BYTES_MAX / (1024 * 1024));
    diag_help(start->diags, diag, "split it into several files");
    return false;
}

bool yaml_check_text(const struct diag_source *source, struct diag_list *diags, bool *out_ascii)
{
    struct reading at = { .source = source, .diags = diags, .line = 1 };

    return check_size(&at) && !is_binary(&at) && check_lines(&at) &&
           check_characters(&at, out_ascii);
}
