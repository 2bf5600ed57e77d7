/* sla/conflict/meet.h - what several clauses of one term come to together: an antichain of guarded
 * bounds, those that none of the others implies (design of the language, section 5.2).
 *
 * One bound implies another when its guard covers the other's and its value asks for at least as
 * much. Covering by several guards together is not seen: sound, not complete. Of bounds that imply
 * each other the one whose value is written least stays, so the order of adding never shows. */
#ifndef REDAN_SLA_CONFLICT_MEET_H
#define REDAN_SLA_CONFLICT_MEET_H

#include "sla/terms/domain.h"

enum { SLA_BOUNDS_MAX = 32 };

struct sla_bound {
    uint32_t guard; /* of the world's table */
    struct sla_value value;
    const struct sla_clause *clause; /* that says so; NULL: several, met */
};

struct sla_bounds {
    const struct sla_term *term;
    const struct sla_guards *guards;
    struct sla_bound items[SLA_BOUNDS_MAX];
    size_t count;
    bool is_cut; /* more than SLA_BOUNDS_MAX: the last were left out */
};

bool sla_bound_implies(const struct sla_bounds *bounds, const struct sla_bound *a,
                       const struct sla_bound *b);
/* Adds a bound: nothing when one that is there implies it; those it implies go. */
void sla_bounds_add(struct sla_bounds *bounds, const struct sla_bound *bound);
/* Does a member imply it? */
bool sla_bounds_imply(const struct sla_bounds *bounds, const struct sla_bound *bound);

/* As sla_bounds_add, but bounds of one guard that meet in one value become that value. False: it
 * cannot hold together with one that is there, and was left out. */
bool sla_bounds_narrow(struct sla_bounds *bounds, struct arena *arena,
                       const struct sla_bound *bound) MUST_USE;

#endif
