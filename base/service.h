/* base/service.h - the life of a daemon under a supervisor: ready, watchdog, reload, stop, and one
 * line in the log for how it ended.
 *
 * Around base/actor.h's root loop; tells systemd by sd_notify(3), which does nothing elsewhere. A
 * target of its own (`base_service`). One thread. */
#ifndef REDAN_BASE_SERVICE_H
#define REDAN_BASE_SERVICE_H

#include "base/actor.h"

enum { SERVICE_WATCHDOG_MS = 5000 };

struct service {
    const char *actor;      /* for log lines */
    const char *doing;      /* STATUS= once it is ready: "serving" */
    actor_begin_fn *begin;  /* what began and failed cleans up itself */
    actor_timer_fn *reload; /* SIGHUP; may be NULL */
    actor_end_fn *end;
    void *state;
    int signal; /* out: what ended it; 0: itself */
};

/* Runs until SIGTERM, SIGINT or a failure, and logs "stopped" with the signal or the reason: the
 * only line of a start that failed. Returns the exit code: 0 when it was told to stop, 1 when it
 * cannot go on, 10 for a defect. actor_block_signals was called before. */
int service_run(struct service *service);

#endif
