/* cli/emission.h - `sla compile --emit`: the desired state in the words of one target. */
#ifndef REDAN_CLI_EMISSION_H
#define REDAN_CLI_EMISSION_H

#include "cli/offline.h"

/* Prints it; needs offline->world. CLI_NO when the documents are in conflict, or the target cannot
 * carry what they ask for. */
enum cli_exit emission_print(struct cli *cli, const struct offline *offline);

/* The clause that --clause names, as an index into world->clauses; left alone when it was not
 * given. CLI_NOT_FOUND and CLI_USAGE (the name of several): said. */
enum cli_exit emission_clause(struct cli *cli, const struct sla_world *world, size_t *out);

/* Options that choose from what is emitted, without --emit: says so, CLI_USAGE. */
enum cli_exit emission_check(const struct cli *cli);

#endif
