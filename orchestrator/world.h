/* orchestrator/world.h - the SLA world in force: the stored documents and what they compile to.
 *
 * Documents are the truth (orchestrator/knowledge/worlds.h); they are compiled again at start. A
 * change makes a new version: compile, store, and after the commit swap. One thread: the core's. */
#ifndef REDAN_ORCHESTRATOR_WORLD_H
#define REDAN_ORCHESTRATOR_WORLD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "model/policy.h"
#include "orchestrator/knowledge/knowledge.h"
#include "orchestrator/knowledge/worlds.h"
#include "sla/sla.h"
#include "wire/keys.h"
#include "wire/message.h"

struct world;

/* Loads and compiles the active version, as of the day it was made and with the keys of `options`
 * (NULL: none); with none, an empty world that agrees to nothing. Errors: those of the knowledge;
 * STATUS_CORRUPT (stored documents do not compile any more). */
struct status world_open(struct knowledge *knowledge, const struct sla_options *options,
                         struct world **out) MUST_USE;
void world_close(struct world **world); /* NULL is fine */

/* Never NULL; valid until the world changes. */
const struct policy_set *world_policies(const struct world *world);
const struct sla_world *world_compiled(const struct world *world); /* NULL: no SLA yet */
uint64_t world_version(const struct world *world);

/* A change that has been compiled and is not in force yet. */
struct world_change;

/* These documents in place of all in force. Findings go to `diags` (with an arena of its own).
 * `options` names the rules and nodes that are known; NULL: none are.
 * Errors: STATUS_INVALID (they do not compile, or agreements
 * do not keep to their life cycle from the world in force to this one), STATUS_EXHAUSTED (too
 * many). */
struct status world_prepare(const struct world *world, const struct world_document *documents,
                            size_t count, const struct sla_options *options,
                            struct diag_list *diags, struct world_change **out) MUST_USE;
/* With repair `choice` (0-based) of a conflict applied. Errors: STATUS_NOT_FOUND, STATUS_INVALID.
 */
struct status world_prepare_repair(const struct world *world, struct slice conflict_id,
                                   size_t choice, const struct sla_options *options,
                                   struct diag_list *diags, struct world_change **out) MUST_USE;
/* Something begins, or ends, between the day of the world in force and this one. */
bool world_differs_on(const struct world *world, int32_t day);
/* The documents in force as of another day, by the keys of `options`. Their tests may fail now:
 * what ended has ended. Errors: STATUS_INVALID. */
struct status world_prepare_day(const struct world *world, int32_t day,
                                const struct sla_options *options, struct diag_list *diags,
                                struct world_change **out) MUST_USE;
void world_change_free(struct world_change **change);
const struct sla_world *world_change_compiled(const struct world_change *change);
/* The same files with the same bytes: nothing to store. A change of layout alone is stored, and
 * makes nothing stale, since the digest stays. */
bool world_is_unchanged(const struct world *world, const struct world_change *change);

/* Writes the change in the open turn: the version (`sla.applied`; of a day `sla.day`), its
 * conflicts (new ones open, vanished ones resolved with `chosen`, 1-based, 0 = by an edit). */
struct status world_store(struct world *world, struct knowledge *knowledge,
                          struct world_change *change, struct slice by, uint32_t chosen,
                          int64_t now_us) MUST_USE;
/* After the commit: in force from here on. Frees the change. */
void world_swap(struct world *world, struct world_change **change);

/* What every SMA must know, signed. */
struct status world_seal_snapshot(const struct world *world, struct arena *arena, int64_t now_ms,
                                  const struct identity *identity,
                                  const struct membership *membership,
                                  struct signed_list *out) MUST_USE;

#endif
