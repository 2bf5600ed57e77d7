#include "sla/values/limbs.h"

#include <assert.h>

void sla_limbs_set(struct sla_limbs *number, uint64_t value)
{
    *number = (struct sla_limbs){ .limb = { (uint32_t)value, (uint32_t)(value >> 32U) } };
}

void sla_limbs_add(struct sla_limbs *number, const struct sla_limbs *other)
{
    uint64_t carry = 0;

    for (size_t i = 0; i < SLA_LIMBS; i++) {
        carry += (uint64_t)number->limb[i] + other->limb[i];
        number->limb[i] = (uint32_t)carry;
        carry >>= 32U;
    }
    assert(carry == 0);
}

static void mul_half(struct sla_limbs *number, uint32_t factor)
{
    uint64_t carry = 0;

    for (size_t i = 0; i < SLA_LIMBS; i++) {
        carry += (uint64_t)number->limb[i] * factor;
        number->limb[i] = (uint32_t)carry;
        carry >>= 32U;
    }
    assert(carry == 0);
}

static void shift_limb(struct sla_limbs *number)
{
    assert(number->limb[SLA_LIMBS - 1] == 0);
    for (size_t i = SLA_LIMBS - 1; i > 0; i--) {
        number->limb[i] = number->limb[i - 1];
    }
    number->limb[0] = 0;
}

void sla_limbs_mul(struct sla_limbs *number, uint64_t factor)
{
    struct sla_limbs high = *number;

    mul_half(number, (uint32_t)factor);
    if (factor >> 32U != 0) {
        mul_half(&high, (uint32_t)(factor >> 32U));
        shift_limb(&high);
        sla_limbs_add(number, &high);
    }
}

int sla_limbs_cmp(const struct sla_limbs *a, const struct sla_limbs *b)
{
    for (size_t i = SLA_LIMBS; i-- > 0;) {
        if (a->limb[i] != b->limb[i]) {
            return a->limb[i] > b->limb[i] ? 1 : -1;
        }
    }
    return 0;
}
