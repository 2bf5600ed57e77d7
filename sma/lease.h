/* sma/lease.h - when the controls on this node end, without asking anybody. Pure.
 *
 * Every lease has a polarity. A grant ends at its time. A ban is renewed while local evidence
 * lasts, a lease at a time, up to its limit; then it ends. There is no file: a control carries its
 * lease on the plane, and plane_observe fills the table again after a restart. Times are
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
    LEASE_RENEW_BEFORE_MS = 500 /* a ban is looked at so long before the plane would end it */
};

struct lease_entry {
    struct action action;
    int64_t ends_ms;  /* INT64_MAX: until undone */
    int64_t limit_ms; /* of renewals */
    bool is_busy;     /* an order about it is under way: nothing is due */
    bool was_seen;    /* looked at before its end, without evidence: next at its end */
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
/* Found on the plane with so much left (-1: no end). What is known of it already stays. */
struct status lease_adopt(struct lease_table *table, const struct action *action, int64_t left_ms,
                          int64_t now_ms) MUST_USE;
void lease_drop(struct lease_table *table, const struct ulid *id);
struct lease_entry *lease_find(struct lease_table *table, const struct ulid *id); /* or NULL */

enum lease_verdict {
    LEASE_RENEW, /* apply again with the entry's new end */
    LEASE_END    /* undo */
};

/* The next entry that is due, marked busy; NULL: none. `has_evidence` is asked for bans only. For
 * LEASE_RENEW the entry's end has moved on. */
typedef bool(lease_evidence_fn)(void *arg, const struct action *action);
struct lease_entry *lease_due(struct lease_table *table, int64_t now_ms,
                              lease_evidence_fn *has_evidence, void *arg,
                              enum lease_verdict *out_verdict);

/* When lease_due wants to be called again; INT64_MAX: nothing runs out. */
int64_t lease_next_ms(const struct lease_table *table);

#endif
