#include "orchestrator/analyse.h"

#include <inttypes.h>

#include "base/json.h"
#include "base/parse.h"
#include "detect/engine.h"

/* Before the year 10000; what a node says beyond would leave its detection without an incident. */
static const int64_t latest_us = INT64_C(253402300800) * 1000 * 1000;

static int64_t number_field(const struct event *event, const char *name)
{
    int64_t value = 0;
    struct status parsed = parse_i64(event_value(event, name), 0, latest_us, &value);

    return status_ok(&parsed) ? value : 0;
}

/* When the node saw it, by its clock. */
static int64_t seen_us(const struct event *event, int64_t received_us)
{
    int64_t said_us = event->seen_us != 0 ? event->seen_us : event->time_us;

    return said_us >= 0 && said_us <= latest_us ? said_us : received_us;
}

static struct slice fields_json(struct arena *arena, const struct event *event)
{
    CLEANUP(buf_done) struct buf text = { 0 };
    struct json_writer writer = { .out = &text };

    json_open_object(&writer);
    for (size_t i = 0; i < event->field_count; i++) {
        const struct event_field *field = &event->fields[i];
        json_key(&writer, arena_cstr(arena, field->name));
        json_open_object(&writer);
        json_add_text(&writer, "value", field->value);
        json_add_cstr(&writer, "provenance", provenance_name(field->provenance));
        json_close_object(&writer);
    }
    json_close_object(&writer);
    return arena_copy(arena, buf_slice(&text));
}

struct status analyse_alert(struct arena *arena, const struct event *event, const struct ulid *id,
                            int64_t received_us, struct alert_record *out)
{
    struct slice rule = event_value(event, DETECT_FIELD_RULE);
    struct slice key = event_value(event, DETECT_FIELD_KEY);
    int64_t count = number_field(event, DETECT_FIELD_COUNT);

    if (rule.len == 0 || key.len == 0) {
        return status_error(STATUS_INVALID, "a detection of `%.*s` without rule or key",
                            SLICE_ARG(event->node));
    }
    *out = (struct alert_record){
        .id = *id,
        .key = arena_printf(arena, "%.*s/%.*s", SLICE_ARG(event->node), SLICE_ARG(key)),
        .rule = rule,
        .severity = event->severity,
        .node = event->node,
        .source = event_value(event, "src_ip"),
        .count = count > 0 ? (uint64_t)count : 0,
        .first_us = number_field(event, DETECT_FIELD_FIRST_US),
        .last_us = number_field(event, DETECT_FIELD_LAST_US),
        .detected_us = seen_us(event, received_us),
        .received_us = received_us,
        .epoch = event->epoch,
        .seq = event->seq,
        .corroborated = slice_is(event_value(event, DETECT_FIELD_CORROBORATED), "true"),
        .json = fields_json(arena, event),
    };
    return STATUS_SUCCESS;
}

struct slice analyse_incident_key(struct arena *arena, const struct alert_record *alert)
{
    struct slice who = alert->source.len > 0 ? alert->source : alert->rule;

    return arena_printf(arena, "%.*s@%.*s", SLICE_ARG(who), SLICE_ARG(alert->node));
}

static const struct resource *host_of(const struct policy_set *world, struct slice node,
                                      size_t *out_index)
{
    for (size_t i = 0; world != NULL && i < world->resource_count; i++) {
        if (world->resources[i].plane == PLANE_NETWORK &&
            slice_eq(world->resources[i].node, node)) {
            *out_index = i;
            return &world->resources[i];
        }
    }
    return NULL;
}

static bool covers(const struct objective *objective, size_t resource)
{
    for (size_t i = 0; i < objective->target_count; i++) {
        if (objective->targets[i] == resource) {
            return true;
        }
    }
    return false;
}

/* An objective on any resource of the attacked unit counts: the unit is what the party cares for.
 */
static bool covers_unit(const struct policy_set *world, const struct objective *objective,
                        const struct resource *host)
{
    for (size_t i = 0; i < world->resource_count; i++) {
        if (slice_eq(world->resources[i].unit, host->unit) && covers(objective, i)) {
            return true;
        }
    }
    return false;
}

bool analyse_objective_applies(const struct policy_set *world, const struct objective *objective,
                               struct slice node, enum severity severity)
{
    size_t index = 0;
    const struct resource *host = host_of(world, node, &index);

    return host != NULL && ((unsigned)objective->severities >> severity & 1U) != 0 &&
           covers_unit(world, objective, host);
}

int64_t analyse_mttr_limit_ms(const struct policy_set *world, struct slice node,
                              enum severity severity)
{
    int64_t limit_ms = 0;

    for (size_t i = 0; world != NULL && i < world->objective_count; i++) {
        const struct objective *objective = &world->objectives[i];
        if (objective->kind == OBJECTIVE_RESPOND_MTTR && !objective->gave_way &&
            (limit_ms == 0 || objective->limit < limit_ms) &&
            analyse_objective_applies(world, objective, node, severity)) {
            limit_ms = objective->limit;
        }
    }
    return limit_ms;
}

struct incident_record analyse_open(struct arena *arena, const struct alert_record *alert,
                                    const struct ulid *id, const struct policy_set *world,
                                    int64_t now_us)
{
    size_t index = 0;
    const struct resource *host = host_of(world, alert->node, &index);

    return (struct incident_record){
        .id = *id,
        .key = analyse_incident_key(arena, alert),
        .severity = alert->severity,
        .state = INCIDENT_OPEN,
        .unit = host != NULL ? host->unit : (struct slice){ 0 },
        .source = alert->source,
        .target = alert->node,
        .rule = alert->rule,
        .first_us = alert->first_us,
        .since_us = now_us,
        .opened_us = now_us,
        .detected_us = alert->detected_us,
        .mttr = OBJECTIVE_UNKNOWN,
        .mttr_limit_ms = analyse_mttr_limit_ms(world, alert->node, alert->severity),
    };
}

void analyse_reopen(struct incident_record *incident, int64_t detected_us, int64_t now_us)
{
    incident->detected_us = detected_us;
    incident->since_us = now_us;
    incident->planned_us = 0;
    incident->enforced_us = 0;
    incident->state = INCIDENT_OPEN;
    incident->mttr = OBJECTIVE_UNKNOWN;
}

bool analyse_join(struct incident_record *incident, const struct alert_record *alert)
{
    bool graver = alert->severity > incident->severity;

    if (alert->first_us < incident->first_us) {
        incident->first_us = alert->first_us;
    }
    if (graver) {
        incident->severity = alert->severity;
        incident->rule = alert->rule;
        analyse_reopen(incident, alert->detected_us, alert->received_us);
    }
    return graver;
}

int64_t analyse_enforced_us(const struct incident_record *incident, int64_t reported_us,
                            int64_t now_us)
{
    int64_t waited_us = now_us > incident->since_us ? now_us - incident->since_us : 0;

    return reported_us != 0 && reported_us >= incident->detected_us
               ? reported_us
               : incident->detected_us + waited_us;
}

enum objective_state analyse_mttr(const struct incident_record *incident, int64_t now_us)
{
    int64_t took_us = incident->enforced_us != 0 ? incident->enforced_us - incident->detected_us
                                                 : now_us - incident->since_us;

    if (incident->mttr_limit_ms == 0) {
        return OBJECTIVE_UNKNOWN;
    }
    if (took_us > incident->mttr_limit_ms * 1000) {
        return OBJECTIVE_BREACHED;
    }
    return incident->enforced_us != 0 ? OBJECTIVE_MET : OBJECTIVE_UNKNOWN;
}
