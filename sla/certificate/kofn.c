#include "sla/certificate/kofn.h"

#include "base/arena.h"
#include "base/wide.h"
#include "sla/values/limbs.h"

enum { ENUMERATED_MAX = 12 };

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* --- k of n ---------------------------------------------------------------------------------- */

/* Whether the parts can cover `time` together `times` over: 1 with some left, 0 exactly, -1 not. */
static int covers(const int64_t *down, size_t count, size_t times, int64_t time)
{
    wide_t sum = 0, needed = (wide_t)(uint64_t)time * times;

    for (size_t i = 0; i < count; i++) {
        sum += (uint64_t)least(down[i], time);
    }
    return (sum > needed) - (sum < needed);
}

/* What is covered beyond `times` over a time is concave in the time: once it falls below, it stays
 * there. */
bool sla_is_bound(const int64_t *down, size_t count, size_t need, int64_t whole, int64_t figure)
{
    size_t times = count - need + 1;
    size_t longer = 0;

    if (figure < 0 || figure > whole) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        longer += down[i] > figure ? 1 : 0;
    }
    int at = covers(down, count, times, figure);
    bool enough = figure == whole || at < 0 || (at == 0 && longer < times);
    bool tight = figure == 0 || covers(down, count, times, figure - 1) >= 0;
    return enough && tight;
}

/* P(fewer than `need` up) as a number over whole^count, subset by subset. */
static void enumerate(const int64_t *down, size_t count, size_t need, int64_t whole,
                      struct sla_limbs *out)
{
    sla_limbs_set(out, 0);
    for (uint32_t downs = 0; downs < UINT32_C(1) << count; downs++) {
        struct sla_limbs product;
        if (count - (size_t)__builtin_popcount(downs) >= need) {
            continue;
        }
        sla_limbs_set(&product, 1);
        for (size_t i = 0; i < count; i++) {
            bool is_down = ((downs >> i) & 1U) != 0;
            sla_limbs_mul(&product, (uint64_t)(is_down ? down[i] : whole - down[i]));
        }
        sla_limbs_add(out, &product);
    }
}

/* The same number by how many are down of the first, the second ... : row[j] over whole^i. */
static void unroll(const int64_t *down, size_t count, size_t need, int64_t whole,
                   struct sla_limbs *out)
{
    CLEANUP(arena_done) struct arena scratch = { 0 };
    struct sla_limbs *row = ARENA_NEW(&scratch, struct sla_limbs, count + 1);

    sla_limbs_set(&row[0], 1);
    for (size_t i = 0; i < count; i++) {
        sla_limbs_set(&row[i + 1], 0);
        for (size_t j = i + 1; j > 0; j--) {
            struct sla_limbs more = row[j - 1];
            sla_limbs_mul(&more, (uint64_t)down[i]);
            sla_limbs_mul(&row[j], (uint64_t)(whole - down[i]));
            sla_limbs_add(&row[j], &more);
        }
        sla_limbs_mul(&row[0], (uint64_t)(whole - down[i]));
    }
    sla_limbs_set(out, 0);
    for (size_t j = count - need + 1; j <= count; j++) {
        sla_limbs_add(out, &row[j]);
    }
}

static void power(int64_t base, size_t exponent, uint64_t factor, struct sla_limbs *out)
{
    sla_limbs_set(out, factor);
    for (size_t i = 0; i < exponent; i++) {
        sla_limbs_mul(out, (uint64_t)base);
    }
}

/* -1, 0, 1: the exact time is less than, equal to, more than `figure`. */
static int compare_mean(const struct sla_limbs *exact, size_t count, int64_t whole, int64_t figure)
{
    struct sla_limbs claimed;

    power(whole, count - 1, (uint64_t)figure, &claimed);
    return sla_limbs_cmp(exact, &claimed);
}

static void exact_mean(const int64_t *down, size_t count, size_t need, int64_t whole,
                       struct sla_limbs *out)
{
    if (count <= ENUMERATED_MAX) {
        enumerate(down, count, need, whole, out);
    } else {
        unroll(down, count, need, whole, out);
    }
}

bool sla_is_mean(const int64_t *down, size_t count, size_t need, int64_t whole, int64_t figure)
{
    struct sla_limbs exact;

    if (figure < 0 || figure > whole) {
        return false;
    }
    exact_mean(down, count, need, whole, &exact);
    /* fixed point may have cost one unit */
    return compare_mean(&exact, count, whole, figure) <= 0 &&
           (figure < 2 || compare_mean(&exact, count, whole, figure - 2) >= 0);
}
