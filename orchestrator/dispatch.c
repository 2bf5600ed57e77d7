/* Commands: sealed, written down, sent after the commit, repeated until they end. */
#include <string.h>

#include "base/log.h"
#include "orchestrator/core_priv.h"

/* The enforce service of the node that may do this action. */
static const struct registry_service *service_for(const struct registry_node *node,
                                                  enum action_kind kind)
{
    for (size_t i = 0; node != NULL && i < node->service_count; i++) {
        const struct registry_service *service = &node->services[i];
        if (service->id.service == SERVICE_ENFORCE &&
            service->id.plane == action_type(kind)->plane &&
            (service->actions & (1U << kind)) != 0) {
            return service;
        }
    }
    return NULL;
}

static struct status service_text(struct core *core, const struct action *action,
                                  char out[SERVICE_ID_TEXT_MAX])
{
    struct registry *registry = registry_cell_get(core->registry);
    const struct registry_service *service =
        service_for(registry_by_name(registry, slice_from(action->node)), action->kind);
    struct status found = STATUS_SUCCESS;

    if (service == NULL) {
        found = status_error(STATUS_NOT_FOUND, "no service of `%s` may do %s", action->node,
                             action_kind_name(action->kind));
    } else {
        service_id_format(&service->id, out);
    }
    registry_unref(&registry);
    return found;
}

/* The frame as it will be sent, kept so that a repeat is the same bytes. */
static struct status seal(struct core *core, const struct command *command, struct slice node,
                          struct slice *out_raw)
{
    CLEANUP(buf_done) struct buf bytes = { 0 };
    struct message message = {
        .frame = { .type = FRAME_CMD, .epoch = command->fencing_epoch, .seq = command->seq },
        .node = node
    };
    struct registry *registry = registry_cell_get(core->registry);
    struct membership membership = registry_trust(registry)->membership;

    registry_unref(&registry);
    TRY(command_seal(&core->turn, command, &membership, slice_from(core->identity.name),
                     &core->identity.signing, &message.command));
    TRY(message_encode(&message, &bytes));
    *out_raw = arena_copy(&core->turn, buf_slice(&bytes));
    return STATUS_SUCCESS;
}

/* --- order
 * ------------------------------------------------------------------------------------------- */

bool dispatch_is_stalled(const struct core *core, struct slice node)
{
    for (size_t i = 0; i < core->stalled_count && i < CORE_STALLED_MAX; i++) {
        if (slice_is(node, core->stalled[i])) {
            return true;
        }
    }
    return core->stalled_count > CORE_STALLED_MAX;
}

void dispatch_stall(struct core *core, struct slice node)
{
    if (core->stalled_count < CORE_STALLED_MAX) {
        slice_to_cstr(node, core->stalled[core->stalled_count], NODE_NAME_MAX);
    }
    if (core->stalled_count <= CORE_STALLED_MAX) {
        core->stalled_count++;
    }
}

static void unstall(struct core *core, struct slice node)
{
    size_t kept = 0;

    if (core->stalled_count > CORE_STALLED_MAX) {
        core->stalled_count = 0; /* all waited: all may go, in the order of the sweep */
        return;
    }
    for (size_t i = 0; i < core->stalled_count; i++) {
        if (!slice_is(node, core->stalled[i])) {
            memmove(core->stalled[kept++], core->stalled[i], NODE_NAME_MAX);
        }
    }
    core->stalled_count = kept;
}

static void put_in_outbox(struct core *core, struct slice node, struct slice raw)
{
    struct outbox_item *item = outbox_add(core, OUTBOX_RAW, node);

    if (item != NULL) {
        item->type = FRAME_CMD;
        item->raw = arena_copy(&core->turn, raw);
    }
}

static int64_t life_ms(enum command_verb verb)
{
    return verb == COMMAND_CHECK ? CORE_CHECK_LIFE_MS : CORE_COMMAND_LIFE_MS;
}

/* Written down and on its way. */
static struct status issue(struct core *core, const struct action *action, enum command_verb verb,
                           const char *service, struct command_record *out)
{
    struct slice node = slice_from(action->node);
    int64_t now_ms = core->turn_us / 1000;
    struct command command = { .id = core_new_id(core),
                               .verb = verb,
                               .action = *action,
                               .issued_ms = now_ms,
                               .expires_ms = now_ms + life_ms(verb),
                               .fencing_epoch = knowledge_fencing_epoch(core->knowledge) };
    struct command_record record = { 0 };

    memcpy(command.policy_digest, world_policies(core->world)->digest,
           sizeof(command.policy_digest));
    TRY(knowledge_next_command_seq(core->knowledge, node, &command.seq));
    TRY(seal(core, &command, node, &record.bytes));
    record.id = command.id;
    record.node = node;
    record.service = slice_from(service);
    record.verb = verb;
    record.action = action->id;
    record.seq = command.seq;
    record.fencing_epoch = command.fencing_epoch;
    record.state = COMMAND_STATE_SENT;
    record.issued_ms = command.issued_ms;
    record.expires_ms = command.expires_ms;
    record.sent_ms = now_ms;
    record.sent_count = 1;
    TRY(knowledge_put_command(core->knowledge, &record));
    put_in_outbox(core, node, record.bytes);
    *out = record;
    return STATUS_SUCCESS;
}

struct status dispatch_order(struct core *core, struct step_record *step, enum command_verb verb,
                             bool *out_ordered)
{
    char service[SERVICE_ID_TEXT_MAX];
    struct command_record record = { 0 };

    struct status may = service_text(core, &step->action, service);
    *out_ordered = status_ok(&may);
    if (!status_ok(&may)) {
        step->state = verb == COMMAND_DO ? CONTROL_FAILED : step->state; /* else still in force */
        step->detail = arena_copy(&core->turn, slice_from(may.msg));
        return knowledge_put_step(core->knowledge, step);
    }
    TRY(issue(core, &step->action, verb, service, &record));
    TRY(knowledge_record(core->knowledge, "command.issued", slice_from(record.id.text),
                         record.bytes));
    step->command = record.id;
    step->sent_us = clock_wall_us(core->clock); /* sealed now; it leaves after the commit */
    core->counters.commands++;
    return knowledge_put_step(core->knowledge, step);
}

struct status dispatch_check(struct core *core, const struct step_record *step)
{
    char service[SERVICE_ID_TEXT_MAX];
    struct command_record record = { 0 };

    struct status may = service_text(core, &step->action, service);
    if (!status_ok(&may)) {
        return STATUS_SUCCESS; /* nobody to ask; another registry may know somebody */
    }
    TRY(issue(core, &step->action, COMMAND_CHECK, service, &record));
    core->counters.checks++;
    core->checks_under_way++;
    return STATUS_SUCCESS;
}

/* --- the sweep
 * ------------------------------------------------------------------------------------------- */

struct overdue {
    struct arena *arena;
    struct command_record *rows;
    size_t count, limit;
};

static struct status keep_command(void *arg, const struct command_record *row)
{
    struct overdue *overdue = arg;

    if (overdue->count < overdue->limit) {
        struct command_record *kept = &overdue->rows[overdue->count++];
        *kept = *row;
        kept->node = arena_copy(overdue->arena, row->node);
        kept->service = arena_copy(overdue->arena, row->service);
        kept->bytes = arena_copy(overdue->arena, row->bytes);
        kept->result = (struct slice){ 0 };
        kept->detail = (struct slice){ 0 };
    }
    return STATUS_SUCCESS;
}

static struct status list(struct core *core, const struct command_query *query, struct overdue *out,
                          bool *out_more)
{
    *out =
        (struct overdue){ .arena = &core->turn,
                          .rows = ARENA_NEW(&core->turn, struct command_record, KNOWLEDGE_PAGE_MAX),
                          .limit = KNOWLEDGE_PAGE_MAX };
    return knowledge_list_commands(knowledge_reading(core->knowledge), query, keep_command, out,
                                   out_more);
}

/* A page of them, oldest first; call it until there is no more, with the row before. */
static struct status unfinished(struct core *core, struct slice node, struct slice after,
                                struct overdue *out, bool *out_more)
{
    const struct command_query query = { .page = { .after = after, .limit = KNOWLEDGE_PAGE_MAX },
                                         .node = node,
                                         .unfinished = true };

    return list(core, &query, out, out_more);
}

static struct slice last_id(const struct overdue *page)
{
    return page->count > 0 ? slice_from(page->rows[page->count - 1].id.text) : (struct slice){ 0 };
}

static int64_t backoff_ms(uint32_t sent_count)
{
    int64_t wait_ms = CORE_RESEND_MIN_MS;

    for (uint32_t i = 1; i < sent_count && wait_ms < CORE_RESEND_MAX_MS; i++) {
        wait_ms *= 2;
    }
    return wait_ms < CORE_RESEND_MAX_MS ? wait_ms : CORE_RESEND_MAX_MS;
}

static bool is_due(const struct command_record *command, int64_t now_ms)
{
    return now_ms < command->sent_ms || /* the clock was set back */
           now_ms - command->sent_ms >= backoff_ms(command->sent_count);
}

/* What stands behind a stalled command goes when that one goes: `rows` are oldest first. */
static const struct command_record *first_of_node(const struct overdue *overdue, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (slice_eq(overdue->rows[i].node, overdue->rows[at].node)) {
            return &overdue->rows[i];
        }
    }
    return &overdue->rows[at];
}

static bool must_send(const struct core *core, const struct overdue *overdue, size_t at,
                      int64_t now_ms)
{
    const struct command_record *command = &overdue->rows[at];

    if (dispatch_is_stalled(core, command->node)) {
        const struct command_record *first = first_of_node(overdue, at);
        return first->sent_ms == now_ms || is_due(first, now_ms);
    }
    return is_due(command, now_ms);
}

/* Nobody answered in time: the step failed as far as we know. */
static struct status expire(struct core *core, struct command_record *command)
{
    struct service_result result = { .node = command->node };

    result.result = (struct command_result){ .id = command->id,
                                             .verb = command->verb,
                                             .outcome = COMMAND_EXPIRED,
                                             .state = CONTROL_FAILED,
                                             .lease_left_ms = -1 };
    slice_to_cstr(SLICE("no answer before the command expired"), result.result.detail,
                  sizeof(result.result.detail));
    return progress_result(core, &result, (struct slice){ 0 });
}

static struct status sweep_page(struct core *core, struct slice node, const struct overdue *overdue)
{
    int64_t now_ms = core->turn_us / 1000;

    for (size_t i = 0; i < overdue->count; i++) {
        struct command_record *command = &overdue->rows[i];
        if (command->expires_ms <= now_ms) {
            struct status expired = expire(core, command);
            if (!status_ok(&expired)) {
                TRY(stuck_command(core, command, &expired));
            }
            continue;
        }
        if (node.len == 0 && !must_send(core, overdue, i, now_ms)) {
            continue;
        }
        command->sent_ms = now_ms;
        command->sent_count++;
        core->counters.resends++;
        TRY(knowledge_put_command(core->knowledge, command));
        put_in_outbox(core, command->node, command->bytes);
    }
    for (size_t i = 0; i < overdue->count; i++) {
        if (overdue->rows[i].sent_ms == now_ms) {
            unstall(core, overdue->rows[i].node);
        }
    }
    return STATUS_SUCCESS;
}

/* What was given up for lack of an answer may have been done all the same: a node that is there
 * again repeats its answer, or says that it never did it and never will. */
static struct status ask_for_answers(struct core *core, struct slice node)
{
    const uint8_t lowest[10] = { 0 };
    struct ulid since = ulid_make(core->turn_us / 1000 - CORE_ANSWER_LIFE_MS, lowest);
    const struct command_query query = { .page = { .after = slice_from(since.text),
                                                   .limit = KNOWLEDGE_PAGE_MAX },
                                         .node = node,
                                         .unanswered = true };
    struct overdue page = { .count = 0 };

    TRY(list(core, &query, &page, NULL));
    for (size_t i = 0; i < page.count; i++) {
        put_in_outbox(core, page.rows[i].node, page.rows[i].bytes);
    }
    if (page.count > 0) {
        look_later(core);
    }
    return STATUS_SUCCESS;
}

static size_t count_checks(const struct overdue *page)
{
    size_t count = 0;

    for (size_t i = 0; i < page->count; i++) {
        count += page->rows[i].verb == COMMAND_CHECK ? 1 : 0;
    }
    return count;
}

struct status dispatch_sweep(struct core *core, struct slice node)
{
    struct overdue page = { .count = 0 };
    size_t checks = 0;
    bool more = true;

    while (more) {
        TRY(unfinished(core, node, last_id(&page), &page, &more));
        TRY(sweep_page(core, node, &page));
        checks += count_checks(&page);
    }
    core->checks_under_way = node.len == 0 ? checks : core->checks_under_way;
    return node.len > 0 ? ask_for_answers(core, node) : STATUS_SUCCESS;
}

/* --- sealed anew ------------------------------------------------------------------------------ */

static struct status seal_anew(struct core *core, struct command_record *record)
{
    struct step_record step;

    TRY(knowledge_find_step(knowledge_reading(core->knowledge), &record->action, &core->turn,
                            &step));
    struct command command = { .id = record->id,
                               .verb = record->verb,
                               .action = step.action,
                               .issued_ms = record->issued_ms,
                               .expires_ms = record->expires_ms,
                               .seq = record->seq,
                               .fencing_epoch = knowledge_fencing_epoch(core->knowledge) };
    memcpy(command.policy_digest, world_policies(core->world)->digest,
           sizeof(command.policy_digest));
    TRY(seal(core, &command, record->node, &record->bytes));
    record->fencing_epoch = command.fencing_epoch;
    TRY(knowledge_put_command(core->knowledge, record));
    if (record->verb == COMMAND_CHECK) {
        return STATUS_SUCCESS; /* it changes nothing */
    }
    return knowledge_record(core->knowledge, "command.reissued", slice_from(record->id.text),
                            record->bytes);
}

/* What is taken back must be, however late; what is done keeps its life, which no clock that was
 * set back makes longer. */
static struct status reissue(struct core *core, struct command_record *record)
{
    int64_t now_ms = core->turn_us / 1000;
    int64_t latest_ms = now_ms + life_ms(record->verb);

    if (record->fencing_epoch == knowledge_fencing_epoch(core->knowledge)) {
        return STATUS_SUCCESS; /* of this run */
    }
    if (record->verb == COMMAND_DO && record->expires_ms <= now_ms) {
        look_later(core);
        return expire(core, record);
    }
    bool has_life = record->verb == COMMAND_DO && record->expires_ms <= latest_ms;
    record->expires_ms = has_life ? record->expires_ms : latest_ms;
    record->issued_ms = has_life && record->issued_ms < now_ms ? record->issued_ms : now_ms;
    return seal_anew(core, record);
}

static struct status move(struct core *core, struct command_record *record)
{
    int64_t by_ms = core->jumped_us / 1000;

    record->issued_ms += by_ms;
    record->expires_ms += by_ms;
    record->sent_ms += by_ms;
    return seal_anew(core, record);
}

typedef struct status(command_fn)(struct core *core, struct command_record *record);

static struct status for_each_unfinished(struct core *core, command_fn *work)
{
    struct overdue page = { .count = 0 };
    bool more = true;

    while (more) {
        TRY(unfinished(core, (struct slice){ 0 }, last_id(&page), &page, &more));
        for (size_t i = 0; i < page.count; i++) {
            struct status worked = work(core, &page.rows[i]);
            if (!status_ok(&worked)) {
                TRY(stuck_command(core, &page.rows[i], &worked));
            }
        }
    }
    return STATUS_SUCCESS;
}

struct status dispatch_reissue(struct core *core)
{
    return for_each_unfinished(core, reissue);
}

struct status dispatch_move(struct core *core)
{
    return for_each_unfinished(core, move);
}

/* --- withdrawn ------------------------------------------------------------------------------- */

struct status dispatch_withdraw(struct core *core, struct step_record *step)
{
    struct command_record command;
    bool is_ordered = false;

    TRY(knowledge_get_command(knowledge_reading(core->knowledge), slice_from(step->command.text),
                              &core->turn, &command));
    if (!command_state_is_final(command.state)) {
        command.state = COMMAND_STATE_REFUSED;
        command.detail = step->detail;
        TRY(knowledge_put_command(core->knowledge, &command));
    }
    return dispatch_order(core, step, COMMAND_UNDO, &is_ordered);
}
