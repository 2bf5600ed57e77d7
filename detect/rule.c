#include "detect/rule.h"

static int lower(char byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

static bool equals_ignoring_case(struct slice a, struct slice b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

/* What the agent itself knows about an event, not what the event's source says. */
static bool own_value(const struct event *event, struct slice field, struct slice *out)
{
    if (slice_is(field, "kind")) {
        *out = event->kind;
    } else if (slice_is(field, "node")) {
        *out = event->node;
    } else if (slice_is(field, "layer")) {
        *out = slice_from(layer_name(event->layer));
    } else if (slice_is(field, "plane")) {
        *out = slice_from(plane_kind_name(event->plane));
    } else {
        return false;
    }
    return true;
}

bool rule_event_value(const struct event *event, struct slice field, struct event_field *out)
{
    struct slice value = { 0 };

    if (own_value(event, field, &value)) {
        *out = (struct event_field){ field, value, PROVENANCE_KERNEL };
        return true;
    }
    for (size_t i = 0; i < event->field_count; i++) {
        if (slice_eq(event->fields[i].name, field)) {
            *out = event->fields[i];
            return true;
        }
    }
    return false;
}

static bool match_holds(const struct rule_match *match, const struct event *event)
{
    struct event_field field = { 0 };

    if (!rule_event_value(event, match->field, &field)) {
        return false;
    }
    for (size_t i = 0; i < match->value_count; i++) {
        if (equals_ignoring_case(match->values[i], field.value)) {
            return true;
        }
    }
    return false;
}

static bool map_holds(const struct rule_map *map, const struct event *event)
{
    for (size_t i = 0; i < map->match_count; i++) {
        if (!match_holds(&map->matches[i], event)) {
            return false;
        }
    }
    return true;
}

static bool selection_holds(const struct rule_selection *selection, const struct event *event)
{
    for (size_t i = 0; i < selection->map_count; i++) {
        if (map_holds(&selection->maps[i], event)) {
            return true;
        }
    }
    return false;
}

/* Depth is bounded by RULE_CONDITION_DEPTH_MAX. */
// NOLINTNEXTLINE(misc-no-recursion)
static bool condition_holds(const struct rule_condition *condition, const struct event *event)
{
    switch (condition->op) {
    case CONDITION_SELECTION:
        return selection_holds(condition->selection, event);
    case CONDITION_AND:
        return condition_holds(condition->left, event) && condition_holds(condition->right, event);
    case CONDITION_OR:
        return condition_holds(condition->left, event) || condition_holds(condition->right, event);
    case CONDITION_NOT:
        return !condition_holds(condition->left, event);
    }
    return false;
}

bool rule_matches(const struct rule *rule, const struct event *event)
{
    struct event_field service = { 0 };

    if (rule->service.len > 0 && (!rule_event_value(event, SLICE("service"), &service) ||
                                  !slice_eq(service.value, rule->service))) {
        return false;
    }
    return condition_holds(rule->condition, event);
}

bool rule_set_wants(const struct rule_set *rules, const struct event *event)
{
    for (size_t i = 0; i < rules->count; i++) {
        if (rules->rules[i].kind == RULE_BASE && rule_matches(&rules->rules[i], event)) {
            return true;
        }
    }
    return false;
}

const char *correlation_type_name(enum correlation_type value)
{
    switch (value) {
    case CORRELATION_EVENT_COUNT:
        return "event_count";
    case CORRELATION_TEMPORAL_ORDERED:
        return "temporal_ordered";
    }
    return "unknown";
}

const char *correlation_compare_name(enum correlation_compare value)
{
    static const char *const names[] = { "gte", "gt", "lte", "lt", "eq", "neq" };

    return (size_t)value < COUNT_OF(names) ? names[value] : "unknown";
}
