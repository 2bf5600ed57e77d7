/* planes/fake/fake_plane.h - a plane over pretended infrastructure: for tests, replay and
 * simulation.
 *
 * A fake_world is the infrastructure: controls live in it, as long as it does, whichever plane is
 * opened on it (so a restart can be played). It runs by the clock it is given, follows the script
 * it is told, and is deterministic. No program acts through it on anything real.
 *
 * Threads: a world and its planes belong to one thread. */
#ifndef REDAN_PLANES_FAKE_FAKE_PLANE_H
#define REDAN_PLANES_FAKE_FAKE_PLANE_H

#include "base/clock.h"
#include "planes/plane.h"
#include "planes/queue.h"

struct fake_world;

struct fake_world_spec {
    enum plane_kind kind;
    const struct clock_source *clock; /* borrowed; leases run by its monotonic time */
    bool keeps_leases;                /* false: a control stays until it is undone */
};

/* At first every action of the kind is supported and reversible, every resource exists, nothing is
 * in force, and a call finishes in the first dispatch after it. */
struct fake_world *fake_world_new(const struct fake_world_spec *spec);
/* After its planes. NULL is fine. */
void fake_world_free(struct fake_world *world);

/* Several planes may be open, one after the other or at once. Errors: STATUS_UNAVAILABLE. */
struct status fake_plane_open(struct fake_world *world, struct plane **out) MUST_USE;

/* --- the script ---------------------------------------------------------------------------- */

void fake_world_lack(struct fake_world *world, enum action_kind kind, const char *why_not);
/* Calls of this kind finish `turns` dispatches later than they would; their effect comes then, too.
 * Fewer than before: those under way as well. */
void fake_world_delay(struct fake_world *world, enum plane_call_kind call, unsigned turns);
/* The next `times` calls of this kind end with `outcome`; with_effect: though they had their effect
 * (the answer was lost, not the work). */
void fake_world_fail(struct fake_world *world, enum plane_call_kind call, unsigned times,
                     struct status outcome, bool with_effect);
/* From the first one added on, only these resources exist. */
void fake_world_add_resource(struct fake_world *world, const char *name);
/* The kernel has seen this peer; a port 0 matches none but the query's "any". */
void fake_world_add_peer(struct fake_world *world, const struct plane_peer_query *peer);
/* Somebody else takes the control away, or half of it (PLANE_PARTIAL). False: not in force. */
bool fake_world_lose(struct fake_world *world, const struct ulid *id);
bool fake_world_damage(struct fake_world *world, const struct ulid *id);

/* --- what came of it ------------------------------------------------------------------------ */

/* Calls of this kind that took their turn. */
size_t fake_world_calls(const struct fake_world *world, enum plane_call_kind call);
/* Controls in force now, whole or in part. */
size_t fake_world_controls(struct fake_world *world);
/* Does any control, by whatever id, have this effect now? */
bool fake_world_holds(struct fake_world *world, const struct action *action);

#endif
