/* orchestrator/check.h - what a start of redand needs, looked at without starting. */
#ifndef REDAN_ORCHESTRATOR_CHECK_H
#define REDAN_ORCHESTRATOR_CHECK_H

#include "base/program.h"
#include "orchestrator/config.h"

/* Prints what was found; the exit code. */
int redand_check(struct program *program, const struct redand_config *config);

/* "STATE/redan.db" */
const char *redand_database(struct arena *arena, const struct redand_config *config);

#endif
