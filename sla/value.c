#include "sla/value.h"

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

struct sla_set sla_set_meet(const struct sla_set *a, const struct sla_set *b)
{
    struct sla_set both = { 0 };

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        both.bits[i] = a->bits[i] & b->bits[i];
    }
    return both;
}

struct sla_set sla_set_minus(const struct sla_set *a, const struct sla_set *b)
{
    struct sla_set rest = { 0 };

    for (size_t i = 0; i < SLA_SET_WORDS; i++) {
        rest.bits[i] = a->bits[i] & ~b->bits[i];
    }
    return rest;
}

static bool meet_ranges(const struct sla_range *a, const struct sla_range *b, struct sla_range *out)
{
    out->least = a->least > b->least ? a->least : b->least;
    out->most = a->most < b->most ? a->most : b->most;
    return out->least <= out->most;
}

bool sla_value_meet(const struct sla_value *a, const struct sla_value *b, struct sla_value *out)
{
    *out = *a;
    switch (a->domain) {
    case SLA_DOMAIN_SET:
        out->set = sla_set_meet(&a->set, &b->set);
        return !sla_set_is_empty(&out->set);
    case SLA_DOMAIN_SHARE:
    case SLA_DOMAIN_DURATION:
        return meet_ranges(&a->range, &b->range, &out->range);
    case SLA_DOMAIN_FLOW:
    case SLA_DOMAIN_PARTIES:
        break;
    }
    return true; /* no order: decided by modality */
}

/* window * part / SLA_PPB, with what is left over. Windows are at most a century: no overflow. */
static int64_t share_of(int64_t window_ms, int64_t part_ppb, int64_t *out_rest)
{
    int64_t whole = window_ms / SLA_PPB * part_ppb;
    int64_t product = window_ms % SLA_PPB * part_ppb;

    *out_rest = product % SLA_PPB;
    return whole + product / SLA_PPB;
}

int64_t sla_downtime_allowed_ms(int64_t share_ppb, int64_t window_ms)
{
    int64_t rest = 0;

    return share_of(window_ms, SLA_PPB - share_ppb, &rest);
}

int64_t sla_downtime_offered_ms(int64_t share_ppb, int64_t window_ms)
{
    int64_t rest = 0;
    int64_t down_ms = share_of(window_ms, SLA_PPB - share_ppb, &rest);

    return rest > 0 ? down_ms + 1 : down_ms;
}
