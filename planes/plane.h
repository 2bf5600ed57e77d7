/* planes/plane.h - the one door to managed infrastructure (compute, data, network).
 *
 * Thread: a plane belongs to the thread that opened it; no call here is thread-safe.
 * Blocking: no call blocks. Results are always late: `done` runs inside a later plane_dispatch,
 * never inside the call that asked. The owner polls plane_fd for reading and then calls
 * plane_dispatch; an adapter over a blocking library keeps a thread of its own behind the fd.
 * Callbacks may start calls; they must not close the plane, and those that run from plane_close
 * must not start calls.
 * Idempotence: applying an action that is in force already, or undoing one that is not, succeeds.
 * Applying again renews: lease and limit start anew with what is given then.
 * Overlap: two actions of different ids may want the same; undoing one leaves the other in force.
 * Identity: a control on the plane carries its action's id, so observe finds and adopts it after
 * any restart. */
#ifndef REDAN_PLANES_PLANE_H
#define REDAN_PLANES_PLANE_H

#include <stdint.h>

#include "base/status.h"
#include "model/action.h"
#include "model/names.h"

enum { PLANE_DETAIL_MAX = 160, PLANE_PENDING_MAX = 4096, PLANE_CONTROLS_MAX = 65536 };

struct plane; /* defined by the adapter; starts with struct plane_base */

/* A capability a provider lacks is a fact the planner uses, not an error. */
struct plane_capability {
    enum action_kind kind;
    bool supported;
    bool reversible;
    enum verified_by verified_by; /* best read-back this adapter can give */
    uint32_t settle_ms;           /* typical time from apply to effect */
    /* Why it is not supported; or what a supported one falls short of here; empty: nothing. */
    char why_not[PLANE_DETAIL_MAX];
};

enum plane_presence { PLANE_ABSENT, PLANE_PARTIAL, PLANE_PRESENT };

/* What the plane itself says about one action, read from it and not from memory. */
struct plane_reading {
    enum plane_presence presence;
    enum verified_by verified_by;
    /* -1: none, or this plane keeps no leases. Then observe alone tells what is left of the lease
     * that was noted beside the control (0: over), for whoever adopts and ends it. */
    int64_t lease_left_ms;
    char detail[PLANE_DETAIL_MAX]; /* "sockets destroyed: 1", "rule present, set element missing" */
};

/* A control found by observe. */
struct plane_control {
    struct action action; /* id, kind, resource, source; lease = as applied last, where the plane
                             keeps it, else 0 (a limit not kept: that of the lease); `node` may be
                             empty: it is this one */
    struct plane_reading reading;
};

/* "Has the kernel seen this peer?": corroborates an address that a log names. */
struct plane_peer_query {
    struct address peer;
    uint16_t peer_port;  /* 0: any */
    uint16_t local_port; /* 0: any */
};

typedef void(plane_done_fn)(void *arg, struct status outcome);
typedef void(plane_read_fn)(void *arg, struct status outcome, const struct plane_reading *reading);
/* `controls` is valid during the call only. */
typedef void(plane_observe_fn)(void *arg, struct status outcome,
                               const struct plane_control *controls, size_t count);
typedef void(plane_peer_fn)(void *arg, struct status outcome, bool seen);

struct plane_ops {
    const char *name; /* "nftables", "libvirt", "folder" */
    enum plane_kind kind;
    void (*capabilities)(struct plane *plane, struct plane_capability out[ACTION_KINDS]);
    struct status (*apply)(struct plane *, const struct action *, plane_done_fn *, void *arg);
    struct status (*undo)(struct plane *, const struct action *, plane_done_fn *, void *arg);
    struct status (*read_back)(struct plane *, const struct action *, plane_read_fn *, void *arg);
    struct status (*observe)(struct plane *, plane_observe_fn *, void *arg);
    struct status (*peer_seen)(struct plane *, const struct plane_peer_query *, plane_peer_fn *,
                               void *arg); /* NULL: this plane sees no peers */
    int (*fd)(const struct plane *plane);
    struct status (*dispatch)(struct plane *plane);
    void (*close)(struct plane *plane); /* pending `done`s run with STATUS_UNAVAILABLE first */
};

struct plane_base {
    const struct plane_ops *ops;
};

/* The calls below check what every adapter would have to check, so an adapter sees valid actions of
 * its own plane only, and applies only of kinds it says it supports. Undo and read-back also come
 * for unsupported kinds: what was adopted must be undoable. */

/* All: STATUS_INVALID (bad action, or one of another plane; `done` is not called),
 * STATUS_UNSUPPORTED (apply: see capabilities; undo: not reversible), STATUS_EXHAUSTED
 * (PLANE_PENDING_MAX calls outstanding), STATUS_UNAVAILABLE. The plane copies what it needs;
 * arguments are the caller's again on return. Through `done` come the same codes and
 * STATUS_NOT_FOUND (no such domain or bucket), STATUS_DENIED. */
struct status plane_apply(struct plane *plane, const struct action *action, plane_done_fn *done,
                          void *arg) MUST_USE;
struct status plane_undo(struct plane *plane, const struct action *action, plane_done_fn *done,
                         void *arg) MUST_USE;
struct status plane_read_back(struct plane *plane, const struct action *action, plane_read_fn *done,
                              void *arg) MUST_USE;
/* Every control with a Redan id on this plane, in force now. */
struct status plane_observe(struct plane *plane, plane_observe_fn *done, void *arg) MUST_USE;
struct status plane_peer_seen(struct plane *plane, const struct plane_peer_query *query,
                              plane_peer_fn *done, void *arg) MUST_USE;
/* One row per action kind, in order, also for those of other planes (not supported). */
void plane_capabilities(struct plane *plane, struct plane_capability out[ACTION_KINDS]);
enum plane_kind plane_kind_of(const struct plane *plane);
const char *plane_name(const struct plane *plane);
int plane_fd(const struct plane *plane);
/* Runs the callbacks that are due. A failed status means the plane is lost: close it. */
struct status plane_dispatch(struct plane *plane) MUST_USE;
void plane_close(struct plane **plane); /* NULL is fine */

#endif
