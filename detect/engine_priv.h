/* detect/engine_priv.h - what the parts of the engine share. For detect/ only. */
#ifndef REDAN_DETECT_ENGINE_PRIV_H
#define REDAN_DETECT_ENGINE_PRIV_H

#include "detect/engine.h"
#include "detect/group.h"

enum {
    MARKS_MAX = 1024 * 1024, /* of one rule: groups times marks, bounds its memory */
    GROUPS_MIN = 64
};
#define AHEAD_MAX_US       (INT64_C(60) * 1000000) /* a time later than its reading is cut */
#define EVICTION_REPORT_US (INT64_C(60) * 1000000) /* at most one report in this time */

/* What one rule made of the present input. */
struct match {
    bool matched;
    enum detect_side side; /* SIDE_SEEN: seen evidence alone makes it */
    struct evidence evidence;
};

struct detect_engine {
    const struct rule_set *rules;
    struct detect_options options;
    struct slice victim_field;
    struct match *matches;      /* per rule, of the present input */
    struct group_table *tables; /* per rule; unused for base rules */
    bool *names_victim;         /* per rule: its groups are victims' */
    int64_t advanced_us;        /* no older event will come */
    uint64_t evicted_reported;
    int64_t eviction_report_us;
    struct detect_stats stats;
};

/* One input on its way through the rules. */
struct step {
    struct detect_engine *engine;
    struct arena *arena;
    const struct detect_input *input;
    int64_t time_us; /* of the event, cut where it lies in the future */
    struct detect_output *out;
    size_t out_cap;
};

/* --- correlate.c: what a correlation makes of the matches of the rules it names --------------- */

/* Fills in engine->matches[index]; bins that this event closes are emitted. */
void correlate(struct step *step, size_t index);
/* Emits the group's bin if its count satisfies the rule, and empties it. */
void correlate_close_bin(struct step *step, size_t index, struct group *group);
/* Nothing in the group can matter at `time_us` or later. */
bool correlate_is_over(const struct rule *rule, const struct group *group, int64_t time_us);
bool correlate_uses_bins(const struct rule *rule);
/* Marks a ring of the rule must hold. */
uint32_t correlate_ring_cap(const struct rule *rule);
/* Oldest input position in the group that still matters; false: none. */
bool correlate_oldest(const struct rule *rule, const struct group *group, int64_t advanced_us,
                      uint64_t *out_position);

/* The group of the values of `step`'s event, made when `make`; NULL: a field is missing. */
struct group *engine_group(struct step *step, size_t index, bool make);

/* --- detection.c: from a match to a detection event ------------------------------------------- */

/* Emits when the rule does, the input is new and the group has not fired in its time span. */
void detection_of_match(struct step *step, size_t index, struct group *group);
/* The same for a closed bin: no event of the present stands behind it. */
void detection_of_bin(struct step *step, size_t index, struct group *group, int64_t end_us);
void detection_report_evictions(struct step *step);

#endif
