/* sma/enforce_priv.h - the inside of the enforcer: one job is one thing under way on a plane. For
 * this folder. */
#ifndef REDAN_SMA_ENFORCE_PRIV_H
#define REDAN_SMA_ENFORCE_PRIV_H

#include "sma/enforce.h"

/* One thing under way on a plane: apply or undo, then read back. */
struct job {
    struct enforcer *enforcer;
    struct action action;
    enum job_purpose {
        JOB_COMMAND, /* answered with a result */
        JOB_RENEW,   /* a ban's next lease */
        JOB_END,     /* a lease that has run out */
        JOB_REPAIR   /* drift */
    } purpose;
    struct command command; /* JOB_COMMAND */
    struct command_result result;
    struct job *next, *previous;
};

struct enforcer {
    struct enforcer_options options;
    struct lease_table leases;
    struct address *networks;
    size_t network_count;
    struct job *jobs;
    size_t job_count;
    int64_t check_ms; /* next look for drift, monotonic */
    struct enforcer_counters counters;
};

int64_t enforcer_mono_ms(const struct enforcer *self);
struct plane *enforcer_plane(const struct enforcer *self, const struct action *action);

/* --- enforce_job.c -------------------------------------------------------------------------------
 */

/* NULL when ENFORCE_JOBS_MAX are under way. */
struct job *job_new(struct enforcer *self, const struct action *action, enum job_purpose purpose);
void job_free(struct job *job);
/* Applies or undoes, reads back, ends the job and frees it. */
void job_run(struct job *job);

/* --- enforce.c -----------------------------------------------------------------------------------
 */
void enforcer_answer(struct enforcer *self, const struct command *command,
                     const struct command_result *result);

/* --- enforce_drift.c -----------------------------------------------------------------------------
 */
void enforcer_emit_change(struct enforcer *self, const struct action *action,
                          enum control_state state, const char *reason);

#endif
