#include "model/event.h"

#include "model/node.h"

const struct event_field *event_field(const struct event *event, const char *name)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (slice_is(event->fields[i].name, name)) {
            return &event->fields[i];
        }
    }
    return NULL;
}

struct slice event_value(const struct event *event, const char *name)
{
    const struct event_field *field = event_field(event, name);

    return field != NULL ? field->value : SLICE("");
}

static bool is_name(struct slice name)
{
    if (name.len == 0 || name.len > EVENT_NAME_MAX) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char byte = name.ptr[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_' ||
              byte == '.')) {
            return false;
        }
    }
    return true;
}

static struct status check_field(const struct event *event, size_t index)
{
    const struct event_field *field = &event->fields[index];

    if (!is_name(field->name)) {
        return status_error(STATUS_INVALID, "event: name of field %zu is not 1 to %d of [a-z0-9_.]",
                            index + 1, (int)EVENT_NAME_MAX);
    }
    for (size_t i = 0; i < index; i++) {
        if (slice_eq(event->fields[i].name, field->name)) {
            return status_error(STATUS_INVALID, "event: field `%.*s` is there twice",
                                SLICE_ARG(field->name));
        }
    }
    if (field->value.len > EVENT_VALUE_MAX) {
        return status_error(STATUS_INVALID, "event: field `%.*s` is over %d bytes",
                            SLICE_ARG(field->name), (int)EVENT_VALUE_MAX);
    }
    if ((size_t)field->provenance > PROVENANCE_KERNEL) {
        return status_error(STATUS_INVALID, "event: provenance of field `%.*s` is unknown",
                            SLICE_ARG(field->name));
    }
    return STATUS_SUCCESS;
}

static struct status check_head(const struct event *event)
{
    if (!node_name_is_valid(event->node)) {
        return status_error(STATUS_INVALID, "event: node is not a node name");
    }
    if (!is_name(event->kind)) {
        return status_error(STATUS_INVALID, "event: kind is not 1 to %d of [a-z0-9_.]",
                            (int)EVENT_NAME_MAX);
    }
    if ((size_t)event->severity > SEVERITY_CRITICAL) {
        return status_error(STATUS_INVALID, "event: severity is unknown");
    }
    if ((size_t)event->layer > LAYER_L2) {
        return status_error(STATUS_INVALID, "event: layer is unknown");
    }
    if ((size_t)event->plane > PLANE_NETWORK) {
        return status_error(STATUS_INVALID, "event: plane is unknown");
    }
    return STATUS_SUCCESS;
}

struct status event_validate(const struct event *event)
{
    TRY(check_head(event));
    if (event->field_count > EVENT_FIELDS_MAX) {
        return status_error(STATUS_INVALID, "event: over %d fields", (int)EVENT_FIELDS_MAX);
    }
    for (size_t i = 0; i < event->field_count; i++) {
        TRY(check_field(event, i));
    }
    return STATUS_SUCCESS;
}
