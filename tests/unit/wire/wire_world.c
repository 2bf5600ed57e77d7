#include "tests/unit/wire/wire_world.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "tests/suite.h"

const struct service_id world_monitor = { LAYER_L2, PLANE_NETWORK, SERVICE_MONITOR };
const struct service_id world_enforce = { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE };

static void must(struct status status)
{
    if (!status_ok(&status)) {
        (void)fprintf(stderr, "world: %s\n", status.msg);
    }
    assert(status_ok(&status));
}

static void load_node(const struct world *world, const char *name, struct identity *identity,
                      struct trust *trust)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *folder = file_path(&arena, world->folder, name);

    must(identity_load(file_path(&arena, folder, "identity.yaml"), identity));
    must(trust_load(file_path(&arena, folder, "trust.yaml"), trust));
}

static void add(const struct world *world, const char *name, enum peer_role role)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct service_id services[] = { world_monitor, world_enforce };
    const struct registry_node_spec spec = {
        .name = slice_from(name),
        .role = role,
        .aggregator = role == PEER_SMA ? SLICE("agg-1") : SLICE(""),
        .services = services,
        .service_count = role == PEER_SMA ? COUNT_OF(services) : 0,
    };

    must(registry_add_node(world->folder, &spec, file_path(&arena, world->folder, name)));
}

void world_make(struct world *world, const char *name)
{
    CLEANUP(arena_done) struct arena arena = { 0 };

    memset(world, 0, sizeof(*world));
    (void)snprintf(world->folder, sizeof(world->folder), "%s/%s", suite_folder(), name);
    must(registry_init(world->folder, SLICE("redand")));
    add(world, "agg-1", PEER_AGGREGATOR);
    add(world, "app-1", PEER_SMA);
    add(world, "app-2", PEER_SMA);
    must(identity_load(file_path(&arena, world->folder, "identity.yaml"), &world->redand));
    load_node(world, "agg-1", &world->agg, &world->agg_trust);
    load_node(world, "app-1", &world->app, &world->app_trust);
    load_node(world, "app-2", &world->other, &world->other_trust);
    must(registry_load(file_path(&arena, world->folder, "registry.yaml"), &world->registry));
}

void world_done(struct world *world)
{
    registry_unref(&world->registry);
    identity_done(&world->redand);
    identity_done(&world->agg);
    identity_done(&world->app);
    identity_done(&world->other);
}

struct event world_event(struct arena *arena, unsigned number, enum severity severity)
{
    struct event_field *fields = ARENA_NEW(arena, struct event_field, 2);

    fields[0] = (struct event_field){ SLICE("user"), arena_printf(arena, "user-%u", number),
                                      PROVENANCE_APP_LOG };
    fields[1] = (struct event_field){ SLICE("src_ip"), SLICE("10.99.0.2"), PROVENANCE_KERNEL };
    return (struct event){
        .node = SLICE("app-1"),
        .time_us = 1000000 + number,
        .seen_us = 2000000 + number,
        .kind = SLICE(EVENT_AUTH_FAILURE),
        .severity = severity,
        .layer = LAYER_L2,
        .plane = PLANE_NETWORK,
        .fields = fields,
        .field_count = 2,
    };
}

struct message world_events(struct arena *arena, const struct identity *node, uint64_t epoch,
                            uint64_t first_seq, size_t count)
{
    struct event *events = ARENA_NEW(arena, struct event, count);
    struct message message = {
        .frame = { .type = FRAME_EVENTS, .epoch = epoch, .seq = first_seq },
        .node = slice_from(node->name),
    };

    for (size_t i = 0; i < count; i++) {
        events[i] = world_event(arena, (unsigned)(first_seq + i), SEVERITY_LOW);
        events[i].node = slice_from(node->name);
        events[i].seq = first_seq + i;
    }
    const struct event_batch batch = { .node = slice_from(node->name),
                                       .service = world_monitor,
                                       .epoch = epoch,
                                       .first_seq = first_seq,
                                       .events = events,
                                       .event_count = count };
    must(events_seal(arena, &batch, &identity_service(node, &world_monitor)->secret,
                     &message.events));
    return message;
}

struct command world_command(const char *node, uint64_t seq)
{
    struct command command = {
        .verb = COMMAND_DO,
        .action = { .kind = ACTION_NETWORK_DENY, .lease = { LEASE_BAN, 60000, 3600000 } },
        .policy_digest = "d1",
        .issued_ms = 1000000,
        .expires_ms = 1060000,
        .seq = seq,
        .fencing_epoch = 3,
    };
    uint8_t random[10] = { 0 };

    random[9] = (uint8_t)seq;
    random[8] = (uint8_t)(seq >> 8);
    command.id = ulid_make(1000000, random);
    random[0] = 1;
    command.action.id = ulid_make(1000000, random);
    slice_to_cstr(slice_from(node), command.action.node, sizeof(command.action.node));
    must(address_parse(SLICE("10.99.0.2"), &command.action.source));
    return command;
}

struct message world_command_message(struct arena *arena, const struct world *world,
                                     const struct command *command)
{
    struct message message = {
        .frame = { .type = FRAME_CMD, .epoch = command->fencing_epoch, .seq = command->seq },
        .node = slice_from(command->action.node),
    };

    must(command_seal(arena, command, &registry_trust(world->registry)->membership,
                      slice_from(world->redand.name), &world->redand.signing, &message.command));
    return message;
}
