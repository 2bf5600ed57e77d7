#include "wire/signed.h"

#include "wire/pb_priv.h"
#include "wire/signed_priv.h"

/* Bytes signed as one thing never verify as another. */
static const char *const context_events = "redan/1 events";

/* event_validate for an event that belongs to nobody yet: batch or spool say whose it is. */
static struct status check_event(const struct event *event)
{
    struct event named = *event;

    if (named.node.len == 0) {
        named.node = SLICE("unnamed");
    }
    return event_validate(&named);
}

/* `fields` and `pointers` have room for the event's fields. */
static struct status fill_event(const struct event *event, Redan__Wire__Field *fields,
                                Redan__Wire__Field **pointers, Redan__Wire__Event *out)
{
    TRY(check_event(event));
    *out = (Redan__Wire__Event)REDAN__WIRE__EVENT__INIT;
    out->kind = pb_text(event->kind);
    out->time_us = event->time_us;
    out->seen_us = event->seen_us;
    out->severity = (uint32_t)event->severity;
    out->layer = (uint32_t)event->layer;
    out->plane = (uint32_t)event->plane;
    for (size_t i = 0; i < event->field_count; i++) {
        fields[i] = (Redan__Wire__Field)REDAN__WIRE__FIELD__INIT;
        fields[i].name = pb_text(event->fields[i].name);
        fields[i].value = pb_text(event->fields[i].value);
        fields[i].provenance = (uint32_t)event->fields[i].provenance;
        pointers[i] = &fields[i];
    }
    out->n_fields = event->field_count;
    out->fields = pointers;
    return STATUS_SUCCESS;
}

struct status event_encode(const struct event *event, struct buf *out)
{
    Redan__Wire__Field fields[EVENT_FIELDS_MAX];
    Redan__Wire__Field *pointers[EVENT_FIELDS_MAX];
    Redan__Wire__Event body;

    TRY(fill_event(event, fields, pointers, &body));
    pb_pack(&body.base, out);
    return STATUS_SUCCESS;
}

static struct status read_event(struct arena *arena, const Redan__Wire__Event *body,
                                struct event *out)
{
    if (body->n_fields > EVENT_FIELDS_MAX) {
        return status_error(STATUS_EXHAUSTED, "event: %zu fields, at most %d", body->n_fields,
                            (int)EVENT_FIELDS_MAX);
    }
    struct event event = {
        .kind = pb_slice(body->kind),
        .time_us = body->time_us,
        .seen_us = body->seen_us,
        .severity = (enum severity)body->severity,
        .layer = (enum layer)body->layer,
        .plane = (enum plane_kind)body->plane,
        .fields = ARENA_NEW(arena, struct event_field, body->n_fields),
        .field_count = body->n_fields,
    };
    for (size_t i = 0; i < body->n_fields; i++) {
        event.fields[i] = (struct event_field){
            .name = pb_slice(body->fields[i]->name),
            .value = pb_slice(body->fields[i]->value),
            .provenance = (enum provenance)body->fields[i]->provenance,
        };
    }
    *out = event;
    return STATUS_SUCCESS;
}

struct status event_decode(struct arena *arena, struct slice bytes, struct event *out)
{
    const Redan__Wire__Event *body = pb_unpack(arena, &redan__wire__event__descriptor, bytes);
    struct event event;

    if (body == NULL) {
        return status_error(STATUS_CORRUPT, "event: does not unpack");
    }
    TRY(read_event(arena, body, &event));
    TRY(check_event(&event));
    *out = event;
    return STATUS_SUCCESS;
}

static bool is_gap(const struct event *event)
{
    return slice_is(event->kind, EVENT_SENSOR_GAP);
}

/* How many sequence numbers the event stands for when `next` is the first free one; 0: not legal.
 */
static uint64_t covered(const struct event *event, uint64_t next)
{
    if (event->seq < next || (event->seq > next && !is_gap(event))) {
        return 0;
    }
    return event->seq - next + 1;
}

static struct status fill_batch(struct arena *arena, const struct event_batch *batch,
                                Redan__Wire__EventBatch *out)
{
    Redan__Wire__Event *events = ARENA_NEW(arena, Redan__Wire__Event, batch->event_count);
    uint64_t next = batch->first_seq;

    out->n_events = batch->event_count;
    out->events = ARENA_NEW(arena, Redan__Wire__Event *, batch->event_count);
    for (size_t i = 0; i < batch->event_count; i++) {
        const struct event *event = &batch->events[i];
        uint64_t covers = covered(event, next);
        if (covers == 0) {
            return status_error(STATUS_INVALID, "batch: event %zu leaves a hole", i + 1);
        }
        TRY(fill_event(event, ARENA_NEW(arena, Redan__Wire__Field, event->field_count),
                       ARENA_NEW(arena, Redan__Wire__Field *, event->field_count), &events[i]));
        events[i].covers = covers == 1 ? 0 : covers;
        out->events[i] = &events[i];
        next += covers;
    }
    return STATUS_SUCCESS;
}

struct status events_seal(struct arena *arena, const struct event_batch *batch,
                          const struct ed25519_secret *key, struct signed_events *out)
{
    Redan__Wire__EventBatch body = REDAN__WIRE__EVENT_BATCH__INIT;
    Redan__Wire__Service service = pb_service(&batch->service);

    if (batch->event_count == 0 || batch->event_count > BATCH_EVENTS_MAX) {
        return status_error(STATUS_EXHAUSTED, "batch: %zu events, 1 to %d fit", batch->event_count,
                            (int)BATCH_EVENTS_MAX);
    }
    if (batch->first_held > batch->first_seq) {
        return status_error(STATUS_INVALID, "batch: starts before what is held");
    }
    TRY(fill_batch(arena, batch, &body));
    body.node = pb_text(batch->node);
    body.service = &service;
    body.epoch = batch->epoch;
    body.first_seq = batch->first_seq;
    body.first_held = batch->first_held;
    struct slice bytes = pb_pack_new(arena, &body.base);
    if (bytes.len > BATCH_BYTES_MAX) {
        return status_error(STATUS_EXHAUSTED, "batch: %zu bytes, at most %d", bytes.len,
                            (int)BATCH_BYTES_MAX);
    }
    *out = (struct signed_events){ .service = batch->service,
                                   .batch = bytes,
                                   .signature = signed_make(arena, context_events, bytes, key) };
    return STATUS_SUCCESS;
}

/* One event of a received batch: numbers, kind of service, model's own rules. */
static struct status take_event(struct arena *arena, const Redan__Wire__Event *body,
                                const struct event_batch *batch, uint64_t *next, struct event *out)
{
    uint64_t covers = body->covers == 0 ? 1 : body->covers;
    uint64_t after = 0;

    TRY(read_event(arena, body, out));
    if (__builtin_add_overflow(*next, covers, &after)) {
        return status_error(STATUS_CORRUPT, "batch: sequence numbers overflow");
    }
    out->node = batch->node;
    out->epoch = batch->epoch;
    out->seq = after - 1;
    *next = after;
    TRY(event_validate(out));
    if (is_gap(out)) {
        return STATUS_SUCCESS;
    }
    if (covers != 1) {
        return status_error(STATUS_INVALID, "batch: only a gap stands for several numbers");
    }
    if (out->layer != batch->service.layer || out->plane != batch->service.plane) {
        return status_error(STATUS_INVALID, "batch: an event of another layer or plane");
    }
    return STATUS_SUCCESS;
}

static struct status read_batch(struct arena *arena, const Redan__Wire__EventBatch *body,
                                struct event_batch *out)
{
    struct event_batch batch = { .node = pb_slice(body->node),
                                 .epoch = body->epoch,
                                 .first_seq = body->first_seq,
                                 .first_held = body->first_held };

    if (!node_name_is_valid(batch.node) || !pb_read_service(body->service, &batch.service) ||
        body->first_seq == 0 || body->first_held > body->first_seq) {
        return status_error(STATUS_CORRUPT, "batch: no valid node, service or sequence");
    }
    if (body->n_events == 0 || body->n_events > BATCH_EVENTS_MAX) {
        return status_error(STATUS_EXHAUSTED, "batch: %zu events, 1 to %d fit", body->n_events,
                            (int)BATCH_EVENTS_MAX);
    }
    struct event *events = ARENA_NEW(arena, struct event, body->n_events);
    uint64_t next = body->first_seq;
    for (size_t i = 0; i < body->n_events; i++) {
        TRY(status_wrap(take_event(arena, body->events[i], &batch, &next, &events[i]), "event %zu",
                        i + 1));
    }
    batch.events = events;
    batch.event_count = body->n_events;
    batch.last_seq = next - 1;
    *out = batch;
    return STATUS_SUCCESS;
}

struct status events_open(struct arena *arena, const struct signed_events *sealed,
                          const struct ed25519_public *key, struct event_batch *out)
{
    struct event_batch batch = { 0 };

    if (sealed->batch.len > BATCH_BYTES_MAX) {
        return status_error(STATUS_EXHAUSTED, "batch: %zu bytes, at most %d", sealed->batch.len,
                            (int)BATCH_BYTES_MAX);
    }
    if (!ed25519_verify(key, signed_text(arena, context_events, sealed->batch),
                        &sealed->signature)) {
        return status_error(STATUS_DENIED, "batch: the signature is wrong");
    }
    const Redan__Wire__EventBatch *body =
        pb_unpack(arena, &redan__wire__event_batch__descriptor, sealed->batch);
    if (body == NULL) {
        return status_error(STATUS_CORRUPT, "batch: does not unpack");
    }
    TRY(read_batch(arena, body, &batch));
    if (!service_id_eq(&batch.service, &sealed->service)) {
        return status_error(STATUS_DENIED, "batch: signed by another service than it names");
    }
    *out = batch;
    return STATUS_SUCCESS;
}
