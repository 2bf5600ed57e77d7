/* tests/unit/sla/random_world.h - documents by chance, the same for the same seed: what targets
 * print of them must read back. */
#ifndef REDAN_TESTS_UNIT_SLA_RANDOM_WORLD_H
#define REDAN_TESTS_UNIT_SLA_RANDOM_WORLD_H

#include "tests/unit/sla/worlds.h"

/* Clears the bench and compiles a new world into it; `seed` moves on. */
void random_world(struct bench *bench, uint64_t *seed);

#endif
