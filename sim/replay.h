/* sim/replay.h - a recorded log through the same detector, planner and executor as in production,
 * with fake planes and a clock that only the log moves.
 *
 * What is real: parsing, detection, analysis, planning, legality, execution order, leases. What is
 * assumed, and said in the report: steps take the settle time of their contract; a recorded log
 * holds no kernel facts, so addresses count as corroborated or not as the caller says; a line that
 * a cut source would have written does not reach the detector and is counted as prevented. No
 * sleeps, no wall clock, no random ids: same input, same bytes. Not thread-safe per object. */
#ifndef REDAN_SIM_REPLAY_H
#define REDAN_SIM_REPLAY_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/slice.h"
#include "base/status.h"
#include "detect/rule.h"
#include "model/policy.h"

enum { REPLAY_INCIDENTS_MAX = 100000, REPLAY_PLANS_MAX = 100000, REPLAY_SAMPLES_MAX = 100000 };

struct replay_options {
    struct slice log;
    const struct rule_set *rules;
    const struct policy_set *world; /* NULL: detections only */
    struct slice node;              /* where the log was written */
    bool assume_corroborated;
    int64_t reference_us; /* for years and zones the log leaves out */
    int32_t zone_east_s;
    /* Called with the bytes read so far, about every 1 % of the log; NULL: none. */
    void (*progress)(void *arg, size_t done, size_t total);
    void *arg;
};

enum replay_row_kind {
    REPLAY_DETECTION,
    REPLAY_INCIDENT,
    REPLAY_PLAN,
    REPLAY_REFUSED, /* no legal plan */
    REPLAY_ENFORCED,
    REPLAY_CONTAINED,
    REPLAY_EXPIRED
};

/* One thing that happened; slices are valid during the call. */
struct replay_row {
    enum replay_row_kind kind;
    int64_t time_us;
    struct slice id;   /* of the incident */
    struct slice what; /* rule, action or plan */
    struct slice source;
    enum severity severity;
    struct slice detail;
};
typedef void(replay_row_fn)(void *arg, const struct replay_row *row);

struct replay_summary {
    uint64_t lines;
    uint64_t bad_lines;   /* that are no records of a log */
    uint64_t other_lines; /* good records that say nothing to the parsers */
    uint64_t events, prevented, detections, incidents, plans, refused, enforced, expired;
    uint64_t first_bad_line; /* 1-based; 0: none */
    struct slice first_bad;  /* its text, in the log */
    int64_t first_us, last_us;
    /* Over incidents that were contained, by virtual time; 0 samples: not known. */
    size_t samples;
    int64_t detect_median_us, detect_p95_us;   /* first event of the attack to detection */
    int64_t respond_median_us, respond_p95_us; /* detection to enforced */
    uint64_t mttr_met, mttr_breached;
};

struct replay;

/* `options` and what it points to are borrowed until replay_free. */
struct status replay_new(const struct replay_options *options, replay_row_fn *row, void *arg,
                         struct replay **out) MUST_USE;
void replay_free(struct replay **pointer); /* NULL is fine */
struct status replay_run(struct replay *replay, struct replay_summary *out) MUST_USE;

/* When the first line that says anything to the parsers was written, `reference_us` when there is
 * none: of the day of it the documents should be that are replayed against. Looks at `log`,
 * `reference_us` and `zone_east_s` alone. */
int64_t replay_first_us(const struct replay_options *options);

const char *replay_row_kind_name(enum replay_row_kind kind);

#endif
