/* cli/rules.h - the detection rules a command works with. */
#ifndef REDAN_CLI_RULES_H
#define REDAN_CLI_RULES_H

#include "cli/cli.h"
#include "detect/rule.h"

/* Those of --rules, else those that come with Redan; NULL in `out` when there are neither. Prints
 * what is wrong with them. */
enum cli_exit rules_load(struct cli *cli, const struct rule_set **out);

/* The names that detections can bear: reactions wait for these. Never NULL. */
const struct slice *rules_detecting(struct arena *arena, const struct rule_set *rules,
                                    size_t *out_count);

#endif
