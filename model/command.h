/* model/command.h - an order of the orchestrator to one SMA service, and its result. Plain data.
 *
 * Semantics are OpenC2's (action, target, args, actuator, response code); the wire form is in
 * wire/redan.proto. */
#ifndef REDAN_MODEL_COMMAND_H
#define REDAN_MODEL_COMMAND_H

#include <stdint.h>

#include "base/ulid.h"
#include "model/action.h"
#include "model/names.h"

enum command_verb { COMMAND_DO, COMMAND_CHECK, COMMAND_UNDO };
enum command_outcome {
    COMMAND_DONE,    /* read back as wanted */
    COMMAND_FAILED,  /* tried; `detail` says why */
    COMMAND_REFUSED, /* not tried: signature, epoch, expiry, authority, protected asset */
    COMMAND_EXPIRED
};
enum { COMMAND_DETAIL_MAX = 200 };

struct command {
    struct ulid id; /* of this order; a repeat with the same id is answered from memory */
    enum command_verb verb;
    struct action action;
    char policy_digest[65];
    int64_t issued_ms;  /* wall time */
    int64_t expires_ms; /* wall time */
    uint64_t seq;       /* per target, contiguous */
    uint64_t fencing_epoch;
};

/* Stage times are wall microseconds on the SMA's clock; 0 = not reached. */
struct command_result {
    struct ulid id;
    enum command_verb verb;
    enum command_outcome outcome;
    enum control_state state;
    enum verified_by verified_by;
    int64_t received_us;
    int64_t applied_us;
    int64_t read_back_us;
    int64_t lease_left_ms; /* -1: no lease */
    char detail[COMMAND_DETAIL_MAX];
};

const char *command_verb_name(enum command_verb verb);
const char *command_outcome_name(enum command_outcome outcome);

#endif
