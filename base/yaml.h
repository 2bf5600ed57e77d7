/* base/yaml.h - the strict YAML subset of all our files, as a tree with positions.
 *
 * Read from libyaml's event stream with caps: 16 MiB a text, 64 KiB a line, depth 64, aliases,
 * anchors, tags, duplicate keys and non-scalar keys refused, and characters a reader of the text
 * cannot see; every scalar is text (`NO` stays Norway), typed by whoever reads it. Several
 * documents a text are allowed. All findings are reported, each with its place, into a diag list
 * (base/diag.h). A target of its own (`base_yaml`). Pure. */
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
    YAML_NODES_MAX = 1000 * 1000
};
enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node {
    enum yaml_kind kind;
    struct slice text;         /* scalar; unescaped */
    bool quoted;               /* scalar in quotes or block form */
    struct diag_span span;     /* scalar: its source text; collections: first line */
    uint32_t byte_last;        /* one past the last byte of the node and of all below it */
    struct slice key;          /* when a member of a mapping */
    struct diag_span key_span; /* likewise */
    const struct yaml_node *next;
    const struct yaml_node *first;
    size_t count;
};

struct yaml_document {
    const struct yaml_node *root; /* NULL: empty document, or one with a refused root */
    const struct yaml_document *next;
};

/* `source` names and holds the text (base/diag.h); it must outlive the tree. On a syntax error the
 * documents before it are returned and `diags` has the error: check diag_list.errors. */
const struct yaml_document *yaml_read(struct arena *arena, const struct diag_source *source,
                                      struct diag_list *diags);

/* NULL when absent or when `mapping` is none. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

#endif
