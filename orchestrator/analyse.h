/* orchestrator/analyse.h - from detections to alerts and incidents. Pure: ids and time are inputs.
 *
 * An incident is one source against one target: its key is "SOURCE@NODE" (a detection without a
 * source has the rule in its place). More alerts of the same key make the same incident graver,
 * never a second one. */
#ifndef REDAN_ORCHESTRATOR_ANALYSE_H
#define REDAN_ORCHESTRATOR_ANALYSE_H

#include "base/arena.h"
#include "model/event.h"
#include "model/policy.h"
#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/incidents.h"

/* Reads a detection event (detect/engine.h names its fields). Slices borrow from the event or the
 * arena. Errors: STATUS_INVALID (no rule or key: not a detection). */
struct status analyse_alert(struct arena *arena, const struct event *event, const struct ulid *id,
                            int64_t received_us, struct alert_record *out) MUST_USE;

struct slice analyse_incident_key(struct arena *arena, const struct alert_record *alert);

/* A new incident from its first alert. `world` may be NULL (no SLA yet). */
struct incident_record analyse_open(struct arena *arena, const struct alert_record *alert,
                                    const struct ulid *id, const struct policy_set *world,
                                    int64_t now_us);

/* The attack is answered anew, and its time counts from this detection, which we have since
 * `now_us`. */
void analyse_reopen(struct incident_record *incident, int64_t detected_us, int64_t now_us);

/* Takes another alert in; true when the incident became graver (managers look again). */
bool analyse_join(struct incident_record *incident, const struct alert_record *alert);

/* Does this objective speak of an attack of this severity on `node`? On any resource of the
 * attacked unit counts: the unit is what the party cares for. */
bool analyse_objective_applies(const struct policy_set *world, const struct objective *objective,
                               struct slice node, enum severity severity);

/* The tightest respond.mttr objective on the attacked host for this severity: 0 when there is none.
 */
int64_t analyse_mttr_limit_ms(const struct policy_set *world, struct slice node,
                              enum severity severity);

/* When the answer was in force, by the clock that stamped the detection: as the nodes reported it,
 * unless that is not known (0) or before the detection (their clocks jumped, or disagree): then as
 * long after the detection as we have waited. */
int64_t analyse_enforced_us(const struct incident_record *incident, int64_t reported_us,
                            int64_t now_us);

/* met or breached once the time is known, by the nodes' clocks; breached as soon as we have waited
 * for longer than the limit, by ours: the two are never mixed. */
enum objective_state analyse_mttr(const struct incident_record *incident, int64_t now_us);

#endif
