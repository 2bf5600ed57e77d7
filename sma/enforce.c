#include "sma/enforce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"

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

static int64_t mono_ms(const struct enforcer *self)
{
    return clock_mono_ms(self->options.clock);
}

/* A wall clock that jumps expires nothing. */
static int64_t steady_wall_ms(const struct enforcer *self)
{
    return self->options.started_wall_ms + (mono_ms(self) - self->options.started_mono_ms);
}

static struct plane *plane_for(const struct enforcer *self, const struct action *action)
{
    return self->options.planes[action_type(action->kind)->plane];
}

/* --- jobs
 * ------------------------------------------------------------------------------------------ */

static struct job *job_new(struct enforcer *self, const struct action *action,
                           enum job_purpose purpose)
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

static void job_free(struct job *job)
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

/* --- what is said
 * ------------------------------------------------------------------------------------ */

static void emit_change(struct enforcer *self, const struct action *action,
                        enum control_state state, const char *reason)
{
    struct event_field fields[] = {
        { SLICE("action"), slice_from(action->id.text), PROVENANCE_SERVICE },
        { SLICE("kind"), slice_from(action_kind_name(action->kind)), PROVENANCE_SERVICE },
        { SLICE("state"), slice_from(control_state_name(state)), PROVENANCE_SERVICE },
        { SLICE("reason"), slice_from(reason), PROVENANCE_SERVICE },
    };
    int64_t now_us = clock_wall_us(self->options.clock);
    const struct event event = { .node = self->options.node,
                                 .time_us = now_us,
                                 .seen_us = now_us,
                                 .kind = SLICE(EVENT_CONTROL_CHANGED),
                                 .severity =
                                     state == CONTROL_EXPIRED ? SEVERITY_INFO : SEVERITY_MEDIUM,
                                 .layer = LAYER_L2,
                                 .plane = action_type(action->kind)->plane,
                                 .fields = fields,
                                 .field_count = COUNT_OF(fields) };

    self->options.emit(self->options.arg, &event);
}

static void answer(struct enforcer *self, const struct command *command,
                   const struct command_result *result)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct service_result out = {
        .node = self->options.node,
        .service = { LAYER_L2, action_type(command->action.kind)->plane, SERVICE_ENFORCE },
        .result = *result
    };

    FAULT_POINT("sma.before_result");
    self->options.send_result(self->options.arg, &out, &arena);
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
    answer(self, &job->command, &job->result);
}

/* --- the ends of jobs
 * ---------------------------------------------------------------------------------- */

static void set_detail(struct command_result *result, const char *text)
{
    slice_to_cstr(slice_from(text), result->detail, sizeof(result->detail));
}

static void end_command(struct job *job, const struct status *outcome)
{
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
            entry->is_busy = false;
            entry->ends_ms = mono_ms(self) + ENFORCE_CHECK_MS; /* try again */
        }
        return;
    }
    lease_drop(&self->leases, &job->action.id);
    self->counters.expired++;
    emit_change(self, &job->action, CONTROL_EXPIRED, "the lease has ended");
}

static void end_renewal(struct job *job, const struct status *outcome)
{
    struct enforcer *self = job->enforcer;
    struct lease_entry *entry = lease_find(&self->leases, &job->action.id);

    if (entry != NULL) {
        entry->is_busy = false;
    }
    if (status_ok(outcome)) {
        self->counters.renewed++;
    }
    log_status(LOG_LEVEL_WARN, "enforce", "not-renewed", outcome);
}

static void end_repair(struct job *job, const struct status *outcome)
{
    struct enforcer *self = job->enforcer;
    struct lease_entry *entry = lease_find(&self->leases, &job->action.id);

    if (entry != NULL) {
        entry->is_busy = false;
    }
    if (status_ok(outcome)) {
        self->counters.repaired++;
        emit_change(self, &job->action, CONTROL_ENFORCED, "drift was repaired");
    } else {
        log_status(LOG_LEVEL_ERROR, "enforce", "not-repaired", outcome);
    }
}

static void end_job(struct job *job, struct status outcome)
{
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
               ? lease_start(&self->leases, &job->action, mono_ms(self))
               : STATUS_SUCCESS;
}

static void on_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    struct job *job = arg;

    if (status_ok(&outcome)) {
        enum control_state state = state_of(job, reading);
        job->result.outcome = state == CONTROL_DRIFTED ? COMMAND_FAILED : COMMAND_DONE;
        job->result.state = state;
        job->result.verified_by = reading->verified_by;
        job->result.lease_left_ms = reading->lease_left_ms;
        job->result.read_back_us = clock_wall_us(job->enforcer->options.clock);
        set_detail(&job->result, reading->detail);
        outcome = note_lease(job, state);
        if (status_ok(&outcome) && state == CONTROL_DRIFTED && job->command.verb != COMMAND_CHECK) {
            outcome = status_error(STATUS_CONFLICT, "read back otherwise: %s", reading->detail);
        }
    }
    end_job(job, outcome);
}

static void read_back(struct job *job)
{
    struct status asked =
        plane_read_back(plane_for(job->enforcer, &job->action), &job->action, on_read, job);

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

static void run_job(struct job *job)
{
    struct plane *plane = plane_for(job->enforcer, &job->action);
    struct status asked;

    FAULT_POINT("sma.before_apply");
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

/* --- commands
 * --------------------------------------------------------------------------------------------- */

static const struct address *protected_by(const struct enforcer *self, const struct address *source)
{
    for (size_t i = 0; i < self->network_count; i++) {
        if (address_overlaps(&self->networks[i], source)) {
            return &self->networks[i];
        }
    }
    return NULL;
}

/* The node's own rules, whoever signed. Undo is always allowed: it only gives back. */
static struct status check_own_rules(const struct enforcer *self, const struct command *command)
{
    const struct action *action = &command->action;
    const struct service_id service = { LAYER_L2, action_type(action->kind)->plane,
                                        SERVICE_ENFORCE };

    if (identity_service(self->options.identity, &service) == NULL ||
        plane_for(self, action) == NULL) {
        return status_error(STATUS_UNSUPPORTED, "this node has no service for %s",
                            action_kind_name(action->kind));
    }
    if (command->verb != COMMAND_DO || !action_type(action->kind)->takes_source) {
        return STATUS_SUCCESS;
    }
    const struct address *network = protected_by(self, &action->source);
    if (network != NULL) {
        char text[ADDRESS_TEXT_MAX];
        address_format(network, text);
        return status_error(STATUS_DENIED, "would cut the protected network %s", text);
    }
    return STATUS_SUCCESS;
}

static void refuse(struct enforcer *self, const struct command *command,
                   enum command_outcome outcome, const char *why)
{
    struct command_result result = { .id = command->id,
                                     .verb = command->verb,
                                     .outcome = outcome,
                                     .state = CONTROL_FAILED,
                                     .received_us = clock_wall_us(self->options.clock),
                                     .lease_left_ms = -1 };

    self->counters.refused++;
    set_detail(&result, why);
    log_warn("enforce", "refused", LOG_CSTR("command", command->id.text), LOG_CSTR("why", why));
    answer(self, command, &result);
}

static void carry_out(struct enforcer *self, const struct command *command)
{
    struct status allowed = check_own_rules(self, command);

    if (!status_ok(&allowed)) {
        refuse(self, command, COMMAND_REFUSED, allowed.msg);
        return;
    }
    struct job *job = job_new(self, &command->action, JOB_COMMAND);
    if (job == NULL) {
        return; /* too much under way: the order comes again */
    }
    job->command = *command;
    job->result = (struct command_result){ .id = command->id,
                                           .verb = command->verb,
                                           .received_us = clock_wall_us(self->options.clock),
                                           .lease_left_ms = -1 };
    run_job(job);
}

static bool is_under_way(const struct enforcer *self, const struct ulid *id)
{
    for (const struct job *job = self->jobs; job != NULL; job = job->next) {
        if (job->purpose == JOB_COMMAND &&
            memcmp(job->command.id.text, id->text, ULID_TEXT_LEN) == 0) {
            return true;
        }
    }
    return false;
}

static void accept(struct enforcer *self, const struct command *command)
{
    struct status stored = command_store_accept(self->options.guard, command);

    if (!status_ok(&stored)) {
        log_status(LOG_LEVEL_ERROR, "enforce", "order-not-stored", &stored);
        return; /* not ours yet: it comes again */
    }
    const struct command_ack ack = { command->id, command->seq };
    self->options.send_ack(self->options.arg, &ack);
    carry_out(self, command);
}

void enforcer_command(struct enforcer *self, const struct signed_list *sealed)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct command command;

    self->counters.commands++;
    struct command_judgement judgement = command_judge(
        self->options.guard, &arena, sealed, self->options.trust, steady_wall_ms(self), &command);
    switch (judgement.verdict) {
    case COMMAND_ACCEPT:
        accept(self, &command);
        break;
    case COMMAND_AGAIN:
        self->counters.repeats++;
        if (!is_under_way(self, &command.id)) {
            carry_out(self, &command);
        }
        break;
    case COMMAND_ANSWER:
        self->counters.repeats++;
        answer(self, &command, judgement.result);
        break;
    case COMMAND_REFUSE:
        refuse(self, &command, judgement.outcome, judgement.detail);
        break;
    case COMMAND_IGNORE:
        self->counters.ignored++;
        log_error("enforce", "order-not-trusted", LOG_CSTR("why", judgement.detail));
        break;
    }
}

/* --- adoption and drift
 * -------------------------------------------------------------------------------------- */

static void on_observed(void *arg, struct status outcome, const struct plane_control *controls,
                        size_t count)
{
    struct enforcer *self = arg;

    log_status(LOG_LEVEL_WARN, "enforce", "not-observed", &outcome);
    for (size_t i = 0; status_ok(&outcome) && i < count; i++) {
        if (lease_find(&self->leases, &controls[i].action.id) != NULL) {
            continue;
        }
        struct action action = controls[i].action;
        slice_to_cstr(self->options.node, action.node, sizeof(action.node));
        struct status adopted =
            lease_adopt(&self->leases, &action, controls[i].reading.lease_left_ms, mono_ms(self));
        self->counters.adopted += status_ok(&adopted) ? 1 : 0;
        log_status(LOG_LEVEL_ERROR, "enforce", "not-adopted", &adopted);
    }
}

struct status enforcer_adopt(struct enforcer *self)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        if (self->options.planes[i] != NULL) {
            TRY(plane_observe(self->options.planes[i], on_observed, self));
        }
    }
    return STATUS_SUCCESS;
}

static void repair(struct enforcer *self, struct lease_entry *entry)
{
    struct job *job = job_new(self, &entry->action, JOB_REPAIR);

    if (job != NULL) {
        int64_t left_ms = entry->ends_ms - mono_ms(self);
        job->action.lease.duration_ms =
            entry->ends_ms == INT64_MAX ? 0 : (left_ms > 0 ? left_ms : 1);
        entry->is_busy = true;
        self->counters.drifted++;
        emit_change(self, &entry->action, CONTROL_DRIFTED, "not in force on the plane");
        run_job(job);
    }
}

static bool is_listed(const struct plane_control *controls, size_t count, const struct ulid *id)
{
    for (size_t i = 0; i < count; i++) {
        if (memcmp(controls[i].action.id.text, id->text, ULID_TEXT_LEN) == 0) {
            return controls[i].reading.presence == PLANE_PRESENT;
        }
    }
    return false;
}

struct drift_look {
    struct enforcer *enforcer;
    enum plane_kind plane;
};

static void on_drift_look(void *arg, struct status outcome, const struct plane_control *controls,
                          size_t count)
{
    struct drift_look *look = arg;
    struct enforcer *self = look->enforcer;

    for (size_t i = 0; status_ok(&outcome) && i < self->leases.count; i++) {
        struct lease_entry *entry = &self->leases.entries[i];
        bool ends_now = entry->ends_ms <= mono_ms(self);
        if (action_type(entry->action.kind)->plane == look->plane && !entry->is_busy && !ends_now &&
            !is_listed(controls, count, &entry->action.id)) {
            repair(self, entry);
        }
    }
    log_status(LOG_LEVEL_WARN, "enforce", "not-observed", &outcome);
    free(look);
}

static void look_for_drift(struct enforcer *self)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        if (self->options.planes[i] == NULL || self->leases.count == 0) {
            continue;
        }
        struct drift_look *look = malloc(sizeof(*look));
        if (look == NULL) {
            abort();
        }
        *look = (struct drift_look){ self, (enum plane_kind)i };
        struct status asked = plane_observe(self->options.planes[i], on_drift_look, look);
        if (!status_ok(&asked)) {
            free(look);
        }
    }
}

/* --- time
 * ------------------------------------------------------------------------------------------------------
 */

static void run_due(struct enforcer *self, const struct lease_entry *entry,
                    enum lease_verdict verdict)
{
    struct job *job = job_new(self, &entry->action, verdict == LEASE_RENEW ? JOB_RENEW : JOB_END);

    if (job == NULL) {
        return; /* stays busy until the jobs drain; the plane ends it by itself where it can */
    }
    if (verdict == LEASE_RENEW) {
        job->action.lease.duration_ms = entry->ends_ms - mono_ms(self);
    }
    run_job(job);
}

int64_t enforcer_tick(struct enforcer *self)
{
    enum lease_verdict verdict = LEASE_END;
    int64_t now_ms = mono_ms(self);

    for (;;) {
        struct lease_entry *entry = lease_due(&self->leases, now_ms, self->options.has_evidence,
                                              self->options.arg, &verdict);
        if (entry == NULL) {
            break;
        }
        run_due(self, entry, verdict);
    }
    if (now_ms >= self->check_ms) {
        self->check_ms = now_ms + ENFORCE_CHECK_MS;
        look_for_drift(self);
    }
    int64_t next_ms = lease_next_ms(&self->leases);
    next_ms = next_ms < self->check_ms ? next_ms : self->check_ms;
    return next_ms > now_ms ? next_ms - now_ms : 0;
}

/* --- the rest
 * ----------------------------------------------------------------------------------------------------
 */

struct status enforcer_protect(struct enforcer *self, const struct address *networks, size_t count)
{
    if (count > SNAPSHOT_NETWORKS_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d protected networks",
                            SNAPSHOT_NETWORKS_MAX);
    }
    struct address *copy = calloc(count + 1, sizeof(*copy));
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, networks, count * sizeof(*copy));
    free(self->networks);
    self->networks = copy;
    self->network_count = count;
    return STATUS_SUCCESS;
}

size_t enforcer_capabilities(struct enforcer *self, enum action_kind out[ACTION_KINDS])
{
    size_t count = 0;

    for (size_t i = 0; i < PLANE_KINDS; i++) {
        struct plane_capability can[ACTION_KINDS];
        if (self->options.planes[i] == NULL) {
            continue;
        }
        plane_capabilities(self->options.planes[i], can);
        for (size_t kind = 0; kind < ACTION_KINDS; kind++) {
            bool here = action_type((enum action_kind)kind)->plane == (enum plane_kind)i;
            if (here && can[kind].supported) {
                out[count++] = (enum action_kind)kind;
            }
        }
    }
    return count;
}

struct enforcer_counters enforcer_read_counters(const struct enforcer *self)
{
    return self->counters;
}

struct status enforcer_new(const struct enforcer_options *options, struct enforcer **out)
{
    struct enforcer *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->options = *options;
    self->check_ms = mono_ms(self) + ENFORCE_CHECK_MS;
    *out = self;
    return STATUS_SUCCESS;
}

void enforcer_free(struct enforcer **enforcer)
{
    struct enforcer *self = *enforcer;

    if (self == NULL) {
        return;
    }
    while (self->jobs != NULL) {
        job_free(self->jobs);
    }
    lease_table_done(&self->leases);
    free(self->networks);
    free(self);
    *enforcer = NULL;
}
