/* tests/chaos/census.h - what every process passes, phase by phase, against the matrix: a point
 * that is passed but has no case fails, and so does a case for what is not passed. */
#ifndef REDAN_TESTS_CHAOS_CENSUS_H
#define REDAN_TESTS_CHAOS_CENSUS_H

#include "tests/chaos/matrix.h"

/* From here on passes count for this phase. */
struct status census_enter(struct site *site, enum chaos_phase phase) MUST_USE;
/* Compares what was passed in `phase`, which is over. Prints every difference. */
struct status census_check(struct site *site, enum chaos_phase phase) MUST_USE;

#endif
