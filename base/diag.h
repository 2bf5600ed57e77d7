/* base/diag.h - findings about text files (SLAs, offers, scenarios, configuration): one shape, one
 * renderer, after the user-interface contract: code, message, excerpt with labels, notes, help,
 * fixes.
 *
 * Lines and columns are 1-based; columns count Unicode code points; offsets count bytes. Pure. */
#ifndef REDAN_BASE_DIAG_H
#define REDAN_BASE_DIAG_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"
#include "base/slice.h"

/* A text with its name; spans point into it. */
struct diag_source {
    const char *name; /* path as the user gave it */
    struct slice text;
};

/* Small, since every clause and finding has some: columns and the end's line are counted from the
 * text when they are shown. */
struct diag_span {
    const struct diag_source *source; /* NULL: no place */
    uint32_t line;                    /* of the start */
    uint32_t byte, byte_end;
};

struct diag_place {
    uint32_t line, col;
};

struct diag_place diag_span_start(struct diag_span span);
struct diag_place diag_span_end(struct diag_span span); /* one past the last character */

enum diag_level { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

const char *diag_level_name(enum diag_level level); /* "error" */

struct diag_label {
    struct diag_span span;
    struct slice text;
    struct diag_label *next;
};

struct diag_edit { /* replaces the bytes of `span` */
    struct diag_span span;
    struct slice text;
    struct diag_edit *next;
};

struct diag_fix {
    struct slice title;
    bool safe;
    struct diag_edit *edits;
    struct diag_fix *next;
};

struct diag_text {
    struct slice text;
    struct diag_text *next;
};

struct diag {
    uint32_t code; /* 207 prints as RDN0207 */
    enum diag_level level;
    struct slice message; /* lower case, no full stop, identifiers in backticks */
    struct diag_span span;
    struct slice label;                       /* under the primary span */
    struct diag_label *labels, **labels_tail; /* secondary spans */
    struct diag_text *notes, **notes_tail;
    struct diag_text *helps, **helps_tail;
    struct diag_fix *fixes, **fixes_tail;
    struct diag *next;
};

enum {
    DIAG_KEPT_MAX = 5000,  /* of each level: no number of notes may hide an error */
    DIAG_SHOWN_MAX = 50,   /* in all, by place; the worst when there are more */
    DIAG_TEXT_MAX = 8192,  /* bytes of a message, label, note, help or title; the rest is cut */
    DIAG_EXCERPT_MAX = 160 /* columns of a source line that are shown around a span */
};

struct diag_list {
    struct arena *arena; /* owns everything below; set it first */
    struct diag *first, **tail;
    size_t errors, warnings, notes; /* all found, also those past the cap */
    size_t kept_max;                /* of each level: DIAG_KEPT_MAX, unless somebody needs more */
    struct diag *scratch;           /* the one finding past the cap */
};

void diag_list_init(struct diag_list *list, struct arena *arena);

/* Adds a finding and returns it for labels and helps; never NULL (past the cap a scratch one). */
struct diag *diag_add(struct diag_list *list, enum diag_level level, uint32_t code,
                      struct diag_span span, const char *format, ...) PRINTF_LIKE(5, 6);
void diag_label(struct diag_list *list, struct diag *diag, const char *format, ...)
    PRINTF_LIKE(3, 4);
void diag_secondary(struct diag_list *list, struct diag *diag, struct diag_span span,
                    const char *format, ...) PRINTF_LIKE(4, 5);
/* A note that starts with "witness: " renders as `= witness:`, before the helps. */
void diag_note(struct diag_list *list, struct diag *diag, const char *format, ...)
    PRINTF_LIKE(3, 4);
void diag_help(struct diag_list *list, struct diag *diag, const char *format, ...)
    PRINTF_LIKE(3, 4);
/* One edit; more are chained onto the returned fix by diag_fix_edit. */
struct diag_fix *diag_fix(struct diag_list *list, struct diag *diag, bool safe,
                          struct diag_span span, struct slice replacement, const char *title_format,
                          ...) PRINTF_LIKE(6, 7);
void diag_fix_edit(struct diag_list *list, struct diag_fix *fix, struct diag_span span,
                   struct slice replacement);

/* What was found in sources[i] points into copies[i] from now on: for findings that outlive the
 * texts they were made from. */
void diag_move_sources(struct diag_list *list, const struct diag_source *sources, size_t count,
                       const struct diag_source *copies);

/* Stable: by file name, then place; findings without a place last. */
void diag_sort(struct diag_list *list);

struct diag_style {
    bool color;
    bool all;      /* no cut at DIAG_SHOWN_MAX */
    bool no_notes; /* of a list: findings that nobody needs to act on are left out */
};
/* As in the user-interface contract: carets by wcwidth, tabs as four, controls escaped. A newline
 * in a note or help starts a continuation line, indented; everywhere else it is escaped. */
void diag_render(const struct diag *diag, struct diag_style style, struct buf *out);
void diag_render_list(const struct diag_list *list, struct diag_style style, struct buf *out);
/* One object, "type":"diagnostic", spans and fixes included. */
void diag_write_json(const struct diag *diag, struct json_writer *writer);

/* The text with the edits applied (sorted by place; overlapping edits: STATUS_CONFLICT). Only edits
 * of `source` count. */
struct status diag_apply_edits(struct arena *arena, const struct diag_source *source,
                               const struct diag_edit *edits, struct slice *out) MUST_USE;

#endif
