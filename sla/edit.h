/* sla/edit.h - changes to the text of a document that keep the rest as it is. For sla/ only. */
#ifndef REDAN_SLA_EDIT_H
#define REDAN_SLA_EDIT_H

#include "base/yaml.h"

/* Sets member `key` of a mapping to `value` (YAML flow text, one line): replaces it, or adds it as
 * the last member, in the style of the mapping. `mapping` must have a member. */
struct diag_edit *sla_edit_member(struct arena *arena, const struct yaml_node *mapping,
                                  const char *key, struct slice value);

#endif
