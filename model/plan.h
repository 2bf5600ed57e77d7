/* model/plan.h - a partial order of steps with its reasons. Plain data in an arena. */
#ifndef REDAN_MODEL_PLAN_H
#define REDAN_MODEL_PLAN_H

#include <stdint.h>

#include "base/slice.h"
#include "base/status.h"
#include "base/ulid.h"
#include "model/action.h"
#include "model/policy.h"

/* A ban may outlast its lease while local evidence lasts, up to PLAN_BAN_LIMIT leases in all. */
enum { PLAN_STEPS_MAX = 32, PLAN_CANDIDATES_MAX = 64, PLAN_BAN_LIMIT = 4 };

/* What one step spends, in units that are never added across kinds; compared lexicographically by
 * the order declared in planner/contract.h. */
struct cost {
    int64_t availability_ms; /* expected lost service of innocent users */
    int64_t evidence_loss;   /* 0 none .. 100 all of it */
    int64_t money_micro;     /* millionths of the currency unit */
    int64_t blast;           /* resources touched */
    int64_t settle_ms;       /* until it takes effect */
};

struct plan_step {
    struct action action;
    uint32_t after; /* bit i: step i must be enforced first */
    bool reversible;
    struct cost cost;
    struct slice authority;   /* party whose authority it uses */
    struct clause_ref clause; /* the reaction or clause it serves */
    size_t resource;          /* index into the policy set's resources; SIZE_MAX none */
};

enum candidate_verdict { CANDIDATE_CHOSEN, CANDIDATE_DEARER, CANDIDATE_REFUSED };

/* A response the planner weighed, with why it was or was not taken: for people. */
struct plan_candidate {
    struct slice name; /* "network.deny 10.99.0.2 on app-1" */
    enum candidate_verdict verdict;
    struct cost cost;
    struct slice
        reason; /* "cheapest that contains the source", "would cut the management link ..." */
};

struct plan {
    struct ulid id;
    struct ulid incident;
    char base_digest[65]; /* of the policy set it was made against */
    struct plan_step *steps;
    size_t step_count;
    struct plan_candidate *candidates;
    size_t candidate_count;
    struct cost cost;
    struct cost lower_bound; /* "optimal in the modelled world" when equal to cost */
    enum approval approval;
    uint64_t expansions; /* work units spent */
    bool work_exhausted; /* the budget ended the search early */
    size_t goals_unmet;  /* conditions asked for that no legal action reaches; candidates say why */
    int64_t within_ms;   /* deadline the reaction promised; 0 none */
};

#endif
