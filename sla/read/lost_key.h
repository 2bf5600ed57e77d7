/* sla/read/lost_key.h - items that stand in the list above since the line with the key of their own
 * list was left out: clauses behind the targets. Told once, at the first; read as what they are. */
#ifndef REDAN_SLA_READ_LOST_KEY_H
#define REDAN_SLA_READ_LOST_KEY_H

#include "sla/read/field.h"

/* The part of a list of records (the value of a member of the mapping that is read) that is of its
 * field; the rest was told, and becomes the value of the field that it is of. */
const struct yaml_node *sla_take_lost_items(struct sla_reading *reading,
                                            const struct sla_field *field,
                                            const struct yaml_node *list);

/* Help, and a fix where there is one, for a value of a wrong shape: a field that wants a mapping
 * and has the items of one of that mapping's lists (`spec:` and then clauses), or one that wants a
 * list and has the members of one item, or items by their names. False: it is something else. */
bool sla_help_with_lost_key(struct sla_reading *reading, struct diag *diag,
                            const struct sla_field *wanted, const struct yaml_node *value);

#endif
