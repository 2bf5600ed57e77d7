/* orchestrator/propose.h - the planning stage of the loop: from an incident and the knowledge to a
 * plan with its verdict. Reads, decides, writes nothing; ids and time are inputs. */
#ifndef REDAN_ORCHESTRATOR_PROPOSE_H
#define REDAN_ORCHESTRATOR_PROPOSE_H

#include "base/arena.h"
#include "model/plan.h"
#include "orchestrator/knowledge/incidents.h"
#include "orchestrator/knowledge/plans.h"
#include "orchestrator/manager.h"
#include "planner/planner.h"

/* Controls that cost service, of all plans: in force at any time within the objectives' windows. */
struct propose_past {
    const struct step_record *steps;
    size_t count;
};

struct propose_input {
    const struct policy_set *world;
    const struct incident_record *incident;
    bool corroborated; /* the gravest alert's source was seen by the kernel */
    const struct planner_capability *capabilities; /* of all nodes */
    size_t capability_count;
    int64_t detected_us; /* the newest detection, by its node's clock; propose does not read it */
    const struct step_record *controls; /* in force or on their way, of this incident's plans */
    size_t control_count;
    const struct step_record *failed; /* of this incident's earlier plans: not tried again */
    size_t failed_count;
    struct propose_past past;
    struct ulid plan_id;
    const struct ulid *step_ids; /* PLAN_STEPS_MAX */
    int64_t now_us;
};

enum propose_outcome {
    PROPOSE_NOTHING, /* no manager asks for anything, or all of it holds already */
    PROPOSE_REFUSED, /* no legal plan: the record says why, for people */
    PROPOSE_PLAN
};

struct propose_output {
    enum propose_outcome outcome;
    bool holds;                /* NOTHING: something is asked for, and all of it is in force */
    struct plan_record record; /* REFUSED and PLAN; state, digest and json are set */
    struct step_record *steps; /* PLAN */
    size_t step_count;
};

/* Does a control of this kind take service away from anybody? */
bool propose_costs_service(enum action_kind kind);

/* Service that those took from an availability objective's targets, inside its window that ends
 * now. A domain that two have paused is away once. */
int64_t propose_spent_ms(struct arena *arena, const struct policy_set *world,
                         const struct objective *objective, const struct propose_past *past,
                         int64_t now_us);

/* Errors: STATUS_NOT_FOUND (no resource, or nobody agreed to react), STATUS_EXHAUSTED. */
struct status propose(struct arena *arena, const struct propose_input *input,
                      struct propose_output *out) MUST_USE;

/* Is a plan that was made earlier legal in the world and by the facts of `input`? *out_why: what
 * the checker found first, "" when it is. Its own steps do not count as in force or spent. Errors:
 * STATUS_CORRUPT (its stored text is not one of ours). */
struct status propose_recheck(struct arena *arena, const struct propose_input *input,
                              const struct plan_record *record, const struct step_record *steps,
                              size_t count, struct slice *out_why) MUST_USE;

#endif
