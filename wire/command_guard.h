/* wire/command_guard.h - may this command be carried out here? Asked by the SMA for every CMD.
 *
 * Remembers the highest fencing epoch and the last COMMAND_MEMORY commands: id, number, action,
 * result. Commands may overtake each other on the way: a number is good once, as long as the memory
 * reaches back to it; below that it counts as used. Each leader (fencing epoch) counts on its own,
 * so that one with a new database is heard. An action that was undone is never done again: a DO
 * that comes after the UNDO of its action is refused, unless it has a result to repeat.
 *
 * command_judge is pure; command_store_* keep the memory in one file of records (synced before they
 * return), so a repeat after a restart gets the same answer. One thread. */
#ifndef REDAN_WIRE_COMMAND_GUARD_H
#define REDAN_WIRE_COMMAND_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/command.h"
#include "wire/keys.h"
#include "wire/message.h"

enum {
    COMMAND_MEMORY = 1024,
    COMMAND_SKEW_MS = 30 * 1000,              /* clocks may differ by so much */
    COMMAND_LIFE_MAX_MS = 24 * 60 * 60 * 1000 /* expires - issued */
};

enum command_verdict {
    COMMAND_ACCEPT, /* new: store it (command_store_accept), acknowledge, carry it out */
    COMMAND_AGAIN,  /* accepted before, no result yet (a crash in between): carry it out again */
    COMMAND_LOOK,   /* a DO accepted before, no result, expired since: not carried out any more, but
                       read back, so that the answer says whether it was; also when its leader has
                       been replaced */
    COMMAND_ANSWER, /* done before: send `*out_result` again */
    COMMAND_REFUSE, /* `detail` says why; answer COMMAND_REFUSED or COMMAND_EXPIRED */
    COMMAND_IGNORE  /* not signed by whom we trust, or unreadable: count, alarm, answer nothing */
};

struct command_judgement {
    enum command_verdict verdict;
    enum command_outcome outcome; /* of a refusal */
    char detail[COMMAND_DETAIL_MAX];
    const struct command_result *result; /* ANSWER */
};

struct command_guard;

/* `folder` is made when missing; a torn tail is cut off. Errors: those of base/file.h. */
struct status command_guard_open(const char *folder, struct slice node,
                                 struct command_guard **out) MUST_USE;
void command_guard_close(struct command_guard **guard);

/* Checks signatures against `trust`, target, membership, fencing epoch, sequence, expiry.
 * `now_ms`: wall time at process start plus monotonic time since, so that a jump of the wall clock
 * expires nothing. `out_command` is filled for all verdicts but IGNORE. */
struct command_judgement command_judge(const struct command_guard *guard, struct arena *arena,
                                       const struct signed_list *sealed, const struct trust *trust,
                                       int64_t now_ms, struct command *out_command);

/* Before anything is done. Its number is used; an UNDO ends its action. */
struct status command_store_accept(struct command_guard *guard,
                                   const struct command *command) MUST_USE;
/* Before the result is sent. */
struct status command_store_result(struct command_guard *guard,
                                   const struct command_result *result) MUST_USE;
uint64_t command_last_seq(const struct command_guard *guard); /* highest of the epoch */
uint64_t command_fencing_epoch(const struct command_guard *guard);

#endif
