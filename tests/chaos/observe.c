#include "tests/chaos/observe.h"

#include <string.h>

/* What one look at the API says. */
struct books {
    struct arena arena;
    const struct json *incidents;
    const struct json *alerts;
    const struct json *plans;
    const struct json *plan; /* the newest, whole; NULL: none */
};

static void books_done(struct books *books)
{
    arena_done(&books->arena);
}

static size_t count_of(const struct json *list)
{
    const struct json *items = json_get(list, "items");

    return items != NULL ? items->count : 0;
}

static const struct json *first_of(const struct json *list)
{
    const struct json *items = json_get(list, "items");

    return items != NULL ? items->first : NULL;
}

static struct status books_open(struct site *site, struct books *out)
{
    TRY(site_ask(site, &out->arena, "GET", "/v1/incidents", NULL, &out->incidents));
    TRY(site_ask(site, &out->arena, "GET", "/v1/alerts", NULL, &out->alerts));
    TRY(site_ask(site, &out->arena, "GET", "/v1/plans", NULL, &out->plans));
    const struct json *newest = first_of(out->plans);
    if (newest == NULL) {
        return STATUS_SUCCESS;
    }
    struct slice path =
        arena_printf(&out->arena, "/v1/plans/%.*s", SLICE_ARG(json_text(newest, "id")));
    return site_ask(site, &out->arena, "GET", path.ptr, NULL, &out->plan);
}

static bool is_in(const struct json *object, const char *state)
{
    return state == NULL || (object != NULL && slice_is(json_text(object, "state"), state));
}

bool observe_state(struct site *site, const char *incident, const char *plan)
{
    CLEANUP(books_done) struct books books = { 0 };
    struct status opened = books_open(site, &books);

    return status_ok(&opened) && is_in(first_of(books.incidents), incident) &&
           is_in(books.plan, plan);
}

struct status observe_plan_id(struct site *site, struct arena *arena, const char **out)
{
    CLEANUP(books_done) struct books books = { 0 };

    TRY(books_open(site, &books));
    if (books.plan == NULL) {
        return status_error(STATUS_NOT_FOUND, "no plan");
    }
    *out = arena_cstr(arena, json_text(books.plan, "id"));
    return STATUS_SUCCESS;
}

struct status observe_journal(struct site *site)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    const struct json *verdict = NULL;

    TRY(site_ask(site, &arena, "GET", "/v1/audit/verify", NULL, &verdict));
    const struct json *intact = json_get(verdict, "intact");
    return intact != NULL && intact->truth
               ? STATUS_SUCCESS
               : status_error(STATUS_CORRUPT, "the journal does not verify");
}

/* --- detections and alerts */

static const char *const ban_rules[] = { "ssh-bruteforce", NULL };
static const char *const break_in_rules[] = { "ssh-guessed", NULL };
static const char *const ban_actions[] = { "network.deny", NULL };
static const char *const break_in_actions[] = { "network.deny", "compute.snapshot",
                                                "compute.suspend", "data.freeze", NULL };

static size_t count_with(const struct json *list, const char *key, const char *value)
{
    size_t count = 0;

    for (const struct json *row = list; row != NULL; row = row->next) {
        count += slice_is(json_text(row, key), value) ? 1 : 0;
    }
    return count;
}

/* Each of `wanted` once, and nothing else. */
static struct status check_each_once(const struct json *items, size_t count, const char *key,
                                     const char *const *wanted)
{
    size_t expected = 0;

    for (; wanted[expected] != NULL; expected++) {
        size_t found = count_with(items, key, wanted[expected]);
        if (found != 1) {
            return status_error(STATUS_CONFLICT, "%s %s: %zu times, expected once", key,
                                wanted[expected], found);
        }
    }
    return count == expected
               ? STATUS_SUCCESS
               : status_error(STATUS_CONFLICT, "%zu of %s, expected %zu", count, key, expected);
}

static struct status check_counts(const struct books *books, enum chaos_phase attack)
{
    bool is_ban = attack == PHASE_BAN;
    const struct json *steps = books->plan != NULL ? json_get(books->plan, "steps") : NULL;

    if (count_of(books->incidents) != 1 || count_of(books->plans) != 1 || steps == NULL) {
        return status_error(STATUS_CONFLICT, "%zu incidents and %zu plans, expected one each",
                            count_of(books->incidents), count_of(books->plans));
    }
    TRY(check_each_once(first_of(books->alerts), count_of(books->alerts), "rule",
                        is_ban ? ban_rules : break_in_rules));
    return check_each_once(steps->first, steps->count, "action",
                           is_ban ? ban_actions : break_in_actions);
}

static struct status check_steps(const struct books *books, const char *state)
{
    const struct json *steps = json_get(books->plan, "steps");

    for (const struct json *step = steps->first; step != NULL; step = step->next) {
        if (!is_in(step, state)) {
            struct slice action = json_text(step, "action");
            struct slice is = json_text(step, "state");
            struct slice detail = json_text(step, "detail");
            return status_error(STATUS_CONFLICT, "%.*s is %.*s (%.*s), expected %s",
                                SLICE_ARG(action), SLICE_ARG(is), SLICE_ARG(detail), state);
        }
    }
    return STATUS_SUCCESS;
}

struct status observe_books(struct site *site, enum chaos_phase attack)
{
    CLEANUP(books_done) struct books books = { 0 };

    TRY(books_open(site, &books));
    TRY(check_counts(&books, attack));
    TRY(check_steps(&books, "enforced"));
    return observe_journal(site);
}

/* RFC 3339 of one width: bytes sort as times do. */
static struct status check_reverse_order(const struct books *books)
{
    const struct json *steps = json_get(books->plan, "steps");

    for (const struct json *step = steps->first; step->next != NULL; step = step->next) {
        struct slice this = json_text(step, "undone_at");
        struct slice next = json_text(step->next, "undone_at");
        if (this.len == 0 || this.len != next.len || memcmp(this.ptr, next.ptr, this.len) < 0) {
            return status_error(STATUS_CONFLICT, "not undone in reverse order: %.*s before %.*s",
                                SLICE_ARG(this), SLICE_ARG(next));
        }
    }
    return STATUS_SUCCESS;
}

struct status observe_undone_books(struct site *site)
{
    CLEANUP(books_done) struct books books = { 0 };

    TRY(books_open(site, &books));
    TRY(check_counts(&books, PHASE_BREAK_IN));
    TRY(check_steps(&books, "undone"));
    TRY(check_reverse_order(&books));
    return observe_journal(site);
}

struct status observe_goes_on(struct site *site, const char *plan_state)
{
    CLEANUP(books_done) struct books books = { 0 };

    TRY(books_open(site, &books));
    if (!is_in(books.plan, plan_state)) {
        return status_error(STATUS_CONFLICT, "the plan is not %s", plan_state);
    }
    const struct json *steps = json_get(books.plan, "steps");
    return count_with(steps->first, "state", "failed") == 0
               ? STATUS_SUCCESS
               : status_error(STATUS_CONFLICT, "a step has failed");
}

/* --- planes */

static struct status check_domain(struct site *site, bool held)
{
    struct domain_view view;

    TRY(site_domain(site, &view));
    bool right = held ? view.is_paused && view.has_note && view.snapshots == 1
                      : view.runs && !view.has_note && view.snapshots == 0;
    return right ? STATUS_SUCCESS
                 : status_error(STATUS_CONFLICT, "the domain is %s, with%s note, %zu snapshots",
                                view.is_paused ? "paused" : "not paused",
                                view.has_note ? "" : "out", view.snapshots);
}

static struct status check_bucket(struct site *site, bool held)
{
    bool refuses = site_bucket_refuses(site);
    bool recorded = site_bucket_is_held(site);

    return refuses == held && recorded == held
               ? STATUS_SUCCESS
               : status_error(STATUS_CONFLICT, "the bucket %s writes and has %s record of a hold",
                              refuses ? "refuses" : "takes", recorded ? "a" : "no");
}

struct status observe_in_force(struct site *site, enum chaos_phase attack, bool ask_libvirt)
{
    if (!site_kernel_denies(site, CHAOS_ATTACKER)) {
        return status_error(STATUS_CONFLICT, "the kernel does not deny the attacker");
    }
    if (attack == PHASE_BAN) {
        return STATUS_SUCCESS;
    }
    TRY(check_bucket(site, true));
    return ask_libvirt ? check_domain(site, true) : STATUS_SUCCESS;
}

struct status observe_nothing_left(struct site *site)
{
    if (site_kernel_denies(site, CHAOS_ATTACKER)) {
        return status_error(STATUS_CONFLICT, "the kernel still denies the attacker");
    }
    TRY(check_bucket(site, false));
    return check_domain(site, false);
}
