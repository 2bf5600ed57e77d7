/* sma/enforce.h - the enforcing half of an SMA: commands in, proof out, leases kept.
 *
 * A command is judged (wire/command_guard.h), remembered on disk, checked against the node's own
 * rules (identity, protected networks), applied through plane.h, read back and answered with a
 * signed result; "applied" is never said where "read back" was asked for. Controls found on a plane
 * are adopted, drift is repaired, leases end here whether or not anybody is there to ask.
 *
 * Thread: one loop owns it, its planes and its guard. No call blocks but for the guard's fsync. */
#ifndef REDAN_SMA_ENFORCE_H
#define REDAN_SMA_ENFORCE_H

#include "base/clock.h"
#include "model/event.h"
#include "planes/plane.h"
#include "sma/lease.h"
#include "wire/command_guard.h"
#include "wire/keys.h"
#include "wire/signed.h"

enum {
    ENFORCE_JOBS_MAX = 4096,
    ENFORCE_FULL_MS = 100,        /* until the next look at leases when so many are under way */
    ENFORCE_CHECK_MS = 10 * 1000, /* between two looks for drift */
    ENFORCE_RETRY_MS = 1000       /* to the next look after a repair that failed */
};

struct enforcer;

struct enforcer_options {
    struct slice node;
    struct command_guard *guard; /* borrowed, as all here */
    const struct trust *trust;
    const struct identity *identity;
    struct plane *planes[PLANE_KINDS]; /* NULL where the node has none */
    const struct clock_source *clock;
    int64_t started_wall_ms,
        started_mono_ms; /* wall time for expiry is the start plus monotonic time */

    /* The two frames a command is answered with; a failed send is repeated when the order comes
     * again. */
    void (*send_ack)(void *arg, const struct command_ack *ack);
    void (*send_result)(void *arg, const struct service_result *result, struct arena *arena);
    /* control.changed: lease ended, drift. Fields are valid during the call. */
    void (*emit)(void *arg, const struct event *event);
    /* Does the detector still see this source? */
    lease_evidence_fn *has_evidence;
    void *evidence_arg;
    void *arg;
};

struct enforcer_counters {
    uint64_t deferred; /* too much under way: orders, repairs and looks that come again */
    uint64_t commands, refused, ignored, repeats, done, failed, expired, renewed, not_renewed,
        drifted, repaired, adopted;
};

struct status enforcer_new(const struct enforcer_options *options, struct enforcer **out) MUST_USE;
void enforcer_free(struct enforcer **enforcer); /* the planes are closed first; NULL is fine */

/* Looks at every plane and adopts what carries our ids. Call once at start. */
struct status enforcer_adopt(struct enforcer *self) MUST_USE;
/* A CMD as received. */
void enforcer_command(struct enforcer *self, const struct signed_list *sealed);
/* Networks that are never cut, from a snapshot or the configuration; copied. */
struct status enforcer_protect(struct enforcer *self, const struct address *networks,
                               size_t count) MUST_USE;
/* Leases that are due and the look for drift. Returns when it wants to be called again, in ms from
 * now. */
int64_t enforcer_tick(struct enforcer *self);

/* What all planes together can do, for HELLO. Returns the count (at most ACTION_KINDS). */
size_t enforcer_capabilities(struct enforcer *self, enum action_kind out[ACTION_KINDS]);
struct enforcer_counters enforcer_read_counters(const struct enforcer *self);

#endif
