/* sla/compose/recovery.h - how far back a service falls, and how long until it is back (F7 of the
 * design of the language, section 11). For sla/, its tests and who prints it.
 *
 * recovery.point: the largest of its parts; where copies must agree the service falls back by
 * `replication.lag` more. recovery.time: parts are restored one after the other, under
 * `restore.parallel` at the same time; of k of n the quickest k. A part that nobody offers never
 * comes back. A part that several need counts for each: against us. It is proven when the offers
 * that are promises would do alone, and never when the term speaks of no part. Immutable. Pure. */
#ifndef REDAN_SLA_COMPOSE_RECOVERY_H
#define REDAN_SLA_COMPOSE_RECOVERY_H

#include "base/json.h"
#include "sla/resolve/assume.h"
#include "sla/verdict.h"

#define SLA_RECOVERY_NEVER (INT64_MAX / 2)

struct sla_recovery {
    const struct sla_clause *requirement;
    const struct sla_service *service;
    int64_t allowed_ms;
    int64_t figure_ms; /* at most; SLA_RECOVERY_NEVER: nobody says */
    int64_t best_ms;   /* at least, whatever is assumed of the service */
    bool of_nothing;   /* the term speaks of no part, as no part of it holds data: unproven */
    enum sla_verdict verdict;
    enum sla_evidence evidence;                      /* the least of the offers behind it */
    const struct sla_assumption *const *assumptions; /* behind figure_ms; canonical order */
    size_t assumption_count;
};

/* Of all requirements of recovery on services into world->recoveries, by requirement, then service.
 * Spends at most `max_expansions`, counted in world->expansions; false when that was not enough:
 * then nobody says what the rest comes to. */
bool sla_compose_recovery(struct arena *arena, struct sla_world *world, uint64_t max_expansions);
/* The same for a requirement that is in no document, on one service: of it the term, the guard, the
 * party and the value are looked at. False: over SLA_EXPANSIONS_DEFAULT, and nobody says. */
bool sla_recovery_asked(struct arena *arena, const struct sla_world *world,
                        const struct sla_clause *requirement, const struct sla_service *service,
                        struct sla_recovery *out);
/* "at most 2 h", "nobody says how long", "no part of it holds data" */
void sla_recovery_format_amount(const struct sla_recovery *recovery, struct buf *out);
/* Notes, places and help for a finding about what is not so, or so only as assumed. */
void sla_explain_recovery(const struct sla_recovery *recovery, struct diag *diag,
                          struct diag_list *diags);
/* RDN0401, RDN0403, RDN0506; counts them in the summary. */
void sla_report_recoveries(struct sla_world *world, struct diag_list *diags);

/* One object with those keys of sla_figure_write_json that mean something here. */
void sla_recovery_write_json(const struct sla_recovery *recovery, struct json_writer *writer);

#endif
