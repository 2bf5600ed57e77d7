#include <string.h>

#include "base/json.h"
#include "orchestrator/plan_json.h"
#include "orchestrator/propose.h"
#include "tests/suite.h"
#include "tests/unit/planner/world.h"

static struct arena arena;
static struct world world;
static struct incident_record incident;
static struct propose_input input;
static struct propose_output made;

static int tear_down(void)
{
    arena_done(&arena);
    return 0;
}

static void begin(void)
{
    arena_reset(&arena);
    world_init(&world);
    incident = (struct incident_record){ .id = world.problem.incident.id,
                                         .severity = SEVERITY_CRITICAL,
                                         .unit = SLICE("pacs"),
                                         .source = SLICE("10.99.0.2"),
                                         .target = SLICE("node-1"),
                                         .rule = SLICE("ssh-guessed") };
    input = (struct propose_input){ .world = &world.set,
                                    .incident = &incident,
                                    .corroborated = true,
                                    .capabilities = world.capabilities,
                                    .capability_count = world.problem.capability_count,
                                    .plan_id = world.problem.plan_id,
                                    .step_ids = world.ids,
                                    .now_us = 77 };
}

static void a_grave_incident_is_answered_on_three_planes(void)
{
    const struct json *json = NULL;

    begin();
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL_FATAL(made.outcome, PROPOSE_PLAN);
    CU_ASSERT_EQUAL(made.step_count, 4);
    CU_ASSERT_EQUAL(made.record.state, PLAN_AWAITING_APPROVAL);
    CU_ASSERT_EQUAL(made.record.decided_us, 0);
    CU_ASSERT_EQUAL(strlen(made.record.digest), 64);
    ASSERT_OK(json_read(&arena, made.record.json, &json));
    CU_ASSERT_EQUAL(json_get(json, "steps")->count, 4);
    CU_ASSERT_EQUAL(json_get(json, "asked_by")->count, 2);
    CU_ASSERT_TRUE(json_get(json, "optimal_in_model")->truth);
    CU_ASSERT_TRUE(json_get(json_get(json, "legality"), "legal")->truth);
}

static void three_candidates_are_weighed_for_a_brute_force(void)
{
    begin();
    incident.rule = SLICE("ssh-bruteforce");
    incident.severity = SEVERITY_HIGH;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL_FATAL(made.outcome, PROPOSE_PLAN);
    CU_ASSERT_EQUAL(made.step_count, 1);
    CU_ASSERT_EQUAL(made.record.state, PLAN_APPROVED);
    CU_ASSERT_EQUAL(made.record.decided_us, 77);
}

static void nothing_is_made_where_nothing_is_asked_or_all_holds(void)
{
    struct step_record control = { .action = { .kind = ACTION_NETWORK_DENY, .node = "node-1" } };

    begin();
    incident.severity = SEVERITY_LOW;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_NOTHING);
    incident.severity = SEVERITY_HIGH;
    incident.rule = SLICE("ssh-bruteforce");
    control.action.source = world_address("10.99.0.2");
    input.controls = &control;
    input.control_count = 1;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_NOTHING);
}

static void what_failed_is_not_tried_again(void)
{
    struct step_record failed = { .action = { .kind = ACTION_NETWORK_DENY, .node = "node-1" } };

    begin();
    incident.rule = SLICE("ssh-bruteforce");
    incident.severity = SEVERITY_HIGH;
    input.failed = &failed;
    input.failed_count = 1;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL_FATAL(made.outcome, PROPOSE_PLAN);
    CU_ASSERT_EQUAL(made.steps[0].action.kind, ACTION_NETWORK_ISOLATE);
}

static void a_plan_that_cuts_the_management_link_is_refused(void)
{
    begin();
    world.reactions[0].respond_count = 1; /* no other way than network.deny */
    incident.rule = SLICE("ssh-bruteforce");
    incident.severity = SEVERITY_HIGH;
    incident.source = SLICE("10.98.0.1");
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_REFUSED);
    CU_ASSERT_EQUAL(made.record.state, PLAN_REFUSED);
    ASSERT_TEXT(made.record.reason, "would cut the protected asset 10.98.0.0/24 (management link)");
    incident.source = SLICE("not-an-address");
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_REFUSED);
}

static void an_illegal_plan_is_refused_with_the_checkers_reason(void)
{
    begin();
    world.objectives[0].limit = 1000000000; /* 100 %: no second may be lost */
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_REFUSED);
    ASSERT_TEXT(made.record.reason, "costs 60000 ms of service where `uptime` has 0 ms left");
}

/* 60 s of suspension are wanted; the objective has `window x (1 - availability)` in all. */
static void what_was_spent_before_is_not_there_any_more(void)
{
    struct step_record past = { .action = { .kind = ACTION_COMPUTE_SUSPEND, .node = "node-2" },
                                .state = CONTROL_UNDONE };

    begin();
    struct objective *uptime = &world.objectives[0];
    int64_t budget_ms = uptime->window_ms / 10000; /* 99.99 % */
    const struct resource *domain = &world.resources[uptime->targets[0]];
    for (size_t i = 0; i < world.set.resource_count; i++) {
        domain = world.resources[i].plane == PLANE_COMPUTE ? &world.resources[i] : domain;
    }
    slice_to_cstr(domain->handle, past.action.resource, sizeof(past.action.resource));
    input.now_us = uptime->window_ms * 2000;
    past.undone_us = input.now_us - 1000000;
    past.enforced_us = past.undone_us - (budget_ms - 59000) * 1000;
    input.past = (struct propose_past){ &past, 1 };
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_REFUSED);
    ASSERT_TEXT(made.record.reason, "costs 60000 ms of service where `uptime` has 59000 ms left");
    past.enforced_us -= uptime->window_ms * 1000; /* that was before the window */
    past.undone_us -= uptime->window_ms * 1000;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_PLAN);
}

/* Two incidents pause the domain: it is away once. What one more hold adds comes after theirs. */
static void what_is_away_already_costs_nothing_more(void)
{
    struct step_record past[2] = { 0 };

    begin();
    struct objective *uptime = &world.objectives[0];
    int64_t budget_ms = uptime->window_ms / 10000; /* 99.99 % */
    const struct resource *domain = &world.resources[1];
    input.now_us = uptime->window_ms * 2000;
    for (size_t i = 0; i < COUNT_OF(past); i++) {
        past[i].action = (struct action){ .kind = ACTION_COMPUTE_SUSPEND, .node = "node-2" };
        slice_to_cstr(domain->handle, past[i].action.resource, sizeof(past[i].action.resource));
        past[i].state = CONTROL_ENFORCED;
        past[i].enforced_us = input.now_us - (budget_ms - 40000) * 1000;
        past[i].lease_end_ms = input.now_us / 1000 + 30000;
    }
    input.past = (struct propose_past){ past, COUNT_OF(past) };
    CU_ASSERT_EQUAL(propose_spent_ms(&arena, &world.set, uptime, &input.past, input.now_us),
                    budget_ms - 40000); /* so far, by both at once */
    /* 10 s are left, and of 60 s the first 30 are taken already */
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_REFUSED);
    ASSERT_TEXT(made.record.reason, "costs 30000 ms of service where `uptime` has 10000 ms left");
    past[0].lease_end_ms += 20000; /* the longer one counts */
    past[0].enforced_us += 20000000;
    past[1].enforced_us += 20000000;
    ASSERT_OK(propose(&arena, &input, &made));
    CU_ASSERT_EQUAL(made.outcome, PROPOSE_PLAN);
}

static void an_earlier_plan_is_judged_by_todays_facts(void)
{
    struct slice why = { 0 };

    begin();
    ASSERT_OK(propose(&arena, &input, &made));
    input.controls = made.steps; /* its own: they do not stand in its way */
    input.control_count = made.step_count;
    ASSERT_OK(propose_recheck(&arena, &input, &made.record, made.steps, made.step_count, &why));
    CU_ASSERT_EQUAL(why.len, 0);
    memcpy(made.record.base_digest, "other",
           sizeof("other")); /* the quick answer is the caller's */
    ASSERT_OK(propose_recheck(&arena, &input, &made.record, made.steps, made.step_count, &why));
    CU_ASSERT_EQUAL(why.len, 0);
    input.corroborated = false;
    ASSERT_OK(propose_recheck(&arena, &input, &made.record, made.steps, made.step_count, &why));
    ASSERT_TEXT(why, "only a log names this source");
    input.corroborated = true;
    input.capability_count = 0;
    ASSERT_OK(propose_recheck(&arena, &input, &made.record, made.steps, made.step_count, &why));
    CU_ASSERT_TRUE(slice_find_text(why, SLICE("cannot do")) < why.len);
    ASSERT_CODE(propose_recheck(&arena, &input, &made.record, made.steps, 1, &why), STATUS_CORRUPT);
}

static void nobody_agreed_is_an_error(void)
{
    begin();
    incident.rule = SLICE("port-scan");
    ASSERT_CODE(propose(&arena, &input, &made), STATUS_NOT_FOUND);
}

static void the_digest_binds_what_is_done_and_not_its_ids(void)
{
    struct propose_output other;

    begin();
    ASSERT_OK(propose(&arena, &input, &made));
    world.ids[0] = world.ids[9];
    ASSERT_OK(propose(&arena, &input, &other));
    CU_ASSERT_STRING_EQUAL(made.record.digest, other.record.digest);
    incident.source = SLICE("10.99.0.7");
    ASSERT_OK(propose(&arena, &input, &other));
    CU_ASSERT_STRING_NOT_EQUAL(made.record.digest, other.record.digest);
}

static CU_TestInfo tests[] = {
    { "a grave incident is answered on three planes",
      a_grave_incident_is_answered_on_three_planes },
    { "three candidates are weighed for a brute force",
      three_candidates_are_weighed_for_a_brute_force },
    { "nothing is made where nothing is asked or all holds",
      nothing_is_made_where_nothing_is_asked_or_all_holds },
    { "what failed is not tried again", what_failed_is_not_tried_again },
    { "a plan that cuts the management link is refused",
      a_plan_that_cuts_the_management_link_is_refused },
    { "an illegal plan is refused with the checker's reason",
      an_illegal_plan_is_refused_with_the_checkers_reason },
    { "what was spent before is not there any more", what_was_spent_before_is_not_there_any_more },
    { "what is away already costs nothing more", what_is_away_already_costs_nothing_more },
    { "an earlier plan is judged by today's facts", an_earlier_plan_is_judged_by_todays_facts },
    { "nobody agreed is an error", nobody_agreed_is_an_error },
    { "the digest binds what is done and not its ids",
      the_digest_binds_what_is_done_and_not_its_ids },
    CU_TEST_INFO_NULL,
};

CU_SuiteInfo suites[] = {
    { "propose", NULL, tear_down, NULL, NULL, tests },
    CU_SUITE_INFO_NULL,
};
