#include "base/diag_export.h"

struct diag_export diag_export_of(struct arena *arena, const struct diag_list *list)
{
    struct diag_export out = { .found = list->errors + list->warnings + list->notes };
    size_t kept = 0;

    for (const struct diag *at = list->first; at != NULL && kept < DIAG_EXPORT_MAX; at = at->next) {
        kept++;
    }
    out.items = ARENA_NEW(arena, const struct diag *, kept + 1);
    for (size_t level = DIAG_ERROR; level <= DIAG_NOTE; level++) {
        for (const struct diag *at = list->first; at != NULL && out.count < kept; at = at->next) {
            if (at->level == (enum diag_level)level) {
                out.items[out.count++] = at;
            }
        }
    }
    return out;
}

struct diag_span diag_export_place(const struct diag *diag)
{
    struct diag_span place = diag->span;

    for (const struct diag_label *at = diag->labels; at != NULL && place.source == NULL;
         at = at->next) {
        place = at->span;
    }
    return place;
}

/* --- words ----------------------------------------------------------------------------------- */

static void end_sentence(struct buf *out)
{
    char last = '\0';

    if (out->len > 0) {
        last = out->ptr[out->len - 1];
    }
    if (last != '.' && last != '?' && last != '!') {
        buf_add_char(out, '.');
    }
}

static void put_line(struct buf *out, const char *kind, struct slice text)
{
    buf_printf(out, "\n%s: ", kind);
    buf_add_slice(out, text);
    end_sentence(out);
}

void diag_export_words(const struct diag *diag, struct buf *out)
{
    const struct slice witness = SLICE("witness: ");

    buf_add_slice(out, diag->message);
    if (diag->label.len > 0) {
        buf_add_cstr(out, ": ");
        buf_add_slice(out, diag->label);
    }
    end_sentence(out);
    for (const struct diag_text *at = diag->notes; at != NULL; at = at->next) {
        if (slice_starts(at->text, witness)) {
            put_line(out, "Witness", slice_sub(at->text, witness.len, at->text.len));
        }
    }
    for (const struct diag_text *at = diag->helps; at != NULL; at = at->next) {
        put_line(out, "Help", at->text);
    }
    for (const struct diag_text *at = diag->notes; at != NULL; at = at->next) {
        if (!slice_starts(at->text, witness)) {
            put_line(out, "Note", at->text);
        }
    }
}

/* --- paths ----------------------------------------------------------------------------------- */

/* Appends "/part" for each part of `path`; `..` takes the last one back. */
static void add_parts(struct buf *out, struct slice path)
{
    while (path.ptr != NULL) {
        struct slice part = slice_cut(&path, '/');
        if (part.len == 0 || slice_is(part, ".")) {
            continue;
        }
        if (slice_is(part, "..")) {
            size_t cut = slice_rfind(buf_slice(out), '/');
            if (cut < out->len) {
                out->len = cut;
                out->ptr[cut] = '\0';
            }
            continue;
        }
        buf_add_char(out, '/');
        buf_add_slice(out, part);
    }
}

bool diag_export_path(const char *name, const char *folder, struct buf *out)
{
    CLEANUP(buf_done) struct buf base = { 0 };
    CLEANUP(buf_done) struct buf whole = { 0 };

    add_parts(&base, slice_from(folder));
    if (name[0] != '/') {
        buf_add_slice(&whole, buf_slice(&base));
    }
    add_parts(&whole, slice_from(name));
    buf_add_char(&base, '/');
    if (slice_starts(buf_slice(&whole), buf_slice(&base))) {
        buf_add_slice(out, slice_sub(buf_slice(&whole), base.len, whole.len));
        return true;
    }
    buf_add_slice(out, buf_slice(&whole));
    return false;
}
