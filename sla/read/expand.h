/* sla/read/expand.h - documents that extend others: parameters are given their values and lists are
 * joined in the trees, before anything is typed, so everything behind sees one kind of document.
 * docs/design/sla-language.md, section 7. For sla/ only.
 *
 * A template's spec is read once by itself, with the defaults of its parameters; what has none
 * stays open and is not looked at. Whatever extends it reads the joined tree, in which each node
 * keeps the place it was written at: in the template, or in the document itself. A finding that was
 * told of the template is not told again of what extends it (sla_told). */
#ifndef REDAN_SLA_READ_EXPAND_H
#define REDAN_SLA_READ_EXPAND_H

#include "sla/draft.h"

enum {
    SLA_REREAD_MAX = 64, /* documents that extend what is wrong; more wait until it is mended */
    SLA_EXTENDS_MAX = 8  /* templates below each other */
};

struct draft_parameter {
    struct slice id;
    struct diag_span span;
    bool broken, used;
    enum sla_parameter_type type;
    const struct yaml_node *fallback; /* its default, or NULL */
};

/* Members of a mapping by their keys. */
struct sla_members {
    const struct yaml_node **items;
    struct sla_names names; /* into items */
};

/* Where a parameter stood, and what was put there. */
struct sla_use {
    struct diag_span span;            /* of `$name` */
    const struct yaml_node *argument; /* in `with`, or a default */
    struct slice name;
};

/* Of a template, and of what extends one. */
struct sla_expansion {
    const struct yaml_node *spec; /* as written */
    struct draft_document *base;  /* NULL: none */
    struct draft_parameter *parameters;
    size_t parameter_count;
    struct sla_members arguments; /* of `with` */
    /* What whoever extends it may give: its own, and those of its base that it left open. */
    struct draft_parameter **open;
    size_t open_count;
    struct sla_names open_names; /* into `open` */
    enum { SLA_UNSEEN, SLA_ON_THE_WAY, SLA_LINKED } state;
    unsigned depth; /* templates below it */
    bool is_lost;   /* a template below it cannot be had: names may be missing */
    bool is_wrong;  /* it, or a template below it, was found wrong by itself */
    /* What its base alone would be in its place; NULL: it names nothing that the base has. */
    struct draft_document *refined;
    struct sla_use *uses; /* by source and place */
    size_t use_count, use_room;
};

/* Reads the specs that extend or are extended; those of all other documents have been read. */
void sla_expand(struct draft *draft);

/* What is found from here on. */
struct diag **sla_told_from(const struct draft *draft);
/* Findings since then that were found while looking at `document`: what was told before goes, and a
 * finding at a parameter gets the place of its value. Documents that have no expansion: nothing. */
void sla_told(struct draft *draft, const struct draft_document *document, struct diag **from);

/* --- between the files of the expansion ------------------------------------------------------ */

struct sla_binding {
    struct slice name;
    const struct yaml_node *value; /* NULL: open, or found wrong */
    struct draft_parameter *parameter;
};

/* By name; names are those of one template. */
struct sla_bindings {
    struct sla_binding *items;
    struct sla_names names;
};

struct sla_substitution {
    struct draft *draft;
    const struct sla_bindings *bindings;
    struct sla_expansion *expansion; /* gets the uses */
    bool is_lost;                    /* a name that is not there may be a missing base's */
};

/* The tree with every `$name` replaced and every `$$x` as `$x`; itself when it has neither. */
const struct yaml_node *sla_substitute(struct sla_substitution *substitution,
                                       const struct yaml_node *node);
/* `mapping` may be NULL, or be none: it has no members then. */
void sla_members_index(struct draft *draft, const struct yaml_node *mapping,
                       struct sla_members *out);
/* NULL: there is none. */
const struct yaml_node *sla_members_find(const struct sla_members *members, struct slice key);

/* Stands for a value that is not known: neither read nor reported. */
bool sla_is_open(const struct yaml_node *node);

/* A copy that can be linked anew; NULL when there were too many (reported once). */
struct yaml_node *sla_copy_node(struct draft *draft, const struct yaml_node *node);

/* The spec of `base` with what `own` adds and replaces. `out_refines`: it replaces something. */
const struct yaml_node *sla_join(struct draft *draft, const struct yaml_node *base,
                                 const struct yaml_node *own, bool *out_refines);

/* False, and reported (RDN0221), when the value cannot be one of the parameter's type. */
bool sla_parameter_takes(struct draft *draft, const struct draft_parameter *parameter,
                         const struct yaml_node *value);

#endif
