#include "sma/enforce.h"

#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/log.h"
#include "sma/enforce_priv.h"

int64_t enforcer_mono_ms(const struct enforcer *self)
{
    return clock_mono_ms(self->options.clock);
}

struct plane *enforcer_plane(const struct enforcer *self, const struct action *action)
{
    return self->options.planes[action_type(action->kind)->plane];
}

/* A wall clock that jumps expires nothing. */
static int64_t steady_wall_ms(const struct enforcer *self)
{
    return self->options.started_wall_ms + (enforcer_mono_ms(self) - self->options.started_mono_ms);
}

void enforcer_answer(struct enforcer *self, const struct command *command,
                     const struct command_result *result)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct service_result out = {
        .node = self->options.node,
        .service = { LAYER_L2, action_type(command->action.kind)->plane, SERVICE_ENFORCE },
        .result = *result
    };

    FAULT_POINT("sma.before_result");
    self->options.send_result(self->options.arg, &out, &arena);
}

/* --- commands
 * --------------------------------------------------------------------------------------------- */

static const struct address *protected_by(const struct enforcer *self, const struct address *source)
{
    for (size_t i = 0; i < self->network_count; i++) {
        if (address_overlaps(&self->networks[i], source)) {
            return &self->networks[i];
        }
    }
    return NULL;
}

/* The node's own rules, whoever signed. Undo is always allowed: it only gives back. */
static struct status check_own_rules(const struct enforcer *self, const struct command *command)
{
    const struct action *action = &command->action;
    const struct service_id service = { LAYER_L2, action_type(action->kind)->plane,
                                        SERVICE_ENFORCE };

    if (identity_service(self->options.identity, &service) == NULL ||
        enforcer_plane(self, action) == NULL) {
        return status_error(STATUS_UNSUPPORTED, "this node has no service for %s",
                            action_kind_name(action->kind));
    }
    if (command->verb != COMMAND_DO || !action_type(action->kind)->takes_source) {
        return STATUS_SUCCESS;
    }
    const struct address *network = protected_by(self, &action->source);
    if (network != NULL) {
        char text[ADDRESS_TEXT_MAX];
        address_format(network, text);
        return status_error(STATUS_DENIED, "would cut the protected network %s", text);
    }
    return STATUS_SUCCESS;
}

static void refuse(struct enforcer *self, const struct command *command,
                   enum command_outcome outcome, const char *why)
{
    struct command_result result = { .id = command->id,
                                     .verb = command->verb,
                                     .outcome = outcome,
                                     .state = CONTROL_FAILED,
                                     .received_us = clock_wall_us(self->options.clock),
                                     .lease_left_ms = -1 };

    self->counters.refused++;
    slice_to_cstr(slice_from(why), result.detail, sizeof(result.detail));
    log_warn("enforce", "refused", LOG_CSTR("command", command->id.text), LOG_CSTR("why", why));
    enforcer_answer(self, command, &result);
}

/* `verb` is what the answer is about. */
static void carry_out(struct enforcer *self, const struct command *command, enum command_verb verb)
{
    struct status allowed = check_own_rules(self, command);

    if (!status_ok(&allowed)) {
        refuse(self, command, COMMAND_REFUSED, allowed.msg);
        return;
    }
    struct job *job = job_new(self, &command->action, JOB_COMMAND);
    if (job == NULL) { /* the order comes again */
        self->counters.deferred++;
        log_warn("enforce", "too-much-under-way", LOG_CSTR("command", command->id.text));
        return;
    }
    job->command = *command;
    job->result = (struct command_result){ .id = command->id,
                                           .verb = verb,
                                           .received_us = clock_wall_us(self->options.clock),
                                           .lease_left_ms = -1 };
    job_run(job);
}

static bool is_under_way(const struct enforcer *self, const struct ulid *id)
{
    for (const struct job *job = self->jobs; job != NULL; job = job->next) {
        if (job->purpose == JOB_COMMAND &&
            memcmp(job->command.id.text, id->text, ULID_TEXT_LEN) == 0) {
            return true;
        }
    }
    return false;
}

/* Accepted before, without a result: done again, or only read back when it is too late for that.
 * The answer is about the order in both cases. */
static void repeat(struct enforcer *self, const struct command *command, enum command_verb how)
{
    struct command again = *command;

    self->counters.repeats++;
    again.verb = how;
    if (!is_under_way(self, &command->id)) {
        carry_out(self, &again, command->verb);
    }
}

static void accept(struct enforcer *self, const struct command *command)
{
    struct status stored = command_store_accept(self->options.guard, command);

    if (!status_ok(&stored)) {
        log_status(LOG_LEVEL_ERROR, "enforce", "order-not-stored", &stored);
        return; /* not ours yet: it comes again */
    }
    const struct command_ack ack = { command->id, command->seq };
    self->options.send_ack(self->options.arg, &ack);
    carry_out(self, command, command->verb);
}

/* By the clock that no jump can move; where that one was wrong from the start, or stood still while
 * the machine slept, by the wall clock of today. */
static struct command_judgement judge(const struct enforcer *self, struct arena *arena,
                                      const struct signed_list *sealed, struct command *out)
{
    struct command_judgement judgement = command_judge(
        self->options.guard, arena, sealed, self->options.trust, steady_wall_ms(self), out);

    if (judgement.verdict != COMMAND_REFUSE && judgement.verdict != COMMAND_LOOK) {
        return judgement;
    }
    struct command_judgement again =
        command_judge(self->options.guard, arena, sealed, self->options.trust,
                      clock_wall_ms(self->options.clock), out);
    return again.verdict == COMMAND_REFUSE ? judgement : again;
}

void enforcer_command(struct enforcer *self, const struct signed_list *sealed)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct command command;

    self->counters.commands++;
    struct command_judgement judgement = judge(self, &arena, sealed, &command);
    switch (judgement.verdict) {
    case COMMAND_ACCEPT:
        accept(self, &command);
        break;
    case COMMAND_AGAIN:
        repeat(self, &command, command.verb);
        break;
    case COMMAND_LOOK:
        repeat(self, &command, COMMAND_CHECK);
        break;
    case COMMAND_ANSWER:
        self->counters.repeats++;
        enforcer_answer(self, &command, judgement.result);
        break;
    case COMMAND_REFUSE:
        if (!is_under_way(self, &command.id)) { /* else its own answer comes, and is the truth */
            refuse(self, &command, judgement.outcome, judgement.detail);
        }
        break;
    case COMMAND_IGNORE:
        self->counters.ignored++;
        log_error("enforce", "order-not-trusted", LOG_CSTR("why", judgement.detail));
        break;
    }
}

/* --- the rest
 * ----------------------------------------------------------------------------------------------------
 */

struct status enforcer_protect(struct enforcer *self, const struct address *networks, size_t count)
{
    if (count > SNAPSHOT_NETWORKS_MAX) {
        return status_error(STATUS_EXHAUSTED, "more than %d protected networks",
                            SNAPSHOT_NETWORKS_MAX);
    }
    struct address *copy = calloc(count + 1, sizeof(*copy));
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, networks, count * sizeof(*copy));
    free(self->networks);
    self->networks = copy;
    self->network_count = count;
    return STATUS_SUCCESS;
}

size_t enforcer_capabilities(struct enforcer *self, enum action_kind out[ACTION_KINDS])
{
    size_t count = 0;

    for (size_t i = 0; i < PLANE_KINDS; i++) {
        struct plane_capability can[ACTION_KINDS];
        if (self->options.planes[i] == NULL) {
            continue;
        }
        plane_capabilities(self->options.planes[i], can);
        for (size_t kind = 0; kind < ACTION_KINDS; kind++) {
            bool here = action_type((enum action_kind)kind)->plane == (enum plane_kind)i;
            if (here && can[kind].supported) {
                out[count++] = (enum action_kind)kind;
            }
        }
    }
    return count;
}

struct enforcer_counters enforcer_read_counters(const struct enforcer *self)
{
    return self->counters;
}

struct status enforcer_new(const struct enforcer_options *options, struct enforcer **out)
{
    struct enforcer *self = calloc(1, sizeof(*self));

    if (self == NULL) {
        abort();
    }
    self->options = *options;
    self->check_ms = enforcer_mono_ms(self) + ENFORCE_CHECK_MS;
    *out = self;
    return STATUS_SUCCESS;
}

void enforcer_free(struct enforcer **enforcer)
{
    struct enforcer *self = *enforcer;

    if (self == NULL) {
        return;
    }
    while (self->jobs != NULL) {
        job_free(self->jobs);
    }
    lease_table_done(&self->leases);
    free(self->networks);
    free(self);
    *enforcer = NULL;
}
