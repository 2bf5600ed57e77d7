#include "detect/normalise.h"

#include "detect/sshd.h"
#include "model/address.h"

enum { NORMALISED_FIELDS_MAX = 9 };

static void add_field(struct event *event, const char *name, struct slice value,
                      enum provenance provenance)
{
    if (value.len <= EVENT_VALUE_MAX) {
        event->fields[event->field_count++] = (struct event_field){ .name = slice_from(name),
                                                                    .value = value,
                                                                    .provenance = provenance };
    }
}

static void add_text(struct event *event, const char *name, struct slice value)
{
    if (value.len > 0) {
        add_field(event, name, value, PROVENANCE_APP_LOG);
    }
}

static void add_number(struct arena *arena, struct event *event, const char *name, uint32_t value)
{
    add_field(event, name, arena_printf(arena, "%u", value), PROVENANCE_APP_LOG);
}

/* One spelling per address: sshd writes ::ffff:10.0.0.1 for an IPv4 peer of an IPv6 socket. */
static struct slice one_spelling(struct arena *arena, struct slice text)
{
    struct address address = { 0 };
    char spelled[ADDRESS_TEXT_MAX];
    struct status parsed = address_parse(text, &address);

    if (!status_ok(&parsed)) {
        return SLICE("");
    }
    address_format(&address, spelled);
    return arena_copy(arena, slice_from(spelled));
}

static void fill_sshd(struct arena *arena, const struct sshd_message *read,
                      const struct syslog_message *message, struct event *event)
{
    event->kind = slice_from(read->kind);
    event->fields = ARENA_NEW(arena, struct event_field, NORMALISED_FIELDS_MAX);
    add_field(event, "service", SLICE("sshd"), PROVENANCE_SERVICE);
    if (read->has_user) {
        add_field(event, "user", read->user, PROVENANCE_APP_LOG);
    }
    add_text(event, "src_ip", one_spelling(arena, read->src_ip));
    add_text(event, "src_host", read->src_host);
    if (read->src_port != 0) {
        add_number(arena, event, "src_port", read->src_port);
    }
    add_text(event, "method", read->method);
    if (read->invalid_user) {
        add_text(event, "invalid_user", SLICE("true"));
    }
    if (read->repeat > 1) {
        add_number(arena, event, "repeat", read->repeat);
    }
    add_text(event, "pid", message->procid);
}

void normalise_message(struct arena *arena, const struct syslog_message *message,
                       const struct normalise_context *context, struct normalised *out)
{
    struct sshd_message read = { 0 };

    *out = (struct normalised){ .weight = 1 };
    if (!sshd_parse(message->app, message->text, &read)) {
        return;
    }
    out->is_event = true;
    out->weight = read.repeat;
    out->src_port = read.src_port;
    out->local_port = read.local_port;
    out->event = (struct event){ .node = context->node,
                                 .time_us = message->has_time ? message->time_us : context->seen_us,
                                 .seen_us = context->seen_us,
                                 .severity = SEVERITY_INFO,
                                 .layer = context->layer,
                                 .plane = context->plane };
    fill_sshd(arena, &read, message, &out->event);
}

struct status normalise_syslog(struct arena *arena, struct slice line,
                               const struct normalise_context *context, struct normalised *out)
{
    struct syslog_message message = { 0 };
    struct syslog_reference reference = { context->seen_us, context->zone_east_s };

    TRY(syslog_parse(line, &reference, &message));
    normalise_message(arena, &message, context, out);
    return STATUS_SUCCESS;
}

void normalise_corroborate(struct event *event)
{
    for (size_t i = 0; i < event->field_count; i++) {
        if (slice_is(event->fields[i].name, "src_ip")) {
            event->fields[i].provenance = PROVENANCE_KERNEL;
        }
    }
}
