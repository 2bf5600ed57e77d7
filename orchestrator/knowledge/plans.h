/* orchestrator/knowledge/plans.h - plans, their steps with the controls they made, approvals. */
#ifndef REDAN_ORCHESTRATOR_KNOWLEDGE_PLANS_H
#define REDAN_ORCHESTRATOR_KNOWLEDGE_PLANS_H

#include "base/ulid.h"
#include "model/action.h"
#include "model/names.h"
#include "model/policy.h"
#include "orchestrator/knowledge/knowledge.h"

enum plan_state {
    PLAN_PROPOSED,
    PLAN_AWAITING_APPROVAL,
    PLAN_APPROVED,
    PLAN_RUNNING,
    PLAN_DONE,
    PLAN_FAILED,
    PLAN_UNDOING,
    PLAN_UNDONE,
    PLAN_REFUSED
};
enum { PLAN_STATES = PLAN_REFUSED + 1, CONTROL_STATES = CONTROL_FAILED + 1 };

struct plan_record {
    struct ulid id;
    struct ulid incident; /* text "": none */
    char base_digest[65]; /* of the world it was made against */
    char digest[65];      /* of the plan itself: what approvals bind to */
    enum plan_state state;
    enum approval approval; /* how many it needs */
    struct slice json;      /* the whole plan with candidates and reasons, for people */
    struct slice reason;    /* of the state, when it needs one */
    int64_t made_us, decided_us, started_us, finished_us, undone_us;
};

/* One step and the control it makes; action.id names both. */
struct step_record {
    struct ulid plan;
    uint32_t index;
    struct action action;
    uint32_t after; /* bit i: step i must be enforced first */
    bool reversible;
    enum control_state state;
    enum verified_by verified_by;
    struct ulid command;  /* the last one sent for it; text "": none */
    int64_t sent_us;      /* by our clock */
    int64_t applied_us;   /* by the node's clock, as the results below */
    int64_t enforced_us;  /* read back */
    int64_t proven_us;    /* proof by another vantage, when there is one */
    int64_t undone_us;    /* read back as gone */
    int64_t lease_end_ms; /* 0: none */
    int64_t check_ms;     /* by our clock: then the node is asked what became of it; 0: never */
    struct slice detail;
};

/* Adds or replaces by id. */
struct status knowledge_put_plan(struct knowledge *knowledge,
                                 const struct plan_record *plan) MUST_USE;
/* Adds or replaces by (plan, index). */
struct status knowledge_put_step(struct knowledge *knowledge,
                                 const struct step_record *step) MUST_USE;

struct status knowledge_get_plan(struct knowledge_reader *reader, struct slice id,
                                 struct arena *arena, struct plan_record *out) MUST_USE;
/* In the order of index, copied to the arena. */
struct status knowledge_get_steps(struct knowledge_reader *reader, const struct ulid *plan,
                                  struct arena *arena, struct step_record **out,
                                  size_t *out_count) MUST_USE;
/* The step that an action id belongs to. Errors: STATUS_NOT_FOUND. */
struct status knowledge_find_step(struct knowledge_reader *reader, const struct ulid *action,
                                  struct arena *arena, struct step_record *out) MUST_USE;

struct plan_query {
    struct knowledge_page page;
    struct slice incident; /* "" any */
    bool unfinished;       /* only those a restart must go on with: not done, failed, undone or
                              refused */
};
typedef struct status(plan_row_fn)(void *arg, const struct plan_record *row);
struct status knowledge_list_plans(struct knowledge_reader *reader, const struct plan_query *query,
                                   plan_row_fn *row, void *arg, bool *out_more) MUST_USE;

/* How many there are in each state, of all times; indexed by enum plan_state, enum control_state.
 */
struct status knowledge_count_plans(struct knowledge_reader *reader,
                                    uint64_t out[PLAN_STATES]) MUST_USE;
struct status knowledge_count_controls(struct knowledge_reader *reader,
                                       uint64_t out[CONTROL_STATES]) MUST_USE;

/* Steps whose control is in force or on its way (pending, acked, enforced, drifted), of all plans
 * of an incident, by action id. */
struct control_query {
    struct knowledge_page page; /* after: an action id */
    struct slice incident;
};
typedef struct status(step_row_fn)(void *arg, const struct step_record *row);
struct status knowledge_list_controls(struct knowledge_reader *reader,
                                      const struct control_query *query, step_row_fn *row,
                                      void *arg, bool *out_more) MUST_USE;

/* Steps whose node is due to be asked, longest due first. A page begins behind the row given. */
struct overdue_query {
    int64_t now_ms;
    int64_t after_ms; /* its check_ms; 0: from the start */
    struct ulid after;
    uint32_t limit;
};
struct status knowledge_list_overdue(struct knowledge_reader *reader,
                                     const struct overdue_query *query, step_row_fn *row, void *arg,
                                     bool *out_more) MUST_USE;
/* When our clock has jumped. */
struct status knowledge_move_checks(struct knowledge *knowledge, int64_t by_ms) MUST_USE;
/* No later than the control's whole lease and `more_ms` from now: it comes down to the lease. */
struct status knowledge_cap_checks(struct knowledge *knowledge, int64_t now_ms,
                                   int64_t more_ms) MUST_USE;

/* Steps that failed, of an incident's plans that ended from `since_us` to `until_us` or go on. */
struct status knowledge_list_failed(struct knowledge_reader *reader, struct slice incident,
                                    int64_t since_us, int64_t until_us, step_row_fn *row,
                                    void *arg) MUST_USE;

/* Steps of this kind whose control was in force at any time after `since_us`, and all that still
 * are, oldest first. */
struct status knowledge_list_enforced(struct knowledge_reader *reader, enum action_kind kind,
                                      int64_t since_us, step_row_fn *row, void *arg) MUST_USE;

/* --- approvals, bound to the digest of a plan ------------------------------------------------ */

struct approval_record {
    char digest[65];
    uint32_t uid;
    struct slice who; /* name at the time */
    int64_t at_us;
};
/* A second approval of one uid changes nothing. *out_count: how many different uids by now. */
struct status knowledge_add_approval(struct knowledge *knowledge,
                                     const struct approval_record *approval,
                                     uint32_t *out_count) MUST_USE;
typedef struct status(approval_row_fn)(void *arg, const struct approval_record *row);
struct status knowledge_list_approvals(struct knowledge_reader *reader, const char *digest,
                                       approval_row_fn *row, void *arg) MUST_USE;

const char *plan_state_name(enum plan_state value); /* "awaiting-approval" */
bool plan_state_parse(struct slice text, enum plan_state *out);

#endif
