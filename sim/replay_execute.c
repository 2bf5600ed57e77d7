/* Plans on fake planes: the daemon's own stages, driven by virtual time. */
#include <assert.h>
#include <string.h>

#include "orchestrator/analyse.h"
#include "orchestrator/propose.h"
#include "planner/contract.h"
#include "sim/replay_priv.h"

/* --- planes
 * --------------------------------------------------------------------------------------- */

struct status replay_planes_open(struct replay *replay)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        const struct fake_world_spec spec = { .kind = (enum plane_kind)i,
                                              .clock = &replay->clock,
                                              .keeps_leases = false };
        replay->worlds[i] = fake_world_new(&spec);
        TRY(fake_plane_open(replay->worlds[i], &replay->planes[i]));
    }
    return STATUS_SUCCESS;
}

void replay_planes_close(struct replay *replay)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        plane_close(&replay->planes[i]);
        fake_world_free(replay->worlds[i]);
    }
}

struct late_result {
    bool done;
    struct status outcome;
    struct plane_reading reading;
};

static void on_done(void *arg, struct status outcome)
{
    struct late_result *result = arg;

    result->done = true;
    result->outcome = outcome;
}

static void on_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    struct late_result *result = arg;

    result->done = true;
    result->outcome = outcome;
    if (status_ok(&outcome)) {
        result->reading = *reading;
    }
}

static struct status finish(struct plane *plane, const struct late_result *result)
{
    enum { TURNS_MAX = 1000 };

    for (int i = 0; i < TURNS_MAX && !result->done; i++) {
        TRY(plane_dispatch(plane));
    }
    return result->done ? result->outcome : status_error(STATUS_TIMEOUT, "the plane never answers");
}

/* Does it or undoes it, then reads back, as an SMA would. */
static struct status act(struct plane *plane, const struct action *action, enum command_verb verb,
                         enum plane_presence wanted)
{
    struct late_result done = { 0 };
    struct late_result read = { 0 };

    if (verb == COMMAND_UNDO) {
        TRY(plane_undo(plane, action, on_done, &done));
    } else {
        TRY(plane_apply(plane, action, on_done, &done));
    }
    TRY(finish(plane, &done));
    TRY(plane_read_back(plane, action, on_read, &read));
    TRY(finish(plane, &read));
    return read.reading.presence == wanted ? STATUS_SUCCESS
                                           : status_error(STATUS_CONFLICT, "%s is not as wanted",
                                                          action_kind_name(action->kind));
}

static struct plane *plane_for(struct replay *replay, const struct action *action)
{
    return replay->planes[action_type(action->kind)->plane];
}

bool replay_is_cut(struct replay *replay, struct slice source)
{
    struct action deny = { .kind = ACTION_NETWORK_DENY };
    struct action isolate = { .kind = ACTION_NETWORK_ISOLATE };

    slice_to_cstr(replay->options->node, deny.node, sizeof(deny.node));
    slice_to_cstr(replay->options->node, isolate.node, sizeof(isolate.node));
    struct status parsed = address_parse(source, &deny.source);
    return status_ok(&parsed) && (fake_world_holds(replay->worlds[PLANE_NETWORK], &deny) ||
                                  fake_world_holds(replay->worlds[PLANE_NETWORK], &isolate));
}

/* --- running a plan
 * ----------------------------------------------------------------------------------- */

static void sample(struct replay *replay, const struct incident_record *record)
{
    if (replay->summary.samples < REPLAY_SAMPLES_MAX) {
        size_t at = replay->summary.samples++;
        replay->detect_us[at] = record->detected_us - record->first_us;
        replay->respond_us[at] = record->enforced_us - record->detected_us;
    }
}

static void finish_plan(struct replay *replay, struct replay_plan *plan)
{
    struct incident_record *incident = &replay->incidents[plan->incident].record;

    if (plan->record.state != PLAN_DONE) {
        return;
    }
    incident->enforced_us = execute_enforced_us(plan->steps, plan->count);
    incident->state = INCIDENT_CONTAINED;
    sample(replay, incident);
    replay_emit(replay, REPLAY_CONTAINED, &incident->id, incident->rule, incident->source,
                incident->severity, slice_from(plan->record.id.text));
}

static void drive(struct replay *replay, struct replay_plan *plan)
{
    bool in_flight[PLAN_STEPS_MAX] = { false };
    struct execute_next next;

    for (size_t i = 0; i < plan->count; i++) {
        in_flight[i] = plan->clockwork[i].in_flight;
    }
    execute_next(plan->record.state, plan->steps, plan->count, in_flight, &next);
    for (size_t i = 0; i < next.order_count; i++) {
        size_t step = next.orders[i].step;
        int64_t settle_ms = contract_of(plan->steps[step].action.kind)->settle_ms;
        plan->clockwork[step] =
            (struct replay_step){ .due_us = replay->time.wall_us + settle_ms * 1000,
                                  .in_flight = true };
        plan->steps[step].sent_us = replay->time.wall_us;
    }
    bool changed = plan->record.state != next.state;
    plan->record.state = next.state;
    if (changed) {
        finish_plan(replay, plan);
    }
}

static void end_step(struct replay *replay, struct replay_plan *plan, size_t at)
{
    struct step_record *step = &plan->steps[at];
    struct status acted =
        act(plane_for(replay, &step->action), &step->action, COMMAND_DO, PLANE_PRESENT);
    const struct command_result result = {
        .verb = COMMAND_DO,
        .outcome = status_ok(&acted) ? COMMAND_DONE : COMMAND_FAILED,
        .state = status_ok(&acted) ? CONTROL_ENFORCED : CONTROL_FAILED,
        .verified_by = VERIFIED_SELF,
        .applied_us = replay->time.wall_us,
        .read_back_us = replay->time.wall_us,
        .lease_left_ms = step->action.lease.duration_ms,
    };

    execute_result(step, &result, replay->time.wall_us);
    plan->clockwork[at] = (struct replay_step){ 0 };
    if (step->state == CONTROL_ENFORCED) {
        plan->clockwork[at].due_us = replay->time.wall_us + step->action.lease.duration_ms * 1000;
        replay->summary.enforced++;
        replay_emit(replay, REPLAY_ENFORCED, &replay->incidents[plan->incident].record.id,
                    slice_from(action_kind_name(step->action.kind)),
                    replay->incidents[plan->incident].record.source, SEVERITY_INFO,
                    slice_from(step->action.resource));
    }
    drive(replay, plan);
}

static bool is_over(const struct replay_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->clockwork[i].due_us != 0) {
            return false;
        }
    }
    return true;
}

static void end_lease(struct replay *replay, struct replay_plan *plan, size_t at)
{
    struct step_record *step = &plan->steps[at];
    struct replay_incident *incident = &replay->incidents[plan->incident];
    struct status undone =
        act(plane_for(replay, &step->action), &step->action, COMMAND_UNDO, PLANE_ABSENT);

    plan->clockwork[at] = (struct replay_step){ 0 };
    step->state = status_ok(&undone) ? CONTROL_EXPIRED : CONTROL_DRIFTED;
    step->undone_us = replay->time.wall_us;
    replay->summary.expired++;
    replay_emit(replay, REPLAY_EXPIRED, &incident->record.id,
                slice_from(action_kind_name(step->action.kind)), incident->record.source,
                SEVERITY_INFO, slice_from(step->action.resource));
    plan->is_over = is_over(plan);
    if (plan->is_over) {
        incident->record.state = INCIDENT_CLOSED;
        incident->record.closed_us = replay->time.wall_us;
    }
}

/* --- time
 * --------------------------------------------------------------------------------------------- */

struct due {
    struct replay_plan *plan;
    size_t step;
    int64_t at_us;
};

/* The earliest thing due; plans and steps in their order break ties. */
static struct due next_due(struct replay *replay)
{
    struct due next = { .at_us = INT64_MAX };

    while (replay->first_live_plan < replay->plan_count &&
           replay->plans[replay->first_live_plan].is_over) {
        replay->first_live_plan++;
    }
    for (size_t i = replay->first_live_plan; i < replay->plan_count; i++) {
        struct replay_plan *plan = &replay->plans[i];
        for (size_t j = 0; !plan->is_over && j < plan->count; j++) {
            int64_t due_us = plan->clockwork[j].due_us;
            if (due_us != 0 && due_us < next.at_us) {
                next = (struct due){ plan, j, due_us };
            }
        }
    }
    return next;
}

static void set_time(struct replay *replay, int64_t time_us)
{
    if (replay->time.wall_us == 0) {
        replay->time.wall_us = time_us; /* the log's first line starts the clock */
    } else if (time_us > replay->time.wall_us) {
        clock_virtual_advance(&replay->time, time_us - replay->time.wall_us);
    }
}

struct status replay_advance(struct replay *replay, int64_t time_us)
{
    struct due due = next_due(replay);

    while (due.plan != NULL && due.at_us <= time_us) {
        set_time(replay, due.at_us);
        if (due.plan->clockwork[due.step].in_flight) {
            end_step(replay, due.plan, due.step);
        } else {
            end_lease(replay, due.plan, due.step);
        }
        due = next_due(replay);
    }
    set_time(replay, time_us);
    return STATUS_SUCCESS;
}

/* --- planning
 * ------------------------------------------------------------------------------------------- */

/* Every node of the world can do what its planes' adapters can do. */
static struct planner_capability *capabilities(struct replay *replay, size_t *out_count)
{
    const struct policy_set *world = replay->options->world;
    struct planner_capability *all = ARENA_NEW(&replay->work, struct planner_capability,
                                               world->resource_count * ACTION_KINDS + 1);
    size_t count = 0;

    for (size_t i = 0; i < world->resource_count; i++) {
        bool reached = world->resources[i].node.len > 0;
        for (size_t kind = 0; reached && kind < ACTION_KINDS; kind++) {
            if (action_type((enum action_kind)kind)->plane == world->resources[i].plane) {
                all[count++] = (struct planner_capability){ .node = world->resources[i].node,
                                                            .kind = (enum action_kind)kind,
                                                            .reversible = true };
            }
        }
    }
    *out_count = count;
    return all;
}

static bool is_live(const struct step_record *step)
{
    return step->state == CONTROL_PENDING || step->state == CONTROL_ENFORCED;
}

/* Of that incident's plans. */
static struct step_record *controls(struct replay *replay, size_t incident, size_t *out_count)
{
    size_t most = (replay->plan_count - replay->first_live_plan) * PLAN_STEPS_MAX;
    struct step_record *all = ARENA_NEW(&replay->work, struct step_record, most + 1);
    size_t count = 0;

    for (size_t i = replay->first_live_plan; i < replay->plan_count; i++) {
        for (size_t j = 0; j < replay->plans[i].count; j++) {
            if (replay->plans[i].incident == incident && is_live(&replay->plans[i].steps[j])) {
                all[count++] = replay->plans[i].steps[j];
            }
        }
    }
    *out_count = count;
    return all;
}

static void start_plan(struct replay *replay, size_t incident, const struct propose_output *made)
{
    struct replay_plan *plan = &replay->plans[replay->plan_count++];

    *plan = (struct replay_plan){ .record = made->record,
                                  .count = made->step_count,
                                  .incident = incident };
    plan->record.json = (struct slice){ 0 };
    plan->record.state = PLAN_APPROVED; /* nobody is there to approve: said in the report */
    plan->steps = ARENA_NEW(&replay->keep, struct step_record, made->step_count + 1);
    plan->clockwork = ARENA_NEW(&replay->keep, struct replay_step, made->step_count + 1);
    memcpy(plan->steps, made->steps, made->step_count * sizeof(*plan->steps));
    drive(replay, plan);
}

struct status replay_respond(struct replay *replay, size_t at)
{
    struct replay_incident *incident = &replay->incidents[at];
    struct propose_output made;
    struct ulid step_ids[PLAN_STEPS_MAX];
    struct propose_input input = { .world = replay->options->world,
                                   .incident = &incident->record,
                                   .corroborated = incident->corroborated,
                                   .plan_id = replay_id(replay),
                                   .step_ids = step_ids,
                                   .now_us = replay->time.wall_us };

    if (replay->plan_count == REPLAY_PLANS_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d plans", REPLAY_PLANS_MAX);
    }
    for (size_t i = 0; i < PLAN_STEPS_MAX; i++) {
        step_ids[i] = replay_id(replay); /* cppcheck-suppress unreadVariable ; through `input` */
    }
    input.capabilities = capabilities(replay, &input.capability_count);
    input.controls = controls(replay, at, &input.control_count);
    struct status planned = propose(&replay->work, &input, &made);
    if (!status_ok(&planned) || made.outcome == PROPOSE_REFUSED) {
        struct slice why = status_ok(&planned) ? made.record.reason : slice_from(planned.msg);
        replay->summary.refused++;
        replay_emit(replay, REPLAY_REFUSED, &incident->record.id, incident->record.rule,
                    incident->record.source, incident->record.severity, why);
        return STATUS_SUCCESS;
    }
    if (made.outcome == PROPOSE_PLAN) {
        replay->summary.plans++;
        incident->record.planned_us = replay->time.wall_us;
        replay_emit(replay, REPLAY_PLAN, &incident->record.id, slice_from(made.record.id.text),
                    incident->record.source, incident->record.severity,
                    arena_printf(&replay->work, "%zu steps", made.step_count));
        start_plan(replay, at, &made);
    }
    return STATUS_SUCCESS;
}
