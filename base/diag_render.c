#include "base/diag.h"

#include "base/utf8.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

enum { TAB_COLUMNS = 4, MARKS_MAX = 16 };

enum paint { PAINT_PLAIN, PAINT_ERROR, PAINT_WARNING, PAINT_NOTE, PAINT_FRAME, PAINT_STRONG };
static const char *const paints[] = {
    [PAINT_PLAIN] = "\033[0m",   [PAINT_ERROR] = "\033[1;31m", [PAINT_WARNING] = "\033[1;33m",
    [PAINT_NOTE] = "\033[1;36m", [PAINT_FRAME] = "\033[1;34m", [PAINT_STRONG] = "\033[1m",
};
static const enum paint level_paints[] = {
    [DIAG_ERROR] = PAINT_ERROR,
    [DIAG_WARNING] = PAINT_WARNING,
    [DIAG_NOTE] = PAINT_NOTE,
};
static const char *const level_names[] = {
    [DIAG_ERROR] = "error",
    [DIAG_WARNING] = "warning",
    [DIAG_NOTE] = "note",
};

/* One place of a finding: the primary one or a secondary one. */
struct mark {
    struct diag_span span;
    struct slice text;
    bool primary;
    size_t file_order; /* position of its file among the finding's files */
};

struct page {
    struct buf *out;
    bool color;
    size_t gutter; /* columns of the line numbers */
};

const char *diag_level_name(enum diag_level level)
{
    return level_names[level];
}

static void paint(const struct page *page, enum paint paint)
{
    if (page->color) {
        buf_add_cstr(page->out, paints[paint]);
    }
}

static void put_spaces(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, ' ');
    }
}

/* Columns that wcwidth(3) gives; what it calls unprintable is escaped by put_code. */
static int columns_of(uint32_t code)
{
    return utf8_is_control(code) ? -1 : wcwidth((wchar_t)code);
}

/* Writes one character as a terminal may safely show it; returns its columns. */
static size_t put_code(struct buf *out, struct slice bytes, uint32_t code, bool valid)
{
    char escape[16];

    if (!valid) {
        (void)snprintf(escape, sizeof(escape), "\\x%02x", (unsigned)(unsigned char)bytes.ptr[0]);
    } else if (code == '\t') {
        put_spaces(out, TAB_COLUMNS);
        return TAB_COLUMNS;
    } else if (code == '\n') {
        (void)snprintf(escape, sizeof(escape), "\\n");
    } else if (columns_of(code) < 0) {
        (void)snprintf(escape, sizeof(escape), code < 0x100 ? "\\x%02" PRIx32 : "\\u{%" PRIx32 "}",
                       code);
    } else {
        buf_add_slice(out, bytes);
        return (size_t)columns_of(code);
    }
    buf_add_cstr(out, escape);
    return strlen(escape);
}

/* Writes the text escaped; returns its columns. */
static size_t put_text(struct buf *out, struct slice text)
{
    size_t columns = 0;

    while (text.len > 0) {
        uint32_t code = 0;
        size_t len = utf8_decode(text, &code);
        struct slice bytes = slice_sub(text, 0, len == 0 ? 1 : len);
        columns += put_code(out, bytes, code, len != 0);
        text = slice_sub(text, bytes.len, text.len);
    }
    return columns;
}

static size_t columns_of_text(struct slice text)
{
    CLEANUP(buf_done) struct buf ignored = { 0 };

    return put_text(&ignored, text);
}

static void put_frame(const struct page *page, const char *text)
{
    paint(page, PAINT_FRAME);
    buf_add_cstr(page->out, text);
    paint(page, PAINT_PLAIN);
}

static void put_bar(const struct page *page)
{
    put_spaces(page->out, page->gutter + 1);
    put_frame(page, "|");
}

/* What of a line is shown: all of it, or a window around the first mark when it is long. */
struct window {
    struct slice line; /* whole */
    size_t from, to;   /* bytes within it */
};

static size_t back_to_lead(struct slice line, size_t at)
{
    while (at > 0 && at < line.len && ((unsigned char)line.ptr[at] & 0xC0U) == 0x80) {
        at--;
    }
    return at;
}

static struct window window_of(const struct mark *mark)
{
    struct slice text = mark->span.source->text;
    size_t at = mark->span.byte < text.len ? mark->span.byte : text.len;
    size_t start = slice_rfind(slice_sub(text, 0, at), '\n');

    start = start == at ? 0 : start + 1;
    if (start == 0 && slice_starts(text, SLICE("\xEF\xBB\xBF"))) {
        start = 3;
    }
    struct slice line = slice_sub(text, start, text.len);
    line = slice_sub(line, 0, slice_find(line, '\n'));
    if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
        line.len--;
    }
    struct window window = { .line = line, .to = line.len };
    if (line.len > DIAG_EXCERPT_MAX) {
        size_t mid = at > start ? at - start : 0;
        window.from = mid > DIAG_EXCERPT_MAX / 2 ? mid - DIAG_EXCERPT_MAX / 2 : 0;
        window.to = window.from + DIAG_EXCERPT_MAX;
        window.to = window.to < line.len ? window.to : line.len;
        window.from = back_to_lead(line, window.from);
        window.to = back_to_lead(line, window.to);
    }
    return window;
}

static void put_excerpt(const struct page *page, const struct window *window, uint32_t line)
{
    paint(page, PAINT_FRAME);
    buf_printf(page->out, "%*" PRIu32 " |", (int)page->gutter, line);
    paint(page, PAINT_PLAIN);
    if (window->to > window->from) {
        buf_add_char(page->out, ' ');
        buf_add_cstr(page->out, window->from > 0 ? "..." : "");
        (void)put_text(page->out, slice_sub(window->line, window->from, window->to));
        buf_add_cstr(page->out, window->to < window->line.len ? "..." : "");
    }
    buf_add_char(page->out, '\n');
}

/* Where the line starts in its source. */
static size_t line_start(const struct window *window, const struct mark *mark)
{
    return window->line.ptr == NULL ? mark->span.byte
                                    : (size_t)(window->line.ptr - mark->span.source->text.ptr);
}

static void put_carets(const struct page *page, const struct window *window,
                       const struct mark *mark, enum paint color)
{
    size_t start = line_start(window, mark);
    size_t from = mark->span.byte > start ? mark->span.byte - start : 0;
    size_t to = mark->span.byte_end > start ? mark->span.byte_end - start : 0;

    from = from < window->from ? window->from : from;
    to = to > window->to ? window->to : to;
    size_t lead = columns_of_text(slice_sub(window->line, window->from, from));
    size_t width = columns_of_text(slice_sub(window->line, from, to));
    put_bar(page);
    put_spaces(page->out, 1 + lead + (window->from > 0 ? 3 : 0));
    paint(page, mark->primary ? color : PAINT_FRAME);
    for (size_t i = 0; i < (width == 0 ? 1 : width); i++) {
        buf_add_char(page->out, mark->primary ? '^' : '-');
    }
    if (mark->text.len > 0) {
        buf_add_char(page->out, ' ');
        (void)put_text(page->out, mark->text);
    }
    paint(page, PAINT_PLAIN);
    buf_add_char(page->out, '\n');
}

static void put_place(const struct page *page, const struct mark *mark)
{
    struct diag_place place = diag_span_start(mark->span);

    put_spaces(page->out, page->gutter);
    put_frame(page, mark->file_order == 0 ? "-->" : ":::");
    buf_add_char(page->out, ' ');
    (void)put_text(page->out, slice_from(mark->span.source->name));
    buf_printf(page->out, ":%" PRIu32 ":%" PRIu32 "\n", place.line, place.col);
}

static int mark_order(const void *left, const void *right)
{
    const struct mark *a = left;
    const struct mark *b = right;

    if (a->file_order != b->file_order) {
        return a->file_order < b->file_order ? -1 : 1;
    }
    if (a->span.byte != b->span.byte) {
        return a->span.byte < b->span.byte ? -1 : 1;
    }
    return (int)b->primary - (int)a->primary;
}

static size_t file_order(const struct mark *marks, size_t count, const struct diag_source *source)
{
    size_t files = 0;

    for (size_t i = 0; i < count; i++) {
        if (marks[i].span.source == source) {
            return marks[i].file_order;
        }
        files = marks[i].file_order + 1 > files ? marks[i].file_order + 1 : files;
    }
    return files;
}

static size_t collect_marks(const struct diag *diag, struct mark out[MARKS_MAX])
{
    size_t count = 0;

    if (diag->span.source != NULL) {
        out[count++] = (struct mark){ diag->span, diag->label, true, 0 };
    }
    for (const struct diag_label *at = diag->labels; at != NULL && count < MARKS_MAX;
         at = at->next) {
        if (at->span.source != NULL) {
            size_t order = file_order(out, count, at->span.source);
            out[count++] = (struct mark){ at->span, at->text, false, order };
        }
    }
    return count;
}

static const struct mark *primary_of(const struct mark *marks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (marks[i].primary) {
            return &marks[i];
        }
    }
    return marks;
}

static void put_marks(const struct page *page, struct mark *marks, size_t count, enum paint color)
{
    qsort(marks, count, sizeof(*marks), mark_order);
    for (size_t i = 0; i < count; i++) {
        const struct mark *last = i == 0 ? NULL : &marks[i - 1];
        bool new_file = last == NULL || last->file_order != marks[i].file_order;
        struct window window = window_of(&marks[i]);
        if (new_file && i > 0) {
            put_bar(page);
            buf_add_char(page->out, '\n');
        }
        if (new_file) {
            put_place(page, i == 0 ? primary_of(marks, count) : &marks[i]);
            put_bar(page);
            buf_add_char(page->out, '\n');
        } else if (last->span.line + 1 < marks[i].span.line) {
            put_frame(page, "...");
            buf_add_char(page->out, '\n');
        }
        if (new_file || last->span.line != marks[i].span.line || window.from > 0) {
            put_excerpt(page, &window, marks[i].span.line);
        }
        put_carets(page, &window, &marks[i], color);
    }
    put_bar(page);
    buf_add_char(page->out, '\n');
}

/* "   = help: text", continuation lines below the text. */
static void put_remark(const struct page *page, const char *kind, struct slice text)
{
    struct slice rest = text;

    put_spaces(page->out, page->gutter + 1);
    put_frame(page, "=");
    buf_printf(page->out, " %s: ", kind);
    do {
        struct slice line = slice_cut(&rest, '\n');
        (void)put_text(page->out, line);
        buf_add_char(page->out, '\n');
        if (rest.ptr != NULL) {
            put_spaces(page->out, page->gutter + 5 + strlen(kind));
        }
    } while (rest.ptr != NULL);
}

static void put_remarks(const struct page *page, const struct diag *diag)
{
    const struct slice witness = SLICE("witness: ");

    for (const struct diag_text *at = diag->notes; at != NULL; at = at->next) {
        if (slice_starts(at->text, witness)) {
            put_remark(page, "witness", slice_sub(at->text, witness.len, at->text.len));
        }
    }
    for (const struct diag_text *at = diag->helps; at != NULL; at = at->next) {
        put_remark(page, "help", at->text);
    }
    for (const struct diag_fix *at = diag->fixes; at != NULL; at = at->next) {
        put_remark(page, at->safe ? "fix" : "possible fix", at->title);
    }
    for (const struct diag_text *at = diag->notes; at != NULL; at = at->next) {
        if (!slice_starts(at->text, witness)) {
            put_remark(page, "note", at->text);
        }
    }
}

static size_t gutter_of(const struct mark *marks, size_t count)
{
    uint32_t largest = 0;
    size_t digits = 1;

    for (size_t i = 0; i < count; i++) {
        largest = marks[i].span.line > largest ? marks[i].span.line : largest;
    }
    for (; largest >= 10; largest /= 10) {
        digits++;
    }
    return digits < 2 ? 2 : digits;
}

static void render(const struct diag *diag, struct diag_style style, struct buf *out)
{
    struct mark marks[MARKS_MAX];
    size_t count = collect_marks(diag, marks);
    struct page page = { out, style.color, gutter_of(marks, count) };

    paint(&page, level_paints[diag->level]);
    buf_printf(out, "%s[RDN%04" PRIu32 "]", level_names[diag->level], diag->code);
    paint(&page, PAINT_PLAIN);
    paint(&page, PAINT_STRONG);
    buf_add_cstr(out, ": ");
    (void)put_text(out, diag->message);
    paint(&page, PAINT_PLAIN);
    buf_add_char(out, '\n');
    if (count > 0) {
        put_marks(&page, marks, count, level_paints[diag->level]);
    }
    put_remarks(&page, diag);
}

/* wcwidth follows the thread's locale: the widths must not depend on the user's. */
struct width_locale {
    locale_t fixed, before;
};

static struct width_locale width_locale_enter(void)
{
    struct width_locale locale = { .fixed = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0) };

    if (locale.fixed != (locale_t)0) {
        locale.before = uselocale(locale.fixed);
    }
    return locale;
}

static void width_locale_leave(struct width_locale *locale)
{
    if (locale->fixed != (locale_t)0) {
        (void)uselocale(locale->before);
        freelocale(locale->fixed);
    }
}

void diag_render(const struct diag *diag, struct diag_style style, struct buf *out)
{
    struct width_locale locale = width_locale_enter();

    render(diag, style, out);
    width_locale_leave(&locale);
}

/* How many of each level are shown: the worst first, when not all are. */
static void share_out(const struct diag_list *list, const struct diag_style *style,
                      size_t room[DIAG_NOTE + 1])
{
    size_t left = style->all ? SIZE_MAX : DIAG_SHOWN_MAX;

    for (size_t level = DIAG_ERROR; level <= DIAG_NOTE; level++) {
        size_t count = 0;
        for (const struct diag *at = list->first; at != NULL; at = at->next) {
            count += at->level == (enum diag_level)level ? 1 : 0;
        }
        room[level] = count < left ? count : left;
        left -= room[level];
    }
    if (style->no_notes) {
        room[DIAG_NOTE] = 0;
    }
}

void diag_render_list(const struct diag_list *list, struct diag_style style, struct buf *out)
{
    struct width_locale locale = width_locale_enter();
    size_t total = list->errors + list->warnings + (style.no_notes ? 0 : list->notes);
    size_t room[DIAG_NOTE + 1];
    size_t shown = 0;

    share_out(list, &style, room);
    for (const struct diag *at = list->first; at != NULL; at = at->next) {
        if (room[at->level] == 0) {
            continue;
        }
        room[at->level]--;
        if (shown++ > 0) {
            buf_add_char(out, '\n');
        }
        render(at, style, out);
    }
    if (shown < total) {
        buf_printf(out, "\n... and %zu more%s\n", total - shown, style.all ? "" : " (--all)");
    }
    width_locale_leave(&locale);
}
