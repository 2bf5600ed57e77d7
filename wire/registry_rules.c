#include "wire/registry.h"

#include <assert.h>

static bool is_heard(const struct registry_node *node)
{
    return node->state == NODE_ENROLLED || node->state == NODE_DRAINING;
}

struct status registry_allow_type(const struct registry_node *node, enum frame_type type)
{
    if (node == NULL) {
        return status_error(STATUS_DENIED, "unknown key");
    }
    if (!is_heard(node)) {
        return status_error(STATUS_DENIED, "node %s is %s", node->name,
                            node_state_name(node->state));
    }
    if (type != FRAME_UNKNOWN && !frame_type_goes_up(type)) {
        return status_error(STATUS_DENIED, "node %s may not send %s", node->name,
                            frame_type_name(type));
    }
    return STATUS_SUCCESS;
}

struct status registry_allow_about(const struct registry *registry,
                                   const struct registry_node *peer, struct slice about,
                                   const struct registry_node **out)
{
    const struct registry_node *node =
        slice_is(about, peer->name) ? peer : registry_by_name(registry, about);

    if (node == NULL) {
        return status_error(STATUS_DENIED, "node %s speaks of an unknown one", peer->name);
    }
    bool relayed = peer->role == PEER_AGGREGATOR && node->role == PEER_SMA &&
                   slice_is(slice_from(peer->name), node->aggregator);
    if (node != peer && !relayed) {
        return status_error(STATUS_DENIED, "node %s may not speak of %s", peer->name, node->name);
    }
    if (!is_heard(node)) {
        return status_error(STATUS_DENIED, "node %s is %s", node->name,
                            node_state_name(node->state));
    }
    *out = node;
    return STATUS_SUCCESS;
}

/* The service of the message's node that is said to have signed, of the wanted kind. */
static struct status find_service(const struct registry *registry, struct slice name,
                                  const struct service_id *id, enum service_kind kind,
                                  const struct registry_service **out)
{
    const struct registry_node *node = registry_by_name(registry, name);
    const struct registry_service *service = node != NULL ? registry_service(node, id) : NULL;

    if (service == NULL || id->service != kind) {
        char text[SERVICE_ID_TEXT_MAX];
        service_id_format(id, text);
        return status_error(STATUS_DENIED, "node %.*s has no %s to sign with", SLICE_ARG(name),
                            text);
    }
    *out = service;
    return STATUS_SUCCESS;
}

/* "auth.*" matches "auth.failure"; anything else matches itself. */
static bool kind_matches(const char *pattern, struct slice kind)
{
    struct slice text = slice_from(pattern);

    if (!slice_ends(text, SLICE(".*"))) {
        return slice_eq(text, kind);
    }
    return slice_starts(kind, slice_sub(text, 0, text.len - 1));
}

static bool may_report(const struct registry_service *service, struct slice kind)
{
    for (size_t i = 0; i < service->kind_count; i++) {
        if (kind_matches(service->kinds[i], kind)) {
            return true;
        }
    }
    return false;
}

struct status registry_open_events(const struct registry *registry, struct arena *arena,
                                   const struct message *message, struct event_batch *out)
{
    const struct registry_service *service = NULL;
    struct event_batch batch;

    TRY(find_service(registry, message->node, &message->events.service, SERVICE_MONITOR, &service));
    assert(service != NULL);
    TRY(events_open(arena, &message->events, &service->key, &batch));
    if (!slice_eq(batch.node, message->node) || batch.epoch != message->frame.epoch ||
        batch.first_seq != message->frame.seq) {
        return status_error(STATUS_CORRUPT, "batch: the frame says otherwise than what is signed");
    }
    for (size_t i = 0; i < batch.event_count; i++) {
        if (!may_report(service, batch.events[i].kind)) {
            return status_error(STATUS_DENIED, "batch: %.*s may not report `%.*s`",
                                SLICE_ARG(batch.node), SLICE_ARG(batch.events[i].kind));
        }
    }
    *out = batch;
    return STATUS_SUCCESS;
}

struct status registry_open_result(const struct registry *registry, struct arena *arena,
                                   const struct message *message, struct service_result *out)
{
    const struct registry_service *service = NULL;
    struct service_result result;

    TRY(find_service(registry, message->node, &message->result.service, SERVICE_ENFORCE, &service));
    assert(service != NULL);
    TRY(result_open(arena, &message->result, &service->key, &result));
    if (!slice_eq(result.node, message->node)) {
        return status_error(STATUS_CORRUPT, "result: the frame says otherwise than what is signed");
    }
    *out = result;
    return STATUS_SUCCESS;
}
