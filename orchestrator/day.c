/* The day changes: what SLAs say of validity begins and ends by itself. The documents stay; they
 * are compiled as of the new day, and become a version of their own, so that plans made before are
 * stale and nodes hear of it. */
#include "base/date.h"
#include "base/log.h"
#include "orchestrator/core_priv.h"

enum { HOURS_OF_DAY = 24 };

int32_t day_today(const struct core *core)
{
    const int64_t day_us = INT64_C(1000) * 1000 * 60 * 60 * HOURS_OF_DAY;

    return (int32_t)(clock_wall_us(core->clock) / day_us);
}

static struct status put_in_force(struct core *core, struct world_change **change, int32_t day)
{
    char text[DATE_TEXT_MAX];

    date_format(day, text);
    TRY(turn_close(core));
    TRY(turn_join(core));
    struct status stored =
        world_store(core->world, core->knowledge, *change, slice_from(text), 0, core->turn_us);
    if (!status_ok(&stored)) {
        turn_abandon(core);
        return stored;
    }
    TRY(turn_close(core));
    world_swap(core->world, change);
    log_info("sla", "day-changed", LOG_NUMBER("version", world_version(core->world)),
             LOG_CSTR("day", text));
    TRY(turn_join(core));
    TRY(progress_world_changed(core));
    return officer_announce(core);
}

/* A day is tried once: documents that do not compile as of it stay as they are. */
struct status day_sweep(struct core *core)
{
    CLEANUP(world_change_free) struct world_change *change = NULL;
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct sla_options keys = { .keys = core->options->party_keys,
                                      .key_count = core->options->party_key_count };
    int32_t today = day_today(core);
    struct diag_list diags;

    if (!world_differs_on(core->world, today) || core->day_tried == today) {
        return STATUS_SUCCESS;
    }
    core->day_tried = today;
    diag_list_init(&diags, &arena);
    TRY(world_prepare_day(core->world, today, &keys, &diags, &change));
    return put_in_force(core, &change, today);
}
