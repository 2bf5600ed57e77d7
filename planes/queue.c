#include "planes/queue.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>

struct call_list {
    struct plane_call *first;
    struct plane_call **tail;
};

struct plane_queue {
    pthread_mutex_t lock; /* guards both lists; never held while a callback runs */
    struct call_list running;
    struct call_list finished;
    size_t pending; /* the owner's alone */
    int event_fd;
};

static void list_init(struct call_list *list)
{
    list->first = NULL;
    list->tail = &list->first;
}

static void list_add(struct call_list *list, struct plane_call *call)
{
    call->next = NULL;
    call->link = list->tail;
    *list->tail = call;
    list->tail = &call->next;
}

static void list_remove(struct call_list *list, struct plane_call *call)
{
    *call->link = call->next;
    if (call->next != NULL) {
        call->next->link = call->link;
    } else {
        list->tail = call->link;
    }
    call->next = NULL;
}

/* Hands out the whole chain and leaves the list empty. */
static struct plane_call *list_take(struct call_list *list)
{
    struct plane_call *first = list->first;

    list_init(list);
    return first;
}

static void lock_queue(struct plane_queue *queue)
{
    int failed = pthread_mutex_lock(&queue->lock);
    assert(failed == 0);
    (void)failed;
}

static void unlock_queue(struct plane_queue *queue)
{
    int failed = pthread_mutex_unlock(&queue->lock);
    assert(failed == 0);
    (void)failed;
}

struct status plane_queue_new(struct plane_queue **out)
{
    int event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    if (event_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "eventfd: %s", strerrordesc_np(errno));
    }
    struct plane_queue *queue = calloc(1, sizeof(*queue));
    if (queue == NULL) {
        abort();
    }
    (void)pthread_mutex_init(&queue->lock, NULL); /* cannot fail with default attributes */
    list_init(&queue->running);
    list_init(&queue->finished);
    queue->event_fd = event_fd;
    *out = queue;
    return STATUS_SUCCESS;
}

int plane_queue_fd(const struct plane_queue *queue)
{
    return queue->event_fd;
}

size_t plane_queue_pending(const struct plane_queue *queue)
{
    return queue->pending;
}

static struct status start(struct plane_queue *queue, enum plane_call_kind kind, void *arg,
                           struct plane_call **out)
{
    if (queue->pending >= PLANE_PENDING_MAX) {
        return status_error(STATUS_EXHAUSTED, "%d calls are pending on this plane",
                            (int)PLANE_PENDING_MAX);
    }
    struct plane_call *call = calloc(1, sizeof(*call));
    if (call == NULL) {
        abort();
    }
    call->kind = kind;
    call->arg = arg;
    queue->pending++;
    lock_queue(queue);
    list_add(&queue->running, call);
    unlock_queue(queue);
    *out = call;
    return STATUS_SUCCESS;
}

struct status plane_queue_start(struct plane_queue *queue, enum plane_call_kind kind,
                                const struct action *action, plane_done_fn *done, void *arg,
                                struct plane_call **out)
{
    assert(kind == PLANE_CALL_APPLY || kind == PLANE_CALL_UNDO);
    TRY(start(queue, kind, arg, out));
    (*out)->action = *action;
    (*out)->done = done;
    return STATUS_SUCCESS;
}

struct status plane_queue_start_read(struct plane_queue *queue, const struct action *action,
                                     plane_read_fn *done, void *arg, struct plane_call **out)
{
    TRY(start(queue, PLANE_CALL_READ_BACK, arg, out));
    (*out)->action = *action;
    (*out)->reading.lease_left_ms = -1;
    (*out)->read = done;
    return STATUS_SUCCESS;
}

struct status plane_queue_start_observe(struct plane_queue *queue, plane_observe_fn *done,
                                        void *arg, struct plane_call **out)
{
    TRY(start(queue, PLANE_CALL_OBSERVE, arg, out));
    (*out)->observe = done;
    return STATUS_SUCCESS;
}

struct status plane_queue_start_peer(struct plane_queue *queue,
                                     const struct plane_peer_query *query, plane_peer_fn *done,
                                     void *arg, struct plane_call **out)
{
    TRY(start(queue, PLANE_CALL_PEER_SEEN, arg, out));
    (*out)->query = *query;
    (*out)->peer = done;
    return STATUS_SUCCESS;
}

static void free_call(struct plane_queue *queue, struct plane_call *call)
{
    queue->pending--;
    free(call->controls);
    free(call);
}

void plane_queue_cancel(struct plane_queue *queue, struct plane_call *call)
{
    lock_queue(queue);
    list_remove(&queue->running, call);
    unlock_queue(queue);
    free_call(queue, call);
}

void plane_queue_finish(struct plane_queue *queue, struct plane_call *call)
{
    const uint64_t one = 1;

    lock_queue(queue);
    list_remove(&queue->running, call);
    list_add(&queue->finished, call);
    unlock_queue(queue);
    /* Only a full counter (2^64 - 2) could refuse it, and then the fd is readable anyway. */
    ssize_t written = write(queue->event_fd, &one, sizeof(one));
    (void)written;
}

static void deliver(struct plane_queue *queue, struct plane_call *call)
{
    switch (call->kind) {
    case PLANE_CALL_APPLY:
    case PLANE_CALL_UNDO:
        call->done(call->arg, call->outcome);
        break;
    case PLANE_CALL_READ_BACK:
        call->read(call->arg, call->outcome, &call->reading);
        break;
    case PLANE_CALL_OBSERVE:
        call->observe(call->arg, call->outcome, call->controls, call->control_count);
        break;
    case PLANE_CALL_PEER_SEEN:
        call->peer(call->arg, call->outcome, call->seen);
        break;
    }
    free_call(queue, call);
}

static void deliver_all(struct plane_queue *queue, struct plane_call *chain)
{
    while (chain != NULL) {
        struct plane_call *next = chain->next;
        deliver(queue, chain);
        chain = next;
    }
}

void plane_queue_dispatch(struct plane_queue *queue)
{
    uint64_t count = 0;
    /* Cleared before the list is taken: a result that comes in between wakes us once more. */
    ssize_t got = read(queue->event_fd, &count, sizeof(count));
    (void)got;

    lock_queue(queue);
    struct plane_call *chain = list_take(&queue->finished);
    unlock_queue(queue);
    deliver_all(queue, chain);
}

void plane_queue_free(struct plane_queue *queue)
{
    if (queue == NULL) {
        return;
    }
    deliver_all(queue, list_take(&queue->finished));
    for (struct plane_call *call = queue->running.first; call != NULL; call = call->next) {
        call->outcome = status_error(STATUS_UNAVAILABLE, "the plane was closed");
        call->reading = (struct plane_reading){ .lease_left_ms = -1 };
        call->control_count = 0;
        call->seen = false;
    }
    deliver_all(queue, list_take(&queue->running));
    (void)close(queue->event_fd);
    (void)pthread_mutex_destroy(&queue->lock);
    free(queue);
}
