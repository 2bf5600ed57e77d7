/* What cannot be gone on with, though nothing outside says so: a row that is damaged, an order that
 * cannot be sealed. It is journaled, it keeps no other waiting, and nobody waits for it. */
#include <string.h>

#include "base/log.h"
#include "orchestrator/core_priv.h"

struct status stuck_plan(struct core *core, const struct ulid *id, const struct status *why)
{
    log_status(LOG_LEVEL_ERROR, "execute", "plan-stuck", why);
    return knowledge_record(core->knowledge, "plan.stuck", slice_from(id->text),
                            slice_from(why->msg));
}

/* What was ordered may be in force all the same: an answer that comes late is still heard. */
static struct status fail_plan(struct core *core, const struct step_record *step,
                               const struct status *why)
{
    struct step_record failed = *step;
    struct plan_record plan;

    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), slice_from(step->plan.text),
                           &core->turn, &plan));
    if (plan.state != PLAN_RUNNING && plan.state != PLAN_UNDOING) {
        return STATUS_SUCCESS;
    }
    if (step->state == CONTROL_PENDING || step->state == CONTROL_ACKED) {
        failed.state = CONTROL_FAILED;
        failed.detail = slice_from(why->msg);
        TRY(knowledge_put_step(core->knowledge, &failed));
    }
    plan.state = PLAN_FAILED;
    plan.finished_us = core->turn_us;
    plan.reason = slice_from(why->msg);
    TRY(knowledge_put_plan(core->knowledge, &plan));
    look_again(core);
    return stuck_plan(core, &plan.id, why);
}

struct status stuck_command(struct core *core, struct command_record *record,
                            const struct status *why)
{
    struct step_record step;

    log_status(LOG_LEVEL_ERROR, "execute", "command-stuck", why);
    record->state = COMMAND_STATE_EXPIRED;
    record->detail = slice_from(why->msg);
    TRY(knowledge_put_command(core->knowledge, record));
    TRY(knowledge_record(core->knowledge, "command.stuck", slice_from(record->id.text),
                         record->detail));
    struct status found = knowledge_find_step(knowledge_reading(core->knowledge), &record->action,
                                              &core->turn, &step);
    return status_ok(&found) ? fail_plan(core, &step, why) : STATUS_SUCCESS;
}
