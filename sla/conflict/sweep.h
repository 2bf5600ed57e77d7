/* sla/conflict/sweep.h - the moments at which clauses speak together: a sweep over the borders of
 * what their guards name.
 *
 * Which guards speak changes at borders alone, and whoever speaks together at some moment does so
 * too where the last of them begins. So the beginnings are all that has to be looked at. Clocks of
 * several zones stand in every way that their offsets allow, each whatever the others do. Only
 * days, phases and windows of the week are told apart: guards of terms that take no others. For
 * sla/ only. Pure. */
#ifndef REDAN_SLA_CONFLICT_SWEEP_H
#define REDAN_SLA_CONFLICT_SWEEP_H

#include "sla/values/guard.h"

enum { SLA_SWEEP_LOOKS_MAX = 16 * 1024 * 1024 };

struct sla_sweep {
    struct sla_guards *guards;
    const uint32_t *whens; /* numbers of guards */
    size_t count;
    size_t found_looks; /* that whoever is told of a moment takes for it */
    size_t *looks;      /* of that and at guards, counted over several sweeps */
};

/* `speaks`: of each guard, whether it does at that moment; lives until the return. */
typedef void(sla_sweep_fn)(void *arg, const bool *speaks);

/* Each set of guards that can speak together is part of one that is found; one may be found several
 * times. False: that would take more than SLA_SWEEP_LOOKS_MAX looks; what was found until then is
 * right. */
bool sla_sweep_moments(const struct sla_sweep *moments, sla_sweep_fn *found, void *arg);

#endif
