#include "planes/compute/suspend.h"

#include <string.h>

#include "base/arena.h"
#include "base/fault.h"
#include "planes/compute/domain_note.h"
#include "planes/compute/libvirt_link.h"

/* Who had paused the domain when the first hold came. */
#define PAUSED_BY "paused-by"
#define BY_US     "redan"
#define BY_OWNER  "owner"

enum run_state { RUN_RUNNING, RUN_PAUSED, RUN_PASSING, RUN_OFF };

struct state {
    enum run_state run;
    const char *text;
};

/* A domain is paused for a moment while libvirt itself works on it. */
static bool is_passing(int reason)
{
    static const int passing[] = { VIR_DOMAIN_PAUSED_MIGRATION, VIR_DOMAIN_PAUSED_SAVE,
                                   VIR_DOMAIN_PAUSED_DUMP,      VIR_DOMAIN_PAUSED_SHUTTING_DOWN,
                                   VIR_DOMAIN_PAUSED_SNAPSHOT,  VIR_DOMAIN_PAUSED_STARTING_UP,
                                   VIR_DOMAIN_PAUSED_POSTCOPY };

    for (size_t i = 0; i < COUNT_OF(passing); i++) {
        if (reason == passing[i]) {
            return true;
        }
    }
    return false;
}

static struct status read_state(virDomainPtr domain, struct state *out)
{
    int code = 0;
    int reason = 0;

    if (virDomainGetState(domain, &code, &reason, 0) != 0) {
        return libvirt_error("state");
    }
    if (code == VIR_DOMAIN_RUNNING || code == VIR_DOMAIN_BLOCKED) {
        *out = (struct state){ RUN_RUNNING, "domain runs" };
    } else if (code == VIR_DOMAIN_PAUSED && is_passing(reason)) {
        *out = (struct state){ RUN_PASSING, "domain is being saved, moved, started or stopped" };
    } else if (code == VIR_DOMAIN_PAUSED) {
        *out = (struct state){ RUN_PAUSED, "domain paused" };
    } else if (code == VIR_DOMAIN_PMSUSPENDED) {
        *out = (struct state){ RUN_OFF, "domain sleeps" };
    } else {
        *out = (struct state){ RUN_OFF, "domain is shut off" };
    }
    return STATUS_SUCCESS;
}

/* A damaged note must not keep anybody from pausing the domain: it is begun anew. */
static struct status load_or_begin(virDomainPtr domain, struct holds *out)
{
    struct status status = domain_note_load(domain, out);

    if (status.code == STATUS_CORRUPT) {
        *out = (struct holds){ 0 };
        return STATUS_SUCCESS;
    }
    return status;
}

static struct status hold(virDomainPtr domain, const struct action *action, int64_t now_ms,
                          const struct state *state, struct holds *holds)
{
    TRY(load_or_begin(domain, holds));
    if (state->run == RUN_RUNNING) {
        TRY(holds_set_note(holds, PAUSED_BY, BY_US));
    } else if (holds->count == 0) {
        TRY(holds_set_note(holds, PAUSED_BY, BY_OWNER));
    }
    TRY(holds_add(holds, action, now_ms));
    return domain_note_store(domain, holds);
}

struct status suspend_apply(virDomainPtr domain, const struct action *action, int64_t now_ms)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct state state = { RUN_OFF, "" };

    TRY(read_state(domain, &state));
    if (state.run != RUN_RUNNING && state.run != RUN_PAUSED) {
        return status_error(STATUS_UNAVAILABLE, "%s", state.text);
    }
    /* The note comes first: a crash in between leaves a running domain that says it should not be
     * (partial), never a paused one that nobody would resume. */
    TRY(hold(domain, action, now_ms, &state, ARENA_NEW(&arena, struct holds, 1)));
    FAULT_POINT("compute.after_note");
    if (state.run == RUN_RUNNING && virDomainSuspend(domain) != 0) {
        return libvirt_error("suspend");
    }
    return STATUS_SUCCESS;
}

/* Before the last hold goes. */
static struct status give_back(virDomainPtr domain, const struct holds *holds)
{
    const char *paused_by = holds_note(holds, PAUSED_BY);
    struct state state = { RUN_OFF, "" };

    TRY(read_state(domain, &state));
    if (state.run == RUN_PASSING) {
        return status_error(STATUS_UNAVAILABLE, "%s", state.text);
    }
    if (state.run == RUN_PAUSED && paused_by != NULL && strcmp(paused_by, BY_US) == 0 &&
        virDomainResume(domain) != 0) {
        return libvirt_error("resume");
    }
    return STATUS_SUCCESS;
}

struct status suspend_undo(virDomainPtr domain, const struct action *action)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);

    TRY(domain_note_load(domain, holds));
    if (!holds_remove(holds, &action->id)) {
        return STATUS_SUCCESS;
    }
    if (holds->count == 0) {
        TRY(give_back(domain, holds));
    }
    FAULT_POINT("compute.after_resume");
    return domain_note_store(domain, holds);
}

static void describe(const struct holds *holds, const struct state *state,
                     struct plane_reading *out)
{
    const char *paused_by = holds_note(holds, PAUSED_BY);
    bool by_owner = paused_by != NULL && strcmp(paused_by, BY_OWNER) == 0;

    out->verified_by = VERIFIED_SELF;
    out->presence = state->run == RUN_PAUSED ? PLANE_PRESENT : PLANE_PARTIAL;
    (void)snprintf(out->detail, sizeof(out->detail), "%s%s, holds: %zu", state->text,
                   by_owner ? " before by its owner" : "", holds->count);
}

struct status suspend_read(virDomainPtr domain, const struct action *action,
                           struct plane_reading *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);
    struct state state = { RUN_OFF, "" };

    TRY(read_state(domain, &state));
    out->verified_by = VERIFIED_SELF;
    struct status status = domain_note_load(domain, holds);
    if (status.code == STATUS_CORRUPT) {
        out->presence = state.run == RUN_PAUSED ? PLANE_PARTIAL : PLANE_ABSENT;
        (void)snprintf(out->detail, sizeof(out->detail), "%s, its note is damaged", state.text);
        return STATUS_SUCCESS;
    }
    TRY(status);
    const struct hold *mine = holds_find(holds, &action->id);
    if (mine == NULL || !action_same_effect(&mine->action, action)) {
        (void)snprintf(out->detail, sizeof(out->detail), "%s, not held by this", state.text);
        return STATUS_SUCCESS;
    }
    describe(holds, &state, out);
    return STATUS_SUCCESS;
}

struct status suspend_observe(virDomainPtr domain, int64_t now_ms, struct blocking_controls *out)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct holds *holds = ARENA_NEW(&arena, struct holds, 1);
    struct state state = { RUN_OFF, "" };

    TRY(read_state(domain, &state));
    struct status status = domain_note_load(domain, holds);
    if (status.code == STATUS_CORRUPT) {
        return STATUS_SUCCESS;
    }
    TRY(status);
    for (size_t i = 0; i < holds->count; i++) {
        struct plane_control control = { .action = holds->items[i].action };
        describe(holds, &state, &control.reading);
        control.reading.lease_left_ms = hold_left_ms(&holds->items[i], now_ms);
        TRY(blocking_controls_add(out, &control));
    }
    return STATUS_SUCCESS;
}
