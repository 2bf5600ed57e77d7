#include <stdio.h>
#include <string.h>

#include "planes/fake/fake_plane.h"
#include "sma/enforce.h"
#include "tests/suite.h"

enum { LEASE_MS = 10000 };

static struct clock_virtual virtual_time;
static struct clock_source test_clock;
static struct identity identity;
static struct ed25519_secret orchestrator;
static struct trust trust;
static struct fake_world *worlds[PLANE_KINDS];
static struct plane *planes[PLANE_KINDS];
static struct command_guard *guard;
static struct enforcer *enforcer;
static unsigned folders;
static uint64_t next_seq;
static bool evidence;

static struct service_result last_result;
static unsigned results, acks, changes;
static enum control_state last_change;

static void on_ack(void *arg, const struct command_ack *ack)
{
    (void)arg;
    (void)ack;
    acks++;
}

static void on_result(void *arg, const struct service_result *result, struct arena *arena)
{
    (void)arg;
    (void)arena;
    last_result = *result;
    results++;
}

static void on_event(void *arg, const struct event *event)
{
    (void)arg;
    changes++;
    CU_ASSERT_TRUE(control_state_parse(event_value(event, "state"), &last_change));
    ASSERT_OK(event_validate(event));
}

static bool has_evidence(void *arg, const struct action *action)
{
    (void)arg;
    (void)action;
    return evidence;
}

static void open_enforcer(void)
{
    char folder[256];

    (void)snprintf(folder, sizeof(folder), "%s/guard-%u", suite_folder(), folders);
    ASSERT_OK(command_guard_open(folder, slice_from(identity.name), &guard));
    struct enforcer_options options = { .node = slice_from(identity.name),
                                        .guard = guard,
                                        .trust = &trust,
                                        .identity = &identity,
                                        .clock = &test_clock,
                                        .started_wall_ms = clock_wall_ms(&test_clock),
                                        .started_mono_ms = clock_mono_ms(&test_clock),
                                        .send_ack = on_ack,
                                        .send_result = on_result,
                                        .emit = on_event,
                                        .has_evidence = has_evidence };
    memcpy(options.planes, planes, sizeof(planes));
    ASSERT_OK(enforcer_new(&options, &enforcer));
}

static void close_enforcer(void)
{
    enforcer_free(&enforcer);
    command_guard_close(&guard);
}

static void end(void)
{
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        plane_close(&planes[i]);
    }
    close_enforcer();
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        fake_world_free(worlds[i]);
        worlds[i] = NULL;
    }
}

/* A node with network and compute services; the network keeps leases by itself, as the kernel does.
 */
static void begin(void)
{
    static const struct service_id services[] = { { LAYER_L2, PLANE_NETWORK, SERVICE_ENFORCE },
                                                  { LAYER_L2, PLANE_COMPUTE, SERVICE_ENFORCE } };

    virtual_time = (struct clock_virtual){ .wall_us = INT64_C(1000000000000), .mono_us = 5000000 };
    test_clock = clock_virtual_source(&virtual_time);
    identity_make(&identity, SLICE("node-1"), PEER_SMA, services, COUNT_OF(services));
    trust = (struct trust){ .membership = { 1, 1 }, .signer_count = 1 };
    (void)snprintf(trust.signers[0].replica, sizeof(trust.signers[0].replica), "redand");
    ed25519_new(&orchestrator, &trust.signers[0].key);
    for (size_t i = 0; i < PLANE_KINDS; i++) {
        const struct fake_world_spec spec = { .kind = (enum plane_kind)i,
                                              .clock = &test_clock,
                                              .keeps_leases = i == PLANE_NETWORK };
        worlds[i] = fake_world_new(&spec);
        if (i != PLANE_DATA) {
            ASSERT_OK(fake_plane_open(worlds[i], &planes[i]));
        }
    }
    folders++;
    next_seq = 0;
    evidence = false;
    results = acks = changes = 0;
    open_enforcer();
}

static void turn(void)
{
    for (int i = 0; i < 8; i++) {
        for (size_t plane = 0; plane < PLANE_KINDS; plane++) {
            if (planes[plane] != NULL) {
                ASSERT_OK(plane_dispatch(planes[plane]));
            }
        }
    }
}

static struct command order(enum command_verb verb, enum action_kind kind, uint8_t action_number)
{
    uint8_t bits[10] = { (uint8_t)++next_seq, 1 };
    uint8_t action_bits[10] = { action_number, 2 };
    int64_t now_ms = clock_wall_ms(&test_clock);
    struct command command = { .id = ulid_make(1, bits),
                               .verb = verb,
                               .action = { .id = ulid_make(1, action_bits),
                                           .kind = kind,
                                           .node = "node-1",
                                           .lease = { LEASE_BAN, LEASE_MS,
                                                      INT64_C(4) * LEASE_MS } },
                               .issued_ms = now_ms,
                               .expires_ms = now_ms + 60000,
                               .seq = next_seq,
                               .fencing_epoch = 1 };

    if (kind == ACTION_NETWORK_DENY) {
        ASSERT_OK(address_parse(SLICE("10.99.0.2"), &command.action.source));
    } else {
        slice_to_cstr(SLICE("pacs"), command.action.resource, sizeof(command.action.resource));
    }
    memset(command.policy_digest, 'a', sizeof(command.policy_digest) - 1);
    return command;
}

static void give_only(const struct command *command)
{
    CLEANUP(arena_done) struct arena arena = { 0 };
    struct signed_list sealed = { 0 };

    ASSERT_OK(
        command_seal(&arena, command, &trust.membership, SLICE("redand"), &orchestrator, &sealed));
    enforcer_command(enforcer, &sealed);
}

static void give(const struct command *command)
{
    give_only(command);
    turn();
}

static void advance(int64_t by_ms)
{
    clock_virtual_advance(&virtual_time, by_ms * 1000);
    int64_t wait_ms = enforcer_tick(enforcer);
    CU_ASSERT(wait_ms >= 0);
    turn();
}

static void an_order_is_carried_out_and_proven(void)
{
    begin();
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_EQUAL(acks, 1);
    CU_ASSERT_EQUAL(results, 1);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    CU_ASSERT_EQUAL(last_result.result.state, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(last_result.service.plane, PLANE_NETWORK);
    CU_ASSERT(last_result.result.read_back_us > 0);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    struct command undo = order(COMMAND_UNDO, ACTION_NETWORK_DENY, 1);
    give(&undo);
    CU_ASSERT_EQUAL(last_result.result.state, CONTROL_UNDONE);
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    end();
}

static void a_repeat_is_answered_from_memory_also_after_a_restart(void)
{
    begin();
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    give(&deny);
    CU_ASSERT_EQUAL(results, 2);
    CU_ASSERT_EQUAL(fake_world_calls(worlds[PLANE_NETWORK], PLANE_CALL_APPLY), 1);
    close_enforcer();
    open_enforcer();
    give(&deny);
    CU_ASSERT_EQUAL(results, 3);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    CU_ASSERT_EQUAL(fake_world_calls(worlds[PLANE_NETWORK], PLANE_CALL_APPLY), 1);
    end();
}

static void what_is_not_trusted_is_not_done(void)
{
    struct ed25519_public ignored;

    begin();
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    struct ed25519_secret real = orchestrator;
    ed25519_new(&orchestrator, &ignored); /* a captured aggregator's own key */
    give(&deny);
    CU_ASSERT_EQUAL(results, 0);
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).ignored, 1);
    orchestrator = real;
    give(&deny);
    struct command replay = order(COMMAND_DO, ACTION_NETWORK_DENY, 2);
    replay.seq = deny.seq;
    give(&replay);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_REFUSED);
    struct command late = order(COMMAND_DO, ACTION_NETWORK_DENY, 3);
    late.issued_ms -= 200000;
    late.expires_ms -= 200000;
    give(&late);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_EXPIRED);
    CU_ASSERT_EQUAL(fake_world_controls(worlds[PLANE_NETWORK]), 1);
    end();
}

static void the_nodes_own_rules_hold_whoever_signs(void)
{
    struct address protected_network;

    begin();
    ASSERT_OK(address_parse(SLICE("10.99.0.0/24"), &protected_network));
    ASSERT_OK(enforcer_protect(enforcer, &protected_network, 1));
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_REFUSED);
    CU_ASSERT_STRING_EQUAL(last_result.result.detail,
                           "would cut the protected network 10.99.0.0/24");
    struct command freeze = order(COMMAND_DO, ACTION_DATA_FREEZE, 2);
    give(&freeze);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_REFUSED);
    CU_ASSERT_EQUAL(fake_world_controls(worlds[PLANE_NETWORK]), 0);
    end();
}

static void a_failure_is_said_and_leaves_no_lease(void)
{
    begin();
    fake_world_fail(worlds[PLANE_NETWORK], PLANE_CALL_APPLY, 1,
                    status_error(STATUS_NOT_FOUND, "no kernel today"), false);
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_FAILED);
    CU_ASSERT_STRING_EQUAL(last_result.result.detail, "no kernel today");
    advance(INT64_C(2) * LEASE_MS);
    CU_ASSERT_EQUAL(changes, 0);
    end();
}

static void a_plane_out_of_reach_is_no_answer(void)
{
    begin();
    fake_world_fail(worlds[PLANE_NETWORK], PLANE_CALL_APPLY, 1,
                    status_error(STATUS_UNAVAILABLE, "it has hung up"), false);
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_EQUAL(acks, 1);
    CU_ASSERT_EQUAL(results, 0);
    give(&deny); /* the order comes again */
    CU_ASSERT_EQUAL(results, 1);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    end();
}

/* Accepted, and the answer is asked for when it is too late to do it. */
static void after_its_life_an_order_is_only_looked_at(void)
{
    static const struct {
        enum plane_call_kind fails;
        enum command_outcome outcome;
        enum control_state state;
    } rows[] = { { PLANE_CALL_READ_BACK, COMMAND_DONE, CONTROL_ENFORCED },
                 { PLANE_CALL_APPLY, COMMAND_FAILED, CONTROL_DRIFTED } };

    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        begin();
        struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
        deny.action.lease.duration_ms = deny.action.lease.limit_ms = 3600000;
        fake_world_fail(worlds[PLANE_NETWORK], rows[i].fails, 1,
                        status_error(STATUS_UNAVAILABLE, "it has hung up"), false);
        give(&deny);
        CU_ASSERT_EQUAL(results, 0);
        size_t applied = fake_world_calls(worlds[PLANE_NETWORK], PLANE_CALL_APPLY);
        close_enforcer();
        open_enforcer();
        advance(60000 + COMMAND_SKEW_MS + 1);
        give(&deny);
        CU_ASSERT_EQUAL(results, 1);
        CU_ASSERT_EQUAL(last_result.result.verb, COMMAND_DO);
        CU_ASSERT_EQUAL(last_result.result.outcome, rows[i].outcome);
        CU_ASSERT_EQUAL(last_result.result.state, rows[i].state);
        CU_ASSERT_EQUAL(fake_world_calls(worlds[PLANE_NETWORK], PLANE_CALL_APPLY), applied);
        end();
    }
}

static void a_lease_ends_without_the_orchestrator(void)
{
    begin();
    struct command suspend = order(COMMAND_DO, ACTION_COMPUTE_SUSPEND, 1);
    give(&suspend);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    advance(LEASE_MS - 1);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    advance(1);
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    CU_ASSERT_EQUAL(changes, 1);
    CU_ASSERT_EQUAL(last_change, CONTROL_EXPIRED);
    end();
}

static void a_ban_stays_while_the_attack_goes_on(void)
{
    begin();
    evidence = true;
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    for (int i = 0; i < 15; i++) {
        advance(1000);
    }
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).renewed, 1);
    evidence = false;
    for (int i = 0; i < 10; i++) {
        advance(1000);
    }
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    CU_ASSERT_EQUAL(last_change, CONTROL_EXPIRED);
    end();
}

static void a_renewal_that_fails_is_repeated_at_once(void)
{
    begin();
    evidence = true;
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    fake_world_fail(worlds[PLANE_NETWORK], PLANE_CALL_APPLY, 3,
                    status_error(STATUS_UNAVAILABLE, "no kernel today"), false);
    clock_virtual_advance(&virtual_time, INT64_C(1000) * (LEASE_MS - LEASE_RENEW_BEFORE_MS));
    for (int i = 0; i < 20; i++) {
        CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
        advance(20);
    }
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).not_renewed, 3);
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).renewed, 1);
    CU_ASSERT_EQUAL(changes, 0); /* it was never missing */
    advance(LEASE_MS - 1000);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    end();
}

static void a_ban_that_its_plane_lost_meanwhile_is_said_and_comes_back(void)
{
    begin();
    evidence = true;
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    fake_world_fail(worlds[PLANE_NETWORK], PLANE_CALL_APPLY, 6,
                    status_error(STATUS_UNAVAILABLE, "no kernel today"), false);
    clock_virtual_advance(&virtual_time, INT64_C(1000) * (LEASE_MS - LEASE_RENEW_BEFORE_MS));
    for (int i = 0; i < 35; i++) {
        advance(20);
    }
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    CU_ASSERT_EQUAL(changes, 1);
    CU_ASSERT_EQUAL(last_change, CONTROL_DRIFTED);
    for (int i = 0; i < 40; i++) {
        advance(20);
    }
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_NETWORK], &deny.action));
    CU_ASSERT_EQUAL(changes, 2);
    CU_ASSERT_EQUAL(last_change, CONTROL_ENFORCED);
    end();
}

static void restarts_do_not_make_a_ban_endless(void)
{
    int64_t held_ms = 0;

    begin();
    evidence = true;
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    while (fake_world_holds(worlds[PLANE_NETWORK], &deny.action) &&
           held_ms < INT64_C(20) * LEASE_MS) {
        close_enforcer();
        open_enforcer();
        ASSERT_OK(enforcer_adopt(enforcer));
        turn();
        for (int i = 0; i < 9; i++) {
            advance(100);
            held_ms += 100;
        }
    }
    CU_ASSERT(held_ms >= INT64_C(4) * LEASE_MS - 1000 && held_ms <= INT64_C(4) * LEASE_MS + 1000);
    end();
}

static void drift_is_found_said_and_repaired(void)
{
    begin();
    struct command suspend = order(COMMAND_DO, ACTION_COMPUTE_SUSPEND, 1);
    suspend.action.lease = (struct lease){ LEASE_BAN, 100000, 400000 };
    give(&suspend);
    CU_ASSERT_TRUE(fake_world_lose(worlds[PLANE_COMPUTE], &suspend.action.id));
    advance(ENFORCE_CHECK_MS);
    CU_ASSERT_TRUE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    CU_ASSERT_EQUAL(changes, 2);
    CU_ASSERT_EQUAL(last_change, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).repaired, 1);
    end();
}

static void after_a_restart_controls_are_adopted_and_still_end(void)
{
    begin();
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    close_enforcer();
    clock_virtual_advance(&virtual_time, INT64_C(4000) * 1000);
    open_enforcer();
    ASSERT_OK(enforcer_adopt(enforcer));
    turn();
    CU_ASSERT_EQUAL(enforcer_read_counters(enforcer).adopted, 1);
    advance(LEASE_MS - 4000);
    CU_ASSERT_EQUAL(changes, 1);
    CU_ASSERT_EQUAL(last_change, CONTROL_EXPIRED);
    end();
}

/* The look for drift falls between the undo and its read-back. */
static void what_is_being_undone_is_neither_repaired_nor_renewed(void)
{
    begin();
    struct command suspend = order(COMMAND_DO, ACTION_COMPUTE_SUSPEND, 1);
    suspend.action.lease = (struct lease){ LEASE_BAN, 100000, 400000 };
    give(&suspend);
    struct command undo = order(COMMAND_UNDO, ACTION_COMPUTE_SUSPEND, 1);
    undo.action = suspend.action;
    fake_world_delay(worlds[PLANE_COMPUTE], PLANE_CALL_READ_BACK, 4);
    give_only(&undo);
    ASSERT_OK(plane_dispatch(planes[PLANE_COMPUTE])); /* undone; the read-back waits */
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    advance(ENFORCE_CHECK_MS);
    CU_ASSERT_EQUAL(last_result.result.state, CONTROL_UNDONE);
    CU_ASSERT_FALSE(fake_world_holds(worlds[PLANE_COMPUTE], &suspend.action));
    CU_ASSERT_EQUAL(changes, 0);
    end();
}

/* A copy sealed by a clock that has jumped ahead comes while the order is carried out. */
static void what_is_under_way_is_not_refused(void)
{
    begin();
    struct command suspend = order(COMMAND_DO, ACTION_COMPUTE_SUSPEND, 1);
    fake_world_delay(worlds[PLANE_COMPUTE], PLANE_CALL_READ_BACK, 4);
    give_only(&suspend);
    struct command copy = suspend;
    copy.issued_ms += 3600000;
    copy.expires_ms += 3600000;
    give_only(&copy);
    CU_ASSERT_EQUAL(results, 0);
    turn();
    CU_ASSERT_EQUAL(results, 1);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    end();
}

static void a_clock_wrong_at_the_start_and_then_set_right_refuses_nothing(void)
{
    begin();
    virtual_time.wall_us += INT64_C(3600000000); /* it was an hour slow */
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    end();
}

static void what_the_planes_can_do_is_listed(void)
{
    enum action_kind kinds[ACTION_KINDS];

    begin();
    fake_world_lack(worlds[PLANE_COMPUTE], ACTION_COMPUTE_SNAPSHOT, "no disk");
    CU_ASSERT_EQUAL(enforcer_capabilities(enforcer, kinds), 3);
    end();
}

/* Of which nothing is left here: no rule, no lease. */
static void a_check_only_reads(void)
{
    begin();
    struct command check = order(COMMAND_CHECK, ACTION_NETWORK_DENY, 1);
    give(&check);
    CU_ASSERT_EQUAL(fake_world_calls(worlds[PLANE_NETWORK], PLANE_CALL_APPLY), 0);
    CU_ASSERT_EQUAL(last_result.result.verb, COMMAND_CHECK);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
    CU_ASSERT_EQUAL(last_result.result.state, CONTROL_EXPIRED);
    CU_ASSERT_EQUAL(changes, 0);
    end();
}

/* The one plane keeps leases itself, for the other they are kept here. */
static void a_check_tells_what_is_left_of_a_lease(void)
{
    static const enum action_kind kinds[] = { ACTION_NETWORK_DENY, ACTION_COMPUTE_SUSPEND };

    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        begin();
        struct command apply = order(COMMAND_DO, kinds[i], 1);
        give(&apply);
        CU_ASSERT_EQUAL(last_result.result.lease_left_ms, LEASE_MS);
        for (int64_t left_ms = LEASE_MS - 1000; left_ms > LEASE_MS - 3000; left_ms -= 1000) {
            advance(1000);
            struct command check = order(COMMAND_CHECK, kinds[i], 1);
            give(&check);
            CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_DONE);
            CU_ASSERT_EQUAL(last_result.result.state, CONTROL_ENFORCED);
            CU_ASSERT_EQUAL(last_result.result.lease_left_ms, left_ms);
        }
        end();
    }
}

/* Drift that is about to be repaired, and a plane that cannot be read, end nothing. */
static void a_check_ends_no_lease_that_runs(void)
{
    begin();
    struct command deny = order(COMMAND_DO, ACTION_NETWORK_DENY, 1);
    give(&deny);
    CU_ASSERT_TRUE(fake_world_lose(worlds[PLANE_NETWORK], &deny.action.id));
    struct command check = order(COMMAND_CHECK, ACTION_NETWORK_DENY, 1);
    give(&check);
    CU_ASSERT_EQUAL(last_result.result.outcome, COMMAND_FAILED);
    CU_ASSERT_EQUAL(last_result.result.state, CONTROL_DRIFTED);
    unsigned before = results;
    fake_world_fail(worlds[PLANE_NETWORK], PLANE_CALL_READ_BACK, 1,
                    status_error(STATUS_UNAVAILABLE, "it has hung up"), false);
    check = order(COMMAND_CHECK, ACTION_NETWORK_DENY, 1);
    give(&check);
    CU_ASSERT_EQUAL(results, before);
    give(&check);
    CU_ASSERT_EQUAL(results, before + 1);
    end();
}

static CU_TestInfo tests[] = {
    { "an order is carried out and proven", an_order_is_carried_out_and_proven },
    { "what is under way is not refused", what_is_under_way_is_not_refused },
    { "a repeat is answered from memory, also after a restart",
      a_repeat_is_answered_from_memory_also_after_a_restart },
    { "what is not trusted is not done", what_is_not_trusted_is_not_done },
    { "the node's own rules hold, whoever signs", the_nodes_own_rules_hold_whoever_signs },
    { "a failure is said and leaves no lease", a_failure_is_said_and_leaves_no_lease },
    { "a plane out of reach is no answer", a_plane_out_of_reach_is_no_answer },
    { "after its life an order is only looked at", after_its_life_an_order_is_only_looked_at },
    { "a lease ends without the orchestrator", a_lease_ends_without_the_orchestrator },
    { "a ban stays while the attack goes on", a_ban_stays_while_the_attack_goes_on },
    { "a renewal that fails is repeated at once", a_renewal_that_fails_is_repeated_at_once },
    { "a ban that its plane lost meanwhile is said and comes back",
      a_ban_that_its_plane_lost_meanwhile_is_said_and_comes_back },
    { "restarts do not make a ban endless", restarts_do_not_make_a_ban_endless },
    { "drift is found, said and repaired", drift_is_found_said_and_repaired },
    { "after a restart controls are adopted and still end",
      after_a_restart_controls_are_adopted_and_still_end },
    { "what is being undone is neither repaired nor renewed",
      what_is_being_undone_is_neither_repaired_nor_renewed },
    { "a clock wrong at the start and then set right refuses nothing",
      a_clock_wrong_at_the_start_and_then_set_right_refuses_nothing },
    { "what the planes can do is listed", what_the_planes_can_do_is_listed },
    { "a check only reads", a_check_only_reads },
    { "a check tells what is left of a lease", a_check_tells_what_is_left_of_a_lease },
    { "a check ends no lease that runs", a_check_ends_no_lease_that_runs },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "enforce", NULL, NULL, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
