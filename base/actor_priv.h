/* base/actor_priv.h - the loop inside an actor, shared by actor.c and actor_loop.c only. */
#ifndef REDAN_BASE_ACTOR_PRIV_H
#define REDAN_BASE_ACTOR_PRIV_H

#include <czmq.h>

#include "base/actor.h"

struct watch;
struct timer;

struct actor_loop {
    const char *name;
    zloop_t *zloop;
    zsock_t *pipe; /* to the starter; NULL for the root */
    uint64_t refused;
    uint64_t stops; /* children that were heard and stopped */
    actor_message_fn *message;
    void *state;
    struct watch *watches;
    struct timer *timers;
    int timer_fd;
    int last_timer_id;
    bool quit;
    bool told_to_end;     /* $TERM was read */
    bool returns_failure; /* the root: whoever runs it logs */
    int signal;           /* the root: what made it quit; 0: nothing */
    struct status failure;
};

/* Once a process: czmq with its signal handler off. */
void actor_library_init(void);

void actor_loop_init(struct actor_loop *loop, const char *name);
void actor_loop_done(struct actor_loop *loop);
/* Turns until quit. */
void actor_loop_run(struct actor_loop *loop);
/* A failed status is logged and ends the loop. */
void actor_loop_note(struct actor_loop *loop, struct status status);

#endif
