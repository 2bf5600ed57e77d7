#include "tests/chaos/story.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/file.h"
#include "model/plan.h"
#include "tests/chaos/census.h"
#include "tests/chaos/observe.h"

enum { DEADLINE_MS = 20000, LOG_MAX_BYTES = 4 * 1024 * 1024 };

struct story {
    struct site *site;
    const struct chaos_case *chosen;
    int connection; /* the attacker's */
    int64_t lease_ms;
    bool is_renewed_once; /* the ban; else it is for as long as it may be */
};

static const char *bin_folder(void)
{
    const char *set = getenv("REDAN_BIN"); /* NOLINT(concurrency-mt-unsafe): one thread */

    return set != NULL ? set : "build/bin";
}

/* --- the death ---------------------------------------------------------------------------------
 */

static bool dies_in(const struct story *story, enum chaos_phase phase)
{
    return story->chosen->row != NULL && story->chosen->phase == phase;
}

/* Is this death one from outside? */
static bool is_killed(const struct story *story)
{
    return chaos_is_killed_from_outside(story->chosen->row);
}

static bool is_victim(const struct story *story, enum site_part part)
{
    return story->chosen->row != NULL && story->chosen->row->part == part;
}

static bool has_died(void *arg)
{
    struct process *process = arg;
    int state = 0;

    if (process->pid > 0 && waitpid(process->pid, &state, WNOHANG) == process->pid) {
        process->pid = 0;
    }
    return process->pid == 0;
}

static struct status enter(struct story *story, enum chaos_phase phase)
{
    if (story->chosen->row == NULL) {
        return census_enter(story->site, phase);
    }
    if (!dies_in(story, phase)) {
        return STATUS_SUCCESS;
    }
    if (is_killed(story)) {
        process_kill(site_process(story->site, story->chosen->row->part));
        return STATUS_SUCCESS;
    }
    return site_arm(story->site);
}

/* Waits for the death at the chosen point and starts the part again. */
static struct status recover(struct story *story, enum chaos_phase phase)
{
    if (!dies_in(story, phase)) {
        return STATUS_SUCCESS;
    }
    enum site_part part = story->chosen->row->part;
    struct process *process = site_process(story->site, part);
    if (!site_wait(has_died, process, DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the stage was never reached");
    }
    TRY(process_wait_group(process, DEADLINE_MS));
    site_disarm(story->site);
    return site_start(story->site, part, NULL);
}

/* --- what is waited for ------------------------------------------------------------------------
 */

struct wanted {
    struct story *story;
    const char *incident, *plan; /* NULL: any */
};

static bool is_so(void *arg)
{
    const struct wanted *wanted = arg;

    return observe_state(wanted->story->site, wanted->incident, wanted->plan);
}

static struct status await(struct story *story, const char *incident, const char *plan)
{
    struct wanted wanted = { story, incident, plan };

    return site_wait(is_so, &wanted, DEADLINE_MS)
               ? STATUS_SUCCESS
               : status_error(STATUS_TIMEOUT, "incident %s, plan %s: never so", incident,
                              plan != NULL ? plan : "of any state");
}

static bool is_unreachable_said(void *arg)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct slice log = { 0 };
    struct status loaded =
        file_load(&arena, site_path(arg, "redan-datad.log"), LOG_MAX_BYTES, &log);

    return status_ok(&loaded) && slice_find_text(log, SLICE("plane-out-of-reach")) < log.len;
}

/* A hypervisor that is gone when its order comes is out of reach: nothing has failed, and the plan
 * goes on when it is back. */
static struct status check_out_of_reach(struct story *story, enum chaos_phase phase)
{
    if (!dies_in(story, phase) || !is_victim(story, SITE_LIBVIRTD)) {
        return STATUS_SUCCESS;
    }
    if (!site_wait(is_unreachable_said, story->site, DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "the plane was never out of reach");
    }
    return observe_goes_on(story->site, phase == PHASE_UNDO ? "undoing" : "running");
}

/* --- start -------------------------------------------------------------------------------------
 */

static struct status start_part(struct story *story, enum site_part part)
{
    bool is_faulty = is_victim(story, part) && !is_killed(story);
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *crash_at = NULL;

    if (!site_has(story->site, part)) {
        return STATUS_SUCCESS;
    }
    if (is_faulty) {
        crash_at =
            arena_printf(&arena, "%s:%u", story->chosen->row->point, story->chosen->pass).ptr;
    }
    return site_start(story->site, part, crash_at);
}

static struct status give_slas(struct story *story)
{
    TRY(site_wait_api(story->site));
    return site_apply_slas(story->site);
}

/* The chosen one may die at any moment of it. */
static struct status start_and_die(struct story *story)
{
    for (size_t i = 0; i < SITE_PARTS; i++) {
        TRY(start_part(story, (enum site_part)i));
        if (i == SITE_REDAND && !is_victim(story, SITE_REDAND)) {
            TRY(give_slas(story));
        }
    }
    TRY(recover(story, PHASE_START));
    if (is_victim(story, SITE_REDAND)) {
        TRY(give_slas(story));
    }
    return site_wait_ready(story->site);
}

static struct status start_well(struct story *story)
{
    for (size_t i = 0; i < SITE_PARTS; i++) {
        TRY(start_part(story, (enum site_part)i));
        if (i == SITE_REDAND) {
            TRY(give_slas(story));
        }
    }
    return site_wait_ready(story->site);
}

static struct status start(struct story *story)
{
    TRY(enter(story, PHASE_START));
    return dies_in(story, PHASE_START) ? start_and_die(story) : start_well(story);
}

/* --- attack ------------------------------------------------------------------------------------
 */

static struct status attack(struct story *story, enum chaos_phase phase)
{
    enum { GUESSES = 5, FAILURES_BEFORE = 3 };
    struct site *site = story->site;
    uint16_t port = 0;

    TRY(enter(story, phase));
    TRY(site_connect(site, CHAOS_ATTACKER, DEADLINE_MS, &story->connection, &port));
    TRY(phase == PHASE_BAN ? site_log_failures(site, CHAOS_ATTACKER, port, GUESSES)
                           : site_log_break_in(site, CHAOS_ATTACKER, port, FAILURES_BEFORE));
    TRY(check_out_of_reach(story, phase));
    return recover(story, phase);
}

static struct status check_answer(struct story *story, enum chaos_phase attacked)
{
    TRY(await(story, "contained", "done"));
    return observe_books(story->site, attacked);
}

/* --- rest --------------------------------------------------------------------------------------
 */

struct holding {
    struct story *story;
    enum chaos_phase attack;
};

static bool is_in_force(void *arg)
{
    const struct holding *holding = arg;
    struct status held = observe_in_force(holding->story->site, holding->attack, true);

    return status_ok(&held);
}

/* In force while it is dead, and after. The test driver forgets with its daemon: what was on the
 * domain is drift then, and the agent repairs it. */
static struct status rest(struct story *story, enum chaos_phase attacked)
{
    struct holding holding = { story, attacked };

    TRY(observe_in_force(story->site, attacked, true));
    if (!dies_in(story, PHASE_REST)) {
        return STATUS_SUCCESS;
    }
    TRY(enter(story, PHASE_REST));
    TRY(observe_in_force(story->site, attacked, !is_victim(story, SITE_LIBVIRTD)));
    TRY(recover(story, PHASE_REST));
    TRY(site_wait_api(story->site));
    TRY(site_wait_ready(story->site));
    if (is_victim(story, SITE_LIBVIRTD) && !site_wait(is_in_force, &holding, DEADLINE_MS)) {
        return status_error(STATUS_TIMEOUT, "what the hypervisor forgot was never repaired");
    }
    TRY(observe_in_force(story->site, attacked, true));
    return await(story, "contained", "done");
}

/* --- undo --------------------------------------------------------------------------------------
 */

static struct status ask_for_undo(struct story *story, const char *plan, bool *out_accepted)
{
    const char *const words[] = { "plan", "undo", plan, "--yes", NULL };

    *out_accepted = site_redan(story->site, words) == 0;
    return STATUS_SUCCESS;
}

/* Who got no answer looks, and asks again when nothing has come of it. */
static struct status insist(struct story *story, const char *plan)
{
    bool accepted = false;

    TRY(site_wait_api(story->site));
    if (!observe_state(story->site, NULL, "done")) {
        return STATUS_SUCCESS;
    }
    TRY(ask_for_undo(story, plan, &accepted));
    return accepted ? STATUS_SUCCESS
                    : status_error(STATUS_INVALID, "the undo of %s is refused", plan);
}

static struct status undo(struct story *story)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const char *plan = NULL;
    bool accepted = false;

    TRY(observe_plan_id(story->site, &arena, &plan));
    TRY(enter(story, PHASE_UNDO));
    TRY(ask_for_undo(story, plan, &accepted));
    TRY(check_out_of_reach(story, PHASE_UNDO));
    TRY(recover(story, PHASE_UNDO));
    if (!accepted) {
        TRY(insist(story, plan));
    }
    TRY(await(story, "closed", "undone"));
    TRY(observe_undone_books(story->site));
    return observe_nothing_left(story->site);
}

/* --- the end of leases -------------------------------------------------------------------------
 */

static bool is_all_free(void *arg)
{
    struct status left = observe_nothing_left(arg);

    return status_ok(&left);
}

/* Killing those who ordered it frees nobody; and a ban outlives its lease only while evidence
 * lasts, and never PLAN_BAN_LIMIT leases. */
static struct status leases_end(struct story *story, int64_t attacked_ms)
{
    struct site *site = story->site;

    TRY(await(story, NULL, "done"));
    process_kill(site_process(site, SITE_REDAND));
    process_kill(site_process(site, SITE_AGG));
    if (story->is_renewed_once && site_now_ms() - attacked_ms > story->lease_ms * 2 / 5) {
        return status_error(STATUS_EXHAUSTED, "too busy: the ban may be renewed by now, or never");
    }
    TRY(observe_in_force(site, PHASE_BREAK_IN, true));
    TRY(enter(story, PHASE_LEASE));
    if (!is_victim(story, SITE_REDAND)) {
        TRY(recover(story, PHASE_LEASE));
    }
    int64_t longest_ms = story->lease_ms * (PLAN_BAN_LIMIT + 2); /* and some time to see it */
    if (!site_wait(is_all_free, site, (int)longest_ms + DEADLINE_MS)) {
        return observe_nothing_left(site);
    }
    int64_t held_ms = site_now_ms() - attacked_ms;
    if (held_ms < story->lease_ms || held_ms > longest_ms) {
        return status_error(STATUS_CONFLICT, "held for %lld ms", (long long)held_ms);
    }
    TRY(enter(story, PHASE_RETURN));
    TRY(start_part(story, SITE_REDAND));
    TRY(start_part(story, SITE_AGG));
    TRY(recover(story, PHASE_RETURN));
    TRY(await(story, "closed", NULL));
    return observe_journal(site);
}

/* --- the whole ---------------------------------------------------------------------------------
 */

static struct status tell(struct story *story)
{
    enum chaos_phase last = story->chosen->phase;
    enum chaos_phase attacked = last == PHASE_BAN ? PHASE_BAN : PHASE_BREAK_IN;

    TRY(start(story));
    int64_t attacked_ms = site_now_ms();
    TRY(attack(story, attacked));
    if (last >= PHASE_LEASE) {
        return leases_end(story, attacked_ms);
    }
    TRY(check_answer(story, attacked));
    TRY(rest(story, attacked));
    return last == PHASE_BAN ? STATUS_SUCCESS : undo(story);
}

static struct status take_census(struct story *story)
{
    switch (story->chosen->phase) {
    case PHASE_BAN:
        return census_check(story->site, PHASE_BAN);
    case PHASE_LEASE:
    case PHASE_RETURN:
        TRY(census_check(story->site, PHASE_LEASE));
        return census_check(story->site, PHASE_RETURN);
    case PHASE_START:
    case PHASE_BREAK_IN:
    case PHASE_REST:
    case PHASE_UNDO:
        break;
    }
    TRY(census_check(story->site, PHASE_START));
    TRY(census_check(story->site, PHASE_BREAK_IN));
    return census_check(story->site, PHASE_UNDO);
}

/* A ban ends with its lease or, where evidence lasts, at its limit: where redand dies, the latter.
 */
static bool has_lasting_evidence(const struct chaos_case *chosen)
{
    return chosen->phase < PHASE_LEASE || (chosen->phase == PHASE_LEASE && chosen->row != NULL &&
                                           chosen->row->part == SITE_REDAND);
}

struct status story_run(const struct chaos_case *chosen, const char *folder, unsigned lease_s)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    CLEANUP(site_free) struct site *site = NULL;
    const char *lease = arena_printf(&arena, "%us", lease_s).ptr;
    /* Evidence is there half a second before the first end of a ban, and not before the second. */
    const char *window = arena_printf(&arena, "%us", lease_s + lease_s / 2).ptr;
    bool lasts = has_lasting_evidence(chosen);
    const struct site_options options = { .folder = folder,
                                          .lease = chosen->phase >= PHASE_LEASE ? lease : NULL,
                                          .window = lasts ? NULL : window,
                                          .bin = bin_folder(),
                                          .node_2 = chosen->phase != PHASE_BAN };
    struct story story = {
        .chosen = chosen, .connection = -1, .lease_ms = lease_s * 1000L, .is_renewed_once = !lasts
    };

    TRY(site_new(&options, &site));
    story.site = site;
    struct status told = tell(&story);
    cleanup_close(&story.connection);
    if (status_ok(&told) && chosen->row == NULL) {
        told = take_census(&story);
    }
    return told;
}
