#include "sla/compose/kofn.h"

#include <inttypes.h>

#include "base/wide.h"

/* A group that was checked: amounts in ascending order. */
struct sorted {
    int64_t part[SLA_KOFN_PARTS_MAX];
    size_t count;
    int64_t whole;
};

static const wide_t CERTAIN = (wide_t)1 << 60; /* probability 1 in fixed point */

static wide_t divide_up(wide_t amount, wide_t by)
{
    return amount / by + (amount % by != 0);
}

static void insert(struct sorted *sorted, int64_t amount)
{
    size_t at = sorted->count++;

    for (; at > 0 && sorted->part[at - 1] > amount; at--) {
        sorted->part[at] = sorted->part[at - 1];
    }
    sorted->part[at] = amount;
}

static struct status check(const struct sla_kofn *group, struct sorted *out)
{
    *out = (struct sorted){ .whole = group->whole };
    if (group->count < 1 || group->count > SLA_KOFN_PARTS_MAX) {
        return status_error(STATUS_INVALID, "%zu parts, not 1 to %d", group->count,
                            SLA_KOFN_PARTS_MAX);
    }
    if (group->need < 1 || group->need > group->count) {
        return status_error(STATUS_INVALID, "needs %zu of %zu parts", group->need, group->count);
    }
    if (group->whole < 1) {
        return status_error(STATUS_INVALID, "nothing to be down in: %" PRId64, group->whole);
    }
    for (size_t i = 0; i < group->count; i++) {
        if (group->down[i] < 0 || group->down[i] > group->whole) {
            return status_error(STATUS_INVALID, "part %zu is down %" PRId64 " of %" PRId64, i,
                                group->down[i], group->whole);
        }
        insert(out, group->down[i]);
    }
    return STATUS_SUCCESS;
}

/* --- any dependence -------------------------------------------------------------------------- */

/* The most time in which at least `together` of the amounts can lie at once, rounded up. */
static int64_t most_together(const struct sorted *sorted, size_t together)
{
    wide_t most = (wide_t)sorted->whole;
    wide_t sum = 0;

    for (size_t i = 0; i < sorted->count; i++) { /* i + 1 smallest: t = count - (i + 1) are left */
        size_t left = sorted->count - (i + 1);
        sum += (uint64_t)sorted->part[i];
        if (left < together) {
            wide_t bound = divide_up(sum, together - left);
            most = bound < most ? bound : most;
        }
    }
    return (int64_t)most;
}

static struct sla_range bounds(const struct sorted *down, size_t need)
{
    struct sorted up = { .count = down->count, .whole = down->whole };

    for (size_t i = 0; i < down->count; i++) {
        up.part[i] = down->whole - down->part[down->count - 1 - i];
    }
    return (struct sla_range){ .least = down->whole - most_together(&up, need),
                               .most = most_together(down, down->count - need + 1) };
}

struct status sla_kofn_bounds(const struct sla_kofn *group, struct sla_range *out)
{
    struct sorted down;

    TRY(check(group, &down));
    *out = bounds(&down, group->need);
    return STATUS_SUCCESS;
}

/* --- independent ----------------------------------------------------------------------------- */

/* P(at least `together` down) times whole, rounded down or up throughout. The tails stay ordered
 * and the weights of a step add up to one, so errors of single steps only add up, and rounding
 * keeps the result monotone. Products stay below 2^124. */
static int64_t tail(const struct sorted *down, size_t together, bool up)
{
    wide_t at_least[SLA_KOFN_PARTS_MAX + 1] = { CERTAIN };
    wide_t whole = (wide_t)down->whole;

    for (size_t i = 0; i < down->count; i++) {
        wide_t part = (wide_t)down->part[i];
        for (size_t j = together; j > 0; j--) {
            wide_t sum = (whole - part) * at_least[j] + part * at_least[j - 1];
            at_least[j] = up ? divide_up(sum, whole) : sum / whole;
        }
    }
    wide_t amount = at_least[together] * whole;
    return (int64_t)(up ? divide_up(amount, CERTAIN) : amount / CERTAIN);
}

/* Independence is one of the dependences, so its figure lies within their bounds. */
static struct sla_range independent(const struct sorted *down, size_t need)
{
    size_t together = down->count - need + 1;
    struct sla_range any = bounds(down, need);
    struct sla_range mean = { .least = tail(down, together, false),
                              .most = tail(down, together, true) };

    return (struct sla_range){ .least = mean.least > any.least ? mean.least : any.least,
                               .most = mean.most < any.most ? mean.most : any.most };
}

struct status sla_kofn_independent(const struct sla_kofn *group, struct sla_range *out)
{
    struct sorted down;

    TRY(check(group, &down));
    *out = independent(&down, group->need);
    return STATUS_SUCCESS;
}

/* --- common cause ---------------------------------------------------------------------------- */

static int64_t part_of(int64_t amount, int64_t share_ppb)
{
    return (int64_t)divide_up((wide_t)amount * (wide_t)share_ppb, SLA_PPB);
}

struct status sla_kofn_common(const struct sla_kofn *group, int64_t share_ppb, int64_t *out)
{
    struct sorted down;

    TRY(check(group, &down));
    if (share_ppb < 0 || share_ppb > SLA_PPB) {
        return status_error(STATUS_INVALID, "a share of %" PRId64 " ppb", share_ppb);
    }
    int64_t most = bounds(&down, group->need).most;
    int64_t shared = part_of(down.part[down.count - 1], share_ppb);
    down.whole -= shared;
    if (down.whole > 0) {
        for (size_t i = 0; i < down.count; i++) {
            int64_t rest = part_of(down.part[i], SLA_PPB - share_ppb);
            down.part[i] = rest < down.whole ? rest : down.whole; /* both were rounded up */
        }
        shared += independent(&down, group->need).most;
    }
    *out = shared < most ? shared : most;
    return STATUS_SUCCESS;
}
