/* sla/diff/delta.h - the exact difference of what the documents of two worlds say: what to add,
 * remove, replace and move in one to get the other. Layout, files and order of keys are not in it.
 *
 * Documents are matched by kind, party, role and name; members of a mapping by key; items of a list
 * by their `id` (or `name`) when each has one and no two have the same; other lists are replaced
 * whole. Every pair of nodes is looked at once, so the work grows with the documents (times the
 * logarithm of the longest mapping or list), and no hash stands in for a comparison. Pure. */
#ifndef REDAN_SLA_DIFF_DELTA_H
#define REDAN_SLA_DIFF_DELTA_H

#include "base/json.h"
#include "sla/world.h"

/* From a document inwards: a member by its key, or an item by its id. */
struct sla_step {
    const struct sla_step *up; /* NULL: the document is above */
    struct slice key;
    bool is_item;
};

enum sla_change_kind { SLA_ADDED, SLA_REMOVED, SLA_REPLACED, SLA_MOVED };

struct sla_change {
    enum sla_change_kind kind;
    const struct sla_document *document; /* as it is afterwards, or was when it is removed */
    const struct sla_step *path;         /* NULL: all of the document */
    const struct yaml_node *before;      /* REMOVED, REPLACED, MOVED */
    const struct yaml_node *after;       /* ADDED, REPLACED, MOVED */
    /* MOVED, and ADDED as an item: its place (from 0) in the list as it is afterwards. To apply
     * changes: take out what is removed and moved, inside an item before the item; then put in what
     * is added and moved, by ascending place; then replace. What is in a moved item may change
     * besides, and is told apart. */
    uint32_t at;
};

struct sla_delta {
    const struct sla_change *changes; /* documents in canonical order; inside by key and id */
    size_t count;
};

/* `out` borrows from both worlds; what is new lives in `arena`. */
void sla_delta_make(struct arena *arena, const struct sla_world *before,
                    const struct sla_world *after, struct sla_delta *out);

const char *sla_change_kind_name(enum sla_change_kind kind); /* "added" */
/* "spec.clauses[home].value"; nothing for all of a document. */
void sla_step_format(const struct sla_step *path, struct buf *out);
/* The tree in flow style, for people: cut with "..." behind `max` bytes. */
void sla_tree_format(const struct yaml_node *node, size_t max, struct buf *out);
/* The tree with texts for scalars, members in the order they are written in. */
void sla_tree_write_json(const struct yaml_node *node, struct json_writer *writer);
/* One object a change: kind, document, path, before, after, at. */
void sla_delta_write_json(const struct sla_delta *delta, struct json_writer *writer);

#endif
