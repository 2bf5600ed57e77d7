#include "tests/fakes/plane_contract.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/fakes/plane_driver.h"

const struct plane_contract_subject *plane_contract_subject;

enum { LEASE_LONG_MS = 600000, LEASE_SHORT_MS = 300, LEASE_DEADLINE_MS = 5000 };

/* First in every check. */
#define NEEDS_SUBJECT()                                                                            \
    do {                                                                                           \
        if (plane_contract_subject->cannot != NULL) {                                              \
            suite_skip("%s", plane_contract_subject->cannot);                                      \
            return;                                                                                \
        }                                                                                          \
    } while (0)

static struct plane *open_subject(void)
{
    struct plane *plane = NULL;

    ASSERT_OK(plane_contract_subject->open(plane_contract_subject->arg, &plane));
    CU_ASSERT_PTR_NOT_NULL_FATAL(plane);
    return plane;
}

/* The `number`th id; ids are the checks' own. */
static struct ulid id_of(unsigned number)
{
    struct ulid id;

    (void)snprintf(id.text, sizeof(id.text), "01HZC0NTRACT00000000000%03u", number % 1000);
    return id;
}

static struct action action_of(enum action_kind kind, unsigned target, unsigned number)
{
    const struct action_type *type = action_type(kind);
    struct action action = {
        .id = id_of(number),
        .kind = kind,
        .node = "node-1",
        .lease = { .duration_ms = LEASE_LONG_MS, .limit_ms = LEASE_LONG_MS },
    };

    if (type->takes_source && plane_contract_subject->sources[target] != NULL) {
        ASSERT_OK(
            address_parse(slice_from(plane_contract_subject->sources[target]), &action.source));
    }
    if (type->takes_resource && plane_contract_subject->resources[target] != NULL) {
        (void)snprintf(action.resource, sizeof(action.resource), "%s",
                       plane_contract_subject->resources[target]);
    }
    return action;
}

typedef void(kind_check_fn)(struct plane *plane, enum action_kind kind);

/* Runs `check` on a freshly opened plane once for every kind it supports and can undo. */
static void for_each_kind(kind_check_fn *check)
{
    struct plane *plane = open_subject();
    struct plane_capability all[ACTION_KINDS];
    unsigned checked = 0;

    plane_capabilities(plane, all);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        if (all[i].supported && all[i].reversible) {
            check(plane, all[i].kind);
            checked++;
        }
    }
    CU_ASSERT(checked > 0);
    plane_close(&plane);
}

static void check_presence(struct plane *plane, const struct action *action,
                           enum plane_presence wanted)
{
    struct plane_reading reading = { 0 };

    ASSERT_OK(drive_read_back(plane, action, &reading));
    if (reading.presence != wanted) {
        (void)printf("\n    %s: presence %d, wanted %d: %s\n", action_kind_name(action->kind),
                     (int)reading.presence, (int)wanted, reading.detail);
    }
    CU_ASSERT_EQUAL(reading.presence, wanted);
    if (wanted == PLANE_ABSENT) {
        CU_ASSERT_EQUAL(reading.lease_left_ms, -1);
    }
}

/* --- capabilities and refusals --------------------------------------------------------------- */

static void test_capabilities_are_complete_and_honest(void)
{
    NEEDS_SUBJECT();
    struct plane *plane = open_subject();
    struct plane_capability all[ACTION_KINDS];

    CU_ASSERT_EQUAL(plane_kind_of(plane), plane_contract_subject->kind);
    CU_ASSERT_STRING_NOT_EQUAL(plane_name(plane), "");
    plane_capabilities(plane, all);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        CU_ASSERT_EQUAL(all[i].kind, i);
        CU_ASSERT_PTR_NOT_NULL(memchr(all[i].why_not, '\0', sizeof(all[i].why_not)));
        bool ours = action_type((enum action_kind)i)->plane == plane_contract_subject->kind;
        CU_ASSERT(ours || !all[i].supported);
        CU_ASSERT(all[i].supported || all[i].why_not[0] != '\0');
    }
    plane_close(&plane);
    CU_ASSERT_PTR_NULL(plane);
}

static void never_done(void *arg, struct status outcome)
{
    (void)arg;
    (void)outcome;
    CU_FAIL("called back for a refused action");
}

static void never_read(void *arg, struct status outcome, const struct plane_reading *reading)
{
    (void)reading;
    never_done(arg, outcome);
}

/* Lets late mistakes come to light. */
static void turn_twice(struct plane *plane)
{
    ASSERT_OK(drive_turn(plane, 0));
    ASSERT_OK(drive_turn(plane, 0));
}

static void test_unsupported_kinds_are_refused(void)
{
    NEEDS_SUBJECT();
    struct plane *plane = open_subject();
    struct plane_capability all[ACTION_KINDS];

    plane_capabilities(plane, all);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        enum action_kind kind = (enum action_kind)i;
        struct action action = action_of(kind, 0, 1);
        bool ours = action_type(kind)->plane == plane_contract_subject->kind;
        if (action_type(kind)->takes_resource && action.resource[0] == '\0') {
            (void)snprintf(action.resource, sizeof(action.resource), "none");
        }
        if (action_type(kind)->takes_source && action.source.family == ADDRESS_NONE) {
            ASSERT_OK(address_parse(SLICE("198.51.100.1"), &action.source));
        }
        if (!ours) {
            ASSERT_CODE(plane_apply(plane, &action, never_done, NULL), STATUS_INVALID);
            ASSERT_CODE(plane_undo(plane, &action, never_done, NULL), STATUS_INVALID);
            ASSERT_CODE(plane_read_back(plane, &action, never_read, NULL), STATUS_INVALID);
        } else if (!all[i].supported) {
            ASSERT_CODE(plane_apply(plane, &action, never_done, NULL), STATUS_UNSUPPORTED);
        } else if (!all[i].reversible) {
            ASSERT_CODE(plane_undo(plane, &action, never_done, NULL), STATUS_UNSUPPORTED);
        }
    }
    turn_twice(plane);
    plane_close(&plane);
}

static void refuse_bad(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);

    action.id.text[3] = '!';
    ASSERT_CODE(plane_apply(plane, &action, never_done, NULL), STATUS_INVALID);
    ASSERT_CODE(plane_undo(plane, &action, never_done, NULL), STATUS_INVALID);
    ASSERT_CODE(plane_read_back(plane, &action, never_read, NULL), STATUS_INVALID);
    action = action_of(kind, 0, 1);
    action.lease.duration_ms = -1;
    ASSERT_CODE(plane_apply(plane, &action, never_done, NULL), STATUS_INVALID);
    turn_twice(plane);
}

static void test_bad_actions_are_refused_without_a_call_back(void)
{
    NEEDS_SUBJECT();
    for_each_kind(refuse_bad);
}

/* --- doing, reading, undoing ------------------------------------------------------------------ */

struct late {
    bool inside; /* the asking call has not returned yet */
    unsigned early;
    unsigned arrived;
};

static void note_arrival(void *arg, struct status outcome)
{
    struct late *late = arg;

    late->early += late->inside ? 1 : 0;
    late->arrived++;
    ASSERT_OK(outcome);
}

static void note_reading(void *arg, struct status outcome, const struct plane_reading *reading)
{
    (void)reading;
    note_arrival(arg, outcome);
}

static void turn_until(struct plane *plane, const unsigned *arrived, unsigned wanted)
{
    int64_t deadline = clock_mono_ms(&clock_real) + PLANE_DRIVER_DEADLINE_MS;

    while (*arrived < wanted && clock_mono_ms(&clock_real) < deadline) {
        struct status turned = drive_turn(plane, 100);
        if (!status_ok(&turned)) {
            ASSERT_OK(turned);
            return;
        }
    }
    CU_ASSERT_EQUAL(*arrived, wanted);
}

/* The asking call has returned: from here on an arrival is late enough. */
static void leave(struct late *late)
{
    late->inside = false;
}

static void enter(struct late *late)
{
    late->inside = true;
}

static void answer_late(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct late late = { .inside = true };

    ASSERT_OK(plane_apply(plane, &action, note_arrival, &late));
    memset(&action, 0x5a, sizeof(action)); /* the plane has copied what it needs */
    action = action_of(kind, 0, 1);
    ASSERT_OK(plane_read_back(plane, &action, note_reading, &late));
    leave(&late);
    turn_until(plane, &late.arrived, 2);
    enter(&late);
    ASSERT_OK(plane_undo(plane, &action, note_arrival, &late));
    leave(&late);
    turn_until(plane, &late.arrived, 3);
    CU_ASSERT_EQUAL(late.early, 0);
}

static void test_results_are_always_late(void)
{
    NEEDS_SUBJECT();
    for_each_kind(answer_late);
}

static void read_what_is_there(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct action other = action_of(kind, 1, 2);

    check_presence(plane, &action, PLANE_ABSENT);
    ASSERT_OK(drive_apply(plane, &action));
    check_presence(plane, &action, PLANE_PRESENT);
    check_presence(plane, &other, PLANE_ABSENT);
    ASSERT_OK(drive_undo(plane, &action));
    check_presence(plane, &action, PLANE_ABSENT);
}

static void test_read_back_tells_before_and_after(void)
{
    NEEDS_SUBJECT();
    for_each_kind(read_what_is_there);
}

static void repeat_everything(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);

    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_apply(plane, &action));
    check_presence(plane, &action, PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &action));
    check_presence(plane, &action, PLANE_ABSENT);
    ASSERT_OK(drive_undo(plane, &action));
    check_presence(plane, &action, PLANE_ABSENT);
}

static void test_apply_and_undo_are_idempotent(void)
{
    NEEDS_SUBJECT();
    for_each_kind(repeat_everything);
}

static void undo_the_unknown(struct plane *plane, enum action_kind kind)
{
    struct action known = action_of(kind, 0, 1);
    struct action unknown = action_of(kind, 0, 2);

    ASSERT_OK(drive_undo(plane, &unknown));
    ASSERT_OK(drive_apply(plane, &known));
    ASSERT_OK(drive_undo(plane, &unknown));
    check_presence(plane, &known, PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &known));
}

static void test_undo_of_the_unknown_succeeds_and_does_nothing(void)
{
    NEEDS_SUBJECT();
    for_each_kind(undo_the_unknown);
}

static void overlap(struct plane *plane, enum action_kind kind)
{
    struct action first = action_of(kind, 0, 1);
    struct action second = action_of(kind, 0, 2);

    ASSERT_OK(drive_apply(plane, &first));
    check_presence(plane, &second, PLANE_ABSENT);
    ASSERT_OK(drive_apply(plane, &second));
    check_presence(plane, &first, PLANE_PRESENT);
    check_presence(plane, &second, PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &first));
    check_presence(plane, &first, PLANE_ABSENT);
    check_presence(plane, &second, PLANE_PRESENT);
    ASSERT_OK(drive_undo(plane, &second));
    check_presence(plane, &second, PLANE_ABSENT);
}

static void test_overlapping_actions_are_independent(void)
{
    NEEDS_SUBJECT();
    for_each_kind(overlap);
}

/* --- leases ----------------------------------------------------------------------------------- */

static void wait_absent(struct plane *plane, const struct action *action)
{
    int64_t deadline = clock_mono_ms(&clock_real) + LEASE_DEADLINE_MS;
    struct plane_reading reading = { .presence = PLANE_PRESENT };

    while (reading.presence != PLANE_ABSENT && clock_mono_ms(&clock_real) < deadline) {
        ASSERT_OK(drive_read_back(plane, action, &reading));
        (void)poll(NULL, 0, 5); /* between looks: the kernel tells nobody that a lease has ended */
    }
    CU_ASSERT_EQUAL(reading.presence, PLANE_ABSENT);
}

static void let_pass(struct plane *plane, const struct action *action, int64_t ms)
{
    if (plane_contract_subject->advance != NULL) {
        plane_contract_subject->advance(plane_contract_subject->arg, ms);
        check_presence(plane, action, PLANE_ABSENT);
    } else {
        wait_absent(plane, action);
    }
}

static void end_lease(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct plane_reading reading = { 0 };

    action.lease.duration_ms = LEASE_SHORT_MS;
    ASSERT_OK(drive_apply(plane, &action));
    let_pass(plane, &action, LEASE_SHORT_MS);
    /* Renewing starts it anew. */
    ASSERT_OK(drive_apply(plane, &action));
    action.lease.duration_ms = LEASE_LONG_MS;
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    CU_ASSERT(reading.lease_left_ms > LEASE_SHORT_MS);
    CU_ASSERT(reading.lease_left_ms <= LEASE_LONG_MS);
    /* No duration is no lease. */
    action.lease.duration_ms = 0;
    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.presence, PLANE_PRESENT);
    CU_ASSERT_EQUAL(reading.lease_left_ms, -1);
    ASSERT_OK(drive_undo(plane, &action));
}

static void keep_without_lease(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct plane_reading reading = { 0 };

    ASSERT_OK(drive_apply(plane, &action));
    ASSERT_OK(drive_read_back(plane, &action, &reading));
    CU_ASSERT_EQUAL(reading.lease_left_ms, -1);
    ASSERT_OK(drive_undo(plane, &action));
}

static void test_leases_end_by_themselves_or_not_at_all(void)
{
    NEEDS_SUBJECT();
    for_each_kind(plane_contract_subject->keeps_leases ? end_lease : keep_without_lease);
}

/* --- restart ---------------------------------------------------------------------------------- */

static const struct plane_control *find_control(const struct plane_control *controls, size_t count,
                                                const struct action *action)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(controls[i].action.id.text, action->id.text) == 0) {
            return &controls[i];
        }
    }
    return NULL;
}

static void check_observed(struct plane *plane, const struct action *action)
{
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_observe(plane, &controls, &count));
    const struct plane_control *control = find_control(controls, count, action);
    CU_ASSERT_PTR_NOT_NULL(control);
    if (control != NULL) {
        CU_ASSERT_EQUAL(control->action.kind, action->kind);
        CU_ASSERT_STRING_EQUAL(control->action.resource, action->resource);
        CU_ASSERT_TRUE(address_eq(&control->action.source, &action->source));
        CU_ASSERT_EQUAL(control->reading.presence, PLANE_PRESENT);
        if (plane_contract_subject->keeps_leases) {
            CU_ASSERT_EQUAL(control->action.lease.duration_ms, LEASE_LONG_MS);
        }
    }
    free(controls);
}

static void check_unobserved(struct plane *plane, const struct action *action)
{
    struct plane_control *controls = NULL;
    size_t count = 0;

    ASSERT_OK(drive_observe(plane, &controls, &count));
    CU_ASSERT_PTR_NULL(find_control(controls, count, action));
    free(controls);
}

static void adopt(struct plane *unused, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct action second = action_of(kind, 1, 2);

    (void)unused;
    struct plane *before = open_subject();
    ASSERT_OK(drive_apply(before, &action));
    ASSERT_OK(drive_apply(before, &second));
    plane_close(&before);

    struct plane *after = open_subject();
    check_observed(after, &action);
    check_observed(after, &second);
    check_presence(after, &action, PLANE_PRESENT);
    ASSERT_OK(drive_undo(after, &action));
    check_unobserved(after, &action);
    check_observed(after, &second);
    ASSERT_OK(drive_undo(after, &second));
    check_unobserved(after, &second);
    plane_close(&after);
}

static void test_observe_adopts_after_reopening(void)
{
    NEEDS_SUBJECT();
    struct plane *plane = open_subject();
    struct plane_capability all[ACTION_KINDS];

    plane_capabilities(plane, all);
    plane_close(&plane);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        if (all[i].supported && all[i].reversible) {
            adopt(NULL, all[i].kind);
        }
    }
}

/* --- limits and endings ------------------------------------------------------------------------
 */

static void count_any(void *arg, struct status outcome, const struct plane_reading *reading)
{
    unsigned *arrived = arg;

    (void)outcome;
    (void)reading;
    (*arrived)++;
}

/* Asks until refused; all that were taken are answered. */
static void fill(struct plane *plane, enum action_kind kind)
{
    struct action action = action_of(kind, 0, 1);
    struct status refused = STATUS_SUCCESS;
    unsigned asked = 0;
    unsigned arrived = 0;

    while (status_ok(&refused) && asked <= PLANE_PENDING_MAX) {
        refused = plane_read_back(plane, &action, count_any, &arrived);
        asked += status_ok(&refused) ? 1 : 0;
    }
    CU_ASSERT_EQUAL(refused.code, STATUS_EXHAUSTED);
    CU_ASSERT(asked <= PLANE_PENDING_MAX);
    CU_ASSERT_EQUAL(arrived, 0);
    turn_until(plane, &arrived, asked);
    check_presence(plane, &action, PLANE_ABSENT); /* room again */
}

static void test_pending_calls_are_bounded(void)
{
    NEEDS_SUBJECT();
    for_each_kind(fill);
}

static void count_end(void *arg, struct status outcome)
{
    unsigned *ends = arg;

    CU_ASSERT(outcome.code == STATUS_OK || outcome.code == STATUS_UNAVAILABLE);
    (*ends)++;
}

static void count_peer(void *arg, struct status outcome, bool seen)
{
    (void)seen;
    count_end(arg, outcome);
}

static void count_observe(void *arg, struct status outcome, const struct plane_control *controls,
                          size_t count)
{
    (void)controls;
    CU_ASSERT(count == 0 || controls != NULL);
    count_end(arg, outcome);
}

static void count_reading(void *arg, struct status outcome, const struct plane_reading *reading)
{
    CU_ASSERT_PTR_NOT_NULL(reading);
    count_end(arg, outcome);
}

static void test_closing_answers_what_is_pending(void)
{
    NEEDS_SUBJECT();
    struct plane *plane = open_subject();
    struct plane_capability all[ACTION_KINDS];
    unsigned asked = 1;
    unsigned ends = 0;

    plane_capabilities(plane, all);
    for (size_t i = 0; i < ACTION_KINDS; i++) {
        struct action action = action_of((enum action_kind)i, 0, 1);
        if (all[i].supported && all[i].reversible) {
            ASSERT_OK(plane_undo(plane, &action, count_end, &ends));
            ASSERT_OK(plane_read_back(plane, &action, count_reading, &ends));
            asked += 2;
        }
    }
    ASSERT_OK(plane_observe(plane, count_observe, &ends));
    struct plane_peer_query query = { 0 };
    ASSERT_OK(address_parse(SLICE("198.51.100.1"), &query.peer));
    struct status peer = plane_peer_seen(plane, &query, count_peer, &ends);
    CU_ASSERT(peer.code == STATUS_OK || peer.code == STATUS_UNSUPPORTED);
    asked += status_ok(&peer) ? 1 : 0;
    CU_ASSERT_EQUAL(ends, 0);
    plane_close(&plane);
    CU_ASSERT_EQUAL(ends, asked);
    plane_close(&plane); /* NULL is fine */
}

static void test_a_peer_is_one_host(void)
{
    NEEDS_SUBJECT();
    struct plane *plane = open_subject();
    struct plane_peer_query query = { 0 };

    ASSERT_CODE(plane_peer_seen(plane, &query, count_peer, NULL), STATUS_INVALID);
    ASSERT_OK(address_parse(SLICE("198.51.100.0/24"), &query.peer));
    ASSERT_CODE(plane_peer_seen(plane, &query, count_peer, NULL), STATUS_INVALID);
    turn_twice(plane);
    plane_close(&plane);
}

CU_TestInfo plane_contract_tests[] = {
    { "capabilities are complete and honest", test_capabilities_are_complete_and_honest },
    { "unsupported kinds are refused", test_unsupported_kinds_are_refused },
    { "bad actions are refused without a call back",
      test_bad_actions_are_refused_without_a_call_back },
    { "results are always late", test_results_are_always_late },
    { "read-back tells before and after", test_read_back_tells_before_and_after },
    { "apply and undo are idempotent", test_apply_and_undo_are_idempotent },
    { "undo of the unknown succeeds and does nothing",
      test_undo_of_the_unknown_succeeds_and_does_nothing },
    { "overlapping actions are independent", test_overlapping_actions_are_independent },
    { "leases end by themselves or not at all", test_leases_end_by_themselves_or_not_at_all },
    { "observe adopts after reopening", test_observe_adopts_after_reopening },
    { "pending calls are bounded", test_pending_calls_are_bounded },
    { "closing answers what is pending", test_closing_answers_what_is_pending },
    { "a peer is one host", test_a_peer_is_one_host },
    CU_TEST_INFO_NULL,
};
