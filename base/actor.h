/* base/actor.h - actors: one thread, one loop, state that nobody else can name.
 *
 * The shell over czmq's zloop and inproc pipes, and the only place that names them besides wire/.
 * Actors trade messages of a verb and bytes; never pointers. A pipe has a high-water mark of
 * ACTOR_PIPE_HWM; a full pipe refuses (STATUS_EXHAUSTED) and counts, it never blocks. A target of
 * its own (`base_actor`), since GPL-2-only programs must not link libzmq.
 *
 * Threads: actor_start, actor_send, actor_stop and actor_refused belong to the thread that started
 * the actor; everything with `struct actor_loop` belongs to the actor's own thread. actor_stop
 * joins the thread: what the actor wrote is then the starter's. */
#ifndef REDAN_BASE_ACTOR_H
#define REDAN_BASE_ACTOR_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum { ACTOR_PIPE_HWM = 10000, ACTOR_MESSAGE_MAX = 4 * 1024 * 1024, ACTOR_VERB_MAX = 64 };

/* What a starter hears (actor_loop_child) when an actor ends before it was stopped; the body is the
 * failure's message, empty after actor_loop_quit. The actor waits for actor_stop. */
#define ACTOR_ENDED "$ended"

struct actor;      /* the starter's end */
struct actor_loop; /* the actor's own loop */

/* Runs in the new thread before the starter goes on; sets up readers and timers. A failure ends the
 * actor (`end` is not called: what began and failed cleans up itself) and is returned by
 * actor_start. */
typedef struct status(actor_begin_fn)(struct actor_loop *loop, void *state);
/* A message from the other end of the pipe; verb and body are valid during the call. Of all these
 * functions: a failed status stops the loop and is logged; that of the
 * root is returned by actor_run_root instead. */
typedef struct status(actor_message_fn)(struct actor_loop *loop, struct slice verb,
                                        struct slice body, void *state);
/* revents as poll(2): an error or a hang-up is POLLERR and keeps coming until the watch is ended.
 */
typedef struct status(actor_fd_fn)(struct actor_loop *loop, int fd, short revents, void *state);
typedef struct status(actor_timer_fn)(struct actor_loop *loop, void *state);
typedef void(actor_end_fn)(struct actor_loop *loop, void *state);

struct actor_spec {
    const char *name;          /* for logs; static text */
    actor_begin_fn *begin;     /* may be NULL */
    actor_message_fn *message; /* from the parent */
    actor_end_fn *end;         /* may be NULL; runs in the actor's thread at the end */
    void *state;               /* handed to the actor: the starter keeps its hands off until
                                  actor_stop returns */
};

struct status actor_start(const struct actor_spec *spec, struct actor **out) MUST_USE;
/* Sends $TERM, waits for the thread. NULL is fine. */
void actor_stop(struct actor **actor);
/* To the actor. Errors: STATUS_EXHAUSTED (pipe full, or over ACTOR_MESSAGE_MAX). */
struct status actor_send(struct actor *actor, const char *verb, struct slice body) MUST_USE;
uint64_t actor_refused(const struct actor *actor); /* messages a full pipe did not take */

/* --- inside an actor ------------------------------------------------------------------------- */

/* To the starter's loop (it reads with actor_loop_child). Errors: as actor_send. */
struct status actor_reply(struct actor_loop *loop, const char *verb, struct slice body) MUST_USE;
uint64_t actor_loop_refused(const struct actor_loop *loop);
/* Also hear a child actor that this loop's thread has started, until actor_stop, which the message
 * function may call. */
struct status actor_loop_child(struct actor_loop *loop, struct actor *child,
                               actor_message_fn *message, void *state) MUST_USE;
/* events: POLLIN and/or POLLOUT, level-triggered; the fd should be nonblocking. Again for the same
 * fd replaces the watch. End it before the fd is closed. */
struct status actor_loop_fd(struct actor_loop *loop, int fd, short events, actor_fd_fn *ready,
                            void *state) MUST_USE;
void actor_loop_fd_end(struct actor_loop *loop, int fd);
/* A ZeroMQ socket (void * of libzmq or zsock_t *), level-triggered. */
struct status actor_loop_socket(struct actor_loop *loop, void *zsock, actor_timer_fn *ready,
                                void *state) MUST_USE;
void actor_loop_socket_end(struct actor_loop *loop, void *zsock);
/* times 0 = for ever. Returns an id for actor_loop_timer_end (of an expired timer: does nothing).
 * Time goes on while the machine sleeps; periods missed are run once. Loops have few timers:
 * per-peer deadlines go in one periodic sweep. */
int actor_loop_timer(struct actor_loop *loop, unsigned delay_ms, unsigned times,
                     actor_timer_fn *due, void *state);
void actor_loop_timer_end(struct actor_loop *loop, int timer_id);
void actor_loop_quit(struct actor_loop *loop);

/* The root: runs a loop in the calling (main) thread with SIGINT, SIGTERM (quit) and SIGHUP
 * (`reload`, may be NULL) read from a signalfd. actor_block_signals must have been called before
 * the first thread; it also ignores SIGPIPE. Returns when quit, with the failure that stopped the
 * loop, if any; `end` has run then, unless `begin` failed. */
void actor_block_signals(void);
/* Of the root: the signal that made it quit, for `end`; 0: none did. */
int actor_loop_signal(const struct actor_loop *loop);
struct status actor_run_root(actor_begin_fn *begin, actor_timer_fn *reload, actor_end_fn *end,
                             void *state) MUST_USE;

#endif
