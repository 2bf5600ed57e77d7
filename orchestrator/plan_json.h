/* orchestrator/plan_json.h - a plan as people read it, and its digest. Pure. */
#ifndef REDAN_ORCHESTRATOR_PLAN_JSON_H
#define REDAN_ORCHESTRATOR_PLAN_JSON_H

#include "base/buf.h"
#include "base/crypto.h"
#include "model/plan.h"
#include "orchestrator/manager.h"
#include "planner/legality.h"

/* Steps, order, costs, candidates with reasons, who asked for it, what the legality checker found.
 * Equal plans give equal bytes. */
void plan_json_write(const struct plan *plan, const struct arbitration *asked,
                     const struct legality *legality, const struct policy_set *world,
                     struct buf *out);

/* What approvals bind to: the base digest and every step's action, order and authority; not the ids
 * that change with each proposal. */
struct sha256 plan_digest(const struct plan *plan);

#endif
