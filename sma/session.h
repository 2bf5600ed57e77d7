/* sma/session.h - an SMA's session: events out, commands in, over one client, one spool, one guard.
 *
 * Events are appended, made durable by session_sync and sent in signed batches until the
 * orchestrator's ack; a command goes to the enforcer and its result back. The last snapshot is kept
 * on disk, so protected networks stay protected when nobody is there to ask.
 *
 * Thread: the loop's. Blocking: only fsyncs of spool, guard and snapshot. */
#ifndef REDAN_SMA_SESSION_H
#define REDAN_SMA_SESSION_H

#include "base/actor.h"
#include "sma/enforce.h"
#include "wire/client.h"
#include "wire/spool.h"

struct session;

struct session_options {
    const struct identity *identity; /* borrowed, as all here */
    const struct trust *trust;
    const char *endpoints[CLIENT_ENDPOINTS_MAX]; /* of the aggregators; the second may be NULL */
    const char *state;                           /* folder of spool, guard and snapshot */
    uint64_t spool_bytes;                        /* 0: the spool's default */
    struct plane *planes[PLANE_KINDS]; /* NULL where there is none; the caller's to close */
    const struct address *protect;     /* from the configuration */
    size_t protect_count;
    const struct clock_source *clock;
    lease_evidence_fn *has_evidence;
    void *evidence_arg;
};

/* Errors: those of spool_open, command_guard_open and client_open. */
struct status session_open(struct actor_loop *loop, const struct session_options *options,
                           struct session **out) MUST_USE;
/* Would session_open take the snapshot kept in this folder, if there is one? Changes nothing.
 * Errors: STATUS_CORRUPT, STATUS_DENIED (signed with other keys), those of base/file.h. */
struct status session_check_snapshot(const char *state, const struct trust *trust) MUST_USE;
void session_close(struct session **session); /* NULL is fine */

/* Appends; not durable yet. An event of a layer and plane for which this node has no monitor
 * service is STATUS_DENIED. */
struct status session_emit(struct session *self, const struct event *event) MUST_USE;
/* Makes everything emitted durable, then sends what is due. */
struct status session_sync(struct session *self) MUST_USE;

/* Something may have changed on a plane: looks at leases again. Call after plane_dispatch. */
void session_wake(struct session *self);

struct session_counters {
    uint64_t batches, events, acks, snapshots, bad_snapshots;
    struct spool_stats spool;
    struct client_counters client;
    struct enforcer_counters enforcer;
};
struct session_counters session_read_counters(const struct session *self);

#endif
