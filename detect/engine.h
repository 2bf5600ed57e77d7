/* detect/engine.h - rules evaluated over a stream of events, in event time, with bounded state.
 *
 * Meaning. A base rule matches one event. event_count with gte or gt matches at each event at which
 * the events of its group in the last `timespan` reach the bound. With lt, lte, eq or neq it is
 * evaluated when a bin closes: bins are multiples of `timespan` since 1970. temporal_ordered
 * matches when its rules matched in order within `timespan`. A match feeds the correlations that
 * name the rule; it becomes a detection event when the rule emits and its group has not fired in
 * the last `timespan` (the re-arm rule).
 *
 * Trust. Where a rule groups by the victim field (src_ip), events whose victim field has at least
 * the wanted provenance (kernel) are counted apart from all others: if they alone make the match,
 * the detection says corroborated=true; else corroborated=false and its severity is at most
 * DETECT_UNCORROBORATED_MAX. An uncorroborated detection never silences a corroborated one, and
 * uncorroborated state is evicted first: text that anyone can write neither cuts nobody off nor
 * shields anyone.
 *
 * Restart. What is matched at an event depends only on the events of the last windows, so a new
 * engine that is fed again from detect_oldest_needed on comes to the same state. Inputs handled
 * before are marked `replayed`: they build state and emit nothing; detect_save and
 * detect_restore carry the moments of firing over. A detection's key names it for ever: two
 * detections with one key are one.
 *
 * Pure and deterministic; one engine belongs to one thread. */
#ifndef REDAN_DETECT_ENGINE_H
#define REDAN_DETECT_ENGINE_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"
#include "detect/rule.h"
#include "model/event.h"

enum { DETECT_GROUPS_DEFAULT = 16384, DETECT_GROUPS_MAX = 1024 * 1024, DETECT_SAVE_MAX = 16777216 };
#define DETECT_UNCORROBORATED_MAX SEVERITY_MEDIUM

/* Fields of a detection beside the group-by fields, which keep their names and carry the least
 * trusted provenance of the contributing events. */
#define DETECT_FIELD_RULE         "rule"
#define DETECT_FIELD_RULE_ID      "rule_id"
#define DETECT_FIELD_TITLE        "title"
#define DETECT_FIELD_KEY          "key"      /* 32 hex digits: rule, group, window's first event */
#define DETECT_FIELD_COUNT        "count"    /* contributing events, as far as kept */
#define DETECT_FIELD_FIRST_US     "first_us" /* time of the first contributing event */
#define DETECT_FIELD_LAST_US      "last_us"
#define DETECT_FIELD_CORROBORATED "corroborated" /* only where the rule names a victim */

struct detect_options {
    struct slice node;                 /* of the events the engine makes; borrowed */
    size_t groups_max;                 /* per correlation rule; 0: DETECT_GROUPS_DEFAULT */
    const char *victim_field;          /* NULL: "src_ip" */
    enum provenance victim_provenance; /* 0 (app-log): PROVENANCE_KERNEL */
    uint64_t hash_seed[2];             /* random in production: no effect but on speed */
};

struct detect_engine;

struct detect_input {
    const struct event *event;
    uint64_t position; /* order of arrival, kept among those of one group; opaque */
    uint64_t record;   /* names the input record in its source for ever, also over a restart */
    uint32_t weight;   /* how many times it happened; 0 counts as 1 */
    bool replayed;     /* handled before a restart: build state, emit nothing */
};

/* Events in the caller's arena: detections, and EVENT_SENSOR_GAP when groups had to be evicted. */
struct detect_output {
    struct event *events;
    size_t count;
};

struct detect_stats {
    uint64_t inputs, matches, detections, suppressed;
    uint64_t late;     /* older than their window when they came: not counted */
    uint64_t evicted;  /* open groups given up for others */
    uint64_t no_group; /* lacked a group-by field */
    size_t groups;     /* now */
};

/* `rules` is borrowed and must outlive the engine. Errors: STATUS_INVALID (options). */
struct status detect_new(const struct rule_set *rules, const struct detect_options *options,
                         struct detect_engine **out) MUST_USE;
void detect_free(struct detect_engine **engine); /* NULL is fine */

/* Feeds one event. `out` is valid as long as the arena and the event are. */
void detect_step(struct detect_engine *engine, struct arena *arena,
                 const struct detect_input *input, struct detect_output *out);

/* Says that no event older than `time_us` will come: closes bins, lets go of groups whose window
 * has passed. Call it when the sources are read dry. An event that comes late all the same still
 * counts where its group is still there. */
void detect_advance(struct detect_engine *engine, struct arena *arena, int64_t time_us,
                    struct detect_output *out);

/* The oldest input position an open window still needs; false: none. */
bool detect_oldest_needed(const struct detect_engine *engine, uint64_t *out_position);

/* Does the engine still hold corroborated events of this victim in an open window at `now_us`? */
bool detect_has_evidence(const struct detect_engine *engine, struct slice victim, int64_t now_us);

/* What re-reading cannot give back: the time reached and when each group last fired. JSON. */
void detect_save(const struct detect_engine *engine, struct buf *out);
/* Into a new engine, before its first input. Rules that no longer exist are left out.
 * Errors: STATUS_CORRUPT. */
struct status detect_restore(struct detect_engine *engine, struct slice saved) MUST_USE;

struct detect_stats detect_stats(const struct detect_engine *engine);

#endif
