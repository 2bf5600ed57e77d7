#include <string.h>

#include "base/crypto.h"
#include "detect/engine_priv.h"

enum { KEY_BYTES = 16, DETECTION_FIELDS_MAX = 8, FIRST_EVENTS = 4 };

static struct event *add_event(struct step *step)
{
    struct detect_output *out = step->out;

    if (out->count == step->out_cap) {
        size_t cap = step->out_cap == 0 ? FIRST_EVENTS : step->out_cap * 2;
        struct event *events = ARENA_NEW(step->arena, struct event, cap);
        if (out->count > 0) {
            memcpy(events, out->events, out->count * sizeof(*events));
        }
        out->events = events;
        step->out_cap = cap;
    }
    return &out->events[out->count++];
}

static void add_field(struct event *event, struct slice name, struct slice value,
                      enum provenance provenance)
{
    if (event->field_count < EVENT_FIELDS_MAX) {
        event->fields[event->field_count++] = (struct event_field){ name, value, provenance };
    }
}

static void add_own(struct event *event, const char *name, struct slice value)
{
    add_field(event, slice_from(name), value, PROVENANCE_SERVICE);
}

static void add_number(struct step *step, struct event *event, const char *name, int64_t value)
{
    add_own(event, name, arena_printf(step->arena, "%lld", (long long)value));
}

/* Rule, side, group and the window's first event: a replay gives the same text. */
static struct slice key_text(struct arena *arena, const struct rule *rule, enum detect_side side,
                             struct slice group, const struct evidence *evidence)
{
    struct {
        int64_t first_us;
        uint64_t record;
        uint64_t side;
    } tail = { evidence->first_us, evidence->record, (uint64_t)side };
    const struct slice parts[] = {
        rule->id, { "", 1 }, group, { (const char *)&tail, sizeof(tail) }
    };
    struct sha256 hash = sha256_of_parts(parts, COUNT_OF(parts));
    char hex[2 * SHA256_BYTES + 1];

    sha256_hex(&hash, hex);
    return arena_copy(arena, (struct slice){ hex, 2UL * KEY_BYTES });
}

/* The event with the fields every detection has. */
static struct event *begin(struct step *step, size_t index, enum detect_side side,
                           struct slice group, const struct evidence *evidence)
{
    struct detect_engine *engine = step->engine;
    const struct rule *rule = &engine->rules->rules[index];
    struct event *event = add_event(step);
    bool lowered = side == SIDE_CLAIMED && rule->level > DETECT_UNCORROBORATED_MAX;

    *event =
        (struct event){ .node = engine->options.node,
                        .kind = SLICE(EVENT_DETECTION),
                        .time_us = evidence->last_us,
                        .severity = lowered ? DETECT_UNCORROBORATED_MAX : rule->level,
                        .fields = ARENA_NEW(step->arena, struct event_field, EVENT_FIELDS_MAX) };
    add_own(event, DETECT_FIELD_RULE, rule->name);
    add_own(event, DETECT_FIELD_RULE_ID, rule->id);
    add_own(event, DETECT_FIELD_TITLE, rule->title);
    add_own(event, DETECT_FIELD_KEY, key_text(step->arena, rule, side, group, evidence));
    add_number(step, event, DETECT_FIELD_COUNT, (int64_t)evidence->count);
    add_number(step, event, DETECT_FIELD_FIRST_US, evidence->first_us);
    add_number(step, event, DETECT_FIELD_LAST_US, evidence->last_us);
    if (engine->names_victim[index]) {
        add_own(event, DETECT_FIELD_CORROBORATED, slice_from(side == SIDE_SEEN ? "true" : "false"));
    }
    engine->stats.detections++;
    return event;
}

static void add_group_fields(struct step *step, struct event *event, size_t index,
                             const struct group *group, const struct evidence *evidence)
{
    const struct rule_correlation *correlation = &step->engine->rules->rules[index].correlation;

    for (size_t i = 0; i < correlation->group_by_count; i++) {
        add_field(event, correlation->group_by[i],
                  arena_copy(step->arena, group_key_value(group->key, i)),
                  (enum provenance)evidence->provenance[i]);
    }
}

/* The re-arm rule: once in a time span; a corroborated detection also stands for claimed ones. */
static bool is_armed(const struct rule *rule, const struct group *group, enum detect_side side,
                     int64_t time_us)
{
    int64_t since_us = time_us - rule->correlation.timespan_us;

    return group->fired_us[SIDE_SEEN] <= since_us &&
           (side == SIDE_SEEN || group->fired_us[SIDE_CLAIMED] <= since_us);
}

static bool may_fire(struct step *step, size_t index, struct group *group, enum detect_side side,
                     int64_t time_us)
{
    const struct rule *rule = &step->engine->rules->rules[index];

    if (!rule->emits || step->input == NULL || step->input->replayed) {
        return rule->emits && step->input == NULL;
    }
    if (group != NULL && !is_armed(rule, group, side, time_us)) {
        step->engine->stats.suppressed++;
        return false;
    }
    return true;
}

void detection_of_match(struct step *step, size_t index, struct group *group)
{
    const struct match *match = &step->engine->matches[index];
    const struct event *source = step->input->event;

    if (!may_fire(step, index, group, match->side, step->time_us)) {
        return;
    }
    struct event *event = begin(step, index, match->side,
                                group != NULL ? group->key : (struct slice){ 0 }, &match->evidence);
    event->seen_us = source->seen_us;
    event->layer = source->layer;
    event->plane = source->plane;
    if (group != NULL) {
        group->fired_us[match->side] = step->time_us;
        add_group_fields(step, event, index, group, &match->evidence);
        return;
    }
    for (size_t i = 0; i < source->field_count; i++) {
        add_field(event, source->fields[i].name, source->fields[i].value,
                  source->fields[i].provenance);
    }
}

void detection_of_bin(struct step *step, size_t index, struct group *group, int64_t end_us)
{
    enum detect_side side = group->bin_seen ? SIDE_SEEN : SIDE_CLAIMED;

    if (!may_fire(step, index, NULL, side, end_us)) {
        return;
    }
    struct event *event = begin(step, index, side, group->key, &group->binned);
    event->seen_us = end_us;
    event->layer = group->layer;
    event->plane = group->plane;
    add_group_fields(step, event, index, group, &group->binned);
}

void detection_report_evictions(struct step *step)
{
    struct detect_engine *engine = step->engine;
    uint64_t count = engine->stats.evicted - engine->evicted_reported;

    if (count == 0 || step->input->replayed ||
        step->time_us - engine->eviction_report_us < EVICTION_REPORT_US) {
        return;
    }
    struct event *event = add_event(step);
    *event =
        (struct event){ .node = engine->options.node,
                        .kind = SLICE(EVENT_SENSOR_GAP),
                        .time_us = step->time_us,
                        .seen_us = step->input->event->seen_us,
                        .severity = SEVERITY_MEDIUM,
                        .layer = step->input->event->layer,
                        .plane = step->input->event->plane,
                        .fields = ARENA_NEW(step->arena, struct event_field, EVENT_FIELDS_MAX) };
    add_own(event, "reason", SLICE("detector full: open windows given up"));
    add_number(step, event, "count", (int64_t)count);
    engine->evicted_reported = engine->stats.evicted;
    engine->eviction_report_us = step->time_us;
}
