/* sla/edit/edit.h - changes to the text of a document that keep the rest as it is. For sla/ only.
 */
#ifndef REDAN_SLA_EDIT_EDIT_H
#define REDAN_SLA_EDIT_EDIT_H

#include "base/yaml.h"

/* Sets member `key` of a mapping to `value` (YAML flow text, one line): replaces it, or adds it as
 * the last member, in the style of the mapping. `mapping` must have a member. */
struct diag_edit *sla_edit_member(struct arena *arena, const struct yaml_node *mapping,
                                  const char *key, struct slice value);

/* One member of a mapping that is written: the value is YAML flow text on one line. */
struct sla_written_member {
    const char *key;
    struct slice value;
};

/* Appends a mapping to the list at `key`, which is added as the last member when it is missing: in
 * the style of the list, else of `mapping`. Comments stay with the lines they are on. */
struct diag_edit *sla_edit_append(struct arena *arena, const struct yaml_node *mapping,
                                  const char *key, const struct sla_written_member *members,
                                  size_t count);

#endif
