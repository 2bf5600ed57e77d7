#include "aggregators/relay.h"

#include <stdlib.h>

#include "model/node.h"

struct relay_node {
    char name[NODE_NAME_MAX];
    bool here;
    struct buf hello; /* its last, as received */
};

void relay_output_init(struct relay_output *out, struct arena *arena)
{
    *out = (struct relay_output){ .arena = arena, .tail = &out->first };
}

static void act(struct relay_output *out, enum relay_verb verb, enum frame_type type,
                struct slice node, struct slice raw)
{
    struct relay_action *action = ARENA_NEW(out->arena, struct relay_action, 1);

    *action = (struct relay_action){ .verb = verb, .type = type, .node = node, .raw = raw };
    *out->tail = action;
    out->tail = &action->next;
}

static void up(struct relay *relay, const struct frame *frame, struct slice node,
               struct relay_output *out)
{
    if (!relay->orchestrator_is_up) {
        relay->counters.dropped_away++;
        return;
    }
    relay->counters.up++;
    relay->counters.up_by_type[frame->type]++;
    act(out, RELAY_UP, frame->type, node, frame->raw);
}

void relay_done(struct relay *relay)
{
    for (size_t i = 0; i < relay->nodes.room; i++) {
        struct relay_node *node = name_map_at(&relay->nodes, i);
        if (node != NULL) {
            buf_done(&node->hello);
            free(node);
        }
    }
    name_map_done(&relay->nodes);
    buf_done(&relay->snapshot);
}

static struct relay_node *find_or_add(struct relay *relay, struct slice name)
{
    struct relay_node *node = name_map_find(&relay->nodes, name);

    if (node == NULL) {
        node = calloc(1, sizeof(*node));
        if (node == NULL) {
            abort();
        }
        slice_to_cstr(name, node->name, sizeof(node->name));
        name_map_add(&relay->nodes, node->name, node);
    }
    return node;
}

static void take_hello(struct relay *relay, struct slice name, const struct frame *frame,
                       struct relay_output *out)
{
    struct relay_node *node = find_or_add(relay, name);

    node->here = true;
    buf_clear(&node->hello);
    buf_add_slice(&node->hello, frame->raw);
    if (relay->orchestrator_is_up) {
        up(relay, frame, name, out);
    } else {
        relay->counters.welcomed_here++;
        act(out, RELAY_WELCOME, FRAME_WELCOME, name, (struct slice){ 0 });
    }
}

static void take_state_request(struct relay *relay, struct slice name, const struct frame *frame,
                               struct relay_output *out)
{
    if (!relay->orchestrator_is_up && relay->snapshot.len > 0) {
        relay->counters.snapshots_served++;
        act(out, RELAY_SNAPSHOT, FRAME_SNAPSHOT, name, buf_slice(&relay->snapshot));
        return;
    }
    up(relay, frame, name, out);
}

void relay_from_node(struct relay *relay, struct slice node, const struct frame *frame,
                     struct relay_output *out)
{
    switch (frame->type) {
    case FRAME_HELLO:
        take_hello(relay, node, frame, out);
        break;
    case FRAME_STATE_REQ:
        take_state_request(relay, node, frame, out);
        break;
    case FRAME_EVENTS:
    case FRAME_CMD_ACK:
    case FRAME_CMD_RESULT:
    case FRAME_ERROR:
        up(relay, frame, node, out);
        break;
    case FRAME_UNKNOWN:
    case FRAME_WELCOME:
    case FRAME_ACK:
    case FRAME_CMD:
    case FRAME_PING:
    case FRAME_PONG:
    case FRAME_SNAPSHOT:
    case FRAME_DELTA:
    case FRAME_BYE:
        break; /* one hop only, or not from below: the server has dealt with it */
    }
}

void relay_node_gone(struct relay *relay, struct slice node, struct relay_output *out)
{
    struct relay_node *known = name_map_find(&relay->nodes, node);

    if (known == NULL || !known->here) {
        return;
    }
    known->here = false;
    if (relay->orchestrator_is_up) {
        act(out, RELAY_BYE, FRAME_BYE, node, (struct slice){ 0 });
    }
}

void relay_from_orchestrator(struct relay *relay, struct slice node, const struct frame *frame,
                             struct relay_output *out)
{
    switch (frame->type) {
    case FRAME_SNAPSHOT:
        buf_clear(&relay->snapshot);
        buf_add_slice(&relay->snapshot, frame->raw);
        break;
    case FRAME_WELCOME:
    case FRAME_ACK:
    case FRAME_CMD:
    case FRAME_ERROR:
        break;
    case FRAME_UNKNOWN:
    case FRAME_HELLO:
    case FRAME_EVENTS:
    case FRAME_CMD_ACK:
    case FRAME_CMD_RESULT:
    case FRAME_PING:
    case FRAME_PONG:
    case FRAME_STATE_REQ:
    case FRAME_DELTA:
    case FRAME_BYE:
        return; /* one hop only, or not from above */
    }
    relay->counters.down++;
    relay->counters.down_by_type[frame->type]++;
    act(out, RELAY_DOWN, frame->type, node, frame->raw);
}

void relay_orchestrator_up(struct relay *relay, struct relay_output *out)
{
    relay->orchestrator_is_up = true;
    for (size_t i = 0; i < relay->nodes.room; i++) {
        const struct relay_node *node = name_map_at(&relay->nodes, i);
        if (node != NULL && node->here) {
            const struct frame hello = { .type = FRAME_HELLO, .raw = buf_slice(&node->hello) };
            up(relay, &hello, slice_from(node->name), out);
        }
    }
}

void relay_orchestrator_down(struct relay *relay)
{
    relay->orchestrator_is_up = false;
}

size_t relay_nodes_here(const struct relay *relay)
{
    size_t count = 0;

    for (size_t i = 0; i < relay->nodes.room; i++) {
        const struct relay_node *node = name_map_at(&relay->nodes, i);
        count += node != NULL && node->here ? 1 : 0;
    }
    return count;
}
