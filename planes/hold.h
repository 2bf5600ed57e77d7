/* planes/hold.h - the note an adapter leaves on the plane beside what it holds (in a domain's
 * metadata, in a file beside a bucket), so that after any restart observe finds its controls, knows
 * what to give back and when their leases end.
 *
 * Text, one fact a line, all of it plain ASCII without XML's special bytes:
 *   redan-holds 1
 *   hold ID KIND NODE RESOURCE ban|grant DURATION_MS LIMIT_MS UNTIL_MS
 *   note KEY VALUE
 * Pure; not thread-safe. Times are wall time, given by the caller. */
#ifndef REDAN_PLANES_HOLD_H
#define REDAN_PLANES_HOLD_H

#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"
#include "model/action.h"

enum {
    HOLDS_MAX = 64, /* on one resource */
    HOLD_NOTES_MAX = 64,
    HOLD_KEY_MAX = 240,
    HOLD_VALUE_MAX = 16,
    HOLD_TEXT_MAX_BYTES = 64 * 1024
};

struct hold {
    struct action action;
    int64_t until_ms; /* end of the lease; 0: until undone */
};

struct hold_note {
    char key[HOLD_KEY_MAX];
    char value[HOLD_VALUE_MAX];
};

/* All-zero is empty. 40 KiB: lives in an arena. */
struct holds {
    struct hold items[HOLDS_MAX];
    size_t count;
    struct hold_note notes[HOLD_NOTES_MAX];
    size_t note_count;
};

/* Errors: STATUS_CORRUPT (the line is named); `out` is untouched then. */
struct status holds_parse(struct slice text, struct holds *out) MUST_USE;
void holds_print(const struct holds *holds, struct buf *out);

/* NULL: not held. Valid until the next change. */
const struct hold *holds_find(const struct holds *holds, const struct ulid *id);
/* Adds the action, or renews the lease of the one with its id. Errors: STATUS_EXHAUSTED;
 * STATUS_CONFLICT (the id is another action's). */
struct status holds_add(struct holds *holds, const struct action *action, int64_t now_ms) MUST_USE;
bool holds_remove(struct holds *holds, const struct ulid *id); /* false: was not there */

/* Key and value: 1 or more bytes from '!' to '~' but < > &. Errors: STATUS_INVALID,
 * STATUS_EXHAUSTED. */
struct status holds_set_note(struct holds *holds, const char *key, const char *value) MUST_USE;
const char *holds_note(const struct holds *holds, const char *key); /* NULL: none */

/* Notes lie where others may write: all holds must be of this kind, and are of this resource
 * whatever they say (a domain may have been renamed). Errors: STATUS_CORRUPT. */
struct status holds_claim(struct holds *holds, enum action_kind kind,
                          const char *resource) MUST_USE;

/* What plane_reading wants: 0 once the lease is over, -1 without a lease. */
int64_t hold_left_ms(const struct hold *hold, int64_t now_ms);

#endif
