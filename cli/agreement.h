/* cli/agreement.h - one agreement, for who signs it and who looks at it. */
#ifndef REDAN_CLI_AGREEMENT_H
#define REDAN_CLI_AGREEMENT_H

#include "base/json.h"
#include "cli/cli.h"
#include "sla/agree/agreement.h"

/* NAME, or NAME@VERSION. NULL: `out_code` is why, and it is printed. */
const struct sla_agreement *agreement_find(struct cli *cli, const struct sla_world *world,
                                           const char *name, enum cli_exit *out_code);

/* What it says, what it makes binding in words, and which party has signed. `own` stands in the
 * place of its party's signature: one that is to be made; NULL: none is. */
void agreement_print(struct cli *cli, const struct sla_world *world,
                     const struct sla_agreement *agreement, const struct sla_signature *own,
                     struct buf *out);

/* An object: state, signedDigest, ended (at, by, why; null while it has not), signatures with their
 * verdicts, and who is missing. */
void agreement_write_json(struct cli *cli, const struct sla_agreement *agreement,
                          struct json_writer *writer);

/* The parties of its pins, each once, in their order; in `arena`. Returns how many. */
size_t agreement_parties(struct arena *arena, const struct sla_agreement *agreement,
                         const struct slice **out);

#endif
