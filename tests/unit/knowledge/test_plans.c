#include "orchestrator/knowledge/plans.h"

#include "orchestrator/knowledge/incidents.h"
#include "tests/suite.h"
#include "tests/unit/knowledge/store.h"

#include <stdio.h>
#include <string.h>

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct plan_record sample_plan(uint64_t number, enum plan_state state)
{
    return (struct plan_record){ .id = store_id(number),
                                 .base_digest = HEX64,
                                 .digest = HEX64,
                                 .state = state,
                                 .approval = APPROVAL_TWO,
                                 .json = SLICE("{\"steps\":3}"),
                                 .reason = SLICE("because"),
                                 .made_us = 1,
                                 .decided_us = 2,
                                 .started_us = 3,
                                 .finished_us = 4,
                                 .undone_us = 5 };
}

static void put_plan(uint64_t number, enum plan_state state)
{
    struct plan_record plan = sample_plan(number, state);

    ASSERT_OK(knowledge_put_plan(store, &plan));
}

static struct step_record sample_step(uint64_t plan, uint32_t index)
{
    struct step_record step = { .plan = store_id(plan),
                                .index = index,
                                .action = { .id = store_id(1000 * plan + index),
                                            .kind = ACTION_NETWORK_DENY,
                                            .node = "app-1",
                                            .lease = { LEASE_BAN, 3600000, 7200000 } },
                                .after = UINT32_MAX,
                                .reversible = true,
                                .state = CONTROL_ENFORCED,
                                .verified_by = VERIFIED_SELF,
                                .command = store_id(77),
                                .sent_us = 1,
                                .applied_us = 2,
                                .enforced_us = 3,
                                .proven_us = 4,
                                .undone_us = 5,
                                .lease_end_ms = 6,
                                .check_ms = 7,
                                .detail = SLICE("sockets destroyed: 1") };

    ASSERT_OK(address_parse(SLICE("10.99.0.2"), &step.action.source));
    return step;
}

static void put_step(uint64_t plan, uint32_t index, enum control_state state)
{
    struct step_record step = sample_step(plan, index);

    step.state = state;
    ASSERT_OK(knowledge_put_step(store, &step));
}

static void test_a_plan_is_read_as_written(void)
{
    struct incident_record incident = { .id = store_id(9), .key = SLICE("k") };
    struct plan_record wrote = sample_plan(1, PLAN_AWAITING_APPROVAL);
    struct plan_record got = { 0 };

    wrote.incident = store_id(9);
    store_begin();
    ASSERT_CODE(knowledge_put_plan(store, &wrote), STATUS_NOT_FOUND); /* no such incident */
    ASSERT_OK(knowledge_put_incident(store, &incident));
    ASSERT_OK(knowledge_put_plan(store, &wrote));
    store_commit();
    ASSERT_OK(knowledge_get_plan(view, slice_from(wrote.id.text), &store_arena, &got));
    CU_ASSERT_STRING_EQUAL(got.incident.text, wrote.incident.text);
    CU_ASSERT_STRING_EQUAL(got.base_digest, HEX64);
    CU_ASSERT_STRING_EQUAL(got.digest, HEX64);
    CU_ASSERT_EQUAL(got.state, PLAN_AWAITING_APPROVAL);
    CU_ASSERT_EQUAL(got.approval, APPROVAL_TWO);
    ASSERT_TEXT(got.json, "{\"steps\":3}");
    ASSERT_TEXT(got.reason, "because");
    CU_ASSERT_EQUAL(got.made_us, 1);
    CU_ASSERT_EQUAL(got.decided_us, 2);
    CU_ASSERT_EQUAL(got.started_us, 3);
    CU_ASSERT_EQUAL(got.finished_us, 4);
    CU_ASSERT_EQUAL(got.undone_us, 5);
    ASSERT_CODE(knowledge_get_plan(view, SLICE("x"), &store_arena, &got), STATUS_NOT_FOUND);
}

static void test_a_step_is_read_as_written(void)
{
    struct step_record wrote = sample_step(1, 0);
    struct step_record got = { .index = 9 };

    store_begin();
    ASSERT_CODE(knowledge_put_step(store, &wrote), STATUS_NOT_FOUND); /* no such plan */
    put_plan(1, PLAN_RUNNING);
    ASSERT_OK(knowledge_put_step(store, &wrote));
    store_commit();
    ASSERT_OK(knowledge_find_step(view, &wrote.action.id, &store_arena, &got));
    CU_ASSERT_STRING_EQUAL(got.plan.text, wrote.plan.text);
    CU_ASSERT_EQUAL(got.index, 0);
    CU_ASSERT_EQUAL(got.action.kind, ACTION_NETWORK_DENY);
    CU_ASSERT_STRING_EQUAL(got.action.node, "app-1");
    CU_ASSERT_TRUE(address_eq(&got.action.source, &wrote.action.source));
    CU_ASSERT_EQUAL(got.action.lease.polarity, LEASE_BAN);
    CU_ASSERT_EQUAL(got.action.lease.duration_ms, 3600000);
    CU_ASSERT_EQUAL(got.action.lease.limit_ms, 7200000);
    CU_ASSERT_EQUAL(got.after, UINT32_MAX);
    CU_ASSERT_TRUE(got.reversible);
    CU_ASSERT_EQUAL(got.state, CONTROL_ENFORCED);
    CU_ASSERT_EQUAL(got.verified_by, VERIFIED_SELF);
    CU_ASSERT_STRING_EQUAL(got.command.text, wrote.command.text);
    CU_ASSERT_EQUAL(got.sent_us, 1);
    CU_ASSERT_EQUAL(got.applied_us, 2);
    CU_ASSERT_EQUAL(got.enforced_us, 3);
    CU_ASSERT_EQUAL(got.proven_us, 4);
    CU_ASSERT_EQUAL(got.undone_us, 5);
    CU_ASSERT_EQUAL(got.lease_end_ms, 6);
    CU_ASSERT_EQUAL(got.check_ms, 7);
    ASSERT_TEXT(got.detail, "sockets destroyed: 1");
    ASSERT_CODE(knowledge_find_step(view, &wrote.plan, &store_arena, &got), STATUS_NOT_FOUND);
}

static void test_steps_come_in_their_order(void)
{
    struct step_record *steps = NULL;
    size_t count = 9;
    struct ulid plan = store_id(1);
    struct ulid empty = store_id(2);

    store_begin();
    put_plan(1, PLAN_RUNNING);
    put_step(1, 2, CONTROL_PENDING);
    put_step(1, 0, CONTROL_ENFORCED);
    put_step(1, 1, CONTROL_ACKED);
    struct step_record grant = sample_step(1, 1);
    grant.action.kind = ACTION_DATA_FREEZE;
    grant.action.source = (struct address){ .family = ADDRESS_NONE };
    grant.action.lease.polarity = LEASE_GRANT;
    ASSERT_OK(knowledge_put_step(store, &grant)); /* replaces */
    store_commit();
    ASSERT_OK(knowledge_get_steps(view, &plan, &store_arena, &steps, &count));
    CU_ASSERT_EQUAL_FATAL(count, 3);
    CU_ASSERT_EQUAL(steps[0].index, 0);
    CU_ASSERT_EQUAL(steps[1].index, 1);
    CU_ASSERT_EQUAL(steps[1].action.lease.polarity, LEASE_GRANT);
    CU_ASSERT_EQUAL(steps[1].action.source.family, ADDRESS_NONE);
    CU_ASSERT_EQUAL(steps[2].state, CONTROL_PENDING);
    ASSERT_OK(knowledge_get_steps(view, &empty, &store_arena, &steps, &count));
    CU_ASSERT_EQUAL(count, 0);
}

static void test_an_action_id_belongs_to_one_step(void)
{
    struct step_record step = sample_step(1, 0);

    store_begin();
    put_plan(1, PLAN_RUNNING);
    put_step(1, 0, CONTROL_PENDING);
    step.index = 1;
    ASSERT_CODE(knowledge_put_step(store, &step), STATUS_CONFLICT);
    step = sample_step(1, 32);
    ASSERT_CODE(knowledge_put_step(store, &step), STATUS_INVALID);
    store_commit();
}

static struct status count_steps(void *arg, const struct step_record *row)
{
    size_t *count = arg;

    CU_ASSERT_TRUE(row->state == CONTROL_PENDING || row->state == CONTROL_ACKED ||
                   row->state == CONTROL_ENFORCED || row->state == CONTROL_DRIFTED);
    (*count)++;
    return STATUS_SUCCESS;
}

static void put_plan_of_incident(uint64_t number, int64_t finished_us)
{
    const struct incident_record incident = { .id = store_id(9), .key = SLICE("k") };
    struct plan_record plan = sample_plan(number, PLAN_FAILED);

    plan.incident = incident.id;
    plan.finished_us = finished_us;
    ASSERT_OK(knowledge_put_incident(store, &incident));
    ASSERT_OK(knowledge_put_plan(store, &plan));
}

static struct status count_failed(void *arg, const struct step_record *row)
{
    size_t *count = arg;

    CU_ASSERT_EQUAL(row->state, CONTROL_FAILED);
    (*count)++;
    return STATUS_SUCCESS;
}

static void test_failed_steps_are_listed_by_the_end_of_their_plan(void)
{
    static const struct {
        int64_t since_us, until_us;
        size_t count;
    } rows[] = { { 0, 99, 3 }, { 10, 99, 3 }, { 0, 19, 2 }, { 11, 19, 1 } };
    struct ulid incident = store_id(9);

    store_begin();
    put_plan_of_incident(1, 10);
    put_plan_of_incident(2, 20);
    put_plan_of_incident(3, 0); /* goes on */
    for (uint64_t plan = 1; plan <= 3; plan++) {
        put_step(plan, 0, CONTROL_ENFORCED);
        put_step(plan, 1, CONTROL_FAILED);
    }
    store_commit();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        size_t count = 0;
        ASSERT_OK(knowledge_list_failed(view, slice_from(incident.text), rows[i].since_us,
                                        rows[i].until_us, count_failed, &count));
        CU_ASSERT_EQUAL(count, rows[i].count);
    }
}

static void test_live_controls_are_listed(void)
{
    uint64_t counts[CONTROL_STATES];
    size_t count = 0;
    bool more = true;

    store_begin();
    put_plan_of_incident(1, 4);
    for (uint32_t state = CONTROL_PENDING; state <= CONTROL_FAILED; state++) {
        put_step(1, state, (enum control_state)state);
    }
    store_commit();
    struct ulid incident = store_id(9);
    struct control_query query = { .page = { .limit = 9 }, .incident = slice_from(incident.text) };
    ASSERT_OK(knowledge_list_controls(view, &query, count_steps, &count, &more));
    CU_ASSERT_EQUAL(count, 4);
    query.incident = SLICE("another");
    size_t of_other = 0;
    ASSERT_OK(knowledge_list_controls(view, &query, count_steps, &of_other, &more));
    CU_ASSERT_EQUAL(of_other, 0);
    query.incident = slice_from(incident.text);
    CU_ASSERT_FALSE(more);
    ASSERT_OK(knowledge_count_controls(view, counts));
    for (size_t state = 0; state < CONTROL_STATES; state++) {
        CU_ASSERT_EQUAL(counts[state], 1);
    }
    query.page.limit = 0;
    ASSERT_CODE(knowledge_list_controls(view, &query, count_steps, &count, &more), STATUS_INVALID);
}

struct seen {
    char last[16];
    size_t count;
};

static struct status see(void *arg, const struct plan_record *row)
{
    struct seen *seen = arg;

    seen->last[seen->count++] = row->id.text[ULID_TEXT_LEN - 1];
    return STATUS_SUCCESS;
}

static void test_a_restart_finds_what_is_unfinished(void)
{
    struct seen seen = { .count = 0 };
    struct plan_query query = { .page.limit = 20, .unfinished = true };
    uint64_t counts[PLAN_STATES];

    store_begin();
    for (uint64_t state = PLAN_PROPOSED; state <= PLAN_REFUSED; state++) {
        put_plan(state, (enum plan_state)state);
    }
    store_commit();
    CU_ASSERT_TRUE_FATAL(store_reopen());
    ASSERT_OK(knowledge_list_plans(view, &query, see, &seen, NULL));
    CU_ASSERT_STRING_EQUAL(seen.last, "63210"); /* undoing running approved awaiting proposed */
    ASSERT_OK(knowledge_count_plans(view, counts));
    for (size_t state = 0; state < PLAN_STATES; state++) {
        CU_ASSERT_EQUAL(counts[state], 1);
    }
}

static void test_plans_are_listed_by_incident_and_in_pages(void)
{
    struct incident_record incident = { .id = store_id(9), .key = SLICE("k") };
    struct seen seen = { .count = 0 };
    struct plan_query query = { .page.limit = 1 };
    bool more = false;

    store_begin();
    ASSERT_OK(knowledge_put_incident(store, &incident));
    for (uint64_t i = 1; i <= 3; i++) {
        struct plan_record plan = sample_plan(i, i == 1 ? PLAN_RUNNING : PLAN_DONE);
        if (i != 2) {
            plan.incident = incident.id;
        }
        ASSERT_OK(knowledge_put_plan(store, &plan));
    }
    store_commit();
    ASSERT_OK(knowledge_list_plans(view, &query, see, &seen, &more));
    CU_ASSERT_TRUE(more);
    query = (struct plan_query){ .page.limit = 9, .incident = slice_from(incident.id.text) };
    ASSERT_OK(knowledge_list_plans(view, &query, see, &seen, &more));
    CU_ASSERT_FALSE(more);
    query.unfinished = true;
    ASSERT_OK(knowledge_list_plans(view, &query, see, &seen, &more));
    CU_ASSERT_STRING_EQUAL(seen.last, "3311");
}

static struct status join_names(void *arg, const struct approval_record *row)
{
    char *names = arg;
    size_t used = strlen(names);

    (void)snprintf(names + used, 64 - used, "%.*s:%u ", SLICE_ARG(row->who), row->uid);
    return STATUS_SUCCESS;
}

static void test_approvals_count_people(void)
{
    struct approval_record anna = {
        .digest = HEX64, .uid = 1000, .who = SLICE("anna"), .at_us = 1
    };
    struct approval_record bert = {
        .digest = HEX64, .uid = 4294967295, .who = SLICE("bert"), .at_us = 2
    };
    uint32_t count = 0;
    char names[64] = "";

    store_begin();
    ASSERT_OK(knowledge_add_approval(store, &anna, &count));
    CU_ASSERT_EQUAL(count, 1);
    ASSERT_OK(knowledge_add_approval(store, &anna, &count));
    CU_ASSERT_EQUAL(count, 1);
    ASSERT_OK(knowledge_add_approval(store, &bert, &count));
    CU_ASSERT_EQUAL(count, 2);
    memcpy(bert.digest, "short", sizeof("short"));
    ASSERT_CODE(knowledge_add_approval(store, &bert, &count), STATUS_INVALID);
    store_commit();
    ASSERT_OK(knowledge_list_approvals(view, HEX64, join_names, names));
    CU_ASSERT_STRING_EQUAL(names, "anna:1000 bert:4294967295 ");
}

static void test_states_have_names(void)
{
    for (int i = PLAN_PROPOSED; i <= PLAN_REFUSED; i++) {
        enum plan_state state = PLAN_PROPOSED;
        const char *name = plan_state_name((enum plan_state)i);
        CU_ASSERT_TRUE(plan_state_parse(slice_from(name), &state));
        CU_ASSERT_EQUAL((int)state, i);
    }
    enum plan_state state = PLAN_DONE;
    CU_ASSERT_FALSE(plan_state_parse(SLICE("awaiting"), &state));
    CU_ASSERT_EQUAL(state, PLAN_DONE);
}

static CU_TestInfo tests[] = {
    { "a plan is read as written", test_a_plan_is_read_as_written },
    { "a step is read as written", test_a_step_is_read_as_written },
    { "steps come in their order", test_steps_come_in_their_order },
    { "an action id belongs to one step", test_an_action_id_belongs_to_one_step },
    { "failed steps are listed by the end of their plan",
      test_failed_steps_are_listed_by_the_end_of_their_plan },
    { "live controls are listed", test_live_controls_are_listed },
    { "a restart finds what is unfinished", test_a_restart_finds_what_is_unfinished },
    { "plans are listed by incident and in pages", test_plans_are_listed_by_incident_and_in_pages },
    { "approvals count people", test_approvals_count_people },
    { "states have names", test_states_have_names },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "plans", NULL, NULL, store_set_up, store_tear_down, tests },
    CU_SUITE_INFO_NULL,
};
