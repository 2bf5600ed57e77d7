/* sla/read/expression.h - the `matchExpressions` of a selector, over labels as in Kubernetes: `In`
 * and `Exists` fit resources that have the key, `NotIn` and `DoesNotExist` also those without. For
 * sla/ only. */
#ifndef REDAN_SLA_READ_EXPRESSION_H
#define REDAN_SLA_READ_EXPRESSION_H

#include "sla/draft.h"

enum {
    SLA_EXPRESSIONS_MAX = 16,          /* in one selector */
    SLA_EXPRESSION_VALUES_MAX = 64,    /* in one expression */
    SLA_SCANNED_MAX = 64 * 1024 * 1024 /* resources looked at one by one, in one compile */
};

enum sla_operator { SLA_IN, SLA_NOT_IN, SLA_EXISTS, SLA_DOES_NOT_EXIST };

struct draft_expression {
    struct slice key;
    enum sla_operator operator;
    const struct slice *values;
    size_t value_count;
    struct diag_span span;
    bool broken;
};

/* The equalities of a selector: all its members but `matchExpressions`. */
const struct yaml_node *sla_equality_first(const struct draft_target *target);
const struct yaml_node *sla_equality_next(const struct yaml_node *at);

/* Reads the expressions of a target whose `select` was read; reports what is wrong with them or
 * with all of it together. False: reported. */
bool sla_read_expressions(struct sla_reading *reading, struct draft_target *target);

/* All expressions fit the labels. */
bool sla_expressions_fit(const struct draft_target *target, const struct draft_resource *resource);

#endif
