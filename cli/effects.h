/* cli/effects.h - what a change of documents means (sla/diff/effects.h), for people and for GitHub.
 * It is read from its JSON, as `sla diff` finds it here and as redand answers it. */
#ifndef REDAN_CLI_EFFECTS_H
#define REDAN_CLI_EFFECTS_H

#include "base/buf.h"
#include "base/json.h"
#include "cli/cli.h"

/* A head and lines for each kind, each after a blank line; `effects` NULL or empty: nothing. */
void effects_print(struct cli *cli, const struct json *effects, struct buf *out);
/* The same to stderr, for who is about to be asked. */
void effects_report(const struct cli *cli, const struct json *effects);
/* An annotation for each kind: a warning when it is grave, else a notice. */
void effects_annotate(const struct json *effects, struct buf *out);

#endif
