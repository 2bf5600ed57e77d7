/* sla/conflict/repair.h - what could be changed so that a conflict goes away: candidates by class,
 * each then tried on the real documents. For sla/ only. */
#ifndef REDAN_SLA_CONFLICT_REPAIR_H
#define REDAN_SLA_CONFLICT_REPAIR_H

#include "sla/draft.h"

enum { SLA_CANDIDATES_MAX = 32 };

struct sla_repairs {
    struct arena *arena;
    struct draft *draft;
    struct sla_world *world;
    uint64_t max_expansions;
    /* of the conflict at hand */
    const struct sla_conflict *conflict;
    struct sla_repair candidates[SLA_CANDIDATES_MAX];
    size_t count;
};

/* Fills in the repairs of every conflict of the world, within what is left of the budget. */
void sla_find_repairs(struct arena *arena, struct draft *draft, struct sla_world *world,
                      uint64_t max_expansions);

void sla_repairs_of_modality(struct sla_repairs *repairs);
void sla_repairs_of_duty(struct sla_repairs *repairs);
void sla_repairs_of_set(struct sla_repairs *repairs);
void sla_repairs_of_budget(struct sla_repairs *repairs);
void sla_repairs_of_shortfall(struct sla_repairs *repairs);
void sla_repairs_of_clash(struct sla_repairs *repairs);
void sla_repairs_of_quorum(struct sla_repairs *repairs);

/* Candidate: another value in the clause, when `value` alone says it; asking for more weakens
 * nothing.
 */
void sla_repair_value(struct sla_repairs *repairs, const struct sla_clause *clause,
                      const struct sla_value *value);
/* No clause about spread by provider has its resources at fewer of them than before and asked. */
bool sla_spread_is_kept(const struct sla_world *before, const struct sla_world *after);

/* Starts a candidate: a change to one clause, which costs its party. NULL when there are enough. */
struct sla_repair *sla_repair_clause(struct sla_repairs *repairs, const struct sla_clause *clause,
                                     int64_t amount, const char *unit);
/* Adds the change `key: value` in the clause's mapping to the candidate. */
void sla_repair_set(struct sla_repairs *repairs, struct sla_repair *repair,
                    const struct sla_clause *clause, const char *key, struct slice value);
/* Candidate: `except` the conflict's resources in the clause. */
void sla_repair_except(struct sla_repairs *repairs, const struct sla_clause *clause);

/* "(provider private-dc: 1 right narrowed, 1 resources)" */
void sla_repair_format_costs(const struct sla_repair *repair, struct buf *out);

#endif
