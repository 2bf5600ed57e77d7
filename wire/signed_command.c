#include "wire/signed.h"

#include <string.h>

#include "wire/pb_priv.h"
#include "wire/signed_priv.h"

/* Bytes signed as one thing never verify as another. */
static const char *const context_command = "redan/1 command";
static const char *const context_result = "redan/1 result";

struct status command_seal(struct arena *arena, const struct command *command,
                           const struct membership *membership, struct slice replica,
                           const struct ed25519_secret *key, struct signed_list *out)
{
    const struct action *action = &command->action;
    Redan__Wire__Command body = REDAN__WIRE__COMMAND__INIT;
    Redan__Wire__Address source = signed_fill_address(&action->source);

    TRY(action_validate(action));
    body.id = pb_text(slice_from(command->id.text));
    body.verb = (uint32_t)command->verb;
    body.node = pb_text(slice_from(action->node));
    body.action_id = pb_text(slice_from(action->id.text));
    body.action = (uint32_t)action->kind;
    body.resource = pb_text(slice_from(action->resource));
    body.source = &source;
    body.lease_polarity = (uint32_t)action->lease.polarity;
    body.lease_duration_ms = action->lease.duration_ms;
    body.lease_limit_ms = action->lease.limit_ms;
    body.policy_digest = pb_text(slice_from(command->policy_digest));
    body.issued_ms = command->issued_ms;
    body.expires_ms = command->expires_ms;
    body.seq = command->seq;
    body.fencing_epoch = command->fencing_epoch;
    body.membership_epoch = membership->epoch;
    body.threshold = membership->threshold;
    signed_seal_list(arena, context_command, &body.base, replica, key, out);
    return STATUS_SUCCESS;
}

static struct status read_action(const Redan__Wire__Command *body, struct action *out)
{
    struct action action = {
        .kind = (enum action_kind)body->action,
        .lease = { .polarity = (enum lease_polarity)body->lease_polarity,
                   .duration_ms = body->lease_duration_ms,
                   .limit_ms = body->lease_limit_ms },
    };

    if (body->action >= ACTION_KINDS || body->lease_polarity > LEASE_GRANT ||
        !pb_copy_ulid(body->action_id, &action.id) ||
        !pb_copy_text(body->node, action.node, sizeof(action.node)) ||
        !pb_copy_text(body->resource, action.resource, sizeof(action.resource)) ||
        !signed_read_address(body->source, &action.source)) {
        return status_error(STATUS_CORRUPT, "a value out of range in the action");
    }
    TRY(action_validate(&action));
    *out = action;
    return STATUS_SUCCESS;
}

struct status command_open(struct arena *arena, const struct signed_list *sealed,
                           const struct trust *trust, struct command *out)
{
    struct command command = { 0 };
    void *raw = NULL;

    TRY(status_wrap(signed_open_list(arena, context_command, sealed, trust,
                                     &redan__wire__command__descriptor, &raw),
                    "command"));
    const Redan__Wire__Command *body = raw;
    TRY(status_wrap(signed_check_membership(body->membership_epoch, body->threshold, trust),
                    "command"));
    TRY(status_wrap(read_action(body, &command.action), "command"));
    if (body->verb > COMMAND_UNDO || !pb_copy_ulid(body->id, &command.id) ||
        !pb_copy_text(body->policy_digest, command.policy_digest, sizeof(command.policy_digest))) {
        return status_error(STATUS_CORRUPT, "command: a value out of range");
    }
    command.verb = (enum command_verb)body->verb;
    command.issued_ms = body->issued_ms;
    command.expires_ms = body->expires_ms;
    command.seq = body->seq;
    command.fencing_epoch = body->fencing_epoch;
    *out = command;
    return STATUS_SUCCESS;
}

static Redan__Wire__CommandResult fill_result(struct slice node,
                                              const struct command_result *result)
{
    Redan__Wire__CommandResult body = REDAN__WIRE__COMMAND_RESULT__INIT;

    body.node = pb_text(node);
    body.id = pb_text(slice_from(result->id.text));
    body.verb = (uint32_t)result->verb;
    body.outcome = (uint32_t)result->outcome;
    body.state = (uint32_t)result->state;
    body.verified_by = (uint32_t)result->verified_by;
    body.received_us = result->received_us;
    body.applied_us = result->applied_us;
    body.read_back_us = result->read_back_us;
    body.lease_left_ms = result->lease_left_ms;
    body.detail = pb_text(slice_from(result->detail));
    return body;
}

static struct status read_result(const Redan__Wire__CommandResult *body, struct command_result *out)
{
    struct command_result result = {
        .verb = (enum command_verb)body->verb,
        .outcome = (enum command_outcome)body->outcome,
        .state = (enum control_state)body->state,
        .verified_by = (enum verified_by)body->verified_by,
        .received_us = body->received_us,
        .applied_us = body->applied_us,
        .read_back_us = body->read_back_us,
        .lease_left_ms = body->lease_left_ms,
    };

    if (body->verb > COMMAND_UNDO || body->outcome > COMMAND_EXPIRED ||
        body->state > CONTROL_FAILED || body->verified_by > VERIFIED_ATTESTED ||
        !pb_copy_ulid(body->id, &result.id) ||
        !pb_copy_text(body->detail, result.detail, sizeof(result.detail))) {
        return status_error(STATUS_CORRUPT, "result: a value out of range");
    }
    *out = result;
    return STATUS_SUCCESS;
}

void result_encode(const struct command_result *result, struct buf *out)
{
    Redan__Wire__CommandResult body = fill_result(SLICE(""), result);

    pb_pack(&body.base, out);
}

struct status result_decode(struct arena *arena, struct slice bytes, struct command_result *out)
{
    const Redan__Wire__CommandResult *body =
        pb_unpack(arena, &redan__wire__command_result__descriptor, bytes);

    if (body == NULL) {
        return status_error(STATUS_CORRUPT, "result: does not unpack");
    }
    return read_result(body, out);
}

struct status result_seal(struct arena *arena, const struct service_result *result,
                          const struct ed25519_secret *key, struct signed_result *out)
{
    Redan__Wire__CommandResult body = fill_result(result->node, &result->result);
    struct slice bytes = pb_pack_new(arena, &body.base);

    *out = (struct signed_result){ .service = result->service,
                                   .bytes = bytes,
                                   .signature = signed_make(arena, context_result, bytes, key) };
    return STATUS_SUCCESS;
}

struct status result_open(struct arena *arena, const struct signed_result *sealed,
                          const struct ed25519_public *key, struct service_result *out)
{
    struct service_result result = { .service = sealed->service };

    if (!ed25519_verify(key, signed_text(arena, context_result, sealed->bytes),
                        &sealed->signature)) {
        return status_error(STATUS_DENIED, "result: the signature is wrong");
    }
    const Redan__Wire__CommandResult *body =
        pb_unpack(arena, &redan__wire__command_result__descriptor, sealed->bytes);
    if (body == NULL || !node_name_is_valid(pb_slice(body->node))) {
        return status_error(STATUS_CORRUPT, "result: does not unpack");
    }
    result.node = pb_slice(body->node);
    TRY(read_result(body, &result.result));
    *out = result;
    return STATUS_SUCCESS;
}
