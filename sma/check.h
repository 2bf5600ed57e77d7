/* sma/check.h - what a start of redan-sma needs, looked at without starting, and what start and
 * check both read. Part of the program, not of the library. */
#ifndef REDAN_SMA_CHECK_H
#define REDAN_SMA_CHECK_H

#include "base/program.h"
#include "detect/rule_file.h"
#include "sma/config.h"
#include "wire/keys.h"

/* All rule files as one set; what is wrong with any of them goes to `diags`, a missing file at its
 * place in the configuration. NULL after an error. */
const struct rule_set *sma_read_rules(struct program *program, const struct sma_config *config,
                                      struct diag_list *diags);

/* Is this the identity of a node agent, with services that belong together? Errors: STATUS_DENIED,
 * STATUS_INVALID. */
struct status sma_check_identity(const struct identity *identity) MUST_USE;

/* Can the hypervisor of this URI be reached now? */
typedef struct status(sma_reach_fn)(const char *uri);

/* Prints what was found; the exit code. */
int sma_check(struct program *program, const struct sma_config *config, sma_reach_fn *reach);

#endif
