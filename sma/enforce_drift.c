/* Adoption, drift, leases: what the enforcer does without being told. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sma/enforce_priv.h"

void enforcer_emit_change(struct enforcer *self, const struct action *action,
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
        struct status adopted = lease_adopt(
            &self->leases, &action, controls[i].reading.lease_left_ms, enforcer_mono_ms(self));
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

    if (job == NULL) { /* seen again with the next look */
        self->counters.deferred++;
        log_warn("enforce", "too-much-under-way", LOG_CSTR("action", entry->action.id.text));
    } else {
        job->action.lease = lease_until(entry, entry->ends_ms, enforcer_mono_ms(self));
        entry->is_busy = true;
        self->counters.drifted++;
        enforcer_emit_change(self, &entry->action, CONTROL_DRIFTED, "not in force on the plane");
        job_run(job);
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
        bool ends_now = entry->ends_ms <= enforcer_mono_ms(self);
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
            self->counters.deferred++;
            log_status(LOG_LEVEL_WARN, "enforce", "not-observed", &asked);
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

    assert(job != NULL); /* the caller left room */
    if (verdict == LEASE_RENEW) {
        job->action.lease = lease_until(entry, entry->renew_to_ms, enforcer_mono_ms(self));
    }
    job_run(job);
}

int64_t enforcer_tick(struct enforcer *self)
{
    enum lease_verdict verdict = LEASE_END;
    int64_t now_ms = enforcer_mono_ms(self);

    while (self->job_count < ENFORCE_JOBS_MAX) { /* what is due stays due until there is room */
        struct lease_entry *entry = lease_due(&self->leases, now_ms, self->options.has_evidence,
                                              self->options.evidence_arg, &verdict);
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
    if (self->job_count == ENFORCE_JOBS_MAX) {
        return ENFORCE_FULL_MS;
    }
    return next_ms > now_ms ? next_ms - now_ms : 0;
}
