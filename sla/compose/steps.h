/* sla/compose/steps.h - from resources to a service, step by step. For sla/ only. */
#ifndef REDAN_SLA_COMPOSE_STEPS_H
#define REDAN_SLA_COMPOSE_STEPS_H

#include "sla/compose/compose.h"

/* What many figures of one world are looked up in. */
struct sla_basis {
    struct arena *arena;
    const struct sla_world *world;
    /* Availability that the resource's own provider offers: offers[start[r] .. start[r + 1]). */
    const struct sla_clause **offers;
    size_t *start;
    /* By resource: of the reactions that stop it the one with the longest lease; or NULL. */
    const struct sla_clause **pauses;
    uint32_t *step_of_resource; /* step + 1 of the figure at hand; 0: none */
    uint32_t *step_of_service;  /* by sla_service.index */
    uint32_t *marks;            /* by service: seen in this turn */
    uint32_t turn;
};

/* One figure while it is made. */
struct sla_composing {
    struct sla_basis *basis;
    const struct sla_service *service;
    uint32_t guard; /* when it is asked for: offers must cover that */
    int64_t window_ms;
    unsigned pretended; /* SLA_BIT of enum sla_assuming: flags taken as assumed, to see if that
                         * would do; then the derivation is not for showing */
    uint64_t *budget;
    bool is_exhausted;
    struct sla_step *steps;
    size_t count, room;
};

void sla_basis_init(struct sla_basis *basis, struct arena *arena, const struct sla_world *world);

/* All steps up to the service's, which is the last; false when the budget is used up. */
bool sla_compose_steps(struct sla_composing *composing);

/* The assumption on the resource, or else on the service that is composed. */
const struct sla_assumption *sla_assumed_for(const struct sla_composing *composing,
                                             enum sla_assuming what, size_t resource);

/* ceil(share of the window), and floor. */
int64_t sla_share_up_ms(int64_t share_ppb, int64_t window_ms);
int64_t sla_share_down_ms(int64_t share_ppb, int64_t window_ms);

/* The most that `spent_ms` in every interval of `every_ms` comes to in one of `window_ms`. */
int64_t sla_most_within_ms(int64_t spent_ms, int64_t every_ms, int64_t window_ms);

#endif
