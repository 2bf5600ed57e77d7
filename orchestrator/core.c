#include "orchestrator/core.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "orchestrator/api.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/http.h"
#include "orchestrator/knowledge/nodes.h"
#include "orchestrator/own_keys.h"

struct ulid core_new_id(struct core *core)
{
    int64_t now_ms = clock_wall_ms(core->clock);

    core->id_ms = now_ms > core->id_ms ? now_ms : core->id_ms;
    return ulid_new(core->id_ms);
}

void core_know_id(struct core *core, const struct ulid *id)
{
    int64_t made_ms = ulid_ms(id) + 1; /* what comes now is later */

    core->id_ms = made_ms > core->id_ms ? made_ms : core->id_ms;
}

/* --- a wall clock that jumps --------------------------------------------------------------------
 */

static struct status journal_jump(struct core *core)
{
    CLEANUP(buf_done) struct buf json = { 0 };
    struct json_writer writer = { .out = &json };

    json_open_object(&writer);
    json_add_i64(&writer, "by_ms", core->jumped_us / 1000);
    json_close_object(&writer);
    log_warn("core", "clock-jumped", LOG_NUMBER("by_ms", core->jumped_us / 1000));
    return knowledge_record(core->knowledge, "clock.jumped", (struct slice){ 0 }, buf_slice(&json));
}

/* Before anything is judged by the new time, what we wait for is moved along: commands live as long
 * as they would have, and nothing comes late that does not. */
static struct status watch_clock(struct core *core)
{
    int64_t offset_us = core->turn_us - clock_mono_us(core->clock);
    int64_t jumped_us = core->knows_offset ? offset_us - core->offset_us : 0;

    core->knows_offset = true;
    core->offset_us = offset_us;
    core->jumped_us = 0;
    if (jumped_us >= -CORE_JUMP_US && jumped_us <= CORE_JUMP_US) {
        return STATUS_SUCCESS;
    }
    core->jumped_us = jumped_us;
    core->counters.clock_jumps++;
    TRY(journal_jump(core));
    TRY(knowledge_move_incidents(core->knowledge, jumped_us));
    TRY(knowledge_move_checks(core->knowledge, jumped_us / 1000));
    return dispatch_move(core);
}

/* What the turn has moved was rolled back: the next one finds the jump again. */
static void take_back(struct core *core)
{
    core->offset_us -= core->jumped_us;
    core->jumped_us = 0;
    look_again(core);
}

/* --- turns --------------------------------------------------------------------------------------
 */

static void turn_forget(struct core *core)
{
    uint64_t ignored = 0;

    core->turn_is_open = false;
    core->outbox_count = 0;
    core->outbox = core->outbox_last = NULL;
    arena_reset(&core->turn);
    if (read(core->turn_fd, &ignored, sizeof(ignored)) < 0) {
        return; /* nothing was pending */
    }
}

struct status turn_join(struct core *core)
{
    const uint64_t one = 1;

    if (core->turn_is_open) {
        return STATUS_SUCCESS;
    }
    core->turn_us = clock_wall_us(core->clock);
    TRY(knowledge_begin(core->knowledge, core->turn_us));
    core->turn_is_open = true;
    if (write(core->turn_fd, &one, sizeof(one)) != (ssize_t)sizeof(one)) {
        return status_error(STATUS_INTERNAL, "cannot wake the loop");
    }
    return watch_clock(core);
}

struct outbox_item *outbox_add(struct core *core, enum outbox_kind kind, struct slice node)
{
    if (core->outbox_count == CORE_OUTBOX_MAX) {
        core->counters.outbox_full++;
        return NULL;
    }
    struct outbox_item *item = ARENA_NEW(&core->turn, struct outbox_item, 1);
    *item = (struct outbox_item){ .kind = kind, .node = arena_copy(&core->turn, node) };
    *(core->outbox == NULL ? &core->outbox : &core->outbox_last->next) = item;
    core->outbox_last = item;
    core->outbox_count++;
    return item;
}

/* A peer that is gone or does not read is no error here: its HELLO or the sweep brings it back. */
static void outbox_send(struct core *core, const struct outbox_item *item)
{
    struct status sent = STATUS_SUCCESS;

    switch (item->kind) {
    case OUTBOX_MESSAGE:
        sent = server_send(core->server, item->node, &item->message);
        break;
    case OUTBOX_RAW:
        if (dispatch_is_stalled(core, item->node)) {
            return;
        }
        sent = server_forward(core->server, item->node, item->type, item->raw);
        if (!status_ok(&sent)) {
            dispatch_stall(core, item->node);
        }
        break;
    case OUTBOX_REPLY:
        sent = http_reply(core->http, item->call, &item->reply);
        break;
    }
    log_status(LOG_LEVEL_DEBUG, "core", "not-sent", &sent);
}

struct status turn_close(struct core *core)
{
    if (!core->turn_is_open) {
        return STATUS_SUCCESS;
    }
    FAULT_POINT("redand.before_turn_end");
    struct status committed = knowledge_commit(core->knowledge);
    if (!status_ok(&committed)) {
        core->counters.failed_turns++;
        take_back(core);
        turn_forget(core);
        return committed;
    }
    FAULT_POINT("redand.after_turn_end");
    core->counters.turns++;
    for (const struct outbox_item *item = core->outbox; item != NULL; item = item->next) {
        outbox_send(core, item);
    }
    FAULT_POINT("redand.after_send");
    turn_forget(core);
    return STATUS_SUCCESS;
}

void turn_abandon(struct core *core)
{
    if (core->turn_is_open) {
        knowledge_rollback(core->knowledge);
        take_back(core);
        turn_forget(core);
    }
}

static struct status on_turn(struct actor_loop *loop, int fd, short revents, void *state)
{
    struct core *core = state;
    struct status closed = turn_close(core);

    (void)loop;
    (void)fd;
    (void)revents;
    log_status(LOG_LEVEL_ERROR, "core", "turn-lost", &closed);
    return STATUS_SUCCESS;
}

/* --- the sweep -----------------------------------------------------------------------------------
 */

/* When it fails all goes on as of the day before. */
static void turn_day(struct core *core)
{
    struct status turned = day_sweep(core);

    log_status(LOG_LEVEL_ERROR, "core", "day-not-changed", &turned);
}

struct status core_sweep(struct core *core)
{
    turn_day(core);
    TRY(turn_join(core));
    TRY(dispatch_sweep(core, (struct slice){ 0 }));
    TRY(overdue_sweep(core));
    TRY(respond_sweep(core));
    return look_sweep(core);
}

static struct status on_sweep(struct actor_loop *loop, void *state)
{
    struct core *core = state;

    (void)loop;
    if (!core->turn_is_open) {
        struct status tidied = knowledge_tidy(core->knowledge);
        log_status(LOG_LEVEL_WARN, "core", "not-tidied", &tidied);
    }
    struct status swept = core_sweep(core);
    log_status(LOG_LEVEL_ERROR, "core", "sweep-failed", &swept);
    return STATUS_SUCCESS;
}

/* --- opening and closing
 * --------------------------------------------------------------------------- */

static struct slice services_text(struct arena *arena, const struct registry_node *node)
{
    CLEANUP(buf_done) struct buf text = { 0 };

    for (size_t i = 0; i < node->service_count; i++) {
        char id[SERVICE_ID_TEXT_MAX];
        service_id_format(&node->services[i].id, id);
        buf_printf(&text, "%s%s", i == 0 ? "" : " ", id);
    }
    return arena_copy(arena, buf_slice(&text));
}

/* The registry's nodes as rows; what was seen of them before stays. */
static struct status put_nodes(struct core *core)
{
    struct registry *registry = registry_cell_get(core->registry);
    struct status put = turn_join(core);

    for (size_t i = 0; status_ok(&put) && i < registry_count(registry); i++) {
        const struct registry_node *node = registry_at(registry, i);
        struct node_record known = { 0 };
        struct node_record record = { .name = slice_from(node->name),
                                      .role = node->role,
                                      .state = node->state,
                                      .services = services_text(&core->turn, node) };
        struct status found = knowledge_get_node(knowledge_reading(core->knowledge), record.name,
                                                 &core->turn, &known);
        if (status_ok(&found)) {
            record.via = known.via;
            record.last_seen_ms = known.last_seen_ms;
        }
        put = knowledge_put_node(core->knowledge, &record);
        server_know_epoch(core->server, record.name, known.mark.epoch);
    }
    registry_unref(&registry);
    return put;
}

static struct status load_keys(struct core *core)
{
    struct registry *registry = NULL;

    TRY(own_keys_load(core->options->keys, &core->identity, &registry));
    core->registry = registry_cell_new(registry);
    return STATUS_SUCCESS;
}

static struct status open_doors(struct core *core)
{
    const struct server_options server = { .endpoint = core->options->endpoint,
                                           .identity = &core->identity,
                                           .registry = core->registry,
                                           .serves = PEER_AGGREGATOR,
                                           .open_signed = true,
                                           .clock = core->clock };
    const struct server_handlers handlers = intake_handlers(core);
    const struct http_spec http = { .path = core->options->api_socket,
                                    .mode = 0660,
                                    .group = (gid_t)-1,
                                    .clock = core->clock,
                                    .call = api_call,
                                    .arg = core };

    TRY(server_open(core->loop, &server, &handlers, &core->server));
    TRY(http_server_new(&http, &core->http));
    return http_server_join(core->http, core->loop);
}

static struct status know_plan(void *arg, const struct plan_record *row)
{
    core_know_id(arg, &row->id);
    return STATUS_SUCCESS;
}

static struct status know_incident(void *arg, const struct incident_record *row)
{
    core_know_id(arg, &row->id);
    return STATUS_SUCCESS;
}

static struct status know_command(void *arg, const struct command_record *row)
{
    core_know_id(arg, &row->id);
    return STATUS_SUCCESS;
}

/* The newest of each kind: the clock may have been set back while nobody ran. */
static struct status know_ids(struct core *core)
{
    struct knowledge_reader *reader = knowledge_reading(core->knowledge);
    const struct knowledge_page newest = { .limit = 1 };

    TRY(knowledge_list_plans(reader, &(struct plan_query){ .page = newest }, know_plan, core,
                             NULL));
    TRY(knowledge_list_incidents(reader, &(struct incident_query){ .page = newest }, know_incident,
                                 core, NULL));
    return knowledge_list_commands(reader, &(struct command_query){ .page = newest }, know_command,
                                   core, NULL);
}

static struct status go_on(struct core *core)
{
    TRY(know_ids(core));
    TRY(capable_load(core));
    TRY(progress_world_changed(core)); /* it may have, at the very end of the last run */
    TRY(knowledge_cap_checks(core->knowledge, core->turn_us / 1000, EXECUTE_CHECK_LATEST_MS));
    TRY(dispatch_reissue(core));
    return progress_resume(core);
}

struct status core_resume(struct core *core)
{
    TRY(turn_join(core));
    core->is_resuming = true;
    struct status resumed = go_on(core);
    core->is_resuming = false;
    return resumed;
}

static struct status open_parts(struct core *core)
{
    core->turn_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (core->turn_fd < 0) {
        return status_error(STATUS_UNAVAILABLE, "eventfd: %s", strerrordesc_np(errno));
    }
    TRY(load_keys(core));
    TRY(knowledge_open(core->options->database, clock_wall_us(core->clock), &core->knowledge));
    const struct sla_options keys = { .keys = core->options->party_keys,
                                      .key_count = core->options->party_key_count };
    TRY(world_open(core->knowledge, &keys, &core->world));
    TRY(open_doors(core));
    TRY(actor_loop_fd(core->loop, core->turn_fd, POLLIN, on_turn, core));
    TRY(put_nodes(core));
    TRY(core_resume(core));
    TRY(turn_close(core));
    turn_day(core);
    TRY(turn_close(core));
    (void)actor_loop_timer(core->loop, CORE_SWEEP_MS, 0, on_sweep, core);
    return STATUS_SUCCESS;
}

struct status core_open(struct actor_loop *loop, const struct core_options *options,
                        struct core **out)
{
    struct core *core = calloc(1, sizeof(*core));

    if (core == NULL) {
        abort();
    }
    core->loop = loop;
    core->options = options;
    core->clock = options->clock;
    core->has_session = server_has_session;
    core->turn_fd = -1;
    core->started_us = clock_wall_us(core->clock);
    core->capabilities = calloc(CORE_NODE_CAPABILITIES_MAX, sizeof(*core->capabilities));
    if (core->capabilities == NULL) {
        abort();
    }
    struct status opened = open_parts(core);
    if (!status_ok(&opened)) {
        core_close(&core);
        return opened;
    }
    *out = core;
    return STATUS_SUCCESS;
}

void core_close(struct core **pointer)
{
    struct core *core = *pointer;

    if (core == NULL) {
        return;
    }
    if (core->turn_is_open) {
        struct status closed = turn_close(core);
        log_status(LOG_LEVEL_ERROR, "core", "turn-lost", &closed);
    }
    api_close(core);
    http_server_free(&core->http);
    server_close(&core->server);
    world_close(&core->world);
    knowledge_close(&core->knowledge);
    registry_cell_free(&core->registry);
    identity_done(&core->identity);
    if (core->turn_fd >= 0) {
        (void)close(core->turn_fd);
    }
    arena_done(&core->turn);
    free(core->capabilities);
    free(core);
    *pointer = NULL;
}

struct status core_reload(struct core *core)
{
    CLEANUP(registry_unref) struct registry *read = NULL;
    CLEANUP(arena_done) struct arena arena = { 0 };

    TRY(registry_load(file_path(&arena, core->options->keys, "registry.yaml"), &read));
    TRY(own_keys_agree(&core->identity, read));
    struct registry *next = TAKE(read);
    registry_cell_set(core->registry, next);
    server_reload(core->server);
    TRY(put_nodes(core));
    TRY(capable_load(core));
    return turn_close(core);
}
