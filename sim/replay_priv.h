/* sim/replay_priv.h - the inside of a replay: what it remembers, and its stages. */
#ifndef REDAN_SIM_REPLAY_PRIV_H
#define REDAN_SIM_REPLAY_PRIV_H

#include "base/clock.h"
#include "detect/engine.h"
#include "orchestrator/execute.h"
#include "orchestrator/knowledge/incidents.h"
#include "planes/fake/fake_plane.h"
#include "planner/planner.h"
#include "sim/replay.h"

struct replay_incident {
    struct incident_record record;
    bool corroborated;
};

/* A step under way ends at due_us; one in force ends with its lease at due_us. */
struct replay_step {
    int64_t due_us; /* 0: nothing is due */
    bool in_flight;
};

struct replay_plan {
    struct plan_record record;
    struct step_record *steps;
    struct replay_step *clockwork;
    size_t count;
    size_t incident;
    bool is_over; /* nothing in force or under way any more */
};

struct replay {
    const struct replay_options *options;
    replay_row_fn *row;
    void *arg;
    struct replay_summary summary;

    struct clock_virtual time;
    struct clock_source clock;
    struct detect_engine *engine;
    struct fake_world *worlds[PLANE_KINDS];
    struct plane *planes[PLANE_KINDS];

    struct arena keep; /* incidents and plans, to the end */
    struct arena work; /* one line */
    struct replay_incident *incidents;
    size_t incident_count;
    struct replay_plan *plans;
    size_t plan_count;
    size_t first_live_plan; /* all before are over */
    int64_t *detect_us, *respond_us;
    uint64_t next_id;
};

struct ulid replay_id(struct replay *replay);
void replay_emit(struct replay *replay, enum replay_row_kind kind, const struct ulid *id,
                 struct slice what, struct slice source, enum severity severity,
                 struct slice detail);

/* --- replay_execute.c ----------------------------------------------------------------------------
 */
struct status replay_planes_open(struct replay *replay) MUST_USE;
void replay_planes_close(struct replay *replay);
/* Managers, planner, legality; starts the plan. */
struct status replay_respond(struct replay *replay, size_t at) MUST_USE;
/* Everything that is due up to `time_us` happens, in order; then it is that time. */
struct status replay_advance(struct replay *replay, int64_t time_us) MUST_USE;
/* Is this source cut off on the network plane now? */
bool replay_is_cut(struct replay *replay, struct slice source);

#endif
