/* cli/emission.h - `sla compile --emit`: the desired state in the words of one target. */
#ifndef REDAN_CLI_EMISSION_H
#define REDAN_CLI_EMISSION_H

#include "cli/offline.h"

/* Prints it; needs offline->world. CLI_NO when the documents are in conflict, or the target cannot
 * carry what they ask for. */
enum cli_exit emission_print(struct cli *cli, const struct offline *offline);

/* Options that choose from what is emitted, without --emit: says so, CLI_USAGE. */
enum cli_exit emission_check(const struct cli *cli);

#endif
