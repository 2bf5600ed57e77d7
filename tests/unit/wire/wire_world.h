/* tests/unit/wire/wire_world.h - a small world of nodes for the tests of wire/: an orchestrator
 * `redand`, an aggregator `agg-1` and the SMAs `app-1` and `app-2`, with real keys in files below
 * suite_folder(). */
#ifndef REDAN_TESTS_UNIT_WIRE_WORLD_H
#define REDAN_TESTS_UNIT_WIRE_WORLD_H

#include "model/event.h"
#include "wire/keys.h"
#include "wire/registry.h"
#include "wire/signed.h"

struct world {
    char folder[512];
    struct identity redand, agg, app, other;
    struct trust agg_trust, app_trust, other_trust;
    struct registry *registry;
};

extern const struct service_id world_monitor; /* L2.network.monitor */
extern const struct service_id world_enforce; /* L2.network.enforce */

/* Makes the files below suite_folder()/name and loads them. Asserts on failure. */
void world_make(struct world *world, const char *name);
void world_done(struct world *world);

/* One event of world_monitor; `number` shows in a field. Memory is the arena's. */
struct event world_event(struct arena *arena, unsigned number, enum severity severity);
/* `count` events from `first_seq`, sealed by app-1's monitor, as a message ready to encode. */
struct message world_events(struct arena *arena, const struct identity *node, uint64_t epoch,
                            uint64_t first_seq, size_t count);
struct command world_command(const char *node, uint64_t seq);
/* Sealed by redand, addressed. */
struct message world_command_message(struct arena *arena, const struct world *world,
                                     const struct command *command);

#endif
