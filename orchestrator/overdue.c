/* Silence is a finding: a lease should have ended a while ago, by what we know, and its node has
 * said nothing. Its agent may have died between the end and the report, or have renewed the lease,
 * which only the node knows: it is asked, and reads the plane back. A node that is not there is not
 * asked until it is; one that cannot say is asked again, later each time. A page of steps each
 * sweep. */
#include "base/log.h"
#include "orchestrator/core_priv.h"

enum { OVERDUE_A_SWEEP = 64 };

struct page {
    struct step_record steps[OVERDUE_A_SWEEP];
    size_t count;
};

static struct status keep_step(void *arg, const struct step_record *row)
{
    struct page *page = arg;

    page->steps[page->count++] = *row;
    return STATUS_SUCCESS;
}

/* Should the answer be lost with the question, it is asked anew. */
static struct status ask(struct core *core, const struct step_record *overdue)
{
    struct step_record step;

    if (!core->has_session(core->server, slice_from(overdue->action.node)) ||
        core->checks_under_way >= CORE_CHECKS_MAX) {
        return STATUS_SUCCESS; /* its turn comes again */
    }
    TRY(knowledge_find_step(knowledge_reading(core->knowledge), &overdue->action.id, &core->turn,
                            &step));
    step.check_ms = core->turn_us / 1000 + CORE_CHECK_LIFE_MS + EXECUTE_CHECK_AFTER_MS;
    TRY(knowledge_put_step(core->knowledge, &step));
    return dispatch_check(core, &step);
}

/* A page of them a sweep, then the next, then from the start: those of nodes that are not there
 * cost a read and keep no other waiting. */
struct status overdue_sweep(struct core *core)
{
    const struct overdue_query query = { .now_ms = core->turn_us / 1000,
                                         .after_ms = core->overdue_after_ms,
                                         .after = core->overdue_after,
                                         .limit = OVERDUE_A_SWEEP };
    struct page *page = ARENA_NEW(&core->turn, struct page, 1);
    bool more = false;

    TRY(knowledge_list_overdue(knowledge_reading(core->knowledge), &query, keep_step, page, &more));
    core->overdue_after_ms = more ? page->steps[page->count - 1].check_ms : 0;
    core->overdue_after =
        more ? page->steps[page->count - 1].action.id : (struct ulid){ .text = "" };
    for (size_t i = 0; i < page->count; i++) {
        struct status asked = ask(core, &page->steps[i]);
        log_status(LOG_LEVEL_WARN, "execute", "not-asked", &asked); /* it keeps none waiting */
    }
    return STATUS_SUCCESS;
}

static struct status note_ended(struct core *core, const struct command_record *command,
                                const struct step_record *step, struct slice received)
{
    struct slice action = slice_from(step->action.id.text);

    log_warn("execute", "lease-end-unreported",
             LOG_CSTR("action", action_kind_name(step->action.kind)),
             LOG_CSTR("node", step->action.node));
    TRY(knowledge_record(core->knowledge, "command.result", slice_from(command->id.text),
                         received));
    TRY(knowledge_record(core->knowledge, "control.changed", action,
                         slice_from(control_state_name(step->state))));
    return progress_control_ended(core, &step->plan);
}

struct status overdue_result(struct core *core, const struct command_record *command,
                             const struct command_result *result, struct slice received)
{
    struct step_record step;

    TRY(knowledge_drop_command(core->knowledge, &command->id));
    core->checks_under_way -= core->checks_under_way > 0 ? 1 : 0;
    TRY(knowledge_find_step(knowledge_reading(core->knowledge), &command->action, &core->turn,
                            &step));
    bool was_over = step.state == CONTROL_EXPIRED;
    execute_result(&step, result, core->turn_us);
    bool has_ended = step.state == CONTROL_EXPIRED && !was_over;
    if (has_ended) {
        step.detail = SLICE("the lease has ended, and nobody had said so");
    }
    TRY(knowledge_put_step(core->knowledge, &step));
    return has_ended ? note_ended(core, command, &step, received) : STATUS_SUCCESS;
}
