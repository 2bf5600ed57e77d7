/* detect/rule_file.h - reads Sigma rules into a rule_set, refusing what we do not evaluate.
 *
 * Taken: base rules with equality selections (a mapping or a list of mappings; a value or a list)
 * and a condition of selections, `and`, `or`, `not` and parentheses; correlation rules
 * event_count and temporal_ordered with rules (by name or id, also correlations), group-by,
 * timespan, condition, generate. All else (modifiers, wildcards, keywords, other correlations,
 * aliases, unknown keys) is an error with its place: a rule is never half understood. Pure. */
#ifndef REDAN_DETECT_RULE_FILE_H
#define REDAN_DETECT_RULE_FILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "detect/rule.h"

/* Diagnostic codes, printed as RDN1001 ...; each has a page below docs/reference/diagnostics. */
enum rule_code {
    RULE_CODE_UNKNOWN_KEY = 1001,
    RULE_CODE_MISSING_KEY = 1002,
    RULE_CODE_BAD_VALUE = 1003,
    RULE_CODE_UNSUPPORTED = 1004, /* good Sigma that we do not evaluate */
    RULE_CODE_UNKNOWN_RULE = 1005,
    RULE_CODE_CYCLE = 1006,
    RULE_CODE_DUPLICATE = 1007,
    RULE_CODE_LIMIT = 1008
};

/* Reads all sources as one set. Sources and arena must outlive the result. NULL when `diags` got
 * an error; all findings of all sources are reported in one run. */
const struct rule_set *rules_read(struct arena *arena, const struct diag_source *sources,
                                  size_t source_count, struct diag_list *diags);

#endif
