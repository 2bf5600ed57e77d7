/* orchestrator/officer.h - what people ask of the core: approve, undo, apply documents, resolve a
 * conflict. Each call is a turn of its own: when it returns a success, it is on disk and under way.
 *
 * Thread: the core's. `dry_run` answers as it would and stores nothing. */
#ifndef REDAN_ORCHESTRATOR_OFFICER_H
#define REDAN_ORCHESTRATOR_OFFICER_H

#include "base/diag.h"
#include "orchestrator/core.h"
#include "orchestrator/world.h"

/* Who asks, as the kernel says, and why. */
struct officer {
    uint32_t uid;
    struct slice who;
    struct slice reason;
    bool dry_run;
};

/* *out_stale: the plan or the world is not what was looked at. Errors: STATUS_NOT_FOUND,
 * STATUS_CONFLICT (not waiting for approval, or stale). */
struct status officer_approve(struct core *core, const struct officer *officer, struct slice plan,
                              struct slice digest, bool *out_stale) MUST_USE;
/* Errors: STATUS_NOT_FOUND, STATUS_CONFLICT (nothing to undo). */
struct status officer_undo(struct core *core, const struct officer *officer,
                           struct slice plan) MUST_USE;

/* All documents in force from now on. Findings into `diags`. The version it becomes (or, on a dry
 * run, the one in force) in *out_version, what it compiles to by `made`, called once on success.
 * `before`: on a dry run what is in force, NULL: nothing yet; else NULL, since it is gone.
 * Errors: STATUS_INVALID (see diags). */
typedef void(officer_world_fn)(void *arg, const struct sla_world *before,
                               const struct sla_world *compiled, uint64_t version, bool unchanged);
struct status officer_apply(struct core *core, const struct officer *officer,
                            const struct world_document *documents, size_t count,
                            struct diag_list *diags, officer_world_fn *made, void *arg) MUST_USE;
/* `choose` is 1-based. Errors: STATUS_NOT_FOUND, STATUS_INVALID. */
struct status officer_resolve(struct core *core, const struct officer *officer,
                              struct slice conflict, uint32_t choose, struct diag_list *diags,
                              officer_world_fn *made, void *arg) MUST_USE;

#endif
