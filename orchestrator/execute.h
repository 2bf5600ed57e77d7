/* orchestrator/execute.h - what a plan does next, from what is known of its steps. Pure.
 *
 * A plan runs as a saga: a step is ordered when everything before it is enforced, undo goes
 * strictly backwards, and both start again from the stored states after any crash. */
#ifndef REDAN_ORCHESTRATOR_EXECUTE_H
#define REDAN_ORCHESTRATOR_EXECUTE_H

#include "model/command.h"
#include "model/plan.h"
#include "orchestrator/knowledge/plans.h"

enum {
    EXECUTE_CHECK_AFTER_MS = 5000,            /* the end of a lease may be reported so late */
    EXECUTE_CHECK_LATEST_MS = 60 * 60 * 1000, /* between two questions without an answer */
};

struct execute_order {
    size_t step;
    enum command_verb verb;
};

struct execute_next {
    struct execute_order orders[PLAN_STEPS_MAX];
    size_t order_count;
    enum plan_state state;              /* may be what it was */
    bool unsent_undone[PLAN_STEPS_MAX]; /* undoing: was never sent, so it is undone already */
};

/* `in_flight[i]`: step i has a command without a final result. */
void execute_next(enum plan_state state, const struct step_record *steps, size_t count,
                  const bool *in_flight, struct execute_next *out);

/* Takes a command's result into its step. `now_us` is ours, the times in it are the node's. When
 * the node will be asked what became of the control (check_ms) is set here: a while after its lease
 * should have ended; and later each time when it could not say. */
void execute_result(struct step_record *step, const struct command_result *result, int64_t now_us);

/* Takes what a node reports of its control, by its clock. Reports wait in the spool while answers
 * to commands do not, so one of a control that is over may come late: false, nothing has changed.
 */
bool execute_changed(struct step_record *step, enum control_state state, int64_t at_us);

/* Enforced by read-back, all of them: when, by the nodes' clocks; 0 when not yet. */
int64_t execute_enforced_us(const struct step_record *steps, size_t count);

#endif
