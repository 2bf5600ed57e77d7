/* sla/conflict/satisfy.h - which requirements hold, resource by resource: one verdict each, by who
 * chooses among what is offered (design of the language, section 6). For sla/ only.
 *
 * Requirements that an offer falls short of are conflicts and are added to the search; those that
 * cannot hold together are found by sla_search_sets and become impossible in sla_proofs_finish. */
#ifndef REDAN_SLA_CONFLICT_SATISFY_H
#define REDAN_SLA_CONFLICT_SATISFY_H

#include "sla/conflict/conflict.h"
#include "sla/terms/family.h"

struct offered;
struct sla_spread;

struct sla_proofs {
    struct arena *arena;
    struct sla_world *world;
    struct sla_search *search;
    struct sla_proof *items;           /* one a clause */
    uint8_t **verdicts;                /* of each clause; NULL: not judged */
    const struct sla_spread **spreads; /* of each clause and resource; NULL: not counted yet */
    struct offered *offered;           /* scratch: where the last requirement spoke */
    const struct sla_family *families; /* of the resource at hand, by term */
};

void sla_proofs_init(struct sla_proofs *proofs, struct sla_search *search);
/* Judges the requirements of a family. */
void sla_satisfy(struct sla_proofs *proofs, const struct sla_family *family);
/* The requirement is impossible there; a doubt goes where nothing else is unproven. */
void sla_proofs_lose(struct sla_proofs *proofs, const struct sla_member *requirement);
/* After the search: conflicts make their requirements impossible; fills in world->proofs and the
 * summary. */
void sla_proofs_finish(struct sla_proofs *proofs);

/* RDN0401, RDN0404: what is unproven, and why (sla/conflict/report_proofs.c). */
void sla_report_proofs(const struct sla_world *world, struct diag_list *diags);
/* RDN0404: flows that no plane holds; as a note what permits one under a condition
 * (sla/conflict/report_flow_planes.c). */
void sla_report_flow_planes(const struct sla_world *world, struct diag_list *diags);

/* How the requirement falls under the best offer of its family (sla/conflict/budget.c); `promised`:
 * only of offers that an agreement makes a promise to its party. */
struct sla_budget {
    const struct sla_clause *offer; /* NULL: none */
    int64_t allowed_ms;
    int64_t spent_ms;   /* at worst, wherever its windows lie */
    int64_t aligned_ms; /* when windows of equal length are the same ones */
};
struct sla_budget sla_budget_of(const struct sla_world *world, const struct sla_family *family,
                                const struct sla_member *requirement, bool promised);

#endif
