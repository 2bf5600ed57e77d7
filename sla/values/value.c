#include "sla/values/value.h"

bool sla_set_has(const struct sla_set *set, uint32_t element)
{
    return element < SLA_SET_MAX && ((set->bits[element / 64] >> (element % 64)) & 1U) != 0;
}

void sla_set_add(struct sla_set *set, uint32_t element)
{
    if (element < SLA_SET_MAX) {
        set->bits[element / 64] |= UINT64_C(1) << (element % 64);
    }
}

uint32_t sla_set_first(const struct sla_set *set)
{
    for (uint32_t i = 0; i < SLA_SET_WORDS; i++) {
        if (set->bits[i] != 0) {
            return i * 64 + (uint32_t)__builtin_ctzll(set->bits[i]);
        }
    }
    return SLA_SET_MAX;
}

bool sla_set_is_empty(const struct sla_set *set)
{
    return sla_set_first(set) == SLA_SET_MAX;
}

struct sla_set sla_set_all(uint32_t count)
{
    struct sla_set all = { 0 };

    for (uint32_t i = 0; i < SLA_SET_WORDS && i * 64 < count; i++) {
        uint32_t left = count - i * 64;
        all.bits[i] = left >= 64 ? UINT64_MAX : (UINT64_C(1) << left) - 1;
    }
    return all;
}

struct sla_set sla_set_meet(const struct sla_set *a, const struct sla_set *b)
{
    struct sla_set both = { 0 };

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        both.bits[i] = a->bits[i] & b->bits[i];
    }
    return both;
}

struct sla_set sla_set_join(const struct sla_set *a, const struct sla_set *b)
{
    struct sla_set all = { 0 };

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        all.bits[i] = a->bits[i] | b->bits[i];
    }
    return all;
}

struct sla_set sla_set_minus(const struct sla_set *a, const struct sla_set *b)
{
    struct sla_set rest = { 0 };

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        rest.bits[i] = a->bits[i] & ~b->bits[i];
    }
    return rest;
}
