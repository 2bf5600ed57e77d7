/* detect/rule_read.h - what the parts of the rule reader share. For detect/ and its tests only.
 *
 * A draft is a rule whose references are still names; rule_file.c resolves and orders them. */
#ifndef REDAN_DETECT_RULE_READ_H
#define REDAN_DETECT_RULE_READ_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/yaml.h"
#include "detect/rule.h"
#include "detect/rule_file.h"

enum draft_state { DRAFT_NEW, DRAFT_OPEN, DRAFT_PLACED };

struct rule_draft {
    struct rule rule; /* correlation.rules is set when the draft is placed */
    const struct yaml_node *root;
    const struct yaml_node *references; /* `correlation.rules`, checked to be a list of scalars */
    const struct yaml_node *group_by;   /* `correlation.group-by`, or NULL */
    size_t *refers_to;                  /* drafts, as many as `references` has */
    bool generate;                      /* the rules it names are detections as well */
    bool referenced, referenced_with_generate;
    enum draft_state state;
    size_t depth; /* 0: base rule */
    size_t place; /* in the finished set */
};

struct rule_reader {
    struct arena *arena;
    struct diag_list *diags;
    struct rule_draft *drafts;
    size_t draft_count;
};

/* A finding with label and help; `span` of the node, or of its key when `key`. */
void rule_refuse(struct rule_reader *reader, enum rule_code code, struct diag_span span,
                 const char *label, const char *help, const char *format, ...) PRINTF_LIKE(6, 7);

/* Every key of `mapping` is in `known`; others are refused with the nearest known name. */
bool rule_check_keys(struct rule_reader *reader, const struct yaml_node *mapping,
                     const char *const *known, size_t known_count, const char *where);

/* The member, of the wanted kind; else a finding and NULL. */
const struct yaml_node *rule_need(struct rule_reader *reader, const struct yaml_node *mapping,
                                  const char *key, enum yaml_kind kind, const char *where);

/* Refuses a field that no event has. */
bool rule_check_field(struct rule_reader *reader, struct slice name, struct diag_span span);

/* Fill in draft->rule from its sections. False: findings were added. */
bool rule_read_detection(struct rule_reader *reader, struct rule_draft *draft);
bool rule_read_correlation(struct rule_reader *reader, struct rule_draft *draft);

#endif
