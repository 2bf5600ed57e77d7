/* base/config.h - configuration files by a table of keys, which the reader, `--check`, the printer
 * and the manual page all walk.
 *
 * A program describes its settings as rows that point into a struct of its own. Unknown and
 * repeated keys are errors with the nearest name as help; all findings of a file come in one run
 * (codes RDN07xx, base/diag.h). Part of target `base_yaml`. Pure. */
#ifndef REDAN_BASE_CONFIG_H
#define REDAN_BASE_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/slice.h"
#include "base/status.h"

/* What the file holds, and in brackets the type of the field it is stored into. */
enum config_kind {
    CONFIG_TEXT,     /* any text; min and max bound its bytes [struct slice, NUL-terminated] */
    CONFIG_PATH,     /* as text, not empty, no NUL [struct slice, NUL-terminated] */
    CONFIG_ADDRESS,  /* as text, an address or endpoint: no blanks [struct slice, NUL-terminated] */
    CONFIG_U32,      /* [uint32_t] */
    CONFIG_BOOL,     /* true, false [bool] */
    CONFIG_DURATION, /* "5 s"; min and max in ms [int64_t, ms] */
    CONFIG_BYTES,    /* "64 MiB" [uint64_t] */
    CONFIG_ENUM,     /* one of `names` [int, index into names] */
    CONFIG_TEXTS,    /* list of text; min and max bound the items [struct config_texts] */
    CONFIG_TABLE,    /* nested mapping by `table` [its struct, in place] */
    CONFIG_TABLES,   /* list of mappings; min and max bound the items [struct config_tables] */
};

enum { CONFIG_TEXT_MAX = 4096, CONFIG_ITEMS_MAX = 4096, CONFIG_ROWS_MAX = 64 };

struct config_texts {
    const struct slice *items;
    size_t count;
};

struct config_tables {
    const void *items; /* array of the sub-table's struct */
    size_t count;
};

struct config_table;

struct config_row {
    const char *key;
    enum config_kind kind;
    size_t offset; /* offsetof(struct mine, field) */
    int64_t min;   /* both 0: the kind's own limits */
    int64_t max;
    const char *fallback; /* what stands for an absent key, as it would be written; NULL: zero */
    bool required;
    const char *doc;                  /* for the manual: one or two sentences */
    const char *const *names;         /* CONFIG_ENUM: NULL-terminated */
    const struct config_table *table; /* CONFIG_TABLE, CONFIG_TABLES */
    /* Further test of a text, path or address; its message is printed under the value. */
    struct status (*check)(struct slice text);
};

struct config_table {
    const char *name; /* "redand.yaml" for the top one; "sensor" for an item */
    const char *doc;
    size_t size; /* sizeof(struct mine) */
    const struct config_row *rows;
    size_t row_count;
    /* Rules over several keys, run when every single key was good; its message is reported at the
     * mapping. NULL: none. */
    struct status (*check)(const void *values);
};

/* Reads one file into `out` (table->size bytes; all of it is written). Texts are copied into
 * `arena`. False when there was a finding of level error; `out` then holds defaults where the file
 * was wrong. `source` must outlive the findings. */
bool config_read(struct arena *arena, const struct diag_source *source,
                 const struct config_table *table, void *out, struct diag_list *diags);

/* Every row its default: what an empty file means, without the complaints about required keys. */
void config_defaults(struct arena *arena, const struct config_table *table, void *out);

/* The values as YAML that config_read reads back to the same values. */
void config_print(const struct config_table *table, const void *values, struct buf *out);

/* The keys as Markdown for the manual: key, type, default, meaning; sub-tables after it. */
void config_print_manual(const struct config_table *table, struct buf *out);

#endif
