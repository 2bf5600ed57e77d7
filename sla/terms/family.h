/* sla/terms/family.h - the clauses of one term on one resource: what is met, compared and judged
 * together. For sla/ only. */
#ifndef REDAN_SLA_TERMS_FAMILY_H
#define REDAN_SLA_TERMS_FAMILY_H

#include "sla/world.h"

/* A clause on the resource at hand. */
struct sla_member {
    const struct sla_clause *clause;
    size_t index;  /* into world->clauses */
    size_t place;  /* of the resource in the clause's list */
    uint32_t when; /* it speaks of the resource: its guard, as sla/terms/held.h says */
};

/* Canonical order; offers are those of the party the resource stands at. What never speaks of the
 * resource is in none. */
struct sla_family {
    const struct sla_term *term;
    size_t resource;
    const struct sla_member *requirements, *offers;
    size_t requirement_count, offer_count;
    bool is_searched; /* through and through, for what cannot hold together */
};

/* Goes through the resources of a world in their order. */
struct sla_families {
    const struct sla_world *world;
    const size_t *start, *items; /* clauses of each resource, as in struct sla_search */
    size_t *places;              /* one a clause: how many of its resources were passed */
    struct sla_member *members;
    struct sla_family *families; /* of the resource at hand; one a term, some empty */
    size_t *sizes;               /* scratch: requirements and offers of each term */
    uint32_t *whens;             /* scratch: of each clause of the resource */
};

void sla_families_init(struct sla_families *families, struct arena *arena,
                       const struct sla_world *world, const size_t *start, const size_t *items);
/* Sorts the clauses of the next resource by term: families->families, sla_term_count() of them.
 * Call it for each resource once, from 0 on. */
void sla_families_take(struct sla_families *families, size_t resource);

#endif
