/* Execute: a plan's steps are ordered, answered, recorded; what is finished is closed. */
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "orchestrator/analyse.h"
#include "orchestrator/core_priv.h"

static struct slice text_of(const struct ulid *id)
{
    return slice_from(id->text);
}

static enum command_state state_after(enum command_outcome outcome)
{
    switch (outcome) {
    case COMMAND_DONE:
        return COMMAND_STATE_DONE;
    case COMMAND_FAILED:
        return COMMAND_STATE_FAILED;
    case COMMAND_REFUSED:
        return COMMAND_STATE_REFUSED;
    case COMMAND_EXPIRED:
        return COMMAND_STATE_EXPIRED;
    }
    return COMMAND_STATE_FAILED;
}

static bool is_in_flight(struct core *core, const struct step_record *step)
{
    struct command_record command;

    if (step->command.text[0] == '\0') {
        return false;
    }
    struct status found = knowledge_get_command(knowledge_reading(core->knowledge),
                                                text_of(&step->command), &core->turn, &command);
    return status_ok(&found) && !command_state_is_final(command.state);
}

/* --- the end of a plan
 * -------------------------------------------------------------------------------------- */

static struct status see_one(void *arg, const struct plan_record *row)
{
    (void)row;
    *(bool *)arg = true;
    return STATUS_SUCCESS;
}

struct status progress_is_answered(struct core *core, const struct ulid *incident, bool *out)
{
    const struct plan_query query = { .page = { .limit = 1 },
                                      .incident = text_of(incident),
                                      .unfinished = true };

    *out = false;
    return knowledge_list_plans(knowledge_reading(core->knowledge), &query, see_one, out, NULL);
}

static struct status keep_state(void *arg, const struct plan_record *row)
{
    *(enum plan_state *)arg = row->state;
    return STATUS_SUCCESS;
}

/* PLAN_PROPOSED when there is none. */
static struct status newest_state(struct core *core, const struct ulid *incident,
                                  enum plan_state *out)
{
    const struct plan_query query = { .page = { .limit = 1 }, .incident = text_of(incident) };

    *out = PLAN_PROPOSED;
    return knowledge_list_plans(knowledge_reading(core->knowledge), &query, keep_state, out, NULL);
}

/* The last plan made answers the gravest alert: an earlier one that is done contains nothing while
 * that one is under way, waits for people, or could not be. */
static struct status contain_incident(struct core *core, const struct plan_record *plan,
                                      const struct step_record *steps, size_t count)
{
    struct incident_record incident;
    enum plan_state newest = PLAN_PROPOSED;
    bool is_answered = true;

    TRY(progress_is_answered(core, &plan->incident, &is_answered));
    TRY(newest_state(core, &plan->incident, &newest));
    if (is_answered || newest != PLAN_DONE) {
        return STATUS_SUCCESS;
    }
    TRY(knowledge_get_incident(knowledge_reading(core->knowledge), text_of(&plan->incident),
                               &core->turn, &incident));
    return progress_contain(core, &incident, execute_enforced_us(steps, count));
}

struct status progress_contain(struct core *core, struct incident_record *incident,
                               int64_t enforced_us)
{
    incident->enforced_us = analyse_enforced_us(incident, enforced_us, core->turn_us);
    if (incident->state == INCIDENT_OPEN) {
        incident->state = INCIDENT_CONTAINED;
    }
    if (incident->mttr == OBJECTIVE_UNKNOWN) {
        incident->mttr = analyse_mttr(incident, core->turn_us);
    }
    incident->reason = (struct slice){ 0 };
    TRY(knowledge_put_incident(core->knowledge, incident));
    log_info("execute", "contained", LOG_CSTR("incident", incident->id.text),
             LOG_CSTR("mttr", objective_state_name(incident->mttr)));
    return knowledge_record(core->knowledge, "incident.contained", text_of(&incident->id),
                            slice_from(objective_state_name(incident->mttr)));
}

static struct status close_incident(struct core *core, const struct ulid *id, struct slice reason)
{
    struct incident_record incident;

    TRY(knowledge_get_incident(knowledge_reading(core->knowledge), text_of(id), &core->turn,
                               &incident));
    if (incident.state == INCIDENT_CLOSED) {
        return STATUS_SUCCESS;
    }
    incident.state = INCIDENT_CLOSED;
    incident.closed_us = core->turn_us;
    incident.reason = reason;
    TRY(knowledge_put_incident(core->knowledge, &incident));
    return knowledge_record(core->knowledge, "incident.closed", text_of(id), reason);
}

/* In force, or an answer may still come: anything but what a plan ended before it was ordered. */
static struct status may_be_in_force(void *arg, const struct step_record *row)
{
    bool *out = arg;

    *out = *out || row->state != CONTROL_PENDING || row->sent_us != 0;
    return STATUS_SUCCESS;
}

/* Of all plans of the incident: what another one keeps in force keeps it open. A page suffices:
 * with more than that unsent, it stays open. */
struct status progress_control_ended(struct core *core, const struct ulid *plan_id)
{
    struct plan_record plan;
    bool is_answered = true;
    bool goes_on = false;
    bool more = false;

    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), text_of(plan_id), &core->turn,
                           &plan));
    const struct control_query query = { .page = { .limit = KNOWLEDGE_PAGE_MAX },
                                         .incident = text_of(&plan.incident) };
    TRY(progress_is_answered(core, &plan.incident, &is_answered));
    TRY(knowledge_list_controls(knowledge_reading(core->knowledge), &query, may_be_in_force,
                                &goes_on, &more));
    return is_answered || goes_on || more
               ? STATUS_SUCCESS
               : close_incident(core, &plan.incident, SLICE("the leases have ended"));
}

/* Something failed: another way may be open, with what failed left out. */
static struct status try_another_way(struct core *core, const struct plan_record *plan)
{
    struct incident_record incident;

    TRY(knowledge_get_incident(knowledge_reading(core->knowledge), text_of(&plan->incident),
                               &core->turn, &incident));
    if (core->is_resuming) {
        look_again(core); /* not thousands in one turn, and not before nodes have spoken */
        return STATUS_SUCCESS;
    }
    return incident.state == INCIDENT_CLOSED ? STATUS_SUCCESS : respond_incident(core, &incident);
}

/* Of the first step that failed: for people who look at the plan alone. */
static struct slice why_failed(struct core *core, const struct step_record *steps, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].state == CONTROL_FAILED) {
            return arena_printf(&core->turn, "%s on %s: %.*s",
                                action_kind_name(steps[i].action.kind), steps[i].action.node,
                                SLICE_ARG(steps[i].detail));
        }
    }
    return (struct slice){ 0 };
}

static struct status enter_state(struct core *core, struct plan_record *plan, enum plan_state state,
                                 const struct step_record *steps, size_t count)
{
    if (plan->state == state) {
        return STATUS_SUCCESS;
    }
    plan->state = state;
    if (state == PLAN_RUNNING && plan->started_us == 0) {
        plan->started_us = core->turn_us;
    } else if (state == PLAN_DONE || state == PLAN_FAILED) {
        plan->finished_us = core->turn_us;
    } else if (state == PLAN_UNDONE) {
        plan->undone_us = core->turn_us;
    }
    plan->reason = state == PLAN_FAILED ? why_failed(core, steps, count) : plan->reason;
    TRY(knowledge_put_plan(core->knowledge, plan));
    TRY(knowledge_record(core->knowledge, "plan.state", text_of(&plan->id),
                         slice_from(plan_state_name(state))));
    log_info("execute", "plan", LOG_CSTR("plan", plan->id.text),
             LOG_CSTR("state", plan_state_name(state)));
    if (state == PLAN_DONE) {
        TRY(contain_incident(core, plan, steps, count));
        FAULT_POINT("redand.after_contained");
        return progress_control_ended(core,
                                      &plan->id); /* when the answer came after the lease's end */
    }
    if (state == PLAN_UNDONE) {
        return close_incident(core, &plan->incident, SLICE("the response was undone"));
    }
    return state == PLAN_FAILED ? try_another_way(core, plan) : STATUS_SUCCESS;
}

#define UNDO_FAILED "undo: "

/* An undo that did not work leaves the control in force: people must look. An order that was
 * withdrawn is taken back as well, but of such a plan nothing else is to be undone. */
static struct status undo_failed(struct core *core, struct plan_record *plan, struct slice why)
{
    struct slice reason = arena_printf(&core->turn, UNDO_FAILED "%.*s", SLICE_ARG(why));

    log_error("execute", "undo-failed", LOG_CSTR("plan", plan->id.text), LOG_TEXT("why", why));
    if (plan->state == PLAN_UNDOING) {
        plan->state = PLAN_FAILED;
        plan->finished_us = core->turn_us;
        plan->reason = reason;
        TRY(knowledge_put_plan(core->knowledge, plan));
    }
    return knowledge_record(core->knowledge, "plan.undo-failed", text_of(&plan->id), reason);
}

static struct status look_at(struct core *core, const struct plan_record *plan,
                             struct step_record **out_steps, size_t *out_count,
                             struct execute_next *out)
{
    bool in_flight[PLAN_STEPS_MAX] = { false };
    struct step_record *steps = NULL;
    size_t count = 0;

    TRY(knowledge_get_steps(knowledge_reading(core->knowledge), &plan->id, &core->turn, &steps,
                            &count));
    if (count > PLAN_STEPS_MAX) {
        return status_error(STATUS_CORRUPT, "plan %s has %zu steps", plan->id.text, count);
    }
    for (size_t i = 0; i < count; i++) {
        in_flight[i] = is_in_flight(core, &steps[i]);
    }
    execute_next(plan->state, steps, count, in_flight, out);
    for (size_t i = 0; i < count; i++) {
        if (out->unsent_undone[i]) {
            steps[i].state = CONTROL_UNDONE;
            TRY(knowledge_put_step(core->knowledge, &steps[i]));
        }
    }
    *out_steps = steps;
    *out_count = count;
    return STATUS_SUCCESS;
}

struct status progress_plan(struct core *core, struct plan_record *plan)
{
    struct step_record *steps = NULL;
    size_t count = 0;
    struct execute_next next = { .order_count = 0 };
    bool ordered = true;

    TRY(look_at(core, plan, &steps, &count, &next));
    FAULT_POINT("redand.before_order");
    for (size_t i = 0; i < next.order_count; i++) {
        const struct execute_order *order = &next.orders[i];
        bool is_sent = false;
        TRY(dispatch_order(core, &steps[order->step], order->verb, &is_sent));
        if (!is_sent && order->verb == COMMAND_UNDO) {
            return undo_failed(core, plan, steps[order->step].detail);
        }
        ordered = ordered && is_sent;
    }
    if (!ordered) { /* no answer will come for what was not ordered: what follows from that? */
        struct plan_record after = *plan;
        after.state = next.state;
        TRY(look_at(core, &after, &steps, &count, &next));
    }
    return enter_state(core, plan, next.state, steps, count);
}

/* --- results
 * ---------------------------------------------------------------------------------------------------
 */

static struct status finish_command(struct core *core, struct command_record *command,
                                    const struct command_result *result, struct slice received,
                                    const char *kind)
{
    command->state = state_after(result->outcome);
    command->result = received;
    command->detail = slice_from(result->detail);
    TRY(knowledge_put_command(core->knowledge, command));
    return knowledge_record(core->knowledge, kind, text_of(&command->id), received);
}

static struct status take_result(struct core *core, const struct command_record *command,
                                 const struct command_result *result, struct step_record *step)
{
    TRY(knowledge_find_step(knowledge_reading(core->knowledge), &command->action, &core->turn,
                            step));
    execute_result(step, result, core->turn_us);
    step->detail = slice_from(result->detail);
    TRY(knowledge_put_step(core->knowledge, step));
    log_info("execute", "result", LOG_CSTR("action", action_kind_name(step->action.kind)),
             LOG_CSTR("node", step->action.node),
             LOG_CSTR("outcome", command_outcome_name(result->outcome)),
             LOG_CSTR("state", control_state_name(step->state)),
             LOG_CSTR("detail", result->detail));
    return STATUS_SUCCESS;
}

/* A plan that failed only because nobody answered in time is done when all of it is in force; what
 * was not ordered is not ordered any more, for another plan may have taken its place. */
static struct status follow_late_do(struct core *core, struct plan_record *plan)
{
    struct plan_record running = *plan;
    struct step_record *steps = NULL;
    size_t count = 0;
    struct execute_next next = { .order_count = 0 };

    running.state = PLAN_RUNNING;
    TRY(look_at(core, &running, &steps, &count, &next));
    if (next.order_count > 0 || next.state != PLAN_DONE) {
        return STATUS_SUCCESS;
    }
    TRY(enter_state(core, plan, PLAN_DONE, steps, count));
    return try_another_way(core, plan); /* if there still is something to do */
}

/* The node answers after the command was given up: what is in force there is in force, whatever was
 * believed meanwhile. */
static struct status take_late_result(struct core *core, struct command_record *command,
                                      const struct command_result *result, struct slice received)
{
    struct step_record step;
    struct plan_record plan;

    if (command->state != COMMAND_STATE_EXPIRED || command->result.len > 0) {
        return STATUS_SUCCESS; /* a repeat */
    }
    core->counters.results++;
    TRY(finish_command(core, command, result, received, "command.late-result"));
    if (result->outcome != COMMAND_DONE) {
        return STATUS_SUCCESS; /* as was believed */
    }
    TRY(take_result(core, command, result, &step));
    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), text_of(&step.plan), &core->turn,
                           &plan));
    if (plan.state != PLAN_FAILED) {
        return STATUS_SUCCESS;
    }
    if (result->verb == COMMAND_DO) {
        return follow_late_do(core, &plan);
    }
    if (!slice_starts(plan.reason, SLICE(UNDO_FAILED))) {
        return STATUS_SUCCESS; /* one order of it was withdrawn: the rest stays */
    }
    plan.state = PLAN_UNDOING; /* its undo goes on where it stopped */
    TRY(knowledge_put_plan(core->knowledge, &plan));
    return progress_plan(core, &plan);
}

struct status progress_result(struct core *core, const struct service_result *result,
                              struct slice received)
{
    struct command_record command;
    struct step_record step;
    struct plan_record plan;
    struct knowledge_reader *reader = knowledge_reading(core->knowledge);

    struct status found =
        knowledge_get_command(reader, text_of(&result->result.id), &core->turn, &command);
    if (found.code == STATUS_NOT_FOUND || !slice_eq(command.node, result->node)) {
        return STATUS_SUCCESS; /* of a restored backup, or not its command */
    }
    TRY(found);
    if (command.verb != result->result.verb) {
        log_warn("execute", "not-its-order", LOG_CSTR("command", command.id.text),
                 LOG_TEXT("node", result->node));
        return STATUS_SUCCESS; /* what it says it did, nobody asked for */
    }
    if (command.verb == COMMAND_CHECK) {
        return overdue_result(core, &command, &result->result, received);
    }
    if (command_state_is_final(command.state)) {
        return take_late_result(core, &command, &result->result, received);
    }
    core->counters.results++;
    TRY(finish_command(core, &command, &result->result, received, "command.result"));
    TRY(take_result(core, &command, &result->result, &step));
    TRY(knowledge_get_plan(reader, text_of(&step.plan), &core->turn, &plan));
    if (result->result.verb == COMMAND_UNDO && result->result.outcome != COMMAND_DONE) {
        return undo_failed(core, &plan, slice_from(result->result.detail));
    }
    return progress_plan(core, &plan);
}

/* --- what nodes report of their controls
 * -------------------------------------------------------------------------- */

struct status progress_control_changed(struct core *core, const struct event *event)
{
    struct step_record step;
    struct ulid action;
    enum control_state state = CONTROL_PENDING;
    struct status parsed = ulid_parse(event_value(event, "action"), &action);

    if (!status_ok(&parsed) || !control_state_parse(event_value(event, "state"), &state)) {
        return STATUS_SUCCESS; /* journaled as received; nothing of ours */
    }
    struct status found =
        knowledge_find_step(knowledge_reading(core->knowledge), &action, &core->turn, &step);
    if (found.code == STATUS_NOT_FOUND || !slice_is(event->node, step.action.node)) {
        return STATUS_SUCCESS; /* no such control, or not that node's to speak of */
    }
    TRY(found);
    bool is_past = event->time_us > 0 && event->time_us <= core->turn_us;
    if (!execute_changed(&step, state, is_past ? event->time_us : core->turn_us)) {
        return STATUS_SUCCESS; /* journaled as received; late, or not for a node to say */
    }
    step.detail = event_value(event, "reason");
    TRY(knowledge_put_step(core->knowledge, &step));
    TRY(knowledge_record(core->knowledge, "control.changed", text_of(&action),
                         slice_from(control_state_name(state))));
    log_info("execute", "control", LOG_CSTR("action", action_kind_name(step.action.kind)),
             LOG_CSTR("state", control_state_name(state)), LOG_TEXT("reason", step.detail));
    return state == CONTROL_EXPIRED ? progress_control_ended(core, &step.plan) : STATUS_SUCCESS;
}

/* --- restart and undo
 * ------------------------------------------------------------------------------------------------
 */

struct plan_list {
    struct ulid ids[KNOWLEDGE_PAGE_MAX];
    size_t count;
};

static struct status keep_plan(void *arg, const struct plan_record *row)
{
    struct plan_list *list = arg;

    list->ids[list->count++] = row->id;
    return STATUS_SUCCESS;
}

typedef struct status(plan_fn)(struct core *core, struct plan_record *plan);

static struct status with_plan(struct core *core, const struct ulid *id, plan_fn *work)
{
    struct plan_record *plan = ARENA_NEW(&core->turn, struct plan_record, 1);

    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), text_of(id), &core->turn, plan));
    return work(core, plan);
}

static struct status for_each_unfinished(struct core *core, plan_fn *work)
{
    struct plan_list *list = ARENA_NEW(&core->turn, struct plan_list, 1);
    struct plan_query query = { .page = { .limit = KNOWLEDGE_PAGE_MAX }, .unfinished = true };
    bool more = true;

    while (more) {
        list->count = 0;
        TRY(knowledge_list_plans(knowledge_reading(core->knowledge), &query, keep_plan, list,
                                 &more));
        for (size_t i = 0; i < list->count; i++) {
            struct status worked = with_plan(core, &list->ids[i], work);
            if (!status_ok(&worked)) {
                TRY(stuck_plan(core, &list->ids[i], &worked));
            }
        }
        query.page.after = list->count > 0
                               ? arena_copy(&core->turn, text_of(&list->ids[list->count - 1]))
                               : query.page.after;
    }
    return STATUS_SUCCESS;
}

/* A plan that nobody may approve any more; another look makes one for today's world. */
static struct status refuse_outdated(struct core *core, struct plan_record *plan)
{
    plan->state = PLAN_REFUSED;
    plan->reason = SLICE("the SLAs have changed since it was made");
    TRY(knowledge_put_plan(core->knowledge, plan));
    return knowledge_record(core->knowledge, "plan.refused", text_of(&plan->id), plan->reason);
}

/* What is under way is stopped and taken back, what was not ordered never will be; what is in force
 * stays until its lease ends. */
static struct status withdraw(struct core *core, struct plan_record *plan, struct slice why)
{
    struct step_record *steps = NULL;
    size_t count = 0;
    struct slice detail = arena_printf(&core->turn, "not legal any more: %.*s", SLICE_ARG(why));

    log_warn("execute", "withdrawn", LOG_CSTR("plan", plan->id.text), LOG_TEXT("why", why));
    TRY(knowledge_record(core->knowledge, "plan.withdrawn", text_of(&plan->id), why));
    TRY(knowledge_get_steps(knowledge_reading(core->knowledge), &plan->id, &core->turn, &steps,
                            &count));
    for (size_t i = 0; i < count; i++) {
        if (steps[i].state != CONTROL_PENDING && steps[i].state != CONTROL_ACKED) {
            continue;
        }
        bool was_ordered = steps[i].sent_us != 0;
        steps[i].state = CONTROL_FAILED;
        steps[i].detail = detail;
        TRY(knowledge_put_step(core->knowledge, &steps[i]));
        if (was_ordered) {
            TRY(dispatch_withdraw(core, &steps[i]));
        }
    }
    return progress_plan(core, plan);
}

/* Made for the world as it is: the quick yes. */
static struct status judge_anew(struct core *core, struct plan_record *plan)
{
    bool is_legal = true;
    struct slice why = { 0 };

    if (strcmp(plan->base_digest, world_policies(core->world)->digest) == 0) {
        return STATUS_SUCCESS;
    }
    if (plan->state == PLAN_AWAITING_APPROVAL) {
        return refuse_outdated(core, plan);
    }
    if (plan->state != PLAN_APPROVED && plan->state != PLAN_RUNNING) {
        return STATUS_SUCCESS; /* an undo is always legal */
    }
    struct status judged = respond_recheck(core, plan, &is_legal, &why);
    if (!status_ok(&judged)) { /* nobody knows: then it is not */
        is_legal = false;
        why = arena_copy(&core->turn, slice_from(judged.msg));
    }
    return is_legal ? STATUS_SUCCESS : withdraw(core, plan, why);
}

struct status progress_world_changed(struct core *core)
{
    look_again(core); /* at what had no answer in the old world */
    return for_each_unfinished(core, judge_anew);
}

static struct status resume_plan(struct core *core, struct plan_record *plan)
{
    log_info("execute", "resumed", LOG_CSTR("plan", plan->id.text),
             LOG_CSTR("state", plan_state_name(plan->state)));
    return progress_plan(core, plan);
}

struct status progress_resume(struct core *core)
{
    return for_each_unfinished(core, resume_plan);
}

struct status progress_undo(struct core *core, struct slice id, struct slice by)
{
    struct plan_record plan;

    TRY(knowledge_get_plan(knowledge_reading(core->knowledge), id, &core->turn, &plan));
    if (plan.state != PLAN_DONE && plan.state != PLAN_FAILED && plan.state != PLAN_RUNNING &&
        plan.state != PLAN_UNDOING) {
        return status_error(STATUS_CONFLICT, "plan %s is %s: there is nothing to undo",
                            plan.id.text, plan_state_name(plan.state));
    }
    plan.state = PLAN_UNDOING;
    plan.reason = arena_printf(&core->turn, "undo asked for by %.*s", SLICE_ARG(by));
    TRY(knowledge_put_plan(core->knowledge, &plan));
    TRY(knowledge_record(core->knowledge, "plan.undo", id, by));
    return progress_plan(core, &plan);
}
