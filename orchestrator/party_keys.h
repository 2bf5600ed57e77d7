/* orchestrator/party_keys.h - the public keys that redand trusts for the parties of agreements. */
#ifndef REDAN_ORCHESTRATOR_PARTY_KEYS_H
#define REDAN_ORCHESTRATOR_PARTY_KEYS_H

#include "base/program.h"
#include "orchestrator/config.h"
#include "sla/sla.h"

struct party_keys {
    const struct sla_key *items; /* NULL: `party_keys` is not set, so nothing is checked */
    size_t count;
};

/* Files that cannot be read are findings in `diags`. Everything lives in the program's arena.
 * Errors: STATUS_INVALID (a file is missing, or is not what sla/agree/keys.h reads). */
struct status redand_read_party_keys(struct program *program, const struct redand_config *config,
                                     struct diag_list *diags, struct party_keys *out) MUST_USE;

#endif
