/* base/yaml_keys.h - keys that a mapping has twice (RDN0106), and documents that no `---` divides.
 *
 * For base/yaml.c only. Pure. */
#ifndef REDAN_BASE_YAML_KEYS_H
#define REDAN_BASE_YAML_KEYS_H

#include "base/diag.h"
#include "base/yaml.h"

/* Of a mapping that was read whole. Repeated keys are told until `diags` has `errors_max` errors;
 * in the root of a document the keys of a second one are told once. */
void yaml_check_keys(struct diag_list *diags, const struct yaml_node *mapping, bool is_root,
                     size_t errors_max);

#endif
