/* base/actor.h - actors: one thread, one loop, state that nobody else can name.
 *
 * The shell over czmq's zactor and zloop, and the only place that names them besides wire/. Actors
 * trade messages of a verb and bytes over inproc pipes; never pointers. A pipe has a high-water
 * mark of ACTOR_PIPE_HWM; a full pipe refuses (STATUS_EXHAUSTED) and counts, it never blocks. A
 * target of its own
 * (`base_actor`), since GPL-2-only programs must not link libzmq.
 *
 * Threads: actor_start, actor_send, actor_stop and actor_poll_fd belong to the thread that started
 * the actor; everything with `struct actor_loop` belongs to the actor's own thread. */
#ifndef REDAN_BASE_ACTOR_H
#define REDAN_BASE_ACTOR_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"

enum { ACTOR_PIPE_HWM = 10000, ACTOR_MESSAGE_MAX = 4 * 1024 * 1024 };

struct actor;      /* the starter's end */
struct actor_loop; /* the actor's own loop */

/* Runs in the new thread before the starter goes on; sets up readers and timers. A failure ends the
 * actor and is returned by actor_start. */
typedef struct status(actor_begin_fn)(struct actor_loop *loop, void *state);
/* A message from the other end of the pipe. A failed status stops the loop and is logged. */
typedef struct status(actor_message_fn)(struct actor_loop *loop, struct slice verb,
                                        struct slice body, void *state);
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
/* To the actor. Errors: STATUS_EXHAUSTED (pipe full). */
struct status actor_send(struct actor *actor, const char *verb, struct slice body) MUST_USE;

/* --- inside an actor ------------------------------------------------------------------------- */

/* To the starter's loop (it reads with actor_loop_child). */
struct status actor_reply(struct actor_loop *loop, const char *verb, struct slice body) MUST_USE;
/* Also hear a child actor that this loop's thread has started. */
struct status actor_loop_child(struct actor_loop *loop, struct actor *child,
                               actor_message_fn *message, void *state) MUST_USE;
/* events: POLLIN and/or POLLOUT. The fd must be nonblocking; poll again is level-triggered. */
struct status actor_loop_fd(struct actor_loop *loop, int fd, short events, actor_fd_fn *ready,
                            void *state) MUST_USE;
void actor_loop_fd_end(struct actor_loop *loop, int fd);
/* A ZeroMQ socket (void * of libzmq or zsock_t *), level-triggered. */
struct status actor_loop_socket(struct actor_loop *loop, void *zsock, actor_timer_fn *ready,
                                void *state) MUST_USE;
void actor_loop_socket_end(struct actor_loop *loop, void *zsock);
/* times 0 = for ever. Returns an id for actor_loop_timer_end. Loops have few timers: per-peer
 * deadlines go in one periodic sweep. */
int actor_loop_timer(struct actor_loop *loop, unsigned delay_ms, unsigned times,
                     actor_timer_fn *due, void *state);
void actor_loop_timer_end(struct actor_loop *loop, int timer_id);
void actor_loop_quit(struct actor_loop *loop);

/* The root: runs a loop in the calling (main) thread with SIGINT, SIGTERM (quit) and SIGHUP
 * (`reload`, may be NULL) read from a signalfd. actor_block_signals must have been called before
 * the first thread. Returns when quit. */
void actor_block_signals(void);
struct status actor_run_root(actor_begin_fn *begin, actor_timer_fn *reload, actor_end_fn *end,
                             void *state) MUST_USE;

#endif
