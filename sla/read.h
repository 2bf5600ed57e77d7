/* sla/read.h - items of a document, each from one mapping. For sla/ only.
 *
 * All report what is wrong and leave a broken item with as much of a name as there was. */
#ifndef REDAN_SLA_READ_H
#define REDAN_SLA_READ_H

#include "sla/draft.h"

/* Groups of the document must have been read: a flow names them. */
void sla_read_clause(struct draft *draft, const struct draft_document *document,
                     const struct yaml_node *node, struct draft_clause *out);
void sla_read_reaction(struct draft *draft, const struct draft_document *document,
                       const struct yaml_node *node, struct draft_clause *out);

/* The value of a clause by its term; `op` and `term` are read already. */
bool sla_read_value(struct draft *draft, const struct draft_document *document,
                    const struct sla_clause *clause, const struct yaml_node *node,
                    struct sla_value *out);

/* An action by name; reported when there is none. */
bool sla_read_action(struct draft *draft, struct diag_span span, struct slice text,
                     enum action_kind *out);

#endif
