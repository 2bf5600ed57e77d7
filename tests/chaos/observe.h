/* tests/chaos/observe.h - what must hold, asked of redand's API and, past Redan, of the kernel,
 * libvirt and the workload itself. */
#ifndef REDAN_TESTS_CHAOS_OBSERVE_H
#define REDAN_TESTS_CHAOS_OBSERVE_H

#include "tests/chaos/matrix.h"

#define CHAOS_ATTACKER "10.99.0.2"

/* One incident in this state; its newest plan in that one. NULL: any. */
bool observe_state(struct site *site, const char *incident, const char *plan);
/* The newest plan's id in the arena; STATUS_NOT_FOUND. */
struct status observe_plan_id(struct site *site, struct arena *arena, const char **out) MUST_USE;

/* One incident, each detection one alert, one plan, its steps enforced; the journal verifies. */
struct status observe_books(struct site *site, enum chaos_phase attack) MUST_USE;
/* The same, and every step undone in reverse order. */
struct status observe_undone_books(struct site *site) MUST_USE;
/* No step has failed and the plan goes on. */
struct status observe_goes_on(struct site *site, const char *plan_state) MUST_USE;
struct status observe_journal(struct site *site) MUST_USE;

/* The source is denied and, after a break-in, the domain paused, one snapshot kept, the bucket
 * shut. `without`: of this part's plane nothing is asked; SITE_PARTS: of all. */
struct status observe_in_force(struct site *site, enum chaos_phase attack,
                               bool ask_libvirt) MUST_USE;
/* Nothing of ours is left on any plane. */
struct status observe_nothing_left(struct site *site) MUST_USE;

#endif
