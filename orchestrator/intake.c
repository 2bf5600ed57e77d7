/* The monitor stage: what the server hears becomes journal rows, high-water marks and acks. */
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "orchestrator/core_priv.h"
#include "orchestrator/knowledge/ingest.h"
#include "orchestrator/knowledge/nodes.h"

/* --- HELLO
 * ------------------------------------------------------------------------------------------ */

static struct status say_welcome(struct core *core, struct slice node)
{
    struct ingest_mark mark = { 0 };

    TRY(knowledge_get_mark(knowledge_reading(core->knowledge), node, &mark));
    struct outbox_item *item = outbox_add(core, OUTBOX_MESSAGE, node);
    if (item != NULL) {
        item->message.frame = (struct frame){
            .type = FRAME_WELCOME, .credit = CORE_CREDIT, .epoch = mark.epoch, .ack = mark.seq
        };
        item->message.welcome =
            (struct welcome){ .window_bytes = CORE_WINDOW_BYTES,
                              .policy_digest = slice_from(world_policies(core->world)->digest),
                              .wall_us = core->turn_us };
    }
    return STATUS_SUCCESS;
}

static struct status on_hello(struct core *core, const struct server_arrival *arrival)
{
    struct slice node = slice_from(arrival->node->name);
    struct slice via = arrival->via != NULL ? slice_from(arrival->via->name) : (struct slice){ 0 };

    TRY(knowledge_node_seen(core->knowledge, node, via, core->turn_us / 1000));
    TRY(capable_hello(core, arrival->node, &arrival->message->hello));
    TRY(say_welcome(core, node));
    return dispatch_sweep(core, node);
}

/* --- EVENTS
 * ------------------------------------------------------------------------------------------ */

static void say_ack(struct core *core, struct slice node, const struct ingest_mark *mark)
{
    struct outbox_item *item = outbox_add(core, OUTBOX_MESSAGE, node);

    if (item != NULL) {
        item->message.frame = (struct frame){
            .type = FRAME_ACK, .credit = 1, .epoch = mark->epoch, .ack = mark->seq
        };
    }
}

static struct status take_event(struct core *core, const struct event *event)
{
    core->counters.events++;
    if (slice_is(event->kind, EVENT_DETECTION)) {
        core->counters.detections++;
        return respond_detection(core, event);
    }
    if (slice_is(event->kind, EVENT_CONTROL_CHANGED)) {
        return progress_control_changed(core, event);
    }
    return STATUS_SUCCESS; /* kept in the journal; no loop asks for it yet */
}

/* One that cannot be worked on must not take those behind it along: the batch's numbers are taken
 * and will not come again. It is in the journal as received; damage to the turn undoes all of it.
 */
static struct status note_failed(struct core *core, const struct event *event,
                                 const struct status *why)
{
    core->counters.failed_events++;
    log_status(LOG_LEVEL_ERROR, "monitor", "event-failed", why);
    return knowledge_record(core->knowledge, "event.failed", event->node, slice_from(why->msg));
}

/* Counted, and told to people: the events were taken in by a database that is gone, or not at all.
 */
static void note_lost(struct core *core, const struct event_batch *batch,
                      const struct ingest_taken *taken)
{
    if (taken->lost_to == 0) {
        return;
    }
    core->counters.gaps++;
    log_warn("monitor", "events-lost", LOG_TEXT("node", batch->node),
             LOG_NUMBER("from", taken->lost_from), LOG_NUMBER("to", taken->lost_to));
}

static struct status on_events(struct core *core, const struct server_arrival *arrival)
{
    const struct event_batch *batch = arrival->batch;
    struct ingest_mark mark = { 0 };
    struct ingest_taken taken = { 0 };

    const struct ingest_batch received = { .node = batch->node,
                                           .epoch = batch->epoch,
                                           .first_seq = batch->first_seq,
                                           .count =
                                               (uint32_t)(batch->last_seq - batch->first_seq + 1),
                                           .first_held = batch->first_held,
                                           .bytes = arrival->message->frame.raw };
    struct status accepted = knowledge_accept_batch(core->knowledge, &received, &taken);
    if (accepted.code == STATUS_CONFLICT) {
        core->counters.gaps++;
    } else if (!status_ok(&accepted)) {
        return accepted;
    }
    note_lost(core, batch, &taken);
    for (size_t i = 0; i < batch->event_count; i++) {
        if (batch->last_seq - batch->events[i].seq < taken.fresh) {
            struct status worked = take_event(core, &batch->events[i]);
            if (!status_ok(&worked)) {
                TRY(note_failed(core, &batch->events[i], &worked));
            }
        } else {
            core->counters.duplicates++;
        }
    }
    TRY(knowledge_get_mark(knowledge_reading(core->knowledge), batch->node, &mark));
    say_ack(core, batch->node, &mark);
    return STATUS_SUCCESS;
}

/* --- the rest
 * ----------------------------------------------------------------------------------------- */

/* A node may acknowledge its own commands only. */
static struct status on_command_ack(struct core *core, struct slice node,
                                    const struct command_ack *ack)
{
    struct command_record command = { 0 };
    struct status found = knowledge_get_command(knowledge_reading(core->knowledge),
                                                slice_from(ack->id.text), &core->turn, &command);

    if (!status_ok(&found)) {
        return STATUS_SUCCESS; /* not ours, or of a restored backup: nothing to note */
    }
    if (!slice_eq(command.node, node)) {
        log_warn("monitor", "not-its-command", LOG_TEXT("node", node),
                 LOG_CSTR("command", ack->id.text));
        return STATUS_SUCCESS;
    }
    if (command.state == COMMAND_STATE_SENT || command.state == COMMAND_STATE_PLANNED) {
        command.state = COMMAND_STATE_ACCEPTED;
        return knowledge_put_command(core->knowledge, &command);
    }
    return STATUS_SUCCESS;
}

/* Who has it already asks now and then, for an announcement may be lost: no answer. */
static struct status on_state_request(struct core *core, struct slice node,
                                      struct slice have_digest)
{
    struct signed_list snapshot = { 0 };

    if (slice_is(have_digest, world_policies(core->world)->digest)) {
        return STATUS_SUCCESS;
    }
    struct registry *registry = registry_cell_get(core->registry);
    struct membership membership = registry_trust(registry)->membership;

    registry_unref(&registry);
    TRY(world_seal_snapshot(core->world, &core->turn, core->turn_us / 1000, &core->identity,
                            &membership, &snapshot));
    struct outbox_item *item = outbox_add(core, OUTBOX_MESSAGE, node);
    if (item != NULL) {
        item->message.frame = (struct frame){ .type = FRAME_SNAPSHOT };
        item->message.snapshot = snapshot;
    }
    return STATUS_SUCCESS;
}

static struct status handle(struct core *core, const struct server_arrival *arrival)
{
    const struct message *message = arrival->message;

    FAULT_POINT("redand.after_receive");
    TRY(turn_join(core));
    if (message->frame.type == FRAME_HELLO) {
        return on_hello(core, arrival);
    }
    if (message->frame.type == FRAME_EVENTS && arrival->batch != NULL) {
        return on_events(core, arrival);
    }
    if (message->frame.type == FRAME_CMD_ACK) {
        return on_command_ack(core, slice_from(arrival->node->name), &message->command_ack);
    }
    if (message->frame.type == FRAME_CMD_RESULT && arrival->result != NULL) {
        return progress_result(core, arrival->result, message->frame.raw);
    }
    if (message->frame.type == FRAME_STATE_REQ) {
        return on_state_request(core, slice_from(arrival->node->name),
                                message->state_request.have_digest);
    }
    if (message->frame.type ==
        FRAME_ERROR) { /* an aggregator has put the node in quarantine, say */
        log_warn("monitor", "peer-error", LOG_CSTR("about", arrival->node->name),
                 LOG_CSTR("from", arrival->via != NULL ? arrival->via->name : arrival->node->name),
                 LOG_CSTR("code", wire_error_name(message->error.code)),
                 LOG_TEXT("text", message->error.text));
    }
    return STATUS_SUCCESS; /* BYE is the server's to count */
}

static void on_message(void *arg, const struct server_arrival *arrival)
{
    struct core *core = arg;
    struct status handled = handle(core, arrival);

    log_status(LOG_LEVEL_WARN, "monitor", "message-lost", &handled);
    if (core->outbox_count > CORE_OUTBOX_MAX / 2) {
        struct status closed = turn_close(core); /* do not let one turn grow without end */
        log_status(LOG_LEVEL_ERROR, "core", "turn-lost", &closed);
    }
}

static void on_up(void *arg, const struct registry_node *node)
{
    struct core *core = arg;
    struct status seen = turn_join(core);

    if (status_ok(&seen)) {
        seen = knowledge_node_seen(core->knowledge, slice_from(node->name), (struct slice){ 0 },
                                   core->turn_us / 1000);
    }
    look_again(core); /* at what the nodes behind it could not do */
    log_status(LOG_LEVEL_WARN, "monitor", "not-noted", &seen);
    log_info("monitor", "peer-up", LOG_CSTR("node", node->name));
}

static void on_down(void *arg, const struct registry_node *node, struct slice reason)
{
    (void)arg;
    log_info("monitor", "peer-down", LOG_CSTR("node", node->name), LOG_TEXT("reason", reason));
}

static void on_refused(void *arg, enum server_refusal reason, struct slice who, struct slice detail,
                       uint64_t count)
{
    (void)arg;
    log_warn("monitor", "refused", LOG_CSTR("reason", server_refusal_name(reason)),
             LOG_TEXT("who", who), LOG_TEXT("detail", detail), LOG_NUMBER("count", count));
}

static void on_alarm(void *arg, enum server_alarm kind, struct slice node, struct slice detail)
{
    struct core *core = arg;
    struct status noted = turn_join(core);

    if (status_ok(&noted)) {
        noted = knowledge_record(core->knowledge,
                                 kind == SERVER_ALARM_TWO_SESSIONS ? "node.two-sessions"
                                                                   : "node.epoch-back",
                                 node, detail);
    }
    log_error("monitor", "quarantined", LOG_TEXT("node", node), LOG_TEXT("detail", detail));
    log_status(LOG_LEVEL_ERROR, "monitor", "alarm-lost", &noted);
}

struct server_handlers intake_handlers(struct core *core)
{
    return (struct server_handlers){ .message = on_message,
                                     .up = on_up,
                                     .down = on_down,
                                     .refused = on_refused,
                                     .alarm = on_alarm,
                                     .arg = core };
}
