/* Another look at incidents that have no answer, when facts have changed: a node can do other
 * things or came back, the SLAs are others, redand has started. A few each sweep, newest first;
 * what changes meanwhile asks for one more pass, however often it does. */
#include "base/log.h"
#include "orchestrator/core_priv.h"

enum { LOOKS_A_SWEEP = 16, ROWS_A_SWEEP = 200, HEAR_FIRST_US = 1000000, HEAR_AT_MOST_US = 5000000 };

void look_again(struct core *core)
{
    core->look.wanted = true;
}

void look_later(struct core *core)
{
    int64_t now_us = clock_mono_us(core->clock);

    if (!core->look.is_waiting) {
        core->look.is_waiting = true;
        core->look.not_after_us = now_us + HEAR_AT_MOST_US;
    }
    core->look.not_before_us = now_us + HEAR_FIRST_US < core->look.not_after_us
                                   ? now_us + HEAR_FIRST_US
                                   : core->look.not_after_us;
}

struct page {
    struct ulid ids[ROWS_A_SWEEP];
    bool is_open[ROWS_A_SWEEP];
    size_t count;
};

static struct status keep_incident(void *arg, const struct incident_record *row)
{
    struct page *page = arg;

    page->ids[page->count] = row->id;
    page->is_open[page->count++] = row->state == INCIDENT_OPEN;
    return STATUS_SUCCESS;
}

static struct status look_at(struct core *core, const struct ulid *id)
{
    struct incident_record incident;
    bool is_answered = true;

    TRY(progress_is_answered(core, id, &is_answered));
    if (is_answered) {
        return STATUS_SUCCESS;
    }
    TRY(knowledge_get_incident(knowledge_reading(core->knowledge), slice_from(id->text),
                               &core->turn, &incident));
    return respond_incident(core, &incident);
}

static bool begin_pass(struct core *core)
{
    if (!core->look.is_under_way && core->look.wanted) {
        core->look.wanted = false;
        core->look.is_under_way = true;
        core->look.last = (struct ulid){ .text = "" };
    }
    return core->look.is_under_way && clock_mono_us(core->clock) >= core->look.not_before_us;
}

struct status look_sweep(struct core *core)
{
    struct page page = { .count = 0 };
    bool more = false;

    if (!begin_pass(core)) {
        core->look.is_waiting = core->look.is_waiting && core->look.is_under_way;
        return STATUS_SUCCESS;
    }
    const struct incident_query query = { .page = { .after = slice_from(core->look.last.text),
                                                    .limit = ROWS_A_SWEEP },
                                          .not_closed = true };
    TRY(knowledge_list_incidents(knowledge_reading(core->knowledge), &query, keep_incident, &page,
                                 &more));
    size_t at = 0;
    for (size_t looks = 0; at < page.count && looks < LOOKS_A_SWEEP; at++) {
        struct status looked = page.is_open[at] ? look_at(core, &page.ids[at]) : STATUS_SUCCESS;
        log_status(LOG_LEVEL_WARN, "plan", "not-looked-at", &looked); /* it keeps none waiting */
        looks += page.is_open[at] ? 1 : 0;
        core->look.last = page.ids[at];
    }
    core->look.is_under_way = more || at < page.count;
    core->look.is_waiting = core->look.is_waiting && core->look.is_under_way;
    return STATUS_SUCCESS;
}
