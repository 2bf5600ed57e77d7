/* Analyse and plan: a detection becomes an alert, an incident, a plan, and the plan starts. */
#include <string.h>

#include "base/fault.h"
#include "base/json.h"
#include "base/log.h"
#include "orchestrator/analyse.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/alerts.h"

static struct slice text_of(const struct ulid *id)
{
    return slice_from(id->text);
}

/* --- the decision
 * -------------------------------------------------------------------------------------- */

static bool costs_service(const struct propose_output *made)
{
    for (size_t i = 0; i < made->step_count; i++) {
        if (propose_costs_service(made->steps[i].action.kind)) {
            return true;
        }
    }
    return false;
}

/* A plan that takes service away is made again in sight of what earlier ones have taken. */
static struct status plan_within_budget(struct core *core, struct arena *arena,
                                        struct propose_input *input, struct propose_output *made)
{
    TRY(propose(arena, input, made));
    if (!costs_service(made)) {
        return STATUS_SUCCESS;
    }
    TRY(facts_past(knowledge_reading(core->knowledge), arena, input->world, input->now_us,
                   &input->past));
    return propose(arena, input, made);
}

static struct status store_plan(struct core *core, struct propose_output *made)
{
    static const char *const kinds[] = { [PROPOSE_NOTHING] = "plan.none",
                                         [PROPOSE_REFUSED] = "plan.refused",
                                         [PROPOSE_PLAN] = "plan.made" };

    TRY(knowledge_put_plan(core->knowledge, &made->record));
    TRY(knowledge_record(core->knowledge, kinds[made->outcome], text_of(&made->record.id),
                         made->record.json));
    for (size_t i = 0; i < made->step_count; i++) {
        TRY(knowledge_put_step(core->knowledge, &made->steps[i]));
    }
    return STATUS_SUCCESS;
}

/* Kept with the incident, where people look first. */
static struct status put_reason(struct core *core, const struct incident_record *incident,
                                struct slice reason)
{
    struct incident_record changed = *incident;

    if (slice_eq(incident->reason, reason)) {
        return STATUS_SUCCESS;
    }
    changed.reason = reason;
    return knowledge_put_incident(core->knowledge, &changed);
}

/* The same again says nothing new. */
static struct status no_plan(struct core *core, const struct incident_record *incident,
                             const struct status *why)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct json_writer writer = { .out = &json };

    if (slice_is(incident->reason, why->msg)) {
        return STATUS_SUCCESS;
    }
    TRY(put_reason(core, incident, slice_from(why->msg)));
    json_open_object(&writer);
    json_add_cstr(&writer, "why", why->msg);
    json_close_object(&writer);
    log_warn("plan", "no-plan", LOG_CSTR("incident", incident->id.text), LOG_CSTR("why", why->msg));
    return knowledge_record(core->knowledge, "plan.impossible", text_of(&incident->id),
                            buf_slice(&json));
}

static struct status keep_refused(void *arg, const struct plan_record *row)
{
    struct plan_record *known = arg;

    known->id = row->id;
    known->state = row->state;
    memcpy(known->digest, row->digest, sizeof(known->digest));
    return STATUS_SUCCESS;
}

/* The newest plan, when it is this one and was refused as well; else id "". */
static struct status known_refusal(struct core *core, const struct plan_record *refused,
                                   struct arena *arena, struct plan_record *out)
{
    const struct plan_query query = { .page = { .limit = 1 },
                                      .incident = text_of(&refused->incident) };
    struct plan_record newest = { .state = PLAN_PROPOSED };

    *out = (struct plan_record){ .state = PLAN_PROPOSED };
    TRY(knowledge_list_plans(knowledge_reading(core->knowledge), &query, keep_refused, &newest,
                             NULL));
    if (newest.state != PLAN_REFUSED || strcmp(newest.digest, refused->digest) != 0) {
        return STATUS_SUCCESS;
    }
    return knowledge_get_plan(knowledge_reading(core->knowledge), text_of(&newest.id), arena, out);
}

/* The same refusal again says nothing new, and every further alert of an attack would add one; with
 * another reason it is still the same plan. */
static struct status take_refusal(struct core *core, struct arena *arena,
                                  struct propose_input *input, struct propose_output *made)
{
    struct plan_record known;

    TRY(known_refusal(core, &made->record, arena, &known));
    if (slice_eq(known.reason, made->record.reason)) {
        return STATUS_SUCCESS;
    }
    if (known.id.text[0] != '\0') {
        input->plan_id = known.id;
        TRY(propose(arena, input, made)); /* its text names the plan */
    }
    core->counters.refused_plans++;
    log_warn("plan", "refused", LOG_CSTR("plan", made->record.id.text),
             LOG_TEXT("why", made->record.reason));
    TRY(store_plan(core, made));
    return put_reason(core, input->incident, (struct slice){ 0 });
}

/* Nothing to do: either nobody asks for anything, or what is asked for is in force already. */
static struct status take_nothing(struct core *core, const struct propose_input *input, bool holds)
{
    struct incident_record held = *input->incident;
    int64_t since_us = 0;
    bool is_answered = true;

    TRY(progress_is_answered(core, &held.id, &is_answered));
    for (size_t i = 0; i < input->control_count; i++) {
        int64_t enforced_us = input->controls[i].enforced_us;
        since_us = enforced_us > since_us ? enforced_us : since_us;
    }
    return holds && !is_answered && held.state == INCIDENT_OPEN
               ? progress_contain(core, &held, since_us)
               : STATUS_SUCCESS;
}

struct status respond_incident(struct core *core, const struct incident_record *incident)
{
    /* Megabytes, and one turn may look at hundreds of incidents. */
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct propose_input input;
    struct propose_output made;

    core->counters.looks++;
    core->last_look_us = core->turn_us;
    struct status planned = facts_gather(core, &arena, incident, &input);
    if (status_ok(&planned)) {
        planned = plan_within_budget(core, &arena, &input, &made);
    }
    if (!status_ok(&planned)) {
        return no_plan(core, incident, &planned);
    }
    if (made.outcome == PROPOSE_NOTHING) {
        return take_nothing(core, &input, made.holds);
    }
    FAULT_POINT("redand.after_plan");
    if (made.outcome == PROPOSE_REFUSED) {
        return take_refusal(core, &arena, &input, &made);
    }
    TRY(store_plan(core, &made));
    core->counters.plans++;
    struct incident_record planned_incident = *incident;
    if (incident->state == INCIDENT_CONTAINED) {
        analyse_reopen(&planned_incident, input.detected_us, core->turn_us);
    }
    planned_incident.planned_us = clock_wall_us(core->clock);
    planned_incident.reason = (struct slice){ 0 };
    TRY(knowledge_put_incident(core->knowledge, &planned_incident));
    log_info("plan", "made", LOG_CSTR("plan", made.record.id.text),
             LOG_CSTR("state", plan_state_name(made.record.state)),
             LOG_NUMBER("steps", made.step_count));
    return progress_plan(core, &made.record);
}

struct status respond_recheck(struct core *core, const struct plan_record *plan, bool *out_legal,
                              struct slice *out_why)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct incident_record incident;
    struct propose_input input;
    struct step_record *steps = NULL;
    size_t count = 0;
    struct slice why = { 0 };

    TRY(knowledge_get_incident(knowledge_reading(core->knowledge), text_of(&plan->incident), &arena,
                               &incident));
    TRY(knowledge_get_steps(knowledge_reading(core->knowledge), &plan->id, &arena, &steps, &count));
    TRY(facts_gather(core, &arena, &incident, &input));
    TRY(facts_past(knowledge_reading(core->knowledge), &arena, input.world, input.now_us,
                   &input.past));
    TRY(propose_recheck(&arena, &input, plan, steps, count, &why));
    *out_legal = why.len == 0;
    *out_why = arena_copy(&core->turn, why);
    return STATUS_SUCCESS;
}

/* --- alerts and incidents
 * -------------------------------------------------------------------------------- */

/* Finds the open incident of this alert or opens one; *out_look says whether managers must look: it
 * is new or graver, or the attack goes on and nothing is under way against it. */
static struct status take_into_incident(struct core *core, const struct alert_record *alert,
                                        struct incident_record *out, bool *out_look)
{
    struct slice key = analyse_incident_key(&core->turn, alert);
    struct status found =
        knowledge_find_incident(knowledge_reading(core->knowledge), key, &core->turn, out);

    if (found.code == STATUS_NOT_FOUND) {
        struct ulid id = core_new_id(core);
        *out = analyse_open(&core->turn, alert, &id, world_policies(core->world), core->turn_us);
        *out_look = true;
        core->counters.incidents++;
        TRY(knowledge_put_incident(core->knowledge, out));
        return knowledge_record(core->knowledge, "incident.opened", text_of(&out->id), key);
    }
    TRY(found);
    bool is_graver = analyse_join(out, alert);
    bool is_answered = false;
    TRY(progress_is_answered(core, &out->id, &is_answered));
    *out_look = is_graver || !is_answered;
    if (is_graver) {
        out->mttr_limit_ms =
            analyse_mttr_limit_ms(world_policies(core->world), alert->node, alert->severity);
        TRY(knowledge_record(core->knowledge, "incident.raised", text_of(&out->id), alert->rule));
    }
    return knowledge_put_incident(core->knowledge, out);
}

struct status respond_detection(struct core *core, const struct event *event)
{
    struct alert_record alert;
    struct incident_record incident;
    struct ulid id = core_new_id(core);
    bool is_new = false;
    bool look = false;

    struct status read = analyse_alert(&core->turn, event, &id, core->turn_us, &alert);
    if (!status_ok(&read)) {
        log_status(LOG_LEVEL_WARN, "analyse", "bad-detection", &read);
        return STATUS_SUCCESS; /* it is in the journal; it must not stop the stream */
    }
    TRY(knowledge_put_alert(core->knowledge, &alert, &id, &is_new));
    if (!is_new) {
        return STATUS_SUCCESS;
    }
    core->counters.alerts++;
    TRY(knowledge_record(core->knowledge, "alert.raised", text_of(&id), alert.json));
    TRY(take_into_incident(core, &alert, &incident, &look));
    TRY(knowledge_link_alert(core->knowledge, &id, &incident.id));
    log_info("analyse", "alert", LOG_TEXT("rule", alert.rule), LOG_TEXT("source", alert.source),
             LOG_CSTR("incident", incident.id.text),
             LOG_CSTR("severity", severity_name(alert.severity)));
    FAULT_POINT("redand.after_analyse");
    return look ? respond_incident(core, &incident) : STATUS_SUCCESS;
}

/* --- objectives that ran late
 * ------------------------------------------------------------------------------ */

enum { LATE_CHECKED_A_SWEEP = 256 };

struct late_page {
    struct core *core;
    struct ulid last;
};

static struct status check_late(void *arg, const struct incident_record *row)
{
    struct late_page *page = arg;
    struct core *core = page->core;
    struct incident_record incident = *row;

    page->last = row->id;
    if (incident.mttr != OBJECTIVE_UNKNOWN || incident.state != INCIDENT_OPEN ||
        analyse_mttr(&incident, core->turn_us) != OBJECTIVE_BREACHED) {
        return STATUS_SUCCESS;
    }
    incident.mttr = OBJECTIVE_BREACHED;
    log_warn("analyse", "objective-breached", LOG_CSTR("incident", incident.id.text),
             LOG_NUMBER("limit_ms", incident.mttr_limit_ms));
    TRY(knowledge_record(core->knowledge, "objective.breached", text_of(&incident.id),
                         SLICE("respond.mttr")));
    return knowledge_put_incident(core->knowledge, &incident);
}

/* A page of them a sweep, then the next: thousands that nobody closes keep no turn long. */
struct status respond_sweep(struct core *core)
{
    struct late_page page = { .core = core };
    const struct incident_query query = {
        .page = { .after = slice_from(core->late_after.text), .limit = LATE_CHECKED_A_SWEEP },
        .not_closed = true,
    };
    bool more = false;

    TRY(knowledge_list_incidents(knowledge_reading(core->knowledge), &query, check_late, &page,
                                 &more));
    core->late_after = more ? page.last : (struct ulid){ .text = "" };
    return STATUS_SUCCESS;
}
