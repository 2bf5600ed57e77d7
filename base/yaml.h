/* base/yaml.h - the strict YAML subset of all our files, as a tree with positions.
 *
 * Read from libyaml's event stream with caps: 16 MiB a text, 64 KiB a line, depth 64, 48 MiB of
 * text and tree together, aliases, anchors, tags, duplicate keys and non-scalar keys refused, and
 * characters a reader of the text cannot see; every scalar is text (`NO` stays Norway), typed by
 * whoever reads it. Several documents a text are allowed. All findings are reported, each with its
 * place, into a diag list (base/diag.h). A target of its own (`base_yaml`). Pure. */
#ifndef REDAN_BASE_YAML_H
#define REDAN_BASE_YAML_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/slice.h"

enum {
    YAML_BYTES_MAX = 16 * 1024 * 1024,
    YAML_LINE_BYTES_MAX = 64 * 1024,
    YAML_LINES_MAX = 500 * 1000,
    YAML_DEPTH_MAX = 64,
    YAML_ERRORS_MAX = 1000,            /* in one text; the rest of it is not read */
    YAML_MEMORY_MAX = 48 * 1024 * 1024 /* of one text and its tree together */
};
enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

/* Texts and keys are slices of the source where they stand there as they are. */
struct yaml_node {
    struct slice text; /* scalar; unescaped */
    struct slice key;  /* when a member of a mapping */
    const struct yaml_node *next;
    const struct yaml_node *first;
    const struct diag_source *source;
    uint32_t count;
    uint32_t line, byte; /* where the node starts */
    uint32_t byte_last;  /* one past the last byte of the node and of all below it */
    uint32_t key_byte;
    uint16_t key_bytes; /* as written */
    enum yaml_kind kind : 8;
    bool quoted : 1;    /* scalar in quotes or block form */
    bool is_member : 1; /* of a mapping: it has a key, perhaps a refused one */
};

/* A scalar: its source text. A collection: its first line, or all of it when that is a line. */
struct diag_span yaml_span(const struct yaml_node *node);
/* No place when the node is no member of a mapping. */
struct diag_span yaml_key_span(const struct yaml_node *node);

struct yaml_document {
    const struct yaml_node *root; /* NULL: empty document, or one with a refused root */
    const struct yaml_document *next;
};

/* `source` names and holds the text (base/diag.h); it must outlive the tree. On a syntax error the
 * documents before it are returned, without one that a line in a wrong column cut off, and `diags`
 * has the error: check diag_list.errors. */
const struct yaml_document *yaml_read(struct arena *arena, const struct diag_source *source,
                                      struct diag_list *diags);

/* From a place up to the end of its line, without the blanks there. */
struct diag_span yaml_rest_of_line(struct diag_span at);

/* How many errors of one text are told: YAML_ERRORS_MAX, or all that a list keeps of which more
 * than DIAG_KEPT_MAX are wanted. */
size_t yaml_errors_max(const struct diag_list *diags);
/* The note that says so (RDN0111): for whoever stops in the middle of a text after so many. */
void yaml_report_stopped(struct diag_list *diags, struct diag_span at);

/* NULL when absent or when `mapping` is none. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
