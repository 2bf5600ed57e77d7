/* What planning needs of the knowledge, gathered for one incident. */
#include <string.h>

#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/alerts.h"
#include "orchestrator/knowledge/nodes.h"

enum {
    OWN_STEPS_MAX = 1024,   /* in force, or failed of late: of one incident */
    PAST_STEPS_MAX = 65536, /* that cost service, of all in the longest window of an objective */
    FIRST_STEPS = 16,
    RETRY_AFTER_MS = 10 * 60 * 1000 /* what failed is left out for so long, or until facts change */
};

static struct slice text_of(const struct ulid *id)
{
    return slice_from(id->text);
}

/* --- steps ----------------------------------------------------------------------------------- */

struct step_list {
    struct arena *arena;
    struct step_record *steps; /* NULL: none yet */
    size_t count, room, limit;
};

static void list_init(struct step_list *list, struct arena *arena, size_t limit)
{
    *list = (struct step_list){ .arena = arena, .limit = limit };
}

static void make_room(struct step_list *list)
{
    size_t room = list->room == 0 ? FIRST_STEPS : list->room * 2;
    struct step_record *steps = ARENA_NEW(list->arena, struct step_record, room);

    if (list->count > 0) {
        memcpy(steps, list->steps, list->count * sizeof(*steps));
    }
    list->steps = steps;
    list->room = room;
}

/* More than fit are no reason to go on with a part of them. */
static struct status keep_step(void *arg, const struct step_record *row)
{
    struct step_list *list = arg;

    if (list->count == list->limit) {
        return status_error(STATUS_EXHAUSTED, "more than %zu controls to consider", list->limit);
    }
    if (list->count == list->room) {
        make_room(list);
    }
    list->steps[list->count] = *row;
    list->steps[list->count].detail = arena_copy(list->arena, row->detail);
    list->count++;
    return STATUS_SUCCESS;
}

/* Waits for its turn in a plan that will come to it; of any other plan it will never be. */
static struct status may_come(struct core *core, struct arena *arena,
                              const struct step_record *step, bool *out)
{
    struct plan_record plan;

    *out = true;
    if (step->state == CONTROL_PENDING && step->sent_us == 0) {
        TRY(knowledge_get_plan(knowledge_reading(core->knowledge), text_of(&step->plan), arena,
                               &plan));
        *out = plan.state == PLAN_APPROVED || plan.state == PLAN_RUNNING;
    }
    return STATUS_SUCCESS;
}

static struct status leave_out_what_never_comes(struct core *core, struct step_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->count; i++) {
        bool comes = false;
        TRY(may_come(core, list->arena, &list->steps[i], &comes));
        if (comes) {
            list->steps[kept++] = list->steps[i];
        }
    }
    list->count = kept;
    return STATUS_SUCCESS;
}

/* Of this incident's plans alone. Another incident's control may have the same effect now, but its
 * undo or its lease's end takes that away: what this incident needs it orders itself, and the plane
 * keeps both holds apart. */
static struct status controls_of(struct core *core, const struct incident_record *incident,
                                 struct step_list *list)
{
    struct control_query query = { .page = { .limit = KNOWLEDGE_PAGE_MAX },
                                   .incident = text_of(&incident->id) };
    bool more = true;

    while (more) {
        TRY(knowledge_list_controls(knowledge_reading(core->knowledge), &query, keep_step, list,
                                    &more));
        if (list->count > 0) {
            query.page.after = slice_from(list->steps[list->count - 1].action.id.text);
        }
    }
    return leave_out_what_never_comes(core, list);
}

/* --- what failed ----------------------------------------------------------------------------- */

static bool is_later(const struct ulid *id, const struct ulid *than)
{
    return strcmp(id->text, than->text) > 0;
}

/* A failure counts against the node until the node says that something has changed: it can do other
 * things than when it was asked, or it came back after the time in which it had not answered. An
 * order that only an earlier run has sent says nothing either: it was us who were away. */
static struct status counts_still(struct core *core, struct arena *arena,
                                  const struct step_record *step, bool *out)
{
    struct knowledge_reader *reader = knowledge_reading(core->knowledge);
    struct command_record command;
    struct node_record node;

    *out = true;
    if (step->command.text[0] == '\0') {
        return STATUS_SUCCESS; /* nobody on the node may do it */
    }
    TRY(knowledge_get_command(reader, text_of(&step->command), arena, &command));
    bool no_answer = command.state == COMMAND_STATE_EXPIRED;
    bool we_were_away =
        no_answer && command.fencing_epoch < knowledge_fencing_epoch(core->knowledge);
    struct status found = knowledge_get_node(reader, slice_from(step->action.node), arena, &node);
    if (found.code == STATUS_NOT_FOUND) {
        return STATUS_SUCCESS;
    }
    TRY(found);
    bool came_back = no_answer && ulid_ms(&node.hello) >= command.expires_ms;
    *out = command.verb == COMMAND_DO && !we_were_away && !came_back &&
           !is_later(&node.capable, &step->command);
    return STATUS_SUCCESS;
}

/* What failed before may work by now; a time to come is from before our clock was set back. */
static struct status failed_steps(struct core *core, const struct incident_record *incident,
                                  struct step_list *list)
{
    size_t kept = 0;

    TRY(knowledge_list_failed(knowledge_reading(core->knowledge), text_of(&incident->id),
                              core->turn_us - RETRY_AFTER_MS * INT64_C(1000), core->turn_us,
                              keep_step, list));
    for (size_t i = 0; i < list->count; i++) {
        bool counts = false;
        TRY(counts_still(core, list->arena, &list->steps[i], &counts));
        if (counts) {
            list->steps[kept++] = list->steps[i];
        }
    }
    list->count = kept;
    return STATUS_SUCCESS;
}

/* --- alerts and capabilities ----------------------------------------------------------------- */

struct corroboration {
    enum severity severity; /* of the incident */
    bool found;
    int64_t last_us; /* newest detection, by its node's clock */
};

/* A lesser alert that the kernel confirms does not vouch for a graver one that only a log claims.
 */
static struct status is_corroborated(void *arg, const struct alert_record *row)
{
    struct corroboration *of = arg;

    of->found = of->found || (row->corroborated && row->severity >= of->severity);
    of->last_us = row->detected_us > of->last_us ? row->detected_us : of->last_us;
    return STATUS_SUCCESS;
}

static const struct planner_capability *capabilities(struct core *core, struct arena *arena)
{
    struct planner_capability *all =
        ARENA_NEW(arena, struct planner_capability, core->capability_count + 1);

    for (size_t i = 0; i < core->capability_count; i++) {
        all[i] = (struct planner_capability){ .node = slice_from(core->capabilities[i].node),
                                              .kind = core->capabilities[i].kind,
                                              .reversible = true };
    }
    return all;
}

struct status facts_gather(struct core *core, struct arena *arena,
                           const struct incident_record *incident, struct propose_input *out)
{
    const struct alert_query alerts = { .page = { .limit = KNOWLEDGE_PAGE_MAX },
                                        .incident = text_of(&incident->id) };
    struct corroboration corroboration = { .severity = incident->severity };
    struct ulid *step_ids = ARENA_NEW(arena, struct ulid, PLAN_STEPS_MAX);
    struct step_list controls;
    struct step_list failed;

    *out = (struct propose_input){ .world = world_policies(core->world),
                                   .incident = incident,
                                   .capabilities = capabilities(core, arena),
                                   .capability_count = core->capability_count,
                                   .plan_id = core_new_id(core),
                                   .step_ids = step_ids,
                                   .now_us = core->turn_us };
    for (size_t i = 0; i < PLAN_STEPS_MAX; i++) {
        step_ids[i] = core_new_id(core);
    }
    TRY(knowledge_list_alerts(knowledge_reading(core->knowledge), &alerts, is_corroborated,
                              &corroboration, NULL));
    out->corroborated = corroboration.found;
    out->detected_us = corroboration.last_us;
    list_init(&controls, arena, OWN_STEPS_MAX);
    TRY(controls_of(core, incident, &controls));
    list_init(&failed, arena, OWN_STEPS_MAX);
    TRY(failed_steps(core, incident, &failed));
    out->controls = controls.steps;
    out->control_count = controls.count;
    out->failed = failed.steps;
    out->failed_count = failed.count;
    return STATUS_SUCCESS;
}

/* --- what earlier plans have spent ----------------------------------------------------------- */

static int64_t longest_window_us(const struct policy_set *world)
{
    int64_t longest_ms = 0;

    for (size_t i = 0; i < world->objective_count; i++) {
        const struct objective *objective = &world->objectives[i];
        bool is_longer =
            objective->kind == OBJECTIVE_AVAILABILITY && objective->window_ms > longest_ms;
        longest_ms = is_longer ? objective->window_ms : longest_ms;
    }
    return longest_ms * 1000;
}

struct status facts_past(struct knowledge_reader *reader, struct arena *arena,
                         const struct policy_set *world, int64_t now_us, struct propose_past *out)
{
    struct step_list past;

    list_init(&past, arena, PAST_STEPS_MAX);
    for (unsigned kind = 0; kind < ACTION_KINDS; kind++) {
        if (propose_costs_service((enum action_kind)kind)) {
            TRY(knowledge_list_enforced(reader, (enum action_kind)kind,
                                        now_us - longest_window_us(world), keep_step, &past));
        }
    }
    *out = (struct propose_past){ past.steps, past.count };
    return STATUS_SUCCESS;
}
