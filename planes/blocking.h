/* planes/blocking.h - turns synchronous code into a plane: an adapter over a library that blocks
 * (libvirt's calls, fsync, fork) writes plain functions, and they run one after another in a thread
 * of their own.
 *
 * Threads: everything in blocking_ops but `capabilities` runs in that one thread, which starts with
 * the first call (so the program may fork or give up privileges after opening the plane); the plane
 * itself belongs to its owner as planes/plane.h says. The backend belongs to the plane from
 * blocking_new on.
 * Time: a call may take its limit from the moment it starts. When one is overdue it and all that
 * wait behind it end with STATUS_UNAVAILABLE, and new calls are refused with it until the thread
 * comes back; what the overdue call still does is found by read_back and observe. */
#ifndef REDAN_PLANES_BLOCKING_H
#define REDAN_PLANES_BLOCKING_H

#include "planes/plane.h"

enum { BLOCKING_CLOSE_MS = 1000 }; /* plane_close waits no longer for a call in progress */

/* What observe found; all-zero is empty. */
struct blocking_controls {
    struct plane_control *items; /* from malloc */
    size_t count;
    size_t capacity;
};

/* How long one call may take. */
struct blocking_limits {
    int64_t change_ms; /* apply, undo */
    int64_t read_ms;   /* read_back, observe */
};

struct blocking_ops {
    const char *name;
    enum plane_kind kind;
    /* Owner's thread, at once; from what never changes in the backend. */
    void (*capabilities)(const void *backend, struct plane_capability out[ACTION_KINDS]);
    struct status (*apply)(void *backend, const struct action *action);
    struct status (*undo)(void *backend, const struct action *action);
    /* `*out` starts as absent, without a lease. */
    struct status (*read_back)(void *backend, const struct action *action,
                               struct plane_reading *out);
    struct status (*observe)(void *backend, struct blocking_controls *out);
    void (*free)(void *backend); /* in that thread, or in the owner's when there was no call */
};

/* Takes the backend, also on failure. Errors: STATUS_UNAVAILABLE (no descriptor); without a thread
 * the calls give it. */
struct status blocking_new(const struct blocking_ops *ops, struct blocking_limits limits,
                           void *backend, struct plane **out) MUST_USE;

/* Errors: STATUS_EXHAUSTED (PLANE_CONTROLS_MAX). */
struct status blocking_controls_add(struct blocking_controls *controls,
                                    const struct plane_control *control) MUST_USE;

#endif
