/* sla/conflict/stages.h - F8: what a response takes from the first trace on is what detecting takes
 * and what responding takes, each as somebody has to keep it whenever it is asked for. For sla/
 * only. Pure.
 */
#ifndef REDAN_SLA_CONFLICT_STAGES_H
#define REDAN_SLA_CONFLICT_STAGES_H

#include "sla/conflict/satisfy.h"

bool sla_is_staged(const struct sla_term *term);
const char *sla_stage_term(size_t stage); /* "detect.mttd" */

struct sla_stages {
    int64_t ms[SLA_STAGES];                      /* the shortest; SLA_STAGE_MISSING: nobody says */
    const struct sla_clause *offers[SLA_STAGES]; /* behind them; NULL: a requirement that holds */
    enum sla_verdict verdict;                    /* of the worse stage, when both are there */
};

/* Of the resource whose families were taken; requirements of both stages are judged already. */
struct sla_stages sla_stages_of(const struct sla_proofs *proofs,
                                const struct sla_member *requirement);

#endif
