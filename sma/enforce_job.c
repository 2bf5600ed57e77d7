/* Jobs: apply or undo, read back, and what follows. */
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "sma/enforce_priv.h"

/* --- jobs
 * ------------------------------------------------------------------------------------------ */

struct job *job_new(struct enforcer *self, const struct action *action, enum job_purpose purpose)
{
    if (self->job_count == ENFORCE_JOBS_MAX) {
        return NULL;
    }
    struct job *job = calloc(1, sizeof(*job));
    if (job == NULL) {
        abort();
    }
    job->enforcer = self;
    job->action = *action;
    job->purpose = purpose;
    job->next = self->jobs;
    if (self->jobs != NULL) {
        self->jobs->previous = job;
    }
    self->jobs = job;
    self->job_count++;
    return job;
}

void job_free(struct job *job)
{
    struct enforcer *self = job->enforcer;

    if (job->previous != NULL) {
        job->previous->next = job->next;
    } else {
        self->jobs = job->next;
    }
    if (job->next != NULL) {
        job->next->previous = job->previous;
    }
    self->job_count--;
    free(job);
}

/* While anything is under way on a control, neither its lease nor a look for drift may act on it:
 * what was just undone would be put back. */
static void hold(const struct job *job)
{
    struct lease_entry *entry = lease_find(&job->enforcer->leases, &job->action.id);

    if (entry != NULL) {
        entry->is_busy = true;
    }
}

static bool is_held_by_another(const struct job *job)
{
    bool is_held = false;

    for (const struct job *other = job->enforcer->jobs; other != NULL; other = other->next) {
        is_held = is_held || (other != job && memcmp(other->action.id.text, job->action.id.text,
                                                     ULID_TEXT_LEN) == 0);
    }
    return is_held;
}

static void let_go(const struct job *job)
{
    struct lease_entry *entry = lease_find(&job->enforcer->leases, &job->action.id);

    if (entry != NULL) {
        entry->is_busy = is_held_by_another(job);
    }
}

/* --- the ends of jobs -------------------------------------------------------------------- */

static void set_detail(struct command_result *result, const char *text)
{
    slice_to_cstr(slice_from(text), result->detail, sizeof(result->detail));
}

static void finish_command(struct job *job)
{
    struct enforcer *self = job->enforcer;
    struct status stored = command_store_result(self->options.guard, &job->result);

    if (job->result.outcome == COMMAND_DONE) {
        self->counters.done++;
    } else {
        self->counters.failed++;
    }
    log_status(LOG_LEVEL_ERROR, "enforce", "result-not-stored", &stored);
    enforcer_answer(self, &job->command, &job->result);
}

/* A plane that is out of reach says nothing about the order: it stays accepted, without a result,
 * and is carried out when it comes again, until it expires. */
static void end_command(struct job *job, const struct status *outcome)
{
    if (outcome->code == STATUS_UNAVAILABLE) {
        log_status(LOG_LEVEL_WARN, "enforce", "plane-out-of-reach", outcome);
        return;
    }
    if (!status_ok(outcome)) {
        job->result.outcome = COMMAND_FAILED;
        job->result.state = CONTROL_FAILED;
        set_detail(&job->result, outcome->msg);
    }
    finish_command(job);
}

static void end_lease(struct job *job, const struct status *outcome)
{
    struct enforcer *self = job->enforcer;
    struct lease_entry *entry = lease_find(&self->leases, &job->action.id);

    if (!status_ok(outcome)) {
        log_status(LOG_LEVEL_WARN, "enforce", "lease-not-ended", outcome);
        if (entry != NULL) {
            lease_failed(entry, enforcer_mono_ms(self));
        }
        return;
    }
    lease_drop(&self->leases, &job->action.id);
    self->counters.expired++;
    enforcer_emit_change(self, &job->action, CONTROL_EXPIRED, "the lease has ended");
}

static void say_renewed(struct enforcer *self, struct lease_entry *entry)
{
    bool was_lost = entry->is_lost;

    self->counters.renewed++;
    lease_renewed(entry);
    if (was_lost) {
        enforcer_emit_change(self, &entry->action, CONTROL_ENFORCED, "renewed at last");
    }
}

/* Before the plane ends the ban nothing is missing yet; the next try comes soon. */
static void say_not_renewed(struct enforcer *self, struct lease_entry *entry)
{
    int64_t now_ms = enforcer_mono_ms(self);

    self->counters.not_renewed++;
    lease_failed(entry, now_ms);
    if (now_ms >= entry->ends_ms && !entry->is_lost) {
        entry->is_lost = true;
        enforcer_emit_change(self, &entry->action, CONTROL_DRIFTED, "its renewal fails");
    }
}

static void end_renewal(struct job *job, const struct status *outcome)
{
    struct lease_entry *entry = lease_find(&job->enforcer->leases, &job->action.id);

    log_status(LOG_LEVEL_WARN, "enforce", "not-renewed", outcome);
    if (entry == NULL) { /* undone meanwhile */
        return;
    }
    if (status_ok(outcome)) {
        say_renewed(job->enforcer, entry);
    } else {
        say_not_renewed(job->enforcer, entry);
    }
}

static void end_repair(struct job *job, const struct status *outcome)
{
    struct enforcer *self = job->enforcer;
    int64_t again_ms = enforcer_mono_ms(self) + ENFORCE_RETRY_MS;

    if (status_ok(outcome)) {
        self->counters.repaired++;
        enforcer_emit_change(self, &job->action, CONTROL_ENFORCED, "drift was repaired");
        return;
    }
    self->check_ms = again_ms < self->check_ms ? again_ms : self->check_ms;
    log_status(LOG_LEVEL_ERROR, "enforce", "not-repaired", outcome);
}

static void end_job(struct job *job, struct status outcome)
{
    let_go(job);
    switch (job->purpose) {
    case JOB_COMMAND:
        end_command(job, &outcome);
        break;
    case JOB_RENEW:
        end_renewal(job, &outcome);
        break;
    case JOB_END:
        end_lease(job, &outcome);
        break;
    case JOB_REPAIR:
        end_repair(job, &outcome);
        break;
    }
    job_free(job);
}

/* --- apply, then read back
 * -------------------------------------------------------------------------------- */

static bool wants_absent(const struct job *job)
{
    return job->purpose == JOB_END ||
           (job->purpose == JOB_COMMAND && job->command.verb == COMMAND_UNDO);
}

static enum control_state state_of(const struct job *job, const struct plane_reading *reading)
{
    if (wants_absent(job)) {
        return reading->presence == PLANE_ABSENT ? CONTROL_UNDONE : CONTROL_DRIFTED;
    }
    return reading->presence == PLANE_PRESENT ? CONTROL_ENFORCED : CONTROL_DRIFTED;
}

/* Asked what became of a control, not whether an order was carried out. */
static bool is_question(const struct job *job)
{
    return job->purpose == JOB_COMMAND && job->result.verb == COMMAND_CHECK;
}

/* Gone, and nobody here is about to put it back or to say so. */
static bool is_over(const struct job *job, const struct plane_reading *reading)
{
    return reading->presence == PLANE_ABSENT && !is_held_by_another(job) &&
           lease_find(&job->enforcer->leases, &job->action.id) == NULL;
}

/* Where the plane keeps no leases they are kept here. */
static int64_t lease_left_ms(const struct job *job, const struct plane_reading *reading)
{
    const struct lease_entry *entry = lease_find(&job->enforcer->leases, &job->action.id);
    int64_t now_ms = enforcer_mono_ms(job->enforcer);

    if (reading->lease_left_ms >= 0 || entry == NULL || entry->ends_ms == INT64_MAX ||
        reading->presence != PLANE_PRESENT) {
        return reading->lease_left_ms;
    }
    return entry->ends_ms > now_ms ? entry->ends_ms - now_ms : 0;
}

static struct status note_lease(struct job *job, enum control_state state)
{
    struct enforcer *self = job->enforcer;

    if (job->purpose != JOB_COMMAND) {
        return STATUS_SUCCESS;
    }
    if (state == CONTROL_UNDONE) {
        lease_drop(&self->leases, &job->action.id);
        return STATUS_SUCCESS;
    }
    return state == CONTROL_ENFORCED && job->command.verb == COMMAND_DO
               ? lease_start(&self->leases, &job->action, enforcer_mono_ms(self))
               : STATUS_SUCCESS;
}

static void on_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    struct job *job = arg;

    if (status_ok(&outcome)) {
        enum control_state state =
            is_question(job) && is_over(job, reading) ? CONTROL_EXPIRED : state_of(job, reading);
        job->result.outcome = state == CONTROL_DRIFTED ? COMMAND_FAILED : COMMAND_DONE;
        job->result.state = state;
        job->result.verified_by = reading->verified_by;
        job->result.read_back_us = clock_wall_us(job->enforcer->options.clock);
        set_detail(&job->result, reading->detail);
        outcome = note_lease(job, state);
        job->result.lease_left_ms = lease_left_ms(job, reading);
        if (status_ok(&outcome) && state == CONTROL_DRIFTED && job->command.verb != COMMAND_CHECK) {
            outcome = status_error(STATUS_CONFLICT, "read back otherwise: %s", reading->detail);
        }
    }
    end_job(job, outcome);
}

static void read_back(struct job *job)
{
    struct status asked =
        plane_read_back(enforcer_plane(job->enforcer, &job->action), &job->action, on_read, job);

    if (!status_ok(&asked)) {
        end_job(job, asked);
    }
}

static void on_applied(void *arg, struct status outcome)
{
    struct job *job = arg;

    if (!status_ok(&outcome)) {
        end_job(job, outcome);
        return;
    }
    FAULT_POINT("sma.after_apply");
    job->result.applied_us = clock_wall_us(job->enforcer->options.clock);
    read_back(job);
}

void job_run(struct job *job)
{
    struct plane *plane = enforcer_plane(job->enforcer, &job->action);
    struct status asked;

    FAULT_POINT("sma.before_apply");
    hold(job);
    if (job->purpose == JOB_COMMAND && job->command.verb == COMMAND_CHECK) {
        read_back(job);
        return;
    }
    asked = wants_absent(job) ? plane_undo(plane, &job->action, on_applied, job)
                              : plane_apply(plane, &job->action, on_applied, job);
    if (!status_ok(&asked)) {
        end_job(job, asked);
    }
}
