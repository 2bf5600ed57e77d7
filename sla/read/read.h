/* sla/read/read.h - the value of a clause, which its term types. For sla/ only. */
#ifndef REDAN_SLA_READ_READ_H
#define REDAN_SLA_READ_READ_H

#include "sla/draft.h"

/* By `op` and `term` of the clause, which are read already. Groups of the document must have been
 * read: a flow names them. False: reported. */
bool sla_read_value(struct sla_reading *reading, const struct sla_clause *clause,
                    const struct yaml_node *node, struct sla_value *out);

/* The operator of the clause, whose term and stance are read already. False: reported. */
bool sla_read_op(const struct sla_reading *reading, struct sla_clause *clause);

/* What a clause, a reaction and an assumption have in common: who says it, where. `id`: the field
 * of the id in their record. */
void sla_read_head(const struct sla_reading *reading, size_t id, struct draft_clause *out);

#endif
