/* aggregators/check.h - what a start of redan-agg needs, looked at without starting. */
#ifndef REDAN_AGGREGATORS_CHECK_H
#define REDAN_AGGREGATORS_CHECK_H

#include "aggregators/config.h"
#include "base/program.h"

/* Prints what was found; the exit code. */
int agg_check(struct program *program, const struct agg_config *config);

#endif
