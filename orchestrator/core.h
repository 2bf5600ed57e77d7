/* orchestrator/core.h - the orchestrator: knowledge, loops, the door to the aggregators and the
 * API.
 *
 * Runs inside one actor loop (the root's, or an actor's when embedded). Errors of core_open say
 * what could not be opened; after that a failed turn is logged, counted and repeated by the peers.
 */
#ifndef REDAN_ORCHESTRATOR_CORE_H
#define REDAN_ORCHESTRATOR_CORE_H

#include "base/actor.h"
#include "base/clock.h"
#include "base/status.h"

struct core;

struct core_options {
    const char *database;   /* SQLite file */
    const char *keys;       /* folder with identity.yaml and registry.yaml */
    const char *endpoint;   /* where aggregators connect */
    const char *api_socket; /* unix socket of the API */
    const struct clock_source *clock;
    const struct slice *rules; /* names of rules that detect; NULL: not known */
    size_t rule_count;
    const struct sla_key *party_keys; /* trusted for agreements; NULL: nothing is checked */
    size_t party_key_count;
};

/* `options` is borrowed for the core's life. */
struct status core_open(struct actor_loop *loop, const struct core_options *options,
                        struct core **out) MUST_USE;
void core_close(struct core **pointer);
/* Reads the registry again (SIGHUP). On an error the old one stays. */
struct status core_reload(struct core *core) MUST_USE;

#endif
