/* sma/lease.h - when the controls on this node end, without asking anybody. Pure.
 *
 * Every lease has a polarity. A grant ends at its time. A ban is renewed while local evidence
 * lasts, a lease at a time, up to its limit; then it ends. There is no file: a control carries its
 * lease and limit on the plane, and plane_observe fills the table again after a restart. Times are
 * milliseconds of one monotonic clock. */
#ifndef REDAN_SMA_LEASE_H
#define REDAN_SMA_LEASE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "model/action.h"
#include "model/plan.h"

enum {
    LEASES_MAX = 65536,
    LEASE_RENEW_BEFORE_MS = 500, /* a ban is looked at so long before the plane would end it */
    LEASE_LAST_LOOK_MS = 50,     /* and, without evidence then, so long before once more */
    LEASE_RETRY_MS = 20,         /* after the first failure; then twice as long each time */
    LEASE_RETRY_MAX_MS = 1000,
    LEASE_STEP_MIN_MS = 1000 /* of renewals after a restart: the plane may hold a repair's rest */
};

struct lease_entry {
    struct action action;
    int64_t ends_ms;     /* INT64_MAX: until undone */
    int64_t limit_ms;    /* of renewals */
    int64_t renew_to_ms; /* what the renewal under way asks for */
    int64_t retry_ms;    /* not before; 0: nothing has failed */
    unsigned looks;      /* before its end, without evidence */
    unsigned failures;   /* in a row */
    bool is_busy;        /* an order about it is under way: nothing is due */
    bool is_lost;        /* was said to be missing since its renewal failed */
};

/* All zero is ready. */
struct lease_table {
    struct lease_entry *entries;
    size_t count, capacity;
};

void lease_table_done(struct lease_table *table);

/* In force from now on. A known id is replaced. Errors: STATUS_EXHAUSTED. */
struct status lease_start(struct lease_table *table, const struct action *action,
                          int64_t now_ms) MUST_USE;
/* Found on the plane with so much left (-1: no end); the action's lease is as applied last. What is
 * left of the limit is counted by the same clock as the lease, the plane's. What is known of it
 * already stays. */
struct status lease_adopt(struct lease_table *table, const struct action *action, int64_t left_ms,
                          int64_t now_ms) MUST_USE;
void lease_drop(struct lease_table *table, const struct ulid *id);
struct lease_entry *lease_find(struct lease_table *table, const struct ulid *id); /* or NULL */

enum lease_verdict {
    LEASE_RENEW, /* apply again until renew_to_ms, then lease_renewed or lease_failed */
    LEASE_END    /* undo, then lease_drop or lease_failed */
};

/* The next entry that is due, marked busy; NULL: none. `has_evidence` is asked for bans only. */
typedef bool(lease_evidence_fn)(void *arg, const struct action *action);
struct lease_entry *lease_due(struct lease_table *table, int64_t now_ms,
                              lease_evidence_fn *has_evidence, void *arg,
                              enum lease_verdict *out_verdict);

void lease_renewed(struct lease_entry *entry);
/* What was due did not come about: due again soon, also past its end while evidence lasts. */
void lease_failed(struct lease_entry *entry, int64_t now_ms);
/* The lease to apply so that the plane ends it then, and knows what is left of its limit. */
struct lease lease_until(const struct lease_entry *entry, int64_t ends_ms, int64_t now_ms);

/* When lease_due wants to be called again; INT64_MAX: nothing runs out. */
int64_t lease_next_ms(const struct lease_table *table);

#endif
