/* sla/compose/compose.h - what a service gets, computed from what its parts are promised, from our
 * own responses and from assumptions. For sla/, its tests and who prints it.
 *
 * Each figure is a row with all that it rests on: the offers, the reactions and assumptions with
 * their owners, and the steps from resources to the service, which a checker of its own
 * (sla/certificate/compose.h) goes through again. Formulas F1 to F6 are those of the design of the
 * language, section 11:
 *
 * F1 all parts are needed: down times add up (Boole's inequality).
 * F2 k of n, whatever they have to do with each other; F3 independent; F4 with a common cause
 *    (sla/compose/kofn.h).
 * F5 the mean over time speaks for a window only under `window.mean`.
 * F6 spent besides: switches, pauses by our own responses, and what the mean leaves out: planned
 *    work.
 *
 * Exact integers, rounded against us. Immutable, in the world's arena. Pure. */
#ifndef REDAN_SLA_COMPOSE_COMPOSE_H
#define REDAN_SLA_COMPOSE_COMPOSE_H

#include "base/json.h"
#include "sla/resolve/assume.h"
#include "sla/verdict.h"

enum sla_formula {
    SLA_F1 = 1U << 0,
    SLA_F2 = 1U << 1,
    SLA_F3 = 1U << 2,
    SLA_F4 = 1U << 3,
    SLA_F5 = 1U << 4,
    SLA_F6 = 1U << 5
};
enum { SLA_FORMULAS = 6 };

enum sla_step_kind {
    SLA_STEP_RESOURCE,
    SLA_STEP_ALL, /* of its parts: F1 */
    SLA_STEP_SOME /* `need` of its parts: F2, F3, F4 */
};

/* One step of a derivation; parts are steps before it. */
struct sla_step {
    enum sla_step_kind kind;
    const struct sla_service *service; /* NULL: a resource or a unit */
    size_t resource;                   /* RESOURCE */
    const uint32_t *parts;
    size_t part_count, need;
    /* RESOURCE: the offers behind the figures below; NULL: nobody offers it, it may be down always
     */
    const struct sla_clause *by_bound, *by_assumed, *by_mean;
    /* What the figures below rest on; NULL: not assumed, or of no use here. */
    const struct sla_assumption *aligned;              /* RESOURCE: assumed_ms */
    const struct sla_assumption *independent, *common; /* SOME: mean_ppb */
    const struct sla_assumption *mean;                 /* assumed_ms is by the mean */
    int64_t bound_ms;   /* down in any window at most, with no assumption */
    int64_t assumed_ms; /* likewise under the assumptions; never more */
    int64_t best_ms;    /* down at least, should each part be down for all that it may */
    int64_t mean_ppb;   /* of time down at most */
    int64_t apart_ppb;  /* likewise without common cause */
    int64_t planned_ms; /* work in a window that the mean leaves out */
};

/* F6: what comes on top, for one service that switches or one resource that is paused. */
struct sla_spending {
    const struct sla_service *service;  /* switches; NULL: pauses */
    size_t resource;                    /* pauses */
    const struct sla_clause *reaction;  /* pauses: the one with the longest lease */
    const struct sla_assumption *time;  /* switches: how long each */
    const struct sla_assumption *count; /* how often; NULL: nobody says, so without bound */
    int64_t spent_ms;                   /* in a window; 0 without `count` */
};

struct sla_figure {
    const struct sla_service *service;
    const struct sla_clause *requirement; /* NULL: asked for without one */
    uint32_t guard; /* when it is asked for: of world->guards; offers for less do not count, and
                     * what is asked for at times only is never called impossible */
    int64_t window_ms;
    int64_t allowed_ms; /* by the requirement */
    const struct sla_step *steps;
    size_t step_count; /* the last one is the service's */
    const struct sla_spending *spendings;
    size_t spending_count;
    int64_t spent_ms;   /* all of them */
    bool is_unbounded;  /* some of them without bound */
    int64_t proven_ms;  /* F1, F2 and F6 */
    int64_t assumed_ms; /* with all assumptions */
    int64_t figure_ms;  /* of these two what the verdict rests on; cut to the window */
    unsigned formulas;  /* of enum sla_formula, behind figure_ms */
    enum sla_verdict verdict;
    enum sla_evidence evidence; /* the least of the offers behind it */
    /* behind figure_ms, each once, in the order of the steps */
    const struct sla_clause *const *clauses;
    size_t clause_count;
    const struct sla_assumption *const *assumptions;
    size_t assumption_count;
    /* unproven: flags (SLA_BIT of enum sla_assuming) that would do, if they held; 0: none would */
    unsigned would_do;
};

/* Figures of all requirements of availability on services into world->figures, by requirement, then
 * service. Spends at most `max_expansions`, counted in world->expansions; false when that was not
 * enough: then the rest is left out. */
bool sla_compose_world(struct arena *arena, struct sla_world *world, uint64_t max_expansions);

/* The same for a share that no clause requires: `requirement` of the figure is NULL. `window_ms` is
 * at least 1; `out` lives in `arena`. False: over SLA_EXPANSIONS_DEFAULT, and the figure is none.
 */
bool sla_compose_asked(struct arena *arena, const struct sla_world *world,
                       const struct sla_service *service, int64_t window_ms, int64_t least_ppb,
                       struct sla_figure *out);

/* Why a figure is not what was asked for, or that it holds only as assumed: notes, places and help
 * for a finding about it. */
void sla_explain_figure(const struct sla_world *world, const struct sla_figure *figure,
                        struct diag *diag, struct diag_list *diags);

/* --- words ----------------------------------------------------------------------------------- */

const char *sla_formula_name(enum sla_formula formula); /* "F1" */

/* "`lis` is down at most 1 h 4 min 48 s in 30 d (F1, F2)" */
void sla_figure_format(const struct sla_figure *figure, struct buf *out);

/* One object, flat enough for a table: ucloud, service, term, window_ms, requirement (path, or
 * null), allowed_ms, figure_ms, proven_ms, assumed_ms, best_ms, unbounded, formulas ("F1, F2"),
 * verdict, evidence ("claimed"; "" when it rests on no offer), mean and meanWithoutCommonCause
 * (shares of time, decimals), clauses (paths PARTY/ DOCUMENT/CLAUSE), assumes ("TERM (OWNER)"),
 * assumptions (each assumption, text, owner, acknowledged). Keys are in docs/reference/sla.md. */
void sla_figure_write_json(const struct sla_figure *figure, struct json_writer *writer);

#endif
