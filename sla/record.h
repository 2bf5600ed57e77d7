/* sla/record.h - one mapping of a document against its table of members. For sla/ only. */
#ifndef REDAN_SLA_RECORD_H
#define REDAN_SLA_RECORD_H

#include "sla/field_types.h"

/* Puts each member's node at its position (NULL: absent). Reports unknown and missing keys and
 * wrong shapes; a member of a wrong shape counts as absent. False when anything was reported. */
bool sla_record_read(struct draft *draft, const struct sla_record *record,
                     const struct yaml_node *mapping, const struct yaml_node *out[SLA_FIELDS_MAX]);

#endif
