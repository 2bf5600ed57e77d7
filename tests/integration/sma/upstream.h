/* tests/integration/sma/upstream.h - what a redan-sma under test talks to: an aggregator that is
 * the orchestrator as well (real CURVE, signatures checked), and a network helper that serves a
 * fake plane. Runs in an actor of its own; the calls here are the test thread's. */
#ifndef REDAN_TESTS_UPSTREAM_H
#define REDAN_TESTS_UPSTREAM_H

#include <stdint.h>

#include "model/command.h"
#include "tests/site/process.h"

enum { UPSTREAM_TEXT_MAX = 128, UPSTREAM_DEADLINE_MS = 10000 };

/* One event as it arrived. */
struct arrived {
    char kind[UPSTREAM_TEXT_MAX];
    char rule[UPSTREAM_TEXT_MAX];
    char key[UPSTREAM_TEXT_MAX];
    char src_ip[UPSTREAM_TEXT_MAX];
    char corroborated[UPSTREAM_TEXT_MAX];
    char reason[UPSTREAM_TEXT_MAX];
    char state[UPSTREAM_TEXT_MAX];
    enum severity severity;
    enum provenance src_provenance;
    uint64_t seq;
    int64_t arrived_us; /* monotonic */
};

struct upstream;

/* Makes keys for the node "app-1" (network, monitor and enforce) below `folder`. */
struct status upstream_new(const char *folder, struct upstream **out) MUST_USE;
void upstream_free(struct upstream **upstream); /* NULL is fine */

/* Starts redan-sma with `config` (the part of sma.yaml after state, keys, aggregators and rules).
 * With a network helper's plane unless `bare`. */
struct status upstream_start_sma(struct upstream *self, const char *config, const char *crash_at,
                                 bool bare) MUST_USE;
struct process *upstream_sma(struct upstream *self);
const char *upstream_path(struct upstream *self, const char *name);

/* The kernel of the fake world has seen this peer. */
void upstream_add_peer(struct upstream *self, const char *address, uint16_t port);
/* Keeps answers of the plane back, or lets them go again. */
void upstream_mute_plane(struct upstream *self, bool muted);
/* The helper dies. */
void upstream_drop_plane(struct upstream *self);
void upstream_hold_acks(struct upstream *self, bool held);
/* It has taken in so many more numbers than the node remembers. */
void upstream_run_ahead(struct upstream *self, uint64_t count);

/* What protects `network` from now on, as WELCOME's digest says; the first `losses` answers to who
 * asks for it are lost. */
struct upstream_snapshot {
    struct address network; /* ADDRESS_NONE: nothing is protected */
    uint64_t version;
    int64_t issued_ms;
    unsigned losses;
    bool announced; /* sent unasked to who is there */
};
struct status upstream_protect(struct upstream *self,
                               const struct upstream_snapshot *snapshot) MUST_USE;
/* Waits until so many snapshots were asked for. */
bool upstream_wait_asked(struct upstream *self, size_t count);

/* Waits until `count` events of the kind (and rule, unless NULL) have come; false: they did not. */
bool upstream_wait(struct upstream *self, const char *kind, const char *rule, size_t count);
size_t upstream_count(struct upstream *self, const char *kind, const char *rule);
/* The index-th event of the kind, from 0. */
struct arrived upstream_event(struct upstream *self, const char *kind, size_t index);
bool upstream_wait_hello(struct upstream *self, size_t count);

/* Seals and sends; waits for the result. */
struct status upstream_order(struct upstream *self, const struct command *command,
                             struct command_result *out) MUST_USE;
struct command upstream_command(struct upstream *self, enum command_verb verb,
                                const struct action *action);
size_t upstream_controls(struct upstream *self);

#endif
