/* sla/read/one_text.h - several values written as one text, where a list is meant: `"DE, NL"`, `DE
 * and NL`, `"[DE, NL]"`. Proposed, never read. For sla/ only. */
#ifndef REDAN_SLA_READ_ONE_TEXT_H
#define REDAN_SLA_READ_ONE_TEXT_H

#include "sla/draft.h"

enum { SLA_ONE_TEXT_MAX = 64 /* parts that are looked for */ };

/* Between commas, semicolons, `and`; `also_blanks`: what no value has, so that they divide, too.
 * Returns how many there are; 0 or 1: it is one value, or too many. */
size_t sla_one_text_split(struct slice text, bool also_blanks,
                          struct slice out_parts[SLA_ONE_TEXT_MAX]);

/* Help and fix: the parts as a list, in place of the node. `safe`: each is known. */
void sla_report_as_list(struct draft *draft, struct diag *diag, const struct yaml_node *node,
                        const struct slice *parts, size_t count, bool safe);

#endif
