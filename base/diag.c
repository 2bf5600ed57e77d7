#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- places ---------------------------------------------------------------------------------- */

static uint32_t column_of(struct slice text, size_t byte)
{
    struct slice before = slice_sub(text, 0, byte);
    size_t newline = slice_rfind(before, '\n');
    size_t at = newline == before.len ? 0 : newline + 1;
    uint32_t col = 1;

    if (at == 0 && slice_starts(before, SLICE("\xEF\xBB\xBF"))) {
        at = 3;
    }
    for (; at < before.len; at++) {
        col += ((unsigned char)before.ptr[at] & 0xC0U) != 0x80 ? 1 : 0;
    }
    return col;
}

struct diag_place diag_span_start(struct diag_span span)
{
    struct diag_place place = { span.line, 1 };

    if (span.source != NULL) {
        place.col = column_of(span.source->text, span.byte);
    }
    return place;
}

struct diag_place diag_span_end(struct diag_span span)
{
    struct diag_place place = { span.line, 1 };

    if (span.source != NULL) {
        struct slice within = slice_sub(span.source->text, span.byte, span.byte_end);
        place.line += (uint32_t)slice_count(within, '\n');
        place.col = column_of(span.source->text, span.byte_end);
    }
    return place;
}

/* --- findings -------------------------------------------------------------------------------- */

void diag_list_init(struct diag_list *list, struct arena *arena)
{
    *list = (struct diag_list){ .arena = arena, .kept_max = DIAG_KEPT_MAX };
    list->tail = &list->first;
}

static struct slice formatted(struct diag_list *list, const char *format, va_list args)
    PRINTF_LIKE(2, 0);

static struct slice formatted(struct diag_list *list, const char *format, va_list args)
{
    char text[DIAG_TEXT_MAX];
    int len = vsnprintf(text, sizeof(text), format, args);
    size_t kept = len < 0 ? 0 : (size_t)len;

    return arena_copy(list->arena,
                      (struct slice){ text, kept < sizeof(text) ? kept : sizeof(text) - 1 });
}

static void diag_reset(struct diag *diag)
{
    *diag = (struct diag){ 0 };
    diag->labels_tail = &diag->labels;
    diag->notes_tail = &diag->notes;
    diag->helps_tail = &diag->helps;
    diag->fixes_tail = &diag->fixes;
}

/* Past the cap one finding is handed out over and over, and nothing is kept for it. */
static struct diag *scratch_of(struct diag_list *list)
{
    if (list->scratch == NULL) {
        list->scratch = ARENA_NEW(list->arena, struct diag, 1);
        diag_reset(list->scratch);
        list->scratch->fixes = ARENA_NEW(list->arena, struct diag_fix, 1);
    }
    return list->scratch;
}

static size_t *counter_of(struct diag_list *list, enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return &list->errors;
    case DIAG_WARNING:
        return &list->warnings;
    case DIAG_NOTE:
        break;
    }
    return &list->notes;
}

struct diag *diag_add(struct diag_list *list, enum diag_level level, uint32_t code,
                      struct diag_span span, const char *format, ...)
{
    bool full = *counter_of(list, level) >= list->kept_max;
    va_list args;

    (*counter_of(list, level))++;
    if (full) {
        return scratch_of(list);
    }
    struct diag *diag = ARENA_NEW(list->arena, struct diag, 1);
    diag_reset(diag);
    diag->code = code;
    diag->level = level;
    diag->span = span;
    va_start(args, format);
    diag->message = formatted(list, format, args);
    va_end(args);
    *list->tail = diag;
    list->tail = &diag->next;
    return diag;
}

void diag_label(struct diag_list *list, struct diag *diag, const char *format, ...)
{
    va_list args;

    if (diag == list->scratch) {
        return;
    }
    va_start(args, format);
    diag->label = formatted(list, format, args);
    va_end(args);
}

void diag_secondary(struct diag_list *list, struct diag *diag, struct diag_span span,
                    const char *format, ...)
{
    va_list args;

    if (diag == list->scratch) {
        return;
    }
    struct diag_label *label = ARENA_NEW(list->arena, struct diag_label, 1);
    label->span = span;
    va_start(args, format);
    label->text = formatted(list, format, args);
    va_end(args);
    *diag->labels_tail = label;
    diag->labels_tail = &label->next;
}

static void add_text(struct diag_list *list, struct diag_text ***tail, struct slice text)
{
    struct diag_text *item = ARENA_NEW(list->arena, struct diag_text, 1);

    item->text = text;
    **tail = item;
    *tail = &item->next;
}

void diag_note(struct diag_list *list, struct diag *diag, const char *format, ...)
{
    va_list args;

    if (diag == list->scratch) {
        return;
    }
    va_start(args, format);
    add_text(list, &diag->notes_tail, formatted(list, format, args));
    va_end(args);
}

void diag_help(struct diag_list *list, struct diag *diag, const char *format, ...)
{
    va_list args;

    if (diag == list->scratch) {
        return;
    }
    va_start(args, format);
    add_text(list, &diag->helps_tail, formatted(list, format, args));
    va_end(args);
}

void diag_fix_edit(struct diag_list *list, struct diag_fix *fix, struct diag_span span,
                   struct slice replacement)
{
    struct diag_edit **tail = &fix->edits;

    if (list->scratch != NULL && fix == list->scratch->fixes) {
        return;
    }
    while (*tail != NULL) {
        tail = &(*tail)->next;
    }
    *tail = ARENA_NEW(list->arena, struct diag_edit, 1);
    **tail = (struct diag_edit){ .span = span, .text = arena_copy(list->arena, replacement) };
}

struct diag_fix *diag_fix(struct diag_list *list, struct diag *diag, bool safe,
                          struct diag_span span, struct slice replacement, const char *title_format,
                          ...)
{
    va_list args;

    if (diag == list->scratch) {
        return diag->fixes;
    }
    struct diag_fix *fix = ARENA_NEW(list->arena, struct diag_fix, 1);
    fix->safe = safe;
    va_start(args, title_format);
    fix->title = formatted(list, title_format, args);
    va_end(args);
    *diag->fixes_tail = fix;
    diag->fixes_tail = &fix->next;
    diag_fix_edit(list, fix, span, replacement);
    return fix;
}

/* By file name, then place; findings without a place come last. */
static int diag_order(const struct diag *a, const struct diag *b)
{
    if (a->span.source == NULL || b->span.source == NULL) {
        return (a->span.source == NULL) - (b->span.source == NULL);
    }
    int order = strcmp(a->span.source->name, b->span.source->name);
    if (order != 0) {
        return order;
    }
    return (a->span.byte > b->span.byte) - (a->span.byte < b->span.byte);
}

static struct diag *merge(struct diag *a, struct diag *b)
{
    struct diag *first = NULL;
    struct diag **tail = &first;

    while (a != NULL && b != NULL) {
        struct diag **taken = diag_order(a, b) <= 0 ? &a : &b;
        *tail = *taken;
        tail = &(*taken)->next;
        *taken = (*taken)->next;
    }
    *tail = a != NULL ? a : b;
    return first;
}

void diag_sort(struct diag_list *list)
{
    enum { RUNS = 32 };
    struct diag *runs[RUNS] = { NULL }; /* runs[i] holds 2^i findings or none */
    struct diag *next = NULL;

    for (struct diag *at = list->first; at != NULL; at = next) {
        next = at->next;
        at->next = NULL;
        size_t i = 0;
        for (; i + 1 < RUNS && runs[i] != NULL; i++) {
            at = merge(runs[i], at);
            runs[i] = NULL;
        }
        runs[i] = runs[i] == NULL ? at : merge(runs[i], at);
    }
    list->first = NULL;
    for (size_t i = 0; i < RUNS; i++) {
        list->first = merge(runs[i], list->first);
    }
    list->tail = &list->first;
    while (*list->tail != NULL) {
        list->tail = &(*list->tail)->next;
    }
}

static int edit_order(const void *left, const void *right)
{
    const struct diag_edit *const *a = left;
    const struct diag_edit *const *b = right;

    if ((*a)->span.byte != (*b)->span.byte) {
        return (*a)->span.byte < (*b)->span.byte ? -1 : 1;
    }
    if ((*a)->span.byte_end != (*b)->span.byte_end) { /* an insertion comes before what it meets */
        return (*a)->span.byte_end < (*b)->span.byte_end ? -1 : 1;
    }
    return slice_cmp((*a)->text, (*b)->text);
}

struct status diag_apply_edits(struct arena *arena, const struct diag_source *source,
                               const struct diag_edit *edits, struct slice *out)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    size_t count = 0;
    size_t at = 0;

    for (const struct diag_edit *edit = edits; edit != NULL; edit = edit->next) {
        count += edit->span.source == source ? 1 : 0;
    }
    const struct diag_edit **sorted = ARENA_NEW(arena, const struct diag_edit *, count + 1);
    for (const struct diag_edit *edit = edits; edit != NULL; edit = edit->next) {
        if (edit->span.source == source) {
            sorted[at++] = edit;
        }
    }
    qsort(sorted, count, sizeof(const struct diag_edit *), edit_order);
    at = 0;
    for (size_t i = 0; i < count; i++) {
        const struct diag_span *span = &sorted[i]->span;
        if (span->byte < at) {
            return status_error(STATUS_CONFLICT, "%s:%u: two edits overlap", source->name,
                                span->line);
        }
        if (span->byte_end < span->byte || span->byte_end > source->text.len) {
            return status_error(STATUS_INVALID, "%s:%u: an edit leaves the text", source->name,
                                span->line);
        }
        buf_add_slice(&text, slice_sub(source->text, at, span->byte));
        buf_add_slice(&text, sorted[i]->text);
        at = span->byte_end;
    }
    buf_add_slice(&text, slice_sub(source->text, at, source->text.len));
    *out = arena_copy(arena, buf_slice(&text));
    return STATUS_SUCCESS;
}

struct move {
    const struct diag_source *sources;
    size_t count;
    const struct diag_source *copies;
};

static void move_span(const struct move *move, struct diag_span *span)
{
    uintptr_t first = (uintptr_t)move->sources;
    uintptr_t at = (uintptr_t)span->source;

    if (at >= first && at < first + move->count * sizeof(*move->sources)) {
        span->source = &move->copies[(at - first) / sizeof(*move->sources)];
    }
}

static void move_fixes(const struct move *move, struct diag_fix *fixes)
{
    for (struct diag_fix *fix = fixes; fix != NULL; fix = fix->next) {
        for (struct diag_edit *edit = fix->edits; edit != NULL; edit = edit->next) {
            move_span(move, &edit->span);
        }
    }
}

void diag_move_sources(struct diag_list *list, const struct diag_source *sources, size_t count,
                       const struct diag_source *copies)
{
    const struct move move = { sources, count, copies };

    for (struct diag *diag = list->first; diag != NULL; diag = diag->next) {
        move_span(&move, &diag->span);
        for (struct diag_label *label = diag->labels; label != NULL; label = label->next) {
            move_span(&move, &label->span);
        }
        move_fixes(&move, diag->fixes);
    }
}
