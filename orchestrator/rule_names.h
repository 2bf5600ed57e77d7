/* orchestrator/rule_names.h - the names of the rules the agents read, for the warnings that an SLA
 * gets. The rules themselves are evaluated on the nodes. */
#ifndef REDAN_ORCHESTRATOR_RULE_NAMES_H
#define REDAN_ORCHESTRATOR_RULE_NAMES_H

#include "base/program.h"
#include "orchestrator/config.h"

struct rule_names {
    const struct slice *items; /* of rules that detect; NULL: `rules` is not set, so not known */
    size_t count;
};

/* Findings go to `diags`. False: there was an error. Everything lives in the program's arena. */
bool redand_read_rules(struct program *program, const struct redand_config *config,
                       struct diag_list *diags, struct rule_names *out);

#endif
