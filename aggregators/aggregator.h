/* aggregators/aggregator.h - one aggregator inside an actor loop: a server for SMAs, a client of
 * the orchestrator, the relay between them. Nothing here is thread-safe or blocks. */
#ifndef REDAN_AGGREGATORS_AGGREGATOR_H
#define REDAN_AGGREGATORS_AGGREGATOR_H

#include "aggregators/relay.h"
#include "base/actor.h"
#include "base/clock.h"
#include "base/status.h"
#include "wire/client.h"
#include "wire/server.h"

struct aggregator;

struct aggregator_options {
    const char *keys;         /* folder with identity.yaml and trust.yaml */
    const char *registry;     /* file */
    const char *listen;       /* endpoint for SMAs */
    const char *orchestrator; /* endpoint to connect to */
    const struct clock_source *clock;
    uint32_t reconnect_ms; /* 0: as wire/client.h */
};

/* Errors: those of identity_load, trust_load, registry_load, server_open; STATUS_DENIED when the
 * registry does not know this aggregator by its name and key. */
struct status aggregator_open(struct actor_loop *loop, const struct aggregator_options *options,
                              struct aggregator **out) MUST_USE;
/* Is this the identity of an aggregator that the registry knows, under the orchestrator that it
 * trusts? Errors: STATUS_DENIED. */
struct status aggregator_keys_agree(const struct identity *identity, const struct trust *trust,
                                    const struct registry *registry) MUST_USE;
void aggregator_close(struct aggregator **aggregator); /* NULL is fine */

/* Reads the registry again; on any error the old one stays in force. */
struct status aggregator_reload(struct aggregator *aggregator) MUST_USE;
const char *aggregator_endpoint(const struct aggregator *aggregator);
bool aggregator_is_up(const struct aggregator *aggregator); /* the orchestrator is there */
/* One line "counters" with what has passed and what was refused. */
void aggregator_log_counters(const struct aggregator *aggregator);

struct aggregator_counters {
    struct relay_counters relay;
    struct server_counters server;
    struct client_counters client;
    uint64_t up_failed, down_failed; /* frames that the next hop did not take; they are repeated */
};
struct aggregator_counters aggregator_read_counters(const struct aggregator *aggregator);

#endif
