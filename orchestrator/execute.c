#include "orchestrator/execute.h"

#include <assert.h>

static bool is_settled(enum control_state state)
{
    return state == CONTROL_ENFORCED || state == CONTROL_EXPIRED || state == CONTROL_UNDONE;
}

/* Waits for what comes before; a step behind a failed one is never ordered. */
static bool is_ready(const struct step_record *steps, size_t count, size_t step)
{
    for (size_t i = 0; i < count; i++) {
        if ((steps[step].after & (UINT32_C(1) << i)) != 0 && !is_settled(steps[i].state)) {
            return false;
        }
    }
    return true;
}

/* Bit i: step i waits, directly or not, for one that failed. Steps only wait for earlier ones. */
static uint32_t behind_failed(const struct step_record *steps, size_t count)
{
    uint32_t dead = 0;
    uint32_t behind = 0;

    for (size_t i = 0; i < count; i++) {
        bool waits = steps[i].state == CONTROL_PENDING && (steps[i].after & dead) != 0;
        behind |= waits ? UINT32_C(1) << i : 0U;
        dead |= waits || steps[i].state == CONTROL_FAILED ? UINT32_C(1) << i : 0U;
    }
    return behind;
}

static bool has_ended(enum control_state state)
{
    return is_settled(state) || state == CONTROL_FAILED || state == CONTROL_DRIFTED;
}

static void go_forward(const struct step_record *steps, size_t count, const bool *in_flight,
                       struct execute_next *out)
{
    uint32_t behind = behind_failed(steps, count);
    bool waiting = false;
    bool failed = behind != 0;

    for (size_t i = 0; i < count; i++) {
        failed = failed || steps[i].state == CONTROL_FAILED;
        if (has_ended(steps[i].state) || (behind & (UINT32_C(1) << i)) != 0) {
            continue;
        }
        waiting = true;
        if (!in_flight[i] && is_ready(steps, count, i)) {
            out->orders[out->order_count++] = (struct execute_order){ i, COMMAND_DO };
        }
    }
    if (!waiting) {
        out->state = failed ? PLAN_FAILED : PLAN_DONE;
    }
}

static void go_backward(const struct step_record *steps, size_t count, const bool *in_flight,
                        struct execute_next *out)
{
    for (size_t i = count; i-- > 0;) {
        if (in_flight[i]) {
            return; /* its result decides what there is to undo */
        }
        if (steps[i].state == CONTROL_UNDONE || steps[i].state == CONTROL_EXPIRED) {
            continue;
        }
        if (steps[i].state == CONTROL_PENDING && steps[i].sent_us == 0) {
            out->unsent_undone[i] = true;
            continue;
        }
        out->orders[out->order_count++] = (struct execute_order){ i, COMMAND_UNDO };
        return;
    }
    out->state = PLAN_UNDONE;
}

void execute_next(enum plan_state state, const struct step_record *steps, size_t count,
                  const bool *in_flight, struct execute_next *out)
{
    assert(count <= PLAN_STEPS_MAX);
    *out = (struct execute_next){ .state = state };
    switch (state) {
    case PLAN_APPROVED:
        out->state = PLAN_RUNNING;
        go_forward(steps, count, in_flight, out);
        break;
    case PLAN_RUNNING:
        go_forward(steps, count, in_flight, out);
        break;
    case PLAN_UNDOING:
        go_backward(steps, count, in_flight, out);
        break;
    case PLAN_PROPOSED:
    case PLAN_AWAITING_APPROVAL:
    case PLAN_DONE:
    case PLAN_FAILED:
    case PLAN_UNDONE:
    case PLAN_REFUSED:
        break;
    }
}

/* Nothing brings a control back: another one has another id. */
static bool is_over(enum control_state state)
{
    return state == CONTROL_EXPIRED || state == CONTROL_UNDONE;
}

/* A node's stamp; 0 stays "not said", and one from before 1970 or after the year 10000 is none. */
static int64_t stamp_of(int64_t said_us)
{
    const int64_t latest_us = INT64_C(253402300800) * 1000 * 1000;

    return said_us > 0 && said_us < latest_us ? said_us : 0;
}

static int64_t stamp_or(int64_t said_us, int64_t otherwise_us)
{
    return stamp_of(said_us) != 0 ? said_us : otherwise_us;
}

static int64_t longest_ms(const struct step_record *step)
{
    const struct lease *lease = &step->action.lease;

    return lease->limit_ms > lease->duration_ms ? lease->limit_ms : lease->duration_ms;
}

/* Nobody is asked any more what became of it. */
static void end_lease(struct step_record *step)
{
    step->lease_end_ms = 0;
    step->check_ms = 0;
}

/* In force as of `at_us` of the node's clock, `now_us` of ours. Of a lease that was ordered no more
 * can be left than it may have; a node that does not say what is left keeps the whole of it. */
static void keep_lease(struct step_record *step, int64_t left_ms, int64_t at_us, int64_t now_us)
{
    end_lease(step);
    if (longest_ms(step) <= 0) {
        return;
    }
    if (left_ms >= 0) {
        left_ms = left_ms < longest_ms(step) ? left_ms : longest_ms(step);
        step->lease_end_ms = at_us / 1000 + left_ms;
    } else {
        left_ms = step->action.lease.duration_ms;
    }
    step->check_ms = now_us / 1000 + left_ms + EXECUTE_CHECK_AFTER_MS;
}

static void result_of_undo(struct step_record *step, const struct command_result *result,
                           int64_t now_us)
{
    if (result->outcome == COMMAND_DONE) {
        step->state = CONTROL_UNDONE;
        step->undone_us = stamp_or(result->read_back_us, now_us);
        end_lease(step);
    }
}

static void result_of_do(struct step_record *step, const struct command_result *result,
                         int64_t now_us)
{
    step->applied_us = stamp_of(result->applied_us);
    if (result->outcome == COMMAND_DONE && result->state == CONTROL_ENFORCED) {
        step->enforced_us = stamp_or(result->read_back_us, now_us);
    }
    if (is_over(step->state)) {
        return; /* the answer was late: the control has come and gone meanwhile */
    }
    /* "done", but still to be done: ordered again it would be answered again, for ever */
    bool is_nothing = result->state == CONTROL_PENDING || result->state == CONTROL_ACKED;
    if (result->outcome != COMMAND_DONE || is_nothing) {
        step->state = CONTROL_FAILED;
        return;
    }
    step->state = result->state;
    if (result->state == CONTROL_ENFORCED) {
        keep_lease(step, result->lease_left_ms, step->enforced_us, now_us);
    }
}

/* As long again as it is late already. */
static int64_t wait_ms(const struct step_record *step, int64_t now_ms)
{
    int64_t ends_ms = step->lease_end_ms != 0
                          ? step->lease_end_ms
                          : step->enforced_us / 1000 + step->action.lease.duration_ms;
    int64_t late_ms = now_ms - ends_ms;

    late_ms = late_ms > EXECUTE_CHECK_AFTER_MS ? late_ms : EXECUTE_CHECK_AFTER_MS;
    return late_ms < EXECUTE_CHECK_LATEST_MS ? late_ms : EXECUTE_CHECK_LATEST_MS;
}

/* Found gone at `at_us`: it may have ended long before, but not later than it may have lasted. */
static int64_t end_us(const struct step_record *step, int64_t at_us)
{
    int64_t latest_us = step->enforced_us + longest_ms(step) * 1000;

    return step->enforced_us > 0 && latest_us < at_us ? latest_us : at_us;
}

static void result_of_check(struct step_record *step, const struct command_result *result,
                            int64_t now_us)
{
    bool is_said = result->outcome == COMMAND_DONE;
    int64_t at_us = stamp_or(result->read_back_us, now_us);

    if (is_over(step->state)) {
        return; /* reported meanwhile */
    }
    if (is_said && result->state == CONTROL_EXPIRED) {
        step->state = CONTROL_EXPIRED;
        step->undone_us = end_us(step, at_us < now_us ? at_us : now_us);
        end_lease(step);
    } else if (is_said && result->state == CONTROL_ENFORCED) {
        step->state = CONTROL_ENFORCED;
        keep_lease(step, result->lease_left_ms, at_us, now_us);
    } else {
        step->check_ms = now_us / 1000 + wait_ms(step, now_us / 1000);
    }
}

bool execute_changed(struct step_record *step, enum control_state state, int64_t at_us)
{
    if (is_over(step->state) || state == CONTROL_PENDING || state == CONTROL_ACKED) {
        return false;
    }
    step->state = state;
    if (state == CONTROL_EXPIRED) {
        step->undone_us = at_us;
        end_lease(step);
    }
    return true;
}

void execute_result(struct step_record *step, const struct command_result *result, int64_t now_us)
{
    if (result->verb != COMMAND_CHECK || result->outcome == COMMAND_DONE) {
        step->verified_by = result->verified_by;
    }
    switch (result->verb) {
    case COMMAND_DO:
        result_of_do(step, result, now_us);
        break;
    case COMMAND_UNDO:
        result_of_undo(step, result, now_us);
        break;
    case COMMAND_CHECK:
        result_of_check(step, result, now_us);
        break;
    }
}

int64_t execute_enforced_us(const struct step_record *steps, size_t count)
{
    int64_t last_us = 0;

    for (size_t i = 0; i < count; i++) {
        if (steps[i].enforced_us == 0) {
            return 0;
        }
        last_us = steps[i].enforced_us > last_us ? steps[i].enforced_us : last_us;
    }
    return last_us;
}
