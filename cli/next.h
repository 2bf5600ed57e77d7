/* cli/next.h - what a person can do now: the next command, ready to type, on stderr. Says nothing
 * when the answer is not a table, or where nothing waits for anybody. */
#ifndef REDAN_CLI_NEXT_H
#define REDAN_CLI_NEXT_H

#include "base/json.h"
#include "cli/cli.h"
#include "cli/daemon.h"

/* After a plan was shown. */
void next_of_plan(const struct cli *cli, const struct json *plan);
/* After an incident was shown: why nothing happens, or what waits. */
void next_of_incident(const struct cli *cli, const struct json *incident);
/* After a list of incidents or plans: the first few that wait for an approval. */
void next_of_list(const struct cli *cli, const struct daemon_list *list);

#endif
