/* sla/resolve/assume.h - assumptions: what somebody answers for, so that a service may be counted
 * on further than promises alone go. They only ever make other clauses hold.
 *
 * Plain immutable data in the world's arena. Pure. */
#ifndef REDAN_SLA_RESOLVE_ASSUME_H
#define REDAN_SLA_RESOLVE_ASSUME_H

#include "sla/resolve/service.h"
#include "sla/world.h"

struct draft;

/* In the order of the terms of sla/terms/term_given.c. */
enum sla_assuming {
    SLA_ASSUME_INDEPENDENT,    /* flag */
    SLA_ASSUME_COMMON,         /* ppb of each failure that takes all parts at once */
    SLA_ASSUME_FAILOVER_TIME,  /* ms a switch costs */
    SLA_ASSUME_FAILOVER_COUNT, /* switches in each window */
    SLA_ASSUME_PAUSE_COUNT,    /* responses that stop a part, in each window */
    SLA_ASSUME_PARALLEL,       /* flag: parts are restored at the same time */
    SLA_ASSUME_LAG,            /* ms by which copies that must agree may differ */
    SLA_ASSUME_MEAN,           /* flag: a window of the service behaves like the mean */
    SLA_ASSUME_ALIGNED         /* flag: offered and required windows of equal length are the same */
};
enum { SLA_ASSUMINGS = 9 };

struct sla_assumption {
    const struct sla_clause *clause; /* place, term, value, window, resources, services */
    enum sla_assuming what;
    int64_t value;      /* flag: 1; else in the unit of `what` */
    struct slice owner; /* the party that answers for it */
    struct slice why;   /* empty: not told */
    bool acknowledged;  /* by its owner: its own document, or an agreement it signed */
};

/* The assumption on a service, or NULL. Of several the one that costs us most; of equals one that
 * is acknowledged, then the first in canonical order. */
const struct sla_assumption *sla_assumed_of_service(const struct sla_world *world,
                                                    enum sla_assuming what,
                                                    const struct sla_service *service);
/* Likewise on a resource. */
const struct sla_assumption *sla_assumed_of_resource(const struct sla_world *world,
                                                     enum sla_assuming what, size_t resource);

/* Fills world->assumptions, canonical order; flags that say `no` are left out. For sla/ only. */
void sla_take_assumptions(struct draft *draft, struct sla_world *world);

/* Parts of RDN0403, for sla/ only: who answers for what, and what to do about it. */
void sla_show_assumption(const struct sla_assumption *assumption, struct diag *diag,
                         struct diag_list *diags);
void sla_help_assumed(bool acknowledged, struct diag *diag, struct diag_list *diags);

/* Assumptions that lack another one (RDN0223). Bound before. For sla/ only. */
void sla_check_assumptions(struct draft *draft);

#endif
