/* sla/values/limbs.h - natural numbers of up to SLA_LIMBS_BITS bits, exactly: for checkers, which
 * compare rationals by multiplying across. Little more than schoolbook. Pure; for sla/ and its
 * tests. */
#ifndef REDAN_SLA_VALUES_LIMBS_H
#define REDAN_SLA_VALUES_LIMBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLA_LIMBS = 136, SLA_LIMBS_BITS = SLA_LIMBS * 32 }; /* 64 factors of 63 bits, and room */

struct sla_limbs {
    uint32_t limb[SLA_LIMBS]; /* least first */
};

void sla_limbs_set(struct sla_limbs *number, uint64_t value);
/* Overflow is a bug of the caller: asserted. */
void sla_limbs_add(struct sla_limbs *number, const struct sla_limbs *other);
void sla_limbs_mul(struct sla_limbs *number, uint64_t factor);
int sla_limbs_cmp(const struct sla_limbs *a, const struct sla_limbs *b); /* as qsort wants it */

#endif
