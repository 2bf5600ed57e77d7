#include "sla/conflict/meet.h"

#include "sla/values/guard.h"

bool sla_bound_implies(const struct sla_bounds *bounds, const struct sla_bound *a,
                       const struct sla_bound *b)
{
    return sla_guards_covers(bounds->guards, a->guard, b->guard) &&
           bounds->term->domain->implies(bounds->term, &a->value, &b->value);
}

bool sla_bounds_imply(const struct sla_bounds *bounds, const struct sla_bound *bound)
{
    for (size_t i = 0; i < bounds->count; i++) {
        if (sla_bound_implies(bounds, &bounds->items[i], bound)) {
            return true;
        }
    }
    return false;
}

/* Canonical bytes of a value: as written after the first operator of the term. */
static void write_value(const struct sla_term *term, const struct sla_value *value, struct buf *out)
{
    for (unsigned op = 0; op < SLA_OPS; op++) {
        if ((term->ops & SLA_BIT(op)) != 0) {
            sla_value_format(term, (enum sla_op)op, value, out);
        }
    }
}

static bool is_written_before(const struct sla_bounds *bounds, const struct sla_bound *a,
                              const struct sla_bound *b)
{
    CLEANUP(buf_done) struct buf left = { 0 };
    CLEANUP(buf_done) struct buf right = { 0 };

    write_value(bounds->term, &a->value, &left);
    write_value(bounds->term, &b->value, &right);
    return slice_cmp(buf_slice(&left), buf_slice(&right)) < 0;
}

/* Of two that imply each other the one that is written first; else the implying one. */
static bool stays_before(const struct sla_bounds *bounds, const struct sla_bound *held,
                         const struct sla_bound *bound)
{
    if (!sla_bound_implies(bounds, held, bound)) {
        return false;
    }
    return !sla_bound_implies(bounds, bound, held) || !is_written_before(bounds, bound, held);
}

void sla_bounds_add(struct sla_bounds *bounds, const struct sla_bound *bound)
{
    size_t kept = 0;

    for (size_t i = 0; i < bounds->count; i++) {
        if (stays_before(bounds, &bounds->items[i], bound)) {
            return; /* then it implies no member either: members do not imply each other */
        }
    }
    for (size_t i = 0; i < bounds->count; i++) {
        if (!sla_bound_implies(bounds, bound, &bounds->items[i])) {
            bounds->items[kept++] = bounds->items[i];
        }
    }
    bounds->is_cut |= kept == SLA_BOUNDS_MAX;
    if (kept < SLA_BOUNDS_MAX) {
        bounds->items[kept++] = *bound;
    }
    bounds->count = kept;
}

static enum sla_meeting meet(const struct sla_bounds *bounds, struct arena *arena,
                             const struct sla_bound *held, struct sla_bound *all)
{
    if (held->guard != all->guard) {
        return SLA_MEET_BOTH;
    }
    return bounds->term->domain->meet(bounds->term, arena, &all->value, &held->value, &all->value);
}

bool sla_bounds_narrow(struct sla_bounds *bounds, struct arena *arena,
                       const struct sla_bound *bound)
{
    struct sla_bounds left = *bounds;
    struct sla_bound all = *bound;

    left.count = 0;
    for (size_t i = 0; i < bounds->count; i++) {
        enum sla_meeting met = meet(bounds, arena, &bounds->items[i], &all);
        if (met == SLA_MEET_NONE) {
            return false;
        }
        if (met == SLA_MEET_BOTH) {
            left.items[left.count++] = bounds->items[i];
        } else {
            all.clause = NULL;
        }
    }
    sla_bounds_add(&left, &all);
    *bounds = left;
    return true;
}
