/* sla/conflict/conflict.h - the search for clauses that cannot all hold. For sla/ and its tests
 * only.
 *
 * Each class has its own search; all draw on one budget of expansions, that of duties a quarter of
 * what it is by default, and add minimal sets of clauses here. Equal sets on several resources are
 * one finding. */
#ifndef REDAN_SLA_CONFLICT_CONFLICT_H
#define REDAN_SLA_CONFLICT_CONFLICT_H

#include "sla/draft.h"
#include "sla/terms/family.h"
#include "sla/values/intern.h"

struct cores;

/* Looks at one rule, of all duties, and of one of them on one resource; sixteen count as an
 * expansion. */
enum { SLA_DUTY_STEPS_MAX = 4 * 1000 * 1000, SLA_DUTY_SHARE_STEPS_MAX = 1000 * 1000 };

struct sla_search {
    struct arena *arena;
    struct sla_world *world;
    uint64_t max_expansions;
    bool incomplete; /* some of it: to be told */
    bool is_over;    /* the budget is used up, or all that is kept was found */
    struct sla_conflict *found;
    size_t found_count, found_room;
    struct sla_intern sets; /* of clauses: their numbers are places in `found` */
    uint64_t duty_steps;    /* of SLA_DUTY_STEPS_MAX */
    /* clauses that cover a resource: items[start[r] .. start[r + 1]), indices into world->clauses,
     * ascending */
    size_t *start;
    size_t *items;
    const struct sla_clause **speakers; /* scratch of the search over modality */
    size_t *next_forbidding;            /* likewise: for each of them the first from it on */
    struct cores *cores;                /* scratch of the search over sets */
};

/* Finds all conflicts into world->conflicts, in canonical order, with ids, witnesses and
 * certificates, without repairs. Spends at most `max_expansions`, counted in world->expansions. */
void sla_find_conflicts(struct arena *arena, struct sla_world *world, uint64_t max_expansions);

/* False when the budget is used up; then the search is over. */
bool sla_search_spend(struct sla_search *search, uint64_t expansions);

/* `clauses` in canonical order, as many as `count`; minimal. */
void sla_search_add(struct sla_search *search, enum sla_conflict_class class,
                    const struct sla_clause *const *clauses, size_t count,
                    const struct sla_certificate *certificate);

/* What was found of the class on the resource before holds on this one, too. */
void sla_search_add_alike(struct sla_search *search, enum sla_conflict_class class,
                          size_t resource);

void sla_search_modality(struct sla_search *search, size_t resource);
/* Subjects that may do two acts there which a `duty per subject` keeps apart. */
void sla_search_duties(struct sla_search *search, size_t resource);
/* Requirements of one term, and what is offered where we choose from it, that nothing satisfies.
 * False: there may be more than was found. */
bool sla_search_sets(struct sla_search *search, const struct sla_family *family);

struct sla_quorum;

/* Requirements whose numbers do not fit each other, of those that families holds. */
void sla_search_quorum(struct sla_search *search, const struct sla_families *families,
                       size_t resource);
/* quorum: what its clauses ask for; its witness and arithmetic. */
struct sla_quorum sla_conflict_quorum(const struct sla_world *world,
                                      const struct sla_conflict *conflict);
void sla_conflict_describe_quorum(struct arena *arena, const struct sla_world *world,
                                  struct sla_conflict *conflict);

/* modality: which of the two clauses forbids the act of the certificate. */
size_t sla_conflict_forbid(const struct sla_world *world, const struct sla_conflict *conflict);

/* --- words ------------------------------------------------------------------------------------ */

/* "location in {DE, FR}", "compute.suspend only tenant": canonical, for ids and people. */
void sla_clause_format(const struct sla_clause *clause, struct buf *out);
/* "51 min 50 s", "4 min 19 s 200 ms". */
void sla_format_span_ms(int64_t span_ms, struct buf *out);
/* Fills id, witness and arithmetic from clauses, resources and certificate. */
void sla_conflict_describe(struct arena *arena, const struct sla_world *world,
                           struct sla_conflict *conflict);
/* "imaging/pacs-vm" */
struct slice sla_resource_text(struct arena *arena, const struct sla_world *world, size_t resource);

/* Adds the finding to `diags` as RDN05xx. */
void sla_conflict_report(const struct sla_world *world, const struct sla_conflict *conflict,
                         struct diag_list *diags);

#endif
