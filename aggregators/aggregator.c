#include "aggregators/aggregator.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/log.h"

static const char *const version = "redan-agg " REDAN_VERSION;

struct aggregator {
    struct aggregator_options options;
    struct identity identity;
    struct trust trust;
    struct registry_cell *registry;
    struct server *server;
    struct client *client;
    struct relay relay;
    struct arena arena; /* one input's actions */
    uint64_t up_failed, down_failed;
};

/* --- acting ----------------------------------------------------------------------------- */

static struct status send_up(struct aggregator *self, const struct relay_action *action)
{
    const struct frame frame = { .type = action->type, .raw = action->raw };

    FAULT_POINT("agg.before_forward");
    struct status sent = client_forward(self->client, &frame);
    FAULT_POINT("agg.after_forward");
    return sent;
}

static struct status send_bye(struct aggregator *self, const struct relay_action *action)
{
    const struct message bye = { .frame = { .type = FRAME_BYE },
                                 .node = action->node,
                                 .bye = { .reason = SLICE("gone from its aggregator") } };

    return client_send(self->client, &bye);
}

static struct status send_welcome(struct aggregator *self, const struct relay_action *action)
{
    const struct message welcome = {
        .frame = { .type = FRAME_WELCOME },
        .welcome = { .wall_us = clock_wall_us(self->options.clock) },
    };

    return server_send(self->server, action->node, &welcome);
}

static struct status send_snapshot(struct aggregator *self, const struct relay_action *action)
{
    struct frame frame;
    struct message message;

    TRY(frame_decode(action->raw, &frame));
    TRY(message_decode(&self->arena, &frame, &message));
    return server_send(self->server, action->node, &message);
}

static struct status send_down(struct aggregator *self, const struct relay_action *action)
{
    FAULT_POINT("agg.before_command");
    return server_forward(self->server, action->node, action->type, action->raw);
}

static void act(struct aggregator *self, const struct relay_action *action)
{
    struct status done = STATUS_SUCCESS;
    bool up = false;

    switch (action->verb) {
    case RELAY_UP:
        up = true;
        done = send_up(self, action);
        break;
    case RELAY_BYE:
        up = true;
        done = send_bye(self, action);
        break;
    case RELAY_DOWN:
        done = send_down(self, action);
        break;
    case RELAY_WELCOME:
        done = send_welcome(self, action);
        break;
    case RELAY_SNAPSHOT:
        done = send_snapshot(self, action);
        break;
    }
    if (!status_ok(&done)) {
        self->up_failed += up ? 1 : 0;
        self->down_failed += up ? 0 : 1;
        log_warn("agg", "not-forwarded", LOG_CSTR("type", frame_type_name(action->type)),
                 LOG_TEXT("node", action->node), LOG_CSTR("why", done.msg));
    }
}

static void act_all(struct aggregator *self, const struct relay_output *output)
{
    for (const struct relay_action *at = output->first; at != NULL; at = at->next) {
        act(self, at);
    }
    arena_reset(&self->arena);
}

/* --- what the server hears -------------------------------------------------------------- */

static void on_node_message(void *arg, const struct server_arrival *arrival)
{
    struct aggregator *self = arg;
    struct relay_output output;

    relay_output_init(&output, &self->arena);
    relay_from_node(&self->relay, slice_from(arrival->node->name), &arrival->message->frame,
                    &output);
    act_all(self, &output);
}

static void on_node_up(void *arg, const struct registry_node *node)
{
    (void)arg;
    log_info("agg", "node-up", LOG_CSTR("node", node->name));
}

static void on_node_down(void *arg, const struct registry_node *node, struct slice reason)
{
    struct aggregator *self = arg;
    struct relay_output output;

    log_info("agg", "node-down", LOG_CSTR("node", node->name), LOG_TEXT("reason", reason));
    relay_output_init(&output, &self->arena);
    relay_node_gone(&self->relay, slice_from(node->name), &output);
    act_all(self, &output);
}

static void on_refused(void *arg, enum server_refusal reason, struct slice who, struct slice detail,
                       uint64_t count)
{
    (void)arg;
    log_warn("agg", "refused", LOG_CSTR("what", server_refusal_name(reason)), LOG_TEXT("who", who),
             LOG_TEXT("detail", detail), LOG_NUMBER("count", count));
}

static void on_alarm(void *arg, enum server_alarm kind, struct slice node, struct slice detail)
{
    struct aggregator *self = arg;
    const struct message report = {
        .frame = { .type = FRAME_ERROR },
        .node = node,
        .error = { .code = WIRE_ERROR_DENIED,
                   .min_major = FRAME_MAJOR_MIN,
                   .max_major = FRAME_MAJOR,
                   .text = detail },
    };
    struct status sent = client_send(self->client, &report);

    log_error("agg", "quarantine", LOG_TEXT("node", node), LOG_TEXT("detail", detail),
              LOG_NUMBER("told_orchestrator", status_ok(&sent) ? 1 : 0),
              LOG_CSTR("kind", kind == SERVER_ALARM_TWO_SESSIONS ? "two sessions" : "epoch"));
}

/* --- what the client hears -------------------------------------------------------------- */

static bool is_mine(const struct aggregator *self, const struct message *message)
{
    return message->node.len == 0 || slice_is(message->node, self->identity.name);
}

static void on_own_message(struct aggregator *self, const struct message *message)
{
    struct relay_output output;

    if (message->frame.type == FRAME_WELCOME) {
        log_info("agg", "orchestrator-up", LOG_CSTR("server", self->trust.server));
        server_set_healthy(self->server, true);
        relay_output_init(&output, &self->arena);
        relay_orchestrator_up(&self->relay, &output);
        act_all(self, &output);
    } else if (message->frame.type == FRAME_ERROR) {
        log_warn("agg", "orchestrator-says",
                 LOG_CSTR("error", wire_error_name(message->error.code)),
                 LOG_TEXT("text", message->error.text));
    }
}

/* What is not about us must be about a node of ours, whatever the orchestrator says. */
static void on_orchestrator_message(void *arg, const struct message *message, struct arena *scratch)
{
    struct aggregator *self = arg;
    CLEANUP(registry_unref) struct registry *registry = registry_cell_get(self->registry);
    struct relay_output output;

    (void)scratch;
    if (is_mine(self, message)) {
        on_own_message(self, message);
        return;
    }
    const struct registry_node *node = registry_by_name(registry, message->node);
    if (node == NULL || !slice_is(slice_from(self->identity.name), node->aggregator)) {
        self->down_failed++;
        log_warn("agg", "not-my-node", LOG_TEXT("node", message->node),
                 LOG_CSTR("type", frame_type_name(message->frame.type)));
        return;
    }
    relay_output_init(&output, &self->arena);
    relay_from_orchestrator(&self->relay, message->node, &message->frame, &output);
    act_all(self, &output);
}

static void on_orchestrator_down(void *arg, struct slice reason)
{
    struct aggregator *self = arg;

    log_warn("agg", "orchestrator-down", LOG_TEXT("reason", reason));
    server_set_healthy(self->server, false);
    relay_orchestrator_down(&self->relay);
}

/* --- opening and closing ---------------------------------------------------------------- */

/* A key or registry that is not ours is better found at the start than by silence. */
struct status aggregator_keys_agree(const struct identity *identity, const struct trust *trust,
                                    const struct registry *registry)
{
    const struct registry_node *node = registry_by_key(registry, &identity->curve.public_key);

    if (identity->role != PEER_AGGREGATOR) {
        return status_error(STATUS_DENIED, "identity.yaml is %s's, which is no aggregator",
                            identity->name);
    }
    if (node == NULL || strcmp(node->name, identity->name) != 0 || node->role != PEER_AGGREGATOR) {
        return status_error(STATUS_DENIED, "the registry knows no aggregator %s with our key",
                            identity->name);
    }
    if (!curve_public_eq(&trust->server_key, &registry_trust(registry)->server_key)) {
        return status_error(STATUS_DENIED,
                            "trust.yaml and the registry name different orchestrators");
    }
    return STATUS_SUCCESS;
}

static struct status load_registry(const struct aggregator *self, struct registry **out)
{
    CLEANUP(registry_unref) struct registry *registry = NULL;

    TRY(registry_load(self->options.registry, &registry));
    TRY(status_wrap(aggregator_keys_agree(&self->identity, &self->trust, registry), "%s",
                    self->options.registry));
    *out = TAKE(registry);
    return STATUS_SUCCESS;
}

static struct status load_files(struct aggregator *self)
{
    struct registry *registry = NULL;

    TRY(identity_load(file_path(&self->arena, self->options.keys, "identity.yaml"),
                      &self->identity));
    TRY(trust_load(file_path(&self->arena, self->options.keys, "trust.yaml"), &self->trust));
    TRY(load_registry(self, &registry));
    self->registry = registry_cell_new(registry);
    return STATUS_SUCCESS;
}

static struct status start(struct aggregator *self, struct actor_loop *loop)
{
    const struct server_handlers from_nodes = {
        .message = on_node_message,
        .up = on_node_up,
        .down = on_node_down,
        .refused = on_refused,
        .alarm = on_alarm,
        .arg = self,
    };
    const struct client_handlers from_orchestrator = {
        .message = on_orchestrator_message,
        .down = on_orchestrator_down,
        .arg = self,
    };

    TRY(load_files(self));
    const struct client_options up = {
        .endpoints = { self->options.orchestrator, NULL },
        .identity = &self->identity,
        .trust = &self->trust,
        .version = version,
        .clock = self->options.clock,
        .reconnect_ms = self->options.reconnect_ms,
    };
    TRY(client_open(loop, &up, &from_orchestrator, &self->client));
    const struct server_options down = {
        .endpoint = self->options.listen,
        .identity = &self->identity,
        .registry = self->registry,
        .serves = PEER_SMA,
        .clock = self->options.clock,
    };
    return server_open(loop, &down, &from_nodes, &self->server);
}

struct status aggregator_open(struct actor_loop *loop, const struct aggregator_options *options,
                              struct aggregator **out)
{
    struct aggregator *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->options = *options;
    struct status started = start(self, loop);
    if (!status_ok(&started)) {
        aggregator_close(&self);
        return started;
    }
    *out = self;
    return STATUS_SUCCESS;
}

void aggregator_close(struct aggregator **aggregator)
{
    struct aggregator *self = TAKE(*aggregator);

    if (self == NULL) {
        return;
    }
    client_close(&self->client);
    server_close(&self->server);
    relay_done(&self->relay);
    registry_cell_free(&self->registry);
    identity_done(&self->identity);
    arena_done(&self->arena);
    free(self);
}

struct status aggregator_reload(struct aggregator *aggregator)
{
    struct registry *next = NULL;

    TRY(load_registry(aggregator, &next));
    registry_cell_set(aggregator->registry, next);
    server_reload(aggregator->server);
    return STATUS_SUCCESS;
}

const char *aggregator_endpoint(const struct aggregator *aggregator)
{
    return server_endpoint(aggregator->server);
}

bool aggregator_is_up(const struct aggregator *aggregator)
{
    return client_is_up(aggregator->client);
}

struct aggregator_counters aggregator_read_counters(const struct aggregator *aggregator)
{
    return (struct aggregator_counters){
        .relay = aggregator->relay.counters,
        .server = server_read_counters(aggregator->server),
        .client = client_read_counters(aggregator->client),
        .up_failed = aggregator->up_failed,
        .down_failed = aggregator->down_failed,
    };
}

void aggregator_log_counters(const struct aggregator *aggregator)
{
    struct aggregator_counters counters = aggregator_read_counters(aggregator);
    uint64_t refused = 0;

    for (size_t i = 0; i < SERVER_REFUSALS; i++) {
        refused += counters.server.refused[i];
    }
    log_info("agg", "counters", LOG_NUMBER("nodes", relay_nodes_here(&aggregator->relay)),
             LOG_NUMBER("orchestrator", client_is_up(aggregator->client) ? 1 : 0),
             LOG_NUMBER("up", counters.relay.up), LOG_NUMBER("down", counters.relay.down),
             LOG_NUMBER("batches", counters.relay.up_by_type[FRAME_EVENTS]),
             LOG_NUMBER("commands", counters.relay.down_by_type[FRAME_CMD]),
             LOG_NUMBER("results", counters.relay.up_by_type[FRAME_CMD_RESULT]),
             LOG_NUMBER("dropped_away", counters.relay.dropped_away),
             LOG_NUMBER("up_failed", counters.up_failed),
             LOG_NUMBER("down_failed", counters.down_failed),
             LOG_NUMBER("up_full", counters.client.send_full),
             LOG_NUMBER("down_full", counters.server.send_full), LOG_NUMBER("refused", refused));
}
