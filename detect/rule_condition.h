/* detect/rule_condition.h - reads a Sigma condition: selections, `and`, `or`, `not`, parentheses.
 *
 * For detect/ only. Everything else Sigma allows there (`1 of`, `all of`, aggregations) is refused
 * with its place. Pure. */
#ifndef REDAN_DETECT_RULE_CONDITION_H
#define REDAN_DETECT_RULE_CONDITION_H

#include "base/arena.h"
#include "base/diag.h"
#include "detect/rule.h"

/* NULL when `diags` got an error. `used` has one flag a selection; set where it is named. */
const struct rule_condition *rule_condition_read(struct arena *arena, struct diag_list *diags,
                                                 struct slice text, struct diag_span span,
                                                 const struct rule_selection *selections,
                                                 size_t selection_count, bool *used);

#endif
