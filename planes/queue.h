/* planes/queue.h - the calls of one plane that are under way, and their late results.
 *
 * Every adapter owns one queue: a call is started (its request is copied, its place is counted),
 * worked on by whatever the adapter has, finished, and delivered by the next dispatch. So results
 * are always late, the bound on pending calls is one, and closing answers everything that is left.
 *
 * Threads: plane_queue_finish may be called from any one thread at a time per call (an adapter's
 * worker); everything else belongs to the plane's owner. Between start and finish a call belongs to
 * the adapter, afterwards to the queue. */
#ifndef REDAN_PLANES_QUEUE_H
#define REDAN_PLANES_QUEUE_H

#include "planes/plane.h"

enum plane_call_kind {
    PLANE_CALL_APPLY,
    PLANE_CALL_UNDO,
    PLANE_CALL_READ_BACK,
    PLANE_CALL_OBSERVE,
    PLANE_CALL_PEER_SEEN
};
enum { PLANE_CALL_KINDS = 5 };

/* One call. The adapter reads the request and fills `outcome` and the result of its kind. */
struct plane_call {
    enum plane_call_kind kind;
    struct action action;          /* APPLY, UNDO, READ_BACK */
    struct plane_peer_query query; /* PEER_SEEN */

    struct status outcome;
    struct plane_reading reading;   /* READ_BACK */
    struct plane_control *controls; /* OBSERVE: from malloc, the queue frees it */
    size_t control_count;
    bool seen; /* PEER_SEEN */

    void *adapter; /* for the adapter's own use; NULL at first */

    /* The queue's own. */
    plane_done_fn *done;
    plane_read_fn *read;
    plane_observe_fn *observe;
    plane_peer_fn *peer;
    void *arg;
    struct plane_call *next, **link; /* in the list of the unfinished or of the finished */
};

struct plane_queue;

/* Errors: STATUS_UNAVAILABLE (no file descriptor left). */
struct status plane_queue_new(struct plane_queue **out) MUST_USE;
/* Delivers what is finished, then the rest with STATUS_UNAVAILABLE. The adapter's workers must have
 * ended. NULL is fine. */
void plane_queue_free(struct plane_queue *queue);

/* Readable while a result waits. */
int plane_queue_fd(const struct plane_queue *queue);
/* Calls started and not yet delivered. */
size_t plane_queue_pending(const struct plane_queue *queue);

/* Each: STATUS_EXHAUSTED when PLANE_PENDING_MAX calls are pending. `kind` is APPLY or UNDO. */
struct status plane_queue_start(struct plane_queue *queue, enum plane_call_kind kind,
                                const struct action *action, plane_done_fn *done, void *arg,
                                struct plane_call **out) MUST_USE;
struct status plane_queue_start_read(struct plane_queue *queue, const struct action *action,
                                     plane_read_fn *done, void *arg,
                                     struct plane_call **out) MUST_USE;
struct status plane_queue_start_observe(struct plane_queue *queue, plane_observe_fn *done,
                                        void *arg, struct plane_call **out) MUST_USE;
struct status plane_queue_start_peer(struct plane_queue *queue,
                                     const struct plane_peer_query *query, plane_peer_fn *done,
                                     void *arg, struct plane_call **out) MUST_USE;

/* Takes the call back before it was handed to anyone: its callback never runs. */
void plane_queue_cancel(struct plane_queue *queue, struct plane_call *call);
/* Marks it for delivery. */
void plane_queue_finish(struct plane_queue *queue, struct plane_call *call);

/* Delivers what was finished before this call, in the order it was finished. A callback may start
 * calls; it must not close the plane. */
void plane_queue_dispatch(struct plane_queue *queue);

#endif
